/* Calendar periods. */
#include "pack/model/period.h"

static const char *const periods[] = {"day", "week", "month", "quarter", "year"};

const char *period_name(period_kind p) {
  return periods[p];
}

void period_days(period_kind p, day on, day *from, day *to) {
  int month = 0;
  switch (p) {
  case PERIOD_DAY:
    *from = *to = on;
    return;
  case PERIOD_WEEK:
    *from = day_week_start(on);
    *to = *from + 6;
    return;
  case PERIOD_MONTH:
    *from = day_month_start(on);
    *to = day_add_months(*from, 1) - 1;
    return;
  case PERIOD_QUARTER:
    for (*from = day_year_start(on); month < 9 && day_add_months(*from, 3) <= on; month += 3)
      *from = day_add_months(*from, 3);
    *to = day_add_months(*from, 3) - 1;
    return;
  case PERIOD_YEAR:
    *from = day_year_start(on);
    *to = day_add_months(*from, 12) - 1;
    return;
  }
}
