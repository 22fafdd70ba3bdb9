/* password.h — passwords as argon2id hashes (libsodium), never in clear anywhere else. */
#ifndef JISHI_BASE_PASSWORD_H
#define JISHI_BASE_PASSWORD_H

#include "base/err.h"
#include "base/text.h"

/* Counted in characters, of which one may take four bytes. */
enum { PASSWORD_HASH_BYTES = 128, PASSWORD_MAX = 128, PASSWORD_MAX_BYTES = 512 };
/* An empty or too long password is ERR_BAD_INPUT; how good it is password_rules.h says. */
bool password_hash(text password, char ret[PASSWORD_HASH_BYTES], err *e);
bool password_check(text password, const char *hash);
/* Takes the time a check takes, for logins that do not exist. */
void password_check_nobody(text password);
/* A first password that can be read out over the telephone: sixteen letters and digits that are not
 * taken for each other, in groups of four. */
void password_generate(char ret[20]);
/* One of the same form that follows from a secret (secret_token) and a name: it is kept nowhere,
 * and whoever has the secret can make it again. */
void password_derive(text secret, text name, char ret[20]);
/* Random bytes; false: none could be had, and nothing may be made of them. */
bool secret_bytes(void *to, size_t bytes);
/* 32 random bytes as 43 characters (base64url) and a NUL. */
void secret_token(char ret[44]);

#endif
