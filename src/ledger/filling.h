/* filling.h — somebody else's empty table (sheet/template.h) and a table over the register
 * (ledger.h) brought together: which column of the one is filled from which of the other.
 *
 * What the headings say for sure is taken; what was once decided for the same head (choices) goes
 * before it; everything else stays empty until somebody says what it is. Reads only; lives in the
 * arena given. */
#ifndef JISHI_LEDGER_FILLING_H
#define JISHI_LEDGER_FILLING_H

#include "ledger/filling_rows.h"
#include "ledger/headings.h"
#include "ledger/ledger.h"

typedef enum filling_state {
  FILLING_ASKED,    /* nobody has said what it is: stays empty */
  FILLING_SURE,     /* its heading says it */
  FILLING_CHOSEN,   /* somebody has chosen it */
  FILLING_LEFT,     /* somebody has said that it stays empty */
  FILLING_COMPUTED, /* the file has a formula there */
} filling_state;

typedef struct filling_column {
  filling_state state;
  heading_match match;
  text source; /* CHOSEN, SURE: the column of the ledger, as JSON; "" */
  label title; /* what it is called */
  label why;   /* ASKED: why it is not filled */
  heading_style style;
} filling_column;

typedef struct filling {
  const template_table *table;
  const heading_book *book;
  text rows;
  const filling_rows *named; /* which lines its rows are; NULL: they are empty */
  filling_column *columns;   /* one for each of the table's */
  int *filled;               /* positions of those that are filled */
  size_t filled_count;
  const json *asked; /* {"rows", "columns"}: the ledger's columns in the order of `filled`; of named
                        rows with their key, which comes before them */
} filling;

typedef struct filling_request {
  const catalog *packs;
  const template_table *table;
  text rows; /* a kind or an event, by name */
  /* One for each column of the table, a ledger's column or null; NULL: nothing was decided. A
   * choice that the packs know no more, or that does not fit the column, is asked again. */
  const json *choices;
  const filling_rows *named; /* of a table whose rows are named: a column is what each comes to */
  bool clear;                /* as for ledger_read */
} filling_request;
bool filling_plan(arena *a, const filling_request *q, filling *ret, err *e);

/* Rows that the table may be of. */
typedef struct rows_offered {
  text name;
  size_t sure; /* how many headings say for sure what they are of them */
} rows_offered;
/* Those of which most headings are sure; "": none, or several alike. Fills in `sure`. */
bool filling_guess_rows(arena *a, const catalog *packs, const template_table *t,
                        rows_offered *among, size_t count, text *ret_rows, err *e);
/* The cells of a row in the order of `filled`, as they go into the file. */
bool filling_values(arena *a, const template *t, const filling *f, const ledger_line *line,
                    template_value *ret, err *e);

#endif
