/* STEP_BACK: the last step of a case is taken back. The case stands where it stood before, and what
 * the step said of its subject is as if it had never been said. The step keeps its row, with who
 * took it back and why; a number it gave is not given again. */
#include "engine/commands/commands.h"

#include "engine/rules/derived_events.h"
#include "engine/rules/effects.h"
#include "engine/rules/facts.h"
#include "engine/rules/guards.h"
#include "engine/rules/reevaluate.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"
#include "engine/zones.h"

enum { REASON_MAX = 500 };

typedef struct back_request {
  casework *c;
  const pack *pack;
  const kind *kind;
  const workflow *flow;
  step *steps;
  size_t step_count;
  int last; /* the step that may be taken back; -1: none */
  text reason;
} back_request;

static bool no_case(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "case", "没有找到这个个案，或者不在您的管辖范围内。",
                 "There is no such case, or it is outside your areas.");
}

static bool back_find(command_context *ctx, err *e) {
  back_request *rq = ctx->request;
  uuid id;
  if (!body_uuid(ctx->command->body, "case", &id, e) ||
      !store_case_find(ctx->store, ctx->a, &id, NULL, &rq->c, e))
    return false;
  if (!rq->c) return no_case(e);
  rq->kind = catalog_kind(&ctx->engine->packs, text_of(rq->c->kind), &rq->pack);
  rq->flow = rq->kind ? pack_workflow(rq->pack, text_of(rq->c->workflow)) : NULL;
  if (!store_steps(ctx->store, ctx->a, &id, &rq->steps, &rq->step_count, e)) return false;
  rq->last = guard_last_step(rq->steps, rq->step_count);
  return true;
}

static bool back_authorize(command_context *ctx, err *e) {
  const back_request *rq = ctx->request;
  bool sees = false;
  if (rq->kind && !context_sees(ctx, rq->kind, &rq->c->root, rq->c->area, &sees, e)) return false;
  if (!sees) return no_case(e);
  if (rq->last < 0) return true; /* told by `check` */
  const step *t = &rq->steps[rq->last];
  return guard_may_take_back(ctx->store, &ctx->command->who, &ctx->engine->packs, rq->pack, rq->c,
                             workflow_transition(rq->flow, text_of(t->transition)), t) ||
         rights_denied((label){"撤回别人办的步骤", "take back another officer's step"}, e);
}

static bool back_read(command_context *ctx, err *e) {
  back_request *rq = ctx->request;
  int64_t seq;
  rq->reason = text_trim(json_text(ctx->command->body, "reason"));
  if (!rq->reason.bytes || text_points(rq->reason) > REASON_MAX)
    return err_set(e, ERR_BAD_INPUT, "reason", "请写明撤回的理由，最多 %d 字。",
                   "Say why it is taken back, in at most %d characters.", REASON_MAX);
  if (rq->last >= 0 && json_int(ctx->command->body, "step", &seq) &&
      seq == rq->steps[rq->last].seq && workflow_state(rq->flow, rq->steps[rq->last].from))
    return true;
  return err_set(
      e, ERR_NOT_ALLOWED, "step",
      "只能撤回个案最后办的一步，由预警发现、重新发现或首次录入的不能撤回；请刷新后再看。",
      "Only the last step that an officer took can be taken back, not what a finding "
      "opened or what was taken in; reload.");
}

/* While it was closed, the same may have been found again. */
static bool back_check(command_context *ctx, err *e) {
  const back_request *rq = ctx->request;
  casework *all = NULL;
  size_t count = 0;
  if (!context_check_version(ctx, rq->c->version, e) ||
      !store_cases_of(ctx->store, ctx->a, &rq->c->root, &all, &count, e))
    return false;
  for (size_t i = 0; rq->c->closed && i < count; i++)
    if (!all[i].closed && strcmp(all[i].process, rq->c->process) == 0)
      return err_set(e, ERR_NOT_ALLOWED, "step", "结案以后又立了新的个案，这一步不能再撤回。",
                     "Another case was opened after this one was closed; the step stays.");
  return true;
}

/* The step before it that stands: it says where the case was, and since when. */
static const step *step_before(const back_request *rq) {
  for (int i = rq->last; i-- > 0;)
    if (!rq->steps[i].taken_back) return &rq->steps[i];
  return NULL;
}

static bool take_facts_back(command_context *ctx, const back_request *rq, const step *t, err *e) {
  record *r = NULL;
  const when from = {day_of_ms(t->at_ms), t->at_ms, t->seq};
  if (!repo_load_subject(ctx, rq->kind, &rq->c->root, &r, e)) return false;
  return !r || (facts_withdraw(ctx, r, t->seq, e) && repo_save_subject(ctx, r, false, e) &&
                effects_from(ctx, r, from, e) && zone_settle(ctx, r, when_now(ctx), e));
}

static bool back_apply(command_context *ctx, err *e) {
  back_request *rq = ctx->request;
  casework *c = rq->c;
  step *t = &rq->steps[rq->last];
  const step *before = step_before(rq);
  if (!before)
    return err_set(e, ERR_INTERNAL, "step", "个案没有上一步。", "The case has no step before.");
  t->subject = c->subject;
  t->taken_back = ctx->seq;
  t->back_by = ctx->command->who.officer;
  t->back_ms = ctx->at_ms;
  t->back_reason = rq->reason;
  if (!context_append(ctx, &c->subject, &c->root, c->area, e) ||
      !store_step_change(ctx->store, t, e) || !derived_step_withdraw(ctx, rq->kind, t, e) ||
      !take_facts_back(ctx, rq, t, e))
    return false;
  unit *u = unit_load(ctx->store, ctx->a, rq->kind, &c->root, NULL, context_as_of(ctx), e);
  if (!u) return false;
  u->today = day_of_ms(before->at_ms); /* of which its deadline was told then */
  return case_return(ctx, u, c, rq->flow, before, e) &&
         reevaluate_schedule(ctx, rq->kind, &c->root, e);
}

const verb_handler verb_step_back = {.request_bytes = sizeof(back_request),
                                     .find = back_find,
                                     .authorize = back_authorize,
                                     .read = back_read,
                                     .check = back_check,
                                     .apply = back_apply};
