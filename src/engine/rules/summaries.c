/* Summaries: one derived event per subject and day, month or year, computed from what was recorded
 * in it. They are recomputed before a unit's rules are evaluated, once for all changes until then.
 */
#include "engine/rules/summaries.h"

#include "base/money.h"
#include "engine/duties/tracking.h"
#include "engine/eval/unit_eval.h"
#include "engine/units/repo_read.h"

#include <stdlib.h>

static bool is_same_summary(const stale_summary *t, const event_kind *of, const uuid *subject,
                            day from) {
  return t->of == of && t->from == from && uuid_equal(&t->subject, subject);
}

bool summaries_mark_stale(command_context *ctx, const event *ev, err *e) {
  engine *eng = ctx->engine;
  const pack *p = catalog_pack_of_event(&eng->packs, ev->kind);
  for (size_t i = 0; i < p->event_count; i++) {
    const event_kind *k = &p->events[i];
    day from, to;
    if (!k->summary || k->summary->over != ev->kind->index) continue;
    period_days(k->summary->per, ev->on, &from, &to);
    bool known = false;
    for (size_t n = eng->stale_summary_count; n-- > 0 && !known;)
      known = is_same_summary(&eng->stale_summaries[n], k, &ev->subject, from);
    if (known) continue;
    if (eng->stale_summary_count == eng->stale_summary_room) {
      size_t room = eng->stale_summary_room ? 2 * eng->stale_summary_room : 16;
      stale_summary *more = realloc(eng->stale_summaries, room * sizeof *more);
      if (!more) return err_memory(e);
      eng->stale_summaries = more;
      eng->stale_summary_room = room;
    }
    eng->stale_summaries[eng->stale_summary_count++] =
        (stale_summary){.of = k, .root = ev->root, .subject = ev->subject, .from = from};
    memcpy(eng->stale_summaries[eng->stale_summary_count - 1].area, ev->area, sizeof ev->area);
  }
  return true;
}

/* ---- one summary ---- */

typedef struct folding {
  int64_t n, out; /* known values; their sum, or the greatest, least, last one */
  value last;
  bool failed;
} folding;

static void fold_value(const summary_field *f, const value *v, folding *t) {
  if (f->op == SUMMARY_COUNT) {
    t->n += v->type == VALUE_BOOL && v->yes;
    return;
  }
  if (v->type != VALUE_INT && !(f->op == SUMMARY_LAST && v->type != VALUE_UNKNOWN)) {
    t->failed |= v->type == VALUE_ERROR;
    return;
  }
  bool first = t->n++ == 0;
  switch (f->op) {
  case SUMMARY_MAX:
    if (first || v->i > t->out) t->out = v->i;
    break;
  case SUMMARY_MIN:
    if (first || v->i < t->out) t->out = v->i;
    break;
  case SUMMARY_LAST:
    t->last = *v;
    break;
  default:
    t->failed |= __builtin_add_overflow(t->out, v->i, &t->out);
  }
}

static value folded_value(command_context *ctx, const event_kind *k, size_t i, const folding *t,
                          int64_t needs) {
  const summary_field *f = &k->summary->fields[i];
  int64_t mean;
  if (f->op == SUMMARY_COUNT) return value_int(t->n);
  if (t->failed || t->n < needs || (t->n == 0 && f->op != SUMMARY_SUM))
    return value_missing(ctx->a, k->fields[i].name);
  if (f->op == SUMMARY_LAST) return t->last;
  if (f->op != SUMMARY_MEAN) return value_int(t->out);
  const field *of = &k->fields[i];
  bool told = of->type == FIELD_NUMBER && of->decimals >= 0
                  ? decimal_mean(t->out, t->n, of->decimals, &mean)
                  : money_divide(t->out, t->n, &mean);
  return told ? value_int(mean) : value_missing(ctx->a, k->fields[i].name);
}

/* Whether an event is one of those that `where` means; unknown: it is not. */
static bool is_meant(unit *u, const event *ev, const summary_field *f, folding *t) {
  if (!f->where) return true;
  value meant = unit_event_eval(u, ev, f->where);
  t->failed |= meant.type == VALUE_ERROR;
  return meant.type == VALUE_BOOL && meant.yes;
}

/* The sources are ordered newest first; `last` takes the newest (when.h). */
static bool summarise(command_context *ctx, const event_kind *k, event **ret_from, size_t count,
                      record *r, event *ev, err *e) {
  for (size_t i = 0; i < k->field_count; i++) {
    const summary_field *f = &k->summary->fields[i];
    folding t = {0};
    int64_t needs = 1;
    for (size_t n = count; n-- > 0;) {
      unit *u = repo_load_event_unit(ctx, ret_from[n], r, e);
      if (!u) return false;
      if (is_meant(u, ret_from[n], f, &t)) {
        value v = f->what ? unit_event_eval(u, ret_from[n], f->what) : value_bool(true);
        fold_value(f, &v, &t);
      }
      if (f->min_values && n == 0) {
        value least = unit_event_eval(u, ret_from[n], f->min_values);
        needs = least.type == VALUE_INT && least.i > 0 ? least.i : INT64_MAX;
      }
    }
    ev->fields[i] = folded_value(ctx, k, i, &t, needs);
  }
  return true;
}

static bool same_fields(const event *a, const event *b) {
  for (size_t i = 0; i < a->kind->field_count; i++)
    if (a->fields[i].type != b->fields[i].type ||
        (a->fields[i].type != VALUE_UNKNOWN && !value_equal(&a->fields[i], &b->fields[i])))
      return false;
  return true;
}

static bool withdraw_summary(command_context *ctx, const event *ev, err *e) {
  return store_event_drop(ctx->store, ev, e) && duties_on_event(ctx, ev, true, e) &&
         summaries_mark_stale(ctx, ev, e);
}

static bool make_summary(command_context *ctx, const stale_summary *t, err *e) {
  const event_kind *k = t->of;
  const pack *p = catalog_pack_of_event(&ctx->engine->packs, k);
  event **all = NULL, *had = NULL;
  size_t count = 0, n = 0;
  char on[11];
  day from, to;
  record *r = NULL;
  period_days(k->summary->per, t->from, &from, &to);
  day_format(from, on);
  AUTO_BUF buf name = {0};
  buf_printf(&name, "%s/%s", k->name, on);
  if (!buf_ok(&name)) return err_memory(e);
  event ev = {.kind = k,
              .id = uuid_derived(&t->subject, buf_view(&name)),
              .root = t->root,
              .subject = t->subject,
              .on = from,
              .seq = ctx->seq,
              .at_ms = ctx->at_ms,
              .moment = day_start_ms(from)};
  memcpy(ev.area, t->area, sizeof ev.area);
  if (!store_event_find(ctx->store, ctx->a, k, &ev.id, NULL, &had, e) ||
      !store_events(
          ctx->store, ctx->a,
          &(event_query){.kind = &p->events[k->summary->over], .root = t->root, .from = from}, &all,
          &count, e) ||
      !repo_load_subject(ctx, &p->kinds[k->about], &t->subject, &r, e))
    return false;
  for (size_t i = 0; i < count; i++)
    if (all[i]->on <= to && uuid_equal(&all[i]->subject, &t->subject)) all[n++] = all[i];
  if (n == 0 || !r) return !had || withdraw_summary(ctx, had, e);
  ev.fields = ARENA_ARRAY(ctx->a, k->field_count, value);
  if (!ev.fields) return err_memory(e);
  if (!summarise(ctx, k, all, n, r, &ev, e)) return false;
  if (had && same_fields(had, &ev)) return true;
  unit_cache_drop(ctx->engine->cache, &t->root);
  return (!had || withdraw_summary(ctx, had, e)) && store_event_put(ctx->store, &ev, e) &&
         duties_on_event(ctx, &ev, false, e) && summaries_mark_stale(ctx, &ev, e);
}

bool summaries_refresh(command_context *ctx, const uuid *root, err *e) {
  engine *eng = ctx->engine;
  bool ok = true;
  for (size_t i = 0; ok && i < eng->stale_summary_count; i++) { /* the list may grow meanwhile */
    const stale_summary t = eng->stale_summaries[i];
    if (!uuid_equal(&t.root, root)) continue;
    eng->stale_summaries[i].of = NULL;
    arena *one AUTO_ARENA = arena_new(0);
    command_context each = *ctx;
    each.a = one;
    ok = one ? arena_whole(one, make_summary(&each, &t, e), e) : err_memory(e);
  }
  size_t left = 0;
  for (size_t i = 0; i < eng->stale_summary_count; i++)
    if (eng->stale_summaries[i].of) eng->stale_summaries[left++] = eng->stale_summaries[i];
  eng->stale_summary_count = left;
  return ok;
}

/* ---- all of a pack's, after its definition changed ---- */

typedef struct rebuild_run {
  command_context *ctx;
  uuid root;
  bool any;
} rebuild_run;

static bool rebuild_from_event(void *context, const event *ev, err *e) {
  rebuild_run *t = context;
  if (t->any && !uuid_equal(&t->root, &ev->root) && !summaries_refresh(t->ctx, &t->root, e))
    return false;
  t->any = true;
  t->root = ev->root;
  return summaries_mark_stale(t->ctx, ev, e);
}

bool summaries_rebuild(command_context *ctx, const pack *p, err *e) {
  for (size_t i = 0; i < p->event_count; i++)
    if (p->events[i].summary && !store_events_clear(ctx->store, &p->events[i], e)) return false;
  for (size_t i = 0; i < p->event_count; i++) {
    bool read = false;
    if (p->events[i].summary) continue;
    for (size_t k = 0; k < p->event_count; k++)
      read |= p->events[k].summary && p->events[k].summary->over == (int)i;
    bool *nothing = ARENA_ARRAY(ctx->a, p->events[i].field_count, bool);
    rebuild_run t = {.ctx = ctx};
    if (!nothing) return err_memory(e);
    if (!read) continue;
    if (!store_events_scan(ctx->store, &p->events[i], nothing, rebuild_from_event, &t, e))
      return false;
    if (t.any && !summaries_refresh(ctx, &t.root, e)) return false;
  }
  return true;
}
