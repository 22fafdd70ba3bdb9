/* MEASURE: help or enforcement is proposed, approved, done. */
#include "engine/commands/commands.h"

#include "engine/rules/derived_events.h"
#include "engine/rules/facts.h"
#include "engine/rules/reevaluate.h"
#include "engine/rules/form.h"
#include "engine/rules/guards.h"
#include "engine/rules/payments.h"
#include "engine/units/repo_read.h"
#include "engine/zones.h"

#include <stdio.h>

typedef struct measure_request {
  const pack *pack;
  const measure_kind *kind;
  measure m;
  const char *to; /* the state that a measure is moved to; NULL: a new one is proposed */
  /* of a proposal: */
  record *subject;
  casework *casework; /* NULL: outside of a case */
  unit *u;
  const record *about; /* the subject, as the unit has it */
  const json *given;
  value *form;
  unit_extra extra;
} measure_request;

static bool no_measure(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这项措施。", "There is no such measure.");
}

static bool find_proposed(command_context *ctx, measure_request *rq, err *e) {
  const json *body = ctx->command->body;
  measure *m = &rq->m;
  rq->kind = catalog_measure(&ctx->engine->packs, json_text(body, "kind"), &rq->pack);
  if (!rq->kind)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种措施。", "There is no such measure.");
  m->kind = rq->kind->name;
  m->state = "proposed";
  m->since = ctx->today;
  m->proposed_by = ctx->command->who.officer;
  if (!body_uuid(body, "subject", &m->subject, e) ||
      !store_subject_find(ctx->store, ctx->a, &rq->pack->kinds[rq->kind->of], &m->subject, NULL,
                          &rq->subject, e))
    return false;
  if (!rq->subject) return rights_no_subject(e);
  m->root = rq->subject->root;
  memcpy(m->area, rq->subject->area, sizeof m->area);
  return true;
}

static bool measure_find(command_context *ctx, err *e) {
  measure_request *rq = ctx->request;
  text to = json_text(ctx->command->body, "state");
  measure *there = NULL;
  if (!body_uuid(ctx->command->body, "id", &rq->m.id, e) ||
      !store_measure_find(ctx->store, ctx->a, &rq->m.id, NULL, &there, e))
    return false;
  if (!there && !to.bytes) return find_proposed(ctx, rq, e);
  if (!there) return no_measure(e);
  rq->m = *there;
  rq->kind = catalog_measure(&ctx->engine->packs, text_of(there->kind), &rq->pack);
  rq->to = arena_copy(ctx->a, to.at ? to.at : "", to.bytes);
  return rq->to || err_memory(e);
}

static bool measure_authorize(command_context *ctx, err *e) {
  const measure_request *rq = ctx->request;
  bool sees = false;
  if (rq->kind &&
      !context_sees(ctx, &rq->pack->kinds[rq->kind->of], &rq->m.root, rq->m.area, &sees, e))
    return false;
  if (!sees) return rq->to ? no_measure(e) : rights_no_subject(e);
  if (!rq->to)
    return context_holds(ctx, rq->pack, rq->kind->propose, rq->m.area, &rq->m.root) ||
           rights_denied((label){"提出这项措施", "propose this measure"}, e);
  const bool decides = strcmp(rq->to, "approved") == 0 || strcmp(rq->to, "refused") == 0;
  if (decides && guard_measure_move(rq->m.state, text_of(rq->to)) &&
      guard_is_proposer(&ctx->command->who, &rq->m))
    return err_set(e, ERR_DENIED, "state", "这项措施是您提出的，要由另一位有权的同志审批。",
                   "You proposed this measure; another officer with the right decides on it.");
  return !rq->kind ||
         !guard_measure_move(rq->m.state, text_of(rq->to)) || /* else told by `check` */
         guard_measure_allowed(ctx->store, &ctx->command->who, rq->pack, rq->kind, &rq->m,
                               rq->to) ||
         rights_denied((label){"审批或办理这项措施", "approve or carry out this measure"}, e);
}

static bool find_case(command_context *ctx, measure_request *rq, err *e) {
  const json *body = ctx->command->body;
  if (!json_has(body, "case")) {
    if (!rq->kind->needs_case) return true;
    return err_set(e, ERR_BAD_INPUT, "case", "“%s”要在个案里提出。",
                   "\"%s\" is proposed within a case.", LABEL(rq->kind->title));
  }
  if (!body_uuid(body, "case", &rq->m.case_id, e) ||
      !store_case_find(ctx->store, ctx->a, &rq->m.case_id, NULL, &rq->casework, e))
    return false;
  if (rq->casework && uuid_equal(&rq->casework->root, &rq->m.root)) return true;
  return err_set(e, ERR_BAD_INPUT, "case", "这个个案是别的对象的，请重新选择。",
                 "This case belongs to another subject; choose again.");
}

static bool read_proposal(command_context *ctx, measure_request *rq, err *e) {
  const measure_kind *k = rq->kind;
  if (!find_case(ctx, rq, e)) return false;
  rq->given = json_get(ctx->command->body, "form");
  rq->form = ARENA_ARRAY(ctx->a, k->field_count, value);
  if (!rq->form) return err_memory(e);
  rq->u =
      unit_load(ctx->store, ctx->a, catalog_root_kind(&ctx->engine->packs, &rq->pack->kinds[k->of]),
                &rq->m.root, NULL, context_as_of(ctx), e);
  if (!rq->u) return false;
  rq->about = unit_subject(rq->u, &rq->m.subject);
  if (!rq->about) return rights_no_subject(e);
  rq->extra = (unit_extra){.casework = rq->casework,
                           .form_fields = k->fields,
                           .form_count = k->field_count,
                           .form = rq->form};
  return form_read(ctx, k->fields, k->field_count, rq->given, true, rq->form, e) &&
         (!rq->casework || guard_load_extra(ctx->store, ctx->a, rq->casework, &rq->extra, e));
}

static bool measure_read(command_context *ctx, err *e) {
  measure_request *rq = ctx->request;
  rq->m.note = json_text(ctx->command->body, "note");
  if (!rq->to) return read_proposal(ctx, rq, e);
  if (!rq->kind)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种措施。", "There is no such measure.");
  if (rq->to[0]) return true;
  return err_set(e, ERR_CONFLICT, "id", "这个编号的措施已经有了。",
                 "There is a measure with this id already.");
}

static bool check_proposal(command_context *ctx, measure_request *rq, err *e) {
  const form_place at = form_place_of(ctx);
  const measure_kind *k = rq->kind;
  if (!day_in_range(k->from, k->to, ctx->today))
    return err_set(e, ERR_NOT_ALLOWED, "kind", "“%s”现在不在执行期内。",
                   "\"%s\" is not in force now.", LABEL(k->title));
  if (!form_check_references(&at, k->fields, k->field_count, rq->form, e)) return false;
  if (!k->when) return true;
  value v = unit_eval(rq->u, rq->about, &k->scope, k->when, &rq->extra);
  return guard_check(rq->u, rq->about, &v, k->otherwise_message, e);
}

static bool measure_check(command_context *ctx, err *e) {
  measure_request *rq = ctx->request;
  if (!rq->to) return check_proposal(ctx, rq, e);
  if (!context_check_version(ctx, rq->m.version, e)) return false;
  if (guard_measure_move(rq->m.state, text_of(rq->to))) return true;
  return err_set(e, ERR_NOT_ALLOWED, "state", "这项措施现在不能这样办，请刷新后再办。",
                 "The measure cannot move there from its present state; reload.");
}

/* The amount with its trace; an amount that cannot be computed refuses the proposal. */
static bool compute_amount(command_context *ctx, measure_request *rq, err *e) {
  const measure_kind *k = rq->kind;
  measure *m = &rq->m;
  m->trace = TEXT("null");
  if (!k->amount) return true;
  value v = unit_eval(rq->u, rq->about, &k->scope, k->amount, &rq->extra);
  if (v.type == VALUE_UNKNOWN)
    return guard_check(rq->u, rq->about, &v,
                       (label){"金额算不出来", "The amount cannot be computed"}, e);
  if (v.type == VALUE_ERROR)
    return err_set(e, ERR_NOT_ALLOWED, "amount", "金额算不出来：%s",
                   "The amount cannot be computed: %s", LABEL(*v.error));
  if (v.i < 0)
    return err_set(e, ERR_NOT_ALLOWED, "amount", "算出的金额小于零，请核对填写内容。",
                   "The computed amount is below zero; check what was filled in.");
  m->has_amount = true;
  m->amount = v.i;
  AUTO_BUF buf b = {0};
  json_out j = json_to(&b);
  json_open(&j, '{');
  json_key(&j, "formula");
  json_put_text(&j, cel_program_source(k->amount));
  json_key(&j, "from");
  unit_reasons(rq->u, rq->about, &k->scope, k->amount, &rq->extra, &j);
  json_close(&j, '}');
  char *copy = buf_ok(&b) ? arena_copy(ctx->a, b.at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  m->trace = (text){copy, b.bytes};
  return true;
}

/* What it says of its subject holds from its approval on. */
static bool record_approved(command_context *ctx, const measure_request *rq, err *e) {
  const measure_kind *k = rq->kind;
  record *r = NULL;
  bool any = false;
  for (size_t i = 0; i < k->field_count; i++) any |= k->fields[i].fact_index >= 0;
  if (!any || !rq->to || strcmp(rq->to, "approved") != 0) return true;
  const json *form = json_parse(ctx->a, rq->m.form, e);
  value *values = ARENA_ARRAY(ctx->a, k->field_count, value);
  if (!form || !values) return form ? err_memory(e) : false;
  for (size_t i = 0; i < k->field_count; i++) values[i] = value_missing(ctx->a, k->fields[i].name);
  return form_read(ctx, k->fields, k->field_count, form, false, values, e) &&
         repo_load_subject(ctx, &rq->pack->kinds[k->of], &rq->m.subject, &r, e) &&
         (!r || (facts_of_form(ctx, r, k->fields, k->field_count, values, k->name, e) &&
                 zone_settle(ctx, r, when_now(ctx), e)));
}

static bool measure_apply(command_context *ctx, err *e) {
  measure_request *rq = ctx->request;
  measure *m = &rq->m;
  const int64_t previous = m->version; /* 0: a new one */
  if (rq->to) {
    m->state = rq->to;
    m->since = ctx->today;
  } else {
    if (!compute_amount(ctx, rq, e)) return false;
    m->form = context_canonical(ctx, rq->given);
    m->fund = payment_fund(rq->kind, rq->form, ctx->a);
    if (!m->form.at || !m->fund) return err_memory(e);
  }
  m->version = ctx->seq;
  const kind *of = &rq->pack->kinds[rq->kind->of];
  return context_append(ctx, &m->subject, &m->root, m->area, e) &&
         store_measure_put(ctx->store, m, e) &&
         (rq->to || context_note_files(ctx, rq->kind->fields, rq->kind->field_count, rq->form, of,
                                       &m->root, e)) &&
         derive_measure_event(ctx, rq->kind, m, previous, e) && record_approved(ctx, rq, e) &&
         reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, of), &m->root, e);
}

const verb_handler verb_measure = {.request_bytes = sizeof(measure_request),
                                   .find = measure_find,
                                   .authorize = measure_authorize,
                                   .read = measure_read,
                                   .check = measure_check,
                                   .apply = measure_apply};
