/* memory_faults.h — makes the n-th allocation of our own code fail, wherever it is.
 *
 * The linker puts the functions here before malloc and its like and before the arena's (--wrap, see
 * meson.build), for the one program that includes this. So every allocation of the floors is
 * reached, also those that find room in an arena's block, and the product has no hook in it. What
 * libraries allocate for themselves is left alone. Include after cmocka.h, in one file. */
#ifndef JISHI_TESTS_MEMORY_FAULTS_H
#define JISHI_TESTS_MEMORY_FAULTS_H

#include "base/arena.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

/* For a debugger's breakpoint. */
static __attribute__((noinline)) void memory_fails_here(void) {
  atomic_store(&memory_hit, true);
}

static inline bool memory_fails_now(void) {
  if (memory_spared || atomic_load(&memory_left) < 0) return false;
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
