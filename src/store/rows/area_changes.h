/* area_changes.h — areas that were renamed, merged, split, re-coded or added, and what moved. */
#ifndef JISHI_STORE_ROWS_AREA_CHANGES_H
#define JISHI_STORE_ROWS_AREA_CHANGES_H

#include "base/date.h"
#include "store/store.h"

typedef struct area_change {
  uuid id, officer;
  int64_t seq, at_ms;
  int64_t undone; /* number of the entry that took it back; 0: it counts */
  const char *way;
  day on;
  text reason, document, body; /* body: the command, as JSON */
  int64_t units, officers;     /* that moved */
} area_change;
bool store_area_change_put(store *s, const area_change *x, err *e);
bool store_area_change_find(store *s, arena *a, const uuid *id, area_change **ret, err *e);
bool store_area_changes(store *s, arena *a, area_change **ret, size_t *ret_count,
                        err *e); /* newest first */

/* The area in which a unit was before a day. */
typedef struct past_area {
  uuid root;
  int64_t seq; /* of the entry that moved it */
  char area[13];
  day until; /* it was there on the days before this one */
} past_area;
bool store_past_areas(store *s, arena *a, int64_t seq, past_area **ret, size_t *ret_count,
                      err *e); /* seq 0: all, by root and day; else those of an entry */
bool store_past_areas_drop(store *s, int64_t seq, err *e);

bool store_units_in(store *s, const char *area, int64_t *ret, err *e); /* not withdrawn */

/* Whether an entry later than `seq` is about the area. */
bool store_area_followed(store *s, const char *area, int64_t seq, bool *ret_yes, err *e);

#endif
