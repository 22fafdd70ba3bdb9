/* Cases, and the steps they took. */
#include "store/rows/cases.h"

#include "store/sql.h"
#include "store/store_internal.h"

#define CASE_COLUMNS                                                                               \
  "id, root, subject, kind, process, workflow, state, area, opened, since, deadline, closed, "     \
  "withdrawn, relapses, version, deadline_provisional"

bool store_case_put(store *s, const casework *c, err *e) {
  db_stmt *q = sql(
      s,
      "INSERT INTO casework (county, " CASE_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
      "$9, $10, $11, $12, $13, $14, $15, $16, $17) ON CONFLICT (county, id) DO UPDATE SET state = "
      "excluded.state, area = excluded.area, since = excluded.since, deadline = "
      "excluded.deadline, closed = excluded.closed, withdrawn = excluded.withdrawn, "
      "relapses = excluded.relapses, version = excluded.version, "
      "deadline_provisional = excluded.deadline_provisional",
      e);
  if (!q) return false;
  bind_uuid(q, 2, &c->id);
  bind_uuid(q, 3, &c->root);
  bind_uuid(q, 4, &c->subject);
  db_bind_str(q, 5, c->kind);
  db_bind_str(q, 6, c->process);
  db_bind_str(q, 7, c->workflow);
  db_bind_str(q, 8, c->state);
  db_bind_str(q, 9, c->area);
  db_bind_int(q, 10, c->opened);
  db_bind_int(q, 11, c->since);
  bind_day(q, 12, c->deadline);
  db_bind_int(q, 13, c->closed);
  db_bind_int(q, 14, c->withdrawn);
  db_bind_int(q, 15, c->relapses);
  db_bind_int(q, 16, c->version);
  db_bind_int(q, 17, c->deadline_provisional);
  return db_run(q, e);
}

static bool read_cases(db_stmt *q, arena *a, casework **out, size_t *count, err *e) {
  casework *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    casework *more = ARENA_GROW(a, rows, n, &room, casework);
    casework x = {.id = column_uuid(q, 0),
                  .root = column_uuid(q, 1),
                  .subject = column_uuid(q, 2),
                  .kind = column_str(q, 3, a),
                  .process = column_str(q, 4, a),
                  .workflow = column_str(q, 5, a),
                  .state = column_str(q, 6, a),
                  .opened = (day)db_int(q, 8),
                  .since = (day)db_int(q, 9),
                  .deadline = column_day(q, 10),
                  .closed = db_int(q, 11) != 0,
                  .withdrawn = db_int(q, 12) != 0,
                  .relapses = db_int(q, 13),
                  .version = db_int(q, 14),
                  .deadline_provisional = db_int(q, 15) != 0};
    column_area(q, 7, x.area);
    if (!more || !x.kind || !x.process || !x.workflow || !x.state) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    rows[n++] = x;
  }
  if (got < 0) return false;
  *out = rows;
  *count = n;
  return true;
}

bool store_case(store *s, arena *a, const uuid *id, const reach *r, casework **out, err *e) {
  db_stmt *q = sql(
      s, "SELECT " CASE_COLUMNS " FROM casework WHERE county = $1 AND id = $2 AND withdrawn = 0",
      e);
  if (!q) return false;
  bind_uuid(q, 2, id);
  size_t n = 0;
  casework *rows = NULL;
  if (!read_cases(q, a, &rows, &n, e)) return false;
  *out = n && (!r || reach_has(r, rows->area)) ? rows : NULL;
  return true;
}

bool store_cases_of(store *s, arena *a, const uuid *root, casework **out, size_t *count, err *e) {
  db_stmt *q =
      sql(s,
          "SELECT " CASE_COLUMNS " FROM casework WHERE county = $1 AND root = $2 AND withdrawn = 0 "
          "ORDER BY opened, id",
          e);
  if (!q) return false;
  bind_uuid(q, 2, root);
  return read_cases(q, a, out, count, e);
}

bool store_cases_with_deadline(store *s, arena *a, casework **out, size_t *count, err *e) {
  db_stmt *q = sql(s,
                   "SELECT " CASE_COLUMNS
                   " FROM casework WHERE county = $1 AND withdrawn = 0 AND closed = 0 "
                   "AND deadline IS NOT NULL ORDER BY id",
                   e);
  return q && read_cases(q, a, out, count, e);
}

bool store_cases(store *s, arena *a, const case_query *query, casework **out, size_t *count,
                 err *e) {
  AUTO_BUF buf b = {0};
  int n = 9;
  buf_str(&b, "SELECT " CASE_COLUMNS " FROM casework WHERE county = $1 AND withdrawn = 0 AND ");
  reach_sql(&b, &query->reach, &n);
  if (query->closed >= 0) buf_printf(&b, " AND closed = %d", query->closed != 0);
  if (query->process) buf_str(&b, " AND process = $2");
  if (query->state) buf_str(&b, " AND state = $3");
  if (query->due_from != DAY_NONE) buf_str(&b, " AND deadline >= $4");
  if (query->due_to != DAY_NONE) buf_str(&b, " AND deadline <= $5");
  if (query->has_after && query->after_deadline != DAY_NONE)
    buf_str(&b, " AND (deadline > $6 OR (deadline = $6 AND id > $7) OR deadline IS NULL)");
  else if (query->has_after)
    buf_str(&b, " AND deadline IS NULL AND id > $7");
  buf_str(&b, " ORDER BY deadline IS NULL, deadline, id LIMIT $8");
  db_stmt *q = buf_ok(&b) ? sql(s, b.at, e) : NULL;
  if (!q) return buf_ok(&b) ? false : err_memory(e);
  if (query->process) db_bind_str(q, 2, query->process);
  if (query->state) db_bind_str(q, 3, query->state);
  if (query->due_from != DAY_NONE) bind_day(q, 4, query->due_from);
  if (query->due_to != DAY_NONE) bind_day(q, 5, query->due_to);
  if (query->has_after) {
    if (query->after_deadline != DAY_NONE) bind_day(q, 6, query->after_deadline);
    bind_uuid(q, 7, &query->after_id);
  }
  db_bind_int(q, 8, (int64_t)query->limit);
  n = 9;
  reach_bind(q, &query->reach, &n);
  return read_cases(q, a, out, count, e);
}

bool store_case_counts(store *s, arena *a, const reach *r, state_count **out, size_t *count,
                       err *e) {
  AUTO_BUF buf b = {0};
  int n = 2;
  buf_str(&b, "SELECT workflow, state, count(*) FROM casework WHERE county = $1 AND withdrawn = 0 "
              "AND closed = "
              "0 AND ");
  reach_sql(&b, r, &n);
  buf_str(&b, " GROUP BY workflow, state ORDER BY workflow, state");
  db_stmt *q = buf_ok(&b) ? sql(s, b.at, e) : NULL;
  if (!q) return buf_ok(&b) ? false : err_memory(e);
  n = 2;
  reach_bind(q, r, &n);
  state_count *rows = NULL;
  size_t used = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    state_count *more = ARENA_GROW(a, rows, used, &room, state_count);
    state_count x = {column_str(q, 0, a), column_str(q, 1, a), db_int(q, 2)};
    if (!more || !x.workflow || !x.state) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    rows[used++] = x;
  }
  if (got < 0) return false;
  *out = rows;
  *count = used;
  return true;
}

/* ---- steps ---- */

bool store_step_put(store *s, const step *t, err *e) {
  db_stmt *q =
      sql(s,
          "INSERT INTO step (county, case_id, seq, transition, from_state, to_state, at, officer, "
          "form, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
          e);
  if (!q) return false;
  bind_uuid(q, 2, &t->case_id);
  db_bind_int(q, 3, t->seq);
  db_bind_str(q, 4, t->transition);
  db_bind_str(q, 5, t->from);
  db_bind_str(q, 6, t->to);
  db_bind_int(q, 7, t->at_ms);
  bind_uuid(q, 8, &t->officer);
  db_bind_text(q, 9, t->form);
  db_bind_text(q, 10, t->note);
  return db_run(q, e);
}

bool store_steps(store *s, arena *a, const uuid *case_id, step **out, size_t *count, err *e) {
  db_stmt *q =
      sql(s,
          "SELECT seq, transition, from_state, to_state, at, officer, form, note FROM step WHERE "
          "county = $1 AND case_id = $2 ORDER BY seq",
          e);
  if (!q) return false;
  bind_uuid(q, 2, case_id);
  step *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    step *more = ARENA_GROW(a, rows, n, &room, step);
    step x = {.case_id = *case_id,
              .seq = db_int(q, 0),
              .transition = column_str(q, 1, a),
              .from = column_str(q, 2, a),
              .to = column_str(q, 3, a),
              .at_ms = db_int(q, 4),
              .officer = column_uuid(q, 5)};
    if (!more || !x.transition || !x.from || !x.to || !column_text(q, 6, a, &x.form) ||
        !column_text(q, 7, a, &x.note)) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    rows[n++] = x;
  }
  if (got < 0) return false;
  *out = rows;
  *count = n;
  return true;
}
