/* "…%s…".format([…]) */
#include "cel/program.h"

#include <math.h>
#include <stdlib.h>

enum { PRECISION_MAX = 100, FORMAT_DEPTH_MAX = 100 };

static void print_plain(machine *m, buf *b, const value *v, int depth);

static int by_key(const void *a, const void *b) {
  const value_pair *x = a, *y = b;
  return text_compare(x->key.s, y->key.s);
}

/* Maps are printed by the text of their keys, so that the same map always reads the same. */
static void print_map(machine *m, buf *b, const value_map *map, int depth) {
  value_pair *sorted = machine_take(m, map->count, sizeof *sorted);
  if (!sorted) return;
  for (size_t i = 0; i < map->count; i++) {
    buf key AUTO_BUF = {0};
    print_plain(m, &key, &map->pairs[i].key, depth + 1);
    sorted[i] = (value_pair){make_text(m, &key), map->pairs[i].item};
    if (is_fault(&sorted[i].key)) return;
  }
  if (map->count) qsort(sorted, map->count, sizeof *sorted, by_key);
  buf_char(b, '{');
  for (size_t i = 0; i < map->count; i++) {
    if (i) buf_str(b, ", ");
    buf_text(b, sorted[i].key.s);
    buf_str(b, ": ");
    print_plain(m, b, &sorted[i].item, depth + 1);
  }
  buf_char(b, '}');
}

static void print_plain(machine *m, buf *b, const value *v, int depth) {
  if (depth > FORMAT_DEPTH_MAX || !machine_charge(m, 1)) return;
  switch (v->type) {
  case VALUE_NULL:
    buf_str(b, "null");
    return;
  case VALUE_LIST:
    buf_char(b, '[');
    for (size_t i = 0; i < v->list->count; i++) {
      if (i) buf_str(b, ", ");
      print_plain(m, b, &v->list->items[i], depth + 1);
    }
    buf_char(b, ']');
    return;
  case VALUE_MAP:
    print_map(m, b, v->map, depth);
    return;
  case VALUE_TYPE:
    buf_text(b, v->s);
    return;
  default:
    break;
  }
  value s = run_to_string(m, v, 1);
  if (s.type == VALUE_STRING) {
    machine_charge(m, s.s.bytes / 32);
    buf_text(b, s.s);
  }
}

static value mistyped(machine *m, char verb, const value *v) {
  return machine_fail(m, "%%%c 不能用于 %s。", "%%%c cannot be used on %s.", verb,
                      value_type_name(v));
}

static bool special_double(buf *b, const value *v) {
  if (v->type != VALUE_DOUBLE || isfinite(v->d)) return false;
  double_print(b, v->d);
  return true;
}

static value put_hex_bytes(buf *b, text s, bool upper) {
  for (size_t i = 0; i < s.bytes; i++)
    buf_printf(b, upper ? "%02X" : "%02x", (unsigned char)s.at[i]);
  return value_null();
}

/* Whole numbers in base 2, 8 or 16: a sign and the magnitude. */
static value put_whole(machine *m, buf *b, char verb, const value *v) {
  if (verb == 'b' && v->type == VALUE_BOOL) return buf_char(b, v->yes ? '1' : '0'), value_null();
  if ((verb == 'x' || verb == 'X') && (v->type == VALUE_STRING || v->type == VALUE_BYTES))
    return machine_charge(m, v->s.bytes / 8) ? put_hex_bytes(b, v->s, verb == 'X')
                                             : machine_stopped(m);
  if (v->type != VALUE_INT && v->type != VALUE_UINT) return mistyped(m, verb, v);
  uint64_t n = v->u;
  if (v->type == VALUE_INT && v->i < 0) {
    buf_char(b, '-');
    n = 0 - n;
  }
  char digits[64];
  size_t i = sizeof digits;
  unsigned base = verb == 'b' ? 2 : verb == 'o' ? 8 : 16;
  do digits[--i] = (verb == 'X' ? "0123456789ABCDEF" : "0123456789abcdef")[n % base];
  while (n /= base);
  buf_add(b, digits + i, sizeof digits - i);
  return value_null();
}

static value put_real(machine *m, buf *b, char verb, int precision, const value *v) {
  double d = v->d;
  if (v->type == VALUE_INT)
    d = (double)v->i;
  else if (v->type == VALUE_UINT)
    d = (double)v->u;
  else if (v->type != VALUE_DOUBLE)
    return mistyped(m, verb, v);
  buf_printf(b, verb == 'e' ? "%.*e" : "%.*f", precision < 0 ? 6 : precision, d);
  return value_null();
}

static value put_one(machine *m, buf *b, char verb, int precision, const value *v) {
  if (strchr("defxX", verb) && special_double(b, v) && strchr("def", verb)) return value_null();
  switch (verb) {
  case 's':
    print_plain(m, b, v, 0);
    return value_null();
  case 'd':
    if (v->type != VALUE_INT && v->type != VALUE_UINT) return mistyped(m, verb, v);
    print_plain(m, b, v, 0);
    return value_null();
  case 'e':
  case 'f':
    return put_real(m, b, verb, precision, v);
  case 'b':
  case 'o':
  case 'x':
  case 'X':
    return put_whole(m, b, verb, v);
  default:
    return machine_fail(m, "没有“%%%c”这种格式，可用 %%s %%d %%f %%e %%b %%o %%x。",
                        "There is no format \"%%%c\"; use %%s %%d %%f %%e %%b %%o %%x.", verb);
  }
}

/* ".3" after the percent sign; -1: none; -2: too large. */
static int read_precision(text s, size_t *at) {
  if (*at >= s.bytes || s.at[*at] != '.') return -1;
  int n = 0;
  for (++*at; *at < s.bytes && s.at[*at] >= '0' && s.at[*at] <= '9'; ++*at) {
    n = n * 10 + s.at[*at] - '0';
    if (n > PRECISION_MAX) return -2;
  }
  return n;
}

value run_format(machine *m, const value *args, size_t count) {
  if (args[0].type != VALUE_STRING || args[1].type != VALUE_LIST)
    return machine_mistyped(m, "format", args, count);
  text s = args[0].s;
  const value_list *list = args[1].list;
  if (!machine_charge(m, s.bytes / 16)) return machine_stopped(m);
  buf b AUTO_BUF = {.limit = 1 << 24};
  size_t used = 0;
  for (size_t at = 0; at < s.bytes;) {
    char c = s.at[at++];
    if (c != '%' || (at < s.bytes && s.at[at] == '%')) {
      buf_char(&b, c);
      at += c == '%';
      continue;
    }
    int precision = read_precision(s, &at);
    if (at >= s.bytes || precision == -2)
      return machine_fail(m, "%% 后面的格式没有写完。", "The format after %% is not finished.");
    if (used >= list->count)
      return machine_fail(m, "格式要的值比列表多：第 %zu 个没有。",
                          "The format needs more values: number %zu is missing.", used + 1);
    value done = put_one(m, &b, s.at[at++], precision, &list->items[used++]);
    if (is_fault(&done)) return done;
  }
  return make_text(m, &b);
}
