/* conditions.h — conditions that events brought about, by day. */
#ifndef JISHI_STORE_ROWS_CONDITIONS_H
#define JISHI_STORE_ROWS_CONDITIONS_H

#include "store/store.h"

/* A condition that an event brought about, where and how long (last day included). */
typedef struct condition_day {
  uuid event, root;
  const char *name;
  char lo[13], hi[13]; /* areas; of a subject alone both "" */
  day since, until;
} condition_day;
bool store_condition_put(store *s, const condition_day *c, err *e);
bool store_conditions_drop(store *s, const uuid *event, err *e);
bool store_conditions_clear(store *s, const char *name, err *e);
typedef struct condition_query {
  const char *name;
  day from, to; /* those that hold on a day of these */
} condition_query;
bool store_conditions(store *s, arena *a, const condition_query *q, condition_day **ret,
                      size_t *ret_count, err *e); /* by root */

#endif
