#undef NDEBUG
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <troupe.h>
#include <troupe_testing.h>

#include "mask.h"

static void check_digits_are_checked(void) {
  assert(luhn_holds("4111111111111111", 16) && luhn_holds("378282246310005", 15));
  assert(!luhn_holds("4111111111111112", 16));
  assert(mod97_holds("DE89370400440532013000", 22) && mod97_holds("GB29NWBK60161331926819", 22));
  assert(!mod97_holds("DE89370400440532013001", 22));
}

/** A text, what it becomes, and how many of each were in it. */
static void numbers_are_masked_and_nothing_else(void) {
  static const struct {
    const char *text, *masked;
    int cards, ibans;
  } CASES[] = {
      {"4111 1111 1111 1111 12/26, thanks", "[card ..1111] 12/26, thanks", 1, 0},
      {"Amex 3782-822463-10005.", "Amex [card ..0005].", 1, 0},
      {"DE89 3704 0044 0532 0130 00 and GB29NWBK60161331926819",
       "[IBAN DE..00] and [IBAN GB..19]", 0, 2},
      {"überweise an DE89370400440532013000 bis 5.", "überweise an [IBAN DE..00] bis 5.", 0, 1},
      {"4111111111111111 5555555555554444", "[card ..1111] [card ..4444]", 2, 0},
      {"order ORD-4111111111111112", "order ORD-4111111111111112", 0, 0},
      {"4111  1111 1111 1111, x4111111111111111, 41111111111111110000000", NULL, 0, 0},
      {"DE00 3704 0044 0532 0130 00", NULL, 0, 0},
      {"", NULL, 0, 0},
  };
  for (size_t n = 0; n < sizeof CASES / sizeof *CASES; n++) {
    mask_counts counts = {0};
    troupe_string masked = mask(troupe_str(CASES[n].text), &counts);
    const char *expected = CASES[n].masked ? CASES[n].masked : CASES[n].text;
    if (!troupe_same(masked, expected)) fprintf(stderr, "%s became %.*s\n", expected, (int)masked.size, masked.data);
    assert(troupe_same(masked, expected));
    assert(counts.cards == CASES[n].cards && counts.ibans == CASES[n].ibans);
  }
}

static void a_mail_keeps_the_rest(void) {
  troupe_hop hop = troupe_run(
      handle, "{\"id\": \"a\", \"n\": 9007199254740993, \"subject\": \"4111111111111111\", \"body\": \"none\"}",
      .next = {"classify"});
  assert(!hop.failed);
  assert(troupe_is_json(hop.payloads,
                        "[{\"id\": \"a\", \"n\": 9007199254740993, \"subject\": \"[card ..1111]\", \"body\": \"none\","
                        " \"redactions\": {\"cards\": 1, \"ibans\": 0}}]"));
}

static void what_is_no_mail_fails(void) {
  troupe_hop hop = troupe_run(handle, "{\"body\": 7}");
  assert(hop.failed && strcmp(hop.failure.kind, "DecodeError") == 0);
}

int main(void) {
  check_digits_are_checked();
  numbers_are_masked_and_nothing_else();
  a_mail_keeps_the_rest();
  what_is_no_mail_fails();
}
