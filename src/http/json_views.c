#include "http/json_views.h"
#include "pack/json.h"
#include "pack/model/field_value.h"
#include "pack/model/reads.h"

#include "engine/eval/display.h"
#include "engine/eval/unit_eval.h"
#include "engine/officers.h"
#include "engine/rules/guards.h"

#include <stdio.h>

static void put_raw(json_out *w, const char *key, text tree, const char *otherwise) {
  json_key(w, key);
  json_put_raw(w, tree.bytes ? tree : text_of(otherwise));
}

const char *view_area_name(request *q, const char *code) {
  const char *name = "";
  err ignored;
  if (!code[0]) return "";
  bool ok = store_area_name(request_store(q), q->a, code, &name, &ignored);
  return arena_looked(q->a, ok, &ignored) ? name : "";
}

const char *view_area_name_on(request *q, const char *code, day on) {
  const char *name = "";
  err ignored;
  bool ok = store_area_name_on(request_store(q), q->a, code, on, &name, &ignored);
  return arena_looked(q->a, ok, &ignored) ? name : "";
}

const char *view_officer_name(request *q, const uuid *id) {
  officer *o = NULL;
  err ignored;
  if (uuid_is_nil(id)) return "系统";
  bool ok = store_officer_find(request_store(q), q->a, id, &o, &ignored);
  return arena_looked(q->a, ok, &ignored) && o ? o->name : "";
}

/* ---- officers ---- */

void view_posts(request *q, json_out *w, const officer *o) {
  json_field_open(w, "posts", '[');
  for (size_t i = 0; i < o->post_count; i++) {
    json_open(w, '{');
    json_field_str(w, "role", o->posts[i].role);
    json_field_str(w, "pack", o->posts[i].pack);
    json_field_label(w, "role_title", officer_role_title(request_packs(q), &o->posts[i]));
    json_field_str(w, "area", o->posts[i].area);
    json_field_str(w, "area_name", view_area_name(q, o->posts[i].area));
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* The kinds that he sees, or (`who`) registers somewhere. */
static void put_kinds(request *q, json_out *w, const char *key, const actor *who) {
  const catalog *packs = request_packs(q);
  json_field_open(w, key, '[');
  for (size_t p = 0; p < packs->count; p++)
    for (size_t i = 0; i < packs->packs[p]->kind_count; i++) {
      const kind *k = &packs->packs[p]->kinds[i];
      if (who ? actor_registers(who, packs, k, NULL) : reach_has_kind(&q->who.reach, k))
        json_put_str(w, k->name);
    }
  json_close(w, ']');
}

void view_officer(request *q, json_out *w, const officer *o) {
  actor who = {.officer = o->id, .posts = o->posts, .post_count = o->post_count};
  json_open(w, '{');
  json_field_uuid(w, "id", &o->id);
  json_field_str(w, "name", o->name);
  json_field_str(w, "login", o->login);
  view_posts(q, w, o);
  json_field_open(w, "rights", '[');
  for (int r = 0; r < RIGHTS; r++)
    if (actor_may(&who, request_packs(q), (right)r, NULL, NULL))
      json_put_str(w, right_name((right)r));
  json_close(w, ']');
  put_kinds(q, w, "sees", NULL);
  put_kinds(q, w, "registers", &who);
  json_field_open(w, "figures", '[');
  for (size_t i = 0; i < request_packs(q)->count; i++)
    if (actor_scope_in(&who, request_packs(q), request_packs(q)->packs[i]).count)
      json_put_str(w, request_packs(q)->packs[i]->name);
  json_close(w, ']');
  json_field_bool(w, "admin", actor_may(&who, request_packs(q), RIGHT_ADMINISTER, NULL, NULL));
  json_close(w, '}');
}

/* ---- subjects ---- */

static void put_title(json_out *w, const record *r) {
  json_field_text(w, "title", record_title(r));
}

static void subject_head(request *q, json_out *w, const record *r) {
  json_field_uuid(w, "id", &r->id);
  json_field_str(w, "kind", r->kind->name);
  json_field_uuid(w, "parent", &r->parent);
  json_field_uuid(w, "root", &r->root);
  json_field_str(w, "area", r->area);
  json_field_str(w, "area_name", view_area_name(q, r->area));
  put_title(w, r);
  json_field_int(w, "version", r->version);
  json_field_int(w, "created", r->created);
  if (r->kind->parent < 0) json_field_str(w, "colour", colour_name(r->colour));
}

static sight sight_of_record(request *q, const record *r, bool clear) {
  sight s = request_sight(q, catalog_pack_of(request_packs(q), r->kind), r->area, &r->root);
  s.unmasked = clear;
  return s;
}

/* What he is not shown is left out. */
static void put_fields(json_out *w, const field *fields, const value *values, const int *list,
                       size_t count, const sight *s) {
  json_field_open(w, "fields", '{');
  for (size_t k = 0; k < count; k++) {
    const size_t i = list ? (size_t)list[k] : k;
    const how_shown how = sight_of_field(s, &fields[i]);
    if (values[i].type == VALUE_UNKNOWN || how == SHOWN_NOT) continue;
    json_key(w, fields[i].name);
    field_put_json(w, &fields[i], &values[i], how);
  }
  json_close(w, '}');
}

void view_subject(request *q, json_out *w, const record *r, bool clear) {
  const sight s = sight_of_record(q, r, clear);
  json_open(w, '{');
  subject_head(q, w, r);
  put_fields(w, r->kind->fields, r->fields, NULL, r->kind->field_count, &s);
  json_close(w, '}');
}

void view_subject_line(request *q, json_out *w, const record *r) {
  const sight s = sight_of_record(q, r, false);
  json_open(w, '{');
  subject_head(q, w, r);
  put_fields(w, r->kind->fields, r->fields, r->kind->list, r->kind->list_count, &s);
  json_close(w, '}');
}

/* Who a finding, case or measure is about. */
void view_ref(request *q, json_out *w, const char *kind_name, const uuid *id, const uuid *root,
              const char *area) {
  const pack *owner = NULL;
  const kind *k = catalog_kind(request_packs(q), text_of(kind_name), &owner);
  record *r = NULL;
  err ignored;
  json_field_open(w, "subject", '{');
  json_field_str(w, "kind", kind_name);
  json_field_uuid(w, "id", id);
  json_field_uuid(w, "root", root);
  json_field_str(w, "root_kind", k && k->parent >= 0 ? owner->kinds[k->parent].name : kind_name);
  if (k)
    arena_looked(q->a, store_subject_find(request_store(q), q->a, k, id, NULL, &r, &ignored),
                 &ignored);
  if (r)
    put_title(w, r);
  else
    json_field_str(w, "title", "");
  json_field_str(w, "area", area);
  json_field_str(w, "area_name", view_area_name(q, area));
  json_close(w, '}');
}

/* What is computed of an event and told with it; what cannot be told is left out. */
static void put_display(json_out *w, unit *u, const event *x, const sight *s) {
  json_field_open(w, "display", '[');
  for (size_t i = 0; i < x->kind->display_count; i++) {
    const variable *v = &u->pack->variables[x->kind->display[i]];
    value now = unit_event_variable(u, x, v);
    AUTO_BUF buf says = {0};
    if (now.type == VALUE_UNKNOWN || now.type == VALUE_ERROR) continue;
    if (sight_of(s, v->reads) != SHOWN_CLEAR) continue;
    value_print(&says, &now, v->type);
    if (!says.bytes && buf_ok(&says)) continue;
    json_open(w, '{');
    json_field_str(w, "name", v->name);
    json_field_label(w, "title", v->title);
    json_field_buf(w, "text", &says);
    json_close(w, '}');
  }
  json_close(w, ']');
}

void view_event(request *q, json_out *w, const event *x, unit *u, bool clear) {
  const pack *owner = NULL;
  catalog_event(request_packs(q), text_of(x->kind->name), &owner);
  sight s = request_sight(q, owner, x->area, &x->root);
  s.unmasked = clear;
  json_open(w, '{');
  json_field_uuid(w, "id", &x->id);
  json_field_str(w, "kind", x->kind->name);
  json_field_uuid(w, "subject", &x->subject);
  json_field_uuid(w, "root", &x->root);
  json_field_day(w, "on", x->on);
  int64_t ms;
  if (event_time(x, &ms)) json_field_instant(w, "time", ms);
  json_field_instant(w, "at", x->at_ms);
  json_field_uuid(w, "officer", &x->officer);
  json_field_str(w, "officer_name", view_officer_name(q, &x->officer));
  json_field_bool(w, "withdrawn", x->withdrawn);
  put_fields(w, x->kind->fields, x->fields, NULL, x->kind->field_count, &s);
  if (u && x->kind->display_count) put_display(w, u, x, &s);
  json_close(w, '}');
}

/* ---- the loop ---- */

void view_finding(request *q, json_out *w, const finding *f) {
  const pack *p = catalog_pack_of_kind(request_packs(q), f->kind);
  const rule *r = p ? pack_rule(p, text_of(f->rule)) : NULL;
  sight s = {0};
  if (p) s = request_sight(q, p, f->area, &f->root);
  const how_shown how = p ? sight_of_finding(&s, p, r) : SHOWN_CLEAR;
  if (how == SHOWN_NOT) return;
  json_open(w, '{');
  json_field_uuid(w, "id", &f->id);
  json_field_str(w, "pack", p ? p->name : "");
  json_field_str(w, "rule", f->rule);
  json_field_label(w, "title", r ? r->title : (label){f->rule, f->rule});
  json_field_str(w, "colour", colour_name(f->colour));
  view_ref(q, w, f->kind, &f->subject, &f->root, f->area);
  json_field_day(w, "since", f->since);
  json_field_day(w, "until", f->until);
  json_field_bool(w, "provisional", f->provisional);
  json_field_uuid(w, "case", &f->case_id);
  json_field_open(w, "message", '{');
  json_field_text(w, "zh", how == SHOWN_CLEAR ? f->message_zh : TEXT(FIELD_STARS));
  json_field_text(w, "en", how == SHOWN_CLEAR ? f->message_en : TEXT(FIELD_STARS));
  json_close(w, '}');
  put_raw(w, "reasons", how == SHOWN_CLEAR ? f->reasons : TEXT(""), "[]");
  json_close(w, '}');
}

static label state_title(const workflow *flow, const char *name) {
  const state *s = workflow_state(flow, name);
  return s ? s->title : (label){name, name};
}

/* What was filled in: as it was said, and as people read it. */
static void put_form(json_out *w, const field *fields, size_t count, arena *a, text form,
                     const sight *s) {
  err ignored;
  json *tree = json_parse(a, form.bytes ? form : TEXT("{}"), &ignored);
  arena_looked(a, tree != NULL, &ignored);
  json_field_open(w, "form", '{');
  for (size_t i = 0; tree && i < tree->count; i++) {
    const field *f = field_find(fields, count, tree->keys[i]);
    const how_shown how = f ? sight_of_field(s, f) : SHOWN_NOT;
    if (how == SHOWN_NOT) continue;
    json_key_text(w, tree->keys[i]);
    if (how == SHOWN_CLEAR)
      json_put(w, &tree->items[i]);
    else
      json_put_str(w, FIELD_STARS);
  }
  json_close(w, '}');
  json_key(w, "answers");
  json_open(w, '[');
  for (size_t i = 0; tree && i < count; i++) {
    const json *j = json_get(tree, fields[i].name);
    value v;
    AUTO_BUF buf shown = {0};
    bool ok = j && field_read_json(&fields[i], a, j, DAY_MAX, &v, &ignored);
    const how_shown how = sight_of_field(s, &fields[i]);
    if (!j || !arena_looked(a, ok, &ignored) || how == SHOWN_NOT) continue;
    field_print(&shown, &fields[i], &v, how, false);
    json_open(w, '{');
    json_field_str(w, "name", fields[i].name);
    json_field_label(w, "title", fields[i].title);
    json_field_buf(w, "text", &shown);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_taken_back(request *q, json_out *w, const step *t) {
  json_key(w, "taken_back");
  if (!t->taken_back) {
    json_put_null(w);
    return;
  }
  json_open(w, '{');
  json_field_instant(w, "at", t->back_ms);
  json_field_str(w, "officer_name", view_officer_name(q, &t->back_by));
  json_field_text(w, "reason", t->back_reason);
  json_close(w, '}');
}

static bool may_take_back(request *q, const casework *c, const transition *t, const step *last) {
  const pack *p = NULL;
  return catalog_kind(request_packs(q), text_of(c->kind), &p) &&
         guard_may_take_back(request_store(q), &q->who.actor, request_packs(q), p, c, t, last);
}

static void put_steps(request *q, json_out *w, const casework *c, const workflow *flow,
                      const sight *s) {
  step *steps = NULL;
  size_t count = 0;
  err ignored;
  json_field_open(w, "steps", '[');
  arena_looked(q->a, store_steps(request_store(q), q->a, &c->id, &steps, &count, &ignored),
               &ignored);
  const int last = guard_last_step(steps, count);
  for (size_t i = 0; i < count; i++) {
    const step *t = &steps[i];
    const transition *tr = workflow_transition(flow, text_of(t->transition));
    json_open(w, '{');
    json_field_int(w, "seq", t->seq);
    json_field_str(w, "transition", t->transition);
    json_field_label(w, "title",
                     tr                                          ? tr->title
                     : strcmp(t->transition, CASE_TAKEN_IN) == 0 ? (label){"首次录入", "taken in"}
                     : t->from[0] ? (label){"重新发现", "found again"}
                                  : (label){"发现", "found"});
    json_field_str(w, "from", t->from);
    json_field_str(w, "to", t->to);
    json_field_label(w, "to_title", state_title(flow, t->to));
    json_field_instant(w, "at", t->at_ms);
    json_field_str(w, "officer_name", view_officer_name(q, &t->officer));
    put_form(w, tr ? tr->fields : NULL, tr ? tr->field_count : 0, q->a, t->form, s);
    json_field_text(w, "note", t->note);
    put_taken_back(q, w, t);
    json_field_bool(w, "may_take_back", (int)i == last && may_take_back(q, c, tr, t));
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* With an empty form a guard that asks about the form cannot be told yet: then the step may be
 * tried. */
static bool only_form_missing(const value *v) {
  for (const missing *m = v->missing; m; m = m->next)
    if (strncmp(m->name, "form", 4) != 0) return false;
  return true;
}

static void put_next(request *q, json_out *w, const casework *c, const workflow *flow, unit *u,
                     const unit_extra *x) {
  json_field_open(w, "next", '[');
  for (size_t i = 0; i < flow->transition_count; i++) {
    const transition *t = &flow->transitions[i];
    bool here = false;
    for (size_t f = 0; f < t->from_count; f++)
      here |= strcmp(flow->states[t->from[f]].name, c->state) == 0;
    if (!here || c->withdrawn) continue;
    err why = {.code = ERR_NONE};
    bool may =
        actor_holds_unit(&q->who.actor, u->pack, t->who, request_store(q), c->area, &c->root);
    if (!may) {
      err_set(&why, ERR_DENIED, NULL, "这一步由其他岗位办理。", "Another post takes this step.");
    } else if (t->when) {
      value v = unit_eval(u, u->root, &t->scope, t->when, x);
      if (v.type != VALUE_UNKNOWN || !only_form_missing(&v))
        may = guard_transition_allowed(u, u->root, t, x, &why);
    }
    json_open(w, '{');
    json_field_str(w, "transition", t->name);
    json_field_label(w, "title", t->title);
    json_field_str(w, "to", flow->states[t->to].name);
    json_field_label(w, "to_title", flow->states[t->to].title);
    json_key(w, "fields");
    fields_put_json(w, t->fields, t->field_count);
    json_field_bool(w, "may", may);
    json_key(w, "why_not");
    if (may) {
      json_put_null(w);
    } else {
      json_open(w, '{');
      json_field_str(w, "zh", why.zh);
      json_field_str(w, "en", why.en);
      json_close(w, '}');
    }
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_case_whole(request *q, json_out *w, const casework *c, const workflow *flow,
                           unit *u) {
  measure *measures = NULL;
  size_t count = 0;
  err ignored;
  unit_extra x = {.casework = c};
  arena_looked(q->a,
               store_measures_of(request_store(q), q->a, &c->root, &measures, &count, &ignored),
               &ignored);
  if (!arena_looked(q->a, guard_load_extra(request_store(q), q->a, c, &x, &ignored), &ignored))
    x = (unit_extra){.casework = c};
  const sight s = request_sight(q, u->pack, c->area, &c->root);
  put_steps(q, w, c, flow, &s);
  if (flow) put_next(q, w, c, flow, u, &x);
  json_field_open(w, "measures", '[');
  for (size_t i = 0; i < count; i++)
    if (uuid_equal(&measures[i].case_id, &c->id)) view_measure(q, w, &measures[i]);
  json_close(w, ']');
}

void view_case(request *q, json_out *w, const casework *c, unit *u) {
  const pack *p = catalog_pack_of_kind(request_packs(q), c->kind);
  const workflow *flow = catalog_workflow(request_packs(q), c->kind, c->workflow);
  day today = request_today();
  finding *findings = NULL;
  size_t count = 0;
  err ignored;
  json_open(w, '{');
  json_field_uuid(w, "id", &c->id);
  json_field_str(w, "pack", p ? p->name : "");
  json_field_str(w, "process", c->process);
  json_field_str(w, "workflow", c->workflow);
  json_field_label(w, "title", flow ? flow->title : (label){c->workflow, c->workflow});
  json_field_str(w, "state", c->state);
  json_field_label(w, "state_title", state_title(flow, c->state));
  json_field_bool(w, "closed", c->closed);
  view_ref(q, w, c->kind, &c->subject, &c->root, c->area);
  json_field_day(w, "opened", c->opened);
  json_field_day(w, "since", c->since);
  json_field_day(w, "deadline", c->deadline);
  json_field_bool(w, "deadline_provisional", c->deadline_provisional);
  bool dated = c->deadline != DAY_NONE && !c->closed;
  json_field_bool(w, "overdue", dated && c->deadline < today);
  json_key(w, "days_left");
  if (dated)
    json_put_int(w, c->deadline - today);
  else
    json_put_null(w);
  json_field_int(w, "relapses", c->relapses);
  json_field_int(w, "version", c->version);
  json_field_open(w, "findings", '[');
  arena_looked(
      q->a, store_findings_of(request_store(q), q->a, &c->root, false, &findings, &count, &ignored),
      &ignored);
  for (size_t i = 0; i < count; i++)
    if (uuid_equal(&findings[i].case_id, &c->id)) view_finding(q, w, &findings[i]);
  json_close(w, ']');
  if (u) put_case_whole(q, w, c, flow, u);
  json_close(w, '}');
}

void view_measure(request *q, json_out *w, const measure *m) {
  static const char *const states[] = {"approved", "refused", "running", "done", "stopped"};
  const pack *owner = NULL;
  const measure_kind *k = catalog_measure(request_packs(q), text_of(m->kind), &owner);
  sight s = {0};
  if (k) s = request_sight(q, owner, m->area, &m->root);
  const bool tells = k && sight_of(&s, reads_of_amount(owner, k)) == SHOWN_CLEAR;
  json_open(w, '{');
  json_field_uuid(w, "id", &m->id);
  json_field_str(w, "kind", m->kind);
  json_field_label(w, "title", k ? k->title : (label){m->kind, m->kind});
  view_ref(q, w, k ? owner->kinds[k->of].name : "", &m->subject, &m->root, m->area);
  json_field_uuid(w, "case", &m->case_id);
  json_field_str(w, "state", m->state);
  json_key(w, "amount");
  if (m->has_amount && tells)
    json_put_int(w, m->amount);
  else
    json_put_null(w);
  json_field_str(w, "per", k ? k->per : "once");
  int64_t paid = 0;
  err ignored;
  arena_looked(q->a, store_paid(request_store(q), &m->id, NULL, &paid, &ignored), &ignored);
  json_field_int(w, "paid", paid);
  json_field_str(w, "fund", m->fund);
  put_form(w, k ? k->fields : NULL, k ? k->field_count : 0, q->a, m->form, &s);
  json_field_text(w, "note", m->note);
  json_field_day(w, "since", m->since);
  json_field_int(w, "version", m->version);
  json_field_open(w, "next", '[');
  for (size_t i = 0; k && i < sizeof states / sizeof *states; i++)
    if (guard_measure_allowed(request_store(q), &q->who.actor, owner, k, m, states[i]))
      json_put_str(w, states[i]);
  json_close(w, ']');
  put_raw(w, "trace", tells ? m->trace : TEXT(""), "null");
  json_close(w, '}');
}
