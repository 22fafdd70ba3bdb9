/* What-if: a question to a screen. */
#include "http/handlers.h"
#include "http/screens.h"
#include "screen/whatif_json.h"

static bool ask(request *q, screen *s, store *names, err *e) {
  json_out w = request_answer(q, 200);
  return whatif_answer(q->data, s, names, q->a, &w, e);
}

static bool after_ask(request *q, err *e) {
  (void)q, (void)e; /* the asking thread wrote the answer */
  return true;
}

bool handle_simulation(request *q, err *e) {
  const json *body = param_body(q, e);
  county c;
  if (!body || !store_county_get(request_store(q), &c, e)) return false;
  whatif *x = ARENA_NEW(q->a, whatif);
  if (!x) return err_memory(e);
  if (!whatif_read(body, request_packs(q), &q->who.scope, request_today(), q->a, x, e))
    return false;
  if (!x->area[0]) whatif_base(&q->who.scope, c.code, x->area);
  q->data = x;
  return request_screen(q, x->pack, c.seq, ask, after_ask);
}
