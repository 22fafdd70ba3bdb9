/* The county's areas, what they were called, and their changes. */
#include "http/handlers.h"

#include "base/ident.h"
#include "base/json_map.h"
#include "engine/area_change.h"
#include "engine/areas.h"

/* For old papers. */
static void put_ended(json_out *w, const area *x) {
  text rest = x->successors, word;
  json_field_day(w, "until", x->until);
  json_field_open(w, "successors", '[');
  while (rest.at && text_next_word(&rest, &word)) json_put_text(w, word);
  json_close(w, ']');
}

static void put_shape(json_out *w, const area *x) {
  json_field_text(w, "shape", x->shape.at ? x->shape : TEXT(""));
  json_field_text(w, "colour", x->colour.at ? x->colour : TEXT(""));
}

static void put_area(json_out *w, const area *x) {
  char parent[13];
  area_code_parent(x->code, parent);
  json_open(w, '{');
  json_field_str(w, "code", x->code);
  json_field_str(w, "name", x->name);
  json_field_str(w, "level",
                 area_code_is_zone(x->code) ? "zone" : area_level_name(area_code_level(x->code)));
  json_field_str(w, "parent", parent);
  put_ended(w, x);
  put_shape(w, x);
  json_close(w, '}');
}

/* In his scope; or the villages around a zone in it, where his units are registered. */
static bool is_his(const request *q, const char *code) {
  const scope *r = &q->who.scope;
  bool around = false;
  for (size_t i = 0; i < r->count; i++)
    around |= area_code_is_zone(r->areas[i].lo) && area_zone_in_town(r->areas[i].lo, code);
  return scope_has(r, code) ||
         (around && area_code_level(code) >= AREA_TOWN && !area_code_is_zone(code));
}

bool handle_areas(request *q, err *e) {
  area *all = NULL;
  size_t count = 0;
  const bool ever = query_text(q, "ever").bytes;
  if (ever ? !store_areas_ever(request_store(q), q->a, &all, &count, e)
           : !store_areas(request_store(q), q->a, NULL, &all, &count, e))
    return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++)
    if (is_his(q, all[i].code)) put_area(&w, &all[i]);
  page_end(&w, "", NULL);
  return true;
}

/* ---- changes ---- */

/* As it was called and drawn just before an entry; `given`: what the entry called it. */
static void put_named(request *q, json_out *w, text code, text given, int64_t seq) {
  const area_name *then = NULL;
  err ignored;
  const char *own = arena_copy(q->a, code.at ? code.at : "", code.bytes);
  if (own && !store_area_looks_before(request_store(q), q->a, own, seq, &then, &ignored))
    then = NULL;
  json_open(w, '{');
  json_field_text(w, "code", code);
  json_field_text(w, "name", given.bytes ? given : text_of(then ? then->name : ""));
  if (then && then->shape.bytes) json_field_text(w, "shape", then->shape);
  if (then && then->colour.bytes) json_field_text(w, "colour", then->colour);
  json_close(w, '}');
}

static void put_change(request *q, json_out *w, const area_change *x) {
  err ignored;
  const json *body = json_parse(q->a, x->body, &ignored);
  static const char *const kept[] = {"from", "to"};
  json_open(w, '{');
  json_field_uuid(w, "id", &x->id);
  json_field_int(w, "seq", x->seq);
  json_field_str(w, "way", x->way);
  json_field_day(w, "on", x->on);
  json_field_text(w, "reason", x->reason);
  json_field_text(w, "document", x->document);
  json_field_instant(w, "at", x->at_ms);
  json_field_str(w, "officer_name", view_officer_name(q, &x->officer));
  for (size_t i = 0; i < 2; i++) {
    const json *list = body ? json_get(body, kept[i]) : NULL;
    json_field_open(w, kept[i], '[');
    for (size_t k = 0; list && list->type == JSON_LIST && k < list->count; k++) {
      const json *item = &list->items[k];
      text code = item->type == JSON_TEXT ? item->s : json_text(item, "code");
      text given = item->type == JSON_MAP ? json_text(item, "name") : TEXT("");
      put_named(q, w, code, given, x->seq + (i == 1));
    }
    json_close(w, ']');
  }
  json_field_int(w, "units", x->units);
  json_field_int(w, "officers", x->officers);
  json_field_bool(w, "undone", x->undone != 0);
  json_close(w, '}');
}

bool handle_area_changes(request *q, err *e) {
  area_change *all = NULL;
  size_t count = 0;
  if (!store_area_changes(request_store(q), q->a, &all, &count, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) put_change(q, &w, &all[i]);
  page_end(&w, "", NULL);
  return true;
}

static const char *const taken[] = {"way",    "from", "to",     "subjects", "areas",
                                    "change", "on",   "reason", "document", NULL};

/* A dry run: whether it can be, and what would move. */
bool handle_area_change_plan(request *q, err *e) {
  const uuid id = uuid_v7_now();
  const area_asking ask = {request_store(q), request_packs(q), q->a, request_today()};
  area_plan p;
  const json *body = param_command(q, taken, NULL, &id, e);
  if (!body || !area_plan_read(&ask, body, &p, e) || !area_plan_check(&ask, &p, e) ||
      !area_plan_find(&ask, &p, e))
    return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_str(&w, "way", area_way_name(p.way));
  json_field_day(&w, "on", p.on);
  json_field_int(&w, "units", p.units);
  json_field_int(&w, "cases", p.cases);
  json_field_open(&w, "officers", '[');
  for (size_t i = 0; i < p.officer_count; i++) json_put_str(&w, p.officers[i].name);
  json_close(&w, ']');
  json_close(&w, '}');
  return true;
}

static bool after_change(request *q, err *e) {
  area_change *x = NULL;
  if (!store_area_change_find(request_store(q), q->a, &q->job.command.id, &x, e)) return false;
  if (!x) return err_set(e, ERR_INTERNAL, NULL, "变更没有记下。", "The change was not kept.");
  json_out w = request_answer(q, q->job.answer.repeated ? 200 : 201);
  put_change(q, &w, x);
  return true;
}

bool handle_area_change(request *q, err *e) {
  uuid id;
  if (!param_uuid(q, 0, &id, e)) return false;
  const json *body = param_command(q, taken, NULL, &id, e);
  return body && request_command(q, VERB_AREA, &id, body, 0, after_change);
}
