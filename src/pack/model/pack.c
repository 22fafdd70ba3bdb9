/* Look-ups in a pack. */
#include "pack/model/pack.h"

#include "pack/model/ledger.h"
#include "pack/model/print.h"
#include "pack/model/names.h"

#include <string.h>

void pack_free(pack *p) {
  if (p) arena_free(p->a);
}

const kind *pack_kind(const pack *p, text name) {
  int i = names_index(NAMES(p->kinds, p->kind_count), name);
  return i < 0 ? NULL : &p->kinds[i];
}

const event_kind *pack_event(const pack *p, text name) {
  int i = names_index(NAMES(p->events, p->event_count), name);
  return i < 0 ? NULL : &p->events[i];
}

const event_kind *pack_derived_event(const pack *p, const kind *root, const char *suffix) {
  for (size_t i = 0; i < p->event_count; i++) {
    const event_kind *k = &p->events[i];
    if (k->derived && k->about == root->index && text_ends(text_of(k->name), suffix)) return k;
  }
  return NULL;
}

bool pack_event_is_of_now(const pack *p, const event_kind *k) {
  if (k->summary) return k->summary->per != PERIOD_DAY;
  return k->derived && pack_derived_event(p, &p->kinds[k->about], "_measure") == k;
}

const kind *pack_people(const pack *p) {
  for (size_t i = 0; i < p->kind_count; i++)
    if (p->kinds[i].account_field >= 0) return &p->kinds[i];
  return NULL;
}

const sample_plan *pack_sample_plan(const pack *p, text name) {
  int i = names_index(NAMES(p->sample_plans, p->sample_plan_count), name);
  return i < 0 ? NULL : &p->sample_plans[i];
}

const ledger_spec *pack_ledger(const pack *p, text name) {
  int i = names_index(NAMES(p->ledgers, p->ledger_count), name);
  return i < 0 ? NULL : &p->ledgers[i];
}

const print_spec *pack_print(const pack *p, text name) {
  int i = names_index(NAMES(p->prints, p->print_count), name);
  return i < 0 ? NULL : &p->prints[i];
}

const role *pack_role(const pack *p, text name) {
  int i = names_index(NAMES(p->roles, p->role_count), name);
  return i < 0 ? NULL : &p->roles[i];
}

const follow_up *pack_follow_up(const pack *p, text name) {
  int i = names_index(NAMES(p->follow_ups, p->follow_up_count), name);
  return i < 0 ? NULL : &p->follow_ups[i];
}

const duty *pack_duty(const pack *p, text name) {
  int i = names_index(NAMES(p->duties, p->duty_count), name);
  return i < 0 ? NULL : &p->duties[i];
}

const condition *pack_condition(const pack *p, text name) {
  int i = names_index(NAMES(p->conditions, p->condition_count), name);
  return i < 0 ? NULL : &p->conditions[i];
}

const measure_kind *pack_measure(const pack *p, text name) {
  int i = names_index(NAMES(p->measures, p->measure_count), name);
  return i < 0 ? NULL : &p->measures[i];
}

const rule *pack_rule(const pack *p, text name) {
  int i = names_index(NAMES(p->rules, p->rule_count), name);
  return i < 0 ? NULL : &p->rules[i];
}

const workflow *pack_workflow(const pack *p, text name) {
  int i = names_index(NAMES(p->workflows, p->workflow_count), name);
  return i < 0 ? NULL : &p->workflows[i];
}

const import_layout *pack_import(const pack *p, text name) {
  int i = names_index(NAMES(p->imports, p->import_count), name);
  return i < 0 ? NULL : &p->imports[i];
}

static const field *private_field(const field *fields, size_t count, text name) {
  const field *f = field_find(fields, count, name);
  return f && f->privacy != PRIVACY_OPEN ? f : NULL;
}

static const field *private_named(const pack *p, text name) {
  const field *f = NULL;
  for (size_t i = 0; i < p->kind_count && !f; i++)
    f = private_field(p->kinds[i].fields, p->kinds[i].field_count, name);
  for (size_t i = 0; i < p->event_count && !f; i++)
    f = private_field(p->events[i].fields, p->events[i].field_count, name);
  return f;
}

static bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Variables may use variables, not in a circle; the depth only ends what a broken pack might. */
enum { PRIVATE_DEPTH = 12 };
static const field *private_in(const pack *p, text source, int depth);

static const field *private_through(const pack *p, text name, int depth) {
  const field *f = NULL;
  for (size_t i = 0; i < p->variable_count && !f; i++) {
    const variable *v = &p->variables[i];
    if (!text_is(name, v->name)) continue;
    for (size_t k = 0; k < v->count && !f; k++)
      f = private_in(p, cel_program_source(v->formulas[k].program), depth);
  }
  for (size_t i = 0; i < p->aggregate_count && !f; i++) {
    const aggregate *a = &p->aggregates[i];
    if (!text_is(name, a->name)) continue;
    if (a->what) f = private_in(p, cel_program_source(a->what), depth);
    if (a->where && !f) f = private_in(p, cel_program_source(a->where), depth);
  }
  return f;
}

static const field *private_in(const pack *p, text source, int depth) {
  const field *f = NULL;
  for (size_t at = 0; at < source.bytes && !f && depth < PRIVATE_DEPTH;) {
    size_t from = at;
    while (at < source.bytes && is_word(source.at[at])) at++;
    const text name = {source.at + from, at - from};
    if (name.bytes) f = private_named(p, name);
    if (name.bytes && !f) f = private_through(p, name, depth + 1);
    if (!name.bytes) at++;
  }
  return f;
}

const field *pack_private_in(const pack *p, text source) {
  return private_in(p, source, 0);
}

bool roles_hold(const char *const *roles, const char *role_name) {
  for (; roles && *roles; roles++)
    if (strcmp(*roles, role_name) == 0) return true;
  return false;
}

bool role_sees(const pack *p, const role *r, const kind *k) {
  return (!k->seen_by || roles_hold(k->seen_by, r->name)) &&
         (k->parent < 0 || role_sees(p, r, &p->kinds[k->parent]));
}

bool role_registers(const pack *p, const role *r, const kind *k) {
  return r->registers && role_sees(p, r, k) &&
         (!k->registered_by || roles_hold(k->registered_by, r->name));
}
