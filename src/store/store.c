/* Opening a county and its tables. */
#include "store/store.h"

#include <stdio.h>
#include <stdlib.h>

#include "store/row.h"
#include "store/rows/county.h"
#include "store/rows/events.h"
#include "store/rows/schema.h"
#include "store/rows/subjects.h"
#include "store/sealed.h"
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

/* ---- the head that is kept a second time ---- */

static bool says_head_is_kept(store *s, bool *ret, err *e) {
  db_stmt *q = db_prepare(s->d, "SELECT user_version FROM pragma_user_version", e);
  if (!q || db_next(q, e) <= 0) return false;
  *ret = db_int(q, 0) >= HEAD_FILE_VERSION;
  db_done(q);
  return true;
}

static bool say_no_head(const char *location, err *e) {
  return err_set(
      e, ERR_STORE, location,
      "数据目录不完整：缺少 jishi.db-head，可能只复制了 jishi.db，最近的登记就不在里面。"
      "请停止服务后复制整个目录，或用 jishi restore 从备份恢复；确实只有这些时，用 jishi "
      "verify --accept-head 认可现状。",
      "The data folder is not whole: jishi.db-head is missing. If only jishi.db was "
      "copied, the latest records are not in it. Copy the whole folder with the service "
      "stopped, or restore a backup by jishi restore; if this is all there is, accept "
      "it by jishi verify --accept-head.");
}

static bool say_lost(const char *location, int64_t noted, int64_t seq, err *e) {
  if (noted > seq)
    return err_set(
        e, ERR_STORE, location,
        "少了 %lld 条流水：应到第 %lld 条，数据库里只到第 %lld 条。可能 jishi.db-wal "
        "被删除或换成了旧的。请找回它，或用 jishi restore 从备份恢复到新位置；都没有时，用 "
        "jishi verify --accept-head 认可现状。",
        "%lld entries are missing: there should be %lld, the database has %lld. "
        "jishi.db-wal may have been removed or replaced by an old one. Find it, or "
        "bring a backup back into a new location by jishi restore; failing both, accept "
        "what is there by jishi verify --accept-head.",
        (long long)(noted - seq), (long long)noted, (long long)seq);
  return err_set(
      e, ERR_STORE, location,
      "第 %lld 条流水不是当时写下的那一条：数据库被换成了另一份。请找回原来的，或用 jishi "
      "restore 从备份恢复到新位置；要用现在这份，用 jishi verify --accept-head 认可。",
      "Entry %lld is not the one that was written: the database was replaced by another. "
      "Find the right one, or bring a backup back into a new location by jishi restore; "
      "to use this one, accept it by jishi verify --accept-head.",
      (long long)noted);
}

static bool link_of(store *s, int64_t seq, hash *ret, err *e) {
  db_stmt *q = sql_prepare(s, "SELECT link FROM journal WHERE county = $1 AND seq = $2", e);
  if (!q) return false;
  db_bind_int(q, 2, seq);
  int got = db_next(q, e);
  if (got < 0) return false;
  text link = got ? db_blob(q, 0) : TEXT("");
  *ret = (hash){{0}};
  if (link.bytes == HASH_BYTES) memcpy(ret->b, link.at, HASH_BYTES);
  db_done(q);
  return true;
}

/* The note is read first: what another program commits meanwhile can only be more. */
static bool hold_to_head(store *s, const char *location, err *e) {
  bool there = false, is_kept = false;
  int64_t noted = 0;
  hash link, found;
  county c = {0};
  if (db_is_url(location)) return true;
  if (!head_file_read(location, &there, &noted, &link, e) || !says_head_is_kept(s, &is_kept, e))
    return false;
  if (!there) return !is_kept || say_no_head(location, e);
  if (noted == 0) return true;
  if (!store_head_get(s, &c, e)) return false;
  if (c.seq < noted) return say_lost(location, noted, c.seq, e);
  return link_of(s, noted, &found, e) &&
         (memcmp(&found, &link, sizeof link) == 0 || say_lost(location, noted, noted, e));
}

void store_note_head(store *s, int64_t seq, const hash *link) {
  head_file_note(&s->head, seq, link);
}

bool store_accept_head(const char *location, int64_t *ret_seq, int64_t *ret_noted, err *e) {
  bool there;
  hash link;
  head_file h = {.file = -1};
  store s = {.d = db_open(location, DB_WRITE, e)};
  county c = {0};
  *ret_noted = 0;
  bool ok = s.d && only_county(&s, location, e) && store_head_get(&s, &c, e) &&
            (db_is_url(location) || head_file_read(location, &there, ret_noted, &link, e)) &&
            head_file_open(&h, location, true, e);
  if (ok) head_file_note(&h, c.seq, &c.link);
  head_file_close(&h);
  db_close(s.d);
  *ret_seq = c.seq;
  return ok;
}

/* ---- locations of other versions ---- */

static bool say_newer(int64_t layout, err *e) {
  return err_set(
      e, ERR_STORE, NULL,
      "这个位置由更新版本的即时写过（布局 %lld，这个程序只认到 %d），没有动它。请装上那个"
      "版本；要回到这个版本，用升级时留下的那一份：jishi upgrade 位置 --back 那一份。",
      "This location was written by a newer Jishi (layout %lld; this program knows up to "
      "%d) and was left as it is. Install that version; to go back to this one, take "
      "what the upgrade kept: jishi upgrade LOCATION --back KEPT.",
      (long long)layout, STORE_LAYOUT);
}

static bool say_older(err *e) {
  return err_set(e, ERR_STORE, NULL,
                 "这个位置是早先版本的即时建的，要先升级：jishi upgrade 位置（先在副本上演练，"
                 "什么也不改动；再加 --apply）。",
                 "This location is of an older Jishi and wants upgrading first: jishi upgrade "
                 "LOCATION (a rehearsal on a copy, which changes nothing; then with --apply).");
}

/* Adds what can be added, by a connection of its own: `s` may be for reading only. */
static bool extend_tables(const char *location, const row_table *const *tables,
                          const schema_state *states, size_t count, err *e) {
  db *d = db_open(location, DB_WRITE, e);
  bool ok = d != NULL;
  for (size_t i = 0; ok && i < count; i++)
    ok = states[i] != SCHEMA_LACKS || schema_make(d, tables[i], e);
  db_close(d);
  return ok;
}

static bool settle_tables(store *s, const row_table *const *tables, size_t count,
                          bool *ret_is_older, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  schema_state *states;
  bool lacks = false;
  if (!a) return err_memory(e);
  if (!schema_look(s->d, tables, count, a, &states, e)) return false;
  for (size_t i = 0; i < count; i++) {
    lacks |= states[i] == SCHEMA_LACKS;
    *ret_is_older |= states[i] == SCHEMA_OLDER;
  }
  return !lacks || extend_tables(s->location, tables, states, count, e);
}

static size_t fixed_count(void) {
  size_t n = 0;
  while (store_tables[n]) n++;
  return n;
}

static bool hold_to_layout(store *s, db_mode mode, bool *ret_is_older, err *e) {
  int64_t layout;
  if (!store_layout_get(s, &layout, e)) return false;
  if (layout > STORE_LAYOUT) return say_newer(layout, e);
  *ret_is_older = layout < STORE_LAYOUT;
  if (!settle_tables(s, store_tables, fixed_count(), ret_is_older, e)) return false;
  if (mode != DB_WRITE || *ret_is_older) return true;
  for (size_t i = 0; store_tables[i]; i++) /* indexes that came later */
    if (!schema_make(s->d, store_tables[i], e)) return false;
  return true;
}

/* The statements of the tables that every county has. */
static bool make_fixed(store *s) {
  size_t n = fixed_count();
  s->fixed = ARENA_ARRAY(s->lasting, n + 1, row_sql);
  for (size_t i = 0; s->fixed && i < n; i++)
    if (!row_sql_make(s->lasting, store_tables[i], &s->fixed[i])) return false;
  return s->fixed != NULL;
}

/* A county that is there. */
static bool enter(store *s, const char *location, db_mode mode, bool *ret_is_older, err *e) {
  return only_county(s, location, e) && hold_to_layout(s, mode, ret_is_older, e) &&
         hold_to_head(s, location, e) &&
         (mode != DB_WRITE || head_file_open(&s->head, location, true, e));
}

static store *open_location(const char *location, db_mode mode, err *e) {
  store *s = calloc(1, sizeof *s);
  if (!s) {
    err_memory(e);
    return NULL;
  }
  s->head.file = -1;
  s->d = db_open(location, mode, e);
  s->a = arena_new(0);
  s->lasting = arena_new(0);
  if (s->lasting) s->location = arena_text(s->lasting, location);
  if (!s->d || !s->a || !s->location || !make_fixed(s)) {
    if (s->d) err_memory(e);
    store_discard(s);
    return NULL;
  }
  db_set_owner(s->d, s);
  return s;
}

store *store_open(const char *location, db_mode mode, const char *county, err *e) {
  bool is_older = false;
  store *s = open_location(location, mode, e);
  if (s && county) snprintf(s->county, sizeof s->county, "%s", county);
  if (!s || county || (enter(s, location, mode, &is_older, e) && (!is_older || say_older(e))))
    return s;
  store_close(s);
  return NULL;
}

store *store_open_older(const char *location, bool *ret_is_older, err *e) {
  store *s = open_location(location, DB_READ, e);
  if (!s || enter(s, location, DB_READ, ret_is_older, e)) return s;
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
                 "There is a county here already: %s (%.6s). A location holds one county; choose "
                 "another location.",
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
  head_file_close(&s->head);
  db_close(s->d);
  sealed_forget(s);
  arena_free(s->a);
  arena_free(s->lasting);
  free(s);
}

static bool note_private(store *s, const field *fields, size_t count, size_t *room) {
  for (size_t i = 0; i < count; i++) {
    bool known = !fields[i].sealed;
    for (size_t k = 0; k < s->private_count && !known; k++)
      known = strcmp(s->private_names[k], fields[i].name) == 0;
    if (known) continue;
    const char **more = ARENA_GROW(s->a, s->private_names, s->private_count, room, const char *);
    if (!more) return false;
    s->private_names = more;
    s->private_names[s->private_count++] = fields[i].name;
  }
  return true;
}

/* The names of all sealed fields: a member of that name is sealed in the bodies of entries. */
static bool name_private(store *s, err *e) {
  size_t room = 0;
  bool ok = true;
  s->private_names = NULL;
  s->private_count = 0;
  for (size_t i = 0; ok && i < s->packs->count; i++) {
    const pack *p = s->packs->packs[i];
    for (size_t k = 0; ok && k < p->kind_count; k++)
      ok = note_private(s, p->kinds[k].fields, p->kinds[k].field_count, &room);
    for (size_t k = 0; ok && k < p->event_count; k++)
      ok = note_private(s, p->events[k].fields, p->events[k].field_count, &room);
    for (size_t k = 0; ok && k < p->measure_count; k++)
      ok = note_private(s, p->measures[k].fields, p->measures[k].field_count, &room);
    for (size_t k = 0; ok && k < p->workflow_count; k++)
      for (size_t t = 0; ok && t < p->workflows[k].transition_count; t++)
        ok = note_private(s, p->workflows[k].transitions[t].fields,
                          p->workflows[k].transitions[t].field_count, &room);
  }
  return ok || err_memory(e);
}

static const row_table *pack_table(const store *s, size_t i) {
  return i < s->kind_count ? &s->kinds[i].table : &s->events[i - s->kind_count].table;
}

/* The tables of kinds and events, which a later version may have given a column of its own. */
static bool settle_pack_tables(store *s, err *e) {
  size_t count = s->kind_count + s->event_count;
  bool is_older = false;
  const row_table **tables = ARENA_ARRAY(s->a, count, const row_table *);
  if (!tables) return err_memory(e);
  for (size_t i = 0; i < count; i++) tables[i] = pack_table(s, i);
  return settle_tables(s, tables, count, &is_older, e) && (!is_older || say_older(e));
}

bool store_use_packs(store *s, const catalog *packs, bool make_tables, err *e) {
  arena_clear(s->a);
  s->packs = packs;
  s->kinds = NULL;
  s->events = NULL;
  s->kind_count = s->event_count = 0;
  if (!store_subjects_prepare(s, e) || !store_events_prepare(s, e) || !name_private(s, e)) {
    s->packs = NULL;
    return false;
  }
  for (size_t i = 0; make_tables && i < s->kind_count + s->event_count; i++)
    if (!schema_make(s->d, pack_table(s, i), e)) return false;
  return make_tables || settle_pack_tables(s, e);
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
  if (!head_file_open(&s->head, s->location, true, e) || !store_county_put(s, name, e))
    return false;
  store_note_head(s, 0, &(hash){{0}});
  return true;
}
