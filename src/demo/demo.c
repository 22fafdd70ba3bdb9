/* Making the district: county, officers, then a year of entries in order of time. */
#include "demo/district.h"

#include "base/json_build.h"
#include "base/json_fields.h"
#include "base/json_map.h"
#include "engine/init.h"
#include "packtest/temporary_county.h"

#include <stdio.h>
#include <unistd.h>

/* Values of a recipe are no policy, and say so wherever they are shown. */
#define DEMO_REFERENCE "演示用数值，不是文件规定"

enum { FOR_ENTRY = 50, TRIES = 5, NOTES_MAX = 12 };

void demo_result_release(demo_result *r) {
  buf_release(&r->logins_zh);
  buf_release(&r->logins_en);
  buf_release(&r->made_zh);
  buf_release(&r->made_en);
  buf_release(&r->notes_zh);
  buf_release(&r->notes_en);
}

/* ---- carrying out ---- */

/* Refusals by sentence. */
typedef struct note {
  char zh[ERR_TEXT_MAX + 120], en[ERR_TEXT_MAX + 120];
  int64_t times;
} note;

typedef struct plan_run {
  district *d;
  day today;
  district *all;
  bool **story_ended; /* by district, subject and unit: the story was refused a step */
  size_t unit_room;
  note notes[NOTES_MAX];
  size_t note_count;
} plan_run;

static void count_refusal(plan_run *c, label what, const err *why) {
  note n = {.times = 1};
  c->d->result->refused++;
  snprintf(n.zh, sizeof n.zh, "%.100s：%s", what.zh, why->zh);
  snprintf(n.en, sizeof n.en, "%.100s: %s", what.en, why->en);
  for (size_t i = 0; i < c->note_count; i++)
    if (strcmp(c->notes[i].zh, n.zh) == 0) {
      c->notes[i].times++;
      return;
    }
  if (c->note_count < NOTES_MAX) c->notes[c->note_count++] = n;
}

/* True: applied, or refused and counted. */
static bool count_outcome(plan_run *c, bool ok, label what, const err *why, bool *refused, err *e) {
  *refused = !ok;
  if (ok) {
    c->d->result->entries++;
    return true;
  }
  if (why->code == ERR_STORE || why->code == ERR_MEMORY || why->code == ERR_BAD_EXPR ||
      why->code == ERR_INTERNAL) {
    *e = *why;
    return false;
  }
  count_refusal(c, what, why);
  return true;
}

static act act_of(plan_run *c, arena *a, const planned *x, const dice *entry_dice, actor who,
                  answer *ret) {
  uint8_t random10[10];
  dice own = *entry_dice;
  dice_bytes(&own, random10, sizeof random10);
  return (act){.g = c->d->g,
               .a = a,
               .who = who,
               .at_ms = x->at_ms,
               .id = uuid_v7(x->at_ms, random10),
               .out = ret};
}

static dice dice_of_entry(const district *d, const planned *x, uint64_t part) {
  return dice_of(
      d->seed, (uint64_t)x->subject << 48 | (uint64_t)x->type << 40 | (uint64_t)x->number,
      (uint64_t)FOR_ENTRY << 48 | (uint64_t)x->what << 32 | (uint64_t)x->child << 16 | x->nth,
      part);
}

/* A subject to be registered. */
typedef struct registration {
  const drawn *record;
  const kind *kind;
  const uuid *id, *parent; /* parent NULL: a root */
  const char *area;        /* of a root */
  uint64_t part;           /* of the entry's dice */
  text taken_in;           /* from which register its state comes; "": none */
} registration;

static bool register_one(plan_run *c, arena *a, const planned *x, const registration *g, err *why) {
  const json *form = NULL;
  answer out;
  dice own = dice_of_entry(c->d, x, g->part);
  act t = act_of(c, a, x, &own, (actor){.system = true}, &out);
  if (g->taken_in.bytes && !(t.taking_in = arena_copy(a, g->taken_in.at, g->taken_in.bytes)))
    return err_memory(why);
  return drawn_form(a, g->record, &form, why) &&
         act_subject(&t, g->kind, g->id, g->parent, g->area, form, why);
}

/* The root and its children; a child whose key is taken is drawn again. */
static bool register_unit(plan_run *c, arena *a, const planned *x, drawn_unit *u, err *e) {
  err why;
  bool refused;
  const registration root = {.record = &u->self,
                             .kind = u->of->k,
                             .id = &u->root,
                             .area = u->village->code,
                             .taken_in = u->of->taken_in};
  bool ok = register_one(c, a, x, &root, &why);
  if (!count_outcome(c, ok, u->of->k->title, &why, &refused, e)) return false;
  if (refused) return true;
  c->d->result->units++;
  c->d->recipe->subjects[x->subject].made++;
  for (size_t k = 0; k < u->of->child_count; k++)
    for (size_t i = 0; i < u->child_counts[k]; i++) {
      uuid id = unit_child_id(u, k, i);
      drawn_unit now = *u;
      for (uint64_t again = 0; again < TRIES; again++) {
        if (again && !unit_draw(c->d, a, x->subject, x->number, again, &now, e)) return false;
        if (i >= now.child_counts[k]) break;
        const registration child = {.record = &now.children[k][i],
                                    .kind = u->of->children[k].k,
                                    .id = &id,
                                    .parent = &u->root,
                                    .area = "",
                                    .taken_in = u->of->taken_in,
                                    .part = 1 + ((uint64_t)k << 32 | (uint64_t)i << 16 | again)};
        ok = register_one(c, a, x, &child, &why);
        if (ok || why.code != ERR_CONFLICT) break;
      }
      if (!count_outcome(c, ok, u->of->children[k].k->title, &why, &refused, e)) return false;
    }
  return true;
}

static text first_who(const char *const *who) {
  return text_of(who && who[0] ? who[0] : "");
}

static bool record_event(plan_run *c, arena *a, const planned *x, const drawn_unit *u, err *e) {
  const event_recipe *v = &u->of->events[x->what];
  const json *form = NULL;
  answer out;
  err why;
  bool refused;
  dice own = dice_of_entry(c->d, x, 1);
  act t = act_of(
      c, a, x, &own,
      district_officer(c->d, v->role.bytes ? v->role : first_who(v->k->who), u, x->number), &out);
  uuid subject = v->child < 0 ? u->root : unit_child_id(u, (size_t)v->child, x->child);
  own = dice_of_entry(c->d, x, 2);
  day on = day_of_ms(x->at_ms);
  const form_recipe of = {&v->sheet, v->child, x->child, on};
  bool ok = unit_form(c->d, a, u, &of, &own, &form, &why) &&
            act_event(&t, v->k, &(event_step){.subject = subject, .on = on, .form = form}, &why);
  return count_outcome(c, ok, v->k->title, &why, &refused, e);
}

static bool act_step(const act *t, const drawn_unit *u, const story_step *p, day on,
                     const json *form, err *why) {
  uuid subject =
      p->child < 0 ? u->root : unit_child_id(u, (size_t)p->child, (size_t)p->child_number - 1);
  const kind *k = p->child < 0 ? u->of->k : u->of->children[p->child].k;
  switch (p->type) {
  case STEP_EVENT:
    return act_event(t, p->event, &(event_step){.subject = subject, .on = on, .form = form}, why);
  case STEP_FACTS:
    return act_facts(t, k, &subject, NULL, form, why);
  case STEP_MOVE:
    return act_move(t, &u->root, p->name, form, why);
  case STEP_MEASURE:
    return act_measure(t, &u->root, p->measure, &subject, form, why);
  case STEP_MEASURE_STATE:
    return act_measure_state(t, &u->root, p->measure, p->name, why);
  }
  return false;
}

/* A refused step ends the story: what follows would make no sense. */
static bool tell_story(plan_run *c, arena *a, const planned *x, const drawn_unit *u, err *e) {
  const story *s = &u->of->stories[x->what];
  const story_step *p = &s->steps[x->nth];
  const json *form = NULL;
  answer out;
  err why;
  bool refused;
  bool *story_ended =
      &c->story_ended[x->district][(size_t)x->subject * c->unit_room + (size_t)x->number];
  if (*story_ended || (p->child >= 0 && (size_t)p->child_number > u->child_counts[p->child]))
    return true;
  dice own = dice_of_entry(c->d, x, 1);
  actor who =
      p->role.bytes ? district_officer(c->d, p->role, u, x->number) : (actor){.system = true};
  act t = act_of(c, a, x, &own, who, &out);
  own = dice_of_entry(c->d, x, 2);
  day on = day_of_ms(x->at_ms);
  size_t which = p->child >= 0 ? (size_t)p->child_number - 1 : 0;
  const form_recipe of = {&p->sheet, p->child, which, on};
  bool ok = unit_form(c->d, a, u, &of, &own, &form, &why) && act_step(&t, u, p, on, form, &why);
  *story_ended = !ok;
  const char *story = arena_printf(a, "%.*s %u", (int)s->name.bytes, s->name.at, x->nth + 1u);
  return story ? count_outcome(c, ok, (label){story, story}, &why, &refused, e) : err_memory(e);
}

static bool pass_days(plan_run *c, day until, err *e) {
  while (c->today < until) {
    arena *a AUTO_ARENA = arena_new(0);
    bool ticked;
    c->today++;
    if (!a) return err_memory(e);
    if (!engine_tick(c->d->g, district_ms(c->today, 0), a, &ticked, e)) return false;
    c->d->result->entries += ticked;
  }
  return true;
}

static bool carry_out(plan_run *c, const planned *x, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  drawn_unit u;
  c->d = &c->all[x->district];
  if (!a) return err_memory(e);
  if (!pass_days(c, day_of_ms(x->at_ms), e) || !unit_draw(c->d, a, x->subject, x->number, 0, &u, e))
    return false;
  if (x->type == PLANNED_UNIT) return register_unit(c, a, x, &u, e);
  return x->type == PLANNED_EVENT ? record_event(c, a, x, &u, e) : tell_story(c, a, x, &u, e);
}

static bool batches(plan_run *c, const plan *p, void (*progress)(int64_t done, int64_t all),
                    err *e) {
  for (size_t i = 0; i <= p->count; i += DEMO_BATCH) {
    bool last = i + DEMO_BATCH > p->count;
    size_t end = last ? p->count : i + DEMO_BATCH;
    bool ok = engine_begin(c->d->g, e);
    if (!ok) return false;
    for (size_t n = i; ok && n < end; n++) ok = carry_out(c, &p->items[n], e);
    ok = ok && (!last || pass_days(c, c->d->last_day, e));
    if (!ok) {
      engine_rollback(c->d->g);
      return false;
    }
    if (!engine_commit(c->d->g, e)) return false;
    if (progress) progress((int64_t)end, (int64_t)p->count);
  }
  return true;
}

static bool room_for_stories(plan_run *c, size_t count, err *e) {
  c->story_ended = ARENA_ARRAY(c->all->a, count, bool *);
  if (!c->story_ended) return err_memory(e);
  for (size_t i = 0; i < count; i++) {
    c->story_ended[i] =
        ARENA_ARRAY(c->all->a, c->all[i].recipe->subject_count * c->unit_room, bool);
    if (!c->story_ended[i]) return err_memory(e);
  }
  return true;
}

static int64_t made_of(const district *all, size_t count, const kind *k) {
  int64_t n = 0;
  for (size_t d = 0; d < count; d++)
    for (size_t i = 0; i < all[d].recipe->subject_count; i++)
      if (all[d].recipe->subjects[i].k == k) n += all[d].recipe->subjects[i].made;
  return n;
}

static void tell_made(const district *all, size_t count) {
  demo_result *r = all->result;
  const catalog *packs = engine_packs(all->g);
  for (size_t p = 0; p < packs->count; p++)
    for (size_t i = 0; i < packs->packs[p]->kind_count; i++) {
      const kind *k = &packs->packs[p]->kinds[i];
      int64_t n = made_of(all, count, k);
      if (!n) continue;
      buf_printf(&r->made_zh, "%s%lld %s", r->made_zh.bytes ? "，" : "", (long long)n, k->title.zh);
      buf_printf(&r->made_en, "%s%lld × %s", r->made_en.bytes ? ", " : "", (long long)n,
                 k->title.en);
    }
}

static bool plan_carry_out(district *all, size_t count, const plan *p,
                           void (*progress)(int64_t done, int64_t all), err *e) {
  plan_run c = {.all = all, .d = all, .today = all->first_day, .unit_room = 1};
  for (size_t i = 0; i < count; i++)
    if (all[i].first_day < c.today) c.today = all[i].first_day;
  c.today--;
  for (size_t i = 0; i < p->count; i++)
    if ((size_t)p->items[i].number >= c.unit_room) c.unit_room = (size_t)p->items[i].number + 1;
  bool ok = room_for_stories(&c, count, e) && batches(&c, p, progress, e);
  for (size_t i = 0; i < c.note_count; i++) {
    buf_printf(&all->result->notes_zh, "%lld × %s\n", (long long)c.notes[i].times, c.notes[i].zh);
    buf_printf(&all->result->notes_en, "%lld × %s\n", (long long)c.notes[i].times, c.notes[i].en);
  }
  tell_made(all, count);
  return ok;
}

/* ---- the whole ---- */

static bool officer_with_login(district *d, text login, uuid *ret, err *e) {
  officer *o = NULL;
  if (!store_officer_find_by_login(engine_store(d->g), d->a, login, &o, e)) return false;
  if (!o)
    return err_set(e, ERR_BAD_FILE, "leaves", "请假里的登录名不在人员名单里。",
                   "A leave names a login that no officer has.");
  *ret = o->id;
  return true;
}

static bool apply_leave(district *d, const leave_recipe *l, size_t number, err *e) {
  uuid who, stand_in = {{0}};
  char name[32];
  answer out;
  day first = d->last_day - (day)l->ago;
  if (!officer_with_login(d, l->login, &who, e) ||
      (l->stand_in.bytes && !officer_with_login(d, l->stand_in, &stand_in, e)))
    return false;
  snprintf(name, sizeof name, "leave/%zu", number);
  uuid id = uuid_derived(&who, text_of(name));
  json_builder made = {.a = d->a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_field_uuid(&w, "id", &id);
  json_field_uuid(&w, "officer", &who);
  json_field_day(&w, "from", first);
  json_field_day(&w, "to", first + (day)l->days - 1);
  if (l->stand_in.bytes) json_field_uuid(&w, "stand_in", &stand_in);
  json_field_text(&w, "reason", l->reason);
  json_close(&w, '}');
  command c = {.verb = VERB_EXCUSE,
               .id = id,
               .who = {.system = true},
               .at_ms = district_ms(d->last_day, (int64_t)18 * 3600000)};
  return (c.body = json_built(&made, e)) && engine_apply(d->g, &c, d->a, &out, e);
}

/* Who was away when, recorded on the last day. */
static bool apply_leaves(district *d, err *e) {
  if (!d->recipe->leave_count) return true;
  if (!engine_begin(d->g, e)) return false;
  bool ok = true;
  for (size_t i = 0; ok && i < d->recipe->leave_count; i++)
    ok = apply_leave(d, &d->recipe->leaves[i], i, e);
  if (ok) return engine_commit(d->g, e);
  engine_rollback(d->g);
  return false;
}

/* The registers are taken in: from now on owned fields change by their procedures alone. */
static bool end_set_up(const district *d, err *e) {
  answer out;
  json *body = json_map_new(d->a);
  if (!json_set_bool(d->a, body, "closed", true)) return err_memory(e);
  text about = TEXT("set_up");
  command c = {.verb = VERB_SET_UP,
               .id = uuid_derived(&(uuid){{0}}, about),
               .who = {.system = true},
               .at_ms = district_ms(d->last_day, (int64_t)18 * 3600000),
               .body = body};
  if (!engine_begin(d->g, e)) return false;
  if (engine_apply(d->g, &c, d->a, &out, e)) return engine_commit(d->g, e);
  engine_rollback(d->g);
  return false;
}

static bool make_officers(district *d, err *e) {
  if (!engine_begin(d->g, e)) return false;
  if (district_officers(d, e)) return engine_commit(d->g, e);
  engine_rollback(d->g);
  return false;
}

static bool make_zones(district *d, err *e) {
  if (!engine_begin(d->g, e)) return false;
  if (district_zones(d, e)) return engine_commit(d->g, e);
  engine_rollback(d->g);
  return false;
}

static const char *recipe_path(arena *a, const demo_config *c, size_t pack_index) {
  if (pack_index == 0 && c->recipe) return c->recipe;
  return arena_printf(a, "%s/demo.yaml", c->pack_folders[pack_index]);
}

/* The county is named by the first pack that has a recipe; it begins before the longest history. */
static bool head_of(arena *a, const demo_config *c, text *ret_code, text *ret_name,
                    int64_t *history, err *e) {
  *history = 0;
  for (size_t i = 0; i < c->pack_count; i++) {
    const char *path = recipe_path(a, c, i);
    const yaml *root = NULL;
    int64_t days = HISTORY_DEFAULT;
    if (!path) return err_memory(e);
    if (access(path, F_OK) != 0) continue;
    if (!yaml_load(a, path, &root, e)) return false;
    yaml_as_int(yaml_get(root, "history"), &days);
    if (!*history) *ret_code = yaml_text(yaml_get(root, "county"), "code");
    if (!*history) *ret_name = yaml_text(yaml_get(root, "county"), "name");
    if (days > *history) *history = days > HISTORY_MAX ? HISTORY_MAX : days;
  }
  return *history > 0 ||
         err_set(e, ERR_BAD_FILE, "demo.yaml", "这些业务包都没有演示配方（demo.yaml）。",
                 "None of the packs has a recipe (demo.yaml).");
}

/* A pack with the local values its recipe gives: without them rules that need them could not tell.
 */
static bool send_pack(engine *g, arena *a, const char *pack_folder, const char *path, int64_t at_ms,
                      err *e) {
  const yaml *root = NULL;
  char folder[TEMPORARY_FOLDER_MAX] = "", overlay[TEMPORARY_FOLDER_MAX + 16];
  if (!path) return err_memory(e);
  if (access(path, F_OK) == 0 && !yaml_load(a, path, &root, e)) return false;
  const yaml *parameters = yaml_get(root, "parameters");
  if (parameters && !temporary_folder_make(folder, e)) return false;
  snprintf(overlay, sizeof overlay, "%s/overlay", folder);
  faults f = {0};
  bool ok = (!parameters || overlay_write(overlay, parameters, NULL, DEMO_REFERENCE, e)) &&
            engine_send_pack_at(g, at_ms, pack_folder, parameters ? overlay : NULL, &f, e);
  if (!ok && f.count) *e = f.items[0];
  faults_release(&f);
  temporary_folder_remove(folder);
  return ok;
}

static bool send_packs(engine *g, arena *a, const demo_config *c, int64_t at_ms, err *e) {
  if (!engine_begin(g, e)) return false;
  bool ok = true;
  for (size_t i = 0; ok && i < c->pack_count; i++)
    ok = send_pack(g, a, c->pack_folders[i], recipe_path(a, c, i), at_ms, e);
  if (ok) return engine_commit(g, e);
  engine_rollback(g);
  return false;
}

static engine *begin_county(arena *a, const char *location, const demo_config *c, err *e) {
  text code, name;
  int64_t history;
  if (!head_of(a, c, &code, &name, &history, e)) return NULL;
  const char *county = arena_copy(a, code.at, code.bytes),
             *title = arena_copy(a, name.at, name.bytes);
  if (!county || !title) return err_memory(e), NULL;
  int64_t at_ms = district_ms(c->last_day - (day)history, 0);
  county_setup s = {.location = location,
                    .code = county,
                    .name = title,
                    .at_ms = at_ms,
                    .calendar_file = c->calendar_path,
                    .areas_csv = c->areas_csv};
  if (!engine_init(&s, NULL, e)) return NULL;
  engine *g = engine_open(location, e);
  if (g && send_packs(g, a, c, at_ms, e)) return g;
  engine_close(g);
  return NULL;
}

/* The districts of the recipes, all over the same areas, and one plan: the journal's clock never
 * runs back. */
static bool make_all(district *all, const district *like,
                     void (*progress)(int64_t done, int64_t all), err *e) {
  const demo_config *c = like->config;
  size_t count = 0;
  plan p = {0};
  bool ok = true;
  for (size_t i = 0; ok && i < engine_packs(like->g)->count; i++) {
    recipe *x = NULL;
    const char *path = recipe_path(like->a, c, i);
    ok = path ? recipe_read(like->a, path, engine_packs(like->g)->packs[i], c->last_day, &x, e)
              : err_memory(e);
    if (!ok || !x) continue;
    district *d = &all[count];
    *d = *like;
    d->recipe = x;
    d->seed = c->seed + count * 0x9e3779b97f4a7c15u;
    d->first_day = c->last_day - (day)x->history + 1;
    ok = make_zones(d, e) && district_villages(d, e) && make_officers(d, e) &&
         plan_write(d, count, &p, e);
    count++;
  }
  plan_sort(&p);
  ok = ok && plan_carry_out(all, count, &p, progress, e);
  for (size_t i = 0; ok && i < count; i++)
    ok = district_samples(&all[i], e) && apply_leaves(&all[i], e);
  plan_release(&p);
  return ok && end_set_up(like, e);
}

bool demo_make(const char *location, const demo_config *c,
               void (*progress)(int64_t done, int64_t all), demo_result *ret, err *e) {
  *ret = (demo_result){0};
  arena *a AUTO_ARENA = arena_new(0);
  district *all = a ? ARENA_ARRAY(a, CATALOG_MAX, district) : NULL;
  if (!all) return err_memory(e);
  if (c->units < 1 || c->units > DEMO_UNITS_MAX)
    return err_set(e, ERR_USAGE, "--size", "应在 1 到 %d 之间。", "The number is from 1 to %d.",
                   DEMO_UNITS_MAX);
  district d = {.a = a, .location = location, .config = c, .last_day = c->last_day, .result = ret};
  d.g = begin_county(a, location, c, e);
  bool ok = d.g && make_all(all, &d, progress, e);
  engine_close(d.g);
  return ok && ((buf_ok(&ret->logins_zh) && buf_ok(&ret->logins_en) && buf_ok(&ret->notes_zh) &&
                 buf_ok(&ret->notes_en) && buf_ok(&ret->made_zh) && buf_ok(&ret->made_en)) ||
                err_memory(e));
}
