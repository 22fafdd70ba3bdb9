/* Measures: propose, approve, run, finish, stop. */
#include "http/handlers.h"

#include <stdio.h>

static bool needs_match(request *q, int64_t *match) {
  *match = request_match(q);
  if (*match > 0) return true;
  request_problem(q, *match ? ERR_STALE : ERR_NEEDS_MATCH, NULL,
                  "办理时要带上 If-Match（看到的版本）。",
                  "This carries If-Match with the version you saw.");
  return false;
}

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
