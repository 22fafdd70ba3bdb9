/* Holiday notices, one row a year; the body is that of the journal entry. */
#include "store/rows/notices.h"

#include "store/sql.h"
#include "store/store_internal.h"

static bool put_one(store *s, const calendar_notice *n, int64_t seq, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  calendar_write_json(&w, &(calendar_notices){n, 1});
  if (!buf_ok(&b)) return err_memory(e);
  db_stmt *q = sql(s,
                   "INSERT INTO holiday_notice (county, year, seq, body) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (county, year) DO UPDATE SET seq = excluded.seq, body = "
                   "excluded.body",
                   e);
  if (!q) return false;
  db_bind_int(q, 2, n->year);
  db_bind_int(q, 3, seq);
  db_bind_text(q, 4, buf_view(&b));
  return db_run(q, e);
}

bool store_notices_put(store *s, const calendar_notices *notices, int64_t seq, err *e) {
  for (size_t i = 0; i < notices->count; i++)
    if (!put_one(s, &notices->items[i], seq, e)) return false;
  return true;
}

static bool read_one(arena *a, text body, calendar_notice *out, err *e) {
  calendar_notices one;
  json *list = json_parse(a, body, e);
  if (!list || !calendar_read_json(a, list, &one, e)) return false;
  *out = one.items[0];
  return true;
}

bool store_notices_after(store *s, arena *a, int64_t seq, calendar_notices *out, err *e) {
  db_stmt *q =
      sql(s, "SELECT body FROM holiday_notice WHERE county = $1 AND seq > $2 ORDER BY year", e);
  if (!q) return false;
  db_bind_int(q, 2, seq);
  calendar_notice *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    calendar_notice *more = ARENA_GROW(a, rows, n, &room, calendar_notice);
    if (!more) err_memory(e);
    if (!more || !read_one(a, db_text(q, 0), &more[n], e)) {
      db_done(q);
      return false;
    }
    rows = more;
    n++;
  }
  if (got < 0) return false;
  *out = (calendar_notices){rows, n};
  return true;
}
