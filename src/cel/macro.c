/* The macros: calls whose arguments are not all values. */
#include "cel/parse.h"

#define bad(p, at, ...) (parse_fail((p), (at), __VA_ARGS__), (node *)NULL)

static bool is_name(const node *n) {
  return n->kind == NODE_NAME && n->name.at[0] != '.';
}

static node *has(parser *p, node *const *args, size_t count, size_t at) {
  if (count != 1 || args[0]->kind != NODE_SELECT || args[0]->optional)
    return bad(p, at, "has 里面要写“对象.字段”，例如 has(x.income)。",
               "has() takes an object and a field, such as has(x.income).");
  args[0]->test = true;
  return args[0];
}

static const struct loop_macro {
  const char *name;
  loop_kind kind;
  bool one, two, filtered; /* one or two variables; may have a filter before the body */
} loop_macros[] = {
    {"all", LOOP_ALL, true, true, false},
    {"exists", LOOP_EXISTS, true, true, false},
    {"exists_one", LOOP_ONE, true, true, false},
    {"existsOne", LOOP_ONE, true, true, false},
    {"map", LOOP_LIST, true, false, true},
    {"filter", LOOP_FILTER, true, false, false},
    {"transformList", LOOP_LIST, false, true, true},
    {"transformMap", LOOP_MAP, false, true, true},
    {"transformMapEntry", LOOP_ENTRIES, false, true, true},
};

static node *loop(parser *p, const struct loop_macro *m, node *base, node *const *args,
                  size_t count, size_t at, bool *ret_is_macro) {
  bool two = m->two && (!m->one || count == 3);
  size_t variables = two ? 2 : 1, bodies = count - variables;
  if (count < variables + 1 || bodies > (m->filtered ? 2U : 1U)) {
    *ret_is_macro = false;
    return NULL;
  }
  for (size_t i = 0; i < variables; i++)
    if (!is_name(args[i]))
      return bad(p, args[i]->at, "这里要写一个变量名，例如 list.all(x, x > 0) 中的 x。",
                 "A simple name is needed here, as x in list.all(x, x > 0).");
  if (two && text_equal(args[0]->name, args[1]->name))
    return bad(p, args[1]->at, "两个变量不能同名。", "The two variables need different names.");
  node *items[3] = {base, bodies == 2 ? args[variables] : NULL, args[count - 1]};
  node *n = node_new(p, NODE_LOOP, at, items, 3);
  if (!n) return NULL;
  n->loop = m->kind;
  n->name = args[0]->name;
  if (two) {
    n->name2 = args[1]->name;
    parse_beyond(p, at, (label){"带两个变量的写法", "macros with two variables"});
  }
  return n;
}

static node *opt_map(parser *p, bool flat, node *base, node *const *args, size_t count, size_t at) {
  if (count != 2 || !is_name(args[0]))
    return bad(p, at, "optMap 要写成 x.optMap(v, 用到 v 的式子)。",
               "optMap is written x.optMap(v, an expression with v).");
  node *n = node_new(p, NODE_OPT_MAP, at, (node *[]){base, args[1]}, 2);
  if (!n) return NULL;
  parse_beyond(p, at, (label){"optMap", "optMap"});
  n->name = args[0]->name;
  n->flat = flat;
  return n;
}

/* cel.index(2) and cel.iterVar(0, 1) are names that no source can spell. */
static node *made_up_name(parser *p, text name, node *const *args, size_t count, size_t at) {
  for (size_t i = 0; i < count; i++)
    if (args[i]->kind != NODE_LITERAL || args[i]->literal.type != VALUE_INT)
      return bad(p, at, "这里只能写整数。", "Only whole numbers can stand here.");
  char *made =
      arena_printf(p->a, "@%.*s:%lld:%lld", (int)name.bytes, name.at, (long long)args[0]->literal.i,
                   count > 1 ? (long long)args[1]->literal.i : 0);
  node *n = node_new(p, NODE_NAME, at, NULL, 0);
  if (!made || !n) {
    if (n) err_memory(p->e);
    return NULL;
  }
  n->name = text_of(made);
  return n;
}

static node *block(parser *p, node *const *args, size_t count, size_t at) {
  if (count != 2 || args[0]->kind != NODE_LIST || args[0]->optionals)
    return bad(p, at, "cel.block 要写成 cel.block([…], 结果)。",
               "cel.block is written cel.block([…], result).");
  size_t all = args[0]->count + 1;
  node **items = ARENA_ARRAY(p->a, all, node *);
  if (!items) return err_memory(p->e), NULL;
  for (size_t i = 0; i < all; i++) items[i] = i + 1 < all ? args[0]->items[i] : args[1];
  node *n = node_new(p, NODE_BLOCK, at, items, all);
  if (!n) return NULL;
  return n;
}

static node *cel_macro(parser *p, text name, node *const *args, size_t count, size_t at,
                       bool *ret_is_macro) {
  *ret_is_macro = true;
  parse_beyond(p, at, (label){"cel.bind、cel.block", "cel.bind and cel.block"});
  if (text_is(name, "bind")) {
    if (count != 3 || !is_name(args[0]))
      return bad(p, at, "cel.bind 要写成 cel.bind(名称, 值, 用到名称的式子)。",
                 "cel.bind is written cel.bind(name, value, an expression with the name).");
    node *n = node_new(p, NODE_BIND, at, args + 1, 2);
    if (n) n->name = args[0]->name;
    return n;
  }
  if (text_is(name, "block")) return block(p, args, count, at);
  if (text_is(name, "index") && count == 1) return made_up_name(p, name, args, count, at);
  if (text_is(name, "iterVar") && count == 2) return made_up_name(p, name, args, count, at);
  *ret_is_macro = false;
  return NULL;
}

node *macro_expand(parser *p, node *base, text name, node *const *args, size_t count, size_t at,
                   bool *ret_is_macro) {
  *ret_is_macro = true;
  if (!base) {
    if (text_is(name, "has")) return has(p, args, count, at);
    *ret_is_macro = false;
    return NULL;
  }
  if (base->kind == NODE_NAME && text_is(base->name, "cel"))
    return cel_macro(p, name, args, count, at, ret_is_macro);
  for (size_t i = 0; i < sizeof loop_macros / sizeof *loop_macros; i++)
    if (text_is(name, loop_macros[i].name))
      return loop(p, &loop_macros[i], base, args, count, at, ret_is_macro);
  if (text_is(name, "optMap")) return opt_map(p, false, base, args, count, at);
  if (text_is(name, "optFlatMap")) return opt_map(p, true, base, args, count, at);
  *ret_is_macro = false;
  return NULL;
}
