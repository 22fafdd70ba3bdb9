/* marked_write.h — a table as it was read, written again as XLSX with what is wrong in it: cells
 * that are coloured and have a comment. Texts stay texts. Memory does not grow with the rows.
 *
 * Errors: ERR_STORE (the disk), ERR_TOO_LARGE (more rows than a sheet holds), ERR_MEMORY. */
#ifndef JISHI_SHEET_MARKED_WRITE_H
#define JISHI_SHEET_MARKED_WRITE_H

#include "base/err.h"
#include "base/text.h"

typedef struct marked_cell {
  text text;
  const char *comment; /* NULL: nothing is wrong with it */
  bool head;           /* in bold */
} marked_cell;
typedef struct marked_writer marked_writer;
/* Makes the file anew. */
marked_writer *marked_write(const char *path, err *e);
/* Rows that follow stand in a sheet of this name; "", or what a name may not be: of any. */
bool marked_sheet(marked_writer *w, text name, err *e);
bool marked_put(marked_writer *w, const marked_cell *cells, size_t count, err *e);
bool marked_finish(marked_writer *w, err *e); /* frees the writer, also when it fails */
void marked_drop(marked_writer *w);           /* NULL is fine */

#endif
