/* Durations: what begins and ends a spell, and within how many days it should be over. */
#include "pack/load/durations.h"

#include "pack/load/expressions.h"

/* Events count for the kind they are about and for the root it hangs under. */
static bool is_about(const pack *p, int event, int of) {
  int about = p->events[event].about;
  return about == of || p->kinds[about].parent == of;
}

static void read_event_mark(const doc *d, const yaml *node, int of, duration_mark *m) {
  const pack *p = d->l->p;
  m->of_event = load_one(d, node, "event", NAMES(p->events, p->event_count),
                         (label){"事件", "kinds of events"});
  if (m->of_event < 0) return;
  if (!is_about(p, m->of_event, of))
    FAULT(d, load_get(node, "event"), "“%s”说的不是这一类对象。",
          "\"%s\" is not about this kind of subjects.", p->events[m->of_event].name);
  const cel_env *env = p->events[m->of_event].scope.env;
  m->where = compile_key(d, node, "where", env, &cel_bool);
  m->day = compile_key(d, node, "day", env, &cel_date);
}

static void read_mark(const doc *d, const yaml *node, int of, duration_mark *m) {
  *m = (duration_mark){.of_event = -1};
  if (!load_is_map(d, node)) return;
  load_only_keys(d, node, "event where day");
  if (load_get(node, "event")) {
    read_event_mark(d, node, of, m);
    return;
  }
  const cel_env *env = d->l->p->kinds[of].scope.env;
  m->where = compile_key(d, node, "where", env, &cel_bool);
  if (load_need(d, node, "day")) m->day = compile_key(d, node, "day", env, &cel_date);
}

static duration_marks read_marks(const doc *d, const yaml *map, const char *key, bool required,
                                 int of) {
  size_t n = 0;
  const yaml *items = load_list(d, map, key, required, &n);
  duration_mark *all = TAKE(d->l, n, duration_mark);
  if (!all) return (duration_marks){NULL, 0};
  for (size_t i = 0; i < n; i++) read_mark(d, &items[i], of, &all[i]);
  return (duration_marks){all, n};
}

static int read_limit(const doc *d, const yaml *map) {
  const pack *p = d->l->p;
  if (!load_get(map, "limit")) return -1;
  int limit = load_one(d, map, "limit", NAMES(p->parameters, p->parameter_count),
                       (label){"参数", "parameters"});
  if (limit >= 0 &&
      (p->parameters[limit].form != PARAM_VALUE || p->parameters[limit].one->kind != CEL_INT ||
       p->parameters[limit].one->unit != UNIT_NONE))
    FAULT(d, load_get(map, "limit"), "时限要用一个整数参数（天数）。",
          "The limit is a parameter that is one whole number of days.");
  return limit;
}

const duration *duration_read(const doc *d, const yaml *map, int of) {
  duration *x = TAKE(d->l, 1, duration);
  if (!x || !load_is_map(d, map)) return NULL;
  load_only_keys(d, map, "from to leaves days limit");
  if (of < 0) {
    FAULT(d, map, "duration 的“of”要写对象类型，不能写事件。",
          "The \"of\" of a duration is a kind of subjects, not of events.");
    return NULL;
  }
  *x = (duration){.from = read_marks(d, map, "from", true, of),
                  .to = read_marks(d, map, "to", true, of),
                  .leaves = read_marks(d, map, "leaves", false, of),
                  .limit = read_limit(d, map)};
  load_need(d, map, "days");
  x->working_days = load_word(d, map, "days", "natural working", 0) == 1;
  return x;
}
