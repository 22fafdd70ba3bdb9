/* A case's steps: the unit it is given, the days that pass, the commands. */
#include "packtest/steps.h"

#include "base/ident.h"

#include <stdio.h>
#include <stdlib.h>

enum { DAY_MS = 86400000, ZONE_MS = 8 * 3600000, DESK_OPENS_MS = 9 * 3600000 };

static int64_t midnight(day d) {
  return (int64_t)d * DAY_MS - ZONE_MS;
}

void playing_differs(playing *p, const yaml *at, const char *format, ...) {
  char place[ERR_PLACE_MAX], on[11] = "";
  if (p->today != DAY_NONE) day_format(p->today, on);
  char *text_at = NULL;
  va_list list;
  va_start(list, format);
  int n = vasprintf(&text_at, format, list);
  va_end(list);
  buf_printf(p->says, "  %s: %s: %s\n", yaml_place(p->file, at, place), on[0] ? on : "given",
             n < 0 ? "(no memory)" : text_at);
  if (n >= 0) free(text_at);
  p->differences++;
}

day playing_first_day(const yaml *test) {
  day d;
  if (yaml_has(test, "period")) return playing_period(yaml_text(test, "period"), &d) ? d : DAY_NONE;
  if (day_parse(yaml_text(yaml_get(test, "given"), "on"), &d)) return d;
  const yaml *steps = yaml_get(test, "steps");
  if (!steps || steps->type != YAML_LIST || !steps->count) return DAY_NONE;
  return day_parse(yaml_text(&steps->items[0], "on"), &d) ? d : DAY_NONE;
}

static act next_act(playing *p, actor who, answer *out) {
  uint8_t random10[10] = {0};
  p->made++;
  for (int i = 0; i < 8; i++) random10[9 - i] = (uint8_t)(p->made >> (8 * i));
  int64_t at = midnight(p->today) + DESK_OPENS_MS;
  return (act){
      .g = p->g, .a = p->a, .who = who, .at_ms = at, .id = uuid_v7(at, random10), .out = out};
}

/* A refusal is a difference; a failing store ends the run. */
static bool refused(playing *p, const yaml *at, const err *why, err *e) {
  if (why->code == ERR_STORE || why->code == ERR_MEMORY) {
    *e = *why;
    return false;
  }
  playing_differs(p, at, "refused: %s%s%s%s", why->place, why->place[0] ? ": " : "", why->zh, "");
  return true;
}

/* ---- given ---- */

static const kind *kind_of_list(const playing *p, text plural) {
  for (size_t i = 0; i < p->pack->kind_count; i++) {
    const kind *k = &p->pack->kinds[i];
    if (k->parent == p->root_kind->index && text_is(plural, k->plural)) return k;
  }
  return NULL;
}

/* Texts that the case does not care about: the key, or (loose) any that must be given. */
static void fill_left_open(const playing *p, const kind *k, const yaml *fields, bool loose,
                           buf *form) {
  for (size_t i = 0; i < k->field_count; i++) {
    const field *f = &k->fields[i];
    if (!(loose || (int)i == k->key) || !f->required || f->type != FIELD_TEXT ||
        f->format != FORMAT_NONE || yaml_has(fields, f->name))
      continue;
    form->bytes--; /* the closing bracket */
    buf_printf(form, "%s\"%s\":\"%llu\"}", form->bytes > 1 ? "," : "", f->name,
               (unsigned long long)p->made);
  }
}

static bool make_subject(playing *p, const kind *k, const yaml *fields, const uuid *parent,
                         bool loose, uuid *id, err *e) {
  AUTO_BUF buf form = {0};
  err why = {0};
  answer out;
  act t = next_act(p, (actor){.system = true}, &out);
  *id = act_thing(&t.id);
  if (!act_form(&form, k->fields, k->field_count, fields, NULL, p->file, &why))
    return refused(p, fields, &why, e);
  fill_left_open(p, k, fields, loose, &form);
  if (!buf_ok(&form)) return err_memory(e);
  if (act_subject(&t, k, id, parent, p->area, buf_view(&form), &why)) return true;
  return refused(p, fields, &why, e);
}

/* Subjects beside the unit that it refers to: one, or a list. */
static bool make_others(playing *p, const kind *k, const yaml *list, bool loose, err *e) {
  uuid id;
  bool many = list->type == YAML_LIST;
  for (size_t i = 0; i < (many ? list->count : 1); i++)
    if (!make_subject(p, k, many ? &list->items[i] : list, NULL, loose, &id, e)) return false;
  return true;
}

static bool make_children(playing *p, const yaml *given, bool loose, err *e) {
  for (size_t i = 0; i < given->count; i++) {
    const yaml *list = &given->items[i];
    if (text_is(given->keys[i].s, p->root_kind->name) || text_is(given->keys[i].s, "on")) continue;
    if (loose && pack_event(p->pack, given->keys[i].s)) continue;
    const kind *other = pack_kind(p->pack, given->keys[i].s);
    if (other && other->parent < 0) continue; /* made before the unit, which refers to them */
    const kind *k = kind_of_list(p, given->keys[i].s);
    if (!k || list->type != YAML_LIST) {
      playing_differs(p, &given->keys[i],
                      "given: a list of the kinds under %s is expected here, not \"%.*s\"",
                      p->root_kind->name, (int)given->keys[i].s.bytes, given->keys[i].s.at);
      continue;
    }
    uuid id;
    for (size_t n = 0; n < list->count; n++)
      if (!make_subject(p, k, &list->items[n], &p->root, loose, &id, e)) return false;
  }
  return true;
}

bool playing_unit(playing *p, const yaml *given, const yaml *test, bool loose, err *e) {
  for (size_t i = 0; given && given->type == YAML_MAP && i < given->count && !p->root_kind; i++) {
    const kind *k = pack_kind(p->pack, given->keys[i].s);
    if (!k || k->parent >= 0) continue;
    p->root_kind = k;
    for (size_t o = i + 1; o < given->count; o++) {
      const kind *other = pack_kind(p->pack, given->keys[o].s);
      if (other && other->parent < 0 && !make_others(p, other, &given->items[o], loose, e))
        return false;
    }
    if (!make_subject(p, k, &given->items[i], NULL, loose, &p->root, e)) return false;
  }
  if (!p->root_kind) {
    playing_differs(p, given ? given : test,
                    "given: names no kind of the pack that stands by itself");
    return true;
  }
  return p->differences ? true : make_children(p, given, loose, e);
}

/* ---- steps ---- */

static bool pass_days(playing *p, day until, err *e) {
  for (bool ticked; p->today < until;) {
    p->today++;
    if (!engine_tick(p->g, midnight(p->today), p->a, &ticked, e)) return false;
  }
  return true;
}

/* "person: 2" among the answers: the step is about the second child of that kind. */
static bool subject_meant(playing *p, const kind *k, const yaml *form, uuid *out, err *why) {
  *out = p->root;
  if (!k || k->parent < 0) return true;
  int64_t n = 1;
  const yaml *given = yaml_get(form, k->name);
  record **children = NULL;
  size_t count = 0;
  if (!store_children(engine_store(p->g), p->a, k, &p->root, &children, &count, why)) return false;
  if ((given && !yaml_as_int(given, &n)) || n < 1 || (uint64_t)n > count)
    return err_set(why, ERR_BAD_INPUT, k->name, "没有第 %lld 个“%s”，共 %zu 个。",
                   "There is no %lld. \"%s\" among %zu.", (long long)n, k->name, count);
  *out = children[n - 1]->id;
  return true;
}

static const kind *child_named_in(const playing *p, const yaml *form) {
  for (size_t i = 0; i < p->pack->kind_count; i++)
    if (p->pack->kinds[i].parent == p->root_kind->index && yaml_has(form, p->pack->kinds[i].name))
      return &p->pack->kinds[i];
  return NULL;
}

static bool record_event(playing *p, const act *t, const event_kind *k, const yaml *given, day on,
                         err *why) {
  const kind *about = &p->pack->kinds[k->about];
  const char *child = about->parent >= 0 ? about->name : NULL;
  const char *const but[] = {"on", child, NULL};
  AUTO_BUF buf form = {0};
  uuid subject;
  return subject_meant(p, about, given, &subject, why) &&
         act_form(&form, k->fields, k->field_count, given, but, p->file, why) &&
         act_event(t, k, &subject, on, buf_view(&form), why);
}

static bool take_event(playing *p, const act *t, const yaml *body, err *why) {
  const event_kind *k = body->count == 1 ? pack_event(p->pack, body->keys[0].s) : NULL;
  if (!k)
    return err_set(why, ERR_BAD_INPUT, "event", "业务包里没有这种登记。",
                   "The pack has no such kind of event.");
  return record_event(p, t, k, &body->items[0], p->today, why);
}

bool playing_event(playing *p, const event_kind *k, const yaml *form, day on, uuid *id, err *e) {
  answer out;
  err why = {0};
  act t = next_act(p, (actor){.system = true}, &out);
  *id = act_thing(&t.id);
  if (record_event(p, &t, k, form, on, &why)) return true;
  *id = (uuid){0};
  return refused(p, form, &why, e);
}

static bool take_facts(playing *p, const act *t, const yaml *body, err *why) {
  const kind *child = child_named_in(p, body), *k = child ? child : p->root_kind;
  const char *const but[] = {child ? child->name : NULL, NULL};
  AUTO_BUF buf form = {0};
  uuid subject;
  return subject_meant(p, k, body, &subject, why) &&
         act_form(&form, k->fields, k->field_count, body, but, p->file, why) &&
         act_facts(t, k, &subject, NULL, buf_view(&form), why);
}

/* Of the newest case whose workflow has such a step; the fields it asks for are those of that
 * workflow. */
static const transition *transition_named(playing *p, text name, err *why) {
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
static bool take_move(playing *p, const act *t, const yaml *body, err *why) {
  text name = body->type == YAML_TEXT ? body->s : body->count == 1 ? body->keys[0].s : TEXT("");
  const transition *n = transition_named(p, name, why);
  AUTO_BUF buf form = {0};
  return act_form(&form, n ? n->fields : NULL, n ? n->field_count : 0,
                  body->type == YAML_MAP ? &body->items[0] : NULL, NULL, p->file, why) &&
         act_move(t, &p->root, name, buf_view(&form), why);
}

/* `measure: {name: {answers}}` proposes; `measure: {name: approved}` moves the one there is. */
static bool take_measure(playing *p, const act *t, const yaml *body, err *why) {
  const measure_kind *k = body->count == 1 ? pack_measure(p->pack, body->keys[0].s) : NULL;
  if (!k)
    return err_set(why, ERR_BAD_INPUT, "measure", "业务包里没有这种措施。",
                   "The pack has no such measure.");
  const yaml *given = &body->items[0];
  if (given->type == YAML_TEXT && given->s.bytes)
    return act_measure_state(t, &p->root, k, given->s, why);
  const kind *of = &p->pack->kinds[k->of];
  const char *const but[] = {of->parent >= 0 ? of->name : NULL, NULL};
  AUTO_BUF buf form = {0};
  uuid subject;
  return subject_meant(p, of, given, &subject, why) &&
         act_form(&form, k->fields, k->field_count, given, but, p->file, why) &&
         act_measure(t, &p->root, k, &subject, buf_view(&form), why);
}

/* `excuse: {duty: key_visits, reason: 停业, to: 2024-03-05}`: of the unit, from this day on. */
static bool take_excuse(playing *p, const act *t, const yaml *body, err *why) {
  day to = p->today;
  if (yaml_has(body, "to") && !day_parse(yaml_text(body, "to"), &to))
    return err_set(why, ERR_BAD_INPUT, "to", "“to”要是日期。", "\"to\" is a day.");
  return act_excuse(t, p->root_kind, &p->root, yaml_text(body, "duty"), p->today, to,
                    yaml_text(body, "reason"), why);
}

static const struct {
  const char *word;
  bool (*take)(playing *p, const act *t, const yaml *body, err *why);
} commands[] = {{"event", take_event},
                {"facts", take_facts},
                {"move", take_move},
                {"measure", take_measure},
                {"excuse", take_excuse}};

/* Who holds a role in tests: always the same one. */
static uuid officer_of(text role) {
  uint8_t random10[10] = {0};
  uuid about = uuid_v7(0, random10);
  return uuid_derived(&about, role);
}

static actor actor_of(playing *p, const yaml *step, post *room) {
  text role = yaml_text(step, "as");
  if (!role.bytes) return (actor){.system = true};
  room->role = arena_copy(p->a, role.at, role.bytes);
  memcpy(room->area, p->area, sizeof room->area);
  return (actor){.officer = officer_of(role), .posts = room, .post_count = room->role ? 1 : 0};
}

/* `officers: [keeper, …]`: one of each role, whose login is the role's name, in the case's area. */
static bool make_officers(playing *p, const yaml *list, err *e) {
  for (size_t i = 0; list && list->type == YAML_LIST && i < list->count; i++) {
    answer out;
    err why = {0};
    char id[37];
    text role = list->items[i].s;
    uuid officer_id = officer_of(role);
    act t = next_act(p, (actor){.system = true}, &out);
    AUTO_BUF buf b = {0};
    uuid_format(&officer_id, id);
    buf_printf(&b,
               "{\"id\":\"%s\",\"login\":\"%.*s\",\"name\":\"%.*s\",\"posts\":[{\"role\":\"%.*s\","
               "\"area\":\"%s\"}]}",
               id, (int)role.bytes, role.at, (int)role.bytes, role.at, (int)role.bytes, role.at,
               p->area);
    json *body = buf_ok(&b) ? json_parse(p->a, buf_view(&b), &why) : NULL;
    command c = {.verb = VERB_OFFICER, .id = t.id, .who = t.who, .at_ms = t.at_ms, .body = body};
    if (!body) return err_memory(e);
    if (!engine_apply(p->g, &c, p->a, &out, &why) && !refused(p, &list->items[i], &why, e))
      return false;
  }
  return true;
}

static bool contains(const char *sentence, text part) {
  return memmem(sentence, strlen(sentence), part.at, part.bytes) != NULL;
}

static void check_refusal(playing *p, const yaml *step, bool taken, const err *why) {
  const yaml *want = yaml_get(step, "refused");
  bool yes;
  if (taken)
    playing_differs(p, want, "expected to be refused, but it was taken");
  else if (!(yaml_as_bool(want, &yes) && yes) && !contains(why->zh, want->s) &&
           !contains(why->en, want->s))
    playing_differs(p, want, "expected a refusal with \"%.*s\", got: %s / %s", (int)want->s.bytes,
                    want->s.at, why->zh, why->en);
}

static bool take(playing *p, const yaml *step, err *e) {
  for (size_t i = 0; i < sizeof commands / sizeof *commands; i++) {
    const yaml *body = yaml_get(step, commands[i].word);
    if (!body) continue;
    post room;
    answer out;
    err why = {0};
    act t = next_act(p, actor_of(p, step, &room), &out);
    bool taken = commands[i].take(p, &t, body, &why);
    if (!taken && (why.code == ERR_STORE || why.code == ERR_MEMORY))
      return refused(p, body, &why, e);
    if (yaml_has(step, "refused"))
      check_refusal(p, step, taken, &why);
    else if (!taken && !refused(p, body, &why, e))
      return false;
  }
  return true;
}

static bool known_word(text key) {
  static const char *const words[] = {"on",      "as",   "event",   "facts",  "move",
                                      "measure", "tick", "refused", "expect", "excuse"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_is(key, words[i])) return true;
  return false;
}

static bool take_step(playing *p, const yaml *step, err *e) {
  day on = p->today;
  if (yaml_has(step, "on") && !day_parse(yaml_text(step, "on"), &on)) {
    playing_differs(p, step, "on: a day such as 2024-03-01 is expected");
    return true;
  }
  for (size_t i = 0; step->type == YAML_MAP && i < step->count; i++)
    if (!known_word(step->keys[i].s))
      playing_differs(p, &step->keys[i], "\"%.*s\" is no word of a step",
                      (int)step->keys[i].s.bytes, step->keys[i].s.at);
  if (on < p->today) {
    playing_differs(p, step, "on: steps go forward in time");
    return true;
  }
  if (yaml_has(step, "tick") && !yaml_has(step, "on")) on++;
  if (!pass_days(p, on, e) || !take(p, step, e)) return false;
  const yaml *expect = yaml_get(step, "expect");
  return !expect || playing_expect(p, expect, e);
}

static bool choose_area(playing *p, const yaml *test, err *e) {
  text given = yaml_text(test, "area");
  if (given.bytes) return area_code_check(given, p->area, e);
  scope all = scope_all();
  area *areas = NULL;
  size_t count = 0;
  if (!store_areas(engine_store(p->g), p->a, &all, &areas, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (area_code_level(areas[i].code) == AREA_VILLAGE) {
      memcpy(p->area, areas[i].code, sizeof p->area);
      return true;
    }
  return err_set(e, ERR_BAD_FILE, NULL, "区划表里没有村（居）。", "The area table has no village.");
}

bool playing_begin(playing *p, const yaml *test, day first, err *e) {
  bool ticked;
  p->today = first;
  return choose_area(p, test, e) && engine_tick(p->g, midnight(first), p->a, &ticked, e) &&
         make_officers(p, yaml_get(test, "officers"), e);
}

bool playing_case(playing *p, const yaml *test, err *e) {
  if (yaml_has(test, "output")) return playing_calculation(p, test, e);
  const yaml *steps = yaml_get(test, "steps");
  day first = playing_first_day(test);
  p->today = DAY_NONE;
  if (first == DAY_NONE || !steps || steps->type != YAML_LIST) {
    playing_differs(p, test, "a case needs steps, the first of them with a day: `on: 2024-03-01`");
    return true;
  }
  if (!playing_begin(p, test, first, e) ||
      !playing_unit(p, yaml_get(test, "given"), test, false, e))
    return false;
  if (p->differences) return true; /* without its unit no step says anything */
  for (size_t i = 0; i < steps->count; i++)
    if (!take_step(p, &steps->items[i], e)) return false;
  return true;
}
