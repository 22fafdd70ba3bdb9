/* Opening a county, binding the small types, and the reach. */
#include "store/inside.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ident.h"

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
  db_stmt *q = db_prepare(s->d, "SELECT county FROM county_state ORDER BY county LIMIT 2", e);
  if (q && db_next(q, e) > 0) {
    snprintf(s->county, sizeof s->county, "%.*s", (int)db_text(q, 0).bytes, db_text(q, 0).at);
    int more = db_next(q, e);
    db_done(q);
    if (more == 0) return s;
    if (more > 0)
      err_set(e, ERR_USAGE, place, "这里有不止一个区县，请用 --county 指明六位代码。",
              "There is more than one county here; name one with --county.");
  } else if (q) {
    err_set(e, ERR_STORE, place, "这里还没有区县数据，请先运行 jishi init 或 jishi demo。",
            "There is no county here yet; run jishi init or jishi demo first.");
  }
  store_close(s);
  return NULL;
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
  if (!subjects_prepare(s, e) || !events_prepare(s, e)) return false;
  for (size_t i = 0; make_tables && i < s->kind_count + s->event_count; i++) {
    const table *t = i < s->kind_count ? &s->kinds[i].table : &s->events[i - s->kind_count].table;
    if (!table_make(s->d, t, e) || !table_extend(s->d, t, e)) return false;
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

const kind_sql *sql_of_kind(const store *s, const kind *k) {
  for (size_t i = 0; i < s->kind_count; i++)
    if (s->kinds[i].kind == k) return &s->kinds[i];
  return NULL;
}

const event_sql *sql_of_event(const store *s, const event_kind *k) {
  for (size_t i = 0; i < s->event_count; i++)
    if (s->events[i].kind == k) return &s->events[i];
  return NULL;
}

/* ---- the county's row ---- */

bool store_make(store *s, const char *code, const char *name, err *e) {
  for (size_t i = 0; i < fixed_table_count; i++)
    if (!table_make(s->d, &fixed_tables[i], e)) return false;
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
  q = sql(s, "SELECT seq, id, at, link FROM journal WHERE county = $1 ORDER BY seq DESC LIMIT 1",
          e);
  if (!q || (got = db_next(q, e)) < 0) return false;
  if (got) {
    c.seq = db_int(q, 0);
    c.last_id = column_uuid(q, 1);
    c.last_at_ms = db_int(q, 2);
    text link = db_blob(q, 3);
    if (link.bytes == HASH_BYTES) memcpy(c.link.b, link.at, HASH_BYTES);
  }
  db_done(q);
  *out = c;
  return true;
}

bool store_ticked(store *s, day on, err *e) {
  db_stmt *q = sql(s, "UPDATE county_state SET last_tick = $2 WHERE county = $1", e);
  if (!q) return false;
  bind_day(q, 2, on);
  return db_run(q, e);
}

bool store_pack_put(store *s, const char *name, int64_t seq, text body, err *e) {
  db_stmt *q = sql(s,
                   "INSERT INTO pack_source (county, name, seq, body) VALUES ($1, $2, $3, $4) "
                   "ON CONFLICT (county, name) DO UPDATE SET seq = excluded.seq, body = "
                   "excluded.body",
                   e);
  if (!q) return false;
  db_bind_str(q, 2, name);
  db_bind_int(q, 3, seq);
  db_bind_text(q, 4, body);
  return db_run(q, e);
}

bool store_pack_bodies(store *s, arena *a, text **out, size_t *count, err *e) {
  db_stmt *q = sql(s, "SELECT body FROM pack_source WHERE county = $1 ORDER BY seq", e);
  if (!q) return false;
  text *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    text *more = ARENA_GROW(a, rows, n, &room, text);
    if (!more || !column_text(q, 0, a, &more[n])) {
      db_done(q);
      return err_memory(e);
    }
    rows = more;
    n++;
  }
  if (got < 0) return false;
  *out = rows;
  *count = n;
  return true;
}

bool store_county_lock(store *s, err *e) {
  /* Touching the row takes its lock on both drivers; SQLite has one writer anyway. */
  db_stmt *q = sql(s, "UPDATE county_state SET name = name WHERE county = $1", e);
  return q && db_run(q, e);
}

/* ---- binding ---- */

db_stmt *sql(store *s, const char *statement, err *e) {
  db_stmt *q = db_prepare(s->d, statement, e);
  if (q) db_bind_str(q, 1, s->county);
  return q;
}

void bind_uuid(db_stmt *q, int n, const uuid *u) {
  if (uuid_is_nil(u))
    db_bind_null(q, n);
  else
    db_bind_blob(q, n, u->b, sizeof u->b);
}

void bind_day(db_stmt *q, int n, day d) {
  if (d == DAY_NONE)
    db_bind_null(q, n);
  else
    db_bind_int(q, n, d);
}

uuid column_uuid(db_stmt *q, int column) {
  uuid u = {{0}};
  text b = db_blob(q, column);
  if (b.bytes == sizeof u.b) memcpy(u.b, b.at, sizeof u.b);
  return u;
}

day column_day(db_stmt *q, int column) {
  return db_null(q, column) ? DAY_NONE : (day)db_int(q, column);
}

const char *column_str(db_stmt *q, int column, arena *a) {
  text t = db_text(q, column);
  return arena_copy(a, t.at, t.bytes);
}

bool column_text(db_stmt *q, int column, arena *a, text *out) {
  text t = db_text(q, column);
  char *copy = arena_copy(a, t.at, t.bytes);
  if (!copy) return false;
  *out = (text){copy, t.bytes};
  return true;
}

void column_area(db_stmt *q, int column, char out[13]) {
  text t = db_text(q, column);
  snprintf(out, 13, "%.*s", (int)(t.bytes > 12 ? 12 : t.bytes), t.at);
}

/* ---- field values ---- */

char field_column_type(const field *f) {
  return f->type == FIELD_TEXT || f->type == FIELD_CHOICE || f->type == FIELD_CHOICES ? 't' : 'i';
}

/* Several choices as a JSON list of their codes. */
static bool choices_to_text(const value *v, arena *a, text *out) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '[');
  for (size_t i = 0; i < v->list->count; i++) json_put_text(&w, v->list->items[i].s);
  json_close(&w, ']');
  char *copy = buf_ok(&b) ? arena_copy(a, b.at, b.bytes) : NULL;
  if (!copy) return false;
  *out = (text){copy, b.bytes};
  return true;
}

bool field_to_text(const field *f, const value *v, arena *a, text *out) {
  if (v->type == VALUE_UNKNOWN || v->type == VALUE_NULL) {
    *out = (text){NULL, 0};
    return true;
  }
  if (f->type == FIELD_CHOICES) return choices_to_text(v, a, out);
  if (field_column_type(f) == 't') {
    *out = v->s;
    return true;
  }
  const char *number = arena_printf(a, "%lld", (long long)(f->type == FIELD_BOOL ? v->yes : v->i));
  *out = text_of(number);
  return number != NULL;
}

bool field_from_text(const field *f, text t, arena *a, value *out) {
  if (!t.at) {
    *out = value_missing(a, f->name);
    return true;
  }
  int64_t n = 0;
  switch (f->type) {
  case FIELD_CHOICES: {
    err ignored;
    json *list = json_parse(a, t, &ignored);
    value_list *values = ARENA_NEW(a, value_list);
    value *items = list ? ARENA_ARRAY(a, list->count, value) : NULL;
    if (!values || !items) return false;
    for (size_t i = 0; i < list->count; i++) items[i] = value_string(list->items[i].s);
    values->count = list->count;
    values->items = items;
    *out = (value){.type = VALUE_LIST, .list = values};
    return true;
  }
  case FIELD_TEXT:
  case FIELD_CHOICE: {
    char *copy = arena_copy(a, t.at, t.bytes);
    *out = value_string((text){copy, t.bytes});
    return copy != NULL;
  }
  case FIELD_BOOL:
    *out = value_bool(text_is(t, "1"));
    return true;
  default:
    if (!text_to_int(t, &n)) n = 0;
    *out = value_int(n);
    return true;
  }
}

bool bind_field(db_stmt *q, int n, const field *f, const value *v, arena *scratch) {
  if (v->type == VALUE_UNKNOWN || v->type == VALUE_NULL) {
    db_bind_null(q, n);
  } else if (f->type == FIELD_CHOICES) {
    text t;
    if (!choices_to_text(v, scratch, &t)) return false;
    db_bind_text(q, n, t);
  } else if (field_column_type(f) == 't') {
    db_bind_text(q, n, v->s);
  } else {
    db_bind_int(q, n, f->type == FIELD_BOOL ? v->yes : v->i);
  }
  return true;
}

bool column_field(db_stmt *q, int column, const field *f, arena *a, value *out) {
  if (db_null(q, column)) {
    *out = value_missing(a, f->name);
    return true;
  }
  if (field_column_type(f) == 't') return field_from_text(f, db_text(q, column), a, out);
  int64_t n = db_int(q, column);
  *out = f->type == FIELD_BOOL ? value_bool(n != 0) : value_int(n);
  return true;
}

/* ---- reach ---- */

reach reach_all(void) {
  reach r = {.count = 1};
  memcpy(r.areas[0].lo, "000000000000", 13);
  memcpy(r.areas[0].hi, "999999999999", 13);
  return r;
}

static bool covered(const reach *r, const char *lo, const char *hi) {
  for (size_t i = 0; i < r->count; i++)
    if (strcmp(r->areas[i].lo, lo) <= 0 && strcmp(hi, r->areas[i].hi) <= 0) return true;
  return false;
}

bool reach_add(reach *r, const char *area) {
  char code[13], lo[13], hi[13];
  if (!area_code_check(text_of(area), code, NULL)) return true; /* no area: nothing to see */
  area_code_range(code, lo, hi);
  if (covered(r, lo, hi)) return true;
  if (r->count == REACH_MAX) return false;
  memcpy(r->areas[r->count].lo, lo, 13);
  memcpy(r->areas[r->count].hi, hi, 13);
  r->count++;
  return true;
}

bool reach_has(const reach *r, const char *area) {
  return covered(r, area, area);
}

reach reach_within(const reach *r, const char *area) {
  reach part = {0};
  char code[13], lo[13], hi[13];
  if (!area_code_check(text_of(area), code, NULL)) return part;
  area_code_range(code, lo, hi);
  if (covered(r, lo, hi)) {
    reach_add(&part, code);
    return part;
  }
  for (size_t i = 0; i < r->count; i++)
    if (strcmp(lo, r->areas[i].lo) <= 0 && strcmp(r->areas[i].hi, hi) <= 0)
      part.areas[part.count++] = r->areas[i];
  return part;
}

void reach_sql(buf *b, const reach *r, int *n) {
  if (r->count == 0) {
    buf_str(b, "0 = 1");
    return;
  }
  buf_char(b, '(');
  for (size_t i = 0; i < r->count; i++, *n += 2)
    buf_printf(b, "%sarea BETWEEN $%d AND $%d", i ? " OR " : "", *n, *n + 1);
  buf_char(b, ')');
}

void reach_bind(db_stmt *q, const reach *r, int *n) {
  for (size_t i = 0; i < r->count; i++, *n += 2) {
    db_bind_str(q, *n, r->areas[i].lo);
    db_bind_str(q, *n + 1, r->areas[i].hi);
  }
}
