/* unit.h — one unit (a root subject with its children and their events) in memory.
 *
 * The unit is the grain of the engine: whatever happens to one of its subjects, the rules of the
 * whole unit are evaluated again. Reading threads use the same code to show what the engine would
 * say now. Everything lives in the caller's arena. */
#ifndef JISHI_ENGINE_EVAL_UNIT_H
#define JISHI_ENGINE_EVAL_UNIT_H

#include "store/rows.h"

struct aggregate_index;

/* The day as of which is evaluated, and the county's working days. */
typedef struct as_of {
  day today;
  const calendar *calendar;
} as_of;

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
  const bool *event_kinds; /* [event kind index]: whether its events are loaded; NULL: all */
  const struct aggregate_index *indexes; /* [aggregate index] (aggregate_index.h); NULL: every
                                            aggregate is folded from `events` */
  day next_evaluation; /* the first later day on which an evaluated expression may change without a
                          write; DAY_NONE: none */
  bool provisional;    /* set by what counts working days of a year without a holiday notice; the
                          caller sets it to false before it asks */
  /* ---- of unit_eval.c: what was computed already, and what is being computed ---- */
  struct subject_memo *memos; /* of the root and the children, in that order; NULL: none yet */
  struct event_memo *event_memos;
  size_t event_memo_count, event_memo_room;
  int variable_depth;            /* of variables that use variables */
  struct parameter_reads *reads; /* NULL: nobody asks which parameters are read */
} unit;

/* NULL when the root is not there (or out of scope): then e->code is ERR_UNKNOWN_NAME. */
unit *unit_load(store *s, arena *a, const kind *root_kind, const uuid *root, const scope *r,
                as_of now, err *e);

typedef struct unit_parts {
  record *root, **children;
  size_t child_count;
  const struct aggregate_index *indexes;
  const bool *event_kinds;
} unit_parts;
/* A unit over records that are in memory; loads only the events of the kinds marked. */
unit *unit_over(store *s, arena *a, const unit_parts *parts, as_of now, err *e);

record *unit_subject(const unit *u, const uuid *id); /* NULL: not of this unit */
/* The rules must be evaluated again on that day at the latest; DAY_NONE and days past are fine. */
void unit_reevaluate_by(unit *u, day on);
/* Whether variables of this kind of event add up the events before it, however old. */
bool unit_looks_back(const pack *p, size_t event_kind_index);

#endif
