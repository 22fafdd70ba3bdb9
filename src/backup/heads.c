/* Signed heads. */
#include "backup/heads.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

#define KEY_WORD "jishi-sign-1 "

static bool say_file(const char *file, int why, err *e) {
  return err_set(e, ERR_STORE, file, "这个文件读写不了（%s）。请检查它的位置和权限。",
                 "This file cannot be read or written (%s). Check where it is and its permissions.",
                 strerror(why));
}

static bool write_whole(int f, const char *at, size_t bytes) {
  ssize_t n = write(f, at, bytes);
  if (n >= 0 && (size_t)n != bytes) errno = ENOSPC;
  return n == (ssize_t)bytes && fsync(f) == 0;
}

/* ---- the key ---- */

static bool make_key(const char *file, head_key *k, err *e) {
  char line[sizeof KEY_WORD + 2 * HEAD_SECRET_BYTES + 1];
  crypto_sign_keypair(k->public, k->secret);
  memcpy(line, KEY_WORD, sizeof KEY_WORD);
  sodium_bin2hex(line + sizeof KEY_WORD - 1, 2 * HEAD_SECRET_BYTES + 1, k->secret,
                 sizeof k->secret);
  size_t bytes = strlen(line);
  line[bytes++] = '\n';
  int f = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  bool ok = f >= 0 && write_whole(f, line, bytes);
  int why = errno;
  if (f >= 0 && close(f) != 0 && ok) {
    ok = false;
    why = errno;
  }
  sodium_memzero(line, sizeof line);
  if (ok) return true;
  if (f >= 0) unlink(file);
  return say_file(file, why, e);
}

bool head_key_get(const char *file, head_key *ret, err *e) {
  char line[sizeof KEY_WORD + 2 * HEAD_SECRET_BYTES + 2] = "";
  FILE *f = fopen(file, "re");
  if (!f && errno == ENOENT) return make_key(file, ret, e);
  if (!f) return say_file(file, errno, e);
  bool got = fgets(line, sizeof line, f) != NULL;
  fclose(f);
  bool ok = got && strncmp(line, KEY_WORD, sizeof KEY_WORD - 1) == 0 &&
            sodium_hex2bin(ret->secret, sizeof ret->secret, line + sizeof KEY_WORD - 1,
                           2 * HEAD_SECRET_BYTES, NULL, NULL, NULL) == 0;
  sodium_memzero(line, sizeof line);
  if (!ok)
    return err_set(e, ERR_BAD_FILE, file, "这不是签名用的密钥文件。请写对文件名。",
                   "This is no file of a signing key. Give the right one.");
  crypto_sign_ed25519_sk_to_pk(ret->public, ret->secret);
  return true;
}

void head_key_forget(head_key *k) {
  sodium_memzero(k, sizeof *k);
}

/* ---- signing ---- */

bool head_sign(store *s, const head_key *k, char ret_line[HEAD_LINE_MAX], err *e) {
  county c;
  char link[65], at[30], key[2 * HEAD_PUBLIC_BYTES + 1], sign[2 * crypto_sign_BYTES + 1];
  unsigned char signature[crypto_sign_BYTES];
  if (!store_county_get(s, &c, e)) return false;
  hash_format(&c.link, link);
  instant_format(c.last_at_ms, at);
  sodium_bin2hex(key, sizeof key, k->public, sizeof k->public);
  int n = snprintf(ret_line, HEAD_LINE_MAX, "jishi-head 1 %s %lld %s %s %s", c.code,
                   (long long)c.seq, link, at, key);
  crypto_sign_detached(signature, NULL, (const unsigned char *)ret_line, (unsigned long long)n,
                       k->secret);
  sodium_bin2hex(sign, sizeof sign, signature, sizeof signature);
  snprintf(ret_line + n, HEAD_LINE_MAX - (size_t)n, " %s", sign);
  return true;
}

bool head_append(const char *file, const char *line, err *e) {
  char whole[HEAD_LINE_MAX + 1];
  int n = snprintf(whole, sizeof whole, "%s\n", line);
  int f = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  bool ok = f >= 0 && write_whole(f, whole, (size_t)n);
  int why = errno;
  if (f >= 0 && close(f) != 0 && ok) {
    ok = false;
    why = errno;
  }
  return ok || say_file(file, why, e);
}

bool head_keep(const char *location, const char *key_file, const char *file, int64_t *seq, err *e) {
  head_key key;
  county c;
  char line[HEAD_LINE_MAX];
  store *s = store_open(location, DB_READ, NULL, e);
  bool ok = s && store_county_get(s, &c, e);
  if (ok && c.seq != *seq) {
    ok = head_key_get(key_file, &key, e) && head_sign(s, &key, line, e) &&
         head_append(file, line, e);
    head_key_forget(&key);
  }
  store_close(s);
  if (ok) *seq = c.seq;
  return ok;
}

/* ---- checking ---- */

typedef struct signed_head {
  char county[13], at[31];
  int64_t seq;
  hash link;
  uint8_t key[HEAD_PUBLIC_BYTES];
} signed_head;

static bool hex(text word, uint8_t *ret, size_t bytes) {
  return word.bytes == 2 * bytes &&
         sodium_hex2bin(ret, bytes, word.at, word.bytes, NULL, NULL, NULL) == 0;
}

/* False: it is no signed head, or the signature does not fit. */
static bool read_line(const char *line, signed_head *ret) {
  text rest = text_of(line), w[8];
  uint8_t signature[crypto_sign_BYTES];
  for (int i = 0; i < 8; i++)
    if (!text_next_word(&rest, &w[i])) return false;
  if (rest.bytes || !text_is(w[0], "jishi-head") || !text_is(w[1], "1") || w[2].bytes != 12 ||
      !text_to_int(w[3], &ret->seq) || !hex(w[4], ret->link.b, HASH_BYTES) || w[5].bytes > 30 ||
      !hex(w[6], ret->key, sizeof ret->key) || !hex(w[7], signature, sizeof signature))
    return false;
  snprintf(ret->county, sizeof ret->county, "%.12s", w[2].at);
  snprintf(ret->at, sizeof ret->at, "%.*s", (int)w[5].bytes, w[5].at);
  return crypto_sign_verify_detached(signature, (const unsigned char *)line,
                                     (unsigned long long)(w[7].at - line - 1), ret->key) == 0;
}

static bool hold_to(store *s, const signed_head *h, const char *where, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  entry *x = NULL;
  size_t count = 0;
  if (!a) return err_memory(e);
  if (strcmp(h->county, store_county(s)) != 0)
    return err_set(e, ERR_BAD_FILE, where, "这一行签的是另一个区县（%.6s）。",
                   "This line signs another county (%.6s).", h->county);
  if (h->seq == 0) return true;
  if (!store_journal(s, a, &(journal_query){.after = h->seq - 1, .limit = 1}, &x, &count, e))
    return false;
  if (!count || x->seq != h->seq)
    return err_set(e, ERR_STORE, where, "流水被截短了：%.10s %.8s 签过第 %lld 条，现在没有这一条。",
                   "The journal was cut off: on %.10s at %.8s entry %lld was signed, and it is not "
                   "there.",
                   h->at, h->at + 11, (long long)h->seq);
  return memcmp(&x->link, &h->link, sizeof h->link) == 0 ||
         err_set(
             e, ERR_STORE, where,
             "流水被改写过：第 %lld 条和 %.10s %.8s 签下的不一样，它或它前面的被改动后重新算过封"
             "印。",
             "The journal was rewritten: entry %lld is not the one that was signed on %.10s at "
             "%.8s; it or one before it was altered, and the seals made anew.",
             (long long)h->seq, h->at, h->at + 11);
}

bool heads_check(store *s, const char *file, const uint8_t *only, int64_t *ret_heads, err *e) {
  char line[HEAD_LINE_MAX + 2], where[ERR_WHERE_MAX];
  int64_t number = 0, heads = 0;
  bool ok = true, is_sheet = false;
  FILE *f = fopen(file, "re");
  if (!f) return say_file(file, errno, e);
  while (ok && fgets(line, sizeof line, f)) {
    signed_head h;
    line[strcspn(line, "\r\n")] = 0;
    snprintf(where, sizeof where, "%.150s:%lld", file, (long long)++number);
    is_sheet |= number == 1 && strcmp(line, HEAD_SHEET_BEGINS) == 0;
    if (!line[0] || (is_sheet && strncmp(line, "jishi-head ", 11) != 0)) continue;
    heads++;
    ok = read_line(line, &h)
             ? true
             : err_set(e, ERR_BAD_FILE, where, "这一行的签名不对：它被改动过，或不是签名。",
                       "The signature of this line does not fit: it was altered, or "
                       "is none.");
    if (ok && only && memcmp(only, h.key, sizeof h.key) != 0)
      ok = err_set(e, ERR_BAD_FILE, where, "这一行是用另一把密钥签的。",
                   "This line was signed with another key.");
    ok = ok && hold_to(s, &h, where, e);
  }
  if (ok && ferror(f)) ok = say_file(file, errno, e);
  if (ok && is_sheet && !heads)
    ok = err_set(e, ERR_BAD_FILE, file, "这一页上没有签名。",
                 "There is no signed head on this sheet.");
  fclose(f);
  if (ok) *ret_heads = heads;
  return ok;
}
