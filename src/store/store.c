/* Opening a county and its tables. */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/row.h"
#include "store/rows/county.h"
#include "store/rows/events.h"
#include "store/rows/schema.h"
#include "store/rows/subjects.h"
#include "store/store_internal.h"

/* A location has one county: jishi init refuses a second. */
static bool only_county(store *s, const char *location, err *e) {
  if (db_is_url(location)) location = NULL; /* a password may stand in it */
  int made = db_has_column(s->d, "county_state", "county", e);
  if (made < 0) return false;
  if (made == 0) return db_err_missing(location, e);
  db_stmt *q = db_prepare(s->d, "SELECT county FROM county_state ORDER BY county LIMIT 2", e);
  int got = q ? db_next(q, e) : -1;
  if (got < 0) return false;
  if (got == 0) return db_err_missing(location, e);
  sql_area(q, 0, s->county);
  int more = db_next(q, e);
  db_done(q);
  if (more <= 0) return more == 0;
  return err_set(e, ERR_STORE, location,
                 "这里混有几个区县的数据，不能打开。请从备份恢复，每个位置只放一个区县。",
                 "There is data of several counties here, and none can be opened. Restore a "
                 "backup; a location holds one county.");
}

/* Tables and columns that came after the location was made. */
static bool extend_tables(store *s, err *e) {
  for (size_t i = 0; store_tables[i]; i++)
    if (!schema_make(s->d, store_tables[i], e)) return false;
  return true;
}

/* The statements of the tables that every county has. */
static bool make_fixed(store *s) {
  size_t n = 0;
  while (store_tables[n]) n++;
  s->fixed = ARENA_ARRAY(s->lasting, n + 1, row_sql);
  for (size_t i = 0; s->fixed && i < n; i++)
    if (!row_sql_make(s->lasting, store_tables[i], &s->fixed[i])) return false;
  return s->fixed != NULL;
}

store *store_open(const char *location, db_mode mode, const char *county, err *e) {
  store *s = calloc(1, sizeof *s);
  if (!s) {
    err_memory(e);
    return NULL;
  }
  s->d = db_open(location, mode, e);
  s->a = arena_new(0);
  s->lasting = arena_new(0);
  if (!s->d || !s->a || !s->lasting || !make_fixed(s)) {
    if (s->d) err_memory(e);
    store_discard(s);
    return NULL;
  }
  if (county) {
    snprintf(s->county, sizeof s->county, "%s", county);
    return s;
  }
  if (only_county(s, location, e) && (mode != DB_WRITE || extend_tables(s, e))) return s;
  store_close(s);
  return NULL;
}

bool store_there(store *s, char ret_code[13], char ret_name[128], err *e) {
  ret_code[0] = ret_name[0] = 0;
  int made = db_has_column(s->d, "county_state", "county", e);
  if (made <= 0) return made == 0;
  db_stmt *q = db_prepare(s->d, "SELECT county, name FROM county_state ORDER BY county LIMIT 1", e);
  int got = q ? db_next(q, e) : -1;
  if (got < 0) return false;
  if (got > 0) {
    text found = text_cut(db_text(q, 1), 127);
    sql_area(q, 0, ret_code);
    memcpy(ret_name, found.at, found.bytes);
    ret_name[found.bytes] = 0;
    db_done(q);
  }
  return true;
}

bool store_vacant(store *s, err *e) {
  char code[13], name[128];
  if (!store_there(s, code, name, e)) return false;
  return !code[0] ||
         err_set(e, ERR_CONFLICT, NULL,
                 "这里已经有一个区县：%s（%.6s）。一个位置只放一个区县，请换一个位置。",
                 "There is a county here already: %s (%.6s). A place holds one county; choose "
                 "another place.",
                 name, code);
}

void store_discard(store *s) {
  if (!s) return;
  db_discard(s->d);
  s->d = NULL;
  store_close(s);
}

void store_close(store *s) {
  if (!s) return;
  db_close(s->d);
  arena_free(s->a);
  arena_free(s->lasting);
  free(s);
}

bool store_use_packs(store *s, const catalog *packs, bool make_tables, err *e) {
  arena_clear(s->a);
  s->packs = packs;
  s->kinds = NULL;
  s->events = NULL;
  s->kind_count = s->event_count = 0;
  if (!store_subjects_prepare(s, e) || !store_events_prepare(s, e)) {
    s->packs = NULL;
    return false;
  }
  for (size_t i = 0; make_tables && i < s->kind_count + s->event_count; i++) {
    const row_table *t =
        i < s->kind_count ? &s->kinds[i].table : &s->events[i - s->kind_count].table;
    if (!schema_make(s->d, t, e)) return false;
  }
  return true;
}

const catalog *store_packs(const store *s) {
  return s->packs;
}

db *store_db(store *s) {
  return s->d;
}

const char *store_county(const store *s) {
  return s->county;
}

bool store_make(store *s, const char *code, const char *name, err *e) {
  for (size_t i = 0; store_tables[i]; i++)
    if (!schema_make(s->d, store_tables[i], e)) return false;
  snprintf(s->county, sizeof s->county, "%s", code);
  return store_county_put(s, name, e);
}
