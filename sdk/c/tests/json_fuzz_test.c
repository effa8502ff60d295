/**
 * The JSON reader against texts that chance has made, always the same ones: it takes those, and only those,
 * that a second reader takes, which is written another way; what it takes it reads without leaving the text,
 * and writes again as the same value; and it does not leave a text that it would not take either.
 */
#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <troupe.h>
#include <troupe_testing.h>

enum { ROUNDS = 60000, LONGEST = 400 };

static uint64_t seed = 40762815;

static size_t draw(size_t most) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return (size_t)(seed % most);
}

/* ---- The second reader: by recursion, and character by character ---- */

static const unsigned char *at, *end;

static int next(void) { return at < end ? *at++ : -1; }
static int peek(void) { return at < end ? *at : -1; }
static void spaces(void) {
  while (peek() >= 0 && memchr(" \t\r\n", peek(), 4)) at++;
}
static bool word(const char *letters) {
  for (; *letters; letters++) {
    if (next() != *letters) return false;
  }
  return true;
}

static bool character(int first) {
  if (first < 0x80) return first >= 0x20;
  int more = first >= 0xF0 ? 3 : first >= 0xE0 ? 2 : 1;
  long code = first & (0x3F >> more);
  if (first < 0xC0 || first > 0xF7) return false;
  for (int n = 0; n < more; n++) {
    int c = next();
    if (c < 0x80 || c > 0xBF) return false;
    code = code << 6 | (c & 0x3F);
  }
  static const long LEAST[] = {0, 0x80, 0x800, 0x10000};
  return code >= LEAST[more] && code <= 0x10FFFF && (code < 0xD800 || code > 0xDFFF);
}

static bool string(void) {
  if (next() != '"') return false;
  for (;;) {
    int c = next();
    if (c == '"') return true;
    if (c == '\\') {
      int letter = next();
      if (letter == 'u') {
        for (int n = 0; n < 4; n++) {
          int digit = next();
          if (digit < 0 || !strchr("0123456789abcdefABCDEF", digit) || digit == 0) return false;
        }
      } else if (letter <= 0 || !strchr("\"\\/bfnrt", letter)) {
        return false;
      }
    } else if (c < 0 || !character(c)) {
      return false;
    }
  }
}

static bool digits(void) {
  int count = 0;
  for (; peek() >= '0' && peek() <= '9'; count++) at++;
  return count > 0;
}

static bool number(void) {
  if (peek() == '-') at++;
  if (peek() == '0') at++;
  else if (!digits()) return false;
  if (peek() == '.') {
    at++;
    if (!digits()) return false;
  }
  if (peek() != 'e' && peek() != 'E') return true;
  at++;
  if (peek() == '+' || peek() == '-') at++;
  return digits();
}

static bool value(int depth) {
  int open = peek();
  if (open == '"') return string();
  if (open == 't') return word("true");
  if (open == 'f') return word("false");
  if (open == 'n') return word("null");
  if (open != '{' && open != '[') return number();
  if (depth == 512) return false;
  at++;
  spaces();
  int close = open == '{' ? '}' : ']';
  if (peek() == close) return next() == close;
  for (;;) {
    spaces();
    if (open == '{') {
      if (!string()) return false;
      spaces();
      if (next() != ':') return false;
      spaces();
    }
    if (!value(depth + 1)) return false;
    spaces();
    int c = next();
    if (c == close) return true;
    if (c != ',') return false;
  }
}

static bool is_json(const char *text, size_t size) {
  at = (const unsigned char *)text;
  end = at + size;
  spaces();
  if (!value(0)) return false;
  spaces();
  return at == end;
}

/* ---- Texts ---- */

static const char *const PIECES[] = {
    "{",        "}",           "[",           "]",           ",",
    ":",        "\"",          "\"a\"",       "\"\\u00e9\"", "\"\\ud83c\\udfad\"",
    "\"ü🎭\"",  "\"\\ud83c\"", "null",        "true",        "false",
    "0",        "-0",          "1",           "-12.5e+3",    "9007199254740993",
    "1e400",    "01",          "1.",          "\\",          "\\u12",
    " ",        "\n",          "\x01",        "\xff",        "\xed\xa0\x80",
    "\"b\":",   "\"a\":1,",    "[1,2]",       "{\"k\":",     "nul",
    "\xc0\xaf", "\"\\n\"",     "\"\\/\\\"\"", "[[],{}]",     "-9223372036854775808",
};

static size_t piece_text(char *text, size_t room) {
  size_t size = 0;
  for (size_t n = 1 + draw(12); n > 0; n--) {
    const char *piece = PIECES[draw(sizeof PIECES / sizeof *PIECES)];
    size_t length = strlen(piece);
    if (size + length > room) break;
    memcpy(text + size, piece, length);
    size += length;
  }
  return size;
}

/** A text that is JSON, so that changes of it are nearly. */
static size_t sound_text(char *text, int depth) {
  size_t size = 0;
  size_t kind = draw(depth > 3 ? 2 : 4);
  if (kind < 2) {
    static const char *const VALUES[] = {"1",    "-0.5e-7", "\"x\\ty\"", "\"ü\\u0000\"", "null",
                                         "true", "false",   "\"\"",      "1e308"};
    const char *one = VALUES[draw(sizeof VALUES / sizeof *VALUES)];
    memcpy(text, one, strlen(one));
    return strlen(one);
  }
  text[size++] = kind == 2 ? '[' : '{';
  for (size_t n = draw(4); n > 0; n--) {
    if (kind == 3) size += (size_t)sprintf(text + size, "\"k\\u00%02x\": ", (unsigned)draw(256));
    size += sound_text(text + size, depth + 1);
    if (n > 1) text[size++] = ',';
  }
  text[size++] = kind == 2 ? ']' : '}';
  return size;
}

static size_t changed_text(char *text) {
  size_t size = sound_text(text, 0);
  for (size_t n = draw(4); n > 0; n--) {
    size_t where = draw(size);
    switch (draw(3)) {
      case 0:
        text[where] = (char)draw(256);
        break;
      case 1:
        text[where] = "{}[],:\"\\ue01-. "[draw(15)];
        break;
      default:
        size = where + 1;
    }
  }
  return size;
}

/* ---- What is shown ---- */

/** The same value, made anew with everything that reads and makes. */
static troupe_json again(troupe_json value) {
  troupe_cursor in = troupe_each(troupe_type_of(value) >= TROUPE_ARRAY ? value : TROUPE_NOTHING);
  troupe_list list = {0};
  troupe_map map = {0};
  switch (troupe_type_of(value)) {
    case TROUPE_STRING:
      return troupe_text(troupe_as_string(value));
    case TROUPE_BOOL:
      return troupe_bool(troupe_as_bool(value));
    case TROUPE_ARRAY:
      while (troupe_next(&in)) troupe_add(&list, again(in.value));
      return troupe_list_done(&list);
    case TROUPE_OBJECT:
      while (troupe_next(&in)) troupe_put(&map, in.key, again(in.value));
      return troupe_map_done(&map);
    default:
      return value;
  }
}

/** Reads whatever there is in a text that nobody has checked. */
static void read_all(troupe_json value, int depth) {
  size_t items = 0;
  for (troupe_cursor in = troupe_each(value); depth < 40 && troupe_next(&in) && items < 100; items++)
    read_all(in.value, depth + 1);
  troupe_as_string(value);
  troupe_as_int(value);
  troupe_as_bool(value);
  troupe_count(value);
  troupe_member(value, "a");
  troupe_item(value, 1);
  troupe_catch(NULL);
}

static int taken, refused;

static troupe_json try_text(troupe_json as_payload) {
  (void)as_payload;
  char made[LONGEST * 8];
  for (int round = 0; round < 200; round++) {
    size_t size = draw(2) ? piece_text(made, LONGEST) : changed_text(made);
    /* A piece of memory of its own, so that no step beyond it goes unnoticed. */
    char *text = malloc(size ? size : 1);
    assert(text);
    memcpy(text, made, size);
    troupe_json value = troupe_parse(((troupe_string){text, size}));
    troupe_failure failure;
    bool failed = troupe_catch(&failure);
    assert(failed == !troupe_exists(value));
    if (failed == is_json(text, size)) {
      printf("%s, and should not be: %.*s\n", failed ? failure.message.data : "taken", (int)size, text);
      exit(1);
    }
    if (!failed) {
      taken++;
      assert(troupe_is_same(value, again(value)));
      assert(!troupe_catch(NULL));
    } else {
      refused++;
      read_all((troupe_json){text, size}, 0);
    }
    free(text);
  }
  return TROUPE_NOTHING;
}

int main(void) {
  for (int round = 0; round < ROUNDS / 200; round++) troupe_run(try_text, "null");
  printf("JSON that chance made: %d taken, %d refused\n", taken, refused);
  return taken > ROUNDS / 10 && refused > ROUNDS / 10 ? 0 : 1;
}
