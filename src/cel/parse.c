#include "cel/parse.h"

static node *expression(parser *p);

node *node_new(parser *p, node_kind kind, size_t at, node *const *items, size_t count) {
  node *n = ARENA_NEW(p->a, node);
  node **copy = n && count ? ARENA_ARRAY(p->a, count, node *) : NULL;
  if (!n || (count && !copy)) {
    err_memory(p->e);
    return NULL;
  }
  *n = (node){
      .kind = kind, .at = (uint32_t)at, .height = 1, .items = copy, .count = count, .slot = -1};
  for (size_t i = 0; items && i < count; i++) {
    copy[i] = items[i];
    if (copy[i] && copy[i]->height >= n->height) n->height = copy[i]->height + 1;
  }
  if (n->height > CEL_DEPTH_MAX) {
    parse_fail(p, at, "表达式嵌套太深，最多 %d 层。请拆成几个变量。",
               "This expression is nested too deep, over %d levels. Split it into variables.",
               CEL_DEPTH_MAX);
    return NULL;
  }
  return n;
}

static node *node_operator(parser *p, const char *name, size_t at, node *const *items,
                           size_t count) {
  node *n = node_new(p, NODE_CALL, at, items, count);
  if (!n) return NULL;
  n->name = text_of(name);
  n->is_operator = true;
  return n;
}

void parse_beyond(parser *p, size_t at, label what) {
  if (!p->beyond->what.zh) *p->beyond = (beyond){what, (uint32_t)at};
}

static bool advance(parser *p) {
  p->ended = p->lex.at;
  return lex_next(&p->lex, &p->now);
}

static bool at_sign(const parser *p, const char *sign) {
  return p->now.kind == TOKEN_SIGN && text_is(p->now.s, sign);
}

/* Takes the sign if it is there. *ok is false after a fault of the lexer. */
static bool take(parser *p, const char *sign, bool *ok) {
  if (!at_sign(p, sign)) return false;
  *ok = advance(p);
  return *ok;
}

static bool expect(parser *p, const char *sign) {
  if (at_sign(p, sign)) return advance(p);
  if (p->now.kind == TOKEN_END)
    return parse_fail(p, p->now.at, "表达式没有写完，这里还缺少“%s”。",
                      "The expression is not finished: \"%s\" is missing here.", sign);
  return parse_fail(p, p->now.at, "这里应当是“%s”。", "\"%s\" is expected here.", sign);
}

typedef struct node_list {
  node **items;
  bool *optionals;
  size_t count, room, optional_room;
  bool any_optional;
} node_list;

static bool append(parser *p, node_list *list, node *n, bool optional) {
  node **items = ARENA_GROW(p->a, list->items, list->count, &list->room, node *);
  if (!items) return err_memory(p->e);
  list->items = items;
  bool *optionals = ARENA_GROW(p->a, list->optionals, list->count, &list->optional_room, bool);
  if (!optionals) return err_memory(p->e);
  list->optionals = optionals;
  list->items[list->count] = n;
  list->optionals[list->count++] = optional;
  if (optional) list->any_optional = true;
  return true;
}

static bool optional_mark(parser *p, bool *ok) {
  size_t at = p->now.at;
  if (!take(p, "?", ok)) return false;
  parse_beyond(p, at, (label){"可选写法 ?", "optional syntax \"?\""});
  return true;
}

/* Expressions with commas between, up to the closing sign, which is taken. */
static bool arguments(parser *p, const char *close, bool may_be_optional, node_list *list) {
  bool ok = true;
  while (!at_sign(p, close)) {
    bool optional = may_be_optional && optional_mark(p, &ok);
    if (!ok) return false;
    node *n = expression(p);
    if (!n || !append(p, list, n, optional)) return false;
    if (!take(p, ",", &ok)) break;
    if (!may_be_optional && at_sign(p, close))
      return parse_fail(p, p->now.at, "逗号后面还缺一个参数。",
                        "An argument is missing after the comma.");
  }
  return ok && expect(p, close);
}

static node *list_literal(parser *p, size_t at) {
  node_list list = {0};
  if (!arguments(p, "]", true, &list)) return NULL;
  node *n = node_new(p, NODE_LIST, at, list.items, list.count);
  if (n && list.any_optional) n->optionals = list.optionals;
  return n;
}

static node *map_literal(parser *p, size_t at) {
  node_list keys = {0}, all = {0};
  bool ok = true;
  while (!at_sign(p, "}")) {
    bool optional = optional_mark(p, &ok);
    if (!ok) return NULL;
    node *key = expression(p);
    if (!key || !expect(p, ":")) return NULL;
    node *item = expression(p);
    if (!item || !append(p, &keys, key, optional) || !append(p, &all, key, false) ||
        !append(p, &all, item, false))
      return NULL;
    if (!take(p, ",", &ok)) break;
  }
  if (!ok || !expect(p, "}")) return NULL;
  node *n = node_new(p, NODE_MAP, at, all.items, all.count);
  if (n && keys.any_optional) n->optionals = keys.optionals;
  return n;
}

static node *literal(parser *p, size_t at, value v) {
  node *n = node_new(p, NODE_LITERAL, at, NULL, 0);
  if (n) n->literal = v;
  return n;
}

static node *int_literal(parser *p, size_t at, uint64_t magnitude, bool negative) {
  if (magnitude > (uint64_t)INT64_MAX + (negative ? 1 : 0)) {
    parse_fail(p, at, "数字太大，超出 64 位整数的范围。", "This number is too large for 64 bits.");
    return NULL;
  }
  int64_t n = negative ? (int64_t)(0 - magnitude) : (int64_t)magnitude;
  return literal(p, at, value_int(n));
}

static bool reserved(text s) {
  static const char *const words[] = {
      "as", "break", "const", "continue", "else",      "for",    "function", "if",   "import",
      "in", "let",   "loop",  "package",  "namespace", "return", "var",      "void", "while"};
  for (size_t i = 0; i < sizeof words / sizeof *words; i++)
    if (text_is(s, words[i])) return true;
  return false;
}

/* f(…) or a.f(…): `base` NULL or what stands before the dot; the opening parenthesis is taken. */
static node *call(parser *p, node *base, text name, size_t at) {
  node_list list = {0};
  if (!arguments(p, ")", false, &list)) return NULL;
  bool is_macro = false;
  node *n = macro_expand(p, base, name, list.items, list.count, at, &is_macro);
  if (n || is_macro) return n;
  node_list all = {0};
  if (base && !append(p, &all, base, false)) return NULL;
  for (size_t i = 0; i < list.count; i++)
    if (!append(p, &all, list.items[i], false)) return NULL;
  n = node_new(p, NODE_CALL, at, all.items, all.count);
  if (!n) return NULL;
  n->name = name;
  n->method = base != NULL;
  return n;
}

static node *name_or_call(parser *p, bool rooted) {
  token t = p->now;
  if (t.kind != TOKEN_NAME) {
    parse_fail(p, t.at, "“.”后面应当是名称。", "A name is expected after \".\".");
    return NULL;
  }
  if (!advance(p)) return NULL;
  bool ok = true;
  if (take(p, "(", &ok)) return call(p, NULL, t.s, t.at);
  if (!ok) return NULL;
  static const struct {
    const char *name;
    value v;
  } constants[] = {{"true", {.type = VALUE_BOOL, .yes = true}},
                   {"false", {.type = VALUE_BOOL}},
                   {"null", {.type = VALUE_NULL}}};
  for (size_t i = 0; i < 3; i++)
    if (text_is(t.s, constants[i].name)) return literal(p, t.at, constants[i].v);
  if (reserved(t.s)) {
    parse_fail(p, t.at, "“%.*s”是保留字，不能作名称。",
               "\"%.*s\" is a reserved word and cannot be a name.", (int)t.s.bytes, t.s.at);
    return NULL;
  }
  node *n = node_new(p, NODE_NAME, t.at, NULL, 0);
  if (!n) return NULL;
  n->name = t.s;
  if (rooted) n->name = (text){t.s.at - 1, t.s.bytes + 1};
  return n;
}

static node *primary(parser *p) {
  token t = p->now;
  bool ok = true;
  if (t.kind == TOKEN_INT) return advance(p) ? int_literal(p, t.at, t.u, false) : NULL;
  if (t.kind == TOKEN_LITERAL) return advance(p) ? literal(p, t.at, t.v) : NULL;
  if (t.kind == TOKEN_NAME) return name_or_call(p, false);
  if (take(p, ".", &ok)) return name_or_call(p, p->now.at == t.at + 1);
  if (ok && take(p, "[", &ok)) return list_literal(p, t.at);
  if (ok && take(p, "{", &ok)) return map_literal(p, t.at);
  if (ok && take(p, "(", &ok)) {
    node *n = expression(p);
    return n && expect(p, ")") ? n : NULL;
  }
  if (!ok) return NULL;
  if (t.kind == TOKEN_END)
    parse_fail(p, t.at, "表达式没有写完。", "The expression is not finished.");
  else
    parse_fail(p, t.at, "这里不应当是“%.*s”。", "\"%.*s\" is not expected here.", (int)t.s.bytes,
               t.s.at);
  return NULL;
}

static node *select_or_call(parser *p, node *base) {
  bool ok = true, optional = optional_mark(p, &ok);
  if (!ok) return NULL;
  token t = p->now;
  if (t.kind != TOKEN_NAME && t.kind != TOKEN_QUOTED) {
    parse_fail(p, t.at, "“.”后面应当是名称。", "A name is expected after \".\".");
    return NULL;
  }
  if (!advance(p)) return NULL;
  if (!optional && t.kind == TOKEN_NAME && take(p, "(", &ok)) return call(p, base, t.s, t.at);
  if (!ok) return NULL;
  node *n = node_new(p, NODE_SELECT, t.at, &base, 1);
  if (!n) return NULL;
  n->name = t.s;
  n->optional = optional;
  return n;
}

static node *index_of(parser *p, node *base, size_t at) {
  bool ok = true, optional = optional_mark(p, &ok);
  if (!ok) return NULL;
  node *items[2] = {base, expression(p)};
  if (!items[1] || !expect(p, "]")) return NULL;
  node *n = node_new(p, NODE_INDEX, at, items, 2);
  if (n) n->optional = optional;
  return n;
}

static node *members(parser *p, node *n) {
  bool ok = true;
  while (n && ok) {
    size_t at = p->now.at;
    if (take(p, ".", &ok)) {
      n = select_or_call(p, n);
    } else if (ok && take(p, "[", &ok)) {
      n = index_of(p, n, at);
    } else if (ok && at_sign(p, "{") && (n->kind == NODE_NAME || n->kind == NODE_SELECT)) {
      parse_fail(p, at, "这里不能写“{”：没有消息类型，映射直接写 {…}。",
                 "\"{\" cannot stand here: there are no message types; write a map as {…}.");
      return NULL;
    } else {
      break;
    }
  }
  return ok ? n : NULL;
}

/* Signs before a value: an even number of them says nothing, as in the reference. */
static node *unary(parser *p) {
  bool ok = true;
  size_t at = p->now.at, count = 0;
  const char *sign = at_sign(p, "!") ? "!" : "-";
  size_t last = at;
  while (ok && at_sign(p, sign)) {
    last = p->now.at;
    count++;
    ok = advance(p);
  }
  if (!ok) return NULL;
  if (count && *sign == '-' && (p->now.kind == TOKEN_INT || p->now.kind == TOKEN_LITERAL)) {
    token t = p->now;
    bool real = t.kind == TOKEN_LITERAL && t.v.type == VALUE_DOUBLE;
    if (real || t.kind == TOKEN_INT) {
      if (!advance(p)) return NULL;
      node *n = real ? literal(p, last, value_double(-t.v.d)) : int_literal(p, last, t.u, true);
      n = members(p, n);
      return n && count % 2 == 0 ? node_operator(p, "-_", at, &n, 1) : n;
    }
  }
  node *n = primary(p);
  n = n ? members(p, n) : NULL;
  return n && count % 2 ? node_operator(p, *sign == '!' ? "!_" : "-_", at, &n, 1) : n;
}

/* Binary operators by binding strength; `&&` and `||` are done apart. */
static const char *binary_name(const parser *p, int *level) {
  static const struct {
    const char *sign, *name;
    int level;
  } all[] = {{"<", "_<_", 1},   {"<=", "_<=_", 1}, {">=", "_>=_", 1}, {">", "_>_", 1},
             {"==", "_==_", 1}, {"!=", "_!=_", 1}, {"in", "_in_", 1}, {"+", "_+_", 2},
             {"-", "_-_", 2},   {"*", "_*_", 3},   {"/", "_/_", 3},   {"%", "_%_", 3}};
  if (p->now.kind != TOKEN_SIGN && p->now.kind != TOKEN_NAME) return NULL;
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    if (!text_is(p->now.s, all[i].sign)) continue;
    *level = all[i].level;
    return all[i].name;
  }
  return NULL;
}

static node *binary(parser *p, int from) {
  const size_t start = p->now.at;
  node *left = unary(p);
  int level;
  const char *name;
  while (left && (name = binary_name(p, &level)) && level >= from) {
    size_t at = p->now.at;
    if (!advance(p)) return NULL;
    node *both[2] = {left, binary(p, level + 1)};
    left = both[1] ? node_operator(p, name, at, both, 2) : NULL;
    if (!left) return NULL;
    left->from = (uint32_t)start;
    left->to = (uint32_t)p->ended;
  }
  return left;
}

static node *chain(parser *p, bool or) {
  size_t at = p->now.at;
  bool ok = true;
  node_list list = {0};
  do {
    node *n = or ? chain(p, false) : binary(p, 1);
    if (!n || !append(p, &list, n, false)) return NULL;
  } while (take(p, or ? "||" : "&&", &ok));
  if (!ok) return NULL;
  return list.count == 1 ? list.items[0]
                         : node_new(p, or ? NODE_OR : NODE_AND, at, list.items, list.count);
}

static node *condition(parser *p) {
  node *items[3] = {chain(p, true), NULL, NULL};
  size_t at = p->now.at;
  bool ok = true;
  if (!items[0] || !take(p, "?", &ok)) return ok ? items[0] : NULL;
  items[1] = chain(p, true);
  if (!items[1] || !expect(p, ":")) return NULL;
  items[2] = expression(p);
  return items[2] ? node_new(p, NODE_IF, at, items, 3) : NULL;
}

static node *expression(parser *p) {
  if (p->depth >= CEL_DEPTH_MAX) {
    parse_fail(p, p->now.at, "表达式嵌套太深，最多 %d 层。请拆成几个变量。",
               "This expression is nested too deep, over %d levels. Split it into variables.",
               CEL_DEPTH_MAX);
    return NULL;
  }
  p->depth++;
  node *n = condition(p);
  p->depth--;
  return n;
}

node *cel_parse(arena *a, text source, beyond *b, err *e) {
  parser p = {.a = a, .lex = {a, source, 0, e}, .beyond = b, .e = e};
  *b = (beyond){0};
  if (source.bytes > CEL_SOURCE_MAX) {
    cel_fail(e, TEXT(""), 0, "表达式太长，最多 %d 字节。",
             "The expression is longer than %d bytes.", CEL_SOURCE_MAX);
    return NULL;
  }
  size_t valid = text_valid_prefix(source);
  if (valid < source.bytes) {
    cel_fail(e, source, valid, "这里不是 UTF-8 文字，请用 UTF-8 保存文件。",
             "This is not UTF-8; save the file as UTF-8.");
    return NULL;
  }
  if (!advance(&p)) return NULL;
  node *n = expression(&p);
  if (!n) return NULL;
  if (p.now.kind != TOKEN_END) {
    parse_fail(&p, p.now.at, "“%.*s”前面已经是完整的表达式，这里多出了内容，或前面缺少运算符。",
               "Before \"%.*s\" the expression is complete: something is too much here, or an "
               "operator is missing.",
               p.now.kind == TOKEN_LITERAL || p.now.kind == TOKEN_INT ? 3 : (int)p.now.s.bytes,
               p.now.kind == TOKEN_LITERAL || p.now.kind == TOKEN_INT ? "…" : p.now.s.at);
    return NULL;
  }
  return n;
}
