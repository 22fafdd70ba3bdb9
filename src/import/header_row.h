/* header_row.h — the top of a roster: which column is what. */
#ifndef JISHI_IMPORT_HEADER_ROW_H
#define JISHI_IMPORT_HEADER_ROW_H

#include "pack/model/pack.h"
#include "sheet/table_read.h"

enum { HEADER_COLUMNS_MAX = 256, HEADER_SEARCH_ROWS = 20 };

typedef enum column_use {
  USE_NOTHING,
  USE_FIELD,
  USE_COUNTY,
  USE_TOWN,
  USE_VILLAGE,
  USE_AREA_CODE
} column_use;
typedef struct header_column {
  column_use use;
  const import_column *to; /* USE_FIELD */
  text header;             /* without white space */
} header_column;
typedef struct header_row {
  header_column columns[HEADER_COLUMNS_MAX];
  size_t count;
  const char *unknown; /* headers nobody knows, joined; "" for none */
} header_row;

/* Reads rows until the header is found; the reader then stands on the first row of data. Errors:
 * ERR_BAD_FILE (no header, or a required column is missing), ERR_MEMORY, those of table_next. */
bool header_row_find(table_reader *t, const import_layout *layout, const pack *p, arena *a,
                     header_row *ret_header, err *e);

#endif
