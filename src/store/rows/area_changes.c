/* Changes of areas, and what moved with them. */
#include "store/rows/area_changes.h"

#include "store/row.h"
#include "store/store_internal.h"

const row_table store_table_area_change = {
    .name = "area_change",
    .derived = true,
    .indexes = ROW_INDEXES("seq"),
    ROW_COLUMNS(
        area_change, ROW_UUID("id", area_change, id, KEY),
        ROW_OPTIONAL_UUID("officer", area_change, officer, FIXED),
        ROW_INT("seq", area_change, seq, FIXED), ROW_INT("at", area_change, at_ms, FIXED),
        ROW_INT("undone", area_change, undone, CHANGES), ROW_STR("way", area_change, way, FIXED),
        ROW_DAY("day", area_change, on, FIXED), ROW_TEXT("reason", area_change, reason, FIXED),
        ROW_TEXT("document", area_change, document, FIXED),
        ROW_TEXT("body", area_change, body, FIXED), ROW_INT("units", area_change, units, FIXED),
        ROW_INT("officers", area_change, officers, FIXED))};

bool store_area_change_put(store *s, const area_change *x, err *e) {
  return row_put(s, &store_table_area_change, x, e);
}

bool store_area_change_find(store *s, arena *a, const uuid *id, area_change **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_area_change, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, &store_table_area_change, a, ret, e);
}

bool store_area_changes(store *s, arena *a, area_change **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_area_change, "1 = 1 ORDER BY seq DESC", e);
  return q && row_list(q, &store_table_area_change, a, ret, ret_count, e);
}

/* ---- where units were ---- */

const row_table store_table_past_area = {
    .name = "past_area",
    .derived = true,
    .indexes = ROW_INDEXES("seq"),
    ROW_COLUMNS(past_area, ROW_UUID("root", past_area, root, KEY),
                ROW_INT("seq", past_area, seq, KEY), ROW_AREA("area", past_area, area, FIXED),
                ROW_DAY("until", past_area, until, FIXED))};

bool store_past_areas(store *s, arena *a, int64_t seq, past_area **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_past_area,
                          seq ? "seq = $2 ORDER BY root" : "seq > $2 ORDER BY root, until, seq", e);
  if (!q) return false;
  db_bind_int(q, 2, seq);
  return row_list(q, &store_table_past_area, a, ret, ret_count, e);
}

bool store_past_areas_drop(store *s, int64_t seq, err *e) {
  db_stmt *q = sql_prepare(s, "DELETE FROM past_area WHERE county = $1 AND seq = $2", e);
  if (!q) return false;
  db_bind_int(q, 2, seq);
  return db_run(q, e);
}

/* ---- looking ---- */

static bool count(db_stmt *q, int64_t *ret, err *e) {
  if (!q || db_next(q, e) <= 0) return false;
  *ret = db_int(q, 0);
  db_done(q);
  return true;
}

bool store_units_in(store *s, const char *area, int64_t *ret, err *e) {
  *ret = 0;
  for (size_t i = 0; i < s->kind_count; i++) {
    AUTO_BUF buf b = {0};
    int64_t n = 0;
    const kind *k = s->kinds[i].kind;
    const bool zone = area_code_is_zone(area);
    if (k->parent >= 0 || (zone && k->zone_field < 0)) continue;
    buf_printf(&b, "SELECT count(*) FROM %s WHERE county = $1 AND %s%s = $2 AND withdrawn = 0",
               s->kinds[i].table.name, zone ? "f_" : "",
               zone ? k->fields[k->zone_field].name : "area");
    db_stmt *q = sql_prepare_buf(s, &b, e);
    if (!q) return false;
    db_bind_str(q, 2, area);
    if (!count(q, &n, e)) return false;
    *ret += n;
  }
  return true;
}

bool store_area_followed(store *s, const char *area, int64_t seq, bool *ret_yes, err *e) {
  int64_t n = 0;
  db_stmt *q = sql_prepare(
      s, "SELECT count(*) FROM journal WHERE county = $1 AND seq > $2 AND area = $3", e);
  if (!q) return false;
  db_bind_int(q, 2, seq);
  db_bind_str(q, 3, area);
  if (!count(q, &n, e)) return false;
  *ret_yes = n > 0;
  return true;
}
