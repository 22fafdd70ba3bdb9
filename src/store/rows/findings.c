/* Findings: what a rule raised about a subject, and why. */
#include "store/rows/findings.h"

#include "store/sql.h"
#include "store/store_internal.h"

#define FINDING_COLUMNS                                                                            \
  "id, root, subject, kind, rule, area, colour, since, until, case_id, says_zh, says_en, reasons"

bool store_finding_put(store *s, const finding *f, err *e) {
  db_stmt *q = sql(
      s,
      "INSERT INTO finding (county, " FINDING_COLUMNS ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, "
      "$9, $10, $11, $12, $13, $14) ON CONFLICT (county, id) DO UPDATE SET area = "
      "excluded.area, colour = excluded.colour, until = excluded.until, case_id = "
      "excluded.case_id, says_zh = excluded.says_zh, says_en = excluded.says_en, reasons = "
      "excluded.reasons",
      e);
  if (!q) return false;
  bind_uuid(q, 2, &f->id);
  bind_uuid(q, 3, &f->root);
  bind_uuid(q, 4, &f->subject);
  db_bind_str(q, 5, f->kind);
  db_bind_str(q, 6, f->rule);
  db_bind_str(q, 7, f->area);
  db_bind_int(q, 8, f->colour);
  db_bind_int(q, 9, f->since);
  bind_day(q, 10, f->until);
  bind_uuid(q, 11, &f->case_id);
  db_bind_text(q, 12, f->says_zh);
  db_bind_text(q, 13, f->says_en);
  db_bind_text(q, 14, f->reasons);
  return db_run(q, e);
}

static bool read_findings(db_stmt *q, arena *a, finding **out, size_t *count, err *e) {
  finding *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    finding *more = ARENA_GROW(a, rows, n, &room, finding);
    finding x = {.id = column_uuid(q, 0),
                 .root = column_uuid(q, 1),
                 .subject = column_uuid(q, 2),
                 .kind = column_str(q, 3, a),
                 .rule = column_str(q, 4, a),
                 .colour = db_int(q, 6),
                 .since = (day)db_int(q, 7),
                 .until = column_day(q, 8),
                 .case_id = column_uuid(q, 9)};
    column_area(q, 5, x.area);
    if (!more || !x.kind || !x.rule || !column_text(q, 10, a, &x.says_zh) ||
        !column_text(q, 11, a, &x.says_en) || !column_text(q, 12, a, &x.reasons)) {
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

bool store_findings_of(store *s, arena *a, const uuid *root, bool open_only, finding **out,
                       size_t *count, err *e) {
  db_stmt *q =
      sql(s,
          open_only ? "SELECT " FINDING_COLUMNS " FROM finding WHERE county = $1 AND root = $2 AND "
                      "until IS NULL ORDER BY since DESC, id"
                    : "SELECT " FINDING_COLUMNS " FROM finding WHERE county = $1 AND root = $2 "
                      "ORDER BY since DESC, id",
          e);
  if (!q) return false;
  bind_uuid(q, 2, root);
  return read_findings(q, a, out, count, e);
}

bool store_finding(store *s, arena *a, const uuid *id, finding **out, err *e) {
  db_stmt *q = sql(s, "SELECT " FINDING_COLUMNS " FROM finding WHERE county = $1 AND id = $2", e);
  if (!q) return false;
  bind_uuid(q, 2, id);
  size_t n = 0;
  finding *rows = NULL;
  if (!read_findings(q, a, &rows, &n, e)) return false;
  *out = n ? rows : NULL;
  return true;
}

bool store_findings(store *s, arena *a, const finding_query *query, finding **out, size_t *count,
                    err *e) {
  AUTO_BUF buf b = {0};
  int n = 6;
  buf_str(&b, "SELECT " FINDING_COLUMNS " FROM finding WHERE county = $1 AND ");
  reach_sql(&b, &query->reach, &n);
  if (query->open_only) buf_str(&b, " AND until IS NULL");
  if (query->rule) buf_str(&b, " AND rule = $2");
  if (query->colour >= 0) buf_printf(&b, " AND colour = %d", query->colour);
  if (query->has_after) buf_str(&b, " AND (since < $3 OR (since = $3 AND id > $4))");
  buf_str(&b, " ORDER BY since DESC, id LIMIT $5");
  db_stmt *q = buf_ok(&b) ? sql(s, b.at, e) : NULL;
  if (!q) return buf_ok(&b) ? false : err_memory(e);
  if (query->rule) db_bind_str(q, 2, query->rule);
  if (query->has_after) {
    db_bind_int(q, 3, query->after_since);
    bind_uuid(q, 4, &query->after_id);
  }
  db_bind_int(q, 5, (int64_t)query->limit);
  n = 6;
  reach_bind(q, &query->reach, &n);
  return read_findings(q, a, out, count, e);
}

bool store_finding_counts(store *s, const reach *r, int64_t by_colour[3], err *e) {
  AUTO_BUF buf b = {0};
  int n = 2;
  buf_str(&b, "SELECT colour, count(*) FROM finding WHERE county = $1 AND until IS NULL AND ");
  reach_sql(&b, r, &n);
  buf_str(&b, " GROUP BY colour");
  db_stmt *q = buf_ok(&b) ? sql(s, b.at, e) : NULL;
  if (!q) return buf_ok(&b) ? false : err_memory(e);
  n = 2;
  reach_bind(q, r, &n);
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
