/* cache.h — the units that the writer keeps in memory, so that an entry about one need not read it
 * from the database again.
 *
 * A *kept* unit holds its root, its children, its open findings, its cases, and the rolls of its
 * aggregates (roll.h); never its events. What the writer puts into the store goes through keep_…
 * and so into the kept unit, too. When in doubt the unit is dropped and loaded anew when it is next
 * needed; so is everything that a rolled-back transaction had touched. Records handed out are
 * copies; what they point to stays until cache_sweep.
 *
 * Belongs to the writer's thread. Reading threads use unit_load. */
#ifndef JISHI_ENGINE_CACHE_H
#define JISHI_ENGINE_CACHE_H

#include "engine/roll.h"

enum {
  CACHE_UNITS_MAX = 8192,
  CACHE_BYTES_MAX = 64 << 20, /* of all kept units together */
  CACHE_UNIT_BYTES_MAX = 1 << 20,
  CACHE_BUCKETS = 1 << 14
};

typedef struct unit_cache unit_cache;
struct work;

typedef struct kept {
  arena *a;
  const pack *pack;
  record *root, **children;
  size_t child_count, child_room;
  finding *open;
  size_t open_count, open_room;
  casework *cases; /* as store_cases_of orders them */
  size_t case_count, case_room;
  roll *rolls;  /* [aggregate index] */
  bool *kinds;  /* [event kind index]: an aggregate over it is not steady */
  bool touched; /* in the open transaction */
  size_t bytes, bytes_at_first;
  struct kept *newer, *older; /* by use */
  struct kept_name *names;
} kept;

void cache_free(unit_cache *c); /* NULL is fine */
/* Frees the memory of what was dropped; nothing handed out before may be used after. */
void cache_sweep(unit_cache *c);
void cache_committed(unit_cache *c);
void cache_rolled_back(unit_cache *c);
void cache_clear(unit_cache *c); /* a new pack: nothing fits any more */
void cache_drop(unit_cache *c, const uuid *root);
/* Puts a unit in under its root's and children's ids; the least used ones go. false: memory. */
bool cache_add(unit_cache *c, kept *k);
bool cache_name(unit_cache *c, kept *k, record *r);
kept *cache_find(unit_cache *c, const uuid *root);
record *cache_subject(unit_cache *c, const uuid *id); /* of any kept unit; NULL: not there */
unit_cache *cache_new(void);

/* ---- one unit (cache_unit.c) ---- */
kept *kept_new(const pack *p, const record *root, err *e); /* without children and events */
/* As the store has it; e->code ERR_UNKNOWN_NAME: not there. */
kept *kept_load(struct work *w, const kind *root_kind, const uuid *root, err *e);
void kept_free(kept *k);
/* Each takes what was put into the store; false: memory, the unit is then to be dropped. */
bool kept_take_subject(kept *k, const record *r, record **added);
bool kept_take_event(kept *k, struct work *w, const event *x);
bool kept_take_finding(kept *k, const finding *f);
bool kept_take_case(kept *k, const casework *c);

#endif
