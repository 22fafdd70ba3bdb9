/* Zones: whom a unit belongs to by hand and by its point, what changes of zones do to that, and
 * what an officer of one zone sees and does. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "engine/duties/lines.h"
#include "engine/replay.h"
#include "engine/rights.h"
#include "import/areas.h"
#include "orchard.h"

#define SAID "\"reason\":\"划片\",\"document\":\"石政发〔2024〕1号\""
#define EAST "500243101901"
#define WEST "500243101902"
#define THIRD "500243101903"
#define OTHER "500243102901" /* of another town */
#define BOX(x0, x1)                                                                                \
  "{\\\"type\\\":\\\"Polygon\\\",\\\"coordinates\\\":[[[" x0 ",30],[" x1 ",30],[" x1 ",31],[" x0   \
  ",31],[" x0 ",30]]]}"

/* ---- doing and looking ---- */

static const char *change(orchard *o, const char *body) {
  const uuid u = next_id(o);
  const char *id = id_text(o, &u);
  command c = command_of(o, VERB_AREA, json_parse(o->a, text_of(body), NULL));
  c.id = u;
  answer x = {0};
  if (!c.body) fail_msg("no JSON: %s", body);
  if (!apply(o, &c, &x)) fail_msg("%s: %s %s", body, o->told.where, o->told.en);
  begin_day(o, "2024-03-01");
  return id;
}

/* East and west of the 109th degree, both in the town of NORTH and SOUTH. */
static orchard *two_zones(void) {
  orchard *o = orchard_new("2024-03-01");
  change(o, "{\"way\":\"add\",\"to\":[{\"code\":\"" EAST
            "\",\"name\":\"东片\",\"colour\":\"#2f7d32\",\"shape\":\"" BOX(
                "109", "110") "\"},"
                              "{\"code\":\"" WEST "\",\"name\":\"西片\",\"shape\":\"" BOX(
                                  "108", "109") "\"},"
                                                "{\"code\":\"" OTHER "\",\"name\":\"东片\"}]," SAID
                                                "}");
  return o;
}

static const char *zone_now(orchard *o, const char *garden) {
  static char zone[13];
  record_zone(subject_of(o, "garden", garden), zone);
  return zone;
}

static const char *said_by(orchard *o, const char *garden) {
  const record *r = subject_of(o, "garden", garden);
  fact *f = NULL;
  err e = {0};
  if (!store_fact_find(o->s, o->a, r, &r->kind->fields[r->kind->zone_field], &f, &e))
    fail_msg("%s", e.en);
  return f ? f->source : "";
}

static void facts(orchard *o, const char *garden, const char *fields) {
  must(o, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{%s}}", garden, fields);
}

static void replay_agrees(orchard *o) {
  AUTO_BUF buf report = {0};
  bool same = false;
  err e = {0};
  if (!engine_rebuild(o->location, &same, &report, NULL, &e))
    fail_msg("rebuild: %s %s", e.where, e.en);
  if (!same) fail_msg("differs: %s", report.at);
}

/* ---- belonging ---- */

static void by_point_or_by_hand(UNUSED void **state) {
  orchard *o = two_zones();
  const char *east = add_garden(o, "G1", NORTH, ",\"place\":\"109.5,30.5\"");
  const char *west = add_garden(o, "G2", NORTH, ",\"place\":\"108.5,30.5\"");
  const char *line = add_garden(o, "G3", NORTH, ",\"place\":\"109,30.5\"");
  const char *hand = add_garden(o, "G4", SOUTH, ",\"place\":\"109.5,30.5\",\"zone\":\"" WEST "\"");
  const char *none = add_garden(o, "G5", SOUTH, ",\"place\":\"120,30.5\"");
  const char *refused = add_garden(o, "G6", NORTH, ",\"place\":\"109.5,30.5\",\"zone\":null");
  const char *far_off = add_garden(o, "G7", FAR, ",\"place\":\"109.5,30.5\"");
  assert_string_equal(zone_now(o, east), EAST);
  assert_string_equal(said_by(o, east), "point");
  assert_string_equal(zone_now(o, west), WEST);
  assert_string_equal(zone_now(o, line), EAST); /* of two, the first by code */
  assert_string_equal(zone_now(o, hand), WEST);
  assert_string_equal(said_by(o, hand), "desk");
  assert_string_equal(zone_now(o, none), "");
  assert_string_equal(zone_now(o, refused), "");
  assert_string_equal(zone_now(o, far_off), ""); /* the shape is of another town */
  /* another point: what the point said follows, what somebody said stays */
  facts(o, east, "\"place\":\"108.5,30.5\"");
  assert_string_equal(zone_now(o, east), WEST);
  facts(o, east, "\"place\":\"120,30.5\"");
  assert_string_equal(zone_now(o, east), "");
  facts(o, hand, "\"place\":\"109.9,30.5\"");
  assert_string_equal(zone_now(o, hand), WEST);
  /* another town takes it out of the zone */
  must(o, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"" FAR "\",\"fields\":{}}",
       hand);
  assert_string_equal(zone_now(o, hand), "");
  replay_agrees(o);
  orchard_free(o);
}

static void a_zone_that_cannot_be(UNUSED void **state) {
  orchard *o = two_zones();
  const char *g = add_garden(o, "G1", NORTH, "");
  static const struct {
    const char *zone, *words;
  } bad[] = {{"500243101001", "片区的代码"},
             {"500243101999", "没有代码为 500243101999"},
             {OTHER, "不在"},
             {"东片", "代码"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    assert_int_equal(refusal(o, &everyone, VERB_FACTS,
                             "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"zone\":\"%s\"}}", g,
                             bad[i].zone),
                     ERR_BAD_INPUT);
    if (!strstr(o->told.zh, bad[i].words)) fail_msg("%s: %s", bad[i].zone, o->told.zh);
    assert_string_equal(o->told.where, "zone");
  }
  assert_int_equal(refusal(o, &everyone, VERB_AREA,
                           "{\"way\":\"rename\",\"from\":[\"" EAST "\"],\"to\":[{\"code\":\"" EAST
                           "\",\"shape\":\"{\\\"type\\\":\\\"Point\\\"}\"}]," SAID "}"),
                   ERR_BAD_INPUT);
  assert_int_equal(refusal(o, &everyone, VERB_AREA,
                           "{\"way\":\"rename\",\"from\":[\"" EAST "\"],\"to\":[{\"code\":\"" EAST
                           "\",\"colour\":\"red\"}]," SAID "}"),
                   ERR_BAD_INPUT);
  orchard_free(o);
}

/* ---- changes ---- */

static void a_zone_is_drawn_anew_and_back(UNUSED void **state) {
  orchard *o = two_zones();
  const char *east = add_garden(o, "G1", NORTH, ",\"place\":\"109.2,30.5\"");
  const char *hand = add_garden(o, "G2", NORTH, ",\"place\":\"109.2,30.5\",\"zone\":\"" EAST "\"");
  const char *id = change(o, "{\"way\":\"rename\",\"from\":[\"" EAST "\"],\"to\":[{\"code\":\"" EAST
                             "\",\"shape\":\"" BOX("109.4", "110") "\"}]," SAID "}");
  assert_string_equal(zone_now(o, east), "");
  assert_string_equal(zone_now(o, hand), EAST);
  change(o, "{\"way\":\"rename\",\"from\":[\"" WEST "\"],\"to\":[{\"code\":\"" WEST
            "\",\"shape\":\"" BOX("108", "109.4") "\"}]," SAID "}");
  assert_string_equal(zone_now(o, east), WEST);
  area *x = NULL;
  area_name *names = NULL;
  size_t n = 0;
  err e = {0};
  assert_true(store_area_names(o->s, o->a, &names, &n, &e));
  assert_int_equal(n, 2);
  assert_true(names[0].shape.bytes > 0);
  assert_string_equal(names[0].name, "东片");
  char undo[200];
  snprintf(undo, sizeof undo, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id);
  change(o, undo);
  assert_true(store_area_find(o->s, o->a, EAST, &x, &e));
  assert_non_null(strstr(x->shape.at, "[109,30]"));
  replay_agrees(o);
  orchard_free(o);
}

static void zones_are_merged_split_and_given_codes(UNUSED void **state) {
  orchard *o = two_zones();
  const char *east = add_garden(o, "G1", NORTH, ",\"place\":\"109.5,30.5\"");
  const char *hand = add_garden(o, "G2", SOUTH, ",\"zone\":\"" EAST "\"");
  const char *west = add_garden(o, "G3", SOUTH, ",\"zone\":\"" WEST "\"");
  add_event(o, "check", hand, "2024-03-01", "\"ill\":9");
  const char *merged = change(o, "{\"way\":\"merge\",\"from\":[\"" EAST
                                 "\"],\"to\":[{\"code\":\"" WEST "\"}]," SAID "}");
  assert_string_equal(zone_now(o, hand), WEST);
  assert_string_equal(said_by(o, hand), "area");
  char undo[200];
  snprintf(undo, sizeof undo, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", merged);
  change(o, undo);
  assert_string_equal(zone_now(o, hand), EAST);
  assert_string_equal(zone_now(o, east), EAST);
  assert_string_equal(zone_now(o, west), WEST);
  change(o,
         "{\"way\":\"recode\",\"from\":[\"" EAST "\"],\"to\":[{\"code\":\"" THIRD "\"}]," SAID "}");
  assert_string_equal(zone_now(o, hand), THIRD);
  assert_string_equal(zone_now(o, east), THIRD); /* its shape went along */
  char split[600];
  snprintf(split, sizeof split,
           "{\"way\":\"split\",\"from\":[\"" WEST "\"],\"to\":[{\"code\":\"" WEST
           "\"},{\"code\":\"500243101904\",\"name\":\"新片\"}],\"subjects\":[{\"kind\":\"garden\","
           "\"id\":\"%s\",\"to\":\"500243101904\"}]," SAID "}",
           west);
  change(o, split);
  assert_string_equal(zone_now(o, west), "500243101904");
  snprintf(split, sizeof split,
           "{\"way\":\"split\",\"from\":[\"" WEST "\"],\"to\":[{\"code\":\"" WEST
           "\"},{\"code\":\"500243101905\",\"name\":\"五片\"}],\"subjects\":[{\"kind\":\"garden\","
           "\"id\":\"%s\",\"to\":\"500243101905\"}]," SAID "}",
           hand);
  assert_int_equal(refusal(o, &everyone, VERB_AREA, "%s", split), ERR_BAD_INPUT);
  replay_agrees(o);
  orchard_free(o);
}

/* Said and empty: the zone is not drawn any more, and keeps whom it has. */
static void a_zone_is_not_drawn_any_more(UNUSED void **state) {
  orchard *o = two_zones();
  const char *g = add_garden(o, "G1", NORTH, ",\"place\":\"109.5,30.5\"");
  const char *id = change(o, "{\"way\":\"rename\",\"from\":[\"" EAST "\"],\"to\":[{\"code\":\"" EAST
                             "\",\"shape\":\"\",\"colour\":\"\"}]," SAID "}");
  area *x = NULL;
  err e = {0};
  assert_true(store_area_find(o->s, o->a, EAST, &x, &e));
  assert_null(x->shape.at);
  assert_null(x->colour.at);
  assert_string_equal(x->name, "东片");
  assert_string_equal(zone_now(o, g), EAST);
  assert_string_equal(zone_now(o, add_garden(o, "G2", NORTH, ",\"place\":\"109.5,30.5\"")), "");
  replay_agrees(o);
  change(o, arena_printf(o->a, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id));
  assert_true(store_area_find(o->s, o->a, EAST, &x, &e));
  assert_non_null(x->shape.at);
  replay_agrees(o);
  orchard_free(o);
}

/* A village goes to another town without its zones: there the point says one, or none. */
static void a_zone_is_not_taken_to_another_town(UNUSED void **state) {
  orchard *o = two_zones();
  const char *g = add_garden(o, "G1", NORTH, ",\"place\":\"109.5,30.5\"");
  const char *stays = add_garden(o, "G2", SOUTH, ",\"place\":\"109.5,30.5\"");
  const char *id = change(o, "{\"way\":\"recode\",\"from\":[\"" NORTH
                             "\"],\"to\":[{\"code\":\"500243102009\"}]," SAID "}");
  assert_string_equal(zone_now(o, g), "");
  assert_string_equal(zone_now(o, stays), EAST);
  change(o, arena_printf(o->a, "{\"way\":\"undo\",\"change\":\"%s\"," SAID "}", id));
  assert_string_equal(zone_now(o, g), EAST);
  replay_agrees(o);
  orchard_free(o);
}

/* Events move the point, or say the zone; what they said goes when they are withdrawn. */
static void events_move_it(UNUSED void **state) {
  orchard *o = two_zones();
  const char *g = add_garden(o, "G1", NORTH, ",\"place\":\"109.5,30.5\"");
  const char *moved = add_event(o, "survey", g, "2024-03-01", "\"place\":\"108.5,30.5\"");
  assert_string_equal(zone_now(o, g), WEST);
  assert_string_equal(said_by(o, g), "point");
  add_event(o, "survey", g, "2024-03-01", "\"zone\":\"" EAST "\"");
  assert_string_equal(zone_now(o, g), EAST);
  assert_string_equal(said_by(o, g), "survey");
  must(o, VERB_WITHDRAW, "{\"kind\":\"survey\",\"id\":\"%s\"}", moved);
  assert_string_equal(zone_now(o, g), EAST);
  assert_int_equal(refusal(o, &everyone, VERB_EVENT,
                           "{\"kind\":\"survey\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":"
                           "\"2024-03-01\",\"fields\":{\"zone\":\"" OTHER "\"}}",
                           g, g),
                   ERR_BAD_INPUT);
  assert_string_equal(o->told.where, "zone");
  replay_agrees(o);
  orchard_free(o);
}

/* An account has one record of the people. */
static void one_record_of_an_account(UNUSED void **state) {
  orchard *o = two_zones();
  const uuid li = next_id(o);
  must(o, VERB_OFFICER,
       "{\"id\":\"%s\",\"login\":\"li\",\"name\":\"李某\",\"posts\":[{\"role\":\"keeper\",\"area\":"
       "\"" NORTH "\"}]}",
       id_text(o, &li));
  const uuid u[] = {next_id(o), next_id(o)};
#define HAND                                                                                       \
  "{\"kind\":\"hand\",\"id\":\"%s\",\"area\":\"" NORTH                                             \
  "\",\"fields\":{\"name\":\"%s\",\"account\":\"li\"}}"
  must(o, VERB_SUBJECT, HAND, id_text(o, &u[0]), "李某");
  assert_int_equal(refusal(o, &everyone, VERB_SUBJECT, HAND, id_text(o, &u[1]), "李某某"),
                   ERR_CONFLICT);
  assert_string_equal(o->told.where, "account");
  must(o, VERB_FACTS, "{\"kind\":\"hand\",\"id\":\"%s\",\"fields\":{\"account\":\"li\"}}",
       id_text(o, &u[0]));
  orchard_free(o);
}

/* ---- an officer of one zone ---- */

static bool sees(orchard *o, const char *code, const char *garden) {
  scope r = {0};
  const uuid u = id_of(garden);
  record *found = NULL;
  err e = {0};
  scope_add(&r, code);
  if (!store_subject_find(o->s, o->a, kind_named(o, "garden"), &u, &r, &found, &e))
    fail_msg("%s", e.en);
  return found != NULL;
}

static size_t lists(orchard *o, const char *code, size_t *ret_findings, size_t *ret_entries) {
  subject_query q = {.kind = kind_named(o, "garden"), .colour = -1, .limit = 50};
  scope_add(&q.scope, code);
  finding_query f = {.scope = q.scope, .colour = -1, .limit = 50};
  journal_query j = {.limit = 500, .scope = &q.scope};
  record **rows = NULL;
  finding *findings = NULL;
  entry *entries = NULL;
  size_t n = 0;
  int64_t counted = 0;
  err e = {0};
  if (!store_subjects(o->s, o->a, &q, &rows, &n, &e) ||
      !store_subjects_count(o->s, q.kind, &q.scope, NULL, &counted, &e) ||
      !store_findings(o->s, o->a, &f, &findings, ret_findings, &e) ||
      !store_journal(o->s, o->a, &j, &entries, ret_entries, &e))
    fail_msg("%s", e.en);
  assert_int_equal(counted, n);
  return n;
}

static void he_sees_and_does_what_is_his(UNUSED void **state) {
  orchard *o = two_zones();
  const char *east = add_garden(o, "G1", NORTH, ",\"place\":\"109.5,30.5\"");
  const char *west = add_garden(o, "G2", NORTH, ",\"place\":\"108.5,30.5\"");
  size_t findings = 0, entries = 0;
  add_event(o, "check", east, "2024-03-01", "\"ill\":9");
  add_event(o, "check", west, "2024-03-01", "\"ill\":9");
  assert_true(sees(o, EAST, east) && !sees(o, EAST, west));
  assert_true(sees(o, WEST, west) && !sees(o, WEST, east));
  assert_true(sees(o, NORTH, east) && sees(o, NORTH, west));
  assert_int_equal(lists(o, EAST, &findings, &entries), 1);
  assert_int_equal(findings, 1);
  assert_int_equal(entries, 2);
  assert_int_equal(lists(o, OTHER, &findings, &entries), 0);
  assert_int_equal(findings + entries, 0);
  assert_int_equal(lists(o, NORTH, &findings, &entries), 2);
  const actor li = {.invented = true,
                    .posts = &(post){.role = "keeper", .pack = "orchard", .area = EAST},
                    .post_count = 1};
  const uuid u[] = {next_id(o), next_id(o), next_id(o), next_id(o)};
#define CHECK                                                                                      \
  "{\"kind\":\"check\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"2024-03-01\",\"fields\":{"        \
  "\"ill\":1}}"
#define GARDEN                                                                                     \
  "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"" NORTH                                           \
  "\",\"fields\":{\"code\":\"%s\",\"owner\":\"园主\",\"place\":\"%s\"}}"
  assert_int_equal(refusal(o, &li, VERB_EVENT, CHECK, id_text(o, &u[0]), east), ERR_NONE);
  assert_int_not_equal(refusal(o, &li, VERB_EVENT, CHECK, id_text(o, &u[1]), west), ERR_NONE);
  assert_int_equal(refusal(o, &li, VERB_SUBJECT, GARDEN, id_text(o, &u[2]), "G8", "109.6,30.6"),
                   ERR_NONE);
  assert_int_equal(refusal(o, &li, VERB_SUBJECT, GARDEN, id_text(o, &u[3]), "G9", "108.6,30.6"),
                   ERR_DENIED);
#define ZONE(g, z)                                                                                 \
  refusal(o, &li, VERB_FACTS,                                                                      \
          "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"zone\":\"" z "\"}}", g)
  assert_int_equal(ZONE(east, WEST), ERR_DENIED); /* he gives nothing away */
  assert_int_equal(ZONE(west, EAST), ERR_DENIED); /* and takes nothing */
  assert_int_equal(ZONE(east, EAST), ERR_NONE);
  replay_agrees(o);
  orchard_free(o);
}

/* ---- duties: by the zone of the day ---- */

static int64_t in_set(orchard *o, const char *area_code, const char *day_text) {
  duty_request q = {.packs = engine_packs(o->g),
                    .calendar = engine_calendar(o->g),
                    .duty = TEXT("look"),
                    .on = on(day_text),
                    .today = o->today,
                    .state = -1,
                    .limit = 50};
  duty_subject_page page = {0};
  err e = {0};
  scope seen = {0};
  scope_add(&seen, area_code);
  q.scopes = &seen;
  if (!duty_subjects(o->s, o->a, &q, NULL, &page, &e)) fail_msg("%s", e.en);
  return (int64_t)page.count;
}

static void duties_remember_the_zone(UNUSED void **state) {
  orchard *o = two_zones();
  add_garden(o, "G1", NORTH, ",\"place\":\"109.2,30.5\"");
  const char *moved = add_garden(o, "G2", NORTH, ",\"place\":\"109.6,30.5\"");
  begin_day(o, "2024-03-05");
  assert_int_equal(in_set(o, EAST, "2024-03-04"), 2);
  facts(o, moved, "\"place\":\"108.5,30.5\"");
  begin_day(o, "2024-03-06");
  assert_int_equal(in_set(o, EAST, "2024-03-04"), 2);
  assert_int_equal(in_set(o, WEST, "2024-03-04"), 0);
  assert_int_equal(in_set(o, EAST, "2024-03-06"), 1);
  assert_int_equal(in_set(o, WEST, "2024-03-06"), 1);
  replay_agrees(o);
  orchard_free(o);
}

/* ---- names in lists ---- */

static void a_zone_is_found_by_name(UNUSED void **state) {
  orchard *o = two_zones();
  char code[13];
  err e = {0};
  area_book *b = area_book_new(o->s, o->a, &e);
  assert_non_null(b);
  static const struct {
    const char *code, *town, *zone, *found;
  } good[] = {{"", "", WEST, WEST},
              {"", "", "西片", WEST},
              {"", "万安街道", "东片", EAST},
              {"", "", "南宾街道/东片", OTHER},
              {NORTH, "", "东片", EAST}};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    if (!area_book_zone(b, text_of(good[i].code), text_of(good[i].town), text_of(good[i].zone),
                        code, &e))
      fail_msg("%s: %s", good[i].zone, e.zh);
    assert_string_equal(code, good[i].found);
  }
  assert_false(area_book_zone(b, TEXT(""), TEXT(""), TEXT("东片"), code, &e));
  assert_non_null(strstr(e.zh, "2 个"));
  assert_false(area_book_zone(b, TEXT(""), TEXT(""), TEXT("北村"), code, &e));
  orchard_free(o);
}

#define ALL                                                                                        \
  cmocka_unit_test(by_point_or_by_hand), cmocka_unit_test(a_zone_that_cannot_be),                  \
      cmocka_unit_test(a_zone_is_drawn_anew_and_back),                                             \
      cmocka_unit_test(zones_are_merged_split_and_given_codes),                                    \
      cmocka_unit_test(he_sees_and_does_what_is_his), cmocka_unit_test(duties_remember_the_zone),  \
      cmocka_unit_test(a_zone_is_found_by_name), cmocka_unit_test(a_zone_is_not_drawn_any_more),   \
      cmocka_unit_test(a_zone_is_not_taken_to_another_town), cmocka_unit_test(events_move_it),     \
      cmocka_unit_test(one_record_of_an_account)

int main(void) {
  const struct CMUnitTest all[] = {ALL};
  int failed =
      cmocka_run_group_tests_name("zones sqlite", all, orchard_use_sqlite, orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("zones postgres", all, orchard_use_postgres, NULL);
  return failed;
}
