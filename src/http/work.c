/* The loop: what is due, findings, cases and their steps, measures. */
#include "http/handlers.h"

#include <stdio.h>

static void fail_or(request *q, bool ok, const err *e) {
  if (!ok) request_fail(q, e);
}

/* ---- findings ---- */

void handle_findings(request *q) {
  text state_name = request_query(q, "state"), rule_name = request_query(q, "rule"),
       cursor = request_query(q, "cursor");
  finding_query f = {.reach = query_reach(q),
                     .open_only = !text_is(state_name, "all"),
                     .colour = query_colour(q),
                     .rule = rule_name.bytes ? rule_name.at : NULL,
                     .limit = query_limit(q) + 1};
  f.has_after = cursor.bytes == 10 + 1 + 36 && day_parse((text){cursor.at, 10}, &f.after_since) &&
                uuid_parse((text){cursor.at + 11, 36}, &f.after_id);
  finding *rows = NULL;
  size_t count = 0;
  err e;
  if (!store_findings(request_store(q), q->a, &f, &rows, &count, &e)) {
    request_fail(q, &e);
    return;
  }
  bool more = count == f.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) put_finding(q, &w, &rows[i]);
  json_close(&w, ']');
  json_key(&w, "next");
  if (more) {
    char id[37], on[11], next[64];
    uuid_format(&rows[count - 1].id, id);
    day_format(rows[count - 1].since, on);
    snprintf(next, sizeof next, "%s.%s", on, id);
    json_put_str(&w, next);
  } else {
    json_put_null(&w);
  }
  json_close(&w, '}');
}

/* ---- cases ---- */

static void case_cursor(const casework *c, char out[64]) {
  char id[37], on[11] = "----------";
  uuid_format(&c->id, id);
  if (c->deadline != DAY_NONE) day_format(c->deadline, on);
  snprintf(out, 64, "%s.%s", on, id);
}

void handle_cases(request *q) {
  text state_name = request_query(q, "state"), process = request_query(q, "process"),
       cursor = request_query(q, "cursor");
  case_query c = {.reach = query_reach(q),
                  .process = process.bytes ? process.at : NULL,
                  .closed = text_is(state_name, "closed") ? 1
                            : text_is(state_name, "all")  ? -1
                                                          : 0,
                  .due_from = DAY_NONE,
                  .due_to = DAY_NONE,
                  .after_deadline = DAY_NONE,
                  .limit = query_limit(q) + 1};
  if (state_name.bytes && !text_is(state_name, "open") && !text_is(state_name, "closed") &&
      !text_is(state_name, "all")) {
    c.state = state_name.at;
    c.closed = -1;
  }
  c.has_after = cursor.bytes == 10 + 1 + 36 && uuid_parse((text){cursor.at + 11, 36}, &c.after_id);
  if (c.has_after && !day_parse((text){cursor.at, 10}, &c.after_deadline))
    c.after_deadline = DAY_NONE;
  casework *rows = NULL;
  size_t count = 0;
  err e;
  if (!store_cases(request_store(q), q->a, &c, &rows, &count, &e)) {
    request_fail(q, &e);
    return;
  }
  bool more = count == c.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) put_case(q, &w, &rows[i], NULL);
  json_close(&w, ']');
  json_key(&w, "next");
  char next[64];
  if (more) case_cursor(&rows[count - 1], next);
  json_put_str(&w, more ? next : NULL);
  json_close(&w, '}');
}

static void answer_case(request *q, const uuid *id) {
  casework *c = NULL;
  err e;
  if (!store_case(request_store(q), q->a, id, &q->who.reach, &c, &e)) {
    request_fail(q, &e);
    return;
  }
  const kind *k = c ? catalog_kind(request_packs(q), text_of(c->kind), NULL) : NULL;
  if (!k) {
    request_problem(q, ERR_UNKNOWN_NAME, "id", "没有找到这个个案，或者不在您的管辖范围内。",
                    "There is no such case, or it is outside your areas.");
    return;
  }
  unit *u = request_unit(q, k, &c->root);
  if (!u) return;
  json_out w = request_answer(q, 200);
  put_case(q, &w, c, u);
  set_etag(q, c->version);
}

void handle_case(request *q) {
  uuid id;
  if (param_uuid(q, 0, &id)) answer_case(q, &id);
}

static bool needs_match(request *q, int64_t *match) {
  *match = request_match(q);
  if (*match > 0) return true;
  request_problem(q, *match ? ERR_STALE : ERR_NEEDS_MATCH, NULL,
                  "办理时要带上 If-Match（看到的版本）。",
                  "This carries If-Match with the version you saw.");
  return false;
}

void handle_transition(request *q) {
  uuid id, entry_id;
  char s[37];
  int64_t match;
  json *sent;
  if (!param_uuid(q, 0, &id) || !needs_match(q, &match) || !request_json(q, &sent)) return;
  if (!uuid_parse(json_text(sent, "id"), &entry_id)) entry_id = uuid_v7_now();
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  uuid_format(&id, s);
  json_open(&w, '{');
  put_str(&w, "case", s);
  json_key(&w, "transition");
  json_put_text(&w, json_text(sent, "transition"));
  if (json_has(sent, "form")) {
    json_key(&w, "form");
    json_put(&w, json_get(sent, "form"));
  }
  json_key(&w, "note");
  json_put_text(&w, json_text(sent, "note"));
  json_close(&w, '}');
  json *body = make_body(q, &b);
  if (!body) return;
  request_command(q, VERB_MOVE, &entry_id, body, handle_case);
  q->job.command.match = match;
}

/* ---- measures ---- */

static void after_measure(request *q) {
  uuid id;
  measure *m = NULL;
  err e;
  if (!param_uuid(q, 0, &id)) return;
  if (!store_measure(request_store(q), q->a, &id, &q->who.reach, &m, &e)) {
    request_fail(q, &e);
    return;
  }
  if (!m) {
    request_problem(q, ERR_UNKNOWN_NAME, "id", "没有找到这项措施。", "There is no such measure.");
    return;
  }
  bool fresh = !q->job.answer.again && q->job.command.match == 0;
  json_out w = request_answer(q, fresh ? 201 : 200);
  put_measure(q, &w, m);
  set_etag(q, m->version);
}

void handle_measure_put(request *q) {
  static const char *const take[] = {"kind", "subject", "case", "form", "state", "note", NULL};
  uuid id;
  char s[37];
  json *sent;
  int64_t match = 0;
  if (!param_uuid(q, 0, &id) || !request_json(q, &sent)) return;
  bool moves = json_has(sent, "state");
  if (moves && !needs_match(q, &match)) return;
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  uuid_format(&id, s);
  json_open(&w, '{');
  put_str(&w, "id", s);
  for (size_t i = 0; take[i]; i++) {
    if (!json_has(sent, take[i])) continue;
    json_key(&w, take[i]);
    json_put(&w, json_get(sent, take[i]));
  }
  json_close(&w, '}');
  json *body = make_body(q, &b);
  if (!body) return;
  uuid entry_id = moves ? uuid_v7_now() : id;
  request_command(q, VERB_MEASURE, &entry_id, body, after_measure);
  q->job.command.match = match;
}

/* ---- what is due ---- */

enum { DUE_MAX = 200, SOON_DAYS = 7, REST_MAX = 50 };

static bool put_due_cases(request *q, json_out *w, const char *key, day from, day to,
                          const reach *r, err *e) {
  case_query c = {.reach = *r,
                  .closed = 0,
                  .due_from = from,
                  .due_to = to,
                  .after_deadline = DAY_NONE,
                  .limit = DUE_MAX};
  casework *rows = NULL;
  size_t count = 0;
  if (!store_cases(request_store(q), q->a, &c, &rows, &count, e)) return false;
  json_key(w, key);
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) put_case(q, w, &rows[i], NULL);
  json_close(w, ']');
  return true;
}

static bool put_rest(request *q, json_out *w, day after, const reach *r, err *e) {
  case_query c = {.reach = *r,
                  .closed = 0,
                  .due_from = DAY_NONE,
                  .due_to = DAY_NONE,
                  .after_deadline = DAY_NONE,
                  .limit = DUE_MAX * 4};
  casework *rows = NULL;
  size_t count = 0, shown = 0;
  if (!store_cases(request_store(q), q->a, &c, &rows, &count, e)) return false;
  json_key(w, "open");
  json_open(w, '[');
  for (size_t i = 0; i < count && shown < REST_MAX; i++)
    if (rows[i].deadline == DAY_NONE || rows[i].deadline > after) {
      put_case(q, w, &rows[i], NULL);
      shown++;
    }
  json_close(w, ']');
  return true;
}

static bool put_approvals(request *q, json_out *w, const reach *r, err *e) {
  measure *rows = NULL;
  size_t count = 0;
  if (!store_measures_in(request_store(q), q->a, r, "proposed", DUE_MAX, &rows, &count, e))
    return false;
  json_key(w, "approvals");
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) {
    const measure_kind *k = catalog_measure(request_packs(q), text_of(rows[i].kind), NULL);
    if (k && measure_may(&q->who.actor, k, &rows[i], "approved")) put_measure(q, w, &rows[i]);
  }
  json_close(w, ']');
  return true;
}

static bool put_counts(request *q, json_out *w, const reach *r, err *e) {
  int64_t by_colour[3] = {0};
  state_count *states = NULL;
  size_t count = 0;
  json_key(w, "counts");
  json_open(w, '{');
  json_key(w, "subjects");
  json_open(w, '{');
  for (size_t p = 0; p < request_packs(q)->count; p++)
    for (size_t i = 0; i < request_packs(q)->packs[p]->kind_count; i++) {
      const kind *k = &request_packs(q)->packs[p]->kinds[i];
      int64_t n = 0;
      if (!store_count(request_store(q), k, r, &n, e)) return false;
      put_int(w, k->name, n);
    }
  json_close(w, '}');
  if (!store_finding_counts(request_store(q), r, by_colour, e) ||
      !store_case_counts(request_store(q), q->a, r, &states, &count, e))
    return false;
  json_key(w, "findings");
  json_open(w, '{');
  put_int(w, "red", by_colour[COLOUR_RED]);
  put_int(w, "yellow", by_colour[COLOUR_YELLOW]);
  put_int(w, "green", by_colour[COLOUR_GREEN]);
  json_close(w, '}');
  json_key(w, "cases");
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) {
    const workflow *flow = workflow_named(request_packs(q), states[i].workflow);
    label title = {states[i].state, states[i].state};
    for (size_t k = 0; flow && k < flow->state_count; k++)
      if (strcmp(flow->states[k].name, states[i].state) == 0) title = flow->states[k].title;
    json_open(w, '{');
    put_str(w, "state", states[i].state);
    put_label(w, "title", title);
    put_int(w, "n", states[i].n);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_close(w, '}');
  return true;
}

void handle_due(request *q) {
  day today = request_today();
  reach r = query_reach(q);
  err e;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  put_day(&w, "today", today);
  bool ok = put_due_cases(q, &w, "overdue", DAY_NONE, today - 1, &r, &e) &&
            put_due_cases(q, &w, "soon", today, today + SOON_DAYS, &r, &e) &&
            put_rest(q, &w, today + SOON_DAYS, &r, &e) && put_approvals(q, &w, &r, &e) &&
            put_counts(q, &w, &r, &e);
  json_close(&w, '}');
  fail_or(q, ok, &e);
}
