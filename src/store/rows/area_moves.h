/* area_moves.h — units go to another area, with all that belongs to them. */
#ifndef JISHI_STORE_ROWS_AREA_MOVES_H
#define JISHI_STORE_ROWS_AREA_MOVES_H

#include "base/date.h"
#include "store/store.h"

/* Moves units with all that belongs to them, and remembers where they were. */
typedef struct area_move {
  const char *from, *to;
  const uuid *root; /* this one, wherever it is; NULL: all that are in `from` */
  int64_t seq;      /* 0: it is a move back, of which nothing is remembered */
  day on;           /* the first day in `to` */
  day today;        /* from which duties count there, and on which they are evaluated again */
} area_move;
bool store_area_move(store *s, const area_move *m, err *e);

#endif
