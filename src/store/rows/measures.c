/* Measures. */
#include "store/rows/measures.h"

#include "store/sql.h"
#include "store/store_internal.h"

#define MEASURE_COLUMNS                                                                            \
  "id, root, subject, case_id, kind, state, area, amount, form, note, trace, since, version, fund"

bool store_measure_put(store *s, const measure *m, err *e) {
  db_stmt *q = sql(
      s,
      "INSERT INTO measure (county, " MEASURE_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
      "$9, $10, $11, $12, $13, $14, $15) ON CONFLICT (county, id) DO UPDATE SET state = "
      "excluded.state, area = excluded.area, amount = excluded.amount, note = excluded.note, "
      "trace = excluded.trace, since = excluded.since, version = excluded.version",
      e);
  if (!q) return false;
  bind_uuid(q, 2, &m->id);
  bind_uuid(q, 3, &m->root);
  bind_uuid(q, 4, &m->subject);
  bind_uuid(q, 5, &m->case_id);
  db_bind_str(q, 6, m->kind);
  db_bind_str(q, 7, m->state);
  db_bind_str(q, 8, m->area);
  if (m->has_amount)
    db_bind_int(q, 9, m->amount);
  else
    db_bind_null(q, 9);
  db_bind_text(q, 10, m->form);
  db_bind_text(q, 11, m->note);
  db_bind_text(q, 12, m->trace);
  db_bind_int(q, 13, m->since);
  db_bind_int(q, 14, m->version);
  db_bind_str(q, 15, m->fund ? m->fund : "");
  return db_run(q, e);
}

static bool read_measures(db_stmt *q, arena *a, measure **out, size_t *count, err *e) {
  measure *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    measure *more = ARENA_GROW(a, rows, n, &room, measure);
    measure x = {.id = column_uuid(q, 0),
                 .root = column_uuid(q, 1),
                 .subject = column_uuid(q, 2),
                 .case_id = column_uuid(q, 3),
                 .kind = column_str(q, 4, a),
                 .state = column_str(q, 5, a),
                 .has_amount = !db_null(q, 7),
                 .amount = db_int(q, 7),
                 .since = (day)db_int(q, 11),
                 .version = db_int(q, 12),
                 .fund = column_str(q, 13, a)};
    column_area(q, 6, x.area);
    if (!more || !x.kind || !x.state || !x.fund || !column_text(q, 8, a, &x.form) ||
        !column_text(q, 9, a, &x.note) || !column_text(q, 10, a, &x.trace)) {
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

bool store_measure(store *s, arena *a, const uuid *id, const reach *r, measure **out, err *e) {
  db_stmt *q = sql(s, "SELECT " MEASURE_COLUMNS " FROM measure WHERE county = $1 AND id = $2", e);
  if (!q) return false;
  bind_uuid(q, 2, id);
  size_t n = 0;
  measure *rows = NULL;
  if (!read_measures(q, a, &rows, &n, e)) return false;
  *out = n && (!r || reach_has(r, rows->area)) ? rows : NULL;
  return true;
}

bool store_measures_of(store *s, arena *a, const uuid *root, measure **out, size_t *count, err *e) {
  db_stmt *q = sql(s,
                   "SELECT " MEASURE_COLUMNS
                   " FROM measure WHERE county = $1 AND root = $2 ORDER BY since, id",
                   e);
  if (!q) return false;
  bind_uuid(q, 2, root);
  return read_measures(q, a, out, count, e);
}

bool store_measures_in(store *s, arena *a, const reach *r, const char *state_name, size_t most,
                       measure **out, size_t *count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 4;
  buf_str(&b, "SELECT " MEASURE_COLUMNS " FROM measure WHERE county = $1 AND state = $2 AND ");
  reach_sql(&b, r, &n);
  buf_str(&b, " ORDER BY since, id LIMIT $3");
  db_stmt *q = buf_ok(&b) ? sql(s, b.at, e) : NULL;
  if (!q) return buf_ok(&b) ? false : err_memory(e);
  db_bind_str(q, 2, state_name);
  db_bind_int(q, 3, (int64_t)most);
  n = 4;
  reach_bind(q, r, &n);
  return read_measures(q, a, out, count, e);
}
