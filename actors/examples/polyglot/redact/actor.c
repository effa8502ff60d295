/**
 * Masks card numbers and IBANs in a mail, and counts them: what comes after it has no business with them.
 */
#include <troupe.h>

#include "mask.h"

/** The mail with the texts of `subject` and `body` masked, and with the counts. */
troupe_json handle(troupe_json mail) {
  troupe_map masked = {0};
  mask_counts counts = {0};
  troupe_cursor at = troupe_each(mail);
  while (troupe_next(&at)) {
    bool is_text = troupe_same(at.key, "subject") || troupe_same(at.key, "body");
    if (is_text) troupe_put(&masked, at.key, troupe_text(mask(troupe_as_string(at.value), &counts)));
    else if (!troupe_same(at.key, "redactions")) troupe_put(&masked, at.key, at.value);
  }
  troupe_put(&masked, "redactions",
             troupe_object({"cards", troupe_int(counts.cards)}, {"ibans", troupe_int(counts.ibans)}));
  return troupe_map_done(&masked);
}
