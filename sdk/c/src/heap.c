/**
 * `malloc` and its kin, for code that brings its own memory management. Those of the C library let the
 * instance's memory grow with the first call, so that it could not be put back after the hop. Here there is
 * some memory from the start; past it, it grows too.
 *
 * First fit in a list of free blocks, in the order of their addresses; neighbours are joined.
 */

enum { HEAP_BYTES = 256 * 1024 };

typedef struct heap_block {
  /* In bytes, with this head. */
  _Alignas(ARENA_ALIGN) size_t size;
  struct heap_block *next;
} heap_block;

_Static_assert(sizeof(heap_block) == ARENA_ALIGN, "what follows a head is aligned as well");

static _Alignas(16) char heap_first[HEAP_BYTES];
static heap_block *heap_free;
static bool heap_begun;

/** Puts a block among the free ones. */
static void heap_give(heap_block *block) {
  heap_block **at = &heap_free;
  heap_block *before = NULL;
  while (*at && *at < block) {
    before = *at;
    at = &before->next;
  }
  block->next = *at;
  *at = block;
  if (block->next && (char *)block + block->size == (char *)block->next) {
    block->size += block->next->size;
    block->next = block->next->next;
  }
  if (before && (char *)before + before->size == (char *)block) {
    before->size += block->size;
    before->next = block->next;
  }
}

static bool heap_grow(size_t bytes) {
  size_t pages = bytes / PAGE_BYTES + 1;
  size_t before = __builtin_wasm_memory_grow(0, pages);
  if (before == SIZE_MAX) return false;
  heap_block *block = (heap_block *)(before * PAGE_BYTES);
  block->size = pages * PAGE_BYTES;
  heap_give(block);
  return true;
}

/** Makes a block smaller, where that is worth while, and gives back what is behind it. */
static void heap_trim(heap_block *block, size_t size) {
  if (block->size - size < 2 * sizeof(heap_block)) return;
  heap_block *rest = (heap_block *)((char *)block + size);
  rest->size = block->size - size;
  block->size = size;
  heap_give(rest);
}

static heap_block *heap_find(size_t size) {
  for (heap_block **at = &heap_free; *at; at = &(*at)->next) {
    heap_block *block = *at;
    if (block->size < size) continue;
    *at = block->next;
    heap_trim(block, size);
    return block;
  }
  return NULL;
}

void *malloc(size_t bytes) {
  if (!heap_begun) {
    heap_begun = true;
    heap_block *all = (heap_block *)heap_first;
    all->size = HEAP_BYTES;
    heap_give(all);
  }
  if (bytes > SIZE_MAX / 4) return NULL;
  size_t size = arena_rounded(bytes) + sizeof(heap_block);
  heap_block *block = heap_find(size);
  if (!block && heap_grow(size)) block = heap_find(size);
  return block ? block + 1 : NULL;
}

void free(void *memory) {
  if (memory) heap_give((heap_block *)memory - 1);
}

void *calloc(size_t count, size_t bytes) {
  if (bytes > 0 && count > SIZE_MAX / 4 / bytes) return NULL;
  void *memory = malloc(count * bytes);
  if (memory) memset(memory, 0, count * bytes);
  return memory;
}

void *realloc(void *memory, size_t bytes) {
  if (!memory) return malloc(bytes);
  if (bytes > SIZE_MAX / 4) return NULL;
  heap_block *block = (heap_block *)memory - 1;
  size_t had = block->size - sizeof(heap_block);
  if (bytes <= had) {
    heap_trim(block, arena_rounded(bytes) + sizeof(heap_block));
    return memory;
  }
  void *larger = malloc(bytes);
  if (!larger) return NULL;
  memcpy(larger, memory, had);
  free(memory);
  return larger;
}

/** All blocks are aligned to 16 bytes; more is not there. */
void *aligned_alloc(size_t align, size_t bytes) { return align <= 16 ? malloc(bytes) : NULL; }
