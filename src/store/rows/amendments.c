/* Corrections and takings-in. */
#include "store/rows/amendments.h"

#include "store/row.h"

const row_table store_table_amendment = {
    .name = "amendment",
    .derived = true,
    .owner_at = ROW_OWNER(amendment, subject),
    .owner = "subject",
    .indexes = ROW_INDEXES("root", "subject", "seq", "state, seq"),
    ROW_COLUMNS(
        amendment, ROW_UUID("id", amendment, id, KEY), ROW_INT("seq", amendment, seq, FIXED),
        ROW_STR("way", amendment, way, FIXED), ROW_STR("state", amendment, state, CHANGES),
        ROW_STR("kind", amendment, kind, FIXED), ROW_UUID("subject", amendment, subject, FIXED),
        ROW_UUID("root", amendment, root, CHANGES), ROW_AREA("area", amendment, area, CHANGES),
        ROW_DAY("since", amendment, since, FIXED),
        ROW_SEALED_TEXT("fields", amendment, fields, FIXED),
        ROW_SEALED_TEXT("before", amendment, before, FIXED),
        ROW_SEALED_TEXT("reason", amendment, reason, FIXED),
        ROW_OPTIONAL_UUID("officer", amendment, officer, FIXED),
        ROW_OPTIONAL_UUID("decided_by", amendment, decided_by, CHANGES),
        ROW_INT("at", amendment, at_ms, FIXED), ROW_INT("decided", amendment, decided_ms, CHANGES),
        ROW_SEALED_TEXT("note", amendment, note, CHANGES),
        ROW_INT("version", amendment, version, CHANGES))};

bool store_amendment_put(store *s, const amendment *x, err *e) {
  return row_put(s, &store_table_amendment, x, e);
}

bool store_amendment_find(store *s, arena *a, const uuid *id, const scope *r, amendment **out,
                          err *e) {
  db_stmt *q = row_select(s, &store_table_amendment, "id = $2", e);
  amendment *found = NULL;
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  if (!row_first(q, &store_table_amendment, a, &found, e)) return false;
  bool yes = true;
  if (found && r && !scope_has_unit(s, r, found->area, &found->root, &yes, e)) return false;
  *out = found && yes ? found : NULL;
  return true;
}

bool store_amendments_of(store *s, arena *a, const uuid *root, amendment **out, size_t *count,
                         err *e) {
  db_stmt *q = row_select(s, &store_table_amendment, "root = $2 ORDER BY seq DESC, id", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return row_list(q, &store_table_amendment, a, out, count, e);
}

bool store_amendments(store *s, arena *a, const amendment_query *query, amendment **out,
                      size_t *count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 6;
  scope_sql(s, &b, query->scope, &n);
  reach_sql(s, &b, query->reach, REACH_KIND, &n);
  if (query->way) buf_str(&b, " AND way = $2");
  if (query->state) buf_str(&b, " AND state = $3");
  if (query->before) buf_str(&b, " AND seq < $4");
  buf_str(&b, " ORDER BY seq DESC LIMIT $5");
  db_stmt *q = row_select_buf(s, &store_table_amendment, &b, e);
  if (!q) return false;
  if (query->way) db_bind_str(q, 2, query->way);
  if (query->state) db_bind_str(q, 3, query->state);
  if (query->before) db_bind_int(q, 4, query->before);
  db_bind_int(q, 5, (int64_t)query->limit);
  n = 6;
  scope_bind(q, query->scope, &n);
  reach_bind(q, query->reach, &n);
  return row_list(q, &store_table_amendment, a, out, count, e);
}

bool store_amendments_move(store *s, const uuid *subject, const uuid *root, const char *area,
                           err *e) {
  db_stmt *q = sql_prepare(
      s, "UPDATE amendment SET root = $3, area = $4 WHERE county = $1 AND subject = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, subject);
  sql_bind_uuid(q, 3, root);
  db_bind_str(q, 4, area);
  return db_run(q, e);
}
