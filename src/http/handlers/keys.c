/* Keys: the names that forms choose from. */
#include "http/handlers.h"

enum { KEYS_MAX = 100 };

static bool is_referred_to(const catalog *packs, const kind *k) {
  const pack *p = catalog_pack_of(packs, k);
  for (size_t i = 0; i < p->kind_count; i++)
    for (size_t f = 0; f < p->kinds[i].field_count; f++)
      if (p->kinds[i].fields[f].of && strcmp(p->kinds[i].fields[f].of, k->name) == 0) return true;
  for (size_t i = 0; i < p->event_count; i++)
    for (size_t f = 0; f < p->events[i].field_count; f++)
      if (p->events[i].fields[f].of && strcmp(p->events[i].fields[f].of, k->name) == 0) return true;
  for (size_t i = 0; i < p->measure_count; i++)
    for (size_t f = 0; f < p->measures[i].field_count; f++)
      if (p->measures[i].fields[f].of && strcmp(p->measures[i].fields[f].of, k->name) == 0)
        return true;
  for (size_t i = 0; i < p->workflow_count; i++)
    for (size_t t = 0; t < p->workflows[i].transition_count; t++) {
      const transition *x = &p->workflows[i].transitions[t];
      for (size_t f = 0; f < x->field_count; f++)
        if (x->fields[f].of && strcmp(x->fields[f].of, k->name) == 0) return true;
    }
  return false;
}

/* Only key and title, and only of kinds that fields refer to. What is registered for the whole
 * county may be chosen whatever one's areas; what stands in a village or town only where one sees
 * it. */
bool handle_keys(request *q, err *e) {
  const kind *k = param_kind(q, 0, e);
  subject_query x = {.kind = k,
                     .words = query_text(q, "q"),
                     .colour = -1,
                     .scope = scope_all(),
                     .limit = KEYS_MAX};
  record **rows = NULL;
  size_t count = 0;
  if (!k) return false;
  if (k->key < 0 || k->fields[k->key].privacy != PRIVACY_OPEN ||
      !is_referred_to(request_packs(q), k))
    return err_set(e, ERR_NOT_ALLOWED, "kind", "没有哪一项要从这类对象里选，不能列出它们的编号。",
                   "Nothing is chosen from this kind, so its keys are not listed.");
  if (k->registered_at != AREA_PROVINCE) x.reach = &q->who.reach;
  if (!store_subjects(request_store(q), q->a, &x, &rows, &count, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) {
    const value *over = k->end_date_field < 0 ? NULL : &rows[i]->fields[k->end_date_field];
    if (over && over->type == VALUE_INT && over->i <= request_today()) continue;
    if (rows[i]->fields[k->key].type != VALUE_STRING) continue;
    json_open(&w, '{');
    json_field_text(&w, "key", rows[i]->fields[k->key].s);
    json_field_text(&w, "title", record_title(rows[i]));
    json_close(&w, '}');
  }
  page_end(&w, "", NULL);
  return true;
}
