/* The journal: the ordered, sealed record of all changes of the county. */
#include "store/rows/journal.h"

#include <stdio.h>

#include "store/sql.h"
#include "store/store_internal.h"

static text number_text(char out[24], int64_t n) {
  int bytes = snprintf(out, 24, "%lld", (long long)n);
  return (text){out, (size_t)bytes};
}

hash entry_link(const hash *before, const entry *x) {
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
      {(const char *)x->via.b, 16},
      text_of(x->area),
      x->body,
  };
  return hash_of(parts, sizeof parts / sizeof *parts);
}

bool store_append(store *s, const entry *x, err *e) {
  db_stmt *q = sql(
      s,
      "INSERT INTO journal (county, seq, id, at, officer, verb, subject, root, via, area, body, "
      "link) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)",
      e);
  if (!q) return false;
  db_bind_int(q, 2, x->seq);
  bind_uuid(q, 3, &x->id);
  db_bind_int(q, 4, x->at_ms);
  bind_uuid(q, 5, &x->officer);
  db_bind_str(q, 6, x->verb);
  bind_uuid(q, 7, &x->subject);
  bind_uuid(q, 8, &x->root);
  bind_uuid(q, 9, &x->via);
  db_bind_str(q, 10, x->area);
  db_bind_text(q, 11, x->body);
  db_bind_blob(q, 12, x->link.b, HASH_BYTES);
  return db_run(q, e);
}

#define ENTRY_COLUMNS "seq, id, at, officer, verb, subject, root, via, area, body, link"

static bool read_entry(db_stmt *q, arena *a, entry *x) {
  x->seq = db_int(q, 0);
  x->id = column_uuid(q, 1);
  x->at_ms = db_int(q, 2);
  x->officer = column_uuid(q, 3);
  x->verb = column_str(q, 4, a);
  x->subject = column_uuid(q, 5);
  x->root = column_uuid(q, 6);
  x->via = column_uuid(q, 7);
  column_area(q, 8, x->area);
  text link = db_blob(q, 10);
  if (link.bytes == HASH_BYTES) memcpy(x->link.b, link.at, HASH_BYTES);
  return x->verb && column_text(q, 9, a, &x->body);
}

static bool read_entries(db_stmt *q, arena *a, entry **out, size_t *count, err *e) {
  entry *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    entry *more = ARENA_GROW(a, rows, n, &room, entry);
    if (!more || !read_entry(q, a, &more[n])) {
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

bool store_entry(store *s, arena *a, const uuid *id, entry **out, err *e) {
  db_stmt *q = sql(s, "SELECT " ENTRY_COLUMNS " FROM journal WHERE county = $1 AND id = $2", e);
  if (!q) return false;
  bind_uuid(q, 2, id);
  size_t n = 0;
  entry *rows = NULL;
  if (!read_entries(q, a, &rows, &n, e)) return false;
  *out = n ? rows : NULL;
  return true;
}

bool store_journal(store *s, arena *a, int64_t after, size_t limit, const reach *r, entry **out,
                   size_t *count, err *e) {
  AUTO_BUF buf b = {0};
  buf_str(&b, "SELECT " ENTRY_COLUMNS " FROM journal WHERE county = $1 AND seq > $2");
  int n = 4;
  if (r) {
    buf_str(&b, " AND ");
    reach_sql(&b, r, &n);
  }
  buf_str(&b, " ORDER BY seq LIMIT $3");
  if (!buf_ok(&b)) return err_memory(e);
  db_stmt *q = sql(s, b.at, e);
  if (!q) return false;
  db_bind_int(q, 2, after);
  db_bind_int(q, 3, (int64_t)limit);
  n = 4;
  if (r) reach_bind(q, r, &n);
  return read_entries(q, a, out, count, e);
}

bool store_entries_via(store *s, arena *a, const uuid *via, entry **out, size_t *count, err *e) {
  db_stmt *q = sql(
      s, "SELECT " ENTRY_COLUMNS " FROM journal WHERE county = $1 AND via = $2 ORDER BY seq", e);
  if (!q) return false;
  bind_uuid(q, 2, via);
  return read_entries(q, a, out, count, e);
}
