/* scope.h — the areas an officer may see, as ranges of codes, and the same in a statement. */
#ifndef JISHI_STORE_SCOPE_H
#define JISHI_STORE_SCOPE_H

#include "store/db/db.h"

enum { REACH_MAX = 16 };
typedef struct reach {
  struct {
    char lo[13], hi[13];
  } areas[REACH_MAX];
  size_t count; /* 0: sees nothing */
} reach;
reach reach_all(void);
bool reach_add(reach *r, const char *area); /* false: full */
bool reach_has(const reach *r, const char *area);
reach reach_within(const reach *r, const char *area); /* the part of r inside an area */

/* ---- in a statement; for rows/ only ---- */

/* "(area BETWEEN $4 AND $5 OR …)" appended; parameters numbered from *n on, which moves. An empty
 * reach gives "0 = 1". */
void reach_sql(buf *b, const reach *r, int *n);
void reach_bind(db_stmt *q, const reach *r, int *n);

#endif
