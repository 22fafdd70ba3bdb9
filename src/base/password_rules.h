/* password_rules.h — whether a password is good enough: long, and not one of those that are tried
 * first. What counts is what is left when common words, keyboard rows, runs, years, and what is
 * known of the officer are taken out; signs that stand for letters (p@ssw0rd) help nobody.
 *
 * No capitals, digits or signs are asked for, and no change after some months: both make passwords
 * that are easier to guess (NIST SP 800-63B, 5.1.1.2). */
#ifndef JISHI_BASE_PASSWORD_RULES_H
#define JISHI_BASE_PASSWORD_RULES_H

#include "base/err.h"
#include "base/text.h"

enum {
  PASSWORD_LENGTH = 12, /* unless the county has set another */
  PASSWORD_LENGTH_LEAST = 8,
  PASSWORD_LENGTH_MOST = 64,
  PASSWORD_LEFT = 4, /* characters that nothing foretells */
};
typedef struct password_rules {
  int64_t length;
  text login, name, county; /* not to be in it; empty: unknown */
} password_rules;
/* ERR_BAD_INPUT at "password". */
bool password_rules_check(const password_rules *r, text password, err *e);

#endif
