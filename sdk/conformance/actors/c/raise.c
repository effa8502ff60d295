/**
 * Failures of every shape.
 */
#include "raise.h"

#include <stdlib.h>

static void raise_caused(void) {
  troupe_failure inner = {.kind = "Error", .message = troupe_str("inner")};
  troupe_fail_with(.kind = "Error", .message = troupe_str("outer"), .cause = &inner);
}

void raise_shape(troupe_string shape) {
  static const char UNICODE[] = "Grüße 🎭 \0 end";
  if (troupe_same(shape, "plain")) troupe_fail("Error", "plain");
  else if (troupe_same(shape, "custom"))
    troupe_fail_with(.kind = "CustomError", .lineage = {"BaseError", "Error"},
                     .message = troupe_str("custom"));
  else if (troupe_same(shape, "caused")) raise_caused();
  else if (troupe_same(shape, "fatal")) troupe_fatal("fatal");
  else if (troupe_same(shape, "retry-after")) troupe_retry_after(30, "later");
  else if (troupe_same(shape, "details")) {
    troupe_fail_with(.kind = "Error", .message = troupe_str("details"),
                     .details = troupe_object({"field", troupe_text("email")}));
  } else if (troupe_same(shape, "unicode")) {
    troupe_string message = {UNICODE, sizeof UNICODE - 1};
    troupe_fail("Error", message);
  } else if (troupe_same(shape, "empty")) troupe_fail("Error", "");
  else if (troupe_same(shape, "crash")) abort();
  else if (troupe_same(shape, "refused")) troupe_set(".status", troupe_int(1));
  /* In C nothing is thrown, so that there is nothing else that could be. */
  else troupe_fail("Error", shape);
}
