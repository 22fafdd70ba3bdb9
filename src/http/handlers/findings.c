/* Findings: what the rules opened. */
#include "http/handlers.h"

bool handle_findings(request *q, err *e) {
  static const char parts[] = "on.id";
  page_cursor c;
  written_name rule;
  if (!page_read(q, parts, &c, e) || !query_own_name(q, "rule", &rule, e)) return false;
  if (!rule.pack && catalog_rule(request_packs(q), rule.name).several)
    return err_set(e, ERR_BAD_INPUT, "rule", "有几个业务包都有这条规则，请写成 业务包.规则。",
                   "Several packs have a rule of that name; write pack.rule.");
  finding_query f = {.reach = &q->who.reach,
                     .open_only = !text_is(query_text(q, "state"), "all"),
                     .colour = query_colour(q),
                     .rule = rule.name.bytes ? rule.name.at : NULL,
                     .pack = rule.pack,
                     .has_after = c.given,
                     .after_since = c.on,
                     .after_id = c.id,
                     .limit = query_limit(q) + 1};
  finding *rows = NULL;
  size_t count = 0;
  if (!query_scope(q, &f.scope, e)) return false;
  if (!store_findings(request_store(q), q->a, &f, &rows, &count, e)) return false;
  bool more = count == f.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) view_finding(q, &w, &rows[i]);
  if (more) c = (page_cursor){.on = rows[count - 1].since, .id = rows[count - 1].id};
  page_end(&w, parts, more ? &c : NULL);
  return true;
}
