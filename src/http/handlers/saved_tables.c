/* Tables kept under a name: whose they are, what they ask. They are made by POST /tables. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "store/rows/saved_tables.h"

static void put_saved(request *q, json_out *w, const saved_table *x) {
  json_open(w, '{');
  json_field_uuid(w, "id", &x->id);
  json_field_str(w, "name", x->name);
  json_field_str(w, "officer_name", view_officer_name(q, &x->officer));
  json_field_bool(w, "own", uuid_equal(&x->officer, &q->who.officer->id));
  json_field_bool(w, "shared", x->shared);
  json_field_str(w, "period", x->period);
  json_key(w, "asked");
  json_put_raw(w, x->asked);
  json_close(w, '}');
}

static bool sees_rows(request *q, const saved_table *x) {
  const pack *owner = NULL;
  const kind *k = catalog_kind(request_packs(q), text_of(x->rows), &owner);
  const event_kind *ev = k ? NULL : catalog_event(request_packs(q), text_of(x->rows), &owner);
  if (ev) k = &owner->kinds[ev->about];
  return k && reach_has_kind(&q->who.reach, k);
}

bool handle_saved_tables(request *q, err *e) {
  saved_table *rows = NULL;
  size_t count = 0;
  if (!store_saved_tables(request_store(q), q->a, &q->who.officer->id, &rows, &count, e))
    return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++)
    if (sees_rows(q, &rows[i])) put_saved(q, &w, &rows[i]);
  page_end(&w, "", NULL);
  return true;
}

static bool after_save(request *q, err *e) {
  saved_table *x = NULL;
  uuid id;
  if (!param_uuid(q, 0, &id, e) || !store_saved_table_find(request_store(q), q->a, &id, &x, e))
    return false;
  if (!x) return err_set(e, ERR_INTERNAL, NULL, "登记后读不到。", "It cannot be read.");
  json_out w = request_answer(q, 200);
  put_saved(q, &w, x);
  return true;
}

bool handle_saved_table_put(request *q, err *e) {
  static const char *const take[] = {"name", "asked", "period", "shared", NULL};
  uuid id, entry = uuid_v7_now();
  if (!param_uuid(q, 0, &id, e)) return false;
  const json *body = param_command(q, take, NULL, &id, e);
  return body && request_command(q, VERB_TABLE, &entry, body, 0, after_save);
}

bool handle_saved_table_delete(request *q, err *e) {
  uuid id, entry = uuid_v7_now();
  json *body = json_map_new(q->a);
  if (!param_uuid(q, 0, &id, e)) return false;
  if (!body || !json_set_uuid(q->a, body, "id", &id) || !json_set_bool(q->a, body, "removed", true))
    return err_memory(e);
  return request_command(q, VERB_TABLE, &entry, body, 0, after_save);
}
