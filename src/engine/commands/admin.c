/* COUNTY, AREAS, PACK, SET_UP: a county's first entries, and what is rarely changed. */
#include "engine/commands/commands.h"

#include "base/ident.h"
#include "engine/duties/follow_ups.h"
#include "engine/duties/tracking.h"
#include "engine/rules/summaries.h"

#include <assert.h>

bool administer_authorize(command_context *ctx, err *e) {
  return context_may(ctx, RIGHT_ADMINISTER, NULL, store_county(ctx->store), NULL) ||
         rights_denied((label){"管理整个区县", "administer the whole county"}, e);
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

/* Everything that may refuse the pack comes before the entry; after it the old pack goes. */
static bool replace_pack(command_context *ctx, pack *p, err *e) {
  engine *eng = ctx->engine;
  const pack *old = catalog_pack(&eng->packs, text_of(p->name));
  if (!context_append(ctx, NULL, NULL, NULL, e) ||
      (old && (!duties_forget(ctx, old, e) || !follow_ups_forget(ctx, old, e)))) {
    pack_free(p);
    return false;
  }
  unit_cache_clear(eng->cache); /* its units hold kinds and rules of the old pack */
  return packs_put(&eng->loaded, &eng->packs, p, e);
}

static bool pack_apply(command_context *ctx, err *e) {
  engine *eng = ctx->engine;
  AUTO_BUF buf body = {0};
  json_canonical(&body, ctx->command->body);
  if (!buf_ok(&body)) return err_memory(e);
  catalog after;
  pack *p = packs_read(ctx->a, ctx->command->body, e);
  if (!p) return false;
  if (!packs_with(&eng->packs, p, &after, e)) {
    pack_free(p);
    return false;
  }
  if (!replace_pack(ctx, p, e)) return false;
  if (!store_use_packs(ctx->store, &eng->packs, true, e) ||
      !store_pack_put(ctx->store, p->name, ctx->seq, buf_view(&body), e) ||
      !summaries_rebuild(ctx, p, e) || !duties_recount(ctx, p, e) || !follow_ups_recount(ctx, p, e))
    return false;
  eng->last_scanned_day = DAY_NONE; /* the new rules are evaluated for everyone at the next tick */
  return store_schedule_all(ctx->store, ctx->today, e) &&
         store_day_scanned(ctx->store, DAY_NONE, e);
}

const verb_handler verb_pack = {.authorize = administer_authorize, .apply = pack_apply};

/* ---- the end of setting up ---- */

static bool set_up_check(command_context *ctx, err *e) {
  day until = DAY_NONE;
  const json *closed = json_get(ctx->command->body, "closed");
  if (!closed || closed->type != JSON_BOOL || !closed->yes)
    return err_set(e, ERR_BAD_INPUT, "closed", "请写明 closed: true；结束后不能再打开。",
                   "Say closed: true; once ended it is not opened again.");
  if (!store_set_up_get(ctx->store, &until, e)) return false;
  return until == DAY_NONE || err_set(e, ERR_NOT_ALLOWED, "closed", "建县录入已经结束了。",
                                      "The set-up has ended already.");
}

static bool set_up_apply(command_context *ctx, err *e) {
  return context_append(ctx, NULL, NULL, NULL, e) && store_set_up_put(ctx->store, ctx->today, e);
}

const verb_handler verb_set_up = {
    .authorize = administer_authorize, .check = set_up_check, .apply = set_up_apply};
