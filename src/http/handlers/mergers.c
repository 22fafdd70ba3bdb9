/* Two records that were one: merging them, taking it back, and hints which they may be. */
#include "http/handlers.h"

#include "base/json_map.h"

static void put_merger(request *q, json_out *w, const merger *m) {
  json_open(w, '{');
  json_field_uuid(w, "id", &m->id);
  view_ref(q, w, m->kind, &m->stays, &m->stays_root, m->area);
  json_field_uuid(w, "gone", &m->gone);
  json_field_text(w, "gone_title", m->title);
  json_field_text(w, "reason", m->reason);
  json_field_str(w, "officer_name",
                 uuid_is_nil(&m->officer) ? NULL : view_officer_name(q, &m->officer));
  json_field_instant(w, "at", m->at_ms);
  json_field_bool(w, "undone", m->undone_seq != 0);
  json_field_text(w, "undone_reason", m->undone_reason);
  json_field_str(w, "undone_by",
                 uuid_is_nil(&m->undone_by) ? NULL : view_officer_name(q, &m->undone_by));
  const pack *p = catalog_pack_of_kind(request_packs(q), m->kind);
  json_field_bool(w, "may_undo",
                  !m->undone_seq && p &&
                      request_may_unit(q, RIGHT_CORRECT, p, m->area, &m->stays_root) &&
                      request_may_unit(q, RIGHT_CORRECT, p, m->gone_area, &m->gone_root));
  json_close(w, '}');
}

bool handle_mergers(request *q, err *e) {
  const record *r = param_subject(q, e);
  merger *rows = NULL;
  size_t count = 0;
  if (!r || !store_mergers_of(request_store(q), q->a, &r->root, &rows, &count, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) put_merger(q, &w, &rows[i]);
  json_close(&w, ']');
  return true;
}

static bool answer_one(request *q, int status, err *e) {
  uuid id;
  merger *m = NULL;
  bool sees = false;
  if (!param_uuid(q, 0, &id, e) || !store_merger_find(request_store(q), q->a, &id, NULL, &m, e))
    return false;
  const kind *k = m ? catalog_kind(request_packs(q), text_of(m->kind), NULL) : NULL;
  if (k && !request_sees(q, k, &m->stays_root, m->area, &sees, e)) return false;
  if (!sees)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这次合并，或者不在您的管辖范围内。",
                   "There is no such merger, or it is outside your areas.");
  json_out w = request_answer(q, status);
  put_merger(q, &w, m);
  return true;
}

static bool after_merge(request *q, err *e) {
  return answer_one(q, q->job.answer.repeated ? 200 : 201, e);
}

static bool after_undo(request *q, err *e) {
  return answer_one(q, 200, e);
}

bool handle_merger_put(request *q, err *e) {
  static const char *const take[] = {"kind", "from", "into", "reason", NULL};
  uuid id;
  if (!param_uuid(q, 0, &id, e)) return false;
  const json *body = param_command(q, take, NULL, &id, e);
  return body && request_command(q, VERB_MERGE, &id, body, 0, after_merge);
}

bool handle_merger_undo(request *q, err *e) {
  static const char *const take[] = {"reason", NULL};
  uuid id, entry_id = uuid_v7_now();
  if (!param_uuid(q, 0, &id, e)) return false;
  json *body = param_command(q, take, NULL, &id, e);
  if (!body) return false;
  if (!json_set_text(q->a, body, "undone", TEXT("true"))) return err_memory(e);
  return request_command(q, VERB_MERGE, &entry_id, body, 0, after_undo);
}

/* The other of two may be another zone's, or another officer's, in the same village. */
static bool find_seen(request *q, const kind *k, const uuid *id, record **ret, err *e) {
  bool seen = false;
  if (!store_subject_find(request_store(q), q->a, k, id, NULL, ret, e)) return false;
  if (*ret &&
      !reach_sees(request_store(q), &q->who.reach, k, &(*ret)->root, (*ret)->area, &seen, e))
    return false;
  if (!seen) *ret = NULL;
  return true;
}

bool handle_alike(request *q, err *e) {
  const kind *k = param_kind(q, 0, e);
  alike *rows = NULL;
  size_t count = 0;
  if (!k) return false;
  alike_query x = {.kind = k, .reach = &q->who.reach, .limit = query_limit(q)};
  if (!query_scope(q, &x.scope, e)) return false;
  if (!store_alike(request_store(q), q->a, &x, &rows, &count, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) {
    record *one = NULL, *other = NULL;
    if (!find_seen(q, k, &rows[i].one, &one, e) || !find_seen(q, k, &rows[i].other, &other, e))
      return false;
    if (!one || !other) continue;
    json_open(&w, '[');
    view_subject_line(q, &w, one);
    view_subject_line(q, &w, other);
    json_close(&w, ']');
  }
  json_close(&w, ']');
  return true;
}
