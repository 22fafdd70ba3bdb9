/* Attached files, named by their content; kept aside from the journal, which holds the names. */
#include "store/rows/attachments.h"

#include "store/row.h"

#include <stdio.h>
#include <string.h>

const row_table store_table_file = {
    .name = "file",
    .indexes = ROW_INDEXES("officer, at, bytes"),
    ROW_COLUMNS(stored_file, ROW_STR("name", stored_file, name, KEY),
                ROW_STR("type", stored_file, type, FIXED), ROW_INT("at", stored_file, at_ms, FIXED),
                ROW_OPTIONAL_UUID("officer", stored_file, officer, FIXED),
                ROW_INT("bytes", stored_file, bytes, FIXED),
                ROW_SEALED_BLOB("body", stored_file, body, FIXED))};

const row_table store_table_file_naming = {
    .name = "file_naming",
    .derived = true,
    ROW_COLUMNS(file_naming, ROW_STR("name", file_naming, name, KEY),
                ROW_UUID("root", file_naming, root, KEY), ROW_STR("kind", file_naming, kind, KEY))};

bool store_file_named(store *s, const file_naming *n, err *e) {
  return row_put(s, &store_table_file_naming, n, e);
}

bool store_file_namings(store *s, arena *a, text name, file_naming **ret, size_t *ret_count,
                        err *e) {
  db_stmt *q = row_select(s, &store_table_file_naming, "name = $2 ORDER BY root, kind", e);
  if (!q) return false;
  db_bind_text(q, 2, name);
  return row_list(q, &store_table_file_naming, a, ret, ret_count, e);
}

bool store_file_bytes(store *s, const uuid *officer, int64_t since_ms, int64_t *ret_all,
                      int64_t *ret_own, err *e) {
  db_stmt *q = sql_prepare(
      s,
      "SELECT COALESCE(SUM(bytes), 0), COALESCE(SUM(CASE WHEN officer = $2 AND at >= $3 THEN "
      "bytes ELSE 0 END), 0) FROM file WHERE county = $1",
      e);
  if (!q) return false;
  sql_bind_uuid(q, 2, officer);
  db_bind_int(q, 3, since_ms);
  int got = db_next(q, e);
  if (got > 0) {
    *ret_all = db_int(q, 0);
    *ret_own = db_int(q, 1);
  }
  db_done(q);
  return got >= 0;
}

static bool next_name(store *s, char name[65], bool *ret_there, err *e) {
  db_stmt *q = sql_prepare(
      s, "SELECT name FROM file WHERE county = $1 AND name > $2 ORDER BY name LIMIT 1", e);
  if (!q) return false;
  db_bind_str(q, 2, name);
  int got = db_next(q, e);
  if (got > 0) {
    text t = text_cut(db_text(q, 0), 64);
    memcpy(name, t.at, t.bytes);
    name[t.bytes] = 0;
  }
  db_done(q);
  *ret_there = got > 0;
  return got >= 0;
}

/* One at a time: a photograph has megabytes. */
bool store_attachments_sound(store *s, err *e) {
  char name[65] = "";
  for (;;) {
    arena *a AUTO_ARENA = arena_new(0);
    stored_file *f;
    bool there;
    if (!a) return err_memory(e);
    if (!next_name(s, name, &there, e)) return false;
    if (!there) return true;
    if (store_attachment_find(s, a, text_of(name), &f, e)) continue;
    if (e->code == ERR_STORE) snprintf(e->where, sizeof e->where, "%s", name);
    return false;
  }
}

bool store_attachment_put(store *s, const stored_file *f, err *e) {
  return row_put(s, &store_table_file, f, e);
}

bool store_attachment_find(store *s, arena *a, text name, stored_file **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_file, "name = $2", e);
  if (!q) return false;
  db_bind_text(q, 2, name);
  if (!row_first(q, &store_table_file, a, ret, e)) return false;
  char hex[65];
  hash h = *ret ? hash_of(&(*ret)->body, 1) : (hash){{0}};
  hash_format(&h, hex);
  /* A name that is no hash was never given by this program. */
  if (!*ret || name.bytes != 64 || text_is(name, hex)) return true;
  return err_set(e, ERR_STORE, NULL, "这个附件已损坏或被换过：内容和它的编号对不上。请从备份恢复。",
                 "This file is damaged or was replaced: its content does not fit its name. Restore "
                 "a backup.");
}
