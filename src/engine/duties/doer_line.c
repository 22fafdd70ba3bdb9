/* One doer's line: whose its subjects are, what counts, the sums. */
#include "engine/duties/doer_line.h"

#include "base/money.h"
#include "engine/eval/record.h"
#include "engine/rights.h"

value duty_eval_parameters(const pack *p, const duty *d, const cel_program *x, arena *a, day on) {
  const lone_record r = {.scope = &d->parameters, .pack = p, .on = on, .now = {.today = on}};
  return eval_record(a, &r, x);
}

static bool is_over(const doer_line *l) {
  return l->out->to < l->q->today && l->q->on >= l->out->to;
}

static int64_t demand_over(doer_line *l, const cel_program *x) {
  value v = duty_eval_parameters(l->out->pack, l->out->duty, x, l->a, l->out->from);
  return v.type == VALUE_INT && v.i >= 0 ? v.i : -1;
}

/* The demand with what increases it around these areas. */
static int64_t increased_demand(doer_line *l, int64_t least, const scope *around) {
  const duty *d = l->out->duty;
  for (size_t i = 0; least >= 0 && i < d->increase_count; i++) {
    if (!excuses_increased(&l->excuses, d->increases[i].condition, around, l->q->on)) continue;
    int64_t more = demand_over(l, d->increases[i].at_least);
    if (more > least) least = more;
  }
  return least;
}

static int days_left(doer_line *l, const scope *around) {
  int n = 0;
  for (day on = l->q->on; on <= l->out->to; on++)
    n += !excuses_areas(&l->excuses, around, on) && !(l->has_off && l->off[on - l->out->from]);
  return n;
}

static duty_state state_of(const doer_line *l, int64_t need, int64_t done) {
  return done >= need ? DUTY_DONE : is_over(l) ? DUTY_OVERDUE : DUTY_DUE;
}

/* ---- whose it is ---- */

/* Days on which an officer is away and nobody stands in. */
static bool mark_away(const doer_line *l, const uuid *who, bool off[PERIOD_DAYS_MAX]) {
  bool any = false;
  for (size_t i = 0; i < l->excuses.declared_count; i++) {
    const excuse *x = &l->excuses.declared[i];
    bool handed_over = !uuid_is_nil(&x->stand_in) && l->out->duty->form != DUTY_SUBJECTS;
    if (!uuid_equal(&x->officer, who) || handed_over ||
        (x->duty[0] && strcmp(x->duty, l->out->duty->name) != 0))
      continue;
    for (day on = l->out->from; on <= l->out->to; on++)
      if (x->since <= on && on <= x->until) off[on - l->out->from] = any = true;
  }
  return any;
}

static known_owner *owner_of(doer_line *l, text key, err *e) {
  for (size_t i = l->owner_count; i-- > 0;)
    if (text_is(key, l->owners[i].key)) return &l->owners[i];
  known_owner *more = ARENA_GROW(l->a, l->owners, l->owner_count, &l->owner_room, known_owner);
  if (!more) return err_memory(e), NULL;
  l->owners = more;
  known_owner *x = &l->owners[l->owner_count];
  *x = (known_owner){.key = arena_copy(l->a, key.at, key.bytes)};
  if (!x->key) return err_memory(e), NULL;
  if (!duty_owner_find(l->s, l->a, l->out->pack, key, &x->who, e)) return NULL;
  const uuid who = duty_owner_id(&x->who);
  if (!uuid_is_nil(&who)) x->has_off = mark_away(l, &who, x->off);
  l->owner_count++;
  return x;
}

/* Whether what `doer` did on a day is the work of this owner: he himself, or who stood in. */
static bool does_it(const doer_line *l, const known_owner *x, const uuid *doer, day on) {
  if (duty_owner_is(&x->who, doer)) return true;
  const uuid away = duty_owner_id(&x->who);
  for (size_t i = 0; i < l->excuses.declared_count; i++)
    if (excuse_stands_in(&l->excuses.declared[i], l->out->duty, &away, doer, on)) return true;
  return false;
}

/* Of an assigned subject counts what its owner did, on any day of the period, and what an earlier
 * one did while it was his. Of one that is nobody's, everybody's. */
static bool act_counts(doer_line *l, const duty_count *c, bool *ret, err *e) {
  *ret = true;
  if (!l->out->duty->assigned_to || c->last == DAY_NONE) return true;
  if (c->owner.bytes == 0) {
    bool *seen = &l->day_seen[c->last - l->out->from];
    *ret = !(l->out->duty->once_a_day && *seen);
    *seen = true;
    return true;
  }
  const known_owner *now = owner_of(l, c->owner, e);
  if (!now) return false;
  *ret = does_it(l, now, &c->officer, c->last);
  if (*ret || c->then.bytes == 0 || text_equal(c->then, c->owner)) return true;
  const known_owner *then = owner_of(l, c->then, e);
  if (!then) return false;
  *ret = does_it(l, then, &c->officer, c->last);
  return true;
}

/* The rows of one subject have been read. */
static bool subject_finish(doer_line *l, err *e) {
  const duty *d = l->out->duty;
  duty_subject *x = &l->now;
  if (!l->any) return true;
  l->any = false;
  if (l->parts) {
    x->done = INT64_MAX;
    for (size_t i = 0; i < l->parts; i++)
      if (l->by_part[i] < x->done) x->done = l->by_part[i];
  }
  scope here = {0};
  scope_add(&here, x->area);
  x->need = d->form == DUTY_LEAST ? increased_demand(l, l->own_least, &here) : 1;
  const bool *off = l->has_off && d->form != DUTY_SUBJECTS ? l->off : NULL;
  if (d->assigned_to && x->owner[0] && !l->out->officer) {
    const known_owner *whose = owner_of(l, text_of(x->owner), e);
    if (!whose) return false;
    x->owner = whose->who.name;
    if (whose->has_off) off = whose->off;
  }
  bool excused = excuses_subject(&l->excuses, &x->root, x->area, x->since, off, &x->why);
  if (x->need < 0) {
    l->unknown = true;
    x->need = 0;
    x->state = DUTY_UNKNOWN;
  } else if (x->done >= x->need) {
    x->state = DUTY_DONE;
    x->why = (label){"", ""};
  } else {
    x->state = excused ? DUTY_EXCUSED : state_of(l, x->need, x->done);
  }
  return l->take(l, x, e);
}

static bool subject_add_row(void *context, const duty_count *c, err *e) {
  doer_line *l = context;
  const duty *d = l->out->duty;
  if (l->any && !uuid_equal(&l->now.root, &c->root) && !subject_finish(l, e)) return false;
  if (!l->any) {
    l->any = true;
    l->now = (duty_subject){.root = c->root, .since = c->since, .last = DAY_NONE};
    l->now.owner = arena_copy(l->a, c->owner.at, c->owner.bytes);
    if (!l->now.owner) return err_memory(e);
    memcpy(l->now.area, c->area, sizeof c->area);
    memset(l->by_part, 0, sizeof l->by_part);
    if (d->assigned_to) memset(l->day_seen, 0, sizeof l->day_seen);
    l->own_least = c->least;
  }
  bool counts;
  if (!act_counts(l, c, &counts, e)) return false;
  if (!counts) return true;
  if (c->last != DAY_NONE && (l->now.last == DAY_NONE || c->last > l->now.last))
    l->now.last = c->last;
  l->now.done += c->n;
  for (size_t i = 0; i < l->parts; i++)
    if (text_is(c->part, l->out->pack->events[d->counted_event].fields[d->parts].choices[i].code))
      l->by_part[i] += c->n;
  return true;
}

bool doer_line_scan(doer_line *l, err *e) {
  if (!store_duty_scan(l->s, &l->ask, subject_add_row, l, e)) return false;
  err why = {0};
  if (!l->any || subject_finish(l, &why) || why.code == ERR_NONE) return true;
  if (e) *e = why;
  return false;
}

/* ---- who does it ---- */

/* Acts of the officer; and of who stands in for him, on those days. */
static bool set_doers(doer_line *l, const officer *o, err *e) {
  duty_line *out = l->out;
  size_t room = 0;
  duty_doer *all = ARENA_GROW(l->a, (duty_doer *)NULL, (size_t)0, &room, duty_doer);
  if (!all) return err_memory(e);
  size_t n = 0;
  all[n++] = (duty_doer){o->id, out->from, out->to};
  for (size_t i = 0; i < l->excuses.declared_count; i++) {
    const excuse *x = &l->excuses.declared[i];
    if (!uuid_equal(&x->officer, &o->id) || (x->duty[0] && strcmp(x->duty, out->duty->name) != 0))
      continue;
    if (uuid_is_nil(&x->stand_in) || out->duty->form == DUTY_SUBJECTS) continue;
    duty_doer *more = ARENA_GROW(l->a, all, n, &room, duty_doer);
    if (!more) return err_memory(e);
    all = more;
    all[n++] = (duty_doer){x->stand_in, x->since, x->until};
  }
  l->has_off = mark_away(l, &o->id, l->off);
  l->ask.doers = all;
  l->ask.doer_count = n;
  return true;
}

scope duty_scope_in(const duty_request *q, const pack *p) {
  for (size_t i = 0; q->scopes && i < q->packs->count; i++)
    if (q->packs->packs[i] == p) return q->scopes[i];
  return q->scopes ? (scope){.count = 0} : scope_all();
}

bool doer_line_begin(doer_line *l, store *s, arena *a, const duty_request *q, duty_line *ret,
                     err *e) {
  const duty *d = ret->duty;
  *l = (doer_line){.s = s, .a = a, .q = q, .out = ret};
  period_days(d->period, q->on, &ret->from, &ret->to);
  ret->provisional = d->workdays && calendar_is_provisional(q->calendar, ret->to);
  ret->why = (label){"", ""};
  l->excuses = (duty_excuses){
      .pack = ret->pack, .duty = d, .calendar = q->calendar, .from = ret->from, .to = ret->to};
  l->ask = (duty_query){.duty = d->name,
                        .on = q->on < ret->to ? q->on : ret->to,
                        .from = ret->from,
                        .to = q->on < ret->to ? q->on : ret->to};
  l->parts = d->parts < 0 ? 0 : ret->pack->events[d->counted_event].fields[d->parts].choice_count;
  if (l->parts > sizeof l->by_part / sizeof *l->by_part)
    return err_set(e, ERR_TOO_LARGE, d->name, "分项太多。", "Too many parts.");
  l->least = d->form == DUTY_LEAST ? 0 : demand_over(l, d->at_least);
  if (!excuses_load(s, a, &l->excuses, e)) return false;
  l->ask.by_owner = d->assigned_to != NULL;
  if (ret->owner) {
    l->ask.owner = ret->owner;
    l->ask.scope =
        uuid_equal(&q->self, &ret->officer->id) ? scope_all() : duty_scope_in(q, ret->pack);
    scope_add(&l->areas, ret->area);
    l->has_off = mark_away(l, &ret->officer->id, l->off);
    return true;
  }
  if (ret->officer) {
    for (size_t i = 0; i < ret->officer->post_count; i++)
      if (post_is_of(&ret->officer->posts[i], ret->pack, d->who))
        scope_add(&l->areas, ret->officer->posts[i].area);
    l->ask.scope = l->areas;
    return set_doers(l, ret->officer, e);
  }
  l->ask.root = q->subject;
  l->ask.scope = duty_scope_in(q, ret->pack);
  if (uuid_is_nil(&q->subject)) l->ask.scope = scope_within(&l->ask.scope, ret->area);
  scope_add(&l->areas, ret->area);
  return true;
}

/* ---- sums ---- */

static bool add_subject(doer_line *l, const duty_subject *x, err *e) {
  duty_line *out = l->out;
  (void)e;
  if (!uuid_is_nil(&l->q->subject) && out->duty->assigned_to) out->owner = x->owner;
  out->set++;
  if (x->state == DUTY_EXCUSED) {
    out->excused++;
    if (!out->why.zh[0]) out->why = x->why;
    return true;
  }
  if (out->duty->form != DUTY_LEAST) {
    out->done += x->done > 0;
    return true;
  }
  out->need += x->need;
  out->done += x->done < x->need ? x->done : x->need;
  if (out->duty->once_a_day && x->need - x->done >= out->days_left && x->need > x->done) l->must++;
  return true;
}

/* The whole line is excused: every day of it, or this duty by name. */
static bool all_excused(doer_line *l, label *ret_why) {
  const duty_line *out = l->out;
  const excuse *named = out->officer ? excuses_named(&l->excuses, &out->officer->id) : NULL;
  if (named && uuid_is_nil(&named->stand_in)) {
    *ret_why = (label){named->reason, named->reason};
    return true;
  }
  for (day on = out->from; on <= out->to; on++) {
    const label *here = excuses_areas(&l->excuses, &l->areas, on);
    if (!here && !(l->has_off && l->off[on - out->from])) return false;
    if (ret_why->zh[0]) continue;
    const excuse *said = here ? NULL : excuses_officer(&l->excuses, &out->officer->id, on);
    *ret_why = here ? *here : (label){said->reason, said->reason};
  }
  return true;
}

static int64_t ceil_of(int64_t rate_or_one, int64_t n) {
  __int128 all = (__int128)rate_or_one * n;
  return (int64_t)((all + RATE_ONE - 1) / RATE_ONE);
}

static void line_demand(doer_line *l) {
  duty_line *out = l->out;
  int64_t asked = out->set - out->excused, least = increased_demand(l, l->least, &l->areas);
  if (least < 0) {
    l->unknown = true;
    return;
  }
  out->need = out->duty->form == DUTY_COVERAGE ? ceil_of(least, asked)
              : least < asked                  ? least
                                               : asked;
}

bool doer_line_sum(doer_line *l, err *e) {
  duty_line *out = l->out;
  const duty *d = out->duty;
  label why = {"", ""};
  l->take = add_subject;
  out->days_left = days_left(l, &l->areas);
  if (!doer_line_scan(l, e)) return false;
  if (d->form != DUTY_LEAST) line_demand(l);
  int64_t left = out->need - out->done;
  if (l->unknown)
    out->state = DUTY_UNKNOWN;
  else if (out->set == 0)
    out->state = DUTY_NOTHING;
  else if (left <= 0 && out->need > 0)
    out->state = DUTY_DONE;
  else if (all_excused(l, &why) || left <= 0)
    out->state = DUTY_EXCUSED;
  else
    out->state = state_of(l, out->need, out->done);
  if (out->state == DUTY_EXCUSED && why.zh[0]) out->why = why;
  if (out->state != DUTY_EXCUSED && out->excused == 0) out->why = (label){"", ""};
  if (out->state == DUTY_DUE && out->days_left > 0) {
    int64_t even = (left + out->days_left - 1) / out->days_left;
    out->today = even > l->must ? even : l->must;
  }
  return true;
}
