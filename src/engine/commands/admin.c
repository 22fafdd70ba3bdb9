/* COUNTY, AREAS, OFFICER, PACK: a county's first entries, and what is rarely changed. */
#include "engine/commands/commands.h"

#include "base/ident.h"
#include "engine/duties/tracking.h"
#include "engine/rules/summaries.h"

bool may_administer(command_context *ctx, err *e) {
  if (ctx->engine->replaying ||
      actor_may(&ctx->command->who, &ctx->engine->packs, RIGHT_ADMINISTER, NULL))
    return true;
  return rights_denied("管理系统", "administer the system", e);
}

bool apply_county(command_context *ctx, err *e) {
  if (ctx->engine->head.seq)
    return err_set(e, ERR_CONFLICT, NULL, "这个区县已经建好了。", "This county is there already.");
  return may_administer(ctx, e) && context_append(ctx, NULL, NULL, NULL, e);
}

bool apply_areas(command_context *ctx, err *e) {
  const json *rows = json_get(ctx->command->body, "rows");
  if (!may_administer(ctx, e)) return false;
  for (size_t i = 0; rows && i < rows->count; i++) {
    const json *row = &rows->items[i];
    char code[13];
    if (row->type != JSON_LIST || row->count != 2 || row->items[0].type != JSON_TEXT ||
        row->items[1].type != JSON_TEXT)
      return err_set(e, ERR_BAD_INPUT, "rows", "区划表的每一行应是代码和名称。",
                     "Each row is a code and a name.");
    if (!area_code_check(row->items[0].s, code, e)) return false;
  }
  if (!context_append(ctx, NULL, NULL, NULL, e)) return false;
  for (size_t i = 0; rows && i < rows->count; i++) {
    char code[13];
    if (!area_code_check(rows->items[i].items[0].s, code, e) ||
        !store_area_put(ctx->store, code, rows->items[i].items[1].s, e))
      return false;
  }
  return true;
}

bool apply_officer(command_context *ctx, err *e) {
  officer o = {.active = true};
  const json *body = ctx->command->body, *posts = json_get(body, "posts");
  text login = text_trim(json_text(body, "login")), name = text_trim(json_text(body, "name"));
  if (!may_administer(ctx, e) || !body_uuid(body, "id", &o.id, e)) return false;
  if (login.bytes == 0 || login.bytes > 64 || name.bytes == 0 || name.bytes > 128)
    return err_set(e, ERR_BAD_INPUT, "login", "请填写登录名和姓名。", "Give a login and a name.");
  o.login = arena_copy(ctx->a, login.at, login.bytes);
  o.name = arena_copy(ctx->a, name.at, name.bytes);
  const json *active = json_get(body, "active");
  if (active) o.active = active->yes;
  o.post_count = posts ? posts->count : 0;
  post *list = ARENA_ARRAY(ctx->a, o.post_count, post);
  if (!o.login || !o.name || !list) return err_memory(e);
  for (size_t i = 0; i < o.post_count; i++) {
    text role_name = json_text(&posts->items[i], "role");
    if (!text_is(role_name, "admin") && !catalog_role(&ctx->engine->packs, role_name))
      return err_set(e, ERR_BAD_INPUT, "posts", "没有“%.*s”这个岗位。",
                     "There is no role \"%.*s\".",
                     (int)(role_name.bytes > 60 ? 60 : role_name.bytes), role_name.at);
    if (!area_code_check(json_text(&posts->items[i], "area"), list[i].area, e)) return false;
    list[i].role = arena_copy(ctx->a, role_name.at, role_name.bytes);
    if (!list[i].role) return err_memory(e);
  }
  o.posts = list;
  officer *same = NULL;
  if (!store_officer_by_login(ctx->store, ctx->a, login, &same, e)) return false;
  if (same && !uuid_equal(&same->id, &o.id))
    return err_set(e, ERR_CONFLICT, "login", "登录名“%s”已经有人用了，请换一个。",
                   "The login \"%s\" is taken; choose another.", o.login);
  return context_append(ctx, NULL, NULL, NULL, e) && store_officer_put(ctx->store, &o, e) &&
         store_officer_past_put(ctx->store, &o, ctx->seq, ctx->today, e);
}

static bool pack_files_of(arena *a, const json *list, pack_file **out, size_t *count) {
  size_t n = list && list->type == JSON_LIST ? list->count : 0;
  pack_file *files = ARENA_ARRAY(a, n, pack_file);
  for (size_t i = 0; files && i < n; i++) {
    text path = json_text(&list->items[i], "path");
    files[i].path = arena_copy(a, path.at, path.bytes);
    files[i].body = json_text(&list->items[i], "body");
    if (!files[i].path) return false;
  }
  *out = files;
  *count = n;
  return files != NULL;
}

static pack *pack_of_body(arena *a, const json *body, err *e) {
  pack_file *files = NULL, *overlay = NULL;
  size_t count = 0, overlay_count = 0;
  if (!pack_files_of(a, json_get(body, "files"), &files, &count) ||
      !pack_files_of(a, json_get(body, "overlay"), &overlay, &overlay_count)) {
    err_memory(e);
    return NULL;
  }
  faults f = {0};
  pack *p = pack_from_files(files, count, overlay, overlay_count, &f);
  if (!p && f.count)
    *e = f.items[0];
  else if (!p)
    err_memory(e);
  faults_release(&f);
  return p;
}

/* The new pack stands where one of its name stood. */
static bool put_pack(engine *eng, pack *p, err *e) {
  catalog after = {0};
  for (size_t i = 0; i < eng->packs.count; i++)
    if (strcmp(eng->packs.packs[i]->name, p->name) != 0 &&
        !catalog_add(&after, eng->packs.packs[i], e))
      return false;
  if (!catalog_add(&after, p, e)) return false;
  for (size_t i = 0; i < CATALOG_MAX; i++)
    if (!eng->owned[i] || strcmp(eng->owned[i]->name, p->name) == 0) {
      pack_free(eng->owned[i]);
      eng->owned[i] = p;
      eng->packs = after;
      return true;
    }
  return err_set(e, ERR_TOO_LARGE, p->name, "业务包太多了。", "Too many packs.");
}

bool engine_load_pack(engine *eng, text body, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  json *tree = a ? json_parse(a, body, e) : NULL;
  if (!tree) return a ? false : err_memory(e);
  pack *p = pack_of_body(a, tree, e);
  if (!p) return false;
  if (put_pack(eng, p, e)) return true;
  pack_free(p);
  return false;
}

bool apply_pack(command_context *ctx, err *e) {
  engine *eng = ctx->engine;
  if (!may_administer(ctx, e)) return false;
  unit_cache_clear(eng->cache); /* kinds and rules of the old pack */
  pack *p = pack_of_body(ctx->a, ctx->command->body, e);
  if (!p) return false;
  const char *name = arena_text(ctx->a, p->name);
  for (size_t i = 0; i < eng->packs.count; i++)
    if (strcmp(eng->packs.packs[i]->name, p->name) == 0 &&
        !duties_forget(ctx, eng->packs.packs[i], e)) {
      pack_free(p);
      return false;
    }
  if (!name || !put_pack(eng, p, e)) {
    pack_free(p);
    return name ? false : err_memory(e);
  }
  eng->packs_changed = true;
  AUTO_BUF buf body = {0};
  json_canonical(&body, ctx->command->body);
  if (!buf_ok(&body)) return err_memory(e);
  if (!context_append(ctx, NULL, NULL, NULL, e) ||
      !store_use_packs(ctx->store, &eng->packs, true, e) ||
      !store_pack_put(ctx->store, name, ctx->seq, buf_view(&body), e))
    return false;
  const pack *fresh = NULL;
  for (size_t i = 0; i < eng->packs.count; i++)
    if (strcmp(eng->packs.packs[i]->name, name) == 0) fresh = eng->packs.packs[i];
  if (fresh && (!summaries_rebuild(ctx, fresh, e) || !duties_recount(ctx, fresh, e))) return false;
  eng->last_scanned_day = DAY_NONE; /* the new rules look at everyone on the next tick */
  return store_wake_all(ctx->store, ctx->today, e) && store_ticked(ctx->store, DAY_NONE, e);
}
