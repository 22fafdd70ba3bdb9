/* Remembered mappings of columns. */
#include "store/rows/mappings.h"

#include "store/row.h"

const row_table store_table_mapping = {
    .name = "mapping",
    .derived = true,
    .indexes = ROW_INDEXES("layout, fingerprint", "seq"),
    ROW_COLUMNS(
        mapping, ROW_UUID("id", mapping, id, KEY), ROW_STR("layout", mapping, layout, FIXED),
        ROW_STR("fingerprint", mapping, fingerprint, FIXED), ROW_TEXT("map", mapping, map, CHANGES),
        ROW_OPTIONAL_UUID("officer", mapping, officer, CHANGES),
        ROW_INT("at", mapping, at_ms, CHANGES), ROW_INT("seq", mapping, seq, CHANGES),
        ROW_BOOL("forgotten", mapping, forgotten, CHANGES))};

bool store_mapping_put(store *s, const mapping *x, err *e) {
  return row_put(s, &store_table_mapping, x, e);
}

bool store_mapping_find(store *s, arena *a, const uuid *id, mapping **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_mapping, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, &store_table_mapping, a, ret, e);
}

bool store_mapping_of(store *s, arena *a, const char *layout, const char *fingerprint,
                      mapping **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_mapping,
                          "layout = $2 AND fingerprint = $3 AND forgotten = 0 ORDER BY seq DESC "
                          "LIMIT 1",
                          e);
  if (!q) return false;
  db_bind_text(q, 2, text_of(layout));
  db_bind_text(q, 3, text_of(fingerprint));
  return row_first(q, &store_table_mapping, a, ret, e);
}

bool store_mappings(store *s, arena *a, int64_t before, size_t limit, mapping **ret,
                    size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_mapping,
                          "forgotten = 0 AND seq < $2 ORDER BY seq DESC LIMIT $3", e);
  if (!q) return false;
  db_bind_int(q, 2, before ? before : INT64_MAX);
  db_bind_int(q, 3, (int64_t)limit);
  return row_list(q, &store_table_mapping, a, ret, ret_count, e);
}
