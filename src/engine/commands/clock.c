/* CLOCK: somebody has looked at the clock and says that it is right. */
#include "engine/commands/commands.h"

/* Going back, everybody is evaluated again as of the day that it really is: what a clock that ran
 * ahead has found is taken back by the next tick. */
static bool clock_apply(command_context *ctx, err *e) {
  engine *eng = ctx->engine;
  bool back = ctx->at_ms < eng->head.last_at_ms;
  if (!context_append(ctx, NULL, NULL, NULL, e)) return false;
  if (!back) return true;
  unit_cache_clear(eng->cache);
  eng->last_scanned_day = DAY_NONE;
  return store_schedule_all(ctx->store, ctx->today, e) &&
         store_day_scanned(ctx->store, DAY_NONE, e);
}

const verb_handler verb_clock = {.authorize = administer_authorize, .apply = clock_apply};
