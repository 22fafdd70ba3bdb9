/* Fuzzes the language: any text is compiled in a small environment and, when it compiles, run,
 * shown and written as JSON. Errors must carry a place and both sentences; runs must stay within
 * the step limit; the JSON must read back.
 *
 * clang -fsanitize=fuzzer,address,undefined -D_GNU_SOURCE -Isrc tests/fuzz/fuzz_cel.c
 * src/cel/[a-z]*.c src/base/{json,text,arena,err,date,calendar,yaml,money}.c -lpcre2-8 -licui18n
 * -licuuc -lyaml -lm */
#include "base/json.h"
#include "cel/env.h"

#include <stdio.h>
#include <stdlib.h>

#define MUST(condition)                                                                            \
  do {                                                                                             \
    if (!(condition)) {                                                                            \
      fprintf(stderr, "line %d: %s\n", __LINE__, #condition);                                      \
      abort();                                                                                     \
    }                                                                                              \
  } while (0)

static const char *const grades[] = {"一般户", "监测户", NULL};
static const cel_type grade = {.kind = CEL_STRING, .choices = grades};
static const cel_field fields[] = {
    {"name", &cel_string}, {"income", &cel_money}, {"grade", &grade}};
static const cel_record person = {"person", fields, 3};
static const cel_type person_type = {.kind = CEL_RECORD, .record = &person};

static const struct {
  const char *name;
  const cel_type *type;
  const char *json; /* NULL: unknown */
} variables[] = {{"i", &cel_int, "7"},
                 {"d", &cel_double, "2.5"},
                 {"s", &cel_string, "\"监测户\""},
                 {"m", &cel_money, "600000"},
                 {"b", &cel_date, "19783"},
                 {"r", &cel_rate, "80000000"},
                 {"g", &grade, "\"一般户\""},
                 {"p", &person_type, "{\"name\":\"甲\",\"income\":5}"},
                 {"a.b", &cel_money, "5"},
                 {"u", &cel_money, NULL},
                 {"x", &cel_dyn, "{\"k\":[1,2.5,\"t\",null,{\"n\":[]}]}"},
                 {"y", &cel_dyn, NULL},
                 {"sc", &cel_scale, "[{\"threshold\":0,\"rate\":5,\"amount\":3}]"}};

static value slot(void *context, int number) {
  cel_run *run = context;
  if (!variables[number].json) return value_missing(run->a, variables[number].name);
  return value_from_json(run->a, json_parse(run->a, text_of(variables[number].json), NULL));
}

static void run(arena *a, const cel_program *p) {
  cel_run r = {.a = a, .slot = slot, .today = 20000};
  r.context = &r;
  value v = cel_eval(p, &r);
  MUST(r.cost <= CEL_COST_MAX + CEL_COST_MAX + 2);
  MUST(v.type != VALUE_ERROR || (v.error && v.error->zh[0] && v.error->en[0]));
  buf out AUTO_BUF = {.limit = 1 << 20}, shown AUTO_BUF = {.limit = 1 << 20};
  value_print(&shown, &v, cel_program_type(p));
  json_out w = json_to(&out);
  value_put_json(&w, &v, cel_program_type(p));
  cel_program_print(&shown, p);
  cel_type_print(&shown, cel_program_type(p));
  err e;
  MUST(cel_runs_in_browser(p, &e) || e.where[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size == 0) return 0;
  arena *a AUTO_ARENA = arena_new(64 << 20);
  cel_env *env = a ? cel_env_new(a) : NULL;
  if (!env) return 0;
  for (size_t i = 0; i < sizeof variables / sizeof *variables; i++)
    MUST(cel_env_add(env, variables[i].name, variables[i].type) == (int)i);
  env->lenient = data[0] & 1;
  err e = {0};
  cel_program *p = cel_compile(a, env, (text){(const char *)data + 1, size - 1}, NULL, &e);
  if (p)
    run(a, p);
  else
    MUST((e.code == ERR_BAD_EXPR && e.where[0] && e.zh[0] && e.en[0]) || e.code == ERR_MEMORY);
  return 0;
}
