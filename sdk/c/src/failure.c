/**
 * The failure that stands.
 */

static struct {
  bool stands;
  troupe_failure failure;
} current;

static const char OUT_OF_MEMORY[] =
    "there is no more memory: limits.memory in actor.yaml says how much there is";

static void out_of_memory(void) {
  /* Whoever has failed for want of memory needs none for saying so. */
  current.stands = true;
  current.failure = (troupe_failure){
      .kind = "OutOfMemory",
      .lineage = {"Error"},
      .message = {OUT_OF_MEMORY, sizeof OUT_OF_MEMORY - 1},
      .traceback = {OUT_OF_MEMORY, sizeof OUT_OF_MEMORY - 1},
  };
}

bool troupe_failed(void) { return current.stands; }

bool troupe_catch(troupe_failure *failure) {
  if (!current.stands) return false;
  if (failure) *failure = current.failure;
  current.stands = false;
  return true;
}

static const char *copy_name(const char *name) { return copy_as_utf8(troupe_str(name)).data; }

static troupe_string traceback_of(const troupe_failure *failure) {
  if (failure->traceback.data) return copy_as_utf8(failure->traceback);
  troupe_string head = JOIN(copy_as_utf8(troupe_str(failure->kind ? failure->kind : "Error")),
                            troupe_str(": "), copy_as_utf8(failure->message));
  if (!failure->cause) return head;
  return JOIN(head, troupe_str("\nCaused by: "), traceback_of(failure->cause));
}

/** Makes a copy stand. @param place Where it was raised; without a file when that is of no use. */
static void raise_failure(const troupe_failure *failure, troupe_place place) {
  troupe_failure copy = {.message = copy_as_utf8(failure->message), .details = failure->details};
  copy.kind = copy_name(failure->kind ? failure->kind : "Error");
  for (int n = 0; n < TROUPE_LINEAGE && failure->lineage[n]; n++)
    copy.lineage[n] = copy_name(failure->lineage[n]);
  if (failure->traceback.data) {
    copy.traceback = copy_as_utf8(failure->traceback);
  } else {
    troupe_string none = {"", 0};
    troupe_string where =
        !place.file ? none
                    : JOIN(troupe_str("\n    at "), troupe_str(place.function), troupe_str(" ("),
                           troupe_str(place.file), troupe_str(":"), number_text(place.line), troupe_str(")"));
    troupe_string cause =
        !failure->cause ? none : JOIN(troupe_str("\nCaused by: "), traceback_of(failure->cause));
    copy.traceback = JOIN(troupe_str(copy.kind), troupe_str(": "), copy.message, where, cause);
  }
  /* Without memory for the copy, that is what failed, and stands already. */
  if (current.stands && current.failure.message.data == OUT_OF_MEMORY) return;
  current.stands = true;
  current.failure = copy;
}

troupe_json troupe_fail_at(const troupe_failure *failure, troupe_place place) {
  troupe_failure with = *failure;
  troupe_failure before = current.failure;
  if (current.stands && !with.cause) with.cause = &before;
  raise_failure(&with, place);
  return TROUPE_NOTHING;
}

/** A failure of a call, whose place in the author's source is not known. One that stands already is what led
 * to it. */
static void raise_error(const char *kind, troupe_string message) {
  if (current.stands) return;
  raise_failure(&(const troupe_failure){.kind = kind, .lineage = {"Error"}, .message = message},
                (troupe_place){NULL, NULL, 0});
}

/** The mesh has refused a call. */
static void raise_refusal(troupe_string code, troupe_string message) {
  const troupe_failure failure = {
      .kind = copy_text(code).data, .lineage = {"RefusedError", "Error"}, .message = message};
  raise_failure(&failure, (troupe_place){NULL, NULL, 0});
}

troupe_json troupe_fatal_at(troupe_string message, troupe_place place) {
  return troupe_fail_at(
      &(const troupe_failure){.kind = "troupe.Fatal", .lineage = {"Fatal", "Error"}, .message = message},
      place);
}

troupe_json troupe_retry_after_at(double seconds, troupe_string message, troupe_place place) {
  /* Not a number fails the comparison too. */
  if (!(seconds >= 0 && seconds <= 1e15)) {
    troupe_string shown = JOIN(troupe_str("the time to wait is negative, or no time: "), message);
    return troupe_fail_at(
        &(const troupe_failure){.kind = "RangeError", .lineage = {"Error"}, .message = shown}, place);
  }
  bool whole = seconds == (double)(int64_t)seconds;
  troupe_json number = whole ? troupe_int((int64_t)seconds) : troupe_double(seconds);
  const troupe_failure failure = {
      .kind = "troupe.RetryAfter",
      .lineage = {"RetryAfter", "Error"},
      .message = message,
      .details = troupe_object({"seconds", number}),
  };
  return troupe_fail_at(&failure, place);
}
