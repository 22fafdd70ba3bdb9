/* scope.h — the areas an officer may see, as ranges of codes, and the same in a statement. */
#ifndef JISHI_STORE_SCOPE_H
#define JISHI_STORE_SCOPE_H

#include "store/db/db.h"

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

/* ---- in a statement; for rows/ only ---- */

/* "(area BETWEEN $4 AND $5 OR …)" appended; parameters numbered from *n on, which moves. An empty
 * scope gives "0 = 1". */
void scope_sql(buf *b, const scope *r, int *n);
void scope_bind(db_stmt *q, const scope *r, int *n);

#endif
