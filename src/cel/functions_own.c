/* Jishi's own functions: missing data, money, rates, days, scales. */
#include "base/date.h"
#include "base/money.h"
#include "cel/program.h"

static value overflow(machine *m) {
  return machine_fail(m, "计算结果超出了数的范围。", "The result is out of the range of numbers.");
}

/* Compiled to a jump (generate.c); called only where the target is a constant. */
value run_or_else(machine *m, const value *args, size_t count) {
  (void)m;
  (void)count;
  return args[0].type == VALUE_UNKNOWN ? args[1] : args[0];
}

value run_known(machine *m, const value *args, size_t count) {
  (void)m;
  (void)count;
  return args[0].type == VALUE_ERROR ? args[0] : value_bool(args[0].type != VALUE_UNKNOWN);
}

value run_needing(machine *m, const value *args, size_t count) {
  (void)m;
  (void)count;
  return args[0]; /* the call is strict: an unknown operand was its result before it came here */
}

#define NEED_INT(name, from, to)                                                                   \
  do {                                                                                             \
    for (size_t i_ = (from); i_ < (to); i_++)                                                      \
      if (args[i_].type != VALUE_INT) return machine_mistyped(m, name, args, count);               \
  } while (0)

/* ---- written amounts, days and rates ---- */

static bool read_yuan(const value *v, int64_t *ret_fen) {
  if (v->type == VALUE_INT) return !__builtin_mul_overflow(v->i, 100, ret_fen);
  return v->type == VALUE_STRING && money_parse_yuan(v->s, ret_fen);
}

static bool read_date(const value *v, int64_t *ret) {
  day d;
  if (v->type != VALUE_STRING || !day_parse(v->s, &d)) return false;
  *ret = d;
  return true;
}

static bool read_rate(const value *v, int64_t *ret) {
  return v->type == VALUE_STRING && rate_parse(v->s, ret);
}

static bool read_number(const value *v, int64_t *ret) {
  if (v->type == VALUE_INT) return decimal_of_int(v->i, ret);
  return v->type == VALUE_STRING && decimal_parse(v->s, ret);
}

static const struct written {
  function_run run;
  bool (*read)(const value *v, int64_t *out);
  label fault; /* what is told when the text is not written like that */
} written[] = {
    {run_yuan,
     read_yuan,
     {"金额应是元，最多两位小数，例如 yuan(6000) 或 yuan(\"0.50\")。",
      "An amount is in yuan with at most two decimals, such as yuan(6000) or yuan(\"0.50\")."}},
    {run_date,
     read_date,
     {"日期应写成 date(\"2024-03-01\")，且这一天要存在。",
      "A date is written date(\"2024-03-01\") and must exist."}},
    {run_rate,
     read_rate,
     {"比例应写成 rate(\"0.8\") 或 rate(\"80%\")，最多 8 位小数。",
      "A rate is written rate(\"0.8\") or rate(\"80%\") with at most 8 decimals."}},
    {run_number,
     read_number,
     {"数应写成 number(85) 或 number(\"85.5\")，最多 8 位小数。",
      "A number is written number(85) or number(\"85.5\") with at most 8 decimals."}},
};

bool fold_literal(int function, const value *arg, value *ret, label *ret_why) {
  for (size_t i = 0; function >= 0 && i < sizeof written / sizeof *written; i++) {
    if (cel_functions[function].run != written[i].run) continue;
    int64_t n;
    if (written[i].read(arg, &n)) {
      *ret = value_int(n);
      return true;
    }
    *ret_why = written[i].fault;
    return false;
  }
  return false;
}

static value read_written(machine *m, const struct written *w, const value *arg) {
  int64_t n;
  if (w->read(arg, &n)) return value_int(n);
  return machine_fail(m, "%s", "%s", LABEL(w->fault));
}

value run_yuan(machine *m, const value *args, size_t count) {
  (void)count;
  return read_written(m, &written[0], args);
}
value run_date(machine *m, const value *args, size_t count) {
  (void)count;
  return read_written(m, &written[1], args);
}
value run_rate(machine *m, const value *args, size_t count) {
  (void)count;
  return read_written(m, &written[2], args);
}
value run_number(machine *m, const value *args, size_t count) {
  (void)count;
  return read_written(m, &written[3], args);
}

/* ---- money and decimals ---- */

value run_share(machine *m, const value *args, size_t count) {
  NEED_INT("share", 0, count);
  int64_t fen;
  if (count == 4 && args[3].i == 0)
    return machine_fail(m, "share 的分母是零。", "The denominator of share is zero.");
  bool ok = count == 2 ? money_share(args[0].i, args[1].i, &fen)
                       : money_share_of(args[0].i, args[1].i, args[2].i, args[3].i, &fen);
  return ok ? value_int(fen) : overflow(m);
}

value run_divide(machine *m, const value *args, size_t count) {
  NEED_INT("divide", 0, 2);
  int64_t fen;
  if (args[1].i == 0) return machine_fail(m, "除数是零。", "Division by zero.");
  return money_divide(args[0].i, args[1].i, &fen) ? value_int(fen) : overflow(m);
}

static value quotient(machine *m, const value *args) {
  int64_t out;
  if (args[1].i == 0) return machine_fail(m, "除数是零。", "Division by zero.");
  return decimal_divide(args[0].i, args[1].i, RATE_DECIMALS, &out) ? value_int(out) : overflow(m);
}

value run_ratio(machine *m, const value *args, size_t count) {
  NEED_INT("ratio", 0, count);
  return quotient(m, args);
}

/* As ratio, of two different units: millimetres a day. */
value run_per(machine *m, const value *args, size_t count) {
  NEED_INT("per", 0, count);
  return quotient(m, args);
}

static bool bad_decimals(int64_t n) {
  return n < 0 || n > RATE_DECIMALS;
}

static value tell_decimals(machine *m) {
  return machine_fail(m, "小数位数应在 0 到 8 之间。", "Decimals are from 0 to 8.");
}

value run_round(machine *m, const value *args, size_t count) {
  NEED_INT("round", 0, count);
  int64_t out;
  if (bad_decimals(args[1].i)) return tell_decimals(m);
  return decimal_round(args[0].i, (int)args[1].i, &out) ? value_int(out) : overflow(m);
}

/* ---- days ---- */

static value bad_day(machine *m) {
  return machine_fail(m, "日期超出了 1 年至 9999 年。", "The date is outside the years 1 to 9999.");
}

static bool is_day(int64_t n) {
  return n >= DAY_MIN && n <= DAY_MAX;
}

static value day_value(machine *m, int64_t n) {
  return is_day(n) ? value_int(n) : bad_day(m);
}

#define OF_DAY(c_name, name, result)                                                               \
  value run_##c_name(machine *m, const value *args, size_t count) {                                \
    NEED_INT(name, 0, 1);                                                                          \
    if (!is_day(args[0].i)) return bad_day(m);                                                     \
    day d = (day)args[0].i;                                                                        \
    return value_int(result);                                                                      \
  }
OF_DAY(year, "year", day_to_ymd(d).year)
OF_DAY(month, "month", day_to_ymd(d).month)
OF_DAY(day, "day", day_to_ymd(d).mday)
OF_DAY(weekday, "weekday", day_weekday(d))

#define OF_DAYS(c_name, name, result)                                                              \
  value run_##c_name(machine *m, const value *args, size_t count) {                                \
    NEED_INT(name, 0, 2);                                                                          \
    if (!is_day(args[0].i) || !is_day(args[1].i)) return bad_day(m);                               \
    day from = (day)args[0].i, to = (day)args[1].i;                                                \
    return value_int(result);                                                                      \
  }
OF_DAYS(days_between, "daysBetween", to - from)
OF_DAYS(months_between, "monthsBetween", day_months_between(from, to))
OF_DAYS(years_between, "yearsBetween", day_years_between(from, to))

value run_today(machine *m, const value *args, size_t count) {
  (void)args;
  (void)count;
  machine_run(m)->asked_today = true;
  return day_value(m, machine_run(m)->today);
}

value run_add_days(machine *m, const value *args, size_t count) {
  NEED_INT("addDays", 0, 2);
  int64_t n;
  if (__builtin_add_overflow(args[0].i, args[1].i, &n)) return bad_day(m);
  return day_value(m, n);
}

value run_add_months(machine *m, const value *args, size_t count) {
  NEED_INT("addMonths", 0, 2);
  if (!is_day(args[0].i) || args[1].i > 120000 || args[1].i < -120000) return bad_day(m);
  return day_value(m, day_add_months((day)args[0].i, (int)args[1].i));
}

static value no_calendar(machine *m) {
  return machine_fail(m, "没有工作日历，不能按工作日计算。",
                      "There is no working-day calendar here.");
}

/* Whether working days between the two (in any order) are known; notes when they are provisional.
 */
static bool in_notices(machine *m, int64_t first, int64_t last) {
  const calendar *c = machine_run(m)->calendar;
  if (calendar_is_unknown(c, (day)first) || calendar_is_unknown(c, (day)last)) return false;
  if (calendar_is_provisional(c, (day)first) || calendar_is_provisional(c, (day)last))
    machine_run(m)->provisional = true;
  return true;
}

value run_add_workdays(machine *m, const value *args, size_t count) {
  NEED_INT("addWorkdays", 0, 2);
  const calendar *c = machine_run(m)->calendar;
  if (!c) return no_calendar(m);
  if (args[1].i < 0)
    return machine_fail(m, "工作日数不能是负数。",
                        "The number of working days must not be negative.");
  if (!is_day(args[0].i) || args[1].i > DAY_MAX) return bad_day(m);
  if (!machine_charge(m, (size_t)args[1].i)) return machine_stopped(m);
  day to = calendar_add_workdays(c, (day)args[0].i, (int)args[1].i);
  if (!in_notices(m, args[0].i, to == DAY_NONE ? args[0].i : to))
    return value_missing(machine_arena(m), CEL_MISSING_CALENDAR);
  return day_value(m, to);
}

value run_workdays_between(machine *m, const value *args, size_t count) {
  NEED_INT("workdaysBetween", 0, 2);
  const calendar *c = machine_run(m)->calendar;
  if (!c) return no_calendar(m);
  if (!is_day(args[0].i) || !is_day(args[1].i)) return bad_day(m);
  int64_t span = args[0].i > args[1].i ? args[0].i - args[1].i : args[1].i - args[0].i;
  if (!machine_charge(m, (size_t)span)) return machine_stopped(m);
  if (!in_notices(m, args[0].i, args[1].i))
    return value_missing(machine_arena(m), CEL_MISSING_CALENDAR);
  return value_int(calendar_workdays_between(c, (day)args[0].i, (day)args[1].i));
}

/* ---- lists of amounts ---- */

static bool is_number(const value *v) {
  return v->type == VALUE_INT || v->type == VALUE_DOUBLE || v->type == VALUE_UINT;
}

static value extreme(machine *m, const char *name, const value *args, size_t count, int sign) {
  const value *items = args;
  size_t n = count;
  if (count == 1) {
    if (args[0].type != VALUE_LIST) return machine_mistyped(m, name, args, count);
    items = args[0].list->items;
    n = args[0].list->count;
    if (n == 0)
      return machine_fail(m, "列表是空的，%s 没有结果。可先判断 size(…) > 0。",
                          "The list is empty, so %s has no result. Test size(…) > 0 first.", name);
    if (!machine_charge(m, n / 8)) return machine_stopped(m);
  }
  const value *best = &items[0];
  for (size_t i = 0; i < n; i++) {
    if (!is_number(&items[i]) || items[i].type != best->type)
      return machine_mistyped(m, name, items, n);
    int order = value_compare(&items[i], best);
    if (order != 2 && order * sign > 0) best = &items[i];
  }
  return *best;
}

value run_min(machine *m, const value *args, size_t count) {
  return extreme(m, "min", args, count, -1);
}
value run_max(machine *m, const value *args, size_t count) {
  return extreme(m, "max", args, count, 1);
}

value run_sum(machine *m, const value *args, size_t count) {
  if (args[0].type != VALUE_LIST) return machine_mistyped(m, "sum", args, count);
  const value_list *list = args[0].list;
  if (!machine_charge(m, list->count / 8)) return machine_stopped(m);
  value total = value_int(0);
  if (list->count && list->items[0].type == VALUE_DOUBLE) total = value_double(0);
  for (size_t i = 0; i < list->count; i++) {
    if (list->items[i].type != total.type) return machine_mistyped(m, "sum", &list->items[i], 1);
    if (total.type == VALUE_DOUBLE)
      total.d += list->items[i].d;
    else if (__builtin_add_overflow(total.i, list->items[i].i, &total.i))
      return overflow(m);
  }
  return total;
}

/* Rounded half-up once, to what the numbers are counted in: fen, or the eighth decimal. */
value run_mean(machine *m, const value *args, size_t count) {
  value total = run_sum(m, args, count);
  if (is_fault(&total)) return total;
  if (total.type != VALUE_INT) return machine_mistyped(m, "mean", args, count);
  int64_t out, n = (int64_t)args[0].list->count;
  if (n == 0)
    return machine_fail(m, "列表是空的，%s 没有结果。可先判断 size(…) > 0。",
                        "The list is empty, so %s has no result. Test size(…) > 0 first.", "mean");
  return money_divide(total.i, n, &out) ? value_int(out) : overflow(m);
}

/* ---- scales: lists of {threshold, rate} or {threshold, amount}, thresholds ascending ---- */

static value bad_scale(machine *m, const char *needs) {
  return machine_fail(m, "这个分档参数没有 %s。", "This scale has no %s.", needs);
}

static bool bracket(const value_list *scale, size_t i, const char *what, int64_t *threshold,
                    int64_t *ret) {
  if (scale->items[i].type != VALUE_MAP) return false;
  const value *t = value_get(scale->items[i].map, TEXT("threshold"));
  const value *v = value_get(scale->items[i].map, text_of(what));
  if (!t || t->type != VALUE_INT || !v || v->type != VALUE_INT) return false;
  *threshold = t->i;
  *ret = v->i;
  return true;
}

/* Each slice of the amount by its own rate; rounded half-up once, at the end. */
value run_marginal_rate(machine *m, const value *args, size_t count) {
  if (args[0].type != VALUE_LIST || args[1].type != VALUE_INT)
    return machine_mistyped(m, "marginalRate", args, count);
  const value_list *scale = args[0].list;
  __int128 total = 0;
  for (size_t i = 0; i < scale->count; i++) {
    int64_t from, rate, next, unused, to = args[1].i;
    if (!bracket(scale, i, "rate", &from, &rate)) return bad_scale(m, "rate");
    if (args[1].i <= from) break;
    if (i + 1 < scale->count && bracket(scale, i + 1, "rate", &next, &unused) && next < to)
      to = next;
    if (__builtin_add_overflow(total, ((__int128)to - from) * rate, &total)) return overflow(m);
  }
  __int128 half = total < 0 ? -(RATE_ONE / 2) : RATE_ONE / 2;
  total = (total + half) / RATE_ONE;
  if (total > INT64_MAX || total < INT64_MIN) return overflow(m);
  return value_int((int64_t)total);
}

/* The amounts of every bracket the base has gone beyond, together. */
value run_marginal_amount(machine *m, const value *args, size_t count) {
  if (args[0].type != VALUE_LIST || args[1].type != VALUE_INT)
    return machine_mistyped(m, "marginalAmount", args, count);
  int64_t total = 0, threshold, amount;
  for (size_t i = 0; i < args[0].list->count; i++) {
    if (!bracket(args[0].list, i, "amount", &threshold, &amount)) return bad_scale(m, "amount");
    if (args[1].i > threshold && __builtin_add_overflow(total, amount, &total)) return overflow(m);
  }
  return value_int(total);
}

/* The amount of the bracket the base lies in; nothing below the first. */
value run_single_amount(machine *m, const value *args, size_t count) {
  if (args[0].type != VALUE_LIST || args[1].type != VALUE_INT)
    return machine_mistyped(m, "singleAmount", args, count);
  int64_t found = 0, threshold, amount;
  for (size_t i = 0; i < args[0].list->count; i++) {
    if (!bracket(args[0].list, i, "amount", &threshold, &amount)) return bad_scale(m, "amount");
    if (args[1].i >= threshold) found = amount;
  }
  return value_int(found);
}

/* Between two brackets in proportion, rounded up to a whole number; before the first and after the
 * last, theirs. */
value run_interpolate_up(machine *m, const value *args, size_t count) {
  if (args[0].type != VALUE_LIST || args[1].type != VALUE_INT)
    return machine_mistyped(m, "interpolateUp", args, count);
  const value_list *scale = args[0].list;
  int64_t x = args[1].i, from, low = 0, to, high = 0;
  for (size_t i = 0; i < scale->count; i++) {
    if (!bracket(scale, i, "index", &to, &high)) return bad_scale(m, "index");
    if (x <= to) {
      if (i == 0 || x == to) return value_int(high);
      __int128 above = ((__int128)high - low) * ((__int128)x - from), width = (__int128)to - from;
      __int128 part = above / width + (above > 0 && above % width != 0);
      return value_int(low + (int64_t)part);
    }
    from = to;
    low = high;
  }
  return scale->count ? value_int(high) : bad_scale(m, "index");
}

/* To so many decimals, a half to the even neighbour (GB/T 8170). */
value run_round_even(machine *m, const value *args, size_t count) {
  NEED_INT("roundEven", 0, count);
  int64_t unit = RATE_ONE;
  if (bad_decimals(args[1].i)) return tell_decimals(m);
  for (int64_t i = 0; i < args[1].i; i++) unit /= 10;
  int64_t whole = args[0].i / unit, rest = args[0].i % unit;
  int64_t twice = rest < 0 ? -2 * rest : 2 * rest;
  if (twice > unit || (twice == unit && whole % 2 != 0)) whole += args[0].i < 0 ? -1 : 1;
  int64_t out;
  return __builtin_mul_overflow(whole, unit, &out) ? overflow(m) : value_int(out);
}
