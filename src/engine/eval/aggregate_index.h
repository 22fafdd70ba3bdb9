/* aggregate_index.h — what each event adds to each aggregate, worked out once.
 *
 * A *share* depends only on the event's own fields and the parameters of its day, so that it stays
 * right whatever happens later. A *roll* holds the shares of one aggregate over one unit, sorted by
 * day; the aggregate over a window is a scan of it, right under late and withdrawn events and as
 * the window moves with the days. An aggregate whose expressions read anything else (the subject,
 * today) is not *steady*: it is folded from the events every time.
 *
 * The unit's `wake` comes out the same either way. */
#ifndef JISHI_ENGINE_EVAL_AGGREGATE_INDEX_H
#define JISHI_ENGINE_EVAL_AGGREGATE_INDEX_H

#include "engine/eval/aggregate.h"

enum { ROLL_PARAMETERS_MAX = 64 }; /* that one aggregate reads; over that it is not steady */

/* What an aggregate's expressions may read. */
typedef struct roll_plan {
  bool steady;
  int parameters[ROLL_PARAMETERS_MAX]; /* indices in the pack */
  size_t count;
} roll_plan;
roll_plan roll_plan_of(const pack *p, const aggregate *g);

typedef enum share_says { SHARE_NO, SHARE_YES, SHARE_FAILS } share_says;
typedef struct share {
  day on;
  share_says says; /* of `where`; FAILS: unknown or an error, in v */
  int64_t seq;
  uuid subject;
  uint64_t where_read, what_read; /* which of the plan's parameters were read */
  value v;                        /* of the expression added up; VALUE_NULL where there is none */
} share;
typedef struct roll {
  bool steady;
  share *shares; /* ascending by (on, seq); those that say NO and read no parameter are left out */
  size_t count, room;
} roll;

/* false: memory. The values of the share must live as long as the arena. */
bool roll_add(roll *r, arena *a, const share *s);
void roll_withdraw(roll *r, int64_t seq);
value roll_value(unit *u, const record *about, const aggregate *g, const roll *r);

/* ---- in unit.c ---- */
typedef struct share_reading {
  const roll_plan *plan;
  uint64_t read;
  bool today;
} share_reading;
/* One event's share; its values live in u->a. With r->today afterwards it is not steady after all.
 */
share unit_share(const unit *u, const aggregate *g, const event *x, share_reading *r);

#endif
