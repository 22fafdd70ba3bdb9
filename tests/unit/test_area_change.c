/* Areas are renamed, merged, split, re-coded and added on a day: everything that belongs to them
 * follows at once, what was stays readable, a replay agrees, and what nothing followed is taken
 * back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/replay.h"
#include "orchard.h"
#include "store/rows/area_changes.h"

#define SAID "\"reason\":\"撤并村庄\",\"document\":\"石政发〔2024〕1号\""
#define NEW "500243101003"

/* ---- looking ---- */

static void replay_agrees(orchard *o) {
  AUTO_BUF buf report = {0};
  bool same = false;
  err e = {0};
  if (!engine_rebuild(o->location, &same, &report, NULL, &e))
    fail_msg("rebuild: %s %s", e.where, e.en);
  if (!same) fail_msg("differs: %s", report.at);
}

static const char *change(orchard *o, const char *body) {
  uuid u = next_id(o);
  const char *id = id_text(o, &u);
  command c = command_of(o, VERB_AREA, json_parse(o->a, text_of(body), NULL));
  c.id = u;
  answer x = {0};
  if (!apply(o, &c, &x)) fail_msg("%s: %s %s", body, o->told.where, o->told.en);
  return id;
}

static void not_done(orchard *o, const char *body, const char *words) {
  if (refusal(o, &everyone, VERB_AREA, "%s", body) == ERR_NONE) fail_msg("done: %s", body);
  if (!strstr(o->told.zh, words)) fail_msg("%s: %s", body, o->told.zh);
}

static const char *where(orchard *o, const char *garden) {
  return subject_of(o, "garden", garden)->area;
}

static const char *name_of(orchard *o, const char *code) {
  const char *name = NULL;
  err e = {0};
  if (!store_area_name(o->s, o->a, code, &name, &e)) fail_msg("%s", e.en);
  return name;
}

static bool stands(orchard *o, const char *code) {
  area *x = NULL;
  err e = {0};
  if (!store_area_find(o->s, o->a, code, &x, &e)) fail_msg("%s", e.en);
  return x && area_stands(x);
}

static const char *add_keeper(orchard *o, const char *login, const char *area_code) {
  uuid u = next_id(o);
  const char *id = id_text(o, &u);
  must(o, VERB_OFFICER,
       "{\"id\":\"%s\",\"login\":\"%s\",\"name\":\"%s\",\"posts\":[{\"role\":\"keeper\",\"area\":"
       "\"%s\"}]}",
       id, login, login, area_code);
  return id;
}

static officer *keeper(orchard *o, const char *id) {
  uuid u = id_of(id);
  officer *x = NULL;
  err e = {0};
  if (!store_officer_find(o->s, o->a, &u, &x, &e)) fail_msg("%s", e.en);
  assert_non_null(x);
  return x;
}

/* A garden with a finding, a case, members of duties, a tree and an event. */
static const char *full_garden(orchard *o, const char *code, const char *area_code) {
  const char *id = add_garden(o, code, area_code, ",\"soil\":\"sand\"");
  add_tree(o, id, code, "");
  add_event(o, "check", id, "2024-03-01", "\"ill\":9");
  return id;
}

static void all_is_in(orchard *o, const char *garden, const char *area_code) {
  uuid u = id_of(garden);
  err e = {0};
  finding *findings = NULL;
  casework *cases = NULL;
  record **trees = NULL;
  event **events = NULL;
  duty_member *members = NULL;
  size_t n = 0;
  assert_string_equal(where(o, garden), area_code);
  assert_true(store_findings_of(o->s, o->a, &u, false, &findings, &n, &e));
  assert_true(n > 0);
  for (size_t i = 0; i < n; i++) assert_string_equal(findings[i].area, area_code);
  n = cases_of(o, garden, &cases);
  assert_true(n > 0);
  for (size_t i = 0; i < n; i++) assert_string_equal(cases[i].area, area_code);
  assert_true(store_children(o->s, o->a, kind_named(o, "tree"), &u, &trees, &n, &e));
  assert_int_equal(n, 1);
  assert_string_equal(trees[0]->area, area_code);
  const event_kind *check = catalog_event(engine_packs(o->g), TEXT("check"), NULL);
  assert_true(store_events(o->s, o->a, &(event_query){.kind = check, .root = u, .from = DAY_NONE},
                           &events, &n, &e));
  assert_int_equal(n, 1);
  assert_string_equal(events[0]->area, area_code);
  assert_true(store_members_open(o->s, o->a, &u, &members, &n, &e));
  assert_true(n > 0);
  for (size_t i = 0; i < n; i++) assert_string_equal(members[i].area, area_code);
}

/* ---- tests ---- */

static void a_village_gets_another_name(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  area_name *names = NULL;
  size_t n = 0;
  err e = {0};
  not_done(o,
           "{\"way\":\"rename\",\"from\":[\"" NORTH "\"],\"to\":[{\"code\":\"" NORTH
           "\",\"name\":\"新北村\"}],\"reason\":\"更名\"}",
           "文号");
  not_done(o,
           "{\"way\":\"rename\",\"from\":[\"" NORTH "\"],\"to\":[{\"code\":\"" NORTH
           "\",\"name\":\"北村\"}]," SAID "}",
           "请写新的名称");
  begin_day(o, "2024-04-10");
  const char *id = change(o, "{\"way\":\"rename\",\"on\":\"2024-04-01\",\"from\":[\"" NORTH
                             "\"],\"to\":[{\"code\":\"" NORTH "\",\"name\":\"新北村\"}]," SAID "}");
  assert_string_equal(name_of(o, NORTH), "新北村");
  assert_true(store_area_names(o->s, o->a, &names, &n, &e));
  assert_int_equal(n, 1);
  assert_string_equal(names[0].name, "北村");
  assert_int_equal(names[0].until, on("2024-04-01"));
  replay_agrees(o);
  must(o, VERB_AREA, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id);
  assert_string_equal(name_of(o, NORTH), "北村");
  if (refusal(o, &everyone, VERB_AREA, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id) !=
      ERR_NOT_ALLOWED)
    fail_msg("%s", o->told.en);
  replay_agrees(o);
  orchard_free(o);
}

static void villages_are_merged(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *north = full_garden(o, "G1", NORTH), *south = full_garden(o, "G2", SOUTH);
  const char *li = add_keeper(o, "li", NORTH), *wang = add_keeper(o, "wang", SOUTH);
  past_area *past = NULL;
  size_t n = 0;
  err e = {0};
  begin_day(o, "2024-04-01");
  const char *id = change(o, "{\"way\":\"merge\",\"from\":[\"" NORTH
                             "\"],\"to\":[{\"code\":\"" SOUTH "\",\"name\":\"联村\"}]," SAID "}");
  all_is_in(o, north, SOUTH);
  all_is_in(o, south, SOUTH);
  assert_false(stands(o, NORTH));
  assert_string_equal(name_of(o, SOUTH), "联村");
  assert_string_equal(name_of(o, NORTH), "北村"); /* old papers can be read */
  assert_string_equal(keeper(o, li)->posts[0].area, SOUTH);
  assert_int_equal(keeper(o, wang)->post_count, 1);
  assert_true(store_past_areas(o->s, o->a, 0, &past, &n, &e));
  assert_int_equal(n, 1);
  assert_string_equal(past[0].area, NORTH);
  assert_int_equal(past[0].until, on("2024-04-01"));
  /* who writes the old code is told the new one */
  uuid u = next_id(o);
  assert_int_equal(refusal(o, &everyone, VERB_SUBJECT,
                           "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"" NORTH
                           "\",\"fields\":{\"code\":\"G9\",\"owner\":\"张某\"}}",
                           id_text(o, &u)),
                   ERR_BAD_INPUT);
  assert_non_null(strstr(o->told.zh, SOUTH " 联村"));
  begin_day(o, "2024-04-02");
  all_is_in(o, north, SOUTH);
  replay_agrees(o);
  must(o, VERB_AREA, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id);
  all_is_in(o, north, NORTH);
  all_is_in(o, south, SOUTH);
  assert_true(stands(o, NORTH));
  assert_string_equal(name_of(o, SOUTH), "南村");
  assert_string_equal(keeper(o, li)->posts[0].area, NORTH);
  assert_true(store_past_areas(o->s, o->a, 0, &past, &n, &e));
  assert_int_equal(n, 0);
  begin_day(o, "2024-04-03");
  replay_agrees(o);
  orchard_free(o);
}

/* A split says who goes where; the rest stays, or goes to the first. */
static void a_village_is_split(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *stays = full_garden(o, "G1", NORTH), *goes = full_garden(o, "G2", NORTH);
  const char *li = add_keeper(o, "li", NORTH);
  char body[600];
  begin_day(o, "2024-04-01");
  snprintf(body, sizeof body,
           "{\"way\":\"split\",\"from\":[\"" NORTH "\"],\"to\":[{\"code\":\"" NORTH
           "\"},{\"code\":\"" NEW
           "\",\"name\":\"东村\"}],\"subjects\":[{\"kind\":\"garden\",\"id\":"
           "\"%s\",\"to\":\"%s\"}]," SAID "}",
           goes, SOUTH);
  not_done(o, body, "不是拆成的区域");
  snprintf(body, sizeof body,
           "{\"way\":\"split\",\"from\":[\"" NORTH "\"],\"to\":[{\"code\":\"" NORTH
           "\"},{\"code\":\"" NEW
           "\",\"name\":\"东村\"}],\"subjects\":[{\"kind\":\"garden\",\"id\":"
           "\"%s\",\"to\":\"" NEW "\"}]," SAID "}",
           goes);
  const char *id = change(o, body);
  all_is_in(o, stays, NORTH);
  all_is_in(o, goes, NEW);
  assert_true(stands(o, NORTH) && stands(o, NEW));
  assert_int_equal(keeper(o, li)->post_count, 2); /* both parts, until somebody says otherwise */
  replay_agrees(o);
  /* something followed: it is not taken back */
  add_event(o, "check", goes, "2024-04-01", "\"ill\":1");
  assert_int_equal(
      refusal(o, &everyone, VERB_AREA, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id),
      ERR_NOT_ALLOWED);
  assert_non_null(strstr(o->told.zh, "后来有了登记"));
  change(o,
         "{\"way\":\"split\",\"from\":[\"" SOUTH "\"],\"to\":[{\"code\":\"500243101004\",\"name\":"
         "\"南一村\"},{\"code\":\"500243101005\",\"name\":\"南二村\"}]," SAID "}");
  assert_false(stands(o, SOUTH));
  begin_day(o, "2024-04-02");
  replay_agrees(o);
  orchard_free(o);
}

/* A town takes its villages along. */
static void a_town_gets_another_code(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *garden = full_garden(o, "G1", NORTH), *li = add_keeper(o, "li", "500243101000");
  not_done(o,
           "{\"way\":\"recode\",\"from\":[\"500243101000\"],\"to\":[{\"code\":\"500243102000\"}]"
           "," SAID "}",
           "已经用过");
  const char *id = change(o, "{\"way\":\"recode\",\"from\":[\"500243101000\"],\"to\":[{\"code\":"
                             "\"500243105000\"}]," SAID "}");
  all_is_in(o, garden, "500243105001");
  assert_string_equal(name_of(o, "500243105001"), "北村");
  assert_string_equal(name_of(o, "500243105000"), "万安街道");
  assert_false(stands(o, NORTH) || stands(o, "500243101000"));
  assert_string_equal(keeper(o, li)->posts[0].area, "500243105000");
  replay_agrees(o);
  must(o, VERB_AREA, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id);
  all_is_in(o, garden, NORTH);
  assert_false(stands(o, "500243105001"));
  assert_string_equal(name_of(o, "500243105001"), "");
  replay_agrees(o);
  orchard_free(o);
}

static void a_town_goes_into_another(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *garden = full_garden(o, "G1", NORTH), *li = add_keeper(o, "li", "500243101000");
  const char *id = change(o, "{\"way\":\"merge\",\"from\":[\"500243101000\"],\"to\":[{\"code\":"
                             "\"500243102000\"}]," SAID "}");
  all_is_in(o, garden, "500243102002"); /* 001 is the far village's */
  assert_string_equal(name_of(o, "500243102002"), "北村");
  assert_string_equal(name_of(o, "500243102003"), "南村");
  assert_string_equal(name_of(o, "500243102000"), "南宾街道");
  assert_false(stands(o, NORTH) || stands(o, "500243101000"));
  assert_true(stands(o, FAR));
  assert_string_equal(keeper(o, li)->posts[0].area, "500243102000");
  replay_agrees(o);
  add_garden(o, "G2", "500243102003", "");
  not_done(o, arena_printf(o->a, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id),
           "后来有了登记");
  orchard_free(o);

  o = orchard_new("2024-03-01");
  garden = full_garden(o, "G1", NORTH);
  id = change(o, "{\"way\":\"merge\",\"from\":[\"500243101000\"],\"to\":[{\"code\":"
                 "\"500243102000\"}]," SAID "}");
  must(o, VERB_AREA, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id);
  all_is_in(o, garden, NORTH);
  assert_true(stands(o, NORTH) && stands(o, "500243101000"));
  assert_string_equal(name_of(o, "500243102002"), "");
  replay_agrees(o);
  orchard_free(o);
}

/* One entry says which villages go to the new town; the rest stays. */
static void a_town_is_split(UNUSED void **state) {
#define TOWN "500243101000"
#define SPLIT(parts)                                                                               \
  "{\"way\":\"split\",\"from\":[\"" TOWN "\"],\"to\":[{\"code\":\"" TOWN                           \
  "\"},{\"code\":\"500243105000\",\"name\":\"新街道\"}]," parts SAID "}"
#define SOUTH_GOES "\"areas\":[{\"code\":\"" SOUTH "\",\"to\":\"500243105000\"}],"
  orchard *o = orchard_new("2024-03-01");
  const char *stays = full_garden(o, "G1", NORTH), *goes = full_garden(o, "G2", SOUTH);
  const char *li = add_keeper(o, "li", TOWN), *wang = add_keeper(o, "wang", SOUTH);
  not_done(o, SPLIT("\"areas\":[{\"code\":\"" FAR "\",\"to\":\"500243105000\"}],"), "不在");
  not_done(o, SPLIT("\"areas\":[{\"code\":\"" SOUTH "\",\"to\":\"500243102000\"}],"), "去处");
  not_done(o,
           SPLIT("\"areas\":[{\"code\":\"" SOUTH "\",\"to\":\"500243105000\"},{\"code\":\"" SOUTH
                 "\",\"to\":\"" TOWN "\"}],"),
           "写了两次");
  not_done(o,
           "{\"way\":\"rename\",\"from\":[\"" TOWN "\"],\"to\":[{\"code\":\"" TOWN
           "\",\"name\":\"甲\"}]," SOUTH_GOES SAID "}",
           "拆分乡镇");
  const char *id = change(o, SPLIT(SOUTH_GOES));
  all_is_in(o, stays, NORTH);
  all_is_in(o, goes, "500243105002");
  assert_string_equal(name_of(o, "500243105002"), "南村");
  assert_string_equal(name_of(o, "500243105000"), "新街道");
  assert_true(stands(o, TOWN) && stands(o, NORTH) && !stands(o, SOUTH));
  assert_int_equal(keeper(o, li)->post_count, 2);
  assert_string_equal(keeper(o, wang)->posts[0].area, "500243105002");
  replay_agrees(o);
  must(o, VERB_AREA, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id);
  all_is_in(o, goes, SOUTH);
  assert_true(stands(o, SOUTH) && !stands(o, "500243105000"));
  id = change(o, SPLIT(SOUTH_GOES));
  change(o, "{\"way\":\"rename\",\"from\":[\"500243105002\"],\"to\":[{\"code\":\"500243105002\","
            "\"name\":\"新南村\"}]," SAID "}");
  not_done(o, arena_printf(o->a, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id),
           "后来又有变更");
  replay_agrees(o);
  orchard_free(o);
}

/* Who may not see a record says who goes where by its number. */
static void who_goes_is_told_by_key(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const char *goes = full_garden(o, "G2", NORTH);
#define BY_KEY(key)                                                                                \
  "{\"way\":\"split\",\"from\":[\"" NORTH "\"],\"to\":[{\"code\":\"" NORTH "\"},{\"code\":\"" NEW  \
  "\",\"name\":\"东村\"}],\"subjects\":[{\"kind\":\"garden\",\"key\":\"" key "\",\"to\":\"" NEW    \
  "\"}]," SAID "}"
  not_done(o, BY_KEY("G9"), "没有找到");
  change(o, BY_KEY("G2"));
  all_is_in(o, goes, NEW);
  replay_agrees(o);
  orchard_free(o);
}

static void areas_are_abolished(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  add_garden(o, "G1", NORTH, "");
  const char *li = add_keeper(o, "li", SOUTH);
  not_done(o, "{\"way\":\"abolish\",\"from\":[\"" NORTH "\"]," SAID "}", "还登记着 1 个对象");
  not_done(o, "{\"way\":\"abolish\",\"from\":[\"500243102000\"]," SAID "}", "下面还有“远村”");
  not_done(o, "{\"way\":\"abolish\",\"from\":[]," SAID "}", "撤销区域");
  const char *id = change(o, "{\"way\":\"abolish\",\"from\":[\"" SOUTH "\"]," SAID "}");
  assert_false(stands(o, SOUTH));
  assert_string_equal(name_of(o, SOUTH), "南村");
  assert_int_equal(keeper(o, li)->post_count, 0);
  uuid tree = next_id(o);
  assert_int_equal(refusal(o, &everyone, VERB_SUBJECT,
                           "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"" SOUTH
                           "\",\"fields\":{\"code\":\"G9\",\"owner\":\"王\"}}",
                           id_text(o, &tree)),
                   ERR_BAD_INPUT);
  assert_non_null(strstr(o->told.zh, "已经撤销"));
  replay_agrees(o);
  must(o, VERB_AREA, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id);
  assert_true(stands(o, SOUTH));
  assert_string_equal(keeper(o, li)->posts[0].area, SOUTH);
  change(o, "{\"way\":\"abolish\",\"from\":[\"500243102000\",\"" FAR "\"]," SAID "}");
  assert_false(stands(o, FAR) || stands(o, "500243102000"));
  replay_agrees(o);
  orchard_free(o);
}

static void an_area_is_added(UNUSED void **state) {
  orchard *o = orchard_new("2024-03-01");
  const actor li = {.invented = true,
                    .posts = &(post){.role = "keeper", .pack = "orchard", .area = NORTH},
                    .post_count = 1};
  not_done(o, "{\"way\":\"add\",\"to\":[{\"code\":\"500243109001\",\"name\":\"新村\"}]," SAID "}",
           "没有代码为 500243109000");
  not_done(o, "{\"way\":\"add\",\"to\":[{\"code\":\"" NORTH "\",\"name\":\"新村\"}]," SAID "}",
           "已经用过");
  assert_int_equal(refusal(o, &li, VERB_AREA,
                           "{\"way\":\"add\",\"to\":[{\"code\":\"" NEW
                           "\",\"name\":\"新村\"}]," SAID "}"),
                   ERR_DENIED);
  const char *id =
      change(o, "{\"way\":\"add\",\"to\":[{\"code\":\"" NEW "\",\"name\":\"新村\"}]," SAID "}");
  add_garden(o, "G1", NEW, "");
  assert_int_equal(
      refusal(o, &everyone, VERB_AREA, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id),
      ERR_NOT_ALLOWED);
  replay_agrees(o);
  orchard_free(o);
}

#define ALL                                                                                        \
  cmocka_unit_test(a_village_gets_another_name), cmocka_unit_test(villages_are_merged),            \
      cmocka_unit_test(a_village_is_split), cmocka_unit_test(a_town_gets_another_code),            \
      cmocka_unit_test(a_town_goes_into_another), cmocka_unit_test(areas_are_abolished),           \
      cmocka_unit_test(an_area_is_added), cmocka_unit_test(a_town_is_split),                       \
      cmocka_unit_test(who_goes_is_told_by_key)

int main(void) {
  const struct CMUnitTest all[] = {ALL};
  int failed =
      cmocka_run_group_tests_name("areas sqlite", all, orchard_use_sqlite, orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("areas postgres", all, orchard_use_postgres, NULL);
  return failed;
}
