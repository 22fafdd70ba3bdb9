/* follow_ups.yaml: what is expected after an event or a measure, and what fulfils it. */
#include "pack/load/expressions.h"
#include "pack/load/parts.h"
#include "pack/load/scopes.h"

/* The fields by themselves, `on` and parameters: what is expected must follow from what was said
 * alone, as facts of the subject may change afterwards. */
static name_scope scope_of_fields(loader *l, const field *fields, size_t count) {
  scoping s = {0};
  if (!scope_begin(&s, l)) return (name_scope){0};
  for (size_t i = 0; i < count; i++)
    scope_name(&s, fields[i].name, fields[i].type_in_cel, SLOT_FIELD, (int)i, NULL);
  scope_name(&s, "on", &cel_date, SLOT_ON, 0, NULL);
  scope_parameters(&s);
  return scope_end(&s);
}

static int root_of(const pack *p, int k) {
  return p->kinds[k].parent >= 0 ? p->kinds[k].parent : k;
}

/* `after: visit`, an event or else a measure; its fields. */
static const field *read_after(const doc *d, const yaml *item, follow_up *x, size_t *ret_count) {
  const pack *p = d->l->p;
  const yaml *at = load_need(d, item, "after");
  x->after = at ? names_index(NAMES(p->events, p->event_count), at->s) : -1;
  if (x->after >= 0) {
    const event_kind *k = &p->events[x->after];
    x->of = root_of(p, k->about);
    *ret_count = k->field_count;
    return k->fields;
  }
  if (!at) return NULL;
  x->after_measure = load_one_at(d, at, NAMES(p->measures, p->measure_count),
                                 (label){"事件或措施", "kinds of events and measures"});
  if (x->after_measure < 0) return NULL;
  const measure_kind *m = &p->measures[x->after_measure];
  x->of = root_of(p, m->of);
  *ret_count = m->field_count;
  return m->fields;
}

static int read_owner(const doc *d, const yaml *item, const field *fields, size_t count) {
  if (!load_get(item, "owner")) return -1;
  const kind *people = pack_people(d->l->p);
  int f = load_one(d, item, "owner", NAMES(fields, count), (label){"填写项", "fields"});
  if (f < 0) return f;
  bool person = fields[f].of && people && strcmp(fields[f].of, people->name) == 0;
  if (person || fields[f].format == FORMAT_OFFICER) return f;
  FAULT(d, load_get(item, "owner"), "“owner”要用指人员的填写项（of 或 format: officer）。",
        "\"owner\" is a field that names one of the people (of, or format: officer).");
  return -1;
}

static bool read_done(const doc *d, const yaml *item, follow_up *x) {
  const pack *p = d->l->p;
  x->done_by = load_need(d, item, "done_by")
                   ? load_one(d, item, "done_by", NAMES(p->events, p->event_count),
                              (label){"事件", "kinds of events"})
                   : -1;
  if (x->done_by < 0) return false;
  const event_kind *k = &p->events[x->done_by];
  if (root_of(p, k->about) != x->of)
    FAULT(d, load_get(item, "done_by"), "“%s”登记的是别的对象。",
          "\"%s\" is recorded of something else.", k->name);
  x->done = scope_of_fields(d->l, k->fields, k->field_count);
  x->done_where = compile_key(d, item, "done_where", x->done.env, &cel_bool);
  x->actual = compile_key(d, item, "actual", x->done.env, &cel_money);
  if (!load_get(item, "names")) return true;
  x->names =
      load_one(d, item, "names", NAMES(k->fields, k->field_count), (label){"填写项", "fields"});
  field_format wanted = x->after >= 0 ? FORMAT_FOLLOW_UP : FORMAT_MEASURE;
  if (x->names >= 0 && k->fields[x->names].format != wanted)
    FAULT(d, load_get(item, "names"), "“names”的填写项要写 format: %s。",
          "The field of \"names\" needs format: %s.", x->after >= 0 ? "follow_up" : "measure");
  return true;
}

static bool read_follow_up(const doc *d, const yaml *item, names before, follow_up *x) {
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item,
                 "name title after when what from due expected owner who done_by done_where "
                 "actual names");
  *x = (follow_up){.name = load_name(d, item, "name"),
                   .defined_at = load_where(d, item),
                   .after = -1,
                   .after_measure = -1,
                   .owner = -1,
                   .names = -1};
  x->title = load_title(d, item, "title", true);
  size_t count = 0;
  const field *fields = read_after(d, item, x, &count);
  if (!x->name || !fields || !load_is_new(d, item, before, x->name)) return false;
  if (pack_duty(d->l->p, text_of(x->name)))
    FAULT(d, yaml_get(item, "name"), "“%s”已经是一项任务的名称。",
          "\"%s\" is the name of a duty already.", x->name);
  x->own = scope_of_fields(d->l, fields, count);
  x->when = compile_key(d, item, "when", x->own.env, &cel_bool);
  x->what = compile_key(d, item, "what", x->own.env, &cel_string);
  x->from = compile_key(d, item, "from", x->own.env, &cel_date);
  x->due = compile_key(d, item, "due", x->own.env, &cel_date);
  x->expected = compile_key(d, item, "expected", x->own.env, &cel_money);
  x->owner = read_owner(d, item, fields, count);
  x->who = load_roles(d, item, "who");
  return read_done(d, item, x);
}

/* Fields of events that say whether what is expected after them has come. */
static void check_fulfilled_in(loader *l, const event_kind *k) {
  for (size_t i = 0; i < k->field_count; i++) {
    if (!k->fields[i].fulfilled_in) continue;
    const follow_up *x = pack_follow_up(l->p, text_of(k->fields[i].fulfilled_in));
    if (x && x->after == k->index) continue;
    const origin *o = &l->event_at[k->index];
    FAULT(o->d, yaml_get(o->at, "fields"),
          "“%s”的“fulfilled_in”要写一项在这种事件之后的后续事项（follow_ups.yaml）。",
          "\"fulfilled_in\" of \"%s\" names a follow-up after this event (follow_ups.yaml).",
          k->fields[i].name);
  }
}

static void read_follow_ups(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "follow_ups", &n);
  follow_up *all = TAKE(l, n, follow_up);
  if (!parts || !all) return;
  l->p->follow_ups = all;
  for (size_t i = 0; i < n && !l->no_memory; i++) {
    size_t at = l->p->follow_up_count;
    if (!read_follow_up(parts[i].d, parts[i].at, NAMES(all, at), &all[at])) continue;
    all[at].index = (int)at;
    l->p->follow_up_count++;
  }
}

void pack_read_follow_ups(loader *l) {
  read_follow_ups(l);
  for (size_t i = 0; i < l->p->event_count; i++)
    if (!l->p->events[i].derived) check_fulfilled_in(l, &l->p->events[i]);
}
