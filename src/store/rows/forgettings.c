/* Who is to be forgotten, or was. */
#include "store/rows/forgettings.h"

#include "store/row.h"

/* Sealed by the county's key: why somebody was forgotten is known on. */
const row_table store_table_forgetting = {
    .name = "forgetting",
    .derived = true,
    .indexes = ROW_INDEXES("root", "subject", "seq"),
    ROW_COLUMNS(
        forgetting, ROW_UUID("id", forgetting, id, KEY), ROW_INT("seq", forgetting, seq, FIXED),
        ROW_STR("state", forgetting, state, CHANGES), ROW_STR("kind", forgetting, kind, FIXED),
        ROW_UUID("subject", forgetting, subject, FIXED),
        ROW_UUID("root", forgetting, root, CHANGES), ROW_AREA("area", forgetting, area, CHANGES),
        ROW_SEALED_TEXT("reason", forgetting, reason, FIXED),
        ROW_SEALED_TEXT("document", forgetting, document, FIXED),
        ROW_OPTIONAL_UUID("officer", forgetting, officer, FIXED),
        ROW_OPTIONAL_UUID("decided_by", forgetting, decided_by, CHANGES),
        ROW_INT("at", forgetting, at_ms, FIXED),
        ROW_INT("decided", forgetting, decided_ms, CHANGES),
        ROW_INT("version", forgetting, version, CHANGES))};

bool store_forgetting_put(store *s, const forgetting *x, err *e) {
  return row_put(s, &store_table_forgetting, x, e);
}

bool store_forgetting_find(store *s, arena *a, const uuid *id, forgetting **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_forgetting, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, &store_table_forgetting, a, ret, e);
}

bool store_forgetting_of(store *s, arena *a, const uuid *subject, forgetting **ret, err *e) {
  db_stmt *q =
      row_select(s, &store_table_forgetting,
                 "subject = $2 AND state IN ('proposed', 'confirmed') ORDER BY seq LIMIT 1", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, subject);
  return row_first(q, &store_table_forgetting, a, ret, e);
}

bool store_forgettings(store *s, arena *a, const forgetting_query *query, forgetting **ret,
                       size_t *ret_count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 5;
  scope_sql(s, &b, query->scope, &n);
  reach_sql(s, &b, query->reach, REACH_KIND, &n);
  if (query->state) buf_str(&b, " AND state = $2");
  if (query->before) buf_str(&b, " AND seq < $3");
  buf_str(&b, " ORDER BY seq DESC LIMIT $4");
  db_stmt *q = row_select_buf(s, &store_table_forgetting, &b, e);
  if (!q) return false;
  if (query->state) db_bind_str(q, 2, query->state);
  if (query->before) db_bind_int(q, 3, query->before);
  db_bind_int(q, 4, (int64_t)query->limit);
  n = 5;
  scope_bind(q, query->scope, &n);
  reach_bind(q, query->reach, &n);
  return row_list(q, &store_table_forgetting, a, ret, ret_count, e);
}
