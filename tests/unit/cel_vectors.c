/* cel_vectors — what the engine says to every expression of packs, on invented data with gaps: one
 * JSON line each, for other evaluators to be held to (web/tests/unit/vectors.test.ts).
 *
 *   cel_vectors CALENDAR PACK-FOLDER… >vectors.jsonl */
#include <stdio.h>
#include <stdlib.h>

#include "base/money.h"
#include "pack/load/load.h"
#include "pack/model/pack.h"

enum { ROWS = 8, DEPTH_MAX = 4 };

typedef struct writing {
  const pack *p;
  const calendar *calendar;
  day today;
  uint64_t seed;
  arena *a;
  int64_t written;
  /* of one vector */
  const cel_env *env;
  const name_scope *scope;
  value *values; /* by slot; type VALUE_ERROR with error NULL: not drawn yet */
} writing;

static uint64_t draw(writing *w, uint64_t below) {
  w->seed ^= w->seed << 13;
  w->seed ^= w->seed >> 7;
  w->seed ^= w->seed << 17;
  return w->seed % below;
}

/* ---- invented values ---- */

static int64_t some_int(writing *w, cel_unit unit) {
  static const int64_t money[] = {0, 1, -250, 5000, 99999, 100000, 600000, 1234567, 80000000};
  static const int64_t days[] = {-30, 0, 11016, 18320, 19782, 19783, 20088, 20423, 20780};
  static const int64_t rates[] = {0, 1, 50000000, 80000000, 100000000, 4750000};
  static const int64_t numbers[] = {0,          1,           -250000000, 50000000,
                                    8140000000, 15000000000, 5850000000, 99999999};
  static const int64_t ints[] = {-1, 0, 1, 2, 3, 4, 6, 12, 17, 60};
  switch (unit) {
  case UNIT_MONEY:
    return money[draw(w, sizeof money / sizeof *money)];
  case UNIT_DATE:
    return days[draw(w, sizeof days / sizeof *days)];
  case UNIT_RATE:
    return rates[draw(w, sizeof rates / sizeof *rates)];
  case UNIT_NUMBER:
    return numbers[draw(w, sizeof numbers / sizeof *numbers)];
  case UNIT_NONE:
    break;
  }
  return ints[draw(w, sizeof ints / sizeof *ints)];
}

static value some_text(writing *w, const cel_type *t) {
  static const char *const texts[] = {"", "张三", "370871001201", "a", "危房", "2024"};
  size_t n = 0;
  while (t->choices && t->choices[n]) n++;
  const char *s = n ? t->choices[draw(w, n)] : texts[draw(w, sizeof texts / sizeof *texts)];
  return value_string(text_of(s));
}

static value some_value(writing *w, const cel_type *t, int depth);

static value some_list(writing *w, const cel_type *t, int depth) {
  value_list *list = ARENA_NEW(w->a, value_list);
  value *items = ARENA_ARRAY(w->a, 4, value);
  if (!list || !items) return value_missing(w->a, "");
  size_t n = draw(w, 4);
  for (size_t i = 0; i < n; i++) {
    value v = some_value(w, t->of, depth + 1);
    if (v.type != VALUE_UNKNOWN) items[list->count++] = v;
  }
  list->items = items;
  return (value){.type = VALUE_LIST, .list = list};
}

/* An open record: some fields are not there. */
static value some_record(writing *w, const cel_type *t, int depth) {
  value_map *m = ARENA_NEW(w->a, value_map);
  value_pair *pairs = ARENA_ARRAY(w->a, t->record->count + 1, value_pair);
  if (!m || !pairs) return value_missing(w->a, "");
  for (size_t i = 0; i < t->record->count; i++) {
    value v = some_value(w, t->record->fields[i].type, depth + 1);
    if (v.type == VALUE_UNKNOWN || draw(w, 5) == 0) continue;
    pairs[m->count++] = (value_pair){value_string(text_of(t->record->fields[i].name)), v};
  }
  m->pairs = pairs;
  m->open = true;
  m->path = t->record->name;
  return (value){.type = VALUE_MAP, .map = m};
}

static value some_value(writing *w, const cel_type *t, int depth) {
  if (depth > DEPTH_MAX) return value_missing(w->a, "");
  switch (t->kind) {
  case CEL_BOOL:
    return value_bool(draw(w, 2));
  case CEL_INT:
    return value_int(some_int(w, t->unit));
  case CEL_STRING:
    return some_text(w, t);
  case CEL_LIST:
    return some_list(w, t, depth);
  case CEL_RECORD:
    return some_record(w, t, depth);
  default:
    return value_missing(w->a, "");
  }
}

static value bracket(arena *a, int64_t from, const char *what, int64_t n) {
  value_map *m = ARENA_NEW(a, value_map);
  value_pair *pairs = ARENA_ARRAY(a, 2, value_pair);
  if (!m || !pairs) return value_missing(a, "");
  pairs[0] = (value_pair){value_string(TEXT("threshold")), value_int(from)};
  pairs[1] = (value_pair){value_string(text_of(what)), value_int(n)};
  *m = (value_map){.count = 2, .pairs = pairs, .path = ""};
  return (value){.type = VALUE_MAP, .map = m};
}

static value some_scale(arena *a, bool rates) {
  value_list *list = ARENA_NEW(a, value_list);
  value *items = ARENA_ARRAY(a, 3, value);
  if (!list || !items) return value_missing(a, "");
  for (int i = 0; i < 3; i++)
    items[i] =
        bracket(a, (int64_t[]){0, 5000, 600000}[i], rates ? "rate" : "amount",
                rates ? (int64_t[]){0, 33333333, 70000000}[i] : (int64_t[]){100, 2000, 30000}[i]);
  *list = (value_list){.count = 3, .items = items};
  return (value){.type = VALUE_LIST, .list = list};
}

static value slot_value(void *context, int slot) {
  writing *w = context;
  value *v = &w->values[slot];
  if (v->type != VALUE_ERROR || v->error) return *v;
  const char *name = cel_env_name(w->env, slot);
  const cel_type *t = cel_env_type(w->env, slot);
  *v = value_missing(w->a, name);
  if (t->kind == CEL_SCALE && !w->scope) return *v = some_scale(w->a, strcmp(name, "scale") == 0);
  if (w->scope && w->scope->slots[slot].kind == SLOT_PARAMETER) {
    value set = parameter_at(&w->p->parameters[w->scope->slots[slot].index], w->a, w->today, NULL);
    if (set.type != VALUE_UNKNOWN) return *v = set;
  }
  if (draw(w, 4)) *v = some_value(w, t, 0);
  return *v;
}

/* ---- one vector a line ---- */

static bool write_vector(writing *w, const cel_program *p) {
  size_t count;
  const int *slots = cel_program_slots(p, &count);
  cel_run run = {
      .a = w->a, .slot = slot_value, .context = w, .today = w->today, .calendar = w->calendar};
  for (size_t i = 0; i < cel_env_count(w->env); i++) w->values[i] = (value){.type = VALUE_ERROR};
  for (size_t i = 0; i < count; i++) slot_value(w, slots[i]);
  value said = cel_eval(p, &run);
  AUTO_BUF buf line = {0};
  json_out out = json_to(&line);
  json_open(&out, '{');
  json_key(&out, "expr");
  AUTO_BUF buf source = {0};
  cel_program_browser_source(&source, p);
  json_put_buf(&out, &source);
  json_key(&out, "today");
  json_put_int(&out, w->today);
  json_key(&out, "names");
  json_open(&out, '[');
  for (size_t i = 0; i < count; i++) json_put_str(&out, cel_env_name(w->env, slots[i]));
  json_close(&out, ']');
  json_key(&out, "facts");
  json_open(&out, '{');
  for (size_t i = 0; i < count; i++) {
    if (w->values[slots[i]].type == VALUE_UNKNOWN) continue;
    json_key(&out, cel_env_name(w->env, slots[i]));
    value_put_json(&out, &w->values[slots[i]], NULL);
  }
  json_close(&out, '}');
  json_key(&out, "says");
  value_put_json(&out, &said, NULL);
  json_close(&out, '}');
  w->written++;
  return buf_ok(&line) && puts(line.at) >= 0;
}

static bool write_program(writing *w, const name_scope *sc, const cel_env *env,
                          const cel_program *p) {
  if (!p) return true;
  arena *a AUTO_ARENA = arena_new(0);
  w->env = env;
  w->scope = sc;
  w->a = a;
  w->values = a ? ARENA_ARRAY(a, cel_env_count(env) + 1, value) : NULL;
  bool ok = w->values != NULL;
  for (int row = 0; ok && row < ROWS; row++) ok = write_vector(w, p);
  return ok;
}

static bool write_in(writing *w, const name_scope *sc, const cel_program *p) {
  return write_program(w, sc, sc->env, p);
}

/* A check sees the record's own fields, in their order. */
static bool write_checks(writing *w, const field *fields, size_t count) {
  arena *a AUTO_ARENA = arena_new(0);
  cel_env *env = a ? cel_env_new(a) : NULL;
  if (!env) return false;
  for (size_t i = 0; i < count; i++)
    if (cel_env_add(env, fields[i].name, fields[i].type_in_cel) < 0) return false;
  for (size_t i = 0; i < count; i++)
    if (!write_program(w, NULL, env, fields[i].check)) return false;
  return true;
}

static bool write_pack(writing *w) {
  const pack *p = w->p;
  bool ok = true;
  for (size_t i = 0; ok && i < p->kind_count; i++)
    ok = write_checks(w, p->kinds[i].fields, p->kinds[i].field_count);
  for (size_t i = 0; ok && i < p->event_count; i++)
    ok = write_checks(w, p->events[i].fields, p->events[i].field_count);
  for (size_t i = 0; ok && i < p->variable_count; i++) {
    const variable *v = &p->variables[i];
    const name_scope *sc = v->of >= 0 ? &p->kinds[v->of].scope : &p->events[v->of_event].scope;
    for (size_t k = 0; ok && k < v->count; k++) ok = write_in(w, sc, v->formulas[k].program);
  }
  for (size_t i = 0; ok && i < p->aggregate_count; i++) {
    const aggregate *g = &p->aggregates[i];
    const name_scope *sc = &p->events[g->over].scope;
    ok = write_in(w, sc, g->where) && write_in(w, sc, g->what);
  }
  for (size_t i = 0; ok && i < p->rule_count; i++) {
    const rule *r = &p->rules[i];
    ok = write_in(w, &p->kinds[r->of].scope, r->when) &&
         write_in(w, &p->kinds[r->of].scope, r->cost);
  }
  for (size_t i = 0; ok && i < p->workflow_count; i++)
    for (size_t k = 0; ok && k < p->workflows[i].transition_count; k++) {
      const transition *t = &p->workflows[i].transitions[k];
      ok = write_in(w, &t->scope, t->when);
    }
  for (size_t i = 0; ok && i < p->measure_count; i++) {
    const measure_kind *m = &p->measures[i];
    ok = write_in(w, &m->scope, m->when) && write_in(w, &m->scope, m->amount);
  }
  for (size_t i = 0; ok && i < p->indicator_count; i++) {
    const indicator *x = &p->indicators[i];
    const name_scope *sc = x->of >= 0 ? &p->kinds[x->of].scope : &p->events[x->of_event].scope;
    ok = write_in(w, sc, x->where) && write_in(w, sc, x->what) && write_in(w, sc, x->per);
  }
  return ok;
}

/* Each of Jishi's own functions, at its edges. */
static const char *const own[] = {
    "divide(m, a)",
    "divide(m - n, 3)",
    "divide(-m, 7)",
    "m / a",
    "a % 4",
    "a / (a - 2) > 1",
    "m * 92233720368547",
    "m + yuan(92233720368547758)",
    "share(m, r)",
    "share(m - n, rate(\"0.333\"))",
    "share(m, r, daysBetween(d, e), 360)",
    "share(m, r, a, a - 1)",
    "yuan(a)",
    "yuan(s)",
    "rate(s)",
    "date(s)",
    "yuan(\"1,234.50\") + yuan(\"-0.01\")",
    "year(d) * 10000 + month(d) * 100 + day(d)",
    "weekday(d) + weekday(e)",
    "addDays(d, a * 100000)",
    "addDays(d, 400)",
    "addMonths(d, a)",
    "addMonths(d, a * 1000)",
    "addMonths(date(\"2024-01-31\"), a)",
    "addWorkdays(d, a)",
    "workdaysBetween(d, e)",
    "addWorkdays(date(\"2012-12-28\"), a)", /* before the calendar's first notice */
    "workdaysBetween(date(\"2012-12-28\"), d)",
    "addWorkdays(date(\"2012-12-28\"), 5) > d || b",
    "daysBetween(d, e)",
    "monthsBetween(d, e)",
    "yearsBetween(d, e)",
    "yearsBetween(date(\"2000-02-29\"), e)",
    "today() - d",
    "d + a > e || b",
    "min(m, n) + max(m, n) == m + n",
    "min(l)",
    "max(l)",
    "sum(l)",
    "size(l) > 0 && max(l) > m",
    "sum(l.filter(x, x > m).map(x, x - m))",
    "l.exists(x, x > m) || l.all(x, x < n)",
    "l.exists_one(x, x == yuan(50))",
    "m.orElse(n)",
    "m.orElse(yuan(1)) > n.orElse(yuan(2))",
    "b.orElse(false) || d < e",
    "m.orElse(yuan(a) / 0)",
    "known(m) && m > n || !known(d)",
    "needing(m, a, b, s)",
    "needing(a / (a - 2), m) > 1 || b",
    "needing(b, l, d)",
    "b && m > n",
    "b || m > n",
    "!b ? m : n",
    "a == 0 || m / a > yuan(1)",
    "a != 0 && m / a > yuan(1)",
    "s in [\"a\", \"2024\", \"危房\"]",
    "size(s) + size(\"危房\")",
    "s.startsWith(\"3708\") && s.substring(0, 6) == \"370871\"",
    "s.matches(\"^[0-9]{4}$\")",
    "math.abs(m - n) + math.greatest(m, n)",
    "math.sign(m - n)",
    "-a < 0 || a >= 12",
    "marginalRate(scale, m)",
    "marginalAmount(steps, m)",
    "singleAmount(steps, m)",
    "roundEven(r, 0)",
    "roundEven(r, 3)",
};

static bool write_own(writing *w) {
  arena *a AUTO_ARENA = arena_new(0);
  cel_env *env = a ? cel_env_new(a) : NULL;
  const struct {
    const char *name;
    const cel_type *type;
  } names[] = {{"a", &cel_int},       {"m", &cel_money},    {"n", &cel_money},
               {"d", &cel_date},      {"e", &cel_date},     {"r", &cel_rate},
               {"s", &cel_string},    {"b", &cel_bool},     {"l", cel_list_of(a, &cel_money)},
               {"scale", &cel_scale}, {"steps", &cel_scale}};
  if (!env) return false;
  for (size_t i = 0; i < sizeof names / sizeof *names; i++)
    if (cel_env_add(env, names[i].name, names[i].type) < 0) return false;
  for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
    err e;
    const cel_program *p = cel_compile(a, env, text_of(own[i]), NULL, &e);
    if (!p) {
      fprintf(stderr, "%s: %s: %s\n", own[i], e.where, e.en);
      return false;
    }
    for (int k = 0; k < 3; k++)
      if (!write_program(w, NULL, env, p)) return false;
  }
  return true;
}

int main(int argc, char **argv) {
  if (argc < 3) {
    fputs("usage: cel_vectors CALENDAR PACK-FOLDER…\n", stderr);
    return 2;
  }
  err e;
  calendar *c = calendar_load(argv[1], &e);
  if (!c) fprintf(stderr, "%s: %s\n", e.where, e.en);
  writing own_words = {.calendar = c, .today = 20423, .seed = 17};
  bool ok = c != NULL && write_own(&own_words);
  for (int i = 2; ok && i < argc; i++) {
    faults f = {0};
    pack *p = pack_load(argv[i], NULL, &f);
    for (size_t k = 0; k < f.count; k++)
      fprintf(stderr, "%s: %s\n", f.items[k].where, f.items[k].en);
    writing w = {.p = p, .calendar = c, .today = 20423, .seed = 20251201};
    ok = p && write_pack(&w);
    pack_free(p);
    faults_release(&f);
  }
  calendar_free(c);
  return ok && fflush(stdout) == 0 ? 0 : 1;
}
