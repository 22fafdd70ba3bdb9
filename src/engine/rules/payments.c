/* Events that may happen once only, and events that move money: nothing is paid twice, nothing is
 * paid without approval, no fund pays more than it has. */
#include "engine/rules/payments.h"

#include "base/money.h"
#include "engine/eval/unit_eval.h"

/* An expression over an event that is not recorded yet. */
static value of_event(unit *u, const event *ev, const cel_program *p) {
  return p ? unit_event_eval(u, ev, p) : (value){.type = VALUE_UNKNOWN};
}

static unit *unit_of(command_context *ctx, const kind *root, const event *ev, err *e) {
  return unit_load(ctx->store, ctx->a, root, &ev->root, NULL, context_as_of(ctx), e);
}

bool payment_check_once(command_context *ctx, const kind *root, const event *ev, const event *but,
                        err *e) {
  if (!ev->kind->unique_key) return true;
  event **others = NULL;
  size_t count = 0;
  unit *u = unit_of(ctx, root, ev, e);
  if (!u) return false;
  value key = of_event(u, ev, ev->kind->unique_key);
  if (key.type != VALUE_STRING) return true; /* not known, not compared */
  const event_query q = {
      .kind = ev->kind, .root = ev->root, .from = ev->kind->unique_on_day ? ev->on : DAY_NONE};
  if (ev->kind->unique_on_day ? !store_events_of_day(ctx->store, ctx->a, &q, &others, &count, e)
                              : !store_events(ctx->store, ctx->a, &q, &others, &count, e))
    return false;
  for (size_t i = 0; i < count; i++) {
    if (!uuid_equal(&others[i]->subject, &ev->subject) || uuid_equal(&others[i]->id, &ev->id) ||
        (but && uuid_equal(&others[i]->id, &but->id)))
      continue;
    value other = of_event(u, others[i], ev->kind->unique_key);
    if (other.type != VALUE_STRING || !text_equal(other.s, key.s)) continue;
    char on[11];
    day_format(others[i]->on, on);
    return err_set(e, ERR_CONFLICT, NULL, "%s（%s 已登记过一次）", "%s (recorded on %s)",
                   LABEL(ev->kind->unique_message), on);
  }
  return true;
}

/* ---- measures by name ---- */

static bool is_called(const catalog *packs, const measure *m, text name) {
  const measure_kind *k = catalog_measure(packs, text_of(m->kind), NULL);
  return k && (text_is(name, k->name) || text_is(name, k->title.zh) || text_is(name, k->title.en));
}

static bool is_approved(const measure *m) {
  return strcmp(m->state, "approved") == 0 || strcmp(m->state, "running") == 0 ||
         strcmp(m->state, "done") == 0;
}

static bool resolve_measure(command_context *ctx, const event *ev, const field *f, value *ret_v,
                            err *e) {
  measure *all = NULL;
  const measure *meant = NULL;
  size_t count = 0;
  uuid id;
  char own[37];
  if (ret_v->type != VALUE_STRING || uuid_parse(ret_v->s, &id)) return true;
  if (!store_measures_of(ctx->store, ctx->a, &ev->root, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (is_called(&ctx->engine->packs, &all[i], ret_v->s) && is_approved(&all[i]) &&
        (!meant || all[i].version > meant->version))
      meant = &all[i];
  if (!meant)
    return err_set(
        e, ERR_NOT_ALLOWED, f->name, "“%.*s”没有经过审批，不能发放。请先提出措施并审批。",
        "\"%.*s\" is not approved, so nothing can be paid. Propose it and have it approved "
        "first.",
        (int)text_cut(ret_v->s, 60).bytes, ret_v->s.at);
  uuid_format(&meant->id, own);
  const char *copy = arena_text(ctx->a, own);
  if (!copy) return err_memory(e);
  *ret_v = value_string(text_of(copy));
  return true;
}

bool payment_resolve_measures(command_context *ctx, event *ev, err *e) {
  for (size_t i = 0; i < ev->kind->field_count; i++)
    if (ev->kind->fields[i].format == FORMAT_MEASURE &&
        !resolve_measure(ctx, ev, &ev->kind->fields[i], &ev->fields[i], e))
      return false;
  return true;
}

/* ---- money ---- */

const char *payment_fund(const measure_kind *k, const value *form, arena *a) {
  if (k->fund < 0 || form[k->fund].type != VALUE_STRING) return "";
  return arena_copy(a, form[k->fund].s.at, form[k->fund].s.bytes);
}

static void say_money(int64_t fen, char ret[32]) {
  money_format_yuan(fen, ret);
}

static bool month_or_year(const char *per, const char *period) {
  day d;
  char whole[11] = "";
  size_t n = strlen(period);
  if (strcmp(per, "once") == 0) return n == 0;
  if (n != (strcmp(per, "month") == 0 ? 7u : 4u)) return false;
  memcpy(whole, period, n + 1);
  strcat(whole, n == 7 ? "-01" : "-01-01");
  return day_parse(text_of(whole), &d);
}

static bool check_measure(command_context *ctx, const payment *x, const measure *m, err *e) {
  int64_t paid = 0;
  char left[32];
  if (!m || !uuid_equal(&m->root, &x->root))
    return err_set(e, ERR_BAD_INPUT, "measure", "这里没有这项措施，请重新选择。",
                   "This is no measure of this subject; choose again.");
  const measure_kind *k = catalog_measure(&ctx->engine->packs, text_of(m->kind), NULL);
  if (!k || !is_approved(m) || !m->has_amount)
    return err_set(e, ERR_NOT_ALLOWED, "measure",
                   "“%s”没有经过审批，不能发放。请先提出措施并审批。",
                   "\"%s\" is not approved, so nothing can be paid. Propose it and have it "
                   "approved first.",
                   ZH_EN(k ? k->title.zh : m->kind, k ? k->title.en : m->kind));
  if (!month_or_year(k->per, x->period))
    return err_set(
        e, ERR_BAD_INPUT, "period", "请填写发放的月份(如 2024-03)或年份(如 2024)；一次性措施不填。",
        "Give the month (2024-03) or the year (2024) that is paid; nothing for a measure "
        "that is paid once.");
  if (!store_paid(ctx->store, &m->id, x->period, &paid, e)) return false;
  if (x->amount > m->amount - paid) {
    say_money(m->amount - paid, left);
    return err_set(e, ERR_CONFLICT, "amount",
                   "“%s”批准的金额还剩 %s 元没有发，不能多发或重复发放。",
                   "Of \"%s\" %s yuan are approved and not paid yet; nothing is paid twice "
                   "or beyond the approval.",
                   LABEL(k->title), left);
  }
  if (!m->fund[0] || strcmp(m->fund, x->fund) == 0) return true;
  return err_set(e, ERR_CONFLICT, "fund", "这项措施批准的资金是“%s”，请改用它。",
                 "The measure was approved from the fund \"%s\"; pay from that.", m->fund);
}

static bool check_budget(command_context *ctx, const pack *p, const payment_terms *how,
                         const payment *x, err *e) {
  const kind *k = &p->kinds[how->fund_kind];
  record *fund = NULL;
  int64_t paid = 0;
  char left[32];
  if (!store_subject_find_by_key(ctx->store, ctx->a, k, text_of(x->fund), &fund, e)) return false;
  if (!fund || fund->fields[how->budget].type != VALUE_INT)
    return err_set(e, ERR_NOT_ALLOWED, "fund", "资金“%s”还没有登记“%s”，不能支付。",
                   "The fund \"%s\" has no \"%s\" on record; nothing can be paid.", x->fund,
                   LABEL(k->fields[how->budget].title));
  if (!store_paid_from(ctx->store, x->fund, &paid, e)) return false;
  const int64_t rest = fund->fields[how->budget].i - paid;
  if (x->amount <= rest) return true;
  say_money(rest, left);
  return err_set(e, ERR_CONFLICT, "amount",
                 "资金“%s”只剩 %s 元，不够支付。请先调整预算或换一笔资金。",
                 "The fund \"%s\" has %s yuan left, which is not enough. Change its budget, or "
                 "take another fund.",
                 x->fund, left);
}

static const char *text_in(command_context *ctx, const value *v) {
  return v->type == VALUE_STRING ? arena_copy(ctx->a, v->s.at, v->s.bytes) : "";
}

/* The payment an event stands for; *ret NULL: it moves no money. */
static bool payment_of_event(command_context *ctx, const pack *p, const event *ev, payment **ret,
                             err *e) {
  const payment_terms *how = ev->kind->payment;
  unit *u = unit_of(ctx, catalog_root_kind(&ctx->engine->packs, &p->kinds[ev->kind->about]), ev, e);
  if (!u) return false;
  value amount = of_event(u, ev, how->amount), period = of_event(u, ev, how->period);
  bool ours = ev->fields[how->fund].type == VALUE_STRING ||
              (how->measure >= 0 && ev->fields[how->measure].type == VALUE_STRING);
  if (amount.type == VALUE_UNKNOWN && !ours) return true; /* told as unknown where it is shown */
  if (amount.type != VALUE_INT)
    return err_set(e, ERR_BAD_INPUT, "amount", "金额还算不出来，请把项目填全。",
                   "The amount cannot be computed yet; fill in what is missing.");
  if (amount.i < 0)
    return err_set(e, ERR_BAD_INPUT, "amount", "金额不能小于零。", "The amount is below zero.");
  if (amount.i == 0) return true; /* help in kind */
  payment *y = ARENA_NEW(ctx->a, payment);
  if (!y) return err_memory(e);
  *y = (payment){.id = ev->id,
                 .root = ev->root,
                 .subject = ev->subject,
                 .kind = ev->kind->name,
                 .fund = text_in(ctx, &ev->fields[how->fund]),
                 .period = text_in(ctx, &period),
                 .amount = amount.i,
                 .on = ev->on};
  memcpy(y->area, ev->area, sizeof y->area);
  if (how->measure >= 0 && ev->fields[how->measure].type == VALUE_STRING)
    uuid_parse(ev->fields[how->measure].s, &y->measure);
  if (!y->fund || !y->period) return err_memory(e);
  *ret = y;
  return true;
}

bool payment_read(command_context *ctx, const pack *p, const event *ev, payment **ret,
                  measure **ret_measure, err *e) {
  *ret = NULL;
  *ret_measure = NULL;
  if (!ev->kind->payment) return true;
  if (!payment_of_event(ctx, p, ev, ret, e)) return false;
  payment *y = *ret;
  if (!y || uuid_is_nil(&y->measure)) return true;
  if (!store_measure_find(ctx->store, ctx->a, &y->measure, NULL, ret_measure, e)) return false;
  if (*ret_measure && !y->fund[0]) y->fund = (*ret_measure)->fund; /* named at the approval */
  return true;
}

bool payment_check(command_context *ctx, const pack *p, const event *ev, const payment *y,
                   const measure *m, err *e) {
  if (!y) return true;
  if (!uuid_is_nil(&y->measure) && !check_measure(ctx, y, m, e)) return false;
  if (!y->fund[0]) return true; /* somebody else's money: recorded, not ours to budget */
  return check_budget(ctx, p, ev->kind->payment, y, e);
}
