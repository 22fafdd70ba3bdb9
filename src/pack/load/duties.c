/* conditions.yaml and duties.yaml: who must go where how often, and what excuses or increases it.
 */
#include "pack/load/expressions.h"
#include "pack/load/parts.h"
#include "pack/load/scopes.h"

/* What is counted or noted with each event must follow from it and the policy alone: facts of the
 * subject may change afterwards, and nobody would count again. */
static const cel_program *bare_program(const doc *d, const yaml *map, const char *key,
                                       const event_kind *k) {
  const cel_program *p = compile_key(d, map, key, k->scope.env, &cel_bool);
  size_t count = 0;
  const int *slots = p ? cel_program_slots(p, &count) : NULL;
  for (size_t i = 0; i < count; i++) {
    slot_kind kind_of = k->scope.slots[slots[i]].kind;
    if (kind_of == SLOT_FIELD || kind_of == SLOT_ON || kind_of == SLOT_PARAMETER) continue;
    FAULT(d, load_get(map, key), "这里只能用“%s”自己的填写项、on 和参数，不能用 %s。",
          "Only the fields of \"%s\" itself, on and parameters can be used here, not %s.", k->name,
          cel_env_name(k->scope.env, slots[i]));
    return NULL;
  }
  return p;
}

static int event_named(const doc *d, const yaml *map, const char *key) {
  const pack *p = d->l->p;
  return load_need(d, map, key) ? load_one(d, map, key, NAMES(p->events, p->event_count),
                                           (label){"事件", "kinds of events"})
                                : -1;
}

/* A field of the event with a type or format of its own; -1. */
static int event_field(const doc *d, const yaml *map, const char *key, const event_kind *k,
                       field_type type, field_format format) {
  if (!load_get(map, key)) return -1;
  int f = load_one(d, map, key, NAMES(k->fields, k->field_count), (label){"填写项", "fields"});
  if (f < 0) return f;
  const field *at = &k->fields[f];
  bool chooses = type == FIELD_CHOICES && at->type == FIELD_CHOICE;
  if ((at->type == type || chooses) && at->format == format) return f;
  FAULT(d, load_get(map, key), "“%s”的类型或格式不合这里的用途。",
        "The type or format of \"%s\" does not fit here.", at->name);
  return -1;
}

/* Who did it: officers by their logins, or one of the pack's people by his key; -1. */
static int doer_field(const doc *d, const yaml *map, const event_kind *k) {
  const kind *people = pack_people(d->l->p);
  const yaml *named = load_get(map, "officers");
  const field *f = named ? field_find(k->fields, k->field_count, named->s) : NULL;
  if (f && f->of && people && strcmp(f->of, people->name) == 0) return (int)(f - k->fields);
  return event_field(d, map, "officers", k, FIELD_TEXT, FORMAT_OFFICERS);
}

/* ---- conditions ---- */

static bool read_condition(const doc *d, const yaml *item, names before, condition *c) {
  static const char cover_words[] = "subject village town county";
  const pack *p = d->l->p;
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item, "name title over when until covers");
  *c = (condition){.name = load_name(d, item, "name"),
                   .defined_at = load_where(d, item),
                   .over = event_named(d, item, "over")};
  c->title = load_title(d, item, "title", true);
  if (!c->name || c->over < 0 || !load_is_new(d, item, before, c->name)) return false;
  const event_kind *k = &p->events[c->over];
  c->when = bare_program(d, item, "when", k);
  c->until = event_field(d, item, "until", k, FIELD_DATE, FORMAT_NONE);
  int covers = load_word(d, item, "covers", cover_words, COVERS_SUBJECT);
  c->covers = covers < 0 ? COVERS_SUBJECT : (cover)covers;
  return true;
}

static void read_conditions(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "conditions", &n);
  condition *all = TAKE(l, n, condition);
  if (!parts || !all) return;
  l->p->conditions = all;
  for (size_t i = 0; i < n; i++) {
    size_t at = l->p->condition_count;
    if (!read_condition(parts[i].d, parts[i].at, NAMES(all, at), &all[at])) continue;
    all[at].index = (int)at;
    l->p->condition_count++;
  }
}

/* ---- duties ---- */

static void read_each(const doc *d, const yaml *item, duty *x) {
  static const char each_words[] = "officer village town county";
  int each = load_need(d, item, "each") ? load_word(d, item, "each", each_words, -1) : -1;
  x->each = x->alternative_each = each < 0 ? EACH_OFFICER : (duty_each)each;
  const yaml *other = load_get(item, "alternative");
  if (!other || !load_is_map(d, other)) return;
  load_only_keys(d, other, "when each");
  load_need(d, other, "when");
  x->alternative_when = compile_key(d, other, "when", x->parameters.env, &cel_bool);
  each = load_need(d, other, "each") ? load_word(d, other, "each", each_words, -1) : -1;
  if (each >= 0) x->alternative_each = (duty_each)each;
}

static void read_requirement(const doc *d, const yaml *item, duty *x) {
  static const char *const forms[] = {"at_least", "distinct_subjects", "coverage"};
  const yaml *found = NULL;
  for (int i = 0; i < 3; i++) {
    const yaml *node = load_get(item, forms[i]);
    if (!node) continue;
    if (found) FAULT(d, node, "只写一种要求。", "Give one demand only.");
    found = node;
    x->form = (duty_form)i;
  }
  if (!found) {
    FAULT(d, item,
          "请写 at_least（每个对象几次）、distinct_subjects（几个对象）或 coverage（覆盖率）之一。",
          "Give one of at_least (of each subject), distinct_subjects (how many), coverage (a "
          "share).");
    return;
  }
  const cel_env *env = x->form == DUTY_LEAST ? d->l->p->kinds[x->of].scope.env : x->parameters.env;
  x->at_least = compile_at(d, found, env, x->form == DUTY_COVERAGE ? &cel_rate : &cel_int);
}

static void read_spacing(const doc *d, const yaml *item, const event_kind *k, duty *x) {
  const yaml *node = load_get(item, "spacing");
  if (!node || !load_is_map(d, node)) return;
  load_only_keys(d, node, "minutes");
  load_need(d, node, "minutes");
  x->spacing = compile_key(d, node, "minutes", x->parameters.env, &cel_int);
  if (k->time_field < 0)
    FAULT(d, node, "间隔按时刻计算，请在事件“%s”里写上 time: optional 或 required。",
          "Spacing is told by the time; write time: optional or required in the event \"%s\".",
          k->name);
}

static int condition_at(const doc *d, const yaml *node) {
  const pack *p = d->l->p;
  return load_one_at(d, node, NAMES(p->conditions, p->condition_count),
                     (label){"情形", "conditions"});
}

static void read_excuses(const doc *d, const yaml *item, duty *x) {
  size_t n;
  const yaml *items = load_list(d, item, "excused_by", false, &n);
  int *all = TAKE(d->l, n, int);
  for (size_t i = 0; all && i < n; i++) {
    int c = condition_at(d, &items[i]);
    if (c >= 0) all[x->excuse_count++] = c;
  }
  x->excuses = all;
}

static void read_increases(const doc *d, const yaml *item, duty *x) {
  size_t n;
  const yaml *items = load_list(d, item, "increases", false, &n);
  duty_increase *all = TAKE(d->l, n, duty_increase);
  for (size_t i = 0; all && i < n; i++) {
    if (!load_is_map(d, &items[i])) continue;
    load_only_keys(d, &items[i], "when at_least");
    const yaml *when = load_need(d, &items[i], "when"),
               *least = load_need(d, &items[i], "at_least");
    duty_increase r = {.condition = when ? condition_at(d, when) : -1};
    if (least)
      r.at_least =
          compile_at(d, least, x->parameters.env, x->form == DUTY_COVERAGE ? &cel_rate : &cel_int);
    if (r.condition >= 0 && r.at_least) all[x->increase_count++] = r;
  }
  x->increases = all;
}

static void read_reasons(const doc *d, const yaml *item, duty *x) {
  size_t n;
  const yaml *items = load_list(d, item, "reasons", false, &n);
  label *all = TAKE(d->l, n, label);
  for (size_t i = 0; all && i < n; i++) all[i] = load_label_at(d, &items[i], PACK_TITLE_MAX);
  x->reasons = all;
  x->reason_count = all ? n : 0;
}

static bool read_duty(const doc *d, const yaml *item, const name_scope *parameters, names before,
                      duty *x) {
  static const char period_words[] = "day week month quarter year";
  const pack *p = d->l->p;
  if (!load_is_map(d, item)) return false;
  load_only_keys(
      d, item,
      "name title of where assigned_to counted_event count_where who each alternative period "
      "at_least distinct_subjects coverage parts "
      "once_a_day spacing officers excused_by workdays increases reasons");
  *x = (duty){.name = load_name(d, item, "name"),
              .defined_at = load_where(d, item),
              .of = load_kind(d, item, "of"),
              .counted_event = event_named(d, item, "counted_event"),
              .parameters = *parameters};
  x->title = load_title(d, item, "title", true);
  x->who = load_roles(d, item, "who");
  int period = load_need(d, item, "period") ? load_word(d, item, "period", period_words, 0) : 0;
  x->period = period < 0 ? PERIOD_DAY : (period_kind)period;
  if (!x->name || x->of < 0 || x->counted_event < 0 || !load_is_new(d, item, before, x->name))
    return false;
  const kind *k = &p->kinds[x->of];
  const event_kind *by = &p->events[x->counted_event];
  int root = p->kinds[by->about].parent >= 0 ? p->kinds[by->about].parent : by->about;
  if (k->parent >= 0)
    FAULT(d, load_get(item, "of"), "任务的对象要在最上一层。",
          "A duty is about a kind without a parent.");
  else if (root != x->of)
    FAULT(d, load_get(item, "counted_event"), "“%s”不是登记“%s”的事件。",
          "\"%s\" is not recorded of \"%s\".", by->name, k->name);
  x->where = compile_key(d, item, "where", k->scope.env, &cel_bool);
  x->assigned_to = compile_key(d, item, "assigned_to", k->scope.env, &cel_string);
  x->count_where = bare_program(d, item, "count_where", by);
  read_each(d, item, x);
  read_requirement(d, item, x);
  x->parts = event_field(d, item, "parts", by, FIELD_CHOICES, FORMAT_NONE);
  x->officers = doer_field(d, item, by);
  x->once_a_day = load_flag(d, item, "once_a_day");
  x->workdays = load_flag(d, item, "workdays");
  read_spacing(d, item, by, x);
  read_excuses(d, item, x);
  read_increases(d, item, x);
  read_reasons(d, item, x);
  return true;
}

/* Fields of events that say whether they counted in a duty. */
static void check_counted_in(loader *l, const event_kind *k) {
  for (size_t i = 0; i < k->field_count; i++) {
    if (!k->fields[i].counted_in) continue;
    const duty *x = pack_duty(l->p, text_of(k->fields[i].counted_in));
    if (x && x->counted_event == k->index && x->assigned_to) continue;
    const origin *o = &l->event_at[k->index];
    FAULT(
        o->d, yaml_get(o->at, "fields"),
        "“%s”的“counted_in”要写一项数这种事件、并且写明对象是谁的（assigned_to）任务。",
        "\"counted_in\" of \"%s\" names a duty that counts this event and says whose its subjects "
        "are (assigned_to).",
        k->fields[i].name);
  }
}

static void read_duties(loader *l) {
  scoping s;
  size_t n = 0;
  read_conditions(l);
  const origin *parts = load_parts_of(l, "duties", &n);
  duty *all = TAKE(l, n, duty);
  if (!parts || !all || !scope_begin(&s, l)) return;
  scope_parameters(&s);
  const name_scope parameters = scope_end(&s);
  l->p->duties = all;
  for (size_t i = 0; i < n; i++) {
    size_t at = l->p->duty_count;
    if (!read_duty(parts[i].d, parts[i].at, &parameters, NAMES(all, at), &all[at])) continue;
    all[at].index = (int)at;
    l->p->duty_count++;
  }
}

void pack_read_duties(loader *l) {
  read_duties(l);
  for (size_t i = 0; i < l->p->event_count; i++)
    if (!l->p->events[i].derived) check_counted_in(l, &l->p->events[i]);
}
