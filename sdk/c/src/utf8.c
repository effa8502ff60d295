/**
 * UTF-8, strictly: no overlong forms, no surrogates, nothing past U+10FFFF.
 */

/** How many bytes the character at the beginning has; 0 when it is none. */
static size_t utf8_length(const char *text, const char *end) {
  const unsigned char *at = (const unsigned char *)text;
  size_t left = (size_t)(end - text);
  unsigned char first = at[0];
  if (first < 0x80) return 1;
  size_t length = first >= 0xC2 && first <= 0xDF   ? 2
                  : first >= 0xE0 && first <= 0xEF ? 3
                  : first >= 0xF0 && first <= 0xF4 ? 4
                                                   : 0;
  if (length == 0 || length > left) return 0;
  unsigned char least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
  unsigned char most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
  if (at[1] < least || at[1] > most) return 0;
  for (size_t n = 2; n < length; n++) {
    if ((at[n] & 0xC0) != 0x80) return 0;
  }
  return length;
}

/** Where a text stops being UTF-8: its end when all of it is. */
static const char *utf8_valid(const char *at, const char *end) {
  while (at < end) {
    size_t length = utf8_length(at, end);
    if (length == 0) return at;
    at += length;
  }
  return end;
}

/** Writes a character; three bytes for half of a surrogate pair become U+FFFD. Returns how many bytes. */
static size_t utf8_write(uint32_t code, char *out) {
  if (code >= 0xD800 && code <= 0xDFFF) code = 0xFFFD;
  if (code < 0x80) {
    out[0] = (char)code;
    return 1;
  }
  size_t length = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  for (size_t n = length - 1; n > 0; n--) {
    out[n] = (char)(0x80 | (code & 0x3F));
    code >>= 6;
  }
  static const unsigned char FIRST[] = {0, 0, 0xC0, 0xE0, 0xF0};
  out[0] = (char)(FIRST[length] | code);
  return length;
}
