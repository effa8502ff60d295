/**
 * The contract's interfaces as the core module imports and exports them: the canonical ABI of
 * sdk/wit/actor.wit, by hand.
 *
 * Written for the actor.wit with the digest below; tests/sdk/c_test.ts fails when it is another one. Then
 * compare the two, change this file and entry.c where they differ, and put the new digest there.
 *
 * Strings are an address and a length. A result is a record in memory whose first byte is 0 for ok: where to
 * put it is the last argument. What the host returns it puts into memory that it asks `cabi_realloc` for.
 */

/* WIT-SHA256 5bede163cd94e993fa7651fc97b8b71d238815ac99c71f60c99e210253baf6fc */

#define MESH(name) __attribute__((import_module("troupe:actor/mesh@0.1.0"), import_name(name)))

/** `refusal { code: string, message: string }` */
typedef struct abi_refusal {
  const char *code;
  size_t code_size;
  const char *message;
  size_t message_size;
} abi_refusal;

/** `result<_, refusal>` */
typedef struct abi_done {
  uint8_t refused;
  abi_refusal refusal;
} abi_done;

/** `result<option<json>, refusal>` */
typedef struct abi_found {
  uint8_t refused;
  union {
    struct {
      uint8_t some;
      const char *text;
      size_t size;
    } value;
    abi_refusal refusal;
  } as;
} abi_found;

_Static_assert(sizeof(void *) == 4 && sizeof(abi_done) == 20 && sizeof(abi_found) == 20,
               "the ABI is that of 32 bits");

MESH("get") void abi_get(const char *path, size_t path_size, abi_found *result);
MESH("set")
void abi_set(const char *path, size_t path_size, const char *value, size_t value_size, abi_done *result);
MESH("del") void abi_del(const char *path, size_t path_size, abi_done *result);
MESH("emit") void abi_emit(const char *payload, size_t payload_size, abi_done *result);
MESH("fly") void abi_fly(const char *event, size_t event_size, abi_done *result);
MESH("log") void abi_log(uint32_t level, const char *message, size_t message_size);

/** What the host returns, and what it hands over, is put here. */
__attribute__((export_name("cabi_realloc"))) void *abi_realloc(void *piece, size_t size, size_t align,
                                                               size_t bytes);
void *abi_realloc(void *piece, size_t size, size_t align, size_t bytes) {
  (void)align;
  void *taken = arena_extend(piece, size, bytes);
  /* The host cannot be told: it ends the hop, and says what there was too little of. */
  if (!taken) __builtin_trap();
  return taken;
}

static bool answered(uint8_t refused, const abi_refusal *refusal) {
  if (!refused) return true;
  raise_refusal((troupe_string){refusal->code, refusal->code_size},
                (troupe_string){refusal->message, refusal->message_size});
  return false;
}

static bool mesh_get(troupe_string path, troupe_json *value) {
  abi_found result;
  abi_get(path.data, path.size, &result);
  if (!answered(result.refused, &result.as.refusal)) return false;
  if (result.as.value.some) *value = (troupe_json){result.as.value.text, result.as.value.size};
  return true;
}

static bool mesh_set(troupe_string path, troupe_json value) {
  abi_done result;
  abi_set(path.data, path.size, value.text, value.size, &result);
  return answered(result.refused, &result.refusal);
}

static bool mesh_del(troupe_string path) {
  abi_done result;
  abi_del(path.data, path.size, &result);
  return answered(result.refused, &result.refusal);
}

static bool mesh_emit(troupe_json payload) {
  abi_done result;
  abi_emit(payload.text, payload.size, &result);
  return answered(result.refused, &result.refusal);
}

static bool mesh_fly(troupe_json event) {
  abi_done result;
  abi_fly(event.text, event.size, &result);
  return answered(result.refused, &result.refusal);
}

static void mesh_log(troupe_level level, troupe_string message) {
  abi_log((uint32_t)level, message.data, message.size);
}
