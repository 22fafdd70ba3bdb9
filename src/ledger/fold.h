/* fold.h — the lines of a summary: rows that agree in their keys, put together.
 *
 * Holds the sums of every line and column, not the rows: what it takes grows with the lines of the
 * answer. A key that is not known is a line of its own, the last one. */
#ifndef JISHI_LEDGER_FOLD_H
#define JISHI_LEDGER_FOLD_H

#include "ledger/ledger.h"

enum {
  FOLD_LINES_MAX = 100000,
  FOLD_ACROSS_MAX = 300,
  FOLD_CELLS_MAX = 1000000 /* over all lines and columns */
};

/* What rows agree in: two with the same `id` are the same. They come by rank, then by id. */
typedef struct fold_key {
  table_value cell; /* empty: not known */
  text id;
  int64_t rank;
} fold_key;
/* What a row is to one of the columns. */
typedef enum fold_part_state { PART_OUT, PART_IN, PART_UNKNOWN } fold_part_state;
typedef struct fold_part {
  fold_part_state state;
  int64_t number; /* PART_IN */
} fold_part;

typedef struct fold fold;
fold *fold_new(const ledger *l, err *e); /* the ledger must outlive it */
void fold_free(fold *f);                 /* NULL is fine */
/* `times` rows alike: their keys, and a part for each column after the keys. Copies what it keeps.
 */
bool fold_add(fold *f, const fold_key *keys, const fold_part *parts, int64_t times, err *e);
bool fold_add_line(fold *f, const fold_key *keys, err *e); /* though no row is in it */
/* The lines, from the head to the total. Texts live in `a`. */
bool fold_tell(fold *f, arena *a, const ledger_sink *sink, ledger_end *end, err *e);

#endif
