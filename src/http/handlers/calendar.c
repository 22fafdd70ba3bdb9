/* The county's holiday notices: what is known, and taking in the next. */
#include "base/json_map.h"
#include "http/handlers.h"

enum { CASES_SHOWN = 200 };

static void put_year(json_out *w, const char *key, bool known, int year) {
  json_key(w, key);
  if (known)
    json_put_int(w, year);
  else
    json_put_null(w);
}

bool handle_calendar(request *q, err *e) {
  (void)e;
  const calendar *c = engine_calendar(request_engine(q));
  calendar_notices all = calendar_known(c);
  int first = 0, last = 0;
  bool known = calendar_years(c, &first, &last);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  put_year(&w, "first", known, first);
  put_year(&w, "last", known, last);
  json_key(&w, "notices");
  calendar_write_json(&w, &all);
  json_close(&w, '}');
  return true;
}

static bool after_notices(request *q, err *e) {
  const answer *x = &q->job.answer;
  int first = 0, last = 0;
  calendar_years(engine_calendar(request_engine(q)), &first, &last);
  json_out w = request_answer(q, x->repeated ? 200 : 201);
  json_open(&w, '{');
  json_field_int(&w, "seq", x->seq);
  json_field_int(&w, "first", first);
  json_field_int(&w, "last", last);
  json_field_int(&w, "changed", (int64_t)x->case_count);
  json_field_open(&w, "cases", '[');
  for (size_t i = 0; i < x->case_count && i < CASES_SHOWN; i++) {
    casework *c = NULL;
    if (!store_case_find(request_store(q), q->a, &x->cases[i], NULL, &c, e)) return false;
    if (c) view_case(q, &w, c, NULL);
  }
  json_close(&w, ']');
  json_close(&w, '}');
  return true;
}

bool handle_calendar_take(request *q, err *e) {
  uuid id;
  json *sent = param_body(q, e), *body = json_map_new(q->a);
  if (!sent) return false;
  if (!json_has(sent, "id"))
    id = uuid_v7_now();
  else if (!uuid_parse(json_text(sent, "id"), &id))
    return err_set(e, ERR_BAD_INPUT, "id", "“id”应是一个 UUID。", "\"id\" must be a UUID.");
  static const char *const taken[] = {"notices", "withdrawn", "reason"};
  for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
    const json *part = json_get(sent, taken[i]);
    if (part && !json_set(q->a, body, taken[i], part)) return err_memory(e);
  }
  return request_command(q, VERB_CALENDAR, &id, body, 0, after_notices);
}
