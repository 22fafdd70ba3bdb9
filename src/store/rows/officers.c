/* Officers with their posts, credentials. */
#include "store/rows/officers.h"

#include <stdio.h>

#include "base/json.h"
#include "store/row.h"
#include "store/store_internal.h"

/* An officer as he is, or (seq and day) as he was from an entry on; posts as a JSON list. */
typedef struct officer_row {
  uuid id;
  const char *login, *name;
  bool active;
  text posts;
  int64_t seq;
  day on;
} officer_row;

const row_table store_table_officer = {.name = "officer",
                                       .derived = true,
                                       .indexes = ROW_INDEXES("!login"),
                                       ROW_COLUMNS(officer_row,
                                                   ROW_UUID("id", officer_row, id, KEY),
                                                   ROW_STR("login", officer_row, login, CHANGES),
                                                   ROW_STR("name", officer_row, name, CHANGES),
                                                   ROW_BOOL("active", officer_row, active, CHANGES),
                                                   ROW_TEXT("posts", officer_row, posts, CHANGES))};

const row_table store_table_officer_past = {
    .name = "officer_past",
    .derived = true,
    ROW_COLUMNS(officer_row, ROW_UUID("officer", officer_row, id, KEY),
                ROW_INT("seq", officer_row, seq, KEY), ROW_DAY("day", officer_row, on, FIXED),
                ROW_STR("login", officer_row, login, FIXED),
                ROW_STR("name", officer_row, name, FIXED),
                ROW_BOOL("active", officer_row, active, FIXED),
                ROW_TEXT("posts", officer_row, posts, FIXED))};

static bool posts_to_text(const officer *o, buf *b) {
  json_out w = json_to(b);
  json_open(&w, '[');
  for (size_t i = 0; i < o->post_count; i++) {
    json_open(&w, '{');
    json_key(&w, "area");
    json_put_str(&w, o->posts[i].area);
    json_key(&w, "pack");
    json_put_str(&w, o->posts[i].pack);
    json_key(&w, "role");
    json_put_str(&w, o->posts[i].role);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  return buf_ok(b);
}

static bool posts_from_text(text t, arena *a, officer *o, err *e) {
  json *list = json_parse(a, t, e);
  if (!list) return false;
  post *posts = ARENA_ARRAY(a, list->count, post);
  if (!posts) return err_memory(e);
  for (size_t i = 0; i < list->count; i++) {
    text role = json_text(&list->items[i], "role"), where = json_text(&list->items[i], "area");
    text in = json_text(&list->items[i], "pack");
    posts[i].role = arena_copy(a, role.at, role.bytes);
    posts[i].pack = arena_copy(a, in.at, in.bytes);
    if (!posts[i].role || !posts[i].pack || where.bytes > 12) return err_memory(e);
    memcpy(posts[i].area, where.at, where.bytes);
  }
  o->posts = posts;
  o->post_count = list->count;
  return true;
}

static officer_row row_of(const officer *o, const buf *posts) {
  return (officer_row){.id = o->id,
                       .login = o->login,
                       .name = o->name,
                       .active = o->active,
                       .posts = buf_view(posts)};
}

bool store_officer_put(store *s, const officer *o, err *e) {
  AUTO_BUF buf posts = {0};
  if (!posts_to_text(o, &posts)) return err_memory(e);
  officer_row row = row_of(o, &posts);
  if (row_put(s, &store_table_officer, &row, e)) return true;
  if (db_was_conflict(s->d))
    return err_set(e, ERR_CONFLICT, "login", "登录名“%s”已经有人用了，请换一个。",
                   "The login \"%s\" is taken; choose another.", o->login);
  return false;
}

bool store_officer_past_put(store *s, const officer *o, int64_t seq, day on, err *e) {
  AUTO_BUF buf posts = {0};
  if (!posts_to_text(o, &posts)) return err_memory(e);
  officer_row row = row_of(o, &posts);
  row.seq = seq;
  row.on = on;
  return row_insert(s, &store_table_officer_past, &row, e);
}

static bool read_officers(db_stmt *q, const row_table *t, arena *a, officer **ret,
                          size_t *ret_count, err *e) {
  officer_row *rows = NULL;
  size_t n = 0;
  if (!q || !row_list(q, t, a, &rows, &n, e)) return false;
  officer *all = ARENA_ARRAY(a, n, officer);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < n; i++) {
    all[i] = (officer){
        .id = rows[i].id, .login = rows[i].login, .name = rows[i].name, .active = rows[i].active};
    if (!posts_from_text(rows[i].posts, a, &all[i], e)) return false;
  }
  *ret = all;
  *ret_count = n;
  return true;
}

static bool read_officer(db_stmt *q, arena *a, officer **ret, err *e) {
  officer *all = NULL;
  size_t n = 0;
  if (!read_officers(q, &store_table_officer, a, &all, &n, e)) return false;
  *ret = n ? all : NULL;
  return true;
}

bool store_officer_find(store *s, arena *a, const uuid *id, officer **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_officer, "id = $2", e);
  if (q) sql_bind_uuid(q, 2, id);
  return read_officer(q, a, ret, e);
}

bool store_officer_find_by_login(store *s, arena *a, text login, officer **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_officer, "login = $2", e);
  if (q) db_bind_text(q, 2, login);
  return read_officer(q, a, ret, e);
}

bool store_officers(store *s, arena *a, officer **ret, size_t *ret_count, err *e) {
  return read_officers(row_select(s, &store_table_officer, "1 = 1 ORDER BY login", e),
                       &store_table_officer, a, ret, ret_count, e);
}

bool store_officers_on(store *s, arena *a, day on, const uuid *only, officer **ret,
                       size_t *ret_count, err *e) {
  db_stmt *q = row_select(
      s, &store_table_officer_past,
      only ? "officer = $3 AND active = 1 AND seq = (SELECT max(seq) FROM officer_past WHERE "
             "county = $1 AND officer = $3 AND day <= $2)"
           : "active = 1 AND seq = (SELECT max(l.seq) FROM officer_past l WHERE l.county = "
             "officer_past.county AND l.officer = officer_past.officer AND l.day <= $2) ORDER BY "
             "login",
      e);
  if (!q) return false;
  db_bind_int(q, 2, on);
  if (only) sql_bind_uuid(q, 3, only);
  return read_officers(q, &store_table_officer_past, a, ret, ret_count, e);
}

bool store_officer_changed(store *s, const uuid *id, int64_t *ret_seq, err *e) {
  db_stmt *q =
      sql_prepare(s, "SELECT max(seq) FROM officer_past WHERE county = $1 AND officer = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  if (db_next(q, e) <= 0) return false;
  *ret_seq = db_null(q, 0) ? 0 : db_int(q, 0);
  db_done(q);
  return true;
}

bool store_officers_changed_by(store *s, arena *a, int64_t seq, officer **ret, size_t *ret_count,
                               err *e) {
  db_stmt *q = row_select(
      s, &store_table_officer_past,
      "officer IN (SELECT officer FROM officer_past WHERE county = $1 AND seq = $2) AND seq = "
      "(SELECT max(l.seq) FROM officer_past l WHERE l.county = officer_past.county AND l.officer "
      "= officer_past.officer AND l.seq < $2) ORDER BY login",
      e);
  if (!q) return false;
  db_bind_int(q, 2, seq);
  return read_officers(q, &store_table_officer_past, a, ret, ret_count, e);
}

/* ---- credentials ---- */

typedef struct credential_row {
  uuid officer;
  const char *password_hash;
  int64_t failures, last_failure_ms; /* no longer used; sign_in_tries is */
  int64_t changed, first;
  bool has_changed, has_first; /* not in a location of an older version */
} credential_row;

const row_table store_table_credential = {
    .name = "credential",
    ROW_COLUMNS(credential_row, ROW_UUID("officer", credential_row, officer, KEY),
                ROW_STR("password_hash", credential_row, password_hash, CHANGES),
                ROW_INT("failures", credential_row, failures, CHANGES),
                ROW_INT("last_failure", credential_row, last_failure_ms, CHANGES),
                ROW_OPTIONAL_INT("changed", credential_row, changed, has_changed, CHANGES),
                ROW_OPTIONAL_INT("first_password", credential_row, first, has_first, CHANGES))};

bool store_credential_put(store *s, const uuid *officer_id, const credential *c, err *e) {
  credential_row row = {.officer = *officer_id,
                        .password_hash = c->password_hash,
                        .changed = c->changed,
                        .has_changed = true,
                        .first = c->first_password,
                        .has_first = true};
  return row_put(s, &store_table_credential, &row, e);
}

bool store_credential_changed(store *s, const uuid *officer_id, int64_t seq, err *e) {
  db_stmt *q =
      sql_prepare(s, "UPDATE credential SET changed = $3 WHERE county = $1 AND officer = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, officer_id);
  db_bind_int(q, 3, seq);
  return db_run(q, e);
}

bool store_credential_find(store *s, const uuid *officer_id, credential *ret, bool *ret_found,
                           err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  db_stmt *q = row_select(s, &store_table_credential, "officer = $2", e);
  credential_row *row = NULL;
  if (!q) return false;
  if (!a) return err_memory(e);
  sql_bind_uuid(q, 2, officer_id);
  if (!row_first(q, &store_table_credential, a, &row, e)) return false;
  *ret_found = row != NULL;
  if (!row) return true;
  *ret = (credential){.changed = row->changed, .first_password = row->has_first && row->first};
  snprintf(ret->password_hash, sizeof ret->password_hash, "%s", row->password_hash);
  return true;
}
