/* Cases and their steps. */
#include "http/handlers.h"

#include "engine/eval/unit.h"

#include <stdio.h>

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
