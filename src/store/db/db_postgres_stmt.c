/* PostgreSQL through libpq: preparing, binding and reading rows. Values travel in binary form
 * (https://www.postgresql.org/docs/15/protocol-overview.html, backend/utils/adt/numeric.c
 * numeric_send). */
#include "store/db/db_postgres.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

/* Types of pg_type.dat; the numbers never change. */
enum {
  T_BOOL = 16,
  T_BYTEA = 17,
  T_NAME = 19,
  T_INT8 = 20,
  T_INT2 = 21,
  T_INT4 = 23,
  T_TEXT = 25,
  T_UNKNOWN = 705,
  T_BPCHAR = 1042,
  T_VARCHAR = 1043,
  T_NUMERIC = 1700
};

static int int_bytes(Oid type) {
  return type == T_INT8 ? 8 : type == T_INT4 ? 4 : type == T_INT2 ? 2 : type == T_BOOL ? 1 : 0;
}

static bool is_text(Oid type) {
  return type == T_TEXT || type == T_VARCHAR || type == T_BPCHAR || type == T_NAME ||
         type == T_UNKNOWN;
}

static bool is_known(Oid type) {
  return int_bytes(type) || is_text(type) || type == T_BYTEA || type == T_NUMERIC;
}

/* ---- preparing ---- */

/* The server is asked when the statement first runs, and again after a reconnection. */
bool pg_prepare(db_stmt *base, err *e) {
  pg_stmt *s = pg_stmt_of(base);
  size_t n = (size_t)base->parameter_count + 1;
  s->types = calloc(n, sizeof *s->types);
  s->values = calloc(n, sizeof *s->values);
  s->lengths = calloc(n, sizeof *s->lengths);
  s->formats = calloc(n, sizeof *s->formats);
  s->numbers = calloc(n, sizeof *s->numbers);
  return (s->types && s->values && s->lengths && s->formats && s->numbers) || err_memory(e);
}

static void name_of(const pg_stmt *s, char ret[16]) {
  snprintf(ret, 16, "j%u", s->name);
}

static bool take_description(pg_stmt *s, const PGresult *r, err *e) {
  for (int i = 0; i < s->base.parameter_count && i < PQnparams(r); i++) {
    s->types[i] = PQparamtype(r, i);
    if (!is_known(s->types[i]))
      return db_err_internal("a parameter of a type outside the subset", e);
  }
  s->has_numeric = false;
  for (int i = 0; i < PQnfields(r); i++) {
    s->has_numeric |= PQftype(r, i) == T_NUMERIC;
    if (!is_known(PQftype(r, i)))
      return db_err_internal("a column of a type outside the subset", e);
  }
  return true;
}

static bool on_server(pg *d, pg_stmt *s, err *e) {
  if (s->generation == d->generation) return true;
  if (d->lost) return pg_say_lost(d, e);
  char name[16];
  s->name = ++d->names;
  name_of(s, name);
  /* The server finds out the types; of a number that the text skips it could not. */
  for (int i = 0; i < s->base.parameter_count; i++)
    s->types[i] = s->base.parameters[i].used ? 0 : T_TEXT;
  if (!PQsendPrepare(d->c, name, s->base.sql, s->base.parameter_count, s->types) ||
      !PQsendDescribePrepared(d->c, name))
    return pg_say_unsent(d, e);
  PGresult *r = NULL;
  bool ok = pg_await(d, 2, &r, e) && take_description(s, r, e);
  PQclear(r);
  if (ok) s->generation = d->generation;
  d->base.conflict = false;
  return ok;
}

void pg_release(db_stmt *base) {
  pg_stmt *s = pg_stmt_of(base);
  pg *d = pg_of(base->d);
  pg_done(base);
  if (s->generation && s->generation == d->generation && !d->lost && !d->base.failed &&
      pg_absorb(d, NULL)) {
    char sql[40], name[16];
    name_of(s, name);
    snprintf(sql, sizeof sql, "DEALLOCATE %s", name);
    if (PQsendQueryParams(d->c, sql, 0, NULL, NULL, NULL, NULL, 1)) d->queued++;
    if (d->base.transaction == DB_TX_NONE) pg_await(d, 0, NULL, NULL);
  }
  free(s->types);
  free(s->values);
  free(s->lengths);
  free(s->formats);
  free(s->numbers);
  free(s->kept);
}

/* ---- binding ---- */

static void put_int(char *ret, int64_t v, int bytes) {
  for (int i = bytes - 1; i >= 0; i--, v >>= 8) ret[i] = (char)(v & 0xff);
}

static bool encode_int(pg_stmt *s, int i, int64_t v, err *e) {
  int bytes = int_bytes(s->types[i]);
  s->values[i] = s->numbers[i];
  s->formats[i] = bytes > 0;
  if (!bytes) {
    snprintf(s->numbers[i], sizeof s->numbers[i], "%" PRId64, v);
    return s->types[i] != T_BYTEA || db_err_internal("a number bound to a blob", e);
  }
  if ((bytes == 4 && v != (int32_t)v) || (bytes == 2 && v != (int16_t)v) ||
      (bytes == 1 && v != 0 && v != 1))
    return db_err_internal("a number too large for its parameter", e);
  put_int(s->numbers[i], v, bytes);
  s->lengths[i] = bytes;
  return true;
}

static bool encode(pg_stmt *s, err *e) {
  for (int i = 0; i < s->base.parameter_count; i++) {
    const db_parameter *p = &s->base.parameters[i];
    s->values[i] = NULL;
    s->formats[i] = 1;
    s->lengths[i] = 0;
    if (!p->bound || !p->used) continue;
    int64_t v = p->i;
    if (p->bound == 'i') {
      if (!encode_int(s, i, v, e)) return false;
    } else if (int_bytes(s->types[i]) || s->types[i] == T_NUMERIC) {
      if (!text_to_int((text){p->at, p->bytes}, &v))
        return db_err_internal("a text bound to a number", e);
      if (!encode_int(s, i, v, e)) return false;
    } else {
      if (p->bytes > INT_MAX / 2)
        return err_set(e, ERR_TOO_LARGE, NULL, "内容太大，不能保存。", "Too large to be stored.");
      s->values[i] = p->at;
      s->lengths[i] = (int)p->bytes;
    }
  }
  return true;
}

/* ---- running ---- */

static bool send(pg *d, pg_stmt *s, err *e) {
  if (d->lost) return pg_say_lost(d, e);
  if (!pg_absorb(d, e) || !on_server(d, s, e) || !encode(s, e)) return false;
  char name[16];
  name_of(s, name);
  if (!PQsendQueryPrepared(d->c, name, s->base.parameter_count, s->values, s->lengths, s->formats,
                           1))
    return pg_say_unsent(d, e);
  return true;
}

bool pg_run(db_stmt *base, err *e) {
  pg *d = pg_of(base->d);
  if (!send(d, pg_stmt_of(base), e)) return false;
  if (d->base.transaction != DB_TX_WRITE) return pg_await(d, 1, NULL, e);
  d->queued++;
  if (d->queued % PG_FLUSH_EVERY == 0 && PQflush(d->c) < 0) return pg_say_lost(d, e);
  if (d->queued < PG_QUEUE_MAX) return true;
  bool ok = pg_await(d, 0, NULL, e);
  d->base.conflict = false; /* which of the queued statements met the conflict is not known */
  return ok;
}

static bool start(pg *d, pg_stmt *s, err *e) {
  if (!send(d, s, e)) return false;
  if (!PQpipelineSync(d->c)) return pg_say_unsent(d, e);
  bool ok = pg_collect(d, d->queued, NULL, e);
  d->queued = 0;
  d->base.conflict = false;
  if (ok && PQsetSingleRowMode(d->c)) {
    d->stream = &s->base;
    s->ended = s->late_failed = false;
    return true;
  }
  if (ok) db_err_internal("no single-row mode", e);
  pg_collect(d, 1, NULL, NULL);
  pg_read_sync(d, NULL);
  return false;
}

/* numeric: digits of base 10000, the first worth 10000^weight. False: beyond int64. */
static bool numeric_to_int(const char *at, int bytes, int64_t *ret) {
  const unsigned char *b = (const unsigned char *)at;
  if (bytes < 8) return false;
  int count = b[0] << 8 | b[1], weight = (int16_t)(b[2] << 8 | b[3]), sign = b[4] << 8 | b[5];
  if (bytes < 8 + 2 * count || (sign != 0 && sign != 0x4000)) return false;
  int64_t v = 0;
  for (int i = 0; i <= weight; i++) {
    int digit = i < count ? b[8 + 2 * i] << 8 | b[9 + 2 * i] : 0;
    if (__builtin_mul_overflow(v, (int64_t)10000, &v) ||
        __builtin_add_overflow(v, sign ? -digit : digit, &v))
      return false;
  }
  *ret = v;
  return true;
}

/* As SQLite, which lets a sum that overflows fail. */
static bool numerics_fit(const pg_stmt *s, err *e) {
  int64_t v;
  for (int i = 0; s->has_numeric && i < PQnfields(s->row); i++)
    if (PQftype(s->row, i) == T_NUMERIC && !PQgetisnull(s->row, 0, i) &&
        !numeric_to_int(PQgetvalue(s->row, 0, i), PQgetlength(s->row, 0, i), &v))
      return db_err_internal("integer overflow", e);
  return true;
}

static void forget_rows(pg_stmt *s) {
  PQclear(s->row);
  s->row = NULL;
  while (s->kept_at < s->kept_count) PQclear(s->kept[s->kept_at++]);
  s->kept_at = s->kept_count = 0;
}

static int next_row(pg *d, pg_stmt *s, err *e) {
  PQclear(s->row);
  s->row = NULL;
  if (s->kept_at < s->kept_count) {
    s->row = s->kept[s->kept_at++];
    return 1;
  }
  if (!s->ended) return pg_fetch(d, &s->row, e);
  if (!s->late_failed) return 0;
  if (e) *e = d->late;
  return -1;
}

int pg_next(db_stmt *base, err *e) {
  pg *d = pg_of(base->d);
  pg_stmt *s = pg_stmt_of(base);
  if (!base->open && !start(d, s, e)) return -1;
  int got = next_row(d, s, e);
  if (got > 0 && !numerics_fit(s, e)) got = -1;
  if (got <= 0) pg_done(base);
  return got;
}

void pg_done(db_stmt *base) {
  pg *d = pg_of(base->d);
  if (d->stream == base) pg_discard(d);
  forget_rows(pg_stmt_of(base));
}

/* ---- columns ---- */

static const char *cell(const pg_stmt *s, int column, Oid *type, size_t *bytes) {
  if (!s->row || column < 0 || column >= PQnfields(s->row) || PQgetisnull(s->row, 0, column))
    return NULL;
  *type = PQftype(s->row, column);
  *bytes = (size_t)PQgetlength(s->row, 0, column);
  return PQgetvalue(s->row, 0, column);
}

bool pg_null(db_stmt *base, int column) {
  Oid type;
  size_t bytes;
  return !cell(pg_stmt_of(base), column, &type, &bytes);
}

int64_t pg_int(db_stmt *base, int column) {
  Oid type = 0;
  size_t bytes = 0;
  int64_t v = 0;
  const char *at = cell(pg_stmt_of(base), column, &type, &bytes);
  if (!at) return 0;
  if (type == T_NUMERIC) {
    numeric_to_int(at, (int)bytes, &v);
  } else if (int_bytes(type) && bytes) {
    uint64_t u = at[0] < 0 ? UINT64_MAX : 0;
    for (size_t i = 0; i < bytes; i++) u = u << 8 | (unsigned char)at[i];
    v = (int64_t)u;
  } else {
    text_to_int((text){at, bytes}, &v);
  }
  return v;
}

text pg_text(db_stmt *base, int column) {
  pg_stmt *s = pg_stmt_of(base);
  Oid type = 0;
  size_t bytes = 0;
  const char *at = cell(s, column, &type, &bytes);
  if (!at) return TEXT("");
  if (is_text(type) || type == T_BYTEA) return (text){at, bytes};
  int n = snprintf(s->number, sizeof s->number, "%" PRId64, pg_int(base, column));
  return (text){s->number, (size_t)n};
}

text pg_blob(db_stmt *base, int column) {
  return pg_text(base, column);
}
