/* Lines and subjects of duties on a day. */
#include "engine/duties/lines.h"

#include "base/ident.h"
#include "engine/duties/doer_line.h"
#include "engine/rights.h"

const char *duty_state_name(duty_state s) {
  static const char *const names[] = {"nothing", "done", "excused", "due", "overdue", "unknown"};
  return names[s];
}

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
  doer_line *l = ARENA_NEW(t->a, doer_line);
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
  if (!doer_line_begin(l, t->s, t->a, t->q, &out, e) || !doer_line_sum(l, e)) return false;
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
  const scope seen = duty_scope_in(q, p);
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
      .duty = d->name, .on = t->q->on, .scope = own ? scope_all() : duty_scope_in(t->q, p)};
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
  if (!store_duty_areas(
          t->s, t->a,
          &(duty_query){.duty = d->name, .on = t->q->on, .scope = duty_scope_in(t->q, p)}, digits,
          &areas, &count, e))
    return false;
  for (size_t i = 0; i < count; i++) {
    duty_line out = {.pack = p, .duty = d, .each = each};
    memcpy(out.area, areas[i], sizeof out.area);
    /* the rest of the village is another zone's, and its line nobody's here */
    const scope seen = duty_scope_in(t->q, p);
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

static bool page_add_subject(doer_line *l, const duty_subject *x, err *e) {
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
  doer_line *l = ARENA_NEW(a, doer_line);
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
  if (!doer_line_begin(l, s, a, q, &of, e)) return false;
  if (!of.officer) l->ask.scope = duty_scope_in(q, of.pack);
  if (after) {
    l->ask.has_after = true;
    memcpy(l->ask.after_area, after->area, sizeof after->area);
    l->ask.after_root = after->root;
  }
  l->take = page_add_subject;
  if (!doer_line_scan(l, e)) return false;
  *ret = (duty_subject_page){l->rows, l->count, l->more};
  return true;
}
