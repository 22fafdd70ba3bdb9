/* measures.h — measures: proposed, approved, carried out. */
#ifndef JISHI_STORE_ROWS_MEASURES_H
#define JISHI_STORE_ROWS_MEASURES_H

#include "store/reach.h"
#include "store/store.h"

typedef struct measure {
  uuid id, root, subject, case_id;
  const char *kind, *state; /* proposed approved refused running done stopped */
  char area[13];
  bool has_amount;
  int64_t amount;
  text form, note, trace; /* JSON maps and a text */
  day since;
  int64_t version;
  uuid proposed_by; /* nil: the system, or not known */
  const char *fund; /* key of the fund its money comes from; "" or NULL: none named */
} measure;
bool store_measure_put(store *s, const measure *m, err *e);
bool store_measure_find(store *s, arena *a, const uuid *id, const scope *r, measure **ret, err *e);
bool store_measures_of(store *s, arena *a, const uuid *root, measure **ret, size_t *ret_count,
                       err *e);
typedef struct measure_query {
  const scope *scope;
  const reach *reach;       /* NULL: no bound but the scope */
  const char *state, *kind; /* NULL: any */
  bool has_after;
  day after_since;
  uuid after_id;
  size_t limit;
} measure_query;
bool store_measures_in(store *s, arena *a, const measure_query *q, measure **ret, size_t *ret_count,
                       err *e); /* oldest first */

#endif
