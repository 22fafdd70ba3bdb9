/* EVENT, WITHDRAW: what happened to a subject. */
#include "engine/commands/commands.h"

#include "engine/duties/follow_ups.h"
#include "engine/duties/tracking.h"
#include "engine/rules/effects.h"
#include "engine/rules/reevaluate.h"
#include "engine/rules/facts.h"
#include "engine/rules/form.h"
#include "engine/rules/payments.h"
#include "engine/units/repo_read.h"
#include "engine/units/repo_write.h"
#include "engine/zones.h"

/* Nothing can come after what has no time and is recorded on its own day, unless others have times:
 * then the subject is as it was before the event. */
static bool is_last(const command_context *ctx, const event *ev, const kind *about) {
  return ev->on == ctx->today && !events_have_times(ctx, about);
}

/* The answers that become facts of the subject, and what follows from it. `from`: where what is
 * known of the subject changes. */
static bool record_event_facts(command_context *ctx, const event *ev, record *r, when from,
                               err *e) {
  const bool last = is_last(ctx, ev, r->kind) && from.seq == ev->seq;
  bool any = last && ev->kind->set_count;
  value *sets = NULL;
  if (any && !(sets = effects_evaluate(ctx, ev, r, e))) return false;
  for (size_t i = 0; i < ev->kind->field_count; i++) {
    const field *f = &ev->kind->fields[i];
    if (f->fact_index < 0 || ev->fields[i].type == VALUE_UNKNOWN) continue;
    if (!fact_record(ctx, r, f->fact_index, &ev->fields[i], event_when(ev), ev->kind->name, e))
      return false;
    any = true;
  }
  if (sets && !effects_record(ctx, ev, r, sets, e)) return false;
  if (any) {
    r->version = ctx->seq;
    if (!repo_save_subject(ctx, r, false, e)) return false;
  }
  return last || effects_from(ctx, r, from, e);
}

typedef struct event_request {
  const pack *pack;
  const kind *about;
  event ev;
  record *subject;
  event *replaced;  /* NULL: this event replaces none */
  payment *payment; /* NULL: no money moves */
  measure *measure; /* that the payment is for */
} event_request;

/* The day of an instant when no day is given. */
static bool event_day(command_context *ctx, const event_kind *k, day *ret, err *e) {
  int64_t ms;
  text time = json_text(json_get(ctx->command->body, "fields"), EVENT_TIME);
  if (k->time_field < 0 || json_has(ctx->command->body, "on") || !instant_parse(time, &ms))
    return body_day(ctx, "on", true, ret, e);
  *ret = day_of_ms(ms);
  return *ret <= ctx->today || err_set(e, ERR_BAD_INPUT, EVENT_TIME, "时刻不能晚于现在，请改正。",
                                       "The time may not be later than now; correct it.");
}

static bool event_find(command_context *ctx, err *e) {
  event_request *rq = ctx->request;
  event *ev = &rq->ev;
  const json *body = ctx->command->body;
  text name = json_text(body, "kind");
  ev->kind = catalog_event(&ctx->engine->packs, name, &rq->pack);
  if (!ev->kind || ev->kind->derived)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有“%.*s”这种登记。",
                   "There is no event kind \"%.*s\".", (int)text_cut(name, 60).bytes, name.at);
  rq->about = &rq->pack->kinds[ev->kind->about];
  if (!body_uuid(body, "id", &ev->id, e) || !body_uuid(body, "subject", &ev->subject, e) ||
      !event_day(ctx, ev->kind, &ev->on, e) ||
      !repo_load_standing(ctx, rq->about, &ev->subject, &rq->subject, e))
    return false;
  if (!rq->subject) return rights_no_subject(e);
  ev->subject = rq->subject->id;
  ev->root = rq->subject->root;
  ev->seq = ctx->seq;
  ev->officer = ctx->command->who.officer;
  memcpy(ev->area, rq->subject->area, sizeof ev->area);
  return true;
}

static bool event_authorize(command_context *ctx, err *e) {
  const event_request *rq = ctx->request;
  bool sees;
  if (!context_sees(ctx, rq->about, &rq->subject->root, rq->subject->area, &sees, e)) return false;
  if (!sees)
    return err_set(e, ERR_DENIED, "subject", "这个对象不在您的管辖范围内。",
                   "This subject is outside your areas.");
  if (!context_holds(ctx, rq->pack, rq->ev.kind->who, rq->subject->area, &rq->subject->root))
    return rights_denied((label){"登记这类事项", "record this kind of event"}, e);
  const sight shown = context_sight(ctx, rq->pack, rq->subject->area, &rq->subject->root);
  return sight_check_answers(&shown, rq->ev.kind->fields, rq->ev.kind->field_count,
                             json_get(ctx->command->body, "fields"), e);
}

static bool find_replaced(command_context *ctx, event_request *rq, err *e) {
  uuid id;
  if (!json_has(ctx->command->body, "replaces")) return true;
  if (!body_uuid(ctx->command->body, "replaces", &id, e) ||
      !store_event_find(ctx->store, ctx->a, rq->ev.kind, &id, NULL, &rq->replaced, e))
    return false;
  if (rq->replaced && !rq->replaced->withdrawn &&
      uuid_equal(&rq->replaced->subject, &rq->ev.subject))
    return true;
  return err_set(e, ERR_BAD_INPUT, "replaces", "没有找到要更正的那条登记，或者它已撤回。",
                 "What this replaces is not there, or was withdrawn.");
}

enum { CLOCKS_DIFFER_MS = 5 * 60000 };

/* Its time, when given as an instant, lies on its day (midnight may end it), and no time is still
 * to come: a phone's clock may be a little fast. */
static bool check_time(command_context *ctx, event *ev, err *e) {
  if (ev->kind->time_field < 0) return true;
  value *v = &ev->fields[ev->kind->time_field];
  int64_t ms;
  if (instant_parse(json_text(json_get(ctx->command->body, "fields"), EVENT_TIME), &ms)) {
    if (ms == day_start_ms(ev->on + 1))
      *v = value_string(TEXT("24:00"));
    else if (day_of_ms(ms) != ev->on)
      return err_set(e, ERR_BAD_INPUT, EVENT_TIME, "时刻不在所填的日期里，请核对。",
                     "The time is not on the day given; check both.");
  }
  if (!event_time(ev, &ms) || ms <= ctx->at_ms + CLOCKS_DIFFER_MS) return true;
  return err_set(e, ERR_BAD_INPUT, EVENT_TIME, "时刻不能晚于现在，请改正。",
                 "The time may not be later than now; correct it.");
}

static bool event_read(command_context *ctx, err *e) {
  event_request *rq = ctx->request;
  event *ev = &rq->ev;
  const event_kind *k = ev->kind;
  ev->fields = ARENA_ARRAY(ctx->a, k->field_count, value);
  if (!ev->fields) return err_memory(e);
  return form_read(ctx, k->fields, k->field_count, json_get(ctx->command->body, "fields"), true,
                   ev->fields, e) &&
         check_time(ctx, ev, e) && payment_resolve_measures(ctx, ev, e) &&
         follow_ups_resolve(ctx, ev, e) && find_replaced(ctx, rq, e) &&
         payment_read(ctx, rq->pack, ev, &rq->payment, &rq->measure, e);
}

static bool may_replace(const command_context *ctx, const pack *p, const event *old, err *e) {
  if (!old) return true;
  if (old->kind->payment)
    return err_set(e, ERR_BAD_INPUT, "replaces", "发放资金的登记请先撤回，再重新登记。",
                   "Withdraw what moved money, then record it anew.");
  bool own = uuid_equal(&old->officer, &ctx->command->who.officer);
  bool by_import =
      !uuid_is_nil(&ctx->command->import_id) && context_may(ctx, RIGHT_IMPORT, p, NULL, NULL);
  return own || by_import || context_may(ctx, RIGHT_DECIDE, p, old->area, &old->root) ||
         rights_denied((label){"更正别人的登记", "correct another officer's entry"}, e);
}

/* From the day a record ended nothing happens to it any more. */
static bool not_ended(const record *r, day on, err *e) {
  const value *over = r->kind->end_date_field < 0 ? NULL : &r->fields[r->kind->end_date_field];
  if (!over || over->type != VALUE_INT || on < over->i) return true;
  const text name = text_cut(record_title(r), 60);
  char since[11];
  day_format((day)over->i, since);
  return err_set(e, ERR_NOT_ALLOWED, "on", "“%.*s”从 %s 起不再计入，这一天以后的事不能登记。",
                 "\"%.*s\" counts no more since %s; nothing is recorded of it from that day on.",
                 (int)name.bytes, name.at, since);
}

static bool neither_ended(command_context *ctx, const event_request *rq, err *e) {
  record *root = NULL;
  if (!not_ended(rq->subject, rq->ev.on, e)) return false;
  if (rq->about->parent < 0) return true;
  if (!repo_load_subject(ctx, catalog_root_kind(&ctx->engine->packs, rq->about), &rq->subject->root,
                         &root, e))
    return false;
  return !root || not_ended(root, rq->ev.on, e);
}

static bool event_check(command_context *ctx, err *e) {
  const form_place at = form_place_of(ctx);
  event_request *rq = ctx->request;
  const event *ev = &rq->ev;
  const event_kind *k = ev->kind;
  const kind *root_kind = catalog_root_kind(&ctx->engine->packs, rq->about);
  return neither_ended(ctx, rq, e) &&
         form_check_references(&at, k->fields, k->field_count, ev->fields, e) &&
         form_check_fields(&at, &k->scope, k->fields, k->field_count, ev->fields, e) &&
         form_check_event(ctx, ev, rq->subject, e) && may_replace(ctx, rq->pack, rq->replaced, e) &&
         payment_check_once(ctx, root_kind, ev, rq->replaced, e) &&
         payment_check(ctx, rq->pack, ev, rq->payment, rq->measure, e);
}

/* Whose the subject is must be known alike whether rows of a file come alone or together. */
static bool fill_counted(command_context *ctx, const pack *p, event *ev, err *e) {
  bool any = false;
  for (size_t i = 0; i < ev->kind->field_count; i++) any |= ev->kind->fields[i].counted_in != NULL;
  return !any || (reevaluate_flush(ctx->engine, e) && duties_fill_counted(ctx, p, ev, e));
}

static bool event_apply(command_context *ctx, err *e) {
  event_request *rq = ctx->request;
  event *ev = &rq->ev;
  record *r = rq->subject;
  const event_kind *k = ev->kind;
  if (!fill_counted(ctx, rq->pack, ev, e) || !context_append(ctx, &r->id, &r->root, r->area, e))
    return false;
  ev->at_ms = ctx->at_ms;
  event_set_moment(ev);
  when from = event_when(ev);
  if (rq->replaced && when_compare(event_when(rq->replaced), from) < 0)
    from = event_when(rq->replaced);
  if (rq->replaced &&
      (!repo_save_withdrawal(ctx, rq->replaced, e) ||
       !facts_withdraw(ctx, r, rq->replaced->seq, e) || !repo_save_subject(ctx, r, false, e)))
    return false;
  return serial_numbers_assign(ctx, k->fields, k->field_count, ev->on, ev->fields, e) &&
         repo_save_event(ctx, ev, e) &&
         context_note_files(ctx, k->fields, k->field_count, ev->fields, rq->about, &ev->root, e) &&
         (!rq->payment || store_payment_put(ctx->store, rq->payment, e)) &&
         record_event_facts(ctx, ev, r, from, e) && zone_settle(ctx, r, event_when(ev), e) &&
         reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, rq->about), &r->root, e);
}

const verb_handler verb_event = {.request_bytes = sizeof(event_request),
                                 .find = event_find,
                                 .authorize = event_authorize,
                                 .read = event_read,
                                 .check = event_check,
                                 .apply = event_apply};

/* ---- withdrawing ---- */

typedef struct withdraw_request {
  const kind *about;
  event *ev;
  record *subject; /* NULL: it is not there any more */
} withdraw_request;

static bool withdraw_find(command_context *ctx, err *e) {
  withdraw_request *rq = ctx->request;
  const pack *owner = NULL;
  const event_kind *k =
      catalog_event(&ctx->engine->packs, json_text(ctx->command->body, "kind"), &owner);
  uuid id;
  if (!k || k->derived)
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种登记。",
                   "There is no such kind of event.");
  rq->about = &owner->kinds[k->about];
  if (!body_uuid(ctx->command->body, "id", &id, e) ||
      !store_event_find(ctx->store, ctx->a, k, &id, NULL, &rq->ev, e))
    return false;
  if (!rq->ev)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条登记。", "There is no such event.");
  return repo_load_subject(ctx, rq->about, &rq->ev->subject, &rq->subject, e);
}

static bool withdraw_authorize(command_context *ctx, err *e) {
  const withdraw_request *rq = ctx->request;
  const event *ev = rq->ev;
  const pack *p = catalog_pack_of(&ctx->engine->packs, rq->about);
  bool sees;
  if (!context_sees(ctx, rq->about, &ev->root, ev->area, &sees, e)) return false;
  if (!sees)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这条登记。", "There is no such event.");
  const sight s =
      actor_sight(&ctx->command->who, &ctx->engine->packs, p, ctx->store, ev->area, &ev->root);
  if (sight_of(&s, ev->kind->groups) == SHOWN_NOT)
    return rights_denied((label){"撤回这类登记", "withdraw this kind of entry"}, e);
  return uuid_equal(&ev->officer, &ctx->command->who.officer) ||
         context_may(ctx, RIGHT_DECIDE, p, ev->area, &ev->root) ||
         rights_denied((label){"撤回别人的登记", "withdraw another officer's entry"}, e);
}

static bool withdraw_check(command_context *ctx, err *e) {
  const withdraw_request *rq = ctx->request;
  if (!rq->ev->withdrawn) return true;
  return err_set(e, ERR_NOT_ALLOWED, "id", "这条登记已经撤回了。",
                 "This event is withdrawn already.");
}

static bool withdraw_apply(command_context *ctx, err *e) {
  const withdraw_request *rq = ctx->request;
  const event *ev = rq->ev;
  record *r = rq->subject;
  if (!context_append(ctx, &ev->subject, &ev->root, ev->area, e) ||
      !repo_save_withdrawal(ctx, ev, e))
    return false;
  if (r && (!facts_withdraw(ctx, r, ev->seq, e) || !repo_save_subject(ctx, r, false, e) ||
            !effects_from(ctx, r, event_when(ev), e) || !zone_settle(ctx, r, when_now(ctx), e)))
    return false;
  return reevaluate_schedule(ctx, catalog_root_kind(&ctx->engine->packs, rq->about), &ev->root, e);
}

const verb_handler verb_withdraw = {.request_bytes = sizeof(withdraw_request),
                                    .find = withdraw_find,
                                    .authorize = withdraw_authorize,
                                    .check = withdraw_check,
                                    .apply = withdraw_apply};
