/* findings.h — what a rule found of a subject, and why. */
#ifndef JISHI_STORE_ROWS_FINDINGS_H
#define JISHI_STORE_ROWS_FINDINGS_H

#include "store/reach.h"
#include "store/store.h"

typedef struct finding {
  uuid id, root, subject, case_id; /* case nil: none */
  const char *kind, *rule;
  char area[13];
  int64_t colour;
  day since, until; /* until DAY_NONE: open */
  bool provisional; /* hangs on working days of a year without a holiday notice */
  text message_zh, message_en, reasons; /* reasons: JSON list, see docs/api.md */
} finding;
bool store_finding_put(store *s, const finding *f, err *e); /* inserts or replaces by id */
bool store_findings_of(store *s, arena *a, const uuid *root, bool open_only, finding **ret,
                       size_t *ret_count, err *e);
bool store_finding_find(store *s, arena *a, const uuid *id, finding **ret, err *e);
typedef struct finding_query {
  scope scope;
  const reach *reach; /* NULL: no bound but the scope */
  const char *rule;   /* NULL: any */
  const pack *pack;   /* whose findings; NULL: all */
  int colour;         /* -1: any */
  bool open_only;
  day after_since; /* cursor: newest first */
  uuid after_id;
  bool has_after;
  size_t limit;
} finding_query;
bool store_findings(store *s, arena *a, const finding_query *q, finding **ret, size_t *ret_count,
                    err *e);
bool store_finding_counts(store *s, const scope *r, const reach *seen, int64_t by_colour[3],
                          err *e); /* open ones */

#endif
