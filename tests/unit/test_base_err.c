#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/label.h"
#include "base/text.h"

#include <errno.h>
#include <string.h>

static const label land = {"地块", "plot"};

static void label_in_the_language_of_the_sentence(void **state) {
  (void)state;
  err e;
  assert_false(err_set(&e, ERR_BAD_INPUT, "land", "“%s”不能为空。", "\"%s\" may not be empty.",
                       LABEL(land)));
  assert_int_equal(e.code, ERR_BAD_INPUT);
  assert_string_equal(e.where, "land");
  assert_string_equal(e.zh, "“地块”不能为空。");
  assert_string_equal(e.en, "\"plot\" may not be empty.");
}

static void two_texts_and_plain_arguments(void **state) {
  (void)state;
  err e;
  const label *kind = &land;
  err_set(&e, ERR_CONFLICT, NULL, "第 %d 行的%s“%.*s”%s%%", "Row %d, %s \"%.*s\": %s%%", 7,
          LABEL(*kind), 2, "A1234", ZH_EN("重复", "twice"));
  assert_string_equal(e.zh, "第 7 行的地块“A1”重复%");
  assert_string_equal(e.en, "Row 7, plot \"A1\": twice%");
  assert_string_equal(e.where, "");
}

static void another_order_in_the_other_language(void **state) {
  (void)state;
  err e;
  err_set(&e, ERR_CONFLICT, NULL, "同一%1$s和第 %2$d 行不一样", "Row %2$d has another %1$s",
          LABEL(land), 12);
  assert_string_equal(e.zh, "同一地块和第 12 行不一样");
  assert_string_equal(e.en, "Row 12 has another plot");
}

static void reason_of_another_error(void **state) {
  (void)state;
  err why, e;
  err_set(&why, ERR_STORE, "f", "磁盘已满", "The disk is full");
  err_set(&e, ERR_NOT_ALLOWED, why.where, "撤销：%s", "Undone: %s", LABEL(why));
  assert_string_equal(e.where, "f");
  assert_string_equal(e.zh, "撤销：磁盘已满");
  assert_string_equal(e.en, "Undone: The disk is full");
}

static void nobody_wants_the_error(void **state) {
  (void)state;
  assert_false(err_set(NULL, ERR_INTERNAL, NULL, "%s", "%s", LABEL(land)));
  assert_false(err_memory(NULL));
  assert_false(err_within(NULL, "file"));
}

/* Each text is cut by itself, after its last whole character. */
static void long_texts_are_cut_at_a_character(void **state) {
  (void)state;
  char zh[ERR_TEXT_MAX + 60], en[ERR_TEXT_MAX + 60], place[ERR_WHERE_MAX + 60];
  for (size_t shift = 0; shift < 3; shift++) {
    memset(zh, 'x', shift);
    zh[shift] = 0;
    while (strlen(zh) + 3 < sizeof zh) strcat(zh, "田");
    memset(place, 'p', shift);
    place[shift] = 0;
    while (strlen(place) + 3 < sizeof place) strcat(place, "行");
    memset(en, 'e', sizeof en - 1);
    en[sizeof en - 1] = 0;
    err e;
    err_set(&e, ERR_BAD_INPUT, place, "%s。", "%s.", ZH_EN(zh, en));
    assert_true(text_valid_utf8(text_of(e.zh)));
    assert_int_equal(strlen(e.zh), shift + (ERR_TEXT_MAX - 1 - shift) / 3 * 3);
    assert_memory_equal(e.zh, zh, strlen(e.zh));
    assert_int_equal(strlen(e.en), ERR_TEXT_MAX - 1);
    assert_true(text_valid_utf8(text_of(e.where)));
    assert_int_equal(strlen(e.where), shift + (ERR_WHERE_MAX - 1 - shift) / 3 * 3);
  }
}

/* The arguments of the second sentence are evaluated after the first is made. */
static void errno_holds_for_both_sentences(void **state) {
  (void)state;
  err e;
  char reason[200];
  snprintf(reason, sizeof reason, "%s", strerror(ENOSPC));
  errno = ENOSPC;
  err_set(&e, ERR_STORE, "p", "%s", "%s", strerror(errno));
  assert_string_equal(e.zh, reason);
  assert_string_equal(e.en, reason);
  assert_int_equal(errno, ENOSPC);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(label_in_the_language_of_the_sentence),
      cmocka_unit_test(two_texts_and_plain_arguments),
      cmocka_unit_test(another_order_in_the_other_language),
      cmocka_unit_test(reason_of_another_error),
      cmocka_unit_test(nobody_wants_the_error),
      cmocka_unit_test(long_texts_are_cut_at_a_character),
      cmocka_unit_test(errno_holds_for_both_sentences),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
