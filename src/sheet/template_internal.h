/* template_internal.h — what the files of a template share. */
#ifndef JISHI_SHEET_TEMPLATE_INTERNAL_H
#define JISHI_SHEET_TEMPLATE_INTERNAL_H

#include "sheet/template.h"
#include "sheet/xlsx_internal.h"
#include "sheet/xlsx_refs.h"
#include "sheet/xml_scan.h"

typedef struct sheet_cell {
  int64_t row;
  int column;
  size_t from, to; /* of its bytes */
  int style;       /* -1: none said */
  int shared;      /* of a formula: its number; -1 */
  bool has_formula, array;
  text formula; /* not escaped; "" where another cell of `shared` says it */
  text text;    /* what is shown, trimmed; "" */
} sheet_cell;
typedef struct sheet_row {
  int64_t number;
  size_t from, open_to, to; /* of "<row …>", and of the whole */
  size_t first, count;      /* of its cells */
  bool empty_tag;           /* "<row/>" */
} sheet_row;

/* A sheet's rows with their places in its XML. */
typedef struct sheet_model {
  text xml, prefix;          /* "x:" or "" */
  size_t data_from, data_to; /* of <sheetData> to </sheetData> */
  sheet_cell *cells;
  size_t cell_count;
  sheet_row *rows;
  size_t row_count;
  ref_area *merges;
  size_t merge_count;
  int32_t *merges_over; /* by row: how many merges lie over it */
  int64_t merged_last;  /* the last row that one lies over */
} sheet_model;

struct template {
  text bytes;
  arena *a;
  xlsx *book;               /* its archive, sheets, shared texts */
  template_format *formats; /* by style */
  size_t format_count;
  size_t modelled; /* the sheet that `model` is of; SIZE_MAX: none */
  sheet_model model;
};

/* A part of the archive, whole, in `a`; *ret_there may be NULL: it must be there. */
bool template_part(template *t, arena *a, const char *path, size_t most, bool *ret_there, text *ret,
                   err *e);
bool template_model(template *t, size_t sheet, err *e);
const sheet_cell *model_cell(const sheet_model *m, int64_t row, int column); /* NULL: none */
const sheet_row *model_row(const sheet_model *m, int64_t row);
const ref_area *model_merge(const sheet_model *m, int64_t row, int column); /* NULL: none */

/* template_moves.c: rows are to be put in before row `shift->at` of the sheet. False: something
 * stands there that cannot be moved; the sentence says what. */
bool template_may_move(template *t, size_t sheet, const row_shift *shift, err *e);

/* ---- filling ---- */

/* A cell that was filled in: its text lies in `texts`. */
typedef struct filled_cell {
  uint32_t at;
  uint32_t bytes : 29, type : 3;
} filled_cell;

struct template_fill {
  template *t;
  const template_table *table;
  int *columns;     /* of the sheet, ascending */
  size_t *cells_at; /* which of the cells given stands there */
  size_t count, rows, row_room;
  filled_cell *cells; /* by row, in the order of `columns` */
  int64_t *row_of;    /* by row: which of the sheet; of labels alone */
  buf texts;
};

/* The parts of the finished file, one after another, into `b`. */
typedef struct writing {
  template_fill *f;
  const sheet_model *m;
  buf *b;
  text name;       /* of the sheet */
  row_shift outer; /* for what stands outside the filled rows */
  row_shift inner; /* for the formulas of the filled rows themselves */
  int64_t last;    /* the last of the table's own empty rows */
  int64_t like;    /* the row that rows put in look like; 0: none */
  int64_t added;
  bool fails, had_formulas, changed_formulas;
} writing;

/* template_fill.c */
/* A part written anew; the archive takes a copy over. */
bool template_replace(zip_t *z, const char *path, const buf *b, err *e);
/* The file with the parts that `write` replaces. */
bool template_rewrite(template *t, bool (*write)(void *context, zip_t *z, err *e), void *context,
                      buf *out, err *e);

/* template_parts.c */
void template_put_sheet(writing *w);
/* Another sheet whose formulas name this one: moved, and without the values of last time. */
void template_put_other(writing *w, text xml, bool *ret_changed);
/* The names that the workbook gives to cells, and that all is to be computed when it is opened. */
void template_put_workbook(writing *w, text xml, bool compute);
/* Without the element that names the chain of computing, which would be out of step. */
void template_put_unchained(writing *w, text xml, bool unused);

#endif
