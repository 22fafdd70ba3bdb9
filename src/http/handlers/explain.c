/* Why: the tree behind a finding, a measure's amount, or a name in a file. Always masked. */
#include "explain/explain.h"
#include "pack/model/field_value.h"

#include "engine/rules/guards.h"
#include "http/handlers.h"

static bool not_here(label what, err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "%s", "%s", LABEL(what));
}

/* The unit of a subject of any kind. */
static unit *unit_of(request *q, const kind *k, const uuid *root, err *e) {
  const pack *p = catalog_pack_of(request_packs(q), k);
  if (!reach_has_kind(&q->who.reach, k)) {
    rights_no_subject(e);
    return NULL;
  }
  return request_unit(q, k->parent >= 0 ? &p->kinds[k->parent] : k, root, e);
}

static explain_context begin_answer(request *q, unit *u, json_out *w) {
  *w = request_answer(q, 200);
  return (explain_context){.s = request_store(q),
                           .u = u,
                           .w = w,
                           .english = q->english,
                           .see = request_sight(q, u->pack, u->root->area, &u->root->id)};
}

bool handle_explain_finding(request *q, err *e) {
  uuid id;
  finding *f = NULL;
  json_out w;
  if (!param_uuid(q, 0, &id, e) || !store_finding_find(request_store(q), q->a, &id, &f, e))
    return false;
  const kind *k = f ? catalog_kind(request_packs(q), text_of(f->kind), NULL) : NULL;
  if (!k)
    return not_here((label){"没有找到这条预警，或者不在您的管辖范围内。",
                            "No such finding, or it is outside your areas."},
                    e);
  unit *u = unit_of(q, k, &f->root, e);
  if (!u) return false;
  const sight s = request_sight(q, u->pack, u->root->area, &u->root->id);
  if (sight_of_finding(&s, u->pack, pack_rule(u->pack, text_of(f->rule))) == SHOWN_NOT)
    return rights_no_subject(e);
  explain_context x = begin_answer(q, u, &w);
  return explain_finding(&x, f, e);
}

bool handle_explain_event(request *q, err *e) {
  const pack *owner = NULL;
  const event_kind *k = param_event(q, &owner, e);
  uuid id;
  event *ev = NULL;
  json_out w;
  if (!k || !param_uuid(q, 1, &id, e) ||
      !store_event_find(request_store(q), q->a, k, &id, NULL, &ev, e))
    return false;
  if (!ev)
    return not_here((label){"没有找到这条登记，或者不在您的管辖范围内。",
                            "No such record, or it is outside your areas."},
                    e);
  unit *u = unit_of(q, &owner->kinds[k->about], &ev->root, e);
  if (!u) return false;
  const record *about = unit_subject(u, &ev->subject);
  const sight s = request_sight(q, u->pack, u->root->area, &u->root->id);
  if (sight_of(&s, k->groups) == SHOWN_NOT) return rights_no_subject(e);
  if (!about)
    return not_here(
        (label){"这条登记的对象已不在册。", "The subject of this record is no longer there."}, e);
  explain_context x = begin_answer(q, u, &w);
  return explain_event(&x, about, ev, e);
}

/* ---- measures ---- */

static bool read_form(request *q, const measure *m, const measure_kind *k, unit_extra *x, err *e) {
  err ignored;
  const json *form = json_parse(q->a, m->form, &ignored);
  arena_looked(q->a, form != NULL, &ignored);
  value *values = ARENA_ARRAY(q->a, k->field_count + 1, value);
  if (!values) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) {
    const json *j = json_get(form, k->fields[i].name);
    bool ok = j && field_read_json(&k->fields[i], q->a, j, DAY_MAX, &values[i], &ignored);
    if (j && arena_looked(q->a, ok, &ignored)) continue;
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
  return store_case_find(request_store(q), q->a, &m->case_id, NULL, &c, e) &&
         (!c || guard_load_extra(request_store(q), q->a, c, x, e));
}

bool handle_explain_measure(request *q, err *e) {
  uuid id;
  measure *m = NULL;
  const pack *owner = NULL;
  unit_extra extra = {0};
  json_out w;
  if (!param_uuid(q, 0, &id, e) || !store_measure_find(request_store(q), q->a, &id, NULL, &m, e))
    return false;
  const measure_kind *k = m ? catalog_measure(request_packs(q), text_of(m->kind), &owner) : NULL;
  if (!k)
    return not_here((label){"没有找到这项措施，或者不在您的管辖范围内。",
                            "No such measure, or it is outside your areas."},
                    e);
  unit *u = unit_of(q, &owner->kinds[k->of], &m->root, e);
  if (!u || !read_form(q, m, k, &extra, e) || !read_case(q, m, &extra, e)) return false;
  explain_context x = begin_answer(q, u, &w);
  return explain_measure(&x, m, k, &extra, e);
}

/* ---- names of a subject ---- */

static bool explain_own_colour(request *q, unit *u, err *e) {
  finding *findings = NULL;
  casework *cases = NULL;
  size_t finding_count = 0, case_count = 0;
  json_out w;
  store *s = request_store(q);
  if (!store_findings_of(s, q->a, &u->root->id, true, &findings, &finding_count, e) ||
      !store_cases_of(s, q->a, &u->root->id, &cases, &case_count, e))
    return false;
  explain_context x = begin_answer(q, u, &w);
  return explain_colour(&x, findings, finding_count, cases, case_count, e);
}

static bool no_name(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "name",
                 "没有叫这个名字的计算项、合计或规则。请在 name 里写业务包里的名字，或写 colour。",
                 "There is no variable, aggregate or rule of that name here; give a name of the "
                 "pack, or colour.");
}

static bool explain_named(request *q, unit *u, const record *about, text name, err *e) {
  const pack *p = u->pack;
  const sight s = request_sight(q, p, u->root->area, &u->root->id);
  json_out w;
  for (size_t i = 0; i < p->variable_count; i++) {
    if (p->variables[i].of != about->kind->index || !text_is(name, p->variables[i].name)) continue;
    if (sight_of(&s, p->variables[i].reads) == SHOWN_NOT) return no_name(e);
    explain_context x = begin_answer(q, u, &w);
    return explain_variable(&x, about, &p->variables[i], e);
  }
  for (size_t i = 0; i < p->aggregate_count; i++) {
    if (p->aggregates[i].of != about->kind->index || !text_is(name, p->aggregates[i].name))
      continue;
    if (sight_of(&s, p->aggregates[i].reads) == SHOWN_NOT) return no_name(e);
    explain_context x = begin_answer(q, u, &w);
    return explain_aggregate(&x, about, &p->aggregates[i], e);
  }
  for (size_t i = 0; i < p->rule_count; i++) {
    if (p->rules[i].of != about->kind->index || !text_is(name, p->rules[i].name)) continue;
    if (sight_of_finding(&s, p, &p->rules[i]) == SHOWN_NOT) return no_name(e);
    explain_context x = begin_answer(q, u, &w);
    return explain_rule(&x, about, &p->rules[i], e);
  }
  if (about == u->root && text_is(name, "colour")) return explain_own_colour(q, u, e);
  return no_name(e);
}

bool handle_explain_subject(request *q, err *e) {
  const record *r = param_subject(q, e);
  unit *u = r ? unit_of(q, r->kind, &r->root, e) : NULL;
  if (!u) return false;
  const record *about = unit_subject(u, &r->id);
  if (!about) return not_here((label){"这个对象已不在册。", "This subject is no longer there."}, e);
  return explain_named(q, u, about, query_text(q, "name"), e);
}
