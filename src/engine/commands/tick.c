/* TICK: a day begins, and what waited for it is looked at again. */
#include "engine/commands/commands.h"

#include "engine/rights.h"
#include "engine/rules/evaluate.h"

enum { TICK_UNITS_MAX = 200000 };

/* Looks again at every unit that asked to be woken by this day. */
bool apply_tick(work *w, err *e) {
  if (!w->c->who.system && !w->g->replaying)
    return err_set(e, ERR_DENIED, NULL, "日切由系统自动进行。", "Days are begun by the system.");
  if (!work_append(w, NULL, NULL, NULL, e)) return false;
  for (size_t p = 0; p < w->g->packs.count; p++)
    for (size_t k = 0; k < w->g->packs.packs[p]->kind_count; k++) {
      const kind *of = &w->g->packs.packs[p]->kinds[k];
      if (of->parent >= 0) continue;
      arena *a AUTO_ARENA = arena_new(0);
      uuid *ids = NULL;
      size_t count = 0;
      if (!a) return err_memory(e);
      if (!store_due_to_wake(w->s, a, of, w->today, TICK_UNITS_MAX, &ids, &count, e)) return false;
      for (size_t i = 0; i < count; i++) {
        arena *one AUTO_ARENA = arena_new(0);
        answer ignored = {0};
        work each = *w;
        each.a = one;
        each.out = &ignored;
        if (!one) return err_memory(e);
        if (!settle(&each, of, &ids[i], e)) return false;
      }
    }
  return store_ticked(w->s, w->today, e);
}

bool anything_wakes(engine *g, day today, bool *yes, err *e) {
  *yes = false;
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  for (size_t p = 0; p < g->packs.count && !*yes; p++)
    for (size_t k = 0; k < g->packs.packs[p]->kind_count && !*yes; k++) {
      const kind *of = &g->packs.packs[p]->kinds[k];
      uuid *ids = NULL;
      size_t count = 0;
      if (of->parent >= 0) continue;
      if (!store_due_to_wake(g->s, a, of, today, 1, &ids, &count, e)) return false;
      *yes = count > 0;
    }
  return true;
}
