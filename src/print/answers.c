/* What was filled in with a step or a measure. */
#include "engine/eval/display.h"
#include "engine/rules/derived_events.h"
#include "pack/model/field_value.h"
#include "print/print_internal.h"

/* The step that the event was made of: of the same entry. */
static bool find_step(running *r, text *ret_form, err *e) {
  casework *cases = NULL;
  size_t count = 0;
  if (!store_cases_of(r->s, r->a, &r->of->root, &cases, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    const workflow *w = pack_workflow(r->p->pack, text_of(cases[i].workflow));
    step *steps = NULL;
    size_t n = 0;
    if (!w) continue;
    if (!store_steps(r->s, r->a, &cases[i].id, &steps, &n, e)) return false;
    for (size_t k = 0; k < n; k++) {
      const uuid id = step_event_id(&cases[i].id, steps[k].seq, steps[k].to);
      const transition *t = workflow_transition(w, text_of(steps[k].transition));
      if (!t || !uuid_equal(&id, &r->event)) continue;
      r->asked = t->fields;
      r->asked_count = t->field_count;
      *ret_form = steps[k].form;
    }
  }
  return true;
}

static bool find_measure(running *r, text *ret_form, err *e) {
  measure *all = NULL;
  size_t count = 0;
  if (!store_measures_of(r->s, r->a, &r->of->root, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    const uuid id = measure_event_id(&all[i].id, all[i].version);
    const measure_kind *k = pack_measure(r->p->pack, text_of(all[i].kind));
    if (!k || !uuid_equal(&id, &r->event)) continue;
    r->asked = k->fields;
    r->asked_count = k->field_count;
    *ret_form = all[i].form;
  }
  return true;
}

static bool find_answers(running *r, err *e) {
  text form = {0};
  if (!find_step(r, &form, e) || (!r->asked && !find_measure(r, &form, e))) return false;
  if (form.bytes) r->answers = json_parse(r->a, form, e);
  return !form.bytes || r->answers;
}

/* NULL: nobody filled it in. */
static const field *find_answer(running *r, const char *name, value *ret) {
  err e = {0};
  if (!r->looked) {
    r->looked = true;
    arena_looked(r->a, find_answers(r, &e), &e);
  }
  const field *f = r->asked ? field_find(r->asked, r->asked_count, text_of(name)) : NULL;
  const json *given = f ? json_get(r->answers, name) : NULL;
  if (!given) return NULL;
  const bool ok = field_read_json(f, r->a, given, DAY_MAX, ret, &e);
  return arena_looked(r->a, ok, &e) ? f : NULL;
}

/* Names of people, never logins. */
static void put_names(const running *r, buf *b, text logins) {
  text word;
  for (size_t i = 0; text_next_word(&logins, &word); i++) {
    if (i) buf_str(b, r->p->english ? ", " : "、");
    buf_text(b, ledger_officer_name(r->v->ledger.names, word));
  }
}

void print_put_answer(running *r, buf *b, const char *name) {
  value v;
  const field *f = find_answer(r, name, &v);
  if (!f) return;
  const how_shown how = sight_of_field(&r->v->ledger.sight, f);
  if (f->type == FIELD_DATE && how == SHOWN_CLEAR && v.type == VALUE_INT)
    paper_put_day(b, (day)v.i, true, r->p->english);
  else if ((f->format == FORMAT_OFFICER || f->format == FORMAT_OFFICERS) && how == SHOWN_CLEAR)
    put_names(r, b, v.s);
  else
    field_print(b, f, &v, how, r->p->english);
}

const char *print_answer_title(running *r, const char *name) {
  value v;
  const field *f = find_answer(r, name, &v);
  return !f ? name : r->p->english ? f->title.en : f->title.zh;
}

bool print_answer_number(running *r, const char *name, int64_t *ret) {
  value v;
  const field *f = find_answer(r, name, &v);
  if (!f || v.type != VALUE_INT || sight_of_field(&r->v->ledger.sight, f) != SHOWN_CLEAR)
    return false;
  *ret = v.i;
  return true;
}
