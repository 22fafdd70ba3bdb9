/* unit.h — one unit (a root subject with its children and their events) in memory, and expressions
 * over it.
 *
 * The unit is the grain of the engine: whatever happens to one of its subjects, the whole unit is
 * looked at again. Reading threads use the same code to show what the engine would say now.
 * Everything lives in the caller's arena. */
#ifndef JISHI_ENGINE_EVAL_UNIT_H
#define JISHI_ENGINE_EVAL_UNIT_H

#include "store/store.h"

typedef struct unit {
  arena *a;
  const catalog *packs;
  const pack *pack;
  const calendar *calendar;
  day today;
  record *root;
  record **children; /* of all child kinds, by kind, then as created */
  size_t child_count;
  event ***events; /* [event kind index]: newest first, those the pack's aggregates read */
  size_t *event_counts;
  const struct aggregate_index *indexes; /* [aggregate index]: what events add, worked out before
                               (roll.h); NULL: every aggregate is folded from `events` */
  day wake; /* the first later day on which an evaluated expression may change without a write;
               DAY_NONE: none */
} unit;

/* NULL when the root is not there (or out of reach): then e->code is ERR_UNKNOWN_NAME. */
unit *unit_load(store *s, arena *a, const kind *root_kind, const uuid *root, const reach *r,
                const calendar *c, day today, err *e);
record *unit_subject(const unit *u, const uuid *id); /* NULL: not of this unit */
/* Whether its kind's `ended` day has not come yet: one that has ended raises nothing and is in no
 * list. */
bool unit_counts(unit *u, const record *r);
/* The events that an `earlier` variable of x adds up, oldest first. */
bool unit_earlier(unit *u, const event *ev, const variable *v, const event ***out, size_t *count);

/* What a case, a form or an event gives to an expression beside the subject's own names. All may be
 * NULL. */
typedef struct unit_extra {
  const casework *casework;
  int64_t done_measures, open_findings;
  const field *form_fields;
  size_t form_count;
  const value *form;
} unit_extra;
/* Evaluates in the scope it was compiled for, about one subject. Errors and unknowns are values. */
value unit_eval(unit *u, const record *about, const scope *sc, const cel_program *p,
                const unit_extra *extra);
value unit_variable(unit *u, const record *about, const variable *v);
/* A variable of an event, by the formula and parameters of its day. Of an event that unit_load
 * brought only the fields that aggregates read are there; others are unknown. */
value unit_event_variable(unit *u, const event *ev, const variable *v);
/* An expression in the scope of an event of the unit. */
value unit_event_eval(unit *u, const event *ev, const cel_program *p);
value unit_aggregate(unit *u, const record *about, const aggregate *agg);
/* A sentence with its {expressions} filled in. */
text unit_say(unit *u, const record *about, const scope *sc, const sentence *s,
              const unit_extra *extra);
/* A unit over records that are in memory. Loads only the events of the kinds marked. */
unit *unit_over(store *s, arena *a, record *root, record **children, size_t child_count,
                const struct aggregate_index *indexes, const bool *kinds, const calendar *c,
                day today, err *e);

#endif
