/**
 * Every case of ../../conformance/cases.json that is for test kits, with the actor of
 * ../../conformance/actors/c, through the test kit. The file is read with the SDK's own reader.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <troupe.h>
#include <troupe_testing.h>
#include <unistd.h>

static char *file_text;

static void read_file(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file || fseek(file, 0, SEEK_END) != 0) {
    perror(path);
    exit(2);
  }
  size_t size = (size_t)ftell(file);
  rewind(file);
  file_text = calloc(size + 1, 1);
  if (!file_text || fread(file_text, 1, size, file) != size) exit(2);
  fclose(file);
}

/** Texts that outlive a run. */
static char *kept(troupe_json value) {
  char *text = strndup(value.text, value.size);
  if (!text) exit(2);
  return text;
}

static void names(troupe_json list, const char **into) {
  troupe_cursor at = troupe_each(list);
  for (size_t n = 0; n < TROUPE_NAMES; n++) {
    free((char *)into[n]);
    into[n] = troupe_next(&at) ? strdup(troupe_as_string(at.value).data) : NULL;
  }
}

/** White space between tokens aside, which the cases have none of. */
static bool same_spelling(troupe_json value, troupe_json text) {
  troupe_string expected = troupe_as_string(text);
  return value.size == expected.size && memcmp(value.text, expected.data, value.size) == 0;
}

static bool has(troupe_json expected, const char *key) { return troupe_exists(troupe_member(expected, key)); }

static bool failure_fits(troupe_json expected, const troupe_failure *failure) {
  if (has(expected, "type") && !troupe_same(troupe_string_at(expected, "type"), failure->kind)) return false;
  troupe_string message = has(expected, "message") ? troupe_string_at(expected, "message") : failure->message;
  if (message.size != failure->message.size || memcmp(message.data, failure->message.data, message.size) != 0)
    return false;
  troupe_cursor at = troupe_each(troupe_member(expected, "lineage"));
  for (size_t n = 0; troupe_next(&at); n++) {
    if (n == TROUPE_LINEAGE || !failure->lineage[n] ||
        !troupe_same(troupe_as_string(at.value), failure->lineage[n]))
      return false;
  }
  return !has(expected, "details") || troupe_is_same(troupe_member(expected, "details"), failure->details);
}

static bool emits_fit(troupe_json expected, troupe_json emits) {
  troupe_cursor wanted = troupe_each(expected), found = troupe_each(emits);
  while (troupe_next(&wanted)) {
    if (!troupe_next(&found)) return false;
    troupe_json next = troupe_member(troupe_member(found.value, "route"), "next");
    troupe_json curr = troupe_member(troupe_member(found.value, "route"), "curr");
    if (has(wanted.value, "payload") &&
        !troupe_is_same(troupe_member(wanted.value, "payload"), troupe_member(found.value, "payload")))
      return false;
    if (has(wanted.value, "headers") &&
        !troupe_is_same(troupe_member(wanted.value, "headers"), troupe_member(found.value, "headers")))
      return false;
    if (!has(wanted.value, "next")) continue;
    /* The cases tell the route as it was edited; the kit, as it was advanced. */
    troupe_list edited = {0};
    if (!troupe_same(troupe_as_string(curr), "")) troupe_add(&edited, curr);
    for (troupe_cursor at = troupe_each(next); troupe_next(&at);) troupe_add(&edited, at.value);
    if (!troupe_is_same(troupe_member(wanted.value, "next"), troupe_list_done(&edited))) return false;
  }
  return !troupe_next(&found);
}

static bool logs_fit(troupe_json expected, troupe_json logs) {
  troupe_cursor wanted = troupe_each(expected), found = troupe_each(logs);
  while (troupe_next(&wanted)) {
    if (!troupe_next(&found)) return false;
    if (!troupe_is_same(troupe_item(wanted.value, 0), troupe_member(found.value, "level"))) return false;
    if (!troupe_is_same(troupe_item(wanted.value, 1), troupe_member(found.value, "message"))) return false;
  }
  return !troupe_next(&found);
}

static bool texts_fit(troupe_json expected, troupe_json payloads) {
  troupe_cursor wanted = troupe_each(expected), found = troupe_each(payloads);
  while (troupe_next(&wanted)) {
    if (!troupe_next(&found) || !same_spelling(found.value, wanted.value)) return false;
  }
  return !troupe_next(&found);
}

static bool fits(troupe_json expected, const troupe_hop *hop) {
  if (hop->failed != has(expected, "failure")) return false;
  if (hop->failed && !failure_fits(troupe_member(expected, "failure"), &hop->failure)) return false;
  if (has(expected, "payloads") && !troupe_is_same(troupe_member(expected, "payloads"), hop->payloads))
    return false;
  if (has(expected, "texts") && !texts_fit(troupe_member(expected, "texts"), hop->payloads)) return false;
  if (has(expected, "emits") && !emits_fit(troupe_member(expected, "emits"), hop->emits)) return false;
  if (has(expected, "flies") && !troupe_is_same(troupe_member(expected, "flies"), hop->flies)) return false;
  return !has(expected, "logs") || logs_fit(troupe_member(expected, "logs"), hop->logs);
}

/** A bug ends a native program: it has to, and a child is there for that. */
static bool crashes(const char *payload) {
  pid_t child = fork();
  if (child == 0) {
    if (!freopen("/dev/null", "w", stderr)) _exit(3);
    troupe_run(handle, payload);
    _exit(0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return !WIFEXITED(status) || WEXITSTATUS(status) != 0;
}

static bool passes(troupe_json test, troupe_hop_options *options) {
  names(troupe_member(test, "prev"), options->prev);
  names(troupe_member(test, "next"), options->next);
  bool has_text = troupe_exists(troupe_member(test, "payloadText"));
  char *headers = has(test, "headers") ? kept(troupe_member(test, "headers")) : NULL;
  char *payload =
      has_text ? strdup(troupe_string_at(test, "payloadText").data) : kept(troupe_member(test, "payload"));
  troupe_json differs = troupe_member(troupe_member(test, "differs"), "c");
  troupe_json expected = troupe_exists(differs) ? differs : troupe_member(test, "expect");
  options->headers = headers;
  bool ok;
  if (strstr(payload, "\"crash\"")) {
    ok = crashes(payload);
  } else {
    troupe_hop hop = troupe_run_with(handle, troupe_str(payload), options);
    ok = fits(expected, &hop);
    if (!ok) {
      printf("  emits %.*s\n  failed %d %s\n", (int)hop.emits.size, hop.emits.text, hop.failed,
             hop.failed ? hop.failure.traceback.data : "");
    }
  }
  free(headers);
  free(payload);
  return ok;
}

int main(int count, char **arguments) {
  if (count != 2) return 2;
  read_file(arguments[1]);
  troupe_json all = troupe_parse(file_text);
  if (!troupe_exists(all)) return 2;
  int passed = 0, failed = 0;
  troupe_hop_options options = {.actor = "conformance", .id = "case", .emits = 10000};
  names(troupe_member(all, "grants"), options.grants);
  for (troupe_cursor at = troupe_each(troupe_member(all, "cases")); troupe_next(&at);) {
    if (has(at.value, "only")) continue;
    char *name = strdup(troupe_string_at(at.value, "name").data);
    if (passes(at.value, &options)) passed++;
    else printf("FAILED: %s\n", name), failed++;
    free(name);
  }
  names(TROUPE_NOTHING, options.grants);
  names(TROUPE_NOTHING, options.prev);
  names(TROUPE_NOTHING, options.next);
  free(file_text);
  printf("%d cases passed, %d failed\n", passed, failed);
  return failed == 0 && passed > 80 ? 0 : 1;
}
