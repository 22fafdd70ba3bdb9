/* Facts with their history: what was said of a field, from which day, by which entry. */
#include "store/rows/facts.h"

#include <stdio.h>

#include "store/row.h"
#include "store/sealed.h"
#include "store/store_internal.h"

/* A fact with its value as text; `nth` (of a history): which of the store's kinds it is about. */
typedef struct fact_row {
  uuid subject;
  const char *field;
  int64_t seq;
  day since;
  text value;
  const char *source;
  bool withdrawn;
  uuid officer;
  int64_t at_ms, moment, nth;
} fact_row;

#define FACT_COLUMNS                                                                               \
  ROW_UUID("subject", fact_row, subject, KEY), ROW_STR("field", fact_row, field, KEY),             \
      ROW_INT("seq", fact_row, seq, KEY), ROW_DAY("since", fact_row, since, FIXED),                \
      ROW_OPTIONAL_TEXT("value", fact_row, value, FIXED),                                          \
      ROW_STR("source", fact_row, source, FIXED),                                                  \
      ROW_BOOL("withdrawn", fact_row, withdrawn, FIXED),                                           \
      ROW_OPTIONAL_UUID("officer", fact_row, officer, FIXED),                                      \
      ROW_INT("at", fact_row, at_ms, FIXED), ROW_INT("moment", fact_row, moment, FIXED)

const row_table store_table_fact = {
    .name = "fact", .derived = true, ROW_COLUMNS(fact_row, FACT_COLUMNS)};
static const row_table history_shape = {
    ROW_COLUMNS(fact_row, FACT_COLUMNS, ROW_INT("nth", fact_row, nth, FIXED))};

bool store_fact_put(store *s, const fact *f, const field *d, err *e) {
  char digits[24];
  arena *scratch AUTO_ARENA = NULL;
  fact_row row = {.subject = f->subject,
                  .field = f->field,
                  .seq = f->seq,
                  .since = f->since,
                  .source = f->source,
                  .officer = f->officer,
                  .at_ms = f->at_ms,
                  .moment = f->moment};
  if (sql_field_storage(d) == 'i' && f->v.type != VALUE_UNKNOWN && f->v.type != VALUE_NULL) {
    int64_t n = d->type == FIELD_BOOL ? f->v.yes : f->v.i;
    row.value = (text){digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)n)};
  } else if (!(scratch = arena_new(0)) || !sql_field_to_text(d, &f->v, scratch, &row.value)) {
    return err_memory(e);
  }
  if (d->sealed && row.value.at &&
      !sealed_text(s, &f->subject, text_of(d->name), row.value, scratch, &row.value, e))
    return false;
  return row_insert(s, &store_table_fact, &row, e);
}

static bool value_of(store *s, const field *d, text said, arena *a, value *ret, err *e) {
  if (sealed_is(said) && !sealed_open(s, text_of(d->name), said, a, &said, e)) return false;
  return sql_field_from_text(d, said, a, ret) || err_memory(e);
}

/* `d` NULL: a newer pack dropped the field. */
static bool fact_of(store *s, const fact_row *row, const field *d, arena *a, fact *ret, err *e) {
  *ret = (fact){.subject = row->subject,
                .field = row->field,
                .seq = row->seq,
                .since = row->since,
                .v = {.type = VALUE_UNKNOWN},
                .source = row->source,
                .officer = row->officer,
                .at_ms = row->at_ms,
                .moment = row->moment};
  return !d || value_of(s, d, row->value, a, &ret->v, e);
}

/* One arm of the statement: the facts of the unit's subjects of one kind. */
static void history_arm(buf *b, const store *s, size_t nth, const fact_query *query) {
  const kind_rows *k = &s->kinds[nth];
  buf_printf(b,
             "SELECT %s, %zu AS nth FROM fact WHERE county = $1 AND withdrawn = 0 AND subject IN "
             "(SELECT id FROM %s WHERE county = $1 AND %s = $2 AND withdrawn = 0)",
             row_sql_of(s, &store_table_fact)->columns, nth, k->table.name,
             k->kind->parent < 0 ? "id" : "root");
  if (query->has_after)
    buf_str(b, " AND (seq < $4 OR (seq = $4 AND (subject > $5 OR (subject = $5 AND field > $6))))");
}

bool store_history(store *s, arena *a, const fact_query *query, fact **ret, size_t *ret_count,
                   err *e) {
  const pack *p = catalog_pack_of(s->packs, query->kind);
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < s->kind_count; i++) {
    const kind *k = s->kinds[i].kind;
    if (k != query->kind && (k->parent != query->kind->index || catalog_pack_of(s->packs, k) != p))
      continue;
    if (b.bytes) buf_str(&b, " UNION ALL ");
    history_arm(&b, s, i, query);
  }
  buf_str(&b, " ORDER BY seq DESC, subject, field LIMIT $3");
  db_stmt *q = sql_prepare_buf(s, &b, e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &query->root);
  db_bind_int(q, 3, (int64_t)query->limit);
  if (query->has_after) {
    db_bind_int(q, 4, query->after_seq);
    sql_bind_uuid(q, 5, &query->after_subject);
    db_bind_text(q, 6, query->after_field);
  }
  fact_row *rows = NULL;
  size_t n = 0;
  if (!row_list(q, &history_shape, a, &rows, &n, e)) return false;
  fact *facts = ARENA_ARRAY(a, n, fact);
  if (!facts) return err_memory(e);
  for (size_t i = 0; i < n; i++) {
    const kind *k = s->kinds[rows[i].nth].kind;
    const field *d = field_find(k->fields, k->field_count, text_of(rows[i].field));
    if (!fact_of(s, &rows[i], d, a, &facts[i], e)) return false;
  }
  *ret = facts;
  *ret_count = n;
  return true;
}

/* The fact in force; *ret NULL: none. */
static bool latest(store *s, arena *a, const record *subject, const field *d, fact_row **ret,
                   err *e) {
  db_stmt *q = row_select(s, &store_table_fact,
                          "subject = $2 AND field = $3 AND withdrawn = 0 ORDER BY since DESC, "
                          "moment DESC, seq DESC LIMIT 1",
                          e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &subject->id);
  db_bind_str(q, 3, d->name);
  return row_first(q, &store_table_fact, a, ret, e);
}

bool store_fact_now(store *s, arena *a, const record *subject, const field *d, value *ret, err *e) {
  fact_row *row = NULL;
  if (!latest(s, a, subject, d, &row, e)) return false;
  text value = row ? row->value : (text){NULL, 0};
  return value_of(s, d, value, a, ret, e);
}

bool store_fact_find(store *s, arena *a, const record *subject, const field *d, fact **ret,
                     err *e) {
  fact_row *row = NULL;
  if (!latest(s, a, subject, d, &row, e)) return false;
  fact *f = row ? ARENA_NEW(a, fact) : NULL;
  if (row && !(f ? fact_of(s, row, NULL, a, f, e) : err_memory(e))) return false;
  *ret = f;
  return true;
}

bool store_fact_drop(store *s, const fact *f, err *e) {
  return row_remove(s, &store_table_fact,
                    &(fact_row){.subject = f->subject, .field = f->field, .seq = f->seq}, e);
}

bool store_facts_of(store *s, arena *a, const record *subject, fact **ret, size_t *ret_count,
                    err *e) {
  fact_row *rows = NULL;
  size_t n = 0;
  const kind *k = subject->kind;
  db_stmt *q = row_select(s, &store_table_fact,
                          "subject = $2 AND withdrawn = 0 ORDER BY since, moment, seq", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, &subject->id);
  if (!row_list(q, &store_table_fact, a, &rows, &n, e)) return false;
  fact *facts = ARENA_ARRAY(a, n, fact);
  if (!facts) return err_memory(e);
  *ret_count = 0;
  for (size_t i = 0; i < n; i++) {
    const field *d = field_find(k->fields, k->field_count, text_of(rows[i].field));
    if (d && !fact_of(s, &rows[i], d, a, &facts[(*ret_count)++], e)) return false;
  }
  *ret = facts;
  return true;
}

bool store_facts_withdraw(store *s, const uuid *subject, int64_t seq, err *e) {
  db_stmt *q = sql_prepare(
      s, "UPDATE fact SET withdrawn = 1 WHERE county = $1 AND subject = $2 AND seq = $3", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, subject);
  db_bind_int(q, 3, seq);
  return db_run(q, e);
}

bool store_facts_left(store *s, const uuid *subject, int64_t *ret_count, err *e) {
  db_stmt *q = sql_prepare(
      s, "SELECT count(*) FROM fact WHERE county = $1 AND subject = $2 AND withdrawn = 0", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, subject);
  int got = db_next(q, e);
  if (got <= 0) return false;
  *ret_count = db_int(q, 0);
  db_done(q);
  return true;
}

bool store_fact_subjects(store *s, arena *a, int64_t seq, uuid **ret, size_t *ret_count, err *e) {
  db_stmt *q = sql_prepare(
      s, "SELECT DISTINCT subject FROM fact WHERE county = $1 AND seq = $2 ORDER BY subject", e);
  uuid *ids = NULL;
  size_t n = 0, room = 0;
  int got;
  if (!q) return false;
  db_bind_int(q, 2, seq);
  while ((got = db_next(q, e)) > 0) {
    uuid *more = ARENA_GROW(a, ids, n, &room, uuid);
    if (!more) {
      db_done(q);
      return err_memory(e);
    }
    ids = more;
    ids[n++] = sql_uuid(q, 0);
  }
  *ret = ids;
  *ret_count = n;
  return got == 0;
}
