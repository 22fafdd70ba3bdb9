/* Rosters and lists of officers that wait to be taken in; kept aside from the journal. */
#include "store/rows/uploads.h"

#include "store/row.h"

#define BUT_THE_BODY                                                                               \
  ROW_UUID("id", upload, id, KEY), ROW_OPTIONAL_UUID("officer", upload, officer, FIXED),           \
      ROW_STR("layout", upload, layout, FIXED), ROW_STR("file", upload, file, FIXED),              \
      ROW_STR("state", upload, state, CHANGES),                                                    \
      ROW_SEALED_TEXT("report", upload, report, CHANGES), ROW_HASH("seal", upload, seal, FIXED),   \
      ROW_OPTIONAL_TEXT("taking_in", upload, taking_in, FIXED),                                    \
      ROW_OPTIONAL_DAY("taking_in_on", upload, taking_in_on, FIXED), {                             \
    .name = "choices", ROW_TYPE_OPTIONAL_TEXT, ROW_CHANGES, ROW_AT(upload, choices, text),         \
    .sealed = true                                                                                 \
  }

const row_table store_table_upload = {
    .name = "upload",
    ROW_COLUMNS(upload, BUT_THE_BODY, ROW_SEALED_BLOB("body", upload, body, CHANGES))};
const row_table store_table_upload_head = {.name = "upload", ROW_COLUMNS(upload, BUT_THE_BODY)};

bool store_upload_put(store *s, const upload *u, err *e) {
  return row_put(s, &store_table_upload, u, e);
}

bool store_upload_find(store *s, arena *a, const uuid *id, bool with_body, upload **ret, err *e) {
  const row_table *t = with_body ? &store_table_upload : &store_table_upload_head;
  db_stmt *q = row_select(s, t, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, t, a, ret, e);
}

bool store_uploads_empty(store *s, const uuid *before, err *e) {
  db_stmt *q = sql_prepare(s,
                           "UPDATE upload SET body = $3 WHERE county = $1 AND id < $2 AND "
                           "length(body) > 0",
                           e);
  if (!q) return false;
  sql_bind_uuid(q, 2, before);
  db_bind_blob(q, 3, "", 0);
  return db_run(q, e);
}

bool store_uploads(store *s, arena *a, const uuid *before, size_t limit, upload **ret_rows,
                   size_t *ret_count, err *e) {
  bool all = uuid_is_nil(before);
  db_stmt *q =
      row_select(s, &store_table_upload_head,
                 all ? "1 = 1 ORDER BY id DESC LIMIT $2" : "id < $3 ORDER BY id DESC LIMIT $2", e);
  if (!q) return false;
  db_bind_int(q, 2, (int64_t)limit);
  if (!all) sql_bind_uuid(q, 3, before);
  return row_list(q, &store_table_upload_head, a, ret_rows, ret_count, e);
}
