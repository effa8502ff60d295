/**
 * Values at a path, read and written: the rules of host/json_value.ts.
 */

/** Why a path does not fit a value; NULL when it does. */
typedef struct mismatch {
  const char *code, *message;
} mismatch;

static troupe_json read_at(troupe_json value, const path_segment *segments, size_t count) {
  for (size_t n = 0; n < count && value.text; n++) {
    const path_segment *segment = &segments[n];
    if (segment->kind == PATH_KEY) {
      value = troupe_type_of(value) == TROUPE_OBJECT ? troupe_member(value, segment->key) : TROUPE_NOTHING;
      continue;
    }
    if (troupe_type_of(value) != TROUPE_ARRAY) return TROUPE_NOTHING;
    int64_t size = (int64_t)troupe_count(value);
    if (segment->kind == PATH_INDEX) {
      int64_t index = segment->index < 0 ? size + segment->index : segment->index;
      value = index < 0 ? TROUPE_NOTHING : troupe_item(value, (size_t)index);
      continue;
    }
    int64_t start = segment->has_start ? segment->start : 0, stop = segment->has_stop ? segment->stop : size;
    if (start < 0) start = size + start < 0 ? 0 : size + start;
    if (stop < 0) stop = size + stop;
    troupe_list list = {NULL, 0, 0};
    troupe_cursor at = troupe_each(value);
    for (int64_t index = 0; troupe_next(&at); index++) {
      if (index >= start && index < stop) troupe_add(&list, at.value);
    }
    value = troupe_list_done(&list);
  }
  return value;
}

static troupe_json misfit(mismatch *why, const char *code, const char *message) {
  *why = (mismatch){code, message};
  return TROUPE_NOTHING;
}

static troupe_json write_at(troupe_json value, const path_segment *segments, size_t count, troupe_json put,
                            mismatch *why);

static troupe_json write_key(troupe_json value, const path_segment *segments, size_t count, troupe_json put,
                             mismatch *why) {
  if (!value.text && !put.text) return TROUPE_NOTHING;
  if (value.text && troupe_type_of(value) != TROUPE_OBJECT)
    return misfit(why, "troupe.BadPath", "there is no such key in what is no object");
  troupe_json member = write_at(troupe_member(value, segments->key), segments + 1, count - 1, put, why);
  if (why->code) return TROUPE_NOTHING;
  troupe_map map = {{NULL, 0, 0}};
  bool found = false;
  for (troupe_cursor at = troupe_each(value); troupe_next(&at);) {
    bool is_it = same_text(at.key, segments->key);
    if (!is_it) troupe_put(&map, at.key, at.value);
    else if (!found) troupe_put(&map, at.key, member);
    found = found || is_it;
  }
  if (!found) troupe_put(&map, segments->key, member);
  return troupe_map_done(&map);
}

static troupe_json write_index(troupe_json array, const path_segment *segments, size_t count, troupe_json put,
                               mismatch *why) {
  int64_t size = (int64_t)troupe_count(array);
  int64_t index = segments->index < 0 ? size + segments->index : segments->index;
  if (index < 0 || index >= size)
    return misfit(why, "troupe.IndexOutOfRange", "the index is outside of the array");
  troupe_json item = write_at(troupe_item(array, (size_t)index), segments + 1, count - 1, put, why);
  if (why->code) return TROUPE_NOTHING;
  troupe_list list = {NULL, 0, 0};
  troupe_cursor at = troupe_each(array);
  for (int64_t n = 0; troupe_next(&at); n++) {
    if (n != index) troupe_add(&list, at.value);
    else if (item.text) troupe_add(&list, item);
  }
  return troupe_list_done(&list);
}

static int64_t clamped(int64_t index, int64_t size) {
  if (index < 0) index += size;
  return index < 0 ? 0 : index > size ? size : index;
}

static troupe_json write_slice(troupe_json array, const path_segment *slice, size_t count, troupe_json put,
                               mismatch *why) {
  if (count > 1) return misfit(why, "troupe.BadPath", "a slice can only be the last part of a path");
  if (put.text && troupe_type_of(put) != TROUPE_ARRAY)
    return misfit(why, "troupe.BadPath", "what replaces a slice has to be an array");
  int64_t size = (int64_t)troupe_count(array);
  int64_t from = clamped(slice->has_start ? slice->start : 0, size);
  int64_t to = clamped(slice->has_stop ? slice->stop : size, size);
  if (to < from) to = from;
  troupe_list list = {NULL, 0, 0};
  troupe_cursor at = troupe_each(array);
  for (int64_t n = 0; n <= size; n++) {
    if (n == from) {
      for (troupe_cursor with = troupe_each(put); troupe_next(&with);) troupe_add(&list, with.value);
    }
    if (troupe_next(&at) && (n < from || n >= to)) troupe_add(&list, at.value);
  }
  return troupe_list_done(&list);
}

/** The value with another one put at a path, making missing objects on the way; nothing removes what is
 * there. */
static troupe_json write_at(troupe_json value, const path_segment *segments, size_t count, troupe_json put,
                            mismatch *why) {
  if (count == 0) return put;
  if (segments->kind == PATH_KEY) return write_key(value, segments, count, put, why);
  if (troupe_type_of(value) != TROUPE_ARRAY)
    return misfit(why, "troupe.BadPath", "there is no index in what is no array");
  return segments->kind == PATH_INDEX ? write_index(value, segments, count, put, why)
                                      : write_slice(value, segments, count, put, why);
}
