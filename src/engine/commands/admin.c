/* COUNTY, AREAS, PACK: a county's first entries, and what is rarely changed. */
#include "engine/commands/commands.h"

#include "base/ident.h"
#include "engine/duties/tracking.h"
#include "engine/rules/summaries.h"

#include <assert.h>

bool administer_authorize(command_context *ctx, err *e) {
  return context_may(ctx, RIGHT_ADMINISTER, NULL) ||
         rights_denied("管理系统", "administer the system", e);
}

static bool county_check(command_context *ctx, err *e) {
  return !ctx->engine->head.seq ||
         err_set(e, ERR_CONFLICT, NULL, "这个区县已经建好了。", "This county is there already.");
}

static bool county_apply(command_context *ctx, err *e) {
  return context_append(ctx, NULL, NULL, NULL, e);
}

const verb_handler verb_county = {
    .authorize = administer_authorize, .check = county_check, .apply = county_apply};

/* ---- areas ---- */

static bool areas_read(command_context *ctx, err *e) {
  const json *rows = json_get(ctx->command->body, "rows");
  for (size_t i = 0; rows && i < rows->count; i++) {
    const json *row = &rows->items[i];
    char code[13];
    if (row->type != JSON_LIST || row->count != 2 || row->items[0].type != JSON_TEXT ||
        row->items[1].type != JSON_TEXT)
      return err_set(e, ERR_BAD_INPUT, "rows", "区划表的每一行应是代码和名称。",
                     "Each row is a code and a name.");
    if (!area_code_check(row->items[0].s, code, e)) return false;
  }
  return true;
}

static bool areas_apply(command_context *ctx, err *e) {
  const json *rows = json_get(ctx->command->body, "rows");
  if (!context_append(ctx, NULL, NULL, NULL, e)) return false;
  for (size_t i = 0; rows && i < rows->count; i++) {
    char code[13];
    if (!area_code_check(rows->items[i].items[0].s, code, e) ||
        !store_area_put(ctx->store, code, rows->items[i].items[1].s, e))
      return false;
  }
  return true;
}

const verb_handler verb_areas = {
    .authorize = administer_authorize, .read = areas_read, .apply = areas_apply};

/* ---- packs ---- */

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

static const pack *installed(const engine *eng, const char *name) {
  for (size_t i = 0; i < eng->packs.count; i++)
    if (strcmp(eng->packs.packs[i]->name, name) == 0) return eng->packs.packs[i];
  return NULL;
}

/* The catalog with `p` in place of the pack of its name. */
static bool catalog_with(const engine *eng, const pack *p, catalog *after, err *e) {
  *after = (catalog){0};
  for (size_t i = 0; i < eng->packs.count; i++)
    if (strcmp(eng->packs.packs[i]->name, p->name) != 0 &&
        !catalog_add(after, eng->packs.packs[i], e))
      return false;
  return catalog_add(after, p, e);
}

/* The engine owns `p` from now on, and frees the pack of its name. */
static void install_pack(engine *eng, pack *p, const catalog *after) {
  size_t at = 0; /* a catalog holds CATALOG_MAX packs, so one of as many places is free */
  while (at < CATALOG_MAX && eng->owned[at] && strcmp(eng->owned[at]->name, p->name) != 0) at++;
  assert(at < CATALOG_MAX);
  pack_free(eng->owned[at]);
  eng->owned[at] = p;
  eng->packs = *after;
}

bool engine_load_pack(engine *eng, text body, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  json *tree = a ? json_parse(a, body, e) : NULL;
  if (!tree) return a ? false : err_memory(e);
  pack *p = pack_of_body(a, tree, e);
  if (!p) return false;
  catalog after;
  if (!catalog_with(eng, p, &after, e)) {
    pack_free(p);
    return false;
  }
  install_pack(eng, p, &after);
  return true;
}

/* Everything that may refuse the pack comes before the entry; after it the old pack goes. */
static bool replace_pack(command_context *ctx, pack *p, const catalog *after, err *e) {
  engine *eng = ctx->engine;
  const pack *old = installed(eng, p->name);
  if (!context_append(ctx, NULL, NULL, NULL, e) || (old && !duties_forget(ctx, old, e)))
    return false;
  unit_cache_clear(eng->cache); /* its units hold kinds and rules of the old pack */
  install_pack(eng, p, after);
  eng->packs_changed = true;
  return true;
}

static bool pack_apply(command_context *ctx, err *e) {
  engine *eng = ctx->engine;
  AUTO_BUF buf body = {0};
  json_canonical(&body, ctx->command->body);
  if (!buf_ok(&body)) return err_memory(e);
  catalog after;
  pack *p = pack_of_body(ctx->a, ctx->command->body, e);
  if (!p) return false;
  if (!catalog_with(eng, p, &after, e) || !replace_pack(ctx, p, &after, e)) {
    pack_free(p);
    return false;
  }
  if (!store_use_packs(ctx->store, &eng->packs, true, e) ||
      !store_pack_put(ctx->store, p->name, ctx->seq, buf_view(&body), e) ||
      !summaries_rebuild(ctx, p, e) || !duties_recount(ctx, p, e))
    return false;
  eng->last_scanned_day = DAY_NONE; /* the new rules are evaluated for everyone at the next tick */
  return store_wake_all(ctx->store, ctx->today, e) && store_ticked(ctx->store, DAY_NONE, e);
}

const verb_handler verb_pack = {.authorize = administer_authorize, .apply = pack_apply};
