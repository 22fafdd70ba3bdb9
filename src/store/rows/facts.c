/* Facts with their history: what was said of a field, from which day, by which entry. */
#include "store/rows/facts.h"

#include <stdio.h>

#include "store/sql.h"
#include "store/store_internal.h"

bool store_fact_put(store *s, const fact *f, const field *d, err *e) {
  db_stmt *q =
      sql(s,
          "INSERT INTO fact (county, subject, field, seq, since, value, source, withdrawn, "
          "officer, at) VALUES ($1, $2, $3, $4, $5, $6, $7, 0, $8, $9)",
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
  bind_uuid(q, 8, &f->officer);
  db_bind_int(q, 9, f->at_ms);
  return db_run(q, e);
}

/* A fact written by an older version has no instant in its row: then its entry is asked. */
#define BY_WHOM                                                                                    \
  "CASE WHEN f.at IS NULL THEN (SELECT j.officer FROM journal j WHERE j.county = f.county AND "    \
  "j.seq = f.seq) ELSE f.officer END"
#define AT_WHEN                                                                                    \
  "COALESCE(f.at, (SELECT j.at FROM journal j WHERE j.county = f.county AND j.seq = f.seq))"

/* One arm of the statement: the facts of the unit's subjects of one kind. */
static void history_arm(buf *b, const store *s, size_t nth, const fact_query *query) {
  const kind_sql *k = &s->kinds[nth];
  buf_printf(b,
             "SELECT f.subject, f.field, f.seq, f.since, f.value, f.source, " BY_WHOM
             " AS officer, " AT_WHEN " AS at, %zu AS nth FROM %s k JOIN fact f ON f.county = "
             "k.county AND f.subject = k.id WHERE k.county = $1 AND k.%s = $2 AND k.withdrawn = 0 "
             "AND f.withdrawn = 0",
             nth, k->table.name, k->kind->parent < 0 ? "id" : "root");
  if (query->has_after)
    buf_str(b, " AND (f.seq < $4 OR (f.seq = $4 AND (f.subject > $5 OR (f.subject = $5 AND f.field "
               "> $6))))");
}

static bool read_history(store *s, arena *a, db_stmt *q, fact **out, size_t *count, err *e) {
  fact *rows = NULL;
  size_t n = 0, room = 0;
  int got;
  while ((got = db_next(q, e)) > 0) {
    const kind *k = s->kinds[db_int(q, 8)].kind;
    fact x = {.subject = column_uuid(q, 0),
              .seq = db_int(q, 2),
              .since = (day)db_int(q, 3),
              .officer = column_uuid(q, 6),
              .at_ms = db_int(q, 7)};
    fact *more = ARENA_GROW(a, rows, n, &room, fact);
    const field *d = field_find(k->fields, k->field_count, db_text(q, 1));
    text t = db_null(q, 4) ? (text){NULL, 0} : db_text(q, 4);
    x.source = column_str(q, 5, a);
    x.field = column_str(q, 1, a);
    x.v = (value){.type = VALUE_UNKNOWN};
    if (!more || !x.source || !x.field || (d && !field_from_text(d, t, a, &x.v))) {
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

bool store_history(store *s, arena *a, const fact_query *query, fact **out, size_t *count, err *e) {
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
  db_stmt *q = buf_ok(&b) ? sql(s, b.at, e) : NULL;
  if (!q) return buf_ok(&b) ? false : err_memory(e);
  bind_uuid(q, 2, &query->root);
  db_bind_int(q, 3, (int64_t)query->limit);
  if (query->has_after) {
    db_bind_int(q, 4, query->after_seq);
    bind_uuid(q, 5, &query->after_subject);
    db_bind_text(q, 6, query->after_field);
  }
  return read_history(s, a, q, out, count, e);
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

bool store_fact_told(store *s, arena *a, const record *subject, const field *d, fact **out,
                     err *e) {
  db_stmt *q = sql(s,
                   "SELECT f.seq, f.since, f.source, " BY_WHOM ", " AT_WHEN
                   " FROM fact f WHERE f.county = $1 AND f.subject = $2 AND f.field = $3 AND "
                   "f.withdrawn = 0 ORDER BY f.since DESC, f.seq DESC LIMIT 1",
                   e);
  *out = NULL;
  if (!q) return false;
  bind_uuid(q, 2, &subject->id);
  db_bind_str(q, 3, d->name);
  int got = db_next(q, e);
  if (got <= 0) return got == 0;
  fact *f = ARENA_NEW(a, fact);
  if (f)
    *f = (fact){.subject = subject->id,
                .field = d->name,
                .seq = db_int(q, 0),
                .since = (day)db_int(q, 1),
                .v = {.type = VALUE_UNKNOWN},
                .source = column_str(q, 2, a),
                .officer = column_uuid(q, 3),
                .at_ms = db_int(q, 4)};
  db_done(q);
  if (!f || !f->source) return err_memory(e);
  *out = f;
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
