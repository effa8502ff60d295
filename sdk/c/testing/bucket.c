/**
 * The bucket of a unit test, with the contract's rules: those of host/state.
 */

enum { KEY_BYTES = 512, VALUE_BYTES = 1024 * 1024, MOST_KEYS = 1000 };
static const uint64_t LONGEST_TTL_MS = UINT64_C(100) * 366 * 24 * 3600 * 1000;

/** In the order of the keys. Outlives the hop, and so is no part of the arena. */
struct bucket_entry {
  struct bucket_entry *next;
  uint64_t version, expires_at_ms;
  bool for_good;
  troupe_string key, value;
};

static void refuse_state(const char *problem) {
  raise_refusal(troupe_str("troupe.BadStateRequest"),
                JOIN(troupe_str("The state cannot be asked for this: "), troupe_str(problem)));
}

static bool is_state_key(troupe_string key) {
  if (key.size >= 1 && key.size <= KEY_BYTES) return true;
  refuse_state("a key has 1 to 512 bytes of UTF-8");
  return false;
}

static bool is_ttl(uint64_t ttl_ms) {
  if (ttl_ms <= LONGEST_TTL_MS) return true;
  refuse_state("a time to live is at most a hundred years");
  return false;
}

static int order_of(troupe_string a, troupe_string b) {
  int order = memcmp(a.data, b.data, a.size < b.size ? a.size : b.size);
  return order != 0 ? order : (a.size > b.size) - (a.size < b.size);
}

static bool is_live(const troupe_bucket *bucket, const struct bucket_entry *entry) {
  return entry->for_good || entry->expires_at_ms > bucket->private_now_ms;
}

/** Where an entry is, or would be. */
static struct bucket_entry **bucket_slot(troupe_bucket *bucket, troupe_string key) {
  struct bucket_entry **at = &bucket->private_first;
  while (*at && order_of((*at)->key, key) < 0) at = &(*at)->next;
  return at;
}

static struct bucket_entry *bucket_find(const troupe_bucket *bucket, troupe_string key) {
  struct bucket_entry *entry = *bucket_slot((troupe_bucket *)bucket, key);
  return entry && same_text(entry->key, key) && is_live(bucket, entry) ? entry : NULL;
}

static void bucket_remove(struct bucket_entry **at) {
  struct bucket_entry *entry = *at;
  *at = entry->next;
  free((char *)entry->key.data);
  free((char *)entry->value.data);
  free(entry);
}

static troupe_string lasting_copy(troupe_string text) {
  char *copy = malloc(text.size + 1);
  if (!copy) abort();
  if (text.size > 0) memcpy(copy, text.data, text.size);
  copy[text.size] = 0;
  return (troupe_string){copy, text.size};
}

/** Puts an entry in the place of what is there; it lives as long as `like` when there is one. */
static bool bucket_put(troupe_string key, troupe_string value, uint64_t ttl_ms,
                       const struct bucket_entry *like) {
  troupe_bucket *bucket = draft.bucket;
  if (value.size > VALUE_BYTES) {
    raise_refusal(troupe_str("troupe.StateTooLarge"), troupe_str("The value has more than 1 MiB"));
    return false;
  }
  struct bucket_entry *made = malloc(sizeof *made);
  if (!made) abort();
  *made = (struct bucket_entry){
      .version = ++bucket->private_version,
      .expires_at_ms = like ? like->expires_at_ms : bucket->private_now_ms + ttl_ms,
      .for_good = like ? like->for_good : ttl_ms == TROUPE_FOR_GOOD,
      .key = lasting_copy(key),
      .value = lasting_copy(value),
  };
  struct bucket_entry **at = bucket_slot(bucket, key);
  if (*at && same_text((*at)->key, key)) bucket_remove(at);
  made->next = *at;
  *at = made;
  return true;
}

static troupe_entry bucket_get(troupe_string key) {
  if (!is_state_key(key)) return NO_ENTRY;
  struct bucket_entry *found = bucket_find(draft.bucket, key);
  return found ? (troupe_entry){true, copy_text(found->value), found->version} : NO_ENTRY;
}

static bool bucket_set(troupe_string key, troupe_string value, uint64_t ttl_ms) {
  return is_state_key(key) && is_ttl(ttl_ms) && bucket_put(key, value, ttl_ms, NULL);
}

static bool bucket_swap(troupe_string key, troupe_entry expected, troupe_string value, uint64_t ttl_ms) {
  if (!is_state_key(key) || !is_ttl(ttl_ms)) return false;
  struct bucket_entry *found = bucket_find(draft.bucket, key);
  bool is_it = found ? expected.exists && found->version == expected.version : !expected.exists;
  return is_it && bucket_put(key, value, ttl_ms, NULL);
}

static bool bucket_delete(troupe_string key) {
  if (!is_state_key(key) || !bucket_find(draft.bucket, key)) return false;
  bucket_remove(bucket_slot(draft.bucket, key));
  return true;
}

/** Whether a text is a counter's digits, and what they say. */
static bool read_counter(troupe_string text, int64_t *number) {
  scan_problem problem = {NULL, NULL};
  troupe_json json = check_json(text, &problem);
  bool is_number = json.text == text.data && json.size == text.size && troupe_type_of(json) == TROUPE_NUMBER;
  if (!is_number || troupe_same(text, "-0")) return false;
  *number = troupe_as_int(json);
  return !troupe_catch(NULL);
}

static int64_t bucket_add(troupe_string key, int64_t delta) {
  if (!is_state_key(key)) return 0;
  struct bucket_entry *found = bucket_find(draft.bucket, key);
  int64_t before = 0, sum = 0;
  if (found && !read_counter(found->value, &before)) {
    raise_refusal(troupe_str("troupe.NotACounter"),
                  JOIN(troupe_str("What is under "), key, troupe_str(" is no whole number")));
  } else if (__builtin_add_overflow(before, delta, &sum)) {
    raise_refusal(troupe_str("troupe.CounterRange"),
                  JOIN(troupe_str("The counter "), key, troupe_str(" would leave its range")));
  } else if (bucket_put(key, number_text(sum), TROUPE_FOR_GOOD, found)) {
    return sum;
  }
  return 0;
}

static troupe_keys bucket_keys(troupe_string prefix, troupe_string after, uint32_t limit) {
  troupe_keys keys = {NULL, 0};
  if ((prefix.size > 0 && !is_state_key(prefix)) || (after.size > 0 && !is_state_key(after))) return keys;
  if (limit < 1 || limit > MOST_KEYS) {
    refuse_state("a limit is a whole number from 1 to 1000");
    return keys;
  }
  troupe_string *items = take(limit * sizeof *items);
  if (!items) return keys;
  for (struct bucket_entry *at = draft.bucket->private_first; at && keys.count < limit; at = at->next) {
    if (!is_live(draft.bucket, at) || !begins_with(at->key, prefix.data, prefix.size)) continue;
    if (after.size == 0 || order_of(at->key, after) > 0) items[keys.count++] = copy_text(at->key);
  }
  keys.items = items;
  return keys;
}

troupe_json troupe_bucket_get(const troupe_bucket *bucket, const char *key) {
  struct bucket_entry *found = bucket_find(bucket, troupe_str(key));
  return found ? troupe_parse(copy_text(found->value)) : TROUPE_NOTHING;
}

void troupe_bucket_elapse(troupe_bucket *bucket, uint64_t ms) { bucket->private_now_ms += ms; }

void troupe_bucket_clear(troupe_bucket *bucket) {
  while (bucket->private_first) bucket_remove(&bucket->private_first);
}
