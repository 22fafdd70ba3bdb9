/* Measures. */
#include "store/rows/measures.h"

#include "store/row.h"

const row_table store_table_measure = {
    .name = "measure",
    .derived = true,
    .owner_at = ROW_OWNER(measure, subject),
    .owner = "subject",
    .indexes = ROW_INDEXES("root", "state, id"),
    ROW_COLUMNS(measure, ROW_UUID("id", measure, id, KEY), ROW_UUID("root", measure, root, FIXED),
                ROW_UUID("subject", measure, subject, FIXED),
                ROW_OPTIONAL_UUID("case_id", measure, case_id, FIXED),
                ROW_STR("kind", measure, kind, FIXED), ROW_STR("state", measure, state, CHANGES),
                ROW_AREA("area", measure, area, CHANGES),
                ROW_OPTIONAL_INT("amount", measure, amount, has_amount, CHANGES),
                ROW_SEALED_TEXT("form", measure, form, FIXED),
                ROW_SEALED_TEXT("note", measure, note, CHANGES),
                ROW_SEALED_TEXT("trace", measure, trace, CHANGES),
                ROW_DAY("since", measure, since, CHANGES),
                ROW_INT("version", measure, version, CHANGES),
                ROW_STR("fund", measure, fund, FIXED),
                ROW_OPTIONAL_UUID("proposed_by", measure, proposed_by, FIXED))};

bool store_measure_put(store *s, const measure *m, err *e) {
  measure x = *m;
  if (!x.fund) x.fund = "";
  return row_put(s, &store_table_measure, &x, e);
}

bool store_measure_find(store *s, arena *a, const uuid *id, const scope *r, measure **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_measure, "id = $2", e);
  measure *found = NULL;
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  if (!row_first(q, &store_table_measure, a, &found, e)) return false;
  bool yes = true;
  if (found && r && !scope_has_unit(s, r, found->area, &found->root, &yes, e)) return false;
  *ret = found && yes ? found : NULL;
  return true;
}

bool store_measures_of(store *s, arena *a, const uuid *root, measure **ret, size_t *ret_count,
                       err *e) {
  db_stmt *q = row_select(s, &store_table_measure, "root = $2 ORDER BY since, id", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return row_list(q, &store_table_measure, a, ret, ret_count, e);
}

bool store_measures_in(store *s, arena *a, const measure_query *query, measure **ret,
                       size_t *ret_count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 7;
  scope_sql(s, &b, query->scope, &n);
  reach_sql(s, &b, query->reach, REACH_MEASURE, &n);
  if (query->state) buf_str(&b, " AND state = $2");
  if (query->kind) buf_str(&b, " AND kind = $3");
  if (query->has_after) buf_str(&b, " AND (since > $4 OR (since = $4 AND id > $5))");
  buf_str(&b, " ORDER BY since, id LIMIT $6");
  db_stmt *q = row_select_buf(s, &store_table_measure, &b, e);
  if (!q) return false;
  if (query->state) db_bind_str(q, 2, query->state);
  if (query->kind) db_bind_str(q, 3, query->kind);
  if (query->has_after) {
    db_bind_int(q, 4, query->after_since);
    sql_bind_uuid(q, 5, &query->after_id);
  }
  db_bind_int(q, 6, (int64_t)query->limit);
  n = 7;
  scope_bind(q, query->scope, &n);
  reach_bind(q, query->reach, &n);
  return row_list(q, &store_table_measure, a, ret, ret_count, e);
}
