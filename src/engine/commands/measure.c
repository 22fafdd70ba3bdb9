/* MEASURE: help or enforcement is proposed, approved, done. */
#include "engine/commands/commands.h"

#include "engine/rules/derived_events.h"
#include "engine/rules/evaluate.h"
#include "engine/rules/form.h"
#include "engine/rules/guards.h"
#include "engine/rules/payments.h"

#include <stdio.h>

static bool move_measure(work *w, measure *m, text to, err *e) {
  const pack *p = NULL;
  const measure_kind *k = catalog_measure(&w->g->packs, text_of(m->kind), &p);
  if (!k)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种措施。", "There is no such measure.");
  if (!matches(w, m->version, e)) return false;
  if (!is_move(m->state, to))
    return err_set(e, ERR_NOT_ALLOWED, "state", "这项措施现在不能这样办，请刷新后再办。",
                   "The measure cannot move there from its present state; reload.");
  m->note = json_text(w->c->body, "note");
  const char *state_name = arena_copy(w->a, to.at, to.bytes);
  if (!state_name) return err_memory(e);
  if (!w->g->replaying && !measure_may(&w->c->who, k, m, state_name))
    return no_right("审批或办理这项措施", "approve or carry out this measure", e);
  int64_t was = m->version;
  m->state = state_name;
  m->since = w->today;
  m->version = w->seq;
  return work_append(w, &m->subject, &m->root, m->area, e) && keep_measure(w, k, m, was, e) &&
         follow(w, catalog_root_kind(&w->g->packs, &p->kinds[k->of]), &m->root, e);
}

/* The amount with its trace; an amount that cannot be computed refuses the proposal. */
static bool compute_amount(work *w, unit *u, const record *about, const measure_kind *k,
                           const unit_extra *x, measure *m, err *e) {
  m->trace = TEXT("[]");
  if (!k->amount) return true;
  value v = unit_eval(u, about, &k->scope, k->amount, x);
  if (v.type == VALUE_UNKNOWN)
    return guard_says(u, about, &v, (label){"金额算不出来", "The amount cannot be computed"}, e);
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
  unit_reasons(u, about, &k->scope, k->amount, x, &j);
  json_close(&j, '}');
  char *copy = buf_ok(&b) ? arena_copy(w->a, b.at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  m->trace = (text){copy, b.bytes};
  return true;
}

static bool case_of_measure(work *w, const measure_kind *k, const record *r, measure *m,
                            casework **out, err *e) {
  const json *body = w->c->body;
  if (!json_has(body, "case")) {
    if (!k->needs_case) return true;
    return err_set(e, ERR_BAD_INPUT, "case", "“%s”要在个案里提出。%.0s",
                   "%.0s\"%s\" is proposed within a case.", k->title.zh, k->title.en);
  }
  if (!body_uuid(body, "case", &m->case_id, e) ||
      !store_case(w->s, w->a, &m->case_id, NULL, out, e))
    return false;
  if (*out && uuid_equal(&(*out)->root, &r->root)) return true;
  return err_set(e, ERR_BAD_INPUT, "case", "这个个案不是这一户的。",
                 "This case belongs to another subject.");
}

static bool propose(work *w, const uuid *id, err *e) {
  const json *body = w->c->body;
  const pack *p = NULL;
  text name = json_text(body, "kind");
  const measure_kind *k = catalog_measure(&w->g->packs, name, &p);
  if (!k)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种措施。", "There is no such measure.");
  const kind *of = &p->kinds[k->of];
  measure m = {
      .id = *id, .kind = k->name, .state = "proposed", .since = w->today, .version = w->seq};
  record *r = NULL;
  casework *c = NULL;
  if (!body_uuid(body, "subject", &m.subject, e) ||
      !store_subject(w->s, w->a, of, &m.subject, NULL, &r, e))
    return false;
  if (!r || !in_sight(w, r->area)) return no_subject(e);
  if (!w->g->replaying && !actor_holds(&w->c->who, k->propose, r->area))
    return no_right("提出这项措施", "propose this measure", e);
  if ((k->from != DAY_NONE && w->today < k->from) || (k->to != DAY_NONE && w->today > k->to))
    return err_set(e, ERR_NOT_ALLOWED, "kind", "“%s”现在不在执行期内。%.0s",
                   "%.0s\"%s\" is not in force now.", k->title.zh, k->title.en);
  if (!case_of_measure(w, k, r, &m, &c, e)) return false;
  const kind *root_kind = catalog_root_kind(&w->g->packs, of);
  unit *u = unit_load(w->s, w->a, root_kind, &r->root, NULL, w->g->calendar, w->today, e);
  value *form = ARENA_ARRAY(w->a, k->field_count, value);
  if (!u || !form) return u ? err_memory(e) : false;
  const record *about = unit_subject(u, &m.subject);
  if (!about) return no_subject(e);
  const json *given = json_get(body, "form");
  if (!read_form(w, k->fields, k->field_count, given, true, form, e)) return false;
  unit_extra x = {
      .casework = c, .form_fields = k->fields, .form_count = k->field_count, .form = form};
  if (c && !unit_extra_of(w->s, w->a, c, &x, e)) return false;
  if (k->when && !w->g->replaying) {
    value v = unit_eval(u, about, &k->scope, k->when, &x);
    if (!guard_says(u, about, &v, k->unless_says, e)) return false;
  }
  if (!compute_amount(w, u, about, k, &x, &m, e)) return false;
  m.root = r->root;
  memcpy(m.area, r->area, sizeof m.area);
  m.form = json_text_of(w, given);
  m.note = json_text(body, "note");
  m.fund = fund_of_form(k, form, w->a);
  if (!m.form.at || !m.fund) return err_memory(e);
  return work_append(w, &m.subject, &m.root, m.area, e) && keep_measure(w, k, &m, 0, e) &&
         follow(w, root_kind, &m.root, e);
}

bool apply_measure(work *w, err *e) {
  uuid id;
  measure *m = NULL;
  if (!body_uuid(w->c->body, "id", &id, e) || !store_measure(w->s, w->a, &id, NULL, &m, e))
    return false;
  text to = json_text(w->c->body, "state");
  if (!m && !to.bytes) return propose(w, &id, e);
  if (!m || !in_sight(w, m->area))
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这项措施。", "There is no such measure.");
  if (!to.bytes)
    return err_set(e, ERR_CONFLICT, "id", "这个编号的措施已经有了。",
                   "There is a measure with this id already.");
  return move_measure(w, m, to, e);
}
