/* Samples of the district, drawn on its last day, and the visits to those drawn. */
#include "demo/district.h"

#include "base/json_build.h"
#include "screen/sample_draw.h"

enum {
  FOR_SAMPLES = 60,
  DRAWN_AT_MS = 15 * 3600000,
  VISITED_AT_MS = 16 * 3600000,
  APART_MS = 30000
};

/* What is sent by somebody of a role at a moment of the last day. */
static act act_at(const district *d, arena *a, const demo_officer *o, int64_t of_day_ms,
                  answer *out) {
  uint8_t random10[10];
  dice own = dice_of(d->seed, FOR_SAMPLES, (uint64_t)of_day_ms, 0);
  const int64_t at_ms = district_ms(d->last_day, of_day_ms);
  dice_bytes(&own, random10, sizeof random10);
  const actor who =
      o ? (actor){.officer = o->id, .invented = true, .posts = &o->post, .post_count = 1}
        : (actor){.system = true};
  return (act){
      .g = d->g, .a = a, .who = who, .at_ms = at_ms, .id = uuid_v7(at_ms, random10), .out = out};
}

/* In columns of its own connection, as the desk draws. */
static bool draw(const district *d, const sample_recipe *s, arena *a, sample_drawing *x, err *e) {
  const catalog *packs = engine_packs(d->g);
  store *reader = store_open(d->location, DB_READ, store_county(engine_store(d->g)), e);
  screen *c = NULL;
  bool ok = reader && store_use_packs(reader, packs, false, e) &&
            (c = screen_new(d->recipe->pack, engine_calendar(d->g), e)) &&
            screen_load(c, reader, NULL, e) && draw_size(x, c, a, d->last_day, e) &&
            draw_pick(x, s->seed, a, e);
  screen_free(c);
  store_close(reader);
  return ok;
}

static bool keep(const district *d, const sample_recipe *s, const sample_drawing *x, arena *a,
                 const act *t, err *e) {
  const kind *of =
      x->terms.plan->for_kind < 0 ? NULL : &d->recipe->pack->kinds[x->terms.plan->for_kind];
  draw_said said = {.id = act_thing(&t->id), .title = s->title, .seed = s->seed};
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  record *r = NULL;
  char id[37];
  if (of && s->of.bytes && !store_subject_find_by_key(engine_store(d->g), a, of, s->of, &r, e))
    return false;
  if (r) uuid_format(&r->id, id);
  if (r) said.subject = text_of(id);
  if (!draw_put_body(&w, x, &said, engine_store(d->g), a, e)) return false;
  const json *body = json_built(&made, e);
  const command c = {
      .verb = VERB_SAMPLE, .id = said.id, .who = t->who, .at_ms = t->at_ms, .body = body};
  return body && engine_apply(d->g, &c, a, t->out, e);
}

static const event_recipe *visit_of(const subject_recipe *s, text plan) {
  for (size_t i = 0; i < s->event_count; i++)
    if (text_equal(s->events[i].sample, plan)) return &s->events[i];
  return NULL;
}

static bool visit(const district *d, const drawn_unit *u, const event_recipe *v, int64_t nth,
                  err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  const json *form = NULL;
  answer out;
  dice own = dice_of(d->seed, FOR_SAMPLES, (uint64_t)u->number, u->subject);
  if (!a) return err_memory(e);
  const demo_officer *o = district_officer_at(d, v->role, u->village->code, u->number);
  act t = act_at(d, a, o, VISITED_AT_MS + nth * APART_MS, &out);
  const form_recipe of = {&v->sheet, -1, 0, d->last_day};
  return unit_form(d, a, u, &of, &own, &form, e) &&
         act_event(&t, v->k, &(event_step){.subject = u->root, .on = d->last_day, .form = form}, e);
}

/* Of those drawn the first are visited, in the order of the draw. */
static bool visit_drawn(const district *d, const sample_recipe *s, const sample_drawing *x,
                        int64_t *nth, err *e) {
  const int64_t visited = x->size * s->visited_ppm / 1000000;
  for (size_t k = 0; k < d->recipe->subject_count; k++) {
    const event_recipe *v = visit_of(&d->recipe->subjects[k], s->plan);
    for (int64_t n = 1; v && n <= d->recipe->subjects[k].made; n++) {
      arena *a AUTO_ARENA = arena_new(0);
      drawn_unit u;
      if (!a) return err_memory(e);
      if (!unit_draw(d, a, k, n, 0, &u, e)) return false;
      for (int64_t i = 0; i < visited; i++)
        if (uuid_equal(&x->drawn[i].id, &u.root) && !visit(d, &u, v, (*nth)++, e)) return false;
    }
  }
  return true;
}

static bool draw_and_visit(district *d, const sample_recipe *s, int64_t *nth, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  answer out;
  if (!a) return err_memory(e);
  sample_drawing x = {.terms = {.pack = d->recipe->pack,
                                .plan = pack_sample_plan(d->recipe->pack, s->plan),
                                .scope = scope_all(),
                                .stratified = true,
                                .size = s->size}};
  memcpy(x.terms.area, d->areas[0].code, 6);
  memcpy(x.terms.area + 6, "000000", 7);
  const demo_officer *o = district_officer_at(d, s->role, x.terms.area, 0);
  act t = act_at(d, a, o, DRAWN_AT_MS + (*nth)++ * APART_MS, &out);
  if (!draw_read_rates(&x.terms, TEXT(""), TEXT(""), TEXT(""), e) || !draw(d, s, a, &x, e) ||
      !engine_begin(d->g, e))
    return false;
  if (keep(d, s, &x, a, &t, e) && visit_drawn(d, s, &x, nth, e)) return engine_commit(d->g, e);
  engine_rollback(d->g);
  return false;
}

bool district_samples(district *d, err *e) {
  int64_t nth = 0;
  for (size_t i = 0; i < d->recipe->sample_count; i++)
    if (!draw_and_visit(d, &d->recipe->samples[i], &nth, e)) return false;
  return true;
}
