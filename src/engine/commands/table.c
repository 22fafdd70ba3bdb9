/* TABLE: a table that somebody made is kept under a name, for himself or for all who see its rows;
 * changed and removed by him alone. What is kept is the question: each who asks it sees of the
 * answer what he sees anywhere. */
#include "engine/commands/commands.h"

#include "pack/model/ledger.h"
#include "store/rows/saved_tables.h"

enum { TABLE_NAME_MAX = 60, TABLE_ASKED_MAX = 16 * 1024 };

typedef struct table_request {
  saved_table x;
  const json *asked; /* NULL: it stays */
  bool is_new;
} table_request;

static bool no_table(err *e) {
  return err_set(e, ERR_UNKNOWN_NAME, "id", "没有这张保存的表。", "There is no such saved table.");
}

static bool table_find(command_context *ctx, err *e) {
  table_request *rq = ctx->request;
  saved_table *there = NULL;
  uuid id;
  if (!body_uuid(ctx->command->body, "id", &id, e) ||
      !store_saved_table_find(ctx->store, ctx->a, &id, &there, e))
    return false;
  rq->is_new = !there;
  if (there ? there->removed : json_bool(ctx->command->body, "removed")) return no_table(e);
  rq->x = there ? *there
                : (saved_table){.id = id,
                                .officer = ctx->command->who.officer,
                                .name = "",
                                .rows = "",
                                .period = "",
                                .asked = TEXT("")};
  return true;
}

static bool table_authorize(command_context *ctx, err *e) {
  const table_request *rq = ctx->request;
  const actor *who = &ctx->command->who;
  if (who->system || rq->is_new || uuid_equal(&rq->x.officer, &who->officer)) return true;
  return rq->x.shared
             ? rights_denied((label){"修改或删除别人保存的表", "change another's saved table"}, e)
             : no_table(e);
}

static bool read_name(command_context *ctx, saved_table *x, err *e) {
  const text name = text_trim(json_text(ctx->command->body, "name"));
  if (!json_has(ctx->command->body, "name") && *x->name) return true;
  if (!name.bytes || text_points(name) > TABLE_NAME_MAX)
    return err_set(e, ERR_BAD_INPUT, "name", "请给表起个名称，最多 %d 字。",
                   "Give the table a name of at most %d characters.", TABLE_NAME_MAX);
  x->name = arena_copy(ctx->a, name.at, name.bytes);
  return x->name || err_memory(e);
}

static bool read_period(command_context *ctx, saved_table *x, err *e) {
  static const char *const periods[] = {"", "month", "last_month", "quarter", "year"};
  const text given = json_text(ctx->command->body, "period");
  if (!json_has(ctx->command->body, "period")) return true;
  for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
    if (text_is(given, periods[i])) {
      x->period = periods[i];
      return true;
    }
  return err_set(e, ERR_BAD_INPUT, "period", "期间是 month、last_month、quarter、year 或空。",
                 "The period is month, last_month, quarter, year or nothing.");
}

static bool read_asked(command_context *ctx, table_request *rq, err *e) {
  const json *asked = json_get(ctx->command->body, "asked");
  if (!asked && !rq->is_new) return true;
  if (!asked || asked->type != JSON_MAP)
    return err_set(e, ERR_BAD_INPUT, "asked", "请给出表的内容。", "Say what the table has.");
  const text rows = json_text(asked, "rows");
  rq->x.asked = context_canonical(ctx, asked); /* as a replay will find it */
  if (!rq->x.asked.at) return err_memory(e);
  if (rq->x.asked.bytes > TABLE_ASKED_MAX)
    return err_set(e, ERR_TOO_LARGE, "asked", "表的内容太长。", "The table has too much in it.");
  rq->x.rows = arena_copy(ctx->a, rows.at, rows.bytes);
  rq->asked = asked;
  return rq->x.rows || err_memory(e);
}

static bool table_read(command_context *ctx, err *e) {
  table_request *rq = ctx->request;
  const json *shared = json_get(ctx->command->body, "shared");
  rq->x.removed = json_bool(ctx->command->body, "removed");
  rq->x.seq = ctx->seq;
  if (rq->x.removed) return true;
  if (shared) rq->x.shared = json_bool(ctx->command->body, "shared");
  return read_name(ctx, &rq->x, e) && read_period(ctx, &rq->x, e) && read_asked(ctx, rq, e);
}

/* That it can be made as it is asked for; nothing masked stands in it. */
static bool table_check(command_context *ctx, err *e) {
  const table_request *rq = ctx->request;
  ledger tried;
  if (!rq->asked || ledger_read(ctx->a, &ctx->engine->packs, rq->asked, false, false, &tried, e))
    return true;
  err_within(e, "asked");
  return false;
}

static bool table_apply(command_context *ctx, err *e) {
  table_request *rq = ctx->request;
  rq->x.seq = ctx->seq;
  return context_append(ctx, &rq->x.id, NULL, NULL, e) &&
         store_saved_table_put(ctx->store, &rq->x, e);
}

const verb_handler verb_table = {.request_bytes = sizeof(table_request),
                                 .find = table_find,
                                 .authorize = table_authorize,
                                 .read = table_read,
                                 .check = table_check,
                                 .apply = table_apply};
