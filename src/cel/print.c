/* Values as JSON for machines and as text for people. */
#include "base/date.h"
#include "base/json.h"
#include "base/money.h"
#include "cel/program.h"
#include "cel/types.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { SHOWN_DEPTH_MAX = 60 }; /* deeper lists and maps are shown as "…" */

/* Shortest digits that read back the same; plain from 1e-6 to 1e21, as browsers write numbers. */
void double_print(buf *b, double d) {
  char s[40];
  if (isnan(d)) return buf_str(b, "NaN");
  if (isinf(d)) return buf_str(b, d > 0 ? "Infinity" : "-Infinity");
  if (d == 0) return buf_str(b, signbit(d) ? "-0" : "0");
  int precision = 1;
  do snprintf(s, sizeof s, "%.*e", precision - 1, d);
  while (strtod(s, NULL) != d && ++precision <= 17);
  int exponent = (int)strtol(strchr(s, 'e') + 1, NULL, 10);
  if (exponent >= 21 || exponent < -6) {
    *strchr(s, 'e') = 0;
    buf_printf(b, "%se%+d", s, exponent);
  } else {
    buf_printf(b, "%.*f", precision - 1 > exponent ? precision - 1 - exponent : 0, d);
  }
}

static const cel_type *resolved(const cel_type *t) {
  return t ? type_resolve(t) : &cel_dyn;
}

static const cel_type *field_of(const cel_type *t, const value *key) {
  if (t->kind == CEL_MAP) return t->of;
  if (t->kind != CEL_RECORD || key->type != VALUE_STRING) return NULL;
  for (size_t i = 0; i < t->record->count; i++)
    if (text_is(key->s, t->record->fields[i].name)) return t->record->fields[i].type;
  return NULL;
}

static void print_int(buf *b, int64_t n, const cel_type *t, bool for_people) {
  const cel_unit unit = t->kind == CEL_INT ? t->unit : UNIT_NONE;
  const int decimals = for_people ? cel_type_decimals(t) : -1;
  char s[32];
  if (unit == UNIT_DATE && n >= DAY_MIN && n <= DAY_MAX) {
    day_format((day)n, s);
    buf_str(b, s);
  } else if (unit == UNIT_RATE) {
    int64_t percent;
    bool whole = for_people && !__builtin_mul_overflow(n, 100, &percent);
    decimal_format(whole ? percent : n, decimals, s);
    buf_printf(b, "%s%s", s, whole ? "%" : "");
  } else if (unit == UNIT_NUMBER) {
    decimal_format(n, decimals, s);
    buf_str(b, s);
  } else if (unit == UNIT_MONEY && for_people) {
    money_format_yuan(n, s);
    size_t digits = strcspn(s, ".");
    for (size_t i = 0; s[i]; i++) {
      buf_char(b, s[i]);
      if (i + 1 < digits && s[i] != '-' && (digits - i - 1) % 3 == 0) buf_char(b, ',');
    }
    buf_str(b, "元");
  } else {
    buf_int(b, n);
  }
  if (for_people) unit_print(b, cel_type_unit(t));
}

/* ---- JSON ---- */

static void put(json_out *w, const value *v, const cel_type *t, int depth);

static void put_key(json_out *w, const value *key) {
  buf b AUTO_BUF = {0};
  value_print(&b, key, NULL);
  json_key_text(w, buf_view(&b));
}

static void put_map(json_out *w, const value_map *map, const cel_type *t, int depth) {
  json_open(w, '{');
  for (size_t i = 0; i < map->count; i++) {
    put_key(w, &map->pairs[i].key);
    put(w, &map->pairs[i].item, field_of(t, &map->pairs[i].key), depth + 1);
  }
  json_close(w, '}');
}

static void put_list(json_out *w, const value_list *list, const cel_type *t, int depth) {
  json_open(w, '[');
  for (size_t i = 0; i < list->count; i++) put(w, &list->items[i], t->of, depth + 1);
  json_close(w, ']');
}

static void put_fault(json_out *w, const value *v) {
  json_open(w, '{');
  if (v->type == VALUE_UNKNOWN) {
    json_key(w, "unknown");
    json_open(w, '[');
    for (const missing *m = v->missing; m; m = m->next) json_put_str(w, m->name);
    json_close(w, ']');
  } else {
    json_key(w, "error");
    json_put_str(w, v->error ? v->error->zh : "");
  }
  json_close(w, '}');
}

static void put_int(json_out *w, int64_t n, const cel_type *t) {
  if (t->kind != CEL_INT || t->unit == UNIT_NONE || t->unit == UNIT_MONEY)
    return json_put_int(w, n);
  buf b AUTO_BUF = {0};
  print_int(&b, n, t, false);
  json_put_buf(w, &b);
}

static void put_text(json_out *w, const value *v) {
  buf b AUTO_BUF = {0};
  if (v->type == VALUE_TIMESTAMP) timestamp_print(&b, v);
  if (v->type == VALUE_DURATION) duration_print(&b, v);
  if (v->type == VALUE_BYTES) {
    char *out = malloc((v->s.bytes + 2) / 3 * 4 + 1);
    if (!out) return json_put_null(w);
    base64_encode(v->s, out);
    buf_add(&b, out, (v->s.bytes + 2) / 3 * 4);
    free(out);
  }
  json_put_buf(w, &b);
}

static void put(json_out *w, const value *v, const cel_type *type, int depth) {
  const cel_type *t = resolved(type);
  if (depth > SHOWN_DEPTH_MAX) return json_put_str(w, "…");
  switch (v->type) {
  case VALUE_NULL:
    return json_put_null(w);
  case VALUE_BOOL:
    return json_put_bool(w, v->yes);
  case VALUE_INT:
    return put_int(w, v->i, t);
  case VALUE_UINT: {
    char s[24];
    snprintf(s, sizeof s, "%llu", (unsigned long long)v->u);
    return json_put_raw(w, text_of(s));
  }
  case VALUE_DOUBLE:
    return json_put_double(w, v->d);
  case VALUE_STRING:
  case VALUE_TYPE:
    return json_put_text(w, v->s);
  case VALUE_BYTES:
  case VALUE_TIMESTAMP:
  case VALUE_DURATION:
    return put_text(w, v);
  case VALUE_LIST:
    return put_list(w, v->list, t, depth);
  case VALUE_MAP:
    return put_map(w, v->map, t, depth);
  case VALUE_OPTIONAL:
    if (!v->item) return json_put_null(w);
    return put(w, v->item, t->of, depth + 1);
  case VALUE_UNKNOWN:
  case VALUE_ERROR:
    return put_fault(w, v);
  }
}

void value_put_json(json_out *w, const value *v, const cel_type *t) {
  put(w, v, t, 0);
}

/* ---- for people ---- */

static void show(buf *b, const value *v, const cel_type *type, int depth) {
  const cel_type *t = resolved(type);
  if (depth > SHOWN_DEPTH_MAX) return buf_str(b, "…");
  switch (v->type) {
  case VALUE_NULL:
    return buf_str(b, "null");
  case VALUE_BOOL:
    return buf_str(b, v->yes ? "true" : "false");
  case VALUE_INT:
    return print_int(b, v->i, t, true);
  case VALUE_UINT:
    return buf_printf(b, "%llu", (unsigned long long)v->u);
  case VALUE_DOUBLE:
    return double_print(b, v->d);
  case VALUE_STRING:
  case VALUE_TYPE:
    return buf_text(b, v->s);
  case VALUE_BYTES:
    return buf_printf(b, "(%zu bytes)", v->s.bytes);
  case VALUE_TIMESTAMP:
    return timestamp_print(b, v);
  case VALUE_DURATION:
    return duration_print(b, v);
  case VALUE_LIST:
    for (size_t i = 0; i < v->list->count; i++) {
      if (i) buf_str(b, "、");
      show(b, &v->list->items[i], t->of, depth + 1);
    }
    return;
  case VALUE_MAP:
    for (size_t i = 0; i < v->map->count; i++) {
      if (i) buf_str(b, "，");
      show(b, &v->map->pairs[i].key, t->key, depth + 1);
      buf_str(b, "：");
      show(b, &v->map->pairs[i].item, field_of(t, &v->map->pairs[i].key), depth + 1);
    }
    return;
  case VALUE_OPTIONAL:
    if (v->item) show(b, v->item, t->of, depth + 1);
    return;
  case VALUE_UNKNOWN:
    buf_str(b, "缺少：");
    for (const missing *m = v->missing; m; m = m->next)
      buf_printf(b, "%s%s", m->name, m->next ? "、" : "");
    return;
  case VALUE_ERROR:
    return buf_str(b, v->error ? v->error->zh : "");
  }
}

void value_print(buf *b, const value *v, const cel_type *t) {
  show(b, v, t, 0);
}
