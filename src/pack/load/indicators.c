/* indicators.yaml: figures that are asked for again and again, each with its definition. */
#include "pack/load/durations.h"
#include "pack/load/expressions.h"
#include "pack/load/parts.h"
#include "pack/load/values.h"
#include "base/money.h"

static const char *const forms[] = {
    [INDICATOR_COUNT] = "count",      [INDICATOR_SUBJECTS] = "distinct",
    [INDICATOR_SUM] = "sum",          [INDICATOR_SHARE] = "share",
    [INDICATOR_MEAN] = "mean",        [INDICATOR_RATIO] = "ratio",
    [INDICATOR_DURATION] = "duration"};

static bool is_amount(const cel_type *t) {
  return t->kind == CEL_INT && t->unit != UNIT_DATE;
}

static const cel_program *amount_at(const doc *d, const yaml *item, const yaml *node,
                                    const cel_env *env) {
  const cel_program *p = compile_needing(d, item, node, env, NULL);
  if (!p || is_amount(cel_program_type(p))) return p;
  FAULT(d, node, "这里要数目、金额或比例。",
        "A number, an amount of money or a rate is needed here.");
  return NULL;
}

/* Per something else: of a unit of its own. */
static const cel_type *plain_type(const cel_type *t) {
  return t->unit == UNIT_MONEY    ? &cel_money
         : t->unit == UNIT_RATE   ? &cel_rate
         : t->unit == UNIT_NUMBER ? &cel_number
                                  : &cel_int;
}

static void read_ratio(const doc *d, const yaml *item, const yaml *node, const cel_env *env,
                       indicator *x) {
  if (!load_is_map(d, node)) return;
  load_only_keys(d, node, "sum per");
  const yaml *sum = load_need(d, node, "sum"), *per = load_need(d, node, "per");
  if (!sum || !per) return;
  x->what = amount_at(d, item, sum, env);
  x->per = amount_at(d, item, per, env);
  if (!x->what || !x->per) return;
  const cel_type *what = cel_program_type(x->what), *by = cel_program_type(x->per);
  cel_unit above = what->unit, below = by->unit;
  const char *of = cel_type_unit(what), *per_unit = cel_type_unit(by);
  bool unlike = load_get(item, "unit") || (of[0] && per_unit[0] && strcmp(of, per_unit) != 0);
  x->type = above != below                  ? plain_type(what)
            : unlike && above != UNIT_MONEY ? &cel_number
                                            : &cel_rate;
  if (above != below && below != UNIT_NONE)
    FAULT(d, per, "除数要是数目，或与被除的同一单位。",
          "Divide by a number, or by an amount of the same unit.");
}

static void read_distinct(const doc *d, const yaml *item, indicator *x) {
  int of = load_word(d, item, "distinct", "subjects roots", 0);
  x->form = of == 1 ? INDICATOR_ROOTS : INDICATOR_SUBJECTS;
  x->type = &cel_int;
  if (x->of >= 0)
    FAULT(d, load_get(item, "distinct"), "“distinct”只用于事件；对象请用 count。",
          "\"distinct\" is for events; count subjects with count.");
}

static void read_form(const doc *d, const yaml *item, const cel_env *env, indicator *x) {
  const yaml *found = NULL;
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
    const yaml *node = forms[i] ? load_get(item, forms[i]) : NULL;
    if (!node) continue;
    if (found) FAULT(d, node, "只写一种算法。", "Give one way of counting only.");
    found = node;
    x->form = (indicator_form)i;
  }
  bool yes = false;
  if (!found) {
    FAULT(d, item, "请写 count、distinct、sum、share、mean、ratio 或 duration 之一。",
          "Give one of count, distinct, sum, share, mean, ratio, duration.");
    return;
  }
  x->type = &cel_int;
  switch (x->form) {
  case INDICATOR_COUNT:
    if (!yaml_as_bool(found, &yes) || !yes)
      FAULT(d, found, "这里写 true；条件请写在“where”里。",
            "Write true here; a condition belongs in \"where\".");
    break;
  case INDICATOR_SHARE:
    x->what = compile_needing(d, item, found, env, &cel_bool);
    x->type = &cel_rate;
    break;
  case INDICATOR_RATIO:
    read_ratio(d, item, found, env, x);
    break;
  case INDICATOR_SUM:
  case INDICATOR_MEAN:
    x->what = amount_at(d, item, found, env);
    if (x->what) x->type = cel_program_type(x->what);
    if (x->form == INDICATOR_MEAN && x->type->unit == UNIT_NONE && load_get(item, "decimals"))
      x->type = values_as_number(d, x->type);
    break;
  case INDICATOR_DURATION:
    x->duration = duration_read(d, found, x->of);
    break;
  default:
    read_distinct(d, item, x);
  }
  x->type = values_read_measure(d, item, x->type);
}

static bool read_indicator(const doc *d, const yaml *item, names before, indicator *x) {
  const pack *p = d->l->p;
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item,
                 "name title definition group of where needs count distinct sum share mean ratio "
                 "duration unit decimals");
  *x = (indicator){.name = load_name(d, item, "name"), .type = &cel_int};
  load_kind_or_event(d, item, "of", &x->of, &x->of_event);
  x->title = load_title(d, item, "title", true);
  x->definition = load_sentence(d, item, "definition", true);
  x->group = load_title(d, item, "group", false);
  if (!x->name || (x->of < 0 && x->of_event < 0) || !load_is_new(d, item, before, x->name))
    return false;
  const cel_env *env = x->of >= 0 ? p->kinds[x->of].scope.env : p->events[x->of_event].scope.env;
  x->where = compile_key(d, item, "where", env, &cel_bool);
  read_form(d, item, env, x);
  if (load_get(item, "needs") && !x->what)
    FAULT(d, yaml_get(item, "needs"),
          "“needs”用于 sum、share、mean 和 ratio；计数的条件请写在“where”里。",
          "\"needs\" goes with sum, share, mean and ratio; what is counted is said in \"where\".");
  return true;
}

void pack_read_indicators(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "indicators", &n);
  indicator *all = TAKE(l, n, indicator);
  if (!parts || !all) return;
  l->p->indicators = all;
  for (size_t i = 0; i < n; i++) {
    size_t at = l->p->indicator_count;
    if (!read_indicator(parts[i].d, parts[i].at, NAMES(all, at), &all[at])) continue;
    all[at].index = (int)at;
    l->p->indicator_count++;
  }
}
