/* aggregate_index.h — what each event contributes to each aggregate, computed once.
 *
 * A *contribution* depends only on the event's own fields, the parameters of its day and the
 * calendar, so it does not become stale before a notice is taken in. An index holds the
 * contributions to one aggregate over one unit, sorted by day; the aggregate over a window is a
 * scan of it, which is right under late and withdrawn events and as the window moves. An aggregate
 * whose expressions read anything else (the subject, today) is not *indexable*: it is folded from
 * the events every time. The unit's next_evaluation is the same either way. */
#ifndef JISHI_ENGINE_EVAL_AGGREGATE_INDEX_H
#define JISHI_ENGINE_EVAL_AGGREGATE_INDEX_H

#include "engine/eval/aggregate.h"

enum { INDEX_PARAMETERS_MAX = 64 }; /* that one aggregate reads; above that it is not indexable */

/* What an aggregate's expressions may read. */
typedef struct index_plan {
  bool indexable;
  int parameters[INDEX_PARAMETERS_MAX]; /* indices in the pack */
  size_t count;
} index_plan;
index_plan aggregate_index_plan(const pack *p, const aggregate *agg);

typedef enum contribution_result {
  CONTRIBUTES_NO,
  CONTRIBUTES_YES,
  CONTRIBUTES_FAILED
} contribution_result;
typedef struct contribution {
  day on;
  int64_t moment;
  contribution_result result; /* of `where`; FAILED: unknown or an error, which is then v */
  int64_t seq;
  uuid subject;
  uint64_t where_read, what_read;           /* which of the plan's parameters were read */
  bool where_provisional, what_provisional; /* see unit.provisional */
  value v; /* of the expression added up; VALUE_NULL where there is none */
} contribution;
typedef struct aggregate_index {
  bool indexable;
  contribution *entries; /* ascending by (on, moment, seq); those that contribute nothing and read
                           neither parameter nor a provisional day are left out */
  size_t count, room;
} aggregate_index;

/* false: memory. The values of the contribution must live as long as the arena. */
bool aggregate_index_add(aggregate_index *r, arena *a, const contribution *s);
void aggregate_index_remove(aggregate_index *r, int64_t seq);
value aggregate_index_value(unit *u, const record *about, const aggregate *agg,
                            const aggregate_index *r);

/* Which of the plan's parameters an evaluation read, and whether it asked for today. */
typedef struct parameter_reads {
  const index_plan *plan;
  uint64_t read;
  bool today;
} parameter_reads;

#endif
