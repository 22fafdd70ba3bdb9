/* Amendments: corrections and takings-in of owned fields; the end of the county's set-up. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "engine/eval/display.h"
#include "pack/model/field_value.h"

/* The values of a stored map, as the field reads them now; UNKNOWN where it is null. */
static value stored_value(request *q, const field *f, const json *map) {
  value v = {.type = VALUE_UNKNOWN};
  err ignored = {0};
  const json *j = json_get(map, f->name);
  if (!j || !field_read_json(f, q->a, j, request_today(), &v, &ignored))
    return (value){.type = VALUE_UNKNOWN};
  return v;
}

static void put_side(request *q, json_out *w, const char *key, const char *text_key, const field *f,
                     const value *v, how_shown how) {
  AUTO_BUF buf shown = {0};
  field_print(&shown, f, v, how, q->english);
  json_key(w, key);
  field_put_json(w, f, v, how);
  json_field_buf(w, text_key, &shown);
}

static void put_changes(request *q, json_out *w, const kind *k, const amendment *x) {
  err ignored;
  const json *after = json_parse(q->a, x->fields, &ignored),
             *before = json_parse(q->a, x->before, &ignored);
  sight s = {0};
  if (k) s = request_sight(q, catalog_pack_of(request_packs(q), k), x->area, &x->root);
  json_field_open(w, "changes", '[');
  for (size_t i = 0; k && after && before && i < k->field_count; i++) {
    const field *f = &k->fields[i];
    const how_shown how = sight_of_field(&s, f);
    if (!json_has(after, f->name) || how == SHOWN_NOT) continue;
    const value was = stored_value(q, f, before), now = stored_value(q, f, after);
    json_open(w, '{');
    json_field_str(w, "field", f->name);
    json_field_label(w, "title", f->title);
    put_side(q, w, "before", "before_text", f, &was, how);
    put_side(q, w, "after", "after_text", f, &now, how);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* What the caller may make of it. */
static void put_next(request *q, json_out *w, const amendment *x) {
  const bool open = strcmp(x->state, "proposed") == 0;
  const pack *p = catalog_pack_of_kind(request_packs(q), x->kind);
  const bool may = open && p && request_may_unit(q, RIGHT_CORRECT, p, x->area, &x->root);
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

void view_amendment(request *q, json_out *w, const amendment *x) {
  const kind *k = catalog_kind(request_packs(q), text_of(x->kind), NULL);
  json_open(w, '{');
  json_field_uuid(w, "id", &x->id);
  json_field_str(w, "way", x->way);
  json_field_str(w, "state", x->state);
  json_field_label(w, "kind_title", k ? k->title : (label){x->kind, x->kind});
  view_ref(q, w, x->kind, &x->subject, &x->root, x->area);
  json_field_day(w, "since", x->since);
  put_changes(q, w, k, x);
  json_field_text(w, "reason", x->reason);
  json_field_str(w, "officer_name", name_or_null(q, &x->officer));
  json_field_instant(w, "at", x->at_ms);
  json_field_str(w, "decided_by", name_or_null(q, &x->decided_by));
  if (x->decided_ms)
    json_field_instant(w, "decided", x->decided_ms);
  else
    json_field_str(w, "decided", NULL);
  json_field_text(w, "note", x->note);
  put_next(q, w, x);
  json_field_int(w, "version", x->version);
  json_close(w, '}');
}

bool handle_amendments(request *q, err *e) {
  static const char parts[] = "number";
  page_cursor c;
  amendment *rows = NULL;
  size_t count = 0;
  scope r;
  if (!page_read(q, parts, &c, e) || !query_scope(q, &r, e)) return false;
  amendment_query x = {.scope = &r,
                       .reach = &q->who.reach,
                       .way = query_str(q, "way"),
                       .state = query_str(q, "state"),
                       .before = c.given ? c.number : 0,
                       .limit = query_limit(q) + 1};
  if (!store_amendments(request_store(q), q->a, &x, &rows, &count, e)) return false;
  bool more = count == x.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) view_amendment(q, &w, &rows[i]);
  if (more) c = (page_cursor){.number = rows[count - 1].seq};
  page_end(&w, parts, more ? &c : NULL);
  return true;
}

static bool answer_one(request *q, int status, err *e) {
  uuid id;
  amendment *x = NULL;
  bool sees = false;
  if (!param_uuid(q, 0, &id, e) || !store_amendment_find(request_store(q), q->a, &id, NULL, &x, e))
    return false;
  const kind *k = x ? catalog_kind(request_packs(q), text_of(x->kind), NULL) : NULL;
  if (k && !request_sees(q, k, &x->root, x->area, &sees, e)) return false;
  if (!sees)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条更正，或者不在您的管辖范围内。",
                   "There is no such correction, or it is outside your areas.");
  json_out w = request_answer(q, status);
  view_amendment(q, &w, x);
  request_etag(q, x->version);
  return true;
}

bool handle_amendment(request *q, err *e) {
  return answer_one(q, 200, e);
}

static bool after_proposal(request *q, err *e) {
  return answer_one(q, q->job.answer.repeated ? 200 : 201, e);
}

bool handle_amendment_put(request *q, err *e) {
  static const char *const take[] = {"kind", "subject", "fields", "since", "reason", NULL};
  uuid id;
  if (!param_uuid(q, 0, &id, e)) return false;
  const json *body = param_command(q, take, NULL, &id, e);
  return body && request_command(q, VERB_AMENDMENT, &id, body, 0, after_proposal);
}

bool handle_amendment_decide(request *q, err *e) {
  static const char *const take[] = {"state", "note", NULL};
  uuid id, entry_id = uuid_v7_now();
  int64_t match;
  if (!param_needs_match(q, &match, e) || !param_uuid(q, 0, &id, e)) return false;
  const json *body = param_command(q, take, NULL, &id, e);
  if (body && !json_text(body, "state").bytes)
    return err_set(e, ERR_BAD_INPUT, "state",
                   "请写 confirmed（确认）、refused（驳回）或 withdrawn（撤回）。",
                   "Say confirmed, refused or withdrawn.");
  return body && request_command(q, VERB_AMENDMENT, &entry_id, body, match, handle_amendment);
}

/* ---- the county's set-up ---- */

bool handle_set_up(request *q, err *e) {
  day until = DAY_NONE;
  if (!store_set_up_get(request_store(q), &until, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_day(&w, "until", until);
  json_close(&w, '}');
  return true;
}

bool handle_set_up_end(request *q, err *e) {
  static const char *const take[] = {"closed", NULL};
  uuid id = uuid_v7_now();
  json *body = param_command(q, take, NULL, &id, e);
  return body && request_command(q, VERB_SET_UP, &id, body, 0, handle_set_up);
}
