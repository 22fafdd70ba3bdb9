/* Why: the tree behind a finding, a measure's amount, or a name in a file. Always masked. */
#include "explain/explain.h"

#include "engine/rules/guards.h"
#include "http/handlers.h"

static void not_here(request *q, const char *zh, const char *en) {
  request_problem(q, ERR_UNKNOWN_NAME, "id", zh, en);
}

/* The unit of a subject of any kind; NULL: answered. */
static unit *unit_of(request *q, const kind *k, const uuid *root) {
  const pack *p = catalog_pack_of(request_packs(q), k);
  return request_unit(q, k->parent >= 0 ? &p->kinds[k->parent] : k, root);
}

static explaining begin_answer(request *q, unit *u, json_out *w) {
  *w = request_answer(q, 200);
  return (explaining){.s = request_store(q), .u = u, .w = w, .english = q->english};
}

void handle_explain_finding(request *q) {
  uuid id;
  finding *f = NULL;
  err e;
  json_out w;
  if (!param_uuid(q, 0, &id)) return;
  if (!store_finding(request_store(q), q->a, &id, &f, &e)) {
    request_fail(q, &e);
    return;
  }
  const kind *k = f && reach_has(&q->who.reach, f->area)
                      ? catalog_kind(request_packs(q), text_of(f->kind), NULL)
                      : NULL;
  if (!k) {
    not_here(q, "没有找到这条预警，或者不在您的管辖范围内。",
             "There is no such finding, or it is outside your areas.");
    return;
  }
  unit *u = unit_of(q, k, &f->root);
  if (!u) return;
  explaining x = begin_answer(q, u, &w);
  if (!explain_finding(&x, f, &e)) request_fail(q, &e);
}

void handle_explain_event(request *q) {
  const pack *owner = NULL;
  const event_kind *k = param_event(q, &owner);
  uuid id;
  event *ev = NULL;
  err e;
  json_out w;
  if (!k || !param_uuid(q, 1, &id)) return;
  if (!store_event(request_store(q), q->a, k, &id, &q->who.reach, &ev, &e)) {
    request_fail(q, &e);
    return;
  }
  if (!ev) {
    not_here(q, "没有找到这条登记，或者不在您的管辖范围内。",
             "There is no such record, or it is outside your areas.");
    return;
  }
  unit *u = unit_of(q, &owner->kinds[k->about], &ev->root);
  if (!u) return;
  const record *about = unit_subject(u, &ev->subject);
  if (!about) {
    not_here(q, "这条登记的对象已不在册。", "The subject of this record is no longer there.");
    return;
  }
  explaining x = begin_answer(q, u, &w);
  if (!explain_event(&x, about, ev, &e)) request_fail(q, &e);
}

/* ---- measures ---- */

/* What was filled in, as it is stored. */
static bool read_form(request *q, const measure *m, const measure_kind *k, unit_extra *x, err *e) {
  err ignored;
  const json *form = json_parse(q->a, m->form, &ignored);
  value *values = ARENA_ARRAY(q->a, k->field_count + 1, value);
  if (!values) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) {
    const json *j = json_get(form, k->fields[i].name);
    if (j && field_read_json(&k->fields[i], q->a, j, DAY_MAX, &values[i], &ignored)) continue;
    values[i] = value_missing(q->a, k->fields[i].name);
  }
  x->form_fields = k->fields;
  x->form_count = k->field_count;
  x->form = values;
  return true;
}

static bool read_case(request *q, const measure *m, unit_extra *x, err *e) {
  casework *c = NULL;
  if (uuid_is_nil(&m->case_id)) return true;
  return store_case(request_store(q), q->a, &m->case_id, &q->who.reach, &c, e) &&
         (!c || guard_load_extra(request_store(q), q->a, c, x, e));
}

void handle_explain_measure(request *q) {
  uuid id;
  measure *m = NULL;
  const pack *owner = NULL;
  unit_extra extra = {0};
  err e;
  json_out w;
  if (!param_uuid(q, 0, &id)) return;
  if (!store_measure(request_store(q), q->a, &id, &q->who.reach, &m, &e)) {
    request_fail(q, &e);
    return;
  }
  const measure_kind *k = m ? catalog_measure(request_packs(q), text_of(m->kind), &owner) : NULL;
  if (!k) {
    not_here(q, "没有找到这项措施，或者不在您的管辖范围内。",
             "There is no such measure, or it is outside your areas.");
    return;
  }
  unit *u = unit_of(q, &owner->kinds[k->of], &m->root);
  if (!u) return;
  if (!read_form(q, m, k, &extra, &e) || !read_case(q, m, &extra, &e)) {
    request_fail(q, &e);
    return;
  }
  explaining x = begin_answer(q, u, &w);
  if (!explain_measure(&x, m, k, &extra, &e)) request_fail(q, &e);
}

/* ---- names of a subject ---- */

static void tell_colour(request *q, unit *u) {
  finding *findings = NULL;
  casework *cases = NULL;
  size_t finding_count = 0, case_count = 0;
  err e;
  json_out w;
  store *s = request_store(q);
  if (!store_findings_of(s, q->a, &u->root->id, true, &findings, &finding_count, &e) ||
      !store_cases_of(s, q->a, &u->root->id, &cases, &case_count, &e)) {
    request_fail(q, &e);
    return;
  }
  explaining x = begin_answer(q, u, &w);
  if (!explain_colour(&x, findings, finding_count, cases, case_count, &e)) request_fail(q, &e);
}

/* True: something of that name was there, and is told (or the trouble with it is). */
static bool tell_named(request *q, unit *u, const record *about, text name) {
  const pack *p = u->pack;
  err e;
  json_out w;
  bool ok = true;
  for (size_t i = 0; i < p->variable_count; i++) {
    if (p->variables[i].of != about->kind->index || !text_is(name, p->variables[i].name)) continue;
    explaining x = begin_answer(q, u, &w);
    ok = explain_variable(&x, about, &p->variables[i], &e);
    goto told;
  }
  for (size_t i = 0; i < p->aggregate_count; i++) {
    if (p->aggregates[i].of != about->kind->index || !text_is(name, p->aggregates[i].name))
      continue;
    explaining x = begin_answer(q, u, &w);
    ok = explain_aggregate(&x, about, &p->aggregates[i], &e);
    goto told;
  }
  for (size_t i = 0; i < p->rule_count; i++) {
    if (p->rules[i].of != about->kind->index || !text_is(name, p->rules[i].name)) continue;
    explaining x = begin_answer(q, u, &w);
    ok = explain_rule(&x, about, &p->rules[i], &e);
    goto told;
  }
  return false;
told:
  if (!ok) request_fail(q, &e);
  return true;
}

void handle_explain_subject(request *q) {
  const kind *k = param_kind(q, 0);
  uuid id;
  record *r = NULL;
  err e;
  if (!k || !param_uuid(q, 1, &id)) return;
  if (!store_subject(request_store(q), q->a, k, &id, &q->who.reach, &r, &e)) {
    request_fail(q, &e);
    return;
  }
  if (!r) {
    not_here(q, "没有找到，或者不在您的管辖范围内。", "Not found, or outside your areas.");
    return;
  }
  unit *u = unit_of(q, k, &r->root);
  if (!u) return;
  const record *about = unit_subject(u, &id);
  text name = request_query(q, "name");
  if (about && tell_named(q, u, about, name)) return;
  if (about == u->root && text_is(name, "colour")) {
    tell_colour(q, u);
    return;
  }
  request_problem(q, ERR_UNKNOWN_NAME, "name",
                  "没有叫这个名字的计算项、合计或规则。请在 name 里写业务包里的名字，或写 colour。",
                  "There is no variable, aggregate or rule of that name here; give a name of the "
                  "pack, or colour.");
}
