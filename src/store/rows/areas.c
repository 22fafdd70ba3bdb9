/* The county's areas. */
#include "store/rows/areas.h"

#include <stdio.h>

#include "store/row.h"

const row_table store_table_area = {
    .name = "area",
    .derived = true,
    ROW_COLUMNS(area, ROW_AREA("code", area, code, KEY), ROW_STR("name", area, name, CHANGES),
                ROW_OPTIONAL_DAY("until", area, until, CHANGES),
                ROW_OPTIONAL_TEXT("successors", area, successors, CHANGES),
                ROW_OPTIONAL_TEXT("shape", area, shape, CHANGES),
                ROW_OPTIONAL_TEXT("colour", area, colour, CHANGES),
                ROW_OPTIONAL_INT("made", area, made, has_made, CHANGES),
                ROW_OPTIONAL_INT("ended", area, ended, has_ended, CHANGES))};

bool store_area_save(store *s, const area *x, err *e) {
  return row_put(s, &store_table_area, x, e);
}

bool store_area_put(store *s, const char *code, text name, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  area fresh = {.until = DAY_NONE}, *there = NULL;
  if (!a) return err_memory(e);
  if (!store_area_find(s, a, code, &there, e)) return false;
  area x = there ? *there : fresh;
  x.name = arena_copy(a, name.at, name.bytes);
  if (!x.name) return err_memory(e);
  snprintf(x.code, sizeof x.code, "%s", code);
  return store_area_save(s, &x, e);
}

bool store_area_find(store *s, arena *a, const char *code, area **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_area, "code = $2", e);
  if (!q) return false;
  db_bind_str(q, 2, code);
  return row_first(q, &store_table_area, a, ret, e);
}

bool store_areas_ever(store *s, arena *a, area **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_area, "1 = 1 ORDER BY code", e);
  return q && row_list(q, &store_table_area, a, ret, ret_count, e);
}

bool store_areas(store *s, arena *a, const scope *r, area **ret, size_t *ret_count, err *e) {
  area *rows = NULL;
  size_t n = 0, kept = 0;
  if (!store_areas_ever(s, a, &rows, &n, e)) return false;
  for (size_t i = 0; i < n; i++)
    if (area_stands(&rows[i]) && (!r || scope_has(r, rows[i].code))) rows[kept++] = rows[i];
  *ret = rows;
  *ret_count = kept;
  return true;
}

bool store_area_name(store *s, arena *a, const char *code, const char **ret_name, err *e) {
  area *found = NULL;
  if (!store_area_find(s, a, code, &found, e)) return false;
  *ret_name = found ? found->name : "";
  return true;
}

/* ---- names they had ---- */

const row_table store_table_area_name = {
    .name = "area_name",
    .derived = true,
    ROW_COLUMNS(area_name, ROW_AREA("code", area_name, code, KEY),
                ROW_INT("seq", area_name, seq, KEY), ROW_DAY("until", area_name, until, FIXED),
                ROW_STR("name", area_name, name, FIXED),
                ROW_OPTIONAL_TEXT("shape", area_name, shape, FIXED),
                ROW_OPTIONAL_TEXT("colour", area_name, colour, FIXED))};

bool store_area_name_put(store *s, const area_name *x, err *e) {
  return row_insert(s, &store_table_area_name, x, e);
}

bool store_area_names(store *s, arena *a, area_name **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_area_name, "1 = 1 ORDER BY code, until, seq", e);
  return q && row_list(q, &store_table_area_name, a, ret, ret_count, e);
}

/* The first of its former names that the condition lets pass, else what it is called now. */
static bool looks_where(store *s, arena *a, const char *code, const char *condition, int64_t than,
                        const area_name **ret, err *e) {
  area_name *found = NULL;
  area *now = NULL;
  db_stmt *q = row_select(s, &store_table_area_name, condition, e);
  if (!q) return false;
  db_bind_str(q, 2, code);
  db_bind_int(q, 3, than);
  if (!row_first(q, &store_table_area_name, a, &found, e)) return false;
  if (!found && !store_area_find(s, a, code, &now, e)) return false;
  if (now && !(found = ARENA_NEW(a, area_name))) return err_memory(e);
  if (now)
    *found = (area_name){
        .until = DAY_NONE, .name = now->name, .shape = now->shape, .colour = now->colour};
  *ret = found;
  return true;
}

static bool name_where(store *s, arena *a, const char *code, const char *condition, int64_t than,
                       const char **ret_name, err *e) {
  const area_name *found = NULL;
  if (!looks_where(s, a, code, condition, than, &found, e)) return false;
  *ret_name = found ? found->name : "";
  return true;
}

bool store_area_name_on(store *s, arena *a, const char *code, day on, const char **ret_name,
                        err *e) {
  return name_where(s, a, code, "code = $2 AND until > $3 ORDER BY until, seq LIMIT 1", on,
                    ret_name, e);
}

bool store_area_looks_before(store *s, arena *a, const char *code, int64_t seq,
                             const area_name **ret, err *e) {
  return looks_where(s, a, code, "code = $2 AND seq >= $3 ORDER BY seq LIMIT 1", seq, ret, e);
}

bool store_areas_restore(store *s, int64_t seq, err *e) {
  static const char *const texts[] = {
      "UPDATE area SET name = (SELECT n.name FROM area_name n WHERE n.county = area.county AND "
      "n.code = area.code AND n.seq = $2), shape = (SELECT n.shape FROM area_name n WHERE n.county "
      "= area.county AND n.code = area.code AND n.seq = $2), colour = (SELECT n.colour FROM "
      "area_name n WHERE n.county = area.county AND n.code = area.code AND n.seq = $2) WHERE "
      "county = $1 AND code IN (SELECT code FROM area_name WHERE county = $1 AND seq = $2)",
      "DELETE FROM area_name WHERE county = $1 AND seq = $2",
      "DELETE FROM area WHERE county = $1 AND made = $2",
      ("UPDATE area SET until = NULL, successors = NULL, ended = NULL "
       "WHERE county = $1 AND ended = $2")};
  for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
    db_stmt *q = sql_prepare(s, texts[i], e);
    if (!q) return false;
    db_bind_int(q, 2, seq);
    if (!db_run(q, e)) return false;
  }
  return true;
}
