#include "cel/regex.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

struct regex {
  pcre2_code *code;
};

/* PCRE2's memory from an arena: never freed alone. */
static void *take(size_t bytes, void *a) {
  return arena_take(a, bytes);
}
static void forget(void *at, void *a) {
  (void)at;
  (void)a;
}

static bool refuse(err *e, text what) {
  return err_set(e, ERR_BAD_EXPR, "", "匹配式里不能用“%.*s”：只支持 RE2 的写法。",
                 "The pattern cannot use \"%.*s\": only what RE2 has.", (int)what.bytes, what.at);
}

static bool has(text p, size_t at, const char *what) {
  size_t n = strlen(what);
  return p.bytes - at >= n && memcmp(p.at + at, what, n) == 0;
}

/* What follows "(?" in RE2: a name, or flags with ":" or ")". */
static bool group_allowed(text p, size_t at) {
  if (has(p, at, "P<")) return true;
  if (has(p, at, "<")) return !has(p, at, "<=") && !has(p, at, "<!");
  size_t i = at;
  while (i < p.bytes && strchr("imsU-", p.at[i])) i++;
  return i < p.bytes && (p.at[i] == ':' || (p.at[i] == ')' && i > at));
}

static bool escape_allowed(char c) {
  if (c >= '0' && c <= '9') return c == '0';
  bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  return !letter || strchr("aftnrvxdDsSwWbBAzpPQE", c);
}

/* {m,n} with numbers beyond RE2's bound. */
static bool repeat_allowed(text p, size_t at) {
  int n = 0;
  for (at++; at < p.bytes && p.at[at] != '}'; at++) {
    if (p.at[at] == ',')
      n = 0;
    else if (p.at[at] >= '0' && p.at[at] <= '9')
      n = n * 10 + p.at[at] - '0';
    else
      return true; /* not a repeat at all */
    if (n > REGEX_REPEAT_MAX) return false;
  }
  return true;
}

/* Where the two differ in meaning, RE2's is written out: \v is one character, \s has no vertical
 * tab. */
static void translate(buf *out, text p, size_t at, bool in_class) {
  char c = p.at[at + 1];
  if (c == 'v')
    buf_str(out, "\\x0b");
  else if (c == 's')
    buf_str(out, in_class ? "\\t\\n\\f\\r " : "[\\t\\n\\f\\r ]");
  else if (c == 'S' && !in_class)
    buf_str(out, "[^\\t\\n\\f\\r ]");
  else
    buf_add(out, p.at + at, 2);
}

static bool to_pcre(text p, buf *out, err *e) {
  bool in_class = false;
  for (size_t i = 0; i < p.bytes; i++) {
    char c = p.at[i];
    text two = {p.at + i, p.bytes - i < 2 ? p.bytes - i : 2},
         three = {p.at + i, p.bytes - i < 3 ? p.bytes - i : 3};
    if (c == '\\' && i + 1 < p.bytes) {
      if (p.at[i + 1] == 'Q') {
        size_t end = i + 2;
        while (end < p.bytes && !has(p, end, "\\E")) end++;
        buf_add(out, p.at + i, end - i);
        i = end - 1;
        continue;
      }
      if (!escape_allowed(p.at[i + 1])) return refuse(e, two);
      translate(out, p, i, in_class);
      i++;
      continue;
    }
    if (in_class) {
      if (c == '[' && has(p, i, "[:")) {
        size_t end = i;
        while (end < p.bytes && !has(p, end, ":]")) end++;
        if (end < p.bytes) {
          buf_add(out, p.at + i, end + 2 - i);
          i = end + 1;
          continue;
        }
      }
      in_class = c != ']';
    } else if (c == '[') {
      in_class = true;
      size_t first = i + 1 < p.bytes && p.at[i + 1] == '^' ? i + 2 : i + 1;
      if (first < p.bytes && p.at[first] == ']') { /* a bracket that stands first is itself */
        buf_add(out, p.at + i, first + 1 - i);
        i = first;
        continue;
      }
    } else if (c == '(' && has(p, i, "(?") && !group_allowed(p, i + 2)) {
      return refuse(e, three);
    } else if (c == '(' && has(p, i, "(*")) {
      return refuse(e, two);
    } else if (strchr("*+?}", c) && i + 1 < p.bytes && p.at[i + 1] == '+' && i > 0) {
      return refuse(e, two);
    } else if (c == '{' && !repeat_allowed(p, i)) {
      return refuse(e, three);
    }
    buf_char(out, c);
  }
  return true;
}

const regex *regex_compile(arena *a, text pattern, err *e) {
  if (pattern.bytes > REGEX_PATTERN_MAX) {
    err_set(e, ERR_BAD_EXPR, "", "匹配式太长，最多 %d 字节。",
            "The pattern is longer than %d bytes.", REGEX_PATTERN_MAX);
    return NULL;
  }
  buf b AUTO_BUF = {0};
  if (!to_pcre(pattern, &b, e)) return NULL;
  regex *r = ARENA_NEW(a, regex);
  pcre2_general_context *general = pcre2_general_context_create(take, forget, a);
  pcre2_compile_context *context = general ? pcre2_compile_context_create(general) : NULL;
  if (!r || !context || !buf_ok(&b)) {
    err_memory(e);
    return NULL;
  }
  int code;
  PCRE2_SIZE at;
  text p = buf_view(&b);
  pcre2_set_newline(context, PCRE2_NEWLINE_LF);
  pcre2_set_parens_nest_limit(context, 100);
  r->code = pcre2_compile((PCRE2_SPTR)p.at, p.bytes,
                          PCRE2_UTF | PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_BACKSLASH_C, &code, &at,
                          context);
  if (r->code) return r;
  PCRE2_UCHAR message[200];
  pcre2_get_error_message(code, message, sizeof message);
  err_set(e, ERR_BAD_EXPR, "", "匹配式写得不对：%s。", "The pattern is not right: %s.",
          (char *)message);
  return NULL;
}

int regex_find(const regex *r, arena *a, text s, uint32_t steps) {
  pcre2_general_context *general = pcre2_general_context_create(take, forget, a);
  pcre2_match_context *context = general ? pcre2_match_context_create(general) : NULL;
  pcre2_match_data *data = general ? pcre2_match_data_create(1, general) : NULL;
  if (!context || !data) return -1;
  pcre2_set_match_limit(context, steps);
  pcre2_set_heap_limit(context, REGEX_HEAP_KB);
  int found = pcre2_match(r->code, (PCRE2_SPTR)(s.bytes ? s.at : ""), s.bytes, 0,
                          PCRE2_NO_UTF_CHECK, data, context);
  if (found == PCRE2_ERROR_NOMATCH) return 0;
  return found >= 0 ? 1 : -1;
}
