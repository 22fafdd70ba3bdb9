/* AMENDMENT: a correction of what a procedure has written. One officer proposes it with a reason;
 * it counts when a second one with the same right has confirmed it. */
#include "engine/commands/commands.h"

#include "engine/rules/effects.h"
#include "engine/rules/facts.h"
#include "engine/rules/form.h"
#include "engine/rules/owned.h"
#include "engine/rules/reevaluate.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"
#include "engine/zones.h"

enum { REASON_MAX = 500 };

typedef struct amendment_request {
  amendment x;
  const kind *kind;
  record *subject;
  const char *to; /* the state it is moved to; NULL: a new one is proposed */
  value *changes; /* [field index] */
  bool *changed;
} amendment_request;

static bool no_amendment(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条更正，或者不在您的管辖范围内。",
                 "There is no such correction, or it is outside your areas.");
}

static bool find_subject(command_context *ctx, amendment_request *rq, text kind_name, err *e) {
  rq->kind = catalog_kind(&ctx->engine->packs, kind_name, NULL);
  if (!rq->kind)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种对象。", "There is no such kind.");
  if (!repo_load_subject(ctx, rq->kind, &rq->x.subject, &rq->subject, e)) return false;
  return rq->subject || rights_no_subject(e);
}

static bool find_proposed(command_context *ctx, amendment_request *rq, err *e) {
  const json *body = ctx->command->body;
  amendment *x = &rq->x;
  x->seq = ctx->seq;
  x->way = "correction";
  x->state = "proposed";
  x->officer = ctx->command->who.officer;
  x->at_ms = ctx->at_ms;
  x->note = TEXT("");
  if (!body_uuid(body, "subject", &x->subject, e) || !body_day(ctx, "since", false, &x->since, e) ||
      !find_subject(ctx, rq, json_text(body, "kind"), e))
    return false;
  x->kind = rq->kind->name;
  x->root = rq->subject->root;
  memcpy(x->area, rq->subject->area, sizeof x->area);
  return true;
}

static bool amendment_find(command_context *ctx, err *e) {
  amendment_request *rq = ctx->request;
  const json *body = ctx->command->body;
  text to = json_text(body, "state");
  amendment *there = NULL;
  if (!body_uuid(body, "id", &rq->x.id, e) ||
      !store_amendment_find(ctx->store, ctx->a, &rq->x.id, NULL, &there, e))
    return false;
  if (!there && !to.bytes) return find_proposed(ctx, rq, e);
  if (!there || strcmp(there->way, "correction") != 0) return no_amendment(e);
  rq->x = *there;
  rq->to = arena_copy(ctx->a, to.at ? to.at : "", to.bytes);
  return rq->to ? find_subject(ctx, rq, text_of(there->kind), e) : err_memory(e);
}

static bool amendment_authorize(command_context *ctx, err *e) {
  const amendment_request *rq = ctx->request;
  const uuid *who = &ctx->command->who.officer;
  const record *r = rq->subject;
  bool sees;
  if (!context_sees(ctx, rq->kind, &r->root, r->area, &sees, e)) return false;
  if (!sees) return rq->to ? no_amendment(e) : rights_no_subject(e);
  if (!context_may(ctx, RIGHT_CORRECT, catalog_pack_of(&ctx->engine->packs, rq->kind), r->area,
                   &r->root))
    return rights_denied((label){"提出或确认更正", "propose or confirm corrections"}, e);
  if (!rq->to) return true;
  const bool own = uuid_equal(who, &rq->x.officer);
  if (strcmp(rq->to, "withdrawn") == 0)
    return own || err_set(e, ERR_DENIED, "state", "只有提出人才能撤回这条更正；不同意的请驳回。",
                          "Only who proposed it withdraws it; whoever disagrees refuses it.");
  return !own ||
         err_set(e, ERR_DENIED, "state", "这条更正是您提出的，要由另一位有权的同志确认或驳回。",
                 "You proposed this correction; another officer with the right confirms or "
                 "refuses it.");
}

/* What is proposed: owned fields, and nothing else. */
static bool amendment_read(command_context *ctx, err *e) {
  amendment_request *rq = ctx->request;
  const kind *k = rq->kind;
  const json *form =
      rq->to ? json_parse(ctx->a, rq->x.fields, e) : json_get(ctx->command->body, "fields");
  if (rq->to && !form) return false;
  rq->changes = ARENA_ARRAY(ctx->a, k->field_count, value);
  rq->changed = ARENA_ARRAY(ctx->a, k->field_count, bool);
  if (!rq->changes || !rq->changed) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) rq->changed[i] = json_has(form, k->fields[i].name);
  return form_read(ctx, k->fields, k->field_count, form, false, rq->changes, e);
}

static bool check_values(command_context *ctx, const amendment_request *rq, err *e) {
  const form_place at = form_place_of(ctx);
  const kind *k = rq->kind;
  value *after = ARENA_ARRAY(ctx->a, k->field_count, value);
  if (!after) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++)
    after[i] = rq->changed[i] ? rq->changes[i] : rq->subject->fields[i];
  return form_check_references(&at, k->fields, k->field_count, rq->changes, e) &&
         form_check_fields(&at, &k->scope, k->fields, k->field_count, after, e) &&
         form_check_subject(&at, k, after, rq->changed, e);
}

/* One proposal at a time for a field: of two, the second could not count any more. */
static bool check_only_one(command_context *ctx, const amendment_request *rq, err *e) {
  amendment *all = NULL;
  size_t count = 0;
  const kind *k = rq->kind;
  if (!store_amendments_of(ctx->store, ctx->a, &rq->subject->root, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    if (strcmp(all[i].state, "proposed") != 0 || !uuid_equal(&all[i].subject, &rq->subject->id))
      continue;
    const json *fields = json_parse(ctx->a, all[i].fields, e);
    if (!fields) return false;
    for (size_t f = 0; f < k->field_count; f++)
      if (rq->changed[f] && json_has(fields, k->fields[f].name))
        return err_set(e, ERR_NOT_ALLOWED, k->fields[f].name,
                       "“%s”已经提出了更正，还没有确认，请先确认、驳回或撤回那一条。",
                       "A correction of \"%s\" is proposed already; have it confirmed, refused or "
                       "withdrawn first.",
                       LABEL(k->fields[f].title));
  }
  return true;
}

static bool check_proposal(command_context *ctx, const amendment_request *rq, err *e) {
  const kind *k = rq->kind;
  text reason = text_trim(json_text(ctx->command->body, "reason"));
  bool any = false, differs = false;
  for (size_t i = 0; i < k->field_count; i++) {
    if (!rq->changed[i]) continue;
    if (!field_is_owned(&k->fields[i]))
      return err_set(e, ERR_BAD_INPUT, k->fields[i].name, "“%s”可以直接修改，不用提出更正。",
                     "\"%s\" can be changed as it is; it needs no correction.",
                     LABEL(k->fields[i].title));
    any = true;
    differs |= !value_equal(&rq->changes[i], &rq->subject->fields[i]);
  }
  if (!any || !differs)
    return err_set(e, ERR_BAD_INPUT, "fields", "请写明要更正哪一项、改成什么；现在和登记的一样。",
                   "Say what is to be corrected, and how; this is what is registered.");
  if (!reason.bytes || text_points(reason) > REASON_MAX)
    return err_set(e, ERR_BAD_INPUT, "reason", "请写明更正的理由，最多 %d 字。",
                   "Say why, in at most %d characters.", REASON_MAX);
  return check_only_one(ctx, rq, e) && check_values(ctx, rq, e);
}

/* Before it counts nothing else may have changed the fields. */
static bool check_unchanged(command_context *ctx, const amendment_request *rq, err *e) {
  text now;
  bool any;
  if (!owned_json(ctx, rq->kind, rq->changed, rq->subject->fields, &now, &any, e)) return false;
  return text_equal(now, rq->x.before) ||
         err_set(e, ERR_STALE, "state",
                 "提出以后这一项又有了新的登记，请驳回这条，按现在的情况另行提出。",
                 "The field has been written anew since this was proposed: refuse it, and propose "
                 "another as things stand now.");
}

static bool amendment_check(command_context *ctx, err *e) {
  const amendment_request *rq = ctx->request;
  if (!rq->to) return check_proposal(ctx, rq, e);
  const bool confirms = strcmp(rq->to, "confirmed") == 0;
  if (!confirms && strcmp(rq->to, "refused") != 0 && strcmp(rq->to, "withdrawn") != 0)
    return err_set(e, ERR_BAD_INPUT, "state",
                   "请写 confirmed（确认）、refused（驳回）或 withdrawn（撤回）。",
                   "Say confirmed, refused or withdrawn.");
  if (strcmp(rq->x.state, "proposed") != 0)
    return err_set(e, ERR_NOT_ALLOWED, "state", "这条更正已经办结了，请刷新。",
                   "This correction has been decided already; reload.");
  if (text_points(json_text(ctx->command->body, "note")) > REASON_MAX)
    return err_set(e, ERR_BAD_INPUT, "note", "说明最多 %d 字。",
                   "The note has at most %d characters.", REASON_MAX);
  return context_check_version(ctx, rq->x.version, e) &&
         (!confirms || (check_unchanged(ctx, rq, e) && check_values(ctx, rq, e)));
}

static bool write_facts(command_context *ctx, const amendment_request *rq, err *e) {
  record *r = rq->subject;
  for (size_t i = 0; i < r->kind->field_count; i++)
    if (rq->changed[i] && !fact_record(ctx, r, (int)i, &rq->changes[i],
                                       when_recorded_for(ctx, rq->x.since), "correction", e))
      return false;
  r->version = ctx->seq;
  return repo_save_subject(ctx, r, false, e) &&
         effects_from(ctx, r, when_recorded_for(ctx, rq->x.since), e) &&
         zone_settle(ctx, r, when_recorded_for(ctx, rq->x.since), e) &&
         reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, r->kind), &r->root, e);
}

static bool amendment_apply(command_context *ctx, err *e) {
  amendment_request *rq = ctx->request;
  amendment *x = &rq->x;
  bool any;
  if (!rq->to) {
    x->reason = text_trim(json_text(ctx->command->body, "reason"));
    if (!owned_json(ctx, rq->kind, rq->changed, rq->changes, &x->fields, &any, e) ||
        !owned_json(ctx, rq->kind, rq->changed, rq->subject->fields, &x->before, &any, e))
      return false;
  } else {
    x->state = rq->to;
    x->decided_by = ctx->command->who.officer;
    x->decided_ms = ctx->at_ms;
    x->note = json_text(ctx->command->body, "note");
    if (!x->note.at) x->note = TEXT("");
  }
  x->version = ctx->seq;
  return context_append(ctx, &x->subject, &rq->subject->root, rq->subject->area, e) &&
         store_amendment_put(ctx->store, x, e) &&
         (!rq->to || strcmp(rq->to, "confirmed") != 0 || write_facts(ctx, rq, e));
}

const verb_handler verb_amendment = {.request_bytes = sizeof(amendment_request),
                                     .find = amendment_find,
                                     .authorize = amendment_authorize,
                                     .read = amendment_read,
                                     .check = amendment_check,
                                     .apply = amendment_apply};
