/* subject_upsert.h — the command that a subject of a row becomes: created, changed, moved, or
 * nothing where the register says the same. Counted in the roster; sent to its sink, if it has one.
 * Of a field that a procedure owns only a taking-in writes; else the difference is told. */
#ifndef JISHI_IMPORT_SUBJECT_UPSERT_H
#define JISHI_IMPORT_SUBJECT_UPSERT_H

#include "import/roster.h"

/* A subject as the row has it; `before` NULL: it is new. */
typedef struct wanted_subject {
  const kind *kind;
  uuid id;
  const char *area;   /* of a new root */
  const uuid *parent; /* of a new child */
  const uuid *from;   /* the root it moves from; NULL: it stays */
  const value *fields, *before;
} wanted_subject;
bool subject_upsert(roster *r, const wanted_subject *x, arena *a, err *e);

/* Of a new subject: the same in every run of this import. `key` "": by its row. */
bool subject_derive_id(const roster *r, const kind *k, text key, int64_t row, uuid *ret_id, err *e);

#endif
