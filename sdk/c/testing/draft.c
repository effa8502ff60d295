/**
 * The mesh of a unit test: the edits and emits of one hop, under the rules of host/draft.ts.
 */

enum { MOST_EMITS = 1000, MOST_EMITTED_BYTES = 16 * 1024 * 1024 };

static struct {
  const troupe_hop_options *options;
  troupe_json next, headers;
  troupe_bucket *bucket;
  troupe_list payloads, emits, edits, flies, logs;
  size_t emit_count, emitted_bytes;
} draft;

static const char *or_default(const char *value, const char *fallback) { return value ? value : fallback; }

static troupe_json names_json(const char *const *names) {
  troupe_list list = {NULL, 0, 0};
  for (size_t n = 0; n < TROUPE_NAMES && names[n]; n++) troupe_add(&list, troupe_text(names[n]));
  return troupe_list_done(&list);
}

static troupe_json draft_actor(void) { return troupe_text(or_default(draft.options->actor, "actor")); }

static troupe_json draft_view(void) {
  troupe_json route =
      troupe_object({"prev", names_json(draft.options->prev)}, {"curr", draft_actor()}, {"next", draft.next});
  return troupe_object({"id", troupe_text(or_default(draft.options->id, "test"))}, {"route", route},
                       {"headers", draft.headers});
}

static path draft_path;

static bool mesh_get(troupe_string text, troupe_json *value) {
  if (!parse_path(text, &draft_path)) return false;
  *value = read_at(draft_view(), draft_path.segments, draft_path.count);
  return true;
}

/** Whether actors can only read a header. */
static bool is_reserved(troupe_string name) {
  troupe_string lower = copy_text(name);
  for (char *c = (char *)lower.data; *c; c++) {
    if (*c >= 'A' && *c <= 'Z') *c = (char)(*c | 0x20);
  }
  return troupe_same(lower, "traceparent") || troupe_same(lower, "tracestate") ||
         begins_with(lower, "x-troupe-", 9) || begins_with(lower, "x-asya-", 7);
}

static bool is_segment(size_t n, const char *key) {
  return draft_path.count > n && draft_path.segments[n].kind == PATH_KEY &&
         troupe_same(draft_path.segments[n].key, key);
}

/** Reads a path that is to be written. */
static bool writable(troupe_string text) {
  if (!parse_path(text, &draft_path)) return false;
  if (is_segment(0, "route") && is_segment(1, "next")) return true;
  bool header = is_segment(0, "headers") && draft_path.count > 1 && draft_path.segments[1].kind == PATH_KEY;
  if (header && !is_reserved(draft_path.segments[1].key)) return true;
  raise_refusal(
      troupe_str("troupe.AccessError"),
      header ? JOIN(troupe_str("The header "), draft_path.segments[1].key,
                    troupe_str(" is reserved: actors can read it only"))
             : JOIN(text, troupe_str(" cannot be written: actors can write .route.next and .headers.NAME")));
  return false;
}

static bool is_output(troupe_json value) {
  scan_problem problem = {NULL, NULL};
  if (check_json((troupe_string){value.text, value.size}, &problem).text) return true;
  raise_refusal(troupe_str("troupe.BadOutput"),
                JOIN(troupe_str("Not a JSON text: "), troupe_str(problem.what)));
  return false;
}

static bool draft_write(troupe_string text, troupe_json value) {
  mismatch why = {NULL, NULL};
  bool in_next = is_segment(0, "route");
  size_t skipped = in_next ? 2 : 1;
  troupe_json before = in_next ? draft.next : draft.headers;
  troupe_json after =
      write_at(before, draft_path.segments + skipped, draft_path.count - skipped, value, &why);
  if (!why.code && in_next && troupe_type_of(after) != TROUPE_ARRAY)
    misfit(&why, "troupe.BadPath", "route.next has to be an array of actors' names");
  if (why.code) {
    raise_refusal(troupe_str(why.code), JOIN(text, troupe_str(": "), troupe_str(why.message)));
    return false;
  }
  if (in_next && !check_next(after, draft.options->next, draft.options->grants)) return false;
  if (in_next) draft.next = after;
  else draft.headers = after;
  return true;
}

static bool mesh_set(troupe_string text, troupe_json value) {
  if (!writable(text) || !is_output(value)) return false;
  value = as_host_writes(value);
  if (!draft_write(text, value)) return false;
  troupe_add(&draft.edits,
             troupe_object({"verb", troupe_text("set")}, {"path", troupe_text(text)}, {"value", value}));
  return true;
}

static bool mesh_del(troupe_string text) {
  if (!writable(text)) return false;
  bool all_of_next = is_segment(0, "route") && draft_path.count == 2;
  if (!draft_write(text, all_of_next ? (troupe_json){"[]", 2} : TROUPE_NOTHING)) return false;
  troupe_add(&draft.edits, troupe_object({"verb", troupe_text("del")}, {"path", troupe_text(text)}));
  return true;
}

/** The route after this actor is done. */
static troupe_json advanced_route(void) {
  troupe_list prev = {NULL, 0, 0}, next = {NULL, 0, 0};
  for (size_t n = 0; n < TROUPE_NAMES && draft.options->prev[n]; n++)
    troupe_add(&prev, troupe_text(draft.options->prev[n]));
  troupe_add(&prev, draft_actor());
  troupe_cursor at = troupe_each(draft.next);
  troupe_json curr = troupe_next(&at) ? at.value : troupe_text("");
  while (troupe_next(&at)) troupe_add(&next, at.value);
  return troupe_object({"prev", troupe_list_done(&prev)}, {"curr", curr}, {"next", troupe_list_done(&next)});
}

static bool output_limit(const char *what) {
  raise_refusal(troupe_str("troupe.OutputLimit"),
                JOIN(troupe_str("More emitted in one hop than allowed: "), troupe_str(what)));
  return false;
}

static bool mesh_emit(troupe_json payload) {
  size_t most = draft.options->emits ? draft.options->emits : MOST_EMITS;
  if (draft.emit_count >= most) return output_limit("limits.emits");
  if (draft.emitted_bytes + payload.size > MOST_EMITTED_BYTES) return output_limit("limits.emittedBytes");
  if (!is_output(payload)) return false;
  draft.emit_count++;
  draft.emitted_bytes += payload.size;
  troupe_add(&draft.payloads, payload);
  troupe_add(&draft.emits,
             troupe_object({"payload", payload}, {"route", advanced_route()}, {"headers", draft.headers}));
  return true;
}

static bool mesh_fly(troupe_json event) {
  if (!is_output(event)) return false;
  troupe_add(&draft.flies, event);
  return true;
}

static void mesh_log(troupe_level level, troupe_string message) {
  static const char *const LEVELS[] = {"debug", "info", "warn", "error"};
  troupe_add(&draft.logs,
             troupe_object({"level", troupe_text(LEVELS[level])}, {"message", troupe_text(message)}));
}
