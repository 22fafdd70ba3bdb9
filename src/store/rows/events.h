/* events.h — what was recorded: one table a kind of event, one column a field. */
#ifndef JISHI_STORE_ROWS_EVENTS_H
#define JISHI_STORE_ROWS_EVENTS_H

#include "store/reach.h"
#include "store/store.h"
#include "store/when.h"

typedef struct event {
  const event_kind *kind;
  uuid id, root, subject;
  char area[13];
  day on;
  int64_t seq, at_ms;
  int64_t moment; /* when on its day: when.h */
  uuid officer;
  bool withdrawn;
  value *fields;
} event;
static inline when event_when(const event *x) {
  return (when){x->on, x->moment, x->seq};
}
/* When it happened, by its own time; false: it has none, or it is not known. */
bool event_time(const event *x, int64_t *ret_ms);
void event_set_moment(event *x); /* from its day, its time and when it was recorded */
bool store_event_put(store *s, const event *x, err *e);
bool store_event_find(store *s, arena *a, const event_kind *k, const uuid *id, const scope *r,
                      event **ret, err *e);
bool store_event_withdraw(store *s, const event *x, err *e);
/* A withdrawn one counts again, with the facts it told. */
bool store_event_restore(store *s, const event *x, err *e);
/* One of its yes-or-no fields, which the engine fills in later. */
bool store_event_set_flag(store *s, const event_kind *k, const uuid *id, size_t field_at, bool yes,
                          err *e);
/* Of what the engine makes itself: gone, as if it had never been; all of a kind. */
bool store_event_drop(store *s, const event *x, err *e);
bool store_events_clear(store *s, const event_kind *k, err *e);
/* A subject's events follow it from one root to another, and what they paid. */
bool store_events_move(store *s, const event_kind *k, const uuid *from, const uuid *subject,
                       const uuid *to, const char *area, err *e);
typedef struct event_query {
  const event_kind *kind;
  uuid root;
  day from; /* DAY_NONE: all */
  bool withdrawn_too;
  const bool *wanted; /* of the fields only those marked, the others are UNKNOWN; NULL: all */
} event_query;
/* Of a unit, from a day on, newest first. */
bool store_events(store *s, arena *a, const event_query *q, event ***ret, size_t *ret_count,
                  err *e);
/* Of one unit and the day `from`, not withdrawn, whole, the oldest first. */
bool store_events_of_day(store *s, arena *a, const event_query *q, event ***ret, size_t *ret_count,
                         err *e);
/* A list over many units, in pages. */
typedef struct event_list {
  const event_kind *kind;
  scope scope;
  const reach *reach; /* NULL: no bound but the scope */
  day from, to;       /* DAY_NONE: from the first, to the last */
  uuid officer;       /* who recorded it; nil: anybody */
  const field *names; /* only those whose field says `key`; NULL: all */
  text key;
  bool newest_first;
  const when *after; /* where the page before ended; NULL: from the start */
  size_t limit;
} event_list;
/* By when they happened; withdrawn ones are left out. */
bool store_events_list(store *s, arena *a, const event_list *q, event ***ret, size_t *ret_count,
                       err *e);
/* Of the whole county, by root, newest first. */
typedef bool (*event_taker)(void *context, const event *x, err *e);
bool store_events_scan(store *s, const event_kind *k, const bool *wanted, event_taker take,
                       void *context, err *e);

/* ---- for store.c and rows/ only ---- */

bool store_events_prepare(store *s, err *e);

#endif
