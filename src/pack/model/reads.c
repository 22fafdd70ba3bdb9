#include "pack/model/reads.h"

#include "cel/ast.h"

typedef struct reader {
  const pack *p;
  const name_scope *sc;
  const field *fields;
} reader;

static uint32_t of_fields(const field *fields, size_t count, text name) {
  const field *f = field_find(fields, count, name);
  return f ? field_reads(f) : 0;
}

/* Picked from a record: of a kind, or of a form. */
static uint32_t of_name(const pack *p, text name) {
  uint32_t r = 0;
  for (size_t i = 0; i < p->kind_count; i++)
    r |= of_fields(p->kinds[i].fields, p->kinds[i].field_count, name);
  for (size_t i = 0; i < p->measure_count; i++)
    r |= of_fields(p->measures[i].fields, p->measures[i].field_count, name);
  for (size_t w = 0; w < p->workflow_count; w++)
    for (size_t i = 0; i < p->workflows[w].transition_count; i++) {
      const transition *t = &p->workflows[w].transitions[i];
      r |= of_fields(t->fields, t->field_count, name);
    }
  for (size_t i = 0; i < p->variable_count; i++)
    if (p->variables[i].of >= 0 && text_is(name, p->variables[i].name)) r |= p->variables[i].reads;
  for (size_t i = 0; i < p->aggregate_count; i++)
    if (text_is(name, p->aggregates[i].name)) r |= p->aggregates[i].reads;
  return r;
}

static uint32_t of_slot(const reader *x, int number) {
  const slot at = x->sc->slots[number];
  switch (at.kind) {
  case SLOT_FIELD:
    return x->fields ? field_reads(&x->fields[at.index]) : 0;
  case SLOT_VARIABLE:
    return x->p->variables[at.index].reads;
  case SLOT_AGGREGATE:
    return x->p->aggregates[at.index].reads;
  case SLOT_PARAMETER:
  case SLOT_CHILDREN:
  case SLOT_PARENT:
  case SLOT_ABOUT:
  case SLOT_CASE:
  case SLOT_FORM:
  case SLOT_ON:
  case SLOT_AREA:
    break;
  }
  return 0;
}

static uint32_t of_node(const reader *x, const node *n) {
  uint32_t r = n->kind == NODE_SLOT     ? of_slot(x, n->slot)
               : n->kind == NODE_SELECT ? of_name(x->p, n->name)
                                        : 0;
  if (n->test) r &= ~READS_PRIVATE; /* only whether it is known */
  for (size_t i = 0; i < n->count; i++)
    if (n->items[i]) r |= of_node(x, n->items[i]);
  return r;
}

uint32_t reads_of(const pack *p, const name_scope *sc, const field *fields, const cel_program *x) {
  return x ? of_node(&(reader){p, sc, fields}, cel_tree(x)) : 0;
}

static uint32_t of_kind(const pack *p, int kind_index, const cel_program *x) {
  const kind *k = &p->kinds[kind_index];
  return reads_of(p, &k->scope, k->fields, x);
}

static uint32_t of_event(const pack *p, int event_index, const cel_program *x) {
  const event_kind *k = &p->events[event_index];
  return reads_of(p, &k->scope, k->fields, x);
}

/* Only bits of groups: that something is not filled in may be said of what is masked. */
uint32_t reads_of_rule(const pack *p, const rule *r) {
  return of_kind(p, r->of, r->when) & ~READS_PRIVATE;
}

uint32_t reads_of_message(const pack *p, const rule *r) {
  uint32_t all = of_kind(p, r->of, r->cost);
  for (size_t i = 0; i < r->message_zh.count; i++)
    all |= of_kind(p, r->of, r->message_zh.pieces[i].program);
  for (size_t i = 0; i < r->message_en.count; i++)
    all |= of_kind(p, r->of, r->message_en.pieces[i].program);
  return all;
}

uint32_t reads_of_amount(const pack *p, const measure_kind *m) {
  return reads_of(p, &m->scope, p->kinds[m->of].fields, m->amount);
}

static uint32_t of_marks(const pack *p, int of, const duration_marks *marks) {
  uint32_t r = 0;
  for (size_t i = 0; i < marks->count; i++) {
    const duration_mark *m = &marks->items[i];
    if (m->of_event < 0)
      r |= of_kind(p, of, m->where) | of_kind(p, of, m->day);
    else
      r |= p->events[m->of_event].groups | of_event(p, m->of_event, m->where) |
           of_event(p, m->of_event, m->day);
  }
  return r;
}

uint32_t reads_of_indicator(const pack *p, const indicator *i) {
  const cel_program *const all[] = {i->where, i->what, i->per};
  uint32_t r = i->of >= 0 ? 0 : p->events[i->of_event].groups;
  for (size_t k = 0; k < sizeof all / sizeof *all; k++)
    r |= i->of >= 0 ? of_kind(p, i->of, all[k]) : of_event(p, i->of_event, all[k]);
  if (i->duration)
    r |= of_marks(p, i->of, &i->duration->from) | of_marks(p, i->of, &i->duration->to) |
         of_marks(p, i->of, &i->duration->leaves);
  return r;
}

uint32_t reads_of_follow_up(const pack *p, const follow_up *f) {
  const event_kind *done = &p->events[f->done_by];
  const field *own =
      f->after >= 0 ? p->events[f->after].fields : p->measures[f->after_measure].fields;
  const cel_program *const programs[] = {f->when, f->what, f->from, f->due, f->expected};
  uint32_t r = done->groups | (f->after >= 0 ? p->events[f->after].groups : 0);
  for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
    r |= reads_of(p, &f->own, own, programs[i]);
  return r | reads_of(p, &f->done, done->fields, f->done_where) |
         reads_of(p, &f->done, done->fields, f->actual);
}

label reads_title(const pack *p, uint32_t reads, uint32_t but) {
  for (size_t i = 0; i < p->group_count; i++)
    if ((reads & ~but) >> i & 1) return p->groups[i].title;
  return (label){"遮挡的内容", "what is masked"};
}
