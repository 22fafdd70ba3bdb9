/* print.h — what stands on a form that is printed: paper, margins, and blocks one below the other.
 *
 * A form is printed of a record, of an event (measures and steps are events, too), or of an area
 * and a period. Whatever it tells of that is a column of one ledger with a single row (ledger.h),
 * so it is masked, worded and computed as everywhere; a table on it is a ledger over the same unit,
 * or over the area. Packs keep theirs in prints.yaml; docs/pack-format.md says how. */
#ifndef JISHI_PACK_MODEL_PRINT_H
#define JISHI_PACK_MODEL_PRINT_H

#include "pack/model/ledger.h"

enum { PRINT_BLOCKS_MAX = 100, PRINT_WIDTHS_MAX = 40, PRINT_PATH_MAX = 96 };

/* What the paper knows beside the row, written {@word}. */
typedef enum print_word {
  PRINT_NO_WORD,
  PRINT_COUNTY,
  PRINT_PLACE, /* the area that was asked for */
  PRINT_TODAY,
  PRINT_BY, /* who prints it, by name */
  PRINT_FROM,
  PRINT_TO,
  PRINT_MONTH, /* of `from` */
  PRINT_ANSWER /* what was filled in with the step or measure: {@answer.NAME} */
} print_word;

/* Words, then a value. */
typedef struct print_piece {
  text words;
  int column; /* of the values; -1: none */
  print_word word;
  const char *answer;
} print_piece;
typedef struct print_text {
  const print_piece *pieces;
  size_t count;
} print_text;

typedef enum print_type {
  PRINT_HEADING,
  PRINT_TEXT,
  PRINT_FIELDS,
  PRINT_TABLE,
  PRINT_TICKS,
  PRINT_BOXES,
  PRINT_PHOTOS,
  PRINT_QR,
  PRINT_RECEIPT,
  PRINT_SPACE,
  PRINT_PAGE
} print_type;

typedef struct print_field {
  const char *title; /* NULL: its column's */
  print_text value;
  double height; /* least, mm */
  bool ruled;    /* to be written on by hand */
} print_field;
typedef struct print_line {
  const print_field *fields;
  size_t count;
} print_line;

/* A choice of a list, and the column that tells whether it was chosen. */
typedef struct print_tick {
  const char *title;
  int column;
} print_tick;
/* What a receipt carries: a figure that can be computed with, or only words. */
typedef struct print_figure {
  const char *name, *title; /* title NULL: its column's */
  int column;               /* -1: an answer */
  const char *answer;
} print_figure;

typedef enum print_side { PRINT_LEFT, PRINT_CENTRE, PRINT_RIGHT } print_side;
typedef struct print_block {
  print_type type;
  int when; /* a column that is 1: only then; -1: always */
  print_side align;
  bool bold;
  double size, above, indent, height, width; /* 0: as usual */
  double widths[PRINT_WIDTHS_MAX];
  size_t width_count;
  print_text text;         /* also of QR: what it holds */
  print_text beside;       /* of QR and RECEIPT */
  const print_text *boxes; /* BOXES */
  size_t box_count;
  const print_line *lines; /* FIELDS */
  size_t line_count;
  ledger *table; /* TABLE */
  int64_t least, newest, rows_max;
  const char *none;        /* instead of a table without rows; NULL: the table stands */
  const print_tick *ticks; /* TICKS */
  size_t tick_count;
  int column;                  /* PHOTOS */
  const print_figure *figures; /* RECEIPT; the last is what was granted */
  size_t figure_count;
  const char *formula; /* of the last, over the names of the others; NULL: none */
} print_block;

typedef struct print {
  const char *name, *title;
  const pack *pack;
  const kind *kind;        /* NULL: of an area */
  const event_kind *event; /* NULL: of a record */
  bool landscape, english;
  double top, right, bottom, left, size;
  const ledger *values;  /* NULL: of an area */
  const char *otherwise; /* what is said of what its `when` leaves out; "" */
  const print_block *blocks;
  size_t block_count;
} print;

/* One of a pack's. */
struct print_spec {
  const char *name;
  label title;
  const kind *kind;        /* NULL: of an area */
  const event_kind *event; /* NULL: of a record, or an area */
  const json *asked;       /* the whole */
};

/* Checked and compiled, in one language; lives in `a`. from, to: of its tables; "": all. When it
 * fails, *ret_path tells where: "blocks/2/fields/0/1", and e->where where within. */
typedef struct print_request {
  bool english, clear;
  text from, to;
} print_request;
bool print_read(arena *a, const catalog *packs, const json *asked, const print_request *how,
                print *ret, char ret_path[PRINT_PATH_MAX], err *e);

#endif
