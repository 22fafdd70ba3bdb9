/* SUBJECT, FACTS, EVENT, WITHDRAW: what is known of a subject, and what happened to it. */
#include "engine/inside.h"

#include "base/ident.h"

static const kind *body_kind(work *w, err *e) {
  text name = json_text(w->c->body, "kind");
  const kind *k = catalog_kind(&w->g->packs, name, NULL);
  if (!k)
    err_set(e, ERR_UNKNOWN_NAME, "kind", "没有“%.*s”这种对象。", "There is no kind \"%.*s\".",
            (int)(name.bytes > 60 ? 60 : name.bytes), name.at);
  return k;
}

const pack *pack_of_root(work *w, const kind *k) {
  return catalog_pack_of(&w->g->packs, k);
}

const kind *root_kind_of(work *w, const kind *k) {
  return k->parent < 0 ? k : &pack_of_root(w, k)->kinds[k->parent];
}

/* From which day the facts hold: given, or today; never later than today. */
static bool body_since(work *w, const char *key, bool required, day *out, err *e) {
  text s = json_text(w->c->body, key);
  if (!s.bytes && !required) {
    *out = w->today;
    return true;
  }
  day d;
  if (!day_parse(s, &d))
    return err_set(e, ERR_BAD_INPUT, key, "请填写日期，例如 2024-03-01。",
                   "Please give a day such as 2024-03-01.");
  if (d > w->today)
    return err_set(e, ERR_BAD_INPUT, key, "日期不能晚于今天，请改正。",
                   "The day may not be later than today; correct it.");
  *out = d;
  return true;
}

static bool body_area(work *w, char out[13], err *e) {
  text given = json_text(w->c->body, "area");
  const char *name = "";
  if (!area_code_check(given, out, e)) return err_within(e, "area");
  if (!store_area_name(w->s, w->a, out, &name, e)) return false;
  if (!name[0])
    return err_set(e, ERR_BAD_INPUT, "area", "本区县没有代码为 %s 的村（居）或街道。",
                   "There is no area %s in this county.", out);
  return true;
}

static bool may_register(work *w, const char *area, err *e) {
  if (w->g->replaying || actor_may(&w->c->who, &w->g->packs, RIGHT_REGISTER, area)) return true;
  if (actor_may(&w->c->who, &w->g->packs, RIGHT_REGISTER, NULL))
    return err_set(e, ERR_DENIED, "area", "这个村（居）不在您的管辖范围内。",
                   "This area is outside your areas.");
  return no_right("登记或修改对象", "register or change subjects", e);
}

/* The key must be nobody else's. */
static bool key_is_free(work *w, const kind *k, const value *fields, const uuid *self, err *e) {
  if (k->key < 0 || fields[k->key].type != VALUE_STRING) return true;
  record *other = NULL;
  if (!store_subject_by_key(w->s, w->a, k, fields[k->key].s, &other, e)) return false;
  if (!other || uuid_equal(&other->id, self)) return true;
  return err_set(e, ERR_CONFLICT, k->fields[k->key].name,
                 "这个%s已经登记过了，请先查找再修改。%.0s",
                 "%.0sThis %s is registered already; look it up and change it.",
                 k->fields[k->key].title.zh, k->fields[k->key].title.en);
}

static text body_source(work *w) {
  text s = json_text(w->c->body, "source");
  return s.bytes ? s : uuid_is_nil(&w->c->via) ? TEXT("desk") : TEXT("import");
}

bool apply_subject(work *w, err *e) {
  const kind *k = body_kind(w, e);
  if (!k) return false;
  record *r = record_new(w->a, k);
  uuid id;
  day since;
  if (!r) return err_memory(e);
  if (!body_uuid(w->c->body, "id", &id, e) || !body_since(w, "since", false, &since, e))
    return false;
  record *parent = NULL;
  if (k->parent >= 0) {
    uuid parent_id;
    if (!body_uuid(w->c->body, "parent", &parent_id, e) ||
        !know_subject(w, root_kind_of(w, k), &parent_id, &parent, e))
      return false;
    if (!parent) return no_subject(e);
    memcpy(r->area, parent->area, sizeof r->area);
    r->parent = parent->id;
  } else if (!body_area(w, r->area, e)) {
    return false;
  }
  if (!may_register(w, r->area, e)) return false;
  if (!read_form(w, k->fields, k->field_count, json_get(w->c->body, "fields"), true, r->fields,
                 e) ||
      !check_fields(w, &k->scope, k->fields, k->field_count, r->fields, e) ||
      !check_subject_form(w, k, r->fields, NULL, e) || !key_is_free(w, k, r->fields, &id, e))
    return false;
  r->id = id;
  r->root = parent ? parent->root : id;
  r->version = r->created = w->seq;
  if (!work_append(w, &r->id, &r->root, r->area, e) || !keep_subject(w, r, true, e)) return false;
  text source = body_source(w);
  const char *said_by = arena_copy(w->a, source.at, source.bytes);
  if (!said_by) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++) {
    if (r->fields[i].type == VALUE_UNKNOWN) continue;
    fact f = {.subject = r->id,
              .field = k->fields[i].name,
              .seq = w->seq,
              .since = since,
              .v = r->fields[i],
              .source = said_by,
              .officer = w->c->who.officer,
              .at_ms = w->at_ms};
    if (!store_fact_put(w->s, &f, &k->fields[i], e)) return false;
  }
  return follow(w, root_kind_of(w, k), &r->root, e);
}

/* The values as they would be after the change, for the checks. */
static value *values_after(work *w, const record *r, const value *changes, const bool *changed) {
  value *after = ARENA_ARRAY(w->a, r->kind->field_count, value);
  for (size_t i = 0; after && i < r->kind->field_count; i++)
    after[i] = changed[i] ? changes[i] : r->fields[i];
  return after;
}

static bool is_stale(work *w, int64_t version, err *e) {
  if (w->g->replaying || w->c->match == 0 || w->c->match == version) return true;
  return err_set(e, ERR_STALE, NULL, "别人刚刚改过这条记录，请刷新后再改。",
                 "Someone has just changed this; reload and change again.");
}

/* A child with all that happened to it moves to another root; its old root no longer knows it. */
static bool move_child(work *w, record *r, const record *to, err *e) {
  const uuid from = r->root;
  const pack *p = pack_of_root(w, r->kind);
  r->root = r->parent = to->id;
  memcpy(r->area, to->area, sizeof r->area);
  for (size_t i = 0; i < p->event_count; i++)
    if (p->events[i].about == r->kind->index &&
        (!store_events_move(w->s, &p->events[i], &from, &r->id, &to->id, r->area, e) ||
         !duties_moved(w, &p->events[i], &from, r, e)))
      return false;
  cache_drop(w->g->cache, &from);
  cache_drop(w->g->cache, &to->id);
  return keep_subject(w, r, false, e) && settle(w, root_kind_of(w, r->kind), &from, e);
}

/* *to NULL: it stays where it is. */
static bool body_parent(work *w, const record *r, record **to, err *e) {
  uuid id;
  *to = NULL;
  if (!json_has(w->c->body, "parent")) return true;
  if (r->kind->parent < 0)
    return err_set(e, ERR_BAD_INPUT, "parent", "这种对象没有上级。", "This has no parent.");
  if (!body_uuid(w->c->body, "parent", &id, e)) return false;
  if (uuid_equal(&id, &r->parent)) return true;
  if (!know_subject(w, root_kind_of(w, r->kind), &id, to, e)) return false;
  if (!*to) return no_subject(e);
  return may_register(w, (*to)->area, e);
}

bool apply_facts(work *w, err *e) {
  const kind *k = body_kind(w, e);
  uuid id;
  day since;
  record *r = NULL;
  if (!k || !body_uuid(w->c->body, "id", &id, e) || !body_since(w, "since", false, &since, e))
    return false;
  if (!know_subject(w, k, &id, &r, e)) return false;
  if (!r) return no_subject(e);
  if (!may_register(w, r->area, e) || !is_stale(w, r->version, e)) return false;
  char area[13] = "";
  bool moves = k->parent < 0 && json_has(w->c->body, "area");
  if (moves && (!body_area(w, area, e) || !may_register(w, area, e))) return false;
  moves = moves && strcmp(area, r->area) != 0;
  record *to = NULL;
  if (!body_parent(w, r, &to, e)) return false;
  const json *form = json_get(w->c->body, "fields");
  value *changes = ARENA_ARRAY(w->a, k->field_count, value);
  bool *changed = ARENA_ARRAY(w->a, k->field_count, bool);
  if (!changes || !changed) return err_memory(e);
  if (!read_form(w, k->fields, k->field_count, form, false, changes, e)) return false;
  for (size_t i = 0; i < k->field_count; i++) changed[i] = json_has(form, k->fields[i].name);
  value *after = values_after(w, r, changes, changed);
  if (!after) return err_memory(e);
  if (!check_fields(w, &k->scope, k->fields, k->field_count, after, e) ||
      !check_subject_form(w, k, after, changed, e) || !key_is_free(w, k, after, &id, e))
    return false;
  if (!work_append(w, &r->id, to ? &to->id : &r->root, moves ? area : to ? to->area : r->area, e))
    return false;
  text source = body_source(w);
  const char *said_by = arena_copy(w->a, source.at, source.bytes);
  if (!said_by) return err_memory(e);
  for (size_t i = 0; i < k->field_count; i++)
    if (changed[i] && !say_fact(w, r, (int)i, &changes[i], since, said_by, e)) return false;
  r->version = w->seq;
  if (moves) memcpy(r->area, area, sizeof r->area);
  if (to ? !move_child(w, r, to, e) : !keep_subject(w, r, false, e)) return false;
  if (moves && !move_area(w, r, e)) return false;
  return follow(w, root_kind_of(w, k), &r->root, e);
}

/* ---- events ---- */

/* The answers that become facts of the subject. */
static bool facts_of_event(work *w, const event *x, record *r, const value *sets, err *e) {
  bool any = false;
  for (size_t i = 0; i < x->kind->field_count; i++) {
    const field *f = &x->kind->fields[i];
    if (f->fact_index < 0 || x->fields[i].type == VALUE_UNKNOWN) continue;
    if (!say_fact(w, r, f->fact_index, &x->fields[i], x->on, x->kind->name, e)) return false;
    any = true;
  }
  if (!say_event_sets(w, x, r, sets, &any, e)) return false;
  if (!any) return true;
  r->version = w->seq;
  return keep_subject(w, r, false, e);
}

/* *out NULL: this event replaces none. */
static bool body_replaced(work *w, const event *x, event **out, err *e) {
  uuid id;
  *out = NULL;
  if (!json_has(w->c->body, "replaces")) return true;
  if (!body_uuid(w->c->body, "replaces", &id, e) ||
      !store_event(w->s, w->a, x->kind, &id, NULL, out, e))
    return false;
  if (!*out || (*out)->withdrawn || !uuid_equal(&(*out)->subject, &x->subject))
    return err_set(e, ERR_BAD_INPUT, "replaces", "没有找到要更正的那条登记，或者它已撤回。",
                   "What this replaces is not there, or was withdrawn.");
  if (x->kind->pays)
    return err_set(e, ERR_BAD_INPUT, "replaces", "发放资金的登记请先撤回，再重新登记。",
                   "Withdraw what moved money, then record it anew.");
  bool own = uuid_equal(&(*out)->officer, &w->c->who.officer);
  if (w->g->replaying || own || actor_may(&w->c->who, &w->g->packs, RIGHT_DECIDE, (*out)->area) ||
      (!uuid_is_nil(&w->c->via) && actor_may(&w->c->who, &w->g->packs, RIGHT_IMPORT, NULL)))
    return true;
  return no_right("更正别人的登记", "correct another officer's entry", e);
}

static bool take_facts_back(work *w, record *r, int64_t seq, err *e);

bool apply_event(work *w, err *e) {
  text name = json_text(w->c->body, "kind");
  const pack *owner = NULL;
  const event_kind *k = catalog_event(&w->g->packs, name, &owner);
  if (!k || k->made)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有“%.*s”这种登记。",
                   "There is no event kind \"%.*s\".", (int)(name.bytes > 60 ? 60 : name.bytes),
                   name.at);
  const kind *about = &owner->kinds[k->about];
  event *x = ARENA_NEW(w->a, event);
  record *r = NULL;
  if (!x || !(x->fields = ARENA_ARRAY(w->a, k->field_count, value))) return err_memory(e);
  if (!body_uuid(w->c->body, "id", &x->id, e) ||
      !body_uuid(w->c->body, "subject", &x->subject, e) || !body_since(w, "on", true, &x->on, e) ||
      !know_subject(w, about, &x->subject, &r, e))
    return false;
  if (!r) return no_subject(e);
  if (!w->g->replaying) {
    reach r_who = actor_reach(&w->c->who);
    if (!reach_has(&r_who, r->area))
      return err_set(e, ERR_DENIED, "subject", "这个对象不在您的管辖范围内。",
                     "This subject is outside your areas.");
    if (!actor_holds(&w->c->who, k->who, r->area))
      return no_right("登记这类事项", "record this kind of event", e);
  }
  if (!read_form(w, k->fields, k->field_count, json_get(w->c->body, "fields"), true, x->fields,
                 e) ||
      !check_fields(w, &k->scope, k->fields, k->field_count, x->fields, e))
    return false;
  x->kind = k;
  x->root = r->root;
  x->seq = w->seq;
  x->officer = w->c->who.officer;
  memcpy(x->area, r->area, sizeof x->area);
  payment *paid = NULL;
  value *sets = NULL;
  if (!check_event_form(w, x, r, e) || !event_sets(w, x, r, &sets, e)) return false;
  if (!name_measures(w, x, e)) return false;
  event *replaced = NULL;
  if (!body_replaced(w, x, &replaced, e)) return false;
  if (!check_once(w, root_kind_of(w, about), x, replaced, e) ||
      !check_payment(w, owner, x, &paid, e))
    return false;
  if (!work_append(w, &r->id, &r->root, r->area, e)) return false;
  x->at_ms = w->at_ms;
  if (replaced && (!keep_withdrawal(w, replaced, e) || !take_facts_back(w, r, replaced->seq, e) ||
                   !keep_subject(w, r, false, e)))
    return false;
  if (!give_numbers(w, k->fields, k->field_count, x->on, x->fields, e)) return false;
  if (!keep_event(w, x, e) || (paid && !store_payment_put(w->s, paid, e)) ||
      !facts_of_event(w, x, r, sets, e))
    return false;
  return follow(w, root_kind_of(w, about), &r->root, e);
}

/* Facts that an event had set fall back to what was known without it. */
static bool take_facts_back(work *w, record *r, int64_t seq, err *e) {
  if (!store_facts_withdraw(w->s, &r->id, seq, e)) return false;
  for (size_t i = 0; i < r->kind->field_count; i++)
    if (!store_fact_now(w->s, w->a, r, &r->kind->fields[i], &r->fields[i], e)) return false;
  r->version = w->seq;
  return true;
}

bool apply_withdraw(work *w, err *e) {
  const pack *owner = NULL;
  const event_kind *k = catalog_event(&w->g->packs, json_text(w->c->body, "kind"), &owner);
  uuid id;
  event *x = NULL;
  record *r = NULL;
  if (!k || k->made)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种登记。",
                   "There is no such kind of event.");
  if (!body_uuid(w->c->body, "id", &id, e) || !store_event(w->s, w->a, k, &id, NULL, &x, e))
    return false;
  reach seen = actor_reach(&w->c->who);
  if (!x || (!w->g->replaying && !reach_has(&seen, x->area)))
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条登记。", "There is no such event.");
  if (x->withdrawn)
    return err_set(e, ERR_NOT_ALLOWED, "id", "这条登记已经撤回了。",
                   "This event is withdrawn already.");
  bool own = uuid_equal(&x->officer, &w->c->who.officer);
  if (!w->g->replaying && !own && !actor_may(&w->c->who, &w->g->packs, RIGHT_DECIDE, x->area))
    return no_right("撤回别人的登记", "withdraw another officer's entry", e);
  if (!know_subject(w, &owner->kinds[k->about], &x->subject, &r, e)) return false;
  if (!work_append(w, &x->subject, &x->root, x->area, e) || !keep_withdrawal(w, x, e)) return false;
  if (r && (!take_facts_back(w, r, x->seq, e) || !keep_subject(w, r, false, e))) return false;
  return follow(w, root_kind_of(w, &owner->kinds[k->about]), &x->root, e);
}

/* ---- taking an import back ---- */

/* What an event had replaced is there again. */
static bool bring_back(work *w, const event_kind *k, const json *body, err *e) {
  uuid id;
  event *old = NULL;
  if (!uuid_parse(json_text(body, "replaces"), &id)) return true;
  if (!store_event(w->s, w->a, k, &id, NULL, &old, e)) return false;
  if (!old || !old->withdrawn) return true;
  old->withdrawn = false;
  cache_drop(w->g->cache, &old->root);
  return store_event_restore(w->s, old, e) && duties_note(w, old, false, e) &&
         summaries_mark(w, old, e);
}

static bool undo_event(work *w, const entry *x, const json *body, err *e) {
  const pack *owner = NULL;
  const event_kind *k = catalog_event(&w->g->packs, json_text(body, "kind"), &owner);
  event *had = NULL;
  record *r = NULL;
  uuid id;
  if (!k || strcmp(x->verb, "event") != 0 || !uuid_parse(json_text(body, "id"), &id)) return true;
  if (!store_event(w->s, w->a, k, &id, NULL, &had, e)) return false;
  if (!had || had->withdrawn) return true;
  if (!bring_back(w, k, body, e)) return false;
  if (!know_subject(w, &owner->kinds[k->about], &had->subject, &r, e) ||
      !keep_withdrawal(w, had, e))
    return false;
  return !r || (take_facts_back(w, r, had->seq, e) && keep_subject(w, r, false, e));
}

/* What an entry of an import was about. */
static const kind *kind_of_entry(work *w, const json *body) {
  const pack *owner = NULL;
  text name = json_text(body, "kind");
  const kind *k = catalog_kind(&w->g->packs, name, NULL);
  const event_kind *x = k ? NULL : catalog_event(&w->g->packs, name, &owner);
  return x ? &owner->kinds[x->about] : k;
}

static bool undo_entry(work *w, const entry *x, err *e) {
  err ignored;
  json *body = json_parse(w->a, x->body, &ignored);
  const kind *k = catalog_kind(&w->g->packs, json_text(body, "kind"), NULL);
  record *r = NULL;
  if (!k) return undo_event(w, x, body, e);
  if (!know_subject(w, k, &x->subject, &r, e)) return false;
  if (!r) return true;
  int64_t left = 0;
  if (!take_facts_back(w, r, x->seq, e) || !store_facts_left(w->s, &r->id, &left, e)) return false;
  if (left == 0 && r->created == x->seq) r->withdrawn = true;
  return keep_subject(w, r, false, e);
}

bool apply_undo(work *w, err *e) {
  uuid import;
  entry *entries = NULL;
  size_t count = 0;
  if (!body_uuid(w->c->body, "import", &import, e) ||
      !store_entries_via(w->s, w->a, &import, &entries, &count, e))
    return false;
  if (count == 0)
    return err_set(e, ERR_UNKNOWN_NAME, "import", "没有找到这次导入，或者它没有带来任何更改。",
                   "There is no such import, or it changed nothing.");
  if (!w->g->replaying && !actor_may(&w->c->who, &w->g->packs, RIGHT_IMPORT, NULL))
    return no_right("撤销导入", "take imports back", e);
  if (!work_append(w, NULL, NULL, NULL, e)) return false;
  /* Children before their parents: last in, first out. */
  for (size_t i = count; i-- > 0;) {
    cache_sweep(w->g->cache);
    if (!undo_entry(w, &entries[i], e)) return false;
  }
  for (size_t i = count; i-- > 0;) {
    if (i > 0 && uuid_equal(&entries[i].root, &entries[i - 1].root)) continue;
    const json *body = json_parse(w->a, entries[i].body, e);
    const kind *k = body ? kind_of_entry(w, body) : NULL;
    cache_sweep(w->g->cache);
    if (k && !settle(w, root_kind_of(w, k), &entries[i].root, e)) return false;
  }
  return true;
}
