/* What follows from a change: findings raised and resolved, cases opened and re-opened, the unit's
 * colour and its next waking. */
#include "engine/rules/evaluate.h"

#include "engine/duties/tracking.h"
#include "engine/eval/reasons.h"
#include "engine/rules/derived_events.h"
#include "engine/rules/summaries.h"
#include "engine/units/unit_read.h"
#include "engine/units/unit_write.h"

/* The unit while it is being settled. */
typedef struct settling {
  work *w;
  unit *u;
  finding *open;
  size_t open_count;
  casework *cases;
  size_t case_count;
  int64_t worst;
} settling;

static void answer_add(work *w, uuid **list, size_t *count, const uuid *id) {
  for (size_t i = 0; i < *count; i++)
    if (uuid_equal(&(*list)[i], id)) return;
  uuid *longer = ARENA_ARRAY(w->a, *count + 1, uuid);
  if (!longer) return; /* the answer names fewer consequences; the rows are there */
  if (*count) memcpy(longer, *list, *count * sizeof **list);
  longer[(*count)++] = *id;
  *list = longer;
}

static bool in_force(const rule *r, day on) {
  return (r->from == DAY_NONE || r->from <= on) && (r->to == DAY_NONE || on <= r->to);
}

static finding *open_finding(settling *t, const record *about, const rule *r) {
  for (size_t i = 0; i < t->open_count; i++)
    if (strcmp(t->open[i].rule, r->name) == 0 && uuid_equal(&t->open[i].subject, &about->id))
      return &t->open[i];
  return NULL;
}

/* ---- cases ---- */

/* natural: the n-th day after; working: the n-th working day after. No days, or days that cannot be
 * told: no deadline. */
static day deadline_of(unit *u, const casework *c, const workflow *flow, const limit *l) {
  if (!l->days) return DAY_NONE;
  unit_extra x = {.casework = c};
  value n = unit_eval(u, u->root, &flow->scope, l->days, &x);
  if (n.type != VALUE_INT || n.i < 0 || n.i > 36500) return DAY_NONE;
  return l->working ? calendar_add_workdays(u->calendar, u->today, (int)n.i) : u->today + (day)n.i;
}

bool enter_state(work *w, unit *u, casework *c, const workflow *flow, int state_index,
                 const char *transition, text form, text note, err *e) {
  const state *to = &flow->states[state_index];
  step t = {.case_id = c->id,
            .seq = w->seq,
            .transition = transition,
            .from = c->state ? c->state : "",
            .to = to->name,
            .at_ms = w->at_ms,
            .officer = w->c->who.officer,
            .form = form,
            .note = note};
  c->state = to->name;
  c->since = w->today;
  c->closed = to->closed;
  c->version = w->seq;
  c->deadline = to->closed ? DAY_NONE : deadline_of(u, c, flow, &to->limit);
  answer_add(w, &w->out->cases, &w->out->case_count, &c->id);
  return store_step_put(w->s, &t, e) && keep_case(w, c, e) && note_step(w, u, c, &t, e);
}

static int state_named(const workflow *flow, const char *name) {
  for (size_t i = 0; i < flow->state_count; i++)
    if (strcmp(flow->states[i].name, name) == 0) return (int)i;
  return -1;
}

static casework *add_case(settling *t, const casework *c) {
  casework *more = ARENA_ARRAY(t->w->a, t->case_count + 1, casework);
  if (!more) return NULL;
  if (t->case_count) memcpy(more, t->cases, t->case_count * sizeof *more);
  t->cases = more;
  t->cases[t->case_count] = *c;
  return &t->cases[t->case_count++];
}

/* The unit's case of a process that takes this finding: the open one; or a closed one that a
 * relapse re-opens; or a new one. */
static bool case_for(settling *t, const char *process, uuid *out, err *e) {
  work *w = t->w;
  const workflow *flow = workflow_for(t->u->pack, process, t->u->root->kind->index, w->today);
  if (!flow) return true; /* no workflow is in force on this day: a finding only */
  casework *again = NULL;
  for (size_t i = 0; i < t->case_count; i++) {
    casework *c = &t->cases[i];
    if (strcmp(c->process, process) != 0) continue;
    if (!c->closed) {
      *out = c->id;
      answer_add(w, &w->out->cases, &w->out->case_count, &c->id);
      return true;
    }
    int s = strcmp(c->workflow, flow->name) == 0 ? state_named(flow, c->state) : -1;
    if (s >= 0 && flow->states[s].relapse >= 0) again = c;
  }
  if (again) {
    again->relapses++;
    *out = again->id;
    int back = flow->states[state_named(flow, again->state)].relapse;
    return enter_state(w, t->u, again, flow, back, "", TEXT("{}"), TEXT(""), e);
  }
  AUTO_BUF buf name = {0};
  char root[37];
  uuid_format(&t->u->root->id, root);
  buf_printf(&name, "case/%s/%s", process, root); /* a tick may open cases of many units */
  if (!buf_ok(&name)) return err_memory(e);
  casework fresh = {.id = uuid_derived(&w->id, buf_view(&name)),
                    .root = t->u->root->id,
                    .subject = t->u->root->id,
                    .kind = t->u->root->kind->name,
                    .process = process,
                    .workflow = flow->name,
                    .opened = w->today};
  memcpy(fresh.area, t->u->root->area, sizeof fresh.area);
  casework *c = add_case(t, &fresh);
  if (!c) return err_memory(e);
  *out = c->id;
  return enter_state(w, t->u, c, flow, flow->start, "", TEXT("{}"), TEXT(""), e);
}

/* ---- findings ---- */

static bool reasons_of(settling *t, const record *about, const rule *r, finding *f, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  unit_reasons(t->u, about, &about->kind->scope, r->when, NULL, &w);
  char *copy = buf_ok(&b) ? arena_copy(t->w->a, b.at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  f->reasons = (text){copy, b.bytes};
  f->says_zh = unit_say(t->u, about, &about->kind->scope, &r->says_zh, NULL);
  f->says_en = unit_say(t->u, about, &about->kind->scope, &r->says_en, NULL);
  return true;
}

static bool raise(settling *t, const record *about, const rule *r, err *e) {
  work *w = t->w;
  AUTO_BUF buf name = {0};
  char id[37];
  uuid_format(&about->id, id);
  buf_printf(&name, "finding/%s/%s", r->name, id);
  if (!buf_ok(&name)) return err_memory(e);
  finding f = {.id = uuid_derived(&w->id, buf_view(&name)),
               .root = t->u->root->id,
               .subject = about->id,
               .kind = about->kind->name,
               .rule = r->name,
               .colour = r->colour,
               .since = w->today,
               .until = DAY_NONE};
  memcpy(f.area, t->u->root->area, sizeof f.area);
  if (!reasons_of(t, about, r, &f, e)) return false;
  if (r->opens && !case_for(t, r->opens, &f.case_id, e)) return false;
  answer_add(w, &w->out->raised, &w->out->raised_count, &f.id);
  return keep_finding(w, &f, e);
}

static bool resolve(settling *t, finding *f, err *e) {
  f->until = t->w->today;
  answer_add(t->w, &t->w->out->resolved, &t->w->out->resolved_count, &f->id);
  return keep_finding(t->w, f, e);
}

static bool refresh(settling *t, const record *about, const rule *r, finding *f, err *e) {
  finding now = *f;
  if (!reasons_of(t, about, r, &now, e)) return false;
  memcpy(now.area, t->u->root->area, sizeof now.area);
  now.colour = r->colour;
  if (text_equal(now.reasons, f->reasons) && text_equal(now.says_zh, f->says_zh) &&
      strcmp(now.area, f->area) == 0 && now.colour == f->colour)
    return true;
  return keep_finding(t->w, &now, e);
}

static bool look_at(settling *t, const record *about, err *e) {
  const pack *p = t->u->pack;
  for (size_t i = 0; i < p->rule_count; i++) {
    const rule *r = &p->rules[i];
    if (r->of != about->kind->index) continue;
    finding *f = open_finding(t, about, r);
    if (!in_force(r, t->w->today)) {
      if (r->from != DAY_NONE && r->from > t->w->today &&
          (t->u->wake == DAY_NONE || r->from < t->u->wake))
        t->u->wake = r->from;
      if (f && !resolve(t, f, e)) return false;
      continue;
    }
    if (r->to != DAY_NONE && (t->u->wake == DAY_NONE || r->to + 1 < t->u->wake))
      t->u->wake = r->to + 1;
    value v = unit_eval(t->u, about, &about->kind->scope, r->when, NULL);
    bool raised = v.type == VALUE_BOOL ? v.yes : f != NULL; /* not known: as it was */
    if (raised && r->colour > t->worst) t->worst = r->colour;
    if (v.type != VALUE_BOOL) continue;
    if (v.yes && !f && !raise(t, about, r, e)) return false;
    if (v.yes && f && !refresh(t, about, r, f, e)) return false;
    if (!v.yes && f && !resolve(t, f, e)) return false;
  }
  return true;
}

/* Findings about subjects or by rules that are no longer there. */
static bool resolve_orphans(settling *t, err *e) {
  for (size_t i = 0; i < t->open_count; i++) {
    finding *f = &t->open[i];
    bool known = false;
    for (size_t r = 0; t->u && r < t->u->pack->rule_count; r++)
      known |= strcmp(t->u->pack->rules[r].name, f->rule) == 0;
    const record *about = known ? unit_subject(t->u, &f->subject) : NULL;
    if (about && unit_counts(t->u, about) && unit_counts(t->u, t->u->root)) continue;
    if (f->until == DAY_NONE && !resolve(t, f, e)) return false;
  }
  return true;
}

/* The root was taken back: nothing is left to find, and no case to work on. */
static bool settle_nothing(settling *t, err *e) {
  if (!resolve_orphans(t, e)) return false;
  for (size_t i = 0; i < t->case_count; i++) {
    casework *c = &t->cases[i];
    if (c->closed) continue;
    c->withdrawn = true;
    c->version = t->w->seq;
    if (!keep_case(t->w, c, e)) return false;
  }
  return true;
}

bool settle(work *w, const kind *root_kind, const uuid *root, err *e) {
  settling t = {.w = w};
  w->out->root_kind = root_kind;
  if (!summaries_make(w, root, e)) return false;
  if (!know_unit(w, root_kind, root, &t.u, &t.open, &t.open_count, &t.cases, &t.case_count, e))
    return false;
  if (!duties_enlist(w, catalog_pack_of(&w->g->packs, root_kind), t.u, root_kind, root, e))
    return false;
  if (!t.u) return settle_nothing(&t, e);
  bool counts = unit_counts(t.u, t.u->root);
  if (counts && !look_at(&t, t.u->root, e)) return false;
  for (size_t i = 0; counts && i < t.u->child_count; i++)
    if (unit_counts(t.u, t.u->children[i]) && !look_at(&t, t.u->children[i], e)) return false;
  if (!resolve_orphans(&t, e)) return false;
  for (size_t i = 0; i < t.case_count; i++)
    if (!t.cases[i].closed && t.worst < COLOUR_YELLOW) t.worst = COLOUR_YELLOW;
  record *r = t.u->root;
  if (r->colour == t.worst && r->wake == t.u->wake) return true;
  r->colour = t.worst;
  r->wake = t.u->wake;
  return store_subject_mark(w->s, r, e);
}

bool follow(work *w, const kind *root_kind, const uuid *root, err *e) {
  engine *g = w->g;
  if (!g->gathering || uuid_is_nil(&w->c->via)) return settle(w, root_kind, root, e);
  w->out->root_kind = root_kind;
  g->pending = (pending){.root_kind = root_kind,
                         .root = *root,
                         .via = w->c->via,
                         .id = w->id,
                         .officer = w->c->who.officer,
                         .seq = w->seq,
                         .at_ms = w->at_ms,
                         .verb = w->c->verb};
  return true;
}

bool settle_pending(engine *g, err *e) {
  pending p = g->pending;
  if (!p.root_kind) return true;
  g->pending = (pending){0};
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  command c = {.verb = p.verb, .id = p.id, .who = {.officer = p.officer}, .via = p.via};
  answer nobody = {0};
  work w = {.g = g,
            .s = g->s,
            .a = a,
            .c = &c,
            .out = &nobody,
            .seq = p.seq,
            .at_ms = p.at_ms,
            .today = day_of_ms(p.at_ms),
            .id = p.id};
  if (settle(&w, p.root_kind, &p.root, e)) return true;
  if (e) e->code = ERR_STORE; /* its entries are written: all of it must be rolled back */
  return false;
}
