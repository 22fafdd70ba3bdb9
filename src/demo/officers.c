/* The district's villages and its officers. */
#include "demo/district.h"
#include "pack/model/administrator.h"

#include "engine/officers.h"

#include "base/ident.h"
#include "base/json_build.h"
#include "base/json_fields.h"
#include "base/password.h"

#include <stdio.h>

enum { FOR_VILLAGES = 1, FOR_OFFICERS = 2, OFFICERS_MAX = 5000, LOGINS_TOLD = 3, NAME_TRIES = 20 };

int64_t district_ms(day d, int64_t of_day_ms) {
  return (int64_t)d * 86400000 - 8 * 3600000 + of_day_ms;
}

bool district_villages(district *d, err *e) {
  scope all = scope_all();
  area *areas = NULL;
  if (!store_areas(engine_store(d->g), d->a, &all, &areas, &d->area_count, e)) return false;
  d->areas = areas;
  d->villages = ARENA_ARRAY(d->a, d->area_count, const area *);
  d->weights = ARENA_ARRAY(d->a, d->area_count, int64_t);
  if (!d->villages || !d->weights) return err_memory(e);
  dice own = dice_of(d->seed, 0, FOR_VILLAGES, 0);
  int64_t sum = 0;
  for (size_t i = 0; i < d->area_count; i++) {
    if (area_code_level(areas[i].code) != AREA_VILLAGE || area_code_is_zone(areas[i].code))
      continue;
    d->weights[d->village_count] = sum += dice_between(&own, 50, 200);
    d->villages[d->village_count++] = &areas[i];
  }
  return d->village_count > 0 ||
         err_set(e, ERR_BAD_FILE, d->config->areas_csv, "区划表里没有村（居）。",
                 "The area table has no village.");
}

/* One entry for all of them, before anybody has a post there. */
bool district_zones(district *d, err *e) {
  const recipe *x = d->recipe;
  json_builder made = {.a = d->a};
  json_out w = json_to_tree(&made);
  answer out;
  if (!x->zone_count) return true;
  json_open(&w, '{');
  json_field_str(&w, "way", "add");
  json_field_str(&w, "reason", "演示：虚构的网格划分");
  json_field_str(&w, "document", "演示");
  json_field_open(&w, "to", '[');
  for (size_t i = 0; i < x->zone_count; i++) {
    json_open(&w, '{');
    json_field_text(&w, "code", x->zones[i].code);
    json_field_text(&w, "name", x->zones[i].name);
    if (x->zones[i].colour.bytes) json_field_text(&w, "colour", x->zones[i].colour);
    if (x->zones[i].shape.bytes) json_field_text(&w, "shape", x->zones[i].shape);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_close(&w, '}');
  const text about = TEXT("zones");
  command c = {.verb = VERB_AREA,
               .id = uuid_derived(&(uuid){{0}}, about),
               .who = {.system = true},
               .at_ms = district_ms(d->first_day, 0),
               .body = json_built(&made, e)};
  return c.body && engine_apply(d->g, &c, d->a, &out, e);
}

static void put_login(buf *b, text pattern, int64_t n) {
  const char *hole = memmem(pattern.at, pattern.bytes, "{n}", 3);
  size_t before = hole ? (size_t)(hole - pattern.at) : pattern.bytes;
  buf_add(b, pattern.at, before);
  if (!hole) return;
  buf_int(b, n);
  buf_add(b, hole + 3, pattern.bytes - before - 3);
}

static void put_name(const district *d, buf *b, text fixed, dice *dice) {
  if (fixed.bytes) {
    buf_text(b, fixed);
    return;
  }
  const text lists[] = {d->recipe->names.surnames, d->recipe->names.given, d->recipe->names.given};
  for (int i = 0; i < 3; i++) {
    int64_t which = dice_below(dice, (int64_t)text_points(lists[i]));
    size_t at = 0, from = 0;
    for (int64_t p = 0; p <= which; p++) {
      from = at;
      text_next(lists[i], &at);
    }
    buf_add(b, lists[i].at + from, at - from);
  }
}

/* Two of one name could not be told apart where people are named. */
static bool is_taken(const district *d, text name) {
  for (size_t i = 0; i < d->officer_count; i++)
    if (text_is(name, d->officers[i].name)) return true;
  return false;
}

static bool send_officer(district *d, const officer_recipe *o, const area *at, int64_t n,
                         const credential *c, buf *login, err *e) {
  AUTO_BUF buf name = {0};
  dice own = dice_of(d->seed, (uint64_t)(o - d->recipe->officers), FOR_OFFICERS, (uint64_t)n);
  uint8_t random10[10];
  demo_officer *x = &d->officers[d->officer_count];
  dice_bytes(&own, random10, sizeof random10);
  int64_t ms = district_ms(d->first_day, 0);
  x->id = uuid_v7(ms, random10);
  x->post.role = arena_copy(d->a, o->role.at, o->role.bytes);
  memcpy(x->post.area, at->code, sizeof x->post.area);
  x->post.pack = administrator_index(o->role) >= 0 ? "" : d->recipe->pack->name;
  if (!x->post.role) return err_memory(e);
  put_login(login, o->login, n);
  for (int tries = 0; tries < NAME_TRIES && (tries == 0 || is_taken(d, buf_view(&name))); tries++) {
    buf_clear(&name);
    put_name(d, &name, o->name, &own);
  }
  arena *a AUTO_ARENA = arena_new(0);
  if (!a || !buf_ok(&name) || !buf_ok(login)) return err_memory(e);
  x->name = arena_copy(d->a, name.at, name.bytes);
  x->login = arena_copy(d->a, login->at, login->bytes);
  if (!x->name || !x->login) return err_memory(e);
  const json *body = act_officer_body(a, &x->id, buf_view(login), buf_view(&name), &x->post, e);
  if (!body) return false;
  command cmd = {.verb = VERB_OFFICER,
                 .id = uuid_derived(&x->id, TEXT("entry")),
                 .who = {.system = true},
                 .at_ms = ms,
                 .body = body,
                 .password_hash = c->password_hash};
  answer out;
  if (!engine_apply(d->g, &cmd, a, &out, e)) return false;
  d->officer_count++;
  d->result->entries++;
  return true;
}

static bool is_for(const officer_recipe *o, const area *at, const district *d) {
  if (area_code_is_zone(at->code) ? o->level != LEVEL_ZONE
                                  : (int)area_code_level(at->code) != o->level)
    return false;
  for (size_t i = 0; i < o->area_count; i++)
    if (text_is(o->areas[i], at->code)) return true;
  if (o->area_count) return false;
  if (o->level != AREA_TOWN) return true;
  for (size_t i = 0; i < d->village_count; i++) /* a town without villages is nobody's */
    if (memcmp(d->villages[i]->code, at->code, 9) == 0) return true;
  return false;
}

static bool officers_of(district *d, const officer_recipe *o, const credential *c, err *e) {
  int64_t n = 0;
  for (size_t i = 0; i < d->area_count; i++) {
    if (!is_for(o, &d->areas[i], d)) continue;
    for (int64_t k = 0; k < o->number; k++) {
      AUTO_BUF buf login = {0};
      if (d->officer_count == d->officer_room)
        return err_set(e, ERR_TOO_LARGE, "officers", "演示人员超过 %d 人。",
                       "Over %d demo officers.", OFFICERS_MAX);
      if (!send_officer(d, o, &d->areas[i], ++n, c, &login, e)) return false;
      if (n > LOGINS_TOLD) continue;
      const label post =
          officer_role_title(engine_packs(d->g), &d->officers[d->officer_count - 1].post);
      text word = d->recipe->password;
      buf_printf(&d->result->logins_zh, "登录名 %s  密码 %.*s  %s（%s）\n", login.at,
                 (int)word.bytes, word.at, post.zh, d->areas[i].name);
      buf_printf(&d->result->logins_en, "login %s  password %.*s  %s (%s)\n", login.at,
                 (int)word.bytes, word.at, post.en, d->areas[i].name);
    }
  }
  return true;
}

bool district_officers(district *d, err *e) {
  credential c = {0};
  d->officer_room = OFFICERS_MAX;
  d->officers = ARENA_ARRAY(d->a, d->officer_room, demo_officer);
  if (!d->officers) return err_memory(e);
  if (!password_hash(d->recipe->password, c.password_hash, e))
    return false; /* slow by design, so one for all */
  for (size_t i = 0; i < d->recipe->officer_count; i++)
    if (!officers_of(d, &d->recipe->officers[i], &c, e)) return false;
  return true;
}

int64_t district_officer_count(const district *d, text role) {
  int64_t n = 0;
  for (size_t i = 0; i < d->officer_count; i++) n += text_is(role, d->officers[i].post.role);
  return n;
}

const demo_officer *district_officer_of(const district *d, text role, int64_t nth) {
  for (size_t i = 0; i < d->officer_count; i++)
    if (text_is(role, d->officers[i].post.role) && --nth == 0) return &d->officers[i];
  return NULL;
}

const demo_officer *district_officer_at(const district *d, text role, const char *area,
                                        int64_t which) {
  int best = 0;
  size_t equals = 0;
  const demo_officer *chosen = NULL;
  for (int pass = 0; pass < 2; pass++) {
    size_t at = 0;
    for (size_t i = 0; i < d->officer_count; i++) {
      const demo_officer *o = &d->officers[i];
      char lo[13], hi[13];
      area_code_range(o->post.area, lo, hi);
      if (!text_is(role, o->post.role) || strcmp(area, lo) < 0 || strcmp(area, hi) > 0) continue;
      int level = (int)area_code_level(o->post.area);
      if (pass == 0 && level > best) best = level, equals = 0;
      if (level != best) continue;
      if (pass == 0) equals++;
      if (pass == 1 && at++ == (size_t)which % equals) chosen = o;
    }
    if (!equals) return NULL;
  }
  return chosen;
}

/* Whose zone the unit belongs to; NULL: nobody's of that role. */
static const demo_officer *officer_of_zone(const district *d, text role, const uuid *root) {
  char zone[13];
  if (!d->recipe->zone_count || !store_zone_of(engine_store(d->g), root, zone, NULL)) return NULL;
  for (size_t i = 0; zone[0] && i < d->officer_count; i++)
    if (text_is(role, d->officers[i].post.role) && strcmp(d->officers[i].post.area, zone) == 0)
      return &d->officers[i];
  return NULL;
}

actor district_officer(const district *d, text role, const drawn_unit *u, int64_t which) {
  const demo_officer *o = officer_of_zone(d, role, &u->root);
  if (!o) o = district_officer_at(d, role, u->village->code, which);
  /* whoever the story sends has the unit as his own, whatever it says of pairings */
  return o ? (actor){.officer = o->id, .invented = true, .posts = &o->post, .post_count = 1}
           : (actor){.system = true};
}
