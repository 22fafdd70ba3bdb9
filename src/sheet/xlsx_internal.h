/* xlsx_internal.h — what the parts of the XLSX reader share: xlsx_book.c knows the workbook (parts,
 * sheets, styles, strings), xlsx_merges.c which cells are merged, xlsx_read.c the sheet that is
 * being read. */
#ifndef JISHI_SHEET_XLSX_INTERNAL_H
#define JISHI_SHEET_XLSX_INTERNAL_H

#include "base/arena.h"
#include "sheet/table_internal.h"

#include <expat.h>

enum {
  XLSX_STYLES_MAX = 65536,  /* cell formats of a workbook; Excel stops at 65,490 */
  XLSX_FORMATS_MAX = 65536, /* number formats */
  XLSX_PIECE = 65536,       /* bytes that are inflated at once */
};

typedef enum cell_kind {
  CELL_NUMBER,
  CELL_SHARED,
  CELL_BOOL,
  CELL_DATE,  /* ISO 8601, strict workbooks only */
  CELL_AS_IS, /* inline and formula text */
  CELL_FAULT  /* "#N/A" */
} cell_kind;

/* Cells that are one, over more than one row. Only the first column of such a block says it. */
typedef struct xlsx_merge {
  int64_t from, to; /* rows */
  size_t column;
} xlsx_merge;
/* What a merged cell says, of the one that the row being read may continue. */
typedef struct xlsx_merged {
  int64_t from, to; /* rows; to 0: none */
  buf text;
  table_cell cell;
} xlsx_merged;

typedef struct xlsx {
  table_reader base;
  zip_t *zip;
  table_limits limits;
  arena *a;
  bool date_1904;
  char book_path[TABLE_NAME_MAX_BYTES]; /* "xl/workbook.xml" */
  char styles_path[TABLE_NAME_MAX_BYTES], strings_path[TABLE_NAME_MAX_BYTES];
  text *sheets; /* visible ones: names, relation ids, paths ("" until known) */
  const char **sheet_ids, **sheet_paths;
  size_t sheet_count;
  text *hidden;
  size_t hidden_count;
  text *shared;
  size_t shared_count, shared_room;
  unsigned char date_formats[XLSX_FORMATS_MAX / 8]; /* bit n: number format n is a date */
  bool *style_is_date;
  size_t style_count, style_room;
  /* the part being read */
  zip_file_t *part;
  XML_Parser parser;
  int64_t inflated, part_inflated, part_packed;
  int64_t book_inflated; /* of it all that is not a sheet */
  buf cell;              /* the text being collected, while in_text and not in_phonetic */
  int in_text, in_phonetic;
  /* the sheet being read */
  size_t sheet;
  xlsx_merge *merges; /* by their first rows; of merges_of, and begun up to `merge` */
  size_t merge_count, merge_room, merges_of, merge;
  xlsx_merged *merged;                    /* [column] */
  unsigned short open[TABLE_COLUMNS_MAX]; /* columns of `merged` that go on, in no order */
  size_t open_count;
  bool row_hidden, has_formula, has_value;
  bool chosen, in_row, row_ready, any_row, ended;
  row_builder row;
  int64_t row_number;
  size_t column;
  cell_kind kind;
  size_t style;
  err fault; /* the first one; code ERR_NONE: none */
} xlsx;

/* xlsx_merges.c */
bool xlsx_read_merges(xlsx *x, const char *path); /* of the sheet in this part; kept for the next */
void xlsx_begin_merges(xlsx *x);                  /* from the sheet's first row on */
/* Into the row just read, what merged cells say that began above it. */
bool xlsx_fill_merged(xlsx *x);
void xlsx_release_merges(xlsx *x);

/* xlsx_book.c */
bool xlsx_open_part(xlsx *x, const char *path, bool *ret_there); /* without a parser */
bool xlsx_within_limits(xlsx *x, int64_t got);                   /* counts what was inflated */
bool xlsx_fault(xlsx *x, err_code code, label what);             /* false */
bool xlsx_no_memory(xlsx *x);                                    /* false */
bool xlsx_damaged(xlsx *x);                                      /* false */
const char *xlsx_local(const char *name); /* "row" of "row" and of "main:row" */
const char *xlsx_attribute(const char **attributes, const char *name); /* NULL: absent */
bool xlsx_read_book(xlsx *x);
text xlsx_unescape(buf *b);              /* what b means without _x000D_; changes b */
bool xlsx_count(xlsx *x, int64_t bytes); /* against the limit of all inflated bytes */
/* Begins a part with its handlers; *ret_there false: no such part. */
bool xlsx_begin_part(xlsx *x, const char *path, XML_StartElementHandler start,
                     XML_EndElementHandler end, bool *ret_there);
/* Feeds the next piece to the parser, or goes on after it was suspended; *ret_more false at the
 * end. */
bool xlsx_feed(xlsx *x, bool *ret_more);
void xlsx_end_part(xlsx *x);

#endif
