#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fold.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* The same bytes anywhere hash alike; one bit more, less or other does not. */
static void hash_of_every_bit(void **state) {
  (void)state;
  char here[48], there[49];
  for (size_t i = 0; i < sizeof here; i++) there[i + 1] = here[i] = (char)(i * 7 + 1);
  assert_int_equal(text_hash((text){NULL, 0}), text_hash(TEXT("")));
  for (size_t n = 0; n <= sizeof here; n++) {
    uint64_t h = text_hash((text){here, n});
    assert_int_equal(h, text_hash((text){there + 1, n}));
    if (n) assert_int_not_equal(h, text_hash((text){here, n - 1}));
    for (size_t bit = 0; bit < 8 * n; bit++) {
      there[1 + bit / 8] ^= (char)(1 << bit % 8);
      assert_int_not_equal(h, text_hash((text){there + 1, n}));
      there[1 + bit / 8] ^= (char)(1 << bit % 8);
    }
  }
}

/* Numbers that follow one another, as identity cards do, do not crowd into few slots. */
static void hash_spreads(void **state) {
  (void)state;
  enum { SLOTS = 4096 };
  static unsigned char taken[SLOTS];
  unsigned most = 0;
  for (int i = 0; i < SLOTS; i++) {
    char key[19];
    snprintf(key, sizeof key, "33010019700101%04d", i);
    unsigned now = ++taken[text_hash(text_of(key)) % SLOTS];
    if (now > most) most = now;
  }
  assert_in_range(most, 1, 10);
}

static void utf8_by_rfc3629(void **state) {
  (void)state;
  static const struct {
    const char *s;
    size_t good;
  } cases[] = {{"", 0},
               {"abc", 3},
               {"刘", 3},
               {"\xF4\x8F\xBF\xBF", 4},
               {"\xC2\x80", 2},
               {"12345678\x80", 8},
               {"1234567刘12345678刘\xE5\x88", 21},
               {"\xC0\x80", 0},
               {"\xC1\xBF", 0},
               {"\xE0\x9F\xBF", 0},
               {"\xED\xA0\x80", 0},
               {"\xF0\x8F\xBF\xBF", 0},
               {"\xF4\x90\x80\x80", 0},
               {"\xF5\x80\x80\x80", 0},
               {"a\xFF", 1},
               {"a\xE5\x88z", 1}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    text t = text_of(cases[i].s);
    assert_int_equal(text_valid_prefix(t), cases[i].good);
    assert_int_equal(text_valid_utf8(t), cases[i].good == t.bytes);
  }
}

static void every_point_there_and_back(void **state) {
  (void)state;
  for (uint32_t c = 0; c <= 0x110000; c++) {
    char s[4];
    size_t n = text_encode(c, s), pos = 0;
    bool exists = c <= 0x10FFFF && !(c >= 0xD800 && c <= 0xDFFF);
    if ((n > 0) != exists) fail_msg("U+%X", c);
    if (!exists) continue;
    if (text_next((text){s, n}, &pos) != (int32_t)c || pos != n) fail_msg("U+%X", c);
  }
}

static void cuts_at_characters(void **state) {
  (void)state;
  static const size_t kept[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 9, 9};
  for (size_t n = 0; n < sizeof kept / sizeof *kept; n++)
    assert_int_equal(text_cut(TEXT("a刘\xF0\x9F\x98\x80z"), n).bytes, kept[n]);
}

static void trims(void **state) {
  (void)state;
  assert_true(text_is(text_trim(TEXT("\xEF\xBB\xBF 　\t刘 红\r\n　")), "刘 红"));
  assert_true(text_is(text_trim(TEXT(" 　 ")), ""));
}

static void ints(void **state) {
  (void)state;
  static const int64_t numbers[] = {0, 7, -7, 10, INT64_MAX, INT64_MIN, 1234567890123456789};
  for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
    buf b AUTO_BUF = {0};
    int64_t n;
    char expected[32];
    buf_int(&b, numbers[i]);
    snprintf(expected, sizeof expected, "%lld", (long long)numbers[i]);
    assert_string_equal(b.at, expected);
    assert_true(text_to_int(buf_view(&b), &n) && n == numbers[i]);
  }
  static const char *const bad[] = {
      "", "-", "+", "1x", " 1", "9223372036854775808", "-9223372036854775809", "--1"};
  int64_t n;
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_false(text_to_int(text_of(bad[i]), &n));
}

static void buf_limit_sticks(void **state) {
  (void)state;
  buf b AUTO_BUF = {.limit = 5};
  buf_str(&b, "12345");
  assert_true(buf_ok(&b));
  buf_char(&b, '6');
  assert_false(buf_ok(&b));
  assert_string_equal(b.at, "12345");
  buf_clear(&b);
  buf_printf(&b, "%d", 123);
  assert_true(buf_ok(&b));
  assert_string_equal(b.at, "123");
}

static void arenas(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(100000);
  size_t room = 0;
  int *numbers = NULL;
  for (size_t i = 0; i < 5000; i++) {
    numbers = ARENA_GROW(a, numbers, i, &room, int);
    assert_non_null(numbers);
    numbers[i] = (int)i;
  }
  for (size_t i = 0; i < 5000; i++) assert_int_equal(numbers[i], i);
  assert_null(arena_take(a, 100000));
  assert_null(arena_take_array(a, SIZE_MAX / 2, 4));
  assert_null(arena_take(a, SIZE_MAX));
  arena_clear(a);
  assert_int_equal(arena_used(a), 0);
  const char *zeroed = arena_take(a, 5000);
  for (int i = 0; i < 5000; i++) assert_int_equal(zeroed[i], 0);
  assert_string_equal(arena_printf(a, "%s-%d", "刘", 7), "刘-7");
  assert_null(arena_text(a, NULL));
}

static void errors_cut_at_characters(void **state) {
  (void)state;
  char many[3 * 400 + 1];
  for (int i = 0; i < 400; i++) memcpy(many + 3 * i, "刘", 4);
  err e = {0};
  assert_false(err_set(&e, ERR_BAD_INPUT, many, "x%s", "%s", many));
  assert_true(text_valid_utf8(text_of(e.zh)) && text_valid_utf8(text_of(e.en)) &&
              text_valid_utf8(text_of(e.where)));
  assert_true(strlen(e.zh) > ERR_TEXT_MAX - 5);
  assert_false(err_set(&e, ERR_STALE, "column 4", "旧", "stale"));
  assert_false(err_within(&e, "rules.yaml:12:5"));
  assert_string_equal(e.where, "rules.yaml:12:5 column 4");
  assert_string_equal(err_name(ERR_STALE), "stale");
  assert_int_equal(err_status(ERR_STALE), 412);
  assert_false(err_set(NULL, ERR_STALE, NULL, "旧", "stale"));
  faults f = {0};
  for (int i = 0; i < FAULTS_MAX + 5; i++) faults_add(&f, &e);
  assert_int_equal(f.count, FAULTS_MAX);
  assert_int_equal(f.total, FAULTS_MAX + 5);
  faults_release(&f);
}

static void folded(void **state) {
  (void)state;
  static const struct {
    const char *s, *folded, *name;
  } cases[] = {{"王⼤⼒", "王大力", "王大力"}, /* Kangxi radicals */
               {"⻢⻓⻜", "马长飞", "马长飞"}, /* of the supplement */
               {"ＡＢｃ １２", "abc 12", "abc12"},
               {"买买提·阿不都", "买买提·阿不都", "买买提阿不都"},
               {"买买提・阿不都", "买买提・阿不都", "买买提阿不都"},
               {"买买提•阿不都", "买买提•阿不都", "买买提阿不都"},
               {"買\u200B買\u200E提", "買買提", "買買提"},
               {"\uF9D1", "六", "六"},         /* a compatibility ideograph */
               {"\uFA11", "\uFA11", "\uFA11"}, /* only named so */
               {"𠮷", "𠮷", "𠮷"},
               {"", "", ""}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    buf b AUTO_BUF = {0}, n AUTO_BUF = {0};
    assert_true(text_fold(text_of(cases[i].s), &b));
    assert_true(text_fold_name(text_of(cases[i].s), &n));
    assert_true(text_is(buf_view(&b), cases[i].folded));
    assert_true(text_is(buf_view(&n), cases[i].name));
  }
  buf none AUTO_BUF = {0};
  assert_false(text_fold(TEXT("a\xFF"), &none));
  assert_int_equal(none.bytes, 0);
}

static void words(void **state) {
  (void)state;
  text rest = TEXT("li wang  "), word;
  const char *expected[] = {"li", "wang", ""};
  for (size_t i = 0; i < 3; i++)
    assert_true(text_next_word(&rest, &word) && text_is(word, expected[i]));
  assert_false(text_next_word(&rest, &word));
  assert_false(text_next_word(&(text){0}, &word));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(hash_of_every_bit),
      cmocka_unit_test(hash_spreads),
      cmocka_unit_test(utf8_by_rfc3629),
      cmocka_unit_test(every_point_there_and_back),
      cmocka_unit_test(cuts_at_characters),
      cmocka_unit_test(trims),
      cmocka_unit_test(ints),
      cmocka_unit_test(words),
      cmocka_unit_test(folded),
      cmocka_unit_test(buf_limit_sticks),
      cmocka_unit_test(arenas),
      cmocka_unit_test(errors_cut_at_characters),
  };
  return cmocka_run_group_tests_name("base.text", tests, NULL, NULL);
}
