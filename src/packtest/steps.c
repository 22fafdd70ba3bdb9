/* The steps of a case: the days that pass, the commands. */
#include "packtest/case_run.h"
#include "packtest/expect.h"

#include <stdio.h>
#include <stdlib.h>

static const kind *child_named_in(const case_run *p, const yaml *form) {
  for (size_t i = 0; i < p->pack->kind_count; i++)
    if (p->pack->kinds[i].parent == p->root_kind->index && yaml_has(form, p->pack->kinds[i].name))
      return &p->pack->kinds[i];
  return NULL;
}

static bool take_event(case_run *p, const act *t, const yaml *body, err *why) {
  const event_kind *k = body->count == 1 ? pack_event(p->pack, body->keys[0].s) : NULL;
  if (!k)
    return err_set(why, ERR_BAD_INPUT, "event", "业务包里没有这种登记。",
                   "The pack has no such kind of event.");
  day on = p->today; /* `on` among the answers: an earlier day, told late */
  const yaml *given = yaml_get(&body->items[0], "on");
  if (given && !day_parse(given->s, &on))
    return err_set(why, ERR_BAD_INPUT, "on", "“on”要是日期。", "\"on\" is a day.");
  return case_record_event(p, t, k, &body->items[0], on, why);
}

/* `withdraw: {patrol: 2}`: the second patrol recorded. */
static bool take_withdraw(case_run *p, const act *t, const yaml *body, err *why) {
  const event_kind *k = body->count == 1 ? pack_event(p->pack, body->keys[0].s) : NULL;
  uuid id;
  if (!k)
    return err_set(why, ERR_BAD_INPUT, "withdraw", "业务包里没有这种登记。",
                   "The pack has no such kind of event.");
  return case_nth_event(p, k, &body->items[0], &id, why) && act_withdraw(t, k, &id, why);
}

static bool take_facts(case_run *p, const act *t, const yaml *body, err *why) {
  const kind *child = child_named_in(p, body), *k = child ? child : p->root_kind;
  const char *const but[] = {child ? child->name : NULL, NULL};
  json *form = NULL;
  uuid subject;
  return case_subject(p, k, body, &subject, why) &&
         act_form(p->a, &(act_answers){k->fields, k->field_count, body, but, p->file}, &form,
                  why) &&
         act_facts(t, k, &subject, NULL, form, why);
}

/* Of the newest case whose workflow has such a step; the fields it asks for are those of that
 * workflow. */
static const transition *transition_named(case_run *p, text name, err *why) {
  const transition *found = NULL;
  casework *cases = NULL;
  size_t count = 0;
  if (!store_cases_of(engine_store(p->g), p->a, &p->root, &cases, &count, why)) return NULL;
  for (size_t c = 0; c < count; c++)
    for (size_t i = 0; i < p->pack->workflow_count; i++) {
      const workflow *flow = &p->pack->workflows[i];
      for (size_t n = 0; strcmp(flow->name, cases[c].workflow) == 0 && n < flow->transition_count;
           n++)
        if (text_is(name, flow->transitions[n].name)) found = &flow->transitions[n];
    }
  return found;
}

/* `move: verify` or `move: {verify: {people: 2}}` */
static bool take_move(case_run *p, const act *t, const yaml *body, err *why) {
  text name = body->type == YAML_TEXT ? body->s : body->count == 1 ? body->keys[0].s : TEXT("");
  const transition *n = transition_named(p, name, why);
  json *form = NULL;
  return act_form(p->a,
                  &(act_answers){n ? n->fields : NULL, n ? n->field_count : 0,
                                 body->type == YAML_MAP ? &body->items[0] : NULL, NULL, p->file},
                  &form, why) &&
         act_move(t, &p->root, name, form, why);
}

/* `step_back: 办错了`: the last step of the case is taken back, for that reason. */
static bool take_step_back(case_run *p, const act *t, const yaml *body, err *why) {
  return act_step_back(t, &p->root, body->s, why);
}

/* `measure: {name: {answers}}` proposes; `measure: {name: approved}` moves the one there is. */
static bool take_measure(case_run *p, const act *t, const yaml *body, err *why) {
  const measure_kind *k = body->count == 1 ? pack_measure(p->pack, body->keys[0].s) : NULL;
  if (!k)
    return err_set(why, ERR_BAD_INPUT, "measure", "业务包里没有这种措施。",
                   "The pack has no such measure.");
  const yaml *given = &body->items[0];
  if (given->type == YAML_TEXT && given->s.bytes)
    return act_measure_state(t, &p->root, k, given->s, why);
  const kind *of = &p->pack->kinds[k->of];
  const char *const but[] = {of->parent >= 0 ? of->name : NULL, NULL};
  json *form = NULL;
  uuid subject;
  return case_subject(p, of, given, &subject, why) &&
         act_form(p->a, &(act_answers){k->fields, k->field_count, given, but, p->file}, &form,
                  why) &&
         act_measure(t, &p->root, k, &subject, form, why);
}

/* `correct: {field: value}` proposes; `correct: confirmed` decides what was proposed last. */
static bool take_correct(case_run *p, const act *t, const yaml *body, err *why) {
  const kind *k = p->root_kind;
  json *form = NULL;
  if (body->type == YAML_TEXT) return act_correct_state(t, &p->root, body->s, why);
  return act_form(p->a, &(act_answers){k->fields, k->field_count, body, NULL, p->file}, &form,
                  why) &&
         act_correct(t, k, &p->root, form, why);
}

/* A role's officer, or one of the pack's people by his key. */
static bool who_named(case_run *p, text name, uuid *ret, err *why) {
  const kind *people = pack_people(p->pack);
  record *r = NULL;
  if (people && !pack_role(p->pack, name) &&
      !store_subject_find_by_key(engine_store(p->g), p->a, people, name, &r, why))
    return false;
  *ret = r ? r->id : case_officer(name);
  return true;
}

/* `excuse: {duty: key_visits, reason: 停业, to: 2024-03-05}`: of the unit, from this day on; with
 * `officer` and `stand_in` (roles, or people by their keys) of whoever is away. */
static bool take_excuse(case_run *p, const act *t, const yaml *body, err *why) {
  excuse_step x = {.duty = yaml_text(body, "duty"),
                   .reason = yaml_text(body, "reason"),
                   .from = p->today,
                   .to = p->today};
  if ((yaml_has(body, "officer") && !who_named(p, yaml_text(body, "officer"), &x.officer, why)) ||
      (yaml_has(body, "stand_in") && !who_named(p, yaml_text(body, "stand_in"), &x.stand_in, why)))
    return false;
  if (yaml_has(body, "to") && !day_parse(yaml_text(body, "to"), &x.to))
    return err_set(why, ERR_BAD_INPUT, "to", "“to”要是日期。", "\"to\" is a day.");
  return act_excuse(t, p->root_kind, &p->root, &x, why);
}

/* `zone: {code, name, shape}`: it is added, or drawn anew. */
static bool take_zone(case_run *p, const act *t, const yaml *body, err *why) {
  (void)p;
  return act_zone(t, body, why);
}

static const struct {
  const char *word;
  bool (*take)(case_run *p, const act *t, const yaml *body, err *why);
} commands[] = {{"event", take_event},   {"withdraw", take_withdraw},   {"facts", take_facts},
                {"move", take_move},     {"measure", take_measure},     {"correct", take_correct},
                {"excuse", take_excuse}, {"step_back", take_step_back}, {"zone", take_zone}};

static actor actor_of(case_run *p, const yaml *step, post *room) {
  text role = yaml_text(step, "as");
  if (!role.bytes) return (actor){.system = true};
  room->role = arena_copy(p->a, role.at, role.bytes);
  room->pack = p->pack->name;
  memcpy(room->area, p->area, sizeof room->area);
  if (yaml_has(step, "at")) area_code_check(yaml_text(step, "at"), room->area, NULL);
  return (actor){.officer = case_officer(role),
                 .invented = true,
                 .posts = room,
                 .post_count = room->role ? 1 : 0};
}

static bool contains(const char *sentence, text part) {
  return memmem(sentence, strlen(sentence), part.at, part.bytes) != NULL;
}

static void check_refusal(case_run *p, const yaml *step, bool taken, const err *why) {
  const yaml *want = yaml_get(step, "refused");
  bool yes;
  if (taken)
    case_differs(p, want, "expected to be refused, but it was taken");
  else if (!(yaml_as_bool(want, &yes) && yes) && !contains(why->zh, want->s) &&
           !contains(why->en, want->s))
    case_differs(p, want, "expected a refusal with \"%.*s\", got: %s / %s", (int)want->s.bytes,
                 want->s.at, why->zh, why->en);
}

static bool take(case_run *p, const yaml *step, err *e) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    const yaml *body = yaml_get(step, commands[i].word);
    if (!body) continue;
    post room;
    answer out;
    err why = {0};
    act t = case_next_act(p, actor_of(p, step, &room), &out);
    bool taken = commands[i].take(p, &t, body, &why);
    if (!taken && (why.code == ERR_STORE || why.code == ERR_MEMORY))
      return case_refused(p, body, &why, e);
    if (yaml_has(step, "refused"))
      check_refusal(p, step, taken, &why);
    else if (!taken && !case_refused(p, body, &why, e))
      return false;
  }
  return true;
}

static bool known_word(text key) {
  static const char *const words[] = {
      "on",      "as",     "about",  "event",   "facts",    "move",      "measure", "tick",
      "refused", "expect", "excuse", "correct", "withdraw", "step_back", "zone",    "at"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_is(key, words[i])) return true;
  return false;
}

static bool take_step(case_run *p, const yaml *step, err *e) {
  day on = p->today;
  if (yaml_has(step, "on") && !day_parse(yaml_text(step, "on"), &on)) {
    case_differs(p, step, "on: a day such as 2024-03-01 is expected");
    return true;
  }
  for (size_t i = 0; step->type == YAML_MAP && i < step->count; i++)
    if (!known_word(step->keys[i].s))
      case_differs(p, &step->keys[i], "\"%.*s\" is no word of a step", (int)step->keys[i].s.bytes,
                   step->keys[i].s.at);
  char post_at[13];
  if (yaml_has(step, "at") && !area_code_check(yaml_text(step, "at"), post_at, NULL))
    case_differs(p, step, "at: the code of an area or a zone is expected");
  if (on < p->today) {
    case_differs(p, step, "on: steps go forward in time");
    return true;
  }
  if (yaml_has(step, "tick") && !yaml_has(step, "on")) on++;
  if (!case_pass_days(p, on, e)) return false;
  const yaml *expect = yaml_get(step, "expect");
  unit_at_hand had;
  bool ok =
      !case_about(p, step, &had) || (take(p, step, e) && (!expect || case_expect(p, expect, e)));
  case_about_end(p, &had);
  return ok;
}

bool case_steps(case_run *p, const yaml *test, err *e) {
  const yaml *steps = yaml_get(test, "steps");
  day first = case_first_day(test);
  p->today = DAY_NONE;
  if (first == DAY_NONE || !steps || steps->type != YAML_LIST) {
    case_differs(p, test, "a case needs steps, the first of them with a day: `on: 2024-03-01`");
    return true;
  }
  if (!case_begin(p, test, first, e) || !case_make_unit(p, yaml_get(test, "given"), test, false, e))
    return false;
  if (p->differences) return true; /* without its unit no step says anything */
  for (size_t i = 0; i < steps->count; i++)
    if (!take_step(p, &steps->items[i], e)) return false;
  return true;
}
