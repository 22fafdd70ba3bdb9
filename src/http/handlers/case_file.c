/* The file of a unit: one read, everything that a desk or a phone shows of it at once. */
#include "http/handlers.h"

#include "engine/eval/display.h"
#include "engine/eval/reasons.h"
#include "engine/eval/unit_eval.h"

#include <stdlib.h>

static void put_missing(request *q, json_out *w, unit *u, const record *about, const value *v) {
  (void)q;
  json_field_open(w, "missing", '[');
  for (const missing *m = v->type == VALUE_UNKNOWN ? v->missing : NULL; m; m = m->next) {
    json_open(w, '{');
    json_field_str(w, "name", m->name);
    json_field_label(w, "title", unit_missing_title(u, about->kind, m->name));
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_variables(request *q, json_out *w, unit *u, const sight *s) {
  json_field_open(w, "variables", '[');
  for (size_t i = 0; i < u->pack->variable_count; i++) {
    const variable *d = &u->pack->variables[i];
    const how_shown how = sight_of(s, d->reads);
    if (d->of != u->root->kind->index || how == SHOWN_NOT) continue;
    u->provisional = false;
    value v = unit_variable(u, u->root, d);
    AUTO_BUF buf shown = {0};
    json_open(w, '{');
    json_field_str(w, "name", d->name);
    json_field_label(w, "title", d->title);
    json_key(w, "value");
    if (how != SHOWN_CLEAR || v.type == VALUE_UNKNOWN || v.type == VALUE_ERROR)
      json_put_null(w);
    else
      value_put_json(w, &v, d->type);
    if (how == SHOWN_CLEAR)
      value_say(&shown, &v, d->type, q->english);
    else
      buf_str(&shown, FIELD_STARS);
    json_field_buf(w, "text", &shown);
    if (u->provisional) json_field_bool(w, "provisional", true);
    put_missing(q, w, u, u->root, &v);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* Rules that read an absent fact: listed with what is missing, never passed over in silence. */
static void put_cannot_tell(request *q, json_out *w, unit *u, const sight *s) {
  json_field_open(w, "cannot_tell", '[');
  for (size_t i = 0; i < u->pack->rule_count; i++) {
    const rule *r = &u->pack->rules[i];
    if (!day_in_range(r->from, r->to, u->today)) continue;
    if (sight_of_finding(s, u->pack, r) == SHOWN_NOT) continue;
    for (size_t k = 0; k <= u->child_count; k++) {
      const record *about = k ? u->children[k - 1] : u->root;
      if (about->kind->index != r->of) continue;
      value v = unit_eval(u, about, &about->kind->scope, r->when, NULL);
      if (v.type != VALUE_UNKNOWN) continue;
      json_open(w, '{');
      json_field_str(w, "rule", r->name);
      json_field_label(w, "title", r->title);
      json_field_uuid(w, "subject", &about->id);
      json_field_text(w, "subject_title", record_title(about));
      put_missing(q, w, u, about, &v);
      json_close(w, '}');
    }
  }
  json_close(w, ']');
}

static int newer(const void *a, const void *b) {
  const event *x = *(event *const *)a, *y = *(event *const *)b;
  return when_compare(event_when(y), event_when(x));
}

static bool put_events(request *q, json_out *w, unit *u, bool clear, const sight *s, err *e) {
  event **all = NULL;
  size_t n = 0, room = 0;
  for (size_t k = 0; k < u->pack->event_count; k++) {
    event **some = NULL;
    size_t count = 0;
    /* measures and steps are shown as such */
    if (u->pack->events[k].derived && !u->pack->events[k].summary) continue;
    if (sight_of(s, u->pack->events[k].groups) == SHOWN_NOT) continue;
    if (!store_events(request_store(q), q->a,
                      &(event_query){.kind = &u->pack->events[k],
                                     .root = u->root->id,
                                     .from = DAY_NONE,
                                     .withdrawn_too = true},
                      &some, &count, e))
      return false;
    for (size_t i = 0; i < count; i++) {
      event **more = ARENA_GROW(q->a, all, n, &room, event *);
      if (!more) return err_memory(e);
      all = more;
      all[n++] = some[i];
    }
  }
  if (n) qsort(all, n, sizeof *all, newer);
  json_field_open(w, "events", '[');
  for (size_t i = 0; i < n; i++) view_event(q, w, all[i], u, clear);
  json_close(w, ']');
  return true;
}

/* Findings, cases, measures, amendments. */
static bool put_work(request *q, json_out *w, unit *u, err *e) {
  finding *findings = NULL;
  casework *cases = NULL;
  measure *measures = NULL;
  amendment *amendments = NULL;
  size_t finding_count = 0, case_count = 0, measure_count = 0, amendment_count = 0;
  store *s = request_store(q);
  if (!store_findings_of(s, q->a, &u->root->id, false, &findings, &finding_count, e) ||
      !store_cases_of(s, q->a, &u->root->id, &cases, &case_count, e) ||
      !store_measures_of(s, q->a, &u->root->id, &measures, &measure_count, e) ||
      !store_amendments_of(s, q->a, &u->root->id, &amendments, &amendment_count, e))
    return false;
  json_field_open(w, "findings", '[');
  for (size_t i = 0; i < finding_count; i++) view_finding(q, w, &findings[i]);
  json_close(w, ']');
  json_field_open(w, "cases", '[');
  for (size_t i = case_count; i-- > 0;) view_case(q, w, &cases[i], u);
  json_close(w, ']');
  json_field_open(w, "measures", '[');
  for (size_t i = measure_count; i-- > 0;) view_measure(q, w, &measures[i]);
  json_close(w, ']');
  json_field_open(w, "amendments", '[');
  for (size_t i = 0; i < amendment_count; i++) view_amendment(q, w, &amendments[i]);
  json_close(w, ']');
  return true;
}

static bool put_case_file(request *q, json_out *w, unit *u, bool clear, err *e) {
  sight s = request_sight(q, u->pack, u->root->area, &u->root->id);
  s.unmasked = clear;
  json_open(w, '{');
  json_key(w, "subject");
  view_subject(q, w, u->root, clear);
  json_field_open(w, "children", '[');
  for (size_t i = 0; i < u->child_count; i++) view_subject(q, w, u->children[i], clear);
  json_close(w, ']');
  put_variables(q, w, u, &s);
  put_cannot_tell(q, w, u, &s);
  if (!put_work(q, w, u, e) || !follow_ups_put_of_unit(q, w, &u->root->id, e) ||
      !put_events(q, w, u, clear, &s, e))
    return false;
  json_close(w, '}');
  return true;
}

/* The unit of the address, in scope: what is not is not there, even to be looked at. */
static unit *read_unit(request *q, err *e) {
  const kind *k = param_kind(q, 0, e);
  if (!k) return NULL;
  if (k->parent < 0) {
    const record *r = param_subject(q, e);
    return r ? request_unit(q, k, &r->id, e) : NULL;
  }
  err_set(e, ERR_UNKNOWN_NAME, "kind", "只有上级对象才有档案，请打开它的上级。",
          "Only root subjects have a file; open its root.");
  return NULL;
}

static bool answer_case_file(request *q, unit *u, bool clear, err *e) {
  json_out w = request_answer(q, 200);
  request_etag(q, u->root->version);
  return put_case_file(q, &w, u, clear, e);
}

static bool show_clear(request *q, err *e) {
  unit *u = read_unit(q, e);
  return u && answer_case_file(q, u, true, e);
}

bool handle_case_file(request *q, err *e) {
  unit *u = read_unit(q, e);
  if (!u) return false;
  if (!query_clear(q)) return answer_case_file(q, u, false, e);
  return param_note_unmask(q, u->root, show_clear, e);
}
