/* EVENT, WITHDRAW: what happened to a subject. */
#include "engine/commands/commands.h"

#include "engine/rules/reevaluate.h"
#include "engine/rules/facts.h"
#include "engine/rules/form.h"
#include "engine/rules/payments.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"

/* The answers that become facts of the subject. */
static bool record_event_facts(command_context *ctx, const event *ev, record *r, const value *sets,
                               err *e) {
  bool any = false;
  for (size_t i = 0; i < ev->kind->field_count; i++) {
    const field *f = &ev->kind->fields[i];
    if (f->fact_index < 0 || ev->fields[i].type == VALUE_UNKNOWN) continue;
    if (!fact_record(ctx, r, f->fact_index, &ev->fields[i], ev->on, ev->kind->name, e))
      return false;
    any = true;
  }
  if (!event_apply_effects(ctx, ev, r, sets, &any, e)) return false;
  if (!any) return true;
  r->version = ctx->seq;
  return repo_save_subject(ctx, r, false, e);
}

/* *out NULL: this event replaces none. */
static bool body_replaced(command_context *ctx, const event *ev, event **out, err *e) {
  uuid id;
  *out = NULL;
  if (!json_has(ctx->command->body, "replaces")) return true;
  if (!body_uuid(ctx->command->body, "replaces", &id, e) ||
      !store_event(ctx->store, ctx->a, ev->kind, &id, NULL, out, e))
    return false;
  if (!*out || (*out)->withdrawn || !uuid_equal(&(*out)->subject, &ev->subject))
    return err_set(e, ERR_BAD_INPUT, "replaces", "没有找到要更正的那条登记，或者它已撤回。",
                   "What this replaces is not there, or was withdrawn.");
  if (ev->kind->pays)
    return err_set(e, ERR_BAD_INPUT, "replaces", "发放资金的登记请先撤回，再重新登记。",
                   "Withdraw what moved money, then record it anew.");
  bool own = uuid_equal(&(*out)->officer, &ctx->command->who.officer);
  if (ctx->engine->replaying || own ||
      actor_may(&ctx->command->who, &ctx->engine->packs, RIGHT_DECIDE, (*out)->area) ||
      (!uuid_is_nil(&ctx->command->via) &&
       actor_may(&ctx->command->who, &ctx->engine->packs, RIGHT_IMPORT, NULL)))
    return true;
  return rights_denied("更正别人的登记", "correct another officer's entry", e);
}

bool apply_event(command_context *ctx, err *e) {
  text name = json_text(ctx->command->body, "kind");
  const pack *owner = NULL;
  const event_kind *k = catalog_event(&ctx->engine->packs, name, &owner);
  if (!k || k->made)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有“%.*s”这种登记。",
                   "There is no event kind \"%.*s\".", (int)(name.bytes > 60 ? 60 : name.bytes),
                   name.at);
  const kind *about = &owner->kinds[k->about];
  event *ev = ARENA_NEW(ctx->a, event);
  record *r = NULL;
  if (!ev || !(ev->fields = ARENA_ARRAY(ctx->a, k->field_count, value))) return err_memory(e);
  if (!body_uuid(ctx->command->body, "id", &ev->id, e) ||
      !body_uuid(ctx->command->body, "subject", &ev->subject, e) ||
      !body_day(ctx, "on", true, &ev->on, e) || !repo_load_subject(ctx, about, &ev->subject, &r, e))
    return false;
  if (!r) return rights_no_subject(e);
  if (!ctx->engine->replaying) {
    reach r_who = actor_reach(&ctx->command->who);
    if (!reach_has(&r_who, r->area))
      return err_set(e, ERR_DENIED, "subject", "这个对象不在您的管辖范围内。",
                     "This subject is outside your areas.");
    if (!actor_holds(&ctx->command->who, k->who, r->area))
      return rights_denied("登记这类事项", "record this kind of event", e);
  }
  if (!form_read(ctx, k->fields, k->field_count, json_get(ctx->command->body, "fields"), true,
                 ev->fields, e) ||
      !form_check_fields(ctx, &k->scope, k->fields, k->field_count, ev->fields, e))
    return false;
  ev->kind = k;
  ev->root = r->root;
  ev->seq = ctx->seq;
  ev->officer = ctx->command->who.officer;
  memcpy(ev->area, r->area, sizeof ev->area);
  payment *paid = NULL;
  value *sets = NULL;
  if (!form_check_event(ctx, ev, r, e) || !event_compute_effects(ctx, ev, r, &sets, e))
    return false;
  if (!payment_resolve_measures(ctx, ev, e)) return false;
  event *replaced = NULL;
  if (!body_replaced(ctx, ev, &replaced, e)) return false;
  if (!payment_check_once(ctx, catalog_root_kind(&ctx->engine->packs, about), ev, replaced, e) ||
      !payment_check(ctx, owner, ev, &paid, e))
    return false;
  if (!context_append(ctx, &r->id, &r->root, r->area, e)) return false;
  ev->at_ms = ctx->at_ms;
  if (replaced &&
      (!repo_save_withdrawal(ctx, replaced, e) || !facts_withdraw(ctx, r, replaced->seq, e) ||
       !repo_save_subject(ctx, r, false, e)))
    return false;
  if (!assign_serial_numbers(ctx, k->fields, k->field_count, ev->on, ev->fields, e)) return false;
  if (!repo_save_event(ctx, ev, e) || (paid && !store_payment_put(ctx->store, paid, e)) ||
      !record_event_facts(ctx, ev, r, sets, e))
    return false;
  return reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, about), &r->root, e);
}

bool apply_withdraw(command_context *ctx, err *e) {
  const pack *owner = NULL;
  const event_kind *k =
      catalog_event(&ctx->engine->packs, json_text(ctx->command->body, "kind"), &owner);
  uuid id;
  event *ev = NULL;
  record *r = NULL;
  if (!k || k->made)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种登记。",
                   "There is no such kind of event.");
  if (!body_uuid(ctx->command->body, "id", &id, e) ||
      !store_event(ctx->store, ctx->a, k, &id, NULL, &ev, e))
    return false;
  reach seen = actor_reach(&ctx->command->who);
  if (!ev || (!ctx->engine->replaying && !reach_has(&seen, ev->area)))
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条登记。", "There is no such event.");
  if (ev->withdrawn)
    return err_set(e, ERR_NOT_ALLOWED, "id", "这条登记已经撤回了。",
                   "This event is withdrawn already.");
  bool own = uuid_equal(&ev->officer, &ctx->command->who.officer);
  if (!ctx->engine->replaying && !own &&
      !actor_may(&ctx->command->who, &ctx->engine->packs, RIGHT_DECIDE, ev->area))
    return rights_denied("撤回别人的登记", "withdraw another officer's entry", e);
  if (!repo_load_subject(ctx, &owner->kinds[k->about], &ev->subject, &r, e)) return false;
  if (!context_append(ctx, &ev->subject, &ev->root, ev->area, e) ||
      !repo_save_withdrawal(ctx, ev, e))
    return false;
  if (r && (!facts_withdraw(ctx, r, ev->seq, e) || !repo_save_subject(ctx, r, false, e)))
    return false;
  return reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, &owner->kinds[k->about]),
                             &ev->root, e);
}
