/* password_ask.h — a password from a person: asked twice on a terminal without showing it, one line
 * of standard input otherwise, or made here. Never from the command line, where the shell's history
 * and every process list would keep it. */
#ifndef JISHI_CLI_PASSWORD_ASK_H
#define JISHI_CLI_PASSWORD_ASK_H

#include "base/err.h"
#include "base/key_file.h"
#include "base/password.h"
#include "base/password_rules.h"

typedef struct asked_password {
  char clear[PASSWORD_MAX_BYTES + 2];
  char hash[PASSWORD_HASH_BYTES];
} asked_password;
/* Checked and hashed. `generate`: made here. */
bool password_ask(bool generate, const password_rules *rules, asked_password *ret, err *e);
/* Of a key file (base/key_file.h), on a terminal only: standard input may hold something else. */
bool passphrase_ask(const char *path, bool fresh, char ret[KEY_PASSPHRASE_BYTES], err *e);

#endif
