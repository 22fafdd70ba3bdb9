/* The county's areas. */
#include "store/rows/areas.h"

#include <stdio.h>

#include "store/row.h"

const row_table store_table_area = {
    .name = "area",
    .derived = true,
    ROW_COLUMNS(area, ROW_AREA("code", area, code, KEY), ROW_STR("name", area, name, CHANGES))};

bool store_area_put(store *s, const char *code, text name, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  area x = {.name = a ? arena_copy(a, name.at, name.bytes) : NULL};
  if (!x.name) return err_memory(e);
  snprintf(x.code, sizeof x.code, "%s", code);
  return row_put(s, &store_table_area, &x, e);
}

bool store_areas(store *s, arena *a, const scope *r, area **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_area, "1 = 1 ORDER BY code", e);
  area *rows = NULL;
  size_t n = 0, kept = 0;
  if (!q || !row_list(q, &store_table_area, a, &rows, &n, e)) return false;
  for (size_t i = 0; i < n; i++)
    if (!r || scope_has(r, rows[i].code)) rows[kept++] = rows[i];
  *ret = rows;
  *ret_count = kept;
  return true;
}

bool store_area_name(store *s, arena *a, const char *code, const char **ret_name, err *e) {
  db_stmt *q = row_select(s, &store_table_area, "code = $2", e);
  area *found = NULL;
  if (!q) return false;
  db_bind_str(q, 2, code);
  if (!row_first(q, &store_table_area, a, &found, e)) return false;
  *ret_name = found ? found->name : "";
  return true;
}
