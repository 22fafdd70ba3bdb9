/* Conditions that events brought about. */
#include "store/rows/conditions.h"

#include "store/sql.h"
#include "store/store_internal.h"

bool store_condition_put(store *s, const condition_day *c, err *e) {
  db_stmt *q = sql(s,
                   "INSERT INTO condition_day (county, event, name, root, lo, hi, since, until) "
                   "VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   e);
  if (!q) return false;
  bind_uuid(q, 2, &c->event);
  db_bind_str(q, 3, c->name);
  bind_uuid(q, 4, &c->root);
  db_bind_str(q, 5, c->lo);
  db_bind_str(q, 6, c->hi);
  db_bind_int(q, 7, c->since);
  db_bind_int(q, 8, c->until);
  return db_run(q, e);
}

bool store_conditions_drop(store *s, const uuid *event_id, err *e) {
  db_stmt *q = sql(s, "DELETE FROM condition_day WHERE county = $1 AND event = $2", e);
  if (!q) return false;
  bind_uuid(q, 2, event_id);
  return db_run(q, e);
}

bool store_conditions_clear(store *s, const char *name, err *e) {
  db_stmt *q = sql(s, "DELETE FROM condition_day WHERE county = $1 AND name = $2", e);
  if (!q) return false;
  db_bind_str(q, 2, name);
  return db_run(q, e);
}

bool store_conditions(store *s, arena *a, const char *name, day from, day to, condition_day **out,
                      size_t *count, err *e) {
  db_stmt *q = sql(s,
                   "SELECT event, root, lo, hi, since, until FROM condition_day WHERE county = $1 "
                   "AND name = $2 AND until >= $3 AND since <= $4 ORDER BY root, since, event",
                   e);
  if (!q) return false;
  db_bind_str(q, 2, name);
  db_bind_int(q, 3, from);
  db_bind_int(q, 4, to);
  condition_day *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    condition_day *more = ARENA_GROW(a, rows, n, &room, condition_day);
    if (!more) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    rows[n] = (condition_day){.event = column_uuid(q, 0),
                              .root = column_uuid(q, 1),
                              .name = name,
                              .since = (day)db_int(q, 4),
                              .until = (day)db_int(q, 5)};
    column_area(q, 2, rows[n].lo);
    column_area(q, 3, rows[n++].hi);
  }
  *out = rows;
  *count = n;
  return got == 0;
}
