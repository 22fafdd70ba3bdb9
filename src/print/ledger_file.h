/* ledger_file.h — a table that is taken along as a file: its forms, what stands beneath it, and
 * what the journal keeps of it. */
#ifndef JISHI_PRINT_LEDGER_FILE_H
#define JISHI_PRINT_LEDGER_FILE_H

#include "ledger/ledger.h"

typedef enum table_format { FORMAT_SHOWN, FORMAT_XLSX, FORMAT_CSV, FORMAT_PDF } table_format;

/* format: json (the default: no file), xlsx, csv or pdf; encoding: of CSV, utf-8 (the default) or
 * gb18030. */
bool table_format_read(text format, text encoding, table_format *ret, bool *ret_gb18030, err *e);
const char *table_format_word(table_format f);    /* xlsx */
const char *table_format_content(table_format f); /* the media type; NULL: no file */
table_writer *table_format_begin(table_format f, const char *path, const table_layout *l, err *e);

/* Of the heads as ledger_run tells them; NULL: memory. */
table_column *ledger_file_columns(arena *a, const ledger_head *heads, size_t count);
/* "As of …; 12 rows; exported by …." `by` "": a command. */
void ledger_file_put_note(buf *b, int64_t rows, const char *by, bool english);
/* That, and what the reader of the table must know: its day, its filter, what it is without. */
bool ledger_file_note(table_writer *w, const ledger *l, const ledger_end *end, const char *by,
                      err *e);
/* The body of the entry EXPORT. `asked`: what ledger_read read. NULL: memory. */
json *ledger_file_entry(arena *a, const ledger *l, const json *asked, const scope *areas,
                        table_format format, int64_t rows);

#endif
