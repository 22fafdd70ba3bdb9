/* Why a duty was not done. */
#include "store/rows/excuses.h"

#include "store/sql.h"
#include "store/store_internal.h"

#define EXCUSE_COLUMNS                                                                             \
  "id, duty, officer, root, area, since, until, reason, stand_in, said_by, seq, withdrawn"

bool store_excuse_put(store *s, const excuse *x, err *e) {
  db_stmt *q = sql(s,
                   "INSERT INTO excuse (county, " EXCUSE_COLUMNS
                   ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT "
                   "(county, id) DO UPDATE SET withdrawn = excluded.withdrawn",
                   e);
  if (!q) return false;
  bind_uuid(q, 2, &x->id);
  db_bind_str(q, 3, x->duty);
  bind_uuid(q, 4, &x->officer);
  bind_uuid(q, 5, &x->root);
  db_bind_str(q, 6, x->area);
  db_bind_int(q, 7, x->since);
  db_bind_int(q, 8, x->until);
  db_bind_str(q, 9, x->reason);
  bind_uuid(q, 10, &x->stand_in);
  bind_uuid(q, 11, &x->said_by);
  db_bind_int(q, 12, x->seq);
  db_bind_int(q, 13, x->withdrawn);
  return db_run(q, e);
}

static bool read_excuses(db_stmt *q, arena *a, excuse **out, size_t *count, err *e) {
  excuse *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    excuse *more = ARENA_GROW(a, rows, n, &room, excuse);
    excuse x = {.id = column_uuid(q, 0),
                .duty = column_str(q, 1, a),
                .officer = column_uuid(q, 2),
                .root = column_uuid(q, 3),
                .since = (day)db_int(q, 5),
                .until = (day)db_int(q, 6),
                .reason = column_str(q, 7, a),
                .stand_in = column_uuid(q, 8),
                .said_by = column_uuid(q, 9),
                .seq = db_int(q, 10),
                .withdrawn = db_int(q, 11) != 0};
    column_area(q, 4, x.area);
    if (!more || !x.duty || !x.reason) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    rows[n++] = x;
  }
  *out = rows;
  *count = n;
  return got == 0;
}

bool store_excuse(store *s, arena *a, const uuid *id, excuse **out, err *e) {
  db_stmt *q = sql(s, "SELECT " EXCUSE_COLUMNS " FROM excuse WHERE county = $1 AND id = $2", e);
  size_t n = 0;
  excuse *rows = NULL;
  if (!q) return false;
  bind_uuid(q, 2, id);
  if (!read_excuses(q, a, &rows, &n, e)) return false;
  *out = n ? rows : NULL;
  return true;
}

bool store_excuses(store *s, arena *a, day from, day to, excuse **out, size_t *count, err *e) {
  db_stmt *q = sql(s,
                   "SELECT " EXCUSE_COLUMNS " FROM excuse WHERE county = $1 AND until >= $2 AND "
                   "since <= $3 AND withdrawn = 0 ORDER BY root, since, id",
                   e);
  if (!q) return false;
  db_bind_int(q, 2, from);
  db_bind_int(q, 3, to);
  return read_excuses(q, a, out, count, e);
}
