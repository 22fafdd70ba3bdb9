/* import_head.h — the top of a roster: which column is what, and which place a row names. */
#ifndef JISHI_ENGINE_IMPORT_HEAD_H
#define JISHI_ENGINE_IMPORT_HEAD_H

#include "sheet/table_read.h"
#include "store/store.h"

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

typedef struct area_book area_book; /* names → codes of the county's areas; lives in its arena */
area_book *area_book_new(store *s, arena *a, err *e);
/* The village (or town) a row names: by code, or by the names of town and village, with or without
 * 村委会, 街道 and the like. */
bool area_book_find(const area_book *b, text code, text town, text village, char out[13], err *e);

#endif
