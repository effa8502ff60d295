/**
 * One hop in a unit test.
 */

/** A test that is itself wrong cannot go on. */
static void stop_test(const char *what) {
  fprintf(stderr, "troupe_run: %s: %s\n", what, current.stands ? current.failure.message.data : "");
  abort();
}

static troupe_json or_empty(troupe_json array) { return array.text ? array : (troupe_json){"[]", 2}; }

troupe_hop troupe_run_with(troupe_handler handler, troupe_string payload, const troupe_hop_options *options) {
  /* The payload may be part of what an earlier run came to, which is given back now. */
  char *kept = malloc(payload.size + 1);
  if (!kept) stop_test("there is no memory");
  memcpy(kept, payload.data, payload.size);
  arena_reset();
  memset(&draft, 0, sizeof draft);
  current.stands = false;
  payload = copy_text((troupe_string){kept, payload.size});
  free(kept);
  hop_payload = troupe_parse(payload);
  if (!hop_payload.text) stop_test("the payload");
  troupe_bucket own_bucket = {NULL, 0, 0};
  draft.options = options;
  draft.bucket = options->bucket ? options->bucket : &own_bucket;
  draft.headers = as_host_writes(troupe_parse(or_default(options->headers, "{}")));
  if (troupe_type_of(draft.headers) != TROUPE_OBJECT) stop_test("the headers have to be an object");
  draft.next = names_json(options->next);
  if (current.stands) stop_test("the options");

  troupe_json last = handler(hop_payload);
  if (!current.stands && last.text) mesh_emit(last);

  troupe_hop hop = {.failed = troupe_catch(NULL), .failure = current.failure};
  if (!hop.failed) memset(&hop.failure, 0, sizeof hop.failure);
  if (hop.failed) draft.payloads = draft.emits = (troupe_list){NULL, 0, 0};
  hop.payloads = or_empty(troupe_list_done(&draft.payloads));
  hop.emits = or_empty(troupe_list_done(&draft.emits));
  hop.edits = or_empty(troupe_list_done(&draft.edits));
  hop.flies = or_empty(troupe_list_done(&draft.flies));
  hop.logs = or_empty(troupe_list_done(&draft.logs));
  hop_payload = TROUPE_NOTHING;
  troupe_bucket_clear(&own_bucket);
  return hop;
}
