/**
 * Where the host enters: `handle` of the world `actor`. See binding.c.
 */

/** `string` */
typedef struct abi_string {
  const char *data;
  size_t size;
} abi_string;

/** `option<string>` */
typedef struct abi_option {
  uint8_t some;
  abi_string value;
} abi_option;

/** `result<option<json>, failure>` */
typedef struct abi_result {
  uint8_t failed;
  union {
    abi_option payload;
    struct {
      abi_string kind;
      struct {
        const abi_string *items;
        size_t count;
      } lineage;
      abi_string message;
      abi_option traceback, details;
    } failure;
  } as;
} abi_result;

_Static_assert(sizeof(abi_result) == 52, "as the canonical ABI lays it out");

static abi_result entry_result;
static abi_string entry_lineage[TROUPE_LINEAGE];

static abi_string abi_string_of(const char *c_string) { return (abi_string){c_string, strlen(c_string)}; }

static void put_failure(const troupe_failure *failure) {
  size_t count = 0;
  for (; count < TROUPE_LINEAGE && failure->lineage[count]; count++)
    entry_lineage[count] = abi_string_of(failure->lineage[count]);
  entry_result.failed = 1;
  entry_result.as.failure.kind = abi_string_of(failure->kind);
  entry_result.as.failure.lineage.items = entry_lineage;
  entry_result.as.failure.lineage.count = count;
  entry_result.as.failure.message = (abi_string){failure->message.data, failure->message.size};
  entry_result.as.failure.traceback = (abi_option){1, {failure->traceback.data, failure->traceback.size}};
  entry_result.as.failure.details =
      (abi_option){failure->details.text != NULL, {failure->details.text, failure->details.size}};
}

static void print_rest(void);

__attribute__((export_name("handle"))) const abi_result *abi_handle(const char *text, size_t size);
const abi_result *abi_handle(const char *text, size_t size) {
  /* The host has checked that it is JSON. */
  const char *start = skip_space(text, text + size);
  hop_payload = (troupe_json){start, (size_t)(skip_value(start, text + size) - start)};
  troupe_json last = handle(hop_payload);
  print_rest();
  memset(&entry_result, 0, sizeof entry_result);
  if (current.stands) put_failure(&current.failure);
  else entry_result.as.payload = (abi_option){last.text != NULL, {last.text, last.size}};
  return &entry_result;
}

/** The host has read the result: nothing of the hop is needed any more. */
__attribute__((export_name("cabi_post_handle"))) void abi_post_handle(const abi_result *result);
void abi_post_handle(const abi_result *result) {
  (void)result;
  current.stands = false;
  hop_payload = TROUPE_NOTHING;
  arena_reset();
}
