/**
 * Routes: who is next, and who may say so. The rules of host/route.ts.
 */

enum { ROUTE_MOST = 256 };

static bool is_lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

/** A DNS label. */
static bool is_actor_name(troupe_string name) {
  if (name.size < 1 || name.size > 63 || name.data[0] == '-' || name.data[name.size - 1] == '-') return false;
  for (size_t n = 0; n < name.size; n++) {
    if (!is_lower_or_digit(name.data[n]) && name.data[n] != '-') return false;
  }
  return true;
}

static bool begins_with(troupe_string text, const char *prefix, size_t size) {
  return text.size >= size && memcmp(text.data, prefix, size) == 0;
}

/** Whether a grant (an exact name, or `prefix-*`) covers a name. The crew has to be named exactly. */
static bool grant_covers(const char *grant, troupe_string name) {
  if (troupe_same(name, grant)) return true;
  size_t size = strlen(grant);
  bool open = size >= 2 && grant[size - 2] == '-' && grant[size - 1] == '*';
  return open && !begins_with(name, "x-", 2) && begins_with(name, grant, size - 1);
}

static bool is_granted(const char *const *grants, troupe_string name) {
  if (troupe_same(name, "x-resume")) return false;
  for (size_t n = 0; n < TROUPE_NAMES && grants[n]; n++) {
    if (grant_covers(grants[n], name)) return true;
  }
  return false;
}

/**
 * Checks an edited `next`: what is not granted has to be a part of what came, each name at most as often. A
 * refusal stands when it is not.
 */
static bool check_next(troupe_json next, const char *const *incoming, const char *const *grants) {
  bool used[TROUPE_NAMES] = {false};
  if (troupe_count(next) > ROUTE_MOST) {
    raise_refusal(troupe_str("troupe.RouteTooLong"),
                  troupe_str("route.next would have too many actors; 256 is the limit"));
    return false;
  }
  for (troupe_cursor at = troupe_each(next); troupe_next(&at);) {
    troupe_string name =
        troupe_type_of(at.value) == TROUPE_STRING ? troupe_as_string(at.value) : (troupe_string){"", 0};
    if (!is_actor_name(name)) {
      troupe_string shown = {at.value.text, at.value.size};
      raise_refusal(troupe_str("troupe.BadActorName"),
                    JOIN(shown, troupe_str(" is not the name of an actor: a DNS label is needed")));
      return false;
    }
    size_t n = 0;
    while (n < TROUPE_NAMES && incoming[n] && (used[n] || !troupe_same(name, incoming[n]))) n++;
    if (n < TROUPE_NAMES && incoming[n]) {
      used[n] = true;
    } else if (!is_granted(grants, name)) {
      raise_refusal(troupe_str("troupe.RouteDenied"),
                    JOIN(troupe_str("This actor may not add "), name,
                         troupe_str(" to a route: list it in spec.grants.route of its actor.yaml")));
      return false;
    }
  }
  return true;
}
