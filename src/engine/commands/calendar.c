/* CALENDAR: holiday notices are taken in or withdrawn, and the deadlines that hang on them counted
 * again. */
#include "engine/commands/commands.h"

#include "engine/rules/reevaluate.h"
#include "engine/units/repo_write.h"
#include "store/rows/notices.h"

/* An open case whose deadline is in working days, and how many of them. */
typedef struct waiting {
  casework *c;
  int days;
} waiting;

static const limit *limit_of(const engine *eng, const casework *c) {
  const state *s = workflow_state(catalog_workflow(&eng->packs, c->kind, c->workflow), c->state);
  return s ? &s->limit : NULL;
}

/* By the calendar as it was when their deadlines were set. */
static bool find_waiting(command_context *ctx, waiting **ret, size_t *ret_count, err *e) {
  casework *cases = NULL;
  size_t n = 0;
  if (!store_cases_with_deadline(ctx->store, ctx->a, &cases, &n, e)) return false;
  waiting *list = ARENA_ARRAY(ctx->a, n, waiting);
  if (!list) return err_memory(e);
  for (size_t i = 0; i < n; i++) {
    casework *c = &cases[i];
    const limit *l = limit_of(ctx->engine, c);
    if (!l || !l->working_days) continue;
    list[(*ret_count)++] =
        (waiting){c, calendar_workdays_between(ctx->engine->calendar, c->since, c->deadline)};
  }
  *ret = list;
  return true;
}

static bool set_again(command_context *ctx, const waiting *x, err *e) {
  casework c = *x->c;
  case_set_deadline(&c, ctx->engine->calendar, true, x->days);
  if (c.deadline == x->c->deadline && c.deadline_provisional == x->c->deadline_provisional)
    return true;
  c.version = ctx->seq;
  ctx->answer->cases[ctx->answer->case_count++] = c.id;
  return repo_save_case(ctx, &c, e);
}

typedef struct calendar_request {
  calendar_notices notices; /* taken in; or: */
  int64_t withdrawn;        /* the year whose notice is taken back; 0: none */
} calendar_request;

static bool calendar_read(command_context *ctx, err *e) {
  calendar_request *rq = ctx->request;
  const json *body = ctx->command->body;
  if (!json_has(body, "withdrawn"))
    return calendar_read_json(ctx->a, json_get(body, "notices"), &rq->notices, e);
  if (json_has(body, "notices") || !json_int(body, "withdrawn", &rq->withdrawn))
    return err_set(e, ERR_BAD_INPUT, "withdrawn", "请只写要撤回的年份，例如 2027。",
                   "Give the year that is withdrawn, such as 2027, and nothing else.");
  text reason = text_trim(json_text(body, "reason"));
  return (reason.bytes && reason.bytes <= CALENDAR_REFERENCE_MAX) ||
         err_set(e, ERR_BAD_INPUT, "reason", "请写明撤回的原因（不超过100字）。",
                 "Say why it is withdrawn (at most 100 characters).");
}

static bool change_calendar(command_context *ctx, err *e) {
  const calendar_request *rq = ctx->request;
  return rq->withdrawn ? calendar_withdraw(ctx->engine->calendar, rq->withdrawn, e)
                       : calendar_take(ctx->engine->calendar, &rq->notices, e);
}

static bool store_change(command_context *ctx, err *e) {
  const calendar_request *rq = ctx->request;
  return rq->withdrawn ? store_notice_withdraw(ctx->store, rq->withdrawn, e)
                       : store_notices_put(ctx->store, &rq->notices, ctx->seq, e);
}

static bool calendar_apply(command_context *ctx, err *e) {
  engine *eng = ctx->engine;
  waiting *list = NULL;
  size_t count = 0;
  if (!find_waiting(ctx, &list, &count, e) || !change_calendar(ctx, e) ||
      !context_append(ctx, NULL, NULL, NULL, e) || !store_change(ctx, e))
    return false;
  ctx->answer->cases = ARENA_ARRAY(ctx->a, count, uuid);
  if (!ctx->answer->cases) return err_memory(e);
  for (size_t i = 0; i < count; i++)
    if (!set_again(ctx, &list[i], e)) return false;
  unit_cache_clear(eng->cache);     /* what was computed with the old calendar */
  eng->last_scanned_day = DAY_NONE; /* rules may count working days: all are due at the next tick */
  return store_schedule_all(ctx->store, ctx->today, e) &&
         store_day_scanned(ctx->store, DAY_NONE, e);
}

const verb_handler verb_calendar = {.request_bytes = sizeof(calendar_request),
                                    .authorize = administer_authorize,
                                    .read = calendar_read,
                                    .apply = calendar_apply};
