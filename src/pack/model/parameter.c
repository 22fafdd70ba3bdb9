/* The value of a parameter on a day. */
#include "pack/model/parameter.h"

const dated_value *row_in_force(const dated_value *rows, size_t count, day on) {
  const dated_value *found = NULL;
  for (size_t i = 0; i < count && rows[i].from <= on; i++) found = &rows[i];
  return found;
}

value parameter_at(const parameter *p, arena *a, day on, const dated_value **ret_which) {
  const dated_value *row = row_in_force(p->values, p->value_count, on);
  if (ret_which) *ret_which = row;
  return row ? row->v : value_missing(a, p->name);
}

day parameter_next_change(const parameter *p, day after) {
  for (size_t i = 0; i < p->value_count; i++)
    if (p->values[i].from > after) return p->values[i].from;
  return DAY_NONE;
}
