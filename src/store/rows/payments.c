/* Money that events moved: one row an event, so that sums are sums of rows. */
#include "store/rows/payments.h"

#include "store/row.h"

const row_table store_table_payment = {
    .name = "payment",
    .derived = true,
    .indexes = ROW_INDEXES("fund, day, id", "measure", "root"),
    ROW_COLUMNS(
        payment, ROW_UUID("id", payment, id, KEY), ROW_STR("kind", payment, kind, FIXED),
        ROW_UUID("root", payment, root, FIXED), ROW_UUID("subject", payment, subject, FIXED),
        ROW_AREA("area", payment, area, FIXED), ROW_STR("fund", payment, fund, FIXED),
        ROW_OPTIONAL_UUID("measure", payment, measure, FIXED),
        ROW_STR("period", payment, period, FIXED), ROW_INT("amount", payment, amount, FIXED),
        ROW_DAY("day", payment, on, FIXED), ROW_BOOL("withdrawn", payment, withdrawn, FIXED))};

bool store_payment_put(store *s, const payment *p, err *e) {
  return row_insert(s, &store_table_payment, p, e);
}

bool store_payment_withdraw(store *s, const uuid *id, err *e) {
  db_stmt *q = sql_prepare(s, "UPDATE payment SET withdrawn = 1 WHERE county = $1 AND id = $2", e);
  if (!q) return false;
  sql_bind_uuid(q, 2, id);
  return db_run(q, e);
}

static bool read_sum(db_stmt *q, int64_t *ret, err *e) {
  int got = db_next(q, e);
  *ret = got > 0 && !db_null(q, 0) ? db_int(q, 0) : 0;
  if (got > 0) db_done(q);
  return got >= 0;
}

bool store_paid(store *s, const uuid *measure, const char *period, int64_t *ret, err *e) {
  db_stmt *q =
      sql_prepare(s,
                  period ? "SELECT CAST(sum(amount) AS BIGINT) FROM payment WHERE county = $1 AND "
                           "measure = $2 AND withdrawn = 0 AND period = $3"
                         : "SELECT CAST(sum(amount) AS BIGINT) FROM payment WHERE county = $1 AND "
                           "measure = $2 AND withdrawn = 0",
                  e);
  if (!q) return false;
  sql_bind_uuid(q, 2, measure);
  if (period) db_bind_str(q, 3, period);
  return read_sum(q, ret, e);
}

bool store_paid_from(store *s, const char *fund, int64_t *ret, err *e) {
  db_stmt *q =
      sql_prepare(s,
                  "SELECT CAST(sum(amount) AS BIGINT) FROM payment WHERE county = $1 AND fund = "
                  "$2 AND withdrawn = 0",
                  e);
  if (!q) return false;
  db_bind_str(q, 2, fund);
  return read_sum(q, ret, e);
}

/* ---- totals ---- */

typedef struct totals {
  arena *a;
  fund_total *rows;
  size_t count, room;
} totals;

static fund_total *total_of(totals *t, const char *fund) {
  for (size_t i = 0; i < t->count; i++)
    if (strcmp(t->rows[i].fund, fund) == 0) return &t->rows[i];
  fund_total *more = ARENA_GROW(t->a, t->rows, t->count, &t->room, fund_total);
  if (!more) return NULL;
  t->rows = more;
  more[t->count] = (fund_total){.fund = arena_text(t->a, fund)};
  return more[t->count].fund ? &more[t->count++] : NULL;
}

static bool add_paid(store *s, totals *t, err *e) {
  db_stmt *q =
      sql_prepare(s,
                  "SELECT fund, CAST(sum(amount) AS BIGINT), count(*) FROM payment WHERE county = "
                  "$1 AND withdrawn = 0 GROUP BY fund ORDER BY fund",
                  e);
  int got = 0;
  while (q && (got = db_next(q, e)) > 0) {
    const char *fund = sql_str(q, 0, t->a);
    fund_total *f = fund ? total_of(t, fund) : NULL;
    if (!f) {
      db_done(q);
      return err_memory(e);
    }
    f->paid = db_int(q, 1);
    f->payments = db_int(q, 2);
  }
  return q && got == 0;
}

/* A payment's own period says whether it is of this month or year: "" is of a measure paid once. */
static bool add_promised(store *s, totals *t, day today, err *e) {
  char on[11], month[8] = "", year[5] = "";
  day_format(today, on);
  memcpy(month, on, 7);
  memcpy(year, on, 4);
  db_stmt *q =
      sql_prepare(s,
                  "SELECT m.fund, m.amount, (SELECT CAST(sum(p.amount) AS BIGINT) FROM payment p "
                  "WHERE p.county = m.county AND p.measure = m.id AND p.withdrawn = 0 AND "
                  "p.period IN ('', $2, $3)) FROM measure m WHERE m.county = $1 AND m.state IN "
                  "('approved', 'running') AND m.fund <> '' AND m.amount IS NOT NULL",
                  e);
  if (!q) return false;
  db_bind_str(q, 2, month);
  db_bind_str(q, 3, year);
  int got;
  while ((got = db_next(q, e)) > 0) {
    const char *fund = sql_str(q, 0, t->a);
    fund_total *f = fund ? total_of(t, fund) : NULL;
    if (!f) {
      db_done(q);
      return err_memory(e);
    }
    int64_t left = db_int(q, 1) - (db_null(q, 2) ? 0 : db_int(q, 2));
    if (left <= 0) continue;
    if (__builtin_add_overflow(f->promised, left, &f->promised)) f->promised = INT64_MAX;
    f->promises++;
  }
  return got == 0;
}

bool store_fund_totals(store *s, arena *a, day today, fund_total **ret, size_t *ret_count, err *e) {
  totals t = {.a = a};
  if (!add_paid(s, &t, e) || !add_promised(s, &t, today, e)) return false;
  *ret = t.rows;
  *ret_count = t.count;
  return true;
}

/* ---- rows ---- */

bool store_payments(store *s, arena *a, const payment_query *x, payment **ret, size_t *ret_count,
                    err *e) {
  AUTO_BUF buf b = {0};
  int n = 8;
  buf_str(&b, "withdrawn = 0 AND day "
              "BETWEEN $2 AND $3 AND ($4 = '' OR fund = $4) AND (day < $5 OR (day = $5 AND id < "
              "$6)) AND ");
  scope_sql(s, &b, &x->scope, &n);
  reach_sql(s, &b, x->reach, REACH_EVENT, &n);
  buf_str(&b, " ORDER BY day DESC, id DESC LIMIT $7");
  db_stmt *q = row_select_buf(s, &store_table_payment, &b, e);
  if (!q) return false;
  const uuid last = {{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                      0xff, 0xff, 0xff}};
  db_bind_int(q, 2, x->from == DAY_NONE ? DAY_MIN : x->from);
  db_bind_int(q, 3, x->to == DAY_NONE ? DAY_MAX : x->to);
  db_bind_str(q, 4, x->fund ? x->fund : "");
  db_bind_int(q, 5, x->has_after ? x->after_on : DAY_MAX);
  sql_bind_uuid(q, 6, x->has_after ? &x->after_id : &last);
  db_bind_int(q, 7, (int64_t)x->limit);
  n = 8;
  scope_bind(q, &x->scope, &n);
  reach_bind(q, x->reach, &n);
  return row_list(q, &store_table_payment, a, ret, ret_count, e);
}
