/* One household after one write: every rule about it and its members through cel_eval, as the
 * engine evaluates them; and what it takes to make programs of the expressions. */
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>

enum { MEMBERS_MAX = 8, MEMBERS_FIRST = 1 };

typedef struct subject {
  const kind *kind;
  value *fields, *aggregates;
} subject;
typedef struct one {
  subject who[MEMBERS_FIRST + MEMBERS_MAX]; /* the household, its members */
  size_t count;
  value members; /* as a list of records */
} one;

static struct {
  const subject_matter *m;
  arena *a;
  one *households;
  size_t count;
  value *parameters;
  int written; /* the field that is written */
} all;

/* ---- data: everything known ---- */

static value *unknowns(arena *a, size_t count) {
  value *v = ARENA_ARRAY(a, count + 1, value);
  for (size_t i = 0; v && i < count; i++) v[i] = (value){.type = VALUE_UNKNOWN};
  return v;
}

static void put_cell(subject *s, column_id c, int64_t n) {
  const pack *p = all.m->p;
  const field *f = field_find(s->kind->fields, s->kind->field_count, text_of(specs[c].name));
  if (f) {
    value *to = &s->fields[f - s->kind->fields];
    if (specs[c].shape == SHAPE_CODE)
      *to = value_string(text_of(f->choices[n].code));
    else
      *to = specs[c].shape == SHAPE_BIT ? value_bool(n != 0) : value_int(n);
    return;
  }
  for (size_t i = 0; i < p->aggregate_count; i++)
    if (strcmp(p->aggregates[i].name, specs[c].name) == 0) s->aggregates[i] = value_int(n);
}

static bool put_subject(subject *s, const kind *k, const county_data *d, size_t row) {
  s->kind = k;
  s->fields = unknowns(all.a, k->field_count);
  s->aggregates = unknowns(all.a, all.m->p->aggregate_count);
  if (!s->fields || !s->aggregates) return false;
  for (column_id c = 0; c < COLUMNS; c++) {
    int64_t n;
    if (!d->c[c].data || specs[c].person != (k->parent >= 0)) continue;
    bool known = county_cell(d, c, row, &n);
    put_cell(s, c, !known && c == C_SIZE ? 1 : n);
  }
  return true;
}

static bool put_members(one *x) {
  value_list *list = ARENA_NEW(all.a, value_list);
  value *items = ARENA_ARRAY(all.a, x->count, value);
  if (!list || !items) return false;
  for (size_t i = MEMBERS_FIRST; i < x->count; i++) {
    const subject *s = &x->who[i];
    value_map *map = ARENA_NEW(all.a, value_map);
    value_pair *pairs = ARENA_ARRAY(all.a, s->kind->field_count, value_pair);
    if (!map || !pairs) return false;
    for (size_t k = 0; k < s->kind->field_count; k++)
      if (s->fields[k].type != VALUE_UNKNOWN)
        pairs[map->count++] =
            (value_pair){value_string(text_of(s->kind->fields[k].name)), s->fields[k]};
    map->pairs = pairs;
    map->open = true;
    map->path = "persons";
    items[list->count++] = (value){.type = VALUE_MAP, .map = map};
  }
  list->items = items;
  x->members = (value){.type = VALUE_LIST, .list = list};
  return true;
}

static bool data_make(const subject_matter *m, size_t households) {
  county_data d;
  const kind *household = pack_kind(m->p, TEXT("household")),
             *person = pack_kind(m->p, TEXT("person"));
  all.m = m;
  all.a = arena_new(0);
  all.count = households;
  all.households = all.a ? ARENA_ARRAY(all.a, households, one) : NULL;
  all.parameters = all.a ? ARENA_ARRAY(all.a, m->p->parameter_count, value) : NULL;
  if (!all.households || !all.parameters || !county_make(&d, households, m->wanted)) return false;
  const field *wage = field_find(household->fields, household->field_count, TEXT("wage"));
  all.written = (int)(wage - household->fields);
  for (size_t i = 0; i < m->p->parameter_count; i++)
    all.parameters[i] = parameter_at(&m->p->parameters[i], all.a, m->today, NULL);
  bool ok = true;
  for (size_t i = 0; ok && i < households; i++) {
    one *x = &all.households[i];
    x->count = MEMBERS_FIRST + d.first[i + 1] - d.first[i];
    ok = put_subject(&x->who[0], household, &d, i);
    for (size_t k = MEMBERS_FIRST; ok && k < x->count; k++)
      ok = put_subject(&x->who[k], person, &d, d.first[i] + k - MEMBERS_FIRST);
    ok = ok && put_members(x);
  }
  county_free(&d);
  return ok;
}

/* ---- evaluating ---- */

typedef struct asking {
  const one *household;
  const subject *about;
  arena *a;
  const value **variables; /* by index in the pack; NULL: not yet */
} asking;

static value slot_value(void *context, int number);

static value run_program(asking *q, const cel_program *p) {
  cel_run run = {.a = q->a, .slot = slot_value, .context = q, .today = all.m->today};
  return cel_eval(p, &run);
}

static const cel_program *formula_of(const variable *v) {
  const cel_program *now = NULL;
  for (size_t i = 0; i < v->count; i++)
    if (v->formulas[i].from <= all.m->today) now = v->formulas[i].program;
  return now;
}

static value slot_value(void *context, int number) {
  asking *q = context;
  const slot *s = &q->about->kind->scope.slots[number];
  switch (s->kind) {
  case SLOT_FIELD:
    return q->about->fields[s->index];
  case SLOT_AGGREGATE:
    return q->about->aggregates[s->index];
  case SLOT_PARAMETER:
    return all.parameters[s->index];
  case SLOT_CHILDREN:
    return q->household->members;
  case SLOT_VARIABLE: {
    if (q->variables[s->index]) return *q->variables[s->index];
    const cel_program *p = formula_of(&all.m->p->variables[s->index]);
    value *v = ARENA_NEW(q->a, value);
    if (!p || !v) return value_missing(q->a, "");
    *v = run_program(q, p);
    q->variables[s->index] = v;
    return *v;
  }
  default:
    return value_missing(q->a, "");
  }
}

/* The answers, a byte a rule and subject: 0, 1, or 2 for anything else; their number, 0: memory. */
static size_t evaluate(const one *x, arena *a, uint8_t *out) {
  const pack *p = all.m->p;
  size_t n = 0;
  for (size_t i = 0; i < x->count; i++) {
    asking q = {x, &x->who[i], a, ARENA_ARRAY(a, p->variable_count + 1, const value *)};
    if (!q.variables) return 0;
    for (size_t r = 0; r < p->rule_count; r++) {
      if (p->rules[r].of != x->who[i].kind->index) continue;
      const value v = run_program(&q, p->rules[r].when);
      out[n++] = v.type == VALUE_BOOL ? v.yes : 2;
    }
  }
  return n;
}

/* ---- for the rivals ---- */

static void put_value(json_out *w, const value *v) {
  if (v->type == VALUE_MAP || v->type == VALUE_LIST)
    json_put_null(w); /* no compared rule reads one */
  else
    value_put_json(w, v, NULL);
}

static void put_known(json_out *w, const subject *s) {
  const pack *p = all.m->p;
  json_open(w, '{');
  for (size_t i = 0; i < s->kind->field_count; i++) {
    if (s->fields[i].type == VALUE_UNKNOWN) continue;
    json_key(w, s->kind->fields[i].name);
    put_value(w, &s->fields[i]);
  }
  for (size_t i = 0; i < p->aggregate_count; i++) {
    if (s->aggregates[i].type == VALUE_UNKNOWN) continue;
    json_key(w, p->aggregates[i].name);
    put_value(w, &s->aggregates[i]);
  }
  json_close(w, '}');
}

static void put_program(json_out *w, const char *name, int of, const cel_program *p) {
  json_open(w, '{');
  json_key(w, "name");
  json_put_str(w, name);
  json_key(w, "of");
  json_put_str(w, all.m->p->kinds[of].name);
  json_key(w, "source");
  json_put_text(w, cel_program_source(p));
  json_close(w, '}');
}

typedef struct needed {
  bool *marks; /* by variable */
  json_out *w;
} needed;
/* Variables before those that read them. */
static void put_needed(needed *x, const name_scope *sc, const cel_program *p) {
  size_t count;
  const int *slots = cel_program_slots(p, &count);
  for (size_t i = 0; i < count; i++) {
    const slot *s = &sc->slots[slots[i]];
    if (s->kind != SLOT_VARIABLE || x->marks[s->index]) continue;
    const variable *v = &all.m->p->variables[s->index];
    const cel_program *f = formula_of(v);
    x->marks[s->index] = true;
    if (!f) continue;
    put_needed(x, sc, f);
    if (x->w) put_program(x->w, v->name, v->of, f);
  }
}

static bool put_expressions(json_out *w) {
  const pack *p = all.m->p;
  needed x = {ARENA_ARRAY(all.a, p->variable_count + 1, bool), w};
  if (!x.marks) return false;
  json_key(w, "variables");
  json_open(w, '[');
  for (size_t r = 0; r < p->rule_count; r++)
    put_needed(&x, &p->kinds[p->rules[r].of].scope, p->rules[r].when);
  json_close(w, ']');
  json_key(w, "rules");
  json_open(w, '[');
  for (size_t r = 0; r < p->rule_count; r++)
    put_program(w, p->rules[r].name, p->rules[r].of, p->rules[r].when);
  json_close(w, ']');
  json_key(w, "parameters");
  json_open(w, '{');
  for (size_t i = 0; i < p->parameter_count; i++) {
    if (all.parameters[i].type != VALUE_INT && all.parameters[i].type != VALUE_BOOL) continue;
    json_key(w, p->parameters[i].name);
    put_value(w, &all.parameters[i]);
  }
  json_close(w, '}');
  return true;
}

static bool put_household(json_out *w, const one *x) {
  uint8_t said[(MEMBERS_FIRST + MEMBERS_MAX) * RULES];
  arena *a AUTO_ARENA = arena_new(0);
  size_t n = a ? evaluate(x, a, said) : 0;
  json_open(w, '{');
  json_key(w, "who");
  json_open(w, '[');
  for (size_t i = 0; i < x->count; i++) put_known(w, &x->who[i]);
  json_close(w, ']');
  json_key(w, "said");
  json_open(w, '[');
  for (size_t i = 0; i < n; i++) json_put_int(w, said[i]);
  json_close(w, ']');
  json_close(w, '}');
  return n > 0;
}

bool single_write(const subject_matter *m, const char *path, size_t households) {
  AUTO_BUF buf b = {0};
  if (all.a || !data_make(m, households)) return false;
  json_out w = json_to(&b);
  json_open(&w, '{');
  bool ok = put_expressions(&w);
  json_key(&w, "households");
  json_open(&w, '[');
  for (size_t i = 0; ok && i < households; i++) ok = put_household(&w, &all.households[i]);
  json_close(&w, ']');
  json_close(&w, '}');
  FILE *f = ok && buf_ok(&b) ? fopen(path, "wb") : NULL;
  if (!f) return false;
  ok = fwrite(b.at, 1, b.bytes, f) == b.bytes;
  return fclose(f) == 0 && ok;
}

/* ---- timing ---- */

static volatile uint64_t kept; /* so that nothing is left out */

double single_run(double seconds) {
  uint8_t said[(MEMBERS_FIRST + MEMBERS_MAX) * RULES];
  arena *a AUTO_ARENA = arena_new(0);
  if (!a || !all.count) return -1;
  const double begun = seconds_now();
  double took = 0;
  size_t n = 0;
  for (; took < seconds; took = seconds_now() - begun)
    for (size_t i = 0; i < all.count; i++, n++) {
      one *x = &all.households[i];
      x->who[0].fields[all.written] = value_int((int64_t)(n % 40000) * 100);
      arena_clear(a);
      if (!evaluate(x, a, said)) return -1;
      kept += said[0];
    }
  return took / (double)n * 1e9;
}

double compile_run(const subject_matter *m, double seconds, size_t *expressions) {
  const pack *p = m->p;
  arena *a AUTO_ARENA = arena_new(0);
  if (!a || !all.a) return -1;
  needed x = {ARENA_ARRAY(all.a, p->variable_count + 1, bool), NULL};
  if (!x.marks) return -1;
  for (size_t r = 0; r < p->rule_count; r++)
    put_needed(&x, &p->kinds[p->rules[r].of].scope, p->rules[r].when);
  const double begun = seconds_now();
  double took = 0;
  size_t n = 0;
  for (; took < seconds; took = seconds_now() - begun) {
    *expressions = 0;
    for (size_t i = 0; i < p->variable_count + p->rule_count; i++) {
      const bool rule = i >= p->variable_count;
      const variable *v = &p->variables[rule ? 0 : i];
      if (!rule && !x.marks[i]) continue;
      const cel_program *was = rule ? p->rules[i - p->variable_count].when : formula_of(v);
      const int of = rule ? p->rules[i - p->variable_count].of : v->of;
      arena_clear(a);
      if (!cel_compile(a, p->kinds[of].scope.env, cel_program_source(was), cel_program_type(was),
                       NULL))
        return -1;
      n++;
      ++*expressions;
    }
  }
  return took / (double)n * 1e9;
}
