/* cel_kit.h — a small environment for the tests of the language: compile, run, and show as one
 * line. */
#ifndef JISHI_TESTS_CEL_KIT_H
#define JISHI_TESTS_CEL_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/json.h"
#include "cel/cel.h"

typedef struct kit {
  arena *a;
  cel_env *env;
  calendar *calendar;
  int asked[64]; /* how often each slot was asked for in the last run */
  int64_t cost;  /* of the last run */
  buf shown;
} kit;

static const char *const kit_grades[] = {"一般户", "监测户", "脱贫户", NULL};
static const cel_type kit_grade = {.kind = CEL_STRING, .choices = kit_grades};
static const cel_field kit_person_fields[] = {
    {"name", &cel_string}, {"born", &cel_date}, {"income", &cel_money}, {"grade", &kit_grade}};
static const cel_record kit_person = {"person", kit_person_fields, 4};
static const cel_type kit_person_type = {.kind = CEL_RECORD, .record = &kit_person};

static const cel_measure kit_metres = {"米", -1}, kit_micro = {"µg/m³", 1},
                         kit_milli = {"mg/m³", -1}, kit_celsius = {"℃", -1};
static const cel_type kit_level = {.kind = CEL_INT, .unit = UNIT_NUMBER, .measure = &kit_metres},
                      kit_pm25 = {.kind = CEL_INT, .unit = UNIT_NUMBER, .measure = &kit_micro},
                      kit_co = {.kind = CEL_INT, .unit = UNIT_NUMBER, .measure = &kit_milli},
                      kit_lowest = {.kind = CEL_INT, .measure = &kit_celsius};

/* level 85.2 and limit 84.7 metres, levels both, pm25 58.55, co 0.8, lowest -5. */
static value kit_number(arena *a, const char *name) {
  static const struct {
    const char *name;
    int64_t n;
  } all[] = {{"level", 8520000000},
             {"limit", 8470000000},
             {"pm25", 5855000000},
             {"co", 80000000},
             {"lowest", -5}};
  static const value levels[] = {{.type = VALUE_INT, .i = 8520000000},
                                 {.type = VALUE_INT, .i = 8470000000}};
  static const value_list list = {2, levels};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++)
    if (strcmp(name, all[i].name) == 0) return value_int(all[i].n);
  if (strcmp(name, "levels") == 0) return (value){.type = VALUE_LIST, .list = &list};
  return value_missing(a, name);
}

/* income 8000.00, debt unknown, persons: one with all fields, one with a name only; boom: an error.
 */
static value kit_slot(void *context, int slot) {
  kit *k = context;
  k->asked[slot]++;
  const char *name = cel_env_name(k->env, slot);
  static const err broken = {.code = ERR_BAD_EXPR, .zh = "坏了", .en = "broken"};
  if (strcmp(name, "income") == 0) return value_int(800000);
  if (strcmp(name, "size_") == 0) return value_int(4);
  if (strcmp(name, "grade") == 0) return value_string(TEXT("监测户"));
  if (strcmp(name, "born") == 0) return value_int(19783); /* 2024-03-01 */
  if (strcmp(name, "p.line") == 0) return value_int(600000);
  if (strcmp(name, "boom") == 0) return (value){.type = VALUE_ERROR, .error = &broken};
  if (strcmp(name, "persons") == 0) {
    static const value_pair first[] = {
        {{.type = VALUE_STRING, .s = {"name", 4}}, {.type = VALUE_STRING, .s = {"甲", 3}}},
        {{.type = VALUE_STRING, .s = {"income", 6}}, {.type = VALUE_INT, .i = 100000}},
        {{.type = VALUE_STRING, .s = {"grade", 5}}, {.type = VALUE_STRING, .s = {"一般户", 9}}}};
    static const value_pair second[] = {
        {{.type = VALUE_STRING, .s = {"name", 4}}, {.type = VALUE_STRING, .s = {"乙", 3}}}};
    static const value_map maps[] = {{3, first, true, "persons[0]"},
                                     {1, second, true, "persons[1]"}};
    static const value people[] = {{.type = VALUE_MAP, .map = &maps[0]},
                                   {.type = VALUE_MAP, .map = &maps[1]}};
    static const value_list list = {2, people};
    return (value){.type = VALUE_LIST, .list = &list};
  }
  if (strcmp(name, "steps") == 0 || strcmp(name, "points") == 0 || strcmp(name, "nodes") == 0) {
    const char *source =
        strcmp(name, "nodes") == 0
            ? "[{\"threshold\":0,\"index\":0},{\"threshold\":3500000000,\"index\":50},{"
              "\"threshold\":"
              "7500000000,\"index\":100},{\"threshold\":11500000000,\"index\":150}]"
        : strcmp(name, "steps") == 0
            ? "[{\"threshold\":0,\"rate\":10000000},{\"threshold\":100000,\"rate\":20000000}]"
            : "[{\"threshold\":0,\"amount\":5000},{\"threshold\":100000,\"amount\":9000}]";
    return value_from_json(k->a, json_parse(k->a, text_of(source), NULL));
  }
  return kit_number(k->a, name);
}

static int kit_open(void **state) {
  kit *k = calloc(1, sizeof *k);
  if (!k || !(k->a = arena_new(64 << 20)) || !(k->env = cel_env_new(k->a))) return -1;
  cel_env_add(k->env, "income", &cel_money);
  cel_env_add(k->env, "debt", &cel_money);
  cel_env_add(k->env, "size_", &cel_int);
  cel_env_add(k->env, "grade", &kit_grade);
  cel_env_add(k->env, "born", &cel_date);
  cel_env_add(k->env, "persons", cel_list_of(k->a, &kit_person_type));
  cel_env_add(k->env, "p.line", &cel_money);
  cel_env_add(k->env, "p.line.town", &cel_money);
  cel_env_add(k->env, "ill", &cel_bool);
  cel_env_add(k->env, "deaf", &cel_bool);
  cel_env_add(k->env, "boom", &cel_bool);
  cel_env_add(k->env, "steps", &cel_scale);
  cel_env_add(k->env, "points", &cel_scale);
  cel_env_add(k->env, "nodes", &cel_scale);
  cel_env_add(k->env, "any", &cel_dyn);
  cel_env_add(k->env, "level", &kit_level);
  cel_env_add(k->env, "limit", &kit_level);
  cel_env_add(k->env, "levels", cel_list_of(k->a, &kit_level));
  cel_env_add(k->env, "pm25", &kit_pm25);
  cel_env_add(k->env, "co", &kit_co);
  cel_env_add(k->env, "lowest", &kit_lowest);
  static const day off[] = {19783}; /* Friday 1 March 2024 */
  static const calendar_notice notice = {
      .year = 2024, .reference = TEXT("test"), .holidays = off, .holiday_count = 1};
  k->calendar = calendar_new();
  *state = k;
  return k->calendar && calendar_take(k->calendar, &(calendar_notices){&notice, 1}, NULL) ? 0 : -1;
}

static int kit_close(void **state) {
  kit *k = *state;
  buf_release(&k->shown);
  calendar_free(k->calendar);
  arena_free(k->a);
  free(k);
  return 0;
}

static const char *kit_view(kit *k) {
  return k->shown.at ? k->shown.at : "";
}

/* "money 800000" or "! column 3 …" for an expression that does not compile. */
static inline const char *kit_run(kit *k, const char *source) {
  err e = {0};
  buf_clear(&k->shown);
  memset(k->asked, 0, sizeof k->asked);
  cel_program *p = cel_compile(k->a, k->env, text_of(source), NULL, &e);
  if (!p) {
    assert_int_equal(e.code, ERR_BAD_EXPR);
    assert_true(e.zh[0] && e.en[0]);
    buf_printf(&k->shown, "! %s %s", e.where, e.en);
    return kit_view(k);
  }
  cel_run run = {
      .a = k->a, .slot = kit_slot, .context = k, .today = 20000, .calendar = k->calendar};
  value v = cel_eval(p, &run);
  k->cost = run.cost;
  cel_type_print(&k->shown, cel_program_type(p));
  buf_char(&k->shown, ' ');
  if (v.type == VALUE_ERROR) {
    buf_printf(&k->shown, "error %s", v.error->en);
    return kit_view(k);
  }
  json_out w = json_to(&k->shown);
  value_put_json(&w, &v, cel_program_type(p));
  return kit_view(k);
}

/* Every pair of source and what it shows; `want` ending in "…" asks for the beginning only. */
static inline void kit_expect(kit *k, const char *const pairs[][2], size_t count) {
  for (size_t i = 0; i < count; i++) {
    const char *got = kit_run(k, pairs[i][0]), *want = pairs[i][1];
    size_t n = strlen(want);
    bool begins = n > 3 && strcmp(want + n - 3, "…") == 0;
    if (begins ? strncmp(got, want, n - 3) != 0 : strcmp(got, want) != 0)
      fail_msg("%s\n  gives %s\n  wants %s", pairs[i][0], got, want);
  }
}

#define EXPECT(k, pairs) kit_expect((k), (pairs), sizeof(pairs) / sizeof *(pairs))
#define KIT_TEST(f) cmocka_unit_test_setup_teardown(f, kit_open, kit_close)

#endif
