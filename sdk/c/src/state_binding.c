/**
 * The contract's interface `state`: see binding.c. A component whose author calls none of it does not import
 * it.
 */

#define STATE(name) __attribute__((import_module("troupe:actor/state@0.1.0"), import_name(name)))

/** `result<option<entry>, refusal>` */
typedef struct abi_entry {
  uint8_t refused;
  union {
    struct {
      uint8_t some;
      struct {
        const char *data;
        size_t size;
        uint64_t version;
      } entry;
    } value;
    abi_refusal refusal;
  } as;
} abi_entry;

/** `result<u64, refusal>`, and the same with `s64` */
typedef struct abi_number {
  uint8_t refused;
  union {
    uint64_t number;
    abi_refusal refusal;
  } as;
} abi_number;

/** `result<option<u64>, refusal>` */
typedef struct abi_swapped {
  uint8_t refused;
  union {
    struct {
      uint8_t some;
      uint64_t version;
    } value;
    abi_refusal refusal;
  } as;
} abi_swapped;

/** `result<bool, refusal>` */
typedef struct abi_flag {
  uint8_t refused;
  union {
    uint8_t flag;
    abi_refusal refusal;
  } as;
} abi_flag;

/** `result<list<string>, refusal>` */
typedef struct abi_keys {
  uint8_t refused;
  union {
    troupe_keys keys;
    abi_refusal refusal;
  } as;
} abi_keys;

_Static_assert(sizeof(abi_entry) == 32 && sizeof(abi_number) == 24 && sizeof(abi_swapped) == 24 &&
                   sizeof(abi_flag) == 20 && sizeof(abi_keys) == 20,
               "as the canonical ABI lays it out");

STATE("get") void abi_state_get(const char *key, size_t key_size, abi_entry *result);
STATE("set")
void abi_state_set(const char *key, size_t key_size, const char *value, size_t value_size, uint32_t has_ttl,
                   uint64_t ttl, abi_number *result);
STATE("swap")
void abi_state_swap(const char *key, size_t key_size, uint32_t has_expected, uint64_t expected,
                    const char *value, size_t value_size, uint32_t has_ttl, uint64_t ttl,
                    abi_swapped *result);
STATE("delete") void abi_state_delete(const char *key, size_t key_size, abi_flag *result);
STATE("keys")
void abi_state_keys(const char *prefix, size_t prefix_size, uint32_t has_after, const char *after,
                    size_t after_size, uint32_t limit, abi_keys *result);
STATE("add") void abi_state_add(const char *key, size_t key_size, int64_t delta, abi_number *result);

static troupe_entry bucket_get(troupe_string key) {
  abi_entry result;
  abi_state_get(key.data, key.size, &result);
  if (!answered(result.refused, &result.as.refusal) || !result.as.value.some) return NO_ENTRY;
  troupe_string value = {result.as.value.entry.data, result.as.value.entry.size};
  return (troupe_entry){true, copy_text(value), result.as.value.entry.version};
}

static bool bucket_set(troupe_string key, troupe_string value, uint64_t ttl_ms) {
  abi_number result;
  abi_state_set(key.data, key.size, value.data, value.size, ttl_ms != TROUPE_FOR_GOOD, ttl_ms, &result);
  return answered(result.refused, &result.as.refusal);
}

static bool bucket_swap(troupe_string key, troupe_entry expected, troupe_string value, uint64_t ttl_ms) {
  abi_swapped result;
  abi_state_swap(key.data, key.size, expected.exists, expected.version, value.data, value.size,
                 ttl_ms != TROUPE_FOR_GOOD, ttl_ms, &result);
  return answered(result.refused, &result.as.refusal) && result.as.value.some;
}

static bool bucket_delete(troupe_string key) {
  abi_flag result;
  abi_state_delete(key.data, key.size, &result);
  return answered(result.refused, &result.as.refusal) && result.as.flag;
}

static int64_t bucket_add(troupe_string key, int64_t delta) {
  abi_number result;
  abi_state_add(key.data, key.size, delta, &result);
  return answered(result.refused, &result.as.refusal) ? (int64_t)result.as.number : 0;
}

static troupe_keys bucket_keys(troupe_string prefix, troupe_string after, uint32_t limit) {
  abi_keys result;
  abi_state_keys(prefix.data, prefix.size, after.size > 0, after.data, after.size, limit, &result);
  if (!answered(result.refused, &result.as.refusal)) return (troupe_keys){NULL, 0};
  troupe_string *items = take((result.as.keys.count + 1) * sizeof *items);
  if (!items) return (troupe_keys){NULL, 0};
  for (size_t n = 0; n < result.as.keys.count; n++) items[n] = copy_text(result.as.keys.items[n]);
  return (troupe_keys){items, result.as.keys.count};
}
