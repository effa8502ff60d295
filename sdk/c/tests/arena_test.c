/**
 * The arena and the heap as they are in a component, on a linear memory of the test's own.
 */
#undef NDEBUG
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MEMORY_PAGES = 1024, TEST_PAGE_BYTES = 65536 };

static size_t memory_first, memory_pages, memory_most;

/** As the instruction does: gives the number of pages before, or fails. */
static size_t grow_memory(size_t pages) {
  if (memory_pages + pages > memory_most) return SIZE_MAX;
  size_t before = memory_first + memory_pages;
  memory_pages += pages;
  return before;
}

#define __builtin_wasm_memory_grow(memory, pages) grow_memory(pages)
#include "../src/arena.c"
#define malloc heap_malloc
#define free heap_release
#define calloc heap_calloc
#define realloc heap_realloc
#define aligned_alloc heap_aligned_alloc
#include "../src/heap.c"
#undef malloc
#undef free
#undef calloc
#undef realloc
#undef aligned_alloc

static uint64_t seed = 40762815;

static uint64_t draw(uint64_t most) {
  seed ^= seed << 13;
  seed ^= seed >> 7;
  seed ^= seed << 17;
  return seed % most;
}

typedef struct piece {
  unsigned char *bytes;
  size_t size;
  unsigned char mark;
} piece;

static void mark(piece *one, unsigned char with) {
  one->mark = with;
  assert((uintptr_t)one->bytes % 16 == 0);
  memset(one->bytes, with, one->size);
}

static void holds(const piece *one, size_t size) {
  for (size_t n = 0; n < size; n++) assert(one->bytes[n] == one->mark);
}

/** Pieces never overlap, whatever is extended, and the same hop takes the same memory each time. */
static void pieces_of_a_hop_are_its_own(void) {
  size_t after_first = 0;
  for (int hop = 0; hop < 1000; hop++) {
    piece pieces[64];
    seed = 40762815;
    for (int n = 0; n < 64; n++) {
      pieces[n].size = draw(hop < 500 ? 40000 : 4000);
      pieces[n].bytes = arena_take(pieces[n].size);
      mark(&pieces[n], (unsigned char)n);
      if (draw(3) > 0) continue;
      size_t larger = pieces[n].size + draw(9000);
      piece extended = {arena_extend(pieces[n].bytes, pieces[n].size, larger), larger, 0};
      extended.mark = pieces[n].mark;
      holds(&extended, pieces[n].size);
      mark(&extended, (unsigned char)n);
      pieces[n] = extended;
    }
    for (int n = 0; n < 64; n++) holds(&pieces[n], pieces[n].size);
    arena_reset();
    if (hop == 0) after_first = memory_pages;
    assert(memory_pages == after_first);
  }
  assert(after_first > 0);
}

static void small_hops_do_not_grow(void) {
  size_t before = memory_pages;
  for (int hop = 0; hop < 1000; hop++) {
    for (int n = 0; n < 100; n++) assert(arena_take(4000));
    arena_reset();
  }
  assert(memory_pages == before);
}

static void memory_of_others_is_left_alone(void) {
  arena_reset();
  piece first = {arena_take(ARENA_BYTES), ARENA_BYTES, 0};
  mark(&first, 1);
  piece second = {arena_take(100000), 100000, 0};
  mark(&second, 2);
  size_t others = grow_memory(2);
  piece other = {(unsigned char *)(others * TEST_PAGE_BYTES), 2 * TEST_PAGE_BYTES, 0};
  mark(&other, 3);
  piece third = {arena_take(20 * TEST_PAGE_BYTES), 20 * TEST_PAGE_BYTES, 0};
  mark(&third, 4);
  holds(&first, first.size);
  holds(&second, second.size);
  holds(&other, other.size);
  holds(&third, third.size);
  arena_reset();
}

static void what_is_not_there_is_not_given(void) {
  arena_reset();
  assert(!arena_take((size_t)MEMORY_PAGES * TEST_PAGE_BYTES * 2));
  assert(!arena_take(SIZE_MAX - 3));
  assert(!arena_extend(NULL, 0, SIZE_MAX - 3));
  assert(arena_take(100));
  arena_reset();
}

static void the_heap_gives_and_takes(void) {
  enum { COUNT = 300 };
  piece pieces[COUNT] = {{NULL, 0, 0}};
  size_t pages = 0;
  for (int step = 0; step < 300000; step++) {
    piece *one = &pieces[draw(COUNT)];
    holds(one, one->size);
    if (draw(4) == 0) {
      heap_release(one->bytes);
      *one = (piece){NULL, 0, 0};
    } else {
      size_t size = draw(draw(8) == 0 ? 5000 : 300) + 1;
      unsigned char *moved = heap_realloc(one->bytes, size);
      assert(moved);
      piece kept = {moved, size < one->size ? size : one->size, one->mark};
      holds(&kept, kept.size);
      *one = (piece){moved, size, 0};
      mark(one, (unsigned char)draw(256));
    }
    if (step == 200000) pages = memory_pages;
  }
  assert(memory_pages == pages);
  for (int n = 0; n < COUNT; n++) heap_release(pieces[n].bytes);
  /* Everything has come together again: all of what it began with is one block. */
  void *all = heap_malloc(HEAP_BYTES - sizeof(heap_block));
  assert(all);
  heap_release(all);
  unsigned char *zeros = heap_calloc(1000, 10);
  for (int n = 0; n < 10000; n++) assert(zeros[n] == 0);
  heap_release(zeros);
  assert(!heap_calloc(SIZE_MAX / 2, 4));
  assert(!heap_malloc(SIZE_MAX - 8));
}

int main(void) {
  size_t bytes = (size_t)MEMORY_PAGES * TEST_PAGE_BYTES;
  char *mapped =
      mmap(NULL, bytes + TEST_PAGE_BYTES, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  assert(mapped != MAP_FAILED);
  memory_first = ((uintptr_t)mapped + TEST_PAGE_BYTES - 1) / TEST_PAGE_BYTES;
  memory_most = MEMORY_PAGES;
  small_hops_do_not_grow();
  pieces_of_a_hop_are_its_own();
  memory_of_others_is_left_alone();
  what_is_not_there_is_not_given();
  the_heap_gives_and_takes();
  puts("arena and heap: ok");
}
