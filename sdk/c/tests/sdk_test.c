/**
 * What an author sees of the SDK, and of its test kit.
 */
#undef NDEBUG
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <troupe.h>
#include <troupe_testing.h>

/** Whether the failure that stands is this one; it stands no more then. */
static bool caught(const char *kind, const char *message) {
  troupe_failure failure;
  if (!troupe_catch(&failure)) return false;
  bool same = strcmp(failure.kind, kind) == 0 && troupe_same(failure.message, message);
  if (!same) printf("%s: %s\n", failure.kind, failure.message.data);
  return same;
}

/* ---- Reading ---- */

static troupe_json reads(troupe_json task) {
  assert(troupe_same(troupe_string_at(task, "name"), "Ada\tß🎭"));
  assert(troupe_int_at(task, "most") == INT64_MAX && troupe_int_at(task, "least") == INT64_MIN);
  assert(troupe_double_at(task, "half") == 0.5 && isinf(troupe_double_at(task, "huge")));
  assert(troupe_bool_at(task, "yes"));
  assert(troupe_type_of(troupe_member(task, "nil")) == TROUPE_NULL);
  assert(troupe_int_at(task, "twice") == 2);
  troupe_json list = troupe_member(task, "list");
  assert(troupe_count(list) == 3 && troupe_count(task) == 12 && troupe_count(troupe_item(list, 0)) == 0);
  assert(troupe_int_at(troupe_item(list, 2), "x") == 7);
  assert(!troupe_exists(troupe_member(task, "none")));
  assert(!troupe_exists(troupe_member(troupe_member(task, "none"), "deeper")));
  assert(troupe_int_at(task, "esc\"aped") == 1);
  int64_t sum = 0;
  troupe_cursor at = troupe_each(troupe_member(task, "map"));
  while (troupe_next(&at)) sum += troupe_as_int(at.value) * (troupe_same(at.key, "b") ? 10 : 1);
  assert(sum == 21);
  at = troupe_each(troupe_member(task, "none"));
  assert(!troupe_next(&at));
  assert(!troupe_failed());
  return task;
}

static void values_are_read(void) {
  /* Of keys that repeat, the last one counts. */
  troupe_hop hop = troupe_run(
      reads,
      "{\"name\":\"Ada\\t\\u00df\\ud83c\\udfad\",\"most\":9223372036854775807,\"least\":-9223372036854775808,"
      "\"half\":5e-1,\"huge\":1e400,\"yes\":true,\"nil\":null,\"twice\":1,\"list\":[[], \"y\" ,{\"x\":7}],"
      "\"map\":{\"a\":1,\"b\":2},\"twice\":2,\"esc\\\"aped\":1 }");
  assert(!hop.failed);
}

static troupe_json misreads(troupe_json task) {
  assert(troupe_as_string(troupe_item(troupe_member(task, "list"), 1)).size == 0);
  assert(caught("DecodeError", "expected a string at .list[1], found a number"));
  troupe_int_at(task, "half");
  assert(caught("DecodeError", "expected a whole number of 64 bits at .half, found 0.5"));
  troupe_int_at(task, "over");
  assert(caught("DecodeError", "expected a whole number of 64 bits at .over, found 9223372036854775808"));
  troupe_string_at(task, "none");
  assert(caught("DecodeError", "there is no member \"none\" in the object at ."));
  troupe_bool_at(troupe_member(task, "list"), "none");
  assert(caught("DecodeError", "expected an object at .list, found an array"));
  troupe_each(troupe_member(task, "half"));
  assert(caught("DecodeError", "expected an array or an object at .half, found a number"));
  assert(!troupe_exists(troupe_parse("[1,]")));
  assert(caught("DecodeError", "not a JSON text: expected a value at offset 3"));
  char deep[1101];
  memset(deep, '[', sizeof deep);
  memset(deep + 512, ']', 512);
  assert(troupe_exists(troupe_parse(((troupe_string){deep, 1024}))));
  memset(deep + 513, ']', 513);
  deep[512] = '[';
  assert(!troupe_exists(troupe_parse(((troupe_string){deep, 1026}))));
  assert(caught("DecodeError", "not a JSON text: nested more than 512 deep at offset 512"));
  /* The first failure stays: it is the reason for those that follow. */
  troupe_string_at(task, "none");
  troupe_int_at(task, "half");
  return task;
}

static void what_does_not_fit_says_where(void) {
  troupe_hop hop = troupe_run(misreads, "{\"list\":[\"x\", 2],\"half\":0.5,\"over\":9223372036854775808}");
  assert(hop.failed && strcmp(hop.failure.kind, "DecodeError") == 0);
  assert(troupe_same(hop.failure.message, "there is no member \"none\" in the object at ."));
}

/* ---- Making ---- */

static troupe_json makes(troupe_json task) {
  (void)task;
  troupe_list list = {0};
  for (int n = 0; n < 3; n++) troupe_add(&list, troupe_int(n));
  troupe_map map = {0};
  char key[] = "no string that lasts";
  troupe_put(&map, key, troupe_list_done(&list));
  memset(key, 'x', sizeof key - 1);
  troupe_put(&map, "nothing", TROUPE_NOTHING);
  troupe_string zero = {"a\0b", 3};
  troupe_list empty = {0};
  troupe_map bare = {0};
  return troupe_object(
      {"map", troupe_map_done(&map)}, {"text", troupe_text(" \"\\/\n\x01ü")}, {"zero", troupe_text(zero)},
      {"left out", TROUPE_NOTHING}, {"empty", troupe_list_done(&empty)}, {"bare", troupe_map_done(&bare)},
      {"some", troupe_array(troupe_null(), troupe_bool(false), troupe_text(troupe_format("%d%%", 5)))});
}

static void values_are_made(void) {
  troupe_hop hop = troupe_run(makes, "1");
  const char *text =
      "[{\"map\":{\"no string that lasts\":[0,1,2]},\"text\":\" "
      "\\\"\\\\/\\n\\u0001ü\",\"zero\":\"a\\u0000b\","
      "\"empty\":[],\"bare\":{},\"some\":[null,false,\"5%\"]}]";
  assert(!hop.failed && hop.payloads.size == strlen(text) &&
         memcmp(hop.payloads.text, text, hop.payloads.size) == 0);
}

static troupe_json makes_numbers(troupe_json task) {
  (void)task;
  static const double NUMBERS[] = {0,       -0.0, 0.1,          1e308, 5e-324, 9007199254740993.0,
                                   1.0 / 3, -2.5, 123456789.123};
  for (size_t n = 0; n < sizeof NUMBERS / sizeof *NUMBERS; n++) {
    troupe_json number = troupe_double(NUMBERS[n]);
    assert(troupe_as_double(number) == NUMBERS[n]);
    troupe_emit(number);
  }
  assert(!troupe_exists(troupe_double(INFINITY)));
  assert(caught("EncodeError", "JSON has no number that is infinite or not a number"));
  assert(!troupe_exists(troupe_double(NAN)) && troupe_catch(NULL));
  return troupe_array(troupe_int(INT64_MIN), troupe_int(INT64_MAX), troupe_int(0));
}

static void numbers_are_exact(void) {
  troupe_hop hop = troupe_run(makes_numbers, "1");
  const char *text =
      "[0,-0,0.1,1e+308,4.94065645841247e-324,9007199254740992,0.3333333333333333,-2.5,123456789.123,"
      "[-9223372036854775808,9223372036854775807,0]]";
  assert(hop.payloads.size == strlen(text) && memcmp(hop.payloads.text, text, hop.payloads.size) == 0);
}

static troupe_json makes_wrong(troupe_json task) {
  assert(!troupe_exists(troupe_text("caf\xe9")));
  assert(caught("EncodeError", "a text is not UTF-8 at byte 3"));
  troupe_list list = {0};
  troupe_add(&list, TROUPE_NOTHING);
  assert(caught("EncodeError", "an item of an array is nothing: use troupe_null() for null"));
  assert(!troupe_emit(TROUPE_NOTHING));
  assert(caught("EncodeError", "the payload that is emitted is nothing: use troupe_null() for null"));
  assert(!troupe_alloc((size_t)1 << 40));
  assert(
      caught("OutOfMemory", "there is no more memory: limits.memory in actor.yaml says how much there is"));
  char *zeros = troupe_alloc(100);
  for (int n = 0; n < 100; n++) assert(zeros[n] == 0);
  return task;
}

static void what_json_cannot_say_is_refused(void) { assert(!troupe_run(makes_wrong, "1").failed); }

/* ---- Failures ---- */

static troupe_json fails_after_all(troupe_json task) {
  troupe_emit(troupe_int(1));
  troupe_fly(troupe_text("seen"));
  troupe_set(".status", troupe_int(1));
  /* While a failure stands, nothing is done. */
  assert(troupe_failed() && !troupe_emit(task) && !troupe_fly(task) && !troupe_del(".headers.x") &&
         !troupe_exists(troupe_get(".id")));
  troupe_log(TROUPE_WARN, "but this is told");
  return task;
}

static void a_refusal_that_nobody_catches_fails_the_hop(void) {
  troupe_hop hop = troupe_run(fails_after_all, "2");
  assert(hop.failed && strcmp(hop.failure.kind, "troupe.AccessError") == 0);
  assert(strcmp(hop.failure.lineage[0], "RefusedError") == 0 && strcmp(hop.failure.lineage[1], "Error") == 0);
  assert(troupe_is_json(hop.payloads, "[]") && troupe_is_json(hop.emits, "[]") &&
         troupe_is_json(hop.edits, "[]"));
  assert(troupe_is_json(hop.flies, "[\"seen\"]"));
  assert(troupe_is_json(hop.logs, "[{\"level\":\"warn\",\"message\":\"but this is told\"}]"));
}

static troupe_json fails_with_all(troupe_json task) {
  char here[] = "on the stack";
  troupe_int_at(task, "x");
  troupe_fail_with(.kind = "ParseError", .lineage = {"InputError", "Error"}, .message = troupe_str(here),
                   .details = troupe_object({"line", troupe_int(3)}));
  memset(here, '-', sizeof here - 1);
  return troupe_fail("Wrapped", "outer");
}

static void a_failure_tells_its_kind_place_and_causes(void) {
  troupe_hop hop = troupe_run(fails_with_all, "{}");
  assert(hop.failed && strcmp(hop.failure.kind, "Wrapped") == 0 && !hop.failure.lineage[0]);
  const char *traceback = hop.failure.traceback.data;
  const char *outer = strstr(traceback, "Wrapped: outer\n    at fails_with_all (");
  const char *middle = strstr(traceback, "\nCaused by: ParseError: on the stack\n    at fails_with_all (");
  const char *inner = strstr(traceback, "\nCaused by: DecodeError: there is no member \"x\"");
  assert(outer == traceback && middle > outer && inner > middle && strstr(traceback, "sdk_test.c:"));
}

static troupe_json retries(troupe_json task) { return troupe_retry_after(troupe_as_double(task), "later"); }

static void what_means_something_to_the_mesh_is_as_in_other_languages(void) {
  troupe_hop hop = troupe_run(retries, "30");
  assert(strcmp(hop.failure.kind, "troupe.RetryAfter") == 0 &&
         strcmp(hop.failure.lineage[0], "RetryAfter") == 0);
  assert(troupe_is_json(hop.failure.details, "{\"seconds\":30}"));
  assert(troupe_is_json(troupe_run(retries, "0.5").failure.details, "{\"seconds\":0.5}"));
  assert(strcmp(troupe_run(retries, "-1").failure.kind, "RangeError") == 0);
  assert(strcmp(troupe_run(retries, "1e400").failure.kind, "RangeError") == 0);
}

static troupe_json fails_without_utf8(troupe_json task) {
  (void)task;
  return troupe_fail("Error", "caf\xe9!");
}

static void a_message_that_is_no_utf8_gets_through(void) {
  assert(troupe_same(troupe_run(fails_without_utf8, "1").failure.message, "caf\xef\xbf\xbd!"));
}

/* ---- The test kit ---- */

static troupe_json routes(troupe_json task) {
  troupe_string lang = troupe_as_string(troupe_get(".headers.lang"));
  if (!troupe_same(lang, "en")) troupe_set(".route.next[:0]", troupe_array(troupe_text("translate")));
  troupe_emit(task);
  troupe_del(".headers.lang");
  troupe_set(".headers.big",
             troupe_parse("[9007199254740993, 1e21, 1.50, 1e-7, -0.0, 123456789012345680000]"));
  return troupe_get(".headers");
}

static void a_hop_is_seen_whole(void) {
  troupe_hop hop =
      troupe_run(routes, "1", .headers = "{\"lang\":\"de\"}", .next = {"store"}, .prev = {"first"},
                 .grants = {"audit", "trans*", "translate"}, .actor = "router");
  assert(!hop.failed);
  assert(troupe_is_json(troupe_item(hop.emits, 0),
                        "{\"payload\":1,\"route\":{\"prev\":[\"first\",\"router\"],\"curr\":\"translate\","
                        "\"next\":[\"store\"]},"
                        "\"headers\":{\"lang\":\"de\"}}"));
  /* Numbers of headers are what the host keeps: doubles, written as it does. */
  const char *big = "{\"big\":[9007199254740992,1e+21,1.5,1e-7,0,123456789012345680000]}";
  troupe_json last = troupe_item(hop.payloads, 1);
  assert(last.size == strlen(big) && memcmp(last.text, big, last.size) == 0);
  assert(troupe_count(hop.edits) == 3 &&
         troupe_is_json(troupe_item(hop.edits, 1), "{\"verb\":\"del\",\"path\":\".headers.lang\"}"));
}

static void what_is_not_granted_is_denied(void) {
  troupe_hop hop = troupe_run(routes, "1", .headers = "{\"lang\":\"de\"}", .grants = {"trans*"});
  assert(hop.failed && strcmp(hop.failure.kind, "troupe.RouteDenied") == 0);
}

static troupe_json floods(troupe_json task) {
  for (int n = 0; n < 1000; n++) assert(troupe_emit(task));
  assert(!troupe_emit(task));
  return task;
}

static void emits_are_limited(void) {
  troupe_hop hop = troupe_run(floods, "1");
  assert(hop.failed && strcmp(hop.failure.kind, "troupe.OutputLimit") == 0);
}

static void values_are_compared_by_what_they_mean(void) {
  troupe_json one = troupe_parse("{\"a\":[1.0,\"\\u0041\"],\"b\":10000000000000001}");
  assert(troupe_is_json(one, "{ \"b\": 10000000000000001, \"a\": [1, \"A\"] }"));
  assert(!troupe_is_json(one, "{\"b\":10000000000000002,\"a\":[1,\"A\"]}"));
  assert(!troupe_is_json(one, "{\"b\":10000000000000001,\"a\":[1,\"A\",2]}"));
  assert(!troupe_is_json(one, "{\"b\":10000000000000001}") && !troupe_is_json(TROUPE_NOTHING, "null"));
}

/* ---- State ---- */

static troupe_json keeps(troupe_json task) {
  troupe_entry was = troupe_state_entry("list");
  troupe_list list = {0};
  for (troupe_cursor at = troupe_each(troupe_entry_json(was)); troupe_next(&at);) troupe_add(&list, at.value);
  troupe_add(&list, task);
  troupe_json items = troupe_list_done(&list);
  assert(troupe_state_swap("list", was, items, TROUPE_FOR_GOOD));
  assert(!troupe_state_swap("list", was, troupe_null(), TROUPE_FOR_GOOD) && !troupe_failed());
  assert(troupe_state_add("count", 2) % 2 == 0 && troupe_state_set("soon", troupe_bool(true), 1000));
  assert(troupe_state_set_bytes("b/raw", ((troupe_string){"\0\xff", 2}), TROUPE_FOR_GOOD));
  assert(troupe_state_entry("b/raw").value.size == 2 && troupe_state_entry("b/raw").exists);
  assert(!troupe_exists(troupe_state_get("none")) && !troupe_state_delete("none"));
  assert(troupe_state_set("b/a", troupe_int(1), TROUPE_FOR_GOOD) && troupe_state_delete("b/a"));
  troupe_keys keys = troupe_state_keys("", "b/raw", 2);
  assert(keys.count == 2 && troupe_same(keys.items[0], "count") && troupe_same(keys.items[1], "list"));
  assert(troupe_state_keys("b/", "", 1000).count == 1);
  return items;
}

static troupe_json misuses_state(troupe_json task) {
  char long_key[514] = {0};
  memset(long_key, 'k', 513);
  troupe_failure refusal;
  assert(!troupe_state_set("", task, TROUPE_FOR_GOOD) && troupe_catch(&refusal));
  assert(strcmp(refusal.kind, "troupe.BadStateRequest") == 0);
  assert(!troupe_state_entry(long_key).exists && troupe_catch(NULL));
  assert(troupe_state_keys("", "", 1001).count == 0 && troupe_catch(NULL));
  troupe_state_set("x", troupe_text("1"), TROUPE_FOR_GOOD);
  assert(troupe_state_add("x", 1) == 0 && troupe_catch(&refusal) &&
         strcmp(refusal.kind, "troupe.NotACounter") == 0);
  troupe_state_add("most", INT64_MAX);
  assert(troupe_state_add("most", 1) == 0 && troupe_catch(&refusal) &&
         strcmp(refusal.kind, "troupe.CounterRange") == 0);
  troupe_state_set_bytes("bytes", troupe_str("no JSON"), TROUPE_FOR_GOOD);
  assert(!troupe_exists(troupe_state_get("bytes")) && troupe_catch(&refusal) &&
         strcmp(refusal.kind, "DecodeError") == 0);
  troupe_string large = {troupe_alloc(1024 * 1024 + 1), 1024 * 1024 + 1};
  assert(!troupe_state_set_bytes("large", large, TROUPE_FOR_GOOD));
  return task;
}

static void state_is_kept_from_run_to_run(void) {
  troupe_bucket bucket = {0};
  troupe_run(keeps, "1", .bucket = &bucket);
  assert(troupe_exists(troupe_bucket_get(&bucket, "soon")));
  troupe_bucket_elapse(&bucket, 1000);
  assert(!troupe_exists(troupe_bucket_get(&bucket, "soon")));
  troupe_hop hop = troupe_run(keeps, "2", .bucket = &bucket);
  assert(!hop.failed && troupe_is_json(hop.payloads, "[[1,2]]"));
  assert(troupe_is_json(troupe_bucket_get(&bucket, "count"), "4"));
  assert(troupe_is_json(troupe_run(keeps, "3").payloads, "[[3]]"));
  hop = troupe_run(misuses_state, "1", .bucket = &bucket);
  assert(hop.failed && strcmp(hop.failure.kind, "troupe.StateTooLarge") == 0);
  troupe_bucket_clear(&bucket);
}

int main(void) {
  state_is_kept_from_run_to_run();
  values_are_read();
  what_does_not_fit_says_where();
  values_are_made();
  numbers_are_exact();
  what_json_cannot_say_is_refused();
  a_refusal_that_nobody_catches_fails_the_hop();
  a_failure_tells_its_kind_place_and_causes();
  what_means_something_to_the_mesh_is_as_in_other_languages();
  a_message_that_is_no_utf8_gets_through();
  a_hop_is_seen_whole();
  what_is_not_granted_is_denied();
  emits_are_limited();
  values_are_compared_by_what_they_mean();
  puts("sdk: ok");
}
