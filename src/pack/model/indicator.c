/* The figure of an indicator. */
#include "base/money.h"
#include "pack/model/indicator.h"

value indicator_value(const indicator *i, int64_t above, int64_t below) {
  static const missing nothing = {"", NULL};
  const value unknown = {.type = VALUE_UNKNOWN, .missing = &nothing};
  int64_t out;
  switch (i->form) {
  case INDICATOR_SHARE:
    break;
  case INDICATOR_RATIO:
    if (cel_program_type(i->what)->unit != cel_program_type(i->per)->unit)
      return below != 0 && money_divide(above, below, &out) ? value_int(out) : unknown;
    break;
  case INDICATOR_MEAN:
    return below != 0 && money_divide(above, below, &out) ? value_int(out) : unknown;
  default:
    return value_int(above);
  }
  /* above ÷ below as a rate */
  return below != 0 && money_share_of(above, RATE_ONE, RATE_ONE, below, &out) ? value_int(out)
                                                                              : unknown;
}
