/* Facts with their history: what was said of a field, from which day, by which entry. */
#include "store/inside.h"

#include <stdio.h>

bool store_fact_put(store *s, const fact *f, const field *d, err *e) {
  db_stmt *q =
      sql(s,
          "INSERT INTO fact (county, subject, field, seq, since, value, source, withdrawn) VALUES "
          "($1, $2, $3, $4, $5, $6, $7, 0)",
          e);
  if (!q) return false;
  arena *scratch AUTO_ARENA = NULL;
  char digits[24];
  text t;
  if (field_column_type(d) == 'i' && f->v.type != VALUE_UNKNOWN && f->v.type != VALUE_NULL) {
    int64_t n = d->type == FIELD_BOOL ? f->v.yes : f->v.i;
    t = (text){digits, (size_t)snprintf(digits, sizeof digits, "%lld", (long long)n)};
  } else if (!(scratch = arena_new(0)) || !field_to_text(d, &f->v, scratch, &t)) {
    return err_memory(e);
  }
  bind_uuid(q, 2, &f->subject);
  db_bind_str(q, 3, f->field);
  db_bind_int(q, 4, f->seq);
  db_bind_int(q, 5, f->since);
  if (t.at)
    db_bind_text(q, 6, t);
  else
    db_bind_null(q, 6);
  db_bind_str(q, 7, f->source);
  return db_run(q, e);
}

bool store_facts(store *s, arena *a, const record *subject, size_t most, fact **out, size_t *count,
                 err *e) {
  db_stmt *q =
      sql(s,
          "SELECT f.field, f.seq, f.since, f.value, f.source, j.officer, j.at FROM fact f JOIN "
          "journal j ON j.county = f.county AND j.seq = f.seq WHERE f.county = $1 AND f.subject = "
          "$2 AND f.withdrawn = 0 ORDER BY f.seq DESC, f.field LIMIT $3",
          e);
  if (!q) return false;
  bind_uuid(q, 2, &subject->id);
  db_bind_int(q, 3, (int64_t)most);
  fact *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    const field *d = field_find(subject->kind->fields, subject->kind->field_count, db_text(q, 0));
    if (!d) continue; /* a field that a newer pack dropped */
    fact x = {.subject = subject->id,
              .field = d->name,
              .seq = db_int(q, 1),
              .since = (day)db_int(q, 2),
              .officer = column_uuid(q, 5),
              .at_ms = db_int(q, 6)};
    fact *more = ARENA_GROW(a, rows, n, &room, fact);
    text t = db_null(q, 3) ? (text){NULL, 0} : db_text(q, 3);
    x.source = column_str(q, 4, a);
    if (!more || !x.source || !field_from_text(d, t, a, &x.v)) {
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

bool store_fact_now(store *s, arena *a, const record *subject, const field *d, value *out, err *e) {
  db_stmt *q = sql(
      s,
      "SELECT value FROM fact WHERE county = $1 AND subject = $2 AND field = $3 AND withdrawn = "
      "0 ORDER BY since DESC, seq DESC LIMIT 1",
      e);
  if (!q) return false;
  bind_uuid(q, 2, &subject->id);
  db_bind_str(q, 3, d->name);
  int got = db_next(q, e);
  if (got < 0) return false;
  text t = got && !db_null(q, 0) ? db_text(q, 0) : (text){NULL, 0};
  value v;
  bool ok = field_from_text(d, t, a, &v);
  db_done(q);
  if (!ok) return err_memory(e);
  *out = v;
  return true;
}

bool store_facts_withdraw(store *s, const uuid *subject, int64_t seq, err *e) {
  db_stmt *q =
      sql(s, "UPDATE fact SET withdrawn = 1 WHERE county = $1 AND subject = $2 AND seq = $3", e);
  if (!q) return false;
  bind_uuid(q, 2, subject);
  db_bind_int(q, 3, seq);
  return db_run(q, e);
}

bool store_facts_left(store *s, const uuid *subject, int64_t *count, err *e) {
  db_stmt *q =
      sql(s, "SELECT count(*) FROM fact WHERE county = $1 AND subject = $2 AND withdrawn = 0", e);
  if (!q) return false;
  bind_uuid(q, 2, subject);
  int got = db_next(q, e);
  if (got <= 0) return false;
  *count = db_int(q, 0);
  db_done(q);
  return true;
}
