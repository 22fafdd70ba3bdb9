/* EVENT, WITHDRAW: what happened to a subject. */
#include "engine/commands/commands.h"

#include "engine/rules/evaluate.h"
#include "engine/rules/facts.h"
#include "engine/rules/form.h"
#include "engine/rules/payments.h"
#include "engine/units/unit_read.h"
#include "engine/units/unit_write.h"

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
  if (!check_once(w, catalog_root_kind(&w->g->packs, about), x, replaced, e) ||
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
  return follow(w, catalog_root_kind(&w->g->packs, about), &r->root, e);
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
  return follow(w, catalog_root_kind(&w->g->packs, &owner->kinds[k->about]), &x->root, e);
}
