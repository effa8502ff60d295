/**
 * JSON strings: from escapes to UTF-8, and back.
 */

static uint32_t hex_value(const char *at) {
  uint32_t value = 0;
  for (int n = 0; n < 4; n++) {
    char c = at[n];
    value = value * 16 + (uint32_t)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
  }
  return value;
}

/** The character of an escape; `at` is behind its backslash, and is moved behind it. */
static uint32_t unescape(const char **at, const char *end) {
  char letter = *(*at)++;
  switch (letter) {
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    case 'u':
      break;
    default:
      return (unsigned char)letter;
  }
  if (end - *at < 4) return 0xFFFD;
  uint32_t code = hex_value(*at);
  *at += 4;
  bool high = code >= 0xD800 && code <= 0xDBFF;
  if (!high || end - *at < 6 || (*at)[0] != '\\' || (*at)[1] != 'u') return code;
  uint32_t low = hex_value(*at + 2);
  if (low < 0xDC00 || low > 0xDFFF) return code;
  *at += 6;
  return 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
}

/** The text of a JSON string, which begins and ends with its quotes. */
static troupe_string decode_string(troupe_json string) {
  if (string.size < 2) return (troupe_string){"", 0};
  const char *at = string.text + 1, *end = string.text + string.size - 1;
  troupe_string raw = {at, (size_t)(end - at)};
  if (!memchr(at, '\\', raw.size)) return copy_text(raw);
  /* What is decoded is never longer. */
  char *text = take(raw.size + 1);
  if (!text) return (troupe_string){"", 0};
  size_t size = 0;
  while (at < end) {
    if (*at != '\\' || end - at < 2) {
      text[size++] = *at++;
    } else {
      at++;
      size += utf8_write(unescape(&at, end), text + size);
    }
  }
  text[size] = 0;
  return (troupe_string){text, size};
}

/** The escape of a byte; 0 when it needs none. */
static char escape_letter(unsigned char c) {
  switch (c) {
    case '"':
      return '"';
    case '\\':
      return '\\';
    case '\b':
      return 'b';
    case '\f':
      return 'f';
    case '\n':
      return 'n';
    case '\r':
      return 'r';
    case '\t':
      return 't';
    default:
      return c < 0x20 ? 'u' : 0;
  }
}

/** A text, which is UTF-8, as a JSON string. Nothing when there is no memory. */
static troupe_json encode_string(troupe_string text) {
  size_t size = 2;
  for (size_t n = 0; n < text.size; n++) {
    char letter = escape_letter((unsigned char)text.data[n]);
    size += letter == 0 ? 1 : letter == 'u' ? 6 : 2;
  }
  char *json = take(size + 1);
  if (!json) return TROUPE_NOTHING;
  char *at = json;
  *at++ = '"';
  for (size_t n = 0; n < text.size; n++) {
    unsigned char c = (unsigned char)text.data[n];
    char letter = escape_letter(c);
    if (letter == 0) {
      *at++ = (char)c;
      continue;
    }
    *at++ = '\\';
    *at++ = letter;
    if (letter == 'u') {
      *at++ = '0';
      *at++ = '0';
      *at++ = "0123456789abcdef"[c >> 4];
      *at++ = "0123456789abcdef"[c & 15];
    }
  }
  *at++ = '"';
  *at = 0;
  return (troupe_json){json, size};
}
