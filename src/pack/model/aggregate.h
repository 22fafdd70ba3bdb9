/* aggregate.h — a sum, count, mean, first or last value over the events of a window. */
#ifndef JISHI_PACK_MODEL_AGGREGATE_H
#define JISHI_PACK_MODEL_AGGREGATE_H

#include "base/date.h"
#include "cel/cel.h"
#include "base/label.h"

typedef enum aggregate_op {
  AGG_COUNT,
  AGG_SUM,
  AGG_LAST,
  AGG_FIRST,
  AGG_MIN,
  AGG_MAX,
  AGG_MEAN,
  AGG_DAYS,    /* distinct days */
  AGG_SUBJECTS /* distinct subjects */
} aggregate_op;
typedef enum window_type {
  WINDOW_ALL,
  WINDOW_DAYS,
  WINDOW_MONTHS,
  WINDOW_CALENDAR_MONTH,
  WINDOW_CALENDAR_YEAR
} window_type;
typedef struct aggregate {
  const char *name;
  label title;
  int of;   /* kind index; events about its children count too */
  int over; /* event kind index */
  aggregate_op op;
  const cel_program *where; /* in the event's scope; NULL: all */
  const cel_program *what;  /* in the event's scope; NULL for count, days and subjects */
  window_type window;
  int length; /* days or months: events with day > today - length (months: > same day back), ≤ today
               */
  const cel_type *type;
  uint32_t reads; /* what it tells of (field.h) */
} aggregate;
/* Made of the whole numbers that are counted or summed up, with `n` events: a mean is divided and
 * rounded here, once. False: too large. */
bool aggregate_result(const aggregate *g, int64_t sum, int64_t n, int64_t *ret);
day aggregate_first_day(const aggregate *g, day today); /* of its window; DAY_MIN: all */

#endif
