/* Rights: what a post may do, where, and what it sees. */
#include "engine/rights.h"

#include "base/ident.h"
#include "engine/duties/owners.h"
#include "pack/model/administrator.h"
#include "pack/model/reads.h"

const char *right_name(right r) {
  static const char *const names[RIGHTS] = {"register",   "record",    "import",  "decide",
                                            "see_clear",  "correct",   "take_in", "forget",
                                            "administer", "authorise", "audit"};
  return names[r];
}

/* ---- what he may do ---- */

static bool role_gives(const role *r, right what) {
  switch (what) {
  case RIGHT_REGISTER:
    return r->registers;
  case RIGHT_RECORD:
    return r->records;
  case RIGHT_IMPORT:
    return r->imports;
  case RIGHT_DECIDE:
    return r->decides;
  case RIGHT_SEE_CLEAR:
    return r->sees_clear;
  case RIGHT_CORRECT:
    return r->corrects;
  case RIGHT_TAKE_IN:
    return r->takes_in;
  case RIGHT_FORGET:
    return r->forgets;
  case RIGHT_ADMINISTER:
  case RIGHT_AUTHORISE:
  case RIGHT_AUDIT:
    break;
  }
  return false;
}

static bool post_covers(const post *p, const char *area) {
  if (!area || !area[0]) return true;
  scope r = {0};
  scope_add(&r, p->area);
  return scope_has(&r, area);
}

/* The role that a post is in its own pack; NULL: an administrator's, or of a pack that is gone. */
static const role *role_of(const post *x, const catalog *packs, const pack **ret_pack) {
  *ret_pack = x->pack[0] ? catalog_pack(packs, text_of(x->pack)) : NULL;
  return *ret_pack ? pack_role(*ret_pack, text_of(x->role)) : NULL;
}

static bool administers(const post *x, right what) {
  return !x->pack[0] && what >= RIGHT_ADMINISTER &&
         strcmp(x->role, administrators[what - RIGHT_ADMINISTER].name) == 0;
}

bool actor_may(const actor *who, const catalog *packs, right what, const pack *p,
               const char *area) {
  if (who->system) return true;
  for (size_t i = 0; i < who->post_count; i++) {
    const post *x = &who->posts[i];
    const pack *in = NULL;
    if (!post_covers(x, area)) continue;
    if (!p && administers(x, what)) return true;
    const role *r = role_of(x, packs, &in);
    if (r && (!p || p == in) && role_gives(r, what)) return true;
  }
  return false;
}

bool actor_registers(const actor *who, const catalog *packs, const kind *k, const char *area) {
  const pack *p = catalog_pack_of(packs, k);
  if (who->system) return true;
  for (size_t i = 0; i < who->post_count; i++) {
    const pack *in = NULL;
    const role *r = role_of(&who->posts[i], packs, &in);
    if (r && in == p && role_registers(p, r, k) && post_covers(&who->posts[i], area)) return true;
  }
  return false;
}

bool post_is_of(const post *x, const pack *p, const char *const *roles) {
  return strcmp(x->pack, p->name) == 0 && roles_hold(roles, x->role);
}

bool actor_holds(const actor *who, const pack *p, const char *const *roles, const char *area) {
  if (who->system) return true;
  for (size_t i = 0; i < who->post_count; i++)
    if (post_covers(&who->posts[i], area) && post_is_of(&who->posts[i], p, roles)) return true;
  return false;
}

/* ---- what he sees ---- */

scope actor_scope(const actor *who) {
  if (who->system) return scope_all();
  scope r = {0};
  for (size_t i = 0; i < who->post_count; i++)
    if (!scope_add(&r, who->posts[i].area)) break;
  return r;
}

/* ---- over a unit ---- */

/* Its zone, when that may matter: some post is on one. What cannot be read gives no right; a
 * transaction then fails at its next statement. */
static bool zone_that_matters(const actor *who, store *s, const uuid *root, char ret[13]) {
  bool any = false;
  err ignored;
  for (size_t i = 0; i < who->post_count; i++) any |= area_code_is_zone(who->posts[i].area);
  return any && root && store_zone_of(s, root, ret, &ignored) && ret[0];
}

bool actor_may_unit(const actor *who, const catalog *packs, right r, const pack *p, store *s,
                    const char *area, const uuid *root) {
  char zone[13];
  return actor_may(who, packs, r, p, area) ||
         (zone_that_matters(who, s, root, zone) && actor_may(who, packs, r, p, zone));
}

bool actor_registers_unit(const actor *who, const catalog *packs, const kind *k, store *s,
                          const char *area, const uuid *root) {
  char zone[13];
  return actor_registers(who, packs, k, area) ||
         (zone_that_matters(who, s, root, zone) && actor_registers(who, packs, k, zone));
}

bool actor_holds_unit(const actor *who, const pack *p, const char *const *roles, store *s,
                      const char *area, const uuid *root) {
  char zone[13];
  return actor_holds(who, p, roles, area) ||
         (zone_that_matters(who, s, root, zone) && actor_holds(who, p, roles, zone));
}

/* ---- which posts show a kind ---- */

/* Which posts show a kind: as bits of two masks, all of it or only what is the holder's own. */
typedef struct showing {
  uint32_t all, own;
} showing;
_Static_assert(SCOPE_MAX <= 32, "a bit a post");

static showing showing_of(const actor *who, const catalog *packs, const pack *p, const kind *k) {
  const kind *root = k->parent < 0 ? k : &p->kinds[k->parent];
  showing x = {0};
  for (size_t i = 0; i < who->post_count && i < SCOPE_MAX; i++) {
    const pack *in = NULL;
    const role *r = role_of(&who->posts[i], packs, &in);
    if (!r || in != p || !role_sees(p, r, k)) continue;
    if (r->sees_own && root->assigned_in >= 0 && !who->invented)
      x.own |= 1u << i;
    else
      x.all |= 1u << i;
  }
  return x;
}

static scope scope_of_posts(const actor *who, uint32_t posts) {
  scope r = {0};
  for (size_t i = 0; i < who->post_count && i < SCOPE_MAX; i++)
    if (posts >> i & 1) scope_add(&r, who->posts[i].area);
  return r;
}

static uint32_t posts_of_figures(const actor *who, const catalog *packs, const pack *p) {
  uint32_t posts = 0;
  for (size_t i = 0; i < p->kind_count && !posts; i++)
    if (p->kinds[i].parent < 0) posts = showing_of(who, packs, p, &p->kinds[i]).all;
  return posts;
}

scope actor_scope_in(const actor *who, const catalog *packs, const pack *p) {
  return who->system ? scope_all() : scope_of_posts(who, posts_of_figures(who, packs, p));
}

bool actor_sees_all(const actor *who, const catalog *packs, const kind *k) {
  const pack *p = catalog_pack_of(packs, k);
  const uint32_t posts = posts_of_figures(who, packs, p);
  return who->system || (posts && showing_of(who, packs, p, k).all == posts);
}

/* A reach while it is made: the kinds that the same posts show stand together. */
typedef struct reach_maker {
  arena *a;
  const actor *who;
  reach_part *parts;
  uint32_t *posts; /* of each part */
  size_t count, room;
} reach_maker;

static bool add_kind(reach_maker *m, const pack *p, const kind *k, uint32_t posts,
                     const char *self) {
  const kind *root = k->parent < 0 ? k : &p->kinds[k->parent];
  reach_part *x = NULL;
  if (!posts) return true;
  for (size_t i = 0; i < m->count && !x; i++) {
    reach_part *y = &m->parts[i];
    if (y->pack == p && m->posts[i] == posts && !y->self == !self && (!self || y->kinds[0] == root))
      x = y;
  }
  if (!x) {
    const kind **kinds = ARENA_ARRAY(m->a, p->kind_count, const kind *);
    if (!kinds || m->count == m->room) return false;
    x = &m->parts[m->count];
    *x = (reach_part){
        .pack = p, .kinds = kinds, .scope = scope_of_posts(m->who, posts), .self = self};
    m->posts[m->count++] = posts;
  }
  ((const kind **)x->kinds)[x->kind_count++] = k;
  return true;
}

/* Whose key or login stands where the pack's units are assigned; "": nobody's. */
static bool self_of(store *s, reach_maker *m, const pack *p, const char **ret, err *e) {
  if (!duty_owner_key(s, m->a, p, &m->who->officer, ret, e)) return false;
  if (!*ret) *ret = "";
  return true;
}

static bool add_pack(store *s, reach_maker *m, const catalog *packs, const pack *p, err *e) {
  const char *self = NULL;
  for (int child = 0; child < 2;
       child++) /* roots first: they head the parts of what is one's own */
    for (size_t i = 0; i < p->kind_count; i++) {
      const kind *k = &p->kinds[i];
      if ((k->parent >= 0) != (child == 1)) continue;
      const showing x = showing_of(m->who, packs, p, k);
      if (x.own && !self && !self_of(s, m, p, &self, e)) return false;
      if (!add_kind(m, p, k, x.all, NULL) || !add_kind(m, p, k, x.own, self)) return err_memory(e);
    }
  return true;
}

bool actor_reach(store *s, arena *a, const actor *who, const catalog *packs, day today, reach *ret,
                 err *e) {
  *ret = (reach){.everything = who->system, .today = today};
  if (who->system) return true;
  reach_maker m = {.a = a, .who = who};
  for (size_t i = 0; i < packs->count; i++) m.room += 2 * packs->packs[i]->kind_count;
  m.parts = ARENA_ARRAY(a, m.room, reach_part);
  m.posts = ARENA_ARRAY(a, m.room, uint32_t);
  if (!m.parts || !m.posts) return err_memory(e);
  for (size_t i = 0; i < packs->count; i++)
    if (!add_pack(s, &m, packs, packs->packs[i], e)) return false;
  ret->parts = m.parts;
  ret->count = m.count;
  return true;
}

bool actor_sees(store *s, arena *a, const actor *who, day today, const standing_unit *u,
                bool *ret_yes, err *e) {
  const catalog *packs = store_packs(s);
  reach r;
  *ret_yes = who->system;
  if (who->system) return true;
  const showing x = showing_of(who, packs, catalog_pack_of(packs, u->kind), u->kind);
  scope all = scope_of_posts(who, x.all), own = scope_of_posts(who, x.own);
  if (!scope_has_unit(s, &all, u->area, u->root, ret_yes, e)) return false;
  if (*ret_yes || !own.count) return true;
  return actor_reach(s, a, who, packs, today, &r, e) &&
         reach_sees(s, &r, u->kind, u->root, u->area, ret_yes, e);
}

/* ---- what he sees of it ---- */

static const sight sees_everything = {.clear = UINT32_MAX, .masked = UINT32_MAX, .unmasked = true};

sight actor_sight(const actor *who, const catalog *packs, const pack *p, store *s, const char *area,
                  const uuid *root) {
  char zone[13];
  sight r = {0};
  if (who->system) return sees_everything;
  const bool zoned = p->group_count && zone_that_matters(who, s, root, zone);
  for (size_t i = 0; i < who->post_count; i++) {
    const post *x = &who->posts[i];
    const pack *in = NULL;
    const role *is = role_of(x, packs, &in);
    if (!is || in != p || !(post_covers(x, area) || (zoned && post_covers(x, zone)))) continue;
    r.clear |= is->clear;
    r.masked |= is->masked;
  }
  return r;
}

sight actor_sight_everywhere(const actor *who, const catalog *packs, const pack *p) {
  sight r = {.clear = UINT32_MAX, .masked = UINT32_MAX};
  if (who->system) return sees_everything;
  for (size_t i = 0; i < who->post_count; i++) {
    const pack *in = NULL;
    const role *is = role_of(&who->posts[i], packs, &in);
    if (!is || in != p) continue;
    r.clear &= is->clear;
    r.masked &= is->masked | is->clear;
  }
  return r;
}

uint32_t actor_seen_groups(const actor *who, const catalog *packs, const pack *p) {
  uint32_t seen = 0;
  bool any = false;
  for (size_t i = 0; i < who->post_count; i++) {
    const pack *in = NULL;
    const role *is = role_of(&who->posts[i], packs, &in);
    if (!is || in != p) continue;
    any = true;
    seen |= is->clear | is->masked;
  }
  return any ? seen : UINT32_MAX;
}

how_shown sight_of(const sight *s, uint32_t reads) {
  const uint32_t groups = reads & ~READS_PRIVATE;
  if (groups & ~(s->clear | s->masked)) return SHOWN_NOT;
  return s->unmasked || reads == (groups & s->clear) ? SHOWN_CLEAR : SHOWN_MASKED;
}

how_shown sight_of_field(const sight *s, const field *f) {
  return sight_of(s, field_reads(f));
}

how_shown sight_of_finding(const sight *s, const pack *p, const rule *r) {
  const uint32_t every = (1u << p->group_count) - 1;
  const how_shown found = sight_of(s, r ? reads_of_rule(p, r) : every);
  const how_shown said = sight_of(s, r ? reads_of_message(p, r) : every);
  return found < said ? found : said;
}

bool sight_check_answers(const sight *s, const field *fields, size_t count, const json *answers,
                         err *e) {
  for (size_t i = 0; i < count; i++)
    if (json_has(answers, fields[i].name) && sight_of_field(s, &fields[i]) == SHOWN_NOT)
      return err_set(e, ERR_DENIED, fields[i].name, "您的岗位看不到“%s”，也不能填写。",
                     "Your post does not see \"%s\", and cannot fill it in.",
                     LABEL(fields[i].title));
  return true;
}

bool rights_no_subject(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这个对象，或者不在您的管辖范围内。",
                 "There is no such subject, or it is outside your areas.");
}

bool rights_denied(label what, err *e) {
  return err_set(e, ERR_DENIED, NULL, "您的岗位不能%s。如确有需要，请联系管理员。",
                 "Your post may not %s. If you need to, ask the administrator.", LABEL(what));
}
