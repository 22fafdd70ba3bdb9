/* Forgetting somebody: proposed by one officer, decided by another. */
#include "http/handlers.h"

#include "base/json_map.h"

/* What the caller may make of it. */
static void put_next(request *q, json_out *w, const forgetting *x) {
  const bool open = strcmp(x->state, "proposed") == 0;
  const pack *p = catalog_pack_of_kind(request_packs(q), x->kind);
  const bool may = open && p && request_may_unit(q, RIGHT_FORGET, p, x->area, &x->root);
  const bool own = uuid_equal(&x->officer, &q->who.actor.officer);
  json_field_open(w, "next", '[');
  if (may && own) json_put_str(w, "withdrawn");
  if (may && !own) json_put_str(w, "confirmed");
  if (may && !own) json_put_str(w, "refused");
  json_close(w, ']');
}

static const char *name_or_null(request *q, const uuid *officer_id) {
  return uuid_is_nil(officer_id) ? NULL : view_officer_name(q, officer_id);
}

static void put_forgetting(request *q, json_out *w, const forgetting *x) {
  const kind *k = catalog_kind(request_packs(q), text_of(x->kind), NULL);
  json_open(w, '{');
  json_field_uuid(w, "id", &x->id);
  json_field_str(w, "state", x->state);
  json_field_label(w, "kind_title", k ? k->title : (label){x->kind, x->kind});
  view_ref(q, w, x->kind, &x->subject, &x->root, x->area);
  json_field_text(w, "reason", x->reason);
  json_field_text(w, "document", x->document);
  json_field_str(w, "officer_name", name_or_null(q, &x->officer));
  json_field_instant(w, "at", x->at_ms);
  json_field_str(w, "decided_by", name_or_null(q, &x->decided_by));
  if (x->decided_ms)
    json_field_instant(w, "decided", x->decided_ms);
  else
    json_field_str(w, "decided", NULL);
  put_next(q, w, x);
  json_field_int(w, "version", x->version);
  json_close(w, '}');
}

bool handle_forgettings(request *q, err *e) {
  static const char parts[] = "number";
  page_cursor c;
  forgetting *rows = NULL;
  size_t count = 0;
  scope r;
  if (!page_read(q, parts, &c, e) || !query_scope(q, &r, e)) return false;
  forgetting_query x = {.scope = &r,
                        .reach = &q->who.reach,
                        .state = query_str(q, "state"),
                        .before = c.given ? c.number : 0,
                        .limit = query_limit(q) + 1};
  if (!store_forgettings(request_store(q), q->a, &x, &rows, &count, e)) return false;
  bool more = count == x.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) put_forgetting(q, &w, &rows[i]);
  if (more) c = (page_cursor){.number = rows[count - 1].seq};
  page_end(&w, parts, more ? &c : NULL);
  return true;
}

static bool answer_one(request *q, int status, err *e) {
  uuid id;
  forgetting *x = NULL;
  bool sees = false;
  if (!param_uuid(q, 0, &id, e) || !store_forgetting_find(request_store(q), q->a, &id, &x, e))
    return false;
  const kind *k = x ? catalog_kind(request_packs(q), text_of(x->kind), NULL) : NULL;
  if (k && !request_sees(q, k, &x->root, x->area, &sees, e)) return false;
  if (!sees)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条删去申请，或者不在您的管辖范围内。",
                   "There is no such proposal to forget, or it is outside your areas.");
  json_out w = request_answer(q, status);
  put_forgetting(q, &w, x);
  request_etag(q, x->version);
  return true;
}

bool handle_forgetting(request *q, err *e) {
  return answer_one(q, 200, e);
}

static bool after_proposal(request *q, err *e) {
  return answer_one(q, q->job.answer.repeated ? 200 : 201, e);
}

bool handle_forgetting_put(request *q, err *e) {
  static const char *const take[] = {"kind", "subject", "reason", "document", NULL};
  uuid id;
  if (!param_uuid(q, 0, &id, e)) return false;
  const json *body = param_command(q, take, NULL, &id, e);
  return body && request_command(q, VERB_FORGET, &id, body, 0, after_proposal);
}

bool handle_forgetting_decide(request *q, err *e) {
  static const char *const take[] = {"state", NULL};
  uuid id, entry_id = uuid_v7_now();
  int64_t match;
  if (!param_needs_match(q, &match, e) || !param_uuid(q, 0, &id, e)) return false;
  const json *body = param_command(q, take, NULL, &id, e);
  if (body && !json_text(body, "state").bytes)
    return err_set(e, ERR_BAD_INPUT, "state",
                   "请写 confirmed（确认）、refused（驳回）或 withdrawn（撤回）。",
                   "Say confirmed, refused or withdrawn.");
  return body && request_command(q, VERB_FORGET, &entry_id, body, match, handle_forgetting);
}
