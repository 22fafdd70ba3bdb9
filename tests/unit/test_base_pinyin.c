#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/pinyin.h"

#include <pthread.h>

static void initials(void **state) {
  (void)state;
  static const struct {
    const char *name, *initials;
  } cases[] = {
      {"刘小红", "lxh"}, {"单 伟", "sw"},  {"欧阳娜娜", "oynn"}, {"买买提·阿不都", "mmtabd"},
      {"A李3b", "al3b"}, {"Ｚ张", "zz"},   {"〇", "l"},          {"", ""},
      {"-·!", ""},       {"曾国藩", "zgf"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    buf b AUTO_BUF = {0};
    buf_str(&b, "=");
    assert_true(pinyin_initials(text_of(cases[i].name), &b));
    assert_string_equal(b.at + 1, cases[i].initials);
  }
}

static void readings(void **state) {
  (void)state;
  static const struct {
    const char *name, *readings;
  } cases[] = {{"刘小红", " lxh"},
               {"阚泽", " kz"},
               {"覃勇", " ty qy"},
               {"王乐", " wl wy"},
               {"曾朝阳", " zcy ccy zzy czy"},
               {"单大力", " sdl ddl"},
               {"", ""},
               {"·", ""}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    buf b AUTO_BUF = {0};
    buf_str(&b, "=");
    assert_true(pinyin_readings(text_of(cases[i].name), &b));
    text all = {b.at + 1, b.bytes - 1}, want = text_of(cases[i].readings), word;
    assert_int_equal(all.bytes, want.bytes);
    while (text_next_word(&want, &word)) {
      buf with AUTO_BUF = {0};
      buf_char(&with, ' ');
      if (!word.bytes) continue;
      buf_text(&with, word);
      if (!memmem(all.at, all.bytes, with.at, with.bytes)) fail_msg("%s: %s", cases[i].name, b.at);
    }
  }
  buf many AUTO_BUF = {0};
  assert_true(pinyin_readings(TEXT("曾曾曾曾曾曾曾曾"), &many));
  assert_int_equal(many.bytes, PINYIN_READINGS * 9);
}

static void long_text(void **state) {
  (void)state;
  buf name AUTO_BUF = {0}, b AUTO_BUF = {0};
  for (int i = 0; i < 2000; i++) buf_str(&name, "庄"); /* six letters: the longest syllable */
  assert_true(pinyin_initials(buf_view(&name), &b));
  assert_int_equal(b.bytes, 2000);
}

static void writes_nothing_on_failure(void **state) {
  (void)state;
  buf b AUTO_BUF = {0};
  assert_false(pinyin_initials(TEXT("刘小\xFF"), &b));
  assert_int_equal(b.bytes, 0);
  assert_true(buf_ok(&b));
}

static void *many(void *wrong) {
  for (int i = 0; i < 200; i++) {
    buf b AUTO_BUF = {0};
    if (!pinyin_initials(TEXT("刘小红"), &b) || !text_is(buf_view(&b), "lxh")) *(int *)wrong = 1;
  }
  return NULL;
}

static void several_threads(void **state) {
  (void)state;
  enum { THREADS = 4 };
  pthread_t thread[THREADS];
  int wrong[THREADS] = {0};
  for (int i = 0; i < THREADS; i++)
    assert_int_equal(pthread_create(&thread[i], NULL, many, &wrong[i]), 0);
  for (int i = 0; i < THREADS; i++) pthread_join(thread[i], NULL);
  for (int i = 0; i < THREADS; i++) assert_int_equal(wrong[i], 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(initials),        cmocka_unit_test(readings),
      cmocka_unit_test(long_text),       cmocka_unit_test(writes_nothing_on_failure),
      cmocka_unit_test(several_threads),
  };
  return cmocka_run_group_tests_name("base.pinyin", tests, NULL, NULL);
}
