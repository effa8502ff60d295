/**
 * JSON as text: checks it and finds the extent of its parts, without building values. Grammar: RFC 8259.
 */

/** How deep a text may be nested. */
enum { MAX_DEPTH = 512 };

/** What is wrong with a text, and where. */
typedef struct scan_problem {
  const char *at;
  const char *what;
} scan_problem;

static const char *skip_space(const char *at, const char *end) {
  while (at < end && (*at == ' ' || *at == '\n' || *at == '\r' || *at == '\t')) at++;
  return at;
}

static bool is_digit(const char *at, const char *end) { return at < end && *at >= '0' && *at <= '9'; }

static bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/** What follows a part; NULL when there is none, and what is wrong is told then. */
static const char *wrong(scan_problem *problem, const char *at, const char *what) {
  *problem = (scan_problem){at, what};
  return NULL;
}

static const char *check_string(const char *at, const char *end, scan_problem *problem) {
  if (at >= end || *at != '"') return wrong(problem, at, "expected a string");
  for (at++; at < end;) {
    if (*at == '"') return at + 1;
    if ((unsigned char)*at < 0x20) break;
    if (*at == '\\') {
      at++;
      if (at >= end || !strchr("\"\\/bfnrtu", *at) || *at == 0)
        return wrong(problem, at, "expected an escape");
      if (*at == 'u') {
        for (int n = 1; n <= 4; n++) {
          if (end - at <= n || !is_hex(at[n])) return wrong(problem, at, "expected four hex digits");
        }
        at += 4;
      }
      at++;
    } else {
      size_t length = utf8_length(at, end);
      if (length == 0) return wrong(problem, at, "expected UTF-8");
      at += length;
    }
  }
  return wrong(problem, at, "expected the end of a string");
}

static const char *check_digits(const char *at, const char *end, scan_problem *problem) {
  if (!is_digit(at, end)) return wrong(problem, at, "expected a digit");
  while (is_digit(at, end)) at++;
  return at;
}

static const char *check_number(const char *at, const char *end, scan_problem *problem) {
  if (at < end && *at == '-') at++;
  if (at < end && *at == '0') at++;
  else if (!(at = check_digits(at, end, problem))) return NULL;
  if (at < end && *at == '.' && !(at = check_digits(at + 1, end, problem))) return NULL;
  if (at < end && (*at == 'e' || *at == 'E')) {
    at++;
    if (at < end && (*at == '+' || *at == '-')) at++;
    at = check_digits(at, end, problem);
  }
  return at;
}

static const char *check_scalar(const char *at, const char *end, scan_problem *problem) {
  if (at < end && *at == '"') return check_string(at, end, problem);
  if (at < end && (*at == '-' || is_digit(at, end))) return check_number(at, end, problem);
  static const char *const LITERALS[] = {"true", "false", "null"};
  for (int n = 0; n < 3; n++) {
    size_t size = strlen(LITERALS[n]);
    if ((size_t)(end - at) >= size && memcmp(at, LITERALS[n], size) == 0) return at + size;
  }
  return wrong(problem, at, "expected a value");
}

/** The key of a member and its colon, up to the value. */
static const char *check_key(const char *at, const char *end, scan_problem *problem) {
  at = check_string(at, end, problem);
  if (!at) return NULL;
  at = skip_space(at, end);
  if (at >= end || *at != ':') return wrong(problem, at, "expected \":\"");
  return skip_space(at + 1, end);
}

/** Checks one value. Iterative, so that no depth overflows the stack. */
static const char *check_value(const char *at, const char *end, scan_problem *problem) {
  char closers[MAX_DEPTH];
  int depth = 0;
  for (;;) {
    if (at < end && (*at == '{' || *at == '[')) {
      if (depth >= MAX_DEPTH) return wrong(problem, at, "nested more than 512 deep");
      char closer = *at == '{' ? '}' : ']';
      at = skip_space(at + 1, end);
      if (at >= end || *at != closer) {
        closers[depth++] = closer;
        if (closer == '}' && !(at = check_key(at, end, problem))) return NULL;
        continue;
      }
      at++;
    } else if (!(at = check_scalar(at, end, problem))) {
      return NULL;
    }
    /* A value has ended: so have the containers that it was the last part of. */
    for (;;) {
      if (depth == 0) return at;
      at = skip_space(at, end);
      char closer = closers[depth - 1];
      if (at < end && *at == closer) {
        depth--;
        at++;
        continue;
      }
      if (at >= end || *at != ',')
        return wrong(problem, at, closer == '}' ? "expected \",\" or \"}\"" : "expected \",\" or \"]\"");
      at = skip_space(at + 1, end);
      if (closer == '}' && !(at = check_key(at, end, problem))) return NULL;
      break;
    }
  }
}

/** The value that a text is, without the space around it. Nothing when it is not exactly one; what is wrong
 * is told. */
static troupe_json check_json(troupe_string text, scan_problem *problem) {
  const char *end = text.data + text.size;
  const char *start = skip_space(text.data, end);
  const char *at = check_value(start, end, problem);
  if (!at) return TROUPE_NOTHING;
  const char *rest = skip_space(at, end);
  if (rest != end) {
    wrong(problem, rest, "expected the end of the text");
    return TROUPE_NOTHING;
  }
  return (troupe_json){start, (size_t)(at - start)};
}

/**
 * The end of the value at an offset, in a text that has been checked: by `check_json`, or, for the payload,
 * by the host. In one that has not, it stays within the text.
 */
static const char *skip_value(const char *at, const char *end) {
  size_t depth = 0;
  while (at < end) {
    char c = *at++;
    if (c == '"') {
      while (at < end && *at != '"') at += *at == '\\' && end - at > 1 ? 2 : 1;
      if (at < end) at++;
    } else if (c == '{' || c == '[') {
      depth++;
    } else if (c == '}' || c == ']') {
      if (depth > 0) depth--;
    } else if (depth == 0) {
      while (at < end && *at != ',' && *at != '}' && *at != ']' && *at != ' ' && *at != '\n' && *at != '\r' &&
             *at != '\t')
        at++;
    }
    if (depth == 0) return at;
  }
  return at;
}
