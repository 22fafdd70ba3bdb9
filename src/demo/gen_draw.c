/* Throwing generators. */
#include "demo/gen_internal.h"

#include <stdio.h>

static value nothing(drawing *d) {
  return value_missing(d->a, "");
}

static value no_memory(drawing *d) {
  d->failed = true;
  err_memory(d->e);
  return nothing(d);
}

static value text_value(drawing *d, const char *s, size_t bytes) {
  char *copy = arena_copy(d->a, s, bytes);
  return copy ? value_string((text){copy, bytes}) : no_memory(d);
}

static value read_slot(void *context, int slot) {
  drawing *d = context;
  return d->slots[slot];
}

static value evaluate(const cel_program *p, drawing *d) {
  cel_run run = {.a = d->a, .slot = read_slot, .context = d, .today = d->today};
  value v = cel_eval(p, &run);
  if (v.type != VALUE_ERROR) return v;
  if (!d->failed) *d->e = *v.error;
  d->failed = true;
  return nothing(d);
}

bool gen_test(const cel_program *p, drawing *d) {
  if (!p) return true;
  value v = evaluate(p, d);
  return v.type == VALUE_BOOL && v.yes;
}

/* ---- one thrower a word ---- */

static value draw_value(const gen *g, drawing *d) {
  (void)d;
  return g->values[0];
}

static size_t weighted(const gen *g, drawing *d) {
  int64_t at = dice_below(d->dice, g->total);
  for (size_t i = 0; i < g->count; i++) {
    at -= g->weights[i];
    if (at < 0) return i;
  }
  return g->count - 1;
}

static value draw_weights(const gen *g, drawing *d) {
  return g->values[weighted(g, d)];
}

static value draw_pick(const gen *g, drawing *d) {
  return g->values[dice_below(d->dice, (int64_t)g->count)];
}

static value draw_range(const gen *g, drawing *d) {
  return value_int(g->low + dice_between(d->dice, 0, (g->high - g->low) / g->step) * g->step);
}

/* Two thirds lie below the typical value, close to it; the rest above, ever fewer. */
static value draw_skewed(const gen *g, drawing *d) {
  int64_t u = dice_below(d->dice, CHANCE_ONE), v = dice_below(d->dice, CHANCE_ONE), n;
  if (dice_below(d->dice, 3) < 2) {
    n = g->low + (int64_t)((__int128)(g->typical - g->low) * (u > v ? u : v) / CHANCE_ONE);
  } else {
    int64_t cube = u * u / CHANCE_ONE * u / CHANCE_ONE;
    n = g->typical + (int64_t)((__int128)(g->high - g->typical) * cube / CHANCE_ONE);
  }
  return value_int(n - n % g->step < g->low ? g->low : n - n % g->step);
}

static value draw_serial(const gen *g, drawing *d) {
  AUTO_BUF buf b = {0};
  const char *hole = memmem(g->pattern.at, g->pattern.bytes, "{n}", 3);
  size_t before = hole ? (size_t)(hole - g->pattern.at) : g->pattern.bytes;
  buf_add(&b, g->pattern.at, before);
  if (hole) {
    buf_printf(&b, "%06lld", (long long)d->number);
    buf_add(&b, hole + 3, g->pattern.bytes - before - 3);
  }
  return buf_ok(&b) ? text_value(d, b.at, b.bytes) : no_memory(d);
}

static void add_point(buf *b, text list, int64_t which) {
  size_t at = 0;
  for (int64_t i = 0; i < which; i++) text_next(list, &at);
  size_t from = at;
  text_next(list, &at);
  buf_add(b, list.at + from, at - from);
}

static value draw_person_name(const gen *g, drawing *d) {
  AUTO_BUF buf b = {0};
  value like = g->program ? evaluate(g->program, d) : nothing(d);
  int64_t surnames = (int64_t)text_points(d->names->surnames),
          given = (int64_t)text_points(d->names->given);
  if (like.type == VALUE_STRING && like.s.bytes)
    add_point(&b, like.s, 0);
  else
    add_point(&b, d->names->surnames, dice_below(d->dice, surnames));
  add_point(&b, d->names->given, dice_below(d->dice, given));
  if (dice_below(d->dice, 5) < 3) add_point(&b, d->names->given, dice_below(d->dice, given));
  return buf_ok(&b) ? text_value(d, b.at, b.bytes) : no_memory(d);
}

static value draw_officer(const gen *g, drawing *d) {
  const char *s = d->officer(d->district, g->pattern, d->area, d->number, g->login);
  return s[0] ? text_value(d, s, strlen(s)) : nothing(d);
}

static value draw_birth(const gen *g, drawing *d) {
  const struct band *b = &g->bands[weighted(g, d)];
  int age = (int)dice_between(d->dice, b->from, b->to);
  return value_int(day_add_months(d->first_day, -12 * age) - (day)dice_below(d->dice, 365));
}

/* GB 11643: area, birth, sequence (odd: male), check character by ISO 7064 mod 11-2. */
static value draw_resident_id(const gen *g, drawing *d) {
  static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  const value *birth = &d->slots[g->birth], *sex = &d->slots[g->sex];
  if (birth->type != VALUE_INT) return nothing(d);
  ymd y = day_to_ymd((day)birth->i);
  bool male = sex->type == VALUE_STRING && text_equal(sex->s, g->male);
  int64_t sequence = dice_below(d->dice, 499) * 2 + (male ? 1 : 2);
  char id[64];
  snprintf(id, sizeof id, "370871%04d%02d%02d%03lld", y.year, y.month, y.mday, (long long)sequence);
  int sum = 0;
  for (int i = 0; i < 17; i++) sum += (id[i] - '0') * weights[i];
  id[17] = "10X98765432"[sum % 11];
  return text_value(d, id, 18);
}

/* No carrier has numbers that begin with 100. */
static value draw_phone(const gen *g, drawing *d) {
  char s[32];
  (void)g;
  int n = snprintf(s, sizeof s, "100%08lld", (long long)dice_below(d->dice, 100000000));
  return text_value(d, s, (size_t)n);
}

static value draw_or_not(const gen *g, drawing *d, bool yes) {
  const gen *next = yes ? g->then : g->otherwise;
  return next ? gen_draw(next, d) : nothing(d);
}

static value draw_chance(const gen *g, drawing *d) {
  return draw_or_not(g, d, dice_below(d->dice, CHANCE_ONE) < g->total);
}

static value draw_yes(const gen *g, drawing *d) {
  return value_bool(dice_below(d->dice, CHANCE_ONE) < g->total);
}

static value draw_several(const gen *g, drawing *d) {
  value *items = ARENA_ARRAY(d->a, g->count, value);
  value_list *list = ARENA_NEW(d->a, value_list);
  if (!items || !list) return no_memory(d);
  size_t n = 0;
  for (size_t i = 0; i < g->count; i++)
    if (dice_below(d->dice, CHANCE_ONE) < g->weights[i]) items[n++] = g->values[i];
  if (n == 0 && g->f->required) items[n++] = g->values[weighted(g, d)];
  if (n == 0) return nothing(d);
  *list = (value_list){n, items};
  return (value){.type = VALUE_LIST, .list = list};
}

static value draw_if(const gen *g, drawing *d) {
  return draw_or_not(g, d, gen_test(g->program, d));
}

static value draw_by(const gen *g, drawing *d) {
  value v = evaluate(g->program, d);
  AUTO_BUF buf b = {0};
  if (v.type == VALUE_STRING)
    buf_text(&b, v.s);
  else if (v.type == VALUE_INT)
    buf_int(&b, v.i);
  else if (v.type == VALUE_BOOL)
    buf_str(&b, v.yes ? "true" : "false");
  if (!buf_ok(&b)) return no_memory(d);
  for (size_t i = 0; i < g->count; i++)
    if (text_equal(buf_view(&b), g->cases[i])) return gen_draw(g->of[i], d);
  return draw_or_not(g, d, false);
}

static value draw_cel(const gen *g, drawing *d) {
  return evaluate(g->program, d);
}

value gen_draw(const gen *g, drawing *d) {
  static value (*const draw[])(const gen *g, drawing *d) = {
#define X(word) draw_##word,
      GENS(X)
#undef X
  };
  return draw[g->kind](g, d);
}

int64_t gen_draw_int(const gen *g, drawing *d, int64_t otherwise) {
  if (!g) return otherwise;
  value v = gen_draw(g, d);
  return v.type == VALUE_INT ? v.i : otherwise;
}
