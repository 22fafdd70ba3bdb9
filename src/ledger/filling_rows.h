/* filling_rows.h — an empty table whose rows are named already (one a village, a town, a kind of
 * something): which line of a summary over the register goes into which of them.
 *
 * A name that means several areas, or none, has no line: its row stays as it is. */
#ifndef JISHI_LEDGER_FILLING_ROWS_H
#define JISHI_LEDGER_FILLING_ROWS_H

#include "ledger/ledger.h"
#include "sheet/template.h"

typedef struct filling_rows {
  const char *key;   /* what its rows are, as a column of a ledger: {"shows":"area"} */
  const text *lines; /* by label: what the line is called; "": none */
  size_t known;      /* of them */
} filling_rows;

typedef struct named_table {
  const catalog *packs;
  const template_table *table;
  text rows; /* the kind or event that it tells of */
  const ledger_names *names;
  const scope *areas;
} named_table;
/* Among the villages or towns of `areas`, or the choices of one field of the rows: whichever most
 * of them are. */
bool filling_rows_find(arena *a, const named_table *of, filling_rows *ret, err *e);
bool filling_rows_check(const filling_rows *x, const template_table *t, err *e); /* at least half */
/* The label of a line; SIZE_MAX: it has none. */
size_t filling_rows_label(const filling_rows *x, const template_table *t, const ledger_line *line);

#endif
