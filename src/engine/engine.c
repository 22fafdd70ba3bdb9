/* The front door: who may, is it a repeat, which verb; the day's beginning. */
#include "engine/commands/commands.h"
#include "engine/context.h"
#include "engine/rules/reevaluate.h"
#include "store/rows/notices.h"

#include <stdlib.h>

static const verb_handler *const handlers[] = {
#define X(upper, lower) &verb_##lower,
    VERBS(X)
#undef X
};

/* ---- opening ---- */

static bool read_tail(engine *eng, arena *a, err *e) {
  entry *last = NULL;
  if (eng->head.seq && !store_entry(eng->store, a, &eng->head.last_id, &last, e)) return false;
  if (last) eng->last = eng->committed_last = (journal_tail){.via = last->via, .root = last->root};
  return true;
}

static bool read_calendar(engine *eng, arena *a, err *e) {
  calendar_notices notices = {0};
  if (!store_notices_after(eng->store, a, 0, &notices, e) ||
      !calendar_take(eng->calendar, &notices, e))
    return false;
  eng->calendar_committed = calendar_mark(eng->calendar);
  return true;
}

engine *engine_open(const char *place, err *e) {
  engine *eng = calloc(1, sizeof *eng);
  if (!eng) {
    err_memory(e);
    return NULL;
  }
  eng->last_scanned_day = DAY_NONE;
  eng->calendar = calendar_new();
  if (!eng->calendar) err_memory(e);
  eng->store = eng->calendar ? store_open(place, DB_WRITE, NULL, e) : NULL;
  arena *a AUTO_ARENA = arena_new(0);
  text *bodies = NULL;
  size_t count = 0;
  bool ok =
      eng->store && (a || err_memory(e)) && store_pack_bodies(eng->store, a, &bodies, &count, e);
  for (size_t i = 0; ok && i < count; i++) ok = engine_load_pack(eng, bodies[i], e);
  ok = ok && store_use_packs(eng->store, &eng->packs, false, e) &&
       store_county_read(eng->store, &eng->head, e) && read_tail(eng, a, e) &&
       read_calendar(eng, a, e);
  if (!ok) {
    engine_close(eng);
    return NULL;
  }
  eng->committed = eng->head;
  return eng;
}

void engine_close(engine *eng) {
  if (!eng) return;
  unit_cache_free(eng->cache);
  free(eng->stale_summaries);
  store_close(eng->store);
  for (size_t i = 0; i < CATALOG_MAX; i++) pack_free(eng->owned[i]);
  calendar_free(eng->calendar);
  free(eng);
}

store *engine_store(engine *eng) {
  return eng->store;
}

const catalog *engine_packs(const engine *eng) {
  return &eng->packs;
}

const calendar *engine_calendar(const engine *eng) {
  return eng->calendar;
}

/* ---- applying ---- */

/* A command that came before: the same content answers like the first time, other content is a
 * conflict. */
static bool find_repeat(command_context *ctx, bool *again, err *e) {
  entry *before = NULL;
  if (!store_entry(ctx->store, ctx->a, &ctx->id, &before, e)) return false;
  *again = before != NULL;
  if (!before) return true;
  AUTO_BUF buf body = {0};
  json_canonical(&body, ctx->command->body);
  if (!buf_ok(&body)) return err_memory(e);
  if (strcmp(before->verb, verb_name(ctx->command->verb)) != 0 ||
      !text_equal(before->body, buf_view(&body)))
    return err_set(e, ERR_CONFLICT, "id",
                   "这个编号已经登记过另一份内容。要更正，请先撤回原来的那份。",
                   "This id is taken by other content. To correct it, withdraw the first one.");
  ctx->answer->again = true;
  ctx->answer->seq = before->seq;
  ctx->answer->subject = before->subject;
  ctx->answer->root = before->root;
  memcpy(ctx->answer->area, before->area, sizeof before->area);
  return true;
}

static bool take_step(command_step *step, command_context *ctx, err *e) {
  return !step || step(ctx, e);
}

/* A replay takes entries as they stand: they were authorised and checked when they were written. */
static bool run_command(command_context *ctx, err *e) {
  const verb_handler *h = handlers[ctx->command->verb];
  const bool replay = ctx->engine->replaying;
  if (h->request_bytes && !(ctx->request = arena_take(ctx->a, h->request_bytes)))
    return err_memory(e);
  return take_step(h->find, ctx, e) && (replay || take_step(h->authorize, ctx, e)) &&
         take_step(h->read, ctx, e) && (replay || take_step(h->check, ctx, e)) && h->apply(ctx, e);
}

static bool apply_as(engine *eng, const command *c, int64_t at_ms, arena *a, answer *out, err *e) {
  *out = (answer){0};
  if (!c->body)
    return err_set(e, ERR_BAD_INPUT, NULL, "请求没有内容。", "The request has no content.");
  if (at_ms < eng->head.last_at_ms)
    at_ms = eng->head.last_at_ms; /* the journal's clock never runs back */
  command_context ctx = {.engine = eng,
                         .store = eng->store,
                         .a = a,
                         .command = c,
                         .answer = out,
                         .seq = eng->head.seq + 1,
                         .at_ms = at_ms,
                         .today = day_of_ms(at_ms),
                         .id = c->id};
  bool again = false;
  if (!eng->replaying && !find_repeat(&ctx, &again, e)) return false;
  if (again) return true;
  unit_cache_sweep(eng->cache);
  return context_begin(&ctx, e) && run_command(&ctx, e);
}

bool engine_apply(engine *eng, const command *c, arena *a, answer *out, err *e) {
  return apply_as(eng, c, c->at_ms ? c->at_ms : now_ms(), a, out, e);
}

void engine_batch_begin(engine *eng) {
  eng->batching = true;
}

bool engine_batch_end(engine *eng, err *e) {
  return reevaluate_flush(eng, e);
}

void engine_committed(engine *eng) {
  eng->committed = eng->head;
  eng->committed_last = eng->last;
  eng->calendar_committed = calendar_mark(eng->calendar);
  unit_cache_committed(eng->cache);
  eng->packs_changed = false;
}

void engine_rolled_back(engine *eng) {
  if (eng->head.seq != eng->committed.seq)
    eng->last_scanned_day = DAY_NONE; /* a tick may be among what is gone */
  eng->head = eng->committed;
  eng->last = eng->committed_last;
  eng->pending = (pending){0};
  eng->stale_summary_count = 0;
  if (eng->packs_changed || calendar_mark(eng->calendar) != eng->calendar_committed)
    unit_cache_clear(eng->cache);
  calendar_reset(eng->calendar, eng->calendar_committed);
  unit_cache_rolled_back(eng->cache);
}

/* ---- days ---- */

bool engine_tick(engine *eng, int64_t at_ms, arena *a, bool *ticked, err *e) {
  *ticked = false;
  if (at_ms < eng->head.last_at_ms) at_ms = eng->head.last_at_ms;
  day today = day_of_ms(at_ms);
  if (eng->head.seq == 0 || eng->last_scanned_day == today) return true;
  if (!reevaluate_flush(eng, e)) return false;
  bool yes = false;
  if (!tick_is_due(eng, today, &yes, e)) return false;
  if (yes) {
    AUTO_BUF buf b = {0};
    char on[11];
    day_format(today, on);
    buf_printf(&b, "{\"day\":\"%s\"}", on);
    json *body = buf_ok(&b) ? json_parse(a, buf_view(&b), e) : NULL;
    if (!body) return buf_ok(&b) ? false : err_memory(e);
    AUTO_BUF buf name = {0};
    buf_printf(&name, "tick/%s/%lld", on, (long long)eng->head.seq);
    command c = {.verb = VERB_TICK,
                 .id = uuid_derived(&eng->head.last_id, buf_view(&name)),
                 .who = {.system = true},
                 .body = body};
    answer out;
    if (!apply_as(eng, &c, at_ms, a, &out, e)) return false;
    *ticked = true;
  }
  eng->last_scanned_day = today;
  return true;
}
