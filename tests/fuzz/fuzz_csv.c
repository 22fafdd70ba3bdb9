/* The CSV reader on any bytes: rows or a sentence, cells that are UTF-8, numbers that rise. */
#include "sheet/table_internal.h"

#include <stdint.h>
#include <stdlib.h>

/* Reads all; aborts when a promise of table_read.h is broken. */
static void drain(table_reader *t) {
  err e;
  table_row row;
  int got;
  int64_t last = 0;
  while ((got = table_next(t, &row, &e)) > 0) {
    bool any = false;
    if (row.number <= last || row.count > TABLE_COLUMNS_MAX) abort();
    last = row.number;
    for (size_t i = 0; i < row.count; i++) {
      text c = row.cells[i].text;
      if (!text_valid_utf8(c) || text_has_nul(c) || text_points(c) > TABLE_CELL_MAX_POINTS) abort();
      any |= c.bytes > 0;
    }
    if (!any) abort();
  }
  if (got < 0 && (!e.zh[0] || !e.en[0] || !e.where[0])) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *at, size_t bytes) {
  FILE *f = bytes ? fmemopen((void *)(uintptr_t)at, bytes, "rb") : NULL;
  if (!f) return 0;
  err e;
  table_reader *t = csv_open(f, &e);
  if (t) drain(t);
  table_close(t);
  return 0;
}
