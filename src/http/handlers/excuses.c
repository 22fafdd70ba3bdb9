/* Excuses: "not done, because", and leave with its stand-in. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "engine/duties/owners.h"

static const char *kind_of_root(request *q, const excuse *x) {
  const pack *p = NULL;
  const duty *d = catalog_duty(request_packs(q), text_of(x->duty), &p);
  const follow_up *f = d ? NULL : catalog_follow_up(request_packs(q), text_of(x->duty), &p);
  return d ? p->kinds[d->of].name : f ? p->kinds[f->of].name : "";
}

/* An officer, or one of a pack's people without an account. */
static const char *name_or_null(request *q, const uuid *id) {
  const catalog *packs = request_packs(q);
  if (uuid_is_nil(id)) return NULL;
  const char *name = view_officer_name(q, id);
  for (size_t i = 0; i < packs->count && !name[0]; i++) {
    duty_owner who;
    const char *key = NULL;
    err ignored;
    bool ok =
        duty_owner_key(request_store(q), q->a, packs->packs[i], id, &key, &ignored) && key &&
        duty_owner_find(request_store(q), q->a, packs->packs[i], text_of(key), &who, &ignored);
    if (ok) name = who.name;
  }
  return name;
}

static void put_excuse(request *q, json_out *w, const excuse *x) {
  const duty *d = catalog_duty(request_packs(q), text_of(x->duty), NULL);
  json_open(w, '{');
  json_field_uuid(w, "id", &x->id);
  json_field_str(w, "duty", x->duty);
  const follow_up *f = d ? NULL : catalog_follow_up(request_packs(q), text_of(x->duty), NULL);
  json_field_label(w, "duty_title",
                   d   ? d->title
                   : f ? f->title
                       : (label){"全部任务", "all duties"});
  json_field_uuid(w, "officer", &x->officer);
  json_field_str(w, "officer_name", name_or_null(q, &x->officer));
  if (!uuid_is_nil(&x->root)) view_ref(q, w, kind_of_root(q, x), &x->root, &x->root, x->area);
  json_field_str(w, "area", x->area);
  json_field_day(w, "from", x->since);
  json_field_day(w, "to", x->until);
  json_field_str(w, "reason", x->reason);
  json_field_uuid(w, "stand_in", &x->stand_in);
  json_field_str(w, "stand_in_name", name_or_null(q, &x->stand_in));
  json_field_str(w, "said_by", name_or_null(q, &x->said_by));
  json_field_bool(w, "withdrawn", x->withdrawn);
  json_close(w, '}');
}

/* What is excused from every duty: of whatever kind it is. */
static bool sees_root(request *q, const excuse *x, bool *ret_yes, err *e) {
  for (size_t i = 0; i < q->who.reach.count && !*ret_yes; i++) {
    const reach_part *part = &q->who.reach.parts[i];
    for (size_t k = 0; k < part->kind_count && !*ret_yes; k++) {
      record *r = NULL;
      if (part->kinds[k]->parent >= 0) continue;
      if (!store_subject_find(request_store(q), q->a, part->kinds[k], &x->root, NULL, &r, e) ||
          (r && !request_sees(q, r->kind, &r->root, r->area, ret_yes, e)))
        return false;
    }
  }
  return true;
}

/* One's own; of a subject whoever sees it; of an officer whoever works in one of his packs. */
static bool sees_excuse(request *q, const excuse *x, const scope *asked, bool *ret_yes, err *e) {
  officer *o = NULL;
  *ret_yes = uuid_equal(&x->officer, &q->who.officer->id);
  if (*ret_yes) return true;
  if (!scope_has_unit(request_store(q), asked, x->area, &x->root, ret_yes, e)) return false;
  if (!*ret_yes) return true;
  *ret_yes = false;
  if (!uuid_is_nil(&x->root)) {
    const kind *k = catalog_kind(request_packs(q), text_of(kind_of_root(q, x)), NULL);
    return k ? request_sees(q, k, &x->root, x->area, ret_yes, e) : sees_root(q, x, ret_yes, e);
  }
  if (!store_officer_find(request_store(q), q->a, &x->officer, &o, e)) return false;
  for (size_t i = 0; o && i < o->post_count; i++)
    for (size_t k = 0; k < q->who.actor.post_count; k++)
      *ret_yes |= o->posts[i].pack[0] && strcmp(o->posts[i].pack, q->who.actor.posts[k].pack) == 0;
  return true;
}

bool handle_excuses(request *q, err *e) {
  day from, to;
  excuse *rows = NULL;
  size_t count = 0;
  scope r;
  if (!query_scope(q, &r, e) || !query_day(q, "from", request_today(), &from, e) ||
      !query_day(q, "to", from, &to, e) ||
      !store_excuses(request_store(q), q->a, from, to, &rows, &count, e))
    return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) {
    bool sees;
    if (!sees_excuse(q, &rows[i], &r, &sees, e)) return false;
    if (sees) put_excuse(q, &w, &rows[i]);
  }
  page_end(&w, "", NULL);
  return true;
}

static bool after_excuse(request *q, err *e) {
  excuse *x = NULL;
  uuid id;
  if (!param_uuid(q, 0, &id, e) || !store_excuse_find(request_store(q), q->a, &id, &x, e))
    return false;
  if (!x) return err_set(e, ERR_INTERNAL, NULL, "登记后读不到。", "It cannot be read.");
  json_out w = request_answer(q, q->job.answer.repeated || x->withdrawn ? 200 : 201);
  put_excuse(q, &w, x);
  return true;
}

bool handle_excuse_put(request *q, err *e) {
  static const char *const take[] = {"duty", "officer", "kind",     "subject", "from",
                                     "to",   "reason",  "stand_in", NULL};
  uuid id;
  if (!param_uuid(q, 0, &id, e)) return false;
  const json *body = param_command(q, take, NULL, &id, e);
  return body && request_command(q, VERB_EXCUSE, &id, body, 0, after_excuse);
}

bool handle_excuse_delete(request *q, err *e) {
  uuid id, entry_id = uuid_v7_now();
  if (!param_uuid(q, 0, &id, e)) return false;
  json *body = json_map_new(q->a);
  if (!json_set_uuid(q->a, body, "id", &id) || !json_set_bool(q->a, body, "withdrawn", true))
    return err_memory(e);
  return request_command(q, VERB_EXCUSE, &entry_id, body, 0, after_excuse);
}
