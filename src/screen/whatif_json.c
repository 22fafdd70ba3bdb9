#include "screen/whatif_json.h"
#include "pack/json.h"

#include "base/ident.h"
#include "base/json_fields.h"

#include <stdlib.h>

question whatif_question(const whatif *x) {
  return (question){.as_of = x->as_of,
                    .scope = &x->scope,
                    .settings = x->settings,
                    .setting_count = x->setting_count,
                    .by = x->by};
}

/* ---- summing up ---- */

static bool add_tally(tally *to, const tally *t) {
  to->matched += t->matched;
  to->unknown += t->unknown;
  to->failed += t->failed;
  to->unpriced += t->unpriced;
  return !__builtin_add_overflow(to->money, t->money, &to->money);
}

static bool add_cell(whatif_sum *to, const screen_cell *c) {
  to->enters += c->enters;
  to->leaves += c->leaves;
  return add_tally(&to->now, &c->now) && add_tally(&to->then, &c->then);
}

static bool tally_empty(const tally *t) {
  return !t->matched && !t->unknown && !t->failed && !t->money && !t->unpriced;
}

bool whatif_sum_empty(const whatif_sum *s) {
  return tally_empty(&s->now) && tally_empty(&s->then) && !s->enters && !s->leaves;
}

/* The part of `base` that a village lies in, one level down. */
static void part_of(const char *village, area_level base, char ret[13]) {
  memcpy(ret, village, 12);
  ret[12] = 0;
  size_t kept = base < AREA_COUNTY ? 6 : base < AREA_TOWN ? 9 : 12;
  memset(ret + kept, '0', 12 - kept);
}

static whatif_part *part_for(whatif_sums *s, size_t *room, const char *area_code, size_t rules,
                             arena *a) {
  for (size_t i = 0; i < s->area_count; i++)
    if (strcmp(s->areas[i].area, area_code) == 0) return &s->areas[i];
  whatif_part *parts = ARENA_GROW(a, s->areas, s->area_count, room, whatif_part);
  if (!parts) return NULL;
  s->areas = parts;
  whatif_sum *of = ARENA_ARRAY(a, rules, whatif_sum);
  if (!of) return NULL;
  parts[s->area_count] = (whatif_part){.of = of};
  memcpy(parts[s->area_count].area, area_code, 13);
  return &parts[s->area_count++];
}

static int by_code(const void *a, const void *b) {
  return strcmp(((const whatif_part *)a)->area, ((const whatif_part *)b)->area);
}

static bool make_categories(const screen_answer *x, whatif_sums *s, arena *a) {
  s->categories = ARENA_ARRAY(a, x->category_count, whatif_part);
  s->category_count = x->category_count;
  for (size_t i = 0; s->categories && i < x->category_count; i++) {
    s->categories[i] =
        (whatif_part){.title = x->categories[i], .of = ARENA_ARRAY(a, x->rule_count, whatif_sum)};
    if (!s->categories[i].of) return false;
  }
  return s->categories != NULL;
}

static size_t index_of(const screen_answer *x, const rule *r) {
  size_t i = 0;
  while (i < x->rule_count && x->rules[i] != r) i++;
  return i;
}

bool whatif_sum_up(const screen_answer *x, const char *base, bool villages, arena *a,
                   whatif_sums *ret, err *e) {
  whatif_sums s = {.all = ARENA_ARRAY(a, x->rule_count, whatif_sum)};
  size_t room = 0, r = 0;
  if (!s.all || !make_categories(x, &s, a)) return err_memory(e);
  whatif_part *part = NULL;
  for (size_t i = 0; i < x->cell_count; i++) {
    const screen_cell *c = &x->cells[i];
    char code[13];
    part_of(c->area, villages ? AREA_TOWN : area_code_level(base), code);
    if (i == 0 || c->rule != x->cells[i - 1].rule) r = index_of(x, c->rule);
    if (!part || strcmp(part->area, code) != 0) part = part_for(&s, &room, code, x->rule_count, a);
    if (!part) return err_memory(e);
    if (!add_cell(&s.all[r], c) || !add_cell(&part->of[r], c) ||
        !add_cell(&s.categories[c->category].of[r], c))
      return err_set(e, ERR_BAD_INPUT, c->rule->name,
                     "“%s”的金额合计太大，算不下，请核对数据或参数。",
                     "The money of \"%s\" adds up to more than can be told; check the data or "
                     "the parameters.",
                     LABEL(c->rule->title));
  }
  if (s.area_count) qsort(s.areas, s.area_count, sizeof *s.areas, by_code);
  *ret = s;
  return true;
}

/* ---- writing ---- */

static void put_money(json_out *w, const char *key, const rule *r, int64_t fen) {
  json_key(w, key);
  if (r->cost)
    json_put_int(w, fen);
  else
    json_put_null(w);
}

static void put_tally(json_out *w, const char *key, const rule *r, const tally *t) {
  json_key(w, key);
  json_open(w, '{');
  json_field_int(w, "matched", t->matched);
  json_field_int(w, "unknown", t->unknown);
  json_field_int(w, "failed", t->failed);
  put_money(w, "money", r, t->money);
  json_field_int(w, "unpriced", t->unpriced);
  json_close(w, '}');
}

static void put_sums(json_out *w, const screen_answer *x, const rule *only, const whatif_sum *of,
                     bool whole) {
  json_key(w, "rules");
  json_open(w, '[');
  for (size_t i = 0; i < x->rule_count; i++) {
    const rule *r = x->rules[i];
    if ((only && r != only) || (!whole && whatif_sum_empty(&of[i]))) continue;
    json_open(w, '{');
    json_field_str(w, "name", r->name);
    if (whole) {
      json_field_label(w, "title", r->title);
      json_field_str(w, "colour", colour_name(r->colour));
      json_field_str(w, "per", r->per);
    }
    put_tally(w, "now", r, &of[i].now);
    put_tally(w, "then", r, &of[i].then);
    json_field_int(w, "enters", of[i].enters);
    json_field_int(w, "leaves", of[i].leaves);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static void put_value_or_null(json_out *w, const char *key, const parameter *p, const value *v) {
  json_key(w, key);
  if (v && v->type != VALUE_UNKNOWN)
    parameter_put_value(w, p, v);
  else
    json_put_null(w);
}

static void put_settings(json_out *w, const whatif *x, arena *a) {
  json_key(w, "set");
  json_open(w, '[');
  for (size_t i = 0; i < x->setting_count; i++) {
    const setting *t = &x->settings[i];
    const parameter *p = &x->pack->parameters[t->parameter];
    const dated_value *row = NULL;
    value now = parameter_at(p, a, x->as_of, &row);
    const value *shown = &now;
    if (t->key.bytes) shown = now.type == VALUE_MAP ? value_get(now.map, t->key) : NULL;
    json_open(w, '{');
    const char *name =
        t->key.bytes ? arena_printf(a, "%s.%.*s", p->name, (int)t->key.bytes, t->key.at) : p->name;
    json_field_str(w, "name", name);
    json_field_label(w, "title", p->title);
    json_field_str(w, "type", p->kind);
    type_put_measure(w, p->one);
    put_value_or_null(w, "now", p, shown);
    put_value_or_null(w, "then", p, &t->v);
    json_field_str(w, "reference", row && row->reference ? row->reference : p->reference);
    json_close(w, '}');
  }
  json_close(w, ']');
}

static const char *name_of_area(store *names, arena *a, const char *code) {
  const char *name = "";
  err ignored;
  return arena_looked(a, store_area_name(names, a, code, &name, &ignored), &ignored) ? name : "";
}

static void put_parts(json_out *w, const whatif_sums *s, const screen_answer *x, const rule *only,
                      store *names, arena *a) {
  static const char *const levels[] = {"", "province", "city", "county", "town", "village"};
  json_key(w, "areas");
  json_open(w, '[');
  for (size_t i = 0; i < s->area_count; i++) {
    json_open(w, '{');
    json_field_str(w, "area", s->areas[i].area);
    json_field_str(w, "name", name_of_area(names, a, s->areas[i].area));
    json_field_str(w, "level", levels[area_code_level(s->areas[i].area)]);
    put_sums(w, x, only, s->areas[i].of, false);
    json_close(w, '}');
  }
  json_close(w, ']');
  json_key(w, "categories");
  json_open(w, '[');
  for (size_t i = 0; i < s->category_count; i++) {
    json_open(w, '{');
    json_field_label(w, "title", s->categories[i].title);
    put_sums(w, x, only, s->categories[i].of, false);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* ---- who ---- */

static bool put_row(json_out *w, const whatif *x, const screen_row *row, store *names, arena *a,
                    err *e) {
  const kind *k = &x->pack->kinds[x->list.rule->of];
  record *r = NULL;
  if (!store_subject_find(names, a, k, &row->id, NULL, &r, e)) return false;
  json_open(w, '{');
  json_field_uuid(w, "id", &row->id);
  json_field_uuid(w, "root", &row->root);
  json_field_str(w, "kind", k->name);
  json_field_str(w, "root_kind", k->parent < 0 ? k->name : x->pack->kinds[k->parent].name);
  json_key(w, "title");
  json_put_text(w, r ? record_title(r) : TEXT(""));
  json_field_str(w, "area", row->area);
  json_field_str(w, "area_name", name_of_area(names, a, row->area));
  put_money(w, "money", x->list.rule, row->money);
  json_field_bool(w, "provisional", row->provisional);
  json_close(w, '}');
  return true;
}

static bool put_list(json_out *w, const whatif *x, screen *s, store *names, arena *a, err *e) {
  question q = whatif_question(x);
  screen_rows got;
  if (!screen_list(s, a, &q, &x->list, &got, e)) return false;
  json_key(w, "list");
  json_open(w, '{');
  json_key(w, "items");
  json_open(w, '[');
  for (size_t i = 0; i < got.count; i++)
    if (!put_row(w, x, &got.rows[i], names, a, e)) return false;
  json_close(w, ']');
  json_key(w, "next");
  json_put_str(w, got.next < 0 ? NULL : arena_printf(a, "%lld", (long long)got.next));
  json_close(w, '}');
  return true;
}

bool whatif_answer(const whatif *x, screen *s, store *names, arena *a, json_out *w, err *e) {
  question q = whatif_question(x);
  screen_answer *y = NULL;
  whatif_sums sums;
  if (!screen_ask(s, a, &q, &y, e) || !whatif_sum_up(y, x->area, x->villages, a, &sums, e))
    return false;
  json_open(w, '{');
  json_field_day(w, "as_of", y->as_of);
  json_field_int(w, "seq", y->seq);
  json_field_str(w, "area", x->area);
  json_field_str(w, "area_name", name_of_area(names, a, x->area));
  json_field_int(w, "subjects", y->subjects);
  json_field_int(w, "enters", y->enters);
  json_field_int(w, "leaves", y->leaves);
  put_settings(w, x, a);
  put_sums(w, y, x->only, sums.all, true);
  put_parts(w, &sums, y, x->only, names, a);
  if (x->list.rule && !put_list(w, x, s, names, a, e)) return false;
  json_close(w, '}');
  return true;
}
