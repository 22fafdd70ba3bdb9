#include "http/handlers.h"
#include "http/screens.h"
#include "screen/whatif_json.h"

static bool ask(request *q, screen *s, store *names, err *e) {
  json_out w = request_answer(q, 200);
  return whatif_answer(q->note, s, names, q->a, &w, e);
}

static void after_asking(request *q) {
  (void)q; /* the asking thread wrote it */
}

void handle_simulation(request *q) {
  json *body;
  county c;
  err e;
  if (!request_json(q, &body)) return;
  whatif *x = ARENA_NEW(q->a, whatif);
  bool ok = x ? store_county_read(request_store(q), &c, &e) &&
                    whatif_read(body, request_packs(q), &q->who.reach, request_today(), q->a, x, &e)
              : err_memory(&e);
  if (!ok) {
    request_fail(q, &e);
    return;
  }
  if (!x->area[0]) whatif_base(&q->who.reach, c.code, x->area);
  q->note = x;
  request_screen(q, x->pack, c.seq, ask, after_asking);
}
