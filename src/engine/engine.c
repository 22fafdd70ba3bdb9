/* The front door: who may, is it a repeat, which verb; the day's beginning. */
#include "base/json_map.h"
#include "engine/commands/commands.h"
#include "engine/clock.h"
#include "engine/context.h"
#include "engine/rules/reevaluate.h"
#include "engine/zones.h"
#include "store/rows/notices.h"
#include "store/sealed.h"

#include <assert.h>
#include <stdlib.h>

static const verb_handler *const handlers[] = {
#define X(upper, lower) &verb_##lower,
    VERBS(X)
#undef X
};

/* ---- opening ---- */

engine *engine_open(const char *location, err *e) {
  engine *eng = calloc(1, sizeof *eng);
  if (!eng) {
    err_memory(e);
    return NULL;
  }
  eng->last_scanned_day = DAY_NONE;
  eng->calendar = calendar_new();
  if (!eng->calendar) err_memory(e);
  eng->store = eng->calendar ? store_open(location, DB_WRITE, NULL, e) : NULL;
  arena *a AUTO_ARENA = arena_new(0);
  text *bodies = NULL;
  size_t count = 0;
  calendar_notices notices = {0};
  /* One snapshot: what comes after it is noticed by the first engine_begin. */
  bool ok = eng->store && sealed_begin(eng->store, e) && (a || err_memory(e)) &&
            db_begin_read(store_db(eng->store), e) && store_packs_sound(eng->store, e) &&
            store_packs_after(eng->store, a, 0, &bodies, &count, e) &&
            store_notices_after(eng->store, a, 0, &notices, e) &&
            store_county_get(eng->store, &eng->head, e);
  if (eng->store) db_end_read(store_db(eng->store));
  for (size_t i = 0; ok && i < count; i++) ok = packs_load(&eng->loaded, &eng->packs, bodies[i], e);
  ok = ok && store_use_packs(eng->store, &eng->packs, false, e) &&
       store_subjects_index(eng->store, e) && calendar_take(eng->calendar, &notices, e) &&
       packs_before_commit(&eng->loaded, &eng->packs, e);
  if (!ok) {
    engine_close(eng);
    return NULL;
  }
  packs_committed(&eng->loaded);
  eng->calendar_committed = calendar_mark(eng->calendar);
  eng->committed = eng->head;
  return eng;
}

void engine_release(engine *eng) {
  unit_cache_free(eng->cache);
  free(eng->stale_summaries);
  zone_map_forget(eng);
  store_close(eng->store);
  packs_release(&eng->loaded);
  calendar_free(eng->calendar);
}

void engine_close(engine *eng) {
  if (!eng) return;
  engine_release(eng);
  free(eng);
}

store *engine_store(engine *eng) {
  return eng->store;
}

const catalog *engine_packs(const engine *eng) {
  return packs_shared(&eng->loaded);
}

const calendar *engine_calendar(const engine *eng) {
  return eng->calendar;
}

/* ---- applying ---- */

/* A command that came before: the same content answers like the first time, other content is a
 * conflict. */
static bool find_repeat(command_context *ctx, bool *ret_repeated, err *e) {
  entry *before = NULL;
  if (!store_entry_find(ctx->store, ctx->a, &ctx->id, &before, e)) return false;
  *ret_repeated = before != NULL;
  if (!before) return true;
  AUTO_BUF buf body = {0};
  text was;
  json_canonical(&body, ctx->command->body);
  if (!buf_ok(&body)) return err_memory(e);
  if (!sealed_body_open(ctx->store, ctx->a, before->body, &was, e)) return false;
  if (strcmp(before->verb, verb_name(ctx->command->verb)) != 0 || !text_equal(was, buf_view(&body)))
    return err_set(e, ERR_CONFLICT, "id",
                   "这个编号已经登记过另一份内容。要更正，请先撤回原来的那份。",
                   "This id is taken by other content. To correct it, withdraw the first one.");
  ctx->answer->repeated = true;
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
  if (!take_step(h->find, ctx, e) || (!replay && !take_step(h->authorize, ctx, e)) ||
      !take_step(h->read, ctx, e) || (!replay && !take_step(h->check, ctx, e)))
    return false;
  assert(ctx->engine->head.seq + 1 == ctx->seq); /* only `apply` writes */
  if (!h->apply(ctx, e)) return false;
  assert(ctx->engine->head.seq == ctx->seq); /* what is accepted stands in the journal */
  return true;
}

static bool apply_as(engine *eng, const command *c, int64_t at_ms, arena *a, answer *ret, err *e) {
  *ret = (answer){0};
  if (!c->body)
    return err_set(e, ERR_BAD_INPUT, NULL, "请求没有内容。", "The request has no content.");
  if (at_ms < eng->head.last_at_ms && c->verb != VERB_CLOCK)
    at_ms = eng->head.last_at_ms; /* but for a person's word the journal's clock never runs back */
  command_context ctx = {.engine = eng,
                         .store = eng->store,
                         .a = a,
                         .command = c,
                         .answer = ret,
                         .seq = eng->head.seq + 1,
                         .at_ms = at_ms,
                         .today = day_of_ms(at_ms),
                         .id = c->id};
  bool repeated = false;
  bool ok = eng->replaying || (account_stands(&eng->accounts, eng->store, a, &c->who, e) &&
                               find_repeat(&ctx, &repeated, e));
  if (ok && !repeated) {
    unit_cache_sweep(eng->cache);
    ok = context_begin(&ctx, e) && run_command(&ctx, e);
  }
  return arena_whole(a, ok, e);
}

bool engine_apply(engine *eng, const command *c, arena *a, answer *ret, err *e) {
  int64_t now = c->at_ms ? c->at_ms : now_ms();
  return (c->at_ms || engine_clock_fits(eng, now, e)) && apply_as(eng, c, now, a, ret, e);
}

void engine_batch_begin(engine *eng) {
  eng->batching = true;
}

/* ---- days ---- */

bool engine_day_due(const engine *eng) {
  return eng->head.seq && eng->last_scanned_day != day_today();
}

bool engine_tick(engine *eng, int64_t at_ms, arena *a, bool *ret_ticked, err *e) {
  *ret_ticked = false;
  if (at_ms < eng->head.last_at_ms) at_ms = eng->head.last_at_ms;
  day today = day_of_ms(at_ms);
  if (eng->head.seq == 0 || eng->last_scanned_day == today) return true;
  if (!reevaluate_flush(eng, e)) return false;
  bool yes = false;
  if (!tick_is_due(eng, today, &yes, e)) return false;
  if (yes) {
    char on[11];
    day_format(today, on);
    json *body = json_map_new(a);
    if (!json_set_text(a, body, "day", text_of(on))) return err_memory(e);
    AUTO_BUF buf name = {0};
    buf_printf(&name, "tick/%s/%lld", on, (long long)eng->head.seq);
    command c = {.verb = VERB_TICK,
                 .id = uuid_derived(&eng->head.last_id, buf_view(&name)),
                 .who = {.system = true},
                 .body = body};
    answer out;
    if (!apply_as(eng, &c, at_ms, a, &out, e)) return false;
    *ret_ticked = true;
  }
  eng->last_scanned_day = today;
  return true;
}
