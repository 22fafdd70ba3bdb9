/* columns_plan.h — the inside of a plan: a list of steps, each making one column of a batch. */
#ifndef JISHI_CEL_COLUMNS_PLAN_H
#define JISHI_CEL_COLUMNS_PLAN_H

#include "cel/columns.h"
#include "cel/kernels.h"
#include "cel/program.h"

typedef enum step_op {
  /* from outside */
  STEP_COLUMN, /* rows of a column, where they lie */
  STEP_GATHER, /* rows of a column of another table */
  STEP_NUMBER, /* `number` for all */
  STEP_TRUTH,  /* `number` (0, 1) for all, as bits */
  STEP_ROWS,   /* a program, row by row */
  /* of ints */
  STEP_WIDEN,
  STEP_ADD,
  STEP_SUBTRACT,
  STEP_MULTIPLY,
  STEP_DIVIDE,
  STEP_QUOTIENT,
  STEP_REMAINDER,
  STEP_SHARE,
  STEP_MIN,
  STEP_MAX,
  STEP_YEAR,
  STEP_MONTH,
  STEP_MONTH_DAY,
  STEP_WEEKDAY,
  STEP_MONTHS_BETWEEN,
  STEP_YEARS_BETWEEN,
  STEP_PICK, /* c ? a : b */
  STEP_OR_ELSE,
  STEP_LOOKUP, /* a code's number in `table` */
  /* to bits */
  STEP_LESS,
  STEP_EQUAL,
  STEP_BELOW, /* a < number */
  STEP_ABOVE,
  STEP_IS,
  STEP_ONE_OF,  /* a code's truth in `table` */
  STEP_ANY_BIT, /* a set has one of the bits of `number` */
  STEP_KNOWN,
  STEP_NOT,
  STEP_AND,
  STEP_OR,
  STEP_SAME, /* bits equal */
  STEP_PICK_BITS,
  STEP_OR_ELSE_BITS
} step_op;

/* A code's number or truth, and where there is none. Codes beyond the words never come. */
typedef struct code_table {
  int64_t number[256];
  uint8_t truth[256], known[256], failed[256];
} code_table;

typedef struct plan_step {
  step_op op;
  lane lane;
  int a, b, c; /* steps; -1: none */
  int64_t number;
  int64_t least, most;
  bool unknown, failed; /* whether some row may be: what has no such rows has no bitmap */
  bool no_value;        /* NUMBER, TRUTH: unknown or failed for all */
  column column;        /* COLUMN, GATHER */
  const uint32_t *through;
  const code_table *table;
  const cel_program *program; /* ROWS, and whom to ask */
  const column_ask *ask;
  int data; /* register; -1: none of its own */
  int last; /* the step that reads it last */
} plan_step;

typedef struct plan_program {
  const cel_program *program;
  int step; /* its result */
} plan_program;

struct column_plan {
  arena *a;
  column_ask ask;
  const column_ask *asked; /* the same, where it stays */
  plan_step *steps;
  size_t count, room;
  plan_program *programs;
  size_t program_count, program_room;
  int *outputs;
  size_t output_count, output_room;
  size_t registers;
  size_t by_row;
  bool no_memory;
  const kernels *k;
};

/* What building gives beside the number of a step. */
enum { NO_MEMORY = -1, NO_WAY = -2 };

/* ---- columns_steps.c: what may be unknown, failed, or how large goes from step to step ---- */
int plan_step_add(column_plan *p, plan_step s); /* the same step is there once */
plan_step plan_step_of(step_op op, lane l, int a, int b);
void plan_join_faults(const column_plan *p, plan_step *s); /* of the steps it reads */
int plan_bits(column_plan *p, step_op op, int a, int b);
int plan_not(column_plan *p, int a);
int plan_wide(column_plan *p, int a);                /* in 64 bits */
bool plan_same_lane(column_plan *p, int *a, int *b); /* false: no memory */
bool plan_fits32(int64_t least, int64_t most);
/* An int between `least` and `most`. NO_WAY: it might overflow; row by row tells. */
int plan_int_step(column_plan *p, step_op op, int a, int b, __int128 least, __int128 most);
int plan_number(column_plan *p, int64_t n);
int plan_truth(column_plan *p, bool yes);
int plan_fault(column_plan *p, bool bits, bool failed); /* unknown, or failed, for all rows */

/* ---- columns_build.c ---- */
int plan_node(column_plan *p, const node *n);
int plan_source(column_plan *p, const source *s, bool bits); /* a name's value as a step */
source plan_name(column_plan *p, const node *n); /* of a slot, or of a field selected from a name */

/* ---- columns_words.c ---- */
int plan_one_of(column_plan *p, const node *n, const text *words, size_t count);
int plan_set_has(column_plan *p, const node *set, const text *words, size_t count);
int plan_keyed(column_plan *p, const value_map *map, const node *key);

#endif
