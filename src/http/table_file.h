/* table_file.h — a table that leaves as a file: made on a thread, in memory, for what is sealed on
 * the disk does not come back to it in clear (packed it is small); noted in the journal; sent. */
#ifndef JISHI_HTTP_TABLE_FILE_H
#define JISHI_HTTP_TABLE_FILE_H

#include "http/request.h"
#include "print/ledger_file.h"

typedef struct table_file {
  table_format format;
  bool gb18030;
  bool shown;        /* in the browser, which can print or save it */
  const char *title; /* of the table, and the file's name */
  table_writer *writer;
  char path[64];
} table_file;

bool table_file_read(text format, text encoding, table_file *ret, err *e); /* table_format_read */

/* On the thread: begins, lets `fill` put the rows and notes, finishes. columns NULL: `fill` begins,
 * once it knows them. */
typedef bool table_fill(request *q, store *s, err *e);
bool table_file_make(request *q, store *s, table_file *f, const table_column *columns, size_t count,
                     table_fill *fill, err *e);

bool table_file_begin(table_file *f, const table_column *columns, size_t count, err *e);

/* The file made, as the answer. */
bool table_file_answer(request *q, const table_file *f, err *e);

#endif
