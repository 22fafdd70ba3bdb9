/* Duties, as things happen: who belongs to which set since when, what counts, what excuses.
 *
 * Counts are recomputed from all events of a subject and day, so late, corrected and withdrawn
 * events need no special case, and a recount is the same function over all days. */
#include "engine/duties/tracking.h"

#include "base/ident.h"
#include "engine/duties/excuses.h"
#include "engine/duties/follow_ups.h"
#include "engine/duties/doer_line.h"
#include "engine/duties/owners.h"
#include "engine/eval/record.h"
#include "engine/eval/unit_eval.h"

#include <stdlib.h>

/* ---- an event by itself ---- */

/* Whether it holds of the event; NULL holds of all. What is not known does not hold. */
static bool holds(command_context *ctx, const pack *p, const event *ev, const cel_program *when) {
  if (!when) return true;
  const lone_record r = {.scope = &ev->kind->scope,
                         .fields = ev->fields,
                         .pack = p,
                         .on = ev->on,
                         .now = {ev->on, ctx->engine->calendar}};
  value v = eval_record(ctx->a, &r, when);
  return v.type == VALUE_BOOL && v.yes;
}

/* ---- acts ---- */

typedef struct act {
  uuid officer;
  text part;
  int minute; /* of the day; -1: not told */
} act;

typedef struct acts {
  act *all;
  size_t count, room;
} acts;

static bool by_officer(const duty *d) {
  return d->assigned_to || d->each == EACH_OFFICER ||
         (d->alternative_when && d->alternative_each == EACH_OFFICER);
}

static int minute_of(const event *ev) {
  int64_t ms;
  return event_time(ev, &ms) ? (int)((ms - day_start_ms(ev->on)) / 60000) : -1;
}

static bool add_act(command_context *ctx, acts *to, uuid officer_id, text part, int minute,
                    err *e) {
  act *more = ARENA_GROW(ctx->a, to->all, to->count, &to->room, act);
  if (!more) return err_memory(e);
  to->all = more;
  to->all[to->count++] = (act){officer_id, part, minute};
  return true;
}

/* One act for each part that was done. */
static bool add_parts(command_context *ctx, const duty *d, const event *ev, uuid who, acts *to,
                      err *e) {
  int minute = minute_of(ev);
  if (d->parts < 0) return add_act(ctx, to, who, TEXT(""), minute, e);
  const value *v = &ev->fields[d->parts];
  if (v->type == VALUE_STRING) return add_act(ctx, to, who, v->s, minute, e);
  for (size_t i = 0; v->type == VALUE_LIST && i < v->list->count; i++)
    if (!add_act(ctx, to, who, v->list->items[i].s, minute, e)) return false;
  return true;
}

/* And for each officer who was there. */
static bool acts_of_event(command_context *ctx, const pack *p, const duty *d, const event *ev,
                          acts *to, err *e) {
  if (!holds(ctx, p, ev, d->count_where)) return true;
  if (!by_officer(d)) return add_parts(ctx, d, ev, (uuid){0}, to, e);
  const value *there = d->officers < 0 ? NULL : &ev->fields[d->officers];
  if (!there || there->type != VALUE_STRING) return add_parts(ctx, d, ev, ev->officer, to, e);
  if (ev->kind->fields[d->officers].of) {
    duty_owner who;
    if (!duty_owner_find(ctx->store, ctx->a, p, there->s, &who, e)) return false;
    return add_parts(ctx, d, ev, duty_owner_id(&who), to, e);
  }
  text left = there->s;
  while (left.bytes) {
    const char *space = memchr(left.at, ' ', left.bytes);
    text login = {left.at, space ? (size_t)(space - left.at) : left.bytes};
    officer *o = NULL;
    if (!store_officer_find_by_login(ctx->store, ctx->a, login, &o, e)) return false;
    if (o && !add_parts(ctx, d, ev, o->id, to, e)) return false;
    left = space ? (text){space + 1, left.bytes - login.bytes - 1} : (text){NULL, 0};
  }
  return true;
}

/* ---- whether an event counts for whose its subject is ---- */

static bool stands_in(command_context *ctx, const duty *d, const uuid *away, const uuid *doer,
                      day on, bool *ret, err *e) {
  excuse *declared = NULL;
  size_t count = 0;
  if (!store_excuses(ctx->store, ctx->a, on, on, &declared, &count, e)) return false;
  for (size_t i = 0; i < count; i++) *ret |= excuse_stands_in(&declared[i], d, away, doer, on);
  return true;
}

/* Who did something on a day. */
typedef struct doing {
  command_context *ctx;
  const pack *p;
  const duty *d;
  acts by;
  day on;
} doing;

/* Whether one of them did it for whose the subject is. */
static bool done_for(const doing *x, const duty_member *m, bool *ret, err *e) {
  duty_owner whose;
  if (!m->owner[0]) return *ret = true; /* nobody's: everybody's work counts */
  if (!duty_owner_find(x->ctx->store, x->ctx->a, x->p, text_of(m->owner), &whose, e)) return false;
  const uuid away = duty_owner_id(&whose);
  for (size_t i = 0; i < x->by.count && !*ret; i++) {
    const uuid *doer = &x->by.all[i].officer;
    *ret = duty_owner_is(&whose, doer);
    if (!*ret && !stands_in(x->ctx, x->d, &away, doer, x->on, ret, e)) return false;
  }
  return true;
}

/* For whom it is now, or for whom it was on the day of the event. */
static bool counts_in(command_context *ctx, const pack *p, const duty *d, const event *ev,
                      bool *ret, err *e) {
  doing x = {ctx, p, d, {0}, ev->on};
  duty_member *now = NULL, *then = NULL;
  *ret = false;
  if (!acts_of_event(ctx, p, d, ev, &x.by, e)) return false;
  if (!x.by.count) return true;
  if (!store_member_on(ctx->store, ctx->a, d->name, &ev->root, ctx->today, &now, e) ||
      !store_member_on(ctx->store, ctx->a, d->name, &ev->root, ev->on, &then, e))
    return false;
  return (!now || done_for(&x, now, ret, e)) && (*ret || !then || done_for(&x, then, ret, e));
}

bool duties_fill_counted(command_context *ctx, const pack *p, event *ev, err *e) {
  for (size_t i = 0; i < ev->kind->field_count; i++) {
    const char *name = ev->kind->fields[i].counted_in;
    const duty *d = name ? pack_duty(p, text_of(name)) : NULL;
    bool counts;
    if (!d) continue;
    if (!counts_in(ctx, p, d, ev, &counts, e)) return false;
    ev->fields[i] = value_bool(counts);
  }
  return true;
}

static bool same_group(const act *a, const act *b) {
  return uuid_equal(&a->officer, &b->officer) && text_equal(a->part, b->part);
}

static int by_minute(const void *a, const void *b) {
  return ((const act *)a)->minute - ((const act *)b)->minute;
}

static int64_t spacing_on(command_context *ctx, const pack *p, const duty *d, day on) {
  if (!d->spacing) return 0;
  value v = duty_eval_parameters(p, d, d->spacing, ctx->a, on);
  return v.type == VALUE_INT ? v.i : 0;
}

/* How many of the acts like `like`, in order of time, count. */
static int64_t count_like(const duty *d, const acts *all, const act *like, int64_t spacing) {
  int64_t n = 0, last = INT64_MIN / 2;
  for (size_t i = 0; i < all->count; i++) {
    const act *x = &all->all[i];
    if (!same_group(x, like)) continue;
    if (x->minute >= 0 && x->minute - last < spacing) continue;
    if (x->minute >= 0) last = x->minute;
    n++;
  }
  return d->once_a_day && n > 1 ? 1 : n;
}

/* A subject's day: what was recorded of one kind. */
typedef struct one_day {
  uuid root;
  day on;
  event **events;
  size_t count;
} one_day;

/* Recomputes the counts of one duty; `gone` (may be NULL): an event that was withdrawn. */
static bool count_for(command_context *ctx, const pack *p, const duty *d, const one_day *x,
                      const event *gone, err *e) {
  acts now = {0}, before = {0};
  for (size_t i = 0; i < x->count; i++)
    if (!acts_of_event(ctx, p, d, x->events[i], &now, e)) return false;
  if (gone && !acts_of_event(ctx, p, d, gone, &before, e)) return false;
  if (now.count) qsort(now.all, now.count, sizeof *now.all, by_minute);
  int64_t spacing = spacing_on(ctx, p, d, x->on);
  for (int pass = 0; pass < 2; pass++) {
    const acts *from = pass ? &before : &now;
    for (size_t i = 0; i < from->count; i++) {
      bool first = true;
      for (size_t k = 0; k < i && first; k++) first = !same_group(&from->all[k], &from->all[i]);
      if (!first) continue;
      duty_day_count row = {
          .duty = d->name, .root = x->root, .officer = from->all[i].officer, .on = x->on};
      text part = from->all[i].part;
      row.part = arena_copy(ctx->a, part.at, part.bytes);
      row.n = count_like(d, &now, &from->all[i], spacing);
      if (!row.part) return err_memory(e);
      if ((pass == 0 || row.n == 0) && !store_duty_count_put(ctx->store, &row, e)) return false;
    }
  }
  return true;
}

/* For all duties that count such events. */
static bool count_day(command_context *ctx, const pack *p, const event_kind *k, const uuid *root,
                      day on, const event *gone, err *e) {
  one_day x = {.root = *root, .on = on};
  bool read = false;
  for (size_t i = 0; i < p->duty_count; i++) {
    if (p->duties[i].counted_event != k->index) continue;
    if (!read && !store_events_of_day(ctx->store, ctx->a,
                                      &(event_query){.kind = k, .root = *root, .from = on},
                                      &x.events, &x.count, e))
      return false;
    read = true;
    if (!count_for(ctx, p, &p->duties[i], &x, gone, e)) return false;
  }
  return true;
}

/* ---- conditions ---- */

static bool note_condition(command_context *ctx, const pack *p, const condition *c, const event *ev,
                           err *e) {
  if (!holds(ctx, p, ev, c->when)) return true;
  condition_day row = {
      .event = ev->id, .root = ev->root, .name = c->name, .since = ev->on, .until = ev->on};
  if (c->until >= 0 && ev->fields[c->until].type == VALUE_INT)
    row.until = (day)ev->fields[c->until].i;
  if (row.until < row.since) row.until = row.since;
  if (c->covers != COVERS_SUBJECT) {
    char code[13];
    size_t keep = c->covers == COVERS_VILLAGE ? 12 : c->covers == COVERS_TOWN ? 9 : 6;
    memset(code, '0', 12);
    memcpy(code, ev->area, keep);
    code[12] = 0;
    area_code_range(code, row.lo, row.hi);
  }
  return store_condition_put(ctx->store, &row, e);
}

bool duties_on_event(command_context *ctx, const event *ev, bool gone, err *e) {
  const pack *p = catalog_pack_of_event(&ctx->engine->packs, ev->kind);
  if (gone && p->condition_count && !store_conditions_drop(ctx->store, &ev->id, e)) return false;
  for (size_t i = 0; !gone && i < p->condition_count; i++)
    if (p->conditions[i].over == ev->kind->index &&
        !note_condition(ctx, p, &p->conditions[i], ev, e))
      return false;
  return count_day(ctx, p, ev->kind, &ev->root, ev->on, gone ? ev : NULL, e) &&
         follow_ups_on_event(ctx, ev, e);
}

/* ---- counting again ---- */

typedef struct recount {
  command_context *ctx;
  const pack *p;
  const event_kind *k;
  uuid root;
  day on;
  bool any;
} recount;

static bool count_again(recount *r, command_context *each, const event *ev, err *e) {
  for (size_t i = 0; i < r->p->condition_count; i++)
    if (r->p->conditions[i].over == r->k->index &&
        !note_condition(each, r->p, &r->p->conditions[i], ev, e))
      return false;
  if (r->any && r->on == ev->on && uuid_equal(&r->root, &ev->root)) return true;
  r->any = true;
  r->on = ev->on;
  r->root = ev->root;
  return count_day(each, r->p, r->k, &ev->root, ev->on, NULL, e);
}

static bool recount_event(void *context, const event *ev, err *e) {
  recount *r = context;
  arena *one AUTO_ARENA = arena_new(0);
  command_context each = *r->ctx;
  each.a = one;
  return one ? arena_whole(one, count_again(r, &each, ev, e), e) : err_memory(e);
}

bool duties_on_move(command_context *ctx, const event_kind *k, const uuid *from, const record *r,
                    err *e) {
  const pack *p = catalog_pack_of_event(&ctx->engine->packs, k);
  event **events = NULL;
  size_t count = 0;
  if (p->duty_count == 0) return true;
  if (!store_events(ctx->store, ctx->a,
                    &(event_query){.kind = k, .root = r->root, .from = DAY_NONE}, &events, &count,
                    e))
    return false;
  for (size_t i = 0; i < count; i++) {
    if (!uuid_equal(&events[i]->subject, &r->id)) continue;
    if (!count_day(ctx, p, k, from, events[i]->on, events[i], e) ||
        !count_day(ctx, p, k, &r->root, events[i]->on, NULL, e))
      return false;
  }
  return true;
}

bool duties_forget(command_context *ctx, const pack *p, err *e) {
  for (size_t i = 0; i < p->duty_count; i++)
    if (!store_duty_counts_clear(ctx->store, p->duties[i].name, e)) return false;
  for (size_t i = 0; i < p->condition_count; i++)
    if (!store_conditions_clear(ctx->store, p->conditions[i].name, e)) return false;
  return true;
}

bool duties_recount(command_context *ctx, const pack *p, err *e) {
  for (size_t k = 0; k < p->event_count; k++) {
    bool used = false;
    for (size_t i = 0; i < p->duty_count; i++) used |= p->duties[i].counted_event == (int)k;
    for (size_t i = 0; i < p->condition_count; i++) used |= p->conditions[i].over == (int)k;
    recount r = {.ctx = ctx, .p = p, .k = &p->events[k]};
    if (used && !store_events_scan(ctx->store, r.k, NULL, recount_event, &r, e)) return false;
  }
  return true;
}

/* ---- members ---- */

static duty_member *find_member(duty_member *open, size_t count, const char *name) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(open[i].duty, name) == 0) return &open[i];
  return NULL;
}

static bool same_member(const duty_member *a, const duty_member *b) {
  return a->least == b->least && strcmp(a->area, b->area) == 0 && strcmp(a->zone, b->zone) == 0 &&
         strcmp(a->owner, b->owner) == 0;
}

static bool member_leave(command_context *ctx, duty_member *m, err *e) {
  if (m->since >= ctx->today)
    return store_member_drop(ctx->store, m, e); /* not for one whole day */
  m->until = ctx->today;
  return store_member_put(ctx->store, m, e);
}

/* Membership of the root; keeps the previous value when the condition is unknown. */
static bool belongs_to_set(unit *u, const duty *d, bool before) {
  if (!d->where) return true;
  value v = unit_eval(u, u->root, &u->root->kind->scope, d->where, NULL);
  return v.type == VALUE_BOOL ? v.yes : before;
}

static bool update_membership(command_context *ctx, unit *u, const duty *d, duty_member *had,
                              err *e) {
  const name_scope *sc = &u->root->kind->scope;
  if (!unit_counts(u, u->root) || !belongs_to_set(u, d, had != NULL))
    return !had || member_leave(ctx, had, e);
  duty_member m = {
      .duty = d->name, .root = u->root->id, .since = ctx->today, .until = DAY_NONE, .owner = ""};
  memcpy(m.area, u->root->area, sizeof m.area);
  record_zone(u->root, m.zone);
  if (d->form == DUTY_LEAST) {
    value v = unit_eval(u, u->root, sc, d->at_least, NULL);
    m.least = v.type == VALUE_INT ? v.i : -1;
  }
  if (d->assigned_to) {
    value v = unit_eval(u, u->root, sc, d->assigned_to, NULL);
    if (v.type == VALUE_STRING) m.owner = arena_copy(ctx->a, v.s.at, v.s.bytes);
    if (!m.owner) return err_memory(e);
  }
  if (had && same_member(had, &m)) return true;
  return (!had || member_leave(ctx, had, e)) && store_member_put(ctx->store, &m, e);
}

bool duties_update_membership(command_context *ctx, const pack *p, unit *u, const kind *root_kind,
                              const uuid *root, err *e) {
  duty_member *open = NULL;
  size_t count = 0;
  if (p->duty_count == 0) return true;
  if (!store_members_open(ctx->store, ctx->a, root, &open, &count, e)) return false;
  for (size_t i = 0; i < p->duty_count; i++) {
    const duty *d = &p->duties[i];
    if (d->of != root_kind->index) continue;
    duty_member *had = find_member(open, count, d->name);
    if (u ? !update_membership(ctx, u, d, had, e) : had && !member_leave(ctx, had, e)) return false;
  }
  for (size_t i = 0; i < count; i++) /* of duties that are no more */
    if (!pack_duty(p, text_of(open[i].duty)) && !member_leave(ctx, &open[i], e)) return false;
  return true;
}
