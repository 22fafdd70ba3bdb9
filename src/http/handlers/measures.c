/* Measures: propose, approve, run, finish, stop. */
#include "http/handlers.h"

bool handle_measures(request *q, err *e) {
  static const char parts[] = "on.id";
  page_cursor c;
  scope seen;
  measure *rows = NULL;
  size_t count = 0;
  if (!page_read(q, parts, &c, e) || !query_scope(q, &seen, e)) return false;
  const measure_query x = {.scope = &seen,
                           .reach = &q->who.reach,
                           .state = query_str(q, "state"),
                           .kind = query_str(q, "kind"),
                           .has_after = c.given,
                           .after_since = c.on,
                           .after_id = c.id,
                           .limit = query_limit(q) + 1};
  if (!store_measures_in(request_store(q), q->a, &x, &rows, &count, e)) return false;
  bool more = count == x.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) view_measure(q, &w, &rows[i]);
  if (more) c = (page_cursor){.on = rows[count - 1].since, .id = rows[count - 1].id};
  page_end(&w, parts, more ? &c : NULL);
  return true;
}

static bool after_measure(request *q, err *e) {
  uuid id;
  measure *m = NULL;
  if (!param_uuid(q, 0, &id, e) || !store_measure_find(request_store(q), q->a, &id, NULL, &m, e))
    return false;
  if (!m)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这项措施。", "There is no such measure.");
  bool fresh = !q->job.answer.repeated && q->job.command.expected_version == 0;
  json_out w = request_answer(q, fresh ? 201 : 200);
  view_measure(q, &w, m);
  request_etag(q, m->version);
  return true;
}

bool handle_measure_put(request *q, err *e) {
  static const char *const take[] = {"kind", "subject", "case", "form", "state", "note", NULL};
  uuid id;
  int64_t match = 0;
  if (!param_uuid(q, 0, &id, e)) return false;
  const json *body = param_command(q, take, NULL, &id, e);
  if (!body) return false;
  bool moves = json_has(body, "state");
  if (moves && !param_needs_match(q, &match, e)) return false;
  uuid entry_id = moves ? uuid_v7_now() : id;
  return request_command(q, VERB_MEASURE, &entry_id, body, match, after_measure);
}
