/* columns.h — the same expressions over columns: what cel_eval answers one row at a time, for many
 * rows, batch by batch, without a branch or a call a row.
 *
 * A column is data and two bitmaps: *known* and *failed*; a row that is neither is unknown, as
 * absent facts are. A plan is made of any number of programs about rows of one table; what they
 * share is computed once. What no instruction exists for is answered row by row through cel_eval,
 * so that every expression works and agrees.
 *
 * All arrays are aligned to COLUMN_ALIGN and padded to whole batches; what stands in the padding,
 * and where a row is not known, does not matter (but is within the column's bounds).
 *
 * Knows nothing of where columns come from: the caller answers for every name. */
#ifndef JISHI_CEL_COLUMNS_H
#define JISHI_CEL_COLUMNS_H

#include "cel/ast.h"
#include "cel/cel.h"

enum { BATCH = 1024, BATCH_WORDS = BATCH / 64, COLUMN_ALIGN = 64, COLUMN_WORDS_MAX = 255 };

typedef enum lane {
  LANE_BIT,   /* uint64_t words, a bit a row */
  LANE_CODE,  /* uint8_t: which of `words` */
  LANE_INT32, /* int, money, date, rate, number that fit */
  LANE_INT64
} lane;

typedef struct column {
  lane lane;
  const void *data;
  const uint64_t *known;    /* NULL: all */
  const uint64_t *failed;   /* NULL: none; never where known */
  int64_t least, most;      /* bounds of the data, of unknown rows, too */
  const char *const *words; /* LANE_CODE; or a set: bit i of the int stands for words[i] */
  size_t word_count;
  bool set; /* LANE_INT64: a list of words */
} column;

/* What a name stands for. */
typedef enum source_kind {
  SOURCE_NONE, /* nothing a column can hold: answered row by row */
  SOURCE_COLUMN,
  SOURCE_VALUE,   /* the same for all rows, faults included */
  SOURCE_PROGRAM, /* another program about the same rows */
  SOURCE_FAILED   /* out of memory */
} source_kind;
typedef struct source {
  source_kind kind;
  column column;
  const uint32_t *through; /* SOURCE_COLUMN: the column's row of each of our rows; NULL: the same */
  value value;
  const cel_program *program;
} source;

/* size(), exists() … over a list of rows of another table. */
typedef enum fold_kind {
  FOLD_COUNT,
  FOLD_ANY,
  FOLD_ALL,
  FOLD_ONE,
  FOLD_SUM,
  FOLD_MIN,
  FOLD_MAX
} fold_kind;
enum { FOLD_FILTERS_MAX = 4 };
typedef struct fold {
  fold_kind kind;
  int slot; /* the list */
  const cel_program *program;
  size_t filter_count;
  struct {
    const node *test;
    int local;
  } filters[FOLD_FILTERS_MAX];
  const node *body; /* NULL: FOLD_COUNT */
  int local;        /* of the body */
} fold;

typedef struct column_ask {
  void *context;
  source (*slot)(void *context, int slot);
  source (*slot_field)(void *context, int slot, text field);   /* parent.field, form.field */
  source (*local_field)(void *context, int local, text field); /* inside a fold's body */
  source (*fold)(void *context, const fold *f);
  /* For answers row by row; lives in `a`. */
  value (*cell)(void *context, int slot, size_t row, arena *a);
  day today;
  const calendar *calendar;
} column_ask;

/* ---- a plan ---- */
typedef struct column_plan column_plan; /* lives in its arena; sealed, many threads may run it */
column_plan *plan_new(arena *a, const column_ask *ask); /* NULL: memory */
/* Programs added from now on are answered by another `ask`: the same rows under other parameters.
 * What both have in common is still computed once. */
bool plan_ask_again(column_plan *p, const column_ask *ask); /* false: memory */
/* The number of the output, or -1: memory. Outputs of bool are LANE_BIT, all others LANE_INT64 or
 * LANE_INT32. */
int plan_add(column_plan *p, const cel_program *program);
/* A node of a fold's body or filter. -1: memory; -2: no instruction for it, the whole program must
 * go row by row. */
int plan_add_part(column_plan *p, const cel_program *program, const node *part);
bool plan_seal(column_plan *p); /* false: memory */
/* Whether the output may have rows that are unknown, or failed. */
bool plan_may_miss(const column_plan *p, int output);
bool plan_same(const column_plan *p, int output, int other); /* both are one step */
size_t plan_row_by_row(const column_plan *p); /* programs without instructions of their own */

typedef struct plan_state plan_state;             /* registers of one thread */
plan_state *plan_state_new(const column_plan *p); /* NULL: memory */
void plan_state_free(plan_state *s);
/* Rows from `batch` × BATCH on. False: memory. */
bool plan_run(const column_plan *p, plan_state *s, size_t batch);
/* After plan_run: the output's rows of this batch (from index 0). `s` NULL: lane and bounds only.
 */
column plan_output(const column_plan *p, const plan_state *s, int output);

#endif
