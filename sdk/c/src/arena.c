/**
 * Memory of one hop: taken piece by piece, given back all at once.
 *
 * It begins with memory that every instance has from the start, so that an ordinary hop does not make the
 * instance grow, which could not be put back then. A hop that needs more grows it, and the next hop uses what
 * is there.
 */

/* An instance that is put back is cleared: more memory costs every hop, less makes more hops grow. */
#ifdef TROUPE_TESTING
enum { ARENA_BYTES = 256 * 1024 * 1024 };
#else
enum { ARENA_BYTES = 512 * 1024 };
#endif
enum { ARENA_ALIGN = 16 };

static _Alignas(16) char arena_first[ARENA_BYTES];

static struct {
  char *at, *end;
  /* What it has grown by, in one piece. */
  char *more, *more_end;
} arena = {arena_first, arena_first + ARENA_BYTES, NULL, NULL};

static void arena_reset(void) {
  arena.at = arena_first;
  arena.end = arena_first + ARENA_BYTES;
}

static bool arena_in_first(void) { return arena.end == arena_first + ARENA_BYTES; }

static size_t arena_rounded(size_t bytes) { return (bytes + ARENA_ALIGN - 1) & ~(size_t)(ARENA_ALIGN - 1); }

#ifdef TROUPE_TESTING
static bool arena_grow(size_t bytes) {
  (void)bytes;
  return false;
}
#else
enum { PAGE_BYTES = 65536 };

static bool arena_grow(size_t bytes) {
  size_t pages = bytes / PAGE_BYTES + 1;
  size_t before = __builtin_wasm_memory_grow(0, pages);
  if (before == SIZE_MAX) return false;
  char *start = (char *)(before * PAGE_BYTES);
  /* When somebody else has grown the memory in between, what was ours before is left. */
  if (start != arena.more_end) arena.at = arena.more = start;
  arena.end = arena.more_end = start + pages * PAGE_BYTES;
  return true;
}
#endif

/** Sees to it that so many bytes follow `arena.at`. */
static bool arena_has(size_t bytes) {
  if (bytes <= (size_t)(arena.end - arena.at)) return true;
  if (arena_in_first() && arena.more) {
    arena.at = arena.more;
    arena.end = arena.more_end;
    return arena_has(bytes);
  }
  return arena_grow(bytes);
}

/** Not cleared. NULL when there is no more. */
static void *arena_take(size_t bytes) {
  if (bytes > SIZE_MAX / 4) return NULL;
  size_t rounded = arena_rounded(bytes);
  if (!arena_has(rounded)) return NULL;
  char *taken = arena.at;
  arena.at += rounded;
  return taken;
}

/** Makes a piece larger, in place if nothing was taken after it. NULL when there is no more. */
static void *arena_extend(void *piece, size_t size, size_t bytes) {
  if (bytes > SIZE_MAX / 4) return NULL;
  char *end = piece ? (char *)piece + arena_rounded(size) : NULL;
  if (end == arena.at) {
    size_t further = arena_rounded(bytes) - arena_rounded(size);
    bool fits = further <= (size_t)(arena.end - arena.at);
    if (fits || (!arena_in_first() && arena_has(further) && end == arena.at)) {
      arena.at += further;
      return piece;
    }
  }
  void *larger = arena_take(bytes);
  if (larger && size > 0) memcpy(larger, piece, size);
  return larger;
}

/** Runs a statement, and gives back what it takes. Not for what lets the heap grow. */
#define WITH_ARENA_BACK(...)                 \
  do {                                       \
    char *at_ = arena.at, *end_ = arena.end; \
    __VA_ARGS__;                             \
    arena.at = at_;                          \
    arena.end = end_;                        \
  } while (0)
