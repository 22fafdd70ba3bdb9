/* Why: the whole trees that people ask for. */
#include "explain/explain_tree.h"

#include "engine/eval/unit_eval.h"

/* What was told of another subject says nothing of this one. */
static bool tell_about(telling *t, const record *about, err *e) {
  t->about = about;
  t->variables = ARENA_ARRAY(t->x.u->a, t->x.u->pack->variable_count + 1, bool);
  t->aggregates = ARENA_ARRAY(t->x.u->a, t->x.u->pack->aggregate_count + 1, bool);
  return (t->variables && t->aggregates) || err_memory(e);
}

static telling begin(const explaining *x) {
  return (telling){.x = *x, .left = EXPLAIN_NODES_MAX};
}

bool explain_rule(const explaining *x, const record *about, const rule *r, err *e) {
  telling t = begin(x);
  return tell_about(&t, about, e) && tell_rule(&t, r, e);
}

bool explain_variable(const explaining *x, const record *about, const variable *v, err *e) {
  telling t = begin(x);
  return tell_about(&t, about, e) && tell_variable(&t, v, e);
}

bool explain_aggregate(const explaining *x, const record *about, const aggregate *g, err *e) {
  telling t = begin(x);
  if (!tell_about(&t, about, e)) return false;
  tell_aggregate(&t, g);
  return true;
}

bool explain_event(const explaining *x, const record *about, const event *ev, err *e) {
  telling t = begin(x);
  json_out *w = x->w;
  bool cut = false;
  char id[37];
  uuid_format(&ev->id, id);
  if (!tell_about(&t, about, e)) return false;
  t.event = ev;
  if (!node_open(&t, "event", ev->kind->name, ev->kind->title)) return true;
  tell_str(w, "event", id);
  json_key(w, "text");
  json_put_text(w, record_title(about));
  tell_day(w, "since", ev->on);
  tell_str(w, "officer_name", officer_of(&t, &ev->officer));
  inputs_open(&t);
  for (size_t i = 0; i < x->u->pack->variable_count && !cut; i++) {
    const variable *d = &x->u->pack->variables[i];
    if (d->of_event != ev->kind->index) continue;
    cut = t.left == 0;
    if (!cut && !tell_variable(&t, d, e)) return false;
  }
  inputs_close(&t, cut);
  node_close(&t);
  return true;
}

static bool tell_finding(telling *t, const finding *f, err *e) {
  json_out *w = t->x.w;
  const rule *r = catalog_rule(t->x.u->packs, text_of(f->rule), NULL);
  const record *about = unit_subject(t->x.u, &f->subject);
  bool cut = false;
  if (about && !tell_about(t, about, e)) return false;
  if (!node_open(t, "finding", f->rule, r ? r->title : (label){f->rule, f->rule})) return true;
  json_key(w, "text");
  json_put_text(w, t->x.english ? f->says_en : f->says_zh);
  json_key(w, "subject");
  json_put_text(w, about ? record_title(about) : TEXT(""));
  tell_str(w, "colour", colour_name(f->colour));
  tell_day(w, "since", f->since);
  tell_day(w, "until", f->until);
  json_key(w, "reasons");
  json_put_raw(w, f->reasons.bytes ? f->reasons : TEXT("[]"));
  inputs_open(t);
  if (r && about) {
    cut = t->left == 0;
    if (!cut && !tell_rule(t, r, e)) return false;
  }
  inputs_close(t, cut);
  node_close(t);
  return true;
}

bool explain_finding(const explaining *x, const finding *f, err *e) {
  telling t = begin(x);
  return tell_finding(&t, f, e);
}

/* The stored amount counts; where today's figures give another, that one stands beside it. */
bool explain_measure(const explaining *x, const measure *m, const measure_kind *k,
                     const unit_extra *extra, err *e) {
  telling t = begin(x);
  json_out *w = x->w;
  const record *about = unit_subject(x->u, &m->subject);
  value kept = m->has_amount ? value_int(m->amount) : value_null();
  if (!tell_about(&t, about ? about : x->u->root, e)) return false;
  t.extra = extra;
  if (!node_open(&t, "measure", m->kind, k->title)) return true;
  if (m->has_amount)
    tell_value(&t, &kept, &cel_money);
  else
    tell_str(w, "text", "");
  tell_day(w, "since", m->since);
  json_key(w, "trace");
  json_put_raw(w, m->trace.bytes ? m->trace : TEXT("null"));
  if (k->amount && about) {
    value now = unit_eval(x->u, about, &k->scope, k->amount, extra);
    if (m->has_amount && now.type == VALUE_INT && now.i != m->amount) {
      AUTO_BUF buf shown = {0};
      value_print(&shown, &now, &cel_money);
      json_key(w, "now");
      json_put_int(w, now.i);
      json_key(w, "now_text");
      json_put_buf(w, &shown);
    }
    json_key(w, "formula");
    json_put_text(w, cel_program_source(k->amount));
    if (!tell_program(&t, &k->scope, k->amount, e)) return false;
  } else {
    inputs_open(&t);
    inputs_close(&t, false);
  }
  node_close(&t);
  return true;
}

bool explain_colour(const explaining *x, const finding *findings, size_t finding_count,
                    const casework *cases, size_t case_count, err *e) {
  telling t = begin(x);
  bool cut = false;
  const char *colour = colour_name(x->u->root->colour);
  if (!tell_about(&t, x->u->root, e)) return false;
  if (!node_open(&t, "colour", "colour", (label){"颜色", "colour"})) return true;
  tell_str(x->w, "value", colour);
  tell_str(x->w, "text",
           x->english                            ? colour
           : x->u->root->colour == COLOUR_RED    ? "红"
           : x->u->root->colour == COLOUR_YELLOW ? "黄"
                                                 : "绿");
  inputs_open(&t);
  for (size_t i = 0; i < finding_count && !cut; i++) {
    cut = t.left == 0;
    if (!cut && !tell_finding(&t, &findings[i], e)) return false;
  }
  for (size_t i = 0; i < case_count && !cut; i++) {
    if (cases[i].closed || cases[i].withdrawn) continue;
    cut = t.left == 0;
    if (!cut) tell_case(&t, &cases[i]);
  }
  inputs_close(&t, cut);
  node_close(&t);
  return true;
}
