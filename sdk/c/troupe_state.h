/**
 * What an actor keeps between envelopes: values under keys, in a bucket that is its own or shared. It has to
 * be granted (`grants.state` in actor.yaml).
 *
 *     troupe_json items = TROUPE_NOTHING;
 *     troupe_entry cart;
 *     do {
 *       cart = troupe_state_entry("cart");
 *       troupe_list list = {0};
 *       troupe_cursor at = troupe_each(troupe_entry_json(cart));
 *       while (troupe_next(&at)) troupe_add(&list, at.value);
 *       troupe_add(&list, task);
 *       items = troupe_list_done(&list);
 *     } while (!troupe_state_swap("cart", cart, items, TROUPE_FOR_GOOD) && !troupe_failed());
 *
 * Every call takes effect at once, for everybody who uses the bucket, and is no part of the hop: what was
 * written stays when `handle` fails, and is written again when the envelope is handled again. Keys have 1 to
 * 512 bytes, values up to 1 MiB. A call that is refused is a failure that stands, as in troupe.h; while one
 * stands, calls do nothing.
 */
#ifndef TROUPE_STATE_H
#define TROUPE_STATE_H

#include "troupe.h"

/** A time to live that never ends; others are in milliseconds. */
#define TROUPE_FOR_GOOD 0

/** What is under a key. */
typedef struct troupe_entry {
  /** Whether anything is. */
  bool exists;
  /** Bytes: a JSON text, where `troupe_state_set` has put it there. */
  troupe_string value;
  /** No other value of the key has it, before or after. */
  uint64_t version;
} troupe_entry;

/** Keys, in the order of their bytes. */
typedef struct troupe_keys {
  const troupe_string *items;
  size_t count;
} troupe_keys;

/** The value under a key; nothing where there is none. A `DecodeError` stands when it is no JSON. */
#define troupe_state_get(key) troupe_entry_json(troupe_state_entry(key))
/** The same with its version, and as bytes. */
#define troupe_state_entry(key) troupe_state_entry_at(troupe_string_of(key))
troupe_entry troupe_state_entry_at(troupe_string key);
/** The value of an entry; nothing where there is none. A `DecodeError` stands when it is no JSON. */
troupe_json troupe_entry_json(troupe_entry entry);

/** Puts a value under a key, whatever is there. False when it is refused. */
#define troupe_state_set(key, value, ttl_ms) troupe_state_set_at(troupe_string_of(key), (value), (ttl_ms))
bool troupe_state_set_at(troupe_string key, troupe_json value, uint64_t ttl_ms);
/** The same for bytes. */
#define troupe_state_set_bytes(key, bytes, ttl_ms) \
  troupe_state_set_bytes_at(troupe_string_of(key), (bytes), (ttl_ms))
bool troupe_state_set_bytes_at(troupe_string key, troupe_string bytes, uint64_t ttl_ms);

/**
 * Puts a value under a key if what is there is still the entry `expected`, which may be that there is none.
 * False when it is not, as somebody else was first; or, with a failure that stands, when it is refused.
 */
#define troupe_state_swap(key, expected, value, ttl_ms) \
  troupe_state_swap_at(troupe_string_of(key), (expected), (value), (ttl_ms))
bool troupe_state_swap_at(troupe_string key, troupe_entry expected, troupe_json value, uint64_t ttl_ms);
/** The same for bytes. */
#define troupe_state_swap_bytes(key, expected, bytes, ttl_ms) \
  troupe_state_swap_bytes_at(troupe_string_of(key), (expected), (bytes), (ttl_ms))
bool troupe_state_swap_bytes_at(troupe_string key, troupe_entry expected, troupe_string bytes,
                                uint64_t ttl_ms);

/** Removes what is under a key. Whether anything was. */
#define troupe_state_delete(key) troupe_state_delete_at(troupe_string_of(key))
bool troupe_state_delete_at(troupe_string key);

/** Adds to a counter, which begins at 0 and is kept as its decimal digits. Gives the sum. */
#define troupe_state_add(key, delta) troupe_state_add_at(troupe_string_of(key), (delta))
int64_t troupe_state_add_at(troupe_string key, int64_t delta);

/**
 * Keys that begin with `prefix`, from the first one after `after`, or from the beginning when that is empty:
 * `limit` of them, from 1 to 1000, or as many as there are.
 */
#define troupe_state_keys(prefix, after, limit) \
  troupe_state_keys_at(troupe_string_of(prefix), troupe_string_of(after), (limit))
troupe_keys troupe_state_keys_at(troupe_string prefix, troupe_string after, uint32_t limit);

#endif
