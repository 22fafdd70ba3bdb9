/* The figure of an indicator. */
#include "base/money.h"
#include "pack/model/indicator.h"

/* The decimals of a figure as it is counted: those of a rate are told in percent. */
static int scale_of(const cel_type *t) {
  int decimals = cel_type_decimals(t);
  if (decimals < 0) return RATE_DECIMALS;
  return t->unit == UNIT_RATE ? decimals + 2 : decimals;
}

static bool figure(const indicator *i, int64_t above, int64_t below, int64_t *ret) {
  const cel_type *what = i->what ? cel_program_type(i->what) : &cel_int;
  const bool counted = i->form == INDICATOR_SHARE || what->unit == UNIT_NONE;
  const bool decimal = i->type->unit == UNIT_RATE || i->type->unit == UNIT_NUMBER;
  switch (i->form) {
  case INDICATOR_SHARE:
    return decimal_divide(above, below, scale_of(i->type), ret);
  case INDICATOR_RATIO:
    if (what->unit == cel_program_type(i->per)->unit)
      return decimal_divide(above, below, scale_of(i->type), ret);
    break;
  case INDICATOR_MEAN:
    break;
  default:
    *ret = above;
    return !decimal || decimal_round(above, scale_of(i->type), ret);
  }
  if (counted && decimal) return decimal_divide(above, below, scale_of(i->type), ret);
  return decimal ? decimal_mean(above, below, scale_of(i->type), ret)
                 : money_divide(above, below, ret);
}

value indicator_value(const indicator *i, int64_t above, int64_t below) {
  static const missing nothing = {"", NULL};
  int64_t out;
  return figure(i, above, below, &out) ? value_int(out)
                                       : (value){.type = VALUE_UNKNOWN, .missing = &nothing};
}
