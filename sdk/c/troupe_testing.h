/**
 * Runs a handler in a unit test, without building a component: the same calls, under the host's rules for
 * what an actor may edit and emit.
 *
 *     cc -std=c11 -DTROUPE_TESTING -I$SDK actor.c actor_test.c $SDK/troupe.c -o build/test && build/test
 *
 *     #include <assert.h>
 *     #include <troupe.h>
 *     #include <troupe_testing.h>
 *
 *     int main(void) {
 *       troupe_hop hop = troupe_run(handle, "{\"name\":\"Ada\"}", .next = {"store"});
 *       assert(troupe_is_json(hop.payloads, "[{\"greeting\":\"Hello, Ada!\"}]"));
 *       assert(!hop.failed);
 *     }
 */
#ifndef TROUPE_TESTING_H
#define TROUPE_TESTING_H

#include "troupe.h"
#include "troupe_state.h"

/** How many names a list of the options has at most. */
#define TROUPE_NAMES 16

/** An actor's function. */
typedef troupe_json (*troupe_handler)(troupe_json payload);

/** A bucket for tests: begin with `troupe_bucket bucket = {0};`, and end with
 * `troupe_bucket_clear(&bucket);`. */
typedef struct troupe_bucket {
  struct bucket_entry *private_first;
  uint64_t private_version, private_now_ms;
} troupe_bucket;

/** What is under a key, as JSON; nothing where there is none. Good until the next run. */
troupe_json troupe_bucket_get(const troupe_bucket *bucket, const char *key);
/** Lets time pass, which goes on only so. */
void troupe_bucket_elapse(troupe_bucket *bucket, uint64_t ms);
/** Removes everything. */
void troupe_bucket_clear(troupe_bucket *bucket);

/** With what a handler is tested; what is left out is empty, or the default. */
typedef struct troupe_hop_options {
  /** Actors that it may add to a route, as in `spec.grants.route`. */
  const char *grants[TROUPE_NAMES];
  /** Name of the actor: "actor" when left out. */
  const char *actor;
  /** Id of the envelope: "test" when left out. */
  const char *id;
  /** Actors done, and those that remain. */
  const char *prev[TROUPE_NAMES], *next[TROUPE_NAMES];
  /** The envelope's headers, as a JSON text: "{}" when left out. */
  const char *headers;
  /** Most emits: 1000 when left out. */
  size_t emits;
  /** What it keeps; given to several runs, the later ones find what the earlier ones left. An empty one when
   * left out. */
  troupe_bucket *bucket;
  bool private_none;
} troupe_hop_options;

/** What came of a run. All of it is good until the next one. */
typedef struct troupe_hop {
  /** Payloads of what it emitted, as an array: empty when it failed, since a hop is all or nothing. */
  troupe_json payloads;
  /** What it emitted, each as `{"payload": …, "route": {"prev": […], "curr": …, "next": […]}, "headers":
   * {…}}`. */
  troupe_json emits;
  /** Its edits, without the refused ones: `{"verb": "set", "path": …, "value": …}`, `{"verb": "del", "path":
   * …}`. */
  troupe_json edits;
  /** Events that it sent upstream. */
  troupe_json flies;
  /** `[{"level": "info", "message": …}, …]` */
  troupe_json logs;
  /** Whether it failed, and why. */
  bool failed;
  troupe_failure failure;
} troupe_hop;

/**
 * Runs a handler on a payload, which is a JSON text: `troupe_run(handle, "[1]", .next = {"store"}, .grants =
 * {"audit"})`. Prints what is wrong and aborts when the payload or the headers are no JSON.
 */
#define troupe_run(handler, payload, ...)               \
  troupe_run_with((handler), troupe_string_of(payload), \
                  &(const troupe_hop_options){.private_none = false, __VA_ARGS__})
troupe_hop troupe_run_with(troupe_handler handler, troupe_string payload, const troupe_hop_options *options);

/** Whether a value is the same as that of a JSON text; the order of members and the way numbers are written
 * do not count. */
bool troupe_is_json(troupe_json value, const char *text);
/** The same for two values. */
bool troupe_is_same(troupe_json a, troupe_json b);

#endif
