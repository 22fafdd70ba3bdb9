/* reach.h — which rows an officer may see: kinds, areas, and there all of them or only the units
 * assigned to him. Made by engine/rights.h, applied here to one row and inside statements; a scope
 * beside it only says which areas were asked for. */
#ifndef JISHI_STORE_REACH_H
#define JISHI_STORE_REACH_H

#include "store/scope.h"
#include "store/store.h"

typedef struct reach_part {
  const pack *pack;
  const kind *const *kinds; /* of that pack, roots and children */
  size_t kind_count;
  scope scope;
  const char *self; /* NULL: all units there; else those assigned to this key or login, "": none */
} reach_part;
typedef struct reach {
  bool everything; /* of every pack: the system itself */
  const reach_part *parts;
  size_t count; /* 0, and not everything: sees nothing */
  day today;    /* the day on which a unit must be his */
} reach;

bool reach_has_kind(const reach *r, const kind *k); /* whether he sees any record of it */
/* A row about a unit: `k` is the kind of its root or of one of its children. */
bool reach_sees(store *s, const reach *r, const kind *k, const uuid *root, const char *area,
                bool *ret_yes, err *e);

/* ---- in a statement; for rows/ only ---- */

/* How a row says what it is of: its column "kind" holds a kind, a kind of event or of measure; a
 * follow-up has "name". A row of the journal says nothing: its root is looked up in the tables of
 * the kinds he sees (REACH_ROOT). */
typedef enum reach_by {
  REACH_KIND,
  REACH_EVENT,
  REACH_MEASURE,
  REACH_FOLLOW_UP,
  REACH_ROOT
} reach_by;
/* " AND (…)" appended; nothing for NULL and for everything. */
void reach_sql(const store *s, buf *b, const reach *r, reach_by by, int *n);
/* The same for rows of one kind's own table, or of one kind of event's (k: what it is about). */
void reach_sql_kind(const store *s, buf *b, const reach *r, const kind *k, int *n);
void reach_bind(db_stmt *q, const reach *r, int *n);
void reach_bind_kind(db_stmt *q, const reach *r, const kind *k, int *n);

#endif
