/* Officers with their posts, credentials. */
#include "store/rows/officers.h"

#include "store/sql.h"
#include "store/store_internal.h"

static bool posts_to_text(const officer *o, buf *b) {
  json_out w = json_to(b);
  json_open(&w, '[');
  for (size_t i = 0; i < o->post_count; i++) {
    json_open(&w, '{');
    json_key(&w, "area");
    json_put_str(&w, o->posts[i].area);
    json_key(&w, "role");
    json_put_str(&w, o->posts[i].role);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  return buf_ok(b);
}

static bool posts_from_text(text t, arena *a, officer *o) {
  err ignored;
  json *list = json_parse(a, t, &ignored);
  if (!list) return false;
  post *posts = ARENA_ARRAY(a, list->count, post);
  if (!posts) return false;
  for (size_t i = 0; i < list->count; i++) {
    text role = json_text(&list->items[i], "role"), where = json_text(&list->items[i], "area");
    posts[i].role = arena_copy(a, role.at, role.bytes);
    if (!posts[i].role || where.bytes > 12) return false;
    memcpy(posts[i].area, where.at, where.bytes);
  }
  o->posts = posts;
  o->post_count = list->count;
  return true;
}

bool store_officer_put(store *s, const officer *o, err *e) {
  AUTO_BUF buf posts = {0};
  if (!posts_to_text(o, &posts)) return err_memory(e);
  db_stmt *q = sql(
      s,
      "INSERT INTO officer (county, id, login, name, active, posts) VALUES ($1, $2, $3, $4, $5, "
      "$6) ON CONFLICT (county, id) DO UPDATE SET login = excluded.login, name = "
      "excluded.name, active = excluded.active, posts = excluded.posts",
      e);
  if (!q) return false;
  bind_uuid(q, 2, &o->id);
  db_bind_str(q, 3, o->login);
  db_bind_str(q, 4, o->name);
  db_bind_int(q, 5, o->active);
  db_bind_text(q, 6, buf_view(&posts));
  if (db_run(q, e)) return true;
  if (db_was_conflict(s->d))
    return err_set(e, ERR_CONFLICT, "login", "登录名“%s”已经有人用了，请换一个。",
                   "The login \"%s\" is taken; choose another.", o->login);
  return false;
}

bool store_officer_past_put(store *s, const officer *o, int64_t seq, day on, err *e) {
  AUTO_BUF buf posts = {0};
  if (!posts_to_text(o, &posts)) return err_memory(e);
  db_stmt *q = sql(s,
                   "INSERT INTO officer_past (county, officer, seq, day, login, name, active, "
                   "posts) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
                   e);
  if (!q) return false;
  bind_uuid(q, 2, &o->id);
  db_bind_int(q, 3, seq);
  db_bind_int(q, 4, on);
  db_bind_str(q, 5, o->login);
  db_bind_str(q, 6, o->name);
  db_bind_int(q, 7, o->active);
  db_bind_text(q, 8, buf_view(&posts));
  return db_run(q, e);
}

#define OFFICER_COLUMNS "id, login, name, active, posts"

static bool read_officers(db_stmt *q, arena *a, officer **out, size_t *count, err *e) {
  officer *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    officer *more = ARENA_GROW(a, rows, n, &room, officer);
    officer x = {.id = column_uuid(q, 0),
                 .login = column_str(q, 1, a),
                 .name = column_str(q, 2, a),
                 .active = db_int(q, 3) != 0};
    if (!more || !x.login || !x.name || !posts_from_text(db_text(q, 4), a, &x)) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    rows[n++] = x;
  }
  if (got < 0) return false;
  *out = rows;
  *count = n;
  return true;
}

bool store_officer(store *s, arena *a, const uuid *id, officer **out, err *e) {
  db_stmt *q = sql(s, "SELECT " OFFICER_COLUMNS " FROM officer WHERE county = $1 AND id = $2", e);
  size_t n = 0;
  officer *rows = NULL;
  if (!q) return false;
  bind_uuid(q, 2, id);
  if (!read_officers(q, a, &rows, &n, e)) return false;
  *out = n ? rows : NULL;
  return true;
}

bool store_officer_by_login(store *s, arena *a, text login, officer **out, err *e) {
  db_stmt *q =
      sql(s, "SELECT " OFFICER_COLUMNS " FROM officer WHERE county = $1 AND login = $2", e);
  size_t n = 0;
  officer *rows = NULL;
  if (!q) return false;
  db_bind_text(q, 2, login);
  if (!read_officers(q, a, &rows, &n, e)) return false;
  *out = n ? rows : NULL;
  return true;
}

bool store_officers(store *s, arena *a, officer **out, size_t *count, err *e) {
  db_stmt *q =
      sql(s, "SELECT " OFFICER_COLUMNS " FROM officer WHERE county = $1 ORDER BY login", e);
  return q && read_officers(q, a, out, count, e);
}

bool store_officers_on(store *s, arena *a, day on, const uuid *only, officer **out, size_t *count,
                       err *e) {
  db_stmt *q =
      only ? NULL
           : sql(s,
                 "SELECT p.officer, p.login, p.name, p.active, p.posts FROM officer_past p WHERE "
                 "p.county = $1 AND p.active = 1 AND p.seq = (SELECT max(l.seq) FROM "
                 "officer_past l WHERE l.county = p.county AND l.officer = p.officer AND l.day "
                 "<= $2) ORDER BY p.login",
                 e);
  if (only)
    q = sql(s,
            "SELECT officer, login, name, active, posts FROM officer_past WHERE county = $1 AND "
            "officer = $3 AND active = 1 AND seq = (SELECT max(seq) FROM officer_past WHERE county "
            "= $1 AND officer = $3 AND day <= $2)",
            e);
  if (!q) return false;
  db_bind_int(q, 2, on);
  if (only) bind_uuid(q, 3, only);
  return read_officers(q, a, out, count, e);
}

bool store_credential_put(store *s, const uuid *officer_id, const credential *c, err *e) {
  db_stmt *q = sql(
      s,
      "INSERT INTO credential (county, officer, password_hash, failures, last_failure, changed) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (county, officer) DO UPDATE SET password_hash "
      "= excluded.password_hash, failures = excluded.failures, last_failure = "
      "excluded.last_failure, changed = excluded.changed",
      e);
  if (!q) return false;
  bind_uuid(q, 2, officer_id);
  db_bind_str(q, 3, c->password_hash);
  db_bind_int(q, 4, c->failures);
  db_bind_int(q, 5, c->last_failure_ms);
  db_bind_int(q, 6, c->changed);
  return db_run(q, e);
}

bool store_credential_changed(store *s, const uuid *officer_id, int64_t seq, err *e) {
  db_stmt *q = sql(s, "UPDATE credential SET changed = $3 WHERE county = $1 AND officer = $2", e);
  if (!q) return false;
  bind_uuid(q, 2, officer_id);
  db_bind_int(q, 3, seq);
  return db_run(q, e);
}

bool store_credential(store *s, const uuid *officer_id, credential *out, bool *found, err *e) {
  db_stmt *q = sql(s,
                   "SELECT password_hash, failures, last_failure, changed FROM credential WHERE "
                   "county = $1 AND officer = $2",
                   e);
  if (!q) return false;
  bind_uuid(q, 2, officer_id);
  int got = db_next(q, e);
  if (got < 0) return false;
  if (got) {
    text h = db_text(q, 0);
    *out = (credential){
        .failures = db_int(q, 1), .last_failure_ms = db_int(q, 2), .changed = db_int(q, 3)};
    if (h.bytes < sizeof out->password_hash) memcpy(out->password_hash, h.at, h.bytes);
  }
  db_done(q);
  *found = got > 0;
  return true;
}
