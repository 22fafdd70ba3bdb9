/* unit_cache.h — the units that the writer keeps in memory, so that an entry about one need not
 * read it from the database again.
 *
 * A cached unit holds its root, its children, its open findings, its cases, and the indexes of its
 * aggregates (aggregate_index.h); never its events. What the writer saves goes through repo_save_…
 * into the store and into the cached unit (write-through). When in doubt the unit is dropped and
 * loaded again when it is next needed; so is everything that a rolled-back transaction had touched.
 * Records handed out are copies; what they point to stays until unit_cache_sweep.
 *
 * Belongs to the writer's thread. Reading threads use unit_load. */
#ifndef JISHI_ENGINE_UNITS_UNIT_CACHE_H
#define JISHI_ENGINE_UNITS_UNIT_CACHE_H

#include "engine/units/cached_unit.h"

enum {
  CACHE_UNITS_MAX = 8192,
  CACHE_BYTES_MAX = 64 << 20, /* of all cached units together */
  CACHE_UNIT_BYTES_MAX = 1 << 20,
  CACHE_BUCKETS = 1 << 14
};

typedef struct unit_cache unit_cache;
void unit_cache_free(unit_cache *c); /* NULL is fine */
/* Frees the memory of dropped units; nothing handed out before may be used after. */
void unit_cache_sweep(unit_cache *c);
void unit_cache_committed(unit_cache *c);
void unit_cache_rolled_back(unit_cache *c);
void unit_cache_clear(unit_cache *c); /* a new pack: nothing fits any more */
void unit_cache_drop(unit_cache *c, const uuid *root);
/* Puts a unit in under its root's and children's ids; the least used ones go. false: memory. */
bool unit_cache_add(unit_cache *c, cached_unit *k);
bool unit_cache_add_id(unit_cache *c, cached_unit *k, record *r);
cached_unit *unit_cache_find(unit_cache *c, const uuid *root);
record *unit_cache_subject(unit_cache *c, const uuid *id); /* of any cached unit; NULL: not there */
unit_cache *unit_cache_new(void);

#endif
