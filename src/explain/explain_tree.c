/* Why: nodes of what an expression read, down to the facts. */
#include "explain/explain_tree.h"
#include "pack/json.h"

#include "base/json_fields.h"
#include "pack/model/reads.h"
#include "engine/eval/display.h"
#include "engine/eval/slot_value.h"
#include "engine/eval/reasons.h"
#include "engine/eval/unit_eval.h"

/* No day, and the first of all days, are null. */
void explain_put_day(json_out *w, const char *key, day d) {
  json_field_day(w, key, d <= DAY_MIN ? DAY_NONE : d);
}

bool explain_node_open(explain_writer *t, const char *kind_word, const char *name, label title) {
  if (t->left == 0) return false;
  t->left--;
  json_open(t->x.w, '{');
  json_field_str(t->x.w, "kind", kind_word);
  json_field_str(t->x.w, "name", name);
  json_field_label(t->x.w, "title", title);
  return true;
}

void explain_node_close(explain_writer *t) {
  json_close(t->x.w, '}');
}

void explain_inputs_open(explain_writer *t) {
  json_field_open(t->x.w, "inputs", '[');
}

void explain_inputs_close(explain_writer *t, bool cut) {
  json_close(t->x.w, ']');
  if (!cut && t->left) return;
  json_field_bool(t->x.w, "cut", true);
}

static void explain_no_inputs(explain_writer *t) {
  explain_inputs_open(t);
  explain_inputs_close(t, false);
}

/* ---- values ---- */

/* With `title`, that of the only one; else the unit knows them. */
static void explain_put_missing_names(explain_writer *t, const missing *list, const label *title) {
  json_out *w = t->x.w;
  json_field_open(w, "missing", '[');
  for (const missing *m = list; m; m = m->next) {
    json_open(w, '{');
    json_field_str(w, "name", m->name);
    json_field_label(w, "title",
                     title ? *title : unit_missing_title(t->x.u, t->about->kind, m->name));
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void explain_put_missing(explain_writer *t, const value *v) {
  if (v->type == VALUE_UNKNOWN) explain_put_missing_names(t, v->missing, NULL);
}

static const char *truth(const value *v, bool english) {
  if (v->type != VALUE_BOOL) return english ? "cannot be told" : "无法判断";
  if (v->yes) return english ? "holds" : "成立";
  return english ? "does not hold" : "不成立";
}

/* text, value and what is missing. */
void explain_put_value(explain_writer *t, const value *v, const cel_type *type) {
  json_out *w = t->x.w;
  AUTO_BUF buf shown = {0};
  bool known = v->type != VALUE_UNKNOWN && v->type != VALUE_ERROR;
  if (v->type == VALUE_ERROR && v->error)
    buf_str(&shown, t->x.english ? v->error->en : v->error->zh);
  else
    value_say(&shown, v, type, t->x.english);
  json_field_buf(w, "text", &shown);
  json_key(w, "value");
  if (known)
    value_put_json(w, v, type);
  else
    json_put_null(w);
  explain_put_missing(t, v);
}

/* Stars where the value tells of what he is not shown in clear; true: it was. */
static bool explain_put_hidden(explain_writer *t, uint32_t reads) {
  if (sight_of(&t->x.see, reads) == SHOWN_CLEAR) return false;
  json_field_str(t->x.w, "text", FIELD_STARS);
  json_key(t->x.w, "value");
  json_put_null(t->x.w);
  return true;
}

static void explain_put_truth(explain_writer *t, const value *v, uint32_t reads) {
  if (explain_put_hidden(t, reads)) return;
  json_field_str(t->x.w, "text",
                 v->type == VALUE_ERROR && v->error ? (t->x.english ? v->error->en : v->error->zh)
                                                    : truth(v, t->x.english));
  json_key(t->x.w, "value");
  if (v->type == VALUE_BOOL)
    json_put_bool(t->x.w, v->yes);
  else
    json_put_null(t->x.w);
  explain_put_missing(t, v);
}

static void explain_put_field_value(explain_writer *t, const field *f, const value *v) {
  AUTO_BUF buf shown = {0};
  const how_shown how = sight_of_field(&t->x.see, f);
  if (how == SHOWN_NOT) {
    explain_put_hidden(t, field_reads(f));
    return;
  }
  field_print(&shown, f, v, how, t->x.english);
  json_field_buf(t->x.w, "text", &shown);
  json_key(t->x.w, "value");
  field_put_json(t->x.w, f, v, how);
  if (v->type != VALUE_UNKNOWN) return;
  missing itself = {.name = f->name};
  explain_put_missing_names(t, &itself, &f->title);
}

/* ---- fields, with who said it ---- */

const char *explain_officer(explain_writer *t, const uuid *id) {
  if (uuid_is_nil(id)) return t->x.english ? "the system" : "系统";
  if (t->officer_name && uuid_equal(&t->officer, id)) return t->officer_name;
  officer *o = NULL;
  err ignored;
  t->officer = *id;
  bool ok = store_officer_find(t->x.s, t->x.u->a, id, &o, &ignored);
  t->officer_name = arena_looked(t->x.u->a, ok, &ignored) && o ? o->name : "";
  return t->officer_name;
}

static label source_title(const explain_writer *t, const char *source) {
  const event_kind *ev = catalog_event(t->x.u->packs, text_of(source), NULL);
  if (ev) return ev->title;
  return strcmp(source, "import") == 0 ? (label){"导入", "import"} : (label){"登记", "desk"};
}

static bool explain_put_field(explain_writer *t, const record *r, int index, const char *name,
                              label title, err *e) {
  json_out *w = t->x.w;
  const field *f = &r->kind->fields[index];
  fact *last = NULL;
  if (!store_fact_find(t->x.s, t->x.u->a, r, f, &last, e)) return false;
  if (!explain_node_open(t, "field", name, title)) return true;
  explain_put_field_value(t, f, &r->fields[index]);
  if (last) {
    char at[30];
    instant_format(last->at_ms, at);
    explain_put_day(w, "since", last->since);
    json_field_str(w, "source", last->source);
    json_field_label(w, "source_title", source_title(t, last->source));
    json_field_str(w, "at", at);
    json_field_str(w, "officer_name", explain_officer(t, &last->officer));
  }
  explain_no_inputs(t);
  explain_node_close(t);
  return true;
}

static const name_scope *scope_of(const explain_writer *t) {
  return t->event ? &t->event->kind->scope : &t->about->kind->scope;
}

static const field *fields_of(const explain_writer *t) {
  return t->event ? t->event->kind->fields : t->about->kind->fields;
}

/* Formulas and parameters are those of this day. */
static day day_of(const explain_writer *t) {
  return t->event ? t->event->on : t->x.u->today;
}

static value eval(const explain_writer *t, const name_scope *sc, const cel_program *p) {
  return t->event ? unit_event_eval(t->x.u, t->event, p)
                  : unit_eval(t->x.u, t->about, sc, p, t->extra);
}

static void explain_put_event_field(explain_writer *t, int index) {
  const event *ev = t->event;
  const field *f = &ev->kind->fields[index];
  if (!explain_node_open(t, "field", f->name, f->title)) return;
  value v = ev->fields[index];
  explain_put_field_value(t, f, &v);
  explain_put_day(t->x.w, "since", ev->on);
  json_field_str(t->x.w, "source", ev->kind->name);
  json_field_label(t->x.w, "source_title", ev->kind->title);
  json_field_str(t->x.w, "officer_name", explain_officer(t, &ev->officer));
  explain_no_inputs(t);
  explain_node_close(t);
}

/* ---- records within an expression ---- */

/* Whether `name` is picked from a record somewhere below. */
static bool selects(const node *n, const char *name) {
  if (n->kind == NODE_SELECT && text_is(n->name, name)) return true;
  for (size_t i = 0; i < n->count; i++)
    if (n->items[i] && selects(n->items[i], name)) return true;
  return false;
}

static bool explain_put_child_fields(explain_writer *t, const kind *k, const cel_program *p,
                                     bool *cut, err *e) {
  unit *u = t->x.u;
  size_t nth = 0;
  for (size_t i = 0; i < u->child_count; i++) {
    const record *child = u->children[i];
    if (child->kind != k) continue;
    if (nth == EXPLAIN_CHILDREN_MAX) {
      *cut = true;
      return true;
    }
    bool counts = unit_counts(u, child);
    for (size_t f = 0; counts && f < k->field_count; f++) {
      if (!selects(cel_tree(p), k->fields[f].name)) continue;
      const char *name = arena_printf(u->a, "%s[%zu].%s", k->plural, nth, k->fields[f].name);
      if (!name) return err_memory(e);
      if ((*cut = t->left == 0)) return true;
      if (!explain_put_field(t, child, (int)f, name, unit_missing_title(u, t->about->kind, name),
                             e))
        return false;
    }
    nth++;
  }
  return true;
}

static bool explain_put_children(explain_writer *t, const kind *k, const cel_program *p, err *e) {
  unit *u = t->x.u;
  int64_t n = 0;
  bool cut = false;
  for (size_t i = 0; i < u->child_count; i++)
    n += u->children[i]->kind == k && unit_counts(u, u->children[i]);
  value v = value_int(n);
  if (!explain_node_open(t, "children", k->plural, k->title)) return true;
  explain_put_value(t, &v, &cel_int);
  explain_inputs_open(t);
  if (!explain_put_child_fields(t, k, p, &cut, e)) return false;
  explain_inputs_close(t, cut);
  explain_node_close(t);
  return true;
}

static bool explain_put_record(explain_writer *t, const record *r, const cel_program *p, err *e) {
  unit *u = t->x.u;
  const kind *k = r->kind;
  for (size_t f = 0; f < k->field_count; f++) {
    if (!selects(cel_tree(p), k->fields[f].name)) continue;
    const char *name = arena_printf(u->a, "%s.%s", k->name, k->fields[f].name);
    if (!name) return err_memory(e);
    if (!explain_put_field(t, r, (int)f, name, k->fields[f].title, e)) return false;
  }
  return true;
}

void explain_put_case(explain_writer *t, const casework *c) {
  const workflow *flow = pack_workflow(t->x.u->pack, text_of(c->workflow));
  const state *s = workflow_state(flow, c->state);
  label state_title = s ? s->title : (label){c->state, c->state};
  if (!explain_node_open(t, "case", c->process,
                         flow ? flow->title : (label){c->workflow, c->workflow}))
    return;
  char id[37];
  uuid_format(&c->id, id);
  json_field_str(t->x.w, "case", id);
  json_field_str(t->x.w, "text", t->x.english ? state_title.en : state_title.zh);
  json_field_str(t->x.w, "value", c->state);
  explain_put_day(t->x.w, "since", c->since);
  explain_put_day(t->x.w, "deadline", c->deadline);
  if (c->deadline_provisional) json_field_bool(t->x.w, "deadline_provisional", true);
  explain_no_inputs(t);
  explain_node_close(t);
}

static void explain_put_form(explain_writer *t) {
  if (!t->extra || !t->extra->form) return;
  if (!explain_node_open(t, "form", "form", (label){"填写内容", "what was filled in"})) return;
  bool cut = false;
  explain_inputs_open(t);
  for (size_t i = 0; i < t->extra->form_count && !cut; i++) {
    const field *f = &t->extra->form_fields[i];
    cut = !explain_node_open(t, "field", f->name, f->title);
    if (cut) break;
    explain_put_field_value(t, f, &t->extra->form[i]);
    explain_no_inputs(t);
    explain_node_close(t);
  }
  explain_inputs_close(t, cut);
  explain_node_close(t);
}

/* ---- parameters, aggregates, variables ---- */

static void explain_put_parameter(explain_writer *t, const parameter *p, const slot_value *x) {
  json_out *w = t->x.w;
  if (!explain_node_open(t, "parameter", p->name, x->title)) return;
  explain_put_value(t, &x->value, x->type);
  json_field_str(w, "type", p->kind);
  type_put_measure(w, p->one);
  explain_put_day(w, "since", x->since);
  json_field_str(w, "reference", x->reference);
  explain_no_inputs(t);
  explain_node_close(t);
}

/* What an event adds, for people. */
static void explain_put_contribution(explain_writer *t, const aggregate *g, const event *x) {
  json_out *w = t->x.w;
  const event_kind *k = &t->x.u->pack->events[g->over];
  if (explain_put_hidden(t, k->groups | reads_of(t->x.u->pack, &k->scope, k->fields, g->what)))
    return;
  if (g->what) {
    value v = unit_event_eval(t->x.u, x, g->what);
    explain_put_value(t, &v, cel_program_type(g->what));
    return;
  }
  const record *who = unit_subject(t->x.u, &x->subject);
  char on[11];
  day_format(x->on, on);
  json_field_text(w, "text",
                  g->op == AGG_SUBJECTS ? (who ? record_title(who) : TEXT(""))
                  : g->op == AGG_DAYS   ? text_of(on)
                                        : TEXT("1"));
}

static void explain_put_event(explain_writer *t, const aggregate *g, const event *x,
                              const value *says) {
  json_out *w = t->x.w;
  char id[37];
  uuid_format(&x->id, id);
  json_open(w, '{');
  json_field_str(w, "id", id);
  json_field_str(w, "kind", x->kind->name);
  json_field_label(w, "title", x->kind->title);
  explain_put_day(w, "on", x->on);
  json_field_str(w, "officer_name", explain_officer(t, &x->officer));
  if (says->type == VALUE_BOOL) {
    explain_put_contribution(t, g, x);
  } else { /* it cannot be told whether it counts */
    json_field_str(w, "text", truth(says, t->x.english));
    explain_put_missing(t, says);
  }
  json_close(w, '}');
}

/* The events as the aggregate goes through them, newest first. */
static void explain_put_events(explain_writer *t, const aggregate *g) {
  unit *u = t->x.u;
  json_out *w = t->x.w;
  day from = aggregate_first_day(g, u->today);
  int64_t n = 0, shown = 0;
  json_field_open(w, "window", '{');
  explain_put_day(w, "from", from);
  explain_put_day(w, "to", u->today);
  json_close(w, '}');
  json_field_open(w, "events", '[');
  for (size_t i = 0; i < u->event_counts[g->over]; i++) {
    const event *x = u->events[g->over][i];
    if (x->on < from || x->on > u->today) continue;
    if (t->about != u->root && !uuid_equal(&x->subject, &t->about->id)) continue;
    value says = g->where ? unit_event_eval(u, x, g->where) : value_bool(true);
    if (says.type == VALUE_BOOL && !says.yes) continue;
    n += says.type == VALUE_BOOL;
    if (shown == EXPLAIN_EVENTS_MAX) continue;
    shown++;
    explain_put_event(t, g, x, &says);
  }
  json_close(w, ']');
  json_field_int(w, "count", n);
}

void explain_put_aggregate(explain_writer *t, const aggregate *g) {
  static const char *const ops[] = {
      [AGG_COUNT] = "count", [AGG_SUM] = "sum",   [AGG_LAST] = "last",
      [AGG_FIRST] = "first", [AGG_MIN] = "min",   [AGG_MAX] = "max",
      [AGG_MEAN] = "mean",   [AGG_DAYS] = "days", [AGG_SUBJECTS] = "subjects"};
  unit *u = t->x.u;
  value v = unit_aggregate(u, t->about, g);
  if (!explain_node_open(t, "aggregate", g->name, g->title)) return;
  const bool hidden = explain_put_hidden(t, g->reads);
  if (!hidden) explain_put_value(t, &v, g->type);
  bool *seen = &t->aggregates[g - u->pack->aggregates];
  if (hidden) {
    /* nor which events it is made of */
  } else if (*seen) {
    json_field_bool(t->x.w, "seen", true);
  } else {
    *seen = true;
    json_field_str(t->x.w, "op", ops[g->op]);
    explain_put_events(t, g);
  }
  explain_no_inputs(t);
  explain_node_close(t);
}

/* As an aggregate over the events before this one. */
static bool explain_put_earlier(explain_writer *t, const variable *d, err *e) {
  const event **list;
  size_t n;
  json_out *w = t->x.w;
  const aggregate as = {.over = t->event->kind->index,
                        .op = d->earlier ? AGG_SUM : AGG_COUNT,
                        .what = d->earlier,
                        .type = d->type};
  const value yes = value_bool(true);
  if (!unit_earlier(t->x.u, t->event, d, &list, &n)) return err_memory(e);
  json_field_str(w, "op", d->earlier ? "sum" : "count");
  json_field_open(w, "window", '{');
  explain_put_day(w, "from",
                  d->since == WINDOW_CALENDAR_MONTH ? day_month_start(t->event->on)
                                                    : day_year_start(t->event->on));
  explain_put_day(w, "to", t->event->on);
  json_close(w, '}');
  json_field_open(w, "events", '[');
  for (size_t i = n; i-- > 0 && n - i <= EXPLAIN_EVENTS_MAX;)
    explain_put_event(t, &as, list[i], &yes);
  json_close(w, ']');
  json_field_int(w, "count", (int64_t)n);
  explain_no_inputs(t);
  return true;
}

bool explain_put_variable(explain_writer *t, const variable *d, err *e) {
  unit *u = t->x.u;
  value v = t->event ? unit_event_variable(u, t->event, d) : unit_variable(u, t->about, d);
  const dated_program *now = variable_formula(d, day_of(t));
  const name_scope *sc = scope_of(t);
  if (!explain_node_open(t, "variable", d->name, d->title)) return true;
  if (!explain_put_hidden(t, d->reads)) explain_put_value(t, &v, d->type);
  bool *seen = &t->variables[d - u->pack->variables];
  bool earlier = t->event && (d->earlier || d->count_earlier);
  if (earlier && !*seen) {
    *seen = true;
    if (!explain_put_earlier(t, d, e)) return false;
  } else if (*seen || !now) {
    json_field_bool(t->x.w, "seen", *seen);
    explain_no_inputs(t);
  } else {
    *seen = true;
    json_field_text(t->x.w, "formula", cel_program_source(now->program));
    explain_put_day(t->x.w, "since", now->from);
    if (!explain_put_program(t, sc, now->program, e)) return false;
  }
  explain_node_close(t);
  return true;
}

/* ---- expressions ---- */

static bool explain_put_slot(explain_writer *t, const name_scope *sc, const cel_program *p,
                             int number, err *e) {
  const slot *at = &sc->slots[number];
  const pack *pk = t->x.u->pack;
  switch (at->kind) {
  case SLOT_FIELD:
    if (!t->event)
      return explain_put_field(t, t->about, at->index, cel_env_name(sc->env, number),
                               t->about->kind->fields[at->index].title, e);
    explain_put_event_field(t, at->index);
    return true;
  case SLOT_VARIABLE:
    return explain_put_variable(t, &pk->variables[at->index], e);
  case SLOT_AGGREGATE:
    explain_put_aggregate(t, &pk->aggregates[at->index]);
    return true;
  case SLOT_CHILDREN:
    return explain_put_children(t, &pk->kinds[at->index], p, e);
  case SLOT_PARENT:
    return explain_put_record(t, t->x.u->root, p, e);
  case SLOT_ABOUT:
    return explain_put_record(t, t->about, p, e);
  case SLOT_CASE:
    if (t->extra && t->extra->casework) explain_put_case(t, t->extra->casework);
    return true;
  case SLOT_FORM:
    explain_put_form(t);
    return true;
  case SLOT_PARAMETER:
  case SLOT_ON:
  case SLOT_AREA:
    break;
  }
  const slot_value x = unit_slot(t->x.u, t->about, t->event, sc, number);
  if (at->kind == SLOT_PARAMETER) {
    explain_put_parameter(t, &pk->parameters[at->index], &x);
  } else if (explain_node_open(t, "field", x.name, x.title)) {
    explain_put_value(t, &x.value, x.type);
    explain_no_inputs(t);
    explain_node_close(t);
  }
  return true;
}

static bool explain_put_slots(explain_writer *t, const name_scope *sc, const cel_program *p,
                              err *e) {
  size_t count = 0;
  bool cut = false;
  const int *slots = cel_program_slots(p, &count);
  explain_inputs_open(t);
  for (size_t i = 0; i < count && !cut; i++) {
    cut = t->left == 0;
    if (!cut && !explain_put_slot(t, sc, p, slots[i], e)) return false;
  }
  explain_inputs_close(t, cut);
  return true;
}

static bool explain_put_condition(explain_writer *t, const name_scope *sc, const cel_program *p,
                                  err *e) {
  value v = eval(t, sc, p);
  if (!explain_node_open(t, "condition", "", (label){"条件", "condition"})) return true;
  json_field_text(t->x.w, "formula", cel_program_source(p));
  explain_put_truth(t, &v, reads_of(t->x.u->pack, sc, fields_of(t), p));
  if (!explain_put_program(t, sc, p, e)) return false;
  explain_node_close(t);
  return true;
}

/* The operands as programs of their own; NULL: they do not stand alone, so the whole is told. */
static const cel_program **operands_of(explain_writer *t, const name_scope *sc,
                                       const cel_program *p, size_t *count, err *e) {
  arena *a = t->x.u->a;
  const text *parts = cel_operands(p, a, count);
  const cel_program **out = parts ? ARENA_ARRAY(a, *count, const cel_program *) : NULL;
  if (!out) {
    err_memory(e);
    return NULL;
  }
  for (size_t i = 0; *count > 1 && i < *count; i++) {
    out[i] = cel_compile(a, sc->env, parts[i], &cel_bool, e);
    if (out[i]) continue;
    if (e->code == ERR_MEMORY) return NULL;
    *count = 1;
  }
  if (*count == 1) out[0] = p;
  return out;
}

bool explain_put_program(explain_writer *t, const name_scope *sc, const cel_program *p, err *e) {
  size_t count = 0;
  bool cut = false;
  const cel_program **parts = operands_of(t, sc, p, &count, e);
  if (!parts) return false;
  if (count == 1) return explain_put_slots(t, sc, p, e);
  json_field_str(t->x.w, "op", cel_tree(p)->kind == NODE_AND ? "and" : "or");
  explain_inputs_open(t);
  for (size_t i = 0; i < count && !cut; i++) {
    cut = t->left == 0;
    if (!cut && !explain_put_condition(t, sc, parts[i], e)) return false;
  }
  explain_inputs_close(t, cut);
  return true;
}

bool explain_put_rule(explain_writer *t, const rule *r, err *e) {
  const name_scope *sc = &t->about->kind->scope;
  value v = unit_eval(t->x.u, t->about, sc, r->when, NULL);
  if (!explain_node_open(t, "rule", r->name, r->title)) return true;
  json_field_text(t->x.w, "formula", cel_program_source(r->when));
  explain_put_truth(t, &v, reads_of(t->x.u->pack, sc, t->about->kind->fields, r->when));
  explain_put_day(t->x.w, "since", r->from);
  explain_put_day(t->x.w, "until", r->to);
  if (!explain_put_program(t, sc, r->when, e)) return false;
  explain_node_close(t);
  return true;
}
