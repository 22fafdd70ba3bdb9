/* Conditions that events brought about. */
#include "store/rows/conditions.h"

#include "store/row.h"

const row_table store_table_condition = {
    .name = "condition_day",
    .derived = true,
    .indexes = ROW_INDEXES("name, until, since"),
    ROW_COLUMNS(condition_day, ROW_UUID("event", condition_day, event, KEY),
                ROW_STR("name", condition_day, name, KEY),
                ROW_UUID("root", condition_day, root, FIXED),
                ROW_AREA("lo", condition_day, lo, FIXED), ROW_AREA("hi", condition_day, hi, FIXED),
                ROW_DAY("since", condition_day, since, FIXED),
                ROW_DAY("until", condition_day, until, FIXED))};

bool store_condition_put(store *s, const condition_day *c, err *e) {
  return row_insert(s, &store_table_condition, c, e);
}

bool store_conditions_drop(store *s, const uuid *event_id, err *e) {
  db_stmt *q = sql_prepare(s, "DELETE FROM condition_day WHERE county = $1 AND event = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, event_id);
  return db_run(q, e);
}

bool store_conditions_clear(store *s, const char *name, err *e) {
  db_stmt *q = sql_prepare(s, "DELETE FROM condition_day WHERE county = $1 AND name = $2", e);
  if (!q) return false;
  db_bind_str(q, 2, name);
  return db_run(q, e);
}

bool store_conditions(store *s, arena *a, const condition_query *query, condition_day **ret,
                      size_t *ret_count, err *e) {
  db_stmt *q =
      row_select(s, &store_table_condition,
                 "name = $2 AND until >= $3 AND since <= $4 ORDER BY root, since, event", e);
  if (!q) return false;
  db_bind_str(q, 2, query->name);
  db_bind_int(q, 3, query->from);
  db_bind_int(q, 4, query->to);
  return row_list(q, &store_table_condition, a, ret, ret_count, e);
}
