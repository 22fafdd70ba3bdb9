/* TEMPLATE: what the headings of somebody else's empty table mean, for everybody in the county; or
 * that it is to be forgotten. */
#include "engine/commands/commands.h"

#include "base/json_map.h"
#include "pack/model/ledger.h"
#include "store/rows/templates.h"

enum { TEMPLATE_TITLE_MAX = 200, TEMPLATE_HEADINGS_MAX = 512, TEMPLATE_COLUMNS_BYTES = 1 << 18 };

typedef struct template_request {
  template_choice x;
  const pack *pack;
  bool forgotten;
} template_request;

static bool template_find(command_context *ctx, err *e) {
  template_request *rq = ctx->request;
  const catalog *packs = &ctx->engine->packs;
  const json *body = ctx->command->body;
  template_choice *there = NULL;
  text rows = json_text(body, "rows"), print = json_text(body, "fingerprint");
  rq->forgotten = json_bool(body, "forgotten");
  if (print.bytes != 64)
    return err_set(e, ERR_BAD_INPUT, "fingerprint", "请重新上传空表。", "Upload the table again.");
  if (!(rq->x.fingerprint = arena_copy(ctx->a, print.at, print.bytes))) return err_memory(e);
  if (rq->forgotten) {
    if (!store_template_find(ctx->store, ctx->a, print, &there, e)) return false;
    if (!there)
      return err_set(e, ERR_UNKNOWN_NAME, "fingerprint", "没有记住这张表的对应。",
                     "Nothing is remembered of this table.");
    rows = text_of(there->rows);
  }
  const kind *k = catalog_kind(packs, rows, &rq->pack);
  if (!k) catalog_event(packs, rows, &rq->pack);
  rq->x.rows = arena_copy(ctx->a, rows.at, rows.bytes);
  return rq->x.rows || err_memory(e);
}

static bool template_authorize(command_context *ctx, err *e) {
  const template_request *rq = ctx->request;
  static const right any[] = {RIGHT_RECORD, RIGHT_REGISTER, RIGHT_IMPORT, RIGHT_DECIDE};
  for (size_t i = 0; i < sizeof any / sizeof *any; i++)
    if (context_may(ctx, any[i], rq->pack, NULL, NULL)) return true;
  return rights_denied((label){"决定空表各列填什么", "decide how an empty table is filled"}, e);
}

static bool bad_columns(err *e) {
  return err_set(e, ERR_BAD_INPUT, "columns", "各列的对应不完整，请重新上传空表再选。",
                 "What the columns mean is not whole; upload the table again and choose.");
}

static bool template_read_choice(command_context *ctx, err *e) {
  template_request *rq = ctx->request;
  const json *body = ctx->command->body, *columns = json_get(body, "columns");
  if (rq->forgotten) return true;
  if (!columns || columns->type != JSON_LIST || columns->count == 0 ||
      columns->count > TEMPLATE_HEADINGS_MAX)
    return bad_columns(e);
  for (size_t i = 0; i < columns->count; i++) {
    const json *c = json_get(&columns->items[i], "column");
    if (!json_text(&columns->items[i], "heading").bytes || !c ||
        (c->type != JSON_MAP && c->type != JSON_NULL))
      return bad_columns(e);
  }
  rq->x.seq = ctx->seq;
  rq->x.at_ms = ctx->at_ms;
  rq->x.officer = ctx->command->who.officer;
  rq->x.title = text_trim(json_text(body, "title"));
  rq->x.filter = text_trim(json_text(body, "filter"));
  rq->x.columns = context_canonical(ctx, columns);
  return rq->x.columns.at || err_memory(e);
}

/* The columns as a table over the rows, which must be one that can be made. */
static bool check_columns(command_context *ctx, const template_request *rq, err *e) {
  const json *columns = json_get(ctx->command->body, "columns");
  json *asked = json_map_new(ctx->a), *list = ARENA_NEW(ctx->a, json);
  json *items = ARENA_ARRAY(ctx->a, columns->count + 1, json);
  size_t n = 0;
  bool made = false; /* of a table whose rows are named: what each of them comes to */
  ledger l;
  if (!asked || !list || !items) return err_memory(e);
  for (size_t i = 0; i < columns->count; i++) {
    const json *c = json_get(&columns->items[i], "column");
    if (c->type != JSON_MAP) continue;
    made |= json_has(c, "make") || json_has(c, "counts");
    items[n++] = *c;
  }
  *list = (json){.type = JSON_LIST, .count = n, .items = items};
  if (!json_set_text(ctx->a, asked, "rows", text_of(rq->x.rows)) ||
      !json_set_text(ctx->a, asked, "filter", rq->x.filter) ||
      !json_set(ctx->a, asked, "columns", list))
    return err_memory(e);
  json *keys = made ? json_parse(ctx->a, TEXT("[{\"shows\":\"area\"}]"), e) : NULL;
  if (made && !keys) return false;
  if (made && !json_set(ctx->a, asked, "group_by", keys)) return err_memory(e);
  return ledger_read(ctx->a, &ctx->engine->packs, asked, false, true, &l, e);
}

static bool template_check(command_context *ctx, err *e) {
  const template_request *rq = ctx->request;
  if (rq->forgotten) return true;
  if (text_points(rq->x.title) > TEMPLATE_TITLE_MAX || rq->x.columns.bytes > TEMPLATE_COLUMNS_BYTES)
    return err_set(e, ERR_TOO_LARGE, "title", "表名最多 %d 字。",
                   "The table's title has at most %d characters.", TEMPLATE_TITLE_MAX);
  return check_columns(ctx, rq, e);
}

static bool template_apply(command_context *ctx, err *e) {
  const template_request *rq = ctx->request;
  return context_append(ctx, NULL, NULL, NULL, e) &&
         (rq->forgotten ? store_template_remove(ctx->store, rq->x.fingerprint, e)
                        : store_template_put(ctx->store, &rq->x, e));
}

const verb_handler verb_template = {.request_bytes = sizeof(template_request),
                                    .find = template_find,
                                    .authorize = template_authorize,
                                    .read = template_read_choice,
                                    .check = template_check,
                                    .apply = template_apply};
