/* Calendar periods. */
#include "pack/model/period.h"

static const char *const periods[] = {"day", "week", "month", "quarter", "year"};

const char *period_name(period_kind p) {
  return periods[p];
}

void period_days(period_kind p, day on, day *ret_from, day *ret_to) {
  int month = 0;
  switch (p) {
  case PERIOD_DAY:
    *ret_from = *ret_to = on;
    return;
  case PERIOD_WEEK:
    *ret_from = day_week_start(on);
    *ret_to = *ret_from + 6;
    return;
  case PERIOD_MONTH:
    *ret_from = day_month_start(on);
    *ret_to = day_add_months(*ret_from, 1) - 1;
    return;
  case PERIOD_QUARTER:
    for (*ret_from = day_year_start(on); month < 9 && day_add_months(*ret_from, 3) <= on;
         month += 3)
      *ret_from = day_add_months(*ret_from, 3);
    *ret_to = day_add_months(*ret_from, 3) - 1;
    return;
  case PERIOD_YEAR:
    *ret_from = day_year_start(on);
    *ret_to = day_add_months(*ret_from, 12) - 1;
    return;
  }
}
