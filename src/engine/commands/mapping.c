/* MAPPING: which column of a file is what, remembered for the next one with the same headings. */
#include "engine/commands/commands.h"

#include "store/rows/mappings.h"

enum { HEADINGS_MAX = 256, HEADING_POINTS_MAX = 200, FINGERPRINT_CHARS = 64 };

typedef struct mapping_request {
  mapping x;
  const pack *pack;            /* NULL: it is gone */
  const import_layout *layout; /* NULL: it is gone */
} mapping_request;

static bool no_layout(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "layout", "没有这种名册版式，请先选版式。",
                 "There is no such layout; choose one.");
}

static bool mapping_find(command_context *ctx, err *e) {
  mapping_request *rq = ctx->request;
  const json *body = ctx->command->body;
  mapping *there = NULL;
  uuid id;
  if (!body_uuid(body, "id", &id, e) || !store_mapping_find(ctx->store, ctx->a, &id, &there, e))
    return false;
  if (there) rq->x = *there;
  rq->x.forgotten = json_bool(body, "forgotten");
  if (rq->x.forgotten && (!there || there->forgotten))
    return err_set(e, ERR_UNKNOWN_NAME, "id", "没有记住这样的对应。",
                   "No such mapping is remembered.");
  if (!there) {
    text layout = json_text(body, "layout"), print = json_text(body, "fingerprint");
    rq->x.layout = arena_copy(ctx->a, layout.at, layout.bytes);
    rq->x.fingerprint = arena_copy(ctx->a, print.at, print.bytes);
    rq->x.map = TEXT("{}");
    if (!rq->x.layout || !rq->x.fingerprint) return err_memory(e);
  }
  rq->x.id = id;
  rq->x.officer = ctx->command->who.officer;
  rq->x.at_ms = ctx->at_ms;
  rq->x.seq = ctx->seq;
  const found_name found = catalog_import(&ctx->engine->packs, text_of(rq->x.layout));
  rq->layout = found.item;
  rq->pack = found.owner;
  return true;
}

static bool mapping_authorize(command_context *ctx, err *e) {
  const mapping_request *rq = ctx->request;
  if (!rq->pack && !rq->x.forgotten) return no_layout(e);
  return context_may(ctx, RIGHT_IMPORT, rq->pack, NULL, NULL) ||
         rights_denied((label){"导入这种名册", "import this kind of roster"}, e);
}

static bool mapping_read(command_context *ctx, err *e) {
  mapping_request *rq = ctx->request;
  if (rq->x.forgotten) return true;
  const json *map = json_get(ctx->command->body, "map");
  if (!map || map->type != JSON_MAP || map->count > HEADINGS_MAX)
    return err_set(e, ERR_BAD_INPUT, "map", "请写明各列是什么，最多 %d 列。",
                   "Say what the columns are, at most %d of them.", HEADINGS_MAX);
  rq->x.map = context_canonical(ctx, map);
  return rq->x.map.at || err_memory(e);
}

/* Headings are names of columns; a number as long as a person's has no place among them. */
static bool is_heading(text t) {
  size_t digits = 0;
  for (size_t i = 0; i < t.bytes && digits < 8; i++)
    digits = t.at[i] >= '0' && t.at[i] <= '9' ? digits + 1 : 0;
  return t.bytes && digits < 8 && text_points(t) <= HEADING_POINTS_MAX;
}

static bool mapping_check(command_context *ctx, err *e) {
  const mapping_request *rq = ctx->request;
  const json *map = json_get(ctx->command->body, "map");
  import_target *targets = NULL;
  size_t count = 0;
  if (rq->x.forgotten) return true;
  if (strlen(rq->x.fingerprint) != FINGERPRINT_CHARS)
    return err_set(e, ERR_BAD_INPUT, "fingerprint", "表头的指纹不对。",
                   "This is no fingerprint of headings.");
  if (!import_targets(rq->pack, rq->layout, ctx->a, &targets, &count, e)) return false;
  for (size_t i = 0; i < map->count; i++) {
    if (!is_heading(map->keys[i]))
      return err_set(e, ERR_BAD_INPUT, "map", "列名最多 %d 字，里面不能有证件号码这样的长数字。",
                     "A heading has at most %d characters, and no number as long as a person's.",
                     HEADING_POINTS_MAX);
    const json *to = &map->items[i];
    if (to->type != JSON_TEXT || !import_target_find(targets, count, to->s))
      return err_set(e, ERR_UNKNOWN_NAME, "map", "这种名册没有“%.*s”这一项。",
                     "This layout has no \"%.*s\".", to->type == JSON_TEXT ? (int)to->s.bytes : 0,
                     to->type == JSON_TEXT ? to->s.at : "");
  }
  return true;
}

static bool mapping_apply(command_context *ctx, err *e) {
  const mapping_request *rq = ctx->request;
  return context_append(ctx, NULL, NULL, NULL, e) && store_mapping_put(ctx->store, &rq->x, e);
}

const verb_handler verb_mapping = {.request_bytes = sizeof(mapping_request),
                                   .find = mapping_find,
                                   .authorize = mapping_authorize,
                                   .read = mapping_read,
                                   .check = mapping_check,
                                   .apply = mapping_apply};
