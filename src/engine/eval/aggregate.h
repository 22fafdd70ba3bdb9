/* aggregate.h — what the two ways to compute an aggregate have in common: folding events
 * (unit_eval.c) and scanning the index (aggregate_index.c). */
#ifndef JISHI_ENGINE_EVAL_AGGREGATE_H
#define JISHI_ENGINE_EVAL_AGGREGATE_H

#include "engine/eval/unit.h"

day aggregate_window_end(const aggregate *agg,
                         day on); /* the first day on which the event is outside */
value aggregate_overflow(unit *u, const aggregate *agg);
/* From what was folded, with the number of events: see aggregate_result. */
value aggregate_finish(unit *u, const aggregate *agg, value folded, int64_t n);

value value_no_memory(void); /* an error value that needs no memory */

/* Distinct subjects; false: memory. */
typedef struct seen_subjects {
  uuid *ids;
  size_t count, room;
} seen_subjects;
bool seen_subject_add(seen_subjects *seen, arena *a, const uuid *id, int64_t *n);

#endif
