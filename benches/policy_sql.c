/* SQLite in memory and PostgreSQL, asked in SQL. */
#include "policy.h"

#include <libpq-fe.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static sqlite3 *lite;
static PGconn *pg;

static bool lite_failed(void) {
  fprintf(stderr, "SQLite: %s\n", lite ? sqlite3_errmsg(lite) : "no memory");
  return false;
}
static bool pg_failed(void) {
  fprintf(stderr, "PostgreSQL: %s", pg ? PQerrorMessage(pg) : "no memory\n");
  return false;
}

static bool lite_do(const char *sql) {
  return sqlite3_exec(lite, sql, NULL, NULL, NULL) == SQLITE_OK || lite_failed();
}
static bool pg_do(const char *sql) {
  PGresult *r = PQexec(pg, sql);
  bool ok = PQresultStatus(r) == PGRES_COMMAND_OK || PQresultStatus(r) == PGRES_TUPLES_OK;
  PQclear(r);
  return ok || pg_failed();
}

static bool each(char *script, bool (*run)(const char *sql)) {
  for (char *at = script, *end; (end = strstr(at, "\n;\n")); at = end + 3) {
    *end = '\0';
    if (!run(at)) return false;
  }
  return true;
}

/* Takes the numbers of one row as sql_ask has them, behind the village. */
static void take_row(const subject_matter *m, size_t villages, bool person, const int64_t *row,
                     count *out) {
  const size_t village = (size_t)*row++;
  for (size_t r = 0; r < RULES; r++) {
    if (!m->has[r] || rule_specs[r].person != person) continue;
    count *to = count_at(out, villages, r, village);
    to->matched = *row++;
    to->unknown = *row++;
    if (!m->costs[r]) continue;
    to->money = *row++;
    to->unpriced = *row++;
  }
}
enum { ROW_MAX = 1 + 4 * RULES };

/* ---- SQLite ---- */

double sqlite_make(const subject_matter *m, size_t households, int64_t *bytes) {
  AUTO_BUF buf b = {0};
  const double begun = seconds_now();
  if (sqlite3_open(":memory:", &lite) != SQLITE_OK) return lite_failed(), -1;
  if (!sql_create(&b, m, SQLITE, households) || !each(b.at, lite_do)) return -1;
  sqlite3_stmt *st;
  *bytes = 0;
  if (sqlite3_prepare_v2(lite,
                         "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size",
                         -1, &st, NULL) == SQLITE_OK &&
      sqlite3_step(st) == SQLITE_ROW)
    *bytes = sqlite3_column_int64(st, 0);
  sqlite3_finalize(st);
  return seconds_now() - begun;
}

static bool lite_ask(const subject_matter *m, bool person, size_t villages, count *out) {
  AUTO_BUF buf b = {0};
  sqlite3_stmt *st;
  if (!sql_ask(&b, m, SQLITE, person)) return false;
  if (sqlite3_prepare_v2(lite, b.at, -1, &st, NULL) != SQLITE_OK) return lite_failed();
  int code, n = sqlite3_column_count(st);
  while ((code = sqlite3_step(st)) == SQLITE_ROW) {
    int64_t row[ROW_MAX];
    for (int i = 0; i < n && i < ROW_MAX; i++) row[i] = sqlite3_column_int64(st, i);
    take_row(m, villages, person, row, out);
  }
  sqlite3_finalize(st);
  return code == SQLITE_DONE || lite_failed();
}

double sqlite_run(const subject_matter *m, size_t villages, count *out) {
  const double begun = seconds_now();
  bool ok = lite_ask(m, false, villages, out) && lite_ask(m, true, villages, out);
  return ok ? seconds_now() - begun : -1;
}

void sqlite_end(void) {
  sqlite3_close(lite);
  lite = NULL;
}

/* ---- PostgreSQL ---- */

double postgres_make(const subject_matter *m, const char *url, size_t households, int64_t *bytes) {
  AUTO_BUF buf b = {0};
  const double begun = seconds_now();
  if (!pg) pg = PQconnectdb(url);
  if (PQstatus(pg) != CONNECTION_OK) return pg_failed(), -1;
  if (!pg_do("SET client_min_messages = warning") ||
      !pg_do("DROP TABLE IF EXISTS household, person") ||
      !sql_create(&b, m, POSTGRES, households) || !each(b.at, pg_do))
    return -1;
  PGresult *r = PQexec(pg, "SELECT pg_relation_size('household') + pg_relation_size('person')");
  *bytes = PQntuples(r) == 1 ? strtoll(PQgetvalue(r, 0, 0), NULL, 10) : 0;
  PQclear(r);
  return seconds_now() - begun;
}

static bool pg_ask(const subject_matter *m, bool person, size_t villages, count *out) {
  AUTO_BUF buf b = {0};
  if (!sql_ask(&b, m, POSTGRES, person)) return false;
  PGresult *r = PQexec(pg, b.at);
  bool ok = PQresultStatus(r) == PGRES_TUPLES_OK || pg_failed();
  for (int k = 0, n = PQnfields(r); ok && k < PQntuples(r); k++) {
    int64_t row[ROW_MAX];
    for (int i = 0; i < n && i < ROW_MAX; i++) row[i] = strtoll(PQgetvalue(r, k, i), NULL, 10);
    take_row(m, villages, person, row, out);
  }
  PQclear(r);
  return ok;
}

double postgres_run(const subject_matter *m, int threads, size_t villages, count *out) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "SET max_parallel_workers_per_gather = %d", threads - 1);
  if (!buf_ok(&b) || !pg_do(b.at)) return -1;
  const double begun = seconds_now();
  bool ok = pg_ask(m, false, villages, out) && pg_ask(m, true, villages, out);
  return ok ? seconds_now() - begun : -1;
}

void postgres_end(void) {
  PQfinish(pg);
  pg = NULL;
}
