/**
 * Does what a conformance case says, with the SDK as an author has it.
 */
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "raise.h"

/** Rises with each hop that an instance does, and so is always 1 in what is fresh. */
static int hops = 0;

static void perform(troupe_json step, troupe_list *answers);

static void answer_get(troupe_json path, troupe_list *answers) {
  troupe_json found = troupe_get(troupe_as_string(path));
  if (troupe_exists(found)) found = troupe_array(found);
  else found = troupe_parse("[]");
  if (!troupe_failed()) troupe_add(answers, found);
}

static void log_line(troupe_json level, troupe_json message) {
  static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
  troupe_string name = troupe_as_string(level);
  for (int n = TROUPE_DEBUG; n <= TROUPE_ERROR; n++) {
    if (troupe_same(name, LEVELS[n])) troupe_log((troupe_level)n, troupe_as_string(message));
  }
}

static void repeat(int64_t times, troupe_json step, troupe_list *answers) {
  for (int64_t time = 0; time < times && !troupe_failed(); time++) perform(step, answers);
}

/** Answers the code with which a call was refused, or "ok". */
static void answer_refusal(troupe_json step, troupe_list *answers) {
  troupe_failure refusal;
  perform(step, answers);
  troupe_add(answers, troupe_text(troupe_catch(&refusal) ? refusal.kind : "ok"));
}

static void answer_random(troupe_list *answers) {
  unsigned char bytes[16];
  char hex[2 * sizeof bytes + 1];
  if (getentropy(bytes, sizeof bytes) != 0) troupe_fail("Error", "there are no random bytes");
  for (size_t n = 0; n < sizeof bytes; n++) snprintf(hex + 2 * n, 3, "%02x", bytes[n]);
  troupe_add(answers, troupe_text(hex));
}

static void pause_for(int64_t ms) {
  struct timespec time = {ms / 1000, ms % 1000 * 1000000};
  if (nanosleep(&time, NULL) != 0) troupe_fail("Error", "it does not sleep");
}

/** What a typed value is in C. */
typedef struct typed {
  troupe_string name;
  int64_t count;
  troupe_string *tags;
  size_t tag_count;
  bool has_note;
  troupe_string note;
} typed;

static typed decode_typed(troupe_json value) {
  troupe_json tags = troupe_member(value, "tags");
  typed decoded = {
      .name = troupe_string_at(value, "name"),
      .count = troupe_int_at(value, "count"),
      .tags = troupe_alloc(troupe_count(tags) * sizeof(troupe_string)),
      .has_note = troupe_exists(troupe_member(value, "note")),
  };
  troupe_cursor at = troupe_each(tags);
  while (troupe_next(&at) && decoded.tags) decoded.tags[decoded.tag_count++] = troupe_as_string(at.value);
  if (decoded.has_note) decoded.note = troupe_string_at(value, "note");
  return decoded;
}

static troupe_json encode_typed(typed value) {
  troupe_list tags = {0};
  for (size_t n = 0; n < value.tag_count; n++) troupe_add(&tags, troupe_text(value.tags[n]));
  return troupe_object({"name", troupe_text(value.name)}, {"count", troupe_int(value.count)},
                       {"tags", troupe_list_done(&tags)},
                       {"note", value.has_note ? troupe_text(value.note) : TROUPE_NOTHING});
}

static void perform(troupe_json step, troupe_list *answers) {
  troupe_cursor at = troupe_each(step);
  if (troupe_failed() || !troupe_next(&at)) return;
  troupe_string what = at.key;
  troupe_json value = at.value;
  if (troupe_same(what, "get")) answer_get(value, answers);
  else if (troupe_same(what, "set"))
    troupe_set(troupe_as_string(troupe_item(value, 0)), troupe_item(value, 1));
  else if (troupe_same(what, "del")) troupe_del(troupe_as_string(value));
  else if (troupe_same(what, "emit")) troupe_emit(value);
  else if (troupe_same(what, "fly")) troupe_fly(value);
  else if (troupe_same(what, "log")) log_line(troupe_item(value, 0), troupe_item(value, 1));
  else if (troupe_same(what, "repeat"))
    repeat(troupe_as_int(troupe_item(value, 0)), troupe_item(value, 1), answers);
  else if (troupe_same(what, "catch")) answer_refusal(value, answers);
  else if (troupe_same(what, "global")) troupe_add(answers, troupe_int(++hops));
  else if (troupe_same(what, "random")) answer_random(answers);
  else if (troupe_same(what, "sleep")) pause_for(troupe_as_int(value));
  else if (troupe_same(what, "typed")) troupe_add(answers, encode_typed(decode_typed(value)));
  else if (troupe_same(what, "raise")) raise_shape(troupe_as_string(value));
  else troupe_fail("Error", troupe_format("there is no step %s", what.data));
}

/** Does the steps, one after the other. */
troupe_json handle(troupe_json program) {
  troupe_list answers = {0};
  troupe_cursor at = troupe_each(troupe_member(program, "steps"));
  while (troupe_next(&at)) perform(at.value, &answers);
  troupe_json then = troupe_member(program, "then");
  if (troupe_type_of(then) == TROUPE_OBJECT) return troupe_member(then, "payload");
  if (troupe_exists(then) && troupe_same(troupe_as_string(then), "nothing")) return TROUPE_NOTHING;
  return troupe_list_done(&answers);
}
