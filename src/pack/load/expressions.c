/* Expressions and sentences of a pack, compiled, with their faults at the exact line and column. */
#include "pack/load/expressions.h"

#include <stdio.h>

/* The source from a line and column (both from 1) on; empty when there is no such line. */
static text source_at(text body, int line, int column) {
  if (text_starts(body, "\xEF\xBB\xBF")) body = (text){body.at + 3, body.bytes - 3};
  size_t at = 0;
  for (int n = 1; n < line; n++) {
    const char *end = at < body.bytes ? memchr(body.at + at, '\n', body.bytes - at) : NULL;
    if (!end) return (text){"", 0};
    at = (size_t)(end - body.at) + 1;
  }
  for (int n = 1; n < column; n++)
    if (text_next(body, &at) < 0) return (text){"", 0};
  return (text){body.at + at, body.bytes - at};
}

static bool begins_with(text s, text start) {
  return s.bytes >= start.bytes && memcmp(s.at, start.at, start.bytes) == 0;
}

/* The n-th line (from 1) of a text, without its end. */
static text line_of(text s, int n) {
  for (; n > 1; n--) {
    const char *end = memchr(s.at, '\n', s.bytes);
    if (!end) return (text){"", 0};
    s = (text){end + 1, s.bytes - (size_t)(end + 1 - s.at)};
  }
  const char *end = s.bytes ? memchr(s.at, '\n', s.bytes) : NULL;
  return end ? (text){s.at, (size_t)(end - s.at)} : s;
}

/* Line and column in the file of a line and column of a scalar. False when the scalar does not
 * stand in the file as it is (escapes, folded lines). */
static bool in_file(const doc *d, const yaml *node, int line, int column, int *file_line,
                    int *file_column) {
  text there = source_at(d->body, node->line, node->column);
  bool one_line = !memchr(node->s.at, '\n', node->s.bytes);
  for (int quote = 0; one_line && quote < 2 && (size_t)quote <= there.bytes; quote++) {
    if (!begins_with((text){there.at + quote, there.bytes - (size_t)quote}, node->s)) continue;
    *file_line = node->line;
    *file_column = node->column + quote + column - 1;
    return line == 1;
  }
  /* A block: the same lines below, indented. */
  text wanted = line_of(node->s, line);
  text found = line_of(source_at(d->body, node->line + line, 1), 1);
  size_t indent = 0;
  while (indent < found.bytes && found.at[indent] == ' ') indent++;
  size_t own = 0;
  while (own < wanted.bytes && wanted.at[own] == ' ') own++;
  if (there.bytes == 0 || (there.at[0] != '|' && there.at[0] != '>') || indent < own ||
      wanted.bytes == 0 ||
      !begins_with((text){found.at + indent - own, found.bytes - indent + own}, wanted))
    return false;
  *file_line = node->line + line;
  *file_column = (int)(indent - own) + column;
  return true;
}

static bool number_after(const char *where, const char *word, int *ret) {
  const char *at = strstr(where, word);
  if (!at) return false;
  at += strlen(word);
  int64_t n = 0;
  if (!text_to_int((text){at, strspn(at, "0123456789")}, &n) || n > INT32_MAX) return false;
  *ret = (int)n;
  return true;
}

/* What cel_compile says of where it is: "column N" or "line L column N". */
static void read_where(const char *where, int *line, int *column) {
  *line = *column = 1;
  number_after(where, "line ", line);
  number_after(where, "column ", column);
}

/* Where the part begins within its scalar. */
static void part_where(text whole, text part, int *line, int *column) {
  text before = {whole.at, (size_t)(part.at - whole.at)};
  *line = 1;
  for (const char *end; before.bytes && (end = memchr(before.at, '\n', before.bytes)); ++*line)
    before = (text){end + 1, before.bytes - (size_t)(end + 1 - before.at)};
  *column = (int)text_points(before) + 1;
}

static void expression_fault(const doc *d, const yaml *node, text part, err *e) {
  int line, column, first_line, first_column, file_line, file_column;
  char own[64];
  read_where(e->where, &line, &column);
  part_where(node->s, part, &first_line, &first_column);
  column = line == 1 ? column + first_column - 1 : column;
  line += first_line - 1;
  if (in_file(d, node, line, column, &file_line, &file_column)) {
    yaml_where(d->path, &(yaml){.line = file_line, .column = file_column}, e->where);
  } else {
    if (line > 1)
      snprintf(own, sizeof own, " line %d column %d", line, column);
    else
      snprintf(own, sizeof own, " column %d", column);
    yaml_where(d->path, node, e->where);
    size_t room = sizeof e->where - strlen(e->where);
    if (strlen(own) < room) memcpy(e->where + strlen(e->where), own, strlen(own) + 1);
  }
  load_fault(d->l, e);
}

/* `part` lies within node->s. */
static cel_program *compile_part(const doc *d, const yaml *node, text part, const cel_env *env,
                                 const cel_type *want) {
  err e = {0};
  if (!env) {
    d->l->no_memory = true;
    return NULL;
  }
  cel_program *p = cel_compile(d->l->a, env, part, want, &e);
  if (!p) expression_fault(d, node, part, &e);
  return p;
}

cel_program *compile_at(const doc *d, const yaml *node, const cel_env *env, const cel_type *want) {
  if (node->type != YAML_TEXT) {
    FAULT(d, node, "这里应是一个表达式；以 { 或 [ 开头的表达式请加引号。",
          "Here should be an expression; put quotes around one that starts with { or [.");
    return NULL;
  }
  return compile_part(d, node, node->s, env, want);
}

cel_program *compile_key(const doc *d, const yaml *map, const char *key, const cel_env *env,
                         const cel_type *want) {
  const yaml *node = load_get(map, key);
  return node ? compile_at(d, node, env, want) : NULL;
}

/* What a phone evaluates offline must be within what its library can parse. */
cel_program *compile_check_phone(const doc *d, const yaml *node, cel_program *p) {
  err e = {0};
  if (p && !cel_runs_in_browser(p, &e)) expression_fault(d, node, node->s, &e);
  return p;
}

cel_program *compile_for_phone(const doc *d, const yaml *node, const cel_env *env,
                               const cel_type *want) {
  return compile_check_phone(d, node, compile_at(d, node, env, want));
}

cel_program *compile_key_for_phone(const doc *d, const yaml *map, const char *key,
                                   const cel_env *env, const cel_type *want) {
  const yaml *node = load_get(map, key);
  return node ? compile_for_phone(d, node, env, want) : NULL;
}

/* ---- words of an expression ---- */

static bool name_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

bool expression_word(text s, size_t *at, text *ret_word) {
  bool after_dot = false;
  while (*at < s.bytes) {
    char c = s.at[*at];
    if (c == '"' || c == '\'') {
      for (++*at; *at < s.bytes && s.at[*at] != c; ++*at)
        if (s.at[*at] == '\\') ++*at;
      ++*at;
    } else if (c == '/' && *at + 1 < s.bytes && s.at[*at + 1] == '/') {
      while (*at < s.bytes && s.at[*at] != '\n') ++*at;
      continue;
    } else if (name_letter(c)) {
      size_t start = *at;
      while (*at < s.bytes && name_letter(s.at[*at])) ++*at;
      *ret_word = (text){s.at + start, *at - start};
      if (!after_dot) return true;
      after_dot = false;
      continue;
    } else {
      ++*at;
    }
    if (c != ' ' && c != '\n' && c != '\t') after_dot = c == '.';
  }
  return false;
}

/* ---- what is needed ---- */

/* In a text of its own a comment must not reach what follows. */
static void add_source(buf *b, text s) {
  buf_text(b, s);
  if (memchr(s.at, '/', s.bytes)) buf_char(b, '\n');
}

/* The program of a text that was made of the pack's own; it was compiled in parts before. */
static cel_program *compile_made(const doc *d, const yaml *node, const buf *b, const cel_env *env,
                                 const cel_type *want) {
  err e = {0};
  cel_program *p = buf_ok(b) ? cel_compile(d->l->a, env, buf_view(b), want, &e) : NULL;
  if (!buf_ok(b)) d->l->no_memory = true;
  if (!p && buf_ok(b)) {
    yaml_where(d->path, node, e.where);
    load_fault(d->l, &e);
  }
  return p;
}

cel_program *compile_needing(const doc *d, const yaml *item, const yaml *node, const cel_env *env,
                             const cel_type *want) {
  size_t n;
  cel_program *p = compile_at(d, node, env, want);
  const yaml *needs = load_list(d, item, "needs", false, &n);
  AUTO_BUF buf b = {0};
  if (!p || n == 0) return p;
  if (n > NEEDS_MAX)
    FAULT(d, yaml_get(item, "needs"), "“needs”最多 %d 项。", "\"needs\" has at most %d names.",
          NEEDS_MAX);
  buf_str(&b, "needing(");
  add_source(&b, node->s);
  for (size_t i = 0; i < n && p; i++) {
    if (!compile_at(d, &needs[i], env, NULL)) return NULL;
    buf_str(&b, ", ");
    buf_text(&b, needs[i].s);
  }
  buf_char(&b, ')');
  return compile_made(d, node, &b, env, want);
}

const cel_program *compile_rounded(const doc *d, const yaml *node, const cel_program *p,
                                   const cel_env *env, int decimals) {
  const cel_type *t = cel_program_type(p);
  if (decimals < 0 || cel_type_decimals(t) == decimals) return p;
  if (t->unit == UNIT_RATE) decimals += 2; /* told in percent */
  AUTO_BUF buf b = {0};
  buf_str(&b, "round(");
  add_source(&b, cel_program_source(p));
  buf_printf(&b, ", %d)", decimals);
  return compile_made(d, node, &b, env, NULL);
}

/* ---- names of a rule's own ---- */

static bool begin_let(const doc *d, const cel_env *outer, size_t count, let *l) {
  *l = (let){.outer = outer, .env = cel_env_new(d->l->a), .names = TAKE(d->l, count, let_name)};
  bool ok = l->env && l->names;
  for (size_t i = 0; ok && i < cel_env_count(outer); i++)
    ok = cel_env_add(l->env, cel_env_name(outer, (int)i), cel_env_type(outer, (int)i)) >= 0;
  d->l->no_memory |= !ok;
  return ok;
}

/* Puts the expressions in place of the names. */
static void put_in_place(buf *b, const let *l, text s) {
  size_t at = 0, start = 0;
  text word;
  while (expression_word(s, &at, &word)) {
    int i = names_index(NAMES(l->names, l->count), word);
    if (i < 0) continue;
    buf_text(b, (text){s.at + start, (size_t)(word.at - s.at) - start});
    buf_char(b, '(');
    add_source(b, l->names[i].source);
    buf_char(b, ')');
    start = at;
  }
  buf_text(b, (text){s.at + start, s.bytes - start});
}

static cel_program *let_compile(const doc *d, const yaml *node, text part, const let *l,
                                const cel_type *want) {
  cel_program *p = compile_part(d, node, part, l->env, want);
  if (!p || l->count == 0) return p;
  AUTO_BUF buf b = {0};
  put_in_place(&b, l, part);
  return compile_made(d, node, &b, l->outer, want);
}

let let_read(const doc *d, const yaml *item, const cel_env *outer) {
  const yaml *map = load_get(item, "let");
  let l = {.outer = outer, .env = (cel_env *)outer};
  if (!map || !load_is_map(d, map) || !begin_let(d, outer, map->count, &l)) return l;
  for (size_t i = 0; i < map->count; i++) {
    const char *name = load_name_at(d, &map->keys[i]);
    const yaml *node = &map->items[i];
    if (!name) continue;
    if (cel_env_slot(l.env, name) >= 0) {
      FAULT(d, &map->keys[i],
            "“%s”在同一处已经有别的含义（字段、汇总、变量、子项等），请换一个名称。",
            "\"%s\" has another meaning here already (a field, aggregate, variable, list …); take "
            "another name.",
            name);
      continue;
    }
    cel_program *p = node->type == YAML_TEXT ? let_compile(d, node, node->s, &l, NULL)
                                             : compile_at(d, node, outer, NULL);
    if (!p) continue;
    l.names[l.count++] = (let_name){name, cel_program_source(p)};
    d->l->no_memory |= cel_env_add(l.env, name, cel_program_type(p)) < 0;
  }
  return l;
}

cel_program *let_compile_key(const doc *d, const yaml *map, const char *key, const let *l,
                             const cel_type *want) {
  const yaml *node = load_get(map, key);
  if (!node) return NULL;
  return node->type == YAML_TEXT ? let_compile(d, node, node->s, l, want)
                                 : compile_at(d, node, l->outer, want);
}

/* ---- sentences ---- */

/* The byte after the expression that begins at `at`, which is its `}`; bytes when there is none.
 * Braces of the expression's own and braces within its strings are passed over. */
static size_t expression_end(text s, size_t at) {
  int depth = 0;
  char quote = 0;
  for (; at < s.bytes; at++) {
    char c = s.at[at];
    if (quote) {
      if (c == '\\' && at + 1 < s.bytes)
        at++;
      else if (c == quote)
        quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '{') {
      depth++;
    } else if (c == '}' && depth-- == 0) {
      return at;
    }
  }
  return s.bytes;
}

typedef struct piece_list {
  piece *items;
  size_t count, room;
} piece_list;

static void add_piece(loader *l, piece_list *list, piece p) {
  if (!p.literal && !p.program) return;
  piece *items = ARENA_GROW(l->a, list->items, list->count, &list->room, piece);
  if (!items) {
    l->no_memory = true;
    return;
  }
  list->items = items;
  list->items[list->count++] = p;
}

static void add_literal(loader *l, piece_list *list, text s) {
  char *copy = s.bytes ? load_take(l, s.bytes + 1, 1) : NULL;
  if (!copy) return;
  memcpy(copy, s.at, s.bytes);
  add_piece(l, list, (piece){.literal = copy});
}

/* The unit comes with the number. */
static void no_second_unit(const doc *d, const yaml *node, const piece_list *list) {
  for (size_t i = 0; i + 1 < list->count; i++) {
    const cel_program *p = list->items[i].program;
    const char *after = list->items[i + 1].literal,
               *unit = p ? cel_type_unit(cel_program_type(p)) : "";
    if (!unit[0] || !after) continue;
    if (text_starts(text_trim(text_of(after)), unit))
      FAULT(d, node, "数会带着单位“%s”显示，请把它后面的“%s”删去。",
            "The number is told with its unit \"%s\"; remove the \"%s\" behind it.", unit, unit);
  }
}

sentence compile_sentence(const doc *d, const yaml *node, const let *l) {
  piece_list list = {0};
  size_t at = 0, start = 0;
  if (!node || node->type != YAML_TEXT) return (sentence){0}; /* told by who read the label */
  text s = node->s;
  while (at < s.bytes) {
    if (s.at[at] != '{') {
      at++;
      continue;
    }
    add_literal(d->l, &list, (text){s.at + start, at - start});
    size_t end = expression_end(s, at + 1);
    if (end == s.bytes) {
      FAULT(d, node, "句子里的“{”没有配对的“}”。", "A \"{\" in the sentence has no \"}\".");
      return (sentence){0};
    }
    text part = {s.at + at + 1, end - at - 1};
    add_piece(d->l, &list, (piece){.program = let_compile(d, node, part, l, NULL)});
    at = start = end + 1;
  }
  add_literal(d->l, &list, (text){s.at + start, s.bytes - start});
  no_second_unit(d, node, &list);
  return (sentence){list.items, list.count};
}
