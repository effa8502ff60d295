/**
 * Reading values. Objects and arrays stay texts: what is asked for is found in them.
 */

troupe_type troupe_type_of(troupe_json value) {
  if (!value.text || value.size == 0) return TROUPE_NONE;
  switch (value.text[0]) {
    case 'n':
      return TROUPE_NULL;
    case 't':
    case 'f':
      return TROUPE_BOOL;
    case '"':
      return TROUPE_STRING;
    case '[':
      return TROUPE_ARRAY;
    case '{':
      return TROUPE_OBJECT;
    default:
      return TROUPE_NUMBER;
  }
}

bool troupe_exists(troupe_json value) { return value.text != NULL; }

static const char *const TYPE_NAMES[] = {"nothing",  "null",     "a boolean", "a number",
                                         "a string", "an array", "an object"};

/** A value is not what was asked for. */
static void not_what(troupe_json value, const char *expected) {
  const char *found = TYPE_NAMES[troupe_type_of(value)];
  raise_error("DecodeError", JOIN(troupe_str("expected "), troupe_str(expected), place_of(value),
                                  troupe_str(", found "), troupe_str(found)));
}

static bool is_container(troupe_json value) {
  return troupe_type_of(value) == TROUPE_ARRAY || troupe_type_of(value) == TROUPE_OBJECT;
}

troupe_cursor troupe_each(troupe_json container) {
  troupe_cursor cursor = {.private_open = 0};
  if (!container.text) return cursor;
  if (!is_container(container)) {
    not_what(container, "an array or an object");
    return cursor;
  }
  cursor.private_open = container.text[0];
  cursor.private_at = container.text + 1;
  cursor.private_end = container.text + container.size;
  return cursor;
}

/** Goes on without decoding the key, which is left in `key_json`. */
static bool next_raw(troupe_cursor *cursor, troupe_json *key_json) {
  const char *end = cursor->private_end;
  if (cursor->private_open == 0) return false;
  const char *at = skip_space(cursor->private_at, end);
  if (at < end && *at == ',') at = skip_space(at + 1, end);
  if (at >= end || *at == ']' || *at == '}') return false;
  if (cursor->private_open == '{') {
    const char *key_end = skip_value(at, end);
    *key_json = (troupe_json){at, (size_t)(key_end - at)};
    at = skip_space(key_end, end);
    if (at < end && *at == ':') at = skip_space(at + 1, end);
  }
  const char *value_end = skip_value(at, end);
  cursor->value = (troupe_json){at, (size_t)(value_end - at)};
  cursor->private_at = value_end;
  return true;
}

bool troupe_next(troupe_cursor *cursor) {
  troupe_json key = TROUPE_NOTHING;
  cursor->key = (troupe_string){"", 0};
  cursor->value = TROUPE_NOTHING;
  if (!next_raw(cursor, &key)) return false;
  if (key.text) cursor->key = decode_string(key);
  return true;
}

/** Whether a key, as it stands in a text, is another one. */
static bool is_key(troupe_json raw, troupe_string key) {
  if (raw.size < 2) return false;
  if (!memchr(raw.text, '\\', raw.size)) return same_text((troupe_string){raw.text + 1, raw.size - 2}, key);
  return same_text(decode_string(raw), key);
}

troupe_json troupe_member_of(troupe_json object, troupe_string key) {
  troupe_json found = TROUPE_NOTHING, raw = TROUPE_NOTHING;
  if (!object.text) return found;
  if (troupe_type_of(object) != TROUPE_OBJECT) {
    not_what(object, "an object");
    return found;
  }
  for (troupe_cursor at = troupe_each(object); next_raw(&at, &raw);) {
    if (is_key(raw, key)) found = at.value;
  }
  return found;
}

troupe_json troupe_item(troupe_json array, size_t index) {
  troupe_json raw;
  if (!array.text) return TROUPE_NOTHING;
  if (troupe_type_of(array) != TROUPE_ARRAY) {
    not_what(array, "an array");
    return TROUPE_NOTHING;
  }
  for (troupe_cursor at = troupe_each(array); next_raw(&at, &raw);) {
    if (index-- == 0) return at.value;
  }
  return TROUPE_NOTHING;
}

size_t troupe_count(troupe_json container) {
  size_t count = 0;
  troupe_json raw;
  if (!is_container(container)) return 0;
  for (troupe_cursor at = troupe_each(container); next_raw(&at, &raw);) count++;
  return count;
}

troupe_string troupe_as_string(troupe_json value) {
  if (troupe_type_of(value) == TROUPE_STRING) return decode_string(value);
  not_what(value, "a string");
  return (troupe_string){"", 0};
}

int64_t troupe_as_int(troupe_json value) {
  if (troupe_type_of(value) != TROUPE_NUMBER) {
    not_what(value, "a whole number");
    return 0;
  }
  const char *at = value.text, *end = value.text + value.size;
  bool negative = *at == '-';
  if (negative) at++;
  uint64_t most = negative ? (uint64_t)INT64_MAX + 1 : INT64_MAX, number = 0;
  for (; is_digit(at, end); at++) {
    uint64_t digit = (uint64_t)(*at - '0');
    if (number > (most - digit) / 10) break;
    number = number * 10 + digit;
  }
  if (at != end) {
    troupe_string shown = {value.text, value.size < 40 ? value.size : 40};
    raise_error("DecodeError", JOIN(troupe_str("expected a whole number of 64 bits"), place_of(value),
                                    troupe_str(", found "), shown));
    return 0;
  }
  if (!negative) return (int64_t)number;
  return number == most ? INT64_MIN : -(int64_t)number;
}

double troupe_as_double(troupe_json value) {
  if (troupe_type_of(value) != TROUPE_NUMBER) {
    not_what(value, "a number");
    return 0;
  }
  /* The library wants a NUL behind it. */
  return strtod(copy_text((troupe_string){value.text, value.size}).data, NULL);
}

bool troupe_as_bool(troupe_json value) {
  if (troupe_type_of(value) != TROUPE_BOOL) not_what(value, "true or false");
  return troupe_type_of(value) == TROUPE_BOOL && value.text[0] == 't';
}

/** A member that has to be there. */
static troupe_json required(troupe_json object, const char *key) {
  troupe_json value = troupe_member_of(object, troupe_str(key));
  if (value.text) return value;
  /* A failure that stands, such as for what is no object, stays. */
  raise_error("DecodeError", JOIN(troupe_str("there is no member \""), troupe_str(key),
                                  troupe_str("\" in the object"), place_of(object)));
  return value;
}

troupe_string troupe_string_at(troupe_json object, const char *key) {
  return troupe_as_string(required(object, key));
}
int64_t troupe_int_at(troupe_json object, const char *key) { return troupe_as_int(required(object, key)); }
double troupe_double_at(troupe_json object, const char *key) {
  return troupe_as_double(required(object, key));
}
bool troupe_bool_at(troupe_json object, const char *key) { return troupe_as_bool(required(object, key)); }

troupe_json troupe_parse_text(troupe_string text) {
  scan_problem problem = {NULL, NULL};
  troupe_json value = check_json(text, &problem);
  if (!value.text) {
    troupe_string offset = number_text(problem.at ? problem.at - text.data : 0);
    raise_error("DecodeError", JOIN(troupe_str("not a JSON text: "), troupe_str(problem.what),
                                    troupe_str(" at offset "), offset));
  }
  return value;
}
