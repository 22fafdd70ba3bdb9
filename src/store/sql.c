/* Statements, and the small types in them. */
#include "store/sql.h"

#include <stdio.h>

#include "base/json.h"
#include "store/store_internal.h"

db_stmt *sql_prepare(store *s, const char *statement, err *e) {
  db_stmt *q = db_prepare(s->d, statement, e);
  if (q) db_bind_str(q, 1, s->county);
  return q;
}

db_stmt *sql_prepare_buf(store *s, buf *statement, err *e) {
  if (buf_ok(statement)) return sql_prepare(s, statement->at, e);
  err_memory(e);
  return NULL;
}

void sql_bind_uuid(db_stmt *q, int n, const uuid *u) {
  if (uuid_is_nil(u))
    db_bind_null(q, n);
  else
    db_bind_blob(q, n, u->b, sizeof u->b);
}

void sql_bind_day(db_stmt *q, int n, day d) {
  if (d == DAY_NONE)
    db_bind_null(q, n);
  else
    db_bind_int(q, n, d);
}

uuid sql_uuid(db_stmt *q, int column) {
  uuid u = {{0}};
  text b = db_blob(q, column);
  if (b.bytes == sizeof u.b) memcpy(u.b, b.at, sizeof u.b);
  return u;
}

day sql_day(db_stmt *q, int column) {
  return db_null(q, column) ? DAY_NONE : (day)db_int(q, column);
}

const char *sql_str(db_stmt *q, int column, arena *a) {
  text t = db_text(q, column);
  return arena_copy(a, t.at, t.bytes);
}

bool sql_text(db_stmt *q, int column, arena *a, text *ret) {
  text t = db_text(q, column);
  char *copy = arena_copy(a, t.at, t.bytes);
  if (!copy) return false;
  *ret = (text){copy, t.bytes};
  return true;
}

void sql_area(db_stmt *q, int column, char ret[13]) {
  text t = db_text(q, column);
  snprintf(ret, 13, "%.*s", (int)(t.bytes > 12 ? 12 : t.bytes), t.at);
}

/* ---- field values ---- */

static bool is_text(const field *f) {
  return f->type == FIELD_TEXT || f->type == FIELD_CHOICE || f->type == FIELD_CHOICES;
}

char sql_field_storage(const field *f) {
  return f->sealed || is_text(f) ? 't' : 'i';
}

/* Several choices as a JSON list of their codes. */
static bool choices_to_text(const value *v, arena *a, text *ret) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '[');
  for (size_t i = 0; i < v->list->count; i++) json_put_text(&w, v->list->items[i].s);
  json_close(&w, ']');
  char *copy = buf_ok(&b) ? arena_copy(a, b.at, b.bytes) : NULL;
  if (!copy) return false;
  *ret = (text){copy, b.bytes};
  return true;
}

bool sql_field_to_text(const field *f, const value *v, arena *a, text *ret) {
  if (v->type == VALUE_UNKNOWN || v->type == VALUE_NULL) {
    *ret = (text){NULL, 0};
    return true;
  }
  if (f->type == FIELD_CHOICES) return choices_to_text(v, a, ret);
  if (is_text(f)) {
    *ret = v->s;
    return true;
  }
  const char *number = arena_printf(a, "%lld", (long long)(f->type == FIELD_BOOL ? v->yes : v->i));
  *ret = text_of(number);
  return number != NULL;
}

bool sql_field_from_text(const field *f, text t, arena *a, value *ret) {
  if (!t.at) {
    *ret = value_missing(a, f->name);
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
    *ret = (value){.type = VALUE_LIST, .list = values};
    return true;
  }
  case FIELD_TEXT:
  case FIELD_CHOICE: {
    char *copy = arena_copy(a, t.at, t.bytes);
    *ret = value_string((text){copy, t.bytes});
    return copy != NULL;
  }
  case FIELD_BOOL:
    *ret = value_bool(text_is(t, "1"));
    return true;
  default:
    if (!text_to_int(t, &n)) n = 0;
    *ret = value_int(n);
    return true;
  }
}

bool sql_bind_field(db_stmt *q, int n, const field *f, const value *v, arena *scratch) {
  if (v->type == VALUE_UNKNOWN || v->type == VALUE_NULL) {
    db_bind_null(q, n);
  } else if (f->type == FIELD_CHOICES) {
    text t;
    if (!choices_to_text(v, scratch, &t)) return false;
    db_bind_text(q, n, t);
  } else if (sql_field_storage(f) == 't') {
    db_bind_text(q, n, v->s);
  } else {
    db_bind_int(q, n, f->type == FIELD_BOOL ? v->yes : v->i);
  }
  return true;
}

bool sql_field(db_stmt *q, int column, const field *f, arena *a, value *ret) {
  if (db_null(q, column)) {
    *ret = value_missing(a, f->name);
    return true;
  }
  if (sql_field_storage(f) == 't') return sql_field_from_text(f, db_text(q, column), a, ret);
  int64_t n = db_int(q, column);
  *ret = f->type == FIELD_BOOL ? value_bool(n != 0) : value_int(n);
  return true;
}

/* Names of kinds are letters, digits and _ only. */
void sql_of_pack(buf *b, const pack *p) {
  if (!p) return;
  buf_str(b, " AND kind IN (''");
  for (size_t i = 0; i < p->kind_count; i++) buf_printf(b, ", '%s'", p->kinds[i].name);
  buf_str(b, ")");
}
