#include "cel/lex.h"

#include <stdio.h>
#include <stdlib.h>

char *cel_where(text source, size_t at, char ret[CEL_WHERE_MAX]) {
  size_t line = 1, lines = 1, column = 1;
  for (size_t i = 0; i < source.bytes; i++) {
    char c = source.at[i];
    if (c == '\n') lines++;
    if (i >= at) continue;
    if (c == '\n') {
      line++;
      column = 1;
    } else if (((unsigned char)c & 0xC0) != 0x80) {
      column++;
    }
  }
  if (lines > 1)
    snprintf(ret, CEL_WHERE_MAX, "line %zu column %zu", line, column);
  else
    snprintf(ret, CEL_WHERE_MAX, "column %zu", column);
  return ret;
}

#define lex_fail(l, at, ...) cel_fail((l)->e, (l)->source, (at), __VA_ARGS__)

static int peek(const lexer *l, size_t ahead) {
  size_t i = l->at + ahead;
  return i < l->source.bytes ? (unsigned char)l->source.at[i] : -1;
}

static bool is_digit(int c) {
  return c >= '0' && c <= '9';
}
static bool is_letter(int c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
static int hex_of(int c) {
  if (is_digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

static void skip_space(lexer *l) {
  for (;;) {
    int c = peek(l, 0);
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
      l->at++;
    } else if (c == '/' && peek(l, 1) == '/') {
      while (peek(l, 0) != -1 && peek(l, 0) != '\n') l->at++;
    } else {
      return;
    }
  }
}

static bool out_of_range(lexer *l, size_t at) {
  return lex_fail(l, at, "数字太大，超出 64 位整数的范围。",
                  "This number is too large for 64 bits.");
}

static bool lex_hex(lexer *l, token *t) {
  l->at += 2;
  if (hex_of(peek(l, 0)) < 0)
    return lex_fail(l, t->at, "0x 后面要有十六进制数字。", "0x needs hexadecimal digits.");
  for (; hex_of(peek(l, 0)) >= 0; l->at++) {
    if (t->u >> 60) return out_of_range(l, t->at);
    t->u = t->u * 16 + (uint64_t)hex_of(peek(l, 0));
  }
  return true;
}

static bool lex_double(lexer *l, token *t, size_t end) {
  char *copy = arena_copy(l->a, l->source.at + t->at, end - t->at);
  if (!copy) return err_memory(l->e);
  t->kind = TOKEN_LITERAL;
  t->v = value_double(strtod(copy, NULL));
  l->at = end;
  return true;
}

static bool lex_number(lexer *l, token *t) {
  if (peek(l, 0) == '0' && (peek(l, 1) == 'x' || peek(l, 1) == 'X')) {
    if (!lex_hex(l, t)) return false;
  } else {
    size_t n = 0;
    while (is_digit(peek(l, n))) n++;
    bool real = false;
    if (peek(l, n) == '.' && is_digit(peek(l, n + 1))) {
      real = true;
      for (n++; is_digit(peek(l, n));) n++;
    }
    if (peek(l, n) == 'e' || peek(l, n) == 'E') {
      size_t m = n + 1;
      if (peek(l, m) == '+' || peek(l, m) == '-') m++;
      if (is_digit(peek(l, m))) {
        real = true;
        while (is_digit(peek(l, m))) m++;
        n = m;
      }
    }
    if (real) return lex_double(l, t, l->at + n);
    for (; n; n--, l->at++) {
      if (__builtin_mul_overflow(t->u, 10, &t->u) ||
          __builtin_add_overflow(t->u, (uint64_t)(peek(l, 0) - '0'), &t->u))
        return out_of_range(l, t->at);
    }
  }
  t->kind = TOKEN_INT;
  if (peek(l, 0) == 'u' || peek(l, 0) == 'U') {
    l->at++;
    t->kind = TOKEN_LITERAL;
    t->v = (value){.type = VALUE_UINT, .u = t->u};
  }
  if (is_letter(peek(l, 0)))
    return lex_fail(l, l->at, "数字后面不能直接跟字母。", "A letter cannot follow a number.");
  return true;
}

/* One escape after the backslash; appends to `out`. */
static bool lex_escape(lexer *l, bool bytes, char *ret, size_t *n) {
  static const char plain[] = "abfnrtv\\?\"'`", means[] = "\a\b\f\n\r\t\v\\?\"'`";
  size_t start = l->at - 1;
  int c = peek(l, 0);
  const char *known = c > 0 ? strchr(plain, c) : NULL;
  if (known) {
    l->at++;
    ret[(*n)++] = means[known - plain];
    return true;
  }
  size_t digits = c == 'x' || c == 'X' ? 2 : c == 'u' ? 4 : c == 'U' ? 8 : 0;
  uint32_t point = 0;
  bool good = true;
  if (digits) {
    l->at++;
    for (size_t i = 0; i < digits && good; i++, l->at++) {
      int h = hex_of(peek(l, 0));
      good = h >= 0;
      point = point * 16 + (uint32_t)h;
    }
    if (digits > 2 && bytes) good = false;
  } else {
    for (size_t i = 0; i < 3 && good; i++, l->at++) {
      int o = peek(l, 0);
      good = o >= '0' && o <= '7';
      point = point * 8 + (uint32_t)(o - '0');
    }
    if (point > 255) good = false;
  }
  if (good && bytes) {
    ret[(*n)++] = (char)(unsigned char)point;
    return true;
  }
  char utf8[4];
  size_t size = good ? text_encode(point, utf8) : 0;
  if (!size)
    return lex_fail(l, start, "反斜杠后面的写法不对；要写反斜杠本身，请写两个 \\\\。",
                    "This is not an escape; for a backslash itself write \\\\.");
  memcpy(ret + *n, utf8, size);
  *n += size;
  return true;
}

/* Bytes up to the closing quote; SIZE_MAX when there is none. */
static size_t string_length(const lexer *l, int quote, bool triple, bool raw) {
  for (size_t n = 0;; n++) {
    int c = peek(l, n);
    if (c == -1 || (!triple && (c == '\n' || c == '\r'))) return SIZE_MAX;
    if (c == quote && (!triple || (peek(l, n + 1) == quote && peek(l, n + 2) == quote))) return n;
    if (c == '\\' && !raw) n++;
  }
}

static bool lex_string(lexer *l, token *t, bool raw, bool bytes) {
  int quote = peek(l, 0);
  bool triple = peek(l, 1) == quote && peek(l, 2) == quote;
  l->at += triple ? 3 : 1;
  size_t length = string_length(l, quote, triple, raw), end = l->at + length, n = 0;
  if (length == SIZE_MAX)
    return lex_fail(l, t->at, "文字没有写完：缺少结尾的引号。",
                    "This text is not finished: its closing quote is missing.");
  char *out = arena_take(l->a, length + 1); /* an escape is never shorter than what it means */
  if (!out) return err_memory(l->e);
  while (l->at < end) {
    char c = l->source.at[l->at++];
    if (c != '\\' || raw)
      out[n++] = c;
    else if (!lex_escape(l, bytes, out, &n))
      return false;
  }
  l->at = end + (triple ? 3 : 1);
  t->kind = TOKEN_LITERAL;
  t->v = (value){.type = bytes ? VALUE_BYTES : VALUE_STRING, .s = {out, n}};
  return true;
}

/* r, b, br, rb in front of a quote. */
static bool string_prefix(const lexer *l, size_t *length, bool *raw, bool *bytes) {
  *raw = *bytes = false;
  for (*length = 0; *length < 3; ++*length) {
    int c = peek(l, *length);
    if (c == '"' || c == '\'') return true;
    if ((c == 'r' || c == 'R') && !*raw)
      *raw = true;
    else if ((c == 'b' || c == 'B') && !*bytes)
      *bytes = true;
    else
      return false;
  }
  return false;
}

/* Full-width signs of a Chinese keyboard: say which key is meant. */
static bool strange(lexer *l) {
  size_t pos = l->at;
  int32_t point = text_next(l->source, &pos);
  char half = 0;
  if (point >= 0xFF01 && point <= 0xFF5E) half = (char)(point - 0xFEE0);
  if (point == 0x201C || point == 0x201D) half = '"';
  if (point == 0x2018 || point == 0x2019) half = '\'';
  if (point == 0x3002) half = '.';
  int size = (int)(pos - l->at);
  const char *sign = l->source.at + l->at;
  if (half)
    return lex_fail(l, l->at, "请用半角符号：把“%.*s”改成 %c 。",
                    "Use the half-width sign: \"%.*s\" should be %c .", size, sign, half);
  return lex_fail(l, l->at, "看不懂这个字符“%.*s”。文字要放在引号里。",
                  "The character \"%.*s\" has no meaning here. Text goes in quotes.", size, sign);
}

bool lex_next(lexer *l, token *t) {
  skip_space(l);
  *t = (token){.kind = TOKEN_END, .at = l->at};
  int c = peek(l, 0);
  if (c == -1) return true;
  size_t prefix;
  bool raw, bytes;
  if (string_prefix(l, &prefix, &raw, &bytes)) {
    l->at += prefix;
    return lex_string(l, t, raw, bytes);
  }
  if (is_digit(c) || (c == '.' && is_digit(peek(l, 1)))) return lex_number(l, t);
  size_t n = 0;
  if (is_letter(c)) {
    while (is_letter(peek(l, n)) || is_digit(peek(l, n))) n++;
    *t = (token){TOKEN_NAME, l->at, {l->source.at + l->at, n}, 0, {0}};
    l->at += n;
    return true;
  }
  if (c == '`') {
    while (peek(l, ++n) != '`')
      if (peek(l, n) == -1 || peek(l, n) == '\n')
        return lex_fail(l, l->at, "反引号 ` 没有成对。", "The closing ` is missing.");
    *t = (token){TOKEN_QUOTED, l->at, {l->source.at + l->at + 1, n - 1}, 0, {0}};
    l->at += n + 1;
    return true;
  }
  static const char pairs[][3] = {"==", "!=", "<=", ">=", "&&", "||"};
  for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
    if (c == pairs[i][0] && peek(l, 1) == pairs[i][1]) n = 2;
  if (!n && c > 0 && strchr("+-*/%<>!?:.,()[]{}", c)) n = 1;
  if (!n) return strange(l);
  *t = (token){TOKEN_SIGN, l->at, {l->source.at + l->at, n}, 0, {0}};
  l->at += n;
  return true;
}
