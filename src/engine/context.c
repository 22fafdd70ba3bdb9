/* One command on its way into the journal. */
#include "engine/context.h"

#include "engine/rules/reevaluate.h"
#include "store/rows/attachments.h"
#include "store/sealed.h"

#include <assert.h>

bool body_uuid(const json *body, const char *key, uuid *ret, err *e) {
  if (uuid_parse(json_text(body, key), ret)) return true;
  return err_set(e, ERR_BAD_INPUT, key, "“%s”必须是一个 UUID。", "\"%s\" must be a UUID.", key);
}

bool body_day(command_context *ctx, const char *key, bool required, day *ret, err *e) {
  text s = json_text(ctx->command->body, key);
  if (!s.bytes && !required) {
    *ret = ctx->today;
    return true;
  }
  day d;
  if (!day_parse(s, &d))
    return err_set(e, ERR_BAD_INPUT, key, "请填写日期，例如 2024-03-01。",
                   "Please give a day such as 2024-03-01.");
  if (d > ctx->today)
    return err_set(e, ERR_BAD_INPUT, key, "日期不能晚于今天，请改正。",
                   "The day may not be later than today; correct it.");
  *ret = d;
  return true;
}

text context_canonical(command_context *ctx, const json *tree) {
  AUTO_BUF buf b = {0};
  if (tree)
    json_canonical(&b, tree);
  else
    buf_str(&b, "{}");
  char *copy = buf_ok(&b) ? arena_copy(ctx->a, b.at, b.bytes) : NULL;
  return copy ? (text){copy, b.bytes} : (text){NULL, 0};
}

bool context_sees(const command_context *ctx, const kind *k, const uuid *root, const char *area,
                  bool *ret_yes, err *e) {
  const standing_unit u = {k, root, area};
  return actor_sees(ctx->store, ctx->a, &ctx->command->who, ctx->today, &u, ret_yes, e);
}

bool context_may(const command_context *ctx, right r, const pack *p, const char *area,
                 const uuid *root) {
  return actor_may_unit(&ctx->command->who, &ctx->engine->packs, r, p, ctx->store, area, root);
}

sight context_sight(const command_context *ctx, const pack *p, const char *area, const uuid *root) {
  return actor_sight(&ctx->command->who, &ctx->engine->packs, p, ctx->store, area, root);
}

bool context_note_files(command_context *ctx, const field *fields, size_t count,
                        const value *values, const kind *about, const uuid *root, err *e) {
  for (size_t i = 0; i < count; i++) {
    text rest = values[i].s, word;
    if (fields[i].format != FORMAT_FILES || values[i].type != VALUE_STRING) continue;
    while (text_next_word(&rest, &word)) {
      const file_naming n = {
          .name = arena_copy(ctx->a, word.at, word.bytes), .root = *root, .kind = about->name};
      if (!n.name) return err_memory(e);
      if (!store_file_named(ctx->store, &n, e)) return false;
    }
  }
  return true;
}

bool context_holds(const command_context *ctx, const pack *p, const char *const *roles,
                   const char *area, const uuid *root) {
  return actor_holds_unit(&ctx->command->who, p, roles, ctx->store, area, root);
}

bool context_check_version(const command_context *ctx, int64_t version, err *e) {
  if (ctx->command->expected_version == 0 || ctx->command->expected_version == version) return true;
  return err_set(e, ERR_STALE, NULL, "别人刚刚改过，请刷新后再办。",
                 "Someone has just changed this; reload and try again.");
}

/* Consecutive entries of one import about one unit are evaluated once, after the last. They carry
 * the same instant, and any other entry a later one, so that a replay groups them alike. */
static bool coalesce_with_previous(command_context *ctx, const uuid *root, err *e) {
  engine *eng = ctx->engine;
  if (eng->pending.root_kind && root && uuid_equal(root, &eng->pending.root)) {
    ctx->at_ms = eng->pending.at_ms; /* the same import on the same day: see context_begin */
    return true;
  }
  if (!reevaluate_flush(eng, e)) return false;
  if (eng->replaying || !root || uuid_is_nil(&ctx->command->import_id) ||
      ctx->at_ms != eng->head.last_at_ms ||
      !uuid_equal(&ctx->command->import_id, &eng->head.last_import_id) ||
      !uuid_equal(root, &eng->head.last_root))
    return true;
  ctx->at_ms++;
  if (day_of_ms(ctx->at_ms) == ctx->today) return true;
  return err_set(e, ERR_STORE, NULL, "正在跨过零点换日，请稍后再试。",
                 "The date is changing; please retry in a moment.");
}

bool context_begin(command_context *ctx, err *e) {
  const pending *p = &ctx->engine->pending;
  if (!p->root_kind) return true;
  verb v = ctx->command->verb;
  bool may_join = (v == VERB_SUBJECT || v == VERB_FACTS || v == VERB_EVENT) &&
                  uuid_equal(&ctx->command->import_id, &p->import_id) &&
                  day_of_ms(p->at_ms) == ctx->today &&
                  (!ctx->engine->replaying || ctx->at_ms == p->at_ms);
  return may_join || reevaluate_flush(ctx->engine, e);
}

static void head_follows(engine *eng, const entry *x) {
  eng->head.seq = x->seq;
  eng->head.link = x->link;
  eng->head.last_at_ms = x->at_ms;
  eng->head.last_id = x->id;
  eng->head.last_import_id = x->import_id;
  eng->head.last_root = x->root;
}

bool context_append(command_context *ctx, const uuid *subject, const uuid *root, const char *area,
                    err *e) {
  engine *eng = ctx->engine;
  assert(ctx->seq == eng->head.seq + 1); /* a command appends one entry */
  if (!coalesce_with_previous(ctx, root, e)) return false;
  AUTO_BUF buf body = {0};
  const uuid county = {{0}};
  text stored = ctx->command->stored;
  if (!stored.at) stored = ctx->made;
  if (!stored.at) {
    if (!sealed_body(ctx->store, ctx->a, subject ? subject : &county, ctx->command->body, &body, e))
      return false;
    stored = buf_view(&body);
  }
  entry x = {.seq = ctx->seq,
             .id = ctx->id,
             .at_ms = ctx->at_ms,
             .officer = ctx->command->who.officer,
             .verb = verb_name(ctx->command->verb),
             .import_id = ctx->command->import_id,
             .body = stored};
  if (subject) x.subject = ctx->answer->subject = *subject;
  if (root) x.root = ctx->answer->root = *root;
  if (area) {
    memcpy(x.area, area, strnlen(area, 12));
    memcpy(ctx->answer->area, x.area, sizeof x.area);
  }
  x.link = store_entry_link(&eng->head.link, &x);
  ctx->answer->seq = x.seq;
  if (!store_append(eng->store, &x, e)) {
    if (e)
      e->code = ERR_STORE; /* whatever failed, the batch must be tried again without this one */
    return false;
  }
  head_follows(eng, &x);
  return true;
}

bool entry_pass_over(engine *eng, const entry *x, err *e) {
  if (!reevaluate_flush(eng, e) || !store_append(eng->store, x, e)) return false;
  head_follows(eng, x);
  return true;
}
