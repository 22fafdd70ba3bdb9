/* EXPORT: a table left the house. Nothing is changed; the entry says who took what with him. */
#include "engine/commands/commands.h"

typedef struct export_request {
  bool is_list;     /* of the API, masked as on the screen */
  const kind *kind; /* of its rows, or what they are about; NULL: the pack is gone */
} export_request;

static bool export_find(command_context *ctx, err *e) {
  export_request *rq = ctx->request;
  const catalog *packs = &ctx->engine->packs;
  text rows = json_text(ctx->command->body, "rows");
  const pack *owner = NULL;
  const event_kind *k = catalog_event(packs, rows, &owner);
  (void)e;
  rq->is_list = json_text(ctx->command->body, "list").bytes > 0;
  rq->kind = k ? &owner->kinds[k->about] : catalog_kind(packs, rows, NULL);
  return true;
}

static bool export_authorize(command_context *ctx, err *e) {
  const export_request *rq = ctx->request;
  const json *areas = json_get(ctx->command->body, "areas");
  const bool clear = json_bool(ctx->command->body, "clear");
  if (rq->is_list && !clear) return true;
  if (!rq->kind) return rights_no_subject(e);
  if (!clear) return true; /* it was masked as lists are */
  const pack *p = catalog_pack_of(&ctx->engine->packs, rq->kind);
  for (size_t i = 0; areas && i < areas->count; i++) {
    char code[13];
    if (!area_code_check(areas->items[i].s, code, e)) return err_within(e, "areas");
    if (!context_may(ctx, RIGHT_SEE_CLEAR, p, code, NULL))
      return rights_denied(
          (label){"导出完整的证件号、电话等信息", "take masked fields out in clear"}, e);
  }
  return (areas && areas->count) || rights_no_subject(e);
}

static bool export_check(command_context *ctx, err *e) {
  return !json_bool(ctx->command->body, "clear") || clear_check_reason(ctx, e);
}

static bool export_apply(command_context *ctx, err *e) {
  return context_append(ctx, NULL, NULL, NULL, e);
}

const verb_handler verb_export = {.request_bytes = sizeof(export_request),
                                  .find = export_find,
                                  .authorize = export_authorize,
                                  .check = export_check,
                                  .apply = export_apply};
