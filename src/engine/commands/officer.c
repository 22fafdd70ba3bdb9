/* OFFICER: who there is, with which posts. What the body leaves out stays as it is. */
#include "engine/commands/commands.h"

#include "base/ident.h"
#include "engine/officers.h"
#include "store/rows/areas.h"
#include "store/rows/officers.h"

#include <stdio.h>

/* ---- what others check by, too ---- */

/* A login is typed on a telephone and told by word of mouth. */
bool officer_login_check(text login, err *e) {
  if (login.bytes == 0 || login.bytes > OFFICER_LOGIN_MAX_BYTES)
    return err_set(e, ERR_BAD_INPUT, "login", "请填写登录名，最多 %d 个字母。",
                   "Give a login of at most %d letters.", OFFICER_LOGIN_MAX_BYTES);
  for (size_t i = 0; i < login.bytes; i++) {
    unsigned char c = (unsigned char)login.at[i];
    if (c <= ' ' || c == 0x7f || strchr(",;@/\"'", c))
      return err_set(e, ERR_BAD_INPUT, "login", "登录名里不能有空格和标点 , ; @ / 引号。",
                     "A login has no blanks, and none of , ; @ / and quotes.");
  }
  return true;
}

/* "a（甲）、b（乙）": the roles of all packs, as many as fit. */
static void list_roles(const catalog *packs, buf *zh, buf *en) {
  buf_str(zh, "admin（系统管理员）");
  buf_str(en, "admin");
  for (size_t i = 0; i < packs->count; i++)
    for (size_t k = 0; k < packs->packs[i]->role_count && zh->bytes < ERR_TEXT_MAX - 140; k++) {
      const role *r = &packs->packs[i]->roles[k];
      if (strcmp(r->name, "admin") == 0) continue; /* every pack has it */
      buf_printf(zh, "、%s（%s）", r->name, r->title.zh);
      buf_printf(en, ", %s", r->name);
    }
}

static bool no_such_role(const catalog *packs, const char *place, text given, err *e) {
  AUTO_BUF buf zh = {0};
  AUTO_BUF buf en = {0};
  list_roles(packs, &zh, &en);
  if (!buf_ok(&zh) || !buf_ok(&en)) return err_memory(e);
  given = text_cut(given, 60);
  return err_set(e, ERR_BAD_INPUT, place, "没有“%.*s”这个岗位。有：%s。",
                 "There is no role \"%.*s\". There are: %s.", (int)given.bytes, given.at,
                 ZH_EN(zh.at, en.at));
}

const char *officer_role(const catalog *packs, text word, const char *place, err *e) {
  for (int by_title = 0; word.bytes && by_title < 2; by_title++)
    for (size_t i = 0; i < packs->count; i++)
      for (size_t k = 0; k < packs->packs[i]->role_count; k++) {
        const role *r = &packs->packs[i]->roles[k];
        if (text_is(word, by_title ? r->title.zh : r->name) ||
            (by_title && text_is(word, r->title.en)))
          return r->name;
      }
  if (text_is(word, "admin") || text_is(word, "系统管理员")) return "admin"; /* without any pack */
  no_such_role(packs, place, word, e);
  return NULL;
}

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
  return (r->was && uuid_equal(&ctx->command->who.officer, &r->was->id)) ||
         context_may(ctx, RIGHT_ADMINISTER, NULL) ||
         rights_denied((label){"管理人员", "administer officers"}, e);
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
    char place[40];
    text role_name = json_text(&list->items[i], "role");
    snprintf(place, sizeof place, "posts/%zu/area", i);
    if (!area_code_check(json_text(&list->items[i], "area"), posts[i].area, e))
      return err_within(e, place);
    posts[i].role = arena_copy(ctx->a, role_name.at, role_name.bytes);
    if (!posts[i].role) return err_memory(e);
  }
  o->posts = posts;
  o->post_count = list->count;
  return true;
}

static bool read_word(command_context *ctx, const char *key, const char **ret, err *e) {
  const json *given = json_get(ctx->command->body, key);
  text word = text_trim(json_text(ctx->command->body, key));
  if (!given && *ret) return true;
  if (word.bytes == 0 || word.bytes > OFFICER_NAME_MAX_BYTES)
    return err_set(e, ERR_BAD_INPUT, key, "请填写登录名和姓名，不要太长。",
                   "Give a login and a name; not too long.");
  *ret = arena_copy(ctx->a, word.at, word.bytes);
  return *ret || err_memory(e);
}

static bool officer_read(command_context *ctx, err *e) {
  officer_request *r = ctx->request;
  const json *posts = json_get(ctx->command->body, "posts"),
             *active = json_get(ctx->command->body, "active");
  if (active) r->now.active = active->yes;
  return read_word(ctx, "login", &r->now.login, e) && read_word(ctx, "name", &r->now.name, e) &&
         (!posts || read_posts(ctx, posts, &r->now, e));
}

static bool check_posts(command_context *ctx, const officer *o, err *e) {
  const catalog *packs = &ctx->engine->packs;
  for (size_t i = 0; i < o->post_count; i++) {
    char place[40];
    const char *area_name = "";
    text role_name = text_of(o->posts[i].role);
    snprintf(place, sizeof place, "posts/%zu/role", i);
    if (!text_is(role_name, "admin") && !catalog_role(packs, role_name))
      return no_such_role(packs, place, role_name, e);
    snprintf(place, sizeof place, "posts/%zu/area", i);
    if (!store_area_name(ctx->store, ctx->a, o->posts[i].area, &area_name, e)) return false;
    if (!area_name[0])
      return err_set(e, ERR_BAD_INPUT, place, "没有代码为 %s 的区域，请核对。",
                     "There is no area %s; check the code.", o->posts[i].area);
  }
  return true;
}

static bool same_posts(const officer *x, const officer *y) {
  if (x->post_count != y->post_count) return false;
  for (size_t i = 0; i < x->post_count; i++)
    if (strcmp(x->posts[i].role, y->posts[i].role) != 0 ||
        strcmp(x->posts[i].area, y->posts[i].area) != 0)
      return false;
  return true;
}

/* Over each area where he has or gets a post; without any post: anywhere. */
static bool may_manage(command_context *ctx, const officer *o, err *e) {
  bool may = context_may(ctx, RIGHT_ADMINISTER, NULL);
  for (size_t i = 0; may && i < o->post_count; i++)
    may = context_may(ctx, RIGHT_ADMINISTER, o->posts[i].area);
  return may || rights_denied((label){"管理这个区域的人员", "manage the officers of that area"}, e);
}

/* Nobody raises, moves or closes himself; his own password he may always change. */
static bool may_change(command_context *ctx, const officer_request *r, err *e) {
  const officer *was = r->was, *now = &r->now;
  if (ctx->command->who.system) return true;
  if (was && uuid_equal(&ctx->command->who.officer, &now->id)) {
    if (was->active != now->active || !same_posts(was, now))
      return err_set(
          e, ERR_NOT_ALLOWED, NULL, "不能停用自己，也不能改自己的岗位，请找另一位管理员。",
          "You cannot close yourself or change your own posts; ask another administrator.");
    if (strcmp(was->login, now->login) == 0 && strcmp(was->name, now->name) == 0) return true;
  }
  return (!was || may_manage(ctx, was, e)) && may_manage(ctx, now, e);
}

static bool runs_county(const command_context *ctx, const officer *o) {
  const actor who = {.officer = o->id, .posts = o->posts, .post_count = o->post_count};
  return o->active &&
         actor_may(&who, &ctx->engine->packs, RIGHT_ADMINISTER, store_county(ctx->store));
}

/* Under the county's lock: two changes at the same moment cannot take away the last two. */
static bool check_last(command_context *ctx, const officer_request *r, err *e) {
  officer *all = NULL;
  size_t count = 0;
  if (!r->was || !runs_county(ctx, r->was) || runs_county(ctx, &r->now)) return true;
  if (!store_officers(ctx->store, ctx->a, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (!uuid_equal(&all[i].id, &r->now.id) && runs_county(ctx, &all[i])) return true;
  return err_set(e, ERR_NOT_ALLOWED, NULL,
                 "这是最后一位管理整个区县的管理员，不能停用或调走。请先另设一位。",
                 "This is the last administrator of the whole county, who cannot be closed or "
                 "moved; make another one first.");
}

/* Officers and packs of the whole county. */
static bool administers_county(command_context *ctx, const officer *o) {
  const actor as = {.posts = o->posts, .post_count = o->post_count};
  return o->active &&
         actor_may(&as, &ctx->engine->packs, RIGHT_ADMINISTER, store_county(ctx->store));
}

/* Without an administrator of the county nobody could be added by the pages any more. */
static bool leaves_administrator(command_context *ctx, const officer_request *r, err *e) {
  officer *all = NULL;
  size_t count = 0;
  if (!r->was || !administers_county(ctx, r->was) || administers_county(ctx, &r->now)) return true;
  if (!store_officers(ctx->store, ctx->a, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (!uuid_equal(&all[i].id, &r->now.id) && administers_county(ctx, &all[i])) return true;
  return err_set(e, ERR_NOT_ALLOWED, r->now.login,
                 "这是区县唯一的系统管理员，不能停用，也不能去掉这个岗位。请先添加另一位。",
                 "This is the county's only administrator, who can neither be closed nor lose the "
                 "post. Add another one first.");
}

static bool officer_check(command_context *ctx, err *e) {
  const officer_request *r = ctx->request;
  officer *same = NULL;
  if (!may_change(ctx, r, e) || !leaves_administrator(ctx, r, e) || !check_last(ctx, r, e) ||
      !officer_login_check(text_of(r->now.login), e) || !check_posts(ctx, &r->now, e) ||
      !store_officer_find_by_login(ctx->store, ctx->a, text_of(r->now.login), &same, e))
    return false;
  if (!same || uuid_equal(&same->id, &r->now.id)) return true;
  return err_set(e, ERR_CONFLICT, "login", "登录名“%s”已经有人用了，请换一个。",
                 "The login \"%s\" is taken; choose another.", r->now.login);
}

/* What lets him sign in is kept beside the journal; a later number there ends his sessions. */
static bool put_credential(command_context *ctx, const officer_request *r, err *e) {
  if (ctx->engine->replaying) return true;
  if (ctx->command->password_hash) {
    credential c = {.changed = ctx->seq};
    snprintf(c.password_hash, sizeof c.password_hash, "%s", ctx->command->password_hash);
    return store_credential_put(ctx->store, &r->now.id, &c, e);
  }
  if (!r->was || (r->was->active == r->now.active && same_posts(r->was, &r->now))) return true;
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
