/* measures.yaml: help and enforcement, with their amounts and approval. */
#include "pack/load/expressions.h"
#include "pack/load/fields.h"
#include "pack/load/parts.h"
#include "pack/load/scopes.h"

/* A measure may stand in a case of any workflow of its unit: all their states may be compared with.
 */
static const cel_type *case_of(loader *l, int of) {
  const pack *p = l->p;
  int root = p->kinds[of].parent >= 0 ? p->kinds[of].parent : of;
  size_t room = 1, count = 0;
  for (size_t i = 0; i < p->workflow_count; i++) room += p->workflows[i].state_count;
  const char **states = TAKE(l, room, const char *);
  for (size_t i = 0; states && i < p->workflow_count; i++)
    for (size_t s = 0; p->workflows[i].of == root && s < p->workflows[i].state_count; s++)
      states[count++] = p->workflows[i].states[s].name;
  return scope_type_of_case(l, count ? states : NULL);
}

static void read_group(const doc *d, const yaml *item, measure_kind *m) {
  const yaml *group = load_need(d, item, "group");
  m->group = "";
  if (!group || !load_is_map(d, group)) return;
  load_only_keys(d, group, "name title");
  const char *name = load_name(d, group, "name");
  if (name) m->group = name;
  m->group_title = load_title(d, group, "title", true);
}

static void read_money(const doc *d, const yaml *item, measure_kind *m) {
  static const char *const pers[] = {"once", "month", "year"};
  int per = load_word(d, item, "per", "once month year", 0);
  m->per = pers[per > 0 ? per : 0];
  m->amount = compile_key(d, item, "amount", m->scope.env, &cel_money);
  if (load_get(item, "per") && !load_get(item, "amount"))
    FAULT(d, yaml_get(item, "per"), "有“per”却没有“amount”，请补上金额或删去。",
          "There is \"per\" without \"amount\"; add the amount or remove it.");
}

int fields_fund(const doc *d, const yaml *map, const field *fields, size_t count) {
  int f = load_get(map, "fund")
              ? load_one(d, map, "fund", NAMES(fields, count), (label){"字段", "fields"})
              : -1;
  if (f < 0 || fields[f].of) return f;
  FAULT(d, yaml_get(map, "fund"), "出资的字段要用“of”指明资金的类型。",
        "The field of the fund needs \"of\": the kind of funds.");
  return -1;
}

static bool read_measure(const doc *d, const yaml *item, names before, measure_kind *m) {
  if (!load_is_map(d, item)) return false;
  load_only_keys(
      d, item,
      "name title group of from to needs_case fields amount per fund when otherwise_message "
      "propose approve");
  *m = (measure_kind){.name = load_name(d, item, "name"), .of = load_kind(d, item, "of")};
  m->title = load_title(d, item, "title", true);
  m->defined_at = load_where(d, item);
  load_dates(d, item, &m->from, &m->to);
  m->needs_case = load_flag(d, item, "needs_case");
  m->propose = load_roles(d, item, "propose");
  m->approve = load_roles(d, item, "approve");
  read_group(d, item, m);
  if (!m->name || m->of < 0 || !load_is_new(d, item, before, m->name)) return false;
  m->fields = fields_read(d, item, FIELDS_OF_FORM, &d->l->kinds[m->of], &m->field_count);
  m->scope = scope_of_case(d->l, m->of, case_of(d->l, m->of),
                           scope_type_of_record(d->l, "form", m->fields, m->field_count));
  read_money(d, item, m);
  m->fund = fields_fund(d, item, m->fields, m->field_count);
  m->when = compile_key(d, item, "when", m->scope.env, &cel_bool);
  m->otherwise_message =
      load_sentence(d, item, "otherwise_message", load_get(item, "when") != NULL);
  return true;
}

void pack_read_measures(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "measures", &n);
  measure_kind *measures = TAKE(l, n, measure_kind);
  if (!parts || !measures) return;
  l->p->measures = measures;
  for (size_t i = 0; i < n && !l->no_memory; i++) {
    size_t at = l->p->measure_count;
    if (!read_measure(parts[i].d, parts[i].at, NAMES(measures, at), &measures[at])) continue;
    measures[at].index = (int)at;
    l->p->measure_count++;
  }
}
