#include "base/password_rules.h"

#include "base/password.h"

#include <ctype.h>
#include <string.h>

static const char *const pieces[] = {
#define PIECE(word) word,
#include "base/password_common.def"
#undef PIECE
};

enum { RUN_LEAST = 3, KNOWN_LEAST = 3, UNIT_MOST = 6 };

/* ---- what can be foretold, from `at` on: bytes ---- */

static size_t word_at(text rest) {
  size_t best = 0;
  for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
    size_t n = strlen(pieces[i]);
    if (n > best && n <= rest.bytes && memcmp(rest.at, pieces[i], n) == 0) best = n;
  }
  return best;
}

/* aaaa, 1234, dcba: steps of 0, 1 or -1. */
static size_t run_at(text rest) {
  size_t best = 0;
  for (int step = -1; step <= 1; step++) {
    size_t n = 1;
    while (n < rest.bytes && isalnum((unsigned char)rest.at[n]) &&
           rest.at[n] - rest.at[n - 1] == step)
      n++;
    if (n > best) best = n;
  }
  return best >= RUN_LEAST ? best : 0;
}

static size_t year_at(text rest) {
  bool century =
      rest.bytes >= 4 && (memcmp(rest.at, "19", 2) == 0 || memcmp(rest.at, "20", 2) == 0);
  return century && isdigit((unsigned char)rest.at[2]) && isdigit((unsigned char)rest.at[3]) ? 4
                                                                                             : 0;
}

static size_t known_at(text rest, text known) {
  if (known.bytes < KNOWN_LEAST || known.bytes > rest.bytes) return 0;
  for (size_t i = 0; i < known.bytes; i++)
    if (tolower((unsigned char)known.at[i]) != (unsigned char)rest.at[i]) return 0;
  return known.bytes;
}

static size_t longer(size_t a, size_t b) {
  return a > b ? a : b;
}

static size_t foretold(const password_rules *r, text rest) {
  size_t n = longer(longer(word_at(rest), run_at(rest)), year_at(rest));
  return longer(n, longer(known_at(rest, r->login),
                          longer(known_at(rest, r->name), known_at(rest, r->county))));
}

/* ---- what is left ---- */

/* `meant` is the same with letters in place of the signs that stand for them. */
static size_t left_of(const password_rules *r, text word, const char *meant) {
  size_t left = 0;
  for (size_t at = 0; at < word.bytes;) {
    size_t n = longer(foretold(r, (text){word.at + at, word.bytes - at}),
                      foretold(r, (text){meant + at, word.bytes - at}));
    if (n) {
      at += n;
    } else {
      left++;
      text_next(word, &at);
    }
  }
  return left;
}

static char unmasked(char c) {
  static const char from[] = "@0$5!3471", to[] = "aossieati";
  const char *at = c ? strchr(from, c) : NULL;
  return at ? to[at - from] : c;
}

/* "abc-abc-abc-": as good as "abc-". */
static bool repeats(text word) {
  for (size_t n = 1; n <= UNIT_MOST && 2 * n <= word.bytes; n++)
    if (memcmp(word.at, word.at + n, word.bytes - n) == 0) return true;
  return false;
}

bool password_rules_check(const password_rules *r, text password, err *e) {
  char plain[PASSWORD_MAX_BYTES], read[PASSWORD_MAX_BYTES];
  if (text_points(password) < (size_t)r->length || password.bytes > sizeof plain)
    return err_set(e, ERR_BAD_INPUT, "password", "密码要 %d 到 %d 个字符。可以用一句话。",
                   "A password has %d to %d characters; a whole sentence is fine.", (int)r->length,
                   PASSWORD_MAX);
  for (size_t i = 0; i < password.bytes; i++) {
    plain[i] = (char)tolower((unsigned char)password.at[i]);
    read[i] = unmasked(plain[i]);
  }
  text word = {plain, password.bytes};
  if (!repeats(word) && left_of(r, word, read) >= PASSWORD_LEFT) return true;
  return err_set(e, ERR_BAD_INPUT, "password",
                 "这个密码太容易猜到：常用词、连续的字符、年份、登录名、姓名和区县代码都不算数。"
                 "请用几个不相干的词。",
                 "That password is easy to guess: common words, runs, years, the login, the name "
                 "and the county's code count for nothing. Take a few words that have nothing to "
                 "do with each other.");
}
