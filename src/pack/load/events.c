/* The files below events/: what happens to what is managed, and what follows from it. */
#include "pack/load/events.h"
#include "pack/load/expressions.h"
#include "pack/load/fields.h"
#include "pack/load/parts.h"

static void read_event(const doc *d, const char *name, event_kind *k) {
  load_only_keys(
      d, d->root,
      "name title about who time list fields unique_key payment sets summary_of display");
  *k = (event_kind){.name = name,
                    .defined_at = load_where(d, d->root),
                    .index = (int)d->l->p->event_count,
                    .time_field = -1};
  k->title = load_title(d, d->root, "title", true);
  k->about = load_kind(d, d->root, "about");
  k->derived = load_get(d->root, "summary_of") != NULL;
  static const char *const nobody[] = {NULL};
  k->who = k->derived ? nobody : load_roles(d, d->root, "who");
  const kind *about = k->about >= 0 ? &d->l->kinds[k->about] : NULL;
  size_t field_conditions = d->l->field_condition_count;
  k->fields = fields_read(d, d->root, FIELDS_OF_EVENT, about, &k->field_count);
  if (load_get(d->root, "time") && k->field_count) {
    k->time_field = 0;
    if (k->derived)
      FAULT(d, load_get(d->root, "time"), "汇总没有时刻，请删去“time”。",
            "A summary has no time; remove \"time\".");
  }
  fields_mark_conditions(d->l, field_conditions, -1, k->index);
  k->list = fields_read_list(d, "list", k->fields, k->field_count, &k->list_count);
}

void events_read(loader *l) {
  size_t room = load_count_docs(l, "events/") + 2 * l->p->kind_count;
  l->events = TAKE(l, room, event_kind);
  l->event_at = TAKE(l, room, origin);
  l->p->events = l->events;
  if (!l->events || !l->event_at) return;
  for (size_t i = 0; i < l->doc_count; i++) {
    const doc *d = &l->docs[i];
    const char *name = load_in_folder(d, "events/")
                           ? load_part_name(d, NAMES(l->events, l->p->event_count))
                           : NULL;
    if (!name) continue;
    l->event_at[l->p->event_count] = (origin){d, d->root};
    read_event(d, name, &l->events[l->p->event_count]);
    l->p->event_count++;
    /* A missing fact is named "event.field" or "kind.field": the two must not share a name. */
    if (names_index(NAMES(l->kinds, l->p->kind_count), text_of(name)) >= 0)
      FAULT(d, yaml_get(d->root, "name"), "“%s”已经是一个类型的名称，请给事件换一个名称。",
            "\"%s\" is the name of a kind; give the event another name.", name);
  }
  if (!l->no_memory) events_derive(l);
}

/* ---- what of events needs their scopes ---- */

const fact_setter *events_read_setters(const doc *d, const yaml *item, const kind *of,
                                       const cel_env *env, size_t *ret_count) {
  const yaml *map = load_get(item, "sets");
  *ret_count = 0;
  if (!map || !load_is_map(d, map)) return NULL;
  fact_setter *all = TAKE(d->l, map->count, fact_setter);
  for (size_t i = 0; all && i < map->count; i++) {
    int f = load_one_at(d, &map->keys[i], NAMES(of->fields, of->field_count),
                        (label){"字段", "fields"});
    if (f < 0) continue;
    const yaml *is = &map->items[i];
    fact_setter one = {.field = f};
    if (is->type == YAML_MAP) { /* {value: EXPR, frozen: true} */
      load_only_keys(d, is, "value frozen");
      one.frozen = load_flag(d, is, "frozen");
      if (!(is = load_need(d, &map->items[i], "value"))) continue;
    }
    one.value = compile_at(d, is, env, of->fields[f].type_in_cel);
    if (one.value) all[(*ret_count)++] = one;
  }
  return all;
}

static int field_of(const doc *d, const yaml *map, const char *key, const event_kind *k) {
  return load_one(d, map, key, NAMES(k->fields, k->field_count), (label){"字段", "fields"});
}

static void read_budget(const doc *d, const yaml *map, payment_terms *p) {
  const loader *l = d->l;
  if (p->fund_kind < 0) return;
  const kind *fund = &l->kinds[p->fund_kind];
  p->budget =
      load_one(d, map, "budget", NAMES(fund->fields, fund->field_count), (label){"字段", "fields"});
  if (p->budget >= 0 && fund->fields[p->budget].type != FIELD_MONEY)
    FAULT(d, yaml_get(map, "budget"), "预算要用 money 类型的字段。",
          "The budget is a field of the type money.");
}

static void read_payment(const doc *d, event_kind *k) {
  const yaml *map = load_get(d->root, "payment");
  if (!map || !load_is_map(d, map)) return;
  load_only_keys(d, map, "amount fund budget measure period");
  payment_terms *p = TAKE(d->l, 1, payment_terms);
  if (!p) return;
  *p = (payment_terms){.fund_kind = -1, .budget = -1, .measure = -1};
  const yaml *amount = load_need(d, map, "amount");
  if (amount) p->amount = compile_at(d, amount, k->scope.env, &cel_money);
  p->period = compile_key(d, map, "period", k->scope.env, &cel_string);
  p->fund = fields_fund(d, map, k->fields, k->field_count);
  if (p->fund >= 0)
    p->fund_kind =
        names_index(NAMES(d->l->kinds, d->l->p->kind_count), text_of(k->fields[p->fund].of));
  else
    load_need(d, map, "fund");
  if (load_need(d, map, "budget")) read_budget(d, map, p);
  if (load_get(map, "measure")) {
    p->measure = field_of(d, map, "measure", k);
    if (p->measure >= 0 && k->fields[p->measure].format != FORMAT_MEASURE)
      FAULT(d, yaml_get(map, "measure"), "措施的字段要写 format: measure。",
            "The field of the measure needs format: measure.");
  }
  k->payment = p;
}

static void read_unique_key(const doc *d, event_kind *k) {
  const yaml *map = load_get(d->root, "unique_key");
  if (!map || !load_is_map(d, map)) return;
  load_only_keys(d, map, "value per message");
  const yaml *per = load_get(map, "per");
  k->unique_on_day = per != NULL;
  if (per && !text_is(per->s, "day"))
    FAULT(d, per, "“per”只能写 day。", "\"per\" can only be day.");
  const yaml *key = load_need(d, map, "value");
  if (key) k->unique_key = compile_at(d, key, k->scope.env, &cel_string);
  k->unique_message = load_sentence(d, map, "message", true);
}

/* ---- summaries ---- */

static void read_summary_field(const doc *d, const yaml *item, const event_kind *of, const field *f,
                               summary_field *ret) {
  static const char *const ops[] = {"count", "sum", "mean", "max", "min", "last"};
  const yaml *is = load_need(d, item, "value"), *what = NULL;
  if (!is || !load_is_map(d, is)) return;
  load_only_keys(d, is, "count sum mean max min last where min_values");
  for (int i = 0; i < 6; i++)
    if (load_get(is, ops[i])) {
      what = load_get(is, ops[i]);
      ret->op = (summary_op)i;
    }
  if (!what) {
    FAULT(d, is, "请写 count、sum、mean、max、min 或 last 之一。",
          "Give one of count, sum, mean, max, min, last.");
    return;
  }
  const cel_type *want = ret->op == SUMMARY_COUNT ? &cel_bool : f->type_in_cel;
  ret->what = compile_at(d, what, of->scope.env, want);
  ret->where = compile_key(d, is, "where", of->scope.env, &cel_bool);
  ret->min_values = compile_key(d, is, "min_values", of->scope.env, &cel_int);
  if (ret->op == SUMMARY_COUNT && f->type != FIELD_INT)
    FAULT(d, item, "计数的填写项要用 int 类型。", "What counts is a field of the type int.");
}

static void read_summary(const doc *d, event_kind *k) {
  static const char per_words[] = "day week month quarter year";
  const pack *p = d->l->p;
  const yaml *map = load_get(d->root, "summary_of");
  if (!map || !load_is_map(d, map)) return;
  load_only_keys(d, map, "over per");
  summary *s = TAKE(d->l, 1, summary);
  summary_field *fields = TAKE(d->l, k->field_count, summary_field);
  if (!s || !fields) return;
  *s = (summary){.fields = fields, .over = -1};
  if (load_need(d, map, "over"))
    s->over = load_one(d, map, "over", NAMES(p->events, p->event_count),
                       (label){"事件", "kinds of events"});
  int per = load_need(d, map, "per") ? load_word(d, map, "per", per_words, 0) : 0;
  s->per = per < 0 ? PERIOD_DAY : (period_kind)per;
  if (s->over < 0) return;
  const event_kind *of = &p->events[s->over];
  if (of->about != k->about)
    FAULT(d, load_get(map, "over"), "“%s”登记的不是同一种对象。", "\"%s\" is about another kind.",
          of->name);
  size_t n;
  const yaml *items = load_list(d, d->root, "fields", true, &n);
  for (size_t i = 0; i < n; i++)
    for (size_t f = 0; f < k->field_count; f++)
      if (text_is(yaml_text(&items[i], "name"), k->fields[f].name))
        read_summary_field(d, &items[i], of, &k->fields[f], &fields[f]);
  k->summary = s;
}

/* Only fields of summaries are computed from other events. */
static void no_summary_fields(const doc *d) {
  size_t n;
  const yaml *items = load_list(d, d->root, "fields", false, &n);
  for (size_t i = 0; i < n; i++)
    if (items[i].type == YAML_MAP && load_get(&items[i], "value"))
      FAULT(d, load_get(&items[i], "value"), "只有“summary_of”的登记才有“value”，请删去。",
            "Only an event with \"summary_of\" has \"value\"; remove it.");
}

/* A summary of a summary ends at something that is recorded. */
static void check_summaries(loader *l) {
  for (size_t i = 0; i < l->p->event_count; i++) {
    const event_kind *k = &l->events[i];
    for (size_t steps = 0; k->summary; k = &l->events[k->summary->over])
      if (++steps > l->p->event_count) {
        FAULT(l->event_at[i].d, load_get(l->event_at[i].at, "summary_of"),
              "“%s”绕了一圈又由自己汇总，请改。",
              "\"%s\" is made of itself in a circle; change it.", l->events[i].name);
        break;
      }
  }
}

/* Variables that are told with each event. */
static void read_display(const doc *d, event_kind *k) {
  const pack *p = d->l->p;
  size_t n;
  const yaml *items = load_list(d, d->root, "display", false, &n);
  int *all = TAKE(d->l, n, int);
  for (size_t i = 0; all && i < n; i++) {
    int v = load_one_at(d, &items[i], NAMES(p->variables, p->variable_count),
                        (label){"变量", "variables"});
    if (v < 0) continue;
    const char *name = p->variables[v].name;
    for (size_t other = (size_t)v; other < p->variable_count; other++)
      if (p->variables[other].of_event == k->index && strcmp(p->variables[other].name, name) == 0)
        v = (int)other;
    if (p->variables[v].of_event == k->index)
      all[k->display_count++] = v;
    else
      FAULT(d, &items[i], "“%s”不是这种登记的变量。", "\"%s\" is no variable of this event.",
            p->variables[v].name);
  }
  k->display = all;
}

static void read_event_sets(const doc *d, event_kind *k) {
  k->sets = events_read_setters(d, d->root, &d->l->kinds[k->about], k->scope.env, &k->set_count);
}

void pack_read_event_limits(loader *l) {
  for (size_t i = 0; i < l->p->event_count && !l->no_memory; i++) {
    event_kind *k = &l->events[i];
    if (k->about < 0) continue;
    if (load_get(l->event_at[i].at, "summary_of")) read_summary(l->event_at[i].d, k);
    if (l->event_at[i].at == l->event_at[i].d->root) read_display(l->event_at[i].d, k);
    if (k->derived) continue;
    no_summary_fields(l->event_at[i].d);
    read_payment(l->event_at[i].d, k);
    read_unique_key(l->event_at[i].d, k);
    read_event_sets(l->event_at[i].d, k);
  }
  check_summaries(l);
}
