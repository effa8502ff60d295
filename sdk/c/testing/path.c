/**
 * Paths into an envelope: the grammar of host/path.ts.
 */

/** A key, an index, or a slice. */
typedef struct path_segment {
  enum { PATH_KEY, PATH_INDEX, PATH_SLICE } kind;
  troupe_string key;
  int64_t index;
  bool has_start, has_stop;
  int64_t start, stop;
} path_segment;

/** Longest path, in units of UTF-16, as the host counts. */
enum { PATH_MOST = 4096 };

typedef struct path {
  path_segment segments[PATH_MOST];
  size_t count;
} path;

static bool bad_path(troupe_string text, const char *at, const char *problem) {
  troupe_string offset = number_text(at - text.data);
  raise_refusal(troupe_str("troupe.BadPath"), JOIN(troupe_str("Bad path "), text, troupe_str(": "),
                                                   troupe_str(problem), troupe_str(" at offset "), offset));
  return false;
}

static size_t utf16_units(troupe_string text) {
  size_t units = 0;
  for (size_t n = 0; n < text.size; n++) {
    unsigned char c = (unsigned char)text.data[n];
    units += (c & 0xC0) == 0x80 ? 0 : c >= 0xF0 ? 2 : 1;
  }
  return units;
}

static bool is_letter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_'; }

/** Each `take_…` moves `at` behind a part if there is one there. */
static bool take_key(const char **at, const char *end, path_segment *segment) {
  const char *start = *at + 1;
  if (end - *at < 2 || **at != '.' || !is_letter(*start)) return false;
  const char *stop = start;
  while (stop < end && (is_letter(*stop) || is_digit(stop, end) || *stop == '-')) stop++;
  *segment = (path_segment){.kind = PATH_KEY, .key = {start, (size_t)(stop - start)}};
  *at = stop;
  return true;
}

/** `key_json` is the key with its quotes, which may be no JSON string. */
static bool take_quoted(const char **at, const char *end, troupe_json *key_json) {
  if (end - *at < 4 || (*at)[0] != '[' || (*at)[1] != '"') return false;
  const char *stop = *at + 2;
  while (stop < end && *stop != '"') stop += *stop == '\\' ? 2 : 1;
  if (end - stop < 2 || stop[1] != ']') return false;
  *key_json = (troupe_json){*at + 1, (size_t)(stop - *at)};
  *at = stop + 2;
  return true;
}

/** Up to nine digits. */
static bool take_number(const char **at, const char *end, int64_t *number) {
  const char *digit = *at;
  bool negative = digit < end && *digit == '-';
  if (negative) digit++;
  const char *first = digit;
  int64_t value = 0;
  while (is_digit(digit, end) && digit - first < 9) value = value * 10 + (*digit++ - '0');
  if (digit == first) return false;
  *number = negative ? -value : value;
  *at = digit;
  return true;
}

static bool take_bracket(const char **at, const char *end, path_segment *segment) {
  const char *from = *at;
  if (from >= end || *from != '[') return false;
  from++;
  path_segment made = {.kind = PATH_INDEX};
  made.has_start = take_number(&from, end, &made.start);
  if (from < end && *from == ':') {
    from++;
    made.kind = PATH_SLICE;
    made.has_stop = take_number(&from, end, &made.stop);
  } else if (!made.has_start) {
    return false;
  }
  if (from >= end || *from != ']') return false;
  made.index = made.start;
  *segment = made;
  *at = from + 1;
  return true;
}

static bool parse_path(troupe_string text, path *result) {
  const char *at = text.data, *end = text.data + text.size;
  result->count = 0;
  if (utf16_units(text) > PATH_MOST)
    return bad_path((troupe_string){text.data, 0}, at, "more than 4096 characters");
  if (troupe_same(text, ".")) return true;
  /* The first segment may be quoted: `.["headers"]`. */
  if (text.size > 1 && at[0] == '.' && at[1] == '[') at++;
  while (at < end) {
    path_segment *segment = &result->segments[result->count];
    const char *start = at;
    troupe_json key_json;
    if (take_quoted(&at, end, &key_json)) {
      scan_problem problem;
      const char *key_end = key_json.text + key_json.size;
      if (check_string(key_json.text, key_end, &problem) != key_end)
        return bad_path(text, start, "the key is not a JSON string");
      *segment = (path_segment){.kind = PATH_KEY, .key = decode_string(key_json)};
    } else if (!take_key(&at, end, segment) && !take_bracket(&at, end, segment)) {
      return bad_path(text, at, "expected .key, [\"key\"], [index] or [start:stop]");
    }
    result->count++;
  }
  return result->count > 0 || bad_path(text, at, "it is empty");
}
