/* The operands of an && or ||, as people wrote them. The tree cannot tell: it has no brackets. */
#include "cel/lex.h"

/* Where a scan of a source stopped. */
typedef struct cuts {
  size_t *at; /* of the signs outside all brackets */
  size_t count, room;
  size_t first_closes; /* tokens up to the bracket that closes the first one; 0: none opened */
  size_t inner_from, inner_to, tokens;
} cuts;

static bool opens(text s) {
  return text_is(s, "(") || text_is(s, "[") || text_is(s, "{");
}

static bool closes(text s) {
  return text_is(s, ")") || text_is(s, "]") || text_is(s, "}");
}

static bool scan(arena *a, text source, const char *sign, cuts *c) {
  err ignored;
  lexer l = {.a = a, .source = source, .e = &ignored};
  size_t depth = 0;
  token t;
  *c = (cuts){0};
  while (lex_next(&l, &t) && t.kind != TOKEN_END) {
    c->tokens++;
    if (t.kind != TOKEN_SIGN) continue;
    if (opens(t.s)) {
      if (c->tokens == 1 && text_is(t.s, "(")) c->inner_from = t.at + 1;
      depth++;
    } else if (closes(t.s) && depth) {
      if (--depth == 0 && c->inner_from && !c->first_closes) {
        c->first_closes = c->tokens;
        c->inner_to = t.at;
      }
    } else if (depth == 0 && text_is(t.s, sign)) {
      size_t *more = ARENA_GROW(a, c->at, c->count, &c->room, size_t);
      if (!more) return false;
      c->at = more;
      c->at[c->count++] = t.at;
    }
  }
  return true;
}

const text *cel_operands(const cel_program *p, arena *a, size_t *ret_count) {
  const node *top = cel_tree(p);
  const char *sign = top->kind == NODE_AND ? "&&" : "||";
  text source = text_trim(cel_program_source(p));
  cuts c = {0};
  if (top->kind == NODE_AND || top->kind == NODE_OR) {
    if (!scan(a, source, sign, &c)) return NULL;
    while (!c.count && c.first_closes && c.first_closes == c.tokens) {
      source = (text){source.at + c.inner_from, c.inner_to - c.inner_from};
      if (!scan(a, source, sign, &c)) return NULL;
    }
  }
  text *out = ARENA_ARRAY(a, c.count + 1, text);
  if (!out) return NULL;
  size_t from = 0;
  for (size_t i = 0; i < c.count; i++) {
    out[i] = text_trim((text){source.at + from, c.at[i] - from});
    from = c.at[i] + 2;
  }
  out[c.count] = text_trim((text){source.at + from, source.bytes - from});
  *ret_count = c.count + 1;
  return out;
}
