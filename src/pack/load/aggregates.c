/* aggregates.yaml: sums, counts and last values over events in a window. */
#include "pack/load/expressions.h"
#include "pack/load/parts.h"
#include "pack/load/values.h"

enum { WINDOW_DAYS_MAX = 3660, WINDOW_MONTHS_MAX = 120 };

static const char *const op_keys[] = {[AGG_COUNT] = "count",
                                      [AGG_SUM] = "sum",
                                      [AGG_LAST] = "last",
                                      [AGG_FIRST] = "first",
                                      [AGG_MIN] = "min",
                                      [AGG_MAX] = "max",
                                      [AGG_MEAN] = "mean",
                                      [AGG_DAYS] = "distinct_days",
                                      [AGG_SUBJECTS] = "distinct_subjects"};
enum { OP_COUNT = sizeof op_keys / sizeof *op_keys };

static void read_window(const doc *d, const yaml *item, aggregate *g) {
  const yaml *w = load_get(item, "window");
  g->window = WINDOW_ALL;
  if (!w || !load_is_map(d, w)) return;
  load_only_keys(d, w, "days months calendar");
  if (w->count != 1) {
    FAULT(d, w, "“window”写 days、months、calendar 之一。",
          "Give one of days, months and calendar in \"window\".");
    return;
  }
  if (load_get(w, "days")) {
    g->window = WINDOW_DAYS;
    g->length = (int)load_int(d, w, "days", 1, WINDOW_DAYS_MAX, 1);
  } else if (load_get(w, "months")) {
    g->window = WINDOW_MONTHS;
    g->length = (int)load_int(d, w, "months", 1, WINDOW_MONTHS_MAX, 1);
  } else {
    int which = load_word(d, w, "calendar", "month year", 0);
    g->window = which == 1 ? WINDOW_CALENDAR_YEAR : WINDOW_CALENDAR_MONTH;
  }
}

/* What is added up must be a number whose sum has a meaning; what is compared must have an order.
 */
static bool op_fits(aggregate_op op, const cel_type *t) {
  switch (op) {
  case AGG_SUM:
  case AGG_MEAN:
    return t->kind == CEL_INT && t->unit != UNIT_DATE;
  case AGG_MIN:
  case AGG_MAX:
    return t->kind == CEL_INT;
  default:
    return true;
  }
}

static void read_op(const doc *d, const yaml *item, const cel_env *env, aggregate *g) {
  int found = 0;
  const yaml *node = NULL;
  for (int i = 0; i < OP_COUNT; i++)
    if (load_get(item, op_keys[i])) {
      found++;
      g->op = (aggregate_op)i;
      node = load_get(item, op_keys[i]);
    }
  g->type = &cel_dyn;
  if (found != 1) {
    FAULT(d, item,
          "写 count、sum、mean、first、last、min、max、distinct_days、distinct_subjects 之一。",
          "Give one of count, sum, mean, first, last, min, max, distinct_days and "
          "distinct_subjects.");
    return;
  }
  if (g->op == AGG_COUNT || g->op == AGG_DAYS || g->op == AGG_SUBJECTS) {
    bool yes = false;
    if (!yaml_as_bool(node, &yes) || !yes)
      FAULT(d, node, "“%s”后面写 true；条件请写在“where”里。",
            "Write true after \"%s\"; a condition belongs in \"where\".", op_keys[g->op]);
    g->type = values_read_measure(d, item, &cel_int);
    return;
  }
  const cel_program *what = compile_for_phone(d, node, env, NULL);
  if (!what) return;
  g->what = what;
  g->type = cel_program_type(what);
  if (!op_fits(g->op, g->type)) {
    bool adds = g->op == AGG_SUM || g->op == AGG_MEAN;
    FAULT(
        d, node, "“%s”只能用于整数、小数、金额、比例%s；请改用数值字段。",
        "\"%s\" takes whole numbers, decimals, money, rates%s only; use a field that is a number.",
        op_keys[g->op], ZH_EN(adds ? "" : "和日期", adds ? "" : " and dates"));
    return;
  }
  if (g->op == AGG_MEAN && g->type->unit == UNIT_NONE && load_get(item, "decimals"))
    g->type = values_as_number(d, g->type);
  g->type = values_read_measure(d, item, g->type);
}

static bool read_aggregate(const doc *d, const yaml *item, aggregate *g) {
  const pack *p = d->l->p;
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item,
                 "name title of over where count sum mean first last min max distinct_days "
                 "distinct_subjects window "
                 "unit decimals");
  *g = (aggregate){.name = load_name(d, item, "name"), .of = load_kind(d, item, "of")};
  g->title = load_title(d, item, "title", true);
  g->over = load_one(d, item, "over", NAMES(p->events, p->event_count), (label){"事件", "events"});
  read_window(d, item, g);
  if (!g->name || !load_is_new(d, item, NAMES(p->aggregates, p->aggregate_count), g->name))
    return false;
  if (g->over < 0 || g->of < 0) return false;
  const event_kind *over = &p->events[g->over];
  if (over->about >= 0 && over->about != g->of && p->kinds[over->about].parent != g->of)
    FAULT(d, yaml_get(item, "over"), "“%s”是“%s”的事件，不是“%s”或其下级的，请核对“of”和“over”。",
          "\"%s\" happens to \"%s\", not to \"%s\" or its children; check \"of\" and \"over\".",
          over->name, p->kinds[over->about].name, p->kinds[g->of].name);
  read_op(d, item, over->scope.env, g);
  g->where = compile_key_for_phone(d, item, "where", over->scope.env, &cel_bool);
  return true;
}

void pack_read_aggregates(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "aggregates", &n);
  l->aggregates = TAKE(l, n, aggregate);
  l->aggregate_at = TAKE(l, n, origin);
  l->p->aggregates = l->aggregates;
  for (size_t i = 0; parts && l->aggregates && l->aggregate_at && i < n; i++) {
    size_t at = l->p->aggregate_count;
    l->aggregate_at[at] = parts[i];
    if (read_aggregate(parts[i].d, parts[i].at, &l->aggregates[at])) l->p->aggregate_count++;
  }
}
