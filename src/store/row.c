/* Rows by their description: statements, members in, members out. */
#include "store/row.h"

#include <assert.h>

#include "store/sealed.h"
#include "store/store_internal.h"

enum { FIRST = 2 }; /* parameter of the first column */
static const unsigned all_roles = ROW_KEY | ROW_FIXED | ROW_CHANGES | ROW_REFRESHED;

/* ---- statements ---- */

/* Each column of one of the roles, with its number among the parameters. */
static void each(buf *b, const row_table *t, unsigned roles, const char *before_first,
                 const char *before_next, void (*put)(buf *b, const row_column *c, size_t n)) {
  const char *before = before_first;
  for (size_t i = 0; i < t->count; i++) {
    if (!(t->columns[i].role & roles)) continue;
    buf_str(b, before);
    put(b, &t->columns[i], i + FIRST);
    before = before_next;
  }
}

static void put_name(buf *b, const row_column *c, size_t n) {
  (void)n;
  buf_str(b, c->name);
}

static void put_number(buf *b, const row_column *c, size_t n) {
  (void)c;
  buf_printf(b, "$%zu", n);
}

static void put_equal(buf *b, const row_column *c, size_t n) {
  if (c->role == ROW_REFRESHED)
    buf_printf(b, "%s = coalesce($%zu, %s)", c->name, n, c->name);
  else
    buf_printf(b, "%s = $%zu", c->name, n);
}

static void put_excluded(buf *b, const row_column *c, size_t n) {
  (void)n;
  buf_printf(b, "%s = excluded.%s", c->name, c->name);
}

static void insert_text(buf *b, const row_table *t) {
  buf_printf(b, "INSERT INTO %s (county", t->name);
  each(b, t, all_roles, ", ", ", ", put_name);
  buf_str(b, ") VALUES ($1");
  each(b, t, all_roles, ", ", ", ", put_number);
  buf_char(b, ')');
}

static void put_text(buf *b, const row_table *t) {
  insert_text(b, t);
  buf_str(b, " ON CONFLICT (county");
  each(b, t, ROW_KEY, ", ", ", ", put_name);
  bool changes = false;
  for (size_t i = 0; i < t->count; i++) changes |= t->columns[i].role == ROW_CHANGES;
  buf_str(b, changes ? ") DO UPDATE" : ") DO NOTHING");
  each(b, t, ROW_CHANGES, " SET ", ", ", put_excluded);
}

static void update_text(buf *b, const row_table *t) {
  buf_printf(b, "UPDATE %s", t->name);
  each(b, t, ROW_CHANGES | ROW_REFRESHED, " SET ", ", ", put_equal);
  buf_str(b, " WHERE county = $1");
  each(b, t, ROW_KEY, " AND ", " AND ", put_equal);
}

static void remove_text(buf *b, const row_table *t) {
  buf_printf(b, "DELETE FROM %s WHERE county = $1", t->name);
  each(b, t, ROW_KEY, " AND ", " AND ", put_equal);
}

/* Whether keys come with the rows: where something sealed may be read. */
static bool keys_come(const row_table *t, const bool *wanted) {
  for (size_t i = 0; t->owner && i < t->count; i++) {
    const row_column *c = &t->columns[i];
    if (c->sealed && !(wanted && c->type == ROW_TYPE_FIELD && !wanted[c->flag])) return true;
  }
  return false;
}

void row_key_column(buf *b, const row_table *t, const bool *wanted) {
  if (!keys_come(t, wanted)) return;
  buf_printf(b,
             "(SELECT wrapped FROM data_key WHERE data_key.county = $1 AND data_key.owner = "
             "%s.%s), ",
             t->name, t->owner);
}

static void columns_text(buf *b, const row_table *t) {
  row_key_column(b, t, NULL);
  bool first = true;
  for (size_t i = 0; i < t->count; i++) {
    if (t->columns[i].unread) continue;
    buf_printf(b, "%s%s", first ? "" : ", ", t->columns[i].name);
    first = false;
  }
}

static const char *text_made(arena *a, const row_table *t,
                             void (*make)(buf *b, const row_table *t)) {
  AUTO_BUF buf b = {0};
  make(&b, t);
  return buf_ok(&b) ? arena_copy(a, b.at, b.bytes) : NULL;
}

bool row_fields(arena *a, const field *fields, size_t count, size_t at, row_column *ret_columns) {
  for (size_t i = 0; i < count; i++) {
    ret_columns[i] = (row_column){.name = arena_printf(a, "f_%s", fields[i].name),
                                  .type = ROW_TYPE_FIELD,
                                  .role = ROW_CHANGES,
                                  .at = at,
                                  .flag = i,
                                  .field = &fields[i],
                                  .sealed = fields[i].sealed};
    if (!ret_columns[i].name) return false;
  }
  return true;
}

bool row_sql_make(arena *a, const row_table *t, row_sql *ret_sql) {
  row_sql x = {.table = t,
               .columns = text_made(a, t, columns_text),
               .insert = text_made(a, t, insert_text),
               .put = text_made(a, t, put_text),
               .update = text_made(a, t, update_text),
               .remove = text_made(a, t, remove_text)};
  if (!x.columns || !x.insert || !x.put || !x.update || !x.remove) return false;
  *ret_sql = x;
  return true;
}

const row_sql *row_sql_of(const store *s, const row_table *t) {
  if (t->sql) return t->sql;
  const row_sql *x = s->fixed;
  while (x->table != t) {
    assert(x->table); /* a table that schema.c does not list */
    x++;
  }
  return x;
}

/* ---- members in ---- */

static const void *member(const row_column *c, const void *row) {
  return (const char *)row + c->at;
}

/* Shorter texts ("", "{}", "[]", a digit) tell nothing of anybody and are not sealed. */
enum { SEALED_BYTES_MIN = 3 };

static text context_of(const row_column *c) {
  return text_of(c->field ? c->field->name : c->name);
}

/* Where a column is bound. */
static int place_of(const row_table *t, const row_column *c) {
  return (int)(c - t->columns) + FIRST;
}

static bool bind_sealed(store *s, const row_table *t, db_stmt *q, const row_column *c,
                        const void *row, arena *scratch, err *e) {
  static const uuid county = {{0}};
  const uuid *owner = t->owner_at ? (const uuid *)((const char *)row + t->owner_at - 1) : &county;
  const void *m = member(c, row);
  text plain, sealed;
  if (!c->field)
    plain = *(const text *)m;
  else if (!sql_field_to_text(c->field, &(*(const value *const *)m)[c->flag], scratch, &plain))
    return err_memory(e);
  sealed = plain;
  if (plain.at && (c->field || plain.bytes >= SEALED_BYTES_MIN) &&
      !(c->type == ROW_TYPE_BLOB ? sealed_blob : sealed_text)(s, owner, context_of(c), plain,
                                                              scratch, &sealed, e))
    return false;
  if (c->type == ROW_TYPE_BLOB)
    db_bind_blob(q, place_of(t, c), sealed.at, sealed.bytes);
  else
    db_bind_text(q, place_of(t, c), sealed);
  return true;
}

static bool bind(db_stmt *q, int n, const row_column *c, const void *row, arena *scratch) {
  const void *m = member(c, row);
  switch (c->type) {
  case ROW_TYPE_INT:
    db_bind_int(q, n, *(const int64_t *)m);
    break;
  case ROW_TYPE_OPTIONAL_INT:
    if (*((const bool *)((const char *)row + c->flag)))
      db_bind_int(q, n, *(const int64_t *)m);
    else
      db_bind_null(q, n);
    break;
  case ROW_TYPE_BOOL:
    db_bind_int(q, n, *(const bool *)m);
    break;
  case ROW_TYPE_DAY:
    db_bind_int(q, n, *(const day *)m);
    break;
  case ROW_TYPE_OPTIONAL_DAY:
    sql_bind_day(q, n, *(const day *)m);
    break;
  case ROW_TYPE_UUID:
    db_bind_blob(q, n, m, sizeof(uuid));
    break;
  case ROW_TYPE_OPTIONAL_UUID:
    sql_bind_uuid(q, n, m);
    break;
  case ROW_TYPE_STR:
    db_bind_str(q, n, *(const char *const *)m);
    break;
  case ROW_TYPE_TEXT:
  case ROW_TYPE_OPTIONAL_TEXT:
    db_bind_text(q, n, *(const text *)m);
    break;
  case ROW_TYPE_AREA:
    db_bind_str(q, n, m);
    break;
  case ROW_TYPE_BLOB:
    db_bind_blob(q, n, ((const text *)m)->at, ((const text *)m)->bytes);
    break;
  case ROW_TYPE_HASH:
    db_bind_blob(q, n, m, sizeof(hash));
    break;
  case ROW_TYPE_FIELD:
    return sql_bind_field(q, n, c->field, &(*(const value *const *)m)[c->flag], scratch);
  }
  return true;
}

static bool run(store *s, const row_table *t, const char *statement, unsigned roles,
                const void *row, err *e) {
  db_stmt *q = sql_prepare(s, statement, e);
  if (!q) return false;
  arena *scratch AUTO_ARENA = NULL;
  for (size_t i = 0; i < t->count; i++) {
    const row_column *c = &t->columns[i];
    if (!(c->role & roles)) continue;
    bool lasting = c->sealed || (c->field && c->field->type == FIELD_CHOICES);
    if (lasting && !scratch && !(scratch = arena_new(0))) return err_memory(e);
    if (c->sealed) {
      if (!bind_sealed(s, t, q, c, row, scratch, e)) return false;
      continue;
    }
    if (!bind(q, place_of(t, c), c, row, scratch)) return err_memory(e);
  }
  return db_run(q, e);
}

bool row_insert(store *s, const row_table *t, const void *row, err *e) {
  return run(s, t, row_sql_of(s, t)->insert, all_roles, row, e);
}

bool row_put(store *s, const row_table *t, const void *row, err *e) {
  return run(s, t, row_sql_of(s, t)->put, all_roles, row, e);
}

bool row_update(store *s, const row_table *t, const void *row, err *e) {
  return run(s, t, row_sql_of(s, t)->update, all_roles & ~(unsigned)ROW_FIXED, row, e);
}

bool row_remove(store *s, const row_table *t, const void *row, err *e) {
  return run(s, t, row_sql_of(s, t)->remove, ROW_KEY, row, e);
}

/* ---- members out ---- */

db_stmt *row_select_buf(store *s, const row_table *t, buf *where, err *e) {
  if (buf_ok(where)) return row_select(s, t, where->at, e);
  err_memory(e);
  return NULL;
}

db_stmt *row_select(store *s, const row_table *t, const char *where, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "SELECT %s FROM %s WHERE county = $1 AND %s", row_sql_of(s, t)->columns, t->name,
             where);
  return sql_prepare_buf(s, &b, e);
}

static bool read(db_stmt *q, int n, const row_column *c, arena *a, void *row) {
  void *m = (char *)row + c->at;
  switch (c->type) {
  case ROW_TYPE_OPTIONAL_INT:
    *(bool *)((char *)row + c->flag) = !db_null(q, n);
    *(int64_t *)m = db_int(q, n);
    break;
  case ROW_TYPE_INT:
    *(int64_t *)m = db_int(q, n);
    break;
  case ROW_TYPE_BOOL:
    *(bool *)m = db_int(q, n) != 0;
    break;
  case ROW_TYPE_DAY:
  case ROW_TYPE_OPTIONAL_DAY:
    *(day *)m = sql_day(q, n);
    break;
  case ROW_TYPE_UUID:
  case ROW_TYPE_OPTIONAL_UUID:
    *(uuid *)m = sql_uuid(q, n);
    break;
  case ROW_TYPE_STR:
    return (*(const char **)m = sql_str(q, n, a)) != NULL;
  case ROW_TYPE_OPTIONAL_TEXT:
    if (db_null(q, n)) {
      *(text *)m = (text){NULL, 0};
      break;
    }
    return sql_text(q, n, a, m);
  case ROW_TYPE_TEXT:
    return sql_text(q, n, a, m);
  case ROW_TYPE_AREA:
    sql_area(q, n, m);
    break;
  case ROW_TYPE_BLOB: {
    text b = db_blob(q, n);
    char *copy = arena_copy(a, b.at, b.bytes);
    *(text *)m = (text){copy, b.bytes};
    return copy != NULL;
  }
  case ROW_TYPE_HASH: {
    text h = db_blob(q, n);
    if (h.bytes == HASH_BYTES) memcpy(m, h.at, HASH_BYTES);
    break;
  }
  case ROW_TYPE_FIELD:
    return sql_field(q, n, c->field, a, &(*(value **)m)[c->flag]);
  }
  return true;
}

static bool read_sealed(db_stmt *q, int n, const row_column *c, arena *a, void *row, err *e) {
  void *m = (char *)row + c->at;
  text t = {NULL, 0};
  const text cell = c->type == ROW_TYPE_BLOB ? db_blob(q, n) : db_text(q, n);
  if (!db_null(q, n) && !sealed_open(db_owner(q), context_of(c), cell, a, &t, e)) return false;
  if (c->field)
    return sql_field_from_text(c->field, t, a, &(*(value **)m)[c->flag]) || err_memory(e);
  *(text *)m = t.at || c->type == ROW_TYPE_OPTIONAL_TEXT ? t : TEXT("");
  return true;
}

bool row_read(db_stmt *q, const row_table *t, const bool *wanted, arena *a, void *ret_row, err *e) {
  int n = 0;
  if (keys_come(t, wanted)) sealed_offer(db_owner(q), db_text(q, n++));
  for (size_t i = 0; i < t->count; i++) {
    const row_column *c = &t->columns[i];
    if (c->unread) continue;
    if (wanted && c->type == ROW_TYPE_FIELD && !wanted[c->flag])
      (*(value **)((char *)ret_row + c->at))[c->flag] = (value){.type = VALUE_UNKNOWN};
    else if (!(c->sealed ? read_sealed(q, n++, c, a, ret_row, e)
                         : read(q, n++, c, a, ret_row) || err_memory(e)))
      return false;
  }
  return true;
}

bool row_list(db_stmt *q, const row_table *t, arena *a, void *ret_rows, size_t *ret_count, err *e) {
  char *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    char *more = arena_grow(a, rows, n, &room, t->bytes);
    if (!more) err_memory(e);
    if (!more || !row_read(q, t, NULL, a, more + n * t->bytes, e)) {
      db_done(q);
      return false;
    }
    rows = more;
    n++;
  }
  if (got < 0) return false;
  memcpy(ret_rows, &rows, sizeof rows); /* to a pointer of whatever type */
  *ret_count = n;
  return true;
}

bool row_first(db_stmt *q, const row_table *t, arena *a, void *ret_row, err *e) {
  int got = db_next(q, e);
  if (got < 0) return false;
  void *row = NULL;
  if (got) {
    row = arena_take(a, t->bytes);
    bool ok = row ? row_read(q, t, NULL, a, row, e) : err_memory(e);
    db_done(q);
    if (!ok) return false;
  }
  memcpy(ret_row, &row, sizeof row);
  return true;
}
