/* Parameters set otherwise: as people write them, or as another overlay has them. */
#include "base/money.h"
#include "screen/screen.h"

#include <stdlib.h>

static bool is_named(const parameter *p, text name) {
  return text_is(name, p->name) || (strncmp(p->name, "p.", 2) == 0 && text_is(name, p->name + 2));
}

/* The whole name, or the name of a keyed parameter with a key behind it. */
static bool find(const pack *p, text name, int *ret_index, text *ret_key) {
  for (size_t i = 0; i < p->parameter_count; i++)
    if (is_named(&p->parameters[i], name)) {
      *ret_index = (int)i;
      *ret_key = TEXT("");
      return true;
    }
  size_t dot = name.bytes;
  while (dot > 0 && name.at[dot - 1] != '.') dot--;
  if (dot < 2) return false;
  for (size_t i = 0; i < p->parameter_count; i++)
    if (p->parameters[i].form == PARAM_KEYED &&
        is_named(&p->parameters[i], (text){name.at, dot - 1})) {
      *ret_index = (int)i;
      *ret_key = (text){name.at + dot, name.bytes - dot};
      return true;
    }
  return false;
}

static bool read_int(text s, int64_t *ret) {
  char digits[24], *end;
  if (s.bytes == 0 || s.bytes >= sizeof digits) return false;
  memcpy(digits, s.at, s.bytes);
  digits[s.bytes] = '\0';
  *ret = strtoll(digits, &end, 10);
  return end == digits + s.bytes;
}

static bool read_value(const char *type, arena *a, text s, value *ret) {
  int64_t n = 0;
  day d;
  bool ok = true;
  if (strcmp(type, "money") == 0) {
    ok = money_parse_yuan(s, &n);
  } else if (strcmp(type, "rate") == 0) {
    ok = rate_parse(s, &n);
  } else if (strcmp(type, "number") == 0) {
    ok = decimal_parse(s, &n);
  } else if (strcmp(type, "int") == 0) {
    ok = read_int(s, &n);
  } else if (strcmp(type, "date") == 0) {
    ok = day_parse(s, &d);
    n = ok ? d : 0;
  } else if (strcmp(type, "bool") == 0) {
    bool yes = text_is(s, "true") || text_is(s, "是");
    ok = yes || text_is(s, "false") || text_is(s, "否");
    *ret = value_bool(yes);
    return ok;
  } else {
    char *copy = arena_copy(a, s.at, s.bytes);
    *ret = value_string((text){copy, s.bytes});
    return copy != NULL;
  }
  *ret = value_int(n);
  return ok;
}

bool setting_read(const pack *p, arena *a, text s, setting *ret, err *e) {
  const char *equals = s.bytes ? memchr(s.at, '=', s.bytes) : NULL;
  if (!equals)
    return err_set(e, ERR_BAD_INPUT, "set", "“%.*s”应写成 参数=值，例如 p.monitor.line=8000。",
                   "\"%.*s\" should be written parameter=value, such as p.monitor.line=8000.",
                   (int)s.bytes, s.at);
  text name = {s.at, (size_t)(equals - s.at)};
  text v = {equals + 1, s.bytes - name.bytes - 1};
  *ret = (setting){0};
  if (!find(p, name, &ret->parameter, &ret->key))
    return err_set(e, ERR_UNKNOWN_NAME, "set", "业务包里没有参数“%.*s”。",
                   "The pack has no parameter \"%.*s\".", (int)name.bytes, name.at);
  const parameter *of = &p->parameters[ret->parameter];
  if (of->form == PARAM_KEYED && ret->key.bytes == 0)
    return err_set(e, ERR_BAD_INPUT, of->name, "参数“%s”要写明是哪一项，例如 %s.名称=值。",
                   "Say which item of the parameter \"%s\": %s.NAME=value.", of->name, of->name);
  if (of->form == PARAM_SCALE)
    return err_set(e, ERR_BAD_INPUT, of->name, "参数“%s”是分档表，请改在本地参数文件夹里推演。",
                   "The parameter \"%s\" is a scale; change it in an overlay folder.", of->name);
  if (v.bytes == 0) {
    ret->v = value_missing(a, of->name);
    return true;
  }
  if (read_value(of->kind, a, v, &ret->v)) return true;
  return err_set(e, ERR_BAD_INPUT, of->name, "“%.*s”不是参数“%s”要的值（类型 %s）。",
                 "\"%.*s\" is not a value of the parameter \"%s\" (type %s).", (int)v.bytes, v.at,
                 of->name, of->kind);
}

static bool same_values(const parameter *x, const parameter *y) {
  if (x->value_count != y->value_count) return false;
  for (size_t i = 0; i < x->value_count; i++) {
    const value *a = &x->values[i].v, *b = &y->values[i].v;
    if (x->values[i].from != y->values[i].from) return false;
    if ((a->type == VALUE_UNKNOWN) != (b->type == VALUE_UNKNOWN)) return false;
    if (a->type != VALUE_UNKNOWN && !value_equal(a, b)) return false;
  }
  return true;
}

bool settings_between(const pack *now, const pack *then, arena *a, day on, setting **ret,
                      size_t *ret_count, err *e) {
  setting *all = ARENA_ARRAY(a, now->parameter_count + 1, setting);
  size_t n = 0;
  if (!all) return err_memory(e);
  for (size_t i = 0; i < now->parameter_count; i++)
    for (size_t k = 0; k < then->parameter_count; k++) {
      const parameter *x = &now->parameters[i], *y = &then->parameters[k];
      if (strcmp(x->name, y->name) != 0 || same_values(x, y)) continue;
      all[n++] = (setting){
          .parameter = (int)i, .key = TEXT(""), .v = parameter_at(y, a, on, NULL), .instead = y};
    }
  *ret = all;
  *ret_count = n;
  return true;
}
