/* The window of an aggregate, and its result. */
#include "base/money.h"
#include "pack/model/aggregate.h"

bool aggregate_result(const aggregate *g, int64_t sum, int64_t n, int64_t *ret) {
  *ret = sum;
  if (g->type->kind != CEL_INT) return true;
  const bool decimal = g->type->unit == UNIT_RATE || g->type->unit == UNIT_NUMBER,
             mean = g->op == AGG_MEAN;
  int decimals = cel_type_decimals(g->type);
  if (decimals >= 0 && g->type->unit == UNIT_RATE) decimals += 2; /* told in percent */
  if (!decimal) return !mean || money_divide(sum, n, ret);
  if (!mean) return decimals < 0 || decimal_round(sum, decimals, ret);
  if (decimals < 0) decimals = RATE_DECIMALS;
  if (cel_program_type(g->what)->unit == UNIT_NONE) return decimal_divide(sum, n, decimals, ret);
  return decimal_mean(sum, n, decimals, ret);
}

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
