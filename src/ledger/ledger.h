/* ledger.h — the rows of a ledger (pack/model/ledger.h), one after another.
 *
 * Records come by area, events by when they happened; memory does not grow with their number. A row
 * tells what the register says today. What is not known is an empty cell; what cannot be computed
 * is one, too, counted, and its first reason told. Masked fields are shown masked unless the ledger
 * is `clear`.
 *
 * Reads only. Runs inside the caller's snapshot. */
#ifndef JISHI_LEDGER_LEDGER_H
#define JISHI_LEDGER_LEDGER_H

#include "engine/eval/unit_eval.h"
#include "engine/rights.h"
#include "pack/model/ledger.h"
#include "sheet/table_write.h"

/* Whose rows. */
typedef struct ledger_view {
  scope scope;
  const reach *reach; /* NULL: no bound but the scope */
  sight sight;        /* what of the fields is shown */
} ledger_view;

typedef struct ledger_sink {
  /* False stops the run, with its error. */
  bool (*take)(void *context, const table_value *cells, err *e);
  bool (*goes_on)(void *context, err *e); /* asked now and then, also between rows; NULL: yes */
  void *context;
  int64_t rows_max; /* no more rows than this; 0: all */
} ledger_sink;
typedef struct ledger_end {
  int64_t rows;
  bool more;      /* there were more than rows_max */
  int64_t failed; /* cells that could not be computed */
  label why;      /* the first reason; "" */
} ledger_end;
bool ledger_run(store *s, arena *a, const ledger *l, const ledger_view *view, as_of now,
                const ledger_sink *sink, ledger_end *ret, err *e);

#endif
