/* lex.h — source text to tokens, one at a time. Literals arrive decoded. */
#ifndef JISHI_CEL_LEX_H
#define JISHI_CEL_LEX_H

#include "cel/ast.h"

typedef enum token_kind {
  TOKEN_END,
  TOKEN_NAME,    /* .s */
  TOKEN_QUOTED,  /* `name`: only after a dot; .s */
  TOKEN_INT,     /* .u: magnitude; the sign is the parser's business */
  TOKEN_LITERAL, /* .v: uint, double, string, bytes */
  TOKEN_SIGN     /* .s: operator or punctuation */
} token_kind;

typedef struct token {
  token_kind kind;
  size_t at;
  text s;
  uint64_t u;
  value v;
} token;

typedef struct lexer {
  arena *a;
  text source;
  size_t at;
  err *e;
} lexer;

/* False with *e filled in: a character that has no meaning, an unfinished string, a number out of
 * range. */
bool lex_next(lexer *l, token *out);

#endif
