/* screen_internal.h — what the files of screen/ share: tables of columns, and names that mean
 * something in them. */
#ifndef JISHI_SCREEN_INTERNAL_H
#define JISHI_SCREEN_INTERNAL_H

#include "cel/columns.h"
#include "screen/screen.h"

#include <pthread.h>

/* ---- tables ---- */

typedef struct stored_column {
  const field *field; /* NULL: not one that any expression reads */
  lane lane;
  bool set, textual; /* textual: numbers of texts (LANE_INT32) */
  void *data;
  uint64_t *known;
  bool unknown; /* some row was ever unknown */
  int64_t least, most;
  const char **words;
  size_t word_count;
} stored_column;

typedef struct row_block {
  uint32_t first, count;
} row_block;

typedef struct screen_table screen_table;
struct screen_table {
  const kind *kind;        /* subjects, or: */
  const event_kind *event; /* events */
  screen_table *root;      /* NULL: root subjects */
  screen_table *about;     /* events: the table of their subjects */
  bool wanted;
  size_t rows, room, dead;
  stored_column *fields; /* by field index */
  size_t field_count;
  uint64_t *live;
  bool ends;         /* some subject has, or will have, ended */
  uint64_t *ended;   /* subjects that are there and count no more: not live */
  uuid *ids;         /* subjects */
  uint32_t *area;    /* subjects: number in the screen's areas */
  uint32_t *owner;   /* row of the root; of a root: its own */
  uint32_t *subject; /* events: row in `about` */
  int32_t *on;       /* events */
  int32_t first_day, last_day;
  struct {
    uint32_t least, most;
  } * areas_of; /* subjects: of each batch */
  /* roots only */
  screen_table **parts;
  size_t part_count;
  row_block *blocks; /* row × part_count + part: where a unit's rows lie; events newest first */
  uint32_t *slots;   /* of the hash of ids; row + 1 */
  size_t slot_count;
};

size_t padded(size_t rows);                      /* to whole batches */
void *aligned_zero(size_t bytes);                /* NULL: memory */
bool table_room(screen_table *t, size_t rows);   /* false: memory */
bool table_begin(screen_table *t, size_t count); /* marks nothing wanted */
bool table_want(screen_table *t, int field);
void table_free(screen_table *t);
uint32_t table_find(const screen_table *t, const uuid *id); /* UINT32_MAX: none */
bool table_index(screen_table *t, uint32_t row);            /* into the hash */
void table_kill(screen_table *t, uint32_t row);
void table_end(screen_table *t, uint32_t row, day today); /* live or ended, by its kind's day */
column table_column(const stored_column *f);
static inline bool bit_of(const uint64_t *bits, size_t i) {
  return bits[i / 64] >> (i % 64) & 1;
}
static inline void bit_put(uint64_t *bits, size_t i, bool yes) {
  const uint64_t bit = UINT64_C(1) << (i % 64);
  bits[i / 64] = yes ? bits[i / 64] | bit : bits[i / 64] & ~bit;
}
bool stored_put(screen *s, screen_table *t, stored_column *f, size_t row, const value *v);
value stored_value(const screen *s, const stored_column *f, size_t row, arena *a);

/* ---- the screen ---- */

/* An aggregate of every subject, as of the screen's day. */
typedef struct day_aggregate {
  const aggregate *aggregate;
  lane lane; /* INT32 while all of them fit */
  void *data;
  uint64_t *known, *failed;
  bool missing; /* some row was ever unknown or failed */
  size_t room;
  int64_t least, most;
} day_aggregate;

/* Where units are: those of one area and one zone have one number. */
typedef struct unit_place {
  char area[13], zone[13]; /* zone "": none */
} unit_place;

/* Where a unit was on the days before `until`. */
typedef struct past_place {
  uuid root;
  uint32_t area;
  day until;
} past_place;

struct screen {
  const pack *p;
  const calendar *calendar;
  pthread_rwlock_t lock; /* held for reading while a question is computed */
  int64_t seq;
  day day;                         /* of the aggregates */
  screen_table *subjects, *events; /* by index in the pack */
  day_aggregate *aggregates;
  unit_place *areas;
  size_t area_count, area_room;
  past_place *past; /* by root and day; few: units that ever moved */
  size_t past_count;
  /* texts that expressions read */
  arena *texts_arena;
  text *texts;
  size_t text_count, text_room;
  uint32_t *text_slots;
  size_t text_slot_count;
  arena *a; /* words, needs */
};

/* Its number; UINT32_MAX: memory. */
uint32_t screen_area(screen *s, const char *area, const char *zone);
bool area_in_scope(const screen *s, uint32_t area, const scope *r); /* r NULL: all are */
/* Where units were (past.c). Under the write lock. */
bool past_load(screen *s, store *from, arena *scratch, err *e);
uint32_t past_area_on(const screen *s, const uuid *root, day on, uint32_t now);
bool screen_needs(screen *s); /* needs.c: marks what expressions read */
/* Puts the rows of the unit with that root (unit->root NULL: it is gone) into its place in `t`.
 * *ret_row: UINT32_MAX when it is not there. Under the write lock. */
bool unit_put(screen *s, screen_table *t, const uuid *id, const unit_rows *unit, uint32_t *ret_row);
/* One more row at the end of a unit's block, which must be the last of its table (while loading).
 */
bool block_add(screen *s, screen_table *t, size_t part, uint32_t owner, const record *r,
               const event *x);
bool tables_compact(screen *s);

/* ---- names ---- */

/* One reading of the county: a day and a set of parameter values. */
typedef struct computed_columns computed_columns; /* columns computed for it */
typedef struct scenario {
  const screen *s;
  arena *a;
  day on;
  const setting *settings;
  size_t setting_count;
  int threads;
  computed_columns *computed;
  bool no_memory;
  const uint64_t **live; /* [kind]: the rows that count on that day */
} scenario;
bool scenario_begin(scenario *w); /* false: memory */
void scenario_end(scenario *w);   /* frees what was computed_columns */

/* Rows of a table, as what names mean in expressions over them. */
typedef struct row_context {
  scenario *w;
  const screen_table *t;
  const name_scope *scope;
  const fold *fold; /* inside the body of a fold over t, of a scope of its root */
} row_context;
column_ask row_context_ask(row_context *p);
/* Of one row. *ret_provisional (may be NULL): working days of a year without a holiday notice were
 * counted, by the program or by variables it reads. */
value row_context_eval(const row_context *p, const cel_program *program, size_t row, arena *a,
                       bool *ret_provisional);
bool program_counts_workdays(const pack *of, const cel_program *p, const name_scope *sc);
bool scenario_sets(const scenario *w, const cel_program *p,
                   const name_scope *sc); /* reads a parameter that is set */
const cel_program *formula_on(const variable *v, day on);

/* compute.c: whole columns. Owned by the scenario; false: memory. */
bool compute_program(scenario *w, const screen_table *t, const name_scope *sc, const cel_program *p,
                     column *ret);
bool compute_fold(scenario *w, const screen_table *root, const name_scope *sc, const fold *f,
                  source *ret);
bool compute_aggregate(scenario *w, const aggregate *g, column *ret);
/* A last text, list or truth is in no column: it is looked up where a row asks for it. */
bool aggregate_in_column(const aggregate *g);
value compute_aggregate_row(scenario *w, const aggregate *g, size_t row, arena *a);
/* What the variable adds up of the events before the row's. */
value compute_earlier(scenario *w, const screen_table *t, const variable *v, size_t row, arena *a);
column day_aggregate_column(const day_aggregate *k);
bool day_aggregate_fill(scenario *w, day_aggregate *k); /* fills an empty one */
/* Recomputes the aggregates: of all units, or of the units in `rows` of a root table. */
bool aggregates_refresh(screen *s, const screen_table *roots, const uint32_t *rows, size_t count);
/* Runs a sealed plan over a table's batches with several threads; `each` takes a batch's outputs.
 */
typedef bool (*batch_taker)(void *context, int thread, size_t batch, const column_plan *p,
                            const plan_state *st);
bool compute_batches(const column_plan *p, size_t batches, int threads, batch_taker each,
                     void *context);

#endif
