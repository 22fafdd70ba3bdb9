/* The journal: the ordered, sealed record of all changes of the county. */
#include "store/rows/journal.h"

#include <stdio.h>

#include "store/row.h"

const row_table store_table_journal = {
    .name = "journal",
    .indexes = ROW_INDEXES("!id", "import_id, seq"),
    ROW_COLUMNS(
        entry, ROW_INT("seq", entry, seq, KEY), ROW_UUID("id", entry, id, FIXED),
        ROW_INT("at", entry, at_ms, FIXED), ROW_OPTIONAL_UUID("officer", entry, officer, FIXED),
        ROW_STR("verb", entry, verb, FIXED), ROW_OPTIONAL_UUID("subject", entry, subject, FIXED),
        ROW_OPTIONAL_UUID("root", entry, root, FIXED),
        ROW_OPTIONAL_UUID("import_id", entry, import_id, FIXED),
        ROW_AREA("area", entry, area, FIXED), ROW_TEXT("body", entry, body, FIXED),
        ROW_HASH("link", entry, link, FIXED))};

static text number_text(char ret[24], int64_t n) {
  int bytes = snprintf(ret, 24, "%lld", (long long)n);
  return (text){ret, (size_t)bytes};
}

hash store_entry_link(const hash *before, const entry *x) {
  char seq[24], at[24];
  const text parts[] = {
      {(const char *)before->b, HASH_BYTES},
      number_text(seq, x->seq),
      {(const char *)x->id.b, 16},
      number_text(at, x->at_ms),
      {(const char *)x->officer.b, 16},
      text_of(x->verb),
      {(const char *)x->subject.b, 16},
      {(const char *)x->root.b, 16},
      {(const char *)x->import_id.b, 16},
      text_of(x->area),
      x->body,
  };
  return hash_of(parts, sizeof parts / sizeof *parts);
}

bool store_append(store *s, const entry *x, err *e) {
  return row_insert(s, &store_table_journal, x, e);
}

bool store_entry_find(store *s, arena *a, const uuid *id, entry **ret, err *e) {
  db_stmt *q = row_select(s, &store_table_journal, "id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return row_first(q, &store_table_journal, a, ret, e);
}

bool store_journal(store *s, arena *a, const journal_query *query, entry **ret, size_t *ret_count,
                   err *e) {
  AUTO_BUF buf b = {0};
  buf_str(&b, "seq > $2");
  int n = 4;
  if (query->scope) {
    buf_str(&b, " AND ");
    scope_sql(s, &b, query->scope, &n);
  }
  reach_sql(s, &b, query->reach, REACH_ROOT, &n);
  buf_str(&b, " ORDER BY seq LIMIT $3");
  db_stmt *q = row_select_buf(s, &store_table_journal, &b, e);
  if (!q) return false;
  db_bind_int(q, 2, query->after);
  db_bind_int(q, 3, (int64_t)query->limit);
  n = 4;
  if (query->scope) scope_bind(q, query->scope, &n);
  reach_bind(q, query->reach, &n);
  return row_list(q, &store_table_journal, a, ret, ret_count, e);
}

bool store_entries_count_of_import(store *s, const uuid *import_id, int64_t *ret, err *e) {
  db_stmt *q =
      sql_prepare(s, "SELECT count(*) FROM journal WHERE county = $1 AND import_id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, import_id);
  int got = db_next(q, e);
  if (got > 0) *ret = db_int(q, 0);
  db_done(q);
  return got >= 0;
}

bool store_entries_of_import(store *s, arena *a, const uuid *import_id, entry **ret,
                             size_t *ret_count, err *e) {
  db_stmt *q = row_select(s, &store_table_journal, "import_id = $2 ORDER BY seq", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, import_id);
  return row_list(q, &store_table_journal, a, ret, ret_count, e);
}

bool store_entries_since_import(store *s, arena *a, const uuid *import_id, size_t limit,
                                entry **ret, size_t *ret_count, err *e) {
  db_stmt *q = row_select(
      s, &store_table_journal,
      "seq > (SELECT min(seq) FROM journal WHERE county = $1 AND import_id = $2) AND "
      "(import_id IS NULL OR import_id <> $2) AND root IN (SELECT root FROM journal WHERE "
      "county = $1 AND import_id = $2) ORDER BY seq LIMIT $3",
      e);
  if (!q) return false;
  sql_bind_uuid(q, 2, import_id);
  db_bind_int(q, 3, (int64_t)limit);
  return row_list(q, &store_table_journal, a, ret, ret_count, e);
}
