/* Tables that somebody made and kept under a name. */
#include "store/rows/saved_tables.h"

#include "store/row.h"

const row_table store_table_saved_table = {
    .name = "saved_table",
    .derived = true,
    .indexes = ROW_INDEXES("officer"),
    ROW_COLUMNS(saved_table, ROW_UUID("id", saved_table, id, KEY),
                ROW_UUID("officer", saved_table, officer, FIXED),
                ROW_STR("name", saved_table, name, CHANGES),
                ROW_STR("row_kind", saved_table, rows, CHANGES),
                ROW_STR("period", saved_table, period, CHANGES),
                ROW_SEALED_TEXT("asked", saved_table, asked, CHANGES),
                ROW_BOOL("shared", saved_table, shared, CHANGES),
                ROW_BOOL("removed", saved_table, removed, CHANGES),
                ROW_INT("seq", saved_table, seq, CHANGES))};

bool store_saved_table_put(store *s, const saved_table *x, err *e) {
  return row_put(s, &store_table_saved_table, x, e);
}

bool store_saved_table_find(store *s, arena *a, const uuid *id, saved_table **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_saved_table, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, &store_table_saved_table, a, ret, e);
}

bool store_saved_tables(store *s, arena *a, const uuid *officer, saved_table **ret,
                        size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_saved_table,
                          "removed = 0 AND (shared = 1 OR officer = $2) ORDER BY seq DESC", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, officer);
  return row_list(q, &store_table_saved_table, a, ret, ret_count, e);
}
