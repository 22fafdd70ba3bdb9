/* Which zone a unit belongs to, and what changes of zones do to that. */
#include "engine/zones.h"

#include "base/ident.h"
#include "base/shape.h"
#include "engine/areas.h"
#include "engine/rules/facts.h"
#include "engine/units/repo_write.h"

#include <stdlib.h>

/* ---- the zones on the map ---- */

typedef struct drawn_zone {
  char code[13];
  const shape *shape;
} drawn_zone;

typedef struct zone_map {
  arena *a;
  drawn_zone *zones; /* those that stand and are drawn, by code */
  size_t count;
} zone_map;

void zone_map_forget(engine *eng) {
  if (eng->zones) arena_free(eng->zones->a);
  free(eng->zones);
  eng->zones = NULL;
}

static bool read_zones(store *s, zone_map *m, err *e) {
  area *all = NULL;
  size_t n = 0;
  if (!store_areas(s, m->a, NULL, &all, &n, e)) return false;
  m->zones = ARENA_ARRAY(m->a, n + 1, drawn_zone);
  if (!m->zones) return err_memory(e);
  for (size_t i = 0; i < n; i++) {
    if (!area_code_is_zone(all[i].code) || !all[i].shape.bytes) continue;
    drawn_zone *z = &m->zones[m->count];
    if (!(z->shape = shape_parse(m->a, all[i].shape, e))) return false;
    memcpy(z->code, all[i].code, sizeof z->code);
    m->count++;
  }
  return true;
}

static const zone_map *zones_of(command_context *ctx, err *e) {
  engine *eng = ctx->engine;
  if (eng->zones) return eng->zones;
  zone_map *m = eng->zones = calloc(1, sizeof *m);
  if (!m || !(m->a = arena_new(0))) {
    zone_map_forget(eng);
    return err_memory(e), NULL;
  }
  if (read_zones(ctx->store, m, e)) return m;
  zone_map_forget(eng);
  return NULL;
}

/* ---- of one unit ---- */

value zone_value(arena *a, const kind *k, const char *zone) {
  const char *copy = zone[0] ? arena_copy(a, zone, AREA_DIGITS) : NULL;
  return copy ? value_string(text_of(copy)) : value_missing(a, k->fields[k->zone_field].name);
}

bool zone_at(command_context *ctx, const kind *k, const value *fields, const char *area,
             char ret[13], err *e) {
  place p;
  ret[0] = 0;
  const value *v = k->point_field < 0 ? NULL : &fields[k->point_field];
  if (k->zone_field < 0 || !v || v->type != VALUE_STRING || !place_parse(v->s, &p)) return true;
  const zone_map *m = zones_of(ctx, e);
  if (!m) return false;
  for (size_t i = 0; i < m->count && !ret[0]; i++)
    if (area_zone_in_town(m->zones[i].code, area) && shape_has(m->zones[i].shape, &p))
      memcpy(ret, m->zones[i].code, sizeof m->zones[i].code);
  return true;
}

bool zone_check(command_context *ctx, const kind *k, const value *fields, const char *area,
                err *e) {
  const value *v = k->zone_field < 0 ? NULL : &fields[k->zone_field];
  if (!v || v->type != VALUE_STRING) return true;
  const field *f = &k->fields[k->zone_field];
  const char *code = arena_copy(ctx->a, v->s.at, v->s.bytes);
  if (!code) return err_memory(e);
  if (!area_stands_check(ctx->store, ctx->a, code, f->name, e)) return false;
  return area_zone_in_town(code, area) ||
         err_set(e, ERR_BAD_INPUT, f->name, "“%s” %s 不在 %s 所在的乡镇（街道），请另选。",
                 "\"%s\" %s is not in the town of %s; choose another.", LABEL(f->title), code,
                 area);
}

static bool has_point(const record *root) {
  const int at = root->kind->point_field;
  return at >= 0 && root->fields[at].type == VALUE_STRING;
}

bool zone_follows_point(command_context *ctx, const record *root, bool *ret_yes, err *e) {
  fact *f = NULL;
  const int zone = root->kind->zone_field;
  *ret_yes = zone >= 0;
  if (zone < 0 || root->fields[zone].type == VALUE_UNKNOWN) return true;
  if (!store_fact_find(ctx->store, ctx->a, root, &root->kind->fields[zone], &f, e)) return false;
  const bool point = f && strcmp(f->source, ZONE_BY_POINT) == 0;
  const bool change = f && strcmp(f->source, ZONE_BY_AREA) == 0;
  *ret_yes = !f || point || (change && f->seq != ctx->seq);
  return true;
}

/* As the map of the county has it, which zone_at has read. */
static bool is_drawn(const command_context *ctx, const char *zone) {
  const zone_map *m = ctx->engine->zones;
  for (size_t i = 0; m && i < m->count; i++)
    if (strcmp(m->zones[i].code, zone) == 0) return true;
  return false;
}

bool zone_settle(command_context *ctx, record *root, when since, err *e) {
  const kind *k = root->kind;
  char was[13], now[13];
  fact *f = NULL;
  if (k->zone_field < 0) return true;
  const field *zone = &k->fields[k->zone_field];
  record_zone(root, was);
  if (!zone_at(ctx, k, root->fields, root->area, now, e)) return false;
  if (strcmp(was, now) == 0) return true;
  if (!store_fact_find(ctx->store, ctx->a, root, zone, &f, e)) return false;
  if (f && f->seq == ctx->seq) return zone_check(ctx, k, root->fields, root->area, e);
  bool follows = false;
  if (!zone_follows_point(ctx, root, &follows, e)) return false;
  if (!follows || !has_point(root) || (!now[0] && !is_drawn(ctx, was))) return true;
  const value v = zone_value(ctx->a, k, now);
  root->version = ctx->seq;
  return fact_record(ctx, root, k->zone_field, &v, since, ZONE_BY_POINT, e) &&
         repo_save_subject(ctx, root, false, e);
}

/* ---- of an AREA entry ---- */

typedef struct zoned {
  command_context *ctx;
  uuid *ids;
  size_t count, room;
  /* which of a kind's units */
  const char *zone;      /* of this zone; NULL: any */
  const area_plan *town; /* in the town of one of its targets; NULL: any */
  bool astray;           /* whose zone is one of another town */
} zoned;

static bool in_towns(const area_plan *p, const char *area) {
  for (size_t i = 0; i < p->to_count; i++)
    if (area_code_is_zone(p->to[i].code) && area_zone_in_town(p->to[i].code, area)) return true;
  return false;
}

static bool take_unit(void *context, const record *r, err *e) {
  zoned *x = context;
  char zone[13];
  record_zone(r, zone);
  if (x->zone && strcmp(x->zone, zone) != 0) return true;
  if (x->town && !in_towns(x->town, r->area)) return true;
  if (x->astray && (!zone[0] || area_zone_in_town(zone, r->area))) return true;
  uuid *more = ARENA_GROW(x->ctx->a, x->ids, x->count, &x->room, uuid);
  if (!more) return err_memory(e);
  x->ids = more;
  x->ids[x->count++] = r->id;
  return true;
}

/* It is evaluated again at the next tick, as all that an AREA entry moves. */
static bool say_zone(command_context *ctx, record *r, const char *zone, day on, const char *by,
                     err *e) {
  const value v = zone_value(ctx->a, r->kind, zone);
  if (!fact_record(ctx, r, r->kind->zone_field, &v, when_recorded_for(ctx, on), by, e))
    return false;
  r->version = ctx->seq;
  r->next_evaluation = ctx->today;
  return store_subject_put(ctx->store, r, false, e);
}

static bool each_unit(command_context *ctx, zoned *x, const kind *k,
                      bool (*then)(zoned *x, record *r, err *e), err *e) {
  x->count = 0;
  if (!store_subjects_scan(ctx->store, k, take_unit, x, e)) return false;
  for (size_t i = 0; i < x->count; i++) {
    record *r = NULL;
    if (!store_subject_find(ctx->store, ctx->a, k, &x->ids[i], NULL, &r, e)) return false;
    if (r && !then(x, r, e)) return false;
  }
  return true;
}

static bool each_kind(command_context *ctx, zoned *x, bool (*then)(zoned *x, record *r, err *e),
                      err *e) {
  const catalog *packs = &ctx->engine->packs;
  for (size_t p = 0; p < packs->count; p++)
    for (size_t i = 0; i < packs->packs[p]->kind_count; i++) {
      const kind *k = &packs->packs[p]->kinds[i];
      if (k->zone_field >= 0 && !each_unit(ctx, x, k, then, e)) return false;
    }
  return true;
}

typedef struct moving {
  zoned units;
  const char *to;
  bool by_point;
  day on;
} moving;

/* Where its point is in another zone by now it goes there. */
static bool move_one(zoned *x, record *r, err *e) {
  const moving *m = (const moving *)x;
  char now[13] = "";
  bool follows = false;
  if (m->by_point && (!zone_follows_point(x->ctx, r, &follows, e) ||
                      (follows && !zone_at(x->ctx, r->kind, r->fields, r->area, now, e))))
    return false;
  return say_zone(x->ctx, r, now[0] ? now : m->to, m->on, now[0] ? ZONE_BY_POINT : ZONE_BY_AREA, e);
}

bool zone_move(command_context *ctx, const area_step *x, day on, err *e) {
  moving m = {.units = {.ctx = ctx, .zone = x->from}, .to = x->to, .by_point = !x->root, .on = on};
  record *r = NULL;
  if (!x->root) return each_kind(ctx, &m.units, move_one, e);
  if (!store_subject_find(ctx->store, ctx->a, x->root->kind, &x->root->id, NULL, &r, e))
    return false;
  return !r || move_one(&m.units, r, e);
}

static bool left_one(zoned *x, record *r, err *e) {
  const moving *m = (const moving *)x;
  char now[13];
  return zone_at(x->ctx, r->kind, r->fields, r->area, now, e) &&
         say_zone(x->ctx, r, now, m->on, now[0] ? ZONE_BY_POINT : ZONE_BY_AREA, e);
}

bool zones_left_behind(command_context *ctx, day on, err *e) {
  moving m = {.units = {.ctx = ctx, .astray = true}, .on = on};
  return each_kind(ctx, &m.units, left_one, e);
}

static bool redraw_one(zoned *x, record *r, err *e) {
  const moving *m = (const moving *)x;
  char was[13], now[13];
  bool follows = false;
  record_zone(r, was);
  if (!zone_follows_point(x->ctx, r, &follows, e)) return false;
  if (!follows || !has_point(r)) return true;
  if (!zone_at(x->ctx, r->kind, r->fields, r->area, now, e)) return false;
  if (!now[0] && was[0] && !is_drawn(x->ctx, was)) return true;
  return strcmp(was, now) == 0 || say_zone(x->ctx, r, now, m->on, ZONE_BY_POINT, e);
}

bool zones_redraw(command_context *ctx, const area_plan *p, err *e) {
  bool any = false;
  for (size_t i = 0; i < p->to_count; i++)
    any |= area_code_is_zone(p->to[i].code) && p->to[i].says_shape;
  moving m = {.units = {.ctx = ctx, .town = p}, .on = p->on};
  return !any || each_kind(ctx, &m.units, redraw_one, e);
}

/* Its fields fall back to what was known without the entry. */
static bool take_back_of(command_context *ctx, const kind *k, const uuid *id, int64_t seq, err *e) {
  record *r = NULL;
  if (k->zone_field < 0) return true;
  if (!store_subject_find(ctx->store, ctx->a, k, id, NULL, &r, e)) return false;
  if (!r) return true;
  r->next_evaluation = ctx->today;
  return facts_withdraw(ctx, r, seq, e) && store_subject_put(ctx->store, r, false, e);
}

bool zones_take_back(command_context *ctx, int64_t seq, err *e) {
  const catalog *packs = &ctx->engine->packs;
  uuid *ids = NULL;
  size_t count = 0;
  if (!store_fact_subjects(ctx->store, ctx->a, seq, &ids, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    for (size_t p = 0; p < packs->count; p++)
      for (size_t k = 0; k < packs->packs[p]->kind_count; k++)
        if (!take_back_of(ctx, &packs->packs[p]->kinds[k], &ids[i], seq, e)) return false;
  return true;
}
