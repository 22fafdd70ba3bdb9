/* Windows, distinct subjects, and errors of aggregates. */
#include "engine/eval/aggregate.h"

/* The first day on which an event of `on` is outside the window; DAY_NONE: never. */
day aggregate_window_end(const aggregate *agg, day on) {
  day d;
  switch (agg->window) {
  case WINDOW_DAYS:
    return on + agg->length;
  case WINDOW_MONTHS:
    for (d = day_add_months(on, agg->length) - 1; aggregate_first_day(agg, d) <= on; d++) {
    }
    return d;
  case WINDOW_CALENDAR_MONTH:
    return day_month_start(day_add_months(on, 1));
  case WINDOW_CALENDAR_YEAR:
    return day_add_months(day_year_start(on), 12);
  case WINDOW_ALL:
    break;
  }
  return DAY_NONE;
}

value value_no_memory(void) {
  static const err no_memory = {
      .code = ERR_MEMORY, .zh = "内存不足，请稍后再试。", .en = "Out of memory; try again."};
  return (value){.type = VALUE_ERROR, .error = &no_memory};
}

value aggregate_overflow(unit *u, const aggregate *agg) {
  err *over = ARENA_NEW(u->a, err);
  if (!over) return value_no_memory();
  err_set(over, ERR_BAD_EXPR, agg->name, "“%s”的合计太大，请检查登记的数。",
          "The sum \"%s\" is too large; check the numbers entered.", agg->title.zh);
  return (value){.type = VALUE_ERROR, .error = over};
}

value aggregate_finish(unit *u, const aggregate *agg, value folded, int64_t n) {
  int64_t out;
  if (folded.type != VALUE_INT) return folded;
  return aggregate_result(agg, folded.i, n, &out) ? value_int(out) : aggregate_overflow(u, agg);
}

bool seen_subject_add(seen_subjects *seen, arena *a, const uuid *id, int64_t *n) {
  for (size_t i = 0; i < seen->count; i++)
    if (uuid_equal(&seen->ids[i], id)) return true;
  uuid *more = ARENA_GROW(a, seen->ids, seen->count, &seen->room, uuid);
  if (!more) return false;
  seen->ids = more;
  seen->ids[seen->count++] = *id;
  ++*n;
  return true;
}
