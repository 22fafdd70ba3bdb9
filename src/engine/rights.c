/* Rights: what a post may do, and where. */
#include "engine/rights.h"

#include "base/ident.h"

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
  case RIGHT_ADMINISTER:
    return r->administers;
  }
  return false;
}

static bool post_covers(const post *p, const char *area) {
  if (!area || !area[0]) return true;
  scope r = {0};
  scope_add(&r, p->area);
  return scope_has(&r, area);
}

bool actor_may(const actor *who, const catalog *packs, right what, const char *area) {
  if (who->system) return true;
  for (size_t i = 0; i < who->post_count; i++) {
    const post *p = &who->posts[i];
    if (!post_covers(p, area)) continue;
    if (strcmp(p->role, "admin") == 0) {
      if (what == RIGHT_ADMINISTER) return true;
      continue;
    }
    const pack *in = catalog_pack(packs, text_of(p->pack));
    const role *r = in ? pack_role(in, text_of(p->role)) : NULL;
    if (r && role_gives(r, what)) return true;
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

bool actor_may_unit(const actor *who, const catalog *packs, right r, store *s, const char *area,
                    const uuid *root) {
  char zone[13];
  return actor_may(who, packs, r, area) ||
         (zone_that_matters(who, s, root, zone) && actor_may(who, packs, r, zone));
}

bool actor_holds_unit(const actor *who, const pack *p, const char *const *roles, store *s,
                      const char *area, const uuid *root) {
  char zone[13];
  return actor_holds(who, p, roles, area) ||
         (zone_that_matters(who, s, root, zone) && actor_holds(who, p, roles, zone));
}

bool actor_sees_unit(const actor *who, store *s, const char *area, const uuid *root) {
  const scope r = actor_scope(who);
  char zone[13];
  return scope_has(&r, area) || (zone_that_matters(who, s, root, zone) && scope_has(&r, zone));
}

bool rights_no_subject(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到这个对象，或者不在您的管辖范围内。",
                 "There is no such subject, or it is outside your areas.");
}

bool rights_denied(label what, err *e) {
  return err_set(e, ERR_DENIED, NULL, "您的岗位不能%s。如确有需要，请联系管理员。",
                 "Your post may not %s. If you need to, ask the administrator.", LABEL(what));
}
