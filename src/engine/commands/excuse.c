/* EXCUSE: "not done, because". */
#include "engine/commands/commands.h"

#include "engine/units/repo_read.h"

enum { EXCUSE_DAYS_MAX = 400 };

static bool excuse_days(command_context *ctx, excuse *x, err *e) {
  const json *body = ctx->command->body;
  if (!day_parse(json_text(body, "from"), &x->since) ||
      !day_parse(json_text(body, "to"), &x->until))
    return err_set(e, ERR_BAD_INPUT, "from", "请填写起止日期，例如 2024-03-01。",
                   "Give the first and the last day, such as 2024-03-01.");
  if (x->until < x->since || x->until - x->since > EXCUSE_DAYS_MAX)
    return err_set(e, ERR_BAD_INPUT, "to", "结束日期要在开始日期当天或之后，最长 %d 天。",
                   "The last day is not before the first, and at most %d days after it.",
                   EXCUSE_DAYS_MAX);
  return true;
}

static bool excuse_officer(command_context *ctx, const char *key, uuid *ret, char ret_area[13],
                           err *e) {
  officer *o = NULL;
  if (!body_uuid(ctx->command->body, key, ret, e) ||
      !store_officer_find(ctx->store, ctx->a, ret, &o, e))
    return false;
  if (!o) return err_set(e, ERR_BAD_INPUT, key, "没有这位工作人员。", "There is no such officer.");
  if (ret_area && o->post_count) memcpy(ret_area, o->posts[0].area, 13);
  return true;
}

static bool excuse_whom(command_context *ctx, excuse *x, err *e) {
  const json *body = ctx->command->body;
  bool of_officer = json_has(body, "officer"), of_subject = json_has(body, "subject");
  if (of_officer == of_subject)
    return err_set(e, ERR_BAD_INPUT, "officer", "请写明是哪位工作人员或哪个对象（只写一个）。",
                   "Name an officer or a subject, one of the two.");
  if (of_officer) {
    if (json_has(body, "stand_in") && !excuse_officer(ctx, "stand_in", &x->stand_in, NULL, e))
      return false;
    return excuse_officer(ctx, "officer", &x->officer, x->area, e);
  }
  const pack *p = NULL;
  const kind *k = catalog_kind(&ctx->engine->packs, json_text(body, "kind"), &p);
  record *r = NULL;
  if (!k || k->parent >= 0)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种对象。", "There is no such kind.");
  if (!body_uuid(body, "subject", &x->root, e) || !repo_load_subject(ctx, k, &x->root, &r, e))
    return false;
  if (!r) return rights_no_subject(e);
  memcpy(x->area, r->area, sizeof x->area);
  return true;
}

/* For oneself; of a subject within scope; of others those who decide over their area. */
static bool may_excuse(const command_context *ctx, const excuse *x, const pack *p,
                       const char *const *doers) {
  const actor *who = &ctx->command->who;
  const uuid *root = uuid_is_nil(&x->root) ? NULL : &x->root;
  if (who->system) return true;
  if (context_may(ctx, RIGHT_DECIDE, x->area, root)) return true;
  if (!uuid_is_nil(&x->officer)) return uuid_equal(&x->officer, &who->officer);
  return doers && context_in_scope(ctx, x->area, root) &&
         context_holds(ctx, p, doers, x->area, root);
}

typedef struct excuse_request {
  excuse x;
  const char *const *doers; /* roles whose work it is; NULL: of any duty */
  const pack *pack;         /* of that duty */
  bool withdraws;
} excuse_request;

/* A duty, or something that is to be done once: its name, and whose work it is. */
static const char *work_named(command_context *ctx, text name, const char *const **ret_doers,
                              const pack **ret_pack) {
  const duty *d = catalog_duty(&ctx->engine->packs, name, ret_pack);
  const follow_up *f = d ? NULL : catalog_follow_up(&ctx->engine->packs, name, ret_pack);
  *ret_doers = d ? d->who : f ? f->who : NULL;
  return d ? d->name : f ? f->name : NULL;
}

static bool find_withdrawn(command_context *ctx, excuse_request *rq, const excuse *there, err *e) {
  if (!there || there->withdrawn)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条说明。", "There is no such excuse.");
  rq->x = *there;
  work_named(ctx, text_of(there->duty), &rq->doers, &rq->pack);
  rq->withdraws = true;
  return true;
}

static bool excuse_find(command_context *ctx, err *e) {
  excuse_request *rq = ctx->request;
  const json *body = ctx->command->body, *off = json_get(body, "withdrawn");
  text name = json_text(body, "duty"), reason = text_trim(json_text(body, "reason"));
  excuse *x = &rq->x, *there = NULL;
  if (!body_uuid(body, "id", &x->id, e) ||
      !store_excuse_find(ctx->store, ctx->a, &x->id, &there, e))
    return false;
  if (off && off->type == JSON_BOOL && off->yes) return find_withdrawn(ctx, rq, there, e);
  const char *work = work_named(ctx, name, &rq->doers, &rq->pack);
  if (there)
    return err_set(e, ERR_CONFLICT, "id", "这个编号的说明已经有了。",
                   "There is an excuse with this id already.");
  if (name.bytes && !work)
    return err_set(e, ERR_UNKNOWN_NAME, "duty", "没有这项任务。", "There is no such duty.");
  if (reason.bytes == 0 || text_points(reason) > 500)
    return err_set(e, ERR_BAD_INPUT, "reason", "请写明原因，最多 500 字。",
                   "Say why, in at most 500 characters.");
  x->said_by = ctx->command->who.officer;
  x->seq = ctx->seq;
  x->duty = work ? work : "";
  x->reason = arena_copy(ctx->a, reason.at, reason.bytes);
  if (!x->reason) return err_memory(e);
  return excuse_days(ctx, x, e) && excuse_whom(ctx, x, e);
}

static bool excuse_authorize(command_context *ctx, err *e) {
  const excuse_request *rq = ctx->request;
  if (may_excuse(ctx, &rq->x, rq->pack, rq->doers)) return true;
  return rq->withdraws ? rights_denied((label){"撤回这条说明", "take this excuse back"}, e)
                       : rights_denied((label){"登记这条说明", "record this excuse"}, e);
}

static bool excuse_apply(command_context *ctx, err *e) {
  excuse_request *rq = ctx->request;
  excuse *x = &rq->x;
  const bool of_subject = !rq->withdraws && !uuid_is_nil(&x->root);
  x->withdrawn = rq->withdraws;
  return context_append(ctx, of_subject ? &x->root : &x->id, of_subject ? &x->root : NULL, x->area,
                        e) &&
         store_excuse_put(ctx->store, x, e);
}

const verb_handler verb_excuse = {.request_bytes = sizeof(excuse_request),
                                  .find = excuse_find,
                                  .authorize = excuse_authorize,
                                  .apply = excuse_apply};
