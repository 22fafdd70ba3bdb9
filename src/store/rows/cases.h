/* cases.h — cases and the steps they took. */
#ifndef JISHI_STORE_ROWS_CASES_H
#define JISHI_STORE_ROWS_CASES_H

#include "store/reach.h"
#include "store/store.h"

typedef struct casework {
  uuid id, root, subject;
  const char *kind, *process, *workflow, *state;
  char area[13];
  day opened, since, deadline; /* deadline DAY_NONE: none */
  bool deadline_provisional;   /* in working days, into a year without a holiday notice */
  bool closed, withdrawn;
  int64_t relapses, version;
} casework;
bool store_case_put(store *s, const casework *c, err *e);
bool store_case_find(store *s, arena *a, const uuid *id, const scope *r, casework **ret, err *e);
bool store_cases_of(store *s, arena *a, const uuid *root, casework **ret, size_t *ret_count,
                    err *e); /* oldest first */
bool store_cases_with_deadline(store *s, arena *a, casework **ret, size_t *ret_count,
                               err *e); /* all open ones */
typedef struct case_query {
  scope scope;
  const reach *reach;          /* NULL: no bound but the scope */
  const char *process, *state; /* NULL: any; */
  const pack *pack;            /* whose cases; NULL: all */
  int closed;                  /* 0, 1, -1 = both */
  day due_from, due_to;        /* deadline in this range; DAY_NONE: no bound */
  bool has_after;              /* cursor: by (deadline, id), no deadline last */
  day after_deadline;
  uuid after_id;
  size_t limit;
} case_query;
bool store_cases(store *s, arena *a, const case_query *q, casework **ret, size_t *ret_count,
                 err *e);
typedef struct state_count {
  const char *kind, *workflow, *state; /* kind: whose pack the names are of */
  int64_t n;
} state_count;
bool store_case_counts(store *s, arena *a, const scope *r, const reach *seen, state_count **ret,
                       size_t *ret_count, err *e); /* open ones */
typedef struct step {
  uuid case_id;
  int64_t seq;
  const char *transition; /* "" : opened or re-opened by a finding */
  const char *from, *to;
  int64_t at_ms;
  uuid officer;
  text form, note; /* form: JSON map */
  uuid subject;    /* of the case: whose key seals them; not read */
  day since;       /* from this day on the case stood there */
  /* Number of the entry that took it back; 0: it stands. By whom, when, why. */
  int64_t taken_back;
  uuid back_by;
  int64_t back_ms;
  text back_reason;
} step;
bool store_step_put(store *s, const step *t, err *e);
bool store_step_change(store *s, const step *t, err *e); /* taken back */
bool store_steps(store *s, arena *a, const uuid *case_id, step **ret, size_t *ret_count,
                 err *e); /* oldest first */

#endif
