/* Indicators: figures with their definition, by area, and the rows behind each. */
#include "base/ident.h"
#include "base/money.h"
#include "http/duration_views.h"
#include "http/handlers.h"
#include "http/screens.h"
#include "pack/json.h"
#include "pack/model/reads.h"
#include "screen/whatif.h"

#include <stdlib.h>

/* What is asked, and on its way back what was counted. */
typedef struct indicator_query {
  const pack *pack;
  const indicator *one; /* of the rows; NULL: all figures */
  scope seen, scope;    /* what is his, and what of it is asked for */
  char base[13];
  day from, to;
  int64_t cursor, seq;
  size_t limit;
  figures figures;
  figure_rows rows;
  spells *spells; /* by indicator of the pack, where it is a duration */
  period_kind by; /* of a series */
  struct series_step *steps;
  size_t step_count;
} indicator_query;
/* A part of the time of a series. */
typedef struct series_step {
  day from, to;
  bool told; /* what things are like is known of today alone */
  figures figures;
} series_step;

/* Whose villages were merged or got another code sees what they were before. */
static bool see_past(request *q, const scope *seen, scope *r, err *e) {
  area *all = NULL;
  size_t count = 0;
  text asked = query_text(q, "area");
  if (!store_areas_ever(request_store(q), q->a, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    text rest = all[i].successors, word;
    bool mine = !area_stands(&all[i]) && rest.at;
    while (mine && text_next_word(&rest, &word)) {
      char code[13] = {0};
      memcpy(code, word.at, word.bytes < 12 ? word.bytes : 12);
      mine = scope_has(seen, code);
    }
    if (mine && (!asked.bytes || text_is(asked, all[i].code))) scope_add(r, all[i].code);
  }
  return true;
}

static bool narrow(request *q, indicator_query *x, err *e) {
  text asked = query_text(q, "area");
  char code[13];
  x->scope = x->seen;
  if (!asked.bytes) return true;
  if (!area_code_check(asked, code, e)) return err_within(e, "area");
  x->scope = scope_within(&x->seen, code);
  return true;
}

/* Whether an indicator is about what he sees every record of. */
static bool may_tell(request *q, const pack *p, const indicator *i) {
  const kind *k = &p->kinds[i->of >= 0 ? i->of : p->events[i->of_event].about];
  return actor_sees_all(&q->who.actor, request_packs(q), k);
}

static indicator_query *read_indicator_query(request *q, err *e) {
  indicator_query *x = ARENA_NEW(q->a, indicator_query);
  county c;
  if (!x) {
    err_memory(e);
    return NULL;
  }
  if (!store_county_get(request_store(q), &c, e)) return NULL;
  day today = request_today();
  *x = (indicator_query){.pack = query_pack(q, e), .seq = c.seq, .limit = query_limit(q)};
  if (!x->pack || !request_figures(q, x->pack, &x->seen, e) || !narrow(q, x, e) ||
      !query_day(q, "from", day_month_start(today), &x->from, e) ||
      !query_day(q, "to", today, &x->to, e))
    return NULL;
  if (!see_past(q, &x->seen, &x->scope, e)) return NULL;
  if (x->from > x->to) {
    err_set(e, ERR_BAD_INPUT, "to", "结束日期不能早于开始日期。",
            "The last day cannot be before the first.");
    return NULL;
  }
  text area_code = query_text(q, "area");
  if (area_code.bytes == 12)
    memcpy(x->base, area_code.at, 12);
  else
    whatif_base(&x->seen, c.code, x->base);
  return x;
}

static question question_of(const indicator_query *x) {
  return (question){
      .as_of = x->to < day_today() ? x->to : day_today(), .scope = &x->scope, .threads = 1};
}

/* ---- figures ---- */

static void put_amount(json_out *w, const char *key, const cel_type *t, const value *v) {
  char own[32];
  json_key(w, key);
  if (v->type != VALUE_INT) {
    json_put_null(w);
  } else if (t->unit == UNIT_RATE || t->unit == UNIT_NUMBER) {
    rate_format(v->i, own);
    json_put_str(w, own);
  } else {
    json_put_int(w, v->i);
  }
}

typedef struct part {
  char area[13];
  int64_t above, below, unknown, known;
  bool failed;
} part;

static void add(part *to, const figure *f) {
  to->failed |= f->failed || __builtin_add_overflow(to->above, f->above, &to->above) ||
                __builtin_add_overflow(to->below, f->below, &to->below);
  to->unknown += f->unknown;
  to->known += f->known;
}

static void put_figure(json_out *w, const indicator *i, const part *p) {
  const bool none_known = p->unknown && !p->known; /* is not nought */
  value v = p->failed || none_known ? (value){.type = VALUE_NULL}
                                    : indicator_value(i, p->above, p->below);
  put_amount(w, "value", i->type, &v);
  json_field_int(w, "unknown", p->unknown);
}

/* The part of the county, one level below `base`, that an area lies in. */
static void part_name(const char *base, const char *area_code, char ret[13]) {
  size_t keep = strcmp(base + 6, "000000") == 0 ? 9 : 12;
  memcpy(ret, area_code, keep);
  memset(ret + keep, '0', 12 - keep);
  ret[12] = 0;
}

/* Spells are followed until today, whatever the period they began in. */
static bool list_spells(request *q, screen *s, indicator_query *x, const indicator *i, err *e) {
  question asked = question_of(x);
  asked.as_of = day_today();
  if (!x->spells) x->spells = ARENA_ARRAY(q->a, x->pack->indicator_count + 1, spells);
  if (!x->spells) return err_memory(e);
  return screen_spells(s, q->a, &(spell_query){&asked, i, x->from, x->to}, &x->spells[i->index], e);
}

/* Which part a figure or spell belongs to: the area below `base`, or its zone; "": none. */
static void part_of(const indicator_query *x, bool zones, const char *area, const char *zone,
                    char ret[13]) {
  if (zones)
    memcpy(ret, zone, strnlen(zone, 12) + 1);
  else
    part_name(x->base, area, ret);
}

static int by_code(const void *a, const void *b) {
  return strcmp(((const part *)a)->area, ((const part *)b)->area);
}

static part *part_named(part *all, size_t *count, const char name[13]) {
  for (size_t i = *count; i-- > 0;)
    if (strcmp(all[i].area, name) == 0) return &all[i];
  memcpy(all[*count].area, name, 13);
  return &all[(*count)++];
}

static void put_parts(request *q, json_out *w, const indicator_query *x, const indicator *i,
                      bool zones) {
  part *all = ARENA_ARRAY(q->a, x->figures.count + 1, part);
  size_t count = 0;
  for (size_t k = 0; all && k < x->figures.count; k++) {
    const figure *f = &x->figures.items[k];
    char name[13] = "";
    if (f->indicator != i) continue;
    part_of(x, zones, f->area, f->zone, name);
    if (name[0]) add(part_named(all, &count, name), f);
  }
  if (count) qsort(all, count, sizeof *all, by_code);
  json_field_open(w, zones ? "zones" : "areas", '[');
  for (size_t k = 0; k < count; k++) {
    json_open(w, '{');
    json_field_str(w, "area", all[k].area);
    json_field_str(w, "name", view_area_name_on(q, all[k].area, x->to));
    put_figure(w, i, &all[k]);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* The spells of one part stand together. */
static void put_spell_parts(request *q, json_out *w, const indicator_query *x, const indicator *i,
                            bool zones) {
  const spells *all = &x->spells[i->index];
  const spell **part = ARENA_ARRAY(q->a, all->count + 1, const spell *);
  bool *told = ARENA_ARRAY(q->a, all->count + 1, bool);
  json_field_open(w, zones ? "zones" : "areas", '[');
  for (size_t k = 0; part && told && k < all->count; k++) {
    char name[13], other[13];
    size_t n = 0;
    if (told[k]) continue;
    part_of(x, zones, all->items[k].area, all->items[k].zone, name);
    if (!name[0]) continue;
    for (size_t m = k; m < all->count; m++) {
      part_of(x, zones, all->items[m].area, all->items[m].zone, other);
      if (strcmp(name, other) != 0) continue;
      told[m] = true;
      part[n++] = &all->items[m];
    }
    json_open(w, '{');
    json_field_str(w, "area", name);
    json_field_str(w, "name", view_area_name(q, name));
    duration_put_sums(q->a, w, part, n);
    json_field_int(w, "unknown", 0);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_duration(request *q, json_out *w, const indicator_query *x, const indicator *i) {
  const spells *all = &x->spells[i->index];
  const spell **items = ARENA_ARRAY(q->a, all->count + 1, const spell *);
  for (size_t k = 0; items && k < all->count; k++) items[k] = &all->items[k];
  duration_put_terms(w, x->pack, i->duration, x->to);
  duration_put_sums(q->a, w, items, items ? all->count : 0);
  json_field_int(w, "unknown", all->unknown);
  put_spell_parts(q, w, x, i, false);
  put_spell_parts(q, w, x, i, true);
}

static void put_indicator(request *q, json_out *w, const indicator_query *x, const indicator *i) {
  part all = {.area = ""};
  AUTO_BUF buf type = {0};
  for (size_t k = 0; k < x->figures.count; k++)
    if (x->figures.items[k].indicator == i) add(&all, &x->figures.items[k]);
  cel_type_print(&type, i->type);
  json_open(w, '{');
  json_field_str(w, "name", i->name);
  json_field_label(w, "title", i->title);
  json_field_label(w, "definition", i->definition);
  json_field_label(w, "group", i->group);
  json_field_buf(w, "type", &type);
  type_put_measure(w, i->type);
  json_field_bool(w, "of_period", i->of < 0 || i->duration);
  if (i->duration) {
    put_duration(q, w, x, i);
  } else {
    put_figure(w, i, &all);
    put_parts(q, w, x, i, false);
    put_parts(q, w, x, i, true);
  }
  json_close(w, '}');
}

static bool count_figures(request *q, screen *s, store *names, err *e) {
  indicator_query *x = q->data;
  question asked = question_of(x);
  (void)names;
  x->seq = screen_seq(s);
  for (size_t i = 0; i < x->pack->indicator_count; i++)
    if (x->pack->indicators[i].duration && !list_spells(q, s, x, &x->pack->indicators[i], e))
      return false;
  return screen_figures(s, q->a, &asked, x->from, x->to, &x->figures, e);
}

static void put_head(request *q, json_out *w, const indicator_query *x) {
  json_field_str(w, "pack", x->pack->name);
  json_field_day(w, "from", x->from);
  json_field_day(w, "to", x->to);
  json_field_str(w, "area", x->base);
  json_field_str(w, "area_name", view_area_name_on(q, x->base, x->to));
  json_field_int(w, "seq", x->seq);
}

static bool show_figures(request *q, err *e) {
  (void)e;
  const indicator_query *x = q->data;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  put_head(q, &w, x);
  page_begin(&w);
  for (size_t i = 0; i < x->pack->indicator_count; i++)
    if (may_tell(q, x->pack, &x->pack->indicators[i]))
      put_indicator(q, &w, x, &x->pack->indicators[i]);
  page_end(&w, "", NULL);
  return true;
}

bool handle_indicators(request *q, err *e) {
  indicator_query *x = read_indicator_query(q, e);
  if (!x) return false;
  q->data = x;
  return request_screen(q, x->pack, x->seq, count_figures, show_figures);
}

/* ---- a series ---- */

enum { STEPS_MAX = 400 };

static bool find_indicator(request *q, indicator_query *x, err *e) {
  for (size_t i = 0; i < x->pack->indicator_count && !x->one; i++)
    if (text_is(q->params[0], x->pack->indicators[i].name)) x->one = &x->pack->indicators[i];
  if (!x->one)
    return err_set(e, ERR_UNKNOWN_NAME, "name", "没有这个指标。", "There is no such indicator.");
  return may_tell(q, x->pack, x->one) ||
         rights_denied((label){"查看这个指标", "see this indicator"}, e);
}

static bool read_steps(request *q, indicator_query *x, err *e) {
  const text by = query_text(q, "by");
  bool known = !by.bytes;
  x->by = PERIOD_MONTH;
  for (int p = PERIOD_DAY; p <= PERIOD_YEAR; p++)
    if (text_is(by, period_name((period_kind)p))) {
      x->by = (period_kind)p;
      known = true;
    }
  if (!known)
    return err_set(e, ERR_BAD_INPUT, "by", "by 是 day、week、month、quarter 或 year。",
                   "by is day, week, month, quarter or year.");
  if (!(x->steps = ARENA_ARRAY(q->a, STEPS_MAX, series_step))) return err_memory(e);
  const day today = request_today();
  for (day on = x->from; on <= x->to; x->step_count++) {
    series_step one = {.from = on};
    day first;
    if (x->step_count == STEPS_MAX)
      return err_set(e, ERR_TOO_LARGE, "from", "一次最多 %d 段，请缩短期间，或者按更长的段分。",
                     "At most %d steps; shorten the period, or take longer steps.", STEPS_MAX);
    period_days(x->by, on, &first, &one.to);
    if (one.to > x->to) one.to = x->to;
    one.told = x->one->of < 0 || x->one->duration || (one.from <= today && today <= one.to);
    x->steps[x->step_count] = one;
    on = one.to + 1;
  }
  return true;
}

static bool count_steps(request *q, screen *s, store *names, err *e) {
  indicator_query *x = q->data;
  question asked = question_of(x);
  (void)names;
  x->seq = screen_seq(s);
  if (x->one->duration) return list_spells(q, s, x, x->one, e);
  for (size_t i = 0; i < x->step_count; i++) {
    series_step *t = &x->steps[i];
    asked.as_of = t->to < day_today() ? t->to : day_today();
    if (t->told && !screen_figures_of(s, q->a, &(figure_query){&asked, x->one, t->from, t->to},
                                      &t->figures, e))
      return false;
  }
  return true;
}

/* A median by the spells that began in the step. */
static void put_spell_step(request *q, json_out *w, const indicator_query *x,
                           const series_step *t) {
  const spells *all = &x->spells[x->one->index];
  const spell **items = ARENA_ARRAY(q->a, all->count + 1, const spell *);
  size_t n = 0;
  for (size_t i = 0; items && i < all->count; i++)
    if (all->items[i].began >= t->from && all->items[i].began <= t->to) items[n++] = &all->items[i];
  duration_put_sums(q->a, w, items, n);
  json_field_int(w, "unknown", 0);
  json_field_open(w, "areas", '[');
  json_close(w, ']');
}

static void put_step(request *q, json_out *w, indicator_query *x, const series_step *t) {
  part all = {.area = ""};
  json_open(w, '{');
  json_field_day(w, "from", t->from);
  json_field_day(w, "to", t->to);
  json_field_bool(w, "told", t->told);
  if (x->one->duration) {
    put_spell_step(q, w, x, t);
  } else if (!t->told) {
    json_key(w, "value");
    json_put_null(w);
    json_field_int(w, "unknown", 0);
    json_field_open(w, "areas", '[');
    json_close(w, ']');
  } else {
    for (size_t k = 0; k < t->figures.count; k++) add(&all, &t->figures.items[k]);
    put_figure(w, x->one, &all);
    x->figures = t->figures;
    put_parts(q, w, x, x->one, false);
  }
  json_close(w, '}');
}

static bool show_steps(request *q, err *e) {
  (void)e;
  indicator_query *x = q->data;
  const indicator *i = x->one;
  AUTO_BUF buf type = {0};
  json_out w = request_answer(q, 200);
  cel_type_print(&type, i->type);
  json_open(&w, '{');
  put_head(q, &w, x);
  json_field_str(&w, "name", i->name);
  json_field_label(&w, "title", i->title);
  json_field_label(&w, "definition", i->definition);
  json_field_buf(&w, "type", &type);
  type_put_measure(&w, i->type);
  json_field_bool(&w, "of_period", i->of < 0 || i->duration);
  json_field_str(&w, "by", period_name(x->by));
  page_begin(&w);
  for (size_t k = 0; k < x->step_count; k++) put_step(q, &w, x, &x->steps[k]);
  page_end(&w, "", NULL);
  return true;
}

bool handle_indicator_series(request *q, err *e) {
  indicator_query *x = read_indicator_query(q, e);
  if (!x || !find_indicator(q, x, e) || !read_steps(q, x, e)) return false;
  q->data = x;
  return request_screen(q, x->pack, x->seq, count_steps, show_steps);
}

/* ---- rows ---- */

static bool list_rows(request *q, screen *s, store *names, err *e) {
  indicator_query *x = q->data;
  question asked = question_of(x);
  (void)names;
  x->seq = screen_seq(s);
  if (x->one->duration) return list_spells(q, s, x, x->one, e);
  const figure_list list = {
      .indicator = x->one, .from = x->from, .to = x->to, .cursor = x->cursor, .limit = x->limit};
  return screen_figure_rows(s, q->a, &asked, &list, &x->rows, e);
}

static const char *row_type(const cel_type *t) {
  if (t->kind != CEL_INT) return "int"; /* one of those a share is made of */
  return t->unit == UNIT_MONEY    ? "money"
         : t->unit == UNIT_RATE   ? "rate"
         : t->unit == UNIT_NUMBER ? "number"
                                  : "int";
}

static void put_spell_rows(request *q, json_out *w, const indicator_query *x) {
  const spells *all = &x->spells[x->one->index];
  const char *kind_name = x->pack->kinds[x->one->of].name;
  size_t at = x->cursor < 0 ? 0 : (size_t)x->cursor, end = all->count;
  if (end - (at < end ? at : end) > x->limit) end = at + x->limit;
  page_begin(w);
  for (; at < end; at++) {
    const spell *y = &all->items[at];
    json_open(w, '{');
    view_ref(q, w, kind_name, &y->id, &y->root, y->area);
    duration_put_spell(w, y);
    json_close(w, '}');
  }
  page_end(w, "number", end < all->count ? &(page_cursor){.number = (int64_t)end} : NULL);
}

static bool show_rows(request *q, err *e) {
  (void)e;
  const indicator_query *x = q->data;
  const indicator *i = x->one;
  const kind *k = &x->pack->kinds[i->of >= 0 ? i->of : x->pack->events[i->of_event].about];
  /* what a row adds to: a sum has the sum's unit, a share or count is one */
  const cel_type *t = i->what ? cel_program_type(i->what) : &cel_int;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  put_head(q, &w, x);
  json_field_str(&w, "name", i->name);
  json_field_label(&w, "title", i->title);
  json_field_label(&w, "definition", i->definition);
  json_field_str(&w, "type", row_type(t));
  if (t->kind == CEL_INT) type_put_measure(&w, t);
  if (i->duration) {
    put_spell_rows(q, &w, x);
    return true;
  }
  page_begin(&w);
  for (size_t n = 0; n < x->rows.count; n++) {
    const figure_row *r = &x->rows.rows[n];
    json_open(&w, '{');
    view_ref(q, &w, k->name, &r->id, &r->root, r->area);
    json_field_day(&w, "on", r->on);
    put_amount(&w, "what", t, &(value){.type = VALUE_INT, .i = r->what});
    json_close(&w, '}');
  }
  page_end(&w, "number", x->rows.next < 0 ? NULL : &(page_cursor){.number = x->rows.next});
  return true;
}

bool handle_indicator_rows(request *q, err *e) {
  page_cursor c;
  indicator_query *x = read_indicator_query(q, e);
  if (!x || !page_read(q, "number", &c, e)) return false;
  if (!find_indicator(q, x, e)) return false;
  /* a row says what is true of one person; the figure of an area does not */
  const sight s = actor_sight_everywhere(&q->who.actor, request_packs(q), x->pack);
  if (sight_of(&s, reads_of_indicator(x->pack, x->one)) != SHOWN_CLEAR)
    return rights_denied((label){"查看这个指标的名单", "see who this figure is made of"}, e);
  x->cursor = c.number;
  q->data = x;
  return request_screen(q, x->pack, x->seq, list_rows, show_rows);
}
