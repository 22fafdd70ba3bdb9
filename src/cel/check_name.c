/* What a name means: a local variable, a declared one (the longest dotted prefix wins), or a type.
 */
#include "cel/check.h"

enum { TYPE_NAME_PARTS = 3 }; /* google.protobuf.Timestamp */

const local *check_local(const checker *c, text name) {
  for (const local *l = c->scope; l; l = l->up)
    if (text_equal(l->name, name)) return l;
  return NULL;
}

/* The NAME at the bottom of a.b.c, and how many nodes there are; NULL when something else is in the
 * chain. */
static node *chain_bottom(node *n, size_t *length) {
  *length = 1;
  for (bool top = true; n->kind == NODE_SELECT; n = n->items[0], ++*length, top = false)
    if (!top && (n->optional || n->test)) return NULL;
  return n->kind == NODE_NAME ? n : NULL;
}

/* The first `length` names of the chain whose top is `n` (`all` nodes), dots between; NULL: memory.
 */
static char *chain_name(checker *c, const node *n, size_t all, size_t length) {
  for (; all > length; all--) n = n->items[0];
  size_t bytes = 0;
  const node *m = n;
  for (size_t i = length; i > 0; i--, m = i ? m->items[0] : m) bytes += m->name.bytes + 1;
  char *out = arena_take(c->a, bytes + 1);
  if (!out) {
    err_memory(c->e);
    return NULL;
  }
  size_t at = bytes - 1;
  out[at] = 0;
  for (size_t i = length; i > 0; i--) {
    at -= n->name.bytes;
    memcpy(out + at, n->name.at, n->name.bytes);
    if (i == 1) break;
    out[--at] = '.';
    n = n->items[0];
  }
  return out;
}

text check_chain_text(checker *c, const node *n) {
  size_t length;
  union {
    const node *in;
    node *out;
  } open = {n};
  if (!chain_bottom(open.out, &length) || n->optional || n->test) return (text){NULL, 0};
  char *name = chain_name(c, n, length, length);
  return (text){name, name ? strlen(name) : 0};
}

/* A name as seen from the container a.b: a.b.x, a.x, x. */
static int find_slot(checker *c, const char *name) {
  if (name[0] == '.') return cel_env_slot(c->env, name + 1);
  const char *container = c->env->container;
  size_t bytes = container ? strlen(container) : 0;
  while (bytes) {
    char *full = arena_printf(c->a, "%.*s.%s", (int)bytes, container, name);
    int slot = full ? cel_env_slot(c->env, full) : -1;
    if (slot >= 0) return slot;
    while (bytes && container[bytes - 1] != '.') bytes--;
    if (bytes) bytes--;
  }
  return cel_env_slot(c->env, name);
}

static void becomes(node *n, node_kind kind, int slot, const cel_type *type) {
  n->kind = kind;
  n->slot = slot;
  n->type = n->test ? &cel_bool : type;
  n->count = 0;
}

bool check_chain(checker *c, node *n) {
  size_t all;
  node *bottom = chain_bottom(n, &all);
  if (!bottom) return true;
  const local *l = check_local(c, bottom->name);
  if (l) {
    becomes(bottom, NODE_LOCAL, l->number, l->type);
    return true;
  }
  size_t longest = n->optional ? all - 1 : all;
  node *at = n->optional ? n->items[0] : n;
  for (size_t length = longest; length > 0; length--, at = length ? at->items[0] : at) {
    if (length > c->env->parts && length > TYPE_NAME_PARTS) continue;
    char *name = chain_name(c, n, all, length);
    if (!name) return false;
    int slot = find_slot(c, name);
    const char *type = slot < 0 ? type_value_name(text_of(name)) : NULL;
    if (slot >= 0) {
      becomes(at, NODE_SLOT, slot, cel_env_type(c->env, slot));
    } else if (type && !at->test) {
      becomes(at, NODE_LITERAL, -1, &cel_type_type);
      at->literal = (value){.type = VALUE_TYPE, .s = text_of(type)};
    } else {
      continue;
    }
    return true;
  }
  if (check_undeclared(c, n)) return true;
  return check_later(c, bottom);
}

/* As many parts of a dotted name as the other has. */
static text same_parts(text chain, const char *name) {
  size_t dots = 0, i = 0;
  for (; *name; name++) dots += *name == '.';
  for (; i < chain.bytes; i++)
    if (chain.at[i] == '.' && dots-- == 0) break;
  return (text){chain.at, i};
}

bool check_undeclared(checker *c, node *n) {
  size_t all;
  if (!chain_bottom(n, &all)) return false;
  char *name = chain_name(c, n, all, all);
  if (!name) return false;
  text whole = text_of(name);
  nearest best = nearest_to(whole);
  for (const local *l = c->scope; l; l = l->up) nearest_offer(&best, l->name);
  for (size_t i = 0; i < cel_env_count(c->env); i++) {
    const char *known = cel_env_name(c->env, (int)i);
    nearest one = nearest_to(same_parts(whole, known));
    nearest_offer(&one, text_of(known));
    if (one.distance < best.distance) best = one;
  }
  if (nearest_found(&best))
    return check_fail(c, n, "没有名为“%s”的字段或变量。是不是“%.*s”？",
                      "There is no field or variable \"%s\". Did you mean \"%.*s\"?", name,
                      (int)best.best.bytes, best.best.at);
  if (cel_function_find(whole) >= 0)
    return check_fail(c, n, "“%s”是函数，请写 %s(…)。", "\"%s\" is a function; write %s(…).", name,
                      name);
  return check_fail(c, n, "没有名为“%s”的字段或变量。文字要放在引号里。",
                    "There is no field or variable \"%s\". Text goes in quotes.", name);
}
