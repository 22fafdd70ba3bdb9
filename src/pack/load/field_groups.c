/* field_groups: in pack.yaml: fields that not everybody sees who sees the record. Read when all
 * else is, as much follows from it: answers that become facts, figures, who works with what. */
#include "pack/load/parts.h"
#include "pack/model/reads.h"

static const yaml *groups_at(const doc *d, size_t *ret_count) {
  return load_list(d, d->root, "field_groups", false, ret_count);
}

/* ---- which fields ---- */

/* What everybody sees who sees the record at all. */
static bool shown_to_all(const kind *k, int f) {
  return f == k->title_field || f == k->end_date_field || f == k->account_field ||
         f == k->zone_field || f == k->point_field || f == k->assigned_by ||
         (f == k->key && k->fields[f].privacy == PRIVACY_OPEN);
}

static void put_into(const doc *d, const yaml *at, const kind *k, const field *fields, int f,
                     int group) {
  if (k && shown_to_all(k, f)) {
    FAULT(
        d, at, "“%s”是名称、编号、结束日期、位置或归谁，看得到对象的人都要看得到，不能分组。",
        "\"%s\" is the label, key, end, place or owner: whoever sees the record sees it, so it is "
        "in no group.",
        fields[f].name);
  } else if (fields[f].groups) {
    FAULT(d, at, "“%s”已经在另一组里了。", "\"%s\" is in a group already.", fields[f].name);
  } else {
    ((field *)fields)[f].groups = 1u << group;
  }
}

static void read_fields(const doc *d, const yaml *key, const yaml *value, int group) {
  const pack *p = d->l->p;
  int kind_index, event_index;
  load_kind_or_event_at(d, key, &kind_index, &event_index);
  const kind *k = kind_index < 0 ? NULL : &p->kinds[kind_index];
  event_kind *ev = event_index < 0 ? NULL : &d->l->events[event_index];
  const field *fields = k ? k->fields : ev ? ev->fields : NULL;
  const size_t count = k ? k->field_count : ev ? ev->field_count : 0;
  if (!fields) return;
  if (ev && value->type == YAML_TEXT && text_is(value->s, "all")) {
    ev->groups |= 1u << group;
    for (size_t i = 0; i < count; i++) put_into(d, key, NULL, fields, (int)i, group);
    return;
  }
  if (value->type != YAML_LIST)
    FAULT(d, value, "这里要写字段的名称，写成列表；事项也可以写 all。",
          "Name fields here, as a list; of an event also all.");
  for (size_t i = 0; value->type == YAML_LIST && i < value->count; i++) {
    const int f = load_one_at(d, &value->items[i], NAMES(fields, count), (label){"字段", "fields"});
    if (f >= 0) put_into(d, &value->items[i], k, fields, f, group);
  }
}

/* ---- who sees them ---- */

static void read_roles(const doc *d, const yaml *item, int group) {
  const pack *p = d->l->p;
  const char *const *clear = load_roles(d, item, "clear");
  const char *const *masked = load_get(item, "masked") ? load_roles(d, item, "masked") : NULL;
  size_t all = 0;
  for (size_t i = 0; i < p->role_count; i++) {
    role *r = (role *)&p->roles[i];
    const bool in_clear = roles_hold(clear, r->name), as_stars = roles_hold(masked, r->name);
    if (in_clear && as_stars)
      FAULT(d, item, "“%s”在 clear 和 masked 里都有，请留一个。",
            "\"%s\" stands under clear and under masked; keep one.", r->name);
    if (r->imports && !in_clear)
      FAULT(d, item, "“%s”能导入名册，名册里什么都看得到，请写在 clear 里。",
            "\"%s\" imports rosters and so reads all of them; name it under clear.", r->name);
    if (in_clear) r->clear |= 1u << group;
    if (as_stars) r->masked |= 1u << group;
    all += in_clear;
  }
  if (all == p->role_count && all)
    FAULT(d, item, "所有岗位都看得到这一组，这一组没有用处。",
          "Every role sees this group, so it hides nothing.");
}

static void read_groups(loader *l) {
  const doc *d = load_find_doc(l, "pack.yaml");
  size_t n, good = 0;
  const yaml *items = groups_at(d, &n);
  field_group *groups = TAKE(l, n, field_group);
  l->p->groups = groups;
  if (n > FIELD_GROUPS_MAX)
    FAULT(d, load_get(d->root, "field_groups"), "最多 %d 组。", "At most %d groups.",
          FIELD_GROUPS_MAX);
  for (size_t i = 0; groups && i < n && n <= FIELD_GROUPS_MAX; i++) {
    if (!load_is_map(d, &items[i])) continue;
    load_only_keys(d, &items[i], "name title of clear masked");
    field_group *g = &groups[good];
    *g = (field_group){.name = load_name(d, &items[i], "name"),
                       .title = load_title(d, &items[i], "title", true)};
    if (!g->name || !load_is_new(d, &items[i], NAMES(groups, good), g->name)) continue;
    const yaml *of = load_need(d, &items[i], "of");
    if (of && load_is_map(d, of))
      for (size_t k = 0; k < of->count; k++) read_fields(d, &of->keys[k], &of->items[k], (int)good);
    read_roles(d, &items[i], (int)good);
    l->p->group_count = ++good;
  }
}

/* ---- what follows ---- */

static void inherit(const kind *facts, const field *fields, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (fields[i].fact_index >= 0)
      ((field *)fields)[i].groups |= facts->fields[fields[i].fact_index].groups;
}

static void inherit_all(loader *l) {
  const pack *p = l->p;
  for (size_t i = 0; i < p->event_count; i++)
    if (!p->events[i].derived && p->events[i].about >= 0)
      inherit(&p->kinds[p->events[i].about], p->events[i].fields, p->events[i].field_count);
  for (size_t i = 0; i < p->measure_count; i++)
    if (p->measures[i].of >= 0)
      inherit(&p->kinds[p->measures[i].of], p->measures[i].fields, p->measures[i].field_count);
  for (size_t w = 0; w < p->workflow_count; w++)
    for (size_t i = 0; i < p->workflows[w].transition_count && p->workflows[w].of >= 0; i++) {
      const transition *t = &p->workflows[w].transitions[i];
      inherit(&p->kinds[p->workflows[w].of], t->fields, t->field_count);
    }
}

static uint32_t of_variable(const pack *p, const variable *v) {
  const name_scope *sc = v->of >= 0 ? &p->kinds[v->of].scope : &p->events[v->of_event].scope;
  const field *fields = v->of >= 0 ? p->kinds[v->of].fields : p->events[v->of_event].fields;
  uint32_t r =
      (v->of >= 0 ? 0 : p->events[v->of_event].groups) | reads_of(p, sc, fields, v->earlier);
  for (size_t i = 0; i < v->count; i++) r |= reads_of(p, sc, fields, v->formulas[i].program);
  return r;
}

static uint32_t of_aggregate(const pack *p, const aggregate *g) {
  const event_kind *k = &p->events[g->over];
  return k->groups | reads_of(p, &k->scope, k->fields, g->where) |
         reads_of(p, &k->scope, k->fields, g->what);
}

/* What the engine notes itself tells of what it is made of. */
static bool note_derived(loader *l, event_kind *k) {
  const pack *p = l->p;
  bool changed = false;
  for (size_t i = 0; i < k->field_count; i++) {
    field *f = (field *)&k->fields[i];
    uint32_t r = f->groups;
    if (k->summary) {
      const event_kind *over = &p->events[k->summary->over];
      r |= over->groups | reads_of(p, &over->scope, over->fields, k->summary->fields[i].what) |
           reads_of(p, &over->scope, over->fields, k->summary->fields[i].where);
    } else if (i == DERIVED_AMOUNT && text_ends(text_of(k->name), "_measure")) {
      for (size_t m = 0; m < p->measure_count; m++)
        if (p->measures[m].of == k->about) r |= reads_of_amount(p, &p->measures[m]);
    }
    changed |= r != f->groups;
    f->groups = r;
  }
  return changed;
}

/* Repeats until a round adds nothing: what one round finds may be read by what the next looks at.
 */
static void note_reads(loader *l) {
  const pack *p = l->p;
  bool changed = true;
  while (changed && !l->no_memory) {
    changed = false;
    for (size_t i = 0; i < p->event_count; i++)
      if (p->events[i].derived) changed |= note_derived(l, &l->events[i]);
    for (size_t i = 0; i < p->aggregate_count; i++) {
      const uint32_t r = of_aggregate(p, &p->aggregates[i]);
      changed |= r != p->aggregates[i].reads;
      l->aggregates[i].reads = r;
    }
    for (size_t i = 0; i < p->variable_count; i++) {
      const uint32_t r = of_variable(p, &p->variables[i]);
      changed |= r != p->variables[i].reads;
      l->variables[i].reads = r;
    }
  }
}

/* ---- who works with what he does not see ---- */

static void check_work(loader *l, const char *const *roles, uint32_t reads, const char *what) {
  const pack *p = l->p;
  const doc *d = load_find_doc(l, "pack.yaml");
  for (; roles && *roles; roles++) {
    const uint32_t clear = pack_role(p, text_of(*roles))->clear | READS_PRIVATE;
    if (reads & ~clear)
      FAULT(d, load_get(d->root, "field_groups"),
            "岗位“%s”要办“%s”，却看不到“%s”；请写在那一组的 clear 里。",
            "The role \"%s\" has work with \"%s\" but does not see \"%s\"; name it under clear of "
            "that group.",
            *roles, what, reads_title(p, reads, clear).zh);
  }
}

static uint32_t of_form(const field *fields, size_t count) {
  uint32_t r = 0;
  for (size_t i = 0; i < count; i++) r |= fields[i].groups;
  return r;
}

static void check_kind(loader *l, const kind *k) {
  const pack *p = l->p;
  const doc *d = load_find_doc(l, "pack.yaml");
  for (size_t i = 0; i < p->role_count; i++)
    for (size_t f = 0; f < k->field_count && role_registers(p, &p->roles[i], k); f++)
      if (k->fields[f].required && k->fields[f].groups & ~(p->roles[i].clear | p->roles[i].masked))
        FAULT(d, load_get(d->root, "field_groups"), "岗位“%s”要登记“%s”，却看不到必填的“%s”。",
              "The role \"%s\" registers \"%s\" but does not see \"%s\", which is required.",
              p->roles[i].name, k->name, k->fields[f].name);
}

static void check_all(loader *l) {
  const pack *p = l->p;
  for (size_t i = 0; i < p->kind_count; i++) check_kind(l, &p->kinds[i]);
  for (size_t i = 0; i < p->event_count; i++)
    check_work(l, p->events[i].who, p->events[i].groups, p->events[i].name);
  for (size_t i = 0; i < p->measure_count; i++) {
    const measure_kind *m = &p->measures[i];
    const uint32_t r = reads_of_amount(p, m) | of_form(m->fields, m->field_count) |
                       reads_of(p, &m->scope, p->kinds[m->of].fields, m->when);
    check_work(l, m->propose, r, m->name);
    check_work(l, m->approve, r, m->name);
  }
  for (size_t w = 0; w < p->workflow_count; w++)
    for (size_t i = 0; i < p->workflows[w].transition_count; i++) {
      const transition *t = &p->workflows[w].transitions[i];
      const field *of = p->kinds[p->workflows[w].of].fields;
      check_work(l, t->who,
                 of_form(t->fields, t->field_count) | reads_of(p, &t->scope, of, t->when), t->name);
    }
  for (size_t i = 0; i < p->sample_plan_count; i++)
    for (size_t k = 0; k < p->sample_plans[i].by_count; k++) {
      const sample_plan *s = &p->sample_plans[i];
      const field *f = &p->kinds[s->of].fields[s->by[k]];
      if (f->groups)
        FAULT(load_find_doc(l, "pack.yaml"), NULL, "“%s”按“%s”分层，会把这一项说出去，请换一项。",
              "\"%s\" is drawn by \"%s\", which would tell it; take another field.", s->name,
              f->name);
    }
}

void pack_read_field_groups(loader *l) {
  read_groups(l);
  /* what follows is asked of a pack that is whole */
  if (l->no_memory || l->f->total != l->faults_before) return;
  inherit_all(l);
  note_reads(l);
  if (l->p->group_count) check_all(l);
}
