/* carry.h — the rows of a county that cannot be computed, as lines of JSON, out of one store and
 * into another: the journal, and the tables beside it (credentials, attached files, uploads …).
 * Whatever stands in a column is carried as it is; which tables there are is told by their
 * descriptions (row.h), so a table made tomorrow is carried, too.
 *
 * A line is an object of one member: {"journal": {"seq": 1, "id": "…", …}}. Numbers, days and
 * yes/no are numbers, identifiers UUIDs, hashes hexadecimal, blobs base64; NULL is left out. */
#ifndef JISHI_STORE_CARRY_H
#define JISHI_STORE_CARRY_H

#include "base/json.h"
#include "store/rows/journal.h"

typedef struct carry_sink {
  bool (*take)(void *context, text line, err *e); /* without the line's end */
  void *context;
} carry_sink;

/* The entries after `after`, in order. Inside a read transaction. */
bool carry_journal(store *s, int64_t after, const carry_sink *to, err *e);

/* A tag tells one state of one row: over everything in it but its blobs, which never change under a
 * key. With a key (of 32 bytes; NULL: none) a tag tells nothing to who lacks the key. */
enum { CARRY_TAG_CHARS = 32 };
typedef struct carry_tags {
  char (*items)[CARRY_TAG_CHARS + 1]; /* sorted after carry_tags_sort */
  size_t count, room;
} carry_tags;
bool carry_tags_add(carry_tags *t, text tag); /* false: memory */
void carry_tags_sort(carry_tags *t);
bool carry_tags_have(const carry_tags *t, const char *tag); /* of sorted ones */
void carry_tags_free(carry_tags *t);

/* The keys by which entries are sealed (sealed.h): before the journal, whose replay needs them. As
 * carry_aside, which leaves them out. */
bool carry_data_keys(store *s, const uint8_t *key, const carry_tags *known, const carry_sink *to,
                     carry_tags *ret_all, int64_t *ret_rows, err *e);
/* The rows beside the journal that are not in `known` (may be NULL: all); *ret_all: the tags of
 * all, sorted; `ret_rows` how many were given. Inside a read transaction. */
bool carry_aside(store *s, const uint8_t *key, const carry_tags *known, const carry_sink *to,
                 carry_tags *ret_all, int64_t *ret_rows, err *e);

/* ---- the other way ---- */

/* `row`: the object inside. */
bool carry_read_entry(const json *row, arena *a, entry *ret, err *e);
/* Inside a write transaction. Puts the row in the stead of the one with its key. */
bool carry_put_aside(store *s, const char *table, const json *row, err *e);
/* Removes the rows whose tag is not among `keep`. */
bool carry_prune(store *s, const uint8_t *key, const carry_tags *keep, err *e);
/* After going back to an earlier moment: what belongs to later ones goes. */
bool carry_go_back(store *s, int64_t until_ms, err *e);

/* ---- for residue.c only ---- */

struct row_table;
/* The rows of one table, `where` with $2 = root. */
bool carry_rows_of(store *s, const struct row_table *t, const char *where, const uuid *root,
                   const carry_sink *to, err *e);
/* `a` must live until the statement has run. */
bool carry_insert(store *s, const struct row_table *t, const json *row, arena *a, err *e);

#endif
