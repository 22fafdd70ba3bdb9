/* The newest source of each pack. */
#include "store/rows/packs.h"

#include <stdio.h>

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

bool store_packs_sound(store *s, err *e) {
  db_stmt *q = sql_prepare(s,
                           "SELECT p.name FROM pack_source p LEFT JOIN journal j ON j.county = "
                           "p.county AND j.seq = p.seq WHERE p.county = $1 AND (j.body IS NULL OR "
                           "j.body <> p.body) LIMIT 1",
                           e);
  int got = q ? db_next(q, e) : -1;
  if (got <= 0) return got == 0;
  char name[80];
  text t = text_cut(db_text(q, 0), sizeof name - 1);
  snprintf(name, sizeof name, "%.*s", (int)t.bytes, t.at);
  db_done(q);
  return err_set(e, ERR_STORE, name,
                 "业务包“%s”和流水里的不一样，被人改动过，不能启用。请用 jishi restore "
                 "从备份恢复到新位置。",
                 "The pack \"%s\" is not as the journal has it: somebody altered it, and it is not "
                 "used. Bring a backup back into a new location by jishi restore.",
                 name);
}
