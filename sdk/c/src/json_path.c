/**
 * Where a value is in the payload, for messages: a value is a part of the payload's text, so that its place
 * tells.
 */

/** The payload of the hop. */
static troupe_json hop_payload;

static bool next_raw(troupe_cursor *cursor, troupe_json *key_json);

/** ` at .lines[3]`; empty for what is no part of the payload. */
static troupe_string place_of(troupe_json value) {
  troupe_json within = hop_payload;
  const char *at = value.text;
  if (!at || !within.text || at < within.text || at >= within.text + within.size)
    return (troupe_string){"", 0};
  troupe_string path = {"", 0};
  while (within.text != at) {
    troupe_json key = TROUPE_NOTHING;
    int64_t index = 0;
    troupe_cursor cursor = troupe_each(within);
    bool found = false;
    while (!found && next_raw(&cursor, &key)) {
      found = at < cursor.value.text + cursor.value.size;
      if (!found) index++;
    }
    if (!found || at < cursor.value.text) break;
    troupe_string step = key.text ? JOIN(troupe_str("."), decode_string(key))
                                  : JOIN(troupe_str("["), number_text(index), troupe_str("]"));
    path = JOIN(path, step);
    within = cursor.value;
  }
  return JOIN(troupe_str(" at "), path.size > 0 ? path : troupe_str("."));
}
