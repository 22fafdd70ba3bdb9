/* Why a duty was not done. */
#include "store/rows/excuses.h"

#include "store/row.h"

const row_table store_table_excuse = {
    .name = "excuse",
    .derived = true,
    .indexes = ROW_INDEXES("until, since"),
    ROW_COLUMNS(excuse, ROW_UUID("id", excuse, id, KEY), ROW_STR("duty", excuse, duty, FIXED),
                ROW_OPTIONAL_UUID("officer", excuse, officer, FIXED),
                ROW_OPTIONAL_UUID("root", excuse, root, FIXED),
                ROW_AREA("area", excuse, area, FIXED), ROW_DAY("since", excuse, since, FIXED),
                ROW_DAY("until", excuse, until, FIXED), ROW_STR("reason", excuse, reason, FIXED),
                ROW_OPTIONAL_UUID("stand_in", excuse, stand_in, FIXED),
                ROW_OPTIONAL_UUID("said_by", excuse, said_by, FIXED),
                ROW_INT("seq", excuse, seq, FIXED),
                ROW_BOOL("withdrawn", excuse, withdrawn, CHANGES))};

bool store_excuse_put(store *s, const excuse *x, err *e) {
  return row_put(s, &store_table_excuse, x, e);
}

bool store_excuse_find(store *s, arena *a, const uuid *id, excuse **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_excuse, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, &store_table_excuse, a, ret, e);
}

bool store_excuses(store *s, arena *a, day from, day to, excuse **ret, size_t *ret_count, err *e) {
  db_stmt *q =
      row_select(s, &store_table_excuse,
                 "until >= $2 AND since <= $3 AND withdrawn = 0 ORDER BY root, since, id", e);
  if (!q) return false;
  db_bind_int(q, 2, from);
  db_bind_int(q, 3, to);
  return row_list(q, &store_table_excuse, a, ret, ret_count, e);
}
