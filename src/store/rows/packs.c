/* The newest source of each pack. */
#include "store/rows/packs.h"

#include "store/sql.h"
#include "store/store_internal.h"

bool store_pack_put(store *s, const char *name, int64_t seq, text body, err *e) {
  db_stmt *q = sql(s,
                   "INSERT INTO pack_source (county, name, seq, body) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (county, name) DO UPDATE SET seq = excluded.seq, body = "
                   "excluded.body",
                   e);
  if (!q) return false;
  db_bind_str(q, 2, name);
  db_bind_int(q, 3, seq);
  db_bind_text(q, 4, body);
  return db_run(q, e);
}

bool store_packs_after(store *s, arena *a, int64_t seq, text **out, size_t *count, err *e) {
  db_stmt *q =
      sql(s, "SELECT body FROM pack_source WHERE county = $1 AND seq > $2 ORDER BY seq", e);
  if (!q) return false;
  db_bind_int(q, 2, seq);
  text *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    text *more = ARENA_GROW(a, rows, n, &room, text);
    if (!more || !column_text(q, 0, a, &more[n])) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    n++;
  }
  if (got < 0) return false;
  *out = rows;
  *count = n;
  return true;
}
