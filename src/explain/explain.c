/* Why: the whole trees that people ask for. */
#include "explain/explain_tree.h"

#include "base/json_fields.h"
#include "engine/eval/display.h"
#include "pack/model/reads.h"
#include "engine/eval/unit_eval.h"

/* What was told of another subject says nothing of this one. */
static bool explain_begin_subject(explain_writer *t, const record *about, err *e) {
  t->about = about;
  t->variables = ARENA_ARRAY(t->x.u->a, t->x.u->pack->variable_count + 1, bool);
  t->aggregates = ARENA_ARRAY(t->x.u->a, t->x.u->pack->aggregate_count + 1, bool);
  return (t->variables && t->aggregates) || err_memory(e);
}

static explain_writer begin(const explain_context *x) {
  return (explain_writer){.x = *x, .left = EXPLAIN_NODES_MAX};
}

bool explain_rule(const explain_context *x, const record *about, const rule *r, err *e) {
  explain_writer t = begin(x);
  return explain_begin_subject(&t, about, e) && explain_put_rule(&t, r, e);
}

bool explain_variable(const explain_context *x, const record *about, const variable *v, err *e) {
  explain_writer t = begin(x);
  return explain_begin_subject(&t, about, e) && explain_put_variable(&t, v, e);
}

bool explain_aggregate(const explain_context *x, const record *about, const aggregate *g, err *e) {
  explain_writer t = begin(x);
  if (!explain_begin_subject(&t, about, e)) return false;
  explain_put_aggregate(&t, g);
  return true;
}

bool explain_event(const explain_context *x, const record *about, const event *ev, err *e) {
  explain_writer t = begin(x);
  json_out *w = x->w;
  bool cut = false;
  char id[37];
  uuid_format(&ev->id, id);
  if (!explain_begin_subject(&t, about, e)) return false;
  t.event = ev;
  if (!explain_node_open(&t, "event", ev->kind->name, ev->kind->title)) return true;
  json_field_str(w, "event", id);
  json_field_text(w, "text", record_title(about));
  explain_put_day(w, "since", ev->on);
  json_field_str(w, "officer_name", explain_officer(&t, &ev->officer));
  explain_inputs_open(&t);
  for (size_t i = 0; i < x->u->pack->variable_count && !cut; i++) {
    const variable *d = &x->u->pack->variables[i];
    if (d->of_event != ev->kind->index) continue;
    cut = t.left == 0;
    if (!cut && !explain_put_variable(&t, d, e)) return false;
  }
  explain_inputs_close(&t, cut);
  explain_node_close(&t);
  return true;
}

static bool explain_put_finding(explain_writer *t, const finding *f, err *e) {
  json_out *w = t->x.w;
  const rule *r = pack_rule(t->x.u->pack, text_of(f->rule));
  const record *about = unit_subject(t->x.u, &f->subject);
  bool cut = false;
  if (about && !explain_begin_subject(t, about, e)) return false;
  if (!explain_node_open(t, "finding", f->rule, r ? r->title : (label){f->rule, f->rule}))
    return true;
  const bool tells = sight_of_finding(&t->x.see, t->x.u->pack, r) == SHOWN_CLEAR;
  json_field_text(w, "text",
                  !tells         ? TEXT(FIELD_STARS)
                  : t->x.english ? f->message_en
                                 : f->message_zh);
  json_field_text(w, "subject", about ? record_title(about) : TEXT(""));
  json_field_str(w, "colour", colour_name(f->colour));
  explain_put_day(w, "since", f->since);
  explain_put_day(w, "until", f->until);
  json_key(w, "reasons");
  json_put_raw(w, tells && f->reasons.bytes ? f->reasons : TEXT("[]"));
  explain_inputs_open(t);
  if (r && about) {
    cut = t->left == 0;
    if (!cut && !explain_put_rule(t, r, e)) return false;
  }
  explain_inputs_close(t, cut);
  explain_node_close(t);
  return true;
}

bool explain_finding(const explain_context *x, const finding *f, err *e) {
  explain_writer t = begin(x);
  return explain_put_finding(&t, f, e);
}

/* The stored amount counts; where today's figures give another, that one stands beside it. */
bool explain_measure(const explain_context *x, const measure *m, const measure_kind *k,
                     const unit_extra *extra, err *e) {
  explain_writer t = begin(x);
  json_out *w = x->w;
  const record *about = unit_subject(x->u, &m->subject);
  value kept = m->has_amount ? value_int(m->amount) : value_null();
  if (!explain_begin_subject(&t, about ? about : x->u->root, e)) return false;
  t.extra = extra;
  if (!explain_node_open(&t, "measure", m->kind, k->title)) return true;
  const bool tells = sight_of(&x->see, reads_of_amount(x->u->pack, k)) == SHOWN_CLEAR;
  if (m->has_amount && tells)
    explain_put_value(&t, &kept, &cel_money);
  else
    json_field_str(w, "text", "");
  explain_put_day(w, "since", m->since);
  json_key(w, "trace");
  json_put_raw(w, tells && m->trace.bytes ? m->trace : TEXT("null"));
  if (k->amount && about && tells) {
    value now = unit_eval(x->u, about, &k->scope, k->amount, extra);
    if (m->has_amount && now.type == VALUE_INT && now.i != m->amount) {
      AUTO_BUF buf shown = {0};
      value_print(&shown, &now, &cel_money);
      json_field_int(w, "now", now.i);
      json_field_buf(w, "now_text", &shown);
    }
    json_field_text(w, "formula", cel_program_source(k->amount));
    if (!explain_put_program(&t, &k->scope, k->amount, e)) return false;
  } else {
    explain_inputs_open(&t);
    explain_inputs_close(&t, false);
  }
  explain_node_close(&t);
  return true;
}

bool explain_colour(const explain_context *x, const finding *findings, size_t finding_count,
                    const casework *cases, size_t case_count, err *e) {
  explain_writer t = begin(x);
  bool cut = false;
  const char *colour = colour_name(x->u->root->colour);
  if (!explain_begin_subject(&t, x->u->root, e)) return false;
  if (!explain_node_open(&t, "colour", "colour", (label){"颜色", "colour"})) return true;
  json_field_str(x->w, "value", colour);
  json_field_str(x->w, "text",
                 x->english                            ? colour
                 : x->u->root->colour == COLOUR_RED    ? "红"
                 : x->u->root->colour == COLOUR_YELLOW ? "黄"
                                                       : "绿");
  explain_inputs_open(&t);
  for (size_t i = 0; i < finding_count && !cut; i++) {
    const rule *r = pack_rule(x->u->pack, text_of(findings[i].rule));
    if (sight_of_finding(&x->see, x->u->pack, r) == SHOWN_NOT) continue;
    cut = t.left == 0;
    if (!cut && !explain_put_finding(&t, &findings[i], e)) return false;
  }
  for (size_t i = 0; i < case_count && !cut; i++) {
    if (cases[i].closed || cases[i].withdrawn) continue;
    cut = t.left == 0;
    if (!cut) explain_put_case(&t, &cases[i]);
  }
  explain_inputs_close(&t, cut);
  explain_node_close(&t);
  return true;
}
