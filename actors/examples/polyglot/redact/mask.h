/**
 * Finds numbers that are nobody's business, by their check digits.
 */
#ifndef MASK_H
#define MASK_H

#include <troupe.h>

/** How many were masked. */
typedef struct mask_counts {
  int64_t cards, ibans;
} mask_counts;

/** The text with each card number and IBAN masked; adds to the counts. */
troupe_string mask(troupe_string text, mask_counts *counts);

/** Whether the last digit of a number fits the others (ISO/IEC 7812, Luhn). */
bool luhn_holds(const char *digits, size_t count);

/** Whether the check digits of an IBAN, without spaces, fit the rest (ISO 7064, modulo 97). */
bool mod97_holds(const char *iban, size_t count);

#endif
