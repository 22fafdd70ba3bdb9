/* What is made of routes.def and shapes.def stands in the tree as it would be made now: the routes
 * and shapes in docs/api.md, the types of web/common/api/types.ts. With --write it is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "http/request.h"
#include "http/shapes.h"

#include <stdlib.h>

enum { WIDTH = 100 };
static bool write_files;

/* ---- lines of at most WIDTH bytes ---- */

typedef struct wrapped {
  buf *b;
  const char *indent;
  size_t column;
} wrapped;

static void put_word(wrapped *w, text word) {
  if (w->column && w->column + 1 + word.bytes > WIDTH) {
    buf_printf(w->b, "\n%s", w->indent);
    w->column = strlen(w->indent);
  } else if (w->column) {
    buf_char(w->b, ' ');
    w->column++;
  }
  buf_text(w->b, word);
  w->column += word.bytes;
}

static void put_words(wrapped *w, const char *words) {
  for (text left = text_of(words); left.bytes;) {
    const char *blank = memchr(left.at, ' ', left.bytes);
    size_t n = blank ? (size_t)(blank - left.at) : left.bytes;
    if (n) put_word(w, (text){left.at, n});
    left = blank ? (text){blank + 1, left.bytes - n - 1} : (text){"", 0};
  }
}

static void end_line(wrapped *w) {
  buf_char(w->b, '\n');
  w->column = 0;
}

/* ---- docs/api.md ---- */

static void put_route(buf *b, const route *r) {
  static const char *const who[] = {[ACCESS_OPEN] = "anybody",
                                    [ACCESS_METRICS] = "needs administer, unless opened",
                                    [ACCESS_CONTRACT] = "",
                                    [ACCESS_OFFICER] = "",
                                    [ACCESS_REGISTER] = "needs register",
                                    [ACCESS_IMPORT] = "needs import",
                                    [ACCESS_ACCOUNTS] = "needs administer or authorise",
                                    [ACCESS_ADMINISTER] = "needs administer"};
  wrapped w = {b, "  ", 0};
  char piece[400];
  snprintf(piece, sizeof piece, "* `%s %s`", r->method, r->pattern);
  put_words(&w, piece);
  if (r->query) {
    snprintf(piece, sizeof piece, "`? %s`", r->query);
    put_words(&w, piece);
  }
  if (r->upload) {
    snprintf(piece, sizeof piece, "bytes, at most %zu MB,", r->body_max >> 20);
    put_words(&w, piece);
  }
  if (r->takes) {
    snprintf(piece, sizeof piece, "`%s`", r->takes);
    put_words(&w, piece);
  }
  snprintf(piece, sizeof piece, "→ `%s`", r->gives);
  put_words(&w, piece);
  if (who[r->access][0]) {
    snprintf(piece, sizeof piece, "(%s)", who[r->access]);
    put_words(&w, piece);
  }
  buf_str(b, "\n ");
  w.column = 1;
  put_words(&w, r->title.en);
  buf_char(b, '.');
  w.column++;
  if (r->details) put_words(&w, r->details);
  if (r->list) put_words(&w, "Also a file.");
  end_line(&w);
}

static bool is_member(size_t i) {
  return i < shape_line_count &&
         (shape_lines[i].kind == LINE_MEMBER || shape_lines[i].kind == LINE_OPTIONAL);
}

/* What is said of a shape and its members, as one paragraph under it. */
static void put_says(buf *b, size_t shape) {
  wrapped w = {b, "    ", 0};
  bool any = false;
  char piece[400];
  for (size_t i = shape; i == shape || is_member(i); i++) {
    if (!shape_lines[i].says[0]) continue;
    if (!any) buf_str(b, "   ");
    if (!any) w.column = 3;
    any = true;
    if (i == shape)
      snprintf(piece, sizeof piece, "%s", shape_lines[i].says);
    else
      snprintf(piece, sizeof piece, "%s: %s", shape_lines[i].name, shape_lines[i].says);
    put_words(&w, piece);
  }
  if (any) end_line(&w);
}

static void put_shape(buf *b, size_t shape) {
  wrapped w = {b, "    ", 0};
  char piece[400];
  put_words(&w, shape_lines[shape].name);
  if (shape_lines[shape].kind == LINE_ALIAS) {
    snprintf(piece, sizeof piece, "= %s", shape_lines[shape].type);
    put_words(&w, piece);
  }
  for (size_t i = shape + 1; shape_lines[shape].kind == LINE_SHAPE && is_member(i); i++) {
    snprintf(piece, sizeof piece, "%s%s%s: %s%s", i == shape + 1 ? "{" : "", shape_lines[i].name,
             shape_lines[i].kind == LINE_OPTIONAL ? "~" : "", shape_lines[i].type,
             is_member(i + 1) ? "," : "}");
    put_words(&w, piece);
  }
  end_line(&w);
  put_says(b, shape);
}

static void make_routes(buf *b) {
  for (size_t i = 0; i < route_count; i++) put_route(b, &routes[i]);
}

static void make_shapes(buf *b) {
  buf_str(b, "```text\n");
  for (size_t i = 0; i < shape_line_count; i++)
    if (!is_member(i)) put_shape(b, i);
  buf_str(b, "```\n");
}

/* ---- web/common/api/types.ts ---- */

static void put_ts_type(buf *b, text type);

static void put_ts_single(buf *b, text type) {
  static const char *const words[][2] = {{"uuid", "string"},    {"date", "string"},
                                         {"instant", "string"}, {"int", "number"},
                                         {"bool", "boolean"},   {"any", "unknown"}};
  text inner, first, rest;
  if (shape_inner(type, "Page<", ">", &inner)) {
    buf_str(b, "Page<");
    put_ts_type(b, inner);
    buf_char(b, '>');
  } else if (shape_inner(type, "[", "]", &inner)) {
    rest = inner;
    bool several = (shape_next_alternative(&rest, &first) && rest.bytes) || text_ends(inner, "?");
    if (several) buf_char(b, '(');
    put_ts_type(b, inner);
    buf_str(b, several ? ")[]" : "[]");
  } else if (shape_inner(type, "{", "}", &inner)) {
    buf_str(b, "Record<string, ");
    put_ts_type(b, inner);
    buf_char(b, '>');
  } else {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
      if (text_is(type, words[i][0])) type = text_of(words[i][1]);
    buf_text(b, type);
  }
}

static void put_ts_type(buf *b, text type) {
  bool or_null = shape_cut_null(&type);
  text one;
  for (bool first = true; shape_next_alternative(&type, &one); first = false) {
    if (!first) buf_str(b, " | ");
    put_ts_single(b, one);
  }
  if (or_null) buf_str(b, " | null");
}

static void put_ts_says(buf *b, const char *indent, const char *says) {
  if (says[0]) buf_printf(b, "%s/** %s */\n", indent, says);
}

static void make_types(buf *b) {
  buf_str(b, "/* Made of src/http/shapes.def by tests/unit/test_http_contract --write: change that "
             "one. */\n\n"
             "export interface Page<T> {\n  items: T[]\n  next: string | null\n}\n");
  for (size_t i = 0; i < shape_line_count; i++) {
    const shape_line *l = &shape_lines[i];
    if (is_member(i)) continue;
    buf_char(b, '\n');
    put_ts_says(b, "", l->says);
    if (l->kind == LINE_ALIAS) {
      buf_printf(b, "export type %s = ", l->name);
      put_ts_type(b, text_of(l->type));
      buf_char(b, '\n');
      continue;
    }
    buf_printf(b, "export interface %s {\n", l->name);
    for (size_t m = i + 1; is_member(m); m++) {
      put_ts_says(b, "  ", shape_lines[m].says);
      buf_printf(b, "  %s%s: ", shape_lines[m].name,
                 shape_lines[m].kind == LINE_OPTIONAL ? "?" : "");
      put_ts_type(b, text_of(shape_lines[m].type));
      buf_char(b, '\n');
    }
    buf_str(b, "}\n");
  }
}

/* ---- comparing ---- */

static void path_of(const char *name, char out[4096]) {
  const char *home = getenv("JISHI_HOME");
  assert_non_null(home);
  snprintf(out, 4096, "%s/%s", home, name);
}

static void read_whole(const char *path, buf *b) {
  char block[65536];
  FILE *f = fopen(path, "rb");
  assert_non_null(f);
  for (size_t n; (n = fread(block, 1, sizeof block, f)) > 0;) buf_add(b, block, n);
  assert_int_equal(fclose(f), 0);
  assert_true(buf_ok(b));
}

static void write_whole(const char *path, text whole) {
  FILE *f = fopen(path, "wb");
  assert_non_null(f);
  assert_int_equal(fwrite(whole.at, 1, whole.bytes, f), whole.bytes);
  assert_int_equal(fclose(f), 0);
}

/* `name` must be `wanted`; the first line that is not is told. */
static void hold(const char *name, text had, text wanted) {
  char path[4096];
  path_of(name, path);
  if (text_equal(had, wanted)) return;
  if (write_files) {
    write_whole(path, wanted);
    return;
  }
  size_t at = 0, line = 1;
  while (at < had.bytes && at < wanted.bytes && had.at[at] == wanted.at[at])
    line += had.at[at++] == '\n';
  fail_msg("%s:%zu is not what routes.def and shapes.def say; run tests/unit/test_http_contract "
           "--write",
           name, line);
}

/* Replaces what stands between "<!-- NAME -->" and "<!-- /NAME -->". */
static void replace_between(buf *whole, const char *name, text with) {
  char begin[40], end[40];
  snprintf(begin, sizeof begin, "<!-- %s -->\n", name);
  snprintf(end, sizeof end, "<!-- /%s -->", name);
  const char *from = strstr(whole->at, begin);
  const char *to = from ? strstr(from, end) : NULL;
  assert_non_null(to);
  buf b AUTO_BUF = {0};
  buf_add(&b, whole->at, (size_t)(from - whole->at) + strlen(begin));
  buf_text(&b, with);
  buf_str(&b, to);
  buf_clear(whole);
  buf_text(whole, buf_view(&b));
  assert_true(buf_ok(whole));
}

static void docs_tell_the_routes_and_shapes(void **state) {
  (void)state;
  char path[4096];
  buf had AUTO_BUF = {0}, wanted AUTO_BUF = {0}, list AUTO_BUF = {0}, shapes AUTO_BUF = {0};
  path_of("docs/api.md", path);
  read_whole(path, &had);
  buf_text(&wanted, buf_view(&had));
  make_routes(&list);
  make_shapes(&shapes);
  replace_between(&wanted, "routes", buf_view(&list));
  replace_between(&wanted, "shapes", buf_view(&shapes));
  hold("docs/api.md", buf_view(&had), buf_view(&wanted));
}

static void types_are_those_of_the_shapes(void **state) {
  (void)state;
  char path[4096];
  buf had AUTO_BUF = {0}, wanted AUTO_BUF = {0};
  path_of("web/common/api/types.ts", path);
  read_whole(path, &had);
  make_types(&wanted);
  hold("web/common/api/types.ts", buf_view(&had), buf_view(&wanted));
}

/* ---- the lists themselves ---- */

static bool shape_exists(text name) {
  for (size_t i = 0; i < shape_line_count; i++)
    if (!is_member(i) && text_is(name, shape_lines[i].name)) return true;
  return false;
}

static void check_type(text type) {
  static const char *const words[] = {"string", "uuid", "date", "instant",
                                      "int",    "bool", "any",  "null"};
  text one, inner;
  shape_cut_null(&type);
  while (shape_next_alternative(&type, &one)) {
    if (shape_inner(one, "'", "'", &inner)) continue;
    if (shape_inner(one, "[", "]", &inner) || shape_inner(one, "{", "}", &inner) ||
        shape_inner(one, "Page<", ">", &inner)) {
      check_type(inner);
      continue;
    }
    bool known = shape_exists(one);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) known |= text_is(one, words[i]);
    if (!known) fail_msg("no such type: %.*s", (int)one.bytes, one.at);
  }
}

static void every_type_is_known(void **state) {
  (void)state;
  for (size_t i = 0; i < shape_line_count; i++)
    if (shape_lines[i].type[0]) check_type(text_of(shape_lines[i].type));
  for (size_t i = 0; i < route_count; i++) {
    if (routes[i].takes) check_type(text_of(routes[i].takes));
    if (!strchr(routes[i].gives, '/')) check_type(text_of(routes[i].gives));
  }
}

static void a_route_stands_once(void **state) {
  (void)state;
  for (size_t i = 0; i < route_count; i++) {
    assert_non_null(routes[i].gives);
    for (size_t k = 0; k < i; k++)
      assert_false(strcmp(routes[i].method, routes[k].method) == 0 &&
                   strcmp(routes[i].pattern, routes[k].pattern) == 0);
    /* more than the default is taken only where a remedy is told when even that is passed */
    assert_true(!routes[i].body_max || (routes[i].smaller.zh && routes[i].smaller.en));
  }
}

int main(int argc, char **argv) {
  write_files = argc == 2 && strcmp(argv[1], "--write") == 0;
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_type_is_known),
      cmocka_unit_test(a_route_stands_once),
      cmocka_unit_test(docs_tell_the_routes_and_shapes),
      cmocka_unit_test(types_are_those_of_the_shapes),
  };
  return cmocka_run_group_tests_name("http.contract", tests, NULL, NULL);
}
