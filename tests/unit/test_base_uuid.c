#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "base/hash.h"
#include "base/uuid.h"

#include <string.h>
#include <unistd.h>

static void uuid_there_and_back(void **state) {
  (void)state;
  uuid u;
  char s[37];
  assert_true(uuid_parse(TEXT("017F22E2-79B0-7CC3-98C4-DC0C0C07398F"), &u));
  uuid_format(&u, s);
  assert_string_equal(s, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  static const char *const bad[] = {"",
                                    "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
                                    "017f22e2-79b0-7cc3-98c4-dc0c0c07398ff",
                                    "017f22e279b07cc398c4dc0c0c07398f",
                                    "017f22e2-79b0-7cc3-98c4-dc0c0c07398g",
                                    "017f22e2279b0-7cc3-98c4-dc0c0c07398f",
                                    "{17f22e2-79b0-7cc3-98c4-dc0c0c07398}"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    if (uuid_parse(text_of(bad[i]), &u)) fail_msg("accepted %s", bad[i]);
  assert_false(uuid_is_nil(&u));
  assert_true(uuid_is_nil(&(uuid){{0}}));
}

/* The example of RFC 9562, appendix A.6. */
static void version_7(void **state) {
  (void)state;
  static const uint8_t random10[] = {0x0C, 0xC3, 0x18, 0xC4, 0xDC, 0x0C, 0x0C, 0x07, 0x39, 0x8F};
  uuid u = uuid_v7(0x017F22E279B0, random10);
  char s[37];
  uuid_format(&u, s);
  assert_string_equal(s, "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  uuid a = uuid_v7_now(), b = uuid_v7_now();
  assert_false(uuid_equal(&a, &b));
  assert_true(a.b[6] >> 4 == 7 && a.b[8] >> 6 == 2);
}

static void derived_is_always_the_same(void **state) {
  (void)state;
  uuid parent;
  assert_true(uuid_parse(TEXT("017f22e2-79b0-7cc3-98c4-dc0c0c07398f"), &parent));
  uuid a = uuid_derived(&parent, TEXT("finding/1")), b = uuid_derived(&parent, TEXT("finding/1"));
  uuid c = uuid_derived(&parent, TEXT("finding/2"));
  assert_true(uuid_equal(&a, &b));
  assert_false(uuid_equal(&a, &c));
  assert_memory_equal(a.b, parent.b, 6);
  assert_true(a.b[6] >> 4 == 8 && a.b[8] >> 6 == 2);
  char s[37]; /* fixed for ever: ids in journals depend on it */
  uuid_format(&a, s);
  assert_string_equal(s, "017f22e2-79b0-8e5f-8a30-276b49bdee67");
}

static void sha256(void **state) {
  (void)state;
  char s[65];
  hash h = hash_of(NULL, 0); /* SHA-256 of nothing, FIPS 180-4 */
  hash_format(&h, s);
  assert_string_equal(s, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  h = hash_of(&TEXT("abc"), 1); /* of 00 00 00 00 00 00 00 03 "abc" */
  hash_format(&h, s);
  assert_string_equal(s, "c3494ca1a2cf8eeb8a11ded316fb55b83c3bbbedb6313cd50415251e5d09e12f");
  hash x = hash_of((text[]){TEXT("ab"), TEXT("c")}, 2),
       y = hash_of((text[]){TEXT("a"), TEXT("bc")}, 2);
  assert_memory_not_equal(x.b, y.b, HASH_BYTES);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(uuid_there_and_back),
      cmocka_unit_test(version_7),
      cmocka_unit_test(derived_is_always_the_same),
      cmocka_unit_test(sha256),
  };
  return cmocka_run_group_tests_name("base.uuid", tests, NULL, NULL);
}
