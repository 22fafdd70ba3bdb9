/* unit_eval.h — expressions over a unit: what the names they use stand for.
 *
 * Errors and unknowns are values. Each variable and aggregate of a subject is computed once. */
#ifndef JISHI_ENGINE_EVAL_UNIT_EVAL_H
#define JISHI_ENGINE_EVAL_UNIT_EVAL_H

#include "engine/eval/aggregate_index.h"

/* Whether its kind's `ended` day has not come yet: one that has ended opens nothing and is in no
 * list. */
bool unit_counts(unit *u, const record *r);
/* The events that an `earlier` variable of x adds up, oldest first. */
bool unit_earlier(unit *u, const event *ev, const variable *v, const event ***ret,
                  size_t *ret_count);

/* What a case, a form or an event gives to an expression beside the subject's own names. All may be
 * NULL. */
typedef struct unit_extra {
  const casework *casework;
  int64_t done_measures, open_findings;
  const field *form_fields;
  size_t form_count;
  const value *form;
} unit_extra;
/* Evaluates in the scope it was compiled for, about one subject. */
value unit_eval(unit *u, const record *about, const name_scope *sc, const cel_program *p,
                const unit_extra *extra);
value unit_variable(unit *u, const record *about, const variable *v);
/* A variable of an event, by the formula and parameters of its day. Of an event that unit_load
 * brought only the fields that aggregates read are there; others are unknown. */
value unit_event_variable(unit *u, const event *ev, const variable *v);
/* An expression in the scope of an event of the unit. */
value unit_event_eval(unit *u, const event *ev, const cel_program *p);
value unit_aggregate(unit *u, const record *about, const aggregate *agg);
/* A sentence with its {expressions} filled in. */
text unit_say(unit *u, const record *about, const name_scope *sc, const sentence *s,
              const unit_extra *extra);
/* What one event contributes to an aggregate; its values live in u->a. When reads->today is set
 * afterwards, it must not be indexed after all. */
contribution unit_contribution(const unit *u, const aggregate *agg, const event *ev,
                               parameter_reads *reads);

#endif
