/* Events: record, correct, withdraw. */
#include "http/handlers.h"

#include "base/json_map.h"

/* What an entry set off. A row that cannot be read any more is left out. */
static void put_consequences(request *q, json_out *w, const answer *x) {
  const uuid *const lists[] = {x->opened, x->resolved};
  const size_t counts[] = {x->opened_count, x->resolved_count};
  bool sees = false;
  err ignored;
  json_field_open(w, "consequences", '{');
  for (int k = 0; k < 2; k++) {
    json_field_open(w, k ? "resolved" : "opened", '[');
    for (size_t i = 0; i < counts[k]; i++) {
      finding *f = NULL;
      bool ok = store_finding_find(request_store(q), q->a, &lists[k][i], &f, &ignored);
      if (arena_looked(q->a, ok, &ignored) && f) view_finding(q, w, f);
    }
    json_close(w, ']');
  }
  json_field_open(w, "cases", '[');
  for (size_t i = 0; i < x->case_count; i++) {
    casework *c = NULL;
    bool ok = store_case_find(request_store(q), q->a, &x->cases[i], NULL, &c, &ignored);
    const kind *k = c ? catalog_kind(request_packs(q), text_of(c->kind), NULL) : NULL;
    if (k) ok = request_sees(q, k, &c->root, c->area, &sees, &ignored);
    if (!k || !sees) c = NULL;
    if (arena_looked(q->a, ok, &ignored) && c) view_case(q, w, c, NULL);
  }
  json_close(w, ']');
  json_close(w, '}');
}

static bool after_event(request *q, err *e) {
  const pack *p = NULL;
  const event_kind *k = param_event(q, &p, e);
  uuid id;
  event *x = NULL;
  bool sees = false;
  if (!k || !param_uuid(q, 1, &id, e) ||
      !store_event_find(request_store(q), q->a, k, &id, NULL, &x, e) ||
      (x && !request_sees(q, &p->kinds[k->about], &x->root, x->area, &sees, e)))
    return false;
  if (!sees) x = NULL;
  bool fresh = strcmp(q->method, "PUT") == 0 && !q->job.answer.repeated;
  json_out w = request_answer(q, fresh ? 201 : 200);
  json_open(&w, '{');
  json_field_int(&w, "seq", q->job.answer.seq);
  json_key(&w, "event");
  if (x)
    view_event(q, &w, x, NULL, false);
  else
    json_put_null(&w);
  put_consequences(q, &w, &q->job.answer);
  json_close(&w, '}');
  return true;
}

static void put_listed(request *q, json_out *w, const kind *about, const event *x) {
  json_open(w, '{');
  json_key(w, "event");
  view_event(q, w, x, NULL, false);
  view_ref(q, w, about->name, &x->subject, &x->root, x->area);
  json_close(w, '}');
}

/* ?names=ID: the field that names such a subject, and its key. What is sealed is not compared:
 * *ret_none, then nothing is found. */
static bool read_names(request *q, const pack *p, event_list *x, bool *ret_none, err *e) {
  uuid id;
  *ret_none = false;
  if (!query_uuid(q, "names", &id, e)) return false;
  if (uuid_is_nil(&id)) return true;
  for (size_t i = 0; i < x->kind->field_count; i++) {
    const field *f = &x->kind->fields[i];
    const kind *of = f->of ? pack_kind(p, text_of(f->of)) : NULL;
    record *r = NULL;
    bool sees = false;
    if (!of || of->key < 0) continue;
    if (!store_subject_find(request_store(q), q->a, of, &id, NULL, &r, e)) return false;
    if (!r) continue;
    if (!request_sees(q, of, &r->root, r->area, &sees, e)) return false;
    if (!sees) continue;
    *ret_none = f->sealed || f->groups || r->fields[of->key].type != VALUE_STRING;
    if (*ret_none) continue;
    x->names = f;
    x->key = r->fields[of->key].s;
    return true;
  }
  return *ret_none || err_set(e, ERR_BAD_INPUT, "names", "这种登记里没有一项写的是这个对象。",
                              "No field of this kind of event names such a subject.");
}

static const char list_parts[] = "on.moment.number";

bool handle_events(request *q, err *e) {
  const pack *p = NULL;
  const event_kind *k = param_event(q, &p, e);
  page_cursor c;
  event **rows = NULL;
  size_t count = 0;
  bool none = false;
  if (!k || !page_read(q, list_parts, &c, e)) return false;
  when after = {c.on, c.moment, c.number};
  event_list x = {.kind = k,
                  .reach = &q->who.reach,
                  .newest_first = true,
                  .after = c.given ? &after : NULL,
                  .limit = query_limit(q) + 1};
  if (!query_day(q, "from", DAY_NONE, &x.from, e) || !query_day(q, "to", DAY_NONE, &x.to, e) ||
      !query_scope(q, &x.scope, e) || !query_uuid(q, "officer", &x.officer, e) ||
      !read_names(q, p, &x, &none, e) ||
      (!none && !store_events_list(request_store(q), q->a, &x, &rows, &count, e)))
    return false;
  bool more = count == x.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) put_listed(q, &w, &p->kinds[k->about], rows[i]);
  if (more) {
    when last = event_when(rows[count - 1]);
    c = (page_cursor){.on = last.on, .moment = last.moment, .number = last.seq};
  }
  page_end(&w, list_parts, more ? &c : NULL);
  return true;
}

bool handle_event_put(request *q, err *e) {
  static const char *const take[] = {"subject", "on", "fields", "replaces", NULL};
  const event_kind *k = param_event(q, NULL, e);
  uuid id;
  if (!k || !param_uuid(q, 1, &id, e)) return false;
  json *body = param_command(q, take, k->name, &id, e);
  return body && request_command(q, VERB_EVENT, &id, body, 0, after_event);
}

bool handle_event_delete(request *q, err *e) {
  const event_kind *k = param_event(q, NULL, e);
  uuid id, entry_id = uuid_v7_now();
  if (!k || !param_uuid(q, 1, &id, e)) return false;
  json *body = json_map_new(q->a);
  if (!json_set_text(q->a, body, "kind", text_of(k->name)) || !json_set_uuid(q->a, body, "id", &id))
    return err_memory(e);
  return request_command(q, VERB_WITHDRAW, &entry_id, body, 0, after_event);
}
