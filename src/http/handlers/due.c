/* What is due: the desk of the day. */
#include "http/handlers.h"

#include "engine/rules/guards.h"

enum { DUE_MAX = 200, SOON_DAYS = 7, REST_MAX = 50 };

static bool put_due_cases(request *q, json_out *w, const char *key, day from, day to,
                          const scope *r, err *e) {
  case_query c = {.scope = *r,
                  .reach = &q->who.reach,
                  .closed = 0,
                  .due_from = from,
                  .due_to = to,
                  .after_deadline = DAY_NONE,
                  .limit = DUE_MAX};
  casework *rows = NULL;
  size_t count = 0;
  if (!store_cases(request_store(q), q->a, &c, &rows, &count, e)) return false;
  json_field_open(w, key, '[');
  for (size_t i = 0; i < count; i++) view_case(q, w, &rows[i], NULL);
  json_close(w, ']');
  return true;
}

static bool put_rest(request *q, json_out *w, day after, const scope *r, err *e) {
  case_query c = {.scope = *r,
                  .reach = &q->who.reach,
                  .closed = 0,
                  .due_from = DAY_NONE,
                  .due_to = DAY_NONE,
                  .after_deadline = DAY_NONE,
                  .limit = DUE_MAX * 4};
  casework *rows = NULL;
  size_t count = 0, shown = 0;
  if (!store_cases(request_store(q), q->a, &c, &rows, &count, e)) return false;
  json_field_open(w, "open", '[');
  for (size_t i = 0; i < count && shown < REST_MAX; i++)
    if (rows[i].deadline == DAY_NONE || rows[i].deadline > after) {
      view_case(q, w, &rows[i], NULL);
      shown++;
    }
  json_close(w, ']');
  return true;
}

static bool put_approvals(request *q, json_out *w, const scope *r, err *e) {
  measure *rows = NULL;
  size_t count = 0;
  if (!store_measures_in(
          request_store(q), q->a,
          &(measure_query){
              .scope = r, .reach = &q->who.reach, .state = "proposed", .limit = DUE_MAX},
          &rows, &count, e))
    return false;
  json_field_open(w, "approvals", '[');
  for (size_t i = 0; i < count; i++) {
    const pack *p = NULL;
    const measure_kind *k = catalog_measure(request_packs(q), text_of(rows[i].kind), &p);
    if (k && guard_measure_allowed(request_store(q), &q->who.actor, p, k, &rows[i], "approved"))
      view_measure(q, w, &rows[i]);
  }
  json_close(w, ']');
  return true;
}

static bool put_counts(request *q, json_out *w, const scope *r, err *e) {
  int64_t by_colour[3] = {0};
  state_count *states = NULL;
  size_t count = 0;
  json_field_open(w, "counts", '{');
  json_field_open(w, "subjects", '{');
  for (size_t p = 0; p < request_packs(q)->count; p++)
    for (size_t i = 0; i < request_packs(q)->packs[p]->kind_count; i++) {
      const kind *k = &request_packs(q)->packs[p]->kinds[i];
      int64_t n = 0;
      if (!reach_has_kind(&q->who.reach, k)) continue;
      if (!store_subjects_count(request_store(q), k, r, &q->who.reach, &n, e)) return false;
      json_field_int(w, k->name, n);
    }
  json_close(w, '}');
  if (!store_finding_counts(request_store(q), r, &q->who.reach, by_colour, e) ||
      !store_case_counts(request_store(q), q->a, r, &q->who.reach, &states, &count, e))
    return false;
  json_field_open(w, "findings", '{');
  json_field_int(w, "red", by_colour[COLOUR_RED]);
  json_field_int(w, "yellow", by_colour[COLOUR_YELLOW]);
  json_field_int(w, "green", by_colour[COLOUR_GREEN]);
  json_close(w, '}');
  json_field_open(w, "cases", '[');
  for (size_t i = 0; i < count; i++) {
    const pack *p = catalog_pack_of_kind(request_packs(q), states[i].kind);
    const state *s = workflow_state(
        catalog_workflow(request_packs(q), states[i].kind, states[i].workflow), states[i].state);
    label title = s ? s->title : (label){states[i].state, states[i].state};
    json_open(w, '{');
    json_field_str(w, "pack", p ? p->name : "");
    json_field_str(w, "state", states[i].state);
    json_field_label(w, "title", title);
    json_field_int(w, "n", states[i].n);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
  return true;
}

bool handle_due(request *q, err *e) {
  day today = request_today();
  scope r;
  if (!query_scope(q, &r, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_day(&w, "today", today);
  bool ok = put_due_cases(q, &w, "overdue", DAY_NONE, today - 1, &r, e) &&
            put_due_cases(q, &w, "soon", today, today + SOON_DAYS, &r, e) &&
            put_rest(q, &w, today + SOON_DAYS, &r, e) && put_approvals(q, &w, &r, e) &&
            put_counts(q, &w, &r, e);
  json_close(&w, '}');
  return ok;
}
