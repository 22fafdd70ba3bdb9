/* Look-ups in a pack. */
#include "pack/model/pack.h"

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

const kind *pack_people(const pack *p) {
  for (size_t i = 0; i < p->kind_count; i++)
    if (p->kinds[i].account_field >= 0) return &p->kinds[i];
  return NULL;
}

const sample_plan *pack_sample_plan(const pack *p, text name) {
  int i = names_index(NAMES(p->sample_plans, p->sample_plan_count), name);
  return i < 0 ? NULL : &p->sample_plans[i];
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

bool roles_hold(const char *const *roles, const char *role_name) {
  for (; roles && *roles; roles++)
    if (strcmp(*roles, role_name) == 0) return true;
  return false;
}
