/* totp.h — one-time codes of a telephone's authenticator app (RFC 6238): HMAC-SHA-1 by OpenSSL over
 * the number of the half minute, six digits. SHA-1 because that is what such apps know; as a keyed
 * hash it is sound. */
#ifndef JISHI_BASE_TOTP_H
#define JISHI_BASE_TOTP_H

#include <stdint.h>

#include "base/text.h"

enum {
  TOTP_SECRET_BYTES = 20,
  TOTP_SECRET_CHARS = 32, /* as base32 */
  TOTP_DIGITS = 6,
  TOTP_STEP_SECONDS = 30,
  TOTP_RECOVERY_CODES = 10,
  TOTP_RECOVERY_CHARS = 14
};

bool totp_secret(uint8_t ret[TOTP_SECRET_BYTES]); /* false: no random bytes were to be had */
void totp_secret_write(const uint8_t secret[TOTP_SECRET_BYTES], char ret[TOTP_SECRET_CHARS + 1]);
/* "otpauth://totp/…", which apps read from a QR sign. */
bool totp_address(const char secret[TOTP_SECRET_CHARS + 1], text login, buf *out);

bool totp_code(const uint8_t secret[TOTP_SECRET_BYTES], int64_t step, char ret[TOTP_DIGITS + 1]);
/* The step whose code it is: that of now, the one before or after it, since telephones' clocks
 * differ. Blanks do not matter. 0: none. */
int64_t totp_step_of(const uint8_t secret[TOTP_SECRET_BYTES], text code, int64_t now_ms);

/* What lets in once without the telephone: letters and digits in groups of four. */
void totp_recovery_code(char ret[TOTP_RECOVERY_CHARS + 1]);

#endif
