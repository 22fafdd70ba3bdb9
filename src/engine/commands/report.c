/* REPORT: a table is kept as it is reported. Its lines stand in the entry, so that nothing that is
 * corrected afterwards can change them. */
#include "engine/commands/commands.h"

enum { REPORT_TITLE_MAX = 80 };

typedef struct report_request {
  report x;
} report_request;

static bool bad(const char *where, err *e) {
  return err_set(e, ERR_BAD_INPUT, where, "报表的内容不完整，请重新定稿。",
                 "The report is not whole; keep it again.");
}

static bool report_find(command_context *ctx, err *e) {
  report_request *rq = ctx->request;
  report *there = NULL;
  if (!body_uuid(ctx->command->body, "id", &rq->x.id, e) ||
      !store_report_find(ctx->store, ctx->a, &rq->x.id, &there, e))
    return false;
  return !there || err_set(e, ERR_CONFLICT, "id", "这份报表已经定稿，不能再改。",
                           "This report has been kept; it does not change any more.");
}

/* What the table shows its maker was shown already. */
static bool report_authorize(command_context *ctx, err *e) {
  (void)ctx;
  (void)e;
  return true;
}

static bool kept(command_context *ctx, const char *key, text *ret, err *e) {
  const json *j = json_get(ctx->command->body, key);
  if (!j) return bad(key, e);
  *ret = context_canonical(ctx, j);
  return ret->at || err_memory(e);
}

static bool read_day(const json *body, const char *key, day *ret) {
  const text s = json_text(body, key);
  *ret = DAY_NONE;
  return !s.bytes || day_parse(s, ret);
}

static bool report_read(command_context *ctx, err *e) {
  report_request *rq = ctx->request;
  const json *body = ctx->command->body;
  report *x = &rq->x;
  const text ledger = json_text(body, "ledger"), of = json_text(body, "pack");
  x->seq = ctx->seq;
  x->at_ms = ctx->at_ms;
  x->officer = ctx->command->who.officer;
  x->pack = arena_copy(ctx->a, of.at, of.bytes);
  x->ledger = arena_copy(ctx->a, ledger.at, ledger.bytes);
  x->title = text_trim(json_text(body, "title"));
  if (!x->ledger || !x->pack) return err_memory(e);
  if (!read_day(body, "from", &x->from)) return bad("from", e);
  if (!read_day(body, "to", &x->to)) return bad("to", e);
  return kept(ctx, "asked", &x->asked, e) && kept(ctx, "areas", &x->areas, e) &&
         kept(ctx, "contents", &x->contents, e);
}

static bool report_check(command_context *ctx, err *e) {
  const report_request *rq = ctx->request;
  const text t = rq->x.title;
  return (t.bytes && text_points(t) <= REPORT_TITLE_MAX) ||
         err_set(e, ERR_BAD_INPUT, "title", "请写明报表的名称，最多 %d 字。",
                 "Give the report a name of at most %d characters.", REPORT_TITLE_MAX);
}

static bool report_apply(command_context *ctx, err *e) {
  const report_request *rq = ctx->request;
  return context_append(ctx, &rq->x.id, NULL, NULL, e) && store_report_put(ctx->store, &rq->x, e);
}

const verb_handler verb_report = {.request_bytes = sizeof(report_request),
                                  .find = report_find,
                                  .authorize = report_authorize,
                                  .read = report_read,
                                  .check = report_check,
                                  .apply = report_apply};
