/* ledger.h — the rows of a ledger (pack/model/ledger.h), one after another.
 *
 * Records come by area, events by when they happened; memory does not grow with their number. A row
 * tells what the register says today, or said on the ledger's day. Of a summary the groups are kept
 * (fold.h), not the rows. What is not known is an empty cell; what cannot be computed is one, too,
 * counted, and its first reason told. Masked fields are shown masked unless the ledger is `clear`.
 *
 * Reads only. Runs inside the caller's snapshot. */
#ifndef JISHI_LEDGER_LEDGER_H
#define JISHI_LEDGER_LEDGER_H

#include "engine/eval/unit_eval.h"
#include "engine/rights.h"
#include "pack/model/ledger.h"
#include "sheet/table_write.h"

/* What areas and officers are called, for many runs in one snapshot. */
typedef struct ledger_names {
  area *areas;       /* by code */
  officer *officers; /* by id */
  size_t area_count, officer_count;
} ledger_names;
bool ledger_names_load(store *s, arena *a, ledger_names *ret, err *e);
text ledger_area_name(const ledger_names *n, const char *code); /* the code, where it has none */
text ledger_officer_name(const ledger_names *n, text login); /* the login, where it is nobody's */

/* Whose rows, and on which day they are computed. */
typedef struct ledger_view {
  as_of now;
  scope scope;
  const reach *reach;        /* NULL: no bound but the scope */
  sight sight;               /* what of the fields is shown */
  const ledger_names *names; /* NULL: they are loaded */
  const uuid *root;          /* of this unit alone, whatever the scope; NULL: of all */
  const uuid *only;          /* of these this row alone, by its id; NULL: all */
} ledger_view;

/* What stands above a column. */
typedef struct ledger_head {
  const char *title;
  const char *over; /* above it and its neighbours that say the same: a pivot's value; "" */
  table_type type;
} ledger_head;
typedef enum ledger_line_type { LINE_ROW, LINE_SUBTOTAL, LINE_TOTAL } ledger_line_type;
typedef struct ledger_line {
  const table_value *cells;
  size_t count;
  ledger_line_type is;
} ledger_line;
typedef struct ledger_sink {
  /* Once, before the lines. NULL: nobody asks. False, here and below, stops the run. */
  bool (*begin)(void *context, const ledger_head *heads, size_t count, err *e);
  bool (*take)(void *context, const ledger_line *line, err *e);
  bool (*goes_on)(void *context, err *e); /* asked now and then, also between rows; NULL: yes */
  void *context;
  int64_t rows_max; /* no more rows, or lines of a summary, than this; 0: all */
} ledger_sink;
typedef struct ledger_end {
  int64_t rows;
  uuid last;      /* the last event; nil: there is none */
  bool more;      /* there were more than rows_max */
  int64_t failed; /* cells that could not be computed */
  label why;      /* the first reason; "" */
  int64_t moved; /* of a past day: children told of with the unit of now, not that of their entry */
  int64_t unknown; /* values that a summary's sums, means and shares are without */
} ledger_end;
/* As what the cells of a column come; TABLE_EMPTY aside. */
table_type ledger_column_type(const ledger_column *c);
/* A number of that CEL type as a cell. */
table_value ledger_number(int64_t number, const cel_type *type);

/* The field groups that its columns and its filter tell of (pack/model/reads.h). */
uint32_t ledger_reads(const ledger *l);

bool ledger_run(store *s, arena *a, const ledger *l, const ledger_view *view,
                const ledger_sink *sink, ledger_end *ret, err *e);

#endif
