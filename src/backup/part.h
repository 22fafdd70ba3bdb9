/* part.h — a file of lines, written whole or not at all, sealed if wanted: what backups and exports
 * are made of (docs/backup.md says how they look).
 *
 * Sealed, it begins with PART_SEALED, 16 bytes of salt, the two numbers of argon2id (64 bits each,
 * little-endian) and 24 of the stream's header; then come libsodium's secretstream messages of
 * 65,536 bytes (the last is shorter, and marked as the last), so that nothing can be altered, left
 * out or cut off unnoticed. Knows base. */
#ifndef JISHI_BACKUP_PART_H
#define JISHI_BACKUP_PART_H

#include "base/err.h"
#include "base/text.h"

#define PART_SEALED "JISHI-SEALED-1\n"
enum { PART_SALT_BYTES = 16, PART_KEY_BYTES = 32 };

/* Made from a passphrase: slow on purpose, so made once and kept for all parts of a set. */
typedef struct part_key {
  uint8_t stream[PART_KEY_BYTES], tags[PART_KEY_BYTES];
  uint8_t salt[PART_SALT_BYTES];
  uint64_t ops, memory;
} part_key;
bool part_key_new(const char *passphrase, part_key *ret, err *e);
/* By the salt and numbers that stand in *k. */
bool part_key_again(const char *passphrase, part_key *k, err *e);
void part_key_forget(part_key *k);

typedef struct part_sum {
  int64_t bytes;
  char sha256[65];
} part_sum;

/* Writes to `path`, which must not be there yet. `key` NULL: not sealed. */
typedef struct part_out part_out;
part_out *part_create(const char *path, const part_key *key, err *e);
bool part_put(part_out *p, text line, err *e);
/* Closes it; true: all of it is on the disk. False: it is removed. */
bool part_end(part_out *p, part_sum *ret, err *e);
void part_drop(part_out *p); /* closes and removes it; NULL is fine */

/* Reads one, sealed or not; `passphrase` NULL where there is none. */
typedef struct part_in part_in;
part_in *part_open(const char *path, const char *passphrase, err *e);
int part_line(part_in *p, text *ret, err *e);  /* 1 a line, valid until the next; 0 end; -1 error */
const part_key *part_key_of(const part_in *p); /* NULL: it is not sealed */
void part_close(part_in *p);
/* Of the file as it lies there. */
bool part_sum_of(const char *path, part_sum *ret, err *e);

/* Small files, written whole or not at all: to a name beside it, to the disk, then renamed. */
bool part_write_file(const char *path, text content, err *e);
bool part_rename(const char *from, const char *to, err *e); /* and the folder to the disk */

#endif
