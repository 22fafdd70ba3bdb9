/* store.h — one county's data, opened and closed. Its typed rows are in rows/, a header each;
 * nothing above speaks SQL.
 *
 * There are the tables that every county has (rows/schema.c) and, for every kind and event of the
 * packs, one of its own (`subject_KIND`, `event_KIND`) with one column a field, NULL = unknown. All
 * but `journal`, `credential`, `totp`, `sign_in_tries`, `secret`, `file` and `upload` can be
 * rebuilt from the journal. `county` comes first in every key, and every statement is bounded by
 * it.
 *
 * Reads take a `scope`: the areas the asking officer may see. It is applied here, in the
 * statements, nowhere above.
 *
 * A store is one connection: one thread at a time. Rows are given in the caller's arena. Knows base
 * and pack. */
#ifndef JISHI_STORE_STORE_H
#define JISHI_STORE_STORE_H

#include "base/date.h"
#include "base/hash.h"
#include "base/uuid.h"
#include "pack/model/catalog.h"
#include "store/db/db.h"

typedef struct store store;

/* How the tables are laid out. New tables, and new columns that may be NULL, are added when a
 * location of an older version is opened, and older programs do not mind them: that is no new
 * number. What only a replay can fill, or what is computed otherwise, is one; such a location is
 * opened after `jishi upgrade` only, and one of a larger number not at all. */
enum { STORE_LAYOUT = 1 };

/* `county`: 12-digit code; NULL: the only one there. `packs` may be NULL until store_use_packs
 * (init, reading the journal). */
store *store_open(const char *location, db_mode mode, const char *county, err *e);
/* To read what a replay needs (journal, keys, what lies beside it), also where an older version's
 * tables stand, which store_open refuses. */
store *store_open_older(const char *location, bool *ret_is_older, err *e);
void store_close(store *s);
/* As store_close, and takes away again what opening by DB_CREATE made. */
void store_discard(store *s);
/* Whether any county is here, and which: `code` "" when none. Works before the tables are made. */
bool store_there(store *s, char ret_code[13], char ret_name[128], err *e);
/* Refuses where a county is already: a location holds one. */
bool store_vacant(store *s, err *e);
/* Makes the statements of the packs' kinds; with `make_tables` also makes missing tables and
 * columns (inside the open transaction). The catalog must outlive the store. */
bool store_use_packs(store *s, const catalog *packs, bool make_tables, err *e);
const catalog *store_packs(const store *s); /* NULL: none, or the last store_use_packs failed */
db *store_db(store *s);
const char *store_county(const store *s);

/* Where the journal stands after a commit, kept a second time (head_file.h): opening a folder whose
 * database is behind that is refused. */
void store_note_head(store *s, int64_t seq, const hash *link);
/* Takes the head of the database for the right one, whatever was noted before. */
bool store_accept_head(const char *location, int64_t *ret_seq, int64_t *ret_noted, err *e);

/* Makes the tables of a new county, and its row. */
bool store_make(store *s, const char *code, const char *name, err *e);

#endif
