/* payments.h — money that events moved: a row an event. */
#ifndef JISHI_STORE_ROWS_PAYMENTS_H
#define JISHI_STORE_ROWS_PAYMENTS_H

#include "store/reach.h"
#include "store/store.h"

typedef struct payment {
  uuid id, root, subject, measure; /* id: the event's; measure nil: none */
  const char *kind, *fund, *period;
  char area[13];
  int64_t amount;
  day on;
  bool withdrawn;
} payment;
bool store_payment_put(store *s, const payment *p, err *e);
bool store_payment_withdraw(store *s, const uuid *id, err *e);
/* What was paid for a measure (in a period; NULL: in all), and from a fund. */
bool store_paid(store *s, const uuid *measure, const char *period, int64_t *ret, err *e);
bool store_paid_from(store *s, const char *fund, int64_t *ret, err *e);
typedef struct fund_total {
  const char *fund;
  int64_t paid, payments;
  int64_t promised; /* approved or running measures: what of their amounts is not paid yet; of those
                       by month or year, of the period of `today` */
  int64_t promises;
} fund_total;
bool store_fund_totals(store *s, arena *a, day today, fund_total **ret, size_t *ret_count, err *e);
typedef struct payment_query {
  scope scope;
  const reach *reach; /* NULL: no bound but the scope */
  const char *fund;   /* NULL: any */
  day from, to;
  bool has_after; /* cursor: newest first, by (day, id) */
  day after_on;
  uuid after_id;
  size_t limit;
} payment_query;
bool store_payments(store *s, arena *a, const payment_query *q, payment **ret, size_t *ret_count,
                    err *e);

#endif
