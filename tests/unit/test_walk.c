/* Every workflow of the shipped packs is walked: from each state each step, by each role, forwards,
 * back, and refused; and after each step what is registered agrees with where the case stands. The
 * walks are made from the packs: a new step is walked without a word here. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "engine/eval/display.h"
#include "engine/rules/reevaluate.h"
#include "engine/state.h"
#include "orchard.h"

enum { STATES = 100, OFFICERS = 2 };

/* What forms cannot be told by themselves: a subject of whom the steps can be taken. */
static const struct {
  const char *kind, *fields;
} givens[] = {
    {"household", "\"size\":2,\"whole_no_labour\":false,\"wage\":5000000,\"business\":0,"
                  "\"property\":0,\"transfer\":0,\"business_spending\":0,\"claims_received\":0,"
                  "\"self_paid\":0"},
};

typedef struct walk {
  orchard *o;
  const pack *p;
  const workflow *flow;
  const char *root; /* the subject of the case at hand */
  casework c;
  size_t taken;
  const char *before; /* the last step: how things stood */
} walk;

/* ---- values ---- */

static const char *register_one(walk *w, const kind *k);

/* The key of some subject of that kind. */
static const char *key_of(walk *w, const char *kind_name) {
  const kind *k = pack_kind(w->p, text_of(kind_name));
  const char *id = register_one(w, k);
  uuid u;
  record *r = NULL;
  err e = {0};
  assert_true(uuid_parse(text_of(id), &u));
  if (!store_subject_find(w->o->s, w->o->a, k, &u, NULL, &r, &e) || !r) fail_msg("%s", e.en);
  return arena_copy(w->o->a, r->fields[k->key].s.at, r->fields[k->key].s.bytes);
}

static void put_value(walk *w, buf *b, const field *f, int ahead) {
  char day_text[11];
  if (f->of) {
    buf_printf(b, "\"%s\"", key_of(w, f->of));
    return;
  }
  switch (f->type) {
  case FIELD_BOOL:
    buf_str(b, "true");
    break;
  case FIELD_CHOICE:
    buf_printf(b, "\"%s\"", f->choices[0].code);
    break;
  case FIELD_CHOICES:
    buf_printf(b, "[\"%s\"]", f->choices[0].code);
    break;
  case FIELD_DATE:
    day_format(w->o->today + ahead, day_text);
    buf_printf(b, "\"%s\"", day_text);
    break;
  case FIELD_RATE:
    buf_str(b, "\"0.5\"");
    break;
  case FIELD_TEXT:
    if (f->format == FORMAT_OFFICERS)
      buf_str(b, "\"officer1 officer2\"");
    else if (f->format == FORMAT_FILES)
      buf_printf(b, "\"%064d\"", 0);
    else
      buf_printf(b, "\"t%lld\"", (long long)++w->o->ids);
    break;
  default: /* int, money, numbers */
    buf_printf(b, "%lld", (long long)(f->min <= f->max && f->min > 2 ? f->min : 2));
  }
}

static const char *form_of(walk *w, const field *fields, size_t count, int ahead) {
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < count; i++) {
    if (fields[i].serial || !fields[i].required) continue;
    buf_printf(&b, "%s\"%s\":", b.bytes ? "," : "", fields[i].name);
    put_value(w, &b, &fields[i], ahead);
  }
  assert_true(buf_ok(&b));
  return arena_text(w->o->a, b.bytes ? b.at : "");
}

static const char *register_one(walk *w, const kind *k) {
  AUTO_BUF buf b = {0};
  uuid u = next_id(w->o);
  const char *id = id_text(w->o, &u);
  for (size_t i = 0; i < k->field_count; i++) {
    if (!k->fields[i].required || field_is_owned(&k->fields[i])) continue;
    buf_printf(&b, "%s\"%s\":", b.bytes ? "," : "", k->fields[i].name);
    put_value(w, &b, &k->fields[i], 0);
  }
  for (size_t i = 0; i < sizeof givens / sizeof *givens; i++)
    if (strcmp(givens[i].kind, k->name) == 0) buf_printf(&b, ",%s", givens[i].fields);
  assert_true(buf_ok(&b));
  must(w->o, VERB_SUBJECT, "{\"kind\":\"%s\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{%s}}",
       k->name, id, NORTH, b.bytes ? b.at : "");
  return id;
}

/* ---- the case ---- */

/* As a finding opens it. */
static void open_case(walk *w) {
  engine *g = w->o->g;
  err e = {0};
  answer out = {0};
  const kind *k = &w->p->kinds[w->flow->of];
  const command c = {.verb = VERB_TICK, .id = next_id(w->o), .who = everyone};
  w->root = register_one(w, k);
  casework fresh = {.id = next_id(w->o),
                    .kind = k->name,
                    .process = w->flow->process,
                    .workflow = w->flow->name,
                    .area = NORTH,
                    .opened = w->o->today};
  assert_true(uuid_parse(text_of(w->root), &fresh.root));
  fresh.subject = fresh.root;
  if (!engine_begin(g, &e)) fail_msg("%s", e.en);
  /* A rule may have opened one already, at its registration. */
  casework *cases = NULL;
  size_t count = 0;
  assert_true(store_cases_of(w->o->s, w->o->a, &fresh.root, &cases, &count, &e));
  for (size_t i = 0; i < count; i++)
    if (strcmp(cases[i].workflow, w->flow->name) == 0) {
      w->c = cases[i];
      engine_rollback(g);
      return;
    }
  command_context ctx = {.engine = g,
                         .store = w->o->s,
                         .a = w->o->a,
                         .command = &c,
                         .answer = &out,
                         .seq = g->head.seq + 1,
                         .at_ms = morning(w->o->today),
                         .today = w->o->today,
                         .id = c.id};
  unit *u = unit_load(w->o->s, w->o->a, k, &fresh.root, NULL, context_as_of(&ctx), &e);
  if (!u || !case_enter_state(
                &ctx, u, &fresh, w->flow,
                &(case_move){
                    .to = w->flow->start, .transition = "", .form = TEXT("{}"), .note = TEXT("")},
                &e))
    fail_msg("%s", e.en);
  w->c = fresh;
  if (!engine_commit(g, &e)) fail_msg("%s", e.en);
}

static void read_case(walk *w) {
  casework *c = NULL;
  err e = {0};
  if (!store_case_find(w->o->s, w->o->a, &w->c.id, NULL, &c, &e) || !c) fail_msg("%s", e.en);
  w->c = *c;
}

/* Each time somebody else of that role: who takes a step is not who took the one before. */
static bool take(walk *w, const char *role, const transition *t, int ahead) {
  post at = {.role = role, .pack = w->p->name};
  snprintf(at.area, sizeof at.area, "500243");
  const actor who = {.officer = next_id(w->o), .invented = true, .posts = &at, .post_count = 1};
  return try_as(w->o, &who, VERB_MOVE, NULL,
                "{\"case\":\"%s\",\"transition\":\"%s\",\"form\":{%s}}", id_text(w->o, &w->c.id),
                t->name, form_of(w, t->fields, t->field_count, ahead));
}

/* Some measure that can be had, proposed, approved and done: steps may wait for one. */
static bool do_a_measure(walk *w) {
  for (size_t i = 0; i < w->p->measure_count; i++) {
    const measure_kind *m = &w->p->measures[i];
    uuid id = next_id(w->o);
    if (m->of != w->flow->of || strcmp(m->per, "once") != 0)
      continue; /* the others fall due again */
    if (!try_as(w->o, &everyone, VERB_MEASURE, NULL,
                "{\"id\":\"%s\",\"kind\":\"%s\",\"subject\":\"%s\",\"case\":\"%s\",\"form\":{%s}}",
                id_text(w->o, &id), m->name, w->root, id_text(w->o, &w->c.id),
                form_of(w, m->fields, m->field_count, 0)))
      continue;
    must(w->o, VERB_MEASURE, "{\"id\":\"%s\",\"state\":\"approved\"}", id_text(w->o, &id));
    must(w->o, VERB_MEASURE, "{\"id\":\"%s\",\"state\":\"done\"}", id_text(w->o, &id));
    return true;
  }
  return false;
}

/* ---- what must hold after each step ---- */

/* Whether the pack's rules/procedure.yaml, which compares what is registered with the cases, has
 * this rule. */
static bool compares(const pack *p, const char *rule_name) {
  char wanted[120];
  snprintf(wanted, sizeof wanted, "- name: %s\n", rule_name);
  for (size_t i = 0; i < p->file_count; i++)
    if (strcmp(p->files[i].path, "rules/procedure.yaml") == 0)
      return memmem(p->files[i].body.at, p->files[i].body.bytes, wanted, strlen(wanted)) != NULL;
  return false;
}

static void registered_as_it_stands(walk *w, const transition *t) {
  finding *all = NULL;
  size_t count = 0;
  err e = {0};
  if (!store_findings_of(w->o->s, w->o->a, &w->c.root, true, &all, &count, &e))
    fail_msg("%s", e.en);
  for (size_t i = 0; i < count; i++)
    if (compares(w->p, all[i].rule))
      fail_msg("%s: after %s, at %s: %s", w->flow->name, t->name, w->c.state, all[i].rule);
}

/* ---- walking ---- */

static bool leaves(const transition *t, int state) {
  for (size_t i = 0; i < t->from_count; i++)
    if (t->from[i] == state) return true;
  return false;
}

/* Where the case stands, and what is known of its subject. */
static const char *as_it_stands(walk *w) {
  AUTO_BUF buf b = {0};
  const kind *k = &w->p->kinds[w->flow->of];
  record *r = NULL;
  err e = {0};
  read_case(w);
  if (!store_subject_find(w->o->s, w->o->a, k, &w->c.root, NULL, &r, &e) || !r)
    fail_msg("%s", e.en);
  buf_printf(&b, "%s %d %d %d ", w->c.state, w->c.closed, (int)w->c.since, (int)w->c.deadline);
  for (size_t i = 0; i < k->field_count; i++) {
    if (r->fields[i].type == VALUE_UNKNOWN) continue;
    buf_printf(&b, "%s=", k->fields[i].name);
    field_print(&b, &k->fields[i], &r->fields[i], true, false);
    buf_char(&b, ' ');
  }
  assert_true(buf_ok(&b));
  return arena_text(w->o->a, b.at);
}

/* Takes the step by each who may; others are refused. A guard may want another day, or help done
 * first. */
static void take_step(walk *w, const transition *t) {
  static const struct {
    int wait, ahead;
  } tries[] = {{0, 1}, {0, 8}, {10, 1}, {0, 15}, {200, 1}, {0, 8}, {0, 15}};
  const role *roles = w->p->roles;
  for (size_t r = 0; r < w->p->role_count; r++) {
    if (roles_hold(t->who, roles[r].name)) continue;
    if (take(w, roles[r].name, t, 1))
      fail_msg("%s: %s took %s", w->flow->name, roles[r].name, t->name);
    /* to whom sees none of its kind it is not there */
    const kind *of = &w->p->kinds[w->flow->of];
    const bool sees = !of->seen_by || roles_hold(of->seen_by, roles[r].name);
    assert_int_equal(w->o->told.code, sees ? ERR_DENIED : ERR_UNKNOWN_NAME);
  }
  bool done = false;
  const char *role_name = t->who[w->taken++ % 2 && t->who[1] ? 1 : 0];
  for (size_t i = 0; !done && i < sizeof tries / sizeof *tries; i++) {
    w->o->today += tries[i].wait;
    w->before = as_it_stands(w);
    done = take(w, role_name, t, tries[i].ahead);
    if (done || w->o->told.code != ERR_NOT_ALLOWED || i > 0 || !do_a_measure(w)) continue;
    w->before = as_it_stands(w);
    done = take(w, role_name, t, tries[i].ahead);
  }
  if (!done)
    fail_msg("%s: %s by %s from %s: %s %s", w->flow->name, t->name, role_name, w->c.state,
             w->o->told.where, w->o->told.zh);
  read_case(w);
  assert_string_equal(w->c.state, w->flow->states[t->to].name);
  assert_int_equal(w->c.closed, w->flow->states[t->to].closed);
  registered_as_it_stands(w, t);
}

/* The step just taken is taken back: all is as it was before. */
static void take_back(walk *w) {
  step *steps = NULL;
  size_t count = 0;
  err e = {0};
  assert_true(store_steps(w->o->s, w->o->a, &w->c.id, &steps, &count, &e));
  must(w->o, VERB_STEP_BACK, "{\"case\":\"%s\",\"step\":%lld,\"reason\":\"误办\"}",
       id_text(w->o, &w->c.id), (long long)steps[count - 1].seq);
  assert_string_equal(as_it_stands(w), w->before);
}

/* The steps from the start to each state, by fewest. */
typedef struct ways {
  int via[STATES]; /* the step by which a state is reached first; -1: the start, or not at all */
  int before[STATES];
  bool reached[STATES];
} ways;

static void find_ways(const workflow *f, ways *x) {
  int queue[STATES], n = 0;
  memset(x, 0, sizeof *x);
  for (size_t s = 0; s < f->state_count; s++) x->via[s] = x->before[s] = -1;
  x->reached[f->start] = true;
  queue[n++] = f->start;
  for (int at = 0; at < n; at++)
    for (size_t t = 0; t < f->transition_count; t++) {
      const int to = f->transitions[t].to;
      if (!leaves(&f->transitions[t], queue[at]) || x->reached[to]) continue;
      x->reached[to] = true;
      x->via[to] = (int)t;
      x->before[to] = queue[at];
      queue[n++] = to;
    }
}

static void walk_to(walk *w, const ways *x, int state) {
  if (x->via[state] < 0) return;
  walk_to(w, x, x->before[state]);
  take_step(w, &w->flow->transitions[x->via[state]]);
}

/* From here only what leaves from here. */
static void others_are_refused(walk *w, int state) {
  for (size_t i = 0; i < w->flow->transition_count; i++) {
    const transition *t = &w->flow->transitions[i];
    if (leaves(t, state)) continue;
    if (take(w, t->who[0], t, 1)) fail_msg("%s: %s from %s", w->flow->name, t->name, w->c.state);
    assert_int_equal(w->o->told.code, ERR_NOT_ALLOWED);
  }
}

static void walk_workflow(walk *w) {
  ways x;
  find_ways(w->flow, &x);
  for (size_t s = 0; s < w->flow->state_count; s++) {
    bool out = w->flow->states[s].closed, looked = false;
    if (!x.reached[s]) fail_msg("%s: %s is not reached", w->flow->name, w->flow->states[s].name);
    for (size_t t = 0; t < w->flow->transition_count; t++) {
      if (!leaves(&w->flow->transitions[t], (int)s)) continue;
      out = true;
      open_case(w);
      walk_to(w, &x, (int)s);
      if (!looked) others_are_refused(w, (int)s);
      looked = true;
      take_step(w, &w->flow->transitions[t]);
      take_back(w);
    }
    if (!looked) {
      open_case(w);
      walk_to(w, &x, (int)s);
      others_are_refused(w, (int)s);
    }
    if (!out) fail_msg("%s: no way out of %s", w->flow->name, w->flow->states[s].name);
  }
}

static void add_officers(orchard *o) {
  for (int i = 1; i <= OFFICERS; i++) {
    uuid id = next_id(o);
    must(o, VERB_OFFICER, "{\"id\":\"%s\",\"login\":\"officer%d\",\"name\":\"某\",\"posts\":[]}",
         id_text(o, &id), i);
  }
}

/* Each workflow in a county of its own, on a day when it is in force. */
static void walk_pack(const char *folder, const char *overlay) {
  size_t count = 1;
  orchard_pack = folder;
  orchard_overlay = overlay;
  for (size_t i = 0; i < count; i++) {
    orchard *o = orchard_new("2018-03-05");
    const pack *p = engine_packs(o->g)->packs[0];
    count = p->workflow_count;
    walk w = {.o = o, .p = p, .flow = &p->workflows[i]};
    if (w.flow->from != DAY_NONE && w.flow->from > o->today) o->today = w.flow->from;
    add_officers(o);
    walk_workflow(&w);
    orchard_free(o);
  }
  orchard_pack = orchard_overlay = NULL;
}

static void orchard_pack_is_walked(UNUSED void **state) {
  walk_pack("packs/orchard", NULL);
}

/* Values that a county sets for itself, and without which some steps cannot be told. */
static void antipoverty_is_walked(UNUSED void **state) {
  static const char *const names[] = {"monitor/line", "emergency/most"};
  char folder[] = "/tmp/jishi-walk-XXXXXX", path[200];
  if (!orchard_base[0]) skip();
  if (!mkdtemp(folder)) fail_msg("no temporary folder");
  for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
    snprintf(path, sizeof path, "mkdir -p %s/parameters/%s && rmdir %s/parameters/%s", folder,
             names[i], folder, names[i]);
    if (system(path) != 0) fail_msg("%s", path);
    snprintf(path, sizeof path, "%s/parameters/%s.yaml", folder, names[i]);
    orchard_write(path, "values: {2015-01-01: {value: 5000, metadata: {reference: test}}}\n");
  }
  walk_pack("../packs/antipoverty", folder);
  snprintf(path, sizeof path, "rm -rf %s", folder);
  if (system(path) != 0) fail_msg("%s", path);
}

static void air_is_walked(UNUSED void **state) {
  walk_pack("../packs/air", NULL);
}

int main(void) {
  const struct CMUnitTest all[] = {cmocka_unit_test(orchard_pack_is_walked),
                                   cmocka_unit_test(antipoverty_is_walked),
                                   cmocka_unit_test(air_is_walked)};
  int failed =
      cmocka_run_group_tests_name("walk sqlite", all, orchard_use_sqlite, orchard_drop_sqlite);
  return failed + cmocka_run_group_tests_name("walk pg", all, orchard_use_postgres, NULL);
}
