/* The rows that cannot be computed, as lines of JSON. */
#include "store/carry.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/json_fields.h"
#include "store/row.h"
#include "store/rows/schema.h"
#include "store/sealed.h"
#include "store/store_internal.h"

extern const row_table store_table_journal, store_table_data_key;

/* ---- tags ---- */

bool carry_tags_add(carry_tags *t, text tag) {
  if (t->count == t->room) {
    size_t room = t->room ? t->room * 2 : 64;
    void *more = reallocarray(t->items, room, sizeof *t->items);
    if (!more) return false;
    t->items = more;
    t->room = room;
  }
  snprintf(t->items[t->count++], sizeof *t->items, "%.*s", (int)tag.bytes, tag.at);
  return true;
}

static int compare_tags(const void *a, const void *b) {
  return strcmp(a, b);
}

void carry_tags_sort(carry_tags *t) {
  if (t->count) qsort(t->items, t->count, sizeof *t->items, compare_tags);
}

bool carry_tags_have(const carry_tags *t, const char *tag) {
  return t->count && bsearch(tag, t->items, t->count, sizeof *t->items, compare_tags) != NULL;
}

void carry_tags_free(carry_tags *t) {
  free(t->items);
  *t = (carry_tags){0};
}

static void tag_of(text line, const uint8_t *key, char ret[CARRY_TAG_CHARS + 1]) {
  uint8_t hashed[CARRY_TAG_CHARS / 2];
  crypto_generichash(hashed, sizeof hashed, (const unsigned char *)line.at, line.bytes, key,
                     key ? crypto_generichash_KEYBYTES : 0);
  sodium_bin2hex(ret, CARRY_TAG_CHARS + 1, hashed, sizeof hashed);
}

/* ---- out ---- */

static void put_base64(json_out *w, text bytes) {
  size_t room = sodium_base64_encoded_len(bytes.bytes, sodium_base64_VARIANT_ORIGINAL);
  char *coded = malloc(room);
  if (coded) {
    sodium_bin2base64(coded, room, (const unsigned char *)bytes.at, bytes.bytes,
                      sodium_base64_VARIANT_ORIGINAL);
    json_put_str(w, coded);
  } else {
    w->b->failed = true;
  }
  free(coded);
}

static void put_hash(json_out *w, text bytes) {
  char hex[2 * HASH_BYTES + 1] = "";
  if (bytes.bytes == HASH_BYTES)
    sodium_bin2hex(hex, sizeof hex, (const unsigned char *)bytes.at, HASH_BYTES);
  json_put_str(w, hex);
}

static void put_cell(json_out *w, db_stmt *q, int n, const row_column *c) {
  if (db_null(q, n)) return;
  json_key(w, c->name);
  switch (c->type) {
  case ROW_TYPE_UUID:
  case ROW_TYPE_OPTIONAL_UUID: {
    char id[37];
    uuid u = sql_uuid(q, n);
    uuid_format(&u, id);
    json_put_str(w, id);
    break;
  }
  case ROW_TYPE_HASH:
    put_hash(w, db_blob(q, n));
    break;
  case ROW_TYPE_BLOB:
    put_base64(w, db_blob(q, n));
    break;
  case ROW_TYPE_STR:
  case ROW_TYPE_TEXT:
  case ROW_TYPE_OPTIONAL_TEXT:
  case ROW_TYPE_AREA:
    json_put_text(w, db_text(q, n));
    break;
  case ROW_TYPE_FIELD:
    if (sql_field_storage(c->field) == 't')
      json_put_text(w, db_text(q, n));
    else
      json_put_int(w, db_int(q, n));
    break;
  default:
    json_put_int(w, db_int(q, n));
    break;
  }
}

/* The row as a line; of the columns those that `select_row` selected. */
static bool put_line(buf *b, db_stmt *q, const row_table *t, bool with_blobs, err *e) {
  buf_clear(b);
  json_out w = json_to(b);
  json_open(&w, '{');
  json_field_open(&w, t->name, '{');
  int n = 0;
  for (size_t i = 0; i < t->count; i++)
    if (with_blobs || t->columns[i].type != ROW_TYPE_BLOB) put_cell(&w, q, n++, &t->columns[i]);
  json_close(&w, '}');
  json_close(&w, '}');
  return buf_ok(b) || err_memory(e);
}

static db_stmt *select_row(store *s, const row_table *t, bool with_blobs, const char *rest,
                           err *e) {
  AUTO_BUF buf b = {0};
  const char *before = "SELECT ";
  for (size_t i = 0; i < t->count; i++) {
    if (!with_blobs && t->columns[i].type == ROW_TYPE_BLOB) continue;
    buf_printf(&b, "%s%s", before, t->columns[i].name);
    before = ", ";
  }
  buf_printf(&b, " FROM %s WHERE county = $1%s", t->name, rest);
  return sql_prepare_buf(s, &b, e);
}

static bool give_rows(db_stmt *q, const row_table *t, const carry_sink *to, err *e) {
  AUTO_BUF buf line = {0};
  int got;
  while ((got = db_next(q, e)) > 0)
    if (!put_line(&line, q, t, true, e) || !to->take(to->context, buf_view(&line), e)) {
      db_done(q);
      return false;
    }
  return got == 0;
}

bool carry_rows_of(store *s, const row_table *t, const char *where, const uuid *root,
                   const carry_sink *to, err *e) {
  AUTO_BUF buf rest = {0};
  buf_printf(&rest, " AND %s ORDER BY county", where);
  for (size_t i = 0; i < t->count; i++)
    if (t->columns[i].role == ROW_KEY) buf_printf(&rest, ", %s", t->columns[i].name);
  if (!buf_ok(&rest)) return err_memory(e);
  db_stmt *q = select_row(s, t, true, rest.at, e);
  if (!q) return false;
  sql_bind_uuid(q, 2, root);
  return give_rows(q, t, to, e);
}

bool carry_journal(store *s, int64_t after, const carry_sink *to, err *e) {
  db_stmt *q = select_row(s, &store_table_journal, true, " AND seq > $2 ORDER BY seq", e);
  if (!q) return false;
  db_bind_int(q, 2, after);
  return give_rows(q, &store_table_journal, to, e);
}

static bool has_blob(const row_table *t) {
  for (size_t i = 0; i < t->count; i++)
    if (t->columns[i].type == ROW_TYPE_BLOB) return true;
  return false;
}

/* Two descriptions may read one table: the first has all its columns. */
static bool is_aside(size_t n) {
  const row_table *t = store_tables[n];
  if (t->derived || t == &store_table_journal) return false;
  for (size_t i = 0; i < n; i++)
    if (strcmp(store_tables[i]->name, t->name) == 0) return false;
  return true;
}

/* " AND key = $n …" of a table; the parameters begin with $2. */
static void key_condition(buf *b, const row_table *t) {
  int n = 2;
  for (size_t i = 0; i < t->count; i++)
    if (t->columns[i].role == ROW_KEY) buf_printf(b, " AND %s = $%d", t->columns[i].name, n++);
}

/* The key of the row `q` stands on, bound to `to`. Texts and blobs are copied into `a`. */
static bool bind_key(db_stmt *to, db_stmt *q, const row_table *t, bool with_blobs, arena *a) {
  int column = 0, n = 2;
  for (size_t i = 0; i < t->count; i++) {
    const row_column *c = &t->columns[i];
    if (!with_blobs && c->type == ROW_TYPE_BLOB) continue;
    int at = column++;
    if (c->role != ROW_KEY) continue;
    bool is_text = c->type == ROW_TYPE_STR || c->type == ROW_TYPE_TEXT || c->type == ROW_TYPE_AREA;
    bool is_blob = c->type == ROW_TYPE_UUID || c->type == ROW_TYPE_HASH;
    text cell = is_text ? db_text(q, at) : is_blob ? db_blob(q, at) : TEXT("");
    char *copy = arena_copy(a, cell.at, cell.bytes);
    if (!copy) return false;
    if (is_text)
      db_bind_text(to, n++, (text){copy, cell.bytes});
    else if (is_blob)
      db_bind_blob(to, n++, copy, cell.bytes);
    else
      db_bind_int(to, n++, db_int(q, at));
  }
  return true;
}

typedef struct aside_walk {
  const uint8_t *key;
  const carry_tags *known;
  const carry_sink *to;
  carry_tags *all;
  int64_t rows;
} aside_walk;

/* A row with its blobs, which are read only where it is wanted. */
static bool give_whole_row(store *s, db_stmt *q, const row_table *t, const carry_sink *to, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  AUTO_BUF buf where = {0};
  key_condition(&where, t);
  if (!a || !buf_ok(&where)) return err_memory(e);
  db_stmt *one = select_row(s, t, true, where.at, e);
  if (!one) return false;
  return (bind_key(one, q, t, false, a) || err_memory(e)) && give_rows(one, t, to, e);
}

static bool walk_table(store *s, const row_table *t, aside_walk *w, err *e) {
  AUTO_BUF buf line = {0};
  db_stmt *q = select_row(s, t, false, "", e);
  bool ok = q != NULL, blobs = has_blob(t);
  int got = 0;
  while (ok && (got = db_next(q, e)) > 0) {
    char tag[CARRY_TAG_CHARS + 1];
    ok = put_line(&line, q, t, false, e);
    if (!ok) break;
    tag_of(buf_view(&line), w->key, tag);
    ok = carry_tags_add(w->all, text_of(tag)) || err_memory(e);
    if (!ok || (w->known && carry_tags_have(w->known, tag))) continue;
    w->rows++;
    ok =
        blobs ? give_whole_row(s, q, t, w->to, e) : w->to->take(w->to->context, buf_view(&line), e);
  }
  if (q && !ok) db_done(q);
  return ok && got == 0;
}

bool carry_data_keys(store *s, const uint8_t *key, const carry_tags *known, const carry_sink *to,
                     carry_tags *ret_all, int64_t *ret_rows, err *e) {
  aside_walk w = {.key = key, .known = known, .to = to, .all = ret_all};
  if (!walk_table(s, &store_table_data_key, &w, e)) return false;
  *ret_rows = w.rows;
  return true;
}

bool carry_aside(store *s, const uint8_t *key, const carry_tags *known, const carry_sink *to,
                 carry_tags *ret_all, int64_t *ret_rows, err *e) {
  aside_walk w = {.key = key, .known = known, .to = to, .all = ret_all};
  for (size_t i = 0; store_tables[i]; i++)
    if (is_aside(i) && store_tables[i] != &store_table_data_key &&
        !walk_table(s, store_tables[i], &w, e))
      return false;
  carry_tags_sort(ret_all);
  *ret_rows = w.rows;
  return true;
}

/* ---- in ---- */

static bool bad_row(const char *table, const char *column, err *e) {
  char where[80];
  snprintf(where, sizeof where, "%.40s.%.30s", table, column);
  return err_set(e, ERR_BAD_FILE, where,
                 "备份里这一项读不懂。备份可能已损坏，或由更新版本的即时做成：请换一份备份，"
                 "或用做它的那个版本恢复。",
                 "This member of the backup cannot be read. It is damaged, or was made by a newer "
                 "Jishi: take another backup, or restore with the version that made it.");
}

static bool read_hex(text hex, uint8_t *ret, size_t bytes) {
  size_t got = 0;
  const char *end = NULL;
  return sodium_hex2bin(ret, bytes, hex.at, hex.bytes, NULL, &got, &end) == 0 && got == bytes &&
         end == hex.at + hex.bytes;
}

static bool read_base64(text coded, arena *a, text *ret) {
  size_t room = coded.bytes / 4 * 3 + 3, got = 0;
  const char *end = NULL;
  unsigned char *bytes = arena_take(a, room);
  if (!bytes ||
      sodium_base642bin(bytes, room, coded.at, coded.bytes, NULL, &got, &end,
                        sodium_base64_VARIANT_ORIGINAL) != 0 ||
      end != coded.at + coded.bytes)
    return false;
  *ret = (text){(const char *)bytes, got};
  return true;
}

static bool may_lack(const row_column *c) {
  return c->type == ROW_TYPE_FIELD || c->type == ROW_TYPE_OPTIONAL_INT ||
         c->type == ROW_TYPE_OPTIONAL_DAY || c->type == ROW_TYPE_OPTIONAL_UUID ||
         c->type == ROW_TYPE_OPTIONAL_TEXT;
}

/* Binds the member for the column; false: it does not fit. */
static bool bind_member(db_stmt *q, int n, const row_column *c, const json *x, arena *a) {
  if (!x || x->type == JSON_NULL) return may_lack(c); /* nothing is bound */
  bool is_text = x->type == JSON_TEXT;
  uint8_t *bytes;
  text blob;
  uuid id;
  switch (c->type) {
  case ROW_TYPE_UUID:
  case ROW_TYPE_OPTIONAL_UUID:
    bytes = arena_take(a, sizeof id.b);
    if (!is_text || !bytes || !uuid_parse(x->s, &id)) return false;
    memcpy(bytes, id.b, sizeof id.b);
    return db_bind_blob(q, n, bytes, sizeof id.b), true;
  case ROW_TYPE_HASH:
    bytes = arena_take(a, HASH_BYTES);
    if (!is_text || !bytes || !read_hex(x->s, bytes, HASH_BYTES)) return false;
    return db_bind_blob(q, n, bytes, HASH_BYTES), true;
  case ROW_TYPE_BLOB:
    if (!is_text || !read_base64(x->s, a, &blob)) return false;
    return db_bind_blob(q, n, blob.at, blob.bytes), true;
  case ROW_TYPE_STR:
  case ROW_TYPE_TEXT:
  case ROW_TYPE_OPTIONAL_TEXT:
  case ROW_TYPE_AREA:
    return is_text && (db_bind_text(q, n, x->s), true);
  case ROW_TYPE_FIELD:
    if (sql_field_storage(c->field) == 't') return is_text && (db_bind_text(q, n, x->s), true);
    return x->type == JSON_INT && (db_bind_int(q, n, x->n), true);
  default:
    return x->type == JSON_INT && (db_bind_int(q, n, x->n), true);
  }
}

static const row_table *table_named(const char *name) {
  for (size_t i = 0; store_tables[i]; i++)
    if (is_aside(i) && strcmp(store_tables[i]->name, name) == 0) return store_tables[i];
  return NULL;
}

static bool remove_row(store *s, const row_table *t, const json *row, arena *a, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "DELETE FROM %s WHERE county = $1", t->name);
  key_condition(&b, t);
  db_stmt *q = sql_prepare_buf(s, &b, e);
  int n = 2;
  if (!q) return false;
  for (size_t i = 0; i < t->count; i++)
    if (t->columns[i].role == ROW_KEY &&
        !bind_member(q, n++, &t->columns[i], json_get(row, t->columns[i].name), a))
      return bad_row(t->name, t->columns[i].name, e);
  return db_run(q, e);
}

static bool known_members(const row_table *t, const json *row, err *e) {
  for (size_t m = 0; m < row->count; m++) {
    bool known = false;
    for (size_t i = 0; i < t->count && !known; i++)
      known = text_is(row->keys[m], t->columns[i].name);
    if (known) continue;
    char name[31];
    snprintf(name, sizeof name, "%.*s", (int)row->keys[m].bytes, row->keys[m].at);
    return bad_row(t->name, name, e);
  }
  return true;
}

bool carry_insert(store *s, const row_table *t, const json *row, arena *a, err *e) {
  db_stmt *q = sql_prepare(s, row_sql_of(s, t)->insert, e);
  if (!q) return false;
  for (size_t i = 0; i < t->count; i++)
    if (!bind_member(q, (int)i + 2, &t->columns[i], json_get(row, t->columns[i].name), a))
      return bad_row(t->name, t->columns[i].name, e);
  return db_run(q, e);
}

/* A key that does not fit would leave a county that cannot be opened. */
static bool key_fits(store *s, const row_table *t, const json *row, err *e) {
  uuid owner;
  if (t != &store_table_data_key) return true;
  if (!uuid_parse(json_text(row, "owner"), &owner)) return bad_row(t->name, "owner", e);
  return sealed_key_fits(s, &owner, json_text(row, "wrapped"), e);
}

bool carry_put_aside(store *s, const char *table, const json *row, err *e) {
  const row_table *t = table_named(table);
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  if (!t || row->type != JSON_MAP) return bad_row(table, "", e);
  return known_members(t, row, e) && key_fits(s, t, row, e) && remove_row(s, t, row, a, e) &&
         carry_insert(s, t, row, a, e);
}

static bool entry_uuid(const json *row, const char *name, uuid *ret) {
  const json *x = json_get(row, name);
  *ret = (uuid){{0}};
  return !x || (x->type == JSON_TEXT && uuid_parse(x->s, ret));
}

bool carry_read_entry(const json *row, arena *a, entry *ret, err *e) {
  const char *table = store_table_journal.name;
  *ret = (entry){0};
  text verb = json_text(row, "verb"), area = json_text(row, "area");
  ret->verb = arena_copy(a, verb.at, verb.bytes);
  ret->body = json_text(row, "body");
  if (!ret->verb) return err_memory(e);
  if (!json_int(row, "seq", &ret->seq)) return bad_row(table, "seq", e);
  if (!json_int(row, "at", &ret->at_ms)) return bad_row(table, "at", e);
  if (!json_has(row, "id") || !entry_uuid(row, "id", &ret->id)) return bad_row(table, "id", e);
  if (!entry_uuid(row, "officer", &ret->officer)) return bad_row(table, "officer", e);
  if (!entry_uuid(row, "subject", &ret->subject)) return bad_row(table, "subject", e);
  if (!entry_uuid(row, "root", &ret->root)) return bad_row(table, "root", e);
  if (!entry_uuid(row, "import_id", &ret->import_id)) return bad_row(table, "import_id", e);
  if (area.bytes > 12) return bad_row(table, "area", e);
  if (area.bytes) memcpy(ret->area, area.at, area.bytes);
  if (!read_hex(json_text(row, "link"), ret->link.b, HASH_BYTES)) return bad_row(table, "link", e);
  return true;
}

/* ---- what is not to stay ---- */

/* A row that goes: its key is read first, so that no table changes while it is walked. */
typedef struct doomed {
  const row_table *table;
  json *row;
} doomed;

typedef struct pruning {
  const uint8_t *key;
  const carry_tags *keep;
  arena *a;
  doomed *list;
  size_t count, room;
} pruning;

static bool find_doomed(store *s, pruning *p, const row_table *t, err *e) {
  AUTO_BUF buf line = {0};
  db_stmt *q = select_row(s, t, false, "", e);
  bool ok = q != NULL;
  int got = 0;
  while (ok && (got = db_next(q, e)) > 0) {
    char tag[CARRY_TAG_CHARS + 1];
    ok = put_line(&line, q, t, false, e);
    if (!ok) break;
    tag_of(buf_view(&line), p->key, tag);
    if (carry_tags_have(p->keep, tag)) continue;
    doomed *grown = ARENA_GROW(p->a, p->list, p->count, &p->room, doomed);
    json *parsed = grown ? json_parse(p->a, buf_view(&line), e) : NULL;
    ok = parsed || (!grown && err_memory(e));
    if (!ok) break;
    p->list = grown;
    grown[p->count++] = (doomed){t, &parsed->items[0]};
  }
  if (q && !ok) db_done(q);
  return ok && got == 0;
}

bool carry_prune(store *s, const uint8_t *key, const carry_tags *keep, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  pruning p = {.key = key, .keep = keep, .a = a};
  if (!a) return err_memory(e);
  for (size_t i = 0; store_tables[i]; i++)
    if (is_aside(i) && !find_doomed(s, &p, store_tables[i], e)) return false;
  for (size_t i = 0; i < p.count; i++)
    if (!remove_row(s, p.list[i].table, p.list[i].row, a, e)) return false;
  return true;
}

static bool run_with(store *s, const char *statement, const uuid *from, err *e) {
  db_stmt *q = sql_prepare(s, statement, e);
  if (!q) return false;
  if (from) db_bind_blob(q, 2, from->b, sizeof from->b);
  return db_run(q, e);
}

bool carry_go_back(store *s, int64_t until_ms, err *e) {
  static const uint8_t none[10];
  uuid later = uuid_v7(until_ms + 1, none);
  return run_with(s,
                  "DELETE FROM credential WHERE county = $1 AND officer NOT IN (SELECT id FROM "
                  "officer WHERE county = $1)",
                  NULL, e) &&
         run_with(s,
                  "DELETE FROM totp WHERE county = $1 AND officer NOT IN (SELECT id FROM officer "
                  "WHERE county = $1)",
                  NULL, e) &&
         run_with(s,
                  "DELETE FROM totp_recovery WHERE county = $1 AND officer NOT IN (SELECT officer "
                  "FROM totp WHERE county = $1)",
                  NULL, e) &&
         run_with(s, "DELETE FROM upload WHERE county = $1 AND id >= $2", &later, e) &&
         run_with(s,
                  "UPDATE upload SET state = 'checked' WHERE county = $1 AND state <> 'checked' "
                  "AND NOT EXISTS (SELECT 1 FROM journal j WHERE j.county = $1 AND j.import_id = "
                  "upload.id)",
                  NULL, e);
}
