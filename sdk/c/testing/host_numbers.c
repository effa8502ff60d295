/**
 * Numbers as the host keeps those of headers: as doubles, written as JavaScript does.
 */

/** Writes the shortest digits that read back as the same number; returns how many characters. */
static size_t host_number(double value, char *out, size_t room) {
  if (value == 0) return (size_t)snprintf(out, room, "0");
  char shortest[40];
  for (int digits = 0; digits <= 16; digits++) {
    snprintf(shortest, sizeof shortest, "%.*e", digits, value < 0 ? -value : value);
    if (strtod(shortest, NULL) == (value < 0 ? -value : value)) break;
  }
  char *mark = strchr(shortest, 'e');
  int exponent = atoi(mark + 1);
  *mark = 0;
  char digits[24];
  int count = 0;
  for (char *c = shortest; *c; c++) {
    if (*c != '.') digits[count++] = *c;
  }
  digits[count] = 0;
  const char *sign = value < 0 ? "-" : "";
  if (exponent >= 21 || exponent < -6) {
    const char *point = count > 1 ? "." : "";
    return (size_t)snprintf(out, room, "%s%c%s%se%+d", sign, digits[0], point, digits + 1, exponent);
  }
  static const char ZEROS[] = "000000000000000000000";
  if (exponent < 0) return (size_t)snprintf(out, room, "%s0.%.*s%s", sign, -exponent - 1, ZEROS, digits);
  if (count <= exponent + 1)
    return (size_t)snprintf(out, room, "%s%s%.*s", sign, digits, exponent + 1 - count, ZEROS);
  return (size_t)snprintf(out, room, "%s%.*s.%s", sign, exponent + 1, digits, digits + exponent + 1);
}

/** A value as the host keeps it in a header. */
static troupe_json as_host_writes(troupe_json value) {
  troupe_list list = {NULL, 0, 0};
  const char *at = value.text, *end = value.text + value.size;
  while (at < end) {
    const char *start = at;
    if (*at == '-' || is_digit(at, end)) {
      at = skip_value(at, end);
      double number = troupe_as_double((troupe_json){start, (size_t)(at - start)});
      char text[64] = "null";
      size_t size = number - number == 0 ? host_number(number, text, sizeof text) : 4;
      append(&list, text, size);
    } else if (skip_space(at, end) > at) {
      at = skip_space(at, end);
    } else {
      at = *at == '"' ? skip_value(at, end) : at + 1;
      append(&list, start, (size_t)(at - start));
    }
  }
  return (troupe_json){list.private_text, list.private_size};
}
