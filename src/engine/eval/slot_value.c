#include "engine/eval/slot_value.h"

static int64_t count_children(unit *u, const kind *k) {
  int64_t n = 0;
  for (size_t i = 0; i < u->child_count; i++)
    n += u->children[i]->kind == k && unit_counts(u, u->children[i]);
  return n;
}

static void read_field(slot_value *x, const field *f, value v) {
  x->field = f;
  x->title = f->title;
  x->type = f->type_in_cel;
  x->value = v;
}

static void read_parameter(slot_value *x, unit *u, const parameter *p, day on) {
  const dated_value *row = NULL;
  x->value = parameter_at(p, u->a, on, &row);
  x->title = p->title;
  x->type = p->type;
  x->reference = row && row->reference ? row->reference : p->reference;
  if (row) x->since = row->from;
}

slot_value unit_slot(unit *u, const record *about, const event *ev, const name_scope *sc,
                     int number) {
  const slot *s = &sc->slots[number];
  const pack *p = u->pack;
  const day on = ev ? ev->on : u->today;
  slot_value x = {.name = cel_env_name(sc->env, number), .since = DAY_NONE};
  switch (s->kind) {
  case SLOT_FIELD:
    read_field(&x, ev ? &ev->kind->fields[s->index] : &about->kind->fields[s->index],
               ev ? ev->fields[s->index] : about->fields[s->index]);
    break;
  case SLOT_PARAMETER:
    read_parameter(&x, u, &p->parameters[s->index], on);
    break;
  case SLOT_VARIABLE: {
    const variable *v = &p->variables[s->index];
    const dated_program *now = variable_formula(v, on);
    x.title = v->title;
    x.type = v->type;
    x.value = ev ? unit_event_variable(u, ev, v) : unit_variable(u, about, v);
    x.formula = now ? now->program : NULL;
    break;
  }
  case SLOT_AGGREGATE:
    x.title = p->aggregates[s->index].title;
    x.type = p->aggregates[s->index].type;
    x.value = unit_aggregate(u, about, &p->aggregates[s->index]);
    break;
  case SLOT_CHILDREN:
    x.title = p->kinds[s->index].title;
    x.type = &cel_int;
    x.value = value_int(count_children(u, &p->kinds[s->index]));
    break;
  case SLOT_ABOUT:
  case SLOT_PARENT:
    x.title = u->root->kind->title;
    break;
  case SLOT_CASE:
    x.title = (label){"个案", "case"};
    break;
  case SLOT_FORM:
    x.title = (label){"填写内容", "what was filled in"};
    break;
  case SLOT_ON:
    x.title = (label){"日期", "day"};
    x.type = &cel_date;
    x.value = value_int(on);
    break;
  case SLOT_AREA:
    x.title = (label){"区域", "area"};
    x.type = &cel_string;
    x.value = value_string(text_of(about->area));
    break;
  }
  return x;
}
