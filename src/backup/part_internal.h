/* part_internal.h — what part_write.c and part_read.c share. */
#ifndef JISHI_BACKUP_PART_INTERNAL_H
#define JISHI_BACKUP_PART_INTERNAL_H

#include "backup/part.h"

#include <sodium.h>

enum {
  PART_CHUNK = 65536,
  PART_SEALED_CHUNK = PART_CHUNK + crypto_secretstream_xchacha20poly1305_ABYTES,
  PART_STREAM_HEADER = crypto_secretstream_xchacha20poly1305_HEADERBYTES,
  PART_NUMBER_BYTES = 8,
  PART_HEAD_BYTES =
      sizeof PART_SEALED - 1 + PART_SALT_BYTES + 2 * PART_NUMBER_BYTES + PART_STREAM_HEADER,
};

bool part_say_write(const char *path, int why, err *e);
bool part_say_read(const char *path, int why, err *e);

#endif
