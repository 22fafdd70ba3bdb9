/* PostgreSQL through libpq: connection, transactions, results.
 * https://www.postgresql.org/docs/15/libpq.html */
#include "store/db/db_postgres.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- errors ---- */

bool pg_say_lost(pg *d, err *e) {
  d->lost = true;
  return err_set(e, ERR_STORE, d->location,
                 "与数据库服务器的连接断了，未作任何更改。请检查服务器和网络后再试。",
                 "The connection to the database server is lost; nothing was changed. Check the "
                 "server and the network, and try again.");
}

static bool say_denied(pg *d, const char *detail, err *e) {
  db_log_detail(LOG_ERROR, "db_denied", detail);
  return err_set(e, ERR_STORE, d->location, "数据库账户没有权限或数据库只读。请数据库管理员授权。",
                 "The database account lacks a right, or the database is read-only. Ask its "
                 "administrator.");
}

/* By the server's own limit, or by its administrator. */
static bool say_cancelled(pg *d, err *e) {
  return err_set(
      e, ERR_STORE, d->location,
      "数据库服务器中止了这一步，未作任何更改。请稍后再试；常常这样，请告诉数据库管理员。",
      "The database server cancelled this step; nothing was changed. Try again later; "
      "when it happens often, tell its administrator.");
}

static bool say(pg *d, const PGresult *r, err *e) {
  const char *state = PQresultErrorField(r, PG_DIAG_SQLSTATE);
  const char *detail = PQresultErrorField(r, PG_DIAG_MESSAGE_PRIMARY);
  if (!detail) detail = "";
  if (!state)
    return PQstatus(d->c) == CONNECTION_BAD ? pg_say_lost(d, e) : db_err_internal(detail, e);
  if (strcmp(state, "23505") == 0) return db_err_conflict(&d->base, detail, e);
  if (strcmp(state, "53100") == 0) return db_err_full(d->location, e);
  if (strcmp(state, "53200") == 0) return err_memory(e);
  if (strcmp(state, "55P03") == 0 || strcmp(state, "40P01") == 0 || strcmp(state, "40001") == 0)
    return db_err_locked(d->location, e);
  if (strcmp(state, "42501") == 0 || strcmp(state, "25006") == 0) return say_denied(d, detail, e);
  if (strncmp(state, "XX00", 4) == 0 && state[4] != '0') return db_err_corrupt(d->location, e);
  if (strncmp(state, "57P", 3) == 0 || strncmp(state, "08", 2) == 0 ||
      strcmp(state, "25P03") == 0) /* too long silent inside a transaction */
    return pg_say_lost(d, e);
  if (strcmp(state, "57014") == 0) return say_cancelled(d, e);
  if (strncmp(state, "58", 2) == 0) {
    db_log_detail(LOG_ERROR, "db_server_disk", detail);
    return err_set(e, ERR_STORE, d->location,
                   "数据库服务器的磁盘读写出错，未作任何更改。请检查服务器的磁盘。",
                   "The disk of the database server failed; nothing was changed. Check it.");
  }
  if (strcmp(state, "22021") == 0 || strcmp(state, "22P05") == 0)
    return err_set(e, ERR_BAD_INPUT, NULL, "文字里有不是 UTF-8 的字符，不能保存，请改正后再试。",
                   "The text is not UTF-8 and cannot be kept; correct it and try again.");
  return db_err_internal(detail, e);
}

bool pg_say_unsent(pg *d, err *e) {
  return PQstatus(d->c) == CONNECTION_BAD ? pg_say_lost(d, e) : err_memory(e);
}

/* ---- reading results ---- */

bool pg_collect(pg *d, size_t commands, PGresult **keep, err *e) {
  bool ok = true;
  while (commands-- && !d->lost) {
    PGresult *r;
    bool any = false;
    while ((r = PQgetResult(d->c)) != NULL) {
      any = true;
      ExecStatusType status = PQresultStatus(r);
      if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
        /* PGRES_PIPELINE_ABORTED only follows the failure that is told already. */
        if (ok && status != PGRES_PIPELINE_ABORTED) say(d, r, e);
        ok = false;
      }
      if (keep) {
        PQclear(*keep);
        *keep = r;
      } else {
        PQclear(r);
      }
    }
    if (!any || PQstatus(d->c) == CONNECTION_BAD) {
      if (ok) pg_say_lost(d, e);
      d->lost = true;
      ok = false;
    }
  }
  return ok && !d->lost;
}

bool pg_read_sync(pg *d, err *e) {
  if (d->lost) return pg_say_lost(d, e);
  PGresult *r = PQgetResult(d->c);
  bool ok = r && PQresultStatus(r) == PGRES_PIPELINE_SYNC;
  PQclear(r);
  return ok || pg_say_lost(d, e);
}

bool pg_await(pg *d, size_t commands, PGresult **keep, err *e) {
  if (d->lost) return pg_say_lost(d, e);
  if (d->queued + commands == 0) return true;
  if (!PQpipelineSync(d->c)) return pg_say_unsent(d, e);
  bool ok = pg_collect(d, d->queued, NULL, e);
  d->queued = 0;
  ok = pg_collect(d, commands, keep, ok ? e : NULL) && ok;
  return pg_read_sync(d, ok ? e : NULL) && ok;
}

int pg_fetch(pg *d, PGresult **row, err *e) {
  PGresult *r = d->lost ? NULL : PQgetResult(d->c);
  if (!r) {
    d->stream = NULL;
    pg_say_lost(d, e);
    return -1;
  }
  ExecStatusType status = PQresultStatus(r);
  if (status == PGRES_SINGLE_TUPLE) {
    *row = r;
    return 1;
  }
  d->stream = NULL;
  bool ok = status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK;
  if (!ok) say(d, r, e);
  PQclear(r);
  while (!d->lost && (r = PQgetResult(d->c)) != NULL) PQclear(r);
  ok = pg_read_sync(d, ok ? e : NULL) && ok;
  return ok ? 0 : -1;
}

void pg_discard(pg *d) {
  PGresult *r = NULL;
  while (d->stream && pg_fetch(d, &r, NULL) > 0) PQclear(r);
}

static bool keep_row(pg_stmt *s, PGresult *row) {
  if (s->kept_count == s->kept_room) {
    size_t room = s->kept_room ? s->kept_room * 2 : 16;
    PGresult **more = reallocarray(s->kept, room, sizeof(PGresult *));
    if (!more) return false;
    s->kept = more;
    s->kept_room = room;
  }
  s->kept[s->kept_count++] = row;
  return true;
}

bool pg_absorb(pg *d, err *e) {
  if (!d->stream) return true;
  pg_stmt *s = pg_stmt_of(d->stream);
  PGresult *row = NULL;
  int got;
  bool ok = true;
  while (ok && (got = pg_fetch(d, &row, &d->late)) > 0) {
    ok = keep_row(s, row);
    if (ok) continue;
    PQclear(row);
    err_memory(&d->late);
    pg_discard(d);
  }
  s->ended = true;
  s->late_failed = !ok || got < 0;
  if (s->late_failed && e) *e = d->late;
  return !s->late_failed;
}

/* ---- connecting ---- */

static void be_quiet(void *context, const char *message) {
  (void)context;
  (void)message;
}

static void hide(char *message, const char *secret) {
  size_t n = secret ? strlen(secret) : 0;
  for (char *p = message; n && (p = strstr(p, secret)) != NULL; p += n) memset(p, '*', n);
}

static bool say_unreachable(pg *d, err *e) {
  char message[240];
  snprintf(message, sizeof message, "%s", PQerrorMessage(d->c));
  message[strcspn(message, "\r\n")] = 0;
  message[text_valid_prefix(text_of(message))] = 0;
  hide(message, PQpass(d->c));
  if (PQconnectionNeedsPassword(d->c) || PQconnectionUsedPassword(d->c))
    return err_set(
        e, ERR_STORE, d->location, "数据库服务器没有接受这个账户或密码。请检查后再试（%s）。",
        "The database server did not accept the account or password; check them (%s).", message);
  return err_set(e, ERR_STORE, d->location,
                 "连不上数据库服务器。请检查服务器是否开着、地址和端口是否正确（%s）。",
                 "The database server cannot be reached. Check that it runs and that address and "
                 "port are right (%s).",
                 message);
}

/* Outside pipeline mode: one text, maybe of several statements. */
static PGresult *plain(pg *d, const char *sql, err *e) {
  PGresult *r = PQexec(d->c, sql);
  ExecStatusType status = PQresultStatus(r);
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY)
    return r;
  if (PQstatus(d->c) == CONNECTION_BAD)
    pg_say_lost(d, e);
  else if (r)
    say(d, r, e);
  else
    err_memory(e);
  PQclear(r);
  return NULL;
}

/* Who writes holds the county. One that is stopped in the middle, or whose computer is gone, is cut
 * off by the server, so that others may go on; it connects anew when it comes back. The server's
 * own lower limits stay. */
enum { WRITE_SILENCE_SECONDS = 30 };

static bool prepare_session(pg *d, db_mode mode, err *e) {
  const char *encoding = PQparameterStatus(d->c, "server_encoding");
  if (!encoding || strcmp(encoding, "UTF8") != 0)
    return err_set(
        e, ERR_STORE, d->location,
        "这个数据库的编码不是 UTF8，不能使用。请新建一个 UTF8 编码的数据库。",
        "The encoding of this database is not UTF8; make a database with encoding UTF8.");
  char sql[1400];
  snprintf(sql, sizeof sql,
           "SELECT (SELECT count(*) FROM pg_catalog.pg_namespace WHERE nspname = '%s'), "
           "set_config('search_path', '\"%s\"', false), "
           "set_config('lock_timeout', '%ds', false), "
           "set_config('default_transaction_read_only', '%s', false), "
           "CASE WHEN current_setting('synchronous_commit') = 'off' THEN "
           "set_config('synchronous_commit', 'on', false) END, "
           "set_config('tcp_keepalives_idle', '30', false), "
           "set_config('tcp_keepalives_interval', '10', false), "
           "set_config('tcp_keepalives_count', '3', false), "
           "set_config('tcp_user_timeout', '30000', false), "
           "CASE WHEN %s AND current_setting('idle_in_transaction_session_timeout') = '0' THEN "
           "set_config('idle_in_transaction_session_timeout', '%ds', false) END",
           d->schema, d->schema, DB_LOCK_SECONDS, mode == DB_READ ? "on" : "off",
           mode == DB_READ ? "false" : "true", WRITE_SILENCE_SECONDS);
  PGresult *r = plain(d, sql, e);
  if (!r) return false;
  bool there = PQgetvalue(r, 0, 0)[0] != '0';
  PQclear(r);
  if (!there && mode != DB_CREATE) return db_err_missing(d->location, e);
  if (!there) {
    snprintf(sql, sizeof sql, "CREATE SCHEMA IF NOT EXISTS \"%s\"", d->schema);
    r = plain(d, sql, e);
    if (!r) return false;
    PQclear(r);
    d->made_schema = true;
  }
  if (PQenterPipelineMode(d->c)) return true;
  return pg_say_unsent(d, e);
}

static bool connect_to(pg *d, db_mode mode, err *e) {
  static const char *const names[] = {
      "connect_timeout",  "keepalives_idle",  "keepalives_interval",
      "keepalives_count", "tcp_user_timeout", "fallback_application_name",
      "dbname",           "client_encoding",  NULL};
  const char *const values[] = {"10", "30", "10", "3", "30000", "jishi", d->url, "UTF8", NULL};
  PQfinish(d->c);
  d->queued = 0;
  d->stream = NULL;
  d->generation++;
  d->lost = true;
  d->c = PQconnectdbParams(names, values, 1);
  if (!d->c) return err_memory(e);
  if (PQstatus(d->c) != CONNECTION_OK) return say_unreachable(d, e);
  PQsetNoticeProcessor(d->c, be_quiet, NULL);
  d->lost = false;
  if (prepare_session(d, mode, e)) return true;
  d->lost = true;
  return false;
}

static bool name_is_plain(const char *s) {
  size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
  return n > 0 && n <= PG_NAME_MAX_BYTES && !s[n] && !(s[0] >= '0' && s[0] <= '9') &&
         strncmp(s, "pg_", 3) != 0;
}

/* Takes schema=NAME out of the URL, which libpq would refuse. */
static bool split_url(pg *d, const char *location, err *e) {
  d->url = strdup(location);
  if (!d->url) return err_memory(e);
  snprintf(d->schema, sizeof d->schema, "jishi");
  char *query = strchr(d->url, '?');
  if (!query) return true;
  char *out = query + 1, *rest = strdup(query + 1), *next = rest;
  if (!rest) return err_memory(e);
  bool ok = true;
  for (char *part; (part = strsep(&next, "&")) != NULL;) {
    if (strncmp(part, "schema=", 7) == 0) {
      ok = ok && name_is_plain(part + 7);
      if (ok) snprintf(d->schema, sizeof d->schema, "%s", part + 7);
      continue;
    }
    if (out > query + 1) *out++ = '&';
    size_t n = strlen(part);
    memcpy(out, part, n);
    out += n;
  }
  *out = 0;
  if (out == query + 1) *query = 0;
  free(rest);
  return ok || err_set(e, ERR_USAGE, NULL,
                       "地址里的 schema 只能用小写字母、数字和下划线，且以字母或下划线开头。",
                       "The schema in the address may hold only small letters, digits and _, and "
                       "must not start with a digit or pg_.");
}

static const char *option(const PQconninfoOption *options, const char *name) {
  for (; options->keyword; options++)
    if (strcmp(options->keyword, name) == 0) return options->val ? options->val : "";
  return "";
}

/* libpq's own message would repeat the URL with its password. */
static bool name_location(pg *d, err *e) {
  PQconninfoOption *options = PQconninfoParse(d->url, NULL);
  if (!options)
    return err_set(e, ERR_USAGE, NULL,
                   "数据库地址写得不对，应为 postgresql://用户:密码@主机:端口/数据库。",
                   "The database address is malformed; it should read "
                   "postgresql://user:password@host:port/database.");
  const char *port = option(options, "port");
  snprintf(d->location, sizeof d->location, "postgresql://%s%s%s/%s", option(options, "host"),
           *port ? ":" : "", port, option(options, "dbname"));
  d->location[text_valid_prefix(text_of(d->location))] = 0;
  PQconninfoFree(options);
  return true;
}

/* Only when it is empty: whatever else stands in it by now is not ours. */
static void unmake(pg *d) {
  char sql[PG_NAME_MAX_BYTES + 40];
  snprintf(sql, sizeof sql, "DROP SCHEMA \"%s\" RESTRICT", d->schema);
  if (PQpipelineStatus(d->c) != PQ_PIPELINE_OFF && !PQexitPipelineMode(d->c)) return;
  PQclear(plain(d, sql, NULL));
}

static void pg_close(db *base) {
  pg *d = pg_of(base);
  if (base->discarded && d->made_schema && !d->lost) unmake(d);
  PQfinish(d->c);
  free(d->url);
  free(d);
}

/* ---- transactions ---- */

static bool simple(pg *d, const char *const *sql, size_t count, PGresult **keep, err *e) {
  if (d->lost) return pg_say_lost(d, e);
  for (size_t i = 0; i < count; i++)
    if (!PQsendQueryParams(d->c, sql[i], 0, NULL, NULL, NULL, NULL, 1)) return pg_say_unsent(d, e);
  return pg_await(d, count, keep, e);
}

static void pg_rollback(db *base) {
  pg *d = pg_of(base);
  pg_discard(d);
  pg_await(d, 0, NULL, NULL);
  if (d->lost || PQtransactionStatus(d->c) == PQTRANS_IDLE) return;
  /* A server that cannot even roll back is left: it then does so by itself. */
  if (!simple(d, (const char *const[]){"ROLLBACK"}, 1, NULL, NULL)) d->lost = true;
}

static bool try_begin(pg *d, db_transaction kind, err *e) {
  /* The snapshot is taken by the first query, not by BEGIN. Who only reads holds nobody up: a
   * replay may think for long between two pages. */
  static const char *const read[] = {
      "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
      "SELECT set_config('idle_in_transaction_session_timeout', '0', true)"};
  static const char *const write[] = {"BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"};
  bool ok = kind == DB_TX_READ ? simple(d, read, 2, NULL, e) : simple(d, write, 1, NULL, e);
  if (!ok) pg_rollback(&d->base);
  return ok;
}

static bool pg_begin(db *base, db_transaction kind, err *e) {
  pg *d = pg_of(base);
  if (!d->lost && try_begin(d, kind, e)) return true;
  if (!d->lost) return false;
  return connect_to(d, base->mode, e) && try_begin(d, kind, e);
}

static bool pg_commit(db *base, err *e) {
  pg *d = pg_of(base);
  PGresult *r = NULL;
  bool was_there = !d->lost;
  bool ok = simple(d, (const char *const[]){"COMMIT"}, 1, &r, e);
  if (ok && strcmp(PQcmdStatus(r), "COMMIT") != 0)
    ok = db_err_internal("COMMIT was answered with a rollback", e);
  PQclear(r);
  if (ok) return true;
  if (was_there && d->lost)
    return err_set(e, ERR_UNCERTAIN, d->location,
                   "保存时与数据库服务器的连接断了，不能确定是否已保存。请恢复连接后再提交一次，"
                   "重复提交不会产生重复记录。",
                   "The connection was lost while saving, so it is not certain whether it was "
                   "saved. Send it again; sending twice does no harm.");
  pg_rollback(base);
  return false;
}

static bool pg_script(db *base, const char *sql, err *e) {
  pg *d = pg_of(base);
  if (!pg_absorb(d, e) || !pg_await(d, 0, NULL, e)) return false;
  if (!PQexitPipelineMode(d->c)) return db_err_internal("the pipeline is not idle", e);
  PGresult *r = plain(d, sql, e);
  bool ok = r != NULL;
  PQclear(r);
  if (!d->lost && !PQenterPipelineMode(d->c)) ok = pg_say_unsent(d, ok ? e : NULL);
  return ok;
}

static const db_driver driver = {
    .int_word = "bigint",
    .text_word = "text COLLATE \"C\"",
    .blob_word = "bytea",
    .strict_word = "",
    .for_update = " FOR UPDATE",
    .has_column =
        "SELECT 1 FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
        "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = "
        "current_schema() "
        "AND c.relname = lower($1) AND a.attname = lower($2) AND a.attnum > 0 AND NOT "
        "a.attisdropped",
    .columns =
        "SELECT (c.relname || '.' || a.attname)::text FROM pg_catalog.pg_attribute a JOIN "
        "pg_catalog.pg_class c ON c.oid = a.attrelid JOIN pg_catalog.pg_namespace n ON n.oid = "
        "c.relnamespace WHERE n.nspname = current_schema() AND c.relkind = 'r' AND a.attnum > 0 "
        "AND NOT a.attisdropped",
    .vacuum = "VACUUM (FULL)",
    .vacuums_tables = true,
    .stmt_bytes = sizeof(pg_stmt),
    .close = pg_close,
    .script = pg_script,
    .begin = pg_begin,
    .commit = pg_commit,
    .rollback = pg_rollback,
    .prepare = pg_prepare,
    .release = pg_release,
    .run = pg_run,
    .next = pg_next,
    .done = pg_done,
    .is_null = pg_null,
    .get_int = pg_int,
    .get_text = pg_text,
    .get_blob = pg_blob,
};

db *db_postgres_open(const char *location, db_mode mode, err *e) {
  pg *d = calloc(1, sizeof *d);
  if (!d) {
    err_memory(e);
    return NULL;
  }
  d->base.driver = &driver;
  d->base.mode = mode;
  if (split_url(d, location, e) && name_location(d, e) && connect_to(d, mode, e)) return &d->base;
  pg_close(&d->base);
  return NULL;
}
