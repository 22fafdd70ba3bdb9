/* Holds the CEL engine to the upstream conformance cases: reads the JSON lines of cel_cases.mjs,
 * names every case that fails, ends with "N passed, M failed", and exits 1 when one failed.
 *
 *   cel_conformance cases.jsonl */
#include "base/json.h"
#include "cel/env.h"
#include "cel/program.h"
#include "cel/types.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct bindings {
  const cel_env *env;
  value *values; /* by slot */
} bindings;

static value bound(void *context, int slot) {
  return ((bindings *)context)->values[slot];
}

/* ---- protobuf JSON to values ---- */

static value read_value(arena *a, const json *j);

static value read_bytes(arena *a, text base64) {
  cel_env *env = cel_env_new(a);
  char *source = arena_printf(a, "base64.decode('%.*s')", (int)base64.bytes, base64.at);
  cel_program *p = env && source ? cel_compile(a, env, text_of(source), NULL, NULL) : NULL;
  cel_run run = {.a = a};
  return p ? cel_eval(p, &run) : (value){.type = VALUE_ERROR};
}

static value read_list(arena *a, const json *j) {
  const json *items = json_get(j, "values");
  value_list *list = ARENA_NEW(a, value_list);
  size_t count = items ? items->count : 0;
  value *all = ARENA_ARRAY(a, count, value);
  if (!list || !all) exit(2);
  for (size_t i = 0; i < count; i++) all[i] = read_value(a, &items->items[i]);
  *list = (value_list){count, all};
  return (value){.type = VALUE_LIST, .list = list};
}

static value read_map(arena *a, const json *j) {
  const json *entries = json_get(j, "entries");
  value_map *map = ARENA_NEW(a, value_map);
  size_t count = entries ? entries->count : 0;
  value_pair *all = ARENA_ARRAY(a, count, value_pair);
  if (!map || !all) exit(2);
  for (size_t i = 0; i < count; i++) {
    all[i].key = read_value(a, json_get(&entries->items[i], "key"));
    all[i].item = read_value(a, json_get(&entries->items[i], "value"));
  }
  *map = (value_map){.count = count, .pairs = all, .path = ""};
  return (value){.type = VALUE_MAP, .map = map};
}

static double read_double(const json *j) {
  if (j->type != JSON_TEXT) return json_double(j);
  if (text_is(j->s, "NaN")) return NAN;
  return text_is(j->s, "Infinity") ? INFINITY : -INFINITY;
}

static value read_value(arena *a, const json *j) {
  text kind = j && j->type == JSON_MAP && j->count == 1 ? j->keys[0] : TEXT("");
  const json *v = j ? j->items : NULL;
  if (text_is(kind, "boolValue")) return value_bool(v->yes);
  if (text_is(kind, "int64Value")) return value_int(strtoll(v->s.at, NULL, 10));
  if (text_is(kind, "uint64Value"))
    return (value){.type = VALUE_UINT, .u = strtoull(v->s.at, NULL, 10)};
  if (text_is(kind, "doubleValue")) return value_double(read_double(v));
  if (text_is(kind, "stringValue")) return value_string(v->s);
  if (text_is(kind, "bytesValue")) return read_bytes(a, v->s);
  if (text_is(kind, "stringBase64")) { /* a text that holds a NUL, which our JSON refuses */
    value read = read_bytes(a, v->s);
    return read.type == VALUE_BYTES ? value_string(read.s) : read;
  }
  if (text_is(kind, "nullValue")) return value_null();
  if (text_is(kind, "typeValue")) return (value){.type = VALUE_TYPE, .s = v->s};
  if (text_is(kind, "listValue")) return read_list(a, v);
  if (text_is(kind, "mapValue")) return read_map(a, v);
  return (value){.type = VALUE_ERROR};
}

/* Of one type, and equal; NaN is as good as NaN here. */
static bool same(const value *got, const value *want) {
  if (got->type != want->type) return false;
  if (got->type == VALUE_DOUBLE && isnan(want->d)) return isnan(got->d);
  if (got->type == VALUE_LIST) {
    if (got->list->count != want->list->count) return false;
    for (size_t i = 0; i < got->list->count; i++)
      if (!same(&got->list->items[i], &want->list->items[i])) return false;
    return true;
  }
  if (got->type != VALUE_MAP) return value_equal(got, want);
  if (got->map->count != want->map->count) return false;
  for (size_t i = 0; i < got->map->count; i++) {
    const value *other = map_find(want->map, &got->map->pairs[i].key);
    if (!other || !same(&got->map->pairs[i].item, other)) return false;
  }
  return true;
}

/* ---- one case ---- */

static const cel_type *declared(solver *s, text name) {
  char *signature = arena_printf(s->a, "(): %.*s", (int)name.bytes, name.at);
  const char *at = signature;
  overload o;
  return signature && overload_next(s, &at, &o) ? o.result : &cel_dyn;
}

static cel_env *declare(arena *a, const json *c, bindings *b) {
  solver s = {.a = a};
  cel_env *env = cel_env_new(a);
  if (!env) exit(2);
  const json *variables = json_get(c, "variables"), *functions = json_get(c, "functions");
  const json *bound_values = json_get(c, "bindings");
  for (size_t i = 0; variables && i < variables->count; i++)
    cel_env_add(env, arena_copy(a, variables->keys[i].at, variables->keys[i].bytes),
                declared(&s, variables->items[i].s));
  for (size_t i = 0; bound_values && i < bound_values->count; i++)
    cel_env_add(env, arena_copy(a, bound_values->keys[i].at, bound_values->keys[i].bytes),
                &cel_dyn);
  for (size_t i = 0; functions && i < functions->count; i++)
    cel_env_add_function(env, arena_copy(a, functions->keys[i].at, functions->keys[i].bytes),
                         arena_copy(a, functions->items[i].s.at, functions->items[i].s.bytes));
  text container = json_text(c, "container");
  env->container = arena_copy(a, container.at, container.bytes);
  env->lenient = json_bool(c, "disableCheck");
  b->values = ARENA_ARRAY(a, cel_env_count(env) + 1, value);
  if (!b->values) exit(2);
  for (size_t i = 0; i < cel_env_count(env); i++) {
    const json *v = json_get(bound_values, cel_env_name(env, (int)i));
    b->values[i] = v ? read_value(a, v) : value_missing(a, cel_env_name(env, (int)i));
  }
  return env;
}

/* NULL when the case holds, else what is wrong. */
static const char *judge(arena *a, const json *c) {
  bindings b = {0};
  cel_env *env = declare(a, c, &b);
  err e;
  cel_program *p = cel_compile(a, env, json_text(c, "expr"), NULL, &e);
  if (!p) return arena_printf(a, "%s: %s", e.where, e.en);
  buf printed AUTO_BUF = {0};
  cel_type_print(&printed, cel_program_type(p));
  if (json_has(c, "type") && !text_equal(buf_view(&printed), json_text(c, "type")))
    return arena_printf(a, "type %s", printed.at);
  if (json_bool(c, "checkOnly")) return NULL;
  cel_run run = {.a = a, .slot = bound, .context = &b};
  value got = cel_eval(p, &run);
  if (json_bool(c, "error")) {
    if (got.type == VALUE_ERROR) return NULL;
  } else {
    value want = read_value(a, json_get(c, "want"));
    if (same(&got, &want)) return NULL;
  }
  buf_clear(&printed);
  value_print(&printed, &got, NULL);
  return arena_printf(a, "got %s %.*s", value_type_name(&got), (int)printed.bytes,
                      printed.at ? printed.at : "");
}

int main(int count, char **words) {
  FILE *f = count == 2 ? fopen(words[1], "r") : NULL;
  if (!f) return fprintf(stderr, "usage: cel_conformance cases.jsonl\n"), 2;
  char *line = NULL;
  size_t room = 0, passed = 0, failed = 0;
  for (ssize_t n; (n = getline(&line, &room, f)) > 0;) {
    arena *a AUTO_ARENA = arena_new(0);
    err e;
    json *c = a ? json_parse(a, (text){line, (size_t)n}, &e) : NULL;
    const char *wrong = c ? judge(a, c) : "this line is not JSON";
    passed += !wrong;
    failed += wrong != NULL;
    if (!wrong) continue;
    text section = json_text(c, "section"), name = json_text(c, "name"),
         expr = json_text(c, "expr");
    printf("FAIL %.*s/%.*s\n  %.*s\n  %s\n", (int)section.bytes, section.at, (int)name.bytes,
           name.at, (int)expr.bytes, expr.at, wrong);
  }
  free(line);
  fclose(f);
  printf("%zu passed, %zu failed\n", passed, failed);
  return failed || !passed;
}
