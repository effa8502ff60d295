/**
 * The calls of state, as authors make them. What answers them is the host (state_binding.c) or a test
 * (bucket.c).
 */

/** Each leaves a failure that stands when it is refused. */
static troupe_entry bucket_get(troupe_string key);
static bool bucket_set(troupe_string key, troupe_string value, uint64_t ttl_ms);
static bool bucket_swap(troupe_string key, troupe_entry expected, troupe_string value, uint64_t ttl_ms);
static bool bucket_delete(troupe_string key);
static int64_t bucket_add(troupe_string key, int64_t delta);
static troupe_keys bucket_keys(troupe_string prefix, troupe_string after, uint32_t limit);

static const troupe_entry NO_ENTRY = {false, {"", 0}, 0};

troupe_entry troupe_state_entry_at(troupe_string key) {
  return current.stands ? NO_ENTRY : bucket_get(copy_as_utf8(key));
}

troupe_json troupe_entry_json(troupe_entry entry) {
  return entry.exists ? troupe_parse_text(entry.value) : TROUPE_NOTHING;
}

bool troupe_state_set_bytes_at(troupe_string key, troupe_string bytes, uint64_t ttl_ms) {
  return !current.stands && bucket_set(copy_as_utf8(key), bytes, ttl_ms);
}

bool troupe_state_set_at(troupe_string key, troupe_json value, uint64_t ttl_ms) {
  return is_something(value, "the value that is kept") &&
         troupe_state_set_bytes_at(key, (troupe_string){value.text, value.size}, ttl_ms);
}

bool troupe_state_swap_bytes_at(troupe_string key, troupe_entry expected, troupe_string bytes,
                                uint64_t ttl_ms) {
  return !current.stands && bucket_swap(copy_as_utf8(key), expected, bytes, ttl_ms);
}

bool troupe_state_swap_at(troupe_string key, troupe_entry expected, troupe_json value, uint64_t ttl_ms) {
  return is_something(value, "the value that is kept") &&
         troupe_state_swap_bytes_at(key, expected, (troupe_string){value.text, value.size}, ttl_ms);
}

bool troupe_state_delete_at(troupe_string key) { return !current.stands && bucket_delete(copy_as_utf8(key)); }

int64_t troupe_state_add_at(troupe_string key, int64_t delta) {
  return current.stands ? 0 : bucket_add(copy_as_utf8(key), delta);
}

troupe_keys troupe_state_keys_at(troupe_string prefix, troupe_string after, uint32_t limit) {
  if (current.stands) return (troupe_keys){NULL, 0};
  return bucket_keys(copy_as_utf8(prefix), copy_as_utf8(after), limit);
}
