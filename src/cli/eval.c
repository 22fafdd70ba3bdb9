/* eval: one expression, for people who write packs. */
#include "cli/commands.h"

#include "base/money.h"
#include "cel/cel.h"

#include <stdio.h>

typedef struct given {
  const value_map *data;
  const cel_env *env;
  arena *a;
} given;

static value given_slot(void *context, int slot) {
  const given *g = context;
  const char *name = cel_env_name(g->env, slot);
  const value *v = value_get(g->data, text_of(name));
  return v ? *v : value_missing(g->a, name);
}

/* Money is kept in fen and shown in yuan, which is how people say it. */
static bool tell(const value *v, const cel_type *type, bool as_json, buf *out) {
  json_out w = json_to(out);
  bool number = type && type->kind == CEL_INT && v->type == VALUE_INT,
       money = number && type->unit == UNIT_MONEY;
  if (!as_json && money) {
    char yuan[32];
    money_format_yuan(v->i, yuan);
    buf_printf(out, say("%s 元（%lld 分）", "%s yuan (%lld fen)"), yuan, (long long)v->i);
  } else if (!as_json && number && type->unit != UNIT_DATE) {
    value_print(out, v, type);
  } else if (!as_json) {
    value_put_json(&w, v, type);
  } else {
    AUTO_BUF buf name = {0};
    cel_type_print(&name, type);
    json_open(&w, '{');
    json_key(&w, "type");
    json_put_buf(&w, &name);
    json_key(&w, "value");
    value_put_json(&w, v, type);
    json_close(&w, '}');
    if (!buf_ok(&name)) return false;
  }
  return buf_ok(out);
}

static bool evaluate(arena *a, const options *o, buf *out, err *e) {
  const char *data = option(o, OPTION_DATA) ? option(o, OPTION_DATA) : "{}";
  json *tree = json_parse(a, text_of(data), e);
  cel_env *env = cel_env_new(a);
  day on = day_today();
  if (!tree) return err_within(e, "--data");
  if (tree->type != JSON_MAP)
    return err_set(e, ERR_BAD_INPUT, "--data", "--data 应是一个 JSON 对象。",
                   "--data must be a JSON object.");
  if (!env) return err_memory(e);
  if (option(o, OPTION_ON) && !day_parse(text_of(option(o, OPTION_ON)), &on))
    return err_set(e, ERR_BAD_INPUT, "--on", "日期应写成 2024-03-01。",
                   "A day is written 2024-03-01.");
  value v = value_from_json(a, tree);
  if (v.type != VALUE_MAP) return err_memory(e);
  for (size_t i = 0; i < tree->count; i++) {
    const char *name = arena_copy(a, tree->keys[i].at, tree->keys[i].bytes);
    if (!name || cel_env_add(env, name, &cel_dyn) < 0) return err_memory(e);
  }
  cel_program *p = cel_compile(a, env, text_of(o->words[0]), NULL, e);
  if (!p) return false;
  given g = {v.map, env, a};
  err ignored; /* without it, what asks for working days says so */
  calendar *days = calendar_load(home_file("data/calendar.yaml"), &ignored);
  cel_run r = {.a = a, .slot = given_slot, .context = &g, .today = on, .calendar = days};
  value result = cel_eval(p, &r);
  calendar_free(days);
  if (result.type == VALUE_ERROR && result.error) {
    *e = *result.error;
    return false;
  }
  return tell(&result, cel_program_type(p), option_flag(o, OPTION_JSON), out) || err_memory(e);
}

int command_eval(const options *o) {
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  AUTO_BUF buf out = {0};
  if (!a) err_memory(&e);
  if (!a || !evaluate(a, o, &out, &e)) return say_error(&e);
  printf("%s\n", out.at);
  return say_written(EXIT_DONE);
}
