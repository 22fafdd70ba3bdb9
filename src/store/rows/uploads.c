/* Rosters that wait to be taken in; kept aside from the journal. */
#include "store/rows/uploads.h"

#include "store/sql.h"
#include "store/store_internal.h"

bool store_upload_put(store *s, const upload *u, err *e) {
  db_stmt *q =
      sql(s,
          "INSERT INTO upload (county, id, officer, layout, file, state, body, report) VALUES ($1, "
          "$2, $3, $4, $5, $6, $7, $8) ON CONFLICT (county, id) DO UPDATE SET state = "
          "excluded.state, report = excluded.report",
          e);
  if (!q) return false;
  bind_uuid(q, 2, &u->id);
  bind_uuid(q, 3, &u->officer);
  db_bind_str(q, 4, u->layout);
  db_bind_str(q, 5, u->file);
  db_bind_str(q, 6, u->state);
  db_bind_blob(q, 7, u->body.at, u->body.bytes);
  db_bind_text(q, 8, u->report);
  return db_run(q, e);
}

bool store_upload(store *s, arena *a, const uuid *id, bool with_body, upload **out, err *e) {
  db_stmt *q = sql(
      s,
      with_body ? "SELECT officer, layout, file, state, report, body FROM upload WHERE county = "
                  "$1 AND id = $2"
                : "SELECT officer, layout, file, state, report FROM upload WHERE county = $1 "
                  "AND id = $2",
      e);
  if (!q) return false;
  bind_uuid(q, 2, id);
  int got = db_next(q, e);
  if (got < 0) return false;
  upload *u = NULL;
  bool ok = true;
  if (got) {
    u = ARENA_NEW(a, upload);
    ok = u && (u->layout = column_str(q, 1, a)) && (u->file = column_str(q, 2, a)) &&
         (u->state = column_str(q, 3, a)) && column_text(q, 4, a, &u->report);
    if (ok) {
      u->id = *id;
      u->officer = column_uuid(q, 0);
      if (with_body) {
        text body = db_blob(q, 5);
        char *copy = arena_copy(a, body.at, body.bytes);
        u->body = (text){copy, body.bytes};
        ok = copy != NULL;
      }
    }
  }
  db_done(q);
  if (!ok) return err_memory(e);
  *out = u;
  return true;
}
