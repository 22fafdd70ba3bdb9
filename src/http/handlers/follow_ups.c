/* Follow-ups: what is expected after something was recorded, whose it is, whether it came. */
#include "engine/duties/follow_ups.h"

#include "engine/duties/owners.h"
#include "engine/eval/display.h"
#include "http/handlers.h"
#include "pack/model/reads.h"

/* Why it is not done, as was said last; NULL: nobody said. */
static const excuse *said_of(const follow_up_row *x, const excuse *all, size_t count) {
  const excuse *last = NULL;
  for (size_t i = 0; i < count; i++)
    if (uuid_equal(&all[i].root, &x->root) && strcmp(all[i].duty, x->name) == 0 &&
        all[i].until >= x->on && (!last || all[i].seq > last->seq))
      last = &all[i];
  return last;
}

static const kind *kind_of(const pack *p, const follow_up *f, const follow_up_row *x) {
  if (uuid_equal(&x->subject, &x->root)) return &p->kinds[f->of];
  int about = f->after >= 0 ? p->events[f->after].about : p->measures[f->after_measure].of;
  return &p->kinds[about];
}

static void put_money(json_out *w, const char *key, bool known, int64_t fen) {
  json_key(w, key);
  if (known)
    json_put_int(w, fen);
  else
    json_put_null(w);
}

static bool put_owner(request *q, json_out *w, const pack *p, const follow_up_row *x, err *e) {
  duty_owner who = {.officer = x->officer};
  if (x->owner[0] && !duty_owner_find(request_store(q), q->a, p, text_of(x->owner), &who, e))
    return false;
  uuid id = duty_owner_id(&who);
  json_field_uuid(w, "owner", &id);
  json_field_str(w, "owner_name",
                 x->owner[0]        ? who.name
                 : uuid_is_nil(&id) ? NULL
                                    : view_officer_name(q, &id));
  return true;
}

static bool put_follow_up(request *q, json_out *w, const follow_up_row *x, const excuse *said,
                          size_t said_count, err *e) {
  const pack *p = NULL;
  const follow_up *f = catalog_follow_up(request_packs(q), text_of(x->name), &p);
  if (!f || strcmp(p->name, x->pack) != 0) return true; /* of a version before */
  const sight s = request_sight(q, p, x->area, &x->root);
  const how_shown how = sight_of(&s, reads_of_follow_up(p, f));
  const bool tells = how == SHOWN_CLEAR;
  if (how == SHOWN_NOT) return true;
  const excuse *why = said_of(x, said, said_count);
  const kind *k = kind_of(p, f, x);
  day today = request_today();
  json_open(w, '{');
  json_field_str(w, "pack", p->name);
  json_field_str(w, "name", f->name);
  json_field_label(w, "title", f->title);
  json_field_uuid(w, "id", &x->id);
  view_ref(q, w, k->name, &x->subject, &x->root, x->area);
  json_field_text(w, "what", tells ? x->what : TEXT(FIELD_STARS));
  json_field_day(w, "on", x->on);
  json_field_day(w, "from", x->since);
  json_field_day(w, "due", x->due);
  json_field_str(w, "state", follow_up_state_name(follow_up_state_on(x, today)));
  json_field_int(w, "late", x->due != DAY_NONE && today > x->due ? today - x->due : 0);
  if (!put_owner(q, w, p, x, e)) return false;
  put_money(w, "expected", tells && x->has_expected, x->expected);
  put_money(w, "actual", tells && x->has_actual, x->actual);
  json_field_uuid(w, "done", &x->done);
  json_field_day(w, "done_on", x->done_on);
  json_field_str(w, "done_by", p->events[f->done_by].name);
  json_field_str(w, "names", f->names < 0 ? NULL : p->events[f->done_by].fields[f->names].name);
  json_field_str(w, "why", why ? why->reason : NULL);
  json_close(w, '}');
  return true;
}

static bool put_all(request *q, json_out *w, const follow_up_row *rows, size_t count, err *e) {
  excuse *said = NULL;
  size_t said_count = 0;
  day first = request_today(), last = request_today();
  for (size_t i = 0; i < count; i++)
    if (rows[i].on < first) first = rows[i].on;
  if (count && !store_excuses(request_store(q), q->a, first, last, &said, &said_count, e))
    return false;
  for (size_t i = 0; i < count; i++)
    if (!put_follow_up(q, w, &rows[i], said, said_count, e)) return false;
  return true;
}

bool follow_ups_put_of_unit(request *q, json_out *w, const uuid *root, err *e) {
  follow_up_row *rows = NULL;
  size_t count = 0;
  if (!store_follow_ups_of(request_store(q), q->a, root, &rows, &count, e)) return false;
  json_field_open(w, "follow_ups", '[');
  if (!put_all(q, w, rows, count, e)) return false;
  json_close(w, ']');
  return true;
}

/* The owner that is asked for, as the first pack knows him that has such things. */
static bool read_owner(request *q, follow_up_query *x, err *e) {
  if (!query_uuid(q, "officer", &x->officer, e)) return false;
  x->owned = !uuid_is_nil(&x->officer);
  const catalog *packs = request_packs(q);
  for (size_t i = 0; x->owned && !x->owner && i < packs->count; i++)
    if (packs->packs[i]->follow_up_count &&
        !duty_owner_key(request_store(q), q->a, packs->packs[i], &x->officer, &x->owner, e))
      return false;
  return true;
}

static page_cursor cursor_behind(const follow_up_row *x) {
  return (page_cursor){.on = x->due, .id = x->id, .name = text_of(x->name)};
}

bool handle_follow_ups(request *q, err *e) {
  static const char parts[] = "on.id.name";
  page_cursor c;
  follow_up_row *rows = NULL;
  size_t count = 0, shown = 0;
  follow_up_query x = {.reach = &q->who.reach, .on = request_today()};
  text state = query_text(q, "state");
  if (!page_read(q, parts, &c, e) || !query_scope(q, &x.scope, e) || !read_owner(q, &x, e))
    return false;
  if (state.bytes && !text_is(state, "open") && !text_is(state, "all"))
    return err_set(e, ERR_BAD_INPUT, "state", "state 只能是 open 或 all。",
                   "state is open or all.");
  x.open = !text_is(state, "all");
  x.has_after = c.given;
  x.after_due = c.on;
  x.after_id = c.id;
  x.after_name = arena_copy(q->a, c.name.at, c.name.bytes);
  if (!x.after_name) return err_memory(e);
  size_t limit = query_limit(q);
  x.limit = limit + 1;
  if (!store_follow_ups(request_store(q), q->a, &x, &rows, &count, e)) return false;
  size_t taken = count < limit ? count : limit;
  const follow_up_row last = taken ? rows[taken - 1] : (follow_up_row){0};
  for (size_t i = 0; i < taken; i++) {
    bool mine = !x.owned;
    if (!mine && !scope_has_unit(request_store(q), &x.scope, rows[i].area, &rows[i].root, &mine, e))
      return false;
    if (mine) rows[shown++] = rows[i];
  }
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  if (!put_all(q, &w, rows, shown, e)) return false;
  page_cursor next = {0};
  if (count > limit) next = cursor_behind(&last);
  page_end(&w, parts, count > limit ? &next : NULL);
  return true;
}
