/* Funds with what they paid and promised, and the payments behind them. */
#include "http/handlers.h"

#include <inttypes.h>
#include <stdio.h>

/* ---- funds ---- */

typedef struct listing {
  request *q;
  json_out *w;
  const kind *kind;
  int budget;
  fund_total *totals;
  size_t count;
} listing;

static bool put_fund(void *context, const record *r, err *e) {
  listing *l = context;
  const value *key = &r->fields[l->kind->key], *budget = &r->fields[l->budget];
  const fund_total *t = NULL;
  if (key->type != VALUE_STRING) return true;
  for (size_t i = 0; i < l->count && !t; i++)
    if (text_is(key->s, l->totals[i].fund)) t = &l->totals[i];
  int64_t paid = t ? t->paid : 0, promised = t ? t->promised : 0;
  json_open(l->w, '{');
  put_str(l->w, "kind", l->kind->name);
  put_uuid(l->w, "id", &r->id);
  json_key(l->w, "key");
  json_put_text(l->w, key->s);
  json_key(l->w, "title");
  json_put_text(l->w, record_title(r));
  json_key(l->w, "budget");
  if (budget->type == VALUE_INT)
    json_put_int(l->w, budget->i);
  else
    json_put_null(l->w);
  put_int(l->w, "paid", paid);
  put_int(l->w, "payments", t ? t->payments : 0);
  put_int(l->w, "promised", promised);
  put_int(l->w, "promises", t ? t->promises : 0);
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
    if (p->events[i].pays && p->events[i].pays->fund_kind == p->events[event_index].pays->fund_kind)
      return false;
  return true;
}

void handle_funds(request *q) {
  listing l = {.q = q};
  err e;
  if (!store_fund_totals(request_store(q), q->a, request_today(), &l.totals, &l.count, &e)) {
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, 200);
  l.w = &w;
  json_open(&w, '{');
  put_day(&w, "today", request_today());
  json_key(&w, "items");
  json_open(&w, '[');
  bool ok = true;
  for (size_t p = 0; p < request_packs(q)->count; p++) {
    const pack *of = request_packs(q)->packs[p];
    for (size_t i = 0; ok && i < of->event_count; i++) {
      if (!of->events[i].pays || !is_first(of, i)) continue;
      l.kind = &of->kinds[of->events[i].pays->fund_kind];
      l.budget = of->events[i].pays->budget;
      ok = store_scan(request_store(q), l.kind, put_fund, &l, &e);
    }
  }
  json_close(&w, ']');
  json_close(&w, '}');
  if (!ok) request_fail(q, &e);
}

/* ---- payments ---- */

static void put_payment(request *q, json_out *w, const payment *p) {
  const event_kind *k = catalog_event(request_packs(q), text_of(p->kind), NULL);
  const pack *owner = NULL;
  measure *m = NULL;
  err ignored;
  catalog_event(request_packs(q), text_of(p->kind), &owner);
  json_open(w, '{');
  put_uuid(w, "id", &p->id);
  put_str(w, "kind", p->kind);
  put_label(w, "title", k ? k->title : (label){p->kind, p->kind});
  put_day(w, "on", p->on);
  put_str(w, "fund", p->fund);
  put_str(w, "period", p->period);
  put_int(w, "amount", p->amount);
  put_ref(q, w, k && owner ? owner->kinds[k->about].name : "", &p->subject, &p->root, p->area);
  put_uuid(w, "measure", &p->measure);
  if (!uuid_is_nil(&p->measure) &&
      store_measure(request_store(q), q->a, &p->measure, NULL, &m, &ignored) && m) {
    const measure_kind *mk = catalog_measure(request_packs(q), text_of(m->kind), NULL);
    put_label(w, "measure_title", mk ? mk->title : (label){m->kind, m->kind});
  }
  json_close(w, '}');
}

/* "2024-03-01.ID" of the last row seen. */
static bool read_cursor(request *q, payment_query *x) {
  text c = request_query(q, "cursor");
  if (!c.bytes) return true;
  x->has_after = c.bytes == 10 + 1 + 36 && day_parse((text){c.at, 10}, &x->after_on) &&
                 uuid_parse((text){c.at + 11, 36}, &x->after_id);
  if (x->has_after) return true;
  request_problem(q, ERR_BAD_INPUT, "cursor", "翻页标记不对，请从第一页开始。",
                  "The cursor is wrong; start from the first page.");
  return false;
}

void handle_payments(request *q) {
  payment_query x = {.reach = query_reach(q), .limit = query_limit(q) + 1};
  payment *rows = NULL;
  size_t count = 0;
  err e;
  text fund = request_query(q, "fund");
  x.fund = fund.bytes ? arena_copy(q->a, fund.at, fund.bytes) : NULL;
  if (!read_cursor(q, &x) || !query_day(q, "from", DAY_NONE, &x.from) ||
      !query_day(q, "to", DAY_NONE, &x.to))
    return;
  if (!store_payments(request_store(q), q->a, &x, &rows, &count, &e)) {
    request_fail(q, &e);
    return;
  }
  bool more = count == x.limit;
  if (more) count--;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) put_payment(q, &w, &rows[i]);
  json_close(&w, ']');
  json_key(&w, "next");
  if (more) {
    char on[11], id[37];
    day_format(rows[count - 1].on, on);
    uuid_format(&rows[count - 1].id, id);
    json_put_str(&w, arena_printf(q->a, "%s.%s", on, id));
  } else {
    json_put_null(&w);
  }
  json_close(&w, '}');
}
