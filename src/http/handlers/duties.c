/* Duties: what is due, done, excused, overdue; the subjects behind a line. */
#include "base/ident.h"
#include "engine/duties/lines.h"
#include "http/handlers.h"

static bool read_state(request *q, int *ret, err *e) {
  text s = query_text(q, "state");
  *ret = -1;
  if (!s.bytes) return true;
  for (int i = DUTY_NOTHING; i <= DUTY_UNKNOWN; i++)
    if (text_is(s, duty_state_name((duty_state)i))) *ret = i;
  if (*ret >= 0) return true;
  return err_set(e, ERR_BAD_INPUT, "state", "没有这种状态。", "There is no such state.");
}

/* The packs of which an officer sees something, and where he sees all of it, within ?area=. */
static bool own_packs(request *q, duty_request *x, err *e) {
  const catalog *all = request_packs(q);
  catalog *own = ARENA_NEW(q->a, catalog);
  scope *scopes = ARENA_ARRAY(q->a, CATALOG_MAX, scope);
  text asked = query_text(q, "area");
  char code[13];
  if (!own || !scopes) return err_memory(e);
  if (asked.bytes && !area_code_check(asked, code, e)) return err_within(e, "area");
  for (size_t i = 0; i < all->count; i++) {
    bool sees = false;
    for (size_t k = 0; k < q->who.reach.count; k++)
      sees |= q->who.reach.parts[k].pack == all->packs[i];
    if (!sees) continue;
    scope seen = actor_scope_in(&q->who.actor, all, all->packs[i]);
    scopes[own->count] = asked.bytes ? scope_within(&seen, code) : seen;
    own->packs[own->count++] = all->packs[i];
  }
  x->packs = own;
  x->scopes = scopes;
  return true;
}

/* One subject is asked about by whoever sees it; otherwise there is nothing to tell. */
static bool ask_subject(request *q, duty_request *x, err *e) {
  bool sees = false;
  for (size_t p = 0; p < x->packs->count && !sees; p++)
    for (size_t i = 0; i < x->packs->packs[p]->kind_count && !sees; i++) {
      const kind *k = &x->packs->packs[p]->kinds[i];
      record *r = NULL;
      if (k->parent >= 0 || !reach_has_kind(&q->who.reach, k)) continue;
      if (!store_subject_find(request_store(q), q->a, k, &x->subject, NULL, &r, e) ||
          (r && !request_sees(q, k, &r->id, r->area, &sees, e)))
        return false;
    }
  if (sees)
    x->scopes = NULL;
  else
    x->packs = ARENA_NEW(q->a, catalog);
  return x->packs || err_memory(e);
}

/* Whoever sees only what is his asks for his own lines, and no other's. */
static void ask_own(duty_request *x) {
  bool any = !x->scopes;
  for (size_t i = 0; i < x->packs->count && !any; i++) any = x->scopes[i].count > 0;
  if (!any && uuid_is_nil(&x->officer)) x->officer = x->self;
}

static bool read_duty_query(request *q, duty_request *x, err *e) {
  *x = (duty_request){.calendar = engine_calendar(request_engine(q)),
                      .today = request_today(),
                      .self = q->who.officer->id,
                      .duty = query_text(q, "duty"),
                      .limit = query_limit(q)};
  if (!own_packs(q, x, e) || !query_day(q, "day", x->today, &x->on, e) ||
      !query_uuid(q, "officer", &x->officer, e) || !query_uuid(q, "subject", &x->subject, e) ||
      !read_state(q, &x->state, e) || (!uuid_is_nil(&x->subject) && !ask_subject(q, x, e)))
    return false;
  ask_own(x);
  if (x->on <= x->today) return true;
  return err_set(e, ERR_BAD_INPUT, "day", "日期不能晚于今天。",
                 "The day may not be later than today.");
}

/* ---- lines ---- */

static void put_line(request *q, json_out *w, const duty_line *l) {
  static const char *const forms[] = {"least", "subjects", "coverage"};
  const duty *d = l->duty;
  json_open(w, '{');
  json_field_str(w, "pack", l->pack->name);
  json_field_str(w, "duty", d->name);
  json_field_label(w, "title", d->title);
  json_field_str(w, "kind", l->pack->kinds[d->of].name);
  json_field_str(w, "event", l->pack->events[d->counted_event].name);
  json_field_str(w, "period", period_name(d->period));
  json_field_day(w, "from", l->from);
  json_field_day(w, "to", l->to);
  json_field_str(w, "form", forms[d->form]);
  json_field_str(w, "each", duty_each_name(l->each));
  json_field_uuid(w, "officer", l->officer ? &l->officer->id : &(uuid){0});
  json_field_str(w, "officer_name", l->officer ? l->officer->name : l->owner);
  json_field_str(w, "area", l->area);
  json_field_str(w, "area_name", l->area[0] ? view_area_name_on(q, l->area, l->to) : "");
  json_field_bool(w, "assigned", l->owner != NULL);
  json_field_int(w, "set", l->set);
  json_field_int(w, "need", l->need);
  json_field_int(w, "done", l->done);
  json_field_int(w, "excused", l->excused);
  json_field_int(w, "today", l->today);
  json_field_int(w, "days_left", l->days_left);
  json_field_bool(w, "provisional", l->provisional);
  json_field_str(w, "state", duty_state_name(l->state));
  json_field_label(w, "why", l->why);
  json_close(w, '}');
}

bool handle_duties(request *q, err *e) {
  static const char parts[] = "number";
  duty_request x;
  page_cursor c;
  duty_line_page found;
  if (!read_duty_query(q, &x, e) || !page_read(q, parts, &c, e)) return false;
  x.skip = (size_t)c.number;
  if (!duty_lines(request_store(q), q->a, &x, &found, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_day(&w, "day", x.on);
  json_field_day(&w, "today", x.today);
  page_begin(&w);
  for (size_t i = 0; i < found.count; i++) put_line(q, &w, &found.rows[i]);
  c.number = (int64_t)found.next;
  page_end(&w, parts, found.next ? &c : NULL);
  return true;
}

/* ---- subjects ---- */

static void put_duty_subject(request *q, json_out *w, const duty_subject *s, const kind *k) {
  json_open(w, '{');
  view_ref(q, w, k->name, &s->root, &s->root, s->area);
  json_field_str(w, "owner", s->owner);
  json_field_int(w, "need", s->need);
  json_field_int(w, "done", s->done);
  json_field_day(w, "last", s->last);
  json_field_day(w, "since", s->since);
  json_field_str(w, "state", duty_state_name(s->state));
  json_field_label(w, "why", s->why);
  json_close(w, '}');
}

bool handle_duty_subjects(request *q, err *e) {
  static const char parts[] = "area.id";
  duty_request x;
  page_cursor c;
  duty_subject_page found;
  const pack *p = NULL;
  if (!read_duty_query(q, &x, e) || !page_read(q, parts, &c, e)) return false;
  duty_subject after = {.root = c.id};
  memcpy(after.area, c.area, sizeof after.area);
  x.duty = q->params[0];
  if (!duty_subjects(request_store(q), q->a, &x, c.given ? &after : NULL, &found, e)) return false;
  const duty *d = catalog_duty(x.packs, x.duty, &p);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_day(&w, "day", x.on);
  page_begin(&w);
  for (size_t i = 0; i < found.count; i++)
    put_duty_subject(q, &w, &found.rows[i], &p->kinds[d->of]);
  if (found.more) {
    const duty_subject *last = &found.rows[found.count - 1];
    memcpy(c.area, last->area, sizeof c.area);
    c.id = last->root;
  }
  page_end(&w, parts, found.more ? &c : NULL);
  return true;
}
