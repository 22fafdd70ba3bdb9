/* cached_unit.h — one unit that the writer keeps in memory. */
#ifndef JISHI_ENGINE_UNITS_CACHED_UNIT_H
#define JISHI_ENGINE_UNITS_CACHED_UNIT_H

#include "engine/eval/aggregate_index.h"

struct command_context;

typedef struct cached_unit {
  arena *a;
  const pack *pack;
  record *root, **children;
  size_t child_count, child_room;
  finding *open;
  size_t open_count, open_room;
  casework *cases; /* as store_cases_of orders them */
  size_t case_count, case_room;
  aggregate_index *indexes; /* [aggregate index] */
  bool *kinds;              /* [event kind index]: an aggregate over it is not indexable */
  bool touched;             /* in the open transaction */
  size_t bytes, bytes_at_first;
  struct cached_unit *newer, *older; /* by use */
  struct cached_id *names;
} cached_unit;

cached_unit *cached_unit_new(const pack *p, const record *root,
                             err *e); /* without children and events */
/* As the store has it; e->code ERR_UNKNOWN_NAME: not there. */
cached_unit *cached_unit_load(struct command_context *ctx, const kind *root_kind, const uuid *root,
                              err *e);
void cached_unit_free(cached_unit *k);
/* Copies into the unit what was written to the store. False: no memory; drop the unit then. */
bool cached_unit_put_subject(cached_unit *k, const record *r, record **ret_added);
bool cached_unit_add_event(cached_unit *k, struct command_context *ctx, const event *ev);
bool cached_unit_put_finding(cached_unit *k, const finding *f);
bool cached_unit_put_case(cached_unit *k, const casework *c);

#endif
