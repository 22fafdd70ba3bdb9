/* mergers.h — two records of one kind that were one: which went into which, and which rows
 * followed, so that it can be taken back. */
#ifndef JISHI_STORE_ROWS_MERGERS_H
#define JISHI_STORE_ROWS_MERGERS_H

#include "store/rows/subjects.h"

typedef struct merger {
  uuid id;
  int64_t seq;      /* of the entry that merged them */
  const char *kind; /* of both */
  uuid gone, gone_root, stays, stays_root;
  char gone_area[13], area[13]; /* of the one that stays */
  text title, natural_key;      /* of the one that went */
  text reason;
  uuid officer;
  int64_t at_ms;
  int64_t undone_seq; /* of the entry that took it back; 0: none */
  text undone_reason;
  uuid undone_by;
  int64_t undone_ms;
} merger;
bool store_merger_put(store *s, const merger *m, err *e);
bool store_merger_find(store *s, arena *a, const uuid *id, const scope *r, merger **ret, err *e);
/* The one that stands and took this record in, or the record with this key; *ret NULL: none. */
bool store_merger_of(store *s, arena *a, const char *kind, const uuid *gone, merger **ret, err *e);
bool store_merger_of_key(store *s, arena *a, const char *kind, text key, merger **ret, err *e);
/* Those of a unit, taken back ones too, newest first. */
bool store_mergers_of(store *s, arena *a, const uuid *root, merger **ret, size_t *ret_count,
                      err *e);

/* All that is written of the record goes over, or comes back: events, cases, measures, closed
 * findings, payments, amendments, what was said of it; of a root also its children and theirs. */
bool store_merger_move(store *s, const merger *m, const kind *k, err *e);
bool store_merger_move_back(store *s, const merger *m, const kind *k, err *e);
/* Whether a case or measure ("casework", "measure") came over with it. */
bool store_merger_moved(store *s, const merger *m, const char *place, const uuid *id, bool *ret_yes,
                        err *e);
/* What was written since of such a case or measure comes back with it. */
bool store_merger_add_event(store *s, const merger *m, const event_kind *k, const uuid *id, err *e);
bool store_merger_add_fact(store *s, const merger *m, const char *field, int64_t seq, err *e);

/* Records of one area that agree in these fields, and of which one at least has no key. */
typedef struct alike_query {
  const kind *kind;
  scope scope;
  const reach *reach; /* NULL: no bound but the scope */
  size_t limit;
} alike_query;
typedef struct alike {
  uuid one, other;
} alike;
bool store_alike(store *s, arena *a, const alike_query *q, alike **ret, size_t *ret_count, err *e);

#endif
