/**
 * Whether values are the same, however they are written.
 */

static bool same_members(troupe_json a, troupe_json b) {
  for (troupe_cursor at = troupe_each(a); troupe_next(&at);) {
    if (!troupe_is_same(troupe_member(a, at.key), troupe_member(b, at.key))) return false;
  }
  return true;
}

static bool same_items(troupe_json a, troupe_json b) {
  troupe_cursor in_a = troupe_each(a), in_b = troupe_each(b);
  while (troupe_next(&in_a)) {
    if (!troupe_next(&in_b) || !troupe_is_same(in_a.value, in_b.value)) return false;
  }
  return !troupe_next(&in_b);
}

bool troupe_is_same(troupe_json a, troupe_json b) {
  troupe_type type = troupe_type_of(a);
  if (type != troupe_type_of(b)) return false;
  switch (type) {
    case TROUPE_NONE:
    case TROUPE_NULL:
      return true;
    case TROUPE_BOOL:
      return troupe_as_bool(a) == troupe_as_bool(b);
    case TROUPE_NUMBER:
      /* Whole numbers may differ in digits that a double has not. */
      if (!memchr(a.text, '.', a.size) && !memchr(b.text, '.', b.size) && a.size < 19 && b.size < 19 &&
          !memchr(a.text, 'e', a.size) && !memchr(b.text, 'e', b.size) && !memchr(a.text, 'E', a.size) &&
          !memchr(b.text, 'E', b.size)) {
        return troupe_as_int(a) == troupe_as_int(b);
      }
      return troupe_as_double(a) == troupe_as_double(b);
    case TROUPE_STRING:
      return same_text(troupe_as_string(a), troupe_as_string(b));
    case TROUPE_ARRAY:
      return same_items(a, b);
    case TROUPE_OBJECT:
      return same_members(a, b) && same_members(b, a);
  }
  return false;
}

bool troupe_is_json(troupe_json value, const char *text) {
  troupe_json other = troupe_parse(text);
  if (!other.text) {
    fprintf(stderr, "troupe_is_json: %s\n", current.failure.message.data);
    abort();
  }
  return troupe_is_same(value, other);
}
