/* Findings: what a rule found of a subject, and why. */
#include "store/rows/findings.h"

#include "store/row.h"

const row_table store_table_finding = {
    .name = "finding",
    .derived = true,
    .owner_at = ROW_OWNER(finding, subject),
    .owner = "subject",
    .indexes = ROW_INDEXES("root, since, id", "since, id"),
    ROW_COLUMNS(finding, ROW_UUID("id", finding, id, KEY), ROW_UUID("root", finding, root, FIXED),
                ROW_UUID("subject", finding, subject, FIXED), ROW_STR("kind", finding, kind, FIXED),
                ROW_STR("rule", finding, rule, FIXED), ROW_AREA("area", finding, area, CHANGES),
                ROW_INT("colour", finding, colour, CHANGES),
                ROW_DAY("since", finding, since, FIXED),
                ROW_OPTIONAL_DAY("until", finding, until, CHANGES),
                ROW_BOOL("provisional", finding, provisional, CHANGES),
                ROW_OPTIONAL_UUID("case_id", finding, case_id, CHANGES),
                ROW_SEALED_TEXT("message_zh", finding, message_zh, CHANGES),
                ROW_SEALED_TEXT("message_en", finding, message_en, CHANGES),
                ROW_SEALED_TEXT("reasons", finding, reasons, CHANGES))};

bool store_finding_put(store *s, const finding *f, err *e) {
  return row_put(s, &store_table_finding, f, e);
}

bool store_findings_of(store *s, arena *a, const uuid *root, bool open_only, finding **ret,
                       size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_finding,
                          open_only ? "root = $2 AND until IS NULL ORDER BY since DESC, id"
                                    : "root = $2 ORDER BY since DESC, id",
                          e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return row_list(q, &store_table_finding, a, ret, ret_count, e);
}

bool store_finding_find(store *s, arena *a, const uuid *id, finding **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_finding, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, &store_table_finding, a, ret, e);
}

bool store_findings(store *s, arena *a, const finding_query *query, finding **ret,
                    size_t *ret_count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 6;
  scope_sql(s, &b, &query->scope, &n);
  reach_sql(s, &b, query->reach, REACH_KIND, &n);
  if (query->open_only) buf_str(&b, " AND until IS NULL");
  if (query->rule) buf_str(&b, " AND rule = $2");
  sql_of_pack(&b, query->pack);
  if (query->colour >= 0) buf_printf(&b, " AND colour = %d", query->colour);
  if (query->has_after) buf_str(&b, " AND (since < $3 OR (since = $3 AND id > $4))");
  buf_str(&b, " ORDER BY since DESC, id LIMIT $5");
  db_stmt *q = row_select_buf(s, &store_table_finding, &b, e);
  if (!q) return false;
  if (query->rule) db_bind_str(q, 2, query->rule);
  if (query->has_after) {
    db_bind_int(q, 3, query->after_since);
    sql_bind_uuid(q, 4, &query->after_id);
  }
  db_bind_int(q, 5, (int64_t)query->limit);
  n = 6;
  scope_bind(q, &query->scope, &n);
  reach_bind(q, query->reach, &n);
  return row_list(q, &store_table_finding, a, ret, ret_count, e);
}

bool store_finding_counts(store *s, const scope *r, const reach *seen, int64_t by_colour[3],
                          err *e) {
  AUTO_BUF buf b = {0};
  int n = 2;
  buf_str(&b, "SELECT colour, count(*) FROM finding WHERE county = $1 AND until IS NULL AND ");
  scope_sql(s, &b, r, &n);
  reach_sql(s, &b, seen, REACH_KIND, &n);
  buf_str(&b, " GROUP BY colour");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  n = 2;
  scope_bind(q, r, &n);
  reach_bind(q, seen, &n);
  int64_t counts[3] = {0};
  int got;
  while ((got = db_next(q, e)) > 0) {
    int64_t c = db_int(q, 0);
    if (c >= 0 && c < 3) counts[c] = db_int(q, 1);
  }
  if (got < 0) return false;
  memcpy(by_colour, counts, sizeof counts);
  return true;
}
