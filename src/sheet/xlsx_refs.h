/* xlsx_refs.h — what names cells ("C5:C14", "=SUM(名单!$C$5:C14)") once rows have been put in.
 *
 * As a spreadsheet program does it: what stood from row `at` on stands `by` rows lower, and a range
 * that reaches across grows. With `grows`, a range that ends just above grows, too: a sum over one
 * empty row is meant of all that will be filled in. Texts within quotes are left alone. */
#ifndef JISHI_SHEET_XLSX_REFS_H
#define JISHI_SHEET_XLSX_REFS_H

#include "base/text.h"

typedef struct row_shift {
  int64_t at, by;
  bool grows;
} row_shift;

/* "AB12" → 27 and 12; false for something else. */
bool ref_cell(text t, int *ret_column, int64_t *ret_row);
/* "A1:C3" or "A1". */
typedef struct ref_area {
  int c1, c2;
  int64_t r1, r2;
} ref_area;
bool ref_parse(text t, ref_area *ret);
void ref_put_cell(buf *b, int column, int64_t row);
void ref_put_column(buf *b, int column); /* 27: "AB" */

/* A formula; `sheet`: the name of the sheet that got the rows; `here`: the formula stands in it.
 * False: it names several sheets at once, which cannot be moved. */
bool ref_shift_formula(buf *b, text formula, text sheet, bool here, const row_shift *s);
/* The formula as it reads `rows` further down and `columns` further right. */
void ref_copy_formula(buf *b, text formula, int64_t rows, int columns);
/* "A1:C3 E5": a list of areas of the sheet itself. */
void ref_shift_list(buf *b, text list, const row_shift *s);
int64_t ref_shift_row(int64_t row, const row_shift *s);
/* Whether a formula names that sheet. */
bool ref_names_sheet(text formula, text sheet);

#endif
