/* amendments.h — what was written of owned fields without their procedure: corrections, and what a
 * first taking-in brought. */
#ifndef JISHI_STORE_ROWS_AMENDMENTS_H
#define JISHI_STORE_ROWS_AMENDMENTS_H

#include "store/reach.h"
#include "store/store.h"

typedef struct amendment {
  uuid id;
  int64_t seq;       /* of the entry that proposed it, or took it in */
  const char *way;   /* "correction", "taking_in" */
  const char *state; /* "proposed", "confirmed", "refused", "withdrawn" */
  const char *kind;  /* of the subject */
  uuid subject, root;
  char area[13];
  day since;                 /* from when on it holds */
  text fields, before;       /* JSON maps: as it is to be, and as it was */
  text reason;               /* of a taking-in: from which register */
  uuid officer, decided_by;  /* nil: the system; nobody yet */
  int64_t at_ms, decided_ms; /* 0: not decided yet */
  text note;                 /* with the decision */
  int64_t version;
} amendment;
bool store_amendment_put(store *s, const amendment *x, err *e);
/* *ret NULL: none, or out of scope (`r` NULL: no bound). */
bool store_amendment_find(store *s, arena *a, const uuid *id, const scope *r, amendment **out,
                          err *e);
/* Of a unit, newest first. */
bool store_amendments_of(store *s, arena *a, const uuid *root, amendment **out, size_t *count,
                         err *e);
/* A child's go with it to another root. */
bool store_amendments_move(store *s, const uuid *subject, const uuid *root, const char *area,
                           err *e);
typedef struct amendment_query {
  const scope *scope;
  const reach *reach;      /* NULL: no bound but the scope */
  const char *way, *state; /* NULL: any */
  int64_t before;          /* cursor: older than this entry; 0: from the newest */
  size_t limit;
} amendment_query;
bool store_amendments(store *s, arena *a, const amendment_query *q, amendment **out, size_t *count,
                      err *e);

#endif
