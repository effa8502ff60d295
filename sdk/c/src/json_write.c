/**
 * Making values.
 */

troupe_json troupe_null(void) { return (troupe_json){"null", 4}; }

troupe_json troupe_bool(bool value) { return value ? (troupe_json){"true", 4} : (troupe_json){"false", 5}; }

troupe_json troupe_int(int64_t value) {
  troupe_string text = number_text(value);
  return text.size > 0 ? (troupe_json){text.data, text.size} : TROUPE_NOTHING;
}

/** Digits that suffice for any double. */
enum { MOST_DIGITS = 17 };

troupe_json troupe_double(double value) {
  /* Infinities and what is not a number: their difference to themselves is not zero. */
  if (!(value - value == 0)) {
    raise_error("EncodeError", troupe_str("JSON has no number that is infinite or not a number"));
    return TROUPE_NOTHING;
  }
  char text[40];
  for (int digits = 15; digits <= MOST_DIGITS; digits++) {
    snprintf(text, sizeof text, "%.*g", digits, value);
    if (strtod(text, NULL) == value) break;
  }
  troupe_string copy = copy_text(troupe_str(text));
  return copy.size > 0 ? (troupe_json){copy.data, copy.size} : TROUPE_NOTHING;
}

troupe_json troupe_text_of(troupe_string text) {
  const char *end = text.data + text.size;
  const char *bad = text.size == 0 ? end : utf8_valid(text.data, end);
  if (bad == end) return encode_string(text);
  raise_error("EncodeError", JOIN(troupe_str("a text is not UTF-8 at byte "), number_text(bad - text.data)));
  return TROUPE_NOTHING;
}

static void append(troupe_list *list, const char *bytes, size_t size) {
  size_t wanted = list->private_size + size;
  if (wanted > list->private_room) {
    size_t room = wanted < 128 ? 256 : wanted * 2;
    char *text = arena_extend(list->private_text, list->private_room, room);
    /* Where twice as much is not there, as much as is needed may be. */
    if (!text) text = arena_extend(list->private_text, list->private_room, room = wanted);
    if (!text) {
      out_of_memory();
      return;
    }
    list->private_text = text;
    list->private_room = room;
  }
  memcpy(list->private_text + list->private_size, bytes, size);
  list->private_size = wanted;
}

static void append_value(troupe_list *list, const char *before, troupe_json value) {
  append(list, before, 1);
  append(list, value.text, value.size);
}

static troupe_json closed(troupe_list *list, const char *empty) {
  if (list->private_size == 0) append(list, empty, 1);
  append(list, empty + 1, 1);
  if (list->private_size < 2) return TROUPE_NOTHING;
  return (troupe_json){list->private_text, list->private_size};
}

void troupe_add(troupe_list *list, troupe_json item) {
  if (!item.text)
    raise_error("EncodeError", troupe_str("an item of an array is nothing: use troupe_null() for null"));
  else append_value(list, list->private_size == 0 ? "[" : ",", item);
}

troupe_json troupe_list_done(troupe_list *list) { return closed(list, "[]"); }

void troupe_put_text(troupe_map *map, troupe_string key, troupe_json value) {
  if (!value.text) return;
  troupe_list *list = &map->private_list;
  troupe_json name = troupe_text_of(key);
  if (!name.text) return;
  append_value(list, list->private_size == 0 ? "{" : ",", name);
  append_value(list, ":", value);
}

troupe_json troupe_map_done(troupe_map *map) { return closed(&map->private_list, "{}"); }

troupe_json troupe_object_of(const troupe_pair *pairs, size_t count) {
  troupe_map map = {{NULL, 0, 0}};
  for (size_t n = 0; n < count; n++) troupe_put_text(&map, troupe_str(pairs[n].key), pairs[n].value);
  return troupe_map_done(&map);
}

troupe_json troupe_array_of(const troupe_json *items, size_t count) {
  troupe_list list = {NULL, 0, 0};
  for (size_t n = 0; n < count; n++) troupe_add(&list, items[n]);
  return troupe_list_done(&list);
}
