/* Summaries: one event a subject and day, month or year, made of what was recorded in it. They are
 * made anew before a unit's rules are looked at, once for all that changed until then. */
#include "engine/rules/summaries.h"

#include "base/money.h"
#include "engine/duties/tracking.h"
#include "engine/units/unit_read.h"

#include <stdlib.h>

static bool is_stale(const stale *t, const event_kind *of, const uuid *subject, day from) {
  return t->of == of && t->from == from && uuid_equal(&t->subject, subject);
}

bool summaries_mark(work *w, const event *x, err *e) {
  engine *g = w->g;
  const pack *p = catalog_pack_of_event(&g->packs, x->kind);
  for (size_t i = 0; i < p->event_count; i++) {
    const event_kind *k = &p->events[i];
    day from, to;
    if (!k->summary || k->summary->over != x->kind->index) continue;
    period_days(k->summary->per, x->on, &from, &to);
    bool known = false;
    for (size_t n = g->stale_count; n-- > 0 && !known;)
      known = is_stale(&g->stale[n], k, &x->subject, from);
    if (known) continue;
    if (g->stale_count == g->stale_room) {
      size_t room = g->stale_room ? 2 * g->stale_room : 16;
      stale *more = realloc(g->stale, room * sizeof *more);
      if (!more) return err_memory(e);
      g->stale = more;
      g->stale_room = room;
    }
    g->stale[g->stale_count++] =
        (stale){.of = k, .root = x->root, .subject = x->subject, .from = from};
    memcpy(g->stale[g->stale_count - 1].area, x->area, sizeof x->area);
  }
  return true;
}

/* ---- one summary ---- */

typedef struct folding {
  int64_t n, out; /* known values; their sum, or the greatest, least, last one */
  value last;
  bool failed;
} folding;

static void fold(const summary_field *f, const value *v, folding *t) {
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

static value folded(work *w, const event_kind *k, size_t i, const folding *t, int64_t needs) {
  const summary_field *f = &k->summary->fields[i];
  int64_t mean;
  if (f->op == SUMMARY_COUNT) return value_int(t->n);
  if (t->failed || t->n < needs || (t->n == 0 && f->op != SUMMARY_SUM))
    return value_missing(w->a, k->fields[i].name);
  if (f->op == SUMMARY_LAST) return t->last;
  if (f->op != SUMMARY_MEAN) return value_int(t->out);
  return money_divide(t->out, t->n, &mean) ? value_int(mean)
                                           : value_missing(w->a, k->fields[i].name);
}

/* The sources lie newest first; `last` is of the newest, told by day and then as recorded. */
static bool summarise(work *w, const event_kind *k, event **from, size_t count, record *r, event *x,
                      err *e) {
  for (size_t i = 0; i < k->field_count; i++) {
    const summary_field *f = &k->summary->fields[i];
    folding t = {0};
    int64_t needs = 1;
    for (size_t n = count; n-- > 0;) {
      unit *u = unit_of_event(w, from[n], r, e);
      if (!u) return false;
      value v = f->what ? unit_event_eval(u, from[n], f->what) : value_bool(true);
      fold(f, &v, &t);
      if (f->needs && n == 0) {
        value least = unit_event_eval(u, from[n], f->needs);
        needs = least.type == VALUE_INT && least.i > 0 ? least.i : INT64_MAX;
      }
    }
    x->fields[i] = folded(w, k, i, &t, needs);
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

static bool drop(work *w, const event *x, err *e) {
  return store_event_drop(w->s, x, e) && duties_note(w, x, true, e) && summaries_mark(w, x, e);
}

static bool make(work *w, const stale *t, err *e) {
  const event_kind *k = t->of;
  const pack *p = catalog_pack_of_event(&w->g->packs, k);
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
  event x = {.kind = k,
             .id = uuid_derived(&t->subject, buf_view(&name)),
             .root = t->root,
             .subject = t->subject,
             .on = from,
             .seq = w->seq,
             .at_ms = w->at_ms};
  memcpy(x.area, t->area, sizeof x.area);
  if (!store_event(w->s, w->a, k, &x.id, NULL, &had, e) ||
      !store_events(w->s, w->a, &p->events[k->summary->over], &t->root, from, false, &all, &count,
                    e) ||
      !know_subject(w, &p->kinds[k->about], &t->subject, &r, e))
    return false;
  for (size_t i = 0; i < count; i++)
    if (all[i]->on <= to && uuid_equal(&all[i]->subject, &t->subject)) all[n++] = all[i];
  if (n == 0 || !r) return !had || drop(w, had, e);
  x.fields = ARENA_ARRAY(w->a, k->field_count, value);
  if (!x.fields) return err_memory(e);
  if (!summarise(w, k, all, n, r, &x, e)) return false;
  if (had && same_fields(had, &x)) return true;
  cache_drop(w->g->cache, &t->root);
  return (!had || drop(w, had, e)) && store_event_put(w->s, &x, e) &&
         duties_note(w, &x, false, e) && summaries_mark(w, &x, e);
}

bool summaries_make(work *w, const uuid *root, err *e) {
  engine *g = w->g;
  bool ok = true;
  for (size_t i = 0; ok && i < g->stale_count; i++) { /* the list may grow meanwhile */
    const stale t = g->stale[i];
    if (!uuid_equal(&t.root, root)) continue;
    g->stale[i].of = NULL;
    arena *one AUTO_ARENA = arena_new(0);
    work each = *w;
    each.a = one;
    ok = one ? make(&each, &t, e) : err_memory(e);
  }
  size_t left = 0;
  for (size_t i = 0; i < g->stale_count; i++)
    if (g->stale[i].of) g->stale[left++] = g->stale[i];
  g->stale_count = left;
  return ok;
}

/* ---- all of a pack's, after its definition changed ---- */

typedef struct again {
  work *w;
  uuid root;
  bool any;
} again;

static bool mark_again(void *context, const event *x, err *e) {
  again *t = context;
  if (t->any && !uuid_equal(&t->root, &x->root) && !summaries_make(t->w, &t->root, e)) return false;
  t->any = true;
  t->root = x->root;
  return summaries_mark(t->w, x, e);
}

bool summaries_again(work *w, const pack *p, err *e) {
  for (size_t i = 0; i < p->event_count; i++)
    if (p->events[i].summary && !store_events_clear(w->s, &p->events[i], e)) return false;
  for (size_t i = 0; i < p->event_count; i++) {
    bool read = false;
    if (p->events[i].summary) continue;
    for (size_t k = 0; k < p->event_count; k++)
      read |= p->events[k].summary && p->events[k].summary->over == (int)i;
    bool *nothing = ARENA_ARRAY(w->a, p->events[i].field_count, bool);
    again t = {.w = w};
    if (!nothing) return err_memory(e);
    if (!read) continue;
    if (!store_scan_events(w->s, &p->events[i], nothing, mark_again, &t, e)) return false;
    if (t.any && !summaries_make(w, &t.root, e)) return false;
  }
  return true;
}
