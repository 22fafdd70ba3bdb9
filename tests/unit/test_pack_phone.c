/* Every expression of the packs in packs/ stays within what the phone's library can parse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pack/load/load.h"
#include "pack/model/pack.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>

static size_t seen, beyond;

static void look(const char *of, const cel_program *p) {
  err e = {0};
  if (!p) return;
  seen++;
  if (cel_runs_in_browser(p, &e)) return;
  beyond++;
  print_error("%s: %s\n", of, e.en);
}

static void look_at_fields(const char *of, const field *fields, size_t count) {
  for (size_t i = 0; i < count; i++) look(of, fields[i].check);
}

static void look_at_sentence(const char *of, const sentence *s) {
  for (size_t i = 0; i < s->count; i++) look(of, s->pieces[i].program);
}

static void look_at_formulas(const pack *p) {
  for (size_t i = 0; i < p->variable_count; i++)
    for (size_t k = 0; k < p->variables[i].count; k++)
      look(p->variables[i].name, p->variables[i].formulas[k].program);
  for (size_t i = 0; i < p->aggregate_count; i++) {
    look(p->aggregates[i].name, p->aggregates[i].where);
    look(p->aggregates[i].name, p->aggregates[i].what);
  }
  for (size_t i = 0; i < p->rule_count; i++) {
    look(p->rules[i].name, p->rules[i].when);
    look(p->rules[i].name, p->rules[i].cost);
    look_at_sentence(p->rules[i].name, &p->rules[i].message_zh);
    look_at_sentence(p->rules[i].name, &p->rules[i].message_en);
  }
}

static void look_at_forms(const pack *p) {
  for (size_t i = 0; i < p->kind_count; i++)
    look_at_fields(p->kinds[i].name, p->kinds[i].fields, p->kinds[i].field_count);
  for (size_t i = 0; i < p->event_count; i++)
    look_at_fields(p->events[i].name, p->events[i].fields, p->events[i].field_count);
  for (size_t i = 0; i < p->measure_count; i++) {
    const measure_kind *m = &p->measures[i];
    look_at_fields(m->name, m->fields, m->field_count);
    look(m->name, m->amount);
    look(m->name, m->when);
  }
  for (size_t i = 0; i < p->workflow_count; i++) {
    const workflow *w = &p->workflows[i];
    for (size_t k = 0; k < w->state_count; k++) look(w->name, w->states[k].limit.days);
    for (size_t k = 0; k < w->transition_count; k++) {
      look_at_fields(w->name, w->transitions[k].fields, w->transitions[k].field_count);
      look(w->name, w->transitions[k].when);
    }
  }
}

static void packs_run_on_the_phone(void **state) {
  (void)state;
  const char *home = getenv("JISHI_HOME");
  char path[600];
  snprintf(path, sizeof path, "%s/packs", home ? home : ".");
  DIR *d = opendir(path);
  if (!d) fail_msg("%s cannot be read; set JISHI_HOME", path);
  for (struct dirent *x; (x = readdir(d));) {
    if (x->d_name[0] == '.' || x->d_type == DT_REG) continue;
    snprintf(path, sizeof path, "%.200s/packs/%.200s", home ? home : ".", x->d_name);
    faults f = {0};
    pack *p = pack_load(path, NULL, &f);
    if (!p) fail_msg("%s: %s", path, f.count ? f.items[0].en : "");
    look_at_formulas(p);
    look_at_forms(p);
    faults_release(&f);
    pack_free(p);
  }
  closedir(d);
  assert_true(seen > 0);
  assert_int_equal(beyond, 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(packs_run_on_the_phone)};
  return cmocka_run_group_tests_name("pack phone", tests, NULL, NULL);
}
