#include "base/totp.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "base/password.h"

bool totp_secret(uint8_t ret[TOTP_SECRET_BYTES]) {
  return secret_bytes(ret, TOTP_SECRET_BYTES);
}

void totp_secret_write(const uint8_t secret[TOTP_SECRET_BYTES], char ret[TOTP_SECRET_CHARS + 1]) {
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"; /* RFC 4648 */
  for (size_t i = 0; i < TOTP_SECRET_CHARS; i++) {
    size_t bit = 5 * i, at = bit / 8;
    unsigned two = (unsigned)secret[at] << 8 | (at + 1 < TOTP_SECRET_BYTES ? secret[at + 1] : 0);
    ret[i] = letters[two >> (11 - bit % 8) & 31];
  }
  ret[TOTP_SECRET_CHARS] = 0;
}

bool totp_address(const char secret[TOTP_SECRET_CHARS + 1], text login, buf *out) {
  buf_str(out, "otpauth://totp/Jishi:");
  for (size_t i = 0; i < login.bytes; i++) {
    unsigned char c = (unsigned char)login.at[i];
    bool as_is = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    if (as_is)
      buf_char(out, (char)c);
    else
      buf_printf(out, "%%%02X", c);
  }
  buf_printf(out, "?secret=%s&issuer=Jishi", secret);
  return buf_ok(out);
}

bool totp_code(const uint8_t secret[TOTP_SECRET_BYTES], int64_t step, char ret[TOTP_DIGITS + 1]) {
  uint8_t message[8], mac[EVP_MAX_MD_SIZE];
  unsigned bytes = 0;
  for (int k = 0; k < 8; k++) message[k] = (uint8_t)((uint64_t)step >> (56 - 8 * k));
  if (!HMAC(EVP_sha1(), secret, TOTP_SECRET_BYTES, message, sizeof message, mac, &bytes) ||
      bytes != 20)
    return false;
  const uint8_t *at = mac + (mac[19] & 15); /* RFC 4226, 5.3 */
  uint32_t n = ((uint32_t)at[0] & 127) << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
  snprintf(ret, TOTP_DIGITS + 1, "%06u", (unsigned)(n % 1000000));
  return true;
}

static bool digits_of(text code, char ret[TOTP_DIGITS]) {
  size_t n = 0;
  for (size_t i = 0; i < code.bytes; i++) {
    if (code.at[i] == ' ') continue;
    if (n == TOTP_DIGITS || code.at[i] < '0' || code.at[i] > '9') return false;
    ret[n++] = code.at[i];
  }
  return n == TOTP_DIGITS;
}

int64_t totp_step_of(const uint8_t secret[TOTP_SECRET_BYTES], text code, int64_t now_ms) {
  char given[TOTP_DIGITS], right[TOTP_DIGITS + 1];
  int64_t now = now_ms / 1000 / TOTP_STEP_SECONDS, found = 0;
  if (!digits_of(code, given)) return 0;
  for (int64_t step = now - 1; step <= now + 1; step++)
    if (totp_code(secret, step, right) && sodium_memcmp(given, right, TOTP_DIGITS) == 0)
      found = step;
  return found;
}

void totp_recovery_code(char ret[TOTP_RECOVERY_CHARS + 1]) {
  char made[20];
  password_generate(made);
  snprintf(ret, TOTP_RECOVERY_CHARS + 1, "%.*s", TOTP_RECOVERY_CHARS, made);
}
