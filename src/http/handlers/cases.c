/* Cases and their steps. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "engine/eval/unit.h"

/* ?state=: open, closed, all, or a state's name, or pack.name. */
static bool read_state(request *q, case_query *c, err *e) {
  written_name w;
  if (!query_own_name(q, "state", &w, e)) return false;
  text state = w.name;
  if (w.pack) c->pack = w.pack;
  c->closed = text_is(state, "closed") ? 1 : text_is(state, "all") ? -1 : 0;
  if (c->closed || !state.bytes || text_is(state, "open")) return true;
  c->state = state.at;
  c->closed = -1;
  return true;
}

bool handle_cases(request *q, err *e) {
  static const char parts[] = "on.id";
  page_cursor at;
  written_name process;
  if (!page_read(q, parts, &at, e) || !query_own_name(q, "process", &process, e)) return false;
  case_query c = {.reach = &q->who.reach,
                  .process = process.name.bytes ? process.name.at : NULL,
                  .pack = process.pack,
                  .due_from = DAY_NONE,
                  .due_to = DAY_NONE,
                  .has_after = at.given,
                  .after_deadline = at.given ? at.on : DAY_NONE,
                  .after_id = at.id,
                  .limit = query_limit(q) + 1};
  if (!query_scope(q, &c.scope, e) || !read_state(q, &c, e)) return false;
  casework *rows = NULL;
  size_t count = 0;
  if (!store_cases(request_store(q), q->a, &c, &rows, &count, e)) return false;
  bool more = count == c.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) view_case(q, &w, &rows[i], NULL);
  if (more) at = (page_cursor){.on = rows[count - 1].deadline, .id = rows[count - 1].id};
  page_end(&w, parts, more ? &at : NULL);
  return true;
}

bool handle_case(request *q, err *e) {
  uuid id;
  casework *c = NULL;
  if (!param_uuid(q, 0, &id, e) || !store_case_find(request_store(q), q->a, &id, NULL, &c, e))
    return false;
  const kind *k = c ? catalog_kind(request_packs(q), text_of(c->kind), NULL) : NULL;
  if (!k)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这个个案，或者不在您的管辖范围内。",
                   "No such case, or it is outside your areas.");
  unit *u = request_unit(q, k, &c->root, e);
  if (!u) return false;
  json_out w = request_answer(q, 200);
  view_case(q, &w, c, u);
  request_etag(q, c->version);
  return true;
}

bool handle_step_back(request *q, err *e) {
  uuid id, entry_id;
  int64_t match, seq;
  if (!param_uuid(q, 0, &id, e) || !param_needs_match(q, &match, e)) return false;
  const json *sent = param_body(q, e);
  if (!sent) return false;
  if (!uuid_parse(json_text(sent, "id"), &entry_id)) entry_id = uuid_v7_now();
  if (!json_int(sent, "step", &seq))
    return err_set(e, ERR_BAD_INPUT, "step", "请写明要撤回哪一步（它的 seq）。",
                   "Say which step is to be taken back, by its seq.");
  json *body = json_map_new(q->a);
  if (!json_set_uuid(q->a, body, "case", &id) || !json_set_int(q->a, body, "step", seq) ||
      !json_set_text(q->a, body, "reason", json_text(sent, "reason")))
    return err_memory(e);
  return request_command(q, VERB_STEP_BACK, &entry_id, body, match, handle_case);
}

bool handle_transition(request *q, err *e) {
  uuid id, entry_id;
  int64_t match;
  if (!param_uuid(q, 0, &id, e) || !param_needs_match(q, &match, e)) return false;
  const json *sent = param_body(q, e);
  if (!sent) return false;
  if (!uuid_parse(json_text(sent, "id"), &entry_id)) entry_id = uuid_v7_now();
  const json *form = json_get(sent, "form");
  json *body = json_map_new(q->a);
  if (!json_set_uuid(q->a, body, "case", &id) ||
      !json_set_text(q->a, body, "transition", json_text(sent, "transition")) ||
      (form && !json_set(q->a, body, "form", form)) ||
      !json_set_text(q->a, body, "note", json_text(sent, "note")))
    return err_memory(e);
  return request_command(q, VERB_MOVE, &entry_id, body, match, handle_case);
}
