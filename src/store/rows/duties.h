/* duties.h — who was in a duty's set when, and what was done. */
#ifndef JISHI_STORE_ROWS_DUTIES_H
#define JISHI_STORE_ROWS_DUTIES_H

#include "store/scope.h"
#include "store/store.h"

typedef struct duty_member {
  const char *duty;
  uuid root;
  char area[13], zone[13]; /* zone "": none */
  day since, until;        /* in the set on since ≤ day < until; DAY_NONE: still */
  int64_t least;     /* demanded of this subject; 0 where the duty has one demand for the set */
  const char *owner; /* whose it is: his key or login; "": of whom its area is */
} duty_member;
bool store_member_put(store *s, const duty_member *m, err *e); /* by root, duty, since */
bool store_member_drop(store *s, const duty_member *m, err *e);
bool store_members_open(store *s, arena *a, const uuid *root, duty_member **ret, size_t *ret_count,
                        err *e);
/* Of a root, on one day; NULL: it was not in the set. */
bool store_member_on(store *s, arena *a, const char *duty, const uuid *root, day on,
                     duty_member **ret, err *e);
/* What counts of one subject, day, officer (nil: of any) and part. n 0: the row goes. */
typedef struct duty_day_count {
  const char *duty;
  uuid root, officer;
  day on;
  const char *part;
  int64_t n;
} duty_day_count;
bool store_duty_count_put(store *s, const duty_day_count *x, err *e);
bool store_duty_counts_clear(store *s, const char *duty, err *e);
/* Members with their acts, a row each; by area and subject. Members without any come once, with n 0
 * and part "". `then` is whose it was on the day of the act. */
typedef struct duty_doer {
  uuid officer;
  day from, to;
} duty_doer;
typedef struct duty_query {
  const char *duty;
  day on;                 /* in the set at the end of this day */
  day from, to;           /* acts on these days */
  scope scope;            /* of the subjects */
  const char *owner;      /* NULL: any */
  bool by_owner;          /* `then` is told */
  const duty_doer *doers; /* acts of these, each on its own days, too; NULL: of anybody */
  size_t doer_count;
  uuid root;      /* nil: all */
  bool has_after; /* cursor */
  char after_area[13];
  uuid after_root;
} duty_query;
typedef struct duty_count {
  uuid root;
  char area[13];
  day since;
  int64_t least;
  text owner, then, part;
  uuid officer; /* who did it; nil: not asked */
  int64_t n;
  day last; /* DAY_NONE: none */
} duty_count;
typedef bool (*duty_taker)(void *context, const duty_count *c,
                           err *e); /* false with e->code ERR_NONE: enough */
bool store_duty_scan(store *s, const duty_query *q, duty_taker take, void *context, err *e);
/* Whose members there are on q->on, inside q->scope, with the first of their areas; by owner. */
typedef struct duty_owner_row {
  const char *owner;
  char area[13];
} duty_owner_row;
bool store_duty_owners(store *s, arena *a, const duty_query *q, duty_owner_row **ret,
                       size_t *ret_count, err *e);
/* The areas, cut to so many digits, in which the set of q->duty has members on q->on, inside
 * q->scope. */
bool store_duty_areas(store *s, arena *a, const duty_query *q, size_t digits, char (**out)[13],
                      size_t *ret_count, err *e);

#endif
