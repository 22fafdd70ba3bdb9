/* Operators, field selection, indexing, list and map building, on run-time values. */
#include "cel/program.h"

value machine_mistyped(machine *m, const char *name, const value *args, size_t count) {
  const char *a = count > 0 ? value_type_name(&args[0]) : "()";
  const char *b = count > 1 ? value_type_name(&args[1]) : "";
  return machine_fail(m, "“%s”不能用于 %s%s%s。", "\"%s\" cannot be used on %s%s%s.", name, a,
                      count > 1 ? ", " : "", b);
}

bool machine_equal(machine *m, const value *a, const value *b) {
  const int64_t budget = CEL_COST_MAX;
  int64_t steps = budget;
  bool equal = value_equal_within(a, b, &steps, 0);
  if (steps == budget - 1) return equal; /* a single comparison is part of the instruction */
  return machine_charge(m, steps < 0 ? (size_t)CEL_COST_MAX + 1 : (size_t)(budget - steps)) &&
         equal;
}

value make_list(const value *items, size_t count, machine *m) {
  value_list *list = machine_take(m, 1, sizeof *list);
  if (!list) return machine_stopped(m);
  *list = (value_list){count, items};
  return (value){.type = VALUE_LIST, .list = list};
}

value make_text(machine *m, const buf *b) {
  char *copy = buf_ok(b) ? machine_take(m, b->bytes + 1, 1) : NULL;
  if (!copy) return machine_stopped(m);
  if (b->bytes) memcpy(copy, b->at, b->bytes);
  return value_string((text){copy, b->bytes});
}

/* ---- arithmetic ---- */

static value overflow(machine *m) {
  return machine_fail(m, "计算结果超出了数的范围。", "The result is out of the range of numbers.");
}

static value divided_by_zero(machine *m) {
  return machine_fail(m, "除数是零。", "Division by zero.");
}

static value int_operate(machine *m, opcode op, int64_t a, int64_t b) {
  int64_t r;
  switch (op) {
  case OP_ADD:
    return __builtin_add_overflow(a, b, &r) ? overflow(m) : value_int(r);
  case OP_SUBTRACT:
    return __builtin_sub_overflow(a, b, &r) ? overflow(m) : value_int(r);
  case OP_MULTIPLY:
    return __builtin_mul_overflow(a, b, &r) ? overflow(m) : value_int(r);
  default:
    break;
  }
  if (b == 0) return divided_by_zero(m);
  if (b == -1) {
    if (op == OP_MODULO) return value_int(0);
    return a == INT64_MIN ? overflow(m) : value_int(-a);
  }
  return value_int(op == OP_DIVIDE ? a / b : a % b);
}

static value uint_operate(machine *m, opcode op, uint64_t a, uint64_t b) {
  value v = {.type = VALUE_UINT};
  bool over = false;
  switch (op) {
  case OP_ADD:
    over = __builtin_add_overflow(a, b, &v.u);
    break;
  case OP_SUBTRACT:
    over = __builtin_sub_overflow(a, b, &v.u);
    break;
  case OP_MULTIPLY:
    over = __builtin_mul_overflow(a, b, &v.u);
    break;
  default:
    if (b == 0) return divided_by_zero(m);
    v.u = op == OP_DIVIDE ? a / b : a % b;
  }
  return over ? overflow(m) : v;
}

static value double_operate(opcode op, double a, double b) {
  switch (op) {
  case OP_ADD:
    return value_double(a + b);
  case OP_SUBTRACT:
    return value_double(a - b);
  case OP_MULTIPLY:
    return value_double(a * b);
  default:
    return value_double(a / b);
  }
}

static value concat_text(machine *m, const value *a, const value *b) {
  size_t bytes = a->s.bytes + b->s.bytes;
  char *out = machine_take(m, bytes + 1, 1);
  if (!out) return machine_stopped(m);
  if (a->s.bytes) memcpy(out, a->s.at, a->s.bytes);
  if (b->s.bytes) memcpy(out + a->s.bytes, b->s.at, b->s.bytes);
  return (value){.type = a->type, .s = {out, bytes}};
}

static value concat_lists(machine *m, const value_list *a, const value_list *b) {
  value *items = machine_take(m, a->count + b->count, sizeof *items);
  if (!items) return machine_stopped(m);
  if (a->count) memcpy(items, a->items, a->count * sizeof *items);
  if (b->count) memcpy(items + a->count, b->items, b->count * sizeof *items);
  return make_list(items, a->count + b->count, m);
}

/* Timestamps and durations: seconds and 0 ≤ nanoseconds < 10^9 for both while adding. */
static value time_operate(machine *m, value_type result, const value *a, const value *b,
                          bool minus) {
  int64_t seconds;
  int32_t nanos = minus ? a->nanos - b->nanos : a->nanos + b->nanos;
  bool over = minus ? __builtin_sub_overflow(a->i, b->i, &seconds)
                    : __builtin_add_overflow(a->i, b->i, &seconds);
  if (nanos < 0) {
    nanos += 1000000000;
    over |= __builtin_sub_overflow(seconds, 1, &seconds);
  } else if (nanos >= 1000000000) {
    nanos -= 1000000000;
    over |= __builtin_add_overflow(seconds, 1, &seconds);
  }
  bool fits = result == VALUE_TIMESTAMP ? timestamp_in_range(seconds, nanos)
                                        : duration_in_range(seconds, nanos);
  if (over || !fits) return machine_fail(m, "时间超出了范围。", "This time is out of range.");
  return (value){.type = result, .nanos = nanos, .i = seconds};
}

static value add_other(machine *m, const value *a, const value *b) {
  bool same = a->type == b->type;
  if (same && (a->type == VALUE_STRING || a->type == VALUE_BYTES)) return concat_text(m, a, b);
  if (same && a->type == VALUE_LIST) return concat_lists(m, a->list, b->list);
  if (a->type == VALUE_DURATION && (same || b->type == VALUE_TIMESTAMP))
    return time_operate(m, b->type, a, b, false);
  if (a->type == VALUE_TIMESTAMP && b->type == VALUE_DURATION)
    return time_operate(m, a->type, a, b, false);
  return machine_mistyped(m, "+", (value[]){*a, *b}, 2);
}

static value subtract_other(machine *m, const value *a, const value *b) {
  bool times = (a->type == VALUE_TIMESTAMP || a->type == VALUE_DURATION);
  if (times && a->type == b->type) return time_operate(m, VALUE_DURATION, a, b, true);
  if (a->type == VALUE_TIMESTAMP && b->type == VALUE_DURATION)
    return time_operate(m, a->type, a, b, true);
  return machine_mistyped(m, "-", (value[]){*a, *b}, 2);
}

static const char *sign_of(opcode op) {
  switch (op) {
  case OP_ADD:
    return "+";
  case OP_SUBTRACT:
    return "-";
  case OP_MULTIPLY:
    return "*";
  case OP_DIVIDE:
    return "/";
  case OP_MODULO:
    return "%";
  case OP_LESS:
    return "<";
  case OP_LESS_EQUAL:
    return "<=";
  case OP_GREATER:
    return ">";
  case OP_GREATER_EQUAL:
    return ">=";
  case OP_IN:
    return "in";
  case OP_NOT:
    return "!";
  default:
    return "-";
  }
}

static value arithmetic(machine *m, opcode op, const value *a, const value *b) {
  if (a->type == VALUE_INT && b->type == VALUE_INT) return int_operate(m, op, a->i, b->i);
  if (a->type == VALUE_UINT && b->type == VALUE_UINT) return uint_operate(m, op, a->u, b->u);
  if (a->type == VALUE_DOUBLE && b->type == VALUE_DOUBLE && op != OP_MODULO)
    return double_operate(op, a->d, b->d);
  if (op == OP_ADD) return add_other(m, a, b);
  if (op == OP_SUBTRACT) return subtract_other(m, a, b);
  return machine_mistyped(m, sign_of(op), (value[]){*a, *b}, 2);
}

static value negate(machine *m, const value *a) {
  if (a->type == VALUE_DOUBLE) return value_double(-a->d);
  if (a->type != VALUE_INT) return machine_mistyped(m, "-", a, 1);
  return a->i == INT64_MIN ? overflow(m) : value_int(-a->i);
}

/* ---- comparison ---- */

static bool ordered(const value *a, const value *b) {
  bool na = a->type >= VALUE_INT && a->type <= VALUE_DOUBLE,
       nb = b->type >= VALUE_INT && b->type <= VALUE_DOUBLE;
  if (na || nb) return na && nb;
  return a->type == b->type &&
         (a->type == VALUE_BOOL || a->type == VALUE_STRING || a->type == VALUE_BYTES ||
          a->type == VALUE_TIMESTAMP || a->type == VALUE_DURATION);
}

static value order(machine *m, opcode op, const value *a, const value *b) {
  if (!ordered(a, b)) return machine_mistyped(m, sign_of(op), (value[]){*a, *b}, 2);
  int o = value_compare(a, b);
  if (o == 2) return value_bool(false);
  switch (op) {
  case OP_LESS:
    return value_bool(o < 0);
  case OP_LESS_EQUAL:
    return value_bool(o <= 0);
  case OP_GREATER:
    return value_bool(o > 0);
  default:
    return value_bool(o >= 0);
  }
}

static value is_in(machine *m, const value *item, const value *all) {
  if (all->type == VALUE_MAP) {
    if (!machine_charge(m, all->map->count / 8)) return machine_stopped(m);
    return value_bool(map_find(all->map, item) != NULL);
  }
  if (all->type != VALUE_LIST) return machine_mistyped(m, "in", (value[]){*item, *all}, 2);
  if (!machine_charge(m, all->list->count / 8)) return machine_stopped(m);
  for (size_t i = 0; i < all->list->count; i++)
    if (machine_equal(m, item, &all->list->items[i])) return value_bool(true);
  return value_bool(false);
}

value operate(machine *m, opcode op, const value *a, const value *b) {
  if (is_fault(a) || is_fault(b)) return a == b ? *a : fault_join(m, *a, *b);
  switch (op) {
  case OP_EQUAL:
    return value_bool(machine_equal(m, a, b));
  case OP_UNEQUAL:
    return value_bool(!machine_equal(m, a, b));
  case OP_LESS:
  case OP_LESS_EQUAL:
  case OP_GREATER:
  case OP_GREATER_EQUAL:
    return order(m, op, a, b);
  case OP_IN:
    return is_in(m, a, b);
  case OP_NOT:
    return a->type == VALUE_BOOL ? value_bool(!a->yes) : machine_mistyped(m, "!", a, 1);
  case OP_NEGATE:
    return negate(m, a);
  default:
    return arithmetic(m, op, a, b);
  }
}

/* ---- fields and items ---- */

static value some(machine *m, value v) {
  return is_fault(&v) ? v : run_optional_of(m, &v, 1);
}

static const value none = {.type = VALUE_OPTIONAL};

static value absent_field(machine *m, const value_map *map, text name) {
  if (map->open) {
    const char *path = map->path ? map->path : "";
    char *full = arena_printf(machine_arena(m), "%s%s%.*s", path, path[0] ? "." : "",
                              (int)name.bytes, name.at);
    return full ? value_missing(machine_arena(m), full) : machine_stopped(m);
  }
  return machine_fail(m, "这里没有“%.*s”。", "There is no \"%.*s\" here.", (int)name.bytes,
                      name.at);
}

value select_field(machine *m, const value *base, text name, bool optional) {
  if (is_fault(base)) return *base;
  if (base->type == VALUE_OPTIONAL) {
    if (!base->item) return none;
    base = base->item;
    optional = true;
  }
  if (base->type != VALUE_MAP)
    return machine_fail(m, "%s 没有字段“%.*s”。", "%s has no field \"%.*s\".",
                        value_type_name(base), (int)name.bytes, name.at);
  const value *item = value_get(base->map, name);
  if (!item && optional) return none;
  value v = item ? *item : absent_field(m, base->map, name);
  return optional ? some(m, v) : v;
}

value has_field(machine *m, const value *base, text name) {
  if (is_fault(base)) return *base;
  if (base->type == VALUE_OPTIONAL) {
    if (!base->item) return value_bool(false);
    base = base->item;
  }
  if (base->type != VALUE_MAP) return machine_mistyped(m, "has", base, 1);
  const value *item = value_get(base->map, name);
  return value_bool(item && item->type != VALUE_UNKNOWN);
}

static bool whole_index(const value *index, int64_t *ret) {
  if (index->type == VALUE_INT)
    *ret = index->i;
  else if (index->type == VALUE_UINT && index->u <= INT64_MAX)
    *ret = (int64_t)index->u;
  else if (index->type == VALUE_DOUBLE && index->d >= 0 && index->d < 9e15 &&
           index->d == (double)(int64_t)index->d)
    *ret = (int64_t)index->d;
  else
    return false;
  return true;
}

static value list_item(machine *m, const value_list *list, const value *index, bool optional) {
  int64_t i;
  if (!whole_index(index, &i))
    return machine_fail(m, "列表的序号要是整数。", "The index of a list must be a whole number.");
  if (i >= 0 && (uint64_t)i < list->count)
    return optional ? some(m, list->items[i]) : list->items[i];
  if (optional) return none;
  return machine_fail(m, "序号 %lld 超出列表，列表共 %zu 项，从 0 数起。",
                      "Index %lld is outside the list, which has %zu items counted from 0.",
                      (long long)i, list->count);
}

value index_item(machine *m, const value *base, const value *index, bool optional) {
  if (is_fault(base) || is_fault(index)) return fault_join(m, *base, *index);
  if (base->type == VALUE_OPTIONAL) {
    if (!base->item) return none;
    base = base->item;
    optional = true;
  }
  if (base->type == VALUE_LIST) return list_item(m, base->list, index, optional);
  if (base->type != VALUE_MAP) return machine_mistyped(m, "[]", (value[]){*base, *index}, 2);
  if (!machine_charge(m, base->map->count / 8)) return machine_stopped(m);
  const value *item = map_find(base->map, index);
  if (item) return optional ? some(m, *item) : *item;
  if (optional) return none;
  if (index->type == VALUE_STRING) return absent_field(m, base->map, index->s);
  return machine_fail(m, "映射里没有这个键。", "The map has no such key.");
}

/* ---- building ---- */

static bool any_fault(machine *m, const value *items, size_t count, value *fault) {
  bool found = false;
  for (size_t i = 0; i < count; i++) {
    if (!is_fault(&items[i])) continue;
    *fault = found ? fault_join(m, *fault, items[i]) : items[i];
    found = true;
  }
  return found;
}

/* The item of [?item]: false when it is none or not optional at all (then *fault). */
static bool unwrap(machine *m, value *item, value *fault) {
  if (item->type != VALUE_OPTIONAL) {
    *fault = machine_mistyped(m, "?", item, 1);
    return false;
  }
  if (!item->item) return false;
  *item = *item->item;
  return true;
}

value build_list(machine *m, const value *items, size_t count, const bool *optionals) {
  value fault = {0};
  if (any_fault(m, items, count, &fault)) return fault;
  value *copy = machine_take(m, count, sizeof *copy);
  if (!copy) return machine_stopped(m);
  size_t n = 0;
  for (size_t i = 0; i < count; i++) {
    copy[n] = items[i];
    if (!optionals || !optionals[i] || unwrap(m, &copy[n], &fault)) n++;
  }
  return is_fault(&fault) ? fault : make_list(copy, n, m);
}

static bool add_pair(machine *m, value_pair *pairs, size_t n, value key, value item, value *fault) {
  if (key.type != VALUE_BOOL && key.type != VALUE_INT && key.type != VALUE_UINT &&
      key.type != VALUE_STRING) {
    *fault = machine_fail(m, "映射的键只能是文字、整数或真假。",
                          "A map key is a text, a whole number or true/false.");
    return false;
  }
  if (!machine_charge(m, n / 8)) return false;
  for (size_t i = 0; i < n; i++) {
    if (value_compare(&pairs[i].key, &key) != 0) continue;
    *fault = machine_fail(m, "映射的键重复了。", "A key of the map appears twice.");
    return false;
  }
  pairs[n] = (value_pair){key, item};
  return true;
}

value build_map(machine *m, const value *items, size_t pairs, const bool *optionals) {
  value fault = {0};
  if (any_fault(m, items, pairs * 2, &fault)) return fault;
  value_pair *copy = machine_take(m, pairs, sizeof *copy);
  value_map *map = machine_take(m, 1, sizeof *map);
  if (!copy || !map) return machine_stopped(m);
  size_t n = 0;
  for (size_t i = 0; i < pairs; i++) {
    value item = items[2 * i + 1];
    if (optionals && optionals[i] && !unwrap(m, &item, &fault)) continue;
    if (!is_fault(&fault) && add_pair(m, copy, n, items[2 * i], item, &fault)) n++;
  }
  if (is_fault(&fault)) return fault;
  *map = (value_map){.count = n, .pairs = copy, .path = ""};
  return (value){.type = VALUE_MAP, .map = map};
}
