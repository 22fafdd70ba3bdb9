/* memory_faults.h — makes the n-th allocation of our own code fail, wherever it is.
 *
 * The linker puts the functions here before malloc and its like and before the arena's (--wrap, see
 * meson.build), for the one program that includes this. So every allocation of the floors is
 * reached, also those that find room in an arena's block, and the product has no hook in it. What
 * libraries allocate for themselves is left alone. Include after cmocka.h, in one file. */
#ifndef JISHI_TESTS_MEMORY_FAULTS_H
#define JISHI_TESTS_MEMORY_FAULTS_H

#include "base/arena.h"

#include <execinfo.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void *__real_calloc(size_t count, size_t of);

static atomic_llong memory_left = -1; /* allocations until the one that fails; below 0: none will */
static atomic_bool memory_hit;
static _Thread_local bool memory_spared; /* this thread's allocations neither count nor fail */

/* From now on the n-th allocation (from 1) fails, once. 0: none. */
static inline void memory_fail_at(long long n) {
  atomic_store(&memory_hit, false);
  atomic_store(&memory_left, n - 1);
}
/* No more failures; whether there was one. */
static inline bool memory_failed(void) {
  atomic_store(&memory_left, -1);
  return atomic_load(&memory_hit);
}

/* ---- which allocations to try ----
 *
 * What follows from a failure is decided by the path of calls that leads to it. While paths are
 * noted, each allocation's is; of each the first and the last allocation are chosen: a loop's
 * beginning, where nothing is there yet, and its end. A path is the innermost MEMORY_FRAMES calls,
 * the allocating function first. One that an earlier choice held has been tried: of those each
 * MEMORY_AGAIN-th alone is chosen, for what the calls above make of the failure. */
enum { MEMORY_FRAMES = 4, MEMORY_AGAIN = 25, MEMORY_NOTED_MAX = 1 << 18, MEMORY_SLOTS = 1 << 16 };
typedef struct memory_path {
  uint64_t hash; /* 0: free */
  long long first, last;
} memory_path;
static struct {
  atomic_bool on;
  atomic_llong count;
  _Atomic uint64_t path[MEMORY_NOTED_MAX]; /* of the n-th, from 1; any thread notes */
  uint64_t tried[MEMORY_SLOTS];            /* 0: free */
  size_t tried_count;
} memory_notes;

static __attribute__((noinline)) void memory_note(void) {
  void *frames[MEMORY_FRAMES + 2];
  long long n = atomic_fetch_add(&memory_notes.count, 1) + 1;
  if (n >= MEMORY_NOTED_MAX) return;
  uint64_t h = UINT64_C(0xcbf29ce484222325);
  int depth = backtrace(frames, MEMORY_FRAMES + 2);
  for (int i = 1; i < depth; i++) h = (h ^ (uintptr_t)frames[i]) * UINT64_C(0x100000001b3);
  atomic_store_explicit(&memory_notes.path[n], h | 1, memory_order_relaxed);
}

/* Counts, and fails nothing. */
static inline void memory_note_begin(void) {
  void *frames[1];
  backtrace(frames, 1); /* its first call loads a library */
  atomic_store(&memory_hit, false);
  atomic_store(&memory_notes.count, 0);
  atomic_store(&memory_notes.on, true);
}
static inline long long memory_note_end(void) {
  atomic_store(&memory_notes.on, false);
  return atomic_load(&memory_notes.count);
}

static inline int memory_by_number(const void *a, const void *b) {
  const long long x = *(const long long *)a, y = *(const long long *)b;
  return x < y ? -1 : x > y;
}

/* Whether it was there already. */
static inline bool memory_tried(uint64_t path) {
  size_t at = path % MEMORY_SLOTS;
  while (memory_notes.tried[at] && memory_notes.tried[at] != path) at = (at + 1) % MEMORY_SLOTS;
  if (memory_notes.tried[at]) return true;
  memory_notes.tried[at] = path;
  if (++memory_notes.tried_count == MEMORY_SLOTS / 2) fail_msg("MEMORY_SLOTS is too small");
  return false;
}

/* Their numbers, ascending, each once; to be freed. Where there are no more than `all_of`, all. */
static inline long long *memory_choose(long long all_of, size_t *ret_count) {
  const long long all = atomic_load(&memory_notes.count);
  if (all >= MEMORY_NOTED_MAX) fail_msg("%lld allocations; MEMORY_NOTED_MAX is too small", all);
  memory_path *paths = __real_calloc(MEMORY_SLOTS, sizeof *paths);
  long long *chosen = __real_calloc(2 * (size_t)all + 1, sizeof *chosen);
  size_t used = 0, count = 0, again = 0;
  if (!paths || !chosen) fail_msg("no memory for the test itself");
  for (long long n = 1; n <= all; n++) {
    const uint64_t path = atomic_load_explicit(&memory_notes.path[n], memory_order_relaxed);
    size_t at = path % MEMORY_SLOTS;
    while (paths[at].hash && paths[at].hash != path) at = (at + 1) % MEMORY_SLOTS;
    if (!paths[at].hash) {
      paths[at] = (memory_path){path, n, n};
      if (++used == MEMORY_SLOTS / 2) fail_msg("MEMORY_SLOTS is too small");
    }
    paths[at].last = n;
  }
  for (size_t i = 0; i < MEMORY_SLOTS; i++) {
    if (!paths[i].hash || (memory_tried(paths[i].hash) && again++ % MEMORY_AGAIN)) continue;
    if (all <= all_of) continue;
    chosen[count++] = paths[i].first;
    if (paths[i].last != paths[i].first) chosen[count++] = paths[i].last;
  }
  free(paths);
  while (all <= all_of && (long long)count < all) {
    chosen[count] = (long long)count + 1;
    count++;
  }
  qsort(chosen, count, sizeof *chosen, memory_by_number);
  *ret_count = count;
  return chosen;
}

/* For a debugger's breakpoint. */
static __attribute__((noinline)) void memory_fails_here(void) {
  atomic_store(&memory_hit, true);
}

static inline __attribute__((always_inline)) bool memory_fails_now(void) {
  if (memory_spared) return false;
  if (atomic_load(&memory_notes.on)) {
    memory_note();
    return false;
  }
  if (atomic_load(&memory_left) < 0) return false;
  if (atomic_fetch_sub(&memory_left, 1) != 0) return false;
  memory_fails_here();
  return true;
}

#define WRAPPED(type, name, takes, gives)                                                          \
  type __real_##name takes;                                                                        \
  type __wrap_##name takes;                                                                        \
  type __wrap_##name takes {                                                                       \
    return memory_fails_now() ? NULL : __real_##name gives;                                        \
  }
WRAPPED(void *, malloc, (size_t bytes), (bytes))
WRAPPED(void *, calloc, (size_t count, size_t of), (count, of))
WRAPPED(void *, realloc, (void *old, size_t bytes), (old, bytes))
WRAPPED(void *, reallocarray, (void *old, size_t count, size_t of), (old, count, of))
WRAPPED(void *, aligned_alloc, (size_t to, size_t bytes), (to, bytes))
WRAPPED(char *, strdup, (const char *s), (s))

/* As when there is no room, with all that the arena does then. */
void *__real_arena_take(arena *a, size_t bytes);
#define NO_ROOM(a) __real_arena_take((a), SIZE_MAX)
void *__wrap_arena_take(arena *a, size_t bytes);
void *__wrap_arena_take(arena *a, size_t bytes) {
  return memory_fails_now() ? NO_ROOM(a) : __real_arena_take(a, bytes);
}
void *__real_arena_take_array(arena *a, size_t count, size_t of);
void *__wrap_arena_take_array(arena *a, size_t count, size_t of);
void *__wrap_arena_take_array(arena *a, size_t count, size_t of) {
  return memory_fails_now() ? NO_ROOM(a) : __real_arena_take_array(a, count, of);
}
char *__real_arena_copy(arena *a, const char *s, size_t bytes);
char *__wrap_arena_copy(arena *a, const char *s, size_t bytes);
char *__wrap_arena_copy(arena *a, const char *s, size_t bytes) {
  return memory_fails_now() ? NO_ROOM(a) : __real_arena_copy(a, s, bytes);
}

/* Those that do not always allocate. */
char *__real_arena_text(arena *a, const char *s);
char *__wrap_arena_text(arena *a, const char *s);
char *__wrap_arena_text(arena *a, const char *s) {
  return s && memory_fails_now() ? NO_ROOM(a) : __real_arena_text(a, s);
}
void *__real_arena_grow(arena *a, void *array, size_t count, size_t *room, size_t of);
void *__wrap_arena_grow(arena *a, void *array, size_t count, size_t *room, size_t of);
void *__wrap_arena_grow(arena *a, void *array, size_t count, size_t *room, size_t of) {
  return count >= *room && memory_fails_now() ? NO_ROOM(a)
                                              : __real_arena_grow(a, array, count, room, of);
}
char *__wrap_arena_printf(arena *a, const char *format, ...);
char *__wrap_arena_printf(arena *a, const char *format, ...) {
  if (memory_fails_now()) return NO_ROOM(a);
  char *s = NULL;
  va_list args;
  va_start(args, format);
  int n = vasprintf(&s, format, args);
  va_end(args);
  char *copy = n < 0 ? NULL : __real_arena_copy(a, s, (size_t)n);
  free(s);
  return copy;
}
int __wrap_asprintf(char **out, const char *format, ...);
int __wrap_asprintf(char **out, const char *format, ...) {
  if (memory_fails_now()) return -1;
  va_list args;
  va_start(args, format);
  int n = vasprintf(out, format, args);
  va_end(args);
  return n;
}

#endif
