/* import.h — a roster file into commands: dry run first, good rows taken in, all of it taken back
 * when asked.
 *
 * The layout (pack.h import_layout) says which header goes where. Rows are checked against the
 * fields and against each other; each fault names row, column, value and remedy. Nothing is changed
 * by a dry run. */
#ifndef JISHI_IMPORT_IMPORT_H
#define JISHI_IMPORT_IMPORT_H

#include "engine/writer.h"

/* Reads the file, compares with what is stored, and writes the report (docs/api.md, IMPORT) as
 * JSON; the upload row is for the caller to keep. */
bool import_check(store *s, arena *a, const actor *who, const import_layout *layout,
                  const char *path, day today, text *report, err *e);
/* Sends the good rows to the writer as SUBJECT and FACTS commands with `via` = id. */
bool import_apply(writer *w, store *s, arena *a, const actor *who, const uuid *id,
                  const import_layout *layout, const char *file_name, const char *path,
                  text *report, void (*progress)(int64_t done, int64_t all), err *e);

#endif
