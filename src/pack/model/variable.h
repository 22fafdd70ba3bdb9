/* variable.h — a named formula over facts, aggregates, parameters and other variables. */
#ifndef JISHI_PACK_MODEL_VARIABLE_H
#define JISHI_PACK_MODEL_VARIABLE_H

#include "pack/model/aggregate.h"

typedef struct dated_program {
  day from;
  const cel_program *program;
} dated_program;
/* Variables that use one another, at most: what the engine's evaluation may nest. */
enum { PACK_VARIABLE_CHAIN_MAX = 32 };
typedef struct variable {
  const char *name;
  label title;
  int of;       /* kind index; -1: of an event */
  int of_event; /* event kind index; -1: of a kind */
  const cel_type *type;
  uint32_t reads;                /* what it tells of, through all that it uses (field.h) */
  const dated_program *formulas; /* ascending; form changes by date */
  size_t count;
  /* Of an event, in place of formulas: the sum (money) of `earlier`, or the number, of the events
   * of the same kind about the same subject that came before it, by day and then as they were
   * recorded, from its day's calendar year or month on. */
  const cel_program *earlier;
  bool count_earlier;
  window_type since;
} variable;
/* The formula of a day; NULL: there is none yet. */
const dated_program *variable_formula(const variable *v, day on);

#endif
