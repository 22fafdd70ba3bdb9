/* bench_bare — what bare SQLite makes of the rows that Jishi wrote.
 *
 *   bench_bare ids PLACE FROM TO         ids of households with FROM to TO events
 *   bench_bare write BEFORE AFTER BATCH  puts into the place BEFORE the rows that AFTER has more,
 * BATCH entries a transaction
 *
 * The same tables, indexes, order and pragmas; rows are read into memory first; the updates of
 * households and old findings are the least that could be meant. Prints "entries 0 seconds p50_us
 * p99_us" of a transaction. */
#include <sqlite3.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { COLUMNS_MAX = 40 };

typedef struct row {
  int64_t seq;
  int table;
  int count;
  sqlite3_value **cells;
} row;

/* Rows that AFTER has and BEFORE has not, with the entry they came with in front. */
static const struct {
  const char *rows, *put;
} tables[] = {
    {"SELECT seq, * FROM after.journal WHERE seq > ?1", "INSERT INTO journal VALUES "},
    {"SELECT seq, * FROM after.event_visit WHERE seq > ?1", "INSERT INTO event_visit VALUES "},
    {"SELECT seq, * FROM after.fact WHERE seq > ?1", "INSERT INTO fact VALUES "},
    {"SELECT seq, seq, county, subject FROM after.fact WHERE seq > ?1 GROUP BY seq",
     "UPDATE subject_household SET version = ?1, f_safe_water = 1 WHERE county = ?2 AND id = ?3 "
     "--"},
    {"SELECT (SELECT min(seq) FROM first WHERE root = f.root), f.* FROM after.finding f WHERE id "
     "NOT IN (SELECT id FROM "
     "finding) AND ?1 > 0",
     "INSERT INTO finding VALUES "},
    {"SELECT seq, * FROM after.step WHERE seq > ?1", "INSERT INTO step VALUES "},
    {"SELECT (SELECT min(seq) FROM first WHERE root = c.root), c.* FROM after.casework c WHERE id "
     "NOT IN (SELECT id FROM "
     "casework) AND ?1 > 0",
     "INSERT INTO casework VALUES "},
};
enum { TABLES = sizeof tables / sizeof *tables };

static sqlite3 *db;

static void die(const char *what) {
  fprintf(stderr, "bench_bare: %s: %s\n", what, db ? sqlite3_errmsg(db) : "");
  exit(1);
}

static void run(const char *sql) {
  if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK) die(sql);
}

static sqlite3_stmt *prepare(const char *sql) {
  sqlite3_stmt *q;
  if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) != SQLITE_OK) die(sql);
  return q;
}

static void open_place(const char *place) {
  char path[1024];
  snprintf(path, sizeof path, "%s/jishi.db", place);
  if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) != SQLITE_OK) die(path);
  run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; "
      "PRAGMA wal_autocheckpoint = 8000; "
      "PRAGMA cache_size = -65536; PRAGMA temp_store = MEMORY; PRAGMA journal_size_limit = "
      "67108864");
}

static void print_ids(const char *place, const char *from, const char *to) {
  open_place(place);
  char sql[2000] = "SELECT lower(hex(h.id)), count(e.root) FROM subject_household h LEFT JOIN (";
  sqlite3_stmt *q =
      prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name LIKE 'event_%'");
  const char *between = "";
  while (sqlite3_step(q) == SQLITE_ROW) {
    size_t used = strlen(sql);
    snprintf(sql + used, sizeof sql - used, "%s SELECT root FROM %s", between,
             sqlite3_column_text(q, 0));
    between = " UNION ALL";
  }
  sqlite3_finalize(q);
  size_t used = strlen(sql);
  snprintf(sql + used, sizeof sql - used,
           ") e ON e.root = h.id WHERE h.withdrawn = 0 GROUP BY h.id HAVING count(e.root) BETWEEN "
           "%d AND %d "
           "ORDER BY substr(h.id, 9)",
           atoi(from), atoi(to));
  q = prepare(sql);
  while (sqlite3_step(q) == SQLITE_ROW) {
    const char *x = (const char *)sqlite3_column_text(q, 0);
    printf("%.8s-%.4s-%.4s-%.4s-%.12s\n", x, x + 8, x + 12, x + 16, x + 20);
  }
  sqlite3_finalize(q);
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static row *rows;
static size_t row_count, row_room;
static sqlite3_stmt *puts_of[TABLES];

static void load(int table, int64_t last) {
  sqlite3_stmt *q = prepare(tables[table].rows);
  sqlite3_bind_int64(q, 1, last);
  int n = sqlite3_column_count(q) - 1;
  if (n > COLUMNS_MAX) die("too many columns");
  while (sqlite3_step(q) == SQLITE_ROW) {
    if (row_count == row_room) {
      row_room = row_room ? 2 * row_room : 4096;
      rows = realloc(rows, row_room * sizeof *rows);
      if (!rows) die("memory");
    }
    row *r = &rows[row_count++];
    *r = (row){.seq = sqlite3_column_int64(q, 0), .table = table, .count = n};
    r->cells = malloc((size_t)n * sizeof(sqlite3_value *));
    if (!r->cells) die("memory");
    for (int i = 0; i < n; i++) r->cells[i] = sqlite3_value_dup(sqlite3_column_value(q, i + 1));
  }
  sqlite3_finalize(q);
  char sql[1000], marks[300] = "(?1";
  for (int i = 2; i <= n; i++)
    snprintf(marks + strlen(marks), sizeof marks - strlen(marks), ", ?%d", i);
  snprintf(sql, sizeof sql, "%s%s)", tables[table].put, marks);
  puts_of[table] = prepare(sql);
}

static int by_entry(const void *a, const void *b) {
  const row *x = a, *y = b;
  return x->seq != y->seq ? (x->seq > y->seq) - (x->seq < y->seq) : x->table - y->table;
}

static int by_size(const void *x, const void *y) {
  int64_t a = *(const int64_t *)x, b = *(const int64_t *)y;
  return (a > b) - (a < b);
}

static void put(const row *r) {
  sqlite3_stmt *q = puts_of[r->table];
  for (int i = 0; i < r->count; i++) sqlite3_bind_value(q, i + 1, r->cells[i]);
  if (sqlite3_step(q) != SQLITE_DONE) die("put");
  sqlite3_reset(q);
}

static void write_all(const char *before, const char *after, size_t batch) {
  open_place(before);
  char sql[1100];
  snprintf(sql, sizeof sql, "ATTACH '%s/jishi.db' AS after", after);
  run(sql);
  sqlite3_stmt *q = prepare("SELECT max(seq) FROM main.journal");
  if (sqlite3_step(q) != SQLITE_ROW) die("journal");
  int64_t last = sqlite3_column_int64(q, 0);
  sqlite3_finalize(q);
  snprintf(sql, sizeof sql,
           "CREATE TEMP TABLE first AS SELECT root, min(seq) AS seq FROM after.journal WHERE seq > "
           "%lld GROUP BY root",
           (long long)last);
  run(sql);
  for (int i = 0; i < TABLES; i++) load(i, last);
  run("DETACH after");
  qsort(rows, row_count, sizeof *rows, by_entry);
  int64_t *samples = calloc(row_count + 1, sizeof *samples);
  size_t entries = 0, commits = 0, at = 0;
  if (!samples) die("memory");
  int64_t start = now_ns();
  while (at < row_count) {
    int64_t begun = now_ns();
    run("BEGIN IMMEDIATE");
    for (size_t n = 0; at < row_count; at++) {
      int is_entry = rows[at].table == 0;
      if (is_entry && n++ == batch) break;
      entries += (size_t)is_entry;
      put(&rows[at]);
    }
    run("COMMIT");
    samples[commits++] = (now_ns() - begun) / 1000;
  }
  double seconds = (double)(now_ns() - start) / 1e9;
  qsort(samples, commits, sizeof *samples, by_size);
  printf("%zu 0 %.3f %lld %lld\n", entries, seconds, (long long)samples[commits / 2],
         (long long)samples[commits - 1 - commits / 100]);
}

int main(int argc, char **argv) {
  if (argc != 5) return fprintf(stderr, "usage: see bench_bare.c\n"), 2;
  if (strcmp(argv[1], "ids") == 0)
    print_ids(argv[2], argv[3], argv[4]);
  else
    write_all(argv[2], argv[3], strtoul(argv[4], NULL, 10));
  sqlite3_close(db);
  return 0;
}
