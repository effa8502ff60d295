/**
 * The calls to the mesh, as authors make them. What answers them is the host (binding.c) or a test (draft.c).
 */

/** Each is false when it is refused, and a failure stands then. */
static bool mesh_get(troupe_string path, troupe_json *value);
static bool mesh_set(troupe_string path, troupe_json value);
static bool mesh_del(troupe_string path);
static bool mesh_emit(troupe_json payload);
static bool mesh_fly(troupe_json event);
static void mesh_log(troupe_level level, troupe_string message);

/** Whether a value can be handed over. */
static bool is_something(troupe_json value, const char *what) {
  if (value.text) return true;
  raise_error("EncodeError", JOIN(troupe_str(what), troupe_str(" is nothing: use troupe_null() for null")));
  return false;
}

troupe_json troupe_get_at(troupe_string path) {
  troupe_json value = TROUPE_NOTHING;
  if (!current.stands) mesh_get(copy_as_utf8(path), &value);
  return value;
}

bool troupe_set_at(troupe_string path, troupe_json value) {
  return !current.stands && is_something(value, "the value that is set") &&
         mesh_set(copy_as_utf8(path), value);
}

bool troupe_del_at(troupe_string path) { return !current.stands && mesh_del(copy_as_utf8(path)); }

bool troupe_emit(troupe_json payload) {
  return !current.stands && is_something(payload, "the payload that is emitted") && mesh_emit(payload);
}

bool troupe_fly(troupe_json event) {
  return !current.stands && is_something(event, "the event") && mesh_fly(event);
}

void troupe_log_text(troupe_level level, troupe_string message) {
#ifdef TROUPE_TESTING
  mesh_log(level, copy_as_utf8(message));
#else
  /* What is printed in a loop takes no memory. */
  WITH_ARENA_BACK(mesh_log(level, copy_as_utf8(message)));
#endif
}
