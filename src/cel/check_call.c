/* Calls and operators: which overload fits, what to write when none does. */
#include "cel/check.h"

static bool operator_sign(const char *name, char ret[8]) {
  size_t n = 0;
  if (name[0] != '_' && !(name[1] == '_' && !name[2])) return false;
  for (; *name; name++)
    if (*name != '_') ret[n++] = *name;
  ret[n] = 0;
  return n > 0;
}

/* "share(money, rate): money" from one overload of functions.def, or from all of them. */
static const char *usage(checker *c, text name, const char *from, const char *to) {
  buf b AUTO_BUF = {0};
  for (const char *s = from; s < to; s++) {
    bool start = s == from || (s[-1] == ' ' && s[-2] == ';');
    if (*s == '(' && (start || s[-1] == '.')) buf_text(&b, name);
    if (*s != ';' || s + 2 < to) buf_char(&b, *s);
  }
  char *copy = buf_ok(&b) && b.at ? arena_copy(c->a, b.at, b.bytes) : NULL;
  return copy ? copy : "";
}

static label say(checker *c, label what, const char *with) {
  label r = {arena_printf(c->a, "%s %s。", what.zh, with),
             arena_printf(c->a, " %s %s.", what.en, with)};
  return r.zh && r.en ? r : (label){"", ""};
}

static bool is_number(cel_kind k) {
  return k == CEL_INT || k == CEL_UINT || k == CEL_DOUBLE;
}

static label money_remedy(checker *c, const node *n) {
  const char *with = "yuan(6000)";
  if (n->kind == NODE_LITERAL && n->literal.type == VALUE_INT)
    with = arena_printf(c->a, "yuan(%lld)", (long long)n->literal.i);
  if (n->kind == NODE_LITERAL && n->literal.type == VALUE_DOUBLE)
    with = arena_printf(c->a, "yuan(\"%.2f\")", n->literal.d);
  return say(c, (label){"金额请写成", "Write an amount of money as"}, with ? with : "yuan(6000)");
}

static label number_remedy(checker *c, const node *n) {
  const char *with = NULL;
  if (n->kind == NODE_LITERAL && n->literal.type == VALUE_INT)
    with = arena_printf(c->a, "number(%lld)", (long long)n->literal.i);
  if (n->kind == NODE_LITERAL && n->literal.type == VALUE_DOUBLE) {
    buf b AUTO_BUF = {0};
    double_print(&b, n->literal.d);
    with = arena_printf(c->a, "number(\"%s\")", buf_ok(&b) ? b.at : "85.5");
  }
  return say(c, (label){"数请写成", "Write a number as"}, with ? with : "number(\"85.5\")");
}

/* Between numbers and rates. */
static label decimal_remedy(checker *c, const cel_type *need, const cel_type *got) {
  if (need->unit == UNIT_NUMBER && got->unit == UNIT_RATE)
    return say(c, (label){"比例当作数用，请写成", "To use a rate as a number write"},
               "number(1) * x");
  if (need->unit == UNIT_RATE && got->unit == UNIT_NUMBER)
    return say(c, (label){"两个数之比请写成", "For the share of two numbers write"}, "ratio(a, b)");
  if (need->unit == got->unit && type_units_differ(need, got))
    return say(c, (label){"请先乘一个数换算成同一单位，例如", "Convert one by a factor, such as"},
               "x * number(\"0.001\")");
  return (label){"", ""};
}

label check_remedy(checker *c, const cel_type *need, const cel_type *got, const node *n) {
  need = type_resolve(need);
  got = type_resolve(got);
  if (got->kind == CEL_NULL)
    return say(c, (label){"缺失的数据不是 null，请用", "Missing data is not null; use"},
               "has(x.f), x.orElse(…)");
  if (got->kind == CEL_OPTIONAL && need->kind != CEL_OPTIONAL)
    return say(c, (label){"可选值请先写", "Unwrap the optional value first with"}, ".orValue(…)");
  if (need->kind == CEL_DOUBLE && is_number(got->kind) && !got->unit)
    return say(c, (label){"请写成", "Write"}, "double(…)");
  if (need->kind != CEL_INT) return (label){"", ""};
  if (need->unit == UNIT_MONEY && is_number(got->kind) && !got->unit) return money_remedy(c, n);
  if (need->unit == UNIT_DATE && !got->unit && (is_number(got->kind) || got->kind == CEL_STRING))
    return say(c, (label){"日期请写成", "Write a date as"}, "date(\"2024-03-01\")");
  if (need->unit == UNIT_RATE && !got->unit && (is_number(got->kind) || got->kind == CEL_STRING))
    return say(c, (label){"比例请写成", "Write a rate as"}, "rate(\"0.8\")");
  if (need->unit == UNIT_NUMBER && !got->unit && (is_number(got->kind) || got->kind == CEL_STRING))
    return number_remedy(c, n);
  if (got->kind == CEL_INT && (got->unit || type_units_differ(need, got)))
    return decimal_remedy(c, need, got);
  if (need->unit == UNIT_NONE && is_number(got->kind) && !got->unit)
    return say(c, (label){"请写成", "Write"}, "int(…)");
  return (label){"", ""};
}

bool check_choices(checker *c, const cel_type *t, const node *n) {
  t = type_resolve(t);
  if (t->kind != CEL_STRING || !t->choices || c->env->lenient) return true;
  if (n->kind != NODE_LITERAL || n->literal.type != VALUE_STRING) return true;
  text s = n->literal.s;
  nearest near = nearest_to(s);
  for (const char *const *choice = t->choices; *choice; choice++) {
    if (text_is(s, *choice)) return true;
    nearest_offer(&near, text_of(*choice));
  }
  if (nearest_found(&near))
    return check_fail(c, n, "选项里没有“%.*s”。是不是“%.*s”？",
                      "\"%.*s\" is not one of the choices. Did you mean \"%.*s\"?", (int)s.bytes,
                      s.at, (int)near.best.bytes, near.best.at);
  buf b AUTO_BUF = {0};
  for (const char *const *choice = t->choices; *choice; choice++)
    buf_printf(&b, "%s%s", choice == t->choices ? "" : ", ", *choice);
  return check_fail(c, n, "选项里没有“%.*s”，可用的有：%s。",
                    "\"%.*s\" is not one of the choices: %s.", (int)s.bytes, s.at,
                    buf_ok(&b) && b.at ? b.at : "");
}

static bool is_decimal(const cel_type *t) {
  return t->unit == UNIT_NUMBER || t->unit == UNIT_RATE;
}

static bool operand_fault(checker *c, node *n, const char *sign) {
  if (n->count == 1)
    return check_fail(c, n, "“%s”不能用于 %s。", "\"%s\" cannot be used on %s.", sign,
                      check_words(c, n->items[0]->type));
  const cel_type *a = type_resolve(n->items[0]->type), *b = type_resolve(n->items[1]->type);
  const node *nb = n->items[1];
  if (strcmp(sign, "in") == 0 && b->of) b = type_resolve(b->kind == CEL_MAP ? b->key : b->of);
  label r = {"", ""};
  bool numbers = a->kind == CEL_INT && b->kind == CEL_INT;
  if (numbers && *sign == '*' && (a->unit == UNIT_MONEY || b->unit == UNIT_MONEY) &&
      (is_decimal(a) || is_decimal(b)))
    r = say(c, (label){"金额乘比例或数请写成", "For money times a rate or number write"},
            "share(money, x)");
  else if (numbers && *sign == '/' && (is_decimal(a) || is_decimal(b)))
    r = say(c,
            (label){"相除要写明怎样取整：除以个数、同单位之比、其他的商分别写成",
                    "Say how it is divided: by a count, as a share of one unit, as another "
                    "quotient:"},
            "divide(x, n), ratio(a, b), per(a, b)");
  else if (numbers && is_decimal(a) && is_decimal(b) && a->unit != b->unit)
    r = decimal_remedy(c, &cel_number, &cel_rate);
  else if (b->unit || (a->kind == CEL_NULL && !a->unit))
    r = check_remedy(c, b, a, n->items[0]);
  else
    r = check_remedy(c, a, b, nb);
  return check_fail(c, n, "“%s”不能用于 %s 和 %s。%s", "\"%s\" cannot be used on %s and %s.%s",
                    sign, check_words(c, n->items[0]->type), check_words(c, n->items[1]->type),
                    LABEL(r));
}

static bool check_equality(checker *c, node *n, const char *sign) {
  node *a = n->items[0], *b = n->items[1];
  n->type = &cel_bool;
  if (!check_choices(c, a->type, b) || !check_choices(c, b->type, a)) return false;
  return type_join(&c->s, a->type, b->type) || operand_fault(c, n, sign);
}

static bool check_in(checker *c, node *n) {
  node *a = n->items[0], *b = n->items[1];
  const cel_type *t = type_resolve(b->type);
  n->type = &cel_bool;
  if (t->kind == CEL_DYN || t->kind == KIND_VARIABLE) return true;
  const cel_type *of = t->kind == CEL_LIST ? t->of : t->kind == CEL_MAP ? t->key : NULL;
  if (t->kind == CEL_RECORD) of = &cel_string;
  if (!of) return operand_fault(c, n, "in");
  if (!check_choices(c, of, a)) return false;
  for (size_t i = 0; b->kind == NODE_LIST && i < b->count; i++)
    if (!check_choices(c, a->type, b->items[i])) return false;
  return type_join(&c->s, a->type, of) || operand_fault(c, n, "in");
}

static bool fits(checker *c, const overload *o, const node *n, size_t *wrong) {
  bool arity =
      o->method == n->method && (o->variadic ? n->count >= o->count : n->count == o->count);
  *wrong = SIZE_MAX;
  if (!arity) return false;
  for (size_t i = 0; i < n->count; i++) {
    const cel_type *need = o->params[i < o->count ? i : o->count - 1];
    *wrong = i;
    if (!type_assign(&c->s, need, n->items[i]->type)) return false;
  }
  return true;
}

static bool same_plain(const cel_type *a, const cel_type *b) {
  a = type_resolve(a);
  b = type_resolve(b);
  return a == b || (a->kind == b->kind && a->unit == b->unit && !a->of && a->kind < KIND_VARIABLE);
}

/* The result type, or NULL when no overload fits. */
static const cel_type *resolve(checker *c, const node *n, const char *signatures) {
  bool concrete = true;
  for (size_t i = 0; i < n->count; i++) concrete = concrete && type_is_concrete(n->items[i]->type);
  size_t matches = 0, wrong, mark = solver_mark(&c->s);
  const cel_type *result = NULL;
  overload o, only = {0};
  while (overload_next(&c->s, &signatures, &o)) {
    bool fit = fits(c, &o, n, &wrong);
    if (fit && concrete) return o.result;
    solver_undo(&c->s, mark);
    if (!fit) continue;
    if (matches++ == 0) {
      only = o;
      result = o.result;
    } else if (!same_plain(result, o.result)) {
      result = &cel_dyn;
    }
  }
  if (matches == 1) fits(c, &only, n, &wrong);
  return result;
}

/* Tells of the overload that came nearest: the one whose first wrong argument stands last. */
static bool call_fault(checker *c, node *n, const char *signatures) {
  size_t mark = solver_mark(&c->s), best = 0;
  overload o, nearest = {0};
  const char *how = NULL;
  for (const char *s = signatures, *from = s; overload_next(&c->s, &s, &o); from = s) {
    size_t wrong;
    fits(c, &o, n, &wrong);
    bool nearer = wrong < n->count && wrong < o.count && (!how || wrong > best);
    const cel_type *need = nearer ? type_final(&c->s, o.params[wrong]) : NULL;
    solver_undo(&c->s, mark);
    if (!nearer) continue;
    best = wrong;
    nearest = o;
    nearest.params[wrong] = need;
    while (*from == ' ') from++;
    how = usage(c, n->name, from, s);
  }
  int name = (int)n->name.bytes;
  if (!how)
    return check_fail(c, n, "%.*s 的参数个数或写法不对。写法：%s",
                      "%.*s is not called like this. Usage: %s", name, n->name.at,
                      usage(c, n->name, signatures, signatures + strlen(signatures)));
  const node *arg = n->items[best];
  const cel_type *need = nearest.params[best];
  label r = check_remedy(c, need, arg->type, arg);
  return check_fail(c, arg, "%.*s 这里要 %s，但这是 %s。%s写法：%s",
                    "%.*s needs %s here, but this is %s.%s Usage: %s", name, n->name.at,
                    check_words(c, need), check_words(c, arg->type), LABEL(r), how);
}

static bool unknown_function(checker *c, node *n, text name) {
  if (text_is(name, "ifAbsent"))
    return check_fail(c, n, "“ifAbsent”现在写作“orElse”。",
                      "\"ifAbsent\" is called \"orElse\" now.");
  nearest near = nearest_to(name);
  for (size_t i = 0; i < cel_function_count; i++)
    if (cel_functions[i].run) nearest_offer(&near, text_of(cel_functions[i].name));
  if (nearest_found(&near))
    return check_fail(c, n, "没有函数“%.*s”。是不是“%.*s”？",
                      "There is no function \"%.*s\". Did you mean \"%.*s\"?", (int)name.bytes,
                      name.at, (int)near.best.bytes, near.best.at);
  return check_fail(c, n, "没有函数“%.*s”。", "There is no function \"%.*s\".", (int)name.bytes,
                    name.at);
}

static const char *declared_signatures(const checker *c, text name) {
  for (size_t i = 0; i < c->env->function_count; i++)
    if (text_is(name, c->env->functions[i].name)) return c->env->functions[i].signatures;
  return NULL;
}

/* math.floor(x) reads as a method of `math`: make it the function it is. */
static bool qualify(checker *c, node *n) {
  if (!n->method) return true;
  text base = check_chain_text(c, n->items[0]);
  if (!base.at) return c->e->code != ERR_MEMORY || !c->s.memory_failed;
  const node *first = n->items[0];
  while (first->kind == NODE_SELECT) first = first->items[0];
  if (check_local(c, first->name)) return true;
  char *full = arena_printf(c->a, "%s.%.*s", base.at, (int)n->name.bytes, n->name.at);
  if (!full) return err_memory(c->e);
  bool space = false;
  for (size_t i = 0; i < cel_function_count && !space; i++)
    space = strncmp(cel_functions[i].name, full, base.bytes + 1) == 0;
  if (!space || cel_env_slot(c->env, base.at) >= 0) return true;
  n->name = text_of(full);
  n->method = false;
  n->items++;
  n->count--;
  return true;
}

static bool fold(checker *c, node *n) {
  label why = {NULL, NULL};
  value v;
  if (n->count != 1 || n->items[0]->kind != NODE_LITERAL) return true;
  if (!fold_literal(n->function, &n->items[0]->literal, &v, &why)) {
    if (!why.zh) return true;
    return check_fail(c, n->items[0], "%s", "%s", LABEL(why)) || check_later(c, n);
  }
  n->kind = NODE_LITERAL;
  n->literal = v;
  n->count = 0;
  return true;
}

bool check_call(checker *c, node *n) {
  if (!qualify(c, n)) return false;
  for (size_t i = 0; i < n->count; i++)
    if (!check_node(c, n->items[i])) return false;
  char sign[8] = "";
  n->function = cel_function_find(n->name);
  if (n->function >= 0 && n->is_operator != !cel_functions[n->function].run) n->function = -1;
  const char *signatures =
      n->function >= 0 ? cel_functions[n->function].signatures : declared_signatures(c, n->name);
  if (!signatures) return unknown_function(c, n, n->name) || check_later(c, n);
  if (n->is_operator) operator_sign(cel_functions[n->function].name, sign);
  if (strcmp(sign, "==") == 0 || strcmp(sign, "!=") == 0) return check_equality(c, n, sign);
  if (strcmp(sign, "in") == 0) return check_in(c, n);
  n->type = resolve(c, n, signatures);
  if (!n->type && !n->is_operator && !fold(c, n)) return false; /* it says how a date is written */
  if (!n->type)
    return (n->is_operator ? operand_fault(c, n, sign) : call_fault(c, n, signatures)) ||
           check_later(c, n);
  if (!check_measure(c, n)) return check_later(c, n);
  if (n->function >= 0 && cel_functions[n->function].where == SERVER && !c->beyond->what.zh) {
    const char *name = cel_functions[n->function].name;
    *c->beyond = (beyond){{name, name}, n->at};
  }
  /* The browser's library hides from functions what is absent: there it becomes a choice by has().
   */
  bool asks = n->function >= 0 && (cel_functions[n->function].run == run_or_else ||
                                   cel_functions[n->function].run == run_known);
  if (asks && n->count && n->items[0]->kind != NODE_SLOT && n->items[0]->kind != NODE_SELECT &&
      !c->beyond->what.zh)
    *c->beyond = (beyond){{"用在式子上的 orElse 和 known（请用在名称上）",
                           "orElse or known of an expression (use a name)"},
                          n->at};
  return fold(c, n);
}
