/* What follows from a change: findings opened, updated and resolved, cases opened and re-opened,
 * the unit's colour and the day of its next evaluation. */
#include "engine/rules/reevaluate.h"

#include "engine/duties/tracking.h"
#include "engine/eval/reasons.h"
#include "engine/rules/derived_events.h"
#include "engine/rules/summaries.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"

#include <assert.h>

/* The unit while its rules are evaluated. */
typedef struct evaluation {
  command_context *ctx;
  unit_state state;
  int64_t worst; /* colour */
} evaluation;

static void answer_add(command_context *ctx, uuid **list, size_t *count, const uuid *id) {
  for (size_t i = 0; i < *count; i++)
    if (uuid_equal(&(*list)[i], id)) return;
  uuid *longer = ARENA_ARRAY(ctx->a, *count + 1, uuid);
  if (!longer) return; /* the answer names fewer consequences; the rows are there */
  if (*count) memcpy(longer, *list, *count * sizeof **list);
  longer[(*count)++] = *id;
  *list = longer;
}

static finding *finding_find(evaluation *t, const record *about, const rule *r) {
  for (size_t i = 0; i < t->state.open_count; i++)
    if (strcmp(t->state.open[i].rule, r->name) == 0 &&
        uuid_equal(&t->state.open[i].subject, &about->id))
      return &t->state.open[i];
  return NULL;
}

/* ---- cases ---- */

void case_set_deadline(casework *c, const calendar *of, bool working, int days) {
  c->deadline_provisional = false;
  if (!working) {
    c->deadline = c->since + days;
  } else if (calendar_is_unknown(of, c->since)) {
    c->deadline = DAY_NONE;
  } else {
    c->deadline = calendar_add_workdays(of, c->since, days);
    c->deadline_provisional = calendar_is_provisional(of, c->deadline);
  }
}

/* No deadline when the number of days is unknown. */
static void find_deadline(unit *u, casework *c, const workflow *flow, const limit *l) {
  c->deadline = DAY_NONE;
  c->deadline_provisional = false;
  if (!l->days) return;
  unit_extra extra = {.casework = c};
  value n = unit_eval(u, u->root, &flow->scope, l->days, &extra);
  if (n.type != VALUE_INT || n.i < 0 || n.i > 36500) return;
  case_set_deadline(c, u->calendar, l->working_days, (int)n.i);
}

bool case_enter_state(command_context *ctx, unit *u, casework *c, const workflow *flow,
                      const case_move *move, err *e) {
  const state *to = &flow->states[move->to];
  step t = {.case_id = c->id,
            .seq = ctx->seq,
            .transition = move->transition,
            .from = c->state ? c->state : "",
            .to = to->name,
            .at_ms = ctx->at_ms,
            .officer = ctx->command->who.officer,
            .form = move->form,
            .note = move->note,
            .subject = c->subject,
            .since = move->has_since ? move->since : ctx->today,
            .back_reason = TEXT("")};
  c->state = to->name;
  c->since = t.since;
  c->closed = to->closed;
  c->version = ctx->seq;
  find_deadline(u, c, flow, &to->limit); /* a closed state has no limit */
  answer_add(ctx, &ctx->answer->cases, &ctx->answer->case_count, &c->id);
  return store_step_put(ctx->store, &t, e) && repo_save_case(ctx, c, e) &&
         derive_step_event(ctx, u, c, &t, e);
}

bool case_return(command_context *ctx, unit *u, casework *c, const workflow *flow, const step *to,
                 err *e) {
  const state *s = workflow_state(flow, to->to);
  c->state = s->name;
  c->since = to->since;
  c->closed = s->closed;
  c->version = ctx->seq;
  find_deadline(u, c, flow, &s->limit);
  answer_add(ctx, &ctx->answer->cases, &ctx->answer->case_count, &c->id);
  return repo_save_case(ctx, c, e);
}

static casework *add_case(evaluation *t, const casework *c) {
  casework *more = ARENA_ARRAY(t->ctx->a, t->state.case_count + 1, casework);
  if (!more) return NULL;
  if (t->state.case_count) memcpy(more, t->state.cases, t->state.case_count * sizeof *more);
  t->state.cases = more;
  t->state.cases[t->state.case_count] = *c;
  return &t->state.cases[t->state.case_count++];
}

/* The unit's case of a process that takes this finding: the open one; or a closed one that a
 * relapse re-opens; or a new one. */
static bool case_of_finding(evaluation *t, const char *process, uuid *ret, err *e) {
  command_context *ctx = t->ctx;
  const workflow *flow =
      workflow_for(t->state.u->pack, process, t->state.u->root->kind->index, ctx->today);
  if (!flow) return true; /* no workflow is in force on this day: a finding only */
  casework *relapsed = NULL;
  int to = -1;
  for (size_t i = 0; i < t->state.case_count; i++) {
    casework *c = &t->state.cases[i];
    if (strcmp(c->process, process) != 0) continue;
    if (!c->closed) {
      *ret = c->id;
      answer_add(ctx, &ctx->answer->cases, &ctx->answer->case_count, &c->id);
      return true;
    }
    const state *s = strcmp(c->workflow, flow->name) == 0 ? workflow_state(flow, c->state) : NULL;
    if (!s || s->relapse < 0) continue;
    relapsed = c;
    to = s->relapse;
  }
  if (relapsed) {
    relapsed->relapses++;
    *ret = relapsed->id;
    return case_enter_state(
        ctx, t->state.u, relapsed, flow,
        &(case_move){.to = to, .transition = "", .form = TEXT("{}"), .note = TEXT("")}, e);
  }
  AUTO_BUF buf name = {0};
  char root[37];
  uuid_format(&t->state.u->root->id, root);
  buf_printf(&name, "case/%s/%s", process, root); /* a tick may open cases of many units */
  if (!buf_ok(&name)) return err_memory(e);
  casework fresh = {.id = uuid_derived(&ctx->id, buf_view(&name)),
                    .root = t->state.u->root->id,
                    .subject = t->state.u->root->id,
                    .kind = t->state.u->root->kind->name,
                    .process = process,
                    .workflow = flow->name,
                    .opened = ctx->today};
  memcpy(fresh.area, t->state.u->root->area, sizeof fresh.area);
  casework *c = add_case(t, &fresh);
  if (!c) return err_memory(e);
  *ret = c->id;
  return case_enter_state(
      ctx, t->state.u, c, flow,
      &(case_move){.to = flow->start, .transition = "", .form = TEXT("{}"), .note = TEXT("")}, e);
}

/* ---- findings ---- */

static bool finding_explain(evaluation *t, const record *about, const rule *r, bool provisional,
                            finding *f, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  unit_reasons(t->state.u, about, &about->kind->scope, r->when, NULL, &w);
  char *copy = buf_ok(&b) ? arena_copy(t->ctx->a, b.at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  f->reasons = (text){copy, b.bytes};
  f->message_zh = unit_say(t->state.u, about, &about->kind->scope, &r->message_zh, NULL);
  f->message_en = unit_say(t->state.u, about, &about->kind->scope, &r->message_en, NULL);
  f->provisional = provisional;
  return true;
}

static bool finding_open(evaluation *t, const record *about, const rule *r, bool provisional,
                         err *e) {
  command_context *ctx = t->ctx;
  AUTO_BUF buf name = {0};
  char id[37];
  uuid_format(&about->id, id);
  buf_printf(&name, "finding/%s/%s", r->name, id);
  if (!buf_ok(&name)) return err_memory(e);
  finding f = {.id = uuid_derived(&ctx->id, buf_view(&name)),
               .root = t->state.u->root->id,
               .subject = about->id,
               .kind = about->kind->name,
               .rule = r->name,
               .colour = r->colour,
               .since = ctx->today,
               .until = DAY_NONE};
  memcpy(f.area, t->state.u->root->area, sizeof f.area);
  if (!finding_explain(t, about, r, provisional, &f, e)) return false;
  if (r->opens_process && !case_of_finding(t, r->opens_process, &f.case_id, e)) return false;
  answer_add(ctx, &ctx->answer->opened, &ctx->answer->opened_count, &f.id);
  return repo_save_finding(ctx, &f, e);
}

static bool finding_resolve(evaluation *t, finding *f, err *e) {
  f->until = t->ctx->today;
  answer_add(t->ctx, &t->ctx->answer->resolved, &t->ctx->answer->resolved_count, &f->id);
  return repo_save_finding(t->ctx, f, e);
}

/* Whether the entry at hand takes events back that the program reads; of an import, any. */
static bool loses_events(const evaluation *t, const name_scope *sc, const cel_program *program,
                         int depth) {
  const command *c = t->ctx->command;
  const pack *p = t->state.u->pack;
  size_t count = 0;
  const int *slots = program ? cel_program_slots(program, &count) : NULL;
  if (c->verb == VERB_UNDO) return true;
  if (c->verb != VERB_WITHDRAW || depth > PACK_VARIABLE_CHAIN_MAX) return false;
  for (size_t i = 0; i < count; i++) {
    const slot *x = &sc->slots[slots[i]];
    if (x->kind == SLOT_AGGREGATE &&
        text_is(json_text(c->body, "kind"), p->events[p->aggregates[x->index].over].name))
      return true;
    for (size_t f = 0; x->kind == SLOT_VARIABLE && f < p->variables[x->index].count; f++)
      if (loses_events(t, sc, p->variables[x->index].formulas[f].program, depth + 1)) return true;
  }
  return false;
}

static text with_words(arena *a, text t, const char *more) {
  const char *both = arena_printf(a, "%.*s%s", (int)t.bytes, t.at, more);
  return both ? text_of(both) : (text){NULL, 0};
}

/* What it rested on was taken back, and nothing that is left tells: it says so, and is closed. */
static bool finding_unfounded(evaluation *t, finding *f, err *e) {
  const text zh = with_words(t->ctx->a, f->message_zh, "（所依据的登记已撤回）"),
             en = with_words(t->ctx->a, f->message_en, " (what it rested on was withdrawn)");
  if (!zh.at || !en.at) return err_memory(e);
  f->message_zh = zh;
  f->message_en = en;
  return finding_resolve(t, f, e);
}

static bool finding_update(evaluation *t, const record *about, const rule *r, bool provisional,
                           const finding *f, err *e) {
  finding now = *f;
  if (!finding_explain(t, about, r, provisional, &now, e)) return false;
  memcpy(now.area, t->state.u->root->area, sizeof now.area);
  now.colour = r->colour;
  if (text_equal(now.reasons, f->reasons) && text_equal(now.message_zh, f->message_zh) &&
      strcmp(now.area, f->area) == 0 && now.colour == f->colour &&
      now.provisional == f->provisional)
    return true;
  return repo_save_finding(t->ctx, &now, e);
}

static bool evaluate_rules(evaluation *t, const record *about, err *e) {
  const pack *p = t->state.u->pack;
  for (size_t i = 0; i < p->rule_count; i++) {
    const rule *r = &p->rules[i];
    if (r->of != about->kind->index) continue;
    finding *f = finding_find(t, about, r);
    if (!day_in_range(r->from, r->to, t->ctx->today)) {
      unit_reevaluate_by(t->state.u, r->from);
      if (f && !finding_resolve(t, f, e)) return false;
      continue;
    }
    if (r->to != DAY_NONE) unit_reevaluate_by(t->state.u, r->to + 1);
    t->state.u->provisional = false;
    value v = unit_eval(t->state.u, about, &about->kind->scope, r->when, NULL);
    bool provisional = t->state.u->provisional;
    bool holds = v.type == VALUE_BOOL ? v.yes : f != NULL; /* not known: as it was */
    if (f && v.type == VALUE_UNKNOWN && loses_events(t, &about->kind->scope, r->when, 0)) {
      if (!finding_unfounded(t, f, e)) return false;
      continue;
    }
    if (holds && r->colour > t->worst) t->worst = r->colour;
    if (v.type != VALUE_BOOL) continue;
    if (v.yes && !f && !finding_open(t, about, r, provisional, e)) return false;
    if (v.yes && f && !finding_update(t, about, r, provisional, f, e)) return false;
    if (!v.yes && f && !finding_resolve(t, f, e)) return false;
  }
  return true;
}

/* Findings about subjects or by rules that are no longer there. */
static bool resolve_orphans(evaluation *t, err *e) {
  for (size_t i = 0; i < t->state.open_count; i++) {
    finding *f = &t->state.open[i];
    bool known = false;
    for (size_t r = 0; t->state.u && r < t->state.u->pack->rule_count; r++)
      known |= strcmp(t->state.u->pack->rules[r].name, f->rule) == 0;
    const record *about = known ? unit_subject(t->state.u, &f->subject) : NULL;
    if (about && unit_counts(t->state.u, about) && unit_counts(t->state.u, t->state.u->root))
      continue;
    if (f->until == DAY_NONE && !finding_resolve(t, f, e)) return false;
  }
  return true;
}

/* The root was withdrawn: resolves its findings and withdraws its open cases. */
static bool close_everything(evaluation *t, err *e) {
  if (!resolve_orphans(t, e)) return false;
  for (size_t i = 0; i < t->state.case_count; i++) {
    casework *c = &t->state.cases[i];
    if (c->closed) continue;
    c->withdrawn = true;
    c->version = t->ctx->seq;
    if (!repo_save_case(t->ctx, c, e)) return false;
  }
  return true;
}

bool reevaluate_unit(command_context *ctx, const kind *root_kind, const uuid *root, err *e) {
  evaluation t = {.ctx = ctx};
  ctx->answer->root_kind = root_kind;
  if (!summaries_refresh(ctx, root, e)) return false;
  if (!repo_load_unit(ctx, root_kind, root, &t.state, e)) return false;
  if (!duties_update_membership(ctx, catalog_pack_of(&ctx->engine->packs, root_kind), t.state.u,
                                root_kind, root, e))
    return false;
  if (!t.state.u) return close_everything(&t, e);
  bool counts = unit_counts(t.state.u, t.state.u->root);
  if (counts && !evaluate_rules(&t, t.state.u->root, e)) return false;
  for (size_t i = 0; counts && i < t.state.u->child_count; i++)
    if (unit_counts(t.state.u, t.state.u->children[i]) &&
        !evaluate_rules(&t, t.state.u->children[i], e))
      return false;
  if (!resolve_orphans(&t, e)) return false;
  for (size_t i = 0; i < t.state.case_count; i++)
    if (!t.state.cases[i].closed && t.worst < COLOUR_YELLOW) t.worst = COLOUR_YELLOW;
  record *r = t.state.u->root;
  if (r->colour == t.worst && r->next_evaluation == t.state.u->next_evaluation) return true;
  r->colour = t.worst;
  r->next_evaluation = t.state.u->next_evaluation;
  return store_subject_mark(ctx->store, r, e);
}

bool reevaluate_schedule(command_context *ctx, const kind *root_kind, const uuid *root, err *e) {
  engine *eng = ctx->engine;
  if (!eng->batching || uuid_is_nil(&ctx->command->import_id))
    return reevaluate_unit(ctx, root_kind, root, e);
  ctx->answer->root_kind = root_kind;
  assert(!eng->pending.root_kind || uuid_equal(&eng->pending.root, root)); /* see context_append */
  eng->pending = (pending){.root_kind = root_kind,
                           .root = *root,
                           .import_id = ctx->command->import_id,
                           .id = ctx->id,
                           .officer = ctx->command->who.officer,
                           .seq = ctx->seq,
                           .at_ms = ctx->at_ms,
                           .verb = ctx->command->verb};
  return true;
}

bool reevaluate_flush(engine *eng, err *e) {
  pending p = eng->pending;
  if (!p.root_kind) return true;
  eng->pending = (pending){0};
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  command c = {.verb = p.verb, .id = p.id, .who = {.officer = p.officer}, .import_id = p.import_id};
  answer nobody = {0};
  command_context ctx = {.engine = eng,
                         .store = eng->store,
                         .a = a,
                         .command = &c,
                         .answer = &nobody,
                         .seq = p.seq,
                         .at_ms = p.at_ms,
                         .today = day_of_ms(p.at_ms),
                         .id = p.id};
  if (arena_whole(a, reevaluate_unit(&ctx, p.root_kind, &p.root, e), e)) return true;
  if (e) e->code = ERR_STORE; /* its entries are written: all of it must be rolled back */
  return false;
}
