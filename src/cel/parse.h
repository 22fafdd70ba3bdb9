/* parse.h — what parse.c and macro.c share: the parser's state and the makers of nodes. */
#ifndef JISHI_CEL_PARSE_H
#define JISHI_CEL_PARSE_H

#include "cel/lex.h"

typedef struct parser {
  arena *a;
  lexer lex;
  token now;    /* the token not yet taken */
  size_t ended; /* where the one before it ends */
  int depth;    /* of C recursion */
  beyond *beyond;
  err *e;
} parser;

#define parse_fail(p, at, ...) cel_fail((p)->e, (p)->lex.source, (at), __VA_ARGS__)

/* A node with room for `count` items, copied from `items` when that is not NULL; NULL (and *e) when
 * out of memory or higher than CEL_DEPTH_MAX. */
node *node_new(parser *p, node_kind kind, size_t at, node *const *items, size_t count);
/* Remembers that the browser cannot parse this. */
void parse_beyond(parser *p, size_t at, label what);

/* A call that is a macro becomes its node; any other stays NULL with *ret_is_macro false. `base` is
 * what stands before the dot, or NULL. NULL with *ret_is_macro true: a fault, *e filled in. */
node *macro_expand(parser *p, node *base, text name, node *const *args, size_t count, size_t at,
                   bool *ret_is_macro);

#endif
