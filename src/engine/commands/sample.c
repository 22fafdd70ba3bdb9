/* SAMPLE: who is to be visited by sample, as drawn. The list stands in the entry, so that nothing
 * that changes afterwards can change it. */
#include "engine/commands/commands.h"

#include "engine/units/repo_read.h"

enum { SAMPLE_TITLE_MAX = 80, SAMPLE_SEED_MAX = 100, SAMPLE_SIZE_MAX = 5000 };

typedef struct sample_request {
  sample x;
  const pack *pack;
  const sample_plan *plan;
} sample_request;

static bool bad_list(err *e) {
  return err_set(e, ERR_BAD_INPUT, "members", "抽中的名单不完整，请重新抽取。",
                 "The list drawn is not whole; draw again.");
}

static bool find_plan(command_context *ctx, sample_request *rq, err *e) {
  const json *body = ctx->command->body;
  const catalog *packs = &ctx->engine->packs;
  text of = json_text(body, "pack");
  for (size_t i = 0; i < packs->count; i++)
    if (text_is(of, packs->packs[i]->name)) rq->pack = packs->packs[i];
  rq->plan = rq->pack ? pack_sample_plan(rq->pack, json_text(body, "plan")) : NULL;
  return rq->plan || err_set(e, ERR_UNKNOWN_NAME, "plan", "没有这项抽查方案。",
                             "There is no such plan of a sample.");
}

static bool find_purpose(command_context *ctx, sample_request *rq, err *e) {
  record *r = NULL;
  if (!json_has(ctx->command->body, "subject")) return true;
  if (rq->plan->for_kind < 0)
    return err_set(e, ERR_BAD_INPUT, "subject", "这项抽查不属于哪个专项。",
                   "This plan is not drawn for anything.");
  if (!body_uuid(ctx->command->body, "subject", &rq->x.subject, e) ||
      !repo_load_subject(ctx, &rq->pack->kinds[rq->plan->for_kind], &rq->x.subject, &r, e))
    return false;
  return r || rights_no_subject(e);
}

static bool sample_find(command_context *ctx, err *e) {
  sample_request *rq = ctx->request;
  sample *there = NULL;
  if (!body_uuid(ctx->command->body, "id", &rq->x.id, e) ||
      !store_sample_find(ctx->store, ctx->a, &rq->x.id, &there, e))
    return false;
  if (there)
    return err_set(e, ERR_CONFLICT, "id", "这次抽查已经抽过了，名单不能再改。",
                   "This sample has been drawn; its list does not change any more.");
  return find_plan(ctx, rq, e) && find_purpose(ctx, rq, e);
}

static bool sample_authorize(command_context *ctx, err *e) {
  const sample_request *rq = ctx->request;
  text area = json_text(ctx->command->body, "area");
  char code[13] = "";
  if (area.bytes == 12) memcpy(code, area.at, 12);
  return context_may(ctx, RIGHT_DECIDE, rq->pack, code, NULL) ||
         rights_denied((label){"抽取样本", "draw a sample"}, e);
}

/* As JSON text of the body's own tree. */
static bool kept(command_context *ctx, const char *key, text *ret, err *e) {
  const json *list = json_get(ctx->command->body, key);
  *ret = context_canonical(ctx, list);
  return ret->at || err_memory(e);
}

static bool sample_read(command_context *ctx, err *e) {
  sample_request *rq = ctx->request;
  const json *body = ctx->command->body, *members = json_get(body, "members");
  sample *x = &rq->x;
  text area = json_text(body, "area");
  x->seq = ctx->seq;
  x->at_ms = ctx->at_ms;
  x->on = ctx->today;
  x->officer = ctx->command->who.officer;
  x->pack = rq->pack->name;
  x->plan = rq->plan->name;
  x->kind = rq->pack->kinds[rq->plan->of].name;
  x->title = text_trim(json_text(body, "title"));
  x->seed = json_text(body, "seed");
  x->stratified = json_bool(body, "stratified");
  if (!json_int(body, "population", &x->population) || !json_int(body, "size", &x->size) ||
      !json_int(body, "confidence", &x->confidence) ||
      !json_int(body, "precision", &x->precision) || !json_int(body, "expected", &x->expected) ||
      area.bytes != 12 || !members || members->type != JSON_LIST ||
      (int64_t)members->count != x->size || x->population < x->size)
    return bad_list(e);
  memcpy(x->area, area.at, 12);
  return kept(ctx, "strata", &x->strata, e) && kept(ctx, "members", &x->members, e);
}

static bool check_members(command_context *ctx, const sample_request *rq, err *e) {
  const json *members = json_get(ctx->command->body, "members");
  for (size_t i = 0; i < members->count; i++) {
    const json *m = &members->items[i];
    uuid id;
    record *r = NULL;
    if (m->type != JSON_LIST || m->count != 2 || !uuid_parse(m->items[0].s, &id))
      return bad_list(e);
    if (!repo_load_subject(ctx, &rq->pack->kinds[rq->plan->of], &id, &r, e)) return false;
    if (!r) return bad_list(e);
  }
  return true;
}

static bool sample_check(command_context *ctx, err *e) {
  const sample_request *rq = ctx->request;
  const sample *x = &rq->x;
  if (!x->title.bytes || text_points(x->title) > SAMPLE_TITLE_MAX)
    return err_set(e, ERR_BAD_INPUT, "title", "请写明抽查的名称，最多 %d 字。",
                   "Give the sample a name of at most %d characters.", SAMPLE_TITLE_MAX);
  if (!text_trim(x->seed).bytes || text_points(x->seed) > SAMPLE_SEED_MAX)
    return err_set(
        e, ERR_BAD_INPUT, "seed",
        "请写明公开的种子（如当日公布的号码），最多 %d 字，任何人都能据此重抽。",
        "Give the public seed (a number published that day, say), at most %d characters: "
        "anybody can draw again by it.",
        SAMPLE_SEED_MAX);
  if (x->size < 1 || x->size > SAMPLE_SIZE_MAX)
    return err_set(e, ERR_BAD_INPUT, "size", "样本量要在 1 到 %d 之间。",
                   "The sample is of 1 to %d.", SAMPLE_SIZE_MAX);
  return check_members(ctx, rq, e);
}

static bool sample_apply(command_context *ctx, err *e) {
  const sample_request *rq = ctx->request;
  return context_append(ctx, &rq->x.id, NULL, rq->x.area, e) &&
         store_sample_put(ctx->store, &rq->x, e);
}

const verb_handler verb_sample = {.request_bytes = sizeof(sample_request),
                                  .find = sample_find,
                                  .authorize = sample_authorize,
                                  .read = sample_read,
                                  .check = sample_check,
                                  .apply = sample_apply};
