/* Findings: what the rules raised. */
#include "http/handlers.h"

#include <stdio.h>

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
