/* db_driver.h — what db.c asks of a driver, and what both share. Seen by db.c, db_sqlite.c and
 * db_postgres.c only.
 *
 * db.c owns the statement cache, the bindings and the state of the transaction: after the first
 * failure inside a transaction it asks the driver for nothing more but the rollback. A driver
 * speaks to its library and makes the sentences. */
#ifndef JISHI_STORE_DB_DRIVER_H
#define JISHI_STORE_DB_DRIVER_H

#include "base/log.h"
#include "store/db/db.h"

enum { DB_STATEMENTS_MAX = 512, DB_PARAMETERS_MAX = 2000, DB_BUCKETS = 1024, DB_LOCK_SECONDS = 5 };

typedef enum db_transaction { DB_TX_NONE, DB_TX_READ, DB_TX_WRITE } db_transaction;

typedef struct db_parameter {
  bool used;  /* stands in the text */
  char bound; /* 'i' int64, 't' text, 'b' blob, 0 NULL */
  int index;  /* SQLite's own number */
  int64_t i;
  const char *at; /* the caller's */
  size_t bytes;
} db_parameter;

/* Drivers put this first in their own struct. */
struct db_stmt {
  db *d;
  char *sql;
  size_t sql_bytes;
  uint64_t hash;
  db_parameter *parameters; /* $1 is [0] */
  int parameter_count;
  bool open;     /* rows are being read */
  bool misbound; /* no such parameter, or bound while rows are read */
  bool has_nul;  /* a text with a NUL, which PostgreSQL cannot keep */
  db_stmt *same_bucket;
  db_stmt *newer, *older; /* by last use */
};

typedef struct db_driver {
  const char *int_word, *text_word, *blob_word, *strict_word;
  const char *for_update;
  const char *has_column; /* a query over $1 table, $2 column */
  const char *columns;    /* a query: "table.column" of every table */
  /* Queries: bytes of the file; one row "ok" when it is sound. NULL: not asked. */
  const char *file_bytes, *check;
  /* db_scrub: what writes the file, or the tables named behind it, anew; a query that cuts the log
   * and says in its first column whether it could not; NULL: there is none of ours. */
  const char *vacuum, *cut_log;
  bool vacuums_tables;
  size_t stmt_bytes;
  void (*close)(db *d);
  bool (*script)(db *d, const char *sql, err *e);
  bool (*begin)(db *d, db_transaction kind, err *e);
  bool (*commit)(db *d, err *e); /* false: rolled back already */
  void (*rollback)(db *d);
  bool (*prepare)(db_stmt *s, err *e);
  void (*release)(db_stmt *s); /* also after a prepare that failed */
  bool (*run)(db_stmt *s, err *e);
  int (*next)(db_stmt *s,
              err *e); /* starts when !s->open; has closed the statement itself unless 1 */
  void (*done)(db_stmt *s);
  bool (*is_null)(db_stmt *s, int column);
  int64_t (*get_int)(db_stmt *s, int column);
  text (*get_text)(db_stmt *s, int column);
  text (*get_blob)(db_stmt *s, int column);
} db_driver;

struct db {
  const db_driver *driver;
  db_mode mode;
  db_transaction transaction;
  bool failed; /* inside a transaction: `first` says why; only rollback remains */
  bool conflict;
  bool discarded; /* closing takes away what opening made */
  err first;
  db_stmt *buckets[DB_BUCKETS];
  db_stmt *newest, *oldest;
  size_t statements, open_statements;
  void *owner;
  uint64_t undone; /* write transactions that were rolled back */
};

db *db_sqlite_open(const char *location, db_mode mode, err *e);
db *db_postgres_open(const char *location, db_mode mode, err *e);

/* Sentences that both drivers say alike. `location` names the database, never a password. All
 * return false. */
bool db_err_full(const char *location, err *e);
bool db_err_locked(const char *location, err *e);
bool db_err_corrupt(const char *location, err *e);
/* `detail`: the driver's own words, for the log only. */
bool db_err_conflict(db *d, const char *detail, err *e); /* sets d->conflict */
/* The driver's own words into the log; a person gets a sentence. */
void db_log_detail(log_level level, const char *event, const char *detail);
bool db_err_internal(const char *detail, err *e);

#endif
