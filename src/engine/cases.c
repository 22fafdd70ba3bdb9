/* MOVE and MEASURE: a case takes a step; help or enforcement is proposed, approved, done. */
#include "engine/inside.h"

#include <stdio.h>

static const workflow *workflow_of(const pack *p, const char *name) {
  for (size_t i = 0; i < p->workflow_count; i++)
    if (strcmp(p->workflows[i].name, name) == 0) return &p->workflows[i];
  return NULL;
}

static const transition *transition_of(const workflow *flow, text name) {
  for (size_t i = 0; i < flow->transition_count; i++)
    if (text_is(name, flow->transitions[i].name)) return &flow->transitions[i];
  return NULL;
}

static bool leaves_from(const transition *t, const workflow *flow, const char *state_name) {
  for (size_t i = 0; i < t->from_count; i++)
    if (strcmp(flow->states[t->from[i]].name, state_name) == 0) return true;
  return false;
}

bool unit_extra_of(store *s, arena *a, const casework *c, unit_extra *x, err *e) {
  measure *measures = NULL;
  finding *findings = NULL;
  size_t measure_count = 0, finding_count = 0;
  if (!store_measures_of(s, a, &c->root, &measures, &measure_count, e) ||
      !store_findings_of(s, a, &c->root, true, &findings, &finding_count, e))
    return false;
  x->casework = c;
  for (size_t i = 0; i < measure_count; i++)
    x->done_measures +=
        uuid_equal(&measures[i].case_id, &c->id) && strcmp(measures[i].state, "done") == 0;
  for (size_t i = 0; i < finding_count; i++) x->open_findings += findings[i].colour > COLOUR_GREEN;
  return true;
}

/* "因为还不知道：…": the facts that a guard or an amount waits for. */
static void say_missing(unit *u, const kind *about, const value *v, bool english, buf *b) {
  for (const missing *m = v->missing; m; m = m->next) {
    label l = unit_missing_title(u, about, m->name);
    buf_printf(b, "%s%s", b->bytes ? (english ? ", " : "、") : "", english ? l.en : l.zh);
  }
}

/* A guard's answer as an error: true passes. */
static bool guard_says(unit *u, const record *about, const value *v, label unless, err *why) {
  if (v->type == VALUE_BOOL && v->yes) return true;
  if (v->type == VALUE_UNKNOWN) {
    AUTO_BUF buf zh = {0}, en = {0};
    say_missing(u, about->kind, v, false, &zh);
    say_missing(u, about->kind, v, true, &en);
    return err_set(why, ERR_NOT_ALLOWED, NULL, "%s（现在无法判断，因为还不知道：%s）%.0s%.0s",
                   "%.0s%.0s%s (it cannot be told now, because this is not known: %s)", unless.zh,
                   buf_view(&zh).at, unless.en, buf_view(&en).at);
  }
  return err_set(why, ERR_NOT_ALLOWED, NULL, "%s%.0s", "%.0s%s", unless.zh, unless.en);
}

bool transition_allowed(unit *u, const record *about, const transition *t, const unit_extra *x,
                        err *why) {
  if (!t->when) return true;
  value v = unit_eval(u, about, &t->scope, t->when, x);
  return guard_says(u, about, &v, t->unless_says, why);
}

static text json_text_of(work *w, const json *tree) {
  AUTO_BUF buf b = {0};
  if (tree)
    json_canonical(&b, tree);
  else
    buf_str(&b, "{}");
  char *copy = buf_ok(&b) ? arena_copy(w->a, b.at, b.bytes) : NULL;
  return copy ? (text){copy, b.bytes} : (text){NULL, 0};
}

static bool in_sight(work *w, const char *area) {
  if (w->g->replaying) return true;
  reach r = actor_reach(&w->c->who);
  return reach_has(&r, area);
}

static bool matches(work *w, int64_t version, err *e) {
  if (w->g->replaying || w->c->match == 0 || w->c->match == version) return true;
  return err_set(e, ERR_STALE, NULL, "别人刚刚处理过，请刷新后再办。",
                 "Someone has just acted on this; reload first.");
}

/* Answers with a `fact` become facts of the root. */
static bool facts_of_form(work *w, record *r, const field *fields, size_t count, const value *form,
                          const char *source, err *e) {
  bool any = false;
  for (size_t i = 0; i < count; i++) {
    if (fields[i].fact_index < 0 || form[i].type == VALUE_UNKNOWN) continue;
    if (!say_fact(w, r, fields[i].fact_index, &form[i], w->today, source, e)) return false;
    any = true;
  }
  if (!any) return true;
  r->version = w->seq;
  return keep_subject(w, r, false, e);
}

/* What follows from the step; what cannot be told is left as it is. */
static bool say_sets(work *w, record *r, const transition *t, const value *values, err *e) {
  bool any = false;
  for (size_t i = 0; i < t->set_count; i++) {
    if (values[i].type == VALUE_UNKNOWN || values[i].type == VALUE_ERROR) continue;
    if (!say_fact(w, r, t->sets[i].field, &values[i], w->today, t->name, e)) return false;
    any = true;
  }
  if (!any) return true;
  r->version = w->seq;
  return keep_subject(w, r, false, e);
}

/* Some steps are another officer's: who reported a thing done does not verify it. */
static bool by_another(work *w, const casework *c, const transition *t, err *e) {
  step *steps = NULL;
  size_t count = 0;
  if (!t->not_by || uuid_is_nil(&w->c->who.officer)) return true;
  if (!store_steps(w->s, w->a, &c->id, &steps, &count, e)) return false;
  for (const char *const *other = t->not_by; *other; other++)
    for (size_t i = count; i-- > 0;) {
      if (strcmp(steps[i].transition, *other) != 0) continue;
      if (uuid_equal(&steps[i].officer, &w->c->who.officer))
        return err_set(e, ERR_DENIED, "transition",
                       "“%s”要由另一位同志办理：前面的步骤是您办的。%.0s",
                       "%.0s\"%s\" is for another officer: you took the step before.", t->title.zh,
                       t->title.en);
      break; /* only the last time it was taken */
    }
  return true;
}

/* The answers as they are kept: with the numbers that the engine gave. */
static bool with_numbers(work *w, const transition *t, const json *given, const value *form,
                         text *out, err *e) {
  AUTO_BUF buf b = {0};
  json_out j = json_to(&b);
  bool any = false;
  for (size_t i = 0; i < t->field_count; i++) any |= t->fields[i].serial != NULL;
  if (!any) return true;
  json_open(&j, '{');
  for (size_t i = 0; given && i < given->count; i++) {
    json_key_text(&j, given->keys[i]);
    json_put(&j, &given->items[i]);
  }
  for (size_t i = 0; i < t->field_count; i++) {
    if (!t->fields[i].serial) continue;
    json_key(&j, t->fields[i].name);
    json_put_text(&j, form[i].s);
  }
  json_close(&j, '}');
  const json *whole = buf_ok(&b) ? json_parse(w->a, buf_view(&b), e) : NULL;
  if (!whole) return buf_ok(&b) ? false : err_memory(e);
  *out = json_text_of(w, whole);
  return out->at || err_memory(e);
}

bool apply_move(work *w, err *e) {
  uuid id;
  casework *c = NULL;
  if (!body_uuid(w->c->body, "case", &id, e) || !store_case(w->s, w->a, &id, NULL, &c, e))
    return false;
  if (!c || !in_sight(w, c->area))
    return err_set(e, ERR_UNKNOWN_NAME, "case", "没有找到这个个案，或者不在您的管辖范围内。",
                   "There is no such case, or it is outside your areas.");
  if (!matches(w, c->version, e)) return false;
  const pack *p = NULL;
  const kind *k = catalog_kind(&w->g->packs, text_of(c->kind), &p);
  const workflow *flow = k ? workflow_of(p, c->workflow) : NULL;
  const transition *t = flow ? transition_of(flow, json_text(w->c->body, "transition")) : NULL;
  if (!t)
    return err_set(e, ERR_UNKNOWN_NAME, "transition", "流程里没有这一步。",
                   "The workflow has no such step.");
  if (!leaves_from(t, flow, c->state))
    return err_set(e, ERR_NOT_ALLOWED, "transition", "个案现在的环节不能办“%s”，请刷新后再办。%.0s",
                   "%.0sThe case is not at a state from which \"%s\" is possible; reload.",
                   t->title.zh, t->title.en);
  if (!w->g->replaying && !actor_holds(&w->c->who, t->who, c->area))
    return no_right("办理这一步", "take this step", e);
  if (!w->g->replaying && !by_another(w, c, t, e)) return false;
  unit *u = unit_load(w->s, w->a, k, &c->root, NULL, w->g->calendar, w->today, e);
  value *form = ARENA_ARRAY(w->a, t->field_count, value);
  if (!u || !form) return u ? err_memory(e) : false;
  const json *given = json_get(w->c->body, "form");
  if (!read_form(w, t->fields, t->field_count, given, true, form, e)) return false;
  unit_extra x = {
      .casework = c, .form_fields = t->fields, .form_count = t->field_count, .form = form};
  if (!unit_extra_of(w->s, w->a, c, &x, e)) return false;
  if (!w->g->replaying && !transition_allowed(u, u->root, t, &x, e)) return false;
  value *sets = ARENA_ARRAY(w->a, t->set_count, value);
  text form_text = json_text_of(w, given);
  if (!form_text.at || !sets) return err_memory(e);
  for (size_t i = 0; i < t->set_count; i++)
    sets[i] = unit_eval(u, u->root, &t->scope, t->sets[i].value, &x);
  if (!work_append(w, &c->subject, &c->root, c->area, e) ||
      !give_numbers(w, t->fields, t->field_count, w->today, form, e) ||
      !with_numbers(w, t, given, form, &form_text, e) ||
      !facts_of_form(w, u->root, t->fields, t->field_count, form, t->name, e) ||
      !say_sets(w, u->root, t, sets, e))
    return false;
  /* the deadline may hang on what was just said */
  u = unit_load(w->s, w->a, k, &c->root, NULL, w->g->calendar, w->today, e);
  if (!u ||
      !enter_state(w, u, c, flow, t->to, t->name, form_text, json_text(w->c->body, "note"), e))
    return false;
  return follow(w, k, &c->root, e);
}

/* ---- measures ---- */

/* From → to, and whose word it takes. */
static const struct {
  const char *from, *to;
  bool approver;
} moves[] = {
    {"proposed", "approved", true}, {"proposed", "refused", true}, {"proposed", "stopped", false},
    {"approved", "running", false}, {"approved", "done", false},   {"approved", "stopped", false},
    {"running", "done", false},     {"running", "stopped", false},
};

bool measure_may(const actor *who, const measure_kind *k, const measure *m, const char *to) {
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
    if (strcmp(moves[i].from, m->state) == 0 && strcmp(moves[i].to, to) == 0)
      return moves[i].approver
                 ? actor_holds(who, k->approve, m->area)
                 : actor_holds(who, k->propose, m->area) || actor_holds(who, k->approve, m->area);
  return false;
}

static bool is_move(const char *from, text to) {
  for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
    if (strcmp(moves[i].from, from) == 0 && text_is(to, moves[i].to)) return true;
  return false;
}

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
         follow(w, root_kind_of(w, &p->kinds[k->of]), &m->root, e);
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
  const kind *root_kind = root_kind_of(w, of);
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
