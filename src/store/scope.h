/* scope.h — the areas an officer may see, as ranges of codes, and the same in a statement.
 *
 * A zone in it stands for the units that belong to the zone, in whatever village: what is asked of
 * a unit is asked of its area or of its zone. */
#ifndef JISHI_STORE_SCOPE_H
#define JISHI_STORE_SCOPE_H

#include "base/uuid.h"
#include "store/db/db.h"

struct store;

enum { SCOPE_MAX = 16 };
typedef struct scope {
  struct {
    char lo[13], hi[13];
  } areas[SCOPE_MAX];
  size_t count; /* 0: sees nothing */
} scope;
scope scope_all(void);
bool scope_add(scope *r, const char *area); /* false: full */
bool scope_has(const scope *r, const char *area);
scope scope_within(const scope *r, const char *area); /* the part of r inside an area */

bool scope_has_zones(const scope *r);
/* Of a unit by its root; `area` is the root's. False: failed. */
bool scope_has_unit(struct store *s, const scope *r, const char *area, const uuid *root,
                    bool *ret_yes, err *e);

/* ---- in a statement; for rows/ only ---- */

/* The columns a row is judged by. */
typedef struct scope_columns {
  const char *area, *root;
  const char *zone; /* of rows that keep their own; NULL: the root's of today */
} scope_columns;
/* "(area BETWEEN $4 AND $5 OR …)" appended; parameters numbered from *n on, which moves. An empty
 * scope gives "0 = 1". */
void scope_sql_on(const struct store *s, buf *b, const scope *r, scope_columns on, int *n);
void scope_sql(const struct store *s, buf *b, const scope *r, int *n); /* area, root */
void scope_bind(db_stmt *q, const scope *r, int *n);

#endif
