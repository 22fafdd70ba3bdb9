#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/totp.h"

static const uint8_t of_the_rfc[] = "12345678901234567890";

/* RFC 6238, appendix B: the last six of its eight digits. */
static void makes_the_codes_of_the_rfc(void **state) {
  (void)state;
  static const struct {
    int64_t at;
    const char *code;
  } cases[] = {{59, "287082"},         {1111111109, "081804"}, {1111111111, "050471"},
               {1234567890, "005924"}, {2000000000, "279037"}, {20000000000, "353130"}};
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    char code[TOTP_DIGITS + 1];
    assert_true(totp_code(of_the_rfc, cases[i].at / TOTP_STEP_SECONDS, code));
    assert_string_equal(code, cases[i].code);
  }
}

static void writes_base32(void **state) {
  (void)state;
  char written[TOTP_SECRET_CHARS + 1];
  totp_secret_write(of_the_rfc, written);
  assert_string_equal(written, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  AUTO_BUF buf b = {0};
  assert_true(totp_address(written, TEXT("li a"), &b));
  assert_string_equal(b.at, "otpauth://totp/Jishi:li%20a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                            "&issuer=Jishi");
}

static int64_t step_of(const char *code, int64_t at) {
  return totp_step_of(of_the_rfc, text_of(code), at * 1000);
}

static void takes_the_half_minute_before_and_after(void **state) {
  (void)state;
  for (int64_t away = -2; away <= 2; away++)
    assert_int_equal(step_of("005924", 1234567890 + away * TOTP_STEP_SECONDS),
                     away >= -1 && away <= 1 ? 1234567890 / TOTP_STEP_SECONDS : 0);
  assert_int_not_equal(step_of(" 005 924", 1234567890), 0);
  static const char *const none[] = {"", "5924", "0059240", "00592a", "005925", "０05924"};
  for (size_t i = 0; i < sizeof none / sizeof *none; i++)
    assert_int_equal(step_of(none[i], 1234567890), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(makes_the_codes_of_the_rfc),
      cmocka_unit_test(writes_base32),
      cmocka_unit_test(takes_the_half_minute_before_and_after),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
