/* The newest source of each pack. */
#include "store/rows/packs.h"

#include "store/row.h"

typedef struct pack_source {
  const char *name;
  int64_t seq;
  text body;
} pack_source;

const row_table store_table_pack_source = {
    .name = "pack_source",
    .derived = true,
    ROW_COLUMNS(pack_source, ROW_STR("name", pack_source, name, KEY),
                ROW_INT("seq", pack_source, seq, CHANGES),
                ROW_TEXT("body", pack_source, body, CHANGES))};

bool store_pack_put(store *s, const char *name, int64_t seq, text body, err *e) {
  pack_source row = {name, seq, body};
  return row_put(s, &store_table_pack_source, &row, e);
}

bool store_packs_after(store *s, arena *a, int64_t seq, text **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_pack_source, "seq > $2 ORDER BY seq", e);
  pack_source *rows = NULL;
  size_t n = 0;
  if (!q) return false;
  db_bind_int(q, 2, seq);
  if (!row_list(q, &store_table_pack_source, a, &rows, &n, e)) return false;
  text *bodies = ARENA_ARRAY(a, n, text);
  if (!bodies) return err_memory(e);
  for (size_t i = 0; i < n; i++) bodies[i] = rows[i].body;
  *ret = bodies;
  *ret_count = n;
  return true;
}
