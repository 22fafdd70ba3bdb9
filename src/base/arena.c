#include "base/arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BLOCK = 4096, LARGEST_BLOCK = 1 << 20 };

typedef struct block {
  struct block *next;
  size_t room, used;
  alignas(max_align_t) unsigned char bytes[];
} block;

struct arena {
  block *now; /* the newest; older ones hang behind it */
  size_t used, limit;
  bool failed;
};

static block *block_new(size_t room, block *next) {
  if (room > SIZE_MAX - sizeof(block)) return NULL;
  block *b = malloc(sizeof(block) + room);
  if (!b) return NULL;
  b->next = next;
  b->room = room;
  b->used = 0;
  return b;
}

arena *arena_new(size_t limit_bytes) {
  arena *a = malloc(sizeof *a);
  if (!a) return NULL;
  *a = (arena){.limit = limit_bytes};
  return a;
}

static void free_blocks(block *b) {
  while (b) {
    block *next = b->next;
    free(b);
    b = next;
  }
}

void arena_free(arena *a) {
  if (!a) return;
  free_blocks(a->now);
  free(a);
}

void arena_cleanup(arena **a) {
  arena_free(*a);
}

void arena_clear(arena *a) {
  if (a->now) {
    free_blocks(a->now->next);
    a->now->next = NULL;
    a->now->used = 0;
  }
  a->used = 0;
  a->failed = false;
}

bool arena_failed(const arena *a) {
  return a->failed;
}

void arena_fail(arena *a) {
  a->failed = true;
}

static void *no_room(arena *a) {
  a->failed = true;
  return NULL;
}

size_t arena_used(const arena *a) {
  return a->used;
}

void *arena_take(arena *a, size_t bytes) {
  const size_t align = alignof(max_align_t);
  if (bytes > SIZE_MAX - align) return no_room(a);
  size_t size = (bytes + align - 1) & ~(align - 1);
  if (size == 0) size = align;
  if (a->limit && (size > a->limit || a->used > a->limit - size)) return no_room(a);
  if (!a->now || a->now->room - a->now->used < size) {
    size_t room = a->now ? a->now->room * 2 : FIRST_BLOCK;
    if (room > LARGEST_BLOCK) room = LARGEST_BLOCK;
    if (room < size) room = size;
    block *b = block_new(room, a->now);
    if (!b) return no_room(a);
    a->now = b;
  }
  void *p = a->now->bytes + a->now->used;
  a->now->used += size;
  a->used += size;
  return memset(p, 0, size);
}

void *arena_take_array(arena *a, size_t count, size_t of) {
  if (of && count > SIZE_MAX / of) return no_room(a);
  return arena_take(a, count * of);
}

char *arena_copy(arena *a, const char *s, size_t bytes) {
  if (bytes == SIZE_MAX) return no_room(a);
  char *p = arena_take(a, bytes + 1);
  if (p && bytes) memcpy(p, s, bytes);
  return p;
}

char *arena_text(arena *a, const char *s) {
  return s ? arena_copy(a, s, strlen(s)) : NULL;
}

char *arena_printf(arena *a, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (n < 0) return no_room(a);
  char *p = arena_take(a, (size_t)n + 1);
  if (!p) return NULL;
  va_start(args, format);
  vsnprintf(p, (size_t)n + 1, format, args);
  va_end(args);
  return p;
}

void *arena_grow(arena *a, void *array, size_t count, size_t *room, size_t of) {
  if (count < *room) return array;
  size_t larger = *room ? *room * 2 : 8;
  void *p = arena_take_array(a, larger, of);
  if (!p) return NULL;
  if (count) memcpy(p, array, count * of);
  *room = larger;
  return p;
}
