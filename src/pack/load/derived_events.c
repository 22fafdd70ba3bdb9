/* Events that the engine makes itself: a measure with its state, a step of a case. */
#include "pack/load/events.h"
#include "pack/load/scopes.h"

/* A title as it stands; its faults are told where the part itself is read. */
static label plain_title(const yaml *item, const char *name) {
  const yaml *t = yaml_get(item, "title");
  text zh = t && t->type == YAML_TEXT ? t->s : yaml_text(t, "zh"),
       en = t && t->type == YAML_TEXT ? t->s : yaml_text(t, "en");
  return (label){zh.at ? zh.at : name, en.at ? en.at : name};
}

static bool of_root(const loader *l, const yaml *item, const kind *root) {
  int k = names_index(NAMES(l->kinds, l->p->kind_count), yaml_text(item, "of"));
  return k >= 0 && (k == root->index || l->kinds[k].parent == root->index);
}

static bool has_code(const field *f, text code) {
  return names_index(NAMES(f->choices, f->choice_count), code) >= 0;
}

#define PLAIN(c, zh, en)                                                                           \
  { .code = c, .title = {zh, en}, .group = {"", ""}, .from = DAY_NONE, .to = DAY_NONE }

static void add_code(field *f, text code, label title) {
  choice *all = (choice *)f->choices;
  if (load_is_name(code) && !has_code(f, code))
    all[f->choice_count++] = (choice){
        .code = code.at, .title = title, .group = {"", ""}, .from = DAY_NONE, .to = DAY_NONE};
}

/* NAME_WORD, about the kind. */
static void derive_event(loader *l, const kind *root, const char *word, label title,
                         const field *fields, size_t count, const origin *at) {
  const char *name = arena_printf(l->a, "%s_%s", root->name, word);
  const char *const *nobody = TAKE(l, 1, const char *);
  size_t n = l->p->event_count;
  if (!name || !nobody) {
    l->no_memory = true;
    return;
  }
  if (names_index(NAMES(l->events, n), text_of(name)) >= 0) {
    FAULT(at->d, at->at, "“%s”是系统自己的事件名称，请给业务包的这个事件换一个名称。",
          "\"%s\" is an event of the system itself; give the pack's event another name.", name);
    return;
  }
  l->event_at[n] = *at;
  l->events[n] = (event_kind){.name = name,
                              .title = title,
                              .defined_at = load_where(at->d, at->at),
                              .index = (int)n,
                              .about = root->index,
                              .who = nobody,
                              .fields = fields,
                              .field_count = count,
                              .time_field = -1,
                              .derived = true};
  l->p->event_count++;
}

static field derived_field(loader *l, const char *name, label title, field_type type) {
  field f = {.name = name,
             .title = title,
             .help = {"", ""},
             .type = type,
             .fact_index = -1,
             .min = type == FIELD_TEXT ? 0 : 1,
             .max = type == FIELD_TEXT ? PACK_TITLE_MAX : 0,
             .check_message = {"", ""},
             .empty_title = {"", ""},
             .unit = "",
             .decimals = -1};
  f.type_in_cel = scope_type_of_field(l, &f);
  return f;
}

static void choose(loader *l, field *f, const choice *choices, size_t count) {
  f->choices = choices;
  f->choice_count = count;
  f->type_in_cel = scope_type_of_field(l, f);
}

static void derive_measure_event(loader *l, const kind *root, const origin *parts, size_t count) {
  static const choice states[] = {
      PLAIN("proposed", "已提出", "proposed"), PLAIN("approved", "已批准", "approved"),
      PLAIN("refused", "未批准", "refused"),   PLAIN("running", "实施中", "running"),
      PLAIN("done", "已完成", "done"),         PLAIN("stopped", "已停止", "stopped")};
  static const choice pers[] = {PLAIN("once", "一次", "once"), PLAIN("month", "每月", "a month"),
                                PLAIN("year", "每年", "a year")};
  field *f = TAKE(l, DERIVED_COUNT, field);
  if (!f) return;
  f[DERIVED_MEASURE] = derived_field(l, "measure", (label){"措施", "measure"}, FIELD_CHOICE);
  f[DERIVED_GROUP] = derived_field(l, "group", (label){"类别", "group"}, FIELD_CHOICE);
  f[DERIVED_STATE] = derived_field(l, "state", (label){"进展", "state"}, FIELD_CHOICE);
  f[DERIVED_AMOUNT] = derived_field(l, "amount", (label){"金额", "amount"}, FIELD_MONEY);
  f[DERIVED_PER] = derived_field(l, "per", (label){"计发", "per"}, FIELD_CHOICE);
  f[DERIVED_FUND] = derived_field(l, "fund", (label){"资金", "fund"}, FIELD_TEXT);
  f[DERIVED_PROPOSED] =
      derived_field(l, "proposed", (label){"提出日期", "proposed on"}, FIELD_DATE);
  f[DERIVED_BEGUN] = derived_field(l, "begun", (label){"开始实施日期", "begun on"}, FIELD_DATE);
  f[DERIVED_MEASURE].choices = TAKE(l, count, choice);
  f[DERIVED_GROUP].choices = TAKE(l, count, choice);
  for (size_t i = 0; i < count && !l->no_memory; i++) {
    const yaml *group = yaml_get(parts[i].at, "group");
    text name = yaml_text(parts[i].at, "name"), of = yaml_text(group, "name");
    if (!of_root(l, parts[i].at, root)) continue;
    add_code(&f[DERIVED_MEASURE], name, plain_title(parts[i].at, name.at));
    add_code(&f[DERIVED_GROUP], of, plain_title(group, of.at));
  }
  choose(l, &f[DERIVED_MEASURE], f[DERIVED_MEASURE].choices, f[DERIVED_MEASURE].choice_count);
  choose(l, &f[DERIVED_GROUP], f[DERIVED_GROUP].choices, f[DERIVED_GROUP].choice_count);
  choose(l, &f[DERIVED_STATE], states, sizeof states / sizeof *states);
  choose(l, &f[DERIVED_PER], pers, sizeof pers / sizeof *pers);
  derive_event(l, root, "measure", (label){"措施", "measures"}, f, DERIVED_COUNT, &parts[0]);
}

static void derive_step_event(loader *l, const kind *root, const origin *parts) {
  field *f = TAKE(l, STEP_COUNT, field);
  if (!f) return;
  f[STEP_PROCESS] = derived_field(l, "process", (label){"事项", "process"}, FIELD_TEXT);
  f[STEP_NAME] = derived_field(l, "step", (label){"步骤", "step"}, FIELD_TEXT);
  f[STEP_FROM] = derived_field(l, "from", (label){"原环节", "from"}, FIELD_TEXT);
  f[STEP_TO] = derived_field(l, "to", (label){"环节", "to"}, FIELD_TEXT);
  derive_event(l, root, "step", (label){"办理步骤", "steps"}, f, STEP_COUNT, &parts[0]);
}

static bool any_of(const loader *l, const kind *root, const origin *parts, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (of_root(l, parts[i].at, root)) return true;
  return false;
}

void events_derive(loader *l) {
  size_t measure_count, flow_count;
  const origin *measures = load_parts_of(l, "measures", &measure_count),
               *flows = load_parts_of(l, "workflow", &flow_count);
  for (size_t i = 0; i < l->p->kind_count && !l->no_memory; i++) {
    const kind *k = &l->kinds[i];
    if (k->parent < 0 && any_of(l, k, measures, measure_count))
      derive_measure_event(l, k, measures, measure_count);
    if (k->parent < 0 && any_of(l, k, flows, flow_count)) derive_step_event(l, k, flows);
  }
}
