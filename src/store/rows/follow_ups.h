/* follow_ups.h — what is expected after something was recorded, and whether it came: a row each. */
#ifndef JISHI_STORE_ROWS_FOLLOW_UPS_H
#define JISHI_STORE_ROWS_FOLLOW_UPS_H

#include "store/reach.h"
#include "store/store.h"

typedef struct follow_up_row {
  uuid root, id; /* id: of the event or measure that it follows */
  const char *pack, *name;
  uuid subject, officer; /* officer: who recorded that */
  char area[13];
  const char *owner; /* whose it is: his key or login; "": nobody was named */
  text what;
  day on, since, due; /* since: asked for from that day on; due DAY_NONE: no last day */
  bool has_expected, has_actual;
  int64_t expected, actual;
  uuid done; /* the first event that fulfils it; nil: none */
  day done_on;
} follow_up_row;
bool store_follow_up_put(store *s, const follow_up_row *x, err *e);
/* Of a unit, by name; of all units. */
bool store_follow_ups_drop(store *s, const uuid *root, const char *pack, const char *name, err *e);
bool store_follow_ups_clear(store *s, const char *pack, err *e);
bool store_follow_ups_of(store *s, arena *a, const uuid *root, follow_up_row **ret,
                         size_t *ret_count, err *e); /* those that are due first, first */
typedef struct follow_up_query {
  scope scope;
  const reach *reach; /* NULL: no bound but the scope */
  bool owned;         /* only those of `owner` (NULL: nobody) or, where nobody is named, those that
                         `officer` recorded, whatever their area */
  const char *owner;  /* key or login */
  uuid officer;
  bool open; /* not fulfilled, and asked for on the day `on` */
  day on;
  size_t limit;
  bool has_after; /* cursor: those behind this one */
  day after_due;
  const char *after_name;
  uuid after_id;
} follow_up_query;
bool store_follow_ups(store *s, arena *a, const follow_up_query *q, follow_up_row **ret,
                      size_t *ret_count, err *e); /* the most urgent first */

#endif
