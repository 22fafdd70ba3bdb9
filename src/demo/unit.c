/* Units drawn from their own dice: whoever asks again gets the same. */
#include "demo/district.h"

#include "base/json_build.h"
#include "engine/eval/display.h"

#include <stdio.h>

/* What a throw is for, so that one more of this does not change that. */
enum { FOR_SELF = 1, FOR_ID = 2, FOR_CHILD = 100 };

static const char *tell_officer(const void *context, text role, const char *area, int64_t which,
                                bool login) {
  const demo_officer *o = district_officer_at(context, role, area, which);
  return !o ? "" : login ? o->login : o->name;
}

bool unit_is_early(const subject_recipe *s) {
  return s->county_level || s->of_officers.bytes > 0;
}

drawing unit_drawing(const district *d, arena *a, const drawn *of, int64_t number, dice *dice,
                     err *e) {
  return (drawing){.a = a,
                   .dice = dice,
                   .scene = &of->sheet->scene,
                   .slots = of->slots,
                   .names = &d->recipe->names,
                   .officer = tell_officer,
                   .district = d,
                   .area = of->area,
                   .first_day = d->first_day,
                   .last_day = d->last_day,
                   .today = d->last_day,
                   .number = number,
                   .e = e};
}

static bool begin(const district *d, arena *a, const recipe_sheet *s, int64_t number,
                  const char *area, drawn *ret, err *e) {
  ret->sheet = s;
  ret->area = area;
  ret->slots = ARENA_ARRAY(a, s->scene.count, value);
  if (!ret->slots) return err_memory(e);
  for (size_t i = 0; i < s->scene.count; i++)
    ret->slots[i] = value_missing(a, cel_env_name(s->scene.env, (int)i));
  ret->slots[s->n] = value_int(number);
  ret->slots[s->last_day] = value_int(d->last_day);
  return true;
}

/* The names of the sheet, in order; then the whole as a record. */
static bool finish(drawn *r, drawing *x, err *e) {
  const recipe_sheet *s = r->sheet;
  for (size_t i = 0; i < s->count && !x->failed; i++) {
    value v = gen_draw(s->gens[i].g, x);
    if (v.type != VALUE_UNKNOWN) r->slots[s->gens[i].slot] = v;
  }
  if (x->failed) return false;
  value_pair *pairs = ARENA_ARRAY(x->a, s->scene.count, value_pair);
  value_map *map = ARENA_NEW(x->a, value_map);
  if (!pairs || !map) return err_memory(e);
  *map = (value_map){.pairs = pairs, .open = true, .path = ""};
  for (size_t i = 0; i < s->scene.count; i++) {
    if (r->slots[i].type == VALUE_UNKNOWN) continue;
    pairs[map->count++] =
        (value_pair){value_string(text_of(cel_env_name(s->scene.env, (int)i))), r->slots[i]};
  }
  r->whole = (value){.type = VALUE_MAP, .map = map};
  return true;
}

static const area *village_of(const district *d, dice *dice) {
  int64_t at = dice_below(dice, d->weights[d->village_count - 1]);
  size_t lo = 0, hi = d->village_count - 1;
  while (lo < hi) {
    size_t mid = (lo + hi) / 2;
    if (d->weights[mid] > at)
      hi = mid;
    else
      lo = mid + 1;
  }
  return d->villages[lo];
}

static const area *area_called(const district *d, text code) {
  for (size_t i = 0; i < d->area_count; i++)
    if (text_is(code, d->areas[i].code)) return &d->areas[i];
  return d->villages[0];
}

static const area *county_area(const district *d) {
  for (size_t i = 0; i < d->area_count; i++)
    if (memcmp(d->areas[i].code + 6, "000000", 6) == 0) return &d->areas[i];
  return d->villages[0];
}

static bool draw_children(const district *d, arena *a, uint64_t again, drawn_unit *u, size_t c,
                          dice *dice, err *e) {
  const child_recipe *of = &u->of->children[c];
  drawing x = unit_drawing(d, a, &u->self, u->number, dice, e);
  int64_t n = gen_draw_int(of->number, &x, 0);
  if (x.failed) return false;
  size_t count = n < 0 ? 0 : n > CHILDREN_MAX ? CHILDREN_MAX : (size_t)n;
  u->children[c] = ARENA_ARRAY(a, count, drawn);
  u->child_counts[c] = count;
  if (!u->children[c]) return err_memory(e);
  for (size_t i = 0; i < count; i++) {
    drawn *r = &u->children[c][i];
    struct dice own =
        dice_of(d->seed, u->subject << 32 | (uint64_t)u->number, FOR_CHILD + c, again << 32 | i);
    if (!begin(d, a, &of->sheet, (int64_t)i + 1, u->self.area, r, e)) return false;
    r->slots[of->sheet.parent] = u->self.whole;
    drawing y = unit_drawing(d, a, r, u->number * 100 + (int64_t)i + 1, &own, e);
    if (!finish(r, &y, e)) return false;
  }
  return true;
}

bool unit_draw(const district *d, arena *a, size_t subject, int64_t number, uint64_t again,
               drawn_unit *ret, err *e) {
  *ret = (drawn_unit){.of = &d->recipe->subjects[subject], .subject = subject, .number = number};
  uint64_t self = (uint64_t)subject << 32 | (uint64_t)number;
  dice own = dice_of(d->seed, self, FOR_SELF, 0), for_id = dice_of(d->seed, self, FOR_ID, 0);
  const text role = ret->of->of_officers;
  const demo_officer *his = role.bytes ? district_officer_of(d, role, number) : NULL;
  ret->village = his                     ? area_called(d, text_of(his->post.area))
                 : ret->of->county_level ? county_area(d)
                 : ret->of->area_count
                     ? area_called(d, ret->of->areas[(size_t)(number - 1) % ret->of->area_count])
                     : village_of(d, &own);
  ret->since = d->first_day + (unit_is_early(ret->of) ? 0 : (day)dice_below(&own, 5));
  uint8_t random10[10];
  dice_bytes(&for_id, random10, sizeof random10);
  ret->root = uuid_v7(district_ms(ret->since, 0), random10);
  ret->children = ARENA_ARRAY(a, ret->of->child_count, drawn *);
  ret->child_counts = ARENA_ARRAY(a, ret->of->child_count, size_t);
  if (!ret->children || !ret->child_counts) return err_memory(e);
  if (!begin(d, a, &ret->of->sheet, number, ret->village->code, &ret->self, e)) return false;
  drawing x = unit_drawing(d, a, &ret->self, number, &own, e);
  if (!finish(&ret->self, &x, e)) return false;
  for (size_t c = 0; c < ret->of->child_count; c++)
    if (!draw_children(d, a, again, ret, c, &own, e)) return false;
  return true;
}

uuid unit_child_id(const drawn_unit *u, size_t child_recipe, size_t which) {
  char name[64];
  snprintf(name, sizeof name, "child/%zu/%zu", child_recipe, which);
  return uuid_derived(&u->root, text_of(name));
}

bool drawn_form(arena *a, const drawn *r, const json **ret_form, err *e) {
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  for (size_t i = 0; i < r->sheet->count; i++) {
    const named_gen *g = &r->sheet->gens[i];
    const value *v = &r->slots[g->slot];
    if (!g->written || v->type == VALUE_UNKNOWN) continue;
    json_key(&w, g->f->name);
    field_put_json(&w, g->f, v, SHOWN_CLEAR);
  }
  json_close(&w, '}');
  const json *form = json_built(&made, e);
  if (form) *ret_form = form;
  return form != NULL;
}

bool unit_form(const district *d, arena *a, const drawn_unit *u, const form_recipe *of, dice *dice,
               const json **ret_form, err *e) {
  const recipe_sheet *s = of->sheet;
  const int child = of->child;
  drawn r;
  if (!begin(d, a, s, u->number, u->self.area, &r, e)) return false;
  if (s->on >= 0) r.slots[s->on] = value_int(of->on);
  if (child >= 0) r.slots[s->subject] = u->children[child][of->which].whole;
  if (s->subject >= 0 && child < 0) r.slots[s->subject] = u->self.whole;
  if (s->parent >= 0) r.slots[s->parent] = u->self.whole;
  drawing x = unit_drawing(d, a, &r, u->number, dice, e);
  x.today = of->on;
  return finish(&r, &x, e) && drawn_form(a, &r, ret_form, e);
}
