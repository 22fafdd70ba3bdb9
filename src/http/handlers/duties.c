/* Duties: what is due, done, excused, overdue; the subjects behind a line. */
#include "engine/duties/lines.h"
#include "http/handlers.h"

#include <stdio.h>

static bool read_uuid(request *q, const char *key, uuid *out) {
  text s = request_query(q, key);
  *out = (uuid){0};
  if (!s.bytes || uuid_parse(s, out)) return true;
  if (text_is(s, "me")) {
    *out = q->who.officer->id;
    return true;
  }
  request_problem(q, ERR_BAD_INPUT, key, "这里要一个 UUID。", "A UUID is needed here.");
  return false;
}

static bool read_state(request *q, int *out) {
  text s = request_query(q, "state");
  *out = -1;
  if (!s.bytes) return true;
  for (int i = DUTY_NOTHING; i <= DUTY_UNKNOWN; i++)
    if (text_is(s, duty_state_name((duty_state)i))) *out = i;
  if (*out >= 0) return true;
  request_problem(q, ERR_BAD_INPUT, "state", "没有这种状态。", "There is no such state.");
  return false;
}

/* The programmes an officer works in: those whose roles he holds. Who holds none (an administrator)
 * sees all. */
static const catalog *own_packs(request *q) {
  const catalog *all = request_packs(q);
  catalog *own = ARENA_NEW(q->a, catalog);
  if (!own) return all;
  for (size_t i = 0; i < all->count; i++)
    for (size_t k = 0; k < q->who.actor.post_count; k++) {
      const char *name = q->who.actor.posts[k].role;
      if (strcmp(name, "admin") == 0 || !pack_role(all->packs[i], text_of(name))) continue;
      own->packs[own->count++] = all->packs[i];
      break;
    }
  return own->count ? own : all;
}

static bool read_asking(request *q, duty_request *x) {
  *x = (duty_request){.packs = own_packs(q),
                      .calendar = engine_calendar(request_engine(q)),
                      .today = request_today(),
                      .reach = query_reach(q),
                      .self = q->who.officer->id,
                      .duty = request_query(q, "duty"),
                      .limit = query_limit(q)};
  if (!query_day(q, "day", x->today, &x->on) || !read_uuid(q, "officer", &x->officer) ||
      !read_uuid(q, "subject", &x->subject) || !read_state(q, &x->state))
    return false;
  if (x->on <= x->today) return true;
  request_problem(q, ERR_BAD_INPUT, "day", "日期不能晚于今天。",
                  "The day may not be later than today.");
  return false;
}

/* ---- lines ---- */

static void put_line(request *q, json_out *w, const duty_line *l) {
  static const char *const forms[] = {"least", "subjects", "coverage"};
  const duty *d = l->duty;
  json_open(w, '{');
  put_str(w, "pack", l->pack->name);
  put_str(w, "duty", d->name);
  put_label(w, "title", d->title);
  put_str(w, "kind", l->pack->kinds[d->of].name);
  put_str(w, "event", l->pack->events[d->by].name);
  put_str(w, "period", period_name(d->period));
  put_day(w, "from", l->from);
  put_day(w, "to", l->to);
  put_str(w, "form", forms[d->form]);
  put_str(w, "each", duty_each_name(l->each));
  put_uuid(w, "officer", l->officer ? &l->officer->id : &(uuid){0});
  put_str(w, "officer_name", l->officer ? l->officer->name : NULL);
  put_str(w, "area", l->area);
  put_str(w, "area_name", l->area[0] ? area_name(q, l->area) : "");
  put_int(w, "set", l->set);
  put_int(w, "need", l->need);
  put_int(w, "done", l->done);
  put_int(w, "excused", l->excused);
  put_int(w, "today", l->today);
  put_int(w, "days_left", l->days_left);
  put_str(w, "state", duty_state_name(l->state));
  put_label(w, "why", l->why);
  json_close(w, '}');
}

static bool read_skip(request *q, size_t *out) {
  text s = request_query(q, "cursor");
  int64_t n = 0;
  *out = 0;
  if (s.bytes && (!text_to_int(s, &n) || n < 0)) {
    request_problem(q, ERR_BAD_INPUT, "cursor", "翻页标记不对，请从第一页开始。",
                    "The cursor is wrong; start from the first page.");
    return false;
  }
  *out = (size_t)n;
  return true;
}

void handle_duties(request *q) {
  duty_request x;
  duty_line *lines = NULL;
  size_t count = 0, next = 0;
  err e;
  if (!read_asking(q, &x) || !read_skip(q, &x.skip)) return;
  if (!duty_lines(request_store(q), q->a, &x, &lines, &count, &next, &e)) {
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  put_day(&w, "day", x.on);
  put_day(&w, "today", x.today);
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) put_line(q, &w, &lines[i]);
  json_close(&w, ']');
  json_key(&w, "next");
  if (next)
    json_put_str(&w, arena_printf(q->a, "%zu", next));
  else
    json_put_null(&w);
  json_close(&w, '}');
}

/* ---- subjects ---- */

/* "AREA.ID" of the last row seen. */
static bool read_after(request *q, duty_subject *out, bool *any) {
  text c = request_query(q, "cursor");
  *any = c.bytes > 0;
  if (!*any) return true;
  if (c.bytes == 12 + 1 + 36 && uuid_parse((text){c.at + 13, 36}, &out->root)) {
    memcpy(out->area, c.at, 12);
    out->area[12] = 0;
    return true;
  }
  request_problem(q, ERR_BAD_INPUT, "cursor", "翻页标记不对，请从第一页开始。",
                  "The cursor is wrong; start from the first page.");
  return false;
}

void handle_duty_subjects(request *q) {
  duty_request x;
  duty_subject after = {0}, *rows = NULL;
  size_t count = 0;
  bool any, more = false;
  const pack *p = NULL;
  err e;
  if (!read_asking(q, &x) || !read_after(q, &after, &any)) return;
  x.duty = q->params[0];
  if (!duty_subjects(request_store(q), q->a, &x, any ? &after : NULL, &rows, &count, &more, &e)) {
    request_fail(q, &e);
    return;
  }
  const duty *d = catalog_duty(x.packs, x.duty, &p);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  put_day(&w, "day", x.on);
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) {
    const duty_subject *s = &rows[i];
    json_open(&w, '{');
    put_ref(q, &w, p->kinds[d->of].name, &s->root, &s->root, s->area);
    put_int(&w, "need", s->need);
    put_int(&w, "done", s->done);
    put_day(&w, "last", s->last);
    put_day(&w, "since", s->since);
    put_str(&w, "state", duty_state_name(s->state));
    put_label(&w, "why", s->why);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_key(&w, "next");
  if (more) {
    char id[37];
    uuid_format(&rows[count - 1].root, id);
    json_put_str(&w, arena_printf(q->a, "%s.%s", rows[count - 1].area, id));
  } else {
    json_put_null(&w);
  }
  json_close(&w, '}');
}
