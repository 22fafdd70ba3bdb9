/* FORGET: what is known of somebody is destroyed. One officer proposes it with reason and document,
 * a second one with the same right confirms it; then it cannot be taken back. See store/residue.h.
 */
#include "engine/commands/commands.h"

#include "engine/rules/reevaluate.h"
#include "engine/units/repo_read.h"
#include "store/residue.h"
#include "store/sealed.h"

enum { REASON_MAX = 500, DOCUMENT_MAX = 120 };

typedef struct forget_request {
  forgetting x;
  const kind *kind;
  record *subject;
  const char *to;   /* the state it is moved to; NULL: a new one is proposed */
  const json *kept; /* a replay's */
  uuid_list roots;
} forget_request;

static bool no_forgetting(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条删去申请，或者不在您的管辖范围内。",
                 "There is no such proposal to forget, or it is outside your areas.");
}

static bool find_subject(command_context *ctx, forget_request *rq, text kind_name, err *e) {
  rq->kind = catalog_kind(&ctx->engine->packs, kind_name, NULL);
  if (!rq->kind)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种对象。", "There is no such kind.");
  if (!repo_load_subject(ctx, rq->kind, &rq->x.subject, &rq->subject, e)) return false;
  if (!rq->subject) return rights_no_subject(e);
  rq->x.kind = rq->kind->name;
  rq->x.root = rq->subject->root;
  memcpy(rq->x.area, rq->subject->area, sizeof rq->x.area);
  return true;
}

/* What a replay passed over is not there any more: the entry says itself whom it was about. */
static bool find_again(command_context *ctx, forget_request *rq, err *e) {
  const json *of = json_get(ctx->command->body, "of");
  text area = json_text(of, "area");
  rq->kind = catalog_kind(&ctx->engine->packs, json_text(of, "kind"), NULL);
  if (!rq->kind || area.bytes >= sizeof rq->x.area)
    return err_set(e, ERR_STORE, "of", "流水里有一条删去的登记读不懂。",
                   "An entry that forgets somebody cannot be read.");
  if (area.bytes) memcpy(rq->x.area, area.at, area.bytes);
  return body_uuid(of, "subject", &rq->x.subject, e) && body_uuid(of, "root", &rq->x.root, e);
}

static bool find_proposed(command_context *ctx, forget_request *rq, err *e) {
  forgetting *x = &rq->x;
  x->seq = ctx->seq;
  x->state = "proposed";
  x->officer = ctx->command->who.officer;
  x->at_ms = ctx->at_ms;
  return body_uuid(ctx->command->body, "subject", &x->subject, e) &&
         find_subject(ctx, rq, json_text(ctx->command->body, "kind"), e);
}

static bool forget_find(command_context *ctx, err *e) {
  forget_request *rq = ctx->request;
  const json *body = ctx->command->body;
  text to = json_text(body, "state");
  forgetting *there = NULL;
  uuid id;
  if (!body_uuid(body, "id", &id, e)) return false;
  rq->kept = ctx->engine->replaying ? json_get(body, "kept") : NULL;
  if (rq->kept) return find_again(ctx, rq, e);
  if (!store_forgetting_find(ctx->store, ctx->a, &id, &there, e)) return false;
  rq->x.id = id;
  if (!there && !to.bytes) return find_proposed(ctx, rq, e);
  if (!there) return no_forgetting(e);
  rq->x = *there;
  rq->to = arena_copy(ctx->a, to.at ? to.at : "", to.bytes);
  return rq->to ? find_subject(ctx, rq, text_of(there->kind), e) : err_memory(e);
}

static bool forget_authorize(command_context *ctx, err *e) {
  const forget_request *rq = ctx->request;
  const record *r = rq->subject;
  bool sees;
  if (!context_sees(ctx, rq->kind, &r->root, r->area, &sees, e)) return false;
  if (!sees) return rq->to ? no_forgetting(e) : rights_no_subject(e);
  if (!context_may(ctx, RIGHT_FORGET, catalog_pack_of(&ctx->engine->packs, rq->kind), r->area,
                   &r->root))
    return rights_denied((label){"提出或确认删去个人信息", "propose or confirm forgetting"}, e);
  if (!rq->to) return true;
  const bool own = uuid_equal(&ctx->command->who.officer, &rq->x.officer);
  if (strcmp(rq->to, "withdrawn") == 0)
    return own || err_set(e, ERR_DENIED, "state", "只有提出人才能撤回；不同意的请驳回。",
                          "Only who proposed it withdraws it; whoever disagrees refuses it.");
  return !own ||
         err_set(e, ERR_DENIED, "state", "这是您提出的，要由另一位有权的同志确认或驳回。",
                 "You proposed this; another officer with the right confirms or refuses it.");
}

/* ---- what may be forgotten ---- */

static bool check_text(command_context *ctx, const char *key, size_t most, label what, err *e) {
  text t = text_trim(json_text(ctx->command->body, key));
  return (t.bytes && text_points(t) <= most) ||
         err_set(e, ERR_BAD_INPUT, key, "请写明%s，最多 %zu 字。",
                 "Say %s, in at most %zu characters.", LABEL(what), most);
}

/* What still counts is still needed. */
static bool check_over(const command_context *ctx, const record *r, err *e) {
  const kind *k = r->kind;
  if (k->end_date_field < 0)
    return err_set(e, ERR_NOT_ALLOWED, "kind", "“%s”没有结束日期，不能删去。",
                   "A %s has no date of its end, and is not forgotten.", LABEL(k->title));
  const value *over = &r->fields[k->end_date_field];
  return (over->type == VALUE_INT && over->i <= ctx->today) ||
         err_set(e, ERR_NOT_ALLOWED, "subject", "还在登记使用，请先填写“%s”。",
                 "It is still in use; fill in \"%s\" first.",
                 LABEL(k->fields[k->end_date_field].title));
}

static bool check_cases(command_context *ctx, const record *r, err *e) {
  casework *cases = NULL;
  size_t count = 0;
  if (!store_cases_of(ctx->store, ctx->a, &r->root, &cases, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (!cases[i].closed && !cases[i].withdrawn &&
        (r->kind->parent < 0 || uuid_equal(&cases[i].subject, &r->id)))
      return err_set(e, ERR_NOT_ALLOWED, "subject", "还有没办结的个案，请先办结。",
                     "A case is still open; close it first.");
  return true;
}

static bool numbers(const field *fields, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (fields[i].serial) return true;
  return false;
}

/* Whether the step gave a number. */
static bool step_numbers(const pack *p, const casework *c, const step *x) {
  for (size_t i = 0; i < p->workflow_count; i++)
    for (size_t t = 0; t < p->workflows[i].transition_count; t++)
      if (strcmp(p->workflows[i].name, c->workflow) == 0 &&
          strcmp(p->workflows[i].transitions[t].name, x->transition) == 0)
        return numbers(p->workflows[i].transitions[t].fields,
                       p->workflows[i].transitions[t].field_count);
  return false;
}

static bool unit_numbers(command_context *ctx, const pack *p, const uuid *root, bool *ret_yes,
                         err *e) {
  event **events = NULL;
  casework *cases = NULL;
  step *steps = NULL;
  size_t count = 0, step_count = 0;
  for (size_t i = 0; i < p->event_count && !*ret_yes; i++) {
    const event_kind *k = &p->events[i];
    if (!numbers(k->fields, k->field_count)) continue;
    if (!store_events(ctx->store, ctx->a,
                      &(event_query){.kind = k, .root = *root, .from = DAY_NONE}, &events, &count,
                      e))
      return false;
    *ret_yes |= count != 0;
  }
  if (!store_cases_of(ctx->store, ctx->a, root, &cases, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    if (!store_steps(ctx->store, ctx->a, &cases[i].id, &steps, &step_count, e)) return false;
    for (size_t n = 0; n < step_count; n++) *ret_yes |= step_numbers(p, &cases[i], &steps[n]);
  }
  return true;
}

/* What the engine numbers is counted through all units: a replay could not pass over it. */
static bool check_numbers(command_context *ctx, const forget_request *rq, err *e) {
  const pack *p = catalog_pack_of(&ctx->engine->packs, rq->kind);
  family f;
  bool any = false;
  if (!family_find(ctx->store, ctx->a, &rq->x.root, &f, e)) return false;
  for (size_t i = 0; i < f.roots.count; i++)
    if (!unit_numbers(ctx, p, &f.roots.items[i], &any, e)) return false;
  return !any || err_set(e, ERR_NOT_ALLOWED, "subject", "它有过自动编号的事项或文书，不能删去。",
                         "There are numbered records or papers of it; it cannot be forgotten.");
}

static bool check_proposal(command_context *ctx, const forget_request *rq, err *e) {
  forgetting *there = NULL;
  if (!check_text(ctx, "reason", REASON_MAX, (label){"删去的理由", "why"}, e) ||
      !check_text(ctx, "document", DOCUMENT_MAX,
                  (label){"依据（申请书或文号）", "by which request or document"}, e) ||
      !store_forgetting_of(ctx->store, ctx->a, &rq->x.subject, &there, e))
    return false;
  return !there ||
         err_set(e, ERR_NOT_ALLOWED, "subject",
                 strcmp(there->state, "proposed") == 0 ? "已经提出删去，还没有确认。"
                                                       : "已经删去了。",
                 strcmp(there->state, "proposed") == 0 ? "It is proposed already, and not decided."
                                                       : "It was forgotten already.");
}

static bool forget_check(command_context *ctx, err *e) {
  const forget_request *rq = ctx->request;
  const bool confirms = rq->to && strcmp(rq->to, "confirmed") == 0;
  if (rq->to && !confirms && strcmp(rq->to, "refused") != 0 && strcmp(rq->to, "withdrawn") != 0)
    return err_set(e, ERR_BAD_INPUT, "state",
                   "请写 confirmed（确认）、refused（驳回）或 withdrawn（撤回）。",
                   "Say confirmed, refused or withdrawn.");
  if (rq->to && strcmp(rq->x.state, "proposed") != 0)
    return err_set(e, ERR_NOT_ALLOWED, "state", "这条申请已经办结了，请刷新。",
                   "This has been decided already; reload.");
  if (rq->to && !context_check_version(ctx, rq->x.version, e)) return false;
  if (!rq->to && !check_proposal(ctx, rq, e)) return false;
  return (rq->to && !confirms) || (check_over(ctx, rq->subject, e) &&
                                   check_cases(ctx, rq->subject, e) && check_numbers(ctx, rq, e));
}

/* ---- forgetting ---- */

/* The entry with what is kept: {id, kept, of: {area, kind, root, subject}, state}. */
static bool make_body(command_context *ctx, const forget_request *rq, text kept, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  char id[37];
  json_open(&w, '{');
  json_key(&w, "id");
  uuid_format(&rq->x.id, id);
  json_put_str(&w, id);
  json_key(&w, "kept");
  json_put_raw(&w, kept);
  json_key(&w, "of");
  json_open(&w, '{');
  json_key(&w, "area");
  json_put_str(&w, rq->x.area);
  json_key(&w, "kind");
  json_put_str(&w, rq->kind->name);
  json_key(&w, "root");
  uuid_format(&rq->x.root, id);
  json_put_str(&w, id);
  json_key(&w, "subject");
  uuid_format(&rq->x.subject, id);
  json_put_str(&w, id);
  json_close(&w, '}');
  json_key(&w, "state");
  json_put_str(&w, "confirmed");
  json_close(&w, '}');
  char *copy = buf_ok(&b) ? arena_copy(ctx->a, b.at, b.bytes) : NULL;
  ctx->made = (text){copy, b.bytes};
  return copy || err_memory(e);
}

/* Whatever fails from here on may have written something. */
static bool undone(err *e) {
  if (e && e->code != ERR_MEMORY) e->code = ERR_STORE;
  return false;
}

static bool make_residue(command_context *ctx, forget_request *rq, err *e) {
  family f;
  uuid_list gone;
  text kept, plain;
  if (!family_find(ctx->store, ctx->a, &rq->x.root, &f, e) ||
      !family_gone(ctx->store, ctx->a, &f, rq->kind, &rq->x.subject, &gone, e))
    return false;
  rq->x.state = "confirmed";
  rq->x.decided_by = ctx->command->who.officer;
  rq->x.decided_ms = ctx->at_ms;
  rq->x.version = ctx->seq;
  if (!store_forgetting_put(ctx->store, &rq->x, e) ||
      !residue_make(ctx->store, ctx->a, &f, &gone, &kept, e) || !make_body(ctx, rq, kept, e) ||
      !sealed_body_open(ctx->store, ctx->a, ctx->made, &plain, e))
    return undone(e);
  const json *body = json_parse(ctx->a, plain, e);
  if (!body) return undone(e);
  rq->kept = json_get(body, "kept");
  return true;
}

static bool forget(command_context *ctx, forget_request *rq, err *e) {
  const kind *root_kind = catalog_root_kind(&ctx->engine->packs, rq->kind);
  if (!residue_put(ctx->store, ctx->a, rq->kept, ctx->seq - 1, &rq->roots, e)) return false;
  ctx->engine->scrub_due = true;
  for (size_t i = 0; i < rq->roots.count; i++)
    unit_cache_drop(ctx->engine->cache, &rq->roots.items[i]);
  for (size_t i = 0; i < rq->roots.count; i++)
    if (!reevaluate_unit(ctx, root_kind, &rq->roots.items[i], e)) return false;
  return true;
}

static bool forget_apply(command_context *ctx, err *e) {
  forget_request *rq = ctx->request;
  forgetting *x = &rq->x;
  const bool confirms = rq->kept || (rq->to && strcmp(rq->to, "confirmed") == 0);
  if (confirms) {
    if (!rq->kept && !make_residue(ctx, rq, e)) return false;
    return (context_append(ctx, &x->subject, &x->root, x->area, e) && forget(ctx, rq, e)) ||
           undone(e);
  }
  if (!rq->to) {
    x->reason = text_trim(json_text(ctx->command->body, "reason"));
    x->document = text_trim(json_text(ctx->command->body, "document"));
  } else {
    x->state = rq->to;
    x->decided_by = ctx->command->who.officer;
    x->decided_ms = ctx->at_ms;
  }
  x->version = ctx->seq;
  return context_append(ctx, &x->subject, &x->root, x->area, e) &&
         store_forgetting_put(ctx->store, x, e);
}

const verb_handler verb_forget = {.request_bytes = sizeof(forget_request),
                                  .find = forget_find,
                                  .authorize = forget_authorize,
                                  .check = forget_check,
                                  .apply = forget_apply};
