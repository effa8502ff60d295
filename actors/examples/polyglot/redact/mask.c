#include "mask.h"

#include <string.h>

enum { LEAST_CARD = 13, MOST_CARD = 19, LEAST_IBAN = 15, MOST_IBAN = 34 };

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
/** Whatever is part of a word; bytes of letters that are not ASCII as well. */
static bool is_of_word(char c) { return is_digit(c) || is_capital(c) || (c >= 'a' && c <= 'z') || (c & 0x80); }

bool luhn_holds(const char *digits, size_t count) {
  int sum = 0;
  for (size_t n = 0; n < count; n++) {
    int digit = digits[count - 1 - n] - '0';
    if (n % 2 == 1) digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
    sum += digit;
  }
  return sum % 10 == 0;
}

bool mod97_holds(const char *iban, size_t count) {
  int rest = 0;
  for (size_t n = 0; n < count; n++) {
    // The country and the check digits count as if they stood at the end.
    char c = iban[(n + 4) % count];
    rest = is_digit(c) ? (rest * 10 + c - '0') % 97 : (rest * 100 + c - 'A' + 10) % 97;
  }
  return rest == 1;
}

/** A number that was found in a text. */
typedef struct found {
  /** How much of the text it takes up, separators as well; 0 when there is none. */
  size_t size;
  /** Its digits and letters. */
  size_t count;
} found;

/** What a number may be made of, and how it is checked. */
typedef struct kind {
  bool (*has)(char c);
  const char *separators;
  size_t least, most;
  bool (*holds)(const char *characters, size_t count);
} kind;

static bool is_of_iban(char c) { return is_digit(c) || is_capital(c); }

static const kind CARD = {is_digit, " -", LEAST_CARD, MOST_CARD, luhn_holds};
static const kind IBAN = {is_of_iban, " ", LEAST_IBAN, MOST_IBAN, mod97_holds};

/** The longest number of a kind at the beginning of a text, which has to end where a word does. */
static found longest(kind kind, const char *text, size_t size) {
  found best = {0};
  char characters[MOST_IBAN];
  size_t count = 0;
  for (size_t n = 0; n < size && count < kind.most; n++) {
    if (kind.has(text[n])) {
      characters[count++] = text[n];
      bool ends = n + 1 == size || !is_of_word(text[n + 1]);
      if (ends && count >= kind.least && kind.holds(characters, count)) best = (found){n + 1, count};
    } else if (count == 0 || !strchr(kind.separators, text[n]) || !kind.has(text[n - 1])) {
      break;
    }
  }
  return best;
}

static found iban_at(const char *text, size_t size) {
  bool begins = size > 4 && is_capital(text[0]) && is_capital(text[1]) && is_digit(text[2]) && is_digit(text[3]);
  return begins ? longest(IBAN, text, size) : (found){0};
}

troupe_string mask(troupe_string text, mask_counts *counts) {
  // What takes a number's place is shorter than the shortest of them.
  char *masked = troupe_alloc(text.size + 1);
  size_t length = 0, at = 0;
  if (!masked) return (troupe_string){"", 0};
  while (at < text.size) {
    const char *here = text.data + at;
    bool in_word = at > 0 && is_of_word(here[-1]);
    found iban = in_word ? (found){0} : iban_at(here, text.size - at);
    found card = in_word || iban.size > 0 ? (found){0} : longest(CARD, here, text.size - at);
    found number = iban.size > 0 ? iban : card;
    if (number.size == 0) {
      masked[length++] = *here;
      at++;
      continue;
    }
    counts->ibans += iban.size > 0;
    counts->cards += card.size > 0;
    // The last digits let a person see which one it was.
    const char *end = here + number.size;
    troupe_string mark = iban.size > 0 ? troupe_format("[IBAN %.2s..%.2s]", here, end - 2)
                                       : troupe_format("[card ..%.4s]", end - 4);
    memcpy(masked + length, mark.data, mark.size);
    length += mark.size;
    at += number.size;
  }
  return (troupe_string){masked, length};
}
