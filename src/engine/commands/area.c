/* AREA: areas are renamed, re-coded, merged, split, added, with all that belongs to them. */
#include "engine/commands/commands.h"

#include "engine/area_change.h"
#include "engine/zones.h"
#include "store/rows/area_moves.h"

#include <stdio.h>

typedef struct area_request {
  area_plan plan;
} area_request;

static area_asking asking(command_context *ctx) {
  return (area_asking){ctx->store, &ctx->engine->packs, ctx->a, ctx->today};
}

static bool area_read(command_context *ctx, err *e) {
  area_request *rq = ctx->request;
  const area_asking q = asking(ctx);
  return area_plan_read(&q, ctx->command->body, &rq->plan, e);
}

static bool area_check(command_context *ctx, err *e) {
  area_request *rq = ctx->request;
  const area_asking q = asking(ctx);
  return area_plan_check(&q, &rq->plan, e);
}

/* ---- the areas themselves ---- */

/* What it was called and how it was drawn until now is kept with its last day. */
static bool rename_area(command_context *ctx, area *x, const area_target *t, day on, err *e) {
  area_name old = {
      .seq = ctx->seq, .until = on, .name = x->name, .shape = x->shape, .colour = x->colour};
  const bool renames = t->name.bytes && !text_is(t->name, x->name);
  if (!renames && !t->says_shape && !t->says_colour) return true;
  memcpy(old.code, x->code, sizeof old.code);
  if (renames && !(x->name = arena_copy(ctx->a, t->name.at, t->name.bytes))) return err_memory(e);
  if (t->says_shape) x->shape = t->shape;
  if (t->says_colour) x->colour = t->colour;
  return store_area_name_put(ctx->store, &old, e);
}

static bool put_target(command_context *ctx, const area_target *t, day on, err *e) {
  area x = t->there ? *t->there : (area){.until = DAY_NONE};
  if (!t->there) {
    memcpy(x.code, t->code, sizeof x.code);
    x.made = ctx->seq;
    x.has_made = true;
    x.name = arena_copy(ctx->a, t->name.at ? t->name.at : "", t->name.bytes);
    if (!x.name) return err_memory(e);
    x.shape = t->shape;
    x.colour = t->colour;
  } else if (!rename_area(ctx, &x, t, on, e)) {
    return false;
  }
  return store_area_save(ctx->store, &x, e);
}

/* "370871001205 370871001206" */
static bool end_area(command_context *ctx, const char *code, const area_plan *p, const char *to,
                     err *e) {
  AUTO_BUF buf b = {0};
  area *x = NULL;
  if (!store_area_find(ctx->store, ctx->a, code, &x, e)) return false;
  if (!x) return err_set(e, ERR_INTERNAL, code, "没有这个区域。", "There is no such area.");
  if (to) buf_str(&b, to);
  for (size_t i = 0; !to && i < p->to_count; i++)
    buf_printf(&b, "%s%s", i ? " " : "", p->to[i].code);
  if (!buf_ok(&b)) return err_memory(e);
  x->until = p->on;
  x->ended = ctx->seq;
  x->has_ended = true;
  x->successors = buf_view(&b);
  return store_area_save(ctx->store, x, e);
}

static bool stays(const area_plan *p, const char *code) {
  for (size_t i = 0; i < p->to_count; i++)
    if (strcmp(p->to[i].code, code) == 0) return true;
  return false;
}

/* Of a town that gets another code, or goes into another: the row of what lies below it. */
static bool recode_area(command_context *ctx, const area_plan *p, const area_step *x, err *e) {
  area *was = NULL;
  if (!store_area_find(ctx->store, ctx->a, x->from, &was, e)) return false;
  if (!was) return true;
  area now = *was;
  now.made = ctx->seq;
  now.has_made = true;
  snprintf(now.code, sizeof now.code, "%s", x->to);
  return store_area_save(ctx->store, &now, e) && end_area(ctx, x->from, p, x->to, e);
}

static bool change_areas(command_context *ctx, const area_plan *p, err *e) {
  zone_map_forget(ctx->engine);
  for (size_t i = 0; i < p->to_count; i++)
    if (!put_target(ctx, &p->to[i], p->on, e)) return false;
  for (size_t i = 0; i < p->step_count; i++)
    if (p->steps[i].below && !recode_area(ctx, p, &p->steps[i], e)) return false;
  for (size_t i = 0; i < p->from_count && p->way != AREA_RENAME; i++)
    if (!stays(p, p->from[i]->code) && !end_area(ctx, p->from[i]->code, p, NULL, e)) return false;
  return true;
}

/* ---- what belongs to them ---- */

static bool move_units(command_context *ctx, const area_plan *p, err *e) {
  for (size_t i = 0; i < p->step_count; i++) {
    const area_step *x = &p->steps[i];
    const area_move m = {.from = x->from,
                         .to = x->to,
                         .root = x->root ? &x->root->id : NULL,
                         .seq = ctx->seq,
                         .on = p->on,
                         .today = ctx->today};
    if (area_code_is_zone(x->from) ? !zone_move(ctx, x, p->on, e)
                                   : !store_area_move(ctx->store, &m, e))
      return false;
  }
  return (!p->step_count || zones_left_behind(ctx, p->on, e)) && zones_redraw(ctx, p, e);
}

/* Who held a post there has another one now, and signs in anew. */
static bool move_officers(command_context *ctx, const area_plan *p, err *e) {
  for (size_t i = 0; i < p->officer_count; i++) {
    const officer *o = &p->officers[i];
    if (!store_officer_put(ctx->store, o, e) ||
        !store_officer_past_put(ctx->store, o, ctx->seq, ctx->today, e) ||
        (!ctx->engine->replaying && !store_credential_changed(ctx->store, &o->id, ctx->seq, e)))
      return false;
  }
  return true;
}

/* Nothing in memory is as it was; moved units are evaluated at the next tick. */
static bool look_again(command_context *ctx, err *e) {
  accounts_forget(&ctx->engine->accounts);
  zone_map_forget(ctx->engine);
  unit_cache_clear(ctx->engine->cache);
  ctx->engine->units_moved = true;
  ctx->engine->last_scanned_day = DAY_NONE;
  return store_day_scanned(ctx->store, DAY_NONE, e);
}

/* ---- taking it back ---- */

static bool move_back(command_context *ctx, const area_plan *p, err *e) {
  past_area *rows = NULL;
  size_t count = 0;
  if (!store_past_areas(ctx->store, ctx->a, p->undone->seq, &rows, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    const area_move m = {.to = rows[i].area, .root = &rows[i].root, .today = ctx->today};
    if (!store_area_move(ctx->store, &m, e)) return false;
  }
  return store_past_areas_drop(ctx->store, p->undone->seq, e);
}

static bool take_back(command_context *ctx, const area_plan *p, err *e) {
  area_change was = *p->undone;
  was.undone = ctx->seq;
  return move_back(ctx, p, e) && zones_take_back(ctx, was.seq, e) &&
         store_areas_restore(ctx->store, was.seq, e) && store_area_change_put(ctx->store, &was, e);
}

/* ---- the entry ---- */

static bool note_change(command_context *ctx, const area_plan *p, err *e) {
  area_change x = {.id = ctx->id,
                   .officer = ctx->command->who.officer,
                   .seq = ctx->seq,
                   .at_ms = ctx->at_ms,
                   .way = area_way_name(p->way),
                   .on = p->on,
                   .reason = p->reason,
                   .document = p->document,
                   .body = context_canonical(ctx, ctx->command->body),
                   .units = p->units,
                   .officers = (int64_t)p->officer_count};
  return x.body.at ? store_area_change_put(ctx->store, &x, e) : err_memory(e);
}

/* Found before the entry, while nothing has moved. */
static bool area_apply(command_context *ctx, err *e) {
  area_request *rq = ctx->request;
  area_plan *p = &rq->plan;
  const area_asking q = asking(ctx);
  if (!area_plan_find(&q, p, e) || !context_append(ctx, NULL, NULL, NULL, e)) return false;
  if (p->way == AREA_UNDO) {
    if (!take_back(ctx, p, e)) return false;
  } else if (!change_areas(ctx, p, e) || !move_units(ctx, p, e)) {
    return false;
  }
  return note_change(ctx, p, e) && move_officers(ctx, p, e) && look_again(ctx, e);
}

const verb_handler verb_area = {.request_bytes = sizeof(area_request),
                                .authorize = administer_authorize,
                                .read = area_read,
                                .check = area_check,
                                .apply = area_apply};
