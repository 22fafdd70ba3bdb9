/* Lines and subjects of duties on a day. */
#include "engine/duties/lines.h"

#include "base/ident.h"
#include "base/money.h"
#include "engine/duties/excuses.h"
#include "engine/duties/owners.h"
#include "engine/eval/record.h"
#include "engine/rights.h"

#include <stdlib.h>

const char *duty_state_name(duty_state s) {
  static const char *const names[] = {"nothing", "done", "excused", "due", "overdue", "unknown"};
  return names[s];
}

value duty_eval_parameters(const pack *p, const duty *d, const cel_program *x, arena *a, day on) {
  const lone_record r = {.scope = &d->parameters, .pack = p, .on = on, .now = {.today = on}};
  return eval_record(a, &r, x);
}

/* ---- one doer's line in the making ---- */

/* An owner as he was looked up, with the days on which he is away. */
typedef struct known_owner {
  const char *key;
  duty_owner who;
  bool off[PERIOD_DAYS_MAX], has_off;
} known_owner;

typedef struct line {
  store *s;
  arena *a;
  const duty_request *q;
  duty_line *out;
  duty_query ask;
  duty_excuses excuses;
  scope areas;               /* where the doer works */
  bool off[PERIOD_DAYS_MAX]; /* the officer is away, and nobody stands in */
  bool has_off;
  int64_t least; /* over parameters; −1: unknown */
  size_t parts;  /* choices that count by themselves; 0: none */
  int64_t must;  /* subjects that leave no day to spare */
  bool unknown;
  /* the subject whose rows are being read */
  duty_subject now;
  int64_t by_part[64];
  int64_t own_least;
  bool any;
  /* where subjects are assigned */
  known_owner *owners;
  size_t owner_count, owner_room;
  bool day_seen[PERIOD_DAYS_MAX]; /* of a subject that is nobody's */
  /* where finished subjects go; false with no error: enough */
  bool (*take)(struct line *l, const duty_subject *x, err *e);
  duty_subject *rows;
  size_t count, room;
  bool more;
} line;

static bool is_over(const line *l) {
  return l->out->to < l->q->today && l->q->on >= l->out->to;
}

static int64_t demand_over(line *l, const cel_program *x) {
  value v = duty_eval_parameters(l->out->pack, l->out->duty, x, l->a, l->out->from);
  return v.type == VALUE_INT && v.i >= 0 ? v.i : -1;
}

/* The demand with what increases it around these areas. */
static int64_t increased_demand(line *l, int64_t least, const scope *around) {
  const duty *d = l->out->duty;
  for (size_t i = 0; least >= 0 && i < d->increase_count; i++) {
    if (!excuses_increased(&l->excuses, d->increases[i].condition, around, l->q->on)) continue;
    int64_t more = demand_over(l, d->increases[i].at_least);
    if (more > least) least = more;
  }
  return least;
}

static int days_left(line *l, const scope *around) {
  int n = 0;
  for (day on = l->q->on; on <= l->out->to; on++)
    n += !excuses_areas(&l->excuses, around, on) && !(l->has_off && l->off[on - l->out->from]);
  return n;
}

static duty_state state_of(const line *l, int64_t need, int64_t done) {
  return done >= need ? DUTY_DONE : is_over(l) ? DUTY_OVERDUE : DUTY_DUE;
}

/* ---- whose it is ---- */

/* Days on which an officer is away and nobody stands in. */
static bool mark_away(const line *l, const uuid *who, bool off[PERIOD_DAYS_MAX]) {
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

static known_owner *owner_of(line *l, text key, err *e) {
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
static bool does_it(const line *l, const known_owner *x, const uuid *doer, day on) {
  if (duty_owner_is(&x->who, doer)) return true;
  const uuid away = duty_owner_id(&x->who);
  for (size_t i = 0; i < l->excuses.declared_count; i++)
    if (excuse_stands_in(&l->excuses.declared[i], l->out->duty, &away, doer, on)) return true;
  return false;
}

/* Of an assigned subject counts what its owner did, on any day of the period, and what an earlier
 * one did while it was his. Of one that is nobody's, everybody's. */
static bool act_counts(line *l, const duty_count *c, bool *ret, err *e) {
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
static bool subject_finish(line *l, err *e) {
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
  line *l = context;
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

static bool scan_acts(line *l, err *e) {
  if (!store_duty_scan(l->s, &l->ask, subject_add_row, l, e)) return false;
  err why = {0};
  if (!l->any || subject_finish(l, &why) || why.code == ERR_NONE) return true;
  if (e) *e = why;
  return false;
}

/* ---- who does it ---- */

/* Acts of the officer; and of who stands in for him, on those days. */
static bool set_doers(line *l, const officer *o, err *e) {
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

/* Where who asks sees every subject of a pack. */
static scope scope_in(const duty_request *q, const pack *p) {
  for (size_t i = 0; q->scopes && i < q->packs->count; i++)
    if (q->packs->packs[i] == p) return q->scopes[i];
  return q->scopes ? (scope){.count = 0} : scope_all();
}

static bool begin_line(line *l, store *s, arena *a, const duty_request *q, duty_line *ret, err *e) {
  const duty *d = ret->duty;
  *l = (line){.s = s, .a = a, .q = q, .out = ret};
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
    l->ask.scope = uuid_equal(&q->self, &ret->officer->id) ? scope_all() : scope_in(q, ret->pack);
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
  l->ask.scope = scope_in(q, ret->pack);
  if (uuid_is_nil(&q->subject)) l->ask.scope = scope_within(&l->ask.scope, ret->area);
  scope_add(&l->areas, ret->area);
  return true;
}

/* ---- sums ---- */

static bool add_subject(line *l, const duty_subject *x, err *e) {
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
static bool all_excused(line *l, label *ret_why) {
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

static void line_demand(line *l) {
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

static bool sum_line(line *l, err *e) {
  duty_line *out = l->out;
  const duty *d = out->duty;
  label why = {"", ""};
  l->take = add_subject;
  out->days_left = days_left(l, &l->areas);
  if (!scan_acts(l, e)) return false;
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

/* ---- all lines ---- */

typedef struct listing {
  store *s;
  arena *a;
  const duty_request *q;
  officer *officers;
  size_t officer_count;
  duty_line *rows;
  size_t count, room, passed;
  bool full;
} listing;

static duty_each each_now(const pack *p, const duty *d, arena *a, day on) {
  if (!d->alternative_when) return d->each;
  value v = duty_eval_parameters(p, d, d->alternative_when, a, on);
  return v.type == VALUE_BOOL && v.yes ? d->alternative_each : d->each;
}

static bool list_line(listing *t, duty_line out, err *e) {
  line *l = ARENA_NEW(t->a, line);
  if (t->full) return true;
  if (t->passed < t->q->skip) {
    t->passed++;
    return true;
  }
  if (t->count == t->q->limit) {
    t->full = true;
    return true;
  }
  if (!l) return err_memory(e);
  if (!begin_line(l, t->s, t->a, t->q, &out, e) || !sum_line(l, e)) return false;
  t->passed++;
  if (t->q->state >= 0 && out.state != (duty_state)t->q->state) return true;
  duty_line *more = ARENA_GROW(t->a, t->rows, t->count, &t->room, duty_line);
  if (!more) return err_memory(e);
  t->rows = more;
  t->rows[t->count++] = out;
  return true;
}

/* His own; and of those who work nowhere but within scope. */
static bool may_see(const duty_request *q, const pack *p, const duty *d, const officer *o) {
  if (!uuid_is_nil(&q->officer) && !uuid_equal(&q->officer, &o->id)) return false;
  size_t posts = 0, inside = 0;
  const scope seen = scope_in(q, p);
  for (size_t i = 0; i < o->post_count; i++) {
    if (!post_is_of(&o->posts[i], p, d->who)) continue;
    char lo[13], hi[13];
    posts++;
    area_code_range(o->posts[i].area, lo, hi);
    for (size_t k = 0; k < seen.count; k++)
      if (strcmp(seen.areas[k].lo, lo) <= 0 && strcmp(hi, seen.areas[k].hi) <= 0) {
        inside++;
        break;
      }
  }
  return posts && (inside == posts || uuid_equal(&q->self, &o->id));
}

static bool list_officers(listing *t, const pack *p, const duty *d, err *e) {
  for (size_t i = 0; i < t->officer_count; i++) {
    const officer *o = &t->officers[i];
    if (!may_see(t->q, p, d, o)) continue;
    duty_line out = {.pack = p, .duty = d, .each = EACH_OFFICER, .officer = o};
    for (size_t k = o->post_count; k-- > 0;)
      if (post_is_of(&o->posts[k], p, d->who)) memcpy(out.area, o->posts[k].area, sizeof out.area);
    if (!list_line(t, out, e)) return false;
  }
  return true;
}

/* An owner as a doer; one without an account has no login and no posts. */
static bool owner_as_doer(listing *t, const pack *p, const duty_owner_row *row, officer **ret,
                          err *e) {
  duty_owner who;
  officer *o = NULL;
  if (!duty_owner_find(t->s, t->a, p, text_of(row->owner), &who, e) ||
      (!uuid_is_nil(&who.officer) && !store_officer_find(t->s, t->a, &who.officer, &o, e)))
    return false;
  officer *one = ARENA_NEW(t->a, officer);
  if (!one) return err_memory(e);
  *one = o ? *o : (officer){.login = ""};
  one->id = duty_owner_id(&who);
  one->name = who.name;
  *ret = duty_owner_is(&who, &t->q->officer) || uuid_is_nil(&t->q->officer) ? one : NULL;
  return true;
}

/* A line for each whose subjects they are. */
static bool list_owners(listing *t, const pack *p, const duty *d, err *e) {
  duty_owner_row *rows = NULL;
  size_t count = 0;
  bool own = !uuid_is_nil(&t->q->self) && uuid_equal(&t->q->self, &t->q->officer);
  duty_query all = {
      .duty = d->name, .on = t->q->on, .scope = own ? scope_all() : scope_in(t->q, p)};
  if (!store_duty_owners(t->s, t->a, &all, &rows, &count, e)) return false;
  for (size_t i = 0; i < count && !t->full; i++) {
    officer *o = NULL;
    if (!owner_as_doer(t, p, &rows[i], &o, e)) return false;
    if (!o) continue;
    duty_line out = {
        .pack = p, .duty = d, .each = EACH_OFFICER, .officer = o, .owner = rows[i].owner};
    memcpy(out.area, rows[i].area, sizeof out.area);
    if (!list_line(t, out, e)) return false;
  }
  return true;
}

static bool list_teams(listing *t, const pack *p, const duty *d, duty_each each, err *e) {
  char(*areas)[13] = NULL;
  size_t count = 0, digits = each == EACH_VILLAGE ? 12 : each == EACH_TOWN ? 9 : 6;
  if (!uuid_is_nil(&t->q->officer)) return true;
  if (!store_duty_areas(t->s, t->a,
                        &(duty_query){.duty = d->name, .on = t->q->on, .scope = scope_in(t->q, p)},
                        digits, &areas, &count, e))
    return false;
  for (size_t i = 0; i < count; i++) {
    duty_line out = {.pack = p, .duty = d, .each = each};
    memcpy(out.area, areas[i], sizeof out.area);
    /* the rest of the village is another zone's, and its line nobody's here */
    const scope seen = scope_in(t->q, p);
    if (scope_within(&seen, out.area).count == 0) continue;
    if (!list_line(t, out, e)) return false;
  }
  return true;
}

static bool list_subject(listing *t, const pack *p, const duty *d, err *e) {
  duty_line out = {.pack = p, .duty = d, .each = each_now(p, d, t->a, t->q->on)};
  size_t before = t->count;
  if (!list_line(t, out, e)) return false;
  if (t->count > before && t->rows[before].state == DUTY_NOTHING) t->count--;
  return true;
}

static bool list_duty(listing *t, const pack *p, const duty *d, err *e) {
  if (!uuid_is_nil(&t->q->subject)) return list_subject(t, p, d, e);
  duty_each each = each_now(p, d, t->a, t->q->on);
  if (each != EACH_OFFICER && !list_teams(t, p, d, each, e)) return false;
  if (d->assigned_to) return list_owners(t, p, d, e);
  return each != EACH_OFFICER || list_officers(t, p, d, e);
}

bool duty_lines(store *s, arena *a, const duty_request *q, duty_line_page *ret, err *e) {
  listing t = {.s = s, .a = a, .q = q};
  if (!store_officers_on(s, a, q->on, uuid_is_nil(&q->officer) ? NULL : &q->officer, &t.officers,
                         &t.officer_count, e))
    return false;
  for (size_t p = 0; p < q->packs->count; p++)
    for (size_t i = 0; i < q->packs->packs[p]->duty_count; i++) {
      const duty *d = &q->packs->packs[p]->duties[i];
      if (q->duty.bytes && !text_is(q->duty, d->name)) continue;
      if (!list_duty(&t, q->packs->packs[p], d, e)) return false;
    }
  *ret = (duty_line_page){t.rows, t.count, t.full ? t.passed : 0};
  return true;
}

/* ---- subjects of one duty ---- */

static bool page_add_subject(line *l, const duty_subject *x, err *e) {
  if (l->q->state >= 0 && x->state != (duty_state)l->q->state) return true;
  if (l->count == l->q->limit) {
    l->more = true;
    if (e) e->code = ERR_NONE;
    return false;
  }
  duty_subject *rows = ARENA_GROW(l->a, l->rows, l->count, &l->room, duty_subject);
  if (!rows) return err_memory(e);
  l->rows = rows;
  l->rows[l->count++] = *x;
  return true;
}

static const officer *officer_on(store *s, arena *a, const duty_request *q, err *e) {
  officer *all = NULL;
  size_t count = 0;
  if (!store_officers_on(s, a, q->on, &q->officer, &all, &count, e)) return NULL;
  if (count) return all;
  err_set(e, ERR_UNKNOWN_NAME, "officer", "那一天没有这位工作人员。",
          "There was no such officer on that day.");
  return NULL;
}

/* q->officer as whose subjects are asked for: an officer, or a person by his record. */
static bool owner_asked(store *s, arena *a, const duty_request *q, duty_line *of, err *e) {
  officer *o = ARENA_NEW(a, officer);
  if (!o) return err_memory(e);
  if (!duty_owner_key(s, a, of->pack, &q->officer, &of->owner, e)) return false;
  if (!of->owner) of->owner = "\n"; /* nobody's key: an empty list */
  *o = (officer){.id = q->officer, .login = "", .name = of->owner};
  of->officer = o;
  return true;
}

bool duty_subjects(store *s, arena *a, const duty_request *q, const duty_subject *after,
                   duty_subject_page *ret, err *e) {
  line *l = ARENA_NEW(a, line);
  duty_line of = {0};
  if (!l) return err_memory(e);
  of.duty = catalog_duty(q->packs, q->duty, &of.pack);
  if (!of.duty)
    return err_set(e, ERR_UNKNOWN_NAME, "duty", "没有这项任务。", "There is no such duty.");
  if (!uuid_is_nil(&q->officer) && of.duty->assigned_to) {
    if (!owner_asked(s, a, q, &of, e)) return false;
  } else if (!uuid_is_nil(&q->officer)) {
    of.officer = officer_on(s, a, q, e);
    if (!of.officer) return false;
    if (!may_see(q, of.pack, of.duty, of.officer))
      return err_set(e, ERR_UNKNOWN_NAME, "officer",
                     "这位工作人员没有这项任务，或者不在您的管辖范围内。",
                     "This officer does not have the duty, or works outside your areas.");
  }
  if (!begin_line(l, s, a, q, &of, e)) return false;
  if (!of.officer) l->ask.scope = scope_in(q, of.pack);
  if (after) {
    l->ask.has_after = true;
    memcpy(l->ask.after_area, after->area, sizeof after->area);
    l->ask.after_root = after->root;
  }
  l->take = page_add_subject;
  if (!scan_acts(l, e)) return false;
  *ret = (duty_subject_page){l->rows, l->count, l->more};
  return true;
}
