/* EXCUSE: "not done, because". */
#include "engine/commands/commands.h"

#include "engine/duties/owners.h"
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

typedef struct excuse_request {
  excuse x;
  const char *const *doers; /* roles whose work it is; NULL: of any duty */
  const pack *pack;         /* of that duty */
  const kind *about;        /* of the subject; NULL: of an officer */
  const officer *of;        /* of the officer; NULL */
  const pack *people;       /* whose people he is of, who has no account; NULL */
  bool withdraws;
} excuse_request;

/* One of a pack's people by his record: his account, where he has one. NULL: no such record. */
static bool find_person(command_context *ctx, uuid *id, record **ret, const pack **ret_pack,
                        err *e) {
  const catalog *packs = &ctx->engine->packs;
  *ret = NULL;
  for (size_t i = 0; i < packs->count && !*ret; i++) {
    const kind *people = pack_people(packs->packs[i]);
    if (people && !store_subject_find(ctx->store, ctx->a, people, id, NULL, ret, e)) return false;
    if (!*ret) continue;
    *ret_pack = packs->packs[i];
    duty_owner who;
    const value *key = &(*ret)->fields[people->key];
    if (key->type != VALUE_STRING) return true;
    if (!duty_owner_find(ctx->store, ctx->a, packs->packs[i], key->s, &who, e)) return false;
    if (!uuid_is_nil(&who.officer)) *id = who.officer;
  }
  return true;
}

/* An officer, or one of the people: then *ret_person, without an account. */
static bool excuse_officer(command_context *ctx, const char *key, uuid *ret, officer **ret_officer,
                           record **ret_person, const pack **ret_pack, err *e) {
  *ret_person = NULL;
  if (!body_uuid(ctx->command->body, key, ret, e) ||
      !store_officer_find(ctx->store, ctx->a, ret, ret_officer, e) ||
      (!*ret_officer && !find_person(ctx, ret, ret_person, ret_pack, e)) ||
      (*ret_person && !store_officer_find(ctx->store, ctx->a, ret, ret_officer, e)))
    return false;
  return *ret_officer || *ret_person ||
         err_set(e, ERR_BAD_INPUT, key, "没有这位工作人员，也没有登记过这个人。",
                 "There is no such officer or person.");
}

static bool excuse_whom(command_context *ctx, excuse_request *rq, err *e) {
  excuse *x = &rq->x;
  officer *o = NULL;
  const json *body = ctx->command->body;
  bool of_officer = json_has(body, "officer"), of_subject = json_has(body, "subject");
  if (of_officer == of_subject)
    return err_set(e, ERR_BAD_INPUT, "officer", "请写明是哪位工作人员或哪个对象（只写一个）。",
                   "Name an officer or a subject, one of the two.");
  if (of_officer) {
    record *person = NULL;
    const pack *of = NULL;
    if ((json_has(body, "stand_in") &&
         !excuse_officer(ctx, "stand_in", &x->stand_in, &o, &person, &of, e)) ||
        !excuse_officer(ctx, "officer", &x->officer, &o, &person, &of, e))
      return false;
    if (o && o->post_count)
      memcpy(x->area, o->posts[0].area, sizeof x->area);
    else if (person)
      memcpy(x->area, person->area, sizeof x->area);
    rq->of = o;
    rq->people = o ? NULL : of;
    return true;
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
  rq->about = k;
  return true;
}

/* Who decides in a pack and area in which the officer has a post. */
static bool decides_over(const command_context *ctx, const officer *o) {
  bool yes = false;
  for (size_t i = 0; o && i < o->post_count && !yes; i++) {
    const pack *p = catalog_pack(&ctx->engine->packs, text_of(o->posts[i].pack));
    yes = p && context_may(ctx, RIGHT_DECIDE, p, o->posts[i].area, NULL);
  }
  return yes;
}

/* For oneself, and of others whoever decides over them; of a subject whoever sees it and has the
 * duty, or decides there. */
static bool may_excuse(const command_context *ctx, const excuse_request *rq, bool *ret_yes,
                       err *e) {
  const excuse *x = &rq->x;
  const actor *who = &ctx->command->who;
  *ret_yes = who->system;
  if (who->system) return true;
  if (!rq->about) {
    *ret_yes = uuid_equal(&x->officer, &who->officer) || decides_over(ctx, rq->of) ||
               (rq->people && context_may(ctx, RIGHT_DECIDE, rq->people, x->area, NULL));
    return true;
  }
  const pack *p = catalog_pack_of(&ctx->engine->packs, rq->about);
  if (!context_sees(ctx, rq->about, &x->root, x->area, ret_yes, e)) return false;
  *ret_yes = *ret_yes &&
             (context_may(ctx, RIGHT_DECIDE, p, x->area, &x->root) ||
              (rq->doers && rq->pack == p && context_holds(ctx, p, rq->doers, x->area, &x->root)));
  return true;
}

/* A duty, or something that is to be done once: its name, and whose work it is. */
static const char *work_named(command_context *ctx, text name, excuse_request *rq) {
  const duty *d = catalog_duty(&ctx->engine->packs, name, &rq->pack);
  const follow_up *f = d ? NULL : catalog_follow_up(&ctx->engine->packs, name, &rq->pack);
  rq->doers = d ? d->who : f ? f->who : NULL;
  if (d || f) rq->about = &rq->pack->kinds[d ? d->of : f->of];
  return d ? d->name : f ? f->name : NULL;
}

/* Of a subject that is excused from every duty: the kind it is of. */
static bool find_about(command_context *ctx, excuse_request *rq, err *e) {
  const catalog *packs = &ctx->engine->packs;
  for (size_t p = 0; p < packs->count; p++)
    for (size_t i = 0; i < packs->packs[p]->kind_count && !rq->about; i++) {
      const kind *k = &packs->packs[p]->kinds[i];
      record *r = NULL;
      if (k->parent >= 0) continue;
      if (!store_subject_find(ctx->store, ctx->a, k, &rq->x.root, NULL, &r, e)) return false;
      if (r) rq->about = k;
    }
  return rq->about || rights_no_subject(e);
}

static bool find_withdrawn(command_context *ctx, excuse_request *rq, const excuse *there, err *e) {
  if (!there || there->withdrawn)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条说明。", "There is no such excuse.");
  officer *o = NULL;
  rq->x = *there;
  work_named(ctx, text_of(there->duty), rq);
  rq->withdraws = true;
  if (!uuid_is_nil(&there->root)) return rq->about || find_about(ctx, rq, e);
  rq->about = NULL;
  uuid id = there->officer;
  record *person = NULL;
  if (!store_officer_find(ctx->store, ctx->a, &id, &o, e) ||
      (!o && !find_person(ctx, &id, &person, &rq->people, e)))
    return false;
  rq->of = o;
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
  const char *work = work_named(ctx, name, rq);
  rq->about = NULL; /* whom it is of, the body says */
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
  return excuse_days(ctx, x, e) && excuse_whom(ctx, rq, e);
}

static bool excuse_authorize(command_context *ctx, err *e) {
  const excuse_request *rq = ctx->request;
  bool yes;
  if (!may_excuse(ctx, rq, &yes, e)) return false;
  if (yes) return true;
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
