/* Calculations in the form of OpenFisca's tests: {name, period, input, output}. */
#include "packtest/expect.h"

#include "engine/eval/slot_value.h"

#include <stdio.h>

/* A calculation on its way. */
typedef struct calculation {
  expectation l;
  event **events; /* by kind, the last that the input has; NULL: none */
  const yaml *margin;
} calculation;

/* ---- input ---- */

static bool take_event(calculation *c, const event_kind *k, const yaml *form, err *e) {
  case_run *p = c->l.p;
  day on = p->today;
  uuid id;
  if (yaml_has(form, "on") && !day_parse(yaml_text(form, "on"), &on)) {
    case_differs(p, yaml_get(form, "on"), "on: a day such as 2024-03-01 is expected");
    return true;
  }
  if (!case_take_event(p, k, form, on, &id, e)) return false;
  if (uuid_is_nil(&id)) return true;
  return store_event_find(engine_store(p->g), p->a, k, &id, NULL, &c->events[k->index], e);
}

/* `visit: {…}` or `visit: [{…}, {…}]` */
static bool take_events(calculation *c, const yaml *input, err *e) {
  for (size_t i = 0; i < input->count; i++) {
    const event_kind *k = pack_event(c->l.p->pack, input->keys[i].s);
    const yaml *given = &input->items[i];
    if (!k) continue;
    if (given->type != YAML_LIST) {
      if (!take_event(c, k, given, e)) return false;
      continue;
    }
    for (size_t n = 0; n < given->count; n++)
      if (!take_event(c, k, &given->items[n], e)) return false;
  }
  return true;
}

/* ---- what a value was made of ---- */

/* "; from in_scope 34,000.00元, p.medical.basic.rate {…}" */
static void say_inputs(const calculation *c, const event *x, const variable *d, buf *b) {
  const name_scope *sc = x ? &x->kind->scope : &c->l.about->kind->scope;
  const dated_program *then = variable_formula(d, x ? x->on : c->l.p->today);
  size_t count = 0;
  const int *slots = then ? cel_program_slots(then->program, &count) : NULL;
  const char *before = "; from ";
  for (size_t i = 0; i < count; i++) {
    const slot_value in = unit_slot(c->l.u, c->l.about, x, sc, slots[i]);
    if (!in.type) continue;
    buf_printf(b, "%s%s ", before, in.name);
    before = ", ";
    if (in.value.type == VALUE_UNKNOWN)
      buf_str(b, "unknown");
    else if (in.value.type == VALUE_ERROR)
      buf_str(b, "error");
    else
      value_print(b, &in.value, in.type);
  }
}

/* ---- output ---- */

/* Of several variables of that name: one of an event in the input, else the first. */
static const variable *variable_named(const calculation *c, text name) {
  const pack *p = c->l.p->pack;
  const variable *found = NULL;
  for (size_t i = 0; i < p->variable_count; i++) {
    const variable *v = &p->variables[i];
    if (!text_is(name, v->name)) continue;
    if (v->of_event >= 0 && c->events[v->of_event]) return v;
    if (!found) found = v;
  }
  return found;
}

static int64_t margin_for(const calculation *c, const cel_type *t) {
  int64_t n = 0;
  if (c->margin && (!t || t->kind != CEL_INT || !expectation_number(t, c->margin->s, &n) || n < 0))
    n = 0;
  return n;
}

static void compare(calculation *c, text name, const yaml *want) {
  case_run *p = c->l.p;
  const variable *d = variable_named(c, name);
  const event *x = d && d->of_event >= 0 ? c->events[d->of_event] : NULL;
  value v;
  const cel_type *t = d ? d->type : NULL;
  if (d && d->of_event >= 0 && !x) {
    case_differs(p, want, "output: %s is of a \"%s\", and the input has none", d->name,
                 p->pack->events[d->of_event].name);
    return;
  }
  if (x) {
    v = unit_event_variable(c->l.u, x, d);
  } else if (!expectation_value(&c->l, name, &v, &t)) {
    case_differs(p, want, "output: %s has no \"%.*s\"", c->l.about->kind->name, (int)name.bytes,
                 name.at);
    return;
  }
  if (expectation_matches(&v, t, want, margin_for(c, t))) return;
  AUTO_BUF buf b = {0};
  expectation_print(&c->l, &v, t, &b);
  if (d && (x || d->of == c->l.about->kind->index)) say_inputs(c, x, d, &b);
  case_differs(p, want, "output: expected %.*s: %.*s, got %s", (int)name.bytes, name.at,
               (int)want->s.bytes, want->s.at, b.at ? b.at : "");
}

static const kind *kind_of_plural(const pack *p, text plural) {
  for (size_t i = 0; i < p->kind_count; i++)
    if (p->kinds[i].parent >= 0 && text_is(plural, p->kinds[i].plural)) return &p->kinds[i];
  return NULL;
}

static record *nth_child(const unit *u, const kind *k, size_t n) {
  for (size_t i = 0; i < u->child_count; i++)
    if (strcmp(u->children[i]->kind->name, k->name) == 0 && n-- == 0) return u->children[i];
  return NULL;
}

static void compare_children(calculation *c, const kind *k, const yaml *list) {
  for (size_t n = 0; n < list->count; n++) {
    const yaml *map = &list->items[n];
    record *child = nth_child(c->l.u, k, n);
    if (!child) {
      case_differs(c->l.p, map, "output: there is no such %s in the input", k->name);
      return;
    }
    c->l.about = child;
    for (size_t i = 0; map->type == YAML_MAP && i < map->count; i++)
      compare(c, map->keys[i].s, &map->items[i]);
  }
  c->l.about = c->l.u->root;
}

static bool known_word(text key) {
  static const char *const words[] = {"name",  "area",   "period",     "absolute_error_margin",
                                      "input", "output", "parameters", "description"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_is(key, words[i])) return true;
  return false;
}

static bool is_well_formed(case_run *p, const yaml *test) {
  const yaml *input = yaml_get(test, "input"), *output = yaml_get(test, "output");
  for (size_t i = 0; i < test->count; i++)
    if (!known_word(test->keys[i].s))
      case_differs(p, &test->keys[i], "\"%.*s\" is no word of a calculation",
                   (int)test->keys[i].s.bytes, test->keys[i].s.at);
  if (case_first_day(test) == DAY_NONE)
    case_differs(p, test, "a calculation needs a day: `period: 2024-05-01`");
  if (!input || input->type != YAML_MAP || output->type != YAML_MAP || !output->count)
    case_differs(p, test, "a calculation needs `input: {…}` and `output: {…}`");
  return p->differences == 0;
}

bool case_calculation(case_run *p, const yaml *test, err *e) {
  const yaml *input = yaml_get(test, "input"), *output = yaml_get(test, "output");
  calculation c = {.margin = yaml_get(test, "absolute_error_margin")};
  p->today = DAY_NONE;
  if (!is_well_formed(p, test)) return true;
  if (!case_begin(p, test, case_first_day(test), e) || !case_make_unit(p, input, test, true, e))
    return false;
  c.l.p = p;
  c.events = ARENA_ARRAY(p->a, p->pack->event_count, event *);
  if (!c.events) return err_memory(e);
  if (p->differences) return true;
  if (!take_events(&c, input, e) || !expectation_begin(&c.l, p, e)) return false;
  if (p->differences) return true;
  for (size_t i = 0; i < output->count; i++) {
    const kind *k = kind_of_plural(p->pack, output->keys[i].s);
    if (k && output->items[i].type == YAML_LIST)
      compare_children(&c, k, &output->items[i]);
    else
      compare(&c, output->keys[i].s, &output->items[i]);
  }
  return true;
}
