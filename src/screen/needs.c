/* Which fields the pack's expressions read: those become columns, and no others. */
#include "screen/screen_internal.h"

typedef struct needing {
  screen *s;
  bool ok;
} needing;

static void want_named(needing *n, screen_table *t, text name) {
  const field *fields = t->kind ? t->kind->fields : t->event->fields;
  for (size_t i = 0; n->ok && i < t->field_count; i++)
    if (text_is(name, fields[i].name)) n->ok = table_want(t, (int)i);
}

static void want_all(needing *n, screen_table *t) {
  t->wanted = true;
  for (size_t i = 0; n->ok && i < t->field_count; i++) n->ok = table_want(t, (int)i);
}

/* The tables whose records a program may hold: a field that is selected by name may be of any. */
typedef struct reading {
  screen_table *own;
  screen_table *records[16];
  size_t count;
} reading;

static void record_of(reading *r, screen_table *t) {
  if (t && r->count < sizeof r->records / sizeof *r->records) r->records[r->count++] = t;
}

static void read_node(needing *n, const reading *r, const node *x, const name_scope *sc) {
  if (!n->ok) return;
  bool selected = x->kind == NODE_SELECT;
  if (x->kind == NODE_SLOT && sc->slots[x->slot].kind == SLOT_FIELD)
    n->ok = table_want(r->own, sc->slots[x->slot].index);
  if (selected)
    for (size_t i = 0; i < r->count; i++) want_named(n, r->records[i], x->name);
  if (x->kind == NODE_LOCAL)
    for (size_t i = 0; i < r->count; i++) want_all(n, r->records[i]);
  for (size_t i = 0; i < x->count; i++) {
    const node *item = x->items[i];
    if (!item) continue;
    /* person.income reads one field, not the record */
    if (selected && (item->kind == NODE_LOCAL || item->kind == NODE_SLOT)) continue;
    read_node(n, r, item, sc);
  }
}

static void read_program(needing *n, screen_table *own, const cel_program *p,
                         const name_scope *sc) {
  if (!p) return;
  reading r = {.own = own};
  size_t count;
  const int *slots = cel_program_slots(p, &count);
  own->wanted = true;
  for (size_t i = 0; i < count; i++) {
    const slot *t = &sc->slots[slots[i]];
    if (t->kind == SLOT_CHILDREN) record_of(&r, &n->s->subjects[t->index]);
    if (t->kind == SLOT_PARENT) record_of(&r, own->root);
    if (t->kind == SLOT_ABOUT) record_of(&r, own->about);
  }
  for (size_t i = 0; i < r.count; i++) r.records[i]->wanted = true;
  read_node(n, &r, cel_tree(p), sc);
}

/* Categories may be asked for by any short field of a root. */
static void want_categories(needing *n, screen_table *t) {
  for (size_t i = 0; n->ok && i < t->field_count; i++)
    if (t->kind->fields[i].type == FIELD_BOOL || t->kind->fields[i].type == FIELD_CHOICE)
      n->ok = table_want(t, (int)i);
}

static bool marks_event(const duration_marks *m, int event) {
  for (size_t i = 0; i < m->count; i++)
    if (m->items[i].of_event == event) return true;
  return false;
}

static bool is_counted(const pack *p, int event) {
  for (size_t i = 0; i < p->aggregate_count; i++)
    if (p->aggregates[i].over == event) return true;
  for (size_t i = 0; i < p->indicator_count; i++)
    if (p->indicators[i].of_event == event) return true;
  for (size_t i = 0; i < p->indicator_count; i++) {
    const duration *d = p->indicators[i].duration;
    if (d && (marks_event(&d->from, event) || marks_event(&d->to, event) ||
              marks_event(&d->leaves, event)))
      return true;
  }
  for (size_t i = 0; i < p->sample_plan_count; i++)
    if (p->sample_plans[i].check == event) return true;
  return false;
}

static void read_marks(needing *n, int of, const duration_marks *m) {
  for (size_t i = 0; i < m->count; i++) {
    const duration_mark *k = &m->items[i];
    screen_table *own = k->of_event < 0 ? &n->s->subjects[of] : &n->s->events[k->of_event];
    const name_scope *sc = k->of_event < 0 ? &own->kind->scope : &own->event->scope;
    own->wanted = true;
    if (own->event) own->about->wanted = true;
    read_program(n, own, k->where, sc);
    read_program(n, own, k->day, sc);
  }
}

static void read_sample_plan(needing *n, const sample_plan *x) {
  screen_table *of = &n->s->subjects[x->of], *check = &n->s->events[x->check];
  of->wanted = check->wanted = true;
  read_program(n, of, x->where, &of->kind->scope);
  for (size_t i = 0; i < x->result_count; i++)
    read_program(n, check, x->results[i].what, &check->event->scope);
}

bool screen_needs(screen *s) {
  needing n = {s, true};
  const pack *p = s->p;
  for (size_t i = 0; i < p->rule_count; i++) {
    const rule *r = &p->rules[i];
    read_program(&n, &s->subjects[r->of], r->when, &p->kinds[r->of].scope);
    read_program(&n, &s->subjects[r->of], r->cost, &p->kinds[r->of].scope);
  }
  for (size_t i = 0; i < p->indicator_count; i++) {
    const indicator *x = &p->indicators[i];
    screen_table *own = x->of >= 0 ? &s->subjects[x->of] : &s->events[x->of_event];
    const name_scope *sc = x->of >= 0 ? &own->kind->scope : &own->event->scope;
    own->wanted = true;
    if (own->event) own->about->wanted = true;
    read_program(&n, own, x->where, sc);
    read_program(&n, own, x->what, sc);
    read_program(&n, own, x->per, sc);
    if (!x->duration) continue;
    read_marks(&n, x->of, &x->duration->from);
    read_marks(&n, x->of, &x->duration->to);
    read_marks(&n, x->of, &x->duration->leaves);
  }
  for (size_t i = 0; i < p->sample_plan_count; i++) read_sample_plan(&n, &p->sample_plans[i]);
  for (size_t i = 0; i < p->variable_count; i++) {
    const variable *v = &p->variables[i];
    screen_table *own = v->of < 0 ? &s->events[v->of_event] : &s->subjects[v->of];
    const name_scope *sc = v->of < 0 ? &own->event->scope : &own->kind->scope;
    bool read = v->of >= 0 || is_counted(p, v->of_event);
    for (size_t k = 0; read && k < v->count; k++) read_program(&n, own, v->formulas[k].program, sc);
    if (read) read_program(&n, own, v->earlier, sc);
  }
  for (size_t i = 0; i < p->aggregate_count; i++) {
    const aggregate *g = &p->aggregates[i];
    screen_table *t = &s->events[g->over];
    t->wanted = true;
    read_program(&n, t, g->where, &t->event->scope);
    read_program(&n, t, g->what, &t->event->scope);
    t->about->wanted = true;
  }
  for (size_t i = 0; i < p->kind_count; i++) {
    screen_table *t = &s->subjects[i];
    if (!t->root) t->wanted = true;
    if (p->kinds[i].end_date_field >= 0 && n.ok) n.ok = table_want(t, p->kinds[i].end_date_field);
    if (!t->root) want_categories(&n, t);
  }
  return n.ok;
}
