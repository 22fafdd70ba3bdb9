#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/key_file.h"
#include "base/seal.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static seal_key counted(uint8_t from) {
  seal_key k;
  for (size_t i = 0; i < sizeof k.cipher; i++) k.cipher[i] = (uint8_t)(from + i);
  for (size_t i = 0; i < sizeof k.hash; i++) k.hash[i] = (uint8_t)(from + 64 + i);
  return k;
}

/* draft-irtf-cfrg-xchacha-03, A.3.1. */
static void opens_what_the_draft_sealed(void **state) {
  (void)state;
  static const char words[] = "Ladies and Gentlemen of the class of '99: If I could offer you only "
                              "one tip for the future, sunscreen would be it.";
  static const char hex[] = "404142434445464748494a4b4c4d4e4f5051525354555657"
                            "bd6d179d3e83d43b9576579493c0e939572a1700252bfaccbed2902c21396cbb"
                            "731c7f1b0b4aa6440bf3a82f4eda7e39ae64c6708c54c216cb96b72e1213b452"
                            "2f8c9ba40db5d945b11b69b982c1bb9e3f3fac2bc369488f76b2383565d3fff9"
                            "21f9664c97637da9768812f615c68b13b52e"
                            "c0875924c1c7987947deafd8780acf49";
  static const char context[] = "\x50\x51\x52\x53\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7";
  uint8_t sealed[sizeof hex / 2], plain[sizeof words];
  size_t n = 0;
  seal_key k = counted(0x80);
  assert_int_equal(sodium_hex2bin(sealed, sizeof sealed, hex, sizeof hex - 1, NULL, &n, NULL), 0);
  assert_int_equal(n, sizeof words - 1 + SEAL_MORE_BYTES);
  assert_true(seal_open(&k, (text){context, 12}, (text){(char *)sealed, n}, plain));
  assert_memory_equal(plain, words, sizeof words - 1);
}

static void what_was_altered_does_not_open(void **state) {
  (void)state;
  seal_key k = counted(1), other = counted(2);
  text context = TEXT("phone"), value = TEXT("13800000000");
  uint8_t sealed[11 + SEAL_MORE_BYTES], again[sizeof sealed], plain[11];
  text view = {(char *)sealed, sizeof sealed};
  seal_close(&k, context, value, sealed);
  seal_close(&k, context, value, again);
  assert_memory_equal(sealed, again, sizeof sealed); /* a replay makes the same bytes */
  assert_true(seal_open(&k, context, view, plain));
  assert_memory_equal(plain, value.at, value.bytes);
  assert_false(seal_open(&other, context, view, plain));
  assert_false(seal_open(&k, TEXT("phony"), view, plain));
  assert_false(seal_open(&k, context, (text){(char *)sealed, sizeof sealed - 1}, plain));
  assert_false(seal_open(&k, context, TEXT("short"), plain));
  for (size_t i = 0; i < sizeof sealed; i++) {
    sealed[i] ^= 1;
    assert_false(seal_open(&k, context, view, plain));
    sealed[i] ^= 1;
  }
  seal_close(&k, context, TEXT("13800000001"), again);
  assert_memory_not_equal(sealed, again, 24); /* another value, another nonce */
  seal_close(&k, context, TEXT(""), again);
  assert_true(seal_open(&k, context, (text){(char *)again, SEAL_MORE_BYTES}, plain));
}

static void an_index_is_of_key_context_and_value(void **state) {
  (void)state;
  seal_key k = counted(1), other = counted(2);
  uint8_t a[SEAL_INDEX_BYTES], b[SEAL_INDEX_BYTES];
  seal_index(&k, TEXT("ab"), TEXT("c"), a);
  seal_index(&k, TEXT("ab"), TEXT("c"), b);
  assert_memory_equal(a, b, sizeof a);
  seal_index(&k, TEXT("a"), TEXT("bc"), b);
  assert_memory_not_equal(a, b, sizeof a);
  seal_index(&other, TEXT("ab"), TEXT("c"), b);
  assert_memory_not_equal(a, b, sizeof a);
}

static void any_bytes_are_text_and_back(void **state) {
  (void)state;
  uint8_t bytes[70], back[80];
  char coded[100];
  for (size_t n = 0; n <= sizeof bytes; n++) {
    size_t got = 0;
    for (size_t i = 0; i < n; i++) bytes[i] = (uint8_t)(i * 37 + n);
    seal_code(bytes, n, coded);
    assert_true(seal_decode((text){coded, seal_coded_bytes(n)}, back, &got));
    assert_int_equal(got, n);
    assert_memory_equal(bytes, back, n);
  }
  size_t got;
  assert_false(seal_decode(TEXT("a b="), back, &got));
  assert_false(seal_decode(TEXT("A"), back, &got));
  assert_false(seal_decode(TEXT("AB"), back, &got)); /* bits that belong to no byte */
}

static char folder[] = "/tmp/jishi-test-keys-XXXXXX";
static char path[100];

static void a_key_file_is_made_read_and_renewed(void **state) {
  (void)state;
  err e = {0};
  key_number one, same, two;
  seal_key first, again, fresh;
  struct stat st;
  unlink(path);
  assert_true(key_file_make(path, false, &one, &e));
  assert_int_equal(stat(path, &st), 0);
  assert_int_equal(st.st_mode & 0777, 0600);
  assert_true(key_file_find(path, &one, &first, &e));
  assert_true(key_file_make(path, false, &same, &e)); /* what is there is used */
  assert_memory_equal(&one, &same, sizeof one);
  assert_true(key_file_renew(path, &two, &e));
  assert_memory_not_equal(&one, &two, sizeof one);
  key_file_forget();
  assert_true(key_file_find(path, &one, &again, &e) && key_file_find(path, &two, &fresh, &e));
  assert_memory_equal(&first, &again, sizeof first);
  assert_memory_not_equal(&first, &fresh, sizeof first);
  assert_true(key_file_drop(path, &e));
  key_file_forget();
  assert_false(key_file_find(path, &one, &again, &e));
  assert_non_null(strstr(e.en, "another place's"));
  assert_true(key_file_find(path, &two, &again, &e));
  assert_memory_equal(&fresh, &again, sizeof fresh);
}

static const char *typed;
static bool answer_typed(const char *of, bool fresh, char ret[KEY_PASSPHRASE_BYTES], err *e) {
  (void)of, (void)fresh, (void)e;
  snprintf(ret, KEY_PASSPHRASE_BYTES, "%s", typed);
  return true;
}

static void a_passphrase_wraps_it(void **state) {
  (void)state;
  err e = {0};
  key_number n;
  seal_key key, again;
  unlink(path);
  key_file_asker(answer_typed);
  typed = "horse battery staple";
  assert_true(key_file_make(path, true, &n, &e) && key_file_find(path, &n, &key, &e));
  key_file_forget();
  typed = "horse battery stable";
  assert_false(key_file_find(path, &n, &again, &e));
  assert_string_equal(e.zh, "密钥文件的口令不对。");
  typed = "horse battery staple";
  assert_true(key_file_find(path, &n, &again, &e));
  assert_memory_equal(&key, &again, sizeof key);
  /* Read again for a key that another program may have put in: nobody is asked. */
  key_number unknown = {{7}};
  typed = "horse battery stable";
  assert_false(key_file_find(path, &unknown, &again, &e));
  assert_int_equal(e.code, ERR_STORE);
  key_file_forget();
}

static void what_is_no_key_file_is_told(void **state) {
  (void)state;
  static const char *const bad[] = {"", "hello\n", "key 00 plain AAAA\n",
                                    "key 0011223344556677 plain AAAA\n",
                                    "key 0011223344556677 argon2id 3 65536 AA AA\n"};
  err e = {0};
  key_number n = {{9}};
  seal_key key;
  unlink(path);
  assert_false(key_file_find(path, &n, &key, &e));
  assert_non_null(strstr(e.en, "is not there"));
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_true(fputs(bad[i], f) >= 0 && fclose(f) == 0);
    assert_false(key_file_find(path, &n, &key, &e));
    assert_int_equal(e.code, ERR_BAD_FILE);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(opens_what_the_draft_sealed),
      cmocka_unit_test(what_was_altered_does_not_open),
      cmocka_unit_test(an_index_is_of_key_context_and_value),
      cmocka_unit_test(any_bytes_are_text_and_back),
      cmocka_unit_test(a_key_file_is_made_read_and_renewed),
      cmocka_unit_test(a_passphrase_wraps_it),
      cmocka_unit_test(what_is_no_key_file_is_told),
  };
  if (!mkdtemp(folder)) return 1;
  snprintf(path, sizeof path, "%s/x.key", folder);
  int failed = cmocka_run_group_tests(tests, NULL, NULL);
  unlink(path);
  rmdir(folder);
  return failed;
}
