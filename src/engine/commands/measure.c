/* MEASURE: help or enforcement is proposed, approved, done. */
#include "engine/commands/commands.h"

#include "engine/rules/derived_events.h"
#include "engine/rules/reevaluate.h"
#include "engine/rules/form.h"
#include "engine/rules/guards.h"
#include "engine/rules/payments.h"

#include <stdio.h>

static bool move_measure(command_context *ctx, measure *m, text to, err *e) {
  const pack *p = NULL;
  const measure_kind *k = catalog_measure(&ctx->engine->packs, text_of(m->kind), &p);
  if (!k)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种措施。", "There is no such measure.");
  if (!matches(ctx, m->version, e)) return false;
  if (!guard_measure_move(m->state, to))
    return err_set(e, ERR_NOT_ALLOWED, "state", "这项措施现在不能这样办，请刷新后再办。",
                   "The measure cannot move there from its present state; reload.");
  m->note = json_text(ctx->command->body, "note");
  const char *state_name = arena_copy(ctx->a, to.at, to.bytes);
  if (!state_name) return err_memory(e);
  if (!ctx->engine->replaying && !guard_measure_allowed(&ctx->command->who, k, m, state_name))
    return rights_denied("审批或办理这项措施", "approve or carry out this measure", e);
  int64_t was = m->version;
  m->state = state_name;
  m->since = ctx->today;
  m->version = ctx->seq;
  return context_append(ctx, &m->subject, &m->root, m->area, e) &&
         repo_save_measure(ctx, k, m, was, e) &&
         reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, &p->kinds[k->of]),
                             &m->root, e);
}

/* The amount with its trace; an amount that cannot be computed refuses the proposal. */
static bool compute_amount(command_context *ctx, unit *u, const record *about,
                           const measure_kind *k, const unit_extra *extra, measure *m, err *e) {
  m->trace = TEXT("[]");
  if (!k->amount) return true;
  value v = unit_eval(u, about, &k->scope, k->amount, extra);
  if (v.type == VALUE_UNKNOWN)
    return guard_check(u, about, &v, (label){"金额算不出来", "The amount cannot be computed"}, e);
  if (v.type == VALUE_ERROR)
    return err_set(e, ERR_NOT_ALLOWED, "amount", "金额算不出来：%s%.0s",
                   "%.0sThe amount cannot be computed: %s", v.error->zh, v.error->en);
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
  unit_reasons(u, about, &k->scope, k->amount, extra, &j);
  json_close(&j, '}');
  char *copy = buf_ok(&b) ? arena_copy(ctx->a, b.at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  m->trace = (text){copy, b.bytes};
  return true;
}

static bool case_of_measure(command_context *ctx, const measure_kind *k, const record *r,
                            measure *m, casework **out, err *e) {
  const json *body = ctx->command->body;
  if (!json_has(body, "case")) {
    if (!k->needs_case) return true;
    return err_set(e, ERR_BAD_INPUT, "case", "“%s”要在个案里提出。%.0s",
                   "%.0s\"%s\" is proposed within a case.", k->title.zh, k->title.en);
  }
  if (!body_uuid(body, "case", &m->case_id, e) ||
      !store_case(ctx->store, ctx->a, &m->case_id, NULL, out, e))
    return false;
  if (*out && uuid_equal(&(*out)->root, &r->root)) return true;
  return err_set(e, ERR_BAD_INPUT, "case", "这个个案是别的对象的，请重新选择。",
                 "This case belongs to another subject; choose again.");
}

static bool propose(command_context *ctx, const uuid *id, err *e) {
  const json *body = ctx->command->body;
  const pack *p = NULL;
  text name = json_text(body, "kind");
  const measure_kind *k = catalog_measure(&ctx->engine->packs, name, &p);
  if (!k)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种措施。", "There is no such measure.");
  const kind *of = &p->kinds[k->of];
  measure m = {
      .id = *id, .kind = k->name, .state = "proposed", .since = ctx->today, .version = ctx->seq};
  record *r = NULL;
  casework *c = NULL;
  if (!body_uuid(body, "subject", &m.subject, e) ||
      !store_subject(ctx->store, ctx->a, of, &m.subject, NULL, &r, e))
    return false;
  if (!r || !context_in_scope(ctx, r->area)) return rights_no_subject(e);
  if (!ctx->engine->replaying && !actor_holds(&ctx->command->who, k->propose, r->area))
    return rights_denied("提出这项措施", "propose this measure", e);
  if ((k->from != DAY_NONE && ctx->today < k->from) || (k->to != DAY_NONE && ctx->today > k->to))
    return err_set(e, ERR_NOT_ALLOWED, "kind", "“%s”现在不在执行期内。%.0s",
                   "%.0s\"%s\" is not in force now.", k->title.zh, k->title.en);
  if (!case_of_measure(ctx, k, r, &m, &c, e)) return false;
  const kind *root_kind = catalog_root_kind(&ctx->engine->packs, of);
  unit *u = unit_load(ctx->store, ctx->a, root_kind, &r->root, NULL, ctx->engine->calendar,
                      ctx->today, e);
  value *form = ARENA_ARRAY(ctx->a, k->field_count, value);
  if (!u || !form) return u ? err_memory(e) : false;
  const record *about = unit_subject(u, &m.subject);
  if (!about) return rights_no_subject(e);
  const json *given = json_get(body, "form");
  if (!form_read(ctx, k->fields, k->field_count, given, true, form, e)) return false;
  unit_extra extra = {
      .casework = c, .form_fields = k->fields, .form_count = k->field_count, .form = form};
  if (c && !guard_load_extra(ctx->store, ctx->a, c, &extra, e)) return false;
  if (k->when && !ctx->engine->replaying) {
    value v = unit_eval(u, about, &k->scope, k->when, &extra);
    if (!guard_check(u, about, &v, k->unless_says, e)) return false;
  }
  if (!compute_amount(ctx, u, about, k, &extra, &m, e)) return false;
  m.root = r->root;
  memcpy(m.area, r->area, sizeof m.area);
  m.form = context_canonical(ctx, given);
  m.note = json_text(body, "note");
  m.fund = payment_fund(k, form, ctx->a);
  if (!m.form.at || !m.fund) return err_memory(e);
  return context_append(ctx, &m.subject, &m.root, m.area, e) &&
         repo_save_measure(ctx, k, &m, 0, e) && reevaluate_schedule(ctx, root_kind, &m.root, e);
}

bool apply_measure(command_context *ctx, err *e) {
  uuid id;
  measure *m = NULL;
  if (!body_uuid(ctx->command->body, "id", &id, e) ||
      !store_measure(ctx->store, ctx->a, &id, NULL, &m, e))
    return false;
  text to = json_text(ctx->command->body, "state");
  if (!m && !to.bytes) return propose(ctx, &id, e);
  if (!m || !context_in_scope(ctx, m->area))
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这项措施。", "There is no such measure.");
  if (!to.bytes)
    return err_set(e, ERR_CONFLICT, "id", "这个编号的措施已经有了。",
                   "There is a measure with this id already.");
  return move_measure(ctx, m, to, e);
}
