/* Follow-ups: what is expected, and whether it came. */
#include "store/rows/follow_ups.h"

#include "store/row.h"

const row_table store_table_follow_up = {
    .name = "follow_up",
    .derived = true,
    .indexes = ROW_INDEXES("area, due", "owner, due", "officer, due"),
    ROW_COLUMNS(follow_up_row, ROW_UUID("root", follow_up_row, root, KEY),
                ROW_STR("pack", follow_up_row, pack, KEY),
                ROW_STR("name", follow_up_row, name, KEY), ROW_UUID("id", follow_up_row, id, KEY),
                ROW_UUID("subject", follow_up_row, subject, CHANGES),
                ROW_UUID("officer", follow_up_row, officer, CHANGES),
                ROW_AREA("area", follow_up_row, area, CHANGES),
                ROW_STR("owner", follow_up_row, owner, CHANGES),
                ROW_TEXT("what", follow_up_row, what, CHANGES),
                ROW_DAY("day", follow_up_row, on, CHANGES),
                ROW_DAY("since", follow_up_row, since, CHANGES),
                ROW_OPTIONAL_DAY("due", follow_up_row, due, CHANGES),
                ROW_OPTIONAL_INT("expected", follow_up_row, expected, has_expected, CHANGES),
                ROW_OPTIONAL_INT("actual", follow_up_row, actual, has_actual, CHANGES),
                ROW_OPTIONAL_UUID("done", follow_up_row, done, CHANGES),
                ROW_OPTIONAL_DAY("done_on", follow_up_row, done_on, CHANGES))};

bool store_follow_up_put(store *s, const follow_up_row *x, err *e) {
  return row_put(s, &store_table_follow_up, x, e);
}

bool store_follow_ups_drop(store *s, const uuid *root, const char *pack, const char *name, err *e) {
  db_stmt *q = sql_prepare(
      s, "DELETE FROM follow_up WHERE county = $1 AND root = $2 AND pack = $3 AND name = $4", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  db_bind_str(q, 3, pack);
  db_bind_str(q, 4, name);
  return db_run(q, e);
}

bool store_follow_ups_clear(store *s, const char *pack, err *e) {
  db_stmt *q = sql_prepare(s, "DELETE FROM follow_up WHERE county = $1 AND pack = $2", e);
  if (!q) return false;
  db_bind_str(q, 2, pack);
  return db_run(q, e);
}

bool store_follow_ups_of(store *s, arena *a, const uuid *root, follow_up_row **ret,
                         size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_follow_up,
                          "root = $2 ORDER BY due IS NULL, due, day, name, id", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return row_list(q, &store_table_follow_up, a, ret, ret_count, e);
}

/* Behind the cursor $4 due, $5 name, $6 id, in the order of the list. */
static const char after_some_due[] = " AND (due IS NULL OR due > $4 OR (due = $4 AND (name > $5 OR "
                                     "(name = $5 AND id > $6))))",
                  after_no_due[] = " AND due IS NULL AND (name > $5 OR (name = $5 AND id > $6))";

bool store_follow_ups(store *s, arena *a, const follow_up_query *x, follow_up_row **ret,
                      size_t *ret_count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 7;
  buf_str(&b, x->open ? "done IS NULL AND since <= $2 AND " : "day <= $2 AND ");
  if (x->owned)
    buf_printf(&b, "(owner = $%d OR owner = '' AND officer = $%d)", n, n + 1), n += 2;
  else
    scope_sql(s, &b, &x->scope, &n);
  reach_sql(s, &b, x->reach, REACH_FOLLOW_UP, &n);
  if (x->has_after) buf_str(&b, x->after_due == DAY_NONE ? after_no_due : after_some_due);
  buf_str(&b, " ORDER BY due IS NULL, due, name, id LIMIT $3");
  db_stmt *q = row_select_buf(s, &store_table_follow_up, &b, e);
  if (!q) return false;
  db_bind_int(q, 2, x->on);
  db_bind_int(q, 3, (int64_t)x->limit);
  if (x->has_after) {
    if (x->after_due != DAY_NONE) db_bind_int(q, 4, x->after_due);
    db_bind_str(q, 5, x->after_name);
    sql_bind_uuid(q, 6, &x->after_id);
  }
  n = 7;
  if (!x->owned) scope_bind(q, &x->scope, &n);
  if (x->owned) db_bind_str(q, 7, x->owner ? x->owner : "\n"); /* nobody's key */
  if (x->owned) sql_bind_uuid(q, 8, &x->officer);
  if (x->owned) n += 2;
  reach_bind(q, x->reach, &n);
  return row_list(q, &store_table_follow_up, a, ret, ret_count, e);
}
