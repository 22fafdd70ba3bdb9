/* table_source.h — the file that table_open reads: the one that was given, or, of the formats that
 * it cannot read (BIFF .xls, .ods), an .xlsx made of it by LibreOffice where that is installed.
 *
 * LibreOffice runs as a process of its own, in a folder that is made for it and removed, without
 * the network's and the office's settings of anybody, for a minute and a half at most and with
 * bounded memory and output. Not for a thread that answers requests: it takes seconds.
 *
 * Errors: ERR_BAD_FILE (a password, another kind of document, LibreOffice is not there or cannot
 * read it), each with what to do; `where` is "file". Whatever is no such format is left to
 * table_open. */
#ifndef JISHI_SHEET_TABLE_SOURCE_H
#define JISHI_SHEET_TABLE_SOURCE_H

#include "base/err.h"

enum { TABLE_SOURCE_SECONDS = 90 };

typedef struct table_source {
  const char *path; /* to be opened */
  char folder[128], made[160];
} table_source;

bool table_source_open(const char *path, table_source *ret, err *e);
void table_source_close(table_source *s); /* also of one that is all zero */

#endif
