/* Attached files, named by their content; kept aside from the journal, which holds the names. */
#include "store/rows/attachments.h"

#include "store/sql.h"
#include "store/store_internal.h"

bool store_file_put(store *s, const stored_file *f, err *e) {
  db_stmt *q = sql(s,
                   "INSERT INTO file (county, name, type, bytes, at, body) VALUES ($1, $2, $3, $4, "
                   "$5, $6) ON CONFLICT (county, name) DO NOTHING",
                   e);
  if (!q) return false;
  db_bind_str(q, 2, f->name);
  db_bind_str(q, 3, f->type);
  db_bind_int(q, 4, (int64_t)f->body.bytes);
  db_bind_int(q, 5, f->at_ms);
  db_bind_blob(q, 6, f->body.at, f->body.bytes);
  return db_run(q, e);
}

bool store_file(store *s, arena *a, text name, stored_file **out, err *e) {
  db_stmt *q = sql(s, "SELECT type, at, body FROM file WHERE county = $1 AND name = $2", e);
  *out = NULL;
  if (!q) return false;
  db_bind_text(q, 2, name);
  int got = db_next(q, e);
  if (got <= 0) return got == 0;
  stored_file *f = ARENA_NEW(a, stored_file);
  text body = db_blob(q, 2);
  char *copy = f ? arena_copy(a, body.at, body.bytes) : NULL;
  bool ok =
      copy && (f->type = column_str(q, 0, a)) && (f->name = arena_copy(a, name.at, name.bytes));
  if (ok) {
    f->at_ms = db_int(q, 1);
    f->body = (text){copy, body.bytes};
  }
  db_done(q);
  *out = ok ? f : NULL;
  return ok || err_memory(e);
}
