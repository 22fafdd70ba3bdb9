/* Types into the tree, from the leaves up. */
#include "cel/check.h"

bool check_later(checker *c, node *n) {
  if (!c->env->lenient || c->e->code == ERR_MEMORY) return false;
  err *kept = ARENA_NEW(c->a, err);
  if (!kept) return err_memory(c->e);
  *kept = *c->e;
  n->kind = NODE_LITERAL;
  n->literal = (value){.type = VALUE_ERROR, .error = kept};
  n->type = &cel_dyn;
  n->count = 0;
  return true;
}

const char *check_words(checker *c, const cel_type *t) {
  buf b AUTO_BUF = {0};
  const cel_type *final = type_final(&c->s, t);
  cel_type_print(&b, final);
  if (cel_type_unit(final)[0]) buf_printf(&b, " (%s)", cel_type_unit(final));
  char *copy = buf_ok(&b) ? arena_copy(c->a, b.at ? b.at : "", b.bytes) : NULL;
  return copy ? copy : "?";
}

static bool push_local(checker *c, local *room, text name, const cel_type *type) {
  *room = (local){name, type, c->locals++, c->scope};
  c->scope = room;
  if (c->locals > c->locals_most) c->locals_most = c->locals;
  return true;
}

/* The condition of a loop, filter or ?: must be yes or no. */
static bool check_condition(checker *c, node *n) {
  if (!check_node(c, n)) return false;
  if (type_assign(&c->s, &cel_bool, n->type)) return true;
  return check_fail(c, n, "这里要一个条件（真或假），但这是 %s。请写出比较，例如 x > 0。",
                    "A condition (true or false) is needed here, but this is %s. Write a "
                    "comparison, such as x > 0.",
                    check_words(c, n->type));
}

static const cel_type *literal_type(const value *v) {
  switch (v->type) {
  case VALUE_NULL:
    return &cel_null;
  case VALUE_BOOL:
    return &cel_bool;
  case VALUE_INT:
    return &cel_int;
  case VALUE_UINT:
    return &cel_uint;
  case VALUE_DOUBLE:
    return &cel_double;
  case VALUE_STRING:
    return &cel_string;
  case VALUE_BYTES:
    return &cel_bytes;
  case VALUE_TYPE:
    return &cel_type_type;
  default:
    return &cel_dyn;
  }
}

static const cel_type *record_field(checker *c, const node *n, const cel_record *r, text name) {
  nearest near = nearest_to(name);
  for (size_t i = 0; i < r->count; i++) {
    if (text_is(name, r->fields[i].name)) return r->fields[i].type;
    nearest_offer(&near, text_of(r->fields[i].name));
  }
  int wrong = (int)name.bytes, best = (int)near.best.bytes;
  if (nearest_found(&near))
    check_fail(c, n, "“%s”没有字段“%.*s”。是不是“%.*s”？",
               "\"%s\" has no field \"%.*s\". Did you mean \"%.*s\"?", r->name, wrong, name.at,
               best, near.best.at);
  else
    check_fail(c, n, "“%s”没有字段“%.*s”。", "\"%s\" has no field \"%.*s\".", r->name, wrong,
               name.at);
  return NULL;
}

/* The type of base.name, or NULL with *e. */
static const cel_type *field_type(checker *c, const node *n, const cel_type *base, text name) {
  base = type_resolve(base);
  if (base->kind == CEL_DYN || base->kind == KIND_VARIABLE) return &cel_dyn;
  if (base->kind == CEL_RECORD) return record_field(c, n, base->record, name);
  if (base->kind == CEL_MAP) return base->of;
  if (base->kind == CEL_OPTIONAL) {
    const cel_type *inner = field_type(c, n, base->of, name);
    return inner ? type_optional(&c->s, inner) : NULL;
  }
  check_fail(c, n, "%s 没有字段，不能写“.%.*s”。", "%s has no fields, so \".%.*s\" cannot follow.",
             check_words(c, base), (int)name.bytes, name.at);
  return NULL;
}

static const cel_type *as_optional(checker *c, const cel_type *t) {
  return type_resolve(t)->kind == CEL_OPTIONAL ? t : type_optional(&c->s, t);
}

static bool check_select(checker *c, node *n) {
  if (!check_chain(c, n)) return false;
  if (n->kind != NODE_SELECT) return true;
  if (!check_node(c, n->items[0])) return false;
  const cel_type *t = field_type(c, n, n->items[0]->type, n->name);
  if (!t) return false;
  n->type = n->test ? &cel_bool : n->optional ? as_optional(c, t) : t;
  return true;
}

static const cel_type *item_type(checker *c, node *n, const cel_type *base, node *index) {
  base = type_resolve(base);
  const cel_type *need = NULL;
  if (base->kind == CEL_OPTIONAL) {
    const cel_type *inner = item_type(c, n, base->of, index);
    return inner ? type_optional(&c->s, inner) : NULL;
  }
  if (base->kind == CEL_DYN || base->kind == KIND_VARIABLE) return &cel_dyn;
  if (base->kind == CEL_RECORD && index->kind == NODE_LITERAL &&
      index->literal.type == VALUE_STRING)
    return record_field(c, index, base->record, index->literal.s);
  if (base->kind == CEL_RECORD) return &cel_dyn;
  if (base->kind == CEL_LIST) need = &cel_int;
  if (base->kind == CEL_MAP) need = base->key;
  if (!need) {
    check_fail(c, n, "%s 不能用方括号取值，只有列表和映射可以。",
               "%s cannot be indexed; only lists and maps can.", check_words(c, base));
    return NULL;
  }
  if (type_assign(&c->s, need, index->type)) return check_choices(c, need, index) ? base->of : NULL;
  check_fail(c, index, "方括号里要 %s，但这是 %s。", "The index must be %s, but this is %s.",
             check_words(c, need), check_words(c, index->type));
  return NULL;
}

static bool check_index(checker *c, node *n) {
  if (!check_node(c, n->items[0]) || !check_node(c, n->items[1])) return false;
  const cel_type *t = item_type(c, n, n->items[0]->type, n->items[1]);
  if (!t) return false;
  n->type = n->optional ? as_optional(c, t) : t;
  return true;
}

/* Items of one list need not agree, but money and plain numbers in one list are surely a slip. */
static const cel_type *join_items(checker *c, const node *n, const cel_type *all,
                                  const cel_type *item) {
  if (!all) return item;
  const cel_type *t = type_join(&c->s, all, item);
  if (t) return t;
  all = type_resolve(all);
  item = type_resolve(item);
  bool slip = all->kind == CEL_INT && item->kind == CEL_INT && !c->env->lenient;
  if (!slip) return &cel_dyn;
  label r = check_remedy(c, all, item, n);
  check_fail(c, n, "一个列表里不能既有 %s 又有 %s。%s", "One list cannot hold both %s and %s.%s",
             check_words(c, all), check_words(c, item), LABEL(r));
  return NULL;
}

static const cel_type *element(checker *c, node *n, bool optional) {
  if (!optional) return n->type;
  const cel_type *of = type_fresh(&c->s);
  if (type_assign(&c->s, type_optional(&c->s, of), n->type)) return of;
  check_fail(c, n, "? 后面要一个可选值，但这是 %s。",
             "An optional value must follow \"?\", but this is %s.", check_words(c, n->type));
  return NULL;
}

static bool check_list(checker *c, node *n) {
  const cel_type *of = NULL;
  for (size_t i = 0; i < n->count; i++) {
    if (!check_node(c, n->items[i])) return false;
    const cel_type *t = element(c, n->items[i], n->optionals && n->optionals[i]);
    if (!t || !(of = join_items(c, n->items[i], of, t))) return false;
  }
  n->type = type_list(&c->s, of ? of : type_fresh(&c->s));
  return true;
}

static bool check_map(checker *c, node *n) {
  const cel_type *key = NULL, *of = NULL;
  for (size_t i = 0; i < n->count; i += 2) {
    if (!check_node(c, n->items[i]) || !check_node(c, n->items[i + 1])) return false;
    const cel_type *t = element(c, n->items[i + 1], n->optionals && n->optionals[i / 2]);
    if (!t || !(of = join_items(c, n->items[i + 1], of, t))) return false;
    if (!(key = join_items(c, n->items[i], key, n->items[i]->type))) return false;
  }
  n->type = type_map(&c->s, key ? key : type_fresh(&c->s), of ? of : type_fresh(&c->s));
  return true;
}

static bool check_if(checker *c, node *n) {
  if (!check_condition(c, n->items[0]) || !check_node(c, n->items[1]) ||
      !check_node(c, n->items[2]))
    return false;
  n->type = type_join(&c->s, n->items[1]->type, n->items[2]->type);
  if (n->type) return true;
  label r = check_remedy(c, n->items[1]->type, n->items[2]->type, n->items[2]);
  return check_fail(c, n->items[2], "? : 的两个结果要同一种，但一个是 %s，一个是 %s。%s",
                    "Both results of ? : must be of one type, but one is %s and one is %s.%s",
                    check_words(c, n->items[1]->type), check_words(c, n->items[2]->type), LABEL(r));
}

static bool check_all(checker *c, node *n) {
  for (size_t i = 0; i < n->count; i++)
    if (!check_condition(c, n->items[i])) return false;
  n->type = &cel_bool;
  return true;
}

/* What the variables of a loop over `over` are: the item (or key), or index and item, or key and
 * item. */
static bool loop_types(checker *c, node *n, const cel_type *over, const cel_type **one,
                       const cel_type **ret_key, const cel_type **of) {
  over = type_resolve(over);
  *ret_key = &cel_int;
  if (over->kind == CEL_LIST) {
    *one = *of = over->of;
  } else if (over->kind == CEL_MAP) {
    *one = *ret_key = over->key;
    *of = over->of;
  } else if (over->kind == CEL_RECORD) {
    *one = *ret_key = &cel_string;
    *of = &cel_dyn;
  } else if (over->kind == CEL_DYN || over->kind == KIND_VARIABLE) {
    *one = *ret_key = *of = &cel_dyn;
  } else {
    return check_fail(c, n, "这里要列表或映射，但这是 %s。",
                      "A list or a map is needed here, but this is %s.", check_words(c, over));
  }
  return true;
}

static bool check_entries(checker *c, node *n) {
  const cel_type *key = type_fresh(&c->s), *of = type_fresh(&c->s);
  n->type = type_map(&c->s, key, of);
  if (type_assign(&c->s, n->type, n->items[2]->type)) return true;
  return check_fail(c, n->items[2], "这里要映射 {…}，但这是 %s。",
                    "A map {…} is needed here, but this is %s.", check_words(c, n->items[2]->type));
}

static bool check_loop(checker *c, node *n) {
  if (!check_node(c, n->items[0])) return false;
  const cel_type *one = NULL, *key = NULL, *of = NULL;
  if (!loop_types(c, n->items[0], n->items[0]->type, &one, &key, &of)) return false;
  const local *outer = c->scope;
  int locals = c->locals;
  local first, second;
  bool two = n->name2.bytes > 0, condition = n->loop <= LOOP_ONE || n->loop == LOOP_FILTER;
  n->slot = c->locals;
  push_local(c, &first, n->name, two ? key : one);
  if (two) push_local(c, &second, n->name2, of);
  bool ok = (!n->items[1] || check_condition(c, n->items[1])) &&
            (condition ? check_condition(c, n->items[2]) : check_node(c, n->items[2]));
  c->scope = outer;
  c->locals = locals;
  if (!ok) return false;
  if (n->loop == LOOP_LIST)
    n->type = type_list(&c->s, n->items[2]->type);
  else if (n->loop == LOOP_FILTER)
    n->type = type_list(&c->s, one);
  else if (n->loop == LOOP_MAP)
    n->type = type_map(&c->s, key, n->items[2]->type);
  else if (n->loop == LOOP_ENTRIES)
    return check_entries(c, n);
  else
    n->type = &cel_bool;
  return true;
}

static bool check_bind(checker *c, node *n) {
  if (!check_node(c, n->items[0])) return false;
  const local *outer = c->scope;
  int locals = c->locals;
  local bound;
  n->slot = c->locals;
  push_local(c, &bound, n->name, n->items[0]->type);
  bool ok = check_node(c, n->items[1]);
  c->scope = outer;
  c->locals = locals;
  n->type = n->items[1]->type;
  return ok;
}

static bool check_block(checker *c, node *n) {
  const local *outer = c->scope;
  int locals = c->locals;
  local *all = ARENA_ARRAY(c->a, n->count, local);
  if (!all) return err_memory(c->e);
  n->slot = c->locals;
  bool ok = true;
  for (size_t i = 0; ok && i < n->count; i++) {
    ok = check_node(c, n->items[i]);
    if (!ok || i + 1 == n->count) break;
    char *name = arena_printf(c->a, "@index:%zu:0", i);
    if (!name) return err_memory(c->e);
    push_local(c, &all[i], text_of(name), n->items[i]->type);
  }
  c->scope = outer;
  c->locals = locals;
  n->type = n->items[n->count - 1]->type;
  return ok;
}

static bool check_opt_map(checker *c, node *n) {
  if (!check_node(c, n->items[0])) return false;
  const cel_type *of = type_fresh(&c->s);
  if (!type_assign(&c->s, type_optional(&c->s, of), n->items[0]->type))
    return check_fail(c, n, "optMap 只用于可选值，但这是 %s。",
                      "optMap is for optional values, but this is %s.",
                      check_words(c, n->items[0]->type));
  const local *outer = c->scope;
  int locals = c->locals;
  local bound;
  n->slot = c->locals;
  push_local(c, &bound, n->name, of);
  bool ok = check_node(c, n->items[1]);
  c->scope = outer;
  c->locals = locals;
  if (!ok) return false;
  const cel_type *t = n->items[1]->type;
  n->type = type_optional(&c->s, n->flat ? type_fresh(&c->s) : t);
  if (!n->flat || type_assign(&c->s, n->type, t)) return true;
  return check_fail(c, n->items[1], "optFlatMap 的结果要是可选值，但这是 %s。",
                    "optFlatMap needs an optional result, but this is %s.", check_words(c, t));
}

static bool check_kind(checker *c, node *n) {
  switch (n->kind) {
  case NODE_LITERAL:
    n->type = literal_type(&n->literal);
    return true;
  case NODE_NAME:
    return check_chain(c, n) && (n->kind != NODE_NAME || check_undeclared(c, n));
  case NODE_SLOT:
    return true;
  case NODE_LOCAL:
    return true;
  case NODE_SELECT:
    return check_select(c, n);
  case NODE_INDEX:
    return check_index(c, n);
  case NODE_CALL:
    return check_call(c, n);
  case NODE_AND:
  case NODE_OR:
    return check_all(c, n);
  case NODE_IF:
    return check_if(c, n);
  case NODE_LIST:
    return check_list(c, n);
  case NODE_MAP:
    return check_map(c, n);
  case NODE_LOOP:
    return check_loop(c, n);
  case NODE_BIND:
    return check_bind(c, n);
  case NODE_BLOCK:
    return check_block(c, n);
  case NODE_OPT_MAP:
    return check_opt_map(c, n);
  }
  return true;
}

bool check_node(checker *c, node *n) {
  if (!check_kind(c, n)) return false;
  if (c->s.memory_failed) return err_memory(c->e);
  if (c->env->lenient) n->type = &cel_dyn;
  return true;
}

static bool finish_types(checker *c, node *n) {
  n->type = type_final(&c->s, n->type);
  for (size_t i = 0; i < n->count; i++)
    if (n->items[i]) finish_types(c, n->items[i]);
  return !c->s.memory_failed || err_memory(c->e);
}

bool cel_check(arena *a, const cel_env *env, node *tree, const cel_type *want, cel_program *p,
               err *e) {
  err here;
  checker c = {
      .a = a, .env = env, .source = p->source, .s.a = a, .beyond = &p->beyond, .e = e ? e : &here};
  if (!check_node(&c, tree) || !finish_types(&c, tree)) return false;
  p->locals = (size_t)c.locals_most;
  if (!want || env->lenient || type_assign(&c.s, want, tree->type)) return true;
  label r = check_remedy(&c, want, tree->type, tree);
  return check_fail(&c, tree, "这里要 %s，但表达式的结果是 %s。%s",
                    "%s is needed here, but the result is %s.%s", check_words(&c, want),
                    check_words(&c, tree->type), LABEL(r));
}
