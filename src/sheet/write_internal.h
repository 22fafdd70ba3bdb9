/* write_internal.h — what the two writers share. */
#ifndef JISHI_SHEET_WRITE_INTERNAL_H
#define JISHI_SHEET_WRITE_INTERNAL_H

#include "sheet/table_write.h"

#include <stdio.h>

struct table_writer {
  bool (*put)(table_writer *w, const table_value *cells, size_t count, err *e);
  bool (*note)(table_writer *w, text t, err *e); /* NULL: the format has none */
  bool (*finish)(table_writer *w, err *e);       /* everything stands in the file, closed */
  void (*release)(table_writer *w); /* frees what is the writer's own, also half-made */
  char *path;                       /* owned */
  bool is_temporary;                /* its bytes go to the caller, and it goes */
  size_t column_count;
  int64_t rows;
};

/* Keeps the path, or makes a temporary file. */
bool writer_begin(table_writer *w, const char *path, const table_layout *l, err *e);
bool write_failed(err *e); /* the disk's error; false */

#endif
