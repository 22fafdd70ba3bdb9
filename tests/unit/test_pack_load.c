/* A good pack of every part: the model it gives, folders, overlays, dated parameters, the
 * description. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "mini_pack.h"
#include "pack/json.h"
#include "pack/load/load.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static pack *load_with(const pack_file *overlay, size_t overlay_count) {
  faults f = {0};
  pack *p = pack_from_files(mini_pack, MINI_FILES, overlay, overlay_count, &f);
  if (!p) fail_msg("%s: %s", f.items[0].where, f.items[0].en);
  assert_int_equal(f.total, 0);
  faults_release(&f);
  return p;
}

static day on(const char *s) {
  day d;
  assert_true(day_parse(text_of(s), &d));
  return d;
}

static void reads_kinds_and_events(void **state) {
  (void)state;
  pack *p = load_with(NULL, 0);
  assert_string_equal(p->name, "mini");
  assert_string_equal(p->version, "0.1.0");
  assert_string_equal(p->title.zh, "小包");
  assert_int_equal(p->role_count, 2);
  const role *chief = pack_role(p, TEXT("chief"));
  assert_null(pack_role(p, TEXT("admin"))); /* administrators are of no pack */
  assert_true(chief && chief->decides && !chief->registers);
  const kind *home = pack_kind(p, TEXT("home")), *member = pack_kind(p, TEXT("member"));
  assert_true(home && member);
  assert_int_equal(home->parent, -1);
  assert_string_equal(home->plural, "");
  assert_int_equal(member->parent, home->index);
  assert_string_equal(member->plural, "members");
  assert_string_equal(home->fields[home->key].name, "code");
  assert_string_equal(home->fields[home->title_field].name, "head");
  assert_int_equal(home->list_count, 2);
  const field *type = field_find(home->fields, home->field_count, TEXT("type"));
  assert_int_equal(type->choice_count, 2);
  assert_string_equal(choice_find(type, TEXT("lifted"))->official, "01");
  assert_string_equal(choice_find(type, TEXT("lifted"))->aliases[0], "脱贫不享受政策户");
  assert_null(choice_find(type, TEXT("none")));
  const field *income = field_find(home->fields, home->field_count, TEXT("income"));
  assert_true(income->min == 0 && income->max == INT64_MAX);
  const field *since = field_find(home->fields, home->field_count, TEXT("since"));
  assert_true(since->min == on("2014-01-01"));
  const event_kind *visit = pack_event(p, TEXT("visit"));
  assert_int_equal(visit->about, home->index);
  assert_true(roles_hold(visit->who, "clerk") && !roles_hold(visit->who, "chief"));
  const field *seen = field_find(visit->fields, visit->field_count, TEXT("seen_grade"));
  assert_string_equal(seen->fact, "grade");
  assert_string_equal(home->fields[seen->fact_index].name, "grade");
  assert_int_equal(visit->fields[0].fact_index, -1);
  assert_null(pack_kind(p, TEXT("nobody")));
  assert_null(pack_event(p, TEXT("home")));
  pack_free(p);
}

static const slot *slot_of(const name_scope *s, const char *name) {
  int i = cel_env_slot(s->env, name);
  return i < 0 ? NULL : &s->slots[i];
}

static void declares_scopes(void **state) {
  (void)state;
  pack *p = load_with(NULL, 0);
  const kind *home = pack_kind(p, TEXT("home")), *member = pack_kind(p, TEXT("member"));
  const name_scope *s = &home->scope;
  assert_int_equal(s->count, cel_env_count(s->env));
  for (size_t i = 0; i < home->field_count; i++) { /* checks rely on it: field i is slot i */
    assert_int_equal(s->slots[i].kind, SLOT_FIELD);
    assert_int_equal(s->slots[i].index, i);
    assert_string_equal(cel_env_name(s->env, (int)i), home->fields[i].name);
  }
  assert_int_equal(slot_of(s, "area")->kind, SLOT_AREA);
  assert_int_equal(slot_of(s, "members")->kind, SLOT_CHILDREN);
  assert_int_equal(slot_of(s, "members")->index, member->index);
  assert_int_equal(slot_of(s, "paid_12m")->kind, SLOT_AGGREGATE);
  assert_null(slot_of(s, "own_bills"));
  assert_int_equal(slot_of(s, "poor")->kind, SLOT_VARIABLE);
  assert_string_equal(p->variables[slot_of(s, "poor")->index].name, "poor");
  assert_int_equal(slot_of(s, "p.monitor.line")->kind, SLOT_PARAMETER);
  assert_string_equal(p->parameters[slot_of(s, "p.monitor.line")->index].name, "p.monitor.line");
  assert_int_equal(slot_of(&member->scope, "home")->kind, SLOT_PARENT);
  assert_int_equal(slot_of(&member->scope, "home")->index, home->index);
  assert_null(slot_of(s, "case"));
  const event_kind *bill = pack_event(p, TEXT("bill"));
  assert_int_equal(slot_of(&bill->scope, "on")->kind, SLOT_ON);
  assert_int_equal(slot_of(&bill->scope, "paid")->kind, SLOT_FIELD);
  assert_null(slot_of(&bill->scope, "size"));
  assert_int_equal(slot_of(&bill->scope, "member")->kind, SLOT_ABOUT);
  assert_int_equal(slot_of(&bill->scope, "member")->index, member->index);
  assert_int_equal(slot_of(&bill->scope, "home")->kind, SLOT_PARENT);
  const slot *of_event = slot_of(&bill->scope, "sick_bill");
  assert_int_equal(of_event->kind, SLOT_VARIABLE);
  assert_int_equal(p->variables[of_event->index].of, -1);
  assert_int_equal(p->variables[of_event->index].of_event, bill->index);
  assert_true(p->variables[of_event->index].type->unit == UNIT_MONEY);
  assert_null(slot_of(&bill->scope, "poor"));
  assert_null(slot_of(s, "sick_bill"));
  const event_kind *visit = pack_event(p, TEXT("visit"));
  assert_int_equal(slot_of(&visit->scope, "home")->kind, SLOT_ABOUT);
  assert_null(slot_of(&visit->scope, "sick_bill"));
  const workflow *w = &p->workflows[0];
  assert_int_equal(slot_of(&w->scope, "case")->kind, SLOT_CASE);
  assert_null(slot_of(&w->scope, "form"));
  assert_int_equal(slot_of(&w->transitions[0].scope, "form")->kind, SLOT_FORM);
  assert_int_equal(slot_of(&p->measures[0].scope, "form")->kind, SLOT_FORM);
  assert_int_equal(slot_of(&p->measures[0].scope, "poor")->kind, SLOT_VARIABLE);
  pack_free(p);
}

static void reads_formulas(void **state) {
  (void)state;
  pack *p = load_with(NULL, 0);
  const aggregate *paid = &p->aggregates[0], *visits = &p->aggregates[1];
  assert_true(paid->op == AGG_SUM && paid->window == WINDOW_MONTHS && paid->length == 12);
  assert_true(paid->where && paid->what && paid->type->unit == UNIT_MONEY);
  assert_true(visits->op == AGG_COUNT && visits->window == WINDOW_CALENDAR_YEAR && !visits->what);
  const variable *poor = &p->variables[0], *per_head = &p->variables[1];
  assert_true(poor->count == 1 && poor->type->kind == CEL_BOOL);
  assert_int_equal(per_head->count, 2); /* ascending, whatever their order in the file */
  assert_true(per_head->formulas[0].from == on("2014-01-01"));
  assert_true(per_head->formulas[1].from == on("2021-01-01"));
  const rule *r = &p->rules[0];
  assert_true(r->colour == COLOUR_RED && r->from == on("2021-01-01") && r->to == DAY_NONE);
  assert_string_equal(r->opens_process, "watch");
  assert_int_equal(r->message_zh.count, 5);
  assert_string_equal(r->message_zh.pieces[0].literal, "自付");
  assert_non_null(r->message_zh.pieces[1].program);
  assert_string_equal(r->message_zh.pieces[2].literal, "，超过");
  assert_string_equal(r->message_zh.pieces[4].literal, "。");
  assert_int_equal(r->message_en.count, 5); /* braces within an expression stay in it */
  assert_true(text_is(cel_program_source(r->message_en.pieces[3].program), "{'a': 1}['a']"));
  pack_free(p);
}

/* The mini pack with another body of one file. */
static pack *load_other(const char *path, const char *body) {
  faults f = {0};
  pack_file files[MINI_FILES];
  memcpy(files, mini_pack, sizeof mini_pack);
  for (size_t i = 0; i < MINI_FILES; i++)
    if (strcmp(files[i].path, path) == 0) files[i].body = text_of(body);
  pack *p = pack_from_files(files, MINI_FILES, NULL, 0, &f);
  if (!p) fail_msg("%s: %s", f.items[0].where, f.items[0].en);
  faults_release(&f);
  return p;
}

static void assert_source(const cel_program *p, const char *source) {
  char own[200] = "";
  text s = cel_program_source(p);
  assert_true(s.bytes < sizeof own);
  memcpy(own, s.at, s.bytes);
  assert_string_equal(own, source);
}

/* The names of a rule's `let` are gone from what is evaluated; a string, a field after a dot and a
 * comment keep theirs. */
static void puts_let_in_place(void **state) {
  (void)state;
  pack *p =
      load_other("rules.yaml", "- name: many_sick\n  title: a\n  of: home\n  colour: red\n"
                               "  let:\n    sick: members.filter(m, m.sick)\n    n: size(sick)\n"
                               "  when: |\n    n > 1 && \"n\" != \"\" // n\n"
                               "  cost: yuan(n)\n"
                               "  message: {zh: \"{n}人\", en: \"{n} of {size}\"}\n");
  const rule *r = &p->rules[0];
  assert_source(r->when, "(size((members.filter(m, m.sick)))) > 1 && \"n\" != \"\" // n\n");
  assert_source(r->cost, "yuan((size((members.filter(m, m.sick)))))");
  assert_source(r->message_zh.pieces[0].program, "(size((members.filter(m, m.sick))))");
  assert_source(r->message_en.pieces[2].program, "size");
  pack_free(p);
}

static void needs_and_several_kinds(void **state) {
  (void)state;
  pack *p = load_other(
      "variables.yaml",
      "- {name: big_bill, title: a, of: bill, needs: [on, member.sick], formula: paid > yuan(1)}\n"
      "- {name: poor, title: a, of: home, formula: code != head}\n"
      "- {name: double, title: a, of: [home, bill], formula: '2 * 2'}\n"
      "- {name: more, title: a, of: [bill, home], formula: double + 1}\n");
  assert_int_equal(p->variable_count, 6);
  assert_source(p->variables[0].formulas[0].program, "needing(paid > yuan(1), on, member.sick)");
  int home = pack_kind(p, TEXT("home"))->index, bill = pack_event(p, TEXT("bill"))->index;
  assert_true(p->variables[2].of == home && p->variables[3].of_event == bill);
  assert_true(p->variables[4].of_event == bill && p->variables[5].of == home);
  for (size_t i = 4; i < 6; i++) { /* each uses its own */
    const variable *v = &p->variables[i];
    const name_scope *s = v->of >= 0 ? &p->kinds[v->of].scope : &p->events[v->of_event].scope;
    size_t count = 0;
    const int *slots = cel_program_slots(v->formulas[0].program, &count);
    assert_int_equal(count, 1);
    assert_int_equal(s->slots[slots[0]].kind, SLOT_VARIABLE);
    assert_int_equal(p->variables[s->slots[slots[0]].index].of, v->of);
  }
  pack_free(p);
}

static void reads_workflows_and_measures(void **state) {
  (void)state;
  pack *p = load_with(NULL, 0);
  int home = pack_kind(p, TEXT("home"))->index;
  const workflow *w = workflow_for(p, "watch", home, on("2024-01-01"));
  assert_true(w == &p->workflows[0]);
  assert_null(workflow_for(p, "watch", home, on("2020-12-31")));
  assert_null(workflow_for(p, "other", home, on("2024-01-01")));
  assert_null(workflow_for(p, "watch", 1 - home, on("2024-01-01")));
  assert_string_equal(w->states[w->start].name, "clue");
  assert_true(w->states[0].limit.days && !w->states[0].limit.working_days);
  assert_true(w->states[1].limit.days && w->states[1].limit.working_days);
  assert_true(w->states[2].closed && w->states[2].relapse == 0 && !w->states[2].limit.days);
  assert_int_equal(w->states[3].relapse, -1);
  const transition *verify = &w->transitions[0];
  assert_true(verify->from_count == 1 && verify->from[0] == 0 && verify->to == 1 && verify->when);
  assert_string_equal(verify->otherwise_message.zh, "核实须两人以上。");
  const measure_kind *m = pack_measure(p, TEXT("allowance"));
  assert_true(m && m->amount && m->needs_case && m->when);
  assert_string_equal(m->per, "month");
  assert_string_equal(m->group, "safety");
  assert_true(roles_hold(m->approve, "chief"));
  const import_layout *l = &p->imports[0];
  assert_int_equal(l->column_count, 4);
  assert_int_equal(l->parent_kind, home);
  assert_string_equal(l->columns[0].headers[1], "户编码");
  assert_true(l->columns[0].required && l->parent_key == 0 && l->row_key == 0);
  assert_string_equal(l->village[1], "行政村");
  assert_null(l->area_code);
  assert_string_equal(l->ignore[0], "序号");
  pack_free(p);
}

static const parameter *parameter_of(const pack *p, const char *name) {
  for (size_t i = 0; i < p->parameter_count; i++)
    if (strcmp(p->parameters[i].name, name) == 0) return &p->parameters[i];
  fail_msg("no parameter %s", name);
  return NULL;
}

static void dates_parameters(void **state) {
  (void)state;
  pack *p = load_with(NULL, 0);
  arena *a AUTO_ARENA = arena_new(0);
  const parameter *line = parameter_of(p, "p.monitor.line");
  const dated_value *row = NULL;
  value v = parameter_at(line, a, on("2020-12-31"), &row);
  assert_true(v.type == VALUE_UNKNOWN && row == NULL);
  assert_string_equal(v.missing->name, "p.monitor.line");
  v = parameter_at(line, a, on("2021-01-01"), &row);
  assert_true(v.type == VALUE_INT && v.i == 600000);
  assert_string_equal(row->reference, "总文");
  v = parameter_at(line, a, on("2023-12-31"), &row);
  assert_true(v.i == 700050);
  assert_string_equal(row->reference, "二号文");
  v = parameter_at(line, a, on("2024-01-01"), NULL); /* ceased */
  assert_true(v.type == VALUE_UNKNOWN);
  assert_true(parameter_next_change(line, on("2020-01-01")) == on("2021-01-01"));
  assert_true(parameter_next_change(line, on("2021-01-01")) == on("2022-01-01"));
  assert_true(parameter_next_change(line, on("2024-01-01")) == DAY_NONE);
  const parameter *days = parameter_of(p, "p.flow.days");
  assert_int_equal(days->value_count, 0);
  assert_true(parameter_at(days, a, on("2024-01-01"), NULL).type == VALUE_UNKNOWN);
  assert_true(parameter_next_change(days, on("2024-01-01")) == DAY_NONE);
  pack_free(p);
}

static void combines_keys_and_brackets(void **state) {
  (void)state;
  pack *p = load_with(NULL, 0);
  arena *a AUTO_ARENA = arena_new(0);
  const parameter *rate = parameter_of(p, "p.medical.rate");
  assert_int_equal(rate->form, PARAM_KEYED);
  value v = parameter_at(rate, a, on("2020-06-01"), NULL);
  assert_true(v.type == VALUE_MAP && v.map->open && v.map->count == 1);
  assert_string_equal(v.map->path, "p.medical.rate");
  v = parameter_at(rate, a, on("2022-06-01"), NULL);
  assert_int_equal(value_get(v.map, TEXT("level1"))->i, 95000000);
  assert_int_equal(value_get(v.map, TEXT("level2"))->i, 4750000);
  assert_null(value_get(v.map, TEXT("level3")));
  const parameter *scale = parameter_of(p, "p.medical.scale");
  assert_true(scale->form == PARAM_SCALE && scale->type->kind == CEL_SCALE &&
              scale->value_count == 2);
  v = parameter_at(scale, a, on("2023-01-01"), NULL);
  assert_true(v.type == VALUE_LIST && v.list->count == 2); /* lowest first */
  assert_int_equal(value_get(v.list->items[0].map, TEXT("threshold"))->i, 0);
  assert_int_equal(value_get(v.list->items[0].map, TEXT("rate"))->i, 65000000);
  assert_int_equal(value_get(v.list->items[1].map, TEXT("threshold"))->i, 1000000);
  pack_free(p);
}

static void lays_local_values_over(void **state) {
  (void)state;
  static const char days[] = "values:\n  2021-01-01: {value: 5, metadata: {reference: 县文}}\n";
  static const char line[] = "metadata: {reference: 县文}\nvalues:\n  2022-01-01: {value: 8000}\n  "
                             "2025-01-01: {value: 9000}\n";
  static const char rate[] =
      "metadata: {reference: 县文}\nkeys: {level3: {values: {2023-01-01: {value: 0.5}}}}\n";
  static const char scale[] =
      "metadata: {reference: 县文}\nbrackets:\n"
      "  - {threshold: {2024-01-01: {value: 0}}, rate: {2024-01-01: {value: 1}}}\n";
  const pack_file overlay[] = {MINI_FILE("parameters/flow/days.yaml", days),
                               MINI_FILE("parameters/monitor/line.yaml", line),
                               MINI_FILE("parameters/medical/rate.yaml", rate),
                               MINI_FILE("parameters/medical/scale.yaml", scale)};
  pack *p = load_with(overlay, 4), *plain = load_with(NULL, 0);
  arena *a AUTO_ARENA = arena_new(0);
  assert_int_equal(parameter_at(parameter_of(p, "p.flow.days"), a, on("2024-01-01"), NULL).i, 5);
  const parameter *l = parameter_of(p, "p.monitor.line");
  assert_int_equal(parameter_at(l, a, on("2021-06-01"), NULL).i, 600000); /* the pack's */
  assert_int_equal(parameter_at(l, a, on("2023-01-01"), NULL).i, 800000); /* replaced */
  assert_true(parameter_at(l, a, on("2024-06-01"), NULL).type == VALUE_UNKNOWN);
  assert_int_equal(parameter_at(l, a, on("2025-01-01"), NULL).i, 900000); /* added */
  value v = parameter_at(parameter_of(p, "p.medical.rate"), a, on("2023-01-01"), NULL);
  assert_int_equal(value_get(v.map, TEXT("level3"))->i, 50000000);
  assert_int_equal(value_get(v.map, TEXT("level1"))->i, 95000000);
  v = parameter_at(parameter_of(p, "p.medical.scale"), a, on("2024-01-01"), NULL);
  assert_int_equal(v.list->count, 1);
  assert_memory_equal(&p->hash, &plain->hash, sizeof p->hash); /* the pack is the same */
  assert_int_equal(p->overlay_count, 4);
  pack_free(p);
  pack_free(plain);
}

static void refuses_wrong_overlays(void **state) {
  (void)state;
  static const struct {
    const char *path, *body, *where, *says;
  } table[] = {
      {"parameters/flow/day.yaml", "values: {}\n", "overlay/parameters/flow/day.yaml:1:1",
       "no such parameter"},
      {"parameters/flow/days.yaml", "metadata: {type: money}\n",
       "overlay/parameters/flow/days.yaml:1:18", "remove the type"},
      {"parameters/flow/days.yaml", "keys: {a: }\n", "overlay/parameters/flow/days.yaml:1:1",
       "form"},
      {"parameters/flow/days.yaml",
       "values: {2021-01-01: {value: 1.5, metadata: {reference: x}}}\n",
       "overlay/parameters/flow/days.yaml:1:30", "whole number"},
      {"parameters/medical/rate.yaml", "keys: {level4: }\n",
       "overlay/parameters/medical/rate.yaml:1:7", "level1"},
      {"rules.yaml", "[]\n", "overlay/rules.yaml:1:1", "parameters/ only"},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    pack_file overlay = {table[i].path, text_of(table[i].body)};
    faults f = {0};
    assert_null(pack_from_files(mini_pack, MINI_FILES, &overlay, 1, &f));
    assert_string_equal(f.items[0].where, table[i].where);
    if (!strstr(f.items[0].en, table[i].says)) fail_msg("%s", f.items[0].en);
    faults_release(&f);
  }
}

/* ---- folders ---- */

static void write_file(const char *folder, const pack_file *file) {
  char path[300];
  snprintf(path, sizeof path, "%s/%s", folder, file->path);
  for (char *c = path + strlen(folder) + 1; *c; c++)
    if (*c == '/') {
      *c = 0;
      mkdir(path, 0700);
      *c = '/';
    }
  FILE *out = fopen(path, "wb");
  assert_non_null(out);
  assert_int_equal(fwrite(file->body.at, 1, file->body.bytes, out), file->body.bytes);
  assert_int_equal(fclose(out), 0);
}

static void remove_folder(const char *folder) {
  char command[320];
  snprintf(command, sizeof command, "rm -rf '%s'", folder);
  assert_int_equal(system(command), 0);
}

static void reads_folders(void **state) {
  (void)state;
  char folder[] = "/tmp/jishi-pack-XXXXXX";
  assert_non_null(mkdtemp(folder));
  for (size_t i = MINI_FILES; i-- > 0;) write_file(folder, &mini_pack[i]);
  write_file(folder, &(pack_file){"README.md", TEXT("not read")});
  write_file(folder, &(pack_file){".hidden.yaml", TEXT("[")});
  faults f = {0};
  pack *p = pack_load(folder, NULL, &f), *same = load_with(NULL, 0);
  if (!p) fail_msg("%s %s", f.items[0].where, f.items[0].en);
  assert_int_equal(p->file_count, MINI_FILES);
  for (size_t i = 1; i < p->file_count; i++)
    assert_true(strcmp(p->files[i - 1].path, p->files[i].path) < 0);
  assert_memory_equal(&p->hash, &same->hash, sizeof p->hash); /* from a folder or from memory */
  pack_free(p);
  pack_free(same);

  write_file(folder, &(pack_file){"rules.yaml", TEXT("[]\n")});
  p = pack_load(folder, NULL, &f);
  assert_non_null(p);
  same = load_with(NULL, 0);
  assert_memory_not_equal(&p->hash, &same->hash, sizeof p->hash);
  pack_free(p);
  pack_free(same);

  char link[60];
  snprintf(link, sizeof link, "%s/variables2.yaml", folder);
  assert_int_equal(symlink("/etc/passwd", link), 0);
  assert_null(pack_load(folder, NULL, &f));
  assert_non_null(strstr(f.items[0].en, "Links are not followed"));
  faults_release(&f);
  remove_folder(folder);
  assert_null(pack_load(folder, NULL, &f));
  assert_int_equal(f.count, 1);
  faults_release(&f);
}

static void bounds_files(void **state) {
  (void)state;
  AUTO_BUF buf large = {0};
  for (int i = 0; i < (4 << 20) / 16 + 1; i++) buf_str(&large, "# 234567890 345\n");
  const pack_file files[] = {mini_pack[0], {"rules.yaml", buf_view(&large)}};
  faults f = {0};
  assert_null(pack_from_files(files, 2, NULL, 0, &f));
  assert_string_equal(f.items[0].where, "rules.yaml:1:1");
  assert_non_null(strstr(f.items[0].en, "too large"));
  faults_release(&f);
}

/* ---- the description ---- */

static const json *named(const json *list, const char *name) {
  for (size_t i = 0; list && i < list->count; i++)
    if (text_is(json_text(&list->items[i], "name"), name)) return &list->items[i];
  fail_msg("no %s", name);
  return NULL;
}

/* The worked example of docs/pack-format.md is a pack: every block that begins with "# NAME.yaml"
 * in its section is a file. */
static void the_manual_is_a_pack(void **state) {
  enum { FILES = 16 };
  static char manual[256 << 10];
  pack_file files[FILES];
  size_t count = 0, bytes;
  char path[400];
  (void)state;
  const char *home = getenv("JISHI_HOME");
  snprintf(path, sizeof path, "%s/docs/pack-format.md", home ? home : "..");
  FILE *in = fopen(path, "r");
  assert_non_null(in);
  bytes = fread(manual, 1, sizeof manual - 1, in);
  assert_int_equal(fclose(in), 0);
  assert_true(bytes > 0 && bytes < sizeof manual - 1);
  char *end = strstr(manual, "\n## What holds everywhere"), *at = manual;
  assert_non_null(end);
  *end = 0;
  while ((at = strstr(at, "```yaml\n# "))) {
    char *name = at + strlen("```yaml\n# "), *body = strchr(name, '\n') + 1;
    char *stop = strstr(body, "```");
    assert_non_null(stop);
    assert_true(count < FILES);
    body[-1] = 0;
    files[count++] = (pack_file){name, {body, (size_t)(stop - body)}};
    at = stop + 3;
  }
  assert_int_equal(count, 5);
  faults f = {0};
  pack *p = pack_from_files(files, count, NULL, 0, &f);
  if (!p) fail_msg("%s: %s", f.items[0].where, f.items[0].en);
  assert_int_equal(p->rule_count, 1);
  assert_int_equal(p->aggregate_count, 1);
  pack_free(p);
  faults_release(&f);
}

static void describes_itself(void **state) {
  (void)state;
  pack *p = load_with(NULL, 0);
  arena *a AUTO_ARENA = arena_new(0);
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  pack_put_json(&w, p, UINT32_MAX);
  err e;
  const json *j = json_parse(a, buf_view(&b), &e);
  if (!j) fail_msg("%s: %s", e.where, e.en);
  assert_true(text_is(json_text(j, "name"), "mini"));
  assert_int_equal(json_text(j, "hash").bytes, 64);
  const json *home = named(json_get(j, "kinds"), "home");
  assert_int_equal(json_get(home, "parent")->type, JSON_NULL);
  assert_true(text_is(json_text(home, "label"), "head"));
  const json *share = named(json_get(home, "fields"), "share");
  assert_true(text_is(json_text(share, "max"), "1") && text_is(json_text(share, "type"), "rate"));
  const json *since = named(json_get(home, "fields"), "since");
  assert_true(text_is(json_text(since, "min"), "2014-01-01"));
  assert_int_equal(json_get(since, "max")->type, JSON_NULL);
  const json *line = named(json_get(j, "parameters"), "p.monitor.line");
  assert_int_equal(json_get(&json_get(line, "values")->items[1], "value")->n, 700050);
  const json *rate = named(json_get(j, "parameters"), "p.medical.rate");
  const json *levels = json_get(&json_get(rate, "values")->items[2], "value");
  assert_true(text_is(json_text(levels, "level2"), "0.0475"));
  const json *scale = named(json_get(j, "parameters"), "p.medical.scale");
  const json *second = &json_get(&json_get(scale, "values")->items[0], "value")->items[1];
  assert_int_equal(json_get(second, "threshold")->n, 1000000);
  assert_true(text_is(json_text(second, "rate"), "0.7"));
  assert_false(json_bool(named(json_get(j, "parameters"), "p.flow.days"), "set"));
  const json *flow = named(json_get(j, "workflows"), "prevention");
  assert_true(json_bool(named(json_get(flow, "transitions"), "verify"), "guarded"));
  assert_true(json_bool(named(json_get(flow, "states"), "gone"), "closed"));
  assert_true(text_is(json_text(named(json_get(j, "variables"), "income_pc"), "type"), "money"));
  assert_true(text_is(json_text(named(json_get(j, "variables"), "income_pc"), "of"), "home"));
  assert_true(text_is(json_text(named(json_get(j, "variables"), "sick_bill"), "of"), "bill"));
  assert_true(text_is(
      json_text(json_get(named(json_get(j, "measures"), "allowance"), "group"), "name"), "safety"));
  pack_free(p);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_kinds_and_events),
      cmocka_unit_test(declares_scopes),
      cmocka_unit_test(reads_formulas),
      cmocka_unit_test(puts_let_in_place),
      cmocka_unit_test(the_manual_is_a_pack),
      cmocka_unit_test(needs_and_several_kinds),
      cmocka_unit_test(reads_workflows_and_measures),
      cmocka_unit_test(dates_parameters),
      cmocka_unit_test(combines_keys_and_brackets),
      cmocka_unit_test(lays_local_values_over),
      cmocka_unit_test(refuses_wrong_overlays),
      cmocka_unit_test(reads_folders),
      cmocka_unit_test(bounds_files),
      cmocka_unit_test(describes_itself),
  };
  return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
