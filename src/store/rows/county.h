/* county.h — the county itself, and where its journal stands. */
#ifndef JISHI_STORE_ROWS_COUNTY_H
#define JISHI_STORE_ROWS_COUNTY_H

#include "base/date.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "store/store.h"

typedef struct county {
  char code[13];
  char name[128];
  day last_scanned_day; /* DAY_NONE: never */
  day set_up_until;     /* see store_set_up_put */
  /* of the last entry of the journal; seq 0 = none */
  int64_t seq, last_at_ms;
  uuid last_id, last_import_id, last_root;
  hash link;
} county;
bool store_county_get(store *s, county *ret, err *e);
/* Only what is of the journal's last entry; the rest of *c stays. */
bool store_head_get(store *s, county *c, err *e);
/* Inside a write transaction: no other program writes this county until its end. */
bool store_lock(store *s, err *e);
/* DAY_NONE: the next tick re-evaluates every unit that is due by then. */
bool store_day_scanned(store *s, day on, err *e);

/* The last day of setting the county up, after which a register's state is taken in by those alone
 * who have the right; DAY_NONE: it is being set up. */
bool store_set_up_put(store *s, day until, err *e);
bool store_set_up_get(store *s, day *out, err *e);

/* By which form the register's names are indexed for searching (subjects.c); 0: by none. */
bool store_search_form_put(store *s, int64_t form, err *e);
bool store_search_form_get(store *s, int64_t *ret_form, err *e);

/* ---- for store.c only ---- */

bool store_county_put(store *s, const char *name, err *e);
/* The number of how its tables are laid out (STORE_LAYOUT); also of a location that lacks tables
 * or columns. */
bool store_layout_get(store *s, int64_t *ret, err *e);

#endif
