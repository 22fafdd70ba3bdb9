/* Events that may happen once only, and events that move money: nothing is paid twice, nothing is
 * paid without approval, no fund pays more than it has. */
#include "engine/rules/payments.h"

#include "base/money.h"

/* An expression over an event that is not recorded yet. */
static value of_event(unit *u, const event *x, const cel_program *p) {
  return p ? unit_event_eval(u, x, p) : (value){.type = VALUE_UNKNOWN};
}

static unit *unit_of(work *w, const kind *root, const event *x, err *e) {
  return unit_load(w->s, w->a, root, &x->root, NULL, w->g->calendar, w->today, e);
}

bool check_once(work *w, const kind *root, const event *x, const event *but, err *e) {
  if (!x->kind->once || w->g->replaying) return true;
  event **others = NULL;
  size_t count = 0;
  unit *u = unit_of(w, root, x, e);
  if (!u) return false;
  value key = of_event(u, x, x->kind->once);
  if (key.type != VALUE_STRING) return true; /* not known, not compared */
  if (!store_events(w->s, w->a, x->kind, &x->root, DAY_NONE, false, &others, &count, e))
    return false;
  for (size_t i = 0; i < count; i++) {
    if (!uuid_equal(&others[i]->subject, &x->subject) || uuid_equal(&others[i]->id, &x->id) ||
        (but && uuid_equal(&others[i]->id, &but->id)))
      continue;
    value other = of_event(u, others[i], x->kind->once);
    if (other.type != VALUE_STRING || !text_equal(other.s, key.s)) continue;
    char on[11];
    day_format(others[i]->on, on);
    return err_set(e, ERR_CONFLICT, NULL, "%s（%s 已登记过一次）%.0s%.0s",
                   "%.0s%.0s%s (recorded on %s)", x->kind->once_says.zh, on, x->kind->once_says.en,
                   on);
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

static bool name_measure(work *w, const event *x, const field *f, value *v, err *e) {
  measure *all = NULL;
  const measure *meant = NULL;
  size_t count = 0;
  uuid id;
  char own[37];
  if (v->type != VALUE_STRING || uuid_parse(v->s, &id)) return true;
  if (!store_measures_of(w->s, w->a, &x->root, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (is_called(&w->g->packs, &all[i], v->s) && is_approved(&all[i]) &&
        (!meant || all[i].version > meant->version))
      meant = &all[i];
  if (!meant)
    return err_set(
        e, ERR_NOT_ALLOWED, f->name, "“%.*s”没有经过审批，不能发放。请先提出措施并审批。",
        "\"%.*s\" is not approved, so nothing can be paid. Propose it and have it approved "
        "first.",
        (int)text_cut(v->s, 60).bytes, v->s.at);
  uuid_format(&meant->id, own);
  const char *copy = arena_text(w->a, own);
  if (!copy) return err_memory(e);
  *v = value_string(text_of(copy));
  return true;
}

bool name_measures(work *w, event *x, err *e) {
  for (size_t i = 0; i < x->kind->field_count; i++)
    if (x->kind->fields[i].format == FORMAT_MEASURE &&
        !name_measure(w, x, &x->kind->fields[i], &x->fields[i], e))
      return false;
  return true;
}

/* ---- money ---- */

const char *fund_of_form(const measure_kind *k, const value *form, arena *a) {
  if (k->fund < 0 || form[k->fund].type != VALUE_STRING) return "";
  return arena_copy(a, form[k->fund].s.at, form[k->fund].s.bytes);
}

static void say_money(int64_t fen, char out[32]) {
  money_format_yuan(fen, out);
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

static bool check_measure(work *w, const payment *x, const measure *m, err *e) {
  int64_t paid = 0;
  char left[32];
  if (!m || !uuid_equal(&m->root, &x->root))
    return err_set(e, ERR_BAD_INPUT, "measure", "没有找到这一户的这项措施，请重新选择。",
                   "This is no measure of this subject; choose again.");
  const measure_kind *k = catalog_measure(&w->g->packs, text_of(m->kind), NULL);
  if (!k || !is_approved(m) || !m->has_amount)
    return err_set(e, ERR_NOT_ALLOWED, "measure",
                   "“%s”没有经过审批，不能发放。请先提出措施并审批。%.0s",
                   "%.0s\"%s\" is not approved, so nothing can be paid. Propose it and have it "
                   "approved first.",
                   k ? k->title.zh : m->kind, k ? k->title.en : m->kind);
  if (!month_or_year(k->per, x->period))
    return err_set(
        e, ERR_BAD_INPUT, "period", "请填写发放的月份(如 2024-03)或年份(如 2024)；一次性措施不填。",
        "Give the month (2024-03) or the year (2024) that is paid; nothing for a measure "
        "that is paid once.");
  if (!store_paid(w->s, &m->id, x->period, &paid, e)) return false;
  if (x->amount > m->amount - paid) {
    say_money(m->amount - paid, left);
    return err_set(e, ERR_CONFLICT, "amount",
                   "“%s”批准的金额还剩 %s 元没有发，不能多发或重复发放。%.0s%.0s",
                   "%.0s%.0sOf \"%s\" %s yuan are approved and not paid yet; nothing is paid twice "
                   "or beyond the approval.",
                   k->title.zh, left, k->title.en, left);
  }
  if (!m->fund[0] || strcmp(m->fund, x->fund) == 0) return true;
  return err_set(e, ERR_CONFLICT, "fund", "这项措施批准的资金是“%s”，请改用它。",
                 "The measure was approved from the fund \"%s\"; pay from that.", m->fund);
}

static bool check_budget(work *w, const pack *p, const pays *how, const payment *x, err *e) {
  const kind *k = &p->kinds[how->fund_kind];
  record *fund = NULL;
  int64_t paid = 0;
  char left[32];
  if (!store_subject_by_key(w->s, w->a, k, text_of(x->fund), &fund, e)) return false;
  if (!fund || fund->fields[how->budget].type != VALUE_INT)
    return err_set(e, ERR_NOT_ALLOWED, "fund", "资金“%s”还没有登记“%s”，不能支付。%.0s%.0s",
                   "%.0s%.0sThe fund \"%s\" has no \"%s\" on record; nothing can be paid.", x->fund,
                   k->fields[how->budget].title.zh, x->fund, k->fields[how->budget].title.en);
  if (!store_paid_from(w->s, x->fund, &paid, e)) return false;
  const int64_t rest = fund->fields[how->budget].i - paid;
  if (x->amount <= rest) return true;
  say_money(rest, left);
  return err_set(
      e, ERR_CONFLICT, "amount", "资金“%s”只剩 %s 元，不够支付。请先调整预算或换一笔资金。%.0s%.0s",
      "%.0s%.0sThe fund \"%s\" has %s yuan left, which is not enough. Change its budget, or "
      "take another fund.",
      x->fund, left, x->fund, left);
}

static const char *text_in(work *w, const value *v) {
  return v->type == VALUE_STRING ? arena_copy(w->a, v->s.at, v->s.bytes) : "";
}

/* The payment an event stands for; *out NULL: it moves no money. */
static bool read_payment(work *w, const pack *p, const event *x, payment **out, err *e) {
  const pays *how = x->kind->pays;
  unit *u = unit_of(w, catalog_root_kind(&w->g->packs, &p->kinds[x->kind->about]), x, e);
  if (!u) return false;
  value amount = of_event(u, x, how->amount), period = of_event(u, x, how->period);
  bool ours = x->fields[how->fund].type == VALUE_STRING ||
              (how->measure >= 0 && x->fields[how->measure].type == VALUE_STRING);
  if (amount.type == VALUE_UNKNOWN && !ours) return true; /* told as unknown where it is shown */
  if (amount.type != VALUE_INT)
    return err_set(e, ERR_BAD_INPUT, "amount", "金额还算不出来，请把项目填全。",
                   "The amount cannot be computed yet; fill in what is missing.");
  if (amount.i < 0)
    return err_set(e, ERR_BAD_INPUT, "amount", "金额不能小于零。", "The amount is below zero.");
  if (amount.i == 0) return true; /* help in kind */
  payment *y = ARENA_NEW(w->a, payment);
  if (!y) return err_memory(e);
  *y = (payment){.id = x->id,
                 .root = x->root,
                 .subject = x->subject,
                 .kind = x->kind->name,
                 .fund = text_in(w, &x->fields[how->fund]),
                 .period = text_in(w, &period),
                 .amount = amount.i,
                 .on = x->on};
  memcpy(y->area, x->area, sizeof y->area);
  if (how->measure >= 0 && x->fields[how->measure].type == VALUE_STRING)
    uuid_parse(x->fields[how->measure].s, &y->measure);
  if (!y->fund || !y->period) return err_memory(e);
  *out = y;
  return true;
}

bool check_payment(work *w, const pack *p, const event *x, payment **out, err *e) {
  measure *m = NULL;
  *out = NULL;
  if (!x->kind->pays) return true;
  if (!read_payment(w, p, x, out, e)) return false;
  payment *y = *out;
  if (!y) return true;
  bool of_measure = !uuid_is_nil(&y->measure);
  if (of_measure && !store_measure(w->s, w->a, &y->measure, NULL, &m, e)) return false;
  if (m && !y->fund[0]) y->fund = m->fund; /* it was said at the approval */
  if (w->g->replaying) return true;
  if (of_measure && !check_measure(w, y, m, e)) return false;
  if (!y->fund[0]) return true; /* somebody else's money: recorded, not ours to budget */
  return check_budget(w, p, x->kind->pays, y, e);
}
