/* Remembered mappings: which column of a file is what. Shared by all who import that layout. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "http/uploads.h"
#include "store/rows/mappings.h"

static bool may_see(request *q, const mapping *m, found_name *ret) {
  *ret = catalog_import(request_packs(q), text_of(m->layout));
  return request_may(q, RIGHT_IMPORT, ret->owner, NULL);
}

/* `whole`: with what its columns may be. */
static bool put_mapping(request *q, json_out *w, const mapping *m, const found_name *of, bool whole,
                        err *e) {
  const import_layout *l = of->item;
  const json *map = json_parse(q->a, m->map, e);
  if (!map) return false;
  json_open(w, '{');
  json_field_uuid(w, "id", &m->id);
  json_field_str(w, "layout", m->layout);
  json_field_label(w, "title", l ? l->title : (label){m->layout, m->layout});
  json_key(w, "map");
  json_put(w, map);
  import_target *targets = NULL;
  size_t count = 0;
  if (l && !import_targets(of->owner, l, q->a, &targets, &count, e)) return false;
  json_field_open(w, "titles", '{');
  for (size_t i = 0; i < map->count; i++) {
    const import_target *t = import_target_find(targets, count, map->items[i].s);
    if (!t) continue;
    json_key_text(w, map->keys[i]);
    json_open(w, '{');
    json_field_str(w, "zh", t->title.zh);
    json_field_str(w, "en", t->title.en);
    json_close(w, '}');
  }
  json_close(w, '}');
  json_field_uuid(w, "officer", &m->officer);
  json_field_str(w, "officer_name", view_officer_name(q, &m->officer));
  json_field_instant(w, "at", m->at_ms);
  if (whole) import_targets_put(w, targets, count);
  json_close(w, '}');
  return true;
}

bool handle_mappings(request *q, err *e) {
  static const char parts[] = "number";
  page_cursor c;
  mapping *rows = NULL;
  size_t count = 0;
  const size_t most = query_limit(q);
  if (!page_read(q, parts, &c, e) ||
      !store_mappings(request_store(q), q->a, c.given ? c.number : 0, most, &rows, &count, e))
    return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) {
    found_name of;
    if (may_see(q, &rows[i], &of) && !put_mapping(q, &w, &rows[i], &of, false, e)) return false;
    c.number = rows[i].seq;
  }
  page_end(&w, parts, count == most ? &c : NULL);
  return true;
}

/* The one of the address; NULL: none, or not one of his. */
static const mapping *mapping_of_address(request *q, found_name *ret_of, err *e) {
  uuid id;
  mapping *m = NULL;
  if (!param_uuid(q, 0, &id, e) || !store_mapping_find(request_store(q), q->a, &id, &m, e))
    return NULL;
  if (m && may_see(q, m, ret_of)) return m;
  err_set(e, ERR_UNKNOWN_NAME, "id", "没有记住这样的对应。", "No such mapping is remembered.");
  return NULL;
}

bool handle_mapping(request *q, err *e) {
  found_name of;
  const mapping *m = mapping_of_address(q, &of, e);
  if (!m) return false;
  json_out w = request_answer(q, 200);
  return put_mapping(q, &w, m, &of, true, e);
}

static bool after_mapping(request *q, err *e) {
  found_name of;
  const mapping *m = mapping_of_address(q, &of, e);
  if (!m) return false;
  json_out w = request_answer(q, 200);
  return put_mapping(q, &w, m, &of, true, e);
}

bool handle_mapping_put(request *q, err *e) {
  static const char *const take[] = {"map", NULL};
  found_name of;
  const uuid entry_id = uuid_v7_now();
  const mapping *m = mapping_of_address(q, &of, e);
  const json *body = m ? param_command(q, take, NULL, &m->id, e) : NULL;
  return body && request_command(q, VERB_MAPPING, &entry_id, body, 0, after_mapping);
}

bool handle_mapping_delete(request *q, err *e) {
  found_name of;
  const uuid entry_id = uuid_v7_now();
  const mapping *m = mapping_of_address(q, &of, e);
  json *body = m ? json_map_new(q->a) : NULL;
  if (!m) return false;
  if (!json_set_uuid(q->a, body, "id", &m->id) || !json_set_bool(q->a, body, "forgotten", true))
    return err_memory(e);
  return request_command(q, VERB_MAPPING, &entry_id, body, 0, after_mapping);
}
