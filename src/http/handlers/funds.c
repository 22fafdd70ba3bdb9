/* Funds with what they paid and promised, and the payments behind them. */
#include "http/handlers.h"

/* ---- funds ---- */

typedef struct fund_list {
  request *q;
  json_out *w;
  const kind *kind;
  int budget;
  fund_total *totals;
  size_t count;
} fund_list;

static bool put_fund(void *context, const record *r, err *e) {
  fund_list *l = context;
  const value *key = &r->fields[l->kind->key], *budget = &r->fields[l->budget];
  const fund_total *t = NULL;
  if (key->type != VALUE_STRING) return true;
  for (size_t i = 0; i < l->count && !t; i++)
    if (text_is(key->s, l->totals[i].fund)) t = &l->totals[i];
  int64_t paid = t ? t->paid : 0, promised = t ? t->promised : 0;
  json_open(l->w, '{');
  json_field_str(l->w, "kind", l->kind->name);
  json_field_uuid(l->w, "id", &r->id);
  json_key(l->w, "key");
  json_put_text(l->w, key->s);
  json_key(l->w, "title");
  json_put_text(l->w, record_title(r));
  json_key(l->w, "budget");
  if (budget->type == VALUE_INT)
    json_put_int(l->w, budget->i);
  else
    json_put_null(l->w);
  json_field_int(l->w, "paid", paid);
  json_field_int(l->w, "payments", t ? t->payments : 0);
  json_field_int(l->w, "promised", promised);
  json_field_int(l->w, "promises", t ? t->promises : 0);
  json_key(l->w, "left");
  if (budget->type == VALUE_INT)
    json_put_int(l->w, budget->i - paid);
  else
    json_put_null(l->w);
  json_close(l->w, '}');
  (void)e;
  return true;
}

static bool is_first(const pack *p, size_t event_index) {
  for (size_t i = 0; i < event_index; i++)
    if (p->events[i].payment &&
        p->events[i].payment->fund_kind == p->events[event_index].payment->fund_kind)
      return false;
  return true;
}

bool handle_funds(request *q, err *e) {
  fund_list l = {.q = q};
  if (!store_fund_totals(request_store(q), q->a, request_today(), &l.totals, &l.count, e))
    return false;
  json_out w = request_answer(q, 200);
  l.w = &w;
  json_open(&w, '{');
  json_field_day(&w, "today", request_today());
  page_begin(&w);
  for (size_t p = 0; p < request_packs(q)->count; p++) {
    const pack *of = request_packs(q)->packs[p];
    for (size_t i = 0; i < of->event_count; i++) {
      if (!of->events[i].payment || !is_first(of, i)) continue;
      l.kind = &of->kinds[of->events[i].payment->fund_kind];
      if (!reach_has_kind(&q->who.reach, l.kind)) continue;
      l.budget = of->events[i].payment->budget;
      if (!store_subjects_scan(request_store(q), l.kind, put_fund, &l, e)) return false;
    }
  }
  page_end(&w, "", NULL);
  return true;
}

/* ---- payments ---- */

static void put_payment(request *q, json_out *w, const payment *p) {
  const event_kind *k = catalog_event(request_packs(q), text_of(p->kind), NULL);
  const pack *owner = NULL;
  measure *m = NULL;
  err ignored;
  catalog_event(request_packs(q), text_of(p->kind), &owner);
  if (k && owner) {
    const sight s = request_sight(q, owner, p->area, &p->root);
    if (sight_of(&s, k->groups) == SHOWN_NOT) return;
  }
  json_open(w, '{');
  json_field_uuid(w, "id", &p->id);
  json_field_str(w, "kind", p->kind);
  json_field_label(w, "title", k ? k->title : (label){p->kind, p->kind});
  json_field_day(w, "on", p->on);
  json_field_str(w, "fund", p->fund);
  json_field_str(w, "period", p->period);
  json_field_int(w, "amount", p->amount);
  view_ref(q, w, k && owner ? owner->kinds[k->about].name : "", &p->subject, &p->root, p->area);
  json_field_uuid(w, "measure", &p->measure);
  if (!uuid_is_nil(&p->measure))
    arena_looked(q->a, store_measure_find(request_store(q), q->a, &p->measure, NULL, &m, &ignored),
                 &ignored);
  if (m) {
    const measure_kind *mk = catalog_measure(request_packs(q), text_of(m->kind), NULL);
    json_field_label(w, "measure_title", mk ? mk->title : (label){m->kind, m->kind});
  }
  json_close(w, '}');
}

bool handle_payments(request *q, err *e) {
  static const char parts[] = "on.id";
  page_cursor c;
  payment *rows = NULL;
  size_t count = 0;
  if (!page_read(q, parts, &c, e)) return false;
  payment_query x = {.reach = &q->who.reach,
                     .fund = query_str(q, "fund"),
                     .has_after = c.given,
                     .after_on = c.on,
                     .after_id = c.id,
                     .limit = query_limit(q) + 1};
  if (!query_scope(q, &x.scope, e) || !query_day(q, "from", DAY_NONE, &x.from, e) ||
      !query_day(q, "to", DAY_NONE, &x.to, e) ||
      !store_payments(request_store(q), q->a, &x, &rows, &count, e))
    return false;
  bool more = count == x.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) put_payment(q, &w, &rows[i]);
  if (more) c = (page_cursor){.on = rows[count - 1].on, .id = rows[count - 1].id};
  page_end(&w, parts, more ? &c : NULL);
  return true;
}
