/* header_row.h — the top of a roster: which column is what. */
#ifndef JISHI_IMPORT_HEADER_ROW_H
#define JISHI_IMPORT_HEADER_ROW_H

#include "sheet/table_read.h"
#include "pack/pack.h"

enum { IMPORT_COLUMNS_MAX = 256, IMPORT_HEAD_ROWS = 20 };

typedef enum column_use {
  USE_NOTHING,
  USE_FIELD,
  USE_COUNTY,
  USE_TOWN,
  USE_VILLAGE,
  USE_AREA_CODE
} column_use;
typedef struct head_column {
  column_use use;
  const import_column *to; /* USE_FIELD */
  text header;
} head_column;
typedef struct import_head {
  head_column columns[IMPORT_COLUMNS_MAX];
  size_t count;
  const char *unknown; /* headers nobody knows, joined; "" for none */
} import_head;

/* Reads rows until the header is found; the reader then stands on the first row of data. */
bool import_find_head(table_reader *t, const import_layout *layout, const pack *p, arena *a,
                      import_head *out, err *e);

#endif
