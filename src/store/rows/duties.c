/* Duties: members of their sets, acts that count. */
#include "store/rows/duties.h"

#include "store/sql.h"
#include "store/store_internal.h"

static const uuid nobody;

/* ---- members ---- */

bool store_member_put(store *s, const duty_member *m, err *e) {
  db_stmt *q = sql(s,
                   "INSERT INTO duty_member (county, root, duty, since, until, area, least, owner) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (county, root, duty, "
                   "since) DO UPDATE SET until = excluded.until, area = excluded.area, least = "
                   "excluded.least, owner = excluded.owner",
                   e);
  if (!q) return false;
  bind_uuid(q, 2, &m->root);
  db_bind_str(q, 3, m->duty);
  db_bind_int(q, 4, m->since);
  bind_day(q, 5, m->until);
  db_bind_str(q, 6, m->area);
  db_bind_int(q, 7, m->least);
  db_bind_str(q, 8, m->owner);
  return db_run(q, e);
}

bool store_member_drop(store *s, const duty_member *m, err *e) {
  db_stmt *q = sql(
      s, "DELETE FROM duty_member WHERE county = $1 AND root = $2 AND duty = $3 AND since = $4", e);
  if (!q) return false;
  bind_uuid(q, 2, &m->root);
  db_bind_str(q, 3, m->duty);
  db_bind_int(q, 4, m->since);
  return db_run(q, e);
}

bool store_members_open(store *s, arena *a, const uuid *root, duty_member **out, size_t *count,
                        err *e) {
  db_stmt *q = sql(s,
                   "SELECT duty, area, since, least, owner FROM duty_member WHERE county = $1 AND "
                   "root = $2 AND until IS NULL",
                   e);
  if (!q) return false;
  bind_uuid(q, 2, root);
  duty_member *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    duty_member *more = ARENA_GROW(a, rows, n, &room, duty_member);
    duty_member m = {.duty = column_str(q, 0, a),
                     .root = *root,
                     .since = (day)db_int(q, 2),
                     .until = DAY_NONE,
                     .least = db_int(q, 3),
                     .owner = column_str(q, 4, a)};
    column_area(q, 1, m.area);
    if (!more || !m.duty || !m.owner) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    rows[n++] = m;
  }
  *out = rows;
  *count = n;
  return got == 0;
}

/* ---- acts ---- */

static void bind_officer(db_stmt *q, int n, const uuid *officer) {
  db_bind_blob(q, n, officer->b, sizeof officer->b); /* nil is a value here: part of the key */
}

bool store_act_put(store *s, const duty_act *x, err *e) {
  db_stmt *q =
      x->n ? sql(s,
                 "INSERT INTO duty_act (county, duty, root, day, officer, part, n) VALUES ($1, $2, "
                 "$3, $4, $5, $6, $7) ON CONFLICT (county, duty, root, day, officer, part) DO "
                 "UPDATE SET n = excluded.n",
                 e)
           : sql(s,
                 "DELETE FROM duty_act WHERE county = $1 AND duty = $2 AND root = $3 AND day = $4 "
                 "AND officer = $5 AND part = $6",
                 e);
  if (!q) return false;
  db_bind_str(q, 2, x->duty);
  bind_uuid(q, 3, &x->root);
  db_bind_int(q, 4, x->on);
  bind_officer(q, 5, &x->officer);
  db_bind_str(q, 6, x->part);
  if (x->n) db_bind_int(q, 7, x->n);
  return db_run(q, e);
}

bool store_acts_clear(store *s, const char *duty, err *e) {
  db_stmt *q = sql(s, "DELETE FROM duty_act WHERE county = $1 AND duty = $2", e);
  if (!q) return false;
  db_bind_str(q, 2, duty);
  return db_run(q, e);
}

/* $2 duty, $3 on, $4-$5 days, $6-$7 cursor; then doers, owner or root, reach. */
static bool scan_text(buf *b, const duty_query *x, int *n) {
  buf_str(b, "SELECT m.root, m.area, m.since, m.least, m.owner, a.part, a.n, "
             "a.day FROM duty_member m LEFT JOIN duty_act a ON a.county = m.county AND a.duty "
             "= m.duty AND a.root = m.root AND a.day BETWEEN $4 AND $5");
  for (size_t i = 0; i < x->doer_count; i++, *n += 3)
    buf_printf(b, "%s(a.officer = $%d AND a.day BETWEEN $%d AND $%d)%s", i ? " OR " : " AND (", *n,
               *n + 1, *n + 2, i + 1 == x->doer_count ? ")" : "");
  buf_str(b, " WHERE m.county = $1 AND m.duty = $2 AND m.since <= $3 AND (m.until IS NULL OR "
             "m.until > $3) AND (m.area, m.root) > ($6, $7)");
  if (x->owner) buf_printf(b, " AND m.owner = $%d", (*n)++);
  if (!uuid_is_nil(&x->root)) buf_printf(b, " AND m.root = $%d", (*n)++);
  buf_str(b, " AND ");
  AUTO_BUF buf places = {0};
  reach_sql(&places, &x->reach, n);
  /* `area` is the member's */
  for (size_t i = 0; i < places.bytes; i++) {
    if (strncmp(places.at + i, "area BETWEEN", 12) == 0) buf_str(b, "m.");
    buf_char(b, places.at[i]);
  }
  buf_str(b, " ORDER BY m.area, m.root"); /* as the index has them: rows stream */
  return buf_ok(b) && buf_ok(&places);
}

static void scan_bind(db_stmt *q, const duty_query *x) {
  int n = 8;
  db_bind_str(q, 2, x->duty);
  db_bind_int(q, 3, x->on);
  db_bind_int(q, 4, x->from);
  db_bind_int(q, 5, x->to);
  db_bind_str(q, 6, x->has_after ? x->after_area : "");
  bind_officer(q, 7, x->has_after ? &x->after_root : &nobody);
  for (size_t i = 0; i < x->doer_count; i++, n += 3) {
    bind_officer(q, n, &x->doers[i].officer);
    db_bind_int(q, n + 1, x->doers[i].from);
    db_bind_int(q, n + 2, x->doers[i].to);
  }
  if (x->owner) db_bind_str(q, n++, x->owner);
  if (!uuid_is_nil(&x->root)) bind_uuid(q, n++, &x->root);
  reach_bind(q, &x->reach, &n);
}

bool store_duty_scan(store *s, const duty_query *x, duty_taker take, void *context, err *e) {
  AUTO_BUF buf b = {0};
  int n = 8;
  if (!scan_text(&b, x, &n)) return err_memory(e);
  db_stmt *q = sql(s, b.at, e);
  int got;
  if (!q) return false;
  scan_bind(q, x);
  while ((got = db_next(q, e)) > 0) {
    duty_count c = {.root = column_uuid(q, 0),
                    .since = (day)db_int(q, 2),
                    .least = db_int(q, 3),
                    .owner = db_text(q, 4),
                    .part = db_text(q, 5),
                    .n = db_null(q, 6) ? 0 : db_int(q, 6),
                    .last = column_day(q, 7)};
    column_area(q, 1, c.area);
    err why = {0};
    if (take(context, &c, &why)) continue;
    db_done(q);
    if (why.code == ERR_NONE) return true;
    if (e) *e = why;
    return false;
  }
  return got == 0;
}

bool store_duty_areas(store *s, arena *a, const char *duty, day on, const reach *r, size_t digits,
                      char (**out)[13], size_t *count, err *e) {
  AUTO_BUF buf b = {0};
  int n = 5;
  buf_str(&b, "SELECT DISTINCT substr(area, 1, $4) FROM duty_member WHERE county = $1 AND duty = "
              "$2 AND since <= $3 AND (until IS NULL OR until > $3) AND ");
  reach_sql(&b, r, &n);
  buf_str(&b, " ORDER BY 1");
  db_stmt *q = buf_ok(&b) ? sql(s, b.at, e) : NULL;
  if (!q) return buf_ok(&b) ? false : err_memory(e);
  n = 5;
  db_bind_str(q, 2, duty);
  db_bind_int(q, 3, on);
  db_bind_int(q, 4, (int64_t)digits);
  reach_bind(q, r, &n);
  typedef char code[13];
  code *rows = NULL;
  size_t rows_count = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    code *more = ARENA_GROW(a, rows, rows_count, &room, code);
    if (!more) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    text part = db_text(q, 0);
    memcpy(rows[rows_count], "000000000000", 13);
    if (part.bytes <= 12) memcpy(rows[rows_count], part.at, part.bytes);
    rows_count++;
  }
  *out = rows;
  *count = rows_count;
  return got == 0;
}
