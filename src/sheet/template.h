/* template.h — somebody else's empty table (XLSX): read whole, told what its head asks for, and
 * given back with rows filled in.
 *
 * Of the file only what must change is written anew: the sheet's rows, what names cells once rows
 * were put in (merges, formulas of all sheets, print areas, validations …), and that the formulas
 * are to be computed again. Every other part, and every other byte of the sheet, stays. Where rows
 * would have to be put in above something that cannot be moved safely (a picture, a list object, a
 * chart …) nothing is written, and a sentence says which.
 *
 * Errors: ERR_BAD_FILE (no XLSX, damaged, with a password, with macros, merges that overlap),
 * ERR_TOO_LARGE (over a limit named here), ERR_NOT_ALLOWED (cannot be filled as it is),
 * ERR_UNKNOWN_NAME (no such sheet), ERR_MEMORY; `where` is "file" or "sheet".
 *
 * The bytes given must live as long as the template. Knows nothing of kinds or fields. */
#ifndef JISHI_SHEET_TEMPLATE_H
#define JISHI_SHEET_TEMPLATE_H

#include "base/arena.h"
#include "base/date.h"
#include "base/err.h"
#include "base/text.h"

enum {
  TEMPLATE_BYTES_MAX = 8 << 20, /* of the file */
  TEMPLATE_PART_MAX = 48 << 20, /* of a sheet, unpacked */
  TEMPLATE_CELLS_MAX = 400000,  /* of a sheet, with those that are only styled */
  TEMPLATE_MERGES_MAX = 4096,
  TEMPLATE_COLUMNS_MAX = 512,      /* that are looked at */
  TEMPLATE_DEPTH_MAX = 6,          /* head rows */
  TEMPLATE_ROWS_MAX = 50000,       /* filled in */
  TEMPLATE_FILLED_MAX = 128 << 20, /* bytes of what is filled in */
};

typedef struct template template;
template *template_open(text bytes, err *e);
void template_close(template *t); /* NULL is fine */

size_t template_sheet_count(const template *t); /* visible ones */
text template_sheet_name(const template *t, size_t sheet);

/* How a cell that is to be filled shows a number. */
typedef enum template_format { TEMPLATE_PLAIN, TEMPLATE_DAY, TEMPLATE_PERCENT } template_format;

typedef struct template_column {
  int column; /* from 0 */
  /* The heading from the widest group down to its own; equal ones over each other are one. */
  const text *path;
  size_t depth;
  /* A group that may reach over this column or may not: it has no merge that would tell. */
  bool loose_group;
  bool computed; /* the file has a formula there: nothing is filled in */
  template_format format;
} template_column;

/* A cell of the head, or of what stands above it, as it is to be drawn. */
typedef struct template_drawn {
  int64_t row;
  int column, rows, columns; /* rows, columns: as many as it covers */
  text text;
} template_drawn;

/* What the sheet asks for. */
typedef struct template_table {
  size_t sheet;
  text title; /* the widest line above the head; "" */
  text unit;  /* "万元", where a line above the head says that all sums are in it; "" */
  int64_t head_first, head_last;
  int64_t data_first;
  int64_t data_last; /* the last empty row; data_first - 1: none */
  bool open_ended;   /* nothing stands below: no row need be put in */
  size_t column_count;
  const template_column *columns;
  size_t drawn_count;
  const template_drawn *drawn;
  /* A table whose rows are named already (one a village): the rows, and what they are called. */
  size_t label_count;
  const struct template_label {
    int64_t row;
    text text;
  } * labels;
  int label_column; /* -1: the rows are empty */
} template_table;
/* Looks for the head of a sheet; `sheet` SIZE_MAX: of the first that has one. In the arena of the
 * template. False, ERR_NOT_ALLOWED: it has none. */
bool template_read(template *t, size_t sheet, template_table *ret, err *e);
/* Copies the labels to `a`, where they outlive the template. */
bool template_keep_labels(template_table *t, arena *a, err *e);

/* ---- filling ---- */

typedef enum template_value_type { FILL_NOTHING, FILL_TEXT, FILL_NUMBER } template_value_type;
typedef struct template_value {
  template_value_type type;
  text text; /* FILL_NUMBER: decimal digits, "-12.50" */
} template_value;
/* A day as the number a spreadsheet program keeps; 0: before 1 March 1900. */
int64_t template_day_number(const template *t, day d);

typedef struct template_fill template_fill;
/* `columns`: positions in table->columns, in the order of the cells that will come. */
template_fill *template_fill_begin(template *t, const template_table *table, const int *columns,
                                   size_t count, err *e);
/* The next row; of a table with labels: the row of that label. NOTHING leaves a cell as it is. */
bool template_fill_put(template_fill *f, const template_value *cells, err *e);
bool template_fill_label(template_fill *f, size_t label, const template_value *cells, err *e);
/* The whole file. */
bool template_fill_finish(template_fill *f, buf *out, err *e);
void template_fill_drop(template_fill *f); /* frees; also after finish; NULL is fine */

/* ---- marking ---- */

/* What is said of a cell, or (column -1) of a row as a whole. */
typedef struct template_mark {
  size_t sheet;
  int64_t row;
  int column;
  bool wrong; /* it is coloured */
  text to;    /* written in its place; at NULL: it stays */
  text says;  /* into the row's reason; "" */
} template_mark;
/* By sheet. `head`: the row in which the reason's heading stands; 0: the sheet stays as it is.
 * `column`: the reason's, whose cells are written over. */
typedef struct template_marked_sheet {
  int64_t head;
  int column;
} template_marked_sheet;
/* The whole file with its own formats, widths, merges; marks by sheet and row. */
bool template_mark_faults(template *t, const template_marked_sheet *sheets,
                          const template_mark *marks, size_t count, const char *heading, buf *out,
                          err *e);

#endif
