/**
 * Texts, and what takes memory for them.
 */

static void out_of_memory(void);

/** Memory of the hop, not cleared. NULL when there is no more: a failure stands then. */
static void *take(size_t bytes) {
  void *taken = arena_take(bytes);
  if (!taken) out_of_memory();
  return taken;
}

void *troupe_alloc(size_t bytes) {
  void *taken = take(bytes);
  if (taken) memset(taken, 0, bytes);
  return taken;
}

troupe_string troupe_str(const char *c_string) {
  return (troupe_string){c_string, c_string ? strlen(c_string) : 0};
}

troupe_string troupe_string_itself(troupe_string text) { return text; }

static bool same_text(troupe_string a, troupe_string b) {
  return a.size == b.size && (a.size == 0 || memcmp(a.data, b.data, a.size) == 0);
}

bool troupe_same(troupe_string text, const char *c_string) { return same_text(text, troupe_str(c_string)); }

/** A copy with a NUL behind it; empty when there is no memory. */
static troupe_string copy_text(troupe_string text) {
  char *copy = take(text.size + 1);
  if (!copy) return (troupe_string){"", 0};
  if (text.size > 0) memcpy(copy, text.data, text.size);
  copy[text.size] = 0;
  return (troupe_string){copy, text.size};
}

/** A copy in which each byte that is no UTF-8 has become U+FFFD. */
static troupe_string copy_as_utf8(troupe_string text) {
  const char *end = text.data + text.size;
  if (text.size == 0 || utf8_valid(text.data, end) == end) return copy_text(text);
  char *copy = take(text.size * 3 + 1);
  if (!copy) return (troupe_string){"", 0};
  size_t size = 0;
  for (const char *at = text.data; at < end;) {
    size_t length = utf8_length(at, end);
    if (length == 0) size += utf8_write(0xFFFD, copy + size);
    for (size_t n = 0; n < length; n++) copy[size++] = at[n];
    at += length ? length : 1;
  }
  copy[size] = 0;
  return (troupe_string){copy, size};
}

troupe_string troupe_format(const char *format, ...) {
  va_list list, again;
  va_start(list, format);
  va_copy(again, list);
  int size = vsnprintf(NULL, 0, format, list);
  char *text = size < 0 ? NULL : take((size_t)size + 1);
  if (text) vsnprintf(text, (size_t)size + 1, format, again);
  va_end(again);
  va_end(list);
  return text ? (troupe_string){text, (size_t)size} : (troupe_string){"", 0};
}

/** Texts put together. */
static troupe_string join_texts(const troupe_string *parts, size_t count) {
  size_t size = 0;
  for (size_t n = 0; n < count; n++) size += parts[n].size;
  char *text = take(size + 1);
  if (!text) return (troupe_string){"", 0};
  char *at = text;
  for (size_t n = 0; n < count; n++) {
    if (parts[n].size > 0) memcpy(at, parts[n].data, parts[n].size);
    at += parts[n].size;
  }
  *at = 0;
  return (troupe_string){text, size};
}

#define JOIN(...)                                  \
  join_texts((const troupe_string[]){__VA_ARGS__}, \
             sizeof((const troupe_string[]){__VA_ARGS__}) / sizeof(troupe_string))

/** The digits of a number. */
static troupe_string number_text(int64_t value) {
  char digits[24];
  char *at = digits + sizeof digits;
  uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
  do {
    *--at = (char)('0' + left % 10);
    left /= 10;
  } while (left > 0);
  if (value < 0) *--at = '-';
  return copy_text((troupe_string){at, (size_t)(digits + sizeof digits - at)});
}
