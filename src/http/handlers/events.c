/* Events: record, correct, withdraw. */
#include "http/handlers.h"

#include <stdio.h>

static json *body_with(request *q, const char *const *take) {
  uuid u;
  return param_uuid(q, 1, &u) ? body_taking(q, take, q->params[0], &u) : NULL;
}

static void put_consequences(request *q, json_out *w, const answer *x) {
  err e;
  json_key(w, "consequences");
  json_open(w, '{');
  const uuid *const lists[] = {x->raised, x->resolved};
  const size_t counts[] = {x->raised_count, x->resolved_count};
  for (int k = 0; k < 2; k++) {
    json_key(w, k ? "resolved" : "raised");
    json_open(w, '[');
    for (size_t i = 0; i < counts[k]; i++) {
      finding *f = NULL;
      if (store_finding(request_store(q), q->a, &lists[k][i], &f, &e) && f) put_finding(q, w, f);
    }
    json_close(w, ']');
  }
  json_key(w, "cases");
  json_open(w, '[');
  for (size_t i = 0; i < x->case_count; i++) {
    casework *c = NULL;
    if (store_case(request_store(q), q->a, &x->cases[i], &q->who.reach, &c, &e) && c)
      put_case(q, w, c, NULL);
  }
  json_close(w, ']');
  json_close(w, '}');
}

static void after_event(request *q) {
  const event_kind *k = catalog_event(request_packs(q), q->params[0], NULL);
  uuid id;
  event *x = NULL;
  err e;
  if (!k || !param_uuid(q, 1, &id)) return;
  if (!store_event(request_store(q), q->a, k, &id, &q->who.reach, &x, &e)) {
    request_fail(q, &e);
    return;
  }
  bool fresh = strcmp(q->method, "PUT") == 0 && !q->job.answer.again;
  json_out w = request_answer(q, fresh ? 201 : 200);
  json_open(&w, '{');
  put_int(&w, "seq", q->job.answer.seq);
  json_key(&w, "event");
  if (x)
    put_event(q, &w, x, NULL, false);
  else
    json_put_null(&w);
  put_consequences(q, &w, &q->job.answer);
  json_close(&w, '}');
}

void handle_event_put(request *q) {
  static const char *const take[] = {"subject", "on", "fields", "replaces", NULL};
  uuid id;
  if (!param_event(q, NULL) || !param_uuid(q, 1, &id)) return;
  json *body = body_with(q, take);
  if (body) request_command(q, VERB_EVENT, &id, body, after_event);
}

void handle_event_delete(request *q) {
  uuid id, entry_id = uuid_v7_now();
  char s[37];
  const event_kind *k = param_event(q, NULL);
  if (!k || !param_uuid(q, 1, &id)) return;
  AUTO_BUF buf b = {0};
  uuid_format(&id, s);
  buf_printf(&b, "{\"kind\":\"%s\",\"id\":\"%s\"}", k->name, s);
  json *body = make_body(q, &b);
  if (body) request_command(q, VERB_WITHDRAW, &entry_id, body, after_event);
}
