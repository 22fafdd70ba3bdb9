/* subjects.h — who and what is registered: one table a kind, one column a field. */
#ifndef JISHI_STORE_ROWS_SUBJECTS_H
#define JISHI_STORE_ROWS_SUBJECTS_H

#include "store/reach.h"
#include "store/store.h"

typedef struct record {
  const kind *kind;
  uuid id, root, parent; /* a root: root = id, parent nil */
  char area[13];
  int64_t version, created; /* journal numbers */
  day next_evaluation; /* root: when its rules must be re-evaluated without any write; DAY_NONE:
                          never */
  int64_t colour;      /* root: the worst open finding, a `colour` */
  bool withdrawn;
  value *fields;     /* kind->field_count values; UNKNOWN = not known */
  text stored_title; /* as last read or put, the store's own; .at NULL: neither */
} record;
record *record_new(arena *a, const kind *k); /* all unknown; NULL: memory */
text record_title(const record *r);          /* "" when unknown */
/* *ret NULL: none, withdrawn, or out of scope (`r` NULL: no bound). */
bool store_subject_find(store *s, arena *a, const kind *k, const uuid *id, const scope *r,
                        record **ret, err *e);
/* The record that stands for one that was merged away, through all mergers; *ret NULL: none. */
bool store_subject_standing(store *s, arena *a, const kind *k, const uuid *gone, record **ret,
                            err *e);
/* Withdrawn or not. */
bool store_subject_find_ever(store *s, arena *a, const kind *k, const uuid *id, record **ret,
                             err *e);
bool store_subject_find_by_key(store *s, arena *a, const kind *k, text key, record **ret, err *e);
/* The first that says so in one of its text fields. */
bool store_subject_find_by_field(store *s, arena *a, const kind *k, int field, text said,
                                 record **ret, err *e);
bool store_children(store *s, arena *a, const kind *k, const uuid *root, record ***ret,
                    size_t *ret_count, err *e); /* by created */
bool store_subject_put(store *s, record *r, bool fresh,
                       err *e); /* ERR_CONFLICT: the key is another's */
bool store_subject_mark(store *s, const record *r,
                        err *e); /* only version, next_evaluation, colour */
typedef struct due_query {
  const kind *kind; /* a root's */
  day on;           /* their rules are to be evaluated on that day or before */
  size_t limit;
} due_query;
bool store_units_due(store *s, arena *a, const due_query *q, uuid **ret, size_t *ret_count, err *e);
bool store_schedule_all(store *s, day on,
                        err *e); /* every root is to be re-evaluated on that day */
typedef struct subject_query {
  const kind *kind;
  scope scope;
  const reach *reach;  /* NULL: no bound but the scope */
  text words;          /* part of the name, initials of its pinyin, or start of the key; "" = all */
  int colour;          /* -1 = any */
  char after_area[13]; /* cursor: rows after (area, id); "" = from the start */
  uuid after_id;
  size_t limit;
} subject_query;
bool store_subjects(store *s, arena *a, const subject_query *q, record ***ret, size_t *ret_count,
                    err *e);
/* All that are not withdrawn, one after another: roots by area, children by root and as created.
 * The record is gone when the function returns; false from it stops, with its error. */
typedef bool (*record_taker)(void *context, const record *r, err *e);
bool store_subjects_scan(store *s, const kind *k, record_taker take, void *context, err *e);
bool store_subjects_count(store *s, const kind *k, const scope *r, const reach *seen, int64_t *ret,
                          err *e);
/* Children that belong to another unit than the one they were registered with. */
bool store_children_moved(store *s, const kind *k, const scope *r, const reach *seen, int64_t *ret,
                          err *e);

/* How names are made searchable. Counted up when it changes (or pinyin.c's table does): a county
 * whose rows are of another form is indexed anew as it is opened for writing. */
enum { SEARCH_FORM = 1 };
bool store_subjects_index(store *s, err *e);

/* ---- for store.c and rows/ only ---- */

bool store_subjects_prepare(store *s, err *e);

#endif
