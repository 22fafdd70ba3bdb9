#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/json_build.h"
#include "base/json_map.h"

#include <math.h>
#include <stdlib.h>

static bool accepts(text source) {
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  const json *root = json_parse(a, source, &e);
  assert_int_equal(root == NULL, e.code != ERR_NONE);
  if (!root) assert_true(e.code == ERR_BAD_JSON && e.where[0] && e.zh[0] && e.en[0]);
  return root != NULL;
}

static void accepts_rfc8259(void **state) {
  (void)state;
  static const char *const good[] = {
      "0",
      "-0",
      "1",
      "-1",
      "1.5",
      "1e5",
      "1E+5",
      "1.0e-10",
      "0.1",
      "0e0",
      "123456789012345678901234567890",
      "true",
      "false",
      "null",
      "\"\"",
      "\"a\"",
      "[]",
      "{}",
      "[[]]",
      "[{}]",
      " \t\r\n1 \t\r\n",
      "[1,2 , 3]",
      "{\"a\":1}",
      "{\"a\":1 , \"b\" : [null]}",
      "{\"\":0}",
      "{\"a\":{\"a\":{\"a\":1}}}",
      "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
      "\"\\u0041\\u00e9\\u5218\"",
      "\"\\ud83d\\ude00\"",
      "\"\\uDBFF\\uDFFF\"",
      "\"刘小红\"",
      "\"\xF0\x9F\x98\x80\"",
      "\"\x7F\"",
      "\"\xEF\xBF\xBF\"",
      "\"\xE2\x80\xA8\"",
      "[\"a\",\"b\",[\"c\"]]",
      "\"12345678\\n12345678\\t\"",
      "-9223372036854775808",
  };
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!accepts(text_of(good[i]))) fail_msg("refused: %s", good[i]);
}

static void refuses_all_else(void **state) {
  (void)state;
  static const char *const bad[] = {
      "",
      " ",
      "01",
      "-01",
      "-",
      "+1",
      "1.",
      ".5",
      "1.e5",
      "1e",
      "1e+",
      "0x10",
      "NaN",
      "Infinity",
      "-Infinity",
      "1 2",
      "--1",
      "1,",
      "tru",
      "True",
      "truee",
      "nul",
      "\"",
      "\"a",
      "'a'",
      "\"\\\"",
      "\"\\x41\"",
      "\"\\u12\"",
      "\"\\u12g4\"",
      "\"\\ud800\"",
      "\"\\ud800x\"",
      "\"\\ud800\\u0041\"",
      "\"\\udc00\"",
      "\"nul\\u0000tail\"", /* RFC 8259 has it; C strings and PostgreSQL do not */
      "{\"a\\u0000b\":1}",
      "\"\\ud800\\ud800\"",
      "\"a\nb\"",
      "\"a\tb\"",
      "\"\x01\"",
      "\"12345678\x1F\"",
      "[",
      "]",
      "[1",
      "[1,",
      "[1,]",
      "[,1]",
      "[1 2]",
      "[1,,2]",
      "[1]]",
      "[1}",
      "{",
      "}",
      "{\"a\"",
      "{\"a\":",
      "{\"a\":1",
      "{\"a\":1,",
      "{\"a\":1,}",
      "{,}",
      "{a:1}",
      "{1:1}",
      "{\"a\" 1}",
      "{\"a\":1]",
      "{\"a\":1 \"b\":2}",
      "{\"a\":1}x",
      "/**/1",
      "1//",
      "#",
      "\xEF\xBB\xBF[]",
      "\"\x80\"",
      "\"\xC0\xAF\"",
      "\"\xC3\"",
      "\"\xED\xA0\x80\"",
      "\"\xF4\x90\x80\x80\"",
      "\"\xE5\x88\"",
      "[\xFF]",
      "\f1",
      "\xC2\xA0 1",
      "{\"a\":1,\"a\":1}",
      "{\"a\":1,\"\\u0061\":1}",
      "[{\"x\":{\"b\":1,\"c\":2,\"b\":3}}]",
  };
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (accepts(text_of(bad[i]))) fail_msg("accepted: %s", bad[i]);
  assert_false(accepts((text){"1\0", 2}));
  assert_false(accepts((text){"\"\0\"", 3}));
  assert_false(accepts((text){"[\0]", 3}));
}

static void names_the_byte(void **state) {
  (void)state;
  static const struct {
    const char *source, *where;
  } cases[] = {{"", "byte 1"},
               {"[1,x]", "byte 4"},
               {"[1] 2", "byte 5"},
               {"\"ab\xFF\"", "byte 4"},
               {"{\"a\":1,\"a\":2}", "byte 8"},
               {"{\"a\":01}", "byte 7"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    arena *a AUTO_ARENA = arena_new(0);
    err e = {0};
    assert_null(json_parse(a, text_of(cases[i].source), &e));
    assert_string_equal(e.where, cases[i].where);
  }
}

static void depth_is_bounded(void **state) {
  (void)state;
  char deep[2 * JSON_DEPTH_MAX + 2];
  for (size_t n = JSON_DEPTH_MAX; n <= JSON_DEPTH_MAX + 1; n++) {
    memset(deep, '[', n);
    memset(deep + n, ']', n);
    assert_int_equal(accepts((text){deep, 2 * n}), n == JSON_DEPTH_MAX);
  }
}

/* Large enough that comparing every pair of names would take minutes. */
static void many_names(void **state) {
  (void)state;
  enum { NAMES = 200000 };
  for (int twice = 0; twice < 2; twice++) {
    buf b AUTO_BUF = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    for (int i = 0; i < NAMES; i++) {
      char name[16];
      snprintf(name, sizeof name, "n%d", twice && i == NAMES - 1 ? 7 : i);
      json_key(&w, name);
      json_put_int(&w, i);
    }
    json_close(&w, '}');
    assert_true(buf_ok(&b));
    assert_int_equal(accepts(buf_view(&b)), !twice);
  }
}

static void reads_values(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  char source[] =
      "{\"i\":-42,\"big\":9223372036854775808,\"min\":-9223372036854775808,\"d\":12.50,\"e\":1e3,"
      "\"t\":\"a\\u5218\\n\",\"y\":true,\"n\":null,\"l\":[1,\"x\",{}]}";
  const json *root = json_parse(a, text_of(source), &e);
  assert_non_null(root);
  memset(source, 'x', sizeof source); /* nothing may point into the input */
  int64_t n = 5;
  assert_true(json_int(root, "i", &n) && n == -42);
  assert_false(json_int(root, "big", &n));
  assert_false(json_int(root, "e", &n));
  assert_true(json_int(root, "min", &n) && n == INT64_MIN);
  assert_int_equal(json_get(root, "big")->type, JSON_NUMBER);
  assert_true(text_is(json_get(root, "d")->s, "12.50"));
  assert_true(json_double(json_get(root, "d")) == 12.5);
  assert_true(json_double(json_get(root, "e")) == 1000);
  assert_true(text_is(json_text(root, "t"), "a刘\n"));
  assert_true(json_text(root, "i").bytes == 0 && json_text(root, "none").bytes == 0);
  assert_true(json_bool(root, "y"));
  assert_false(json_bool(root, "n"));
  assert_true(json_has(root, "n"));
  assert_false(json_has(root, "none"));
  const json *l = json_get(root, "l");
  assert_int_equal(l->count, 3);
  assert_true(text_is(l->items[1].s, "x"));
  assert_int_equal(l->items[2].type, JSON_MAP);
  assert_null(json_get(json_get(root, "none"), "x"));
}

static void arena_limit_is_an_error(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(2000);
  err e = {0};
  char list[200];
  memset(list, '[', sizeof list);
  for (size_t i = 0; i < 99; i++) memcpy(list + 1 + 2 * i, "0,", 2);
  list[197] = '0', list[198] = ']';
  assert_null(json_parse(a, (text){list, 199}, &e));
  assert_int_equal(e.code, ERR_MEMORY);
}

static void writes(void **state) {
  (void)state;
  buf b AUTO_BUF = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_key(&w, "a\"b");
  json_open(&w, '[');
  json_put_int(&w, INT64_MIN);
  json_put_bool(&w, false);
  json_put_str(&w, NULL);
  json_put_text(&w, (text){"刘\n\x01\\\2\xFFx", 9});
  json_put_raw(&w, TEXT("{}"));
  json_open(&w, '{');
  json_close(&w, '}');
  json_close(&w, ']');
  json_key(&w, "z");
  json_put_null(&w);
  json_close(&w, '}');
  assert_true(buf_ok(&b));
  assert_string_equal(b.at, "{\"a\\\"b\":[-9223372036854775808,false,null,"
                            "\"刘\\n\\u0001\\\\\\u0002\xEF\xBF\xBDx\",{},{}],"
                            "\"z\":null}");
  assert_true(accepts(buf_view(&b)));
}

static void doubles_read_back(void **state) {
  (void)state;
  static const struct {
    double d;
    const char *s;
  } cases[] = {{0.1, "0.1"},    {1, "1"},      {-2.5, "-2.5"},
               {1e21, "1e+21"}, {NAN, "null"}, {INFINITY, "null"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    buf b AUTO_BUF = {0};
    json_out w = json_to(&b);
    json_put_double(&w, cases[i].d);
    assert_string_equal(b.at, cases[i].s);
  }
  uint64_t seed = 88172645463325252u;
  for (int i = 0; i < 20000; i++) {
    seed ^= seed << 13, seed ^= seed >> 7, seed ^= seed << 17;
    double d;
    memcpy(&d, &seed, sizeof d);
    if (!isfinite(d)) continue;
    buf b AUTO_BUF = {0};
    json_out w = json_to(&b);
    json_put_double(&w, d);
    assert_true(strtod(b.at, NULL) == d);
    assert_true(accepts(buf_view(&b)));
  }
}

static void canonical_is_one_text(void **state) {
  (void)state;
  static const char *const same[] = {
      "{\"b\":[1,2.50,-0],\"a\":{\"y\":\"\\u5218\",\"x\":null}}",
      " { \"a\" : {\"x\":null, \"y\":\"刘\"},\n\"b\":[1, 2.50 ,0] } "};
  for (size_t i = 0; i < 2; i++) {
    arena *a AUTO_ARENA = arena_new(0);
    buf b AUTO_BUF = {0};
    json_canonical(&b, json_parse(a, text_of(same[i]), NULL));
    assert_string_equal(b.at, "{\"a\":{\"x\":null,\"y\":\"刘\"},\"b\":[1,2.50,0]}");
  }
}

static void put_keeps_order(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  buf b AUTO_BUF = {0};
  json_out w = json_to(&b);
  json_put(&w, json_parse(a, TEXT("{\"b\":1.0e2,\"a\":[true,\"x\"]}"), NULL));
  assert_string_equal(b.at, "{\"b\":1.0e2,\"a\":[true,\"x\"]}");
}

static void maps_are_made_by_member(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  buf b AUTO_BUF = {0}, again AUTO_BUF = {0};
  uuid id;
  assert_true(uuid_parse(TEXT("0190a5d2-7c1e-7000-8000-00000000000A"), &id));
  const json *form = json_parse(a, TEXT("{\"n\":1.50}"), NULL);
  json *m = json_map_new(a);
  char word[] = "apple";
  assert_true(json_set_text(a, m, "kind", text_of(word)) && json_set_uuid(a, m, "id", &id) &&
              json_set(a, m, "form", form) && json_set_bool(a, m, "withdrawn", true) &&
              json_set_int(a, m, "n", INT64_MIN));
  memcpy(word, "other", 5);                 /* texts are copied */
  assert_true(json_set_int(a, m, "n", -7)); /* set again: replaced, in its old place */
  assert_true(json_set_key(a, m, TEXT("\xe5\x90\x8d"), form));
  assert_int_equal(m->count, 6);
  json_out w = json_to(&b);
  json_put(&w, m);
  assert_string_equal(b.at, "{\"kind\":\"apple\",\"id\":\"0190a5d2-7c1e-7000-8000-00000000000a\","
                            "\"form\":{\"n\":1.50},\"withdrawn\":true,\"n\":-7,"
                            "\"\xe5\x90\x8d\":{\"n\":1.50}}");
  /* what was made reads back as the same tree */
  json_canonical(&again, json_parse(a, buf_view(&b), NULL));
  buf_clear(&b);
  json_canonical(&b, m);
  assert_string_equal(b.at, again.at);
}

static void maps_without_memory(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0), *small AUTO_ARENA = arena_new(4096);
  assert_false(json_set_int(a, NULL, "n", 1)); /* a failed json_map_new passes on */
  json *m = json_map_new(small);
  assert_non_null(m);
  size_t had = 0;
  while (json_set_int(small, m, had % 2 ? "odd" : "even", 1) && had < 100000) had++;
  assert_true(had < 100000);
  assert_true(m->count <= 2); /* the failed call left the map as it was */
  assert_false(json_set(a, m, "x", NULL));
}

/* Written into a tree or read from the text: the same. */
static void write_sample(json_out *w, const json *inner) {
  json_open(w, '{');
  json_key(w, "list");
  json_open(w, '[');
  for (int i = 0; i < 20; i++) json_put_int(w, i - 3);
  json_open(w, '{');
  json_close(w, '}');
  json_close(w, ']');
  json_key(w, "name");
  json_put_text(w, TEXT("\"王\n"));
  json_key(w, "bad");
  json_put_text(w, TEXT("a\xff\xe7z\xe7"));
  json_key(w, "half");
  json_put_double(w, 0.5);
  json_key(w, "five");
  json_put_double(w, 5);
  json_key(w, "nan");
  json_put_double(w, (double)NAN);
  json_key(w, "yes");
  json_put_bool(w, true);
  json_key(w, "none");
  json_put_str(w, NULL);
  json_key(w, "inner");
  json_put(w, inner);
  json_close(w, '}');
}

static void builds_what_it_writes(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  AUTO_BUF buf b = {0}, text_again = {0}, tree_again = {0};
  json *inner = json_parse(a, TEXT("{\"b\":1.50,\"a\":[[],null]}"), NULL);
  json_out as_text = json_to(&b);
  write_sample(&as_text, inner);
  json_builder made = {.a = a};
  json_out as_tree = json_to_tree(&made);
  write_sample(&as_tree, inner);
  json *tree = json_built(&made, NULL);
  json *read = json_parse(a, buf_view(&b), NULL);
  assert_non_null(tree);
  json_canonical(&tree_again, tree);
  json_canonical(&text_again, read);
  assert_string_equal(tree_again.at, text_again.at);
  assert_int_equal(json_get(tree, "five")->type, json_get(read, "five")->type);
  assert_int_equal(json_get(tree, "half")->type, json_get(read, "half")->type);
}

static void builds_without_memory(void **state) {
  (void)state;
  arena *small AUTO_ARENA = arena_new(8192);
  json_builder made = {.a = small};
  json_out w = json_to_tree(&made);
  err e = {0};
  json_open(&w, '[');
  for (int i = 0; i < 10000; i++) json_put_int(&w, i);
  json_close(&w, ']');
  assert_null(json_built(&made, &e));
  assert_int_equal(e.code, ERR_MEMORY);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(accepts_rfc8259),
      cmocka_unit_test(refuses_all_else),
      cmocka_unit_test(names_the_byte),
      cmocka_unit_test(depth_is_bounded),
      cmocka_unit_test(many_names),
      cmocka_unit_test(reads_values),
      cmocka_unit_test(arena_limit_is_an_error),
      cmocka_unit_test(writes),
      cmocka_unit_test(doubles_read_back),
      cmocka_unit_test(canonical_is_one_text),
      cmocka_unit_test(put_keeps_order),
      cmocka_unit_test(maps_are_made_by_member),
      cmocka_unit_test(maps_without_memory),
      cmocka_unit_test(builds_what_it_writes),
      cmocka_unit_test(builds_without_memory),
  };
  return cmocka_run_group_tests_name("base.json", tests, NULL, NULL);
}
