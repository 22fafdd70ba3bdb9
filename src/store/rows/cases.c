/* Cases, and the steps they took. */
#include "store/rows/cases.h"

#include "store/row.h"

const row_table store_table_casework = {
    .name = "casework",
    .derived = true,
    .indexes = ROW_INDEXES("root", "closed, deadline, id"),
    ROW_COLUMNS(
        casework, ROW_UUID("id", casework, id, KEY), ROW_UUID("root", casework, root, FIXED),
        ROW_UUID("subject", casework, subject, FIXED), ROW_STR("kind", casework, kind, FIXED),
        ROW_STR("process", casework, process, FIXED),
        ROW_STR("workflow", casework, workflow, FIXED), ROW_STR("state", casework, state, CHANGES),
        ROW_AREA("area", casework, area, CHANGES), ROW_DAY("opened", casework, opened, FIXED),
        ROW_DAY("since", casework, since, CHANGES),
        ROW_OPTIONAL_DAY("deadline", casework, deadline, CHANGES),
        ROW_BOOL("closed", casework, closed, CHANGES),
        ROW_BOOL("withdrawn", casework, withdrawn, CHANGES),
        ROW_INT("relapses", casework, relapses, CHANGES),
        ROW_INT("version", casework, version, CHANGES),
        ROW_BOOL("deadline_provisional", casework, deadline_provisional, CHANGES))};

bool store_case_put(store *s, const casework *c, err *e) {
  return row_put(s, &store_table_casework, c, e);
}

bool store_case_find(store *s, arena *a, const uuid *id, const scope *r, casework **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_casework, "id = $2 AND withdrawn = 0", e);
  casework *found = NULL;
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  if (!row_first(q, &store_table_casework, a, &found, e)) return false;
  bool yes = true;
  if (found && r && !scope_has_unit(s, r, found->area, &found->root, &yes, e)) return false;
  *ret = found && yes ? found : NULL;
  return true;
}

bool store_cases_of(store *s, arena *a, const uuid *root, casework **ret, size_t *ret_count,
                    err *e) {
  db_stmt *q =
      row_select(s, &store_table_casework, "root = $2 AND withdrawn = 0 ORDER BY opened, id", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return row_list(q, &store_table_casework, a, ret, ret_count, e);
}

bool store_cases_with_deadline(store *s, arena *a, casework **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_casework,
                          "withdrawn = 0 AND closed = 0 AND deadline IS NOT NULL ORDER BY id", e);
  return q && row_list(q, &store_table_casework, a, ret, ret_count, e);
}

bool store_cases(store *s, arena *a, const case_query *query, casework **ret, size_t *ret_count,
                 err *e) {
  AUTO_BUF buf b = {0};
  int n = 9;
  buf_str(&b, "withdrawn = 0 AND ");
  scope_sql(s, &b, &query->scope, &n);
  reach_sql(s, &b, query->reach, REACH_KIND, &n);
  if (query->closed >= 0) buf_printf(&b, " AND closed = %d", query->closed != 0);
  if (query->process) buf_str(&b, " AND process = $2");
  if (query->state) buf_str(&b, " AND state = $3");
  sql_of_pack(&b, query->pack);
  if (query->due_from != DAY_NONE) buf_str(&b, " AND deadline >= $4");
  if (query->due_to != DAY_NONE) buf_str(&b, " AND deadline <= $5");
  if (query->has_after && query->after_deadline != DAY_NONE)
    buf_str(&b, " AND (deadline > $6 OR (deadline = $6 AND id > $7) OR deadline IS NULL)");
  else if (query->has_after)
    buf_str(&b, " AND deadline IS NULL AND id > $7");
  buf_str(&b, " ORDER BY deadline IS NULL, deadline, id LIMIT $8");
  db_stmt *q = row_select_buf(s, &store_table_casework, &b, e);
  if (!q) return false;
  if (query->process) db_bind_str(q, 2, query->process);
  if (query->state) db_bind_str(q, 3, query->state);
  if (query->due_from != DAY_NONE) sql_bind_day(q, 4, query->due_from);
  if (query->due_to != DAY_NONE) sql_bind_day(q, 5, query->due_to);
  if (query->has_after) {
    if (query->after_deadline != DAY_NONE) sql_bind_day(q, 6, query->after_deadline);
    sql_bind_uuid(q, 7, &query->after_id);
  }
  db_bind_int(q, 8, (int64_t)query->limit);
  n = 9;
  scope_bind(q, &query->scope, &n);
  reach_bind(q, query->reach, &n);
  return row_list(q, &store_table_casework, a, ret, ret_count, e);
}

static const row_table counted = {ROW_COLUMNS(state_count, ROW_STR("kind", state_count, kind, KEY),
                                              ROW_STR("workflow", state_count, workflow, KEY),
                                              ROW_STR("state", state_count, state, KEY),
                                              ROW_INT("n", state_count, n, FIXED))};

bool store_case_counts(store *s, arena *a, const scope *r, const reach *seen, state_count **ret,
                       size_t *ret_count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 2;
  buf_str(
      &b,
      "SELECT kind, workflow, state, count(*) FROM casework WHERE county = $1 AND withdrawn = 0 "
      "AND closed = "
      "0 AND ");
  scope_sql(s, &b, r, &n);
  reach_sql(s, &b, seen, REACH_KIND, &n);
  buf_str(&b, " GROUP BY kind, workflow, state ORDER BY workflow, state, kind");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  n = 2;
  scope_bind(q, r, &n);
  reach_bind(q, seen, &n);
  return row_list(q, &counted, a, ret, ret_count, e);
}

/* ---- steps ---- */

const row_table store_table_step = {
    .name = "step",
    .derived = true,
    .owner_at = ROW_OWNER(step, subject),
    ROW_COLUMNS(step, ROW_UUID("case_id", step, case_id, KEY), ROW_INT("seq", step, seq, KEY),
                ROW_STR("to_state", step, to, KEY), ROW_STR("transition", step, transition, FIXED),
                ROW_STR("from_state", step, from, FIXED), ROW_INT("at", step, at_ms, FIXED),
                ROW_OPTIONAL_UUID("officer", step, officer, FIXED),
                ROW_SEALED_TEXT("form", step, form, FIXED),
                ROW_SEALED_TEXT("note", step, note, FIXED), ROW_DAY("since", step, since, FIXED),
                ROW_INT("taken_back", step, taken_back, CHANGES),
                ROW_OPTIONAL_UUID("back_by", step, back_by, CHANGES),
                ROW_INT("back_at", step, back_ms, CHANGES),
                ROW_SEALED_TEXT("back_reason", step, back_reason, CHANGES))};

bool store_step_put(store *s, const step *t, err *e) {
  return row_insert(s, &store_table_step, t, e);
}

bool store_step_change(store *s, const step *t, err *e) {
  return row_put(s, &store_table_step, t, e);
}

/* Of one entry: what opened the case, what an officer did, what the engine did thereupon. */
bool store_steps(store *s, arena *a, const uuid *case_id, step **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_step,
                          "case_id = $2 ORDER BY seq, CASE WHEN from_state = '' THEN 0 WHEN "
                          "transition <> '' THEN 1 ELSE 2 END",
                          e);
  if (!q) return false;
  sql_bind_uuid(q, 2, case_id);
  return row_list(q, &store_table_step, a, ret, ret_count, e);
}
