/* One case on its way: its day, its unit, what differs. */
#include "packtest/case_run.h"

#include "base/ident.h"
#include "base/json_map.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

enum { DAY_MS = 86400000, ZONE_MS = 8 * 3600000, DESK_OPENS_MS = 9 * 3600000 };

static int64_t midnight(day d) {
  return (int64_t)d * DAY_MS - ZONE_MS;
}

void case_differs(case_run *p, const yaml *at, const char *format, ...) {
  char where[ERR_WHERE_MAX], on[11] = "";
  if (p->today != DAY_NONE) day_format(p->today, on);
  char *text_at = NULL;
  va_list list;
  va_start(list, format);
  int n = vasprintf(&text_at, format, list);
  va_end(list);
  buf_printf(p->says, "  %s: %s: %s\n", yaml_where(p->file, at, where), on[0] ? on : "given",
             n < 0 ? "(no memory)" : text_at);
  if (n >= 0) free(text_at);
  p->differences++;
}

/* `2024-05-01`, or `2024-05` or `2024` for its first day. */
static bool case_period(text s, day *ret) {
  char whole[16];
  if (s.bytes != 4 && s.bytes != 7) return day_parse(s, ret);
  snprintf(whole, sizeof whole, "%.*s%s", (int)s.bytes, s.at, s.bytes == 4 ? "-01-01" : "-01");
  return day_parse(text_of(whole), ret);
}

day case_first_day(const yaml *test) {
  day d;
  if (yaml_has(test, "period")) return case_period(yaml_text(test, "period"), &d) ? d : DAY_NONE;
  if (day_parse(yaml_text(yaml_get(test, "given"), "on"), &d)) return d;
  const yaml *steps = yaml_get(test, "steps");
  if (!steps || steps->type != YAML_LIST || !steps->count) return DAY_NONE;
  return day_parse(yaml_text(&steps->items[0], "on"), &d) ? d : DAY_NONE;
}

act case_next_act(case_run *p, actor who, answer *ret) {
  uint8_t random10[10] = {0};
  p->made++;
  for (int i = 0; i < 8; i++) random10[9 - i] = (uint8_t)(p->made >> (8 * i));
  int64_t at = midnight(p->today) + DESK_OPENS_MS;
  return (act){
      .g = p->g, .a = p->a, .who = who, .at_ms = at, .id = uuid_v7(at, random10), .out = ret};
}

/* A refusal is a difference; a failing store ends the run. */
bool case_refused(case_run *p, const yaml *at, const err *why, err *e) {
  if (why->code == ERR_STORE || why->code == ERR_MEMORY) {
    *e = *why;
    return false;
  }
  case_differs(p, at, "refused: %s%s%s%s", why->where, why->where[0] ? ": " : "", why->zh, "");
  return true;
}

/* ---- given ---- */

static const kind *kind_of_list(const case_run *p, text plural) {
  for (size_t i = 0; i < p->pack->kind_count; i++) {
    const kind *k = &p->pack->kinds[i];
    if (k->parent == p->root_kind->index && text_is(plural, k->plural)) return k;
  }
  return NULL;
}

/* Texts that the case does not care about: the key, or (loose) any that must be given. */
static bool fill_left_open(const case_run *p, const kind *k, const yaml *fields, bool loose,
                           json *form, err *e) {
  for (size_t i = 0; i < k->field_count; i++) {
    const field *f = &k->fields[i];
    if (!(loose || (int)i == k->key) || !f->required || f->type != FIELD_TEXT ||
        f->format != FORMAT_NONE || yaml_has(fields, f->name))
      continue;
    const char *any = arena_printf(p->a, "%llu", (unsigned long long)p->made);
    if (!any || !json_set_text(p->a, form, f->name, text_of(any))) return err_memory(e);
  }
  return true;
}

static text given_text(const kind *k, const yaml *fields, int index) {
  return index < 0 ? (text){NULL, 0} : yaml_text(fields, k->fields[index].name);
}

static bool remember(case_run *p, const kind *k, const yaml *fields, const uuid *id, err *e) {
  named_subject *more = ARENA_GROW(p->a, p->named, p->named_count, &p->named_room, named_subject);
  if (!more) return err_memory(e);
  p->named = more;
  p->named[p->named_count++] =
      (named_subject){k, *id, given_text(k, fields, k->key), given_text(k, fields, k->title_field)};
  return true;
}

static bool make_subject(case_run *p, const kind *k, const yaml *fields, const uuid *parent,
                         bool loose, uuid *ret_id, err *e) {
  json *form = NULL;
  err why = {0};
  answer out;
  act t = case_next_act(p, (actor){.system = true}, &out);
  t.taking_in = "given"; /* a story begins with the state of a register */
  *ret_id = act_thing(&t.id);
  if (!act_form(p->a, &(act_answers){k->fields, k->field_count, fields, NULL, p->file}, &form,
                &why))
    return case_refused(p, fields, &why, e);
  if (!fill_left_open(p, k, fields, loose, form, e)) return false;
  if (!act_subject(&t, k, ret_id, parent, p->area, form, &why))
    return case_refused(p, fields, &why, e);
  return parent || remember(p, k, fields, ret_id, e);
}

/* Subjects beside the unit that it refers to: one, or a list. */
static bool make_others(case_run *p, const kind *k, const yaml *list, bool loose, err *e) {
  uuid id;
  bool many = list->type == YAML_LIST;
  for (size_t i = 0; i < (many ? list->count : 1); i++)
    if (!make_subject(p, k, many ? &list->items[i] : list, NULL, loose, &id, e)) return false;
  return true;
}

/* The unit itself: of a list the first, the others stand beside it. */
static bool make_first(case_run *p, const kind *k, const yaml *given, bool loose, err *e) {
  bool many = given->type == YAML_LIST && given->count;
  uuid id;
  for (size_t i = 1; many && i < given->count; i++)
    if (!make_subject(p, k, &given->items[i], NULL, loose, &id, e)) return false;
  return make_subject(p, k, many ? &given->items[0] : given, NULL, loose, &p->root, e);
}

static bool make_children(case_run *p, const yaml *given, bool loose, err *e) {
  for (size_t i = 0; i < given->count; i++) {
    const yaml *list = &given->items[i];
    if (text_is(given->keys[i].s, p->root_kind->name) || text_is(given->keys[i].s, "on")) continue;
    if (loose && pack_event(p->pack, given->keys[i].s)) continue;
    const kind *other = pack_kind(p->pack, given->keys[i].s);
    if (other && other->parent < 0) continue; /* made before the unit, which refers to them */
    const kind *k = kind_of_list(p, given->keys[i].s);
    if (!k || list->type != YAML_LIST) {
      case_differs(p, &given->keys[i],
                   "given: a list of the kinds under %s is expected here, not \"%.*s\"",
                   p->root_kind->name, (int)given->keys[i].s.bytes, given->keys[i].s.at);
      continue;
    }
    uuid id;
    for (size_t n = 0; n < list->count; n++)
      if (!make_subject(p, k, &list->items[n], &p->root, loose, &id, e)) return false;
  }
  return true;
}

bool case_make_unit(case_run *p, const yaml *given, const yaml *test, bool loose, err *e) {
  for (size_t i = 0; given && given->type == YAML_MAP && i < given->count && !p->root_kind; i++) {
    const kind *k = pack_kind(p->pack, given->keys[i].s);
    if (!k || k->parent >= 0) continue;
    p->root_kind = k;
    for (size_t o = i + 1; o < given->count; o++) {
      const kind *other = pack_kind(p->pack, given->keys[o].s);
      if (other && other->parent < 0 && !make_others(p, other, &given->items[o], loose, e))
        return false;
    }
    if (!make_first(p, k, &given->items[i], loose, e)) return false;
  }
  if (!p->root_kind) {
    case_differs(p, given ? given : test, "given: names no kind of the pack that stands by itself");
    return true;
  }
  return p->differences ? true : make_children(p, given, loose, e);
}

/* ---- about whom ---- */

bool case_about(case_run *p, const yaml *map, unit_at_hand *had) {
  const yaml *about = yaml_get(map, "about");
  *had = (unit_at_hand){p->root_kind, p->root};
  for (size_t i = 0; about && about->s.bytes && i < p->named_count; i++) {
    const named_subject *s = &p->named[i];
    if (!text_equal(about->s, s->key) && !text_equal(about->s, s->title)) continue;
    p->root_kind = s->kind;
    p->root = s->id;
    return true;
  }
  if (about)
    case_differs(p, about, "about: nothing that stands by itself was given as \"%.*s\"",
                 (int)about->s.bytes, about->s.at);
  return !about;
}

void case_about_end(case_run *p, const unit_at_hand *had) {
  p->root_kind = had->root_kind;
  p->root = had->root;
}

/* ---- what happens to it ---- */

bool case_pass_days(case_run *p, day until, err *e) {
  for (bool ticked; p->today < until;) {
    p->today++;
    if (!engine_tick(p->g, midnight(p->today), p->a, &ticked, e)) return false;
  }
  return true;
}

/* "person: 2" among the answers: the step is about the second child of that kind. */
bool case_subject(case_run *p, const kind *k, const yaml *form, uuid *ret, err *why) {
  *ret = p->root;
  if (!k || k->parent < 0) return true;
  int64_t n = 1;
  const yaml *given = yaml_get(form, k->name);
  record **children = NULL;
  size_t count = 0;
  if (!store_children(engine_store(p->g), p->a, k, &p->root, &children, &count, why)) return false;
  if ((given && !yaml_as_int(given, &n)) || n < 1 || (uint64_t)n > count)
    return err_set(why, ERR_BAD_INPUT, k->name, "没有第 %lld 个“%s”，共 %zu 个。",
                   "There is no %lld. \"%s\" among %zu.", (long long)n, k->name, count);
  *ret = children[n - 1]->id;
  return true;
}

/* An event of another unit says whose. */
static bool is_at_hand(const case_run *p, const event_kind *k, const kind *about, err *why) {
  const kind *root = about->parent < 0 ? about : &p->pack->kinds[about->parent];
  if (root == p->root_kind) return true;
  return err_set(why, ERR_BAD_INPUT, "about",
                 "“%s”登记的是%s：请在这一步写 about: 它的名称或编号。",
                 "\"%s\" is recorded of a %s: write about: its name or key in this step.", k->name,
                 LABEL(root->title));
}

static int by_seq(const void *a, const void *b) {
  const event *x = *(event *const *)a, *y = *(event *const *)b;
  return x->seq < y->seq ? -1 : x->seq > y->seq;
}

bool case_nth_event(case_run *p, const event_kind *k, const yaml *number, uuid *ret, err *why) {
  event **all = NULL;
  size_t count = 0;
  int64_t n = 0;
  const event_query of = {.kind = k, .root = p->root, .from = DAY_NONE, .withdrawn_too = true};
  if (!store_events(engine_store(p->g), p->a, &of, &all, &count, why)) return false;
  if (!yaml_as_int(number, &n) || n < 1 || (uint64_t)n > count)
    return err_set(why, ERR_BAD_INPUT, k->name, "没有第 %lld 条“%s”，共登记了 %zu 条。",
                   "There is no %lld. \"%s\" among the %zu recorded.", (long long)n, k->name,
                   count);
  qsort(all, count, sizeof *all, by_seq);
  *ret = all[n - 1]->id;
  return true;
}

bool case_record_event(case_run *p, const act *t, const event_kind *k, const yaml *given, day on,
                       err *why) {
  const kind *about = &p->pack->kinds[k->about];
  const char *child = about->parent >= 0 ? about->name : NULL;
  const char *const but[] = {"on", "replaces", child, NULL};
  const yaml *replaces = yaml_get(given, "replaces");
  json *form = NULL;
  uuid old;
  event_step x = {.on = on, .replaces = replaces ? &old : NULL};
  if (!is_at_hand(p, k, about, why) || !case_subject(p, about, given, &x.subject, why) ||
      (replaces && !case_nth_event(p, k, replaces, &old, why)) ||
      !act_form(p->a, &(act_answers){k->fields, k->field_count, given, but, p->file}, &form, why))
    return false;
  x.form = form;
  return act_event(t, k, &x, why);
}

bool case_take_event(case_run *p, const event_kind *k, const yaml *form, day on, uuid *ret_id,
                     err *e) {
  answer out;
  err why = {0};
  act t = case_next_act(p, (actor){.system = true}, &out);
  *ret_id = act_thing(&t.id);
  if (case_record_event(p, &t, k, form, on, &why)) return true;
  *ret_id = (uuid){0};
  return case_refused(p, form, &why, e);
}

/* ---- its beginning ---- */

/* Who holds a role in tests: always the same one. */
uuid case_officer(text role) {
  uint8_t random10[10] = {0};
  uuid about = uuid_v7(0, random10);
  return uuid_derived(&about, role);
}

/* `officers: [keeper, …]`: one of each role, whose login is the role's name, in the case's area. */
static bool make_officers(case_run *p, const yaml *list, err *e) {
  for (size_t i = 0; list && list->type == YAML_LIST && i < list->count; i++) {
    answer out;
    err why = {0};
    text role = list->items[i].s;
    uuid officer_id = case_officer(role);
    act t = case_next_act(p, (actor){.system = true}, &out);
    post own = {.role = role.at, .pack = p->pack->name};
    memcpy(own.area, p->area, sizeof own.area);
    const json *body = act_officer_body(p->a, &officer_id, role, role, &own, e);
    command c = {.verb = VERB_OFFICER, .id = t.id, .who = t.who, .at_ms = t.at_ms, .body = body};
    if (!body) return false;
    if (!engine_apply(p->g, &c, p->a, &out, &why) && !case_refused(p, &list->items[i], &why, e))
      return false;
  }
  return true;
}

/* `zones: [{code, name, shape}, …]`, before anybody and anything is in them. */
static bool make_zones(case_run *p, const yaml *list, err *e) {
  for (size_t i = 0; list && list->type == YAML_LIST && i < list->count; i++) {
    answer out;
    err why = {0};
    act t = case_next_act(p, (actor){.system = true}, &out);
    if (!act_zone(&t, &list->items[i], &why) && !case_refused(p, &list->items[i], &why, e))
      return false;
  }
  return true;
}

static bool choose_area(case_run *p, const yaml *test, err *e) {
  text given = yaml_text(test, "area");
  if (given.bytes) return area_code_check(given, p->area, e);
  scope all = scope_all();
  area *areas = NULL;
  size_t count = 0;
  if (!store_areas(engine_store(p->g), p->a, &all, &areas, &count, e)) return false;
  for (size_t i = 0; i < count; i++)
    if (area_code_level(areas[i].code) == AREA_VILLAGE) {
      memcpy(p->area, areas[i].code, sizeof p->area);
      return true;
    }
  return err_set(e, ERR_BAD_FILE, NULL, "区划表里没有村（居）。", "The area table has no village.");
}

bool case_begin(case_run *p, const yaml *test, day first, err *e) {
  bool ticked;
  p->today = first;
  return choose_area(p, test, e) && engine_tick(p->g, midnight(first), p->a, &ticked, e) &&
         make_zones(p, yaml_get(test, "zones"), e) &&
         make_officers(p, yaml_get(test, "officers"), e);
}
