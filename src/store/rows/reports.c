/* Tables kept as they were reported. */
#include "store/rows/reports.h"

#include "store/row.h"

const row_table store_table_report = {
    .name = "report",
    .derived = true,
    .indexes = ROW_INDEXES("seq"),
    ROW_COLUMNS(report, ROW_UUID("id", report, id, KEY), ROW_INT("seq", report, seq, FIXED),
                ROW_STR("pack", report, pack, FIXED), ROW_STR("ledger", report, ledger, FIXED),
                ROW_TEXT("title", report, title, FIXED), ROW_TEXT("asked", report, asked, FIXED),
                ROW_TEXT("areas", report, areas, FIXED),
                ROW_SEALED_TEXT("contents", report, contents, FIXED),
                ROW_OPTIONAL_DAY("begins", report, from, FIXED),
                ROW_OPTIONAL_DAY("ends", report, to, FIXED),
                ROW_OPTIONAL_UUID("officer", report, officer, FIXED),
                ROW_INT("at", report, at_ms, FIXED))};

bool store_report_put(store *s, const report *x, err *e) {
  return row_put(s, &store_table_report, x, e);
}

bool store_report_find(store *s, arena *a, const uuid *id, report **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_report, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, &store_table_report, a, ret, e);
}

bool store_reports(store *s, arena *a, const report_query *query, report **ret, size_t *ret_count,
                   err *e) {
  AUTO_BUF buf b = {0};
  buf_str(&b, "seq < $2");
  if (query->pack) buf_str(&b, " AND pack = $3");
  if (query->ledger) buf_str(&b, " AND ledger = $4");
  buf_str(&b, " ORDER BY seq DESC LIMIT $5");
  db_stmt *q = row_select_buf(s, &store_table_report, &b, e);
  if (!q) return false;
  db_bind_int(q, 2, query->before ? query->before : INT64_MAX);
  if (query->pack) db_bind_str(q, 3, query->pack);
  if (query->ledger) db_bind_str(q, 4, query->ledger);
  db_bind_int(q, 5, (int64_t)query->limit);
  return row_list(q, &store_table_report, a, ret, ret_count, e);
}
