#include "store/head_file.h"

#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

/* One line of fixed length, so that writing it again leaves nothing of the old one. */
enum { SEQ_DIGITS = 20, LINE_BYTES = SEQ_DIGITS + 1 + 2 * HASH_BYTES + 1 };

static bool path_of(const char *location, char ret[4200], err *e) {
  int n = snprintf(ret, 4200, "%s/jishi.db-head", location);
  return (n > 0 && n < 4200) || err_set(e, ERR_USAGE, NULL, "数据位置的名字太长。",
                                        "The name of the location is too long.");
}

static bool say_file(const char *path, err *e) {
  return err_set(e, ERR_STORE, path, "数据目录里的 jishi.db-head 打不开（%s）。请检查磁盘和权限。",
                 "jishi.db-head in the data folder cannot be opened (%s). Check disk and "
                 "permissions.",
                 strerror(errno));
}

bool head_file_open(head_file *h, const char *location, bool make, err *e) {
  char path[4200];
  h->file = -1;
  if (db_is_url(location)) return true;
  if (!path_of(location, path, e)) return false;
  h->file = open(path, O_RDWR | O_CLOEXEC | (make ? O_CREAT : 0), 0600);
  return h->file >= 0 || (!make && errno == ENOENT) || say_file(path, e);
}

void head_file_close(head_file *h) {
  if (h->file >= 0) close(h->file);
  h->file = -1;
}

void head_file_note(const head_file *h, int64_t seq, const hash *link) {
  char line[LINE_BYTES + 1], hex[2 * HASH_BYTES + 1];
  if (h->file < 0) return;
  hash_format(link, hex);
  snprintf(line, sizeof line, "%0*lld %s\n", SEQ_DIGITS, (long long)seq, hex);
  /* A note that lags behind the database does no harm: it only proves less. */
  if (pwrite(h->file, line, LINE_BYTES, 0) != LINE_BYTES)
    log_event(LOG_WARN, "head_not_noted", log_int("seq", seq));
}

bool head_file_read(const char *location, bool *ret_there, int64_t *ret_seq, hash *ret_link,
                    err *e) {
  char path[4200], line[LINE_BYTES + 1] = "";
  *ret_there = false;
  if (!path_of(location, path, e)) return false;
  int f = open(path, O_RDONLY | O_CLOEXEC);
  if (f < 0) return errno == ENOENT || say_file(path, e);
  ssize_t got = read(f, line, LINE_BYTES);
  close(f);
  text digits = {line, SEQ_DIGITS};
  *ret_there = got == LINE_BYTES && text_to_int(digits, ret_seq) &&
               sodium_hex2bin(ret_link->b, HASH_BYTES, line + SEQ_DIGITS + 1, 2 * HASH_BYTES, NULL,
                              NULL, NULL) == 0;
  return true; /* one that cannot be read is as none */
}
