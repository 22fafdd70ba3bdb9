/* period.h — the calendar periods that duties, summaries and figures are told by. */
#ifndef JISHI_PACK_MODEL_PERIOD_H
#define JISHI_PACK_MODEL_PERIOD_H

#include "base/date.h"

typedef enum period_kind {
  PERIOD_DAY,
  PERIOD_WEEK, /* ISO: Monday to Sunday */
  PERIOD_MONTH,
  PERIOD_QUARTER,
  PERIOD_YEAR
} period_kind;
const char *period_name(period_kind p);
void period_days(period_kind p, day on, day *ret_from, day *ret_to); /* the first and the last */

#endif
