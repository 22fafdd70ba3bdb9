/* indicator.h — a figure with its definition, over subjects or over the events of a period. */
#ifndef JISHI_PACK_MODEL_INDICATOR_H
#define JISHI_PACK_MODEL_INDICATOR_H

#include "cel/cel.h"
#include "base/label.h"

typedef enum indicator_form {
  INDICATOR_COUNT,    /* rows */
  INDICATOR_SUBJECTS, /* distinct subjects of events */
  INDICATOR_ROOTS,    /* distinct root subjects */
  INDICATOR_SUM,      /* Σ what */
  INDICATOR_SHARE,    /* of the rows, how many `what` is true of */
  INDICATOR_MEAN,     /* Σ what ÷ rows */
  INDICATOR_RATIO     /* Σ what ÷ Σ per */
} indicator_form;
typedef struct indicator {
  const char *name;
  label title, definition; /* 统计口径 */
  label group;             /* heading it stands under */
  int index;
  int of, of_event; /* one of them -1 */
  indicator_form form;
  const cel_program *where; /* the rows that count; NULL: all */
  const cel_program *what, *per;
  const cel_type *type; /* of the figure: int, money, rate, number, with its unit */
} indicator;
/* From Σ what (or the count) and Σ per (or the rows); UNKNOWN where nothing is divided by. */
value indicator_value(const indicator *i, int64_t above, int64_t below);

#endif
