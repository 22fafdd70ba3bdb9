/* arena.h — memory that lives and dies together: one arena a request, a pack, a document.
 *
 * Everything taken from an arena is freed by arena_free, never one by one. Memory is zeroed and
 * aligned for any type. Every allocation may fail and returns NULL; callers check. The arena
 * remembers that one failed (like a buf), so that whoever owns it can refuse the whole at the end,
 * also where a caller had nothing better than to go on without. Not thread-safe: one owner at a
 * time. A limit (bytes) may be set, so that no input can take all memory. */
#ifndef JISHI_BASE_ARENA_H
#define JISHI_BASE_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"

typedef struct arena arena;

arena *arena_new(size_t limit_bytes); /* 0 = no limit; NULL when out of memory */
void arena_free(arena *a);            /* NULL is fine */
void arena_clear(arena *a);           /* forgets everything, keeps the first block for reuse */
size_t arena_used(const arena *a);
bool arena_failed(const arena *a); /* whether something did not get its memory since arena_clear */
void arena_fail(arena *a); /* what was made beside the arena, to go into it, found no memory */
/* Refuses what was done in an arena that failed, whatever was made of it: `ok` or err_memory. */
static inline bool arena_whole(const arena *a, bool ok, err *e) {
  return arena_failed(a) ? err_memory(e) : ok;
}

/* `ok` of a look-up that the result can do without, a name beside an id. What found no memory for
 * it is no such thing: then the whole will be refused. */
static inline bool arena_looked(arena *a, bool ok, const err *e) {
  if (!ok && e->code == ERR_MEMORY) arena_fail(a);
  return ok;
}

void *arena_take(arena *a, size_t bytes); /* zeroed; NULL when out of memory or over the limit */
void *arena_take_array(arena *a, size_t count, size_t of); /* checked multiplication */
char *arena_copy(arena *a, const char *s, size_t bytes);   /* adds a NUL */
char *arena_text(arena *a, const char *s);                 /* copy of a C string; NULL for NULL */
char *arena_printf(arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Grows an array in an arena by doubling: returns the (possibly moved) array with room for count +
 * 1, or NULL. Keep what it returns before anything else may fail: `room` is already its room. */
void *arena_grow(arena *a, void *array, size_t count, size_t *room, size_t of);

#define ARENA_NEW(a, type) ((type *)arena_take((a), sizeof(type)))
#define ARENA_ARRAY(a, count, type) ((type *)arena_take_array((a), (count), sizeof(type)))
#define ARENA_GROW(a, array, count, room, type)                                                    \
  ((type *)arena_grow((a), (array), (count), (room), sizeof(type)))

/* Runs arena_free at the end of the scope: `arena *a AUTO_ARENA = arena_new(0);` */
void arena_cleanup(arena **a);
#define AUTO_ARENA __attribute__((cleanup(arena_cleanup)))

#endif
