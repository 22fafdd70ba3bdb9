/* Writing a part: lines into chunks, sealed, hashed, to the disk. */
#include "backup/part_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct part_out {
  char *path;
  int file;
  bool failed;
  crypto_hash_sha256_state sum;
  int64_t bytes;
  bool sealed;
  crypto_secretstream_xchacha20poly1305_state stream;
  size_t filled;
  unsigned char chunk[PART_CHUNK];
};

bool part_say_write(const char *path, int why, err *e) {
  if (why == ENOSPC || why == EDQUOT || why == EFBIG)
    return err_set(e, ERR_STORE, path,
                   "备份盘已满，这一份没有做成，以前的都还在。请腾出空间，或换一个盘。",
                   "The backup disk is full: this one was not made, the earlier ones are as they "
                   "were. Free some space, or take another disk.");
  return err_set(e, ERR_STORE, path,
                 "备份写不进去（%s），以前的都还在。请看看盘是否插好、能不能写，再做一次。",
                 "The backup cannot be written (%s); the earlier ones are as they were. See that "
                 "the disk is plugged in and may be written, and do it once more.",
                 strerror(why));
}

static bool write_all(int file, const void *at, size_t bytes) {
  for (const char *from = at; bytes;) {
    ssize_t n = write(file, from, bytes);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (n == 0) errno = EIO;
      return false;
    }
    from += n;
    bytes -= (size_t)n;
  }
  return true;
}

static bool write_bytes(part_out *p, const void *at, size_t bytes, err *e) {
  if (!write_all(p->file, at, bytes)) {
    int why = errno;
    p->failed = true;
    return part_say_write(p->path, why, e);
  }
  crypto_hash_sha256_update(&p->sum, at, bytes);
  p->bytes += (int64_t)bytes;
  return true;
}

static void put_number(unsigned char *at, uint64_t n) {
  for (int i = 0; i < PART_NUMBER_BYTES; i++) at[i] = (unsigned char)(n >> (8 * i));
}

static bool write_head(part_out *p, const part_key *key, err *e) {
  unsigned char head[PART_HEAD_BYTES], *at = head;
  memcpy(at, PART_SEALED, sizeof PART_SEALED - 1);
  at += sizeof PART_SEALED - 1;
  memcpy(at, key->salt, PART_SALT_BYTES);
  at += PART_SALT_BYTES;
  put_number(at, key->ops);
  put_number(at + PART_NUMBER_BYTES, key->memory);
  at += 2 * PART_NUMBER_BYTES;
  crypto_secretstream_xchacha20poly1305_init_push(&p->stream, at, key->stream);
  return write_bytes(p, head, sizeof head, e);
}

part_out *part_create(const char *path, const part_key *key, err *e) {
  part_out *p = calloc(1, sizeof *p);
  if (p) p->path = strdup(path);
  if (!p || !p->path) {
    free(p);
    err_memory(e);
    return NULL;
  }
  crypto_hash_sha256_init(&p->sum);
  p->sealed = key != NULL;
  p->file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (p->file < 0) {
    int why = errno;
    if (why == EEXIST)
      err_set(e, ERR_CONFLICT, path, "这个文件已经有了，不会覆盖它。请换一个名字。",
              "This file is there already and will not be overwritten. Choose another name.");
    else
      part_say_write(path, why, e);
    free(p->path);
    free(p);
    return NULL;
  }
  if (!key || write_head(p, key, e)) return p;
  part_drop(p);
  return NULL;
}

static bool flush_chunk(part_out *p, bool last, err *e) {
  size_t n = p->filled;
  p->filled = 0;
  if (!p->sealed) return write_bytes(p, p->chunk, n, e);
  unsigned char sealed[PART_SEALED_CHUNK];
  unsigned long long bytes = 0;
  crypto_secretstream_xchacha20poly1305_push(
      &p->stream, sealed, &bytes, p->chunk, n, NULL, 0,
      last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL
           : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  return write_bytes(p, sealed, (size_t)bytes, e);
}

/* A full chunk goes out when more comes: so the last one of a sealed part is always marked. */
static bool put_bytes(part_out *p, text bytes, err *e) {
  while (bytes.bytes) {
    if (p->filled == PART_CHUNK && !flush_chunk(p, false, e)) return false;
    size_t n = PART_CHUNK - p->filled;
    if (n > bytes.bytes) n = bytes.bytes;
    memcpy(p->chunk + p->filled, bytes.at, n);
    p->filled += n;
    bytes.at += n;
    bytes.bytes -= n;
  }
  return true;
}

bool part_put(part_out *p, text line, err *e) {
  return put_bytes(p, line, e) && put_bytes(p, TEXT("\n"), e);
}

bool part_end(part_out *p, part_sum *ret, err *e) {
  bool ok = flush_chunk(p, true, e);
  if (ok && fsync(p->file) != 0) {
    ok = part_say_write(p->path, errno, e);
    p->failed = true;
  }
  int closed = close(p->file);
  if (ok && closed != 0) ok = part_say_write(p->path, errno, e);
  p->file = -1;
  if (!ok) {
    part_drop(p);
    return false;
  }
  unsigned char sum[crypto_hash_sha256_BYTES];
  crypto_hash_sha256_final(&p->sum, sum);
  sodium_bin2hex(ret->sha256, sizeof ret->sha256, sum, sizeof sum);
  ret->bytes = p->bytes;
  free(p->path);
  free(p);
  return true;
}

void part_drop(part_out *p) {
  if (!p) return;
  if (p->file >= 0) close(p->file);
  unlink(p->path);
  free(p->path);
  sodium_memzero(p, sizeof *p);
  free(p);
}

/* ---- small files ---- */

static bool sync_folder_of(const char *path) {
  char folder[4096];
  snprintf(folder, sizeof folder, "%s", path);
  char *slash = strrchr(folder, '/');
  if (slash)
    slash[slash == folder] = 0;
  else
    snprintf(folder, sizeof folder, ".");
  int f = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (f < 0) return false;
  bool ok = fsync(f) == 0 || errno == EINVAL; /* a file system that cannot */
  return close(f) == 0 && ok;
}

bool part_rename(const char *from, const char *to, err *e) {
  return (rename(from, to) == 0 && sync_folder_of(to)) || part_say_write(to, errno, e);
}

bool part_write_file(const char *path, text content, err *e) {
  char beside[4096];
  int n = snprintf(beside, sizeof beside, "%s.new", path);
  if (n < 0 || (size_t)n >= sizeof beside) return part_say_write(path, ENAMETOOLONG, e);
  int f = open(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  bool ok = f >= 0 && write_all(f, content.at, content.bytes) && fsync(f) == 0;
  int why = errno;
  if (f >= 0 && close(f) != 0 && ok) {
    ok = false;
    why = errno;
  }
  if (ok) return part_rename(beside, path, e);
  unlink(beside);
  return part_say_write(path, why, e);
}
