#include "base/password.h"

#include "base/hash.h"

#include <sodium.h>
#include <stdint.h>

/* OWASP's second recommendation for argon2id: 19 MiB, two passes; one laptop must stay usable. */
enum { PASSES = 2, MEMORY_BYTES = 19 << 20 };

bool password_hash(text password, char ret[PASSWORD_HASH_BYTES], err *e) {
  if (!text_valid_utf8(password) || text_has_nul(password))
    return err_set(e, ERR_BAD_INPUT, "password", "密码里有不能用的字符。",
                   "The password holds characters that cannot be used.");
  if (!password.bytes || text_points(password) > PASSWORD_MAX)
    return err_set(e, ERR_BAD_INPUT, "password", "密码要 1 到 %d 个字符。",
                   "A password has 1 to %d characters.", PASSWORD_MAX);
  if (sodium_init() < 0 ||
      crypto_pwhash_str(ret, password.at, password.bytes, PASSES, MEMORY_BYTES) != 0)
    return err_memory(e);
  return true;
}

bool password_check(text password, const char *hash) {
  return password.bytes <= PASSWORD_MAX_BYTES && sodium_init() >= 0 &&
         crypto_pwhash_str_verify(hash, password.at, password.bytes) == 0;
}

void password_check_nobody(text password) {
  char ignored[PASSWORD_HASH_BYTES];
  if (sodium_init() < 0) return;
  size_t bytes = password.bytes > PASSWORD_MAX_BYTES ? 0 : password.bytes;
  if (crypto_pwhash_str(ignored, password.at, bytes, PASSES, MEMORY_BYTES) != 0) return;
}

static const char letters[] = "abcdefghjkmnpqrstuvwxyz23456789";

void password_derive(text secret, text name, char ret[20]) {
  text parts[] = {TEXT("first password"), secret, name};
  hash h = hash_of(parts, 3);
  for (size_t i = 0, from = 0; i < 19; i++) {
    unsigned n = (unsigned)h.b[from % HASH_BYTES] << 8 | h.b[(from + 1) % HASH_BYTES];
    ret[i] = i % 5 == 4 ? '-' : letters[n % (sizeof letters - 1)];
    if (i % 5 != 4) from += 2;
  }
  ret[19] = 0;
}

void password_generate(char ret[20]) {
  ret[0] = 0;
  if (sodium_init() < 0) return;
  for (int i = 0; i < 19; i++)
    ret[i] = i % 5 == 4 ? '-' : letters[randombytes_uniform(sizeof letters - 1)];
  ret[19] = 0;
}

bool secret_bytes(void *to, size_t bytes) {
  if (sodium_init() < 0) return false;
  randombytes_buf(to, bytes);
  return true;
}

void secret_token(char ret[44]) {
  uint8_t random[32];
  ret[0] = 0; /* without random bytes no token, and no session, is made */
  if (sodium_init() < 0) return;
  randombytes_buf(random, sizeof random);
  sodium_bin2base64(ret, 44, random, sizeof random, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}
