#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/yaml.h"

#include <string.h>

static void reads_a_tree(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  char source[] = "\xEF\xBB\xBF# comment\n"
                  "name: 户\n"
                  "title: {zh: 户编号, en: \"no\"}\n"
                  "list:\n"
                  "  - 12\n"
                  "  - [a, 2021-01-01: x]\n"
                  "long: |\n"
                  "  一\n"
                  "  two\n"
                  "nothing:\n"
                  "tilde: ~\n"
                  "quoted: 'null'\n"
                  "yes: true\n";
  const yaml *root = NULL;
  assert_true(yaml_parse(a, "f.yaml", text_of(source), &root, &e));
  memset(source, 'x', sizeof source); /* nothing may point into the source */
  assert_int_equal(root->type, YAML_MAP);
  assert_int_equal(root->count, 8);
  assert_true(text_is(yaml_text(root, "name"), "户"));
  const yaml *title = yaml_get(root, "title"), *en = yaml_get(title, "en");
  assert_true(en->quoted && !yaml_get(title, "zh")->quoted);
  assert_true(text_is(en->s, "no"));
  assert_int_equal(title->line, 3);
  assert_int_equal(title->keys[1].line, 3);
  assert_int_equal(title->keys[1].column, 18); /* columns count characters */
  const yaml *list = yaml_get(root, "list");
  int64_t n = 0;
  assert_true(yaml_as_int(&list->items[0], &n) && n == 12);
  assert_int_equal(list->items[0].line, 5);
  assert_int_equal(list->items[0].column, 5);
  assert_true(text_is(yaml_text(&list->items[1].items[1], "2021-01-01"), "x"));
  assert_true(text_is(yaml_text(root, "long"), "一\ntwo\n"));
  assert_true(yaml_is_null(yaml_get(root, "nothing")) && yaml_is_null(yaml_get(root, "tilde")));
  assert_true(yaml_has(root, "nothing"));
  assert_false(yaml_has(root, "none"));
  assert_false(yaml_is_null(yaml_get(root, "quoted")));
  bool yes = false;
  assert_true(yaml_as_bool(yaml_get(root, "yes"), &yes) && yes);
  assert_false(yaml_as_bool(yaml_get(root, "name"), &yes));
  assert_false(yaml_as_int(list, &n));
  assert_true(yaml_text(root, "list").bytes == 0);
  assert_null(yaml_get(yaml_get(root, "none"), "x"));
  char where[ERR_WHERE_MAX];
  assert_string_equal(yaml_where("f.yaml", title, where), "f.yaml:3:8");
}

static void faults_have_places(void **state) {
  (void)state;
  static const struct {
    const char *source, *where, *says;
  } cases[] = {{"", "f.yaml:1:1", "empty"},
               {"# only\n", "f.yaml:1:1", "empty"},
               {"a: 1\nb: 2\na: 3\n", "f.yaml:3:1", "first in line 1"},
               {"x:\n  - {a: 1, a: 2}\n", "f.yaml:2:12", "\"a\" stands twice"},
               {"a: &x 1\nb: 2\n", "f.yaml:1:4", "Anchors"},
               {"a: 1\nb: *x\n", "f.yaml:2:4", "Anchors"},
               {"a: !!str 1\n", "f.yaml:1:4", "Tags"},
               {"a: !x {b: 1}\n", "f.yaml:1:4", "Tags"},
               {"a: 1\n---\nb: 2\n", "f.yaml:2:1", "one document"},
               {"a: b: c\n", "f.yaml:1:5", "colon is not expected"},
               {"a:\n\t- b\n", "f.yaml:2:1", "spaces only"},
               {"a: [1,\nb: 2\n", "f.yaml:3:1", "bracket"},
               {"a:\n  b: \"x\n", "f.yaml:2:6", "quote"},
               {"a: 1\nb\nc: 2\n", "f.yaml:2:1", "colon (followed"},
               {"a:\n  - 1\n - 2\n", "f.yaml:3:2", "indentation"},
               {"? [1]\n: 2\n", "f.yaml:1:3", "must be a name"},
               {"a: 1\n中\xFF: 2\n", "f.yaml:2:2", "UTF-8"},
               {"a: 1\n中\x01: 2\n", "f.yaml:2:2", "control character"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    arena *a AUTO_ARENA = arena_new(0);
    err e = {0};
    const yaml *root = NULL;
    if (yaml_parse(a, "f.yaml", text_of(cases[i].source), &root, &e))
      fail_msg("accepted: %s", cases[i].source);
    assert_null(root);
    assert_int_equal(e.code, ERR_BAD_FILE);
    assert_true(e.zh[0]);
    if (!strstr(e.en, cases[i].says)) fail_msg("%s: %s", cases[i].source, e.en);
    assert_string_equal(e.where, cases[i].where);
  }
  arena *a AUTO_ARENA = arena_new(0);
  const yaml *root;
  assert_false(yaml_parse(a, "f", (text){"a: 1\0b", 6}, &root, NULL));
}

static void limits(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  const yaml *root;
  err e = {0};
  char deep[2 * YAML_DEPTH_MAX + 2];
  for (size_t n = YAML_DEPTH_MAX; n <= YAML_DEPTH_MAX + 1; n++) {
    memset(deep, '[', n);
    memset(deep + n, ']', n);
    assert_int_equal(yaml_parse(a, "f", (text){deep, 2 * n}, &root, &e), n == YAML_DEPTH_MAX);
  }
  buf b AUTO_BUF = {0};
  for (size_t i = 0; i < YAML_NODES_MAX; i++) buf_str(&b, "- 1\n");
  assert_false(yaml_parse(a, "f", buf_view(&b), &root, &e)); /* the list itself is one, too */
  assert_non_null(strstr(e.en, "too much"));
  assert_true(yaml_parse(a, "f", (text){b.at, b.bytes - 4}, &root, &e));
  assert_int_equal(root->count, YAML_NODES_MAX - 1);
  buf_clear(&b);
  while (b.bytes <= YAML_BYTES_MAX)
    buf_str(&b, "# 0123456789012345678901234567890123456789012345678901234567890\n");
  assert_false(yaml_parse(a, "f", buf_view(&b), &root, &e));
  assert_int_equal(e.code, ERR_TOO_LARGE);
  arena *small AUTO_ARENA = arena_new(1000);
  assert_false(yaml_parse(small, "f", TEXT("[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20]"),
                          &root, &e));
  assert_int_equal(e.code, ERR_MEMORY);
}

static void long_path_keeps_its_line(void **state) {
  (void)state;
  char path[400], where[ERR_WHERE_MAX];
  memset(path, 'p', sizeof path);
  memcpy(path + sizeof path - 8, "/f.yaml", 8);
  yaml_where(path, &(yaml){.line = 123, .column = 45}, where);
  assert_int_equal(strlen(where), ERR_WHERE_MAX - 1);
  assert_string_equal(where + strlen(where) - 14, "/f.yaml:123:45");
}

static void missing_file(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  const yaml *root = NULL;
  err e = {0};
  assert_false(yaml_load(a, "/nowhere/at/all.yaml", &root, &e));
  assert_int_equal(e.code, ERR_BAD_FILE);
  assert_false(yaml_load(a, "/", &root, &e)); /* a folder opens, but does not read */
  assert_int_equal(e.code, ERR_BAD_FILE);
  assert_null(root);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(reads_a_tree), cmocka_unit_test(faults_have_places),
      cmocka_unit_test(limits),       cmocka_unit_test(long_path_keeps_its_line),
      cmocka_unit_test(missing_file),
  };
  return cmocka_run_group_tests_name("base.yaml", tests, NULL, NULL);
}
