/* MOVE: a case takes a step. */
#include "base/json_map.h"
#include "engine/commands/commands.h"

#include "engine/rules/reevaluate.h"
#include "engine/rules/facts.h"
#include "engine/rules/form.h"
#include "engine/rules/guards.h"
#include "engine/units/repo_write.h"
#include "engine/zones.h"

#include <stdio.h>

static bool leaves_from(const transition *t, const workflow *flow, const char *state_name) {
  for (size_t i = 0; i < t->from_count; i++)
    if (strcmp(flow->states[t->from[i]].name, state_name) == 0) return true;
  return false;
}

/* The facts that the step clears and sets; unknown values change nothing. */
static bool apply_effects(command_context *ctx, record *r, const transition *t, const value *values,
                          err *e) {
  bool any = t->clear_count > 0;
  for (size_t i = 0; i < t->clear_count; i++) {
    const value gone = value_missing(ctx->a, r->kind->fields[t->clears[i]].name);
    if (!fact_record(ctx, r, t->clears[i], &gone, when_now(ctx), t->name, e)) return false;
  }
  for (size_t i = 0; i < t->set_count; i++) {
    if (values[i].type == VALUE_UNKNOWN || values[i].type == VALUE_ERROR) continue;
    if (!fact_record(ctx, r, t->sets[i].field, &values[i], when_now(ctx), t->name, e)) return false;
    any = true;
  }
  if (!any) return true;
  r->version = ctx->seq;
  return repo_save_subject(ctx, r, false, e);
}

/* Some steps are another officer's: who reported a thing done does not verify it. */
static bool check_other_officer(command_context *ctx, const casework *c, const transition *t,
                                err *e) {
  step *steps = NULL;
  size_t count = 0;
  if (!t->not_by || uuid_is_nil(&ctx->command->who.officer)) return true;
  if (!store_steps(ctx->store, ctx->a, &c->id, &steps, &count, e)) return false;
  for (const char *const *other = t->not_by; *other; other++)
    for (size_t i = count; i-- > 0;) {
      if (steps[i].taken_back || strcmp(steps[i].transition, *other) != 0) continue;
      if (uuid_equal(&steps[i].officer, &ctx->command->who.officer))
        return err_set(e, ERR_DENIED, "transition", "“%s”要由另一位同志办理：前面的步骤是您办的。",
                       "\"%s\" is for another officer: you took the step before.", LABEL(t->title));
      break; /* only the last time it was taken */
    }
  return true;
}

/* The form as it is stored: with the serial numbers that the engine assigned. */
static bool form_with_serials(command_context *ctx, const transition *t, const json *given,
                              const value *form, text *ret, err *e) {
  bool any = false;
  for (size_t i = 0; i < t->field_count; i++) any |= t->fields[i].serial != NULL;
  if (!any) return true;
  json *whole = json_map_new(ctx->a);
  bool made = whole != NULL;
  for (size_t i = 0; made && given && i < given->count; i++)
    made = json_set_key(ctx->a, whole, given->keys[i], &given->items[i]);
  for (size_t i = 0; made && i < t->field_count; i++)
    if (t->fields[i].serial) made = json_set_text(ctx->a, whole, t->fields[i].name, form[i].s);
  if (!made) return err_memory(e);
  *ret = context_canonical(ctx, whole);
  return ret->at || err_memory(e);
}

typedef struct move_request {
  casework *c;
  const pack *pack;
  const kind *kind;
  const workflow *flow;
  const transition *t; /* NULL: there is no such step */
  unit *u;
  const json *given;
  value *form;
  unit_extra extra;
} move_request;

static bool no_case(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "case", "没有找到这个个案，或者不在您的管辖范围内。",
                 "There is no such case, or it is outside your areas.");
}

static bool move_find(command_context *ctx, err *e) {
  move_request *rq = ctx->request;
  uuid id;
  if (!body_uuid(ctx->command->body, "case", &id, e) ||
      !store_case_find(ctx->store, ctx->a, &id, NULL, &rq->c, e))
    return false;
  if (!rq->c) return no_case(e);
  rq->kind = catalog_kind(&ctx->engine->packs, text_of(rq->c->kind), &rq->pack);
  rq->flow = rq->kind ? pack_workflow(rq->pack, text_of(rq->c->workflow)) : NULL;
  if (rq->flow) rq->t = workflow_transition(rq->flow, json_text(ctx->command->body, "transition"));
  return true;
}

static bool move_authorize(command_context *ctx, err *e) {
  const move_request *rq = ctx->request;
  bool sees = false;
  if (rq->kind && !context_sees(ctx, rq->kind, &rq->c->root, rq->c->area, &sees, e)) return false;
  if (!sees) return no_case(e);
  const bool possible = rq->t && leaves_from(rq->t, rq->flow, rq->c->state);
  return !possible ||
         context_holds(ctx, rq->pack, rq->t->who, rq->c->area,
                       &rq->c->root) || /* else told by `check` */
         rights_denied((label){"办理这一步", "take this step"}, e);
}

static bool move_read(command_context *ctx, err *e) {
  move_request *rq = ctx->request;
  const casework *c = rq->c;
  const transition *t = rq->t;
  if (!t)
    return err_set(e, ERR_UNKNOWN_NAME, "transition", "流程里没有这一步。",
                   "The workflow has no such step.");
  rq->given = json_get(ctx->command->body, "form");
  rq->form = ARENA_ARRAY(ctx->a, t->field_count, value);
  if (!rq->form) return err_memory(e);
  rq->u = unit_load(ctx->store, ctx->a, rq->kind, &c->root, NULL, context_as_of(ctx), e);
  rq->extra = (unit_extra){
      .casework = c, .form_fields = t->fields, .form_count = t->field_count, .form = rq->form};
  return rq->u && form_read(ctx, t->fields, t->field_count, rq->given, true, rq->form, e) &&
         guard_load_extra(ctx->store, ctx->a, c, &rq->extra, e);
}

static bool move_check(command_context *ctx, err *e) {
  const form_place at = form_place_of(ctx);
  move_request *rq = ctx->request;
  const transition *t = rq->t;
  if (!context_check_version(ctx, rq->c->version, e)) return false;
  if (!leaves_from(t, rq->flow, rq->c->state))
    return err_set(e, ERR_NOT_ALLOWED, "transition", "个案现在的环节不能办“%s”，请刷新后再办。",
                   "The case is not at a state from which \"%s\" is possible; reload.",
                   LABEL(t->title));
  return check_other_officer(ctx, rq->c, t, e) &&
         form_check_references(&at, t->fields, t->field_count, rq->form, e) &&
         guard_transition_allowed(rq->u, rq->u->root, t, &rq->extra, e);
}

static bool move_apply(command_context *ctx, err *e) {
  move_request *rq = ctx->request;
  casework *c = rq->c;
  const transition *t = rq->t;
  record *root = rq->u->root;
  value *effects = ARENA_ARRAY(ctx->a, t->set_count, value);
  text form_text = context_canonical(ctx, rq->given);
  if (!form_text.at || !effects) return err_memory(e);
  for (size_t i = 0; i < t->set_count; i++)
    effects[i] = unit_eval(rq->u, root, &t->scope, t->sets[i].value, &rq->extra);
  if (!context_append(ctx, &c->subject, &c->root, c->area, e) ||
      !serial_numbers_assign(ctx, t->fields, t->field_count, ctx->today, rq->form, e) ||
      !form_with_serials(ctx, t, rq->given, rq->form, &form_text, e) ||
      !context_note_files(ctx, t->fields, t->field_count, rq->form, rq->kind, &c->root, e) ||
      !facts_of_form(ctx, root, t->fields, t->field_count, rq->form, t->name, e) ||
      !apply_effects(ctx, root, t, effects, e) || !zone_settle(ctx, root, when_now(ctx), e))
    return false;
  /* Loaded again: the deadline may depend on what was just recorded. */
  unit *u = unit_load(ctx->store, ctx->a, rq->kind, &c->root, NULL, context_as_of(ctx), e);
  const case_move move = {.to = t->to,
                          .transition = t->name,
                          .form = form_text,
                          .note = json_text(ctx->command->body, "note")};
  return u && case_enter_state(ctx, u, c, rq->flow, &move, e) &&
         reevaluate_schedule(ctx, rq->kind, &c->root, e);
}

const verb_handler verb_move = {.request_bytes = sizeof(move_request),
                                .find = move_find,
                                .authorize = move_authorize,
                                .read = move_read,
                                .check = move_check,
                                .apply = move_apply};
