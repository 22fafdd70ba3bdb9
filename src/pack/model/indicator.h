/* indicator.h — a figure with its definition: over subjects, over the events of a period, or how
 * long it took from one thing to another. */
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
  INDICATOR_RATIO,    /* Σ what ÷ Σ per */
  INDICATOR_DURATION  /* median days from one thing to another */
} indicator_form;

/* What begins a duration or ends it: the matching events, or a day that a subject's own facts tell.
 */
typedef struct duration_mark {
  int of_event;             /* -1: of the subject itself */
  const cel_program *where; /* NULL: every event */
  const cel_program *day;   /* date; NULL: the event's own */
} duration_mark;
typedef struct duration_marks {
  const duration_mark *items;
  size_t count;
} duration_marks;
/* A spell begins with the first mark of `from` and ends with the first of `to` on or after that
 * day; marks of `from` in between belong to it. The first of `leaves` before that ends it without
 * having come to `to`: from then on nothing more is known of it. */
typedef struct duration {
  duration_marks from, to, leaves;
  bool working_days;
  int limit; /* parameter index, whole days; -1: none */
} duration;
typedef struct indicator {
  const char *name;
  label title, definition; /* 统计口径 */
  label group;             /* heading it stands under */
  int index;
  int of, of_event; /* one of them -1 */
  indicator_form form;
  const cel_program *where; /* the rows that count; NULL: all */
  const cel_program *what, *per;
  const cel_type *type;     /* of the figure: int, money, rate, number, with its unit */
  const duration *duration; /* INDICATOR_DURATION: of the kind `of`; else NULL */
} indicator;
/* From Σ what (or the count) and Σ per (or the rows); UNKNOWN where nothing is divided by. */
value indicator_value(const indicator *i, int64_t above, int64_t below);

#endif
