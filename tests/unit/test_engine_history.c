/* The journal is the truth: what is stored follows from it, under any history. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "orchard.h"

#include "engine/eval/unit_eval.h"
#include "engine/replay.h"

#include <inttypes.h>
#include <time.h>

/* ---- replay and seals ---- */

static void some_history(orchard *o) {
  const char *garden = add_garden(o, "G1", NORTH, ",\"ill\":4,\"fenced\":true,\"id_number\":null");
  add_tree(o, garden, "t-1", ",\"pests\":[\"mite\",\"moth\"],\"planted\":\"2019-03-12\"");
  const char *sale =
      add_event(o, "sale", garden, o->today == on("2025-03-03") ? "2025-03-03" : "2024-12-01",
                "\"amount\":120000");
  must(o, VERB_WITHDRAW, "{\"kind\":\"sale\",\"id\":\"%s\"}", sale);
  must(o, VERB_UNMASK, "{\"kind\":\"garden\",\"id\":\"%s\",\"reason\":\"核对\"}", garden);
  begin_day(o, "2025-06-01");
}

static bool same_again(orchard *o) {
  AUTO_BUF buf report = {0};
  bool same = false;
  err e = {0};
  if (!engine_rebuild(o->location, &same, &report, NULL, &e))
    fail_msg("rebuild: %s %s", e.where, e.en);
  if (!same) print_message("differs: %s\n", report.at);
  return same;
}

static void a_replay_is_the_same(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  some_history(o);
  assert_true(same_again(o));
  int64_t entries = 0;
  err e = {0};
  assert_true(engine_verify(o->location, &entries, &e));
  assert_int_equal(entries, journal_seq(o));
  /* What somebody wrote past the engine is found. */
  assert_true(db_script(store_db(o->s), "UPDATE subject_garden SET f_ill = 3", &e));
  assert_false(same_again(o));
  orchard_free(o);
}

static void broken_at(orchard *o, const char *sql, const char *where) {
  err e = {0};
  db *d = store_db(o->s);
  assert_true(db_script(d, "CREATE TABLE kept AS SELECT * FROM journal", &e));
  if (!db_script(d, sql, &e)) fail_msg("%s: %s", sql, e.en);
  int64_t entries = 0;
  assert_false(engine_verify(o->location, &entries, &e));
  assert_string_equal(e.where, where);
  bool same = true;
  AUTO_BUF buf report = {0};
  if (engine_rebuild(o->location, &same, &report, NULL, &e)) fail_msg("%s: rebuilt", sql);
  assert_true(db_script(
      d, "DELETE FROM journal; INSERT INTO journal SELECT * FROM kept; DROP TABLE kept", &e));
  assert_true(engine_verify(o->location, &entries, &e));
}

static void tampering_is_named(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  some_history(o);
  /* 1 county, 2 areas, 3 calendar, 4 pack, 5 garden, 6 tree, 7 sale … */
  broken_at(o, "UPDATE journal SET body = replace(body, 'sale', 'sole') WHERE seq = 7", "entry 7");
  broken_at(o, "UPDATE journal SET at = at + 1 WHERE seq = 6", "entry 6");
  broken_at(o, "UPDATE journal SET area = '" SOUTH "' WHERE seq = 5", "entry 5");
  broken_at(o, "UPDATE journal SET verb = 'look' WHERE seq = 7", "entry 7");
  broken_at(o, "UPDATE journal SET officer = id WHERE seq = 6", "entry 6");
  broken_at(o, "DELETE FROM journal WHERE seq = 6", "entry 7");
  broken_at(
      o,
      "UPDATE journal SET seq = 1000 WHERE seq = 6; UPDATE journal SET seq = 6 WHERE seq = 7; "
      "UPDATE journal SET seq = 7 WHERE seq = 1000",
      "entry 6");
  assert_true(same_again(o));
  orchard_free(o);
}

/* What a newer version wrote is whole, but cannot be applied here. */
static void an_unknown_verb_is_named(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  some_history(o);
  entry *last = NULL;
  size_t count = 0;
  err e = {0};
  const int64_t seq = journal_seq(o);
  assert_true(
      store_journal(o->s, o->a, &(journal_query){seq - 1, 1, NULL, NULL}, &last, &count, &e));
  entry later = *last;
  later.seq = seq + 1;
  later.id = uuid_derived(&last->id, TEXT("later"));
  later.verb = "teleport";
  later.link = store_entry_link(&last->link, &later);
  assert_true(db_begin(store_db(o->s), &e) && store_append(o->s, &later, &e) &&
              db_commit(store_db(o->s), &e));
  AUTO_BUF buf report = {0};
  bool same = true;
  assert_false(engine_rebuild(o->location, &same, &report, NULL, &e));
  assert_int_equal(e.code, ERR_STORE);
  assert_non_null(strstr(e.en, "teleport"));
  orchard_free(o);
}

/* ---- a random history ---- */

static uint64_t dice;

static uint32_t roll(uint32_t sides) {
  dice ^= dice << 13;
  dice ^= dice >> 7;
  dice ^= dice << 17;
  return (uint32_t)(dice >> 20) % sides;
}

enum { GARDENS = 12, TREES = 30, EVENTS = 400, STEPS = 600, LOOK_EVERY = 20 };

typedef struct history {
  orchard *o;
  const char *gardens[GARDENS], *trees[TREES];
  const char *events[EVENTS], *event_kinds[EVENTS];
  size_t garden_count, tree_count, event_count, done, refused;
  uuid import;
  bool importing;
} history;

static const char *const villages[] = {NORTH, SOUTH, FAR};

static bool send(history *h, verb v, const char *format, ...) __attribute__((format(printf, 3, 4)));
static bool send(history *h, verb v, const char *format, ...) {
  va_list list;
  va_start(list, format);
  command c = command_of(h->o, v, body_of(h->o, format, list));
  va_end(list);
  if (h->importing && (v == VERB_SUBJECT || v == VERB_FACTS)) c.import_id = h->import;
  answer x;
  bool ok = apply(h->o, &c, &x);
  h->done += ok;
  h->refused += !ok;
  if (!ok && (h->o->told.code == ERR_STORE || h->o->told.code == ERR_INTERNAL))
    fail_msg("%s: %s %s", verb_name(v), h->o->told.where, h->o->told.en);
  return ok;
}

static const char *some_fields(history *h) {
  arena *a = h->o->a;
  switch (roll(6)) {
  case 5:
    return arena_printf(a, "\"stock\":%u", roll(1000));
  case 0:
    return arena_printf(a, "\"ill\":%u", roll(8));
  case 1:
    return "\"ill\":null";
  case 2:
    return arena_printf(a, "\"income\":%u,\"soil\":\"clay\"", roll(100000));
  case 3:
    return "\"fenced\":true,\"soil\":null";
  default:
    return arena_printf(a, "\"owner\":\"园主%u\"", roll(100));
  }
}

static const char *recent_day(history *h, char out[11]) {
  day_format(h->o->today - (day)(roll(3) ? 0 : roll(120)), out);
  return out;
}

static void new_subject(history *h) {
  uuid u = next_id(h->o);
  const char *id = id_text(h->o, &u);
  if (h->garden_count < GARDENS && (roll(3) == 0 || h->garden_count == 0)) {
    if (send(h, VERB_SUBJECT,
             "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{\"code\":\"%u\","
             "\"owner\":\"王\",\"ill\":%u}}",
             id, villages[roll(3)], roll(40), roll(8)))
      h->gardens[h->garden_count++] = id;
  } else if (h->tree_count < TREES && h->garden_count) {
    if (send(h, VERB_SUBJECT,
             "{\"kind\":\"tree\",\"id\":\"%s\",\"parent\":\"%s\",\"fields\":{\"tag\":\"%u\","
             "\"pests\":[\"%s\"]}}",
             id, h->gardens[roll((uint32_t)h->garden_count)], roll(60), roll(2) ? "moth" : "mite"))
      h->trees[h->tree_count++] = id;
  }
}

static void new_event(history *h, const char *garden) {
  char day_text[11];
  uuid u = next_id(h->o);
  const char *id = id_text(h->o, &u), *name = roll(2) ? "check" : "sale";
  const char *fields = name[0] == 'c' ? arena_printf(h->o->a, "\"ill\":%u", roll(8))
                                      : arena_printf(h->o->a, "\"amount\":%u", roll(90000));
  bool ok = false;
  if (roll(3) == 0) {
    name = "delivery";
    fields = roll(2)
                 ? arena_printf(h->o->a, "\"kilos\":%u", roll(100))
                 : arena_printf(h->o->a, "\"kilos\":%u,\"time\":\"0%u:00\"", roll(100), roll(9));
  }
  if (roll(5) == 0 && h->tree_count) {
    name = "pruning";
    ok = send(h, VERB_EVENT,
              "{\"kind\":\"pruning\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"%s\",\"fields\":{"
              "\"hours\":%u}}",
              id, h->trees[roll((uint32_t)h->tree_count)], recent_day(h, day_text), roll(20));
  } else {
    ok = send(h, VERB_EVENT,
              "{\"kind\":\"%s\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"%s\",\"fields\":{%s}}",
              name, id, garden, recent_day(h, day_text), fields);
  }
  if (!ok || h->event_count == EVENTS) return;
  h->events[h->event_count] = id;
  h->event_kinds[h->event_count++] = name;
}

static void work_on_a_case(history *h, const char *garden) {
  static const char *const steps[][2] = {{"treat", "\"people\":2"},
                                         {"treat", "\"people\":1"},
                                         {"close", ""},
                                         {"reject", "\"reason\":\"x\""}};
  casework *cases = NULL;
  size_t n = cases_of(h->o, garden, &cases);
  if (!n) return;
  const char *id = id_text(h->o, &cases[roll((uint32_t)n)].id);
  uint32_t pick = roll(7);
  if (pick < 4) {
    send(h, VERB_MOVE, "{\"case\":\"%s\",\"transition\":\"%s\",\"form\":{%s}}", id, steps[pick][0],
         steps[pick][1]);
    return;
  }
  measure *measures = NULL;
  size_t count = 0;
  err e = {0};
  uuid root = id_of(garden);
  assert_true(store_measures_of(h->o->s, h->o->a, &root, &measures, &count, &e));
  static const char *const states[] = {"approved", "done", "running", "stopped"};
  if (count && pick > 4) {
    send(h, VERB_MEASURE, "{\"id\":\"%s\",\"state\":\"%s\"}",
         id_text(h->o, &measures[count - 1].id), states[roll(4)]);
    return;
  }
  uuid u = next_id(h->o);
  send(h, VERB_MEASURE,
       "{\"id\":\"%s\",\"kind\":\"spraying\",\"subject\":\"%s\",\"case\":\"%s\",\"form\":{"
       "\"trees\":%u}}",
       id_text(h->o, &u), garden, id, 1 + roll(4));
}

static void import_or_undo(history *h) {
  if (!h->importing) {
    h->import = next_id(h->o);
    h->importing =
        send(h, VERB_IMPORT, "{\"id\":\"%s\",\"pack\":\"orchard\"}", id_text(h->o, &h->import));
    return;
  }
  if (roll(2)) send(h, VERB_UNDO, "{\"import\":\"%s\"}", id_text(h->o, &h->import));
  h->importing = false;
}

static void one_step(history *h) {
  char day_text[11];
  const char *garden = h->garden_count ? h->gardens[roll((uint32_t)h->garden_count)] : NULL;
  uint32_t pick = roll(20);
  if (!garden || pick < 3) {
    new_subject(h);
  } else if (pick < 10) {
    new_event(h, garden);
  } else if (pick < 13) {
    const char *fields = some_fields(h), *since = recent_day(h, day_text), *more = "";
    if (strstr(fields, "stock")) /* what events set is said as taken in */
      more = arena_printf(h->o->a, ",\"taking_in\":{\"source\":\"x\",\"on\":\"%s\"}", since);
    send(h, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"since\":\"%s\",\"fields\":{%s}%s}",
         garden, since, fields, more);
  } else if (pick == 13) {
    send(h, VERB_FACTS, "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{}}", garden,
         villages[roll(3)]);
  } else if (pick == 14 && h->event_count) {
    size_t i = roll((uint32_t)h->event_count);
    send(h, VERB_WITHDRAW, "{\"kind\":\"%s\",\"id\":\"%s\"}", h->event_kinds[i], h->events[i]);
  } else if (pick < 18) {
    work_on_a_case(h, garden);
  } else if (pick == 18) {
    import_or_undo(h);
  } else {
    day_format(h->o->today + 1 + (day)roll(40), day_text);
    begin_day(h->o, day_text);
  }
}

/* Each rule of each subject, evaluated afresh, against the finding that is stored. */
static size_t check_findings(history *h, const char *garden) {
  orchard *o = h->o;
  uuid root = id_of(garden);
  finding *open = NULL;
  size_t n = 0, matched = 0;
  err e = {0};
  assert_true(store_findings_of(o->s, o->a, &root, true, &open, &n, &e));
  unit *u = unit_load(o->s, o->a, kind_named(o, "garden"), &root, NULL,
                      (as_of){o->today, engine_calendar(o->g)}, &e);
  if (!u) {
    assert_int_equal(e.code, ERR_UNKNOWN_NAME); /* taken back with its import */
    assert_int_equal(n, 0);
    return 0;
  }
  int64_t worst = COLOUR_GREEN;
  for (size_t i = 0; i <= u->child_count; i++) {
    const record *about = i ? u->children[i - 1] : u->root;
    for (size_t k = 0; k < u->pack->rule_count; k++) {
      const rule *r = &u->pack->rules[k];
      if (&u->pack->kinds[r->of] != about->kind) continue;
      size_t found = 0;
      for (size_t f = 0; f < n; f++)
        found += strcmp(open[f].rule, r->name) == 0 && uuid_equal(&open[f].subject, &about->id);
      value v = unit_eval(u, about, &about->kind->scope, r->when, NULL);
      if (found > 1 || (v.type == VALUE_BOOL && v.yes != (found == 1)))
        fail_msg("garden %s: rule %s says %d, stored %zu", garden, r->name, v.yes, found);
      matched += found;
      if (found && r->colour > worst) worst = r->colour;
    }
  }
  assert_int_equal(matched, n); /* none about what is not there */
  casework *cases = NULL;
  size_t case_count = cases_of(o, garden, &cases);
  for (size_t i = 0; i < case_count; i++)
    if (!cases[i].closed && worst < COLOUR_YELLOW) worst = COLOUR_YELLOW;
  assert_int_equal(u->root->colour, worst);
  for (size_t i = 0; i < n; i++) assert_string_equal(open[i].area, u->root->area);
  for (size_t i = 0; i < case_count; i++) assert_string_equal(cases[i].area, u->root->area);
  measure *measures = NULL;
  size_t measure_count = 0;
  assert_true(store_measures_of(o->s, o->a, &root, &measures, &measure_count, &e));
  for (size_t i = 0; i < measure_count; i++) assert_string_equal(measures[i].area, u->root->area);
  return n;
}

/* The stock of a garden, told from its deliveries and what was typed, in their order. */
static void check_stock(history *h, const char *garden) {
  orchard *o = h->o;
  uuid root = id_of(garden);
  record *r = NULL;
  err e = {0};
  const pack *p = NULL;
  const event_kind *k = catalog_event(engine_packs(o->g), TEXT("delivery"), &p);
  event **events = NULL;
  fact *facts = NULL;
  size_t event_count = 0, fact_count = 0;
  assert_true(store_subject_find(o->s, o->a, kind_named(o, "garden"), &root, NULL, &r, &e));
  if (!r) return;
  assert_true(store_events(o->s, o->a, &(event_query){.kind = k, .root = root, .from = DAY_NONE},
                           &events, &event_count, &e));
  assert_true(store_facts_of(o->s, o->a, r, &facts, &fact_count, &e));
  int64_t stock = 0;
  bool known = false;
  for (size_t f = 0; f <= fact_count; f++) {
    const bool is_typed = f < fact_count && strcmp(facts[f].field, "stock") == 0 &&
                          strcmp(facts[f].source, "delivery") != 0;
    if (f < fact_count && !is_typed) continue;
    while (event_count && (f == fact_count || when_compare(event_when(events[event_count - 1]),
                                                           fact_when(&facts[f])) < 0)) {
      stock = (known ? stock : 0) + events[--event_count]->fields[k->time_field + 1].i;
      known = true;
    }
    if (f == fact_count) break;
    known = facts[f].v.type == VALUE_INT;
    stock = facts[f].v.i;
  }
  const field *d = field_find(r->kind->fields, r->kind->field_count, TEXT("stock"));
  const value *now = &r->fields[d - r->kind->fields];
  if ((now->type == VALUE_INT) != known || (known && now->i != stock))
    fail_msg("garden %s: stock %" PRId64 ", should be %" PRId64, garden, now->i, stock);
}

static void any_history(UNUSED void **state) {
  const char *given = getenv("JISHI_SEED");
  uint64_t seed =
      given ? strtoull(given, NULL, 10) : (uint64_t)time(NULL) * 1000003u + (uint64_t)getpid();
  dice = seed ? seed : 1;
  history h = {.o = orchard_new("2024-11-20")};
  print_message("JISHI_SEED=%" PRIu64 "\n", seed);
  size_t open = 0;
  for (int i = 1; i <= STEPS; i++) {
    one_step(&h);
    if (i % LOOK_EVERY) continue;
    char day_text[11];
    day_format(h.o->today, day_text);
    begin_day(h.o, day_text);
    for (size_t g = 0; g < h.garden_count; g++) {
      open += check_findings(&h, h.gardens[g]);
      check_stock(&h, h.gardens[g]);
    }
  }
  assert_true(h.done > STEPS / 3);
  assert_true(open > 0);
  int64_t entries = 0;
  err e = {0};
  if (!engine_verify(h.o->location, &entries, &e)) fail_msg("%s: %s", e.where, e.en);
  assert_true(same_again(h.o));
  orchard_free(h.o);
}

int main(void) {
  const struct CMUnitTest all[] = {
      cmocka_unit_test(a_replay_is_the_same), cmocka_unit_test(tampering_is_named),
      cmocka_unit_test(an_unknown_verb_is_named), cmocka_unit_test(any_history)};
  int failed =
      cmocka_run_group_tests_name("history sqlite", all, orchard_use_sqlite, orchard_drop_sqlite);
  failed += cmocka_run_group_tests_name("history postgres", all, orchard_use_postgres, NULL);
  return failed;
}
