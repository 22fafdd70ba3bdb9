/* variables.yaml: formulas over facts, aggregates, parameters and one another, but not in a circle;
 * of an event: over its fields, its subject, parameters and one another. */
#include "base/money.h"
#include "pack/load/expressions.h"
#include "pack/load/parts.h"
#include "pack/load/scopes.h"
#include "pack/load/values.h"

#include <stdio.h>
#include <stdlib.h>

enum { FORMULAS_MAX = 100 };

typedef enum progress { NOT_YET, UNDER_WAY, DONE } progress;

typedef struct ordering {
  loader *l;
  progress *states;
  int *chain; /* the variables under way, outermost first */
  size_t depth;
  int *longest; /* variables in the longest chain below and with this one */
} ordering;

static void report_circle(ordering *o, int again, const yaml *node) {
  const variable *all = o->l->variables;
  char path[240] = "";
  size_t used = 0;
  bool in_circle = false;
  for (size_t i = 0; i < o->depth && used < sizeof path; i++) {
    in_circle |= o->chain[i] == again;
    if (in_circle)
      used += (size_t)snprintf(path + used, sizeof path - used, "%s → ", all[o->chain[i]].name);
  }
  FAULT(o->l->variable_at[again].d, node, "变量互相引用成了一个圈：%s%s，请拆开。",
        "Variables use each other in a circle: %s%s; take it apart.", path, all[again].name);
}

static void resolve_variable(ordering *o, int v);

static bool of_the_same(const variable *a, const variable *b) {
  return a->of == b->of && a->of_event == b->of_event;
}

static scoping *scope_of(loader *l, const variable *v) {
  return v->of >= 0 ? &l->kind_scopes[v->of] : &l->event_scopes[v->of_event];
}

/* The variable of that name of the same kind or event; -1: none. */
static int variable_beside(const loader *l, const variable *v, text name) {
  for (size_t i = 0; i < l->p->variable_count; i++)
    if (of_the_same(&l->variables[i], v) && text_is(name, l->variables[i].name)) return (int)i;
  return -1;
}

/* Resolves what the formula uses. False: it is part of a circle. */
static bool resolve_used(ordering *o, int v, const yaml *node) {
  loader *l = o->l;
  size_t at = 0;
  text word;
  bool straight = true;
  while (node->type == YAML_TEXT && expression_word(node->s, &at, &word)) {
    int used = variable_beside(l, &l->variables[v], word);
    if (used < 0) continue;
    if (o->states[used] == UNDER_WAY) {
      if (straight) report_circle(o, used, node);
      straight = false;
      continue;
    }
    resolve_variable(o, used);
    if (o->longest[used] >= o->longest[v]) o->longest[v] = o->longest[used] + 1;
  }
  return straight;
}

static bool same_type(loader *l, const cel_type *a, const cel_type *b) {
  if (a->kind == CEL_DYN || b->kind == CEL_DYN) return true;
  AUTO_BUF buf x = {0}, y = {0};
  cel_type_print(&x, a);
  cel_type_print(&y, b);
  if (!buf_ok(&x) || !buf_ok(&y)) l->no_memory = true;
  return text_equal(buf_view(&x), buf_view(&y));
}

static bool same_unit(const cel_type *a, const cel_type *b) {
  return strcmp(cel_type_unit(a), cel_type_unit(b)) == 0;
}

static void compile_formula(ordering *o, int v, day from, const yaml *node) {
  loader *l = o->l;
  variable *var = &l->variables[v];
  const doc *d = l->variable_at[v].d;
  const yaml *item = l->variable_at[v].at;
  size_t needs = 0;
  const yaml *needed = load_list(d, item, "needs", false, &needs);
  if (!resolve_used(o, v, node)) return;
  for (size_t i = 0; i < needs; i++)
    if (!resolve_used(o, v, &needed[i])) return;
  const cel_env *env = scope_of(l, var)->env;
  const cel_program *program =
      compile_check_phone(d, node, compile_needing(d, item, node, env, NULL));
  if (!program) return;
  const cel_type *type = values_read_measure(d, item, cel_program_type(program));
  program = compile_rounded(d, node, program, env, cel_type_decimals(type));
  if (!program) return;
  if (var->count && (!same_type(l, var->type, type) || !same_unit(var->type, type))) {
    AUTO_BUF buf was = {0}, is = {0};
    cel_type_print(&was, var->type);
    unit_print(&was, cel_type_unit(var->type));
    cel_type_print(&is, type);
    unit_print(&is, cel_type_unit(type));
    FAULT(d, node, "这个公式算出的是 %s，前面的是 %s；同一变量的各个公式要算出同一种值。",
          "This formula gives %s, the one before %s; all formulas of a variable give one type.",
          buf_view(&is).at, buf_view(&was).at);
    return;
  }
  var->type = type;
  ((dated_program *)var->formulas)[var->count++] = (dated_program){from, program};
}

static int by_from(const void *a, const void *b) {
  const dated_program *x = a, *y = b;
  return (x->from > y->from) - (x->from < y->from);
}

static void read_earlier(const doc *d, const yaml *item, variable *var) {
  const yaml *map = load_get(item, "earlier");
  if (!load_is_map(d, map)) return;
  load_only_keys(d, map, "sum count since");
  bool sums = load_get(map, "sum");
  var->count_earlier = load_flag(d, map, "count");
  var->since = load_word(d, map, "since", "month year", 1) == 0 ? WINDOW_CALENDAR_MONTH
                                                                : WINDOW_CALENDAR_YEAR;
  var->type = values_read_measure(d, item, sums ? &cel_money : &cel_int);
  if (sums == var->count_earlier)
    FAULT(d, map, "“earlier”里写 sum 或 count: true 之一。",
          "Give either sum or count: true in \"earlier\".");
  if (var->of_event < 0)
    FAULT(d, map, "只有事件的变量才有“earlier”。", "Only variables of events have \"earlier\".");
}

static void compile_formulas(ordering *o, int v) {
  loader *l = o->l;
  variable *var = &l->variables[v];
  const doc *d = l->variable_at[v].d;
  const yaml *at = l->variable_at[v].at, *one = load_get(at, "formula"),
             *many = load_get(at, "formulas");
  if (load_get(at, "earlier") && !one && !many) {
    read_earlier(d, at, var);
    return;
  }
  size_t n = many && many->type == YAML_MAP ? many->count : 1;
  if (n > FORMULAS_MAX) n = FORMULAS_MAX;
  dated_program *programs = TAKE(l, n, dated_program);
  if (!programs) return;
  var->formulas = programs;
  if (!one == !many) {
    FAULT(d, at, "写 formula 或 formulas 之一，或者 earlier。",
          "Give either formula or formulas, or earlier.");
    return;
  }
  if (one) {
    compile_formula(o, v, DAY_MIN, one);
    return;
  }
  if (!load_is_map(d, many)) return;
  for (size_t i = 0; i < n; i++) {
    day from;
    if (day_parse(many->keys[i].s, &from))
      compile_formula(o, v, from, &many->items[i]);
    else
      FAULT(d, &many->keys[i], "“%.*s”不是日期，请写作 2024-03-01。",
            "\"%.*s\" is not a date; write it like 2024-03-01.", SHOWN(many->keys[i].s));
  }
  if (var->count) qsort(programs, var->count, sizeof *programs, by_from);
}

/* Compiles a variable after those it uses, and gives it its name. */
static void resolve_variable(ordering *o, int v) {
  loader *l = o->l;
  if (o->states[v] == DONE || l->no_memory) return;
  variable *var = &l->variables[v];
  o->states[v] = UNDER_WAY;
  o->longest[v] = 1;
  o->chain[o->depth++] = v;
  compile_formulas(o, v);
  o->depth--;
  o->states[v] = DONE;
  origin at = l->variable_at[v];
  const yaml *name = yaml_get(at.at, "name");
  if (name) at.at = name;
  if (o->longest[v] > PACK_VARIABLE_CHAIN_MAX)
    FAULT(at.d, at.at, "变量一个用一个，连了 %d 层，最多 %d 层，请合并几个。",
          "Variables that use one another are %d deep here, at most %d; merge some.", o->longest[v],
          PACK_VARIABLE_CHAIN_MAX);
  scope_name(scope_of(l, var), var->name, var->type, SLOT_VARIABLE, v, &at);
}

/* `of:` is a kind or event, or a list of them. */
static size_t count_ofs(const yaml *item) {
  const yaml *of = item->type == YAML_MAP ? load_get(item, "of") : NULL;
  return of && of->type == YAML_LIST ? of->count : 1;
}

/* One variable for each thing it is of. Two of the same thing need different names. */
static void read_variable(const origin *at) {
  const doc *d = at->d;
  const yaml *item = at->at;
  loader *l = d->l;
  if (!load_is_map(d, item)) return;
  load_only_keys(d, item, "name title of needs formula formulas earlier unit decimals");
  variable v = {.name = load_name(d, item, "name"), .type = &cel_dyn};
  v.title = load_title(d, item, "title", true);
  const yaml *of = load_need(d, item, "of");
  if (load_get(item, "needs") && load_get(item, "earlier"))
    FAULT(d, yaml_get(item, "needs"), "“earlier”没有“needs”，请删去。",
          "\"earlier\" has no \"needs\"; remove it.");
  if (of && of->type == YAML_LIST && of->count == 0)
    FAULT(d, of, "“%s”不能是空的，请至少写一项。", "\"%s\" is empty; give at least one.", "of");
  for (size_t i = 0; of && i < count_ofs(item); i++) {
    load_kind_or_event_at(d, of->type == YAML_LIST ? &of->items[i] : of, &v.of, &v.of_event);
    if (!v.name || (v.of < 0 && v.of_event < 0)) continue;
    if (variable_beside(l, &v, text_of(v.name)) >= 0) {
      FAULT(d, yaml_get(item, "name"), "“%s”已经有了，请换一个名称。",
            "\"%s\" is taken already; take another name.", v.name);
      continue;
    }
    l->variable_at[l->p->variable_count] = *at;
    l->variables[l->p->variable_count++] = v;
  }
}

/* Compiles those of events, or those of kinds, each after what it uses. */
static void settle_all(loader *l, bool of_events) {
  size_t n = l->p->variable_count;
  ordering o = {
      .l = l, .states = TAKE(l, n, progress), .chain = TAKE(l, n, int), .longest = TAKE(l, n, int)};
  for (size_t i = 0; o.states && o.chain && o.longest && i < n; i++)
    if ((l->variables[i].of_event >= 0) == of_events) resolve_variable(&o, (int)i);
}

/* Its program may use what uses it, of events before: it is compiled when all have their names. */
static void compile_earlier(loader *l, int i) {
  variable *v = &l->variables[i];
  const origin at = l->variable_at[i];
  const yaml *sum = load_get(load_get(at.at, "earlier"), "sum");
  if (sum && v->of_event >= 0)
    v->earlier = compile_for_phone(at.d, sum, l->event_scopes[v->of_event].env, &cel_money);
}

void pack_read_event_variables(loader *l) {
  size_t n = 0;
  const origin *parts = load_parts_of(l, "variables", &n);
  size_t room = 0;
  for (size_t i = 0; parts && i < n; i++) room += count_ofs(parts[i].at);
  l->variables = TAKE(l, room, variable);
  l->variable_at = TAKE(l, room, origin);
  l->p->variables = l->variables;
  for (size_t i = 0; parts && l->variables && l->variable_at && i < n; i++)
    read_variable(&parts[i]);
  settle_all(l, true);
  for (size_t i = 0; !l->no_memory && i < l->p->variable_count; i++) compile_earlier(l, (int)i);
  for (size_t i = 0; !l->no_memory && i < l->p->event_count; i++)
    l->events[i].scope = scope_end(&l->event_scopes[i]);
}

void pack_read_kind_variables(loader *l) {
  settle_all(l, false);
  for (size_t i = 0; !l->no_memory && i < l->p->kind_count; i++)
    l->kinds[i].scope = scope_end(&l->kind_scopes[i]);
}
