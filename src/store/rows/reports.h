/* reports.h — tables kept as they were reported: what was asked, and what came of it then. */
#ifndef JISHI_STORE_ROWS_REPORTS_H
#define JISHI_STORE_ROWS_REPORTS_H

#include "store/store.h"

typedef struct report {
  uuid id;
  int64_t seq;
  const char *pack, *ledger; /* ledger: of which it is one; "": a table that was asked for once */
  text title;
  text asked;    /* JSON: TableAsked, with the days and the area */
  text areas;    /* JSON: the codes of what it reaches over */
  text contents; /* JSON: Table, as it was */
  day from, to;  /* DAY_NONE: without a period */
  uuid officer;
  int64_t at_ms;
} report;
bool store_report_put(store *s, const report *x, err *e);
bool store_report_find(store *s, arena *a, const uuid *id, report **ret, err *e); /* NULL: none */
typedef struct report_query {
  const char *pack, *ledger; /* NULL: any */
  int64_t before;            /* older than this entry; 0: from the newest */
  size_t limit;
} report_query;
/* Newest first. */
bool store_reports(store *s, arena *a, const report_query *q, report **ret, size_t *ret_count,
                   err *e);

#endif
