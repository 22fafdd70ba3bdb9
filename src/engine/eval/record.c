/* Evaluating an expression over one record. */
#include "engine/eval/record.h"

typedef struct record_slots {
  arena *a;
  const lone_record *r;
} record_slots;

static value record_slot(void *context, int number) {
  const record_slots *s = context;
  const lone_record *r = s->r;
  const slot *t = &r->scope->slots[number];
  if (t->kind == SLOT_FIELD && r->fields) {
    value v = r->fields[t->index];
    if (v.type != VALUE_UNKNOWN || v.missing) return v;
  }
  if (t->kind == SLOT_ON && r->on != DAY_NONE) return value_int(r->on);
  if (t->kind == SLOT_PARAMETER && r->pack)
    return parameter_at(&r->pack->parameters[t->index], s->a,
                        r->on != DAY_NONE ? r->on : r->now.today, NULL);
  return value_missing(s->a, cel_env_name(r->scope->env, number));
}

value eval_record(arena *a, const lone_record *r, const cel_program *p) {
  record_slots s = {a, r};
  cel_run run = {.a = a,
                 .slot = record_slot,
                 .context = &s,
                 .today = r->now.today,
                 .calendar = r->now.calendar};
  return cel_eval(p, &run);
}
