/* Every allocation of our own is made to fail, one after the other, or where there are thousands
 * those of every path of calls (memory_faults.h): each command, a roster, a what-if question, an
 * explanation, opening a county. Each time the answer is an error that says
 * so (or, where a result is only a courtesy, the right result), nothing was written, and the next
 * try succeeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sodium.h>

#include "memory_faults.h"
#include "orchard.h"

#include "engine/upgrade.h"
#include "explain/explain.h"
#include "import/import.h"
#include "screen/screen.h"

/* Of what allocates no more often, every allocation is tried. */
enum { ALL_OF = 500 };

typedef struct work {
  orchard *o;
  arena *a; /* of one try */
  command command;
  const char *file; /* a roster */
  hash result;      /* what the last successful try came to */
  err told;
} work;

/* False: refused, and w->told says why. True: w->result tells what it came to. */
typedef bool job_of(work *w);

static bool is_memory(const err *e) {
  return e->code == ERR_MEMORY || e->code == ERR_STORE;
}

static bool try_at(work *w, job_of *job, long long n, bool *hit) {
  w->a = arena_new(0);
  w->told = (err){0};
  memory_fail_at(n);
  bool ok = job(w);
  *hit = memory_failed();
  arena_free(w->a);
  return ok;
}

/* How often the job allocates. */
static long long count_allocations(work *w, job_of *job) {
  w->a = arena_new(0);
  memory_note_begin();
  bool ok = job(w);
  long long all = memory_note_end();
  arena_free(w->a);
  if (!ok) fail_msg("without failures: %s %s", w->told.where, w->told.en);
  return all;
}

static void each_allocation(const char *name, work *w, job_of *job) {
  long long all = count_allocations(w, job);
  size_t count = 0;
  long long *chosen = memory_choose(ALL_OF, &count);
  hash expected = w->result;
  for (size_t i = 0; i < count; i++) {
    const long long n = chosen[i];
    bool hit = false, ok = try_at(w, job, n, &hit);
    if (ok && memcmp(&w->result, &expected, sizeof expected) != 0)
      fail_msg("%s: allocation %lld of %lld failed, and the result is another", name, n, all);
    if (!ok && (!hit || !is_memory(&w->told)))
      fail_msg("%s: allocation %lld of %lld: %s %s %s", name, n, all, err_name(w->told.code),
               w->told.where, w->told.en);
  }
  bool hit = false;
  if (!try_at(w, job, 0, &hit)) fail_msg("%s: afterwards: %s", name, w->told.en);
  assert_memory_equal(&w->result, &expected, sizeof expected);
  print_message("%s: %lld allocations, %zu tried\n", name, all, count);
  free(chosen);
}

/* ---- commands ---- */

static hash digest_of(store *s) {
  arena *a = arena_new(0);
  table_digest *tables = NULL;
  size_t count = 0;
  err e;
  if (!store_digest(s, a, &tables, &count, &e)) fail_msg("digest: %s", e.en);
  text *parts = ARENA_ARRAY(a, count, text);
  for (size_t i = 0; i < count; i++) parts[i] = (text){(char *)tables[i].digest.b, HASH_BYTES};
  hash h = hash_of(parts, count);
  arena_free(a);
  return h;
}

/* In a transaction that is rolled back, as the writer does with what failed. */
static bool apply_and_undo(work *w) {
  bool ticked = false;
  answer x;
  if (!engine_begin(w->o->g, &w->told)) return false;
  bool ok = engine_tick(w->o->g, w->command.at_ms, w->a, &ticked, &w->told) &&
            engine_apply(w->o->g, &w->command, w->a, &x, &w->told);
  memory_spared = true;
  if (ok) w->result = digest_of(w->o->s);
  engine_rollback(w->o->g);
  memory_spared = false;
  return ok;
}

__attribute__((format(printf, 4, 5))) static answer each_of(const char *name, orchard *o, verb v,
                                                            const char *format, ...) {
  va_list list;
  va_start(list, format);
  work w = {.o = o, .command = command_of(o, v, body_of(o, format, list))};
  va_end(list);
  each_allocation(name, &w, apply_and_undo);
  answer x = {0};
  if (!apply(o, &w.command, &x)) fail_msg("%s: %s", name, o->told.en);
  return x;
}

static const char *fresh_id(orchard *o) {
  uuid u = next_id(o);
  return id_text(o, &u);
}

static void commands(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = fresh_id(o), *tree = fresh_id(o), *check = fresh_id(o), *m = fresh_id(o);
  each_of("subject", o, VERB_SUBJECT,
          "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{\"code\":\"G1\","
          "\"owner\":\"王\",\"income\":90000,\"fenced\":true}}",
          garden, NORTH);
  each_of("child", o, VERB_SUBJECT,
          "{\"kind\":\"tree\",\"id\":\"%s\",\"parent\":\"%s\",\"fields\":{\"tag\":\"t-1\","
          "\"pests\":[\"moth\",\"mite\"]}}",
          tree, garden);
  each_of("facts", o, VERB_FACTS,
          "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"soil\":\"clay\",\"income\":80000}}",
          garden);
  each_of("event", o, VERB_EVENT,
          "{\"kind\":\"check\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"2025-03-03\",\"fields\":{"
          "\"ill\":4}}",
          check, garden);
  add_tree(o, garden, "t-2", "");
  casework *cases = NULL;
  assert_int_equal(cases_of(o, garden, &cases), 1);
  const char *c = id_text(o, &cases[0].id);
  each_of("move", o, VERB_MOVE,
          "{\"case\":\"%s\",\"transition\":\"treat\",\"form\":{\"people\":2}}", c);
  each_of("measure", o, VERB_MEASURE,
          "{\"id\":\"%s\",\"kind\":\"spraying\",\"subject\":\"%s\",\"case\":\"%s\",\"form\":{"
          "\"trees\":2}}",
          m, garden, c);
  each_of("measure approved", o, VERB_MEASURE, "{\"id\":\"%s\",\"state\":\"approved\"}", m);
  each_of("excuse", o, VERB_EXCUSE,
          "{\"id\":\"%s\",\"kind\":\"garden\",\"subject\":\"%s\",\"from\":\"2025-03-03\",\"to\":"
          "\"2025-03-04\",\"reason\":\"x\"}",
          fresh_id(o), garden);
  each_of("withdraw", o, VERB_WITHDRAW, "{\"kind\":\"check\",\"id\":\"%s\"}", check);
  each_of("unmask", o, VERB_UNMASK, "{\"kind\":\"garden\",\"id\":\"%s\",\"reason\":\"核对\"}",
          garden);
  each_of("area moved", o, VERB_FACTS,
          "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{}}", garden, FAR);
  each_of("officer", o, VERB_OFFICER,
          "{\"id\":\"%s\",\"login\":\"li\",\"name\":\"李\",\"active\":true,\"posts\":[{\"role\":"
          "\"clerk\",\"area\":\"500243101\"}]}",
          fresh_id(o));
  each_of("areas", o, VERB_AREAS, "{\"rows\":[[\"500243103000\",\"新镇\"]]}");
  each_of("calendar", o, VERB_CALENDAR,
          "{\"notices\":[{\"year\":2026,\"reference\":\"r\",\"holidays\":[\"2026-01-01\"]}]}");
  o->today = on("2025-06-01");
  each_of("after a tick", o, VERB_FACTS,
          "{\"kind\":\"garden\",\"id\":\"%s\",\"fields\":{\"ill\":1}}", garden);
  orchard_free(o);
}

static void an_import_is_undone(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *import = fresh_id(o);
  each_of("import", o, VERB_IMPORT, "{\"id\":\"%s\",\"pack\":\"orchard\"}", import);
  for (int i = 0; i < 3; i++) {
    uuid u = next_id(o);
    const char *body = arena_printf(
        o->a,
        "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{\"code\":\"I%d\","
        "\"owner\":\"王\"}}",
        id_text(o, &u), NORTH, i);
    command c = command_of(o, VERB_SUBJECT, json_parse(o->a, text_of(body), NULL));
    answer x;
    c.import_id = id_of(import);
    assert_true(apply(o, &c, &x));
  }
  each_of("undo", o, VERB_UNDO, "{\"import\":\"%s\"}", import);
  orchard_free(o);
}

/* ---- opening and making a county ---- */

static bool open_and_close(work *w) {
  engine *g = engine_open(w->o->location, &w->told);
  engine_close(g);
  return g != NULL;
}

static void opening_a_county(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  work w = {.o = o};
  each_allocation("open", &w, open_and_close);
  orchard_free(o);
}

static bool make_county(work *w) {
  const orchard *o = w->o;
  char location[200], pack_folder[400];
  const char *folders[] = {pack_folder};
  snprintf(location, sizeof location, "%s/made", o->folder);
  orchard_path(pack_folder, "packs/orchard");
  county_setup c = {.location = location,
                    .code = "500243",
                    .name = "石柱县",
                    .at_ms = morning(o->today),
                    .calendar_file = o->calendar,
                    .areas_csv = o->areas,
                    .pack_folders = folders,
                    .pack_count = 1};
  faults f = {0};
  bool ok = engine_init(&c, &f, &w->told);
  faults_release(&f);
  memory_spared = true;
  if (ok) {
    err e;
    store *s = store_open(location, DB_READ, "500243", &e);
    if (!s) fail_msg("made, but: %s", e.en);
    w->result = digest_of(s);
    store_close(s);
    char command[260];
    snprintf(command, sizeof command, "rm -r '%s'", location);
    assert_int_equal(system(command), 0);
  } else if (access(location, F_OK) == 0) {
    fail_msg("refused (%s), but the location is there", w->told.en);
  }
  memory_spared = false;
  return ok;
}

static void making_a_county(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  work w = {.o = o};
  each_allocation("init", &w, make_county);
  orchard_free(o);
}

/* ---- a newer pack ---- */

/* A copy of the pack with another version and one rule more. */
static void newer_pack(const orchard *o, char folder[400]) {
  char from[400], command[4000]; /* room for all eight paths */
  orchard_path(from, "packs/orchard");
  snprintf(folder, 400, "%s/newer", o->folder);
  snprintf(command, sizeof command,
           "cp -r '%s' '%s' && sed -i 's/^version: .*/version: 1.0.1/' '%s/pack.yaml' && "
           "sed 's/many_ill/some_ill/; /opens_process/,$d' '%s/rules.yaml' >'%s/more.yaml' && "
           "cat '%s/more.yaml' >>'%s/rules.yaml' && rm '%s/more.yaml'",
           from, folder, folder, folder, folder, folder, folder, folder);
  assert_int_equal(system(command), 0);
}

static bool send_newer_and_undo(work *w) {
  faults f = {0};
  if (!engine_begin(w->o->g, &w->told)) return false;
  bool ok = engine_send_pack_at(w->o->g, morning(w->o->today), w->file, NULL, &f, &w->told);
  faults_release(&f);
  memory_spared = true;
  if (ok) w->result = digest_of(w->o->s);
  engine_rollback(w->o->g);
  assert_string_equal(engine_packs(w->o->g)->packs[0]->version, "1.0.0");
  memory_spared = false;
  return ok;
}

static bool plan_newer(work *w) {
  faults f = {0};
  AUTO_BUF buf plan = {0};
  bool ok = engine_upgrade(w->o->g, w->file, NULL, true, &plan, &f, &w->told);
  faults_release(&f);
  text t = buf_view(&plan);
  if (ok) w->result = hash_of(&t, 1);
  return ok;
}

static bool upgrade_at(orchard *o, const char *folder, long long n, err *told) {
  faults f = {0};
  memory_fail_at(n);
  bool ok = orchard_upgrade(o, folder, &f, told);
  memory_failed();
  faults_release(&f);
  return ok;
}

/* In earnest, until it does not fail any more. */
static void upgrade(orchard *o, const char *folder) {
  hash before = digest_of(o->s);
  long long n = 1;
  err told = {0};
  for (; !upgrade_at(o, folder, n, &told); n += 607) {
    hash now = digest_of(o->s);
    if (!is_memory(&told) || memcmp(&now, &before, sizeof now) != 0)
      fail_msg("upgrade: allocation %lld: %s %s", n, told.where, told.en);
    assert_string_equal(engine_packs(o->g)->packs[0]->version, "1.0.0");
  }
  assert_string_equal(engine_packs(o->g)->packs[0]->version, "1.0.1");
  print_message("upgrade: fewer than %lld allocations\n", n);
}

static void a_newer_pack(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, ",\"income\":90000");
  add_event(o, "check", garden, "2025-03-03", "\"ill\":4");
  char folder[400];
  newer_pack(o, folder);
  work w = {.o = o, .file = folder};
  each_allocation("pack", &w, send_newer_and_undo);
  each_allocation("plan", &w, plan_newer);
  upgrade(o, folder);
  orchard_free(o);
}

/* ---- reading: explanations, what-if ---- */

static bool explain_all(work *w) {
  orchard *o = w->o;
  uuid root = w->command.id;
  err *e = &w->told;
  AUTO_BUF buf b = {0};
  json_out out = json_to(&b);
  finding *findings = NULL;
  size_t count = 0;
  as_of now = {.today = o->today, .calendar = engine_calendar(o->g)};
  unit *u = unit_load(o->s, w->a, kind_named(o, "garden"), &root, NULL, now, e);
  if (!u || !store_findings_of(o->s, w->a, &root, true, &findings, &count, e)) return false;
  explain_context x = {.s = o->s, .u = u, .w = &out};
  json_open(&out, '[');
  bool ok = true;
  for (size_t i = 0; ok && i < count; i++) ok = explain_finding(&x, &findings[i], e);
  for (size_t i = 0; ok && i < u->pack->variable_count; i++)
    if (u->pack->variables[i].of == u->root->kind->index)
      ok = explain_variable(&x, u->root, &u->pack->variables[i], e);
  json_close(&out, ']');
  ok = arena_whole(w->a, ok, e) && (buf_ok(&b) || err_memory(e));
  text t = buf_view(&b);
  if (ok) w->result = hash_of(&t, 1);
  return ok;
}

static void explanations(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  const char *garden = add_garden(o, "G1", NORTH, ",\"income\":90000");
  add_tree(o, garden, "t-1", "");
  add_event(o, "check", garden, "2025-03-03", "\"ill\":4");
  add_event(o, "sale", garden, "2025-03-02", "\"amount\":4000");
  work w = {.o = o, .command = {.id = id_of(garden)}};
  each_allocation("explain", &w, explain_all);
  orchard_free(o);
}

static bool ask_what_if(work *w) {
  orchard *o = w->o;
  err *e = &w->told;
  const pack *p = engine_packs(o->g)->packs[0];
  screen *s = screen_new(p, engine_calendar(o->g), e);
  setting changed;
  screen_answer *x = NULL;
  question q = {.as_of = o->today, .settings = &changed, .setting_count = 1, .threads = 1};
  bool ok = s && screen_load(s, o->s, NULL, e) &&
            setting_read(p, w->a, TEXT("p.limit.ill=1"), &changed, e) &&
            screen_ask(s, w->a, &q, &x, e);
  if (ok) {
    text part = {(const char *)&x->enters, sizeof x->enters};
    w->result = hash_of(&part, 1);
  }
  screen_free(s);
  return ok;
}

static void what_if(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  for (int i = 0; i < 5; i++) {
    const char *garden = add_garden(o, arena_printf(o->a, "G%d", i), NORTH, ",\"income\":90000");
    add_tree(o, garden, arena_printf(o->a, "t-%d", i), "");
    add_event(o, "check", garden, "2025-03-03", arena_printf(o->a, "\"ill\":%d", i));
  }
  work w = {.o = o};
  each_allocation("what-if", &w, ask_what_if);
  orchard_free(o);
}

/* ---- a roster ---- */

#define ROSTER                                                                                     \
  "村,园号,园主,年收入,树牌,品种,虫害\n"                                             \
  "北村,R1,刘某,900,t-1,苹果,蛾\n北村,R1,刘某,900,t-2,梨,\n"                           \
  "南村,R2,王某,x,t-1,桃,螨\n南村,R3,王某,80,t-1,桃,螨\n"

static const import_layout *first_layout(const orchard *o) {
  const pack *p = engine_packs(o->g)->packs[0];
  assert_true(p->import_count > 0);
  return &p->imports[0];
}

static bool check_roster(work *w) {
  text report = {0};
  import_file file = {
      .who = &everyone, .layout = first_layout(w->o), .path = w->file, .name = "roster.csv"};
  bool ok = import_check(w->o->s, w->a, &file, w->o->today, &report, &w->told);
  if (ok) w->result = hash_of(&report, 1);
  return ok;
}

static void rosters(UNUSED void **state) {
  orchard *o = orchard_new("2025-03-03");
  char path[120];
  snprintf(path, sizeof path, "%s/roster.csv", o->folder);
  orchard_write(path, ROSTER);
  work w = {.o = o, .file = path};
  each_allocation("roster, dry run", &w, check_roster);
  orchard_free(o);
}

/* The same keys at each try, so that the same is sealed alike. */
static const char *same_name(void) {
  return "same";
}

static uint32_t same_random(void) {
  return 4;
}

static void same_bytes(void *const at, const size_t bytes) {
  memset(at, 4, bytes);
}

int main(int argc, char **argv) {
  static randombytes_implementation same = {
      .implementation_name = same_name, .random = same_random, .buf = same_bytes};
  randombytes_set_implementation(&same);
  if (argc > 1) cmocka_set_test_filter(argv[1]);
  const struct CMUnitTest all[] = {
      cmocka_unit_test(commands),         cmocka_unit_test(an_import_is_undone),
      cmocka_unit_test(opening_a_county), cmocka_unit_test(making_a_county),
      cmocka_unit_test(a_newer_pack),     cmocka_unit_test(explanations),
      cmocka_unit_test(what_if),          cmocka_unit_test(rosters),
  };
  return cmocka_run_group_tests_name("memory", all, orchard_use_sqlite, orchard_drop_sqlite);
}
