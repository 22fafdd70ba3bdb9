/* choices.h — what somebody chose for a file before it is taken in: which sheet, which row is the
 * head, which column is what, what is written in place of a cell, which rows stay out.
 *
 * A JSON object, all of it may be left out (docs/api.md, ImportChoices):
 *   sheet, head                        the sheet that is read, and the row of its head
 *   map {heading: target}              which column is what; "": not needed
 *   values [{column, value, to}]       in place of a value, in every cell of that column
 *   cells [{sheet, row, column, to}]   in place of one cell; goes before the value's
 *   refuse [{sheet, row}]              rows that stay out
 *   take_rest, take_moves              see import_file
 *   clues {fields, only_unmanaged}     of a list that is compared: what is recorded of those found,
 *                                      and whether also of those with an open case
 *
 * Columns go by their headings, rows by their numbers in the sheet, whose name stands with them
 * where a file has several. */
#ifndef JISHI_IMPORT_CHOICES_H
#define JISHI_IMPORT_CHOICES_H

#include "base/json.h"
#include "import/header_row.h"

enum { CHOICES_MENDED_MAX = 5000 };

typedef struct mended_cell {
  text key, to;
} mended_cell;
typedef struct import_choices {
  text sheet;                 /* "": all that have the layout's head */
  int64_t head;               /* 0: it is looked for */
  const json *map;            /* NULL: nothing was chosen */
  bool take_rest, take_moves; /* import_file */
  const json *clue;           /* the answers; NULL: none */
  bool only_unmanaged;
  mended_cell *mended; /* sorted by key */
  size_t mended_count;
  text *mended_columns; /* their headings, each once */
  size_t mended_column_count;
  mended_cell *refused; /* rows, sorted by key */
  size_t refused_count;
} import_choices;

/* `body` NULL: nothing is chosen. Errors: ERR_BAD_INPUT with the member's name, ERR_MEMORY. */
bool import_choices_read(arena *a, const json *body, import_choices *ret, err *e);
/* What is written in place of a cell; NULL: it stays. `heading` is one that is mended somewhere. */
const text *import_choices_mended(const import_choices *x, text sheet, int64_t row, text heading,
                                  text cell);
bool import_choices_mends(const import_choices *x, text heading);
bool import_choices_refuses(const import_choices *x, text sheet, int64_t row);

#endif
