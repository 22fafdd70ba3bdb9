/* The county's areas. */
#include "store/rows/areas.h"

#include "store/sql.h"
#include "store/store_internal.h"

bool store_area_put(store *s, const char *code, text name, err *e) {
  db_stmt *q =
      sql(s,
          "INSERT INTO area (county, code, name) VALUES ($1, $2, $3) ON CONFLICT (county, code) DO "
          "UPDATE SET name = excluded.name",
          e);
  if (!q) return false;
  db_bind_str(q, 2, code);
  db_bind_text(q, 3, name);
  return db_run(q, e);
}

bool store_areas(store *s, arena *a, const reach *r, area **out, size_t *count, err *e) {
  db_stmt *q = sql(s, "SELECT code, name FROM area WHERE county = $1 ORDER BY code", e);
  if (!q) return false;
  area *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    area x = {0};
    column_area(q, 0, x.code);
    if (r && !reach_has(r, x.code)) continue;
    area *more = ARENA_GROW(a, rows, n, &room, area);
    x.name = column_str(q, 1, a);
    if (!more || !x.name) {
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

bool store_area_name(store *s, arena *a, const char *code, const char **name, err *e) {
  db_stmt *q = sql(s, "SELECT name FROM area WHERE county = $1 AND code = $2", e);
  if (!q) return false;
  db_bind_str(q, 2, code);
  int got = db_next(q, e);
  if (got < 0) return false;
  const char *found = got ? column_str(q, 0, a) : "";
  db_done(q);
  if (!found) return err_memory(e);
  *name = found;
  return true;
}
