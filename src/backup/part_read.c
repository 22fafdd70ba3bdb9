/* Reading a part: chunks opened, lines out. */
#include "backup/part_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 256 << 20 };

struct part_in {
  char *path;
  int file;
  bool sealed, ended;
  part_key key;
  crypto_secretstream_xchacha20poly1305_state stream;
  size_t at, filled; /* of the chunk */
  unsigned char chunk[PART_CHUNK];
  buf line; /* one that does not end in its chunk */
};

bool part_say_read(const char *path, int why, err *e) {
  if (why == ENOENT)
    return err_set(e, ERR_UNKNOWN_NAME, path, "没有这个文件。请看看盘是否插好，名字是否写对。",
                   "There is no such file. See that the disk is plugged in and the name is right.");
  return err_set(e, ERR_STORE, path, "读不出来（%s）。请看看盘是否插好，或换一份备份。",
                 "Cannot be read (%s). See that the disk is plugged in, or take another backup.",
                 strerror(why));
}

static bool say_damaged(const part_in *p, err *e) {
  return err_set(e, ERR_BAD_FILE, p->path, "这一份备份不完整或已损坏，不能用。请换另一份。",
                 "This backup is cut off or damaged and cannot be used. Take another one.");
}

/* As many bytes as there are, up to `room`; -1: told. */
static ssize_t read_up_to(part_in *p, unsigned char *at, size_t room, err *e) {
  size_t got = 0;
  while (got < room) {
    ssize_t n = read(p->file, at + got, room - got);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) {
      part_say_read(p->path, errno, e);
      return -1;
    }
    if (n == 0) break;
    got += (size_t)n;
  }
  return (ssize_t)got;
}

static uint64_t get_number(const unsigned char *at) {
  uint64_t n = 0;
  for (int i = PART_NUMBER_BYTES; i--;) n = n << 8 | at[i];
  return n;
}

static bool begin_sealed(part_in *p, const unsigned char *head, const char *passphrase, err *e) {
  const unsigned char *at = head + sizeof PART_SEALED - 1;
  memcpy(p->key.salt, at, PART_SALT_BYTES);
  at += PART_SALT_BYTES;
  p->key.ops = get_number(at);
  p->key.memory = get_number(at + PART_NUMBER_BYTES);
  at += 2 * PART_NUMBER_BYTES;
  p->sealed = true;
  if (!passphrase)
    return err_set(e, ERR_USAGE, "--passphrase-file",
                   "这份备份是密封的，要用密封时的口令：把口令写在一个文件里，加 "
                   "--passphrase-file 文件。",
                   "This backup is sealed and needs its passphrase: write it into a file and give "
                   "--passphrase-file FILE.");
  return part_key_again(passphrase, &p->key, e) &&
         (crypto_secretstream_xchacha20poly1305_init_pull(&p->stream, at, p->key.stream) == 0 ||
          say_damaged(p, e));
}

static bool open_chunk(part_in *p, const unsigned char *sealed, size_t bytes, bool first, err *e) {
  unsigned long long clear = 0;
  unsigned char tag = 0;
  if (crypto_secretstream_xchacha20poly1305_pull(&p->stream, p->chunk, &clear, &tag, sealed, bytes,
                                                 NULL, 0) != 0)
    return first ? err_set(e, ERR_DENIED, p->path, "口令不对，或这份备份已损坏。",
                           "The passphrase is wrong, or this backup is damaged.")
                 : say_damaged(p, e);
  p->filled = (size_t)clear;
  p->ended = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  return true;
}

static bool next_chunk(part_in *p, bool first, err *e) {
  p->at = p->filled = 0;
  if (p->ended) return true;
  unsigned char sealed[PART_SEALED_CHUNK];
  ssize_t n = p->sealed ? read_up_to(p, sealed, sizeof sealed, e)
                        : read_up_to(p, p->chunk, sizeof p->chunk, e);
  if (n < 0) return false;
  if (!p->sealed) {
    p->filled = (size_t)n;
    p->ended = p->filled < sizeof p->chunk;
    return true;
  }
  if (n == 0) return say_damaged(p, e); /* cut off: the last one is marked */
  return open_chunk(p, sealed, (size_t)n, first, e);
}

static bool begin(part_in *p, const char *passphrase, err *e) {
  unsigned char head[PART_HEAD_BYTES];
  ssize_t n = read_up_to(p, head, sizeof head, e);
  if (n < 0) return false;
  if ((size_t)n == sizeof head && memcmp(head, PART_SEALED, sizeof PART_SEALED - 1) == 0)
    return begin_sealed(p, head, passphrase, e) && next_chunk(p, true, e);
  return (lseek(p->file, 0, SEEK_SET) == 0 || part_say_read(p->path, errno, e)) &&
         next_chunk(p, true, e);
}

part_in *part_open(const char *path, const char *passphrase, err *e) {
  part_in *p = calloc(1, sizeof *p);
  if (p) p->path = strdup(path);
  if (!p || !p->path) {
    free(p);
    err_memory(e);
    return NULL;
  }
  p->line.limit = LINE_MAX_BYTES;
  p->file = open(path, O_RDONLY | O_CLOEXEC);
  bool ok = p->file >= 0 || part_say_read(path, errno, e);
  if (ok && begin(p, passphrase, e)) return p;
  part_close(p);
  return NULL;
}

int part_line(part_in *p, text *ret, err *e) {
  buf_clear(&p->line);
  for (;;) {
    if (p->at == p->filled) {
      if (!next_chunk(p, false, e)) return -1;
      if (p->filled == 0) break;
    }
    const char *from = (const char *)p->chunk + p->at;
    size_t left = p->filled - p->at;
    const char *end = memchr(from, '\n', left);
    size_t n = end ? (size_t)(end - from) : left;
    p->at += n + (end != NULL);
    if (end && p->line.bytes == 0) {
      *ret = (text){from, n};
      return 1;
    }
    buf_add(&p->line, from, n);
    if (!buf_ok(&p->line)) return err_memory(e), -1;
    if (!end) continue;
    *ret = buf_view(&p->line);
    return 1;
  }
  if (p->line.bytes == 0) return 0;
  say_damaged(p, e); /* a last line without its end */
  return -1;
}

const part_key *part_key_of(const part_in *p) {
  return p->sealed ? &p->key : NULL;
}

void part_close(part_in *p) {
  if (!p) return;
  if (p->file >= 0) close(p->file);
  buf_release(&p->line);
  free(p->path);
  sodium_memzero(p, sizeof *p);
  free(p);
}

bool part_sum_of(const char *path, part_sum *ret, err *e) {
  unsigned char chunk[PART_CHUNK], sum[crypto_hash_sha256_BYTES];
  part_in p = {.file = open(path, O_RDONLY | O_CLOEXEC)};
  char *name = strdup(path);
  p.path = name;
  bool ok = name ? p.file >= 0 || part_say_read(path, errno, e) : err_memory(e);
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  part_sum s = {0};
  for (ssize_t n; ok; s.bytes += n) {
    n = read_up_to(&p, chunk, sizeof chunk, e);
    ok = n >= 0;
    if (n <= 0) break;
    crypto_hash_sha256_update(&state, chunk, (unsigned long long)n);
  }
  if (p.file >= 0) close(p.file);
  free(name);
  if (!ok) return false;
  crypto_hash_sha256_final(&state, sum);
  sodium_bin2hex(s.sha256, sizeof s.sha256, sum, sizeof sum);
  *ret = s;
  return true;
}
