/* What both drivers have in common: statement cache, bindings, state of the transaction, words of
 * DDL. */
#include "store/db/db_driver.h"

#include <stdio.h>
#include <stdlib.h>

bool db_is_url(const char *location) {
  return strncmp(location, "postgresql://", 13) == 0 || strncmp(location, "postgres://", 11) == 0;
}

/* "mysql://…" and a mistyped "postgres:/…" would otherwise become folders. What is behind the colon
 * may hold a password and is not repeated. */
static bool refuse_other_url(const char *location, err *e) {
  size_t n = strspn(location, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-");
  if (n < 2 || strncmp(location + n, ":/", 2) != 0) return true;
  return err_set(e, ERR_USAGE, NULL,
                 "“%.*s:/…”不是能用的数据库地址，应写成 postgresql://用户@主机:端口/数据库。"
                 "如果它是一个目录，请在前面加“./”。",
                 "\"%.*s:/…\" is no database address that can be used; write "
                 "postgresql://user@host:port/database. If it is a folder, put \"./\" before it.",
                 (int)n, location);
}

db *db_open(const char *location, db_mode mode, err *e) {
  if (!db_is_url(location) && !refuse_other_url(location, e)) return NULL;
  db *d =
      db_is_url(location) ? db_postgres_open(location, mode, e) : db_sqlite_open(location, mode, e);
  if (d) d->mode = mode;
  return d;
}

/* ---- the transaction ---- */

/* Inside a transaction the first failure ends it, on both drivers alike: PostgreSQL allows nothing
 * more, and half of what a caller meant must not be committed. */
static bool fail(db *d, const err *why) {
  if (d->transaction != DB_TX_NONE && !d->failed) {
    d->failed = true;
    d->first = *why;
  }
  return false;
}

static bool alive(db *d, err *e) {
  d->conflict = false;
  if (!d->failed) return true;
  return err_set(e, ERR_STORE, d->first.where, "前面的一步失败了，本次更改全部撤销。原因：%s",
                 "An earlier step failed, and the whole change is undone: %s", LABEL(d->first));
}

static void close_rows(db *d) {
  for (db_stmt *s = d->newest; s && d->open_statements; s = s->older) db_done(s);
}

static bool begin(db *d, db_transaction kind, err *e) {
  d->conflict = false;
  if (d->transaction != DB_TX_NONE) return db_err_internal("db_begin inside a transaction", e);
  close_rows(d);
  if (!d->driver->begin(d, kind, e)) return false;
  d->transaction = kind;
  return true;
}

static void end(db *d) {
  d->transaction = DB_TX_NONE;
  d->failed = false;
}

bool db_begin(db *d, err *e) {
  return begin(d, DB_TX_WRITE, e);
}

bool db_begin_read(db *d, err *e) {
  return begin(d, DB_TX_READ, e);
}

bool db_commit(db *d, err *e) {
  d->conflict = false;
  if (d->transaction != DB_TX_WRITE) return db_err_internal("db_commit without db_begin", e);
  close_rows(d);
  if (d->failed) {
    d->undone++;
    d->driver->rollback(d);
    if (e) *e = d->first;
    end(d);
    return false;
  }
  bool done = d->driver->commit(d, e);
  d->undone += !done;
  end(d);
  return done;
}

void db_rollback(db *d) {
  if (d->transaction == DB_TX_NONE) return;
  close_rows(d);
  d->undone += d->transaction == DB_TX_WRITE;
  d->driver->rollback(d);
  end(d);
}

void db_end_read(db *d) {
  db_rollback(d);
}

/* ---- DDL ---- */

static void add_ddl(buf *b, const db_driver *v, const char *sql) {
  const struct {
    const char *mark, *word;
  } marks[] = {{"{int}", v->int_word},
               {"{text}", v->text_word},
               {"{blob}", v->blob_word},
               {"{strict}", v->strict_word}};
  while (*sql) {
    size_t plain = strcspn(sql, "{");
    buf_add(b, sql, plain);
    sql += plain;
    if (!*sql) return;
    size_t i = 0;
    while (i < 4 && strncmp(sql, marks[i].mark, strlen(marks[i].mark)) != 0) i++;
    if (i < 4) {
      buf_str(b, marks[i].word);
      sql += strlen(marks[i].mark);
    } else {
      buf_char(b, *sql++);
    }
  }
}

bool db_script(db *d, const char *sql, err *e) {
  err own;
  if (!e) e = &own;
  if (!alive(d, e)) return false;
  AUTO_BUF buf b = {0};
  add_ddl(&b, d->driver, sql);
  buf_str(&b, "");
  if (!buf_ok(&b)) {
    err_memory(e);
    return fail(d, e);
  }
  return d->driver->script(d, b.at ? b.at : "", e) || fail(d, e);
}

const char *db_for_update(const db *d) {
  return d->driver->for_update;
}

bool db_check(db *d, int64_t most_bytes, err *e) {
  if (!d->driver->check) return true;
  db_stmt *s = db_prepare(d, d->driver->file_bytes, e);
  if (!s || db_next(s, e) <= 0) return false;
  bool skip = most_bytes && db_int(s, 0) > most_bytes;
  db_done(s);
  if (skip) return true;
  s = db_prepare(d, d->driver->check, e);
  if (!s || db_next(s, e) <= 0) return false;
  text says = text_cut(db_text(s, 0), 199);
  bool sound = text_is(says, "ok");
  char found[200];
  snprintf(found, sizeof found, "%.*s", (int)says.bytes, says.at);
  if (!sound) log_event(LOG_ERROR, "db_damaged", log_word("driver", found));
  db_done(s);
  return sound || db_err_corrupt(NULL, e);
}

bool db_scrub(db *d, const char *tables, err *e) {
  AUTO_BUF buf b = {0};
  text rest = text_of(tables), name;
  const char *before = " ";
  buf_str(&b, d->driver->vacuum);
  while (d->driver->vacuums_tables && text_next_word(&rest, &name)) {
    buf_str(&b, before);
    buf_text(&b, name);
    before = ", ";
  }
  if (!buf_ok(&b)) return err_memory(e);
  if (!db_script(d, b.at, e)) return false;
  if (!d->driver->cut_log) return true;
  db_stmt *s = db_prepare(d, d->driver->cut_log, e);
  int got = s ? db_next(s, e) : -1;
  const bool held = got > 0 && db_int(s, 0) != 0;
  if (got > 0) db_done(s);
  return got >= 0 && (!held || err_set(e, ERR_BUSY, NULL, "还有人在读，日志暂时截不短。",
                                       "Somebody is still reading; the log cannot be cut now."));
}

int db_has_column(db *d, const char *table, const char *column, err *e) {
  db_stmt *s = db_prepare(d, d->driver->has_column, e);
  if (!s) return -1;
  db_bind_str(s, 1, table);
  db_bind_str(s, 2, column);
  int got = db_next(s, e);
  db_done(s);
  return got;
}

db_stmt *db_columns(db *d, err *e) {
  return db_prepare(d, d->driver->columns, e);
}

/* ---- the statement cache ---- */

static void unlink_use(db *d, db_stmt *s) {
  *(s->newer ? &s->newer->older : &d->newest) = s->older;
  *(s->older ? &s->older->newer : &d->oldest) = s->newer;
}

static void link_newest(db *d, db_stmt *s) {
  s->newer = NULL;
  s->older = d->newest;
  *(d->newest ? &d->newest->newer : &d->oldest) = s;
  d->newest = s;
}

static void free_statement(db_stmt *s) {
  s->d->driver->release(s);
  free(s->parameters);
  free(s->sql);
  free(s);
}

static void drop(db *d, db_stmt *s) {
  db_done(s);
  db_stmt **at = &d->buckets[s->hash % DB_BUCKETS];
  while (*at != s) at = &(*at)->same_bucket;
  *at = s->same_bucket;
  unlink_use(d, s);
  d->statements--;
  free_statement(s);
}

/* Gives *count the highest $n of the text, and marks those that stand in it. */
static bool scan_parameters(const char *sql, db_parameter *parameters, int *ret_count, err *e) {
  int highest = 0;
  for (const char *p = sql; *p;) {
    if (*p == '\'' || *p == '"') {
      const char *close = strchr(p + 1, *p);
      if (!close) break; /* the driver will complain */
      p = close + 1;
    } else if (p[0] == '-' && p[1] == '-') {
      p += strcspn(p, "\n");
    } else if (*p == '$' && p[1] >= '1' && p[1] <= '9') {
      int n = 0;
      for (p++; *p >= '0' && *p <= '9' && n <= DB_PARAMETERS_MAX; p++) n = n * 10 + (*p - '0');
      if (n > DB_PARAMETERS_MAX)
        return db_err_internal("more than DB_PARAMETERS_MAX parameters", e);
      if (n > highest) highest = n;
      if (parameters) parameters[n - 1].used = true;
    } else {
      p++;
    }
  }
  *ret_count = highest;
  return true;
}

static void forget_bindings(db_stmt *s) {
  for (int i = 0; i < s->parameter_count; i++) s->parameters[i].bound = 0;
  s->misbound = s->has_nul = false;
}

static db_stmt *make_statement(db *d, const char *sql, size_t bytes, err *e) {
  int count = 0;
  if (!scan_parameters(sql, NULL, &count, e)) return NULL;
  db_stmt *s = calloc(1, d->driver->stmt_bytes);
  if (!s) {
    err_memory(e);
    return NULL;
  }
  s->d = d;
  s->sql_bytes = bytes;
  s->sql = malloc(bytes + 1);
  s->parameters = calloc((size_t)count + 1, sizeof *s->parameters);
  if (!s->sql || !s->parameters) {
    err_memory(e);
    free_statement(s);
    return NULL;
  }
  memcpy(s->sql, sql, bytes + 1);
  s->parameter_count = count;
  if (!scan_parameters(sql, s->parameters, &count, e) || !d->driver->prepare(s, e)) {
    free_statement(s);
    return NULL;
  }
  return s;
}

db_stmt *db_prepare(db *d, const char *sql, err *e) {
  err own;
  if (!e) e = &own;
  d->conflict = false;
  size_t bytes = strlen(sql);
  uint64_t hash = text_hash((text){sql, bytes});
  /* One whose rows are being read is left alone: a second of the same text is made for who asks. */
  for (db_stmt *s = d->buckets[hash % DB_BUCKETS]; s; s = s->same_bucket) {
    if (s->hash != hash || s->open || s->sql_bytes != bytes || memcmp(s->sql, sql, bytes) != 0)
      continue;
    if (d->newest != s) {
      unlink_use(d, s);
      link_newest(d, s);
    }
    forget_bindings(s);
    return s;
  }
  if (d->statements >= DB_STATEMENTS_MAX) {
    db_stmt *old = d->oldest;
    while (old && old->open) old = old->newer;
    if (old) drop(d, old);
  }
  db_stmt *s = make_statement(d, sql, bytes, e);
  if (!s) {
    fail(d, e);
    return NULL;
  }
  s->hash = hash;
  s->same_bucket = d->buckets[hash % DB_BUCKETS];
  d->buckets[hash % DB_BUCKETS] = s;
  link_newest(d, s);
  d->statements++;
  return s;
}

void db_close(db *d) {
  if (!d) return;
  db_rollback(d);
  while (d->newest) drop(d, d->newest);
  d->driver->close(d);
}

void db_discard(db *d) {
  if (d) d->discarded = true;
  db_close(d);
}

/* ---- bindings ---- */

static db_parameter *bind(db_stmt *s, int n) {
  if (n >= 1 && n <= s->parameter_count && !s->open) return &s->parameters[n - 1];
  s->misbound = true;
  return NULL;
}

void db_bind_int(db_stmt *s, int n, int64_t v) {
  db_parameter *p = bind(s, n);
  if (!p) return;
  p->bound = 'i';
  p->i = v;
}

static void bind_bytes(db_stmt *s, int n, char type, const void *at, size_t bytes) {
  db_parameter *p = bind(s, n);
  if (!p) return;
  p->bound = at ? type : 0;
  p->at = at;
  p->bytes = bytes;
}

void db_bind_text(db_stmt *s, int n, text v) {
  if (v.at && v.bytes && text_has_nul(v)) s->has_nul = true;
  bind_bytes(s, n, 't', v.at, v.bytes);
}

void db_bind_str(db_stmt *s, int n, const char *v) {
  bind_bytes(s, n, 't', v, v ? strlen(v) : 0);
}

void db_bind_blob(db_stmt *s, int n, const void *at, size_t bytes) {
  bind_bytes(s, n, 'b', at, bytes);
}

void db_bind_null(db_stmt *s, int n) {
  bind_bytes(s, n, 0, NULL, 0);
}

/* ---- running ---- */

static bool may_start(db_stmt *s, err *e) {
  if (!alive(s->d, e)) return false;
  if (s->misbound) {
    char detail[120];
    snprintf(detail, sizeof detail, "a parameter that is not there: %.80s", s->sql);
    return db_err_internal(detail, e);
  }
  if (s->has_nul)
    return err_set(e, ERR_BAD_INPUT, NULL,
                   "文字里有看不见的空字符（NUL），不能保存，请删去后再试。",
                   "The text holds a NUL character and cannot be kept; remove it and try again.");
  return true;
}

bool db_run(db_stmt *s, err *e) {
  err own;
  if (!e) e = &own;
  db_done(s);
  bool ok = may_start(s, e) && s->d->driver->run(s, e);
  forget_bindings(s);
  return ok || fail(s->d, e);
}

int db_next(db_stmt *s, err *e) {
  err own;
  if (!e) e = &own;
  bool first = !s->open;
  int got = (first ? may_start(s, e) : alive(s->d, e)) ? s->d->driver->next(s, e) : -1;
  if (got > 0) {
    s->d->open_statements += first;
    s->open = true;
    return got;
  }
  if (got < 0) fail(s->d, e);
  db_done(s);
  forget_bindings(s);
  return got;
}

void db_done(db_stmt *s) {
  if (!s->open) return;
  s->d->driver->done(s);
  s->open = false;
  s->d->open_statements--;
  forget_bindings(s);
}

bool db_null(db_stmt *s, int column) {
  return !s->open || s->d->driver->is_null(s, column);
}

int64_t db_int(db_stmt *s, int column) {
  return s->open ? s->d->driver->get_int(s, column) : 0;
}

text db_text(db_stmt *s, int column) {
  return s->open ? s->d->driver->get_text(s, column) : TEXT("");
}

text db_blob(db_stmt *s, int column) {
  return s->open ? s->d->driver->get_blob(s, column) : TEXT("");
}

void db_set_owner(db *d, void *owner) {
  d->owner = owner;
}

void *db_owner(const db_stmt *s) {
  return s->d->owner;
}

uint64_t db_undone(const db *d) {
  return d->undone;
}

bool db_was_conflict(const db *d) {
  return d->conflict;
}
