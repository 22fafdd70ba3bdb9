/* math.*: greatest, least, rounding, bits. */
#include "cel/program.h"

#include <math.h>

static bool is_number(const value *v) {
  return v->type == VALUE_INT || v->type == VALUE_UINT || v->type == VALUE_DOUBLE;
}

static value extreme(machine *m, const char *name, const value *args, size_t count, int sign) {
  const value *items = args;
  size_t n = count;
  if (count == 1 && args[0].type == VALUE_LIST) {
    items = args[0].list->items;
    n = args[0].list->count;
    if (!machine_charge(m, n / 8)) return machine_stopped(m);
    if (n == 0)
      return machine_fail(m, "列表是空的，没有最大或最小。",
                          "An empty list has no greatest or least.");
  }
  const value *best = &items[0];
  for (size_t i = 0; i < n; i++) {
    if (!is_number(&items[i])) return machine_mistyped(m, name, &items[i], 1);
    int order = value_compare(&items[i], best);
    if (order != 2 && order * sign > 0) best = &items[i];
  }
  return *best;
}

value run_math_greatest(machine *m, const value *args, size_t count) {
  return extreme(m, "math.greatest", args, count, 1);
}
value run_math_least(machine *m, const value *args, size_t count) {
  return extreme(m, "math.least", args, count, -1);
}

#define OF_DOUBLE(c_name, name, result)                                                            \
  value run_##c_name(machine *m, const value *args, size_t count) {                                \
    if (args[0].type != VALUE_DOUBLE) return machine_mistyped(m, name, args, count);               \
    double d = args[0].d;                                                                          \
    return result;                                                                                 \
  }
OF_DOUBLE(math_ceil, "math.ceil", value_double(ceil(d)))
OF_DOUBLE(math_floor, "math.floor", value_double(floor(d)))
OF_DOUBLE(math_round, "math.round", value_double(round(d)))
OF_DOUBLE(math_trunc, "math.trunc", value_double(trunc(d)))
OF_DOUBLE(math_is_nan, "math.isNaN", value_bool(isnan(d)))
OF_DOUBLE(math_is_inf, "math.isInf", value_bool(isinf(d)))
OF_DOUBLE(math_is_finite, "math.isFinite", value_bool(isfinite(d)))

value run_math_abs(machine *m, const value *args, size_t count) {
  switch (args[0].type) {
  case VALUE_UINT:
    return args[0];
  case VALUE_DOUBLE:
    return value_double(fabs(args[0].d));
  case VALUE_INT:
    if (args[0].i == INT64_MIN)
      return machine_fail(m, "计算结果超出了数的范围。",
                          "The result is out of the range of numbers.");
    return value_int(args[0].i < 0 ? -args[0].i : args[0].i);
  default:
    return machine_mistyped(m, "math.abs", args, count);
  }
}

value run_math_sign(machine *m, const value *args, size_t count) {
  double d = args[0].d;
  switch (args[0].type) {
  case VALUE_UINT:
    return (value){.type = VALUE_UINT, .u = args[0].u > 0};
  case VALUE_INT:
    return value_int((args[0].i > 0) - (args[0].i < 0));
  case VALUE_DOUBLE:
    return value_double(d > 0 ? 1 : d < 0 ? -1 : d);
  default:
    return machine_mistyped(m, "math.sign", args, count);
  }
}

static bool both_whole(const value *args) {
  return args[0].type == args[1].type && (args[0].type == VALUE_INT || args[0].type == VALUE_UINT);
}

/* Int and uint share their bits in the union. */
#define OF_BITS(c_name, name, result)                                                              \
  value run_##c_name(machine *m, const value *args, size_t count) {                                \
    if (!both_whole(args)) return machine_mistyped(m, name, args, count);                          \
    uint64_t a = args[0].u, b = args[1].u;                                                         \
    return (value){.type = args[0].type, .u = result};                                             \
  }
OF_BITS(math_bit_and, "math.bitAnd", a &b)
OF_BITS(math_bit_or, "math.bitOr", a | b)
OF_BITS(math_bit_xor, "math.bitXor", a ^ b)

value run_math_bit_not(machine *m, const value *args, size_t count) {
  if (args[0].type != VALUE_INT && args[0].type != VALUE_UINT)
    return machine_mistyped(m, "math.bitNot", args, count);
  return (value){.type = args[0].type, .u = ~args[0].u};
}

static value shift(machine *m, const char *name, const value *args, size_t count, bool left) {
  bool good =
      (args[0].type == VALUE_INT || args[0].type == VALUE_UINT) && args[1].type == VALUE_INT;
  if (!good) return machine_mistyped(m, name, args, count);
  int64_t by = args[1].i;
  if (by < 0) return machine_fail(m, "移位数不能是负数。", "The shift must not be negative.");
  uint64_t a = args[0].u;
  return (value){.type = args[0].type, .u = by > 63 ? 0 : left ? a << by : a >> by};
}

value run_math_shift_left(machine *m, const value *args, size_t count) {
  return shift(m, "math.bitShiftLeft", args, count, true);
}
value run_math_shift_right(machine *m, const value *args, size_t count) {
  return shift(m, "math.bitShiftRight", args, count, false);
}
