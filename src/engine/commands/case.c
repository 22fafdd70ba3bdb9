/* MOVE: a case takes a step. */
#include "engine/commands/commands.h"

#include "engine/rules/evaluate.h"
#include "engine/rules/facts.h"
#include "engine/rules/form.h"
#include "engine/rules/guards.h"
#include "engine/units/unit_write.h"

#include <stdio.h>

static const workflow *workflow_of(const pack *p, const char *name) {
  for (size_t i = 0; i < p->workflow_count; i++)
    if (strcmp(p->workflows[i].name, name) == 0) return &p->workflows[i];
  return NULL;
}

static const transition *transition_of(const workflow *flow, text name) {
  for (size_t i = 0; i < flow->transition_count; i++)
    if (text_is(name, flow->transitions[i].name)) return &flow->transitions[i];
  return NULL;
}

static bool leaves_from(const transition *t, const workflow *flow, const char *state_name) {
  for (size_t i = 0; i < t->from_count; i++)
    if (strcmp(flow->states[t->from[i]].name, state_name) == 0) return true;
  return false;
}

/* Answers with a `fact` become facts of the root. */
static bool facts_of_form(work *w, record *r, const field *fields, size_t count, const value *form,
                          const char *source, err *e) {
  bool any = false;
  for (size_t i = 0; i < count; i++) {
    if (fields[i].fact_index < 0 || form[i].type == VALUE_UNKNOWN) continue;
    if (!say_fact(w, r, fields[i].fact_index, &form[i], w->today, source, e)) return false;
    any = true;
  }
  if (!any) return true;
  r->version = w->seq;
  return keep_subject(w, r, false, e);
}

/* What follows from the step; what cannot be told is left as it is. */
static bool say_sets(work *w, record *r, const transition *t, const value *values, err *e) {
  bool any = false;
  for (size_t i = 0; i < t->set_count; i++) {
    if (values[i].type == VALUE_UNKNOWN || values[i].type == VALUE_ERROR) continue;
    if (!say_fact(w, r, t->sets[i].field, &values[i], w->today, t->name, e)) return false;
    any = true;
  }
  if (!any) return true;
  r->version = w->seq;
  return keep_subject(w, r, false, e);
}

/* Some steps are another officer's: who reported a thing done does not verify it. */
static bool by_another(work *w, const casework *c, const transition *t, err *e) {
  step *steps = NULL;
  size_t count = 0;
  if (!t->not_by || uuid_is_nil(&w->c->who.officer)) return true;
  if (!store_steps(w->s, w->a, &c->id, &steps, &count, e)) return false;
  for (const char *const *other = t->not_by; *other; other++)
    for (size_t i = count; i-- > 0;) {
      if (strcmp(steps[i].transition, *other) != 0) continue;
      if (uuid_equal(&steps[i].officer, &w->c->who.officer))
        return err_set(e, ERR_DENIED, "transition",
                       "“%s”要由另一位同志办理：前面的步骤是您办的。%.0s",
                       "%.0s\"%s\" is for another officer: you took the step before.", t->title.zh,
                       t->title.en);
      break; /* only the last time it was taken */
    }
  return true;
}

/* The answers as they are kept: with the numbers that the engine gave. */
static bool with_numbers(work *w, const transition *t, const json *given, const value *form,
                         text *out, err *e) {
  AUTO_BUF buf b = {0};
  json_out j = json_to(&b);
  bool any = false;
  for (size_t i = 0; i < t->field_count; i++) any |= t->fields[i].serial != NULL;
  if (!any) return true;
  json_open(&j, '{');
  for (size_t i = 0; given && i < given->count; i++) {
    json_key_text(&j, given->keys[i]);
    json_put(&j, &given->items[i]);
  }
  for (size_t i = 0; i < t->field_count; i++) {
    if (!t->fields[i].serial) continue;
    json_key(&j, t->fields[i].name);
    json_put_text(&j, form[i].s);
  }
  json_close(&j, '}');
  const json *whole = buf_ok(&b) ? json_parse(w->a, buf_view(&b), e) : NULL;
  if (!whole) return buf_ok(&b) ? false : err_memory(e);
  *out = json_text_of(w, whole);
  return out->at || err_memory(e);
}

bool apply_move(work *w, err *e) {
  uuid id;
  casework *c = NULL;
  if (!body_uuid(w->c->body, "case", &id, e) || !store_case(w->s, w->a, &id, NULL, &c, e))
    return false;
  if (!c || !in_sight(w, c->area))
    return err_set(e, ERR_UNKNOWN_NAME, "case", "没有找到这个个案，或者不在您的管辖范围内。",
                   "There is no such case, or it is outside your areas.");
  if (!matches(w, c->version, e)) return false;
  const pack *p = NULL;
  const kind *k = catalog_kind(&w->g->packs, text_of(c->kind), &p);
  const workflow *flow = k ? workflow_of(p, c->workflow) : NULL;
  const transition *t = flow ? transition_of(flow, json_text(w->c->body, "transition")) : NULL;
  if (!t)
    return err_set(e, ERR_UNKNOWN_NAME, "transition", "流程里没有这一步。",
                   "The workflow has no such step.");
  if (!leaves_from(t, flow, c->state))
    return err_set(e, ERR_NOT_ALLOWED, "transition", "个案现在的环节不能办“%s”，请刷新后再办。%.0s",
                   "%.0sThe case is not at a state from which \"%s\" is possible; reload.",
                   t->title.zh, t->title.en);
  if (!w->g->replaying && !actor_holds(&w->c->who, t->who, c->area))
    return no_right("办理这一步", "take this step", e);
  if (!w->g->replaying && !by_another(w, c, t, e)) return false;
  unit *u = unit_load(w->s, w->a, k, &c->root, NULL, w->g->calendar, w->today, e);
  value *form = ARENA_ARRAY(w->a, t->field_count, value);
  if (!u || !form) return u ? err_memory(e) : false;
  const json *given = json_get(w->c->body, "form");
  if (!read_form(w, t->fields, t->field_count, given, true, form, e)) return false;
  unit_extra x = {
      .casework = c, .form_fields = t->fields, .form_count = t->field_count, .form = form};
  if (!unit_extra_of(w->s, w->a, c, &x, e)) return false;
  if (!w->g->replaying && !transition_allowed(u, u->root, t, &x, e)) return false;
  value *sets = ARENA_ARRAY(w->a, t->set_count, value);
  text form_text = json_text_of(w, given);
  if (!form_text.at || !sets) return err_memory(e);
  for (size_t i = 0; i < t->set_count; i++)
    sets[i] = unit_eval(u, u->root, &t->scope, t->sets[i].value, &x);
  if (!work_append(w, &c->subject, &c->root, c->area, e) ||
      !give_numbers(w, t->fields, t->field_count, w->today, form, e) ||
      !with_numbers(w, t, given, form, &form_text, e) ||
      !facts_of_form(w, u->root, t->fields, t->field_count, form, t->name, e) ||
      !say_sets(w, u->root, t, sets, e))
    return false;
  /* the deadline may hang on what was just said */
  u = unit_load(w->s, w->a, k, &c->root, NULL, w->g->calendar, w->today, e);
  if (!u ||
      !enter_state(w, u, c, flow, t->to, t->name, form_text, json_text(w->c->body, "note"), e))
    return false;
  return follow(w, k, &c->root, e);
}
