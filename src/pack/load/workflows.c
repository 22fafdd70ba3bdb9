/* workflow.yaml: the states a case goes through, who may move it, and by when. */
#include "pack/load/events.h"
#include "pack/load/expressions.h"
#include "pack/load/fields.h"
#include "pack/load/parts.h"
#include "pack/load/scopes.h"

enum { STATES_MAX = 100 };

/* ---- states ---- */

static bool read_state(const doc *d, const yaml *item, names before, state *s) {
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item, "name title limit closed relapse");
  *s = (state){.name = load_name(d, item, "name"), .relapse = -1};
  s->title = load_title(d, item, "title", true);
  s->closed = load_flag(d, item, "closed");
  if (s->closed && load_get(item, "limit"))
    FAULT(d, yaml_get(item, "limit"), "结束的环节没有时限，请删去“limit”。",
          "A closed state has no deadline; remove \"limit\".");
  return s->name && load_is_new(d, item, before, s->name);
}

static void read_relapse(const doc *d, const yaml *item, state *states, size_t count, state *s) {
  const yaml *node = load_get(item, "relapse");
  if (!node) return;
  int to = load_one_at(d, node, NAMES(states, count), (label){"环节", "states"});
  if (!s->closed)
    FAULT(d, node, "只有结束的环节（closed: true）才有“relapse”，请删去。",
          "Only a closed state (closed: true) has \"relapse\"; remove it.");
  else if (to >= 0 && states[to].closed)
    FAULT(d, node, "复发不能回到已经结束的环节“%s”，请改为进行中的环节。",
          "A relapse cannot go to the closed state \"%s\"; name an open one.", states[to].name);
  else
    s->relapse = to;
}

/* The item of a part that was read: faulty ones before it were left out. */
static const yaml *item_of(const yaml *items, size_t n, const char *name) {
  for (size_t i = 0; i < n; i++)
    if (text_is(yaml_text(&items[i], "name"), name)) return &items[i];
  return items;
}

static void read_states(const doc *d, const yaml *map, workflow *w) {
  size_t n;
  const yaml *items = load_list(d, map, "states", true, &n);
  if (n > STATES_MAX) {
    FAULT(d, yaml_get(map, "states"), "一个流程最多 %d 个环节，请拆成几个流程。",
          "A workflow has at most %d states; split it.", STATES_MAX);
    n = STATES_MAX;
  }
  state *states = TAKE(d->l, n, state);
  w->states = states;
  for (size_t i = 0; states && i < n; i++)
    if (read_state(d, &items[i], NAMES(states, w->state_count), &states[w->state_count]))
      w->state_count++;
  for (size_t i = 0; i < w->state_count; i++)
    read_relapse(d, item_of(items, n, states[i].name), states, w->state_count, &states[i]);
  w->start = load_one(d, map, "start", NAMES(states, w->state_count), (label){"环节", "states"});
  if (w->start >= 0 && states[w->start].closed)
    FAULT(d, yaml_get(map, "start"), "流程不能从结束的环节开始，请换一个。",
          "A workflow cannot start at a closed state; name another.");
}

/* Limits are read when the scope with `case` is known. */
static void read_limits(const doc *d, const yaml *map, workflow *w) {
  const yaml *list = yaml_get(map, "states");
  state *states = (state *)w->states;
  for (size_t i = 0; i < w->state_count; i++) {
    const yaml *item = item_of(list->items, list->count, states[i].name);
    const yaml *node = load_get(item, "limit");
    if (!node || states[i].closed || !load_is_map(d, node)) continue;
    load_only_keys(d, node, "calendar_days working_days");
    const yaml *natural = load_get(node, "calendar_days"),
               *working = load_get(node, "working_days");
    if (!natural == !working) {
      FAULT(d, node, "时限写 calendar_days（自然日）或 working_days（工作日）之一。",
            "Give a limit in either calendar_days or working_days.");
      continue;
    }
    states[i].limit.working_days = working != NULL;
    states[i].limit.days = compile_at(d, natural ? natural : working, w->scope.env, &cel_int);
  }
}

/* ---- transitions ---- */

static void read_from(const doc *d, const yaml *item, const workflow *w, transition *t) {
  size_t n;
  const yaml *items = load_list(d, item, "from", true, &n);
  int *from = TAKE(d->l, n, int);
  t->from = from;
  for (size_t i = 0; from && i < n; i++) {
    int s = load_one_at(d, &items[i], NAMES(w->states, w->state_count), (label){"环节", "states"});
    bool twice = false;
    for (size_t k = 0; k < t->from_count; k++) twice |= from[k] == s;
    if (twice)
      FAULT(d, &items[i], "“%s”写了两次，请删去一个。", "\"%s\" stands here twice; remove one.",
            w->states[s].name);
    else if (s >= 0)
      from[t->from_count++] = s;
  }
}

/* clears: [field, …] — what no longer holds once the step is taken. */
static void read_clears(const doc *d, const yaml *item, const kind *of, transition *t) {
  size_t n;
  const yaml *items = load_list(d, item, "clears", false, &n);
  int *all = TAKE(d->l, n, int);
  t->clears = all;
  for (size_t i = 0; all && i < n; i++) {
    int f =
        load_one_at(d, &items[i], NAMES(of->fields, of->field_count), (label){"字段", "fields"});
    bool also_set = false;
    for (size_t k = 0; k < t->set_count; k++) also_set |= t->sets[k].field == f;
    for (size_t k = 0; k < t->field_count; k++) also_set |= t->fields[k].fact_index == f;
    if (f >= 0 && also_set)
      FAULT(d, &items[i], "这一步既清空又写入“%s”，请删去一处。",
            "The step both clears and sets \"%s\"; remove one.", of->fields[f].name);
    else if (f >= 0)
      all[t->clear_count++] = f;
  }
}

static bool read_transition(const doc *d, const yaml *item, names before, const workflow *w,
                            const cel_type *case_type, transition *t) {
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item,
                 "name title from to who not_by fields when otherwise_message sets clears");
  *t = (transition){.name = load_name(d, item, "name")};
  t->title = load_title(d, item, "title", true);
  read_from(d, item, w, t);
  t->to = load_one(d, item, "to", NAMES(w->states, w->state_count), (label){"环节", "states"});
  t->who = load_roles(d, item, "who");
  t->not_by = load_texts(d, item, "not_by", false, NULL);
  t->fields = fields_read(d, item, FIELDS_OF_FORM, &d->l->kinds[w->of], &t->field_count);
  t->scope = scope_of_case(d->l, w->of, case_type,
                           scope_type_of_record(d->l, "form", t->fields, t->field_count));
  t->sets = events_read_setters(d, item, &d->l->kinds[w->of], t->scope.env, &t->set_count);
  for (size_t i = 0; i < t->set_count; i++)
    if (t->sets[i].frozen)
      FAULT(d, load_get(item, "sets"), "步骤写入的本来就不再变，请删去“frozen”。",
            "What a step sets stays as it was anyway; remove \"frozen\".");
  read_clears(d, item, &d->l->kinds[w->of], t);
  t->when = compile_key(d, item, "when", t->scope.env, &cel_bool);
  t->otherwise_message =
      load_sentence(d, item, "otherwise_message", load_get(item, "when") != NULL);
  if (load_get(item, "otherwise_message") && !load_get(item, "when"))
    FAULT(d, yaml_get(item, "otherwise_message"),
          "有“otherwise_message”却没有“when”，请补上条件或删去。",
          "There is \"otherwise_message\" without \"when\"; add the condition or remove it.");
  return t->name && t->to >= 0 && load_is_new(d, item, before, t->name);
}

static void read_transitions(const doc *d, const yaml *map, const cel_type *case_type,
                             workflow *w) {
  size_t n;
  const yaml *items = load_list(d, map, "transitions", true, &n);
  transition *all = TAKE_PARTS(d, map, &n, transition);
  w->transitions = all;
  for (size_t i = 0; i < n && !d->l->no_memory; i++)
    if (read_transition(d, &items[i], NAMES(all, w->transition_count), w, case_type,
                        &all[w->transition_count]))
      w->transition_count++;
  for (size_t i = 0; i < n; i++) {
    size_t others = 0;
    const yaml *not_by = load_list(d, &items[i], "not_by", false, &others);
    for (size_t k = 0; k < others; k++)
      load_one_at(d, &not_by[k], NAMES(all, w->transition_count), (label){"步骤", "steps"});
  }
}

/* ---- the whole ---- */

static bool leaves(const transition *t, int from) {
  for (size_t i = 0; i < t->from_count; i++)
    if (t->from[i] == from) return true;
  return false;
}

/* Marks every state that a case can come to. */
static void reach(const workflow *w, bool reached[STATES_MAX]) {
  reached[w->start] = true;
  for (bool more = true; more;) {
    more = false;
    for (size_t s = 0; s < w->state_count; s++) {
      if (!reached[s]) continue;
      int back = w->states[s].relapse;
      if (back >= 0 && !reached[back]) more = reached[back] = true;
      for (size_t t = 0; t < w->transition_count; t++) {
        int to = w->transitions[t].to;
        if (leaves(&w->transitions[t], (int)s) && !reached[to]) more = reached[to] = true;
      }
    }
  }
}

static void check_ways(const doc *d, const yaml *map, const workflow *w) {
  bool reached[STATES_MAX] = {false}, closes = false;
  const yaml *states = yaml_get(map, "states");
  if (w->start < 0) return;
  reach(w, reached);
  for (size_t s = 0; s < w->state_count; s++) {
    const yaml *item = item_of(states->items, states->count, w->states[s].name);
    bool way_out = w->states[s].closed;
    closes |= w->states[s].closed;
    for (size_t t = 0; t < w->transition_count; t++) way_out |= leaves(&w->transitions[t], (int)s);
    if (!reached[s])
      FAULT(d, item, "没有哪一步会走到环节“%s”，请补上一步或删去它。",
            "No step leads to the state \"%s\"; add one, or remove the state.", w->states[s].name);
    if (!way_out)
      FAULT(d, item, "环节“%s”走不出去，请补上一步，或标明结束（closed: true）。",
            "Nothing leads out of the state \"%s\"; add a step, or say closed: true.",
            w->states[s].name);
  }
  if (!closes)
    FAULT(d, states, "这个流程没有结束的环节（closed: true），个案永远不能销号，请补上。",
          "This workflow has no closed state (closed: true), so no case could be closed; add one.");
}

/* Two versions of one process need different first days. */
static void check_versions(const doc *d, const yaml *map, const workflow *w, size_t before) {
  for (size_t i = 0; i < before; i++) {
    const workflow *other = &d->l->workflows[i];
    if (other->of == w->of && strcmp(other->process, w->process) == 0 && other->from == w->from)
      FAULT(d, map, "流程“%s”和“%s”办理同一件事、同一天开始，请改一个的“from”。",
            "The workflows \"%s\" and \"%s\" have the same process and first day; change one "
            "\"from\".",
            other->name, w->name);
  }
}

/* taken_in: [{when, state, since?}]: where the case of a subject stands that comes from another
 * system's register. */
static void read_taken_in(const doc *d, const yaml *map, workflow *w) {
  size_t n;
  const yaml *items = load_list(d, map, "taken_in", false, &n);
  taken_in *all = TAKE(d->l, n, taken_in);
  w->taken_in = all;
  for (size_t i = 0; all && i < n; i++) {
    if (!load_is_map(d, &items[i])) continue;
    load_only_keys(d, &items[i], "when state since");
    const yaml *when = load_need(d, &items[i], "when");
    int to = load_need(d, &items[i], "state")
                 ? load_one(d, &items[i], "state", NAMES(w->states, w->state_count),
                            (label){"环节", "states"})
                 : -1;
    const cel_env *env = d->l->kinds[w->of].scope.env;
    const cel_program *p = when ? compile_at(d, when, env, &cel_bool) : NULL;
    const cel_program *since = compile_key(d, &items[i], "since", env, &cel_date);
    if (p && to >= 0) all[w->taken_in_count++] = (taken_in){p, since, to};
  }
}

static const cel_type *case_of(const doc *d, const workflow *w) {
  const char **states = TAKE(d->l, w->state_count + 1, const char *);
  for (size_t i = 0; states && i < w->state_count; i++) states[i] = w->states[i].name;
  return scope_type_of_case(d->l, states);
}

static bool read_workflow(const doc *d, const yaml *item, names before, workflow *w) {
  if (!load_is_map(d, item)) return false;
  load_only_keys(d, item, "name process title of from to start states transitions taken_in");
  *w = (workflow){.name = load_name(d, item, "name"), .of = load_kind(d, item, "of")};
  w->process = load_name(d, item, "process");
  w->title = load_title(d, item, "title", true);
  load_dates(d, item, &w->from, &w->to);
  read_states(d, item, w);
  if (!w->name || !w->process || w->of < 0 || !load_is_new(d, item, before, w->name)) return false;
  if (d->l->kinds[w->of].parent >= 0)
    FAULT(d, yaml_get(item, "of"), "个案属于最上一层的对象，请把“of”改为“%s”。",
          "Cases belong to subjects without a parent; say \"%s\" in \"of\".",
          d->l->kinds[d->l->kinds[w->of].parent].name);
  const cel_type *case_type = case_of(d, w);
  w->scope = scope_of_case(d->l, w->of, case_type, NULL);
  if (d->l->no_memory) return false;
  if (w->state_count) read_limits(d, item, w);
  read_transitions(d, item, case_type, w);
  if (w->state_count && w->transition_count) check_ways(d, item, w);
  check_versions(d, item, w, before.count);
  read_taken_in(d, item, w);
  return true;
}

void pack_read_workflows(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "workflow", &n);
  l->workflows = TAKE(l, n, workflow);
  l->p->workflows = l->workflows;
  if (!parts || !l->workflows) return;
  for (size_t i = 0; i < n && !l->no_memory; i++) {
    size_t at = l->p->workflow_count;
    if (!read_workflow(parts[i].d, parts[i].at, NAMES(l->workflows, at), &l->workflows[at]))
      continue;
    l->workflows[at].index = (int)at;
    l->p->workflow_count++;
  }
}
