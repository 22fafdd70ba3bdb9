/* table_pdf.h — a table as a PDF, written like its other forms (sheet/table_write.h): A4 landscape,
 * the title above, the heads of the columns on every page, notes beneath, "page x of y".
 *
 * Its pages are in memory until it is finished: at most PAPER_PAGES_MAX_A_FORM of them. */
#ifndef JISHI_PAPER_TABLE_PDF_H
#define JISHI_PAPER_TABLE_PDF_H

#include "paper/paper.h"
#include "sheet/table_write.h"

table_writer *table_write_pdf(const char *path, const table_layout *l, err *e);

/* spelled: a day in words. */
void paper_put_day(buf *b, day d, bool spelled, bool english);
void paper_put_value(buf *b, const table_value *v, bool spelled, bool english);
paper_align paper_align_of(table_type t);

#endif
