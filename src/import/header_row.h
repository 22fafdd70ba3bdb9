/* header_row.h — the top of a roster: which column is what.
 *
 * A head is one row, or up to four: group titles above, and columns whose one title is merged down
 * beside others whose titles stand below a group's. Of a head over several rows a column's title is
 * the lowest that the layout knows; "group title" and "group" + "title" are tried, too. */
#ifndef JISHI_IMPORT_HEADER_ROW_H
#define JISHI_IMPORT_HEADER_ROW_H

#include "pack/model/pack.h"
#include "sheet/table_read.h"

enum { HEADER_COLUMNS_MAX = TABLE_COLUMNS_MAX, HEADER_SEARCH_ROWS = 20, HEADER_ROWS_MAX = 4 };

/* How it came about what a column is. */
typedef enum column_how {
  HOW_NOT,     /* nobody knows it */
  HOW_TITLE,   /* the layout has its heading */
  HOW_IGNORED, /* the layout has it among those that are not stored */
  HOW_CHOICE,  /* somebody chose */
  HOW_MEMORY,  /* somebody chose it for an earlier file with the same headings */
  HOW_CONTENT  /* by what stands in it */
} column_how;
/* What a column is, decided for its heading; goes before what the layout says. */
typedef struct column_choice {
  text heading;
  const import_target *target;
  column_how how;
} column_choice;
typedef struct header_column {
  column_use use;
  const import_column *to; /* USE_FIELD */
  text header;             /* without white space */
  text group;              /* the title above it, of one column or several; "" for none */
  column_how how;
} header_column;
typedef struct header_row {
  header_column columns[HEADER_COLUMNS_MAX];
  size_t count;
  const char *unknown;   /* headers nobody knows, joined; "" for none */
  int64_t first, number; /* the rows it stands in, the first and the last; 0: none was found */
  err fault;             /* what is wrong with it, where that is to be told and not refused */
} header_row;

typedef struct header_search {
  const import_layout *layout;
  const pack *pack;
  const column_choice *choices; /* may be NULL */
  size_t choice_count;
  int64_t number; /* its last row; 0: it is looked for */
  bool told;      /* what is wrong with it goes into its fault, and without a header the row that
                   * looks most like one is taken */
} header_search;

/* Finds the head of the sheet that is read from its first row on; the reader then stands on the
 * first row of data. Errors: ERR_BAD_FILE (no header: `where` is "no_header"; or a column is
 * missing or there twice), ERR_MEMORY, those of table_next. */
bool header_row_find(table_reader *t, size_t sheet, const header_search *x, arena *a,
                     header_row *ret_header, err *e);
/* From the sheet's first row on, past its head. */
bool header_row_pass(table_reader *t, size_t sheet, const header_row *h, err *e);
/* Of the headings, whatever their order: 64 hexadecimal digits. False: no memory. */
bool header_row_fingerprint(const header_row *h, char ret[65]);
/* Of the column that a file with its faults has; never read. */
#define IMPORT_REASON_HEADING "问题和改法"
bool is_reason_heading(text heading);
/* Whether two headings are one: white space, stars and the width of brackets do not matter. */
bool same_heading(text a, text b);

/* "A" to "XFD": the column as a spreadsheet program names it. */
void header_letters(size_t column, char ret[4]);

#endif
