/* Steps as commands. */
#include "packtest/act.h"

#include "base/json_build.h"
#include "base/json_fields.h"
#include "base/money.h"
#include "engine/rules/guards.h"

/* ---- values ---- */

static bool not_a(const field *f, const yaml *node, const char *file, label what, err *e) {
  char where[ERR_WHERE_MAX];
  return err_set(e, ERR_BAD_INPUT, yaml_where(file, node, where), "“%s”应写成%s。",
                 "\"%s\" is written as %s.", f->name, LABEL(what));
}

/* The code of a choice told by its title or another spelling; else the text as it is. */
static text code_of(const field *f, text s) {
  for (size_t i = 0; i < f->choice_count && !choice_find(f, s); i++) {
    const choice *c = &f->choices[i];
    bool same = text_is(s, c->title.zh) || text_is(s, c->title.en);
    for (const char *const *also = c->aliases; also && *also && !same; also++)
      same = text_is(s, *also);
    if (same) return text_of(c->code);
  }
  return s;
}

static bool yes_or_no(const yaml *node, bool *ret_yes) {
  if (yaml_as_bool(node, ret_yes)) return true;
  *ret_yes = text_is(node->s, "是");
  return *ret_yes || text_is(node->s, "否");
}

static bool put_scalar(json_out *w, const field *f, const yaml *node, const char *file, err *e) {
  int64_t n;
  bool yes;
  switch (f->type) {
  case FIELD_MONEY:
    if (!money_parse_yuan(node->s, &n))
      return not_a(f, node, file, (label){"元，最多两位小数", "yuan with at most two decimals"}, e);
    json_put_int(w, n);
    return true;
  case FIELD_INT:
    if (!text_to_int(node->s, &n))
      return not_a(f, node, file, (label){"整数", "a whole number"}, e);
    json_put_int(w, n);
    return true;
  case FIELD_BOOL:
    if (!yes_or_no(node, &yes))
      return not_a(f, node, file, (label){" true 或 false", "true or false"}, e);
    json_put_bool(w, yes);
    return true;
  case FIELD_CHOICE:
    json_put_text(w, code_of(f, node->s));
    return true;
  default:
    json_put_text(w, node->s);
    return true;
  }
}

/* `[photo1, photo2]`: files that were attached, under names made of these words. */
static bool put_files(json_out *w, const yaml *names, err *e) {
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < names->count; i++) {
    char name[65];
    const hash made = hash_of(&names->items[i].s, 1);
    hash_format(&made, name);
    buf_printf(&b, "%s%s", i ? " " : "", name);
  }
  if (!buf_ok(&b)) return err_memory(e);
  json_put_buf(w, &b);
  return true;
}

static bool act_put(json_out *w, const field *f, const yaml *node, const char *file, err *e) {
  if (yaml_is_null(node)) {
    json_put_null(w);
    return true;
  }
  if (f && f->format == FORMAT_FILES && node->type == YAML_LIST) return put_files(w, node, e);
  if (f && node->type == YAML_TEXT && f->type != FIELD_CHOICES)
    return put_scalar(w, f, node, file, e);
  if (node->type == YAML_TEXT) {
    json_put_text(w, node->s);
    return true;
  }
  if (node->type == YAML_LIST) {
    json_open(w, '[');
    for (size_t i = 0; i < node->count; i++)
      json_put_text(w, f ? code_of(f, node->items[i].s) : node->items[i].s);
    json_close(w, ']');
    return true;
  }
  char where[ERR_WHERE_MAX];
  return err_set(e, ERR_BAD_INPUT, yaml_where(file, node, where), "这里应是一个值，不是一组。",
                 "A value belongs here, not a map.");
}

static bool listed(text name, const char *const *names) {
  for (; names && *names; names++)
    if (text_is(name, *names)) return true;
  return false;
}

bool act_form(arena *a, const act_answers *x, json **ret_form, err *e) {
  const yaml *map = x->map;
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  for (size_t i = 0; map && map->type == YAML_MAP && i < map->count; i++) {
    if (listed(map->keys[i].s, x->but)) continue;
    json_key_text(&w, map->keys[i].s);
    if (!act_put(&w, field_find(x->fields, x->count, map->keys[i].s), &map->items[i], x->file, e))
      return false;
  }
  json_close(&w, '}');
  json *form = json_built(&made, e);
  if (form) *ret_form = form;
  return form != NULL;
}

/* ---- commands ---- */

uuid act_thing(const uuid *entry) {
  return uuid_derived(entry, TEXT("thing"));
}

/* A command's body on its way. */
typedef struct act_body {
  json_builder made;
  json_out w;
} act_body;

static void begin(act_body *b, const act *t) {
  b->made = (json_builder){.a = t->a};
  b->w = json_to_tree(&b->made);
  json_open(&b->w, '{');
}

static void put_form(json_out *w, const char *key, const json *form) {
  json_key(w, key);
  json_put(w, form);
}

static bool send(const act *t, verb v, act_body *b, err *e) {
  json_close(&b->w, '}');
  const json *body = json_built(&b->made, e);
  command c = {.verb = v, .id = t->id, .who = t->who, .at_ms = t->at_ms, .body = body};
  return body && engine_apply(t->g, &c, t->a, t->out, e);
}

const json *act_officer_body(arena *a, const uuid *id, text login, text name, const post *x,
                             err *e) {
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_field_uuid(&w, "id", id);
  json_field_text(&w, "login", login);
  json_field_text(&w, "name", name);
  json_field_open(&w, "posts", '[');
  json_open(&w, '{');
  json_field_str(&w, "role", x->role);
  if (x->pack[0]) json_field_str(&w, "pack", x->pack);
  json_field_str(&w, "area", x->area);
  json_close(&w, '}');
  json_close(&w, ']');
  json_close(&w, '}');
  return json_built(&made, e);
}

bool act_zone(const act *t, const yaml *at, err *e) {
  const text code = yaml_text(at, "code");
  area *there = NULL;
  char known[13];
  if (!area_code_check(code, known, e) ||
      !store_area_find(engine_store(t->g), t->a, known, &there, e))
    return false;
  act_body b;
  begin(&b, t);
  json_field_str(&b.w, "way", there ? "rename" : "add");
  json_field_open(&b.w, "from", '[');
  if (there) json_put_str(&b.w, known);
  json_close(&b.w, ']');
  json_field_open(&b.w, "to", '[');
  json_open(&b.w, '{');
  json_field_str(&b.w, "code", known);
  if (yaml_has(at, "name")) json_field_text(&b.w, "name", yaml_text(at, "name"));
  if (yaml_has(at, "shape")) json_field_text(&b.w, "shape", yaml_text(at, "shape"));
  json_close(&b.w, '}');
  json_close(&b.w, ']');
  json_field_str(&b.w, "reason", "test");
  json_field_str(&b.w, "document", "test");
  return send(t, VERB_AREA, &b, e);
}

bool act_subject(const act *t, const kind *k, const uuid *id, const uuid *parent, const char *area,
                 const json *form, err *e) {
  act_body b;
  begin(&b, t);
  json_field_str(&b.w, "kind", k->name);
  json_field_uuid(&b.w, "id", id);
  if (parent)
    json_field_uuid(&b.w, "parent", parent);
  else
    json_field_str(&b.w, "area", area);
  put_form(&b.w, "fields", form);
  if (t->taking_in) {
    json_field_open(&b.w, "taking_in", '{');
    json_field_str(&b.w, "source", t->taking_in);
    json_close(&b.w, '}');
  }
  return send(t, VERB_SUBJECT, &b, e);
}

bool act_facts(const act *t, const kind *k, const uuid *subject, const char *area, const json *form,
               err *e) {
  act_body b;
  begin(&b, t);
  json_field_str(&b.w, "kind", k->name);
  json_field_uuid(&b.w, "id", subject);
  if (area && area[0]) json_field_str(&b.w, "area", area);
  put_form(&b.w, "fields", form);
  return send(t, VERB_FACTS, &b, e);
}

/* What happens at a time of the day is recorded then, not before. */
static int64_t time_to_come(const act *t, const event_kind *k, day on, const json *form) {
  if (k->time_field < 0) return t->at_ms;
  const text time = json_text(form, EVENT_TIME);
  const int seconds = clock_seconds(time);
  const int64_t last = day_start_ms(on + 1) - 1;
  int64_t ms = day_start_ms(on) + (int64_t)seconds * 1000;
  if ((seconds < 0 && !instant_parse(time, &ms)) || ms <= t->at_ms || on != day_of_ms(t->at_ms))
    return t->at_ms;
  return ms < last ? ms : last;
}

bool act_event(const act *given, const event_kind *k, const event_step *x, err *e) {
  act_body b;
  act t = *given;
  t.at_ms = time_to_come(given, k, x->on, x->form);
  uuid id = act_thing(&t.id);
  begin(&b, &t);
  json_field_str(&b.w, "kind", k->name);
  json_field_uuid(&b.w, "id", &id);
  json_field_uuid(&b.w, "subject", &x->subject);
  if (x->replaces) json_field_uuid(&b.w, "replaces", x->replaces);
  json_field_day(&b.w, "on", x->on);
  put_form(&b.w, "fields", x->form);
  return send(&t, VERB_EVENT, &b, e);
}

bool act_withdraw(const act *t, const event_kind *k, const uuid *event, err *e) {
  act_body b;
  begin(&b, t);
  json_field_str(&b.w, "kind", k->name);
  json_field_uuid(&b.w, "id", event);
  return send(t, VERB_WITHDRAW, &b, e);
}

bool act_excuse(const act *t, const kind *k, const uuid *subject, const excuse_step *x, err *e) {
  act_body b;
  uuid id = act_thing(&t->id);
  begin(&b, t);
  json_field_uuid(&b.w, "id", &id);
  if (uuid_is_nil(&x->officer)) {
    json_field_str(&b.w, "kind", k->name);
    json_field_uuid(&b.w, "subject", subject);
  } else {
    json_field_uuid(&b.w, "officer", &x->officer);
  }
  if (!uuid_is_nil(&x->stand_in)) json_field_uuid(&b.w, "stand_in", &x->stand_in);
  if (x->duty.bytes) json_field_text(&b.w, "duty", x->duty);
  json_field_day(&b.w, "from", x->from);
  json_field_day(&b.w, "to", x->to);
  json_field_text(&b.w, "reason", x->reason);
  return send(t, VERB_EXCUSE, &b, e);
}

static bool has_transition(const catalog *packs, const casework *c, text name) {
  const workflow *flow = catalog_workflow(packs, c->kind, c->workflow);
  for (size_t i = 0; flow && i < flow->transition_count; i++)
    if (text_is(name, flow->transitions[i].name)) return true;
  return false;
}

/* By the step's title, as people know it. */
static bool no_case(const catalog *packs, text name, err *e) {
  label step = {"?", "?"};
  for (size_t p = 0; p < packs->count; p++)
    for (size_t f = 0; f < packs->packs[p]->workflow_count; f++) {
      const workflow *flow = &packs->packs[p]->workflows[f];
      for (size_t i = 0; i < flow->transition_count; i++)
        if (text_is(name, flow->transitions[i].name)) step = flow->transitions[i].title;
    }
  return err_set(e, ERR_UNKNOWN_NAME, "move", "没有可以办“%s”的个案。",
                 "There is no case for the step \"%s\".", LABEL(step));
}

bool act_move(const act *t, const uuid *root, text transition, const json *form, err *e) {
  casework *cases = NULL, *meant = NULL;
  size_t count = 0;
  if (!store_cases_of(engine_store(t->g), t->a, root, &cases, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    if (cases[i].withdrawn || !has_transition(engine_packs(t->g), &cases[i], transition)) continue;
    if (!meant || meant->closed || !cases[i].closed) meant = &cases[i];
  }
  if (!meant) return no_case(engine_packs(t->g), transition, e);
  act_body b;
  begin(&b, t);
  json_field_uuid(&b.w, "case", &meant->id);
  json_field_text(&b.w, "transition", transition);
  put_form(&b.w, "form", form);
  return send(t, VERB_MOVE, &b, e);
}

bool act_step_back(const act *t, const uuid *root, text reason, err *e) {
  casework *cases = NULL, *meant = NULL;
  step *steps = NULL;
  size_t count = 0, step_count = 0;
  if (!store_cases_of(engine_store(t->g), t->a, root, &cases, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (!meant || cases[i].version > meant->version) meant = &cases[i];
  if (!meant)
    return err_set(e, ERR_UNKNOWN_NAME, "step_back", "还没有个案。", "There is no case yet.");
  if (!store_steps(engine_store(t->g), t->a, &meant->id, &steps, &step_count, e)) return false;
  const int last = guard_last_step(steps, step_count);
  act_body b;
  begin(&b, t);
  json_field_uuid(&b.w, "case", &meant->id);
  json_field_int(&b.w, "step", last < 0 ? 0 : steps[last].seq);
  json_field_text(&b.w, "reason", reason);
  return send(t, VERB_STEP_BACK, &b, e);
}

bool act_measure(const act *t, const uuid *root, const measure_kind *k, const uuid *subject,
                 const json *form, err *e) {
  casework *cases = NULL, *meant = NULL;
  size_t count = 0;
  if (!store_cases_of(engine_store(t->g), t->a, root, &cases, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (!cases[i].closed && !cases[i].withdrawn) meant = &cases[i];
  act_body b;
  uuid id = act_thing(&t->id);
  begin(&b, t);
  json_field_uuid(&b.w, "id", &id);
  json_field_str(&b.w, "kind", k->name);
  json_field_uuid(&b.w, "subject", subject);
  if (meant) json_field_uuid(&b.w, "case", &meant->id);
  put_form(&b.w, "form", form);
  return send(t, VERB_MEASURE, &b, e);
}

bool act_measure_state(const act *t, const uuid *root, const measure_kind *k, text state, err *e) {
  measure *measures = NULL, *meant = NULL;
  size_t count = 0;
  if (!store_measures_of(engine_store(t->g), t->a, root, &measures, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (strcmp(measures[i].kind, k->name) == 0 && (!meant || measures[i].version >= meant->version))
      meant = &measures[i];
  if (!meant)
    return err_set(e, ERR_UNKNOWN_NAME, "measure", "还没有提出“%s”。",
                   "\"%s\" was not proposed yet.", LABEL(k->title));
  act_body b;
  begin(&b, t);
  json_field_uuid(&b.w, "id", &meant->id);
  json_field_text(&b.w, "state", state);
  return send(t, VERB_MEASURE, &b, e);
}

bool act_correct(const act *t, const kind *k, const uuid *subject, const json *form, err *e) {
  act_body b;
  uuid id = act_thing(&t->id);
  begin(&b, t);
  json_field_uuid(&b.w, "id", &id);
  json_field_str(&b.w, "kind", k->name);
  json_field_uuid(&b.w, "subject", subject);
  json_field_str(&b.w, "reason", "登记有误");
  put_form(&b.w, "fields", form);
  return send(t, VERB_AMENDMENT, &b, e);
}

bool act_correct_state(const act *t, const uuid *root, text state, err *e) {
  amendment *all = NULL;
  size_t count = 0, i = 0;
  if (!store_amendments_of(engine_store(t->g), t->a, root, &all, &count, e)) return false;
  while (i < count && strcmp(all[i].way, "correction") != 0) i++;
  if (i == count)
    return err_set(e, ERR_UNKNOWN_NAME, "correct", "还没有提出更正。",
                   "No correction has been proposed.");
  act_body b;
  begin(&b, t);
  json_field_uuid(&b.w, "id", &all[i].id);
  json_field_text(&b.w, "state", state);
  return send(t, VERB_AMENDMENT, &b, e);
}
