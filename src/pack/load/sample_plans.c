/* samples.yaml: whom a look-back visits by sample, and what it tells of everybody. */
#include "pack/load/expressions.h"
#include "pack/load/parts.h"

static int root_kind(const doc *d, const yaml *item, const char *key) {
  const pack *p = d->l->p;
  int k = load_kind(d, item, key);
  if (k < 0 || p->kinds[k].parent < 0) return k;
  FAULT(d, load_get(item, key), "这里要写不隶属于别的对象的类型。",
        "A kind that is part of no other is needed here.");
  return -1;
}

static void read_strata(const doc *d, const yaml *item, sample_plan *x) {
  const kind *k = &d->l->p->kinds[x->of];
  const yaml *strata = load_get(item, "strata");
  if (!strata || !load_is_map(d, strata)) return;
  load_only_keys(d, strata, "area fields");
  int area = load_word(d, strata, "area", "none town village", 0);
  x->by_area = area < 0 ? STRATA_NO_AREA : (strata_area)area;
  size_t n = 0;
  const yaml *items = load_list(d, strata, "fields", false, &n);
  if (n > SAMPLE_FIELDS_MAX) {
    FAULT(d, load_get(strata, "fields"), "最多按 %d 项分层。", "At most %d fields make strata.",
          SAMPLE_FIELDS_MAX);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    int f =
        load_one_at(d, &items[i], NAMES(k->fields, k->field_count), (label){"填写项", "fields"});
    if (f < 0) continue;
    if (k->fields[f].type != FIELD_CHOICE && k->fields[f].type != FIELD_BOOL)
      FAULT(d, &items[i], "只能按单选项或是否项分层。",
            "Strata are made by a choice or a yes/no field.");
    x->by[x->by_count++] = f;
  }
}

static int check_event(const doc *d, const yaml *item, const sample_plan *x) {
  const pack *p = d->l->p;
  int event = load_one(d, item, "check", NAMES(p->events, p->event_count),
                       (label){"事件", "kinds of events"});
  if (event < 0 || p->events[event].about == x->of) return event;
  FAULT(d, load_get(item, "check"), "“%s”说的不是这一类对象。",
        "\"%s\" is not about this kind of subjects.", p->events[event].name);
  return -1;
}

static void read_results(const doc *d, const yaml *item, sample_plan *x) {
  size_t n = 0;
  const yaml *items = load_list(d, item, "results", true, &n);
  sample_result *all = TAKE(d->l, n, sample_result);
  if (!all || x->check < 0) return;
  if (n > SAMPLE_RESULTS_MAX) {
    FAULT(d, load_get(item, "results"), "最多 %d 项结果。", "At most %d results.",
          SAMPLE_RESULTS_MAX);
    return;
  }
  for (size_t i = 0; i < n; i++) {
    sample_result *r = &all[x->result_count];
    if (!load_is_map(d, &items[i])) continue;
    load_only_keys(d, &items[i], "name title definition what");
    *r = (sample_result){.name = load_name(d, &items[i], "name"),
                         .title = load_title(d, &items[i], "title", true),
                         .definition = load_sentence(d, &items[i], "definition", true)};
    load_need(d, &items[i], "what");
    r->what = compile_key(d, &items[i], "what", d->l->p->events[x->check].scope.env, &cel_bool);
    if (r->name && r->what && load_is_new(d, &items[i], NAMES(all, x->result_count), r->name))
      x->result_count++;
  }
  x->results = all;
}

static bool read_plan(const doc *d, const yaml *item, names before, sample_plan *x) {
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item, "name title definition of where for strata check results");
  *x = (sample_plan){.name = load_name(d, item, "name"),
                     .title = load_title(d, item, "title", true),
                     .definition = load_sentence(d, item, "definition", true),
                     .of = root_kind(d, item, "of"),
                     .for_kind = -1};
  if (load_get(item, "for")) x->for_kind = root_kind(d, item, "for");
  if (!x->name || x->of < 0 || !load_is_new(d, item, before, x->name)) return false;
  x->where = compile_key(d, item, "where", d->l->p->kinds[x->of].scope.env, &cel_bool);
  x->check = check_event(d, item, x);
  read_strata(d, item, x);
  read_results(d, item, x);
  return true;
}

void pack_read_sample_plans(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "samples", &n);
  sample_plan *all = TAKE(l, n, sample_plan);
  if (!parts || !all) return;
  l->p->sample_plans = all;
  for (size_t i = 0; i < n; i++) {
    size_t at = l->p->sample_plan_count;
    if (!read_plan(parts[i].d, parts[i].at, NAMES(all, at), &all[at])) continue;
    all[at].index = (int)at;
    l->p->sample_plan_count++;
  }
}
