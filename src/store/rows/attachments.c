/* Attached files, named by their content; kept aside from the journal, which holds the names. */
#include "store/rows/attachments.h"

#include "store/row.h"

const row_table store_table_file = {
    .name = "file",
    ROW_COLUMNS(stored_file, ROW_STR("name", stored_file, name, KEY),
                ROW_STR("type", stored_file, type, FIXED), ROW_INT("at", stored_file, at_ms, FIXED),
                ROW_SEALED_BLOB("body", stored_file, body, FIXED))};

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
