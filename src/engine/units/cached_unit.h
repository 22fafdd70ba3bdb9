/* cached_unit.h — one unit that the writer keeps in memory. */
#ifndef JISHI_ENGINE_UNITS_CACHED_UNIT_H
#define JISHI_ENGINE_UNITS_CACHED_UNIT_H

#include "engine/eval/aggregate_index.h"

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
