/* Look-back by sample: how many, who, and what the visits tell of everybody. */
#include "base/ident.h"
#include "base/json_build.h"
#include "base/money.h"
#include "base/statistics.h"
#include "http/handlers.h"
#include "pack/model/reads.h"
#include "http/screens.h"
#include "screen/sample_draw.h"
#include "screen/whatif.h"

#include <math.h>
#include <stdio.h>

/* ---- what is asked ---- */

static bool find_plan(request *q, text pack_name, text plan, draw_terms *x, err *e) {
  const catalog *packs = request_packs(q);
  for (size_t i = 0; i < packs->count; i++)
    if (text_is(pack_name, packs->packs[i]->name)) x->pack = packs->packs[i];
  x->plan = x->pack ? pack_sample_plan(x->pack, plan) : NULL;
  return x->plan || err_set(e, ERR_UNKNOWN_NAME, "plan", "没有这项抽查方案。",
                            "There is no such plan of a sample.");
}

static bool set_area(request *q, draw_terms *x, text area, err *e) {
  county c;
  scope seen;
  if (!store_county_get(request_store(q), &c, e) || !request_figures(q, x->pack, &seen, e))
    return false;
  if (!actor_sees_all(&q->who.actor, request_packs(q), &x->pack->kinds[x->plan->of]))
    return rights_denied((label){"抽查这类对象", "draw samples of this kind"}, e);
  x->scope = seen;
  if (area.bytes) {
    if (!area_code_check(area, x->area, e)) return err_within(e, "area");
    x->scope = scope_within(&seen, x->area);
  } else {
    whatif_base(&seen, c.code, x->area);
  }
  return true;
}

/* The newest entry, so that who asks sees what he has just written. */
static bool newest(request *q, int64_t *ret, err *e) {
  county c;
  if (!store_county_get(request_store(q), &c, e)) return false;
  *ret = c.seq;
  return true;
}

/* ---- how many ---- */

static bool ask_size(request *q, screen *s, store *names, err *e) {
  (void)names;
  return draw_size(q->data, s, q->a, request_today(), e);
}

static bool show_size(request *q, err *e) {
  const sample_drawing *x = q->data;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_int(&w, "population", (int64_t)x->frame.count);
  json_field_int(&w, "unknown", x->frame.unknown);
  json_field_int(&w, "size", x->size);
  if (!draw_put_strata(&w, x, request_store(q), q->a, e)) return false;
  json_close(&w, '}');
  return true;
}

bool handle_sample_sizing(request *q, err *e) {
  sample_drawing *x = ARENA_NEW(q->a, sample_drawing);
  const pack *p = query_pack(q, e);
  int64_t seq;
  if (!x) return err_memory(e);
  if (!p || !find_plan(q, text_of(p->name), q->params[0], &x->terms, e) ||
      !set_area(q, &x->terms, query_text(q, "area"), e) ||
      !draw_read_rates(&x->terms, query_text(q, "confidence"), query_text(q, "precision"),
                       query_text(q, "expected"), e) ||
      !newest(q, &seq, e))
    return false;
  text size = query_text(q, "size");
  x->terms.stratified = text_is(query_text(q, "stratified"), "true");
  if (size.bytes && (!text_to_int(size, &x->terms.size) || x->terms.size < 1))
    return err_set(e, ERR_BAD_INPUT, "size", "样本量要是正整数。", "The size is a whole number.");
  q->data = x;
  return request_screen(q, p, seq, ask_size, show_size);
}

/* ---- sample_drawing ---- */

typedef struct draw_request {
  sample_drawing x; /* first: ask_size reads it */
  const json *sent;
} draw_request;

static bool ask_draw(request *q, screen *s, store *names, err *e) {
  draw_request *d = q->data;
  return ask_size(q, s, names, e) && draw_pick(&d->x, json_text(d->sent, "seed"), q->a, e);
}

static void put_rate(json_out *w, const char *key, int64_t rate) {
  char s[32];
  rate_format(rate, s);
  json_field_str(w, key, s);
}

static void put_sample(request *q, json_out *w, const sample *x) {
  static const label nothing = {"", ""};
  draw_terms t = {0};
  bool known = find_plan(q, text_of(x->pack), text_of(x->plan), &t, NULL);
  json_open(w, '{');
  json_field_uuid(w, "id", &x->id);
  json_field_str(w, "pack", x->pack);
  json_field_str(w, "plan", x->plan);
  json_field_label(w, "plan_title", known ? t.plan->title : (label){x->plan, x->plan});
  json_field_label(w, "definition", known ? t.plan->definition : nothing);
  json_field_str(w, "kind", x->kind);
  json_field_text(w, "title", x->title);
  json_field_text(w, "seed", x->seed);
  json_field_str(w, "area", x->area);
  json_field_str(w, "area_name", view_area_name_on(q, x->area, x->on));
  json_field_day(w, "drawn_on", x->on);
  json_field_str(w, "drawn_by", view_officer_name(q, &x->officer));
  json_key(w, "subject");
  if (uuid_is_nil(&x->subject)) {
    json_put_null(w);
  } else {
    char id[37];
    uuid_format(&x->subject, id);
    json_put_str(w, id);
  }
  json_field_bool(w, "stratified", x->stratified);
  json_field_int(w, "population", x->population);
  json_field_int(w, "size", x->size);
  put_rate(w, "confidence", x->confidence);
  put_rate(w, "precision", x->precision);
  put_rate(w, "expected", x->expected);
  json_close(w, '}');
}

static bool find_sample(request *q, sample **ret, err *e) {
  uuid id;
  *ret = NULL;
  if (!param_uuid(q, 0, &id, e) || !store_sample_find(request_store(q), q->a, &id, ret, e))
    return false;
  const kind *k = *ret ? catalog_kind(request_packs(q), text_of((*ret)->kind), NULL) : NULL;
  return (k && reach_has_kind(&q->who.reach, k)) ||
         err_set(e, ERR_UNKNOWN_NAME, "id", "没有这次抽查。", "There is no such sample.");
}

static bool after_draw(request *q, err *e) {
  sample *x = NULL;
  if (!find_sample(q, &x, e)) return false;
  json_out w = request_answer(q, q->job.answer.repeated ? 200 : 201);
  put_sample(q, &w, x);
  return true;
}

/* What was drawn becomes the command's body: the entry holds the list. */
static bool send_draw(request *q, err *e) {
  const draw_request *d = q->data;
  draw_said said = {.title = json_text(d->sent, "title"),
                    .seed = json_text(d->sent, "seed"),
                    .subject = json_text(d->sent, "subject")};
  json_builder made = {.a = q->a};
  json_out w = json_to_tree(&made);
  if (!param_uuid(q, 0, &said.id, e) || !draw_put_body(&w, &d->x, &said, request_store(q), q->a, e))
    return false;
  const json *body = json_built(&made, e);
  return body && request_command(q, VERB_SAMPLE, &said.id, body, 0, after_draw);
}

bool handle_sample_put(request *q, err *e) {
  static const char *const take[] = {"pack",      "plan",       "title",   "seed",
                                     "area",      "stratified", "size",    "confidence",
                                     "precision", "expected",   "subject", NULL};
  draw_request *d = ARENA_NEW(q->a, draw_request);
  uuid id;
  int64_t seq;
  if (!d) return err_memory(e);
  if (!param_uuid(q, 0, &id, e) || !(d->sent = param_command(q, take, NULL, &id, e))) return false;
  draw_terms *t = &d->x.terms;
  if (!find_plan(q, json_text(d->sent, "pack"), json_text(d->sent, "plan"), t, e) ||
      !set_area(q, t, json_text(d->sent, "area"), e) ||
      !draw_read_rates(t, json_text(d->sent, "confidence"), json_text(d->sent, "precision"),
                       json_text(d->sent, "expected"), e) ||
      !newest(q, &seq, e))
    return false;
  t->stratified = json_bool(d->sent, "stratified");
  if (json_has(d->sent, "size") && (!json_int(d->sent, "size", &t->size) || t->size < 1))
    return err_set(e, ERR_BAD_INPUT, "size", "样本量要是正整数。", "The size is a whole number.");
  q->data = d;
  return request_screen(q, t->pack, seq, ask_draw, send_draw);
}

/* ---- those there are ---- */

bool handle_samples(request *q, err *e) {
  const pack *p = query_pack(q, e);
  sample *all = NULL;
  size_t count = 0;
  uuid subject;
  bool has_subject = query_text(q, "subject").bytes > 0;
  if (!p || (has_subject && !query_uuid(q, "subject", &subject, e)) ||
      !store_samples(request_store(q), q->a, p->name, &all, &count, e))
    return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) {
    const kind *k = pack_kind(p, text_of(all[i].kind));
    if (k && reach_has_kind(&q->who.reach, k) &&
        (!has_subject || uuid_equal(&all[i].subject, &subject)))
      put_sample(q, &w, &all[i]);
  }
  page_end(&w, "", NULL);
  return true;
}

/* ---- one of them ---- */

typedef struct sample_view {
  sample *x;
  draw_terms terms;
  const json *strata, *members;
  uuid *ids;
  uint32_t *of; /* each member's stratum */
  size_t count;
  sample_check *checks;
  int64_t cursor;
  bool to_visit; /* only those who are still to be visited are told */
} sample_view;

static bool read_members(request *q, sample_view *v, err *e) {
  v->strata = json_parse(q->a, v->x->strata, e);
  v->members = v->strata ? json_parse(q->a, v->x->members, e) : NULL;
  if (!v->members) return false;
  v->count = v->members->count;
  v->ids = ARENA_ARRAY(q->a, v->count + 1, uuid);
  v->of = ARENA_ARRAY(q->a, v->count + 1, uint32_t);
  if (!v->ids || !v->of) return err_memory(e);
  for (size_t i = 0; i < v->count; i++) {
    const json *m = &v->members->items[i];
    if (m->type != JSON_LIST || m->count != 2 || !uuid_parse(m->items[0].s, &v->ids[i]) ||
        m->items[1].type != JSON_INT || m->items[1].n < 0 ||
        m->items[1].n >= (int64_t)v->strata->count)
      return err_set(e, ERR_INTERNAL, NULL, "抽查名单读不出来。", "The list cannot be read.");
    v->of[i] = (uint32_t)m->items[1].n;
  }
  return true;
}

static bool ask_checks(request *q, screen *s, store *names, err *e) {
  (void)names;
  sample_view *v = q->data;
  const check_query of = {.plan = v->terms.plan,
                          .ids = v->ids,
                          .count = v->count,
                          .since = v->x->on,
                          .today = request_today()};
  return screen_checks(s, q->a, &of, &v->checks, e);
}

static bool open_sample(request *q, request_handler *then, int64_t cursor, err *e) {
  sample_view *v = ARENA_NEW(q->a, sample_view);
  int64_t seq;
  if (!v) return err_memory(e);
  v->cursor = cursor;
  const text state = query_text(q, "state");
  v->to_visit = text_is(state, "to_visit");
  if (state.bytes && !v->to_visit)
    return err_set(e, ERR_BAD_INPUT, "state", "没有这种状态。", "There is no such state.");
  if (!find_sample(q, &v->x, e) || !newest(q, &seq, e) ||
      !find_plan(q, text_of(v->x->pack), text_of(v->x->plan), &v->terms, e) ||
      !read_members(q, v, e))
    return false;
  q->data = v;
  return request_screen(q, v->terms.pack, seq, ask_checks, then);
}

static void put_share(json_out *w, const char *key, bool known, double x) {
  char s[32];
  rate_format(llround(x * RATE_ONE), s);
  json_field_str(w, key, known ? s : NULL);
}

static bool put_result(request *q, json_out *w, const sample_view *v, size_t k, err *e) {
  const sample_result *r = &v->terms.plan->results[k];
  const size_t n = v->strata->count;
  stratum *strata = ARENA_ARRAY(q->a, n + 1, stratum), *room = ARENA_ARRAY(q->a, n + 1, stratum);
  if (!strata || !room) return err_memory(e);
  stratum all = {0};
  for (size_t i = 0; i < n; i++)
    json_int(&v->strata->items[i], "population", &strata[i].population);
  for (size_t i = 0; i < v->count; i++) {
    const int answer = v->checks[i].on == DAY_NONE ? SAMPLE_UNKNOWN : v->checks[i].answers[k];
    strata[v->of[i]].asked += answer != SAMPLE_UNKNOWN;
    strata[v->of[i]].yes += answer == SAMPLE_YES;
    all.asked += answer != SAMPLE_UNKNOWN;
    all.yes += answer == SAMPLE_YES;
  }
  estimate t = {0};
  bool known = sample_estimate(strata, n, (double)v->x->confidence / RATE_ONE, room, &t);
  json_open(w, '{');
  json_field_str(w, "name", r->name);
  json_field_label(w, "title", r->title);
  json_field_label(w, "definition", r->definition);
  json_field_int(w, "asked", all.asked);
  json_field_int(w, "yes", all.yes);
  put_share(w, "rate", known, t.rate);
  put_share(w, "low", known, t.low);
  put_share(w, "high", known, t.high);
  json_close(w, '}');
  return true;
}

static bool show_sample(request *q, err *e) {
  const sample_view *v = q->data;
  int64_t visited = 0;
  for (size_t i = 0; i < v->count; i++) visited += v->checks[i].on != DAY_NONE;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "sample");
  put_sample(q, &w, v->x);
  json_field_int(&w, "visited", visited);
  json_key(&w, "strata");
  json_put(&w, v->strata);
  json_field_open(&w, "results", '[');
  const scope seen = actor_scope_in(&q->who.actor, request_packs(q), v->terms.pack);
  const bool sees_all = scope_has(&seen, v->x->area);
  for (size_t k = 0; sees_all && k < v->terms.plan->result_count; k++)
    if (!put_result(q, &w, v, k, e)) return false;
  json_close(&w, ']');
  json_close(&w, '}');
  return true;
}

bool handle_sample(request *q, err *e) {
  return open_sample(q, show_sample, 0, e);
}

static bool put_drawn(request *q, json_out *w, const sample_view *v, size_t i, const record *r) {
  const sample_check *c = &v->checks[i];
  const json *title = json_get(&v->strata->items[v->of[i]], "title");
  const sight s = request_sight(q, v->terms.pack, r->area, &r->root);
  json_open(w, '{');
  view_ref(q, w, v->x->kind, &r->id, &r->root, r->area);
  json_key(w, "stratum");
  json_put(w, title);
  json_field_day(w, "checked_on", c->on);
  json_field_open(w, "answers", '[');
  for (size_t k = 0; k < v->terms.plan->result_count; k++) {
    const event_kind *check = &v->terms.pack->events[v->terms.plan->check];
    const uint32_t reads = check->groups | reads_of(v->terms.pack, &check->scope, check->fields,
                                                    v->terms.plan->results[k].what);
    if (c->on == DAY_NONE || c->answers[k] == SAMPLE_UNKNOWN || sight_of(&s, reads) != SHOWN_CLEAR)
      json_put_null(w);
    else
      json_put_bool(w, c->answers[k] == SAMPLE_YES);
  }
  json_close(w, ']');
  json_close(w, '}');
  return true;
}

static bool show_drawn(request *q, err *e) {
  const sample_view *v = q->data;
  const kind *k = &v->terms.pack->kinds[v->terms.plan->of];
  const size_t limit = query_limit(q);
  size_t i = v->cursor < 0 ? v->count : (size_t)v->cursor, shown = 0;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (; i < v->count && shown < limit; i++) {
    record *r = NULL;
    if (v->to_visit && v->checks[i].on != DAY_NONE) continue;
    bool sees = false;
    if (!store_subject_find(request_store(q), q->a, k, &v->ids[i], NULL, &r, e) ||
        (r && !request_sees(q, k, &r->root, r->area, &sees, e)))
      return false;
    if (!sees) continue;
    put_drawn(q, &w, v, i, r);
    shown++;
  }
  page_end(&w, "number", i < v->count ? &(page_cursor){.number = (int64_t)i} : NULL);
  return true;
}

bool handle_sample_subjects(request *q, err *e) {
  page_cursor c;
  return page_read(q, "number", &c, e) && open_sample(q, show_drawn, c.number, e);
}
