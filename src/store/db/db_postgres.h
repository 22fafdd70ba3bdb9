/* db_postgres.h — what the two files of the PostgreSQL driver share, and nobody else sees.
 *
 * The connection stays in pipeline mode. What db_run queues inside a write transaction is only
 * counted (`queued`); whoever needs an answer sends a Sync after it and reads the queued results
 * first, in order. At most one statement streams its rows (`stream`); when another wants the
 * connection, the remaining rows are taken into memory. */
#ifndef JISHI_STORE_DB_POSTGRES_H
#define JISHI_STORE_DB_POSTGRES_H

#include "store/db/db_driver.h"

#include <libpq-fe.h>

enum { PG_QUEUE_MAX = 1000, PG_FLUSH_EVERY = 32, PG_NAME_MAX_BYTES = 63 };

typedef struct pg {
  db base;
  PGconn *c;
  char *url; /* without schema=; may hold a password, so never shown */
  char schema[PG_NAME_MAX_BYTES + 1];
  char location[ERR_WHERE_MAX]; /* postgresql://host:port/database, for errors */
  bool lost;
  bool made_schema;    /* by opening */
  unsigned generation; /* of the connection; statements of an older one are prepared anew */
  unsigned names;
  size_t queued; /* commands sent whose results are not read yet, besides those of `stream` */
  db_stmt *stream;
  err late; /* why the rows of a statement could not all be taken into memory */
} pg;

typedef struct pg_stmt {
  db_stmt base;
  unsigned generation, name; /* generation 0: not yet on the server */
  Oid *types;                /* of the parameters */
  const char **values;
  int *lengths, *formats;
  char (*numbers)[24];
  bool has_numeric;
  PGresult *row;
  PGresult **kept; /* rows taken into memory, from kept_at on */
  size_t kept_count, kept_room, kept_at;
  bool ended, late_failed; /* nothing more comes from the connection */
  char number[24];         /* a number asked for as text */
} pg_stmt;

static inline pg *pg_of(db *d) {
  return (pg *)d;
}
static inline pg_stmt *pg_stmt_of(db_stmt *s) {
  return (pg_stmt *)s;
}

/* db_postgres.c: the connection. */
bool pg_say_lost(pg *d, err *e);   /* marks the connection lost; false */
bool pg_say_unsent(pg *d, err *e); /* a send function of libpq said no; false */
/* Reads the results of the next `commands` commands. False: one failed, and *e tells of the first.
 * With `keep` the last result is the caller's. */
bool pg_collect(pg *d, size_t commands, PGresult **keep, err *e);
bool pg_read_sync(pg *d, err *e);
/* Sends the Sync, reads what was queued and then `commands` more. */
bool pg_await(pg *d, size_t commands, PGresult **keep, err *e);
int pg_fetch(pg *d, PGresult **row, err *e); /* the next row of `stream`: 1, 0 at the end, -1 */
void pg_discard(pg *d);                      /* reads away the rest of `stream` */
bool pg_absorb(pg *d, err *e);               /* takes the rest of `stream` into memory */

/* db_postgres_stmt.c: the statements. */
bool pg_prepare(db_stmt *s, err *e);
void pg_release(db_stmt *s);
bool pg_run(db_stmt *s, err *e);
int pg_next(db_stmt *s, err *e);
void pg_done(db_stmt *s);
bool pg_null(db_stmt *s, int column);
int64_t pg_int(db_stmt *s, int column);
text pg_text(db_stmt *s, int column);
text pg_blob(db_stmt *s, int column);

#endif
