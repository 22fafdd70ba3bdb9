/* print_run.h — a pack's form (pack/model/print.h), filled in and laid out (paper/paper.h).
 *
 * Values and tables come from ledgers, so that what is masked on a list is masked on paper.
 * Reads only. Runs inside the caller's snapshot, never on an event loop. */
#ifndef JISHI_PRINT_PRINT_RUN_H
#define JISHI_PRINT_PRINT_RUN_H

#include "ledger/ledger.h"
#include "pack/model/print.h"
#include "paper/paper.h"
#include "print/receipt.h"

typedef struct print_view {
  ledger_view ledger;              /* `now`, `names` set; `scope` for tables over an area */
  const char *county, *place, *by; /* names */
  const receipt_key *key;          /* NULL: receipts are not signed */
  bool (*goes_on)(void *context, err *e);
  void *context;
} print_view;

/* Of what. An event may be left nil: the newest of the unit that the form is for. */
typedef struct print_of {
  uuid root, only; /* nil of an area */
} print_of;

/* One form. *ret_done false: it is not for this one (its `when`), and nothing was laid out. */
bool print_form(store *s, const print *p, const print_view *v, const print_of *of, paper *out,
                bool *ret_done, err *e);

/* ---- many ---- */

enum { PRINT_FORMS_MAX = 2000 };
typedef struct print_many {
  text words;   /* of records: part of the name */
  int colour;   /* of records; -1: any */
  day from, to; /* of events */
} print_many;
/* All it is for within the scope, one form after another; more than PRINT_FORMS_MAX is an error. */
bool print_all(store *s, const print *p, const print_view *v, const print_many *q, paper *out,
               int64_t *ret_forms, err *e);

/* Whom or what is meant by an id (of the record, its measure, the event), or by the record's key;
 * with the area it is in. */
bool print_find(store *s, arena *a, const print *p, text written, print_of *ret, char ret_area[13],
                err *e);
bool print_say_none(const print *p, err *e); /* it is for nobody of those */

#endif
