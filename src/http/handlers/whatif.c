/* What-if: a question to a screen. */
#include "http/handlers.h"
#include "http/screens.h"
#include "pack/model/reads.h"
#include "screen/whatif_json.h"

static bool ask(request *q, screen *s, store *names, err *e) {
  json_out w = request_answer(q, 200);
  return whatif_answer(q->data, s, names, q->a, &w, e);
}

static bool after_ask(request *q, err *e) {
  (void)q, (void)e; /* the asking thread wrote the answer */
  return true;
}

/* A what-if is about every rule at once, so whoever asks sees all that they are about. It tells how
 * many and who, and what it costs; the sentences of the rules, in which a number may stand, it does
 * not. */
static bool may_ask(request *q, const pack *p, scope *ret, err *e) {
  if (!request_figures(q, p, ret, e)) return false;
  const sight s = actor_sight_everywhere(&q->who.actor, request_packs(q), p);
  for (size_t i = 0; i < p->rule_count; i++)
    if (!actor_sees_all(&q->who.actor, request_packs(q), &p->kinds[p->rules[i].of]) ||
        sight_of(&s, (reads_of_rule(p, &p->rules[i]) | reads_of_message(p, &p->rules[i])) &
                         ~READS_PRIVATE) != SHOWN_CLEAR)
      return rights_denied((label){"推演这个业务包的政策", "ask what if of this pack"}, e);
  return true;
}

bool handle_simulation(request *q, err *e) {
  const json *body = param_body(q, e);
  county c;
  if (!body || !store_county_get(request_store(q), &c, e)) return false;
  const pack *p = whatif_pack(request_packs(q), json_text(body, "pack"));
  whatif *x = ARENA_NEW(q->a, whatif);
  scope seen = {0};
  if (!x) return err_memory(e);
  if (p && !may_ask(q, p, &seen, e)) return false;
  if (!whatif_read(body, request_packs(q), &seen, request_today(), q->a, x, e)) return false;
  if (!x->area[0]) whatif_base(&seen, c.code, x->area);
  q->data = x;
  return request_screen(q, x->pack, c.seq, ask, after_ask);
}
