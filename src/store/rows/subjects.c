/* Subjects: one table a kind, one column a field. */
#include "store/rows/subjects.h"

#include <stdio.h>

#include "base/fold.h"
#include "base/pinyin.h"
#include "store/row.h"
#include "store/rows/county.h"
#include "store/rows/mergers.h"
#include "store/rows/schema.h"
#include "store/sealed.h"
#include "store/store_internal.h"

/* A record with what is kept of it for searching only. */
typedef struct record_row {
  record r;
  text title, search, natural_key;
} record_row;

/* Columns every kind's table has, before its fields. */
static const row_column head[] = {
    ROW_UUID("id", record_row, r.id, KEY),
    ROW_UUID("root", record_row, r.root, CHANGES),
    ROW_OPTIONAL_UUID("parent", record_row, r.parent, CHANGES),
    ROW_AREA("area", record_row, r.area, CHANGES),
    ROW_INT("version", record_row, r.version, CHANGES),
    ROW_INT("created", record_row, r.created, CHANGES),
    ROW_OPTIONAL_DAY("next_evaluation", record_row, r.next_evaluation, CHANGES),
    ROW_INT("colour", record_row, r.colour, CHANGES),
    ROW_BOOL("withdrawn", record_row, r.withdrawn, CHANGES),
    {.name = "title", ROW_TYPE_TEXT, ROW_CHANGES, ROW_AT(record_row, title, text), .unread = true},
    {.name = "search", /* made again only when the title changed */
     ROW_TYPE_OPTIONAL_TEXT,
     ROW_REFRESHED,
     ROW_AT(record_row, search, text),
     .unread = true},
    {.name = "natural_key",
     ROW_TYPE_OPTIONAL_TEXT,
     ROW_CHANGES,
     ROW_AT(record_row, natural_key, text),
     .unread = true},
};
enum { HEAD = sizeof head / sizeof *head };
static const char *const root_indexes[] = {"area, id", "!natural_key", "next_evaluation", NULL};
static const char *const child_indexes[] = {"root", "area, id", "!natural_key", NULL};

static const kind_rows *rows_of(const store *s, const kind *k) {
  for (size_t i = 0; i < s->kind_count; i++)
    if (s->kinds[i].kind == k) return &s->kinds[i];
  return NULL;
}

/* Beside the usual ones: by zone, where the kind has one; and by whose units they are, where a
 * field of the kind says so. */
static const char *const *indexes_of(const store *s, const kind *k) {
  const char *const *usual = k->parent < 0 ? root_indexes : child_indexes;
  const pack *p = catalog_pack_of(s->packs, k);
  const kind *root = k->parent < 0 ? k : &p->kinds[k->parent];
  size_t n = 0;
  while (usual[n]) n++;
  const char **all = ARENA_ARRAY(s->a, n + 3, const char *);
  if (!all) return NULL;
  memcpy(all, usual, n * sizeof *all);
  if (k->zone_field >= 0 &&
      !(all[n++] = arena_printf(s->a, "f_%s, id", k->fields[k->zone_field].name)))
    return NULL;
  if (root->assigned_in == k->index &&
      !(all[n++] = arena_printf(s->a, "f_%s, root", k->fields[root->assigned_by].name)))
    return NULL;
  return all;
}

static bool prepare_kind(store *s, const kind *k, kind_rows *x) {
  row_column *columns = ARENA_ARRAY(s->a, HEAD + k->field_count, row_column);
  if (!columns) return false;
  memcpy(columns, head, sizeof head);
  x->kind = k;
  x->table = (row_table){.name = arena_printf(s->a, "subject_%s", k->name),
                         .columns = columns,
                         .count = HEAD + k->field_count,
                         .indexes = indexes_of(s, k),
                         .derived = true,
                         .bytes = sizeof(record),
                         .owner_at = ROW_OWNER(record_row, r.id),
                         .owner = "id",
                         .sql = &x->sql};
  return x->table.name && x->table.indexes &&
         row_fields(s->a, k->fields, k->field_count, offsetof(record_row, r.fields),
                    columns + HEAD) &&
         row_sql_make(s->a, &x->table, &x->sql);
}

bool store_subjects_prepare(store *s, err *e) {
  size_t n = 0;
  for (size_t p = 0; p < s->packs->count; p++) n += s->packs->packs[p]->kind_count;
  s->kinds = ARENA_ARRAY(s->a, n, kind_rows);
  if (!s->kinds) return err_memory(e);
  for (size_t p = 0; p < s->packs->count; p++)
    for (size_t i = 0; i < s->packs->packs[p]->kind_count; i++)
      if (!prepare_kind(s, &s->packs->packs[p]->kinds[i], &s->kinds[s->kind_count++]))
        return err_memory(e);
  return true;
}

/* ---- the key: as it is, or the index of a sealed one ---- */

static bool key_is_sealed(const kind *k) {
  return k->key >= 0 && k->fields[k->key].sealed;
}

/* ---- what is searched in: the folded name, then in capitals, which it cannot hold, all ways of
 * its initials with a blank before each: "覃乐" is "覃乐 TL QL TY QY" ---- */

static void put_capitals(buf *out, text letters) {
  for (size_t i = 0; i < letters.bytes; i++) {
    const char c = letters.at[i];
    buf_char(out, c >= 'a' && c <= 'z' ? (char)(c - 'a' + 'A') : c);
  }
}

/* Only the name where it cannot be spelled. */
static bool make_search(text title, buf *out) {
  AUTO_BUF buf readings = {0};
  if (!text_fold_name(title, out)) buf_text(out, title);
  AUTO_BUF buf name = {0};
  buf_append(&name, out);
  if (pinyin_readings(buf_view(&name), &readings)) put_capitals(out, buf_view(&readings));
  return buf_ok(out);
}

static bool search_of(store *s, text title, buf *out) {
  uint32_t h = 2166136261u;
  for (size_t i = 0; i < title.bytes; i++) h = (h ^ (unsigned char)title.at[i]) * 16777619u;
  spelled *known = &s->spelled[(h ^ h >> 16) % SPELLED_MAX];
  bool small = title.bytes > 0 && title.bytes < sizeof known->title && !text_has_nul(title);
  if (small && text_is(title, known->title)) {
    buf_str(out, known->search);
    return buf_ok(out);
  }
  if (!make_search(title, out)) return false;
  if (!small || out->bytes >= sizeof known->search) return true;
  memcpy(known->title, title.at, title.bytes);
  known->title[title.bytes] = 0;
  if (out->bytes) memcpy(known->search, out->at, out->bytes);
  known->search[out->bytes] = 0;
  return true;
}

record *record_new(arena *a, const kind *k) {
  record *r = ARENA_NEW(a, record);
  if (!r) return NULL;
  r->kind = k;
  r->next_evaluation = DAY_NONE;
  r->fields = ARENA_ARRAY(a, k->field_count, value);
  if (!r->fields) return NULL;
  for (size_t i = 0; i < k->field_count; i++) r->fields[i] = value_missing(a, k->fields[i].name);
  return r;
}

text record_title(const record *r) {
  if (r->kind->title_field < 0) return TEXT("");
  return value_text(&r->fields[r->kind->title_field]);
}

static record *read_record(db_stmt *q, arena *a, const kind_rows *x, err *e) {
  record *r = ARENA_NEW(a, record);
  if (!r || !(r->fields = ARENA_ARRAY(a, x->kind->field_count, value))) {
    err_memory(e);
    return NULL;
  }
  r->kind = x->kind;
  if (!row_read(q, &x->table, NULL, a, r, e)) return NULL;
  r->stored_title = record_title(r);
  return r;
}

static bool read_records(db_stmt *q, arena *a, const kind_rows *x, record ***ret, size_t *ret_count,
                         err *e) {
  record **rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    record **more = ARENA_GROW(a, rows, n, &room, record *);
    if (!more) err_memory(e);
    if (!more || !(more[n] = read_record(q, a, x, e))) {
      db_done(q);
      return false;
    }
    rows = more;
    n++;
  }
  if (got < 0) return false;
  *ret = rows;
  *ret_count = n;
  return true;
}

static bool no_kind(const kind *k, err *e) {
  return err_set(e, ERR_INTERNAL, k->name, "类型“%s”不在已装的业务包里。",
                 "The kind \"%s\" is in no loaded pack.", k->name);
}

static bool read_one(db_stmt *q, arena *a, const kind_rows *x, record **ret, err *e) {
  size_t n = 0;
  record **rows = NULL;
  if (!read_records(q, a, x, &rows, &n, e)) return false;
  *ret = n ? rows[0] : NULL;
  return true;
}

bool store_subject_find(store *s, arena *a, const kind *k, const uuid *id, const scope *r,
                        record **ret, err *e) {
  const kind_rows *x = rows_of(s, k);
  if (!x) return no_kind(k, e);
  db_stmt *q = row_select(s, &x->table, "withdrawn = 0 AND id = $2", e);
  record *found = NULL;
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  if (!read_one(q, a, x, &found, e)) return false;
  bool yes = true;
  if (found && r && !scope_has_unit(s, r, found->area, &found->root, &yes, e)) return false;
  *ret = found && yes ? found : NULL;
  return true;
}

bool store_subject_find_ever(store *s, arena *a, const kind *k, const uuid *id, record **ret,
                             err *e) {
  const kind_rows *x = rows_of(s, k);
  if (!x) return no_kind(k, e);
  db_stmt *q = row_select(s, &x->table, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return read_one(q, a, x, ret, e);
}

enum { CHAIN_MAX = 32 };

bool store_subject_standing(store *s, arena *a, const kind *k, const uuid *gone, record **ret,
                            err *e) {
  uuid id = *gone;
  *ret = NULL;
  for (int i = 0; i < CHAIN_MAX && !*ret; i++) {
    merger *m = NULL;
    if (!store_merger_of(s, a, k->name, &id, &m, e)) return false;
    if (!m) return true;
    id = m->stays;
    if (!store_subject_find(s, a, k, &id, NULL, ret, e)) return false;
  }
  return true;
}

bool store_subject_find_by_key(store *s, arena *a, const kind *k, text key, record **ret, err *e) {
  const kind_rows *x = rows_of(s, k);
  if (!x) return no_kind(k, e);
  char room[SEALED_INDEX_CHARS + 1];
  text mark;
  if (!sealed_key_mark(s, k, key, room, &mark, e)) return false;
  db_stmt *q = row_select(s, &x->table, "withdrawn = 0 AND natural_key = $2", e);
  merger *m = NULL;
  if (!q) return false;
  db_bind_text(q, 2, mark);
  if (!read_one(q, a, x, ret, e)) return false;
  if (*ret) return true;
  /* The number of one that was merged away leads to the one that stands. */
  return store_merger_of_key(s, a, k->name, mark, &m, e) &&
         (!m || store_subject_standing(s, a, k, &m->gone, ret, e));
}

bool store_subject_find_by_field(store *s, arena *a, const kind *k, int field, text said,
                                 record **ret, err *e) {
  const kind_rows *x = rows_of(s, k);
  char where[240], over[100] = "";
  if (!x) return no_kind(k, e);
  if (k->end_date_field >= 0)
    snprintf(over, sizeof over, "f_%.60s IS NOT NULL, ", k->fields[k->end_date_field].name);
  snprintf(where, sizeof where, "withdrawn = 0 AND f_%.60s = $2 ORDER BY %screated LIMIT 1",
           k->fields[field].name, over);
  db_stmt *q = row_select(s, &x->table, where, e);
  if (!q) return false;
  db_bind_text(q, 2, said);
  return read_one(q, a, x, ret, e);
}

bool store_children(store *s, arena *a, const kind *k, const uuid *root, record ***ret,
                    size_t *ret_count, err *e) {
  const kind_rows *x = rows_of(s, k);
  if (!x) return no_kind(k, e);
  db_stmt *q = row_select(s, &x->table, "withdrawn = 0 AND root = $2 ORDER BY created, id", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return read_records(q, a, x, ret, ret_count, e);
}

bool store_subjects_scan(store *s, const kind *k, record_taker take, void *context, err *e) {
  const kind_rows *x = rows_of(s, k);
  if (!x) return no_kind(k, e);
  arena *a AUTO_ARENA = arena_new(0);
  db_stmt *q = row_select(s, &x->table,
                          k->parent < 0 ? "withdrawn = 0 ORDER BY area, id"
                                        : "withdrawn = 0 ORDER BY root, created, id",
                          e);
  int got = 0;
  if (!q) return false;
  if (!a) return err_memory(e);
  while ((got = db_next(q, e)) > 0) {
    const record *r = read_record(q, a, x, e);
    if (!r || !take(context, r, e)) {
      db_done(q);
      return false;
    }
    arena_clear(a);
  }
  return got == 0;
}

bool store_subject_put(store *s, record *r, bool fresh, err *e) {
  const kind_rows *x = rows_of(s, r->kind);
  if (!x) return no_kind(r->kind, e);
  AUTO_BUF buf search = {0};
  record_row row = {.r = *r, .title = record_title(r)};
  if (fresh || !r->stored_title.at || !text_equal(row.title, r->stored_title)) {
    if (!search_of(s, row.title, &search)) return err_memory(e);
    row.search = buf_view(&search);
  }
  const value *key = r->kind->key < 0 ? NULL : &r->fields[r->kind->key];
  char mark[SEALED_INDEX_CHARS + 1];
  if (key && key->type == VALUE_STRING && !r->withdrawn) row.natural_key = key->s;
  if (row.natural_key.at &&
      !sealed_key_mark(s, r->kind, row.natural_key, mark, &row.natural_key, e))
    return false;
  if (fresh ? row_insert(s, &x->table, &row, e) : row_update(s, &x->table, &row, e)) {
    r->stored_title = row.title;
    return true;
  }
  if (!db_was_conflict(s->d)) return false;
  return err_set(e, ERR_CONFLICT, r->kind->key < 0 ? "id" : r->kind->fields[r->kind->key].name,
                 "已经有一个相同%s的%s，请先查找再修改。",
                 "There is already a record with this %s (%s); look it up and change it.",
                 r->kind->key < 0 ? "id" : r->kind->fields[r->kind->key].title.zh,
                 r->kind->title.zh);
}

bool store_subject_mark(store *s, const record *r, err *e) {
  const kind_rows *x = rows_of(s, r->kind);
  if (!x) return no_kind(r->kind, e);
  AUTO_BUF buf b = {0};
  buf_printf(
      &b,
      "UPDATE %s SET version = $3, next_evaluation = $4, colour = $5 WHERE county = $1 AND id = $2",
      x->table.name);
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &r->id);
  db_bind_int(q, 3, r->version);
  sql_bind_day(q, 4, r->next_evaluation);
  db_bind_int(q, 5, r->colour);
  return db_run(q, e);
}

bool store_units_due(store *s, arena *a, const due_query *q, uuid **ret, size_t *ret_count,
                     err *e) {
  const kind_rows *x = rows_of(s, q->kind);
  if (!x) return no_kind(q->kind, e);
  AUTO_BUF buf b = {0};
  buf_printf(&b,
             "SELECT id FROM %s WHERE county = $1 AND withdrawn = 0 AND next_evaluation <= $2 "
             "ORDER BY next_evaluation, "
             "id LIMIT $3",
             x->table.name);
  db_stmt *t = sql_prepare_buf(s, &b, e);
  if (!t) return false;
  db_bind_int(t, 2, q->on);
  db_bind_int(t, 3, (int64_t)q->limit);
  uuid *ids = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(t, e)) > 0) {
    uuid *more = ARENA_GROW(a, ids, n, &room, uuid);
    if (!more) {
      db_done(t);
      return err_memory(e);
    }
    ids = more;
    ids[n++] = sql_uuid(t, 0);
  }
  if (got < 0) return false;
  *ret = ids;
  *ret_count = n;
  return true;
}

bool store_schedule_all(store *s, day on, err *e) {
  for (size_t i = 0; i < s->kind_count; i++) {
    if (s->kinds[i].kind->parent >= 0) continue;
    AUTO_BUF buf b = {0};
    buf_printf(&b, "UPDATE %s SET next_evaluation = $2 WHERE county = $1", s->kinds[i].table.name);
    db_stmt *q = sql_prepare_buf(s, &b, e);
    if (!q) return false;
    db_bind_int(q, 2, on);
    if (!db_run(q, e)) return false;
  }
  return true;
}

/* Words as a LIKE pattern: what the person typed stands for itself. */
static void like(buf *b, text words, const char *before) {
  buf_str(b, before);
  for (size_t i = 0; i < words.bytes; i++) {
    char c = words.at[i];
    if (c == '%' || c == '_' || c == '\\') buf_char(b, '\\');
    buf_char(b, c);
  }
  buf_char(b, '%');
}

/* A sealed key is found only by the whole of it, as is one that is masked: its beginnings would
 * tell it digit by digit. */
static void match_sql(buf *b, const kind *k) {
  buf_printf(b, "(search LIKE $5 ESCAPE '\\' OR search LIKE $6 ESCAPE '\\' OR %s)",
             key_is_sealed(k) ? "natural_key = $8" : "natural_key LIKE $7 ESCAPE '\\'");
}

/* Words are folded as names are. The statement keeps what stands in `a`. */
static bool bind_words(store *s, db_stmt *q, arena *a, text words, bool sealed, err *e) {
  AUTO_BUF buf folded = {0}, capitals = {0};
  buf patterns[3] = {{0}};
  if (!text_fold_name(words, &folded) || !folded.bytes) buf_text(&folded, words);
  put_capitals(&capitals, buf_view(&folded));
  like(&patterns[0], buf_view(&folded), "%");
  like(&patterns[1], buf_view(&capitals), "% ");
  like(&patterns[2], words, "");
  bool ok = buf_ok(&folded) && buf_ok(&capitals);
  for (int i = 0; i < 3; i++) {
    const text p = buf_view(&patterns[i]);
    const char *lasting = buf_ok(&patterns[i]) ? arena_copy(a, p.at, p.bytes) : NULL;
    ok = ok && lasting;
    if (lasting) db_bind_text(q, 5 + i, (text){lasting, p.bytes});
    buf_release(&patterns[i]);
  }
  if (ok && !sealed) return true;
  char *mark = arena_take(a, SEALED_INDEX_CHARS + 1);
  if (!ok || !mark) return err_memory(e);
  if (!sealed_index(s, TEXT("key"), words, mark, e)) return false;
  db_bind_str(q, 8, mark);
  return true;
}

bool store_subjects(store *s, arena *a, const subject_query *query, record ***ret,
                    size_t *ret_count, err *e) {
  const kind_rows *x = rows_of(s, query->kind);
  if (!x) return no_kind(query->kind, e);
  AUTO_BUF buf b = {0};
  int n = 9;
  buf_str(&b, "withdrawn = 0 AND ");
  scope_sql(s, &b, &query->scope, &n);
  reach_sql_kind(s, &b, query->reach, query->kind, &n);
  bool after = query->after_area[0] != 0, sealed = key_is_sealed(query->kind);
  if (after) buf_str(&b, " AND (area, id) > ($2, $3)");
  if (query->colour >= 0) buf_printf(&b, " AND colour = %d", query->colour);
  if (query->words.bytes) {
    buf_str(&b, " AND (");
    match_sql(&b, query->kind);
    for (size_t i = 0; i < s->kind_count;
         i++) { /* a root is also found by the titles of its children */
      const kind *child = s->kinds[i].kind;
      if (child->parent != query->kind->index ||
          catalog_pack_of(s->packs, child) != catalog_pack_of(s->packs, query->kind))
        continue;
      buf_printf(&b, " OR id IN (SELECT root FROM %s WHERE county = $1 AND withdrawn = 0 AND ",
                 s->kinds[i].table.name);
      match_sql(&b, child);
      sealed |= key_is_sealed(child);
      buf_char(&b, ')');
    }
    buf_char(&b, ')');
  }
  buf_str(&b, " ORDER BY area, id LIMIT $4");
  db_stmt *q = row_select_buf(s, &x->table, &b, e);
  if (!q) return false;
  if (after) {
    db_bind_str(q, 2, query->after_area);
    sql_bind_uuid(q, 3, &query->after_id);
  }
  db_bind_int(q, 4, (int64_t)query->limit);
  if (query->words.bytes && !bind_words(s, q, a, query->words, sealed, e)) return false;
  n = 9;
  scope_bind(q, &query->scope, &n);
  reach_bind_kind(q, query->reach, query->kind, &n);
  return read_records(q, a, x, ret, ret_count, e);
}

static bool count_where(store *s, const kind *k, const char *where, const scope *r,
                        const reach *seen, int64_t *ret, err *e) {
  const kind_rows *x = rows_of(s, k);
  if (!x) return no_kind(k, e);
  AUTO_BUF buf b = {0};
  int n = 2;
  buf_printf(&b, "SELECT count(*) FROM %s WHERE county = $1 AND withdrawn = 0 AND %s",
             x->table.name, where);
  scope_sql(s, &b, r, &n);
  reach_sql_kind(s, &b, seen, k, &n);
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  n = 2;
  scope_bind(q, r, &n);
  reach_bind_kind(q, seen, k, &n);
  int got = db_next(q, e);
  if (got <= 0) return false;
  *ret = db_int(q, 0);
  db_done(q);
  return true;
}

bool store_subjects_count(store *s, const kind *k, const scope *r, const reach *seen, int64_t *ret,
                          err *e) {
  return count_where(s, k, "", r, seen, ret, e);
}

bool store_children_moved(store *s, const kind *k, const scope *r, const reach *seen, int64_t *ret,
                          err *e) {
  return count_where(s, k,
                     "root <> (SELECT root FROM journal WHERE county = $1 AND seq = created) AND ",
                     r, seen, ret, e);
}

/* ---- indexing anew ---- */

enum { INDEX_PAGE = 1000 };

/* The next rows after *last by id; false: failed. */
static bool index_page(store *s, const kind_rows *x, uuid *last, size_t *ret_count, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  AUTO_BUF buf select = {0}, update = {0};
  struct {
    uuid id;
    text title;
  } *rows = a ? arena_take(a, INDEX_PAGE * sizeof *rows) : NULL;
  size_t n = 0;
  int got = 0;
  if (!rows) return err_memory(e);
  buf_printf(&select, "SELECT id, title FROM %s WHERE county = $1 AND id > $2 ORDER BY id LIMIT %d",
             x->table.name, INDEX_PAGE);
  db_stmt *q = sql_prepare_buf(s, &select, e);
  if (!q) return false;
  db_bind_blob(q, 2, last->b, sizeof last->b); /* nil, too */
  while ((got = db_next(q, e)) > 0 && n < INDEX_PAGE) {
    text title = db_text(q, 1);
    rows[n].id = sql_uuid(q, 0);
    rows[n++].title = (text){arena_copy(a, title.at, title.bytes), title.bytes};
  }
  if (got < 0) return false;
  buf_printf(&update, "UPDATE %s SET search = $3 WHERE county = $1 AND id = $2", x->table.name);
  for (size_t i = 0; i < n; i++) {
    AUTO_BUF buf search = {0};
    if (!rows[i].title.at || !search_of(s, rows[i].title, &search)) return err_memory(e);
    db_stmt *u = sql_prepare_buf(s, &update, e);
    if (!u) return false;
    sql_bind_uuid(u, 2, &rows[i].id);
    db_bind_text(u, 3, buf_view(&search));
    if (!db_run(u, e)) return false;
    *last = rows[i].id;
  }
  *ret_count = n;
  return true;
}

static bool index_all(store *s, err *e) {
  for (size_t i = 0; i < s->kind_count; i++) {
    uuid last = {{0}};
    if (!schema_make(s->d, &s->kinds[i].table, e)) return false;
    for (size_t n = INDEX_PAGE; n == INDEX_PAGE;)
      if (!index_page(s, &s->kinds[i], &last, &n, e)) return false;
  }
  return true;
}

bool store_subjects_index(store *s, err *e) {
  int64_t form = 0;
  if (!store_search_form_get(s, &form, e)) return false;
  if (form == SEARCH_FORM) return true;
  if (!db_begin(s->d, e)) return false;
  if (store_lock(s, e) && index_all(s, e) && store_search_form_put(s, SEARCH_FORM, e))
    return db_commit(s->d, e);
  db_rollback(s->d);
  return false;
}
