/* The window of an aggregate. */
#include "pack/model/aggregate.h"

day aggregate_first_day(const aggregate *g, day today) {
  switch (g->window) {
  case WINDOW_DAYS:
    return today - g->length + 1;
  case WINDOW_MONTHS:
    return day_add_months(today, -g->length) + 1;
  case WINDOW_CALENDAR_MONTH:
    return day_month_start(today);
  case WINDOW_CALENDAR_YEAR:
    return day_year_start(today);
  case WINDOW_ALL:
    break;
  }
  return DAY_MIN;
}
