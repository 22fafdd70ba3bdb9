/* TICK: a day begins; the units that are due by it are evaluated again. */
#include "engine/commands/commands.h"

#include "engine/rights.h"
#include "engine/rules/reevaluate.h"

enum { TICK_UNITS_MAX = 200000 };

static bool tick_authorize(command_context *ctx, err *e) {
  return ctx->command->who.system ||
         err_set(e, ERR_DENIED, NULL, "日切由系统自动进行。", "Days are begun by the system.");
}

/* Evaluates the rules of every unit whose day has come. */
static bool tick_apply(command_context *ctx, err *e) {
  if (!context_append(ctx, NULL, NULL, NULL, e)) return false;
  for (size_t p = 0; p < ctx->engine->packs.count; p++)
    for (size_t k = 0; k < ctx->engine->packs.packs[p]->kind_count; k++) {
      const kind *of = &ctx->engine->packs.packs[p]->kinds[k];
      if (of->parent >= 0) continue;
      arena *a AUTO_ARENA = arena_new(0);
      uuid *ids = NULL;
      size_t count = 0;
      if (!a) return err_memory(e);
      if (!store_units_due(ctx->store, a, &(due_query){of, ctx->today, TICK_UNITS_MAX}, &ids,
                           &count, e))
        return false;
      for (size_t i = 0; i < count; i++) {
        arena *one AUTO_ARENA = arena_new(0);
        answer ignored = {0};
        command_context each = *ctx;
        each.a = one;
        each.answer = &ignored;
        if (!one) return err_memory(e);
        if (!arena_whole(one, reevaluate_unit(&each, of, &ids[i], e), e)) return false;
      }
    }
  return store_day_scanned(ctx->store, ctx->today, e);
}

const verb_handler verb_tick = {.authorize = tick_authorize, .apply = tick_apply};

bool tick_is_due(engine *eng, day today, bool *ret_yes, err *e) {
  *ret_yes = false;
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  for (size_t p = 0; p < eng->packs.count && !*ret_yes; p++)
    for (size_t k = 0; k < eng->packs.packs[p]->kind_count && !*ret_yes; k++) {
      const kind *of = &eng->packs.packs[p]->kinds[k];
      uuid *ids = NULL;
      size_t count = 0;
      if (of->parent >= 0) continue;
      if (!store_units_due(eng->store, a, &(due_query){of, today, 1}, &ids, &count, e))
        return false;
      *ret_yes = count > 0;
    }
  return true;
}
