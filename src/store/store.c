/* Opening a county, and its own row. */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/sql.h"
#include "store/store_internal.h"

/* A place has one county: jishi init refuses a second. */
static bool only_county(store *s, const char *place, err *e) {
  if (db_is_url(place)) place = NULL; /* a password may stand in it */
  int made = db_has_column(s->d, "county_state", "county", e);
  if (made < 0) return false;
  if (made == 0) return db_err_missing(place, e);
  db_stmt *q = db_prepare(s->d, "SELECT county FROM county_state ORDER BY county LIMIT 2", e);
  int got = q ? db_next(q, e) : -1;
  if (got < 0) return false;
  if (got == 0) return db_err_missing(place, e);
  column_area(q, 0, s->county);
  int more = db_next(q, e);
  db_done(q);
  if (more <= 0) return more == 0;
  return err_set(e, ERR_STORE, place,
                 "这里混有几个区县的数据，不能打开。请从备份恢复，每个位置只放一个区县。",
                 "There is data of several counties here, and none can be opened. Restore a "
                 "backup; a place holds one county.");
}

/* Columns that came after the place was made. */
static bool extend_tables(store *s, err *e) {
  for (size_t i = 0; i < fixed_table_count; i++)
    if (!db_table_extend(s->d, &fixed_tables[i], e)) return false;
  return true;
}

store *store_open(const char *place, db_mode mode, const char *county, err *e) {
  store *s = calloc(1, sizeof *s);
  if (!s) {
    err_memory(e);
    return NULL;
  }
  s->d = db_open(place, mode, e);
  s->a = arena_new(0);
  if (!s->d || !s->a) {
    if (s->d) err_memory(e);
    store_close(s);
    return NULL;
  }
  if (county) {
    snprintf(s->county, sizeof s->county, "%s", county);
    return s;
  }
  if (only_county(s, place, e) && (mode != DB_WRITE || extend_tables(s, e))) return s;
  store_close(s);
  return NULL;
}

bool store_there(store *s, char code[13], char name[128], err *e) {
  code[0] = name[0] = 0;
  int made = db_has_column(s->d, "county_state", "county", e);
  if (made <= 0) return made == 0;
  db_stmt *q = db_prepare(s->d, "SELECT county, name FROM county_state ORDER BY county LIMIT 1", e);
  int got = q ? db_next(q, e) : -1;
  if (got < 0) return false;
  if (got > 0) {
    text found = text_cut(db_text(q, 1), 127);
    column_area(q, 0, code);
    memcpy(name, found.at, found.bytes);
    name[found.bytes] = 0;
    db_done(q);
  }
  return true;
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
  free(s);
}

bool store_use_packs(store *s, const catalog *packs, bool make_tables, err *e) {
  arena_clear(s->a);
  s->packs = packs;
  s->kinds = NULL;
  s->events = NULL;
  s->kind_count = s->event_count = 0;
  if (!subjects_prepare(s, e) || !events_prepare(s, e)) {
    s->packs = NULL;
    return false;
  }
  for (size_t i = 0; make_tables && i < s->kind_count + s->event_count; i++) {
    const db_table *t =
        i < s->kind_count ? &s->kinds[i].table : &s->events[i - s->kind_count].table;
    if (!db_table_make(s->d, t, e) || !db_table_extend(s->d, t, e)) return false;
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

/* ---- the county's row ---- */

bool store_make(store *s, const char *code, const char *name, err *e) {
  for (size_t i = 0; i < fixed_table_count; i++)
    if (!db_table_make(s->d, &fixed_tables[i], e)) return false;
  snprintf(s->county, sizeof s->county, "%s", code);
  db_stmt *q =
      sql(s, "INSERT INTO county_state (county, name, last_tick) VALUES ($1, $2, NULL)", e);
  if (!q) return false;
  db_bind_str(q, 2, name);
  if (db_run(q, e)) return true;
  if (db_was_conflict(s->d))
    return err_set(e, ERR_CONFLICT, code, "这个区县已经建好了。", "This county is there already.");
  return false;
}

bool store_county_read(store *s, county *out, err *e) {
  county c = {.last_tick = DAY_NONE};
  snprintf(c.code, sizeof c.code, "%s", s->county);
  db_stmt *q = sql(s, "SELECT name, last_tick FROM county_state WHERE county = $1", e);
  if (!q) return false;
  int got = db_next(q, e);
  if (got < 0) return false;
  if (got == 0)
    return err_set(e, ERR_UNKNOWN_NAME, s->county, "没有这个区县的数据。",
                   "There is no such county here.");
  text name = text_cut(db_text(q, 0), sizeof c.name - 1);
  memcpy(c.name, name.at, name.bytes);
  c.last_tick = column_day(q, 1);
  db_done(q);
  if (!store_head_read(s, &c, e)) return false;
  *out = c;
  return true;
}

bool store_head_read(store *s, county *c, err *e) {
  db_stmt *q = sql(s,
                   "SELECT seq, id, at, link, via, root FROM journal WHERE county = $1 ORDER BY "
                   "seq DESC LIMIT 1",
                   e);
  int got = q ? db_next(q, e) : -1;
  if (got < 0) return false;
  c->seq = got ? db_int(q, 0) : 0;
  c->last_id = got ? column_uuid(q, 1) : (uuid){{0}};
  c->last_at_ms = got ? db_int(q, 2) : 0;
  c->link = (hash){{0}};
  text link = got ? db_blob(q, 3) : TEXT("");
  if (link.bytes == HASH_BYTES) memcpy(c->link.b, link.at, HASH_BYTES);
  c->last_via = got ? column_uuid(q, 4) : (uuid){{0}};
  c->last_root = got ? column_uuid(q, 5) : (uuid){{0}};
  db_done(q);
  return true;
}

bool store_lock(store *s, err *e) {
  const char *hold = db_for_update(s->d);
  if (!*hold) return true;
  char statement[100];
  snprintf(statement, sizeof statement, "SELECT 1 FROM county_state WHERE county = $1%s", hold);
  db_stmt *q = sql(s, statement, e);
  return q && db_run(q, e);
}

bool store_ticked(store *s, day on, err *e) {
  db_stmt *q = sql(s, "UPDATE county_state SET last_tick = $2 WHERE county = $1", e);
  if (!q) return false;
  bind_day(q, 2, on);
  return db_run(q, e);
}
