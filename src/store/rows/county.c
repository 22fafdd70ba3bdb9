/* The county's own row, and the head of its journal. */
#include "store/rows/county.h"

#include <stdio.h>

#include "store/row.h"
#include "store/rows/subjects.h"
#include "store/store_internal.h"

typedef struct county_state {
  text name;
  day last_scanned_day;
  day set_up_until; /* DAY_NONE: it is still being set up */
  int64_t search_form;
  bool has_search_form;
  int64_t layout;
  bool has_layout;
} county_state;

const row_table store_table_county_state = {
    .name = "county_state",
    .derived = true,
    ROW_COLUMNS(
        county_state, ROW_TEXT("name", county_state, name, FIXED),
        ROW_OPTIONAL_DAY("last_scanned_day", county_state, last_scanned_day, CHANGES),
        ROW_OPTIONAL_DAY("set_up_until", county_state, set_up_until, CHANGES),
        ROW_OPTIONAL_INT("search_form", county_state, search_form, has_search_form, CHANGES),
        ROW_OPTIONAL_INT("layout", county_state, layout, has_layout, FIXED))};

bool store_county_put(store *s, const char *name, err *e) {
  county_state row = {.name = text_of(name),
                      .last_scanned_day = DAY_NONE,
                      .set_up_until = DAY_NONE,
                      .search_form = SEARCH_FORM,
                      .has_search_form = true,
                      .layout = STORE_LAYOUT,
                      .has_layout = STORE_LAYOUT > 1};
  if (row_insert(s, &store_table_county_state, &row, e)) return true;
  if (db_was_conflict(s->d))
    return err_set(e, ERR_CONFLICT, s->county, "这个区县已经建好了。",
                   "This county is there already.");
  return false;
}

bool store_county_get(store *s, county *ret, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  db_stmt *q = row_select(s, &store_table_county_state, "1 = 1", e);
  county_state *row = NULL;
  county c = {.last_scanned_day = DAY_NONE, .set_up_until = DAY_NONE};
  if (!q) return false;
  if (!a) return err_memory(e);
  if (!row_first(q, &store_table_county_state, a, &row, e)) return false;
  if (!row)
    return err_set(e, ERR_UNKNOWN_NAME, s->county, "没有这个区县的数据。",
                   "There is no such county here.");
  snprintf(c.code, sizeof c.code, "%s", s->county);
  text name = text_cut(row->name, sizeof c.name - 1);
  memcpy(c.name, name.at, name.bytes);
  c.last_scanned_day = row->last_scanned_day;
  c.set_up_until = row->set_up_until;
  if (!store_head_get(s, &c, e)) return false;
  *ret = c;
  return true;
}

bool store_layout_get(store *s, int64_t *ret, err *e) {
  int there = db_has_column(s->d, "county_state", "layout", e);
  *ret = 1; /* it came later */
  if (there <= 0) return there == 0;
  db_stmt *q = sql_prepare(s, "SELECT layout FROM county_state WHERE county = $1", e);
  int got = q ? db_next(q, e) : -1;
  if (got < 0) return false;
  if (got && !db_null(q, 0)) *ret = db_int(q, 0);
  db_done(q);
  return true;
}

bool store_head_get(store *s, county *c, err *e) {
  db_stmt *q = sql_prepare(
      s,
      "SELECT seq, id, at, link, import_id, root FROM journal WHERE county = $1 ORDER BY "
      "seq DESC LIMIT 1",
      e);
  int got = q ? db_next(q, e) : -1;
  if (got < 0) return false;
  c->seq = got ? db_int(q, 0) : 0;
  c->last_id = got ? sql_uuid(q, 1) : (uuid){{0}};
  c->last_at_ms = got ? db_int(q, 2) : 0;
  c->link = (hash){{0}};
  text link = got ? db_blob(q, 3) : TEXT("");
  if (link.bytes == HASH_BYTES) memcpy(c->link.b, link.at, HASH_BYTES);
  c->last_import_id = got ? sql_uuid(q, 4) : (uuid){{0}};
  c->last_root = got ? sql_uuid(q, 5) : (uuid){{0}};
  db_done(q);
  return true;
}

bool store_lock(store *s, err *e) {
  const char *hold = db_for_update(s->d);
  if (!*hold) return true;
  char statement[100];
  snprintf(statement, sizeof statement, "SELECT 1 FROM county_state WHERE county = $1%s", hold);
  db_stmt *q = sql_prepare(s, statement, e);
  return q && db_run(q, e);
}

bool store_day_scanned(store *s, day on, err *e) {
  db_stmt *q = sql_prepare(s, "UPDATE county_state SET last_scanned_day = $2 WHERE county = $1", e);
  if (!q) return false;
  sql_bind_day(q, 2, on);
  return db_run(q, e);
}

bool store_set_up_put(store *s, day until, err *e) {
  db_stmt *q = sql_prepare(s, "UPDATE county_state SET set_up_until = $2 WHERE county = $1", e);
  if (!q) return false;
  sql_bind_day(q, 2, until);
  return db_run(q, e);
}

bool store_set_up_get(store *s, day *out, err *e) {
  db_stmt *q = sql_prepare(s, "SELECT set_up_until FROM county_state WHERE county = $1", e);
  int got = q ? db_next(q, e) : -1;
  if (got < 0) return false;
  *out = got && !db_null(q, 0) ? (day)db_int(q, 0) : DAY_NONE;
  db_done(q);
  return true;
}

bool store_search_form_put(store *s, int64_t form, err *e) {
  db_stmt *q = sql_prepare(s, "UPDATE county_state SET search_form = $2 WHERE county = $1", e);
  if (!q) return false;
  db_bind_int(q, 2, form);
  return db_run(q, e);
}

bool store_search_form_get(store *s, int64_t *ret_form, err *e) {
  db_stmt *q = sql_prepare(s, "SELECT search_form FROM county_state WHERE county = $1", e);
  int got = q ? db_next(q, e) : -1;
  if (got < 0) return false;
  *ret_form = got && !db_null(q, 0) ? db_int(q, 0) : 0;
  db_done(q);
  return true;
}
