/* db.h — one connection to SQLite or PostgreSQL, behind one interface; one SQL text for both.
 *
 * The common subset: placeholders $1, $2 … (each bound by number, may repeat), `INSERT … ON
 * CONFLICT (…) DO UPDATE/NOTHING`, `RETURNING`, LIMIT, row values, text in "C" order. Column types
 * are int64, text, blob; booleans are 0/1. In DDL only, {int} {text} {blob} {strict} stand for the
 * driver's words. No triggers, sequences, stored procedures.
 *
 * A location is a folder (its `jishi.db` is the SQLite file: WAL, synchronous=FULL,
 * foreign_keys=ON, checkpoint about every 8000 pages) or a URL `postgresql://…` (a `?schema=NAME`
 * or `&schema=NAME` picks the schema, made by DB_CREATE when missing; default "jishi"; small
 * letters, digits, _). The database must be UTF8. Errors never show the URL's password.
 *
 * Alike on both: LIKE tells capitals from small letters; "x" is a name, never a text; a sum is
 * int64 and fails when it overflows; a text with a NUL is refused (ERR_BAD_INPUT) when the
 * statement runs.
 *
 * A connection belongs to one thread at a time. A failing disk, a lost server, a full disk, data
 * locked for 5 s are errors (ERR_STORE): the transaction is then rolled back, and nothing of it is
 * there. Where it was the commit itself that failed (the disk did not bring it down, the server's
 * answer was lost) it is ERR_UNCERTAIN: whoever goes on reads first. After the first failure of any
 * kind inside a transaction (a conflict, too) nothing more runs in it: every call says ERR_STORE,
 * and db_commit rolls back and gives the first failure. After a lost server every call fails until
 * db_begin or db_begin_read has connected anew. */
#ifndef JISHI_STORE_DB_H
#define JISHI_STORE_DB_H

#include "base/err.h"
#include "base/text.h"

typedef struct db db;
typedef struct db_stmt db_stmt;
typedef enum db_mode {
  DB_CREATE,
  DB_WRITE,
  DB_READ
} db_mode; /* CREATE makes the folder and file when missing */

db *db_open(const char *location, db_mode mode, err *e);
void db_close(db *d); /* rolls back what is open; NULL is fine */
/* As db_close, and takes away again what DB_CREATE made: folder and file, or the schema. */
void db_discard(db *d);
bool db_is_url(const char *location);
bool db_err_missing(const char *location, err *e); /* "there is no county here"; false */

/* Several statements without parameters: DDL. {int} and so on are replaced here. */
bool db_script(db *d, const char *sql, err *e);

/* Transactions do not nest. Write: SQLite BEGIN IMMEDIATE. Read: a snapshot that stays the same
 * until db_end_read. */
bool db_begin(db *d, err *e);
bool db_commit(db *d, err *e); /* true: durable on disk */
void db_rollback(db *d);       /* no open transaction is fine */
bool db_begin_read(db *d, err *e);
void db_end_read(db *d);

/* Prepared once for a connection, found again by the text; owned by the connection. At most 512
 * distinct texts; over that the oldest go. Preparing forgets earlier bindings. While the rows of a
 * statement are read, preparing its text gives a second one. */
db_stmt *db_prepare(db *d, const char *sql, err *e);
/* Bindings last until the next db_run/db_rows of the statement has ended; text and blob must stay
 * in place until then. Out-of-range numbers make the next run fail with ERR_INTERNAL. Unbound
 * parameters are NULL. */
void db_bind_int(db_stmt *s, int n, int64_t v);
void db_bind_text(db_stmt *s, int n, text v);                       /* v.at == NULL binds NULL */
void db_bind_str(db_stmt *s, int n, const char *v);                 /* NULL binds NULL */
void db_bind_blob(db_stmt *s, int n, const void *at, size_t bytes); /* at == NULL binds NULL */
void db_bind_null(db_stmt *s, int n);

/* Runs a statement whose rows nobody reads. On PostgreSQL inside a write transaction it may be
 * queued (pipeline); a failure then comes from a later call, at the latest from db_commit. On
 * PostgreSQL a fault in the text itself is told here and not by db_prepare. */
bool db_run(db_stmt *s, err *e);
/* Rows: `while ((got = db_next(s, &e)) > 0) …`; 1 a row, 0 no more, -1 error. The first call after
 * binding runs the statement. Stop early with db_done. Rows stream; only when another statement
 * runs meanwhile does PostgreSQL take the rest into memory. */
int db_next(db_stmt *s, err *e);
void db_done(db_stmt *s);
/* Columns from 0; text and blob are valid until the next db_next/db_done of this statement. NULL
 * reads as 0 and empty. */
bool db_null(db_stmt *s, int column);
int64_t db_int(db_stmt *s, int column);
text db_text(db_stmt *s, int column);
text db_blob(db_stmt *s, int column);

/* What a SELECT ends with to hold its row against other writers until the commit: " FOR UPDATE" on
 * PostgreSQL; "" on SQLite, where a write transaction is alone from its beginning. */
const char *db_for_update(const db *d);

/* Whether the file is sound, page by page; `most_bytes` (0: none): a larger one is taken to be. A
 * server looks after its own files. */
bool db_check(db *d, int64_t most_bytes, err *e);

/* Brings it about that no page and no log holds what was deleted: the tables (names, a blank
 * between) are written anew. Outside a transaction. False: not now, because somebody still reads
 * (ERR_BUSY), or there is no room. What a server of its own keeps of older times (its log, its
 * archive) is its administrator's. */
bool db_scrub(db *d, const char *tables, err *e);

/* 1: the table has the column, 0: not (or no such table), -1: error. */
int db_has_column(db *d, const char *table, const char *column, err *e);
/* Its rows: "table.column" of every table, in small letters. */
db_stmt *db_columns(db *d, err *e);

/* A pointer of the caller's, for code that is handed only a statement of the connection. */
void db_set_owner(db *d, void *owner);
void *db_owner(const db_stmt *s);
/* How many write transactions were rolled back, or may not be on disk. When the number has changed,
 * what a cache took from such a transaction must be dropped. */
uint64_t db_undone(const db *d);

/* The constraint failed: another row has this key. (After db_run/db_next said no.) */
bool db_was_conflict(const db *d);

#endif
