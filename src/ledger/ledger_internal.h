/* ledger_internal.h — what the files of a ledger share. */
#ifndef JISHI_LEDGER_LEDGER_INTERNAL_H
#define JISHI_LEDGER_LEDGER_INTERNAL_H

#include "engine/eval/unit_past.h"
#include "ledger/fold.h"
#include "ledger/ledger.h"

/* A ledger being told. */
typedef struct ledger_running {
  store *s;
  arena *a, *page, *row; /* of the whole run, of a page of rows, of one row */
  const ledger *l;
  const ledger_view *view;
  const ledger_sink *sink;
  ledger_end *end;
  ledger_names names;
  table_value *cells;
  how_shown *shown;   /* by column */
  bool *no_events;    /* by event kind: none is loaded */
  as_of now;          /* the view's, or the end of the ledger's day */
  past_places places; /* of that day */
  scope scope;        /* of the statements: of a past day more than is asked for (belonged) */
  fold *fold;         /* of a summary; NULL */
  fold_part *parts;
} ledger_running;

/* Whether a past day is told of. */
static inline bool ledger_is_past(const ledger_running *r) {
  return r->l->as_of != DAY_NONE;
}

/* The row that is being told. */
typedef struct ledger_row {
  const record *about; /* NULL: its record is gone */
  const event *event;  /* NULL: of records */
  unit *u;             /* NULL: gone */
} ledger_row;

/* ledger_row.c */
bool ledger_row_cell(ledger_running *r, const ledger_column *c, const ledger_row *x,
                     table_value *ret, err *e);
/* Whether the filter lets it pass; false: memory. */
bool ledger_row_passes(ledger_running *r, const ledger_row *x, bool *ret_yes);
bool ledger_row_fold(ledger_running *r, const ledger_row *x, err *e); /* into the summary */

/* cells.c, names.c */
/* A value as a cell; choices in words, fields as they are shown. Texts live in `a`. False:
 * memory. *ret_why: why it could not be computed; NULL: it was, or is not known. */
bool ledger_cell(arena *a, const ledger *l, const ledger_column *c, how_shown how, const value *v,
                 table_value *ret, const err **ret_why);

/* Who recorded it; "" for nobody. */
text ledger_officer_of(const ledger_names *n, const uuid *id);

#endif
