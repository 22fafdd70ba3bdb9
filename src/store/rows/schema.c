/* The tables of a county: made, extended and compared by the descriptions of their rows. */
#include "store/rows/schema.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "store/row.h"
#include "store/store_internal.h"

extern const row_table store_table_forgetting;
extern const row_table store_table_act, store_table_amendment, store_table_area,
    store_table_area_name, store_table_area_change, store_table_past_area, store_table_casework,
    store_table_condition, store_table_county_state, store_table_credential, store_table_data_key,
    store_table_excuse, store_table_fact, store_table_file, store_table_file_naming,
    store_table_finding, store_table_follow_up, store_table_journal, store_table_mapping,
    store_table_measure, store_table_merger, store_table_merger_row, store_table_member,
    store_table_notice, store_table_officer_past, store_table_officer, store_table_pack_source,
    store_table_payment, store_table_report, store_table_sample, store_table_saved_table,
    store_table_secret, store_table_serial, store_table_setting, store_table_sign_in_tries,
    store_table_step, store_table_template, store_table_totp, store_table_totp_recovery,
    store_table_upload, store_table_upload_head;

const row_table *const store_tables[] = {&store_table_county_state,
                                         &store_table_pack_source,
                                         &store_table_notice,
                                         &store_table_journal,
                                         &store_table_area,
                                         &store_table_area_name,
                                         &store_table_area_change,
                                         &store_table_past_area,
                                         &store_table_officer,
                                         &store_table_credential,
                                         &store_table_data_key,
                                         &store_table_secret,
                                         &store_table_setting,
                                         &store_table_sign_in_tries,
                                         &store_table_totp,
                                         &store_table_totp_recovery,
                                         &store_table_fact,
                                         &store_table_finding,
                                         &store_table_forgetting,
                                         &store_table_casework,
                                         &store_table_step,
                                         &store_table_measure,
                                         &store_table_payment,
                                         &store_table_officer_past,
                                         &store_table_member,
                                         &store_table_act,
                                         &store_table_condition,
                                         &store_table_excuse,
                                         &store_table_sample,
                                         &store_table_serial,
                                         &store_table_amendment,
                                         &store_table_merger,
                                         &store_table_merger_row,
                                         &store_table_file,
                                         &store_table_upload,
                                         &store_table_upload_head,
                                         &store_table_follow_up,
                                         &store_table_file_naming,
                                         &store_table_mapping,
                                         &store_table_template,
                                         &store_table_saved_table,
                                         &store_table_report,
                                         NULL};

/* How a column stands in the database: 'i', 't', 'b'. */
static char storage(const row_column *c) {
  switch (c->type) {
  case ROW_TYPE_UUID:
  case ROW_TYPE_OPTIONAL_UUID:
  case ROW_TYPE_BLOB:
  case ROW_TYPE_HASH:
    return 'b';
  case ROW_TYPE_STR:
  case ROW_TYPE_TEXT:
  case ROW_TYPE_OPTIONAL_TEXT:
  case ROW_TYPE_AREA:
    return 't';
  case ROW_TYPE_FIELD:
    return sql_field_storage(c->field);
  default:
    return 'i';
  }
}

static bool may_be_null(const row_column *c) {
  return c->type == ROW_TYPE_OPTIONAL_INT || c->type == ROW_TYPE_OPTIONAL_DAY ||
         c->type == ROW_TYPE_OPTIONAL_UUID || c->type == ROW_TYPE_OPTIONAL_TEXT ||
         c->type == ROW_TYPE_FIELD;
}

static void column_ddl(buf *b, const row_column *c) {
  char as = storage(c);
  buf_printf(b, "%s %s%s", c->name,
             as == 'i'   ? "{int}"
             : as == 'b' ? "{blob}"
                         : "{text}",
             may_be_null(c) ? "" : " NOT NULL");
}

static void key_columns(buf *b, const row_table *t) {
  for (size_t i = 0; i < t->count; i++)
    if (t->columns[i].role == ROW_KEY) buf_printf(b, ", %s", t->columns[i].name);
}

static bool make_table(db *d, const row_table *t, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "CREATE TABLE IF NOT EXISTS %s (county {text} NOT NULL", t->name);
  for (size_t i = 0; i < t->count; i++) {
    buf_str(&b, ", ");
    column_ddl(&b, &t->columns[i]);
  }
  buf_str(&b, ", PRIMARY KEY (county");
  key_columns(&b, t);
  buf_str(&b, ")){strict};\n");
  return buf_ok(&b) ? db_script(d, b.at, e) : err_memory(e);
}

/* When all columns are there: a newer pack may index one that is new. */
static bool make_indexes(db *d, const row_table *t, err *e) {
  AUTO_BUF buf b = {0};
  for (size_t i = 0; t->indexes && t->indexes[i]; i++) {
    const char *columns = t->indexes[i];
    bool unique = columns[0] == '!';
    buf_printf(&b, "CREATE %sINDEX IF NOT EXISTS %s_%zu ON %s (county, %s);\n",
               unique ? "UNIQUE " : "", t->name, i + 1, t->name, columns + unique);
  }
  if (!buf_ok(&b)) return err_memory(e);
  return b.bytes == 0 || db_script(d, b.at, e);
}

static bool add_columns(db *d, const row_table *t, err *e) {
  for (size_t i = 0; i < t->count; i++) {
    if (!may_be_null(&t->columns[i])) continue; /* a new column has no value in older rows */
    int there = db_has_column(d, t->name, t->columns[i].name, e);
    if (there < 0) return false;
    if (there) continue;
    AUTO_BUF buf b = {0};
    buf_printf(&b, "ALTER TABLE %s ADD COLUMN ", t->name);
    column_ddl(&b, &t->columns[i]);
    if (!buf_ok(&b)) return err_memory(e);
    if (!db_script(d, b.at, e)) return false;
  }
  return true;
}

bool schema_make(db *d, const row_table *t, err *e) {
  return make_table(d, t, e) && add_columns(d, t, e) && make_indexes(d, t, e);
}

/* ---- how it stands ---- */

typedef struct column_names {
  const char **items; /* sorted */
  size_t count;
} column_names;

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static bool read_columns(db *d, arena *a, column_names *ret, err *e) {
  column_names c = {0};
  size_t room = 0;
  int got;
  db_stmt *q = db_columns(d, e);
  if (!q) return false;
  while ((got = db_next(q, e)) > 0) {
    text name = db_text(q, 0);
    const char **more = ARENA_GROW(a, c.items, c.count, &room, const char *);
    if (more) c.items = more;
    if (!more || !(c.items[c.count++] = arena_copy(a, name.at, name.bytes))) {
      db_done(q);
      return err_memory(e);
    }
  }
  if (got < 0) return false;
  qsort(c.items, c.count, sizeof *c.items, compare_names);
  *ret = c;
  return true;
}

static bool has_name(const column_names *c, const char *table, const char *column) {
  char name[200];
  const char *key = name;
  snprintf(name, sizeof name, "%s.%s", table, column);
  for (char *x = name; *x; x++)
    if (*x >= 'A' && *x <= 'Z') *x = (char)(*x - 'A' + 'a');
  return c->count && bsearch(&key, c->items, c->count, sizeof *c->items, compare_names);
}

static schema_state look_at_table(const column_names *c, const row_table *t) {
  schema_state state = SCHEMA_FITS;
  if (!has_name(c, t->name, "county")) return SCHEMA_LACKS;
  for (size_t i = 0; i < t->count; i++) {
    if (has_name(c, t->name, t->columns[i].name)) continue;
    if (!may_be_null(&t->columns[i])) return SCHEMA_OLDER;
    state = SCHEMA_LACKS;
  }
  return state;
}

bool schema_look(db *d, const row_table *const *tables, size_t count, arena *a,
                 schema_state **ret_states, err *e) {
  column_names c;
  schema_state *states = ARENA_ARRAY(a, count, schema_state);
  if (!states) return err_memory(e);
  if (!read_columns(d, a, &c, e)) return false;
  for (size_t i = 0; i < count; i++) states[i] = look_at_table(&c, tables[i]);
  *ret_states = states;
  return true;
}

/* Folds the row into the digest: each column with its length in front, so that no two rows can look
 * alike. */
static bool digest_row(table_digest *g, db_stmt *q, const row_table *t, buf *b) {
  buf_clear(b);
  for (size_t c = 0; c < t->count; c++) {
    int n = (int)c;
    char as = storage(&t->columns[c]);
    if (db_null(q, n)) {
      buf_str(b, "null;");
    } else if (as == 'i') {
      buf_printf(b, "i%" PRId64 ";", db_int(q, n));
    } else {
      text cell = as == 'b' ? db_blob(q, n) : db_text(q, n);
      buf_printf(b, "%zu:", cell.bytes);
      buf_text(b, cell);
    }
  }
  if (!buf_ok(b)) return false;
  text parts[] = {{(const char *)g->digest.b, HASH_BYTES}, buf_view(b)};
  g->digest = hash_of(parts, 2);
  g->rows++;
  return true;
}

bool store_digest(store *s, arena *a, table_digest **ret, size_t *ret_count, err *e) {
  size_t n = 0, all = sizeof store_tables / sizeof *store_tables + s->kind_count + s->event_count;
  const row_table **tables = ARENA_ARRAY(a, all, const row_table *);
  if (!tables) return err_memory(e);
  for (size_t i = 0; store_tables[i]; i++)
    if (store_tables[i]->derived) tables[n++] = store_tables[i];
  for (size_t i = 0; i < s->kind_count; i++) tables[n++] = &s->kinds[i].table;
  for (size_t i = 0; i < s->event_count; i++) tables[n++] = &s->events[i].table;
  table_digest *digests = ARENA_ARRAY(a, n, table_digest);
  if (!digests) return err_memory(e);
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < n; i++) {
    const row_table *t = tables[i];
    buf_clear(&b);
    buf_str(&b, "SELECT ");
    for (size_t c = 0; c < t->count; c++) buf_printf(&b, "%s%s", c ? ", " : "", t->columns[c].name);
    buf_printf(&b, " FROM %s WHERE county = $1 ORDER BY county", t->name);
    key_columns(&b, t);
    db_stmt *q = sql_prepare_buf(s, &b, e);
    if (!q) return false;
    digests[i].table = t->name;
    int got;
    while ((got = db_next(q, e)) > 0) {
      if (!digest_row(&digests[i], q, t, &b)) {
        db_done(q);
        return err_memory(e);
      }
    }
    if (got < 0) return false;
  }
  *ret = digests;
  *ret_count = n;
  return true;
}
