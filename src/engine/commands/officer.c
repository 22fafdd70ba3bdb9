/* OFFICER: who there is, with which posts. What the body leaves out stays as it is. */
#include "engine/commands/commands.h"

#include "base/ident.h"
#include "engine/officers.h"
#include "pack/model/administrator.h"
#include "store/rows/totp.h"

#include <stdio.h>

/* ---- the entry ---- */

typedef struct officer_request {
  officer now, *was; /* `was` NULL: new */
} officer_request;

static bool officer_find(command_context *ctx, err *e) {
  officer_request *r = ctx->request;
  uuid id;
  if (!body_uuid(ctx->command->body, "id", &id, e) ||
      !store_officer_find(ctx->store, ctx->a, &id, &r->was, e))
    return false;
  r->now = r->was ? *r->was : (officer){.id = id, .active = true};
  return true;
}

/* Nobody but administrators, of whatever area (officer_check looks at that); his own password
 * everybody may change. */
static bool officer_authorize(command_context *ctx, err *e) {
  const officer_request *r = ctx->request;
  const json *codes = json_get(ctx->command->body, "codes");
  const bool password = ctx->command->password_hash != NULL || codes;
  if (r->was && uuid_equal(&ctx->command->who.officer, &r->was->id)) return true;
  if (!context_may(ctx, RIGHT_ADMINISTER, NULL, NULL, NULL) &&
      (password || !context_may(ctx, RIGHT_AUTHORISE, NULL, NULL, NULL)))
    return rights_denied((label){"管理人员", "administer officers"}, e);
  /* whoever sets a password can sign in with it */
  for (size_t i = 0; password && r->was && i < r->was->post_count && !ctx->command->who.system; i++)
    if (administrator_index(text_of(r->was->posts[i].role)) > ADMINISTRATOR_SYSTEM)
      return err_set(e, ERR_NOT_ALLOWED, NULL,
                     "安全管理员和审计管理员的密码、验证码只能在服务器上重置：jishi user passwd。",
                     "Password and codes of a security or audit administrator are reset on the "
                     "server alone: jishi user passwd.");
  return true;
}

/* `role`, of the `pack` that is told where several have one of that name. What is nobody's is for
 * officer_change_check to refuse. */
static bool read_role(command_context *ctx, const json *item, const char *where, post *ret,
                      err *e) {
  text name = json_text(item, "role"), in = json_text(item, "pack");
  const char *written = arena_copy(ctx->a, name.at, name.bytes);
  if (in.bytes && written) written = arena_printf(ctx->a, "%.*s.%s", (int)in.bytes, in.at, written);
  if (!written) return err_memory(e);
  ret->role = written;
  ret->pack = "";
  if (administrator_index(name) >= 0) return true;
  const found_name f = catalog_role(&ctx->engine->packs, text_of(written));
  if (f.several) return officer_role(&ctx->engine->packs, text_of(written), where, ret, e);
  if (!f.item) return true;
  ret->role = ((const role *)f.item)->name;
  ret->pack = f.owner->name;
  return true;
}

static bool read_posts(command_context *ctx, const json *list, officer *o, err *e) {
  if (list->type != JSON_LIST)
    return err_set(e, ERR_BAD_INPUT, "posts", "岗位应是一个列表。", "Posts are a list.");
  if (list->count > SCOPE_MAX) /* each may be an area of its own, and a scope holds no more */
    return err_set(e, ERR_BAD_INPUT, "posts",
                   "一个人最多 %d 个岗位。请在上一级区域设一个岗位，代替下面的许多个。",
                   "An officer has at most %d posts; give one in the area above instead of many "
                   "below it.",
                   SCOPE_MAX);
  post *posts = ARENA_ARRAY(ctx->a, list->count, post);
  if (!posts) return err_memory(e);
  for (size_t i = 0; i < list->count; i++) {
    char where[40];
    snprintf(where, sizeof where, "posts/%zu/area", i);
    if (!area_code_check(json_text(&list->items[i], "area"), posts[i].area, e))
      return err_within(e, where);
    snprintf(where, sizeof where, "posts/%zu/role", i);
    if (!read_role(ctx, &list->items[i], where, &posts[i], e)) return false;
  }
  o->posts = posts;
  o->post_count = list->count;
  return true;
}

/* What is left out stays; what it may be is for officer_change_check to say. */
static bool read_word(command_context *ctx, const char *key, text word, const char **ret, err *e) {
  if (!json_has(ctx->command->body, key) && *ret) return true;
  *ret = arena_copy(ctx->a, word.at, word.bytes);
  return *ret || err_memory(e);
}

static bool officer_read(command_context *ctx, err *e) {
  officer_request *r = ctx->request;
  const json *posts = json_get(ctx->command->body, "posts"),
             *active = json_get(ctx->command->body, "active");
  if (active) r->now.active = active->yes;
  text login = json_text(ctx->command->body, "login"),
       name = text_trim(json_text(ctx->command->body, "name"));
  return read_word(ctx, "login", login, &r->now.login, e) &&
         read_word(ctx, "name", name, &r->now.name, e) &&
         (!posts || read_posts(ctx, posts, &r->now, e));
}

static bool officer_check(command_context *ctx, err *e) {
  const officer_request *r = ctx->request;
  const officer_rules rules = {ctx->store, &ctx->engine->packs, ctx->a, &ctx->command->who};
  return officer_change_check(&rules, r->was, &r->now, e) &&
         officer_keeps_administrators(&rules, r->was, &r->now, e);
}

/* He sets up his own; others can only take them from him. */
static bool put_codes(command_context *ctx, const officer_request *r, const json *codes, err *e) {
  const totp_kept *x = ctx->command->totp;
  if (!codes->yes) return store_totp_drop(ctx->store, &r->now.id, e);
  if (!x || !uuid_equal(&ctx->command->who.officer, &r->now.id))
    return err_set(e, ERR_DENIED, "codes", "验证码要由本人设置。",
                   "One-time codes are set up by oneself.");
  return store_totp_put(ctx->store, &r->now.id, x, e);
}

/* What lets him sign in is kept beside the journal; a later number there ends his sessions. */
static bool put_credential(command_context *ctx, const officer_request *r, err *e) {
  const json *codes = json_get(ctx->command->body, "codes");
  if (ctx->engine->replaying) return true;
  if (codes && !put_codes(ctx, r, codes, e)) return false;
  if (ctx->command->password_hash) {
    credential c = {.changed = ctx->seq, .first_password = ctx->command->first_password};
    snprintf(c.password_hash, sizeof c.password_hash, "%s", ctx->command->password_hash);
    return store_credential_put(ctx->store, &r->now.id, &c, e);
  }
  if (!r->was || (!codes && r->was->active == r->now.active && officer_same_posts(r->was, &r->now)))
    return true;
  return store_credential_changed(ctx->store, &r->now.id, ctx->seq, e);
}

static bool officer_apply(command_context *ctx, err *e) {
  const officer_request *r = ctx->request;
  accounts_forget(&ctx->engine->accounts);
  return context_append(ctx, NULL, NULL, NULL, e) && store_officer_put(ctx->store, &r->now, e) &&
         store_officer_past_put(ctx->store, &r->now, ctx->seq, ctx->today, e) &&
         put_credential(ctx, r, e);
}

const verb_handler verb_officer = {.request_bytes = sizeof(officer_request),
                                   .find = officer_find,
                                   .authorize = officer_authorize,
                                   .read = officer_read,
                                   .check = officer_check,
                                   .apply = officer_apply};
