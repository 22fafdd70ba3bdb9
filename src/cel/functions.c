/* The table of functions.def, conversions, and optionals. */
#include "cel/program.h"

#include <math.h>
#include <stdlib.h>

const cel_function cel_functions[] = {
#define OPERATOR(opcode, name, signatures) {name, signatures, NULL, OP_##opcode, LIBRARY, STRICT},
#define FUNCTION(c_name, name, where, how, signatures)                                             \
  {name, signatures, run_##c_name, OP_CALL, where, how},
#include "cel/functions.def"
#undef FUNCTION
#undef OPERATOR
};
const size_t cel_function_count = sizeof cel_functions / sizeof *cel_functions;

int cel_function_find(text name) {
  for (size_t i = 0; i < cel_function_count; i++)
    if (text_is(name, cel_functions[i].name)) return (int)i;
  return -1;
}

static value bad_conversion(machine *m, const char *to, const value *v) {
  if (v->type == VALUE_STRING)
    return machine_fail(m, "“%.*s”不能转换成 %s。", "\"%.*s\" cannot be converted to %s.",
                        (int)text_cut(v->s, 60).bytes, v->s.at, to);
  return machine_fail(m, "%s 不能转换成 %s，或超出范围。",
                      "%s cannot be converted to %s, or is out of range.", value_type_name(v), to);
}

value run_size(machine *m, const value *args, size_t count) {
  (void)count;
  switch (args->type) {
  case VALUE_STRING:
    if (!machine_charge(m, args->s.bytes / 64)) return machine_stopped(m);
    return value_int((int64_t)text_points(args->s));
  case VALUE_BYTES:
    return value_int((int64_t)args->s.bytes);
  case VALUE_LIST:
    return value_int((int64_t)args->list->count);
  case VALUE_MAP:
    return value_int((int64_t)args->map->count);
  default:
    return machine_mistyped(m, "size", args, 1);
  }
}

value run_to_bool(machine *m, const value *args, size_t count) {
  (void)count;
  static const char *const yes[] = {"1", "t", "true", "TRUE", "True"}, *const no[] = {
                                                                           "0", "f", "false",
                                                                           "FALSE", "False"};
  if (args->type == VALUE_BOOL) return *args;
  if (args->type != VALUE_STRING) return machine_mistyped(m, "bool", args, 1);
  for (size_t i = 0; i < 5; i++) {
    if (text_is(args->s, yes[i])) return value_bool(true);
    if (text_is(args->s, no[i])) return value_bool(false);
  }
  return bad_conversion(m, "bool", args);
}

value run_to_int(machine *m, const value *args, size_t count) {
  (void)count;
  int64_t n;
  switch (args->type) {
  case VALUE_INT:
    return *args;
  case VALUE_UINT:
    return args->u <= INT64_MAX ? value_int((int64_t)args->u) : bad_conversion(m, "int", args);
  case VALUE_DOUBLE:
    if (args->d > -9223372036854775808.0 && args->d < 9223372036854775807.0)
      return value_int((int64_t)args->d);
    return bad_conversion(m, "int", args);
  case VALUE_STRING:
    return text_to_int(args->s, &n) ? value_int(n) : bad_conversion(m, "int", args);
  case VALUE_TIMESTAMP:
    return value_int(args->i);
  default:
    return machine_mistyped(m, "int", args, 1);
  }
}

static bool text_to_uint(text s, uint64_t *ret) {
  *ret = 0;
  for (size_t i = 0; i < s.bytes; i++) {
    if (s.at[i] < '0' || s.at[i] > '9') return false;
    if (__builtin_mul_overflow(*ret, 10, ret) ||
        __builtin_add_overflow(*ret, (uint64_t)(s.at[i] - '0'), ret))
      return false;
  }
  return s.bytes > 0;
}

value run_to_uint(machine *m, const value *args, size_t count) {
  (void)count;
  value v = {.type = VALUE_UINT};
  switch (args->type) {
  case VALUE_UINT:
    return *args;
  case VALUE_INT:
    if (args->i < 0) return bad_conversion(m, "uint", args);
    v.u = (uint64_t)args->i;
    return v;
  case VALUE_DOUBLE:
    if (!(args->d >= 0 && args->d < 18446744073709551615.0)) return bad_conversion(m, "uint", args);
    v.u = (uint64_t)args->d;
    return v;
  case VALUE_STRING:
    return text_to_uint(args->s, &v.u) ? v : bad_conversion(m, "uint", args);
  default:
    return machine_mistyped(m, "uint", args, 1);
  }
}

/* Decimal forms and the names of what is not a number; no hexadecimal, no white space. */
static bool text_to_double(text s, double *ret) {
  char copy[400];
  if (s.bytes == 0 || s.bytes >= sizeof copy) return false;
  if (text_is(s, "NaN")) return *ret = NAN, true;
  if (text_is(s, "Infinity") || text_is(s, "+Infinity") || text_is(s, "Inf") || text_is(s, "+Inf"))
    return *ret = INFINITY, true;
  if (text_is(s, "-Infinity") || text_is(s, "-Inf")) return *ret = -INFINITY, true;
  for (size_t i = 0; i < s.bytes; i++)
    if (!s.at[i] || !strchr("0123456789.eE+-", s.at[i])) return false;
  memcpy(copy, s.at, s.bytes);
  copy[s.bytes] = 0;
  char *end;
  *ret = strtod(copy, &end);
  return end == copy + s.bytes;
}

value run_to_double(machine *m, const value *args, size_t count) {
  (void)count;
  double d;
  switch (args->type) {
  case VALUE_DOUBLE:
    return *args;
  case VALUE_INT:
    return value_double((double)args->i);
  case VALUE_UINT:
    return value_double((double)args->u);
  case VALUE_STRING:
    return text_to_double(args->s, &d) ? value_double(d) : bad_conversion(m, "double", args);
  default:
    return machine_mistyped(m, "double", args, 1);
  }
}

value run_to_string(machine *m, const value *args, size_t count) {
  (void)count;
  buf b AUTO_BUF = {0};
  switch (args->type) {
  case VALUE_STRING:
    return *args;
  case VALUE_BOOL:
    return value_string(args->yes ? TEXT("true") : TEXT("false"));
  case VALUE_INT:
    buf_int(&b, args->i);
    break;
  case VALUE_UINT:
    buf_printf(&b, "%llu", (unsigned long long)args->u);
    break;
  case VALUE_DOUBLE:
    double_print(&b, args->d);
    break;
  case VALUE_BYTES:
    if (!text_valid_utf8(args->s))
      return machine_fail(m, "这些字节不是 UTF-8 文字。", "These bytes are not UTF-8 text.");
    return value_string(args->s);
  case VALUE_TIMESTAMP:
    timestamp_print(&b, args);
    break;
  case VALUE_DURATION:
    duration_print(&b, args);
    break;
  default:
    return machine_mistyped(m, "string", args, 1);
  }
  return make_text(m, &b);
}

value run_to_bytes(machine *m, const value *args, size_t count) {
  (void)count;
  if (args->type != VALUE_STRING && args->type != VALUE_BYTES)
    return machine_mistyped(m, "bytes", args, 1);
  return (value){.type = VALUE_BYTES, .s = args->s};
}

value run_to_type(machine *m, const value *args, size_t count) {
  (void)m;
  (void)count;
  return (value){.type = VALUE_TYPE, .s = text_of(value_type_name(args))};
}

value run_to_dyn(machine *m, const value *args, size_t count) {
  (void)m;
  (void)count;
  return *args;
}

/* ---- optionals ---- */

value run_optional_of(machine *m, const value *args, size_t count) {
  (void)count;
  value *item = machine_take(m, 1, sizeof *item);
  if (!item) return machine_stopped(m);
  *item = *args;
  return (value){.type = VALUE_OPTIONAL, .item = item};
}

static bool is_zero(const value *v) {
  switch (v->type) {
  case VALUE_NULL:
    return true;
  case VALUE_BOOL:
    return !v->yes;
  case VALUE_INT:
    return v->i == 0;
  case VALUE_UINT:
    return v->u == 0;
  case VALUE_DOUBLE:
    return v->d == 0;
  case VALUE_STRING:
  case VALUE_BYTES:
    return v->s.bytes == 0;
  case VALUE_LIST:
    return v->list->count == 0;
  case VALUE_MAP:
    return v->map->count == 0;
  case VALUE_TIMESTAMP:
  case VALUE_DURATION:
    return v->i == 0 && v->nanos == 0;
  case VALUE_OPTIONAL:
    return !v->item;
  default:
    return false;
  }
}

value run_optional_of_non_zero(machine *m, const value *args, size_t count) {
  return is_zero(args) ? (value){.type = VALUE_OPTIONAL} : run_optional_of(m, args, count);
}

value run_optional_none(machine *m, const value *args, size_t count) {
  (void)m;
  (void)args;
  (void)count;
  return (value){.type = VALUE_OPTIONAL};
}

value run_optional_has(machine *m, const value *args, size_t count) {
  (void)count;
  if (args->type != VALUE_OPTIONAL) return machine_mistyped(m, "hasValue", args, 1);
  return value_bool(args->item != NULL);
}

value run_optional_value(machine *m, const value *args, size_t count) {
  (void)count;
  if (args->type != VALUE_OPTIONAL) return machine_mistyped(m, "value", args, 1);
  if (!args->item)
    return machine_fail(m, "可选值是空的，请用 orValue(…)。",
                        "The optional is empty; use orValue(…).");
  return *args->item;
}

value run_optional_or(machine *m, const value *args, size_t count) {
  (void)count;
  if (is_fault(&args[0])) return args[0];
  if (args[0].type != VALUE_OPTIONAL) return machine_mistyped(m, "or", args, 2);
  if (args[0].item || is_fault(&args[1])) return args[0].item ? args[0] : args[1];
  return args[1].type == VALUE_OPTIONAL ? args[1] : machine_mistyped(m, "or", args, 2);
}

value run_optional_or_value(machine *m, const value *args, size_t count) {
  (void)count;
  if (is_fault(&args[0])) return args[0];
  if (args[0].type != VALUE_OPTIONAL) return machine_mistyped(m, "orValue", args, 2);
  return args[0].item ? *args[0].item : args[1];
}
