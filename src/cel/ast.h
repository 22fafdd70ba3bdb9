/* ast.h — the tree of an expression: made by parse.c, named and typed in place by check.c, read by
 * compile.c.
 *
 * Macros (has, all, map, cel.bind …) are nodes of their own, not functions. Nodes live in the
 * program's arena.
 * `&&` and `||` hold all their operands in one node, so that a long chain is not a deep tree; the
 * height of a tree is at most CEL_DEPTH_MAX, so stages may recurse over it. */
#ifndef JISHI_CEL_AST_H
#define JISHI_CEL_AST_H

#include "base/label.h"
#include "cel/cel.h"

typedef enum node_kind {
  NODE_LITERAL, /* .literal; a VALUE_ERROR literal is a fault found early and kept for run time */
  NODE_NAME,    /* .name as written, "." in front when it skips the container; gone after check */
  NODE_SLOT,    /* .slot: a declared variable; .test: has() of it */
  NODE_LOCAL,   /* .slot: number of the local variable */
  NODE_SELECT,  /* items[0].name; .optional: a.?b; .test: has(a.b) */
  NODE_INDEX,   /* items[0][items[1]]; .optional: a[?b] */
  NODE_CALL,    /* .name(items…); .method: items[0] is what stands before the dot. Operators, too:
                   "_+_" */
  NODE_AND,     /* items */
  NODE_OR,      /* items */
  NODE_IF,      /* items[0] ? items[1] : items[2] */
  NODE_LIST,    /* items; .optionals[i]: [?item] */
  NODE_MAP,     /* items: key, value, key, value …; .optionals[i] for the i-th pair */
  NODE_LOOP,  /* items[0].loop(name, name2, filter, body): items[1] filter or NULL, items[2] body */
  NODE_BIND,  /* cel.bind(name, items[0], items[1]) */
  NODE_BLOCK, /* cel.block: items[0..count-2] are indexed, the last is the result */
  NODE_OPT_MAP /* items[0].optMap(name, items[1]); .flat: optFlatMap */
} node_kind;

typedef enum loop_kind {
  LOOP_ALL,
  LOOP_EXISTS,
  LOOP_ONE,
  LOOP_LIST, /* map, transformList */
  LOOP_FILTER,
  LOOP_MAP,    /* transformMap: keys stay */
  LOOP_ENTRIES /* transformMapEntry: the body is a map of new entries */
} loop_kind;

typedef struct node node;
struct node {
  node_kind kind;
  uint32_t at;          /* byte in the source where it begins; of an operator, its sign */
  uint32_t from, to;    /* of a binary operator: the bytes with both operands */
  uint32_t height;      /* 1 for a leaf */
  const cel_type *type; /* after check */
  text name, name2;     /* name2: second loop variable, or empty */
  value literal;
  node **items;
  size_t count;
  const bool *optionals; /* NULL: none */
  bool optional, test, method, flat;
  bool is_operator; /* CALL written as a sign, not as a name */
  loop_kind loop;
  int slot; /* SLOT: of the environment; LOCAL, LOOP, BIND, BLOCK, OPT_MAP: first local variable */
  int function; /* CALL: index into cel_functions */
};

/* What an expression uses that the browser's library cannot parse. `at` is where it stands first.
 */
typedef struct beyond {
  label what; /* zh NULL: nothing */
  uint32_t at;
} beyond;

/* NULL with *e filled in. */
node *cel_parse(arena *a, text source, beyond *b, err *e);

const node *cel_tree(const cel_program *p);

/* "column 7", or "line 2 column 7" when the source has several lines; in `out`, which it returns.
 */
enum { CEL_WHERE_MAX = 64 };
char *cel_where(text source, size_t at, char ret[CEL_WHERE_MAX]);
/* Fills *e with BAD_EXPR and where byte `at` of the source is; then both sentences as err_set.
 * False. */
#define cel_fail(e, source, at, ...)                                                               \
  err_set((e), ERR_BAD_EXPR, cel_where((source), (at), (char[CEL_WHERE_MAX]){0}), __VA_ARGS__)

#endif
