#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/ident.h"

#include <string.h>

static day today(void) {
  day d = DAY_NONE;
  assert_true(day_from_ymd(2026, 11, 23, &d));
  return d;
}

static void resident_ids(void **state) {
  (void)state;
  static const struct {
    const char *s, *id;
  } good[] = {{"11010519491231002X", "11010519491231002X"},
              {" 110105 19491231 002x\n", "11010519491231002X"},
              {"１１０１０５１９４９１２３１００２ｘ", "11010519491231002X"},
              {"110105\u200B19491231002X\u200E", "11010519491231002X"},
              {"'11010519491231002X", "11010519491231002X"},
              {"11010519491231002×", "11010519491231002X"},
              {"11010519491231002Х", "11010519491231002X"}, /* Cyrillic */
              {"000000190001010009", "000000190001010009"},
              {"000000199912319999", "000000199912319999"}};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    char id[19];
    err e = {0};
    if (!resident_id_check(text_of(good[i].s), today(), id, &e))
      fail_msg("%s: %s", good[i].s, e.en);
    assert_string_equal(id, good[i].id);
  }
}

static void documents(void **state) {
  (void)state;
  static const struct {
    const char *s, *kept; /* NULL: refused */
  } all[] = {{"e1234 5678", "E12345678"},
             {"ＧＢＲ110090122413", "GBR110090122413"},
             {"11010519491231002x", "11010519491231002X"},
             {"110105194912310021", NULL}, /* shaped like a resident's, and no such */
             {"110105491231002", NULL},
             {"A1", NULL},
             {"E123-456号", NULL}};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
    char out[25];
    err e;
    bool good = document_check(text_of(all[i].s), today(), out, &e);
    assert_int_equal(good, all[i].kept != NULL);
    if (good) assert_string_equal(out, all[i].kept);
  }
}

static void other_resident_ids(void **state) {
  (void)state;
  static const struct {
    const char *s, *says;
  } bad[] = {{"", "18 characters"},
             {"11010519491231002", "18 characters"},
             {"11010519491231002XX", "18 characters"},
             {"110105194912310021", "fails its check"},
             {"110150194912310020", "fails its check"},
             {"11010519491231O02X", "17 digits"},
             {"X1010519491231002X", "17 digits"},
             {"11010519491231002Y", "17 digits"},
             {"110105194913310020", "no birth date"},
             {"110105190002290020", "no birth date"},
             {"110105189912310020", "no birth date"},
             {"110105202712310020", "future"},
             {"110105491231002", "15 digits"},
             {"11010519491231002\xFF", "18 characters"},
             {"一一〇一〇五", "U+4E00"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char id[19] = "untouched";
    err e = {0};
    assert_false(resident_id_check(text_of(bad[i].s), today(), id, &e));
    assert_string_equal(id, "untouched");
    assert_int_equal(e.code, ERR_BAD_INPUT);
    if (!strstr(e.en, bad[i].says)) fail_msg("%s: %s", bad[i].s, e.en);
  }
}

/* Any single wrong digit and any swap of neighbours must be caught; that is what the check is for.
 */
static void check_catches_slips(void **state) {
  (void)state;
  char id[19], out[19];
  for (int i = 0; i < 17; i++)
    for (char c = '0'; c <= '9'; c++) {
      memcpy(id, "11010519491231002X", 19);
      if (id[i] == c) continue;
      id[i] = c;
      assert_false(resident_id_check(text_of(id), today(), out, NULL));
    }
  for (int i = 0; i < 16; i++) {
    memcpy(id, "11010519491231002X", 19);
    if (id[i] == id[i + 1]) continue;
    id[i] = id[i + 1];
    id[i + 1] = "11010519491231002X"[i];
    assert_false(resident_id_check(text_of(id), today(), out, NULL));
  }
}

static void credit_codes(void **state) {
  (void)state;
  static const char *const good[] = {"91000000000000000K", "92000000MA0000000K",
                                     " 92000000ma0000000k "};
  char code[19];
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!credit_code_check(text_of(good[i]), code, NULL)) fail_msg("refused %s", good[i]);
  assert_string_equal(code, "92000000MA0000000K");
  static const struct {
    const char *s, *says;
  } bad[] = {{"", "18 characters"},
             {"91000000000000000L", "fails its check"},
             {"92000000MA0000001K", "fails its check"},
             {"92000000MO0000000K", "Character 10 "},
             {"9200000-MA0000000K", "Character 8 "},
             {"370800600000001", "15 digits"},
             {"92000000MA0000000KK", "18 characters"}};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    err e = {0};
    assert_false(credit_code_check(text_of(bad[i].s), code, &e));
    if (!strstr(e.en, bad[i].says)) fail_msg("%s: %s", bad[i].s, e.en);
  }
}

static void disability_cards(void **state) {
  (void)state;
  static const char *const good[] = {"11010519491231002X", "11010519491231002X11",
                                     "11010519491231002x74", "11010519491231002X43B1"};
  char card[23];
  for (size_t i = 0; i < sizeof good / sizeof *good; i++)
    if (!disability_card_check(text_of(good[i]), today(), card, NULL))
      fail_msg("refused %s", good[i]);
  assert_string_equal(card, "11010519491231002X43B1");
  static const char *const bad[] = {"",
                                    "11010519491231002X1",
                                    "11010519491231002X01",
                                    "11010519491231002X81",
                                    "11010519491231002X10",
                                    "11010519491231002X15",
                                    "11010519491231002111",
                                    "11010519491231002X43B-",
                                    "11010519491231002X43B12"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    err e = {0};
    if (disability_card_check(text_of(bad[i]), today(), card, &e)) fail_msg("accepted %s", bad[i]);
    assert_int_equal(e.code, ERR_BAD_INPUT);
  }
}

static void phones(void **state) {
  (void)state;
  static const struct {
    const char *s, *out;
  } good[] = {{"13800000000", "13800000000"},       {"138 0000 0000", "13800000000"},
              {"138-0000-0000", "13800000000"},     {"+86 13800000000", "13800000000"},
              {"１３８00000000", "13800000000"},    {"0537-2345678", "0537-2345678"},
              {"05372345678", "0537-2345678"},      {"(0537) 2345678", "0537-2345678"},
              {"010-62345678", "010-62345678"},     {"02162345678", "021-62345678"},
              {"（0537）82345678", "0537-82345678"}};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    char out[16];
    if (!phone_check(text_of(good[i].s), out, NULL)) fail_msg("refused %s", good[i].s);
    assert_string_equal(out, good[i].out);
  }
  static const char *const bad[] = {"",
                                    "1380000000",
                                    "138000000000",
                                    "23800000000",
                                    "2345678",
                                    "0537-234567",
                                    "0537-123456789",
                                    "0037-2345678",
                                    "1380000000x",
                                    "电话",
                                    "0",
                                    "00",
                                    "0537-1234567"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char out[16];
    err e = {0};
    if (phone_check(text_of(bad[i]), out, &e)) fail_msg("accepted %s", bad[i]);
    assert_int_equal(e.code, ERR_BAD_INPUT);
  }
}

static void area_codes(void **state) {
  (void)state;
  static const struct {
    const char *s, *code, *parent, *hi;
    area_level level;
  } good[] = {{"37", "370000000000", "370000000000", "379999999999", AREA_PROVINCE},
              {"3708", "370800000000", "370000000000", "370899999999", AREA_CITY},
              {"370871", "370871000000", "370800000000", "370871999999", AREA_COUNTY},
              {"370871001", "370871001000", "370871000000", "370871001999", AREA_TOWN},
              {"370871001005", "370871001005", "370871001000", "370871001005", AREA_VILLAGE},
              {"441900003000", "441900003000", "441900000000", "441900003999", AREA_TOWN},
              {"370810000000", "370810000000", "370800000000", "370810999999", AREA_COUNTY}};
  for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
    char code[13], parent[13], lo[13], hi[13];
    assert_true(area_code_check(text_of(good[i].s), code, NULL));
    assert_string_equal(code, good[i].code);
    assert_int_equal(area_code_level(code), good[i].level);
    area_code_parent(code, parent);
    assert_string_equal(parent, good[i].parent);
    area_code_range(code, lo, hi);
    assert_string_equal(lo, good[i].code);
    assert_string_equal(hi, good[i].hi);
  }
  static const char *const bad[] = {
      "", "3", "370", "37087", "3708710", "37087100100", "3708710010051", "37087a", "000000000000"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    char code[13];
    err e = {0};
    if (area_code_check(text_of(bad[i]), code, &e)) fail_msg("accepted %s", bad[i]);
    assert_int_equal(e.code, ERR_BAD_INPUT);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(resident_ids),
      cmocka_unit_test(documents),
      cmocka_unit_test(other_resident_ids),
      cmocka_unit_test(check_catches_slips),
      cmocka_unit_test(credit_codes),
      cmocka_unit_test(disability_cards),
      cmocka_unit_test(phones),
      cmocka_unit_test(area_codes),
  };
  return cmocka_run_group_tests_name("base.ident", tests, NULL, NULL);
}
