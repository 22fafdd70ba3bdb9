/* Fuzzes a backup file as it lies on a stick: its lines, and what the first of them says. Sealed
 * ones get no passphrase, so that none is worked out. */
#include "backup/part.h"
#include "backup/send.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

static void read_lines(part_in *p) {
  text line;
  err e = {0};
  int got;
  while ((got = part_line(p, &line, &e)) > 0) {
    arena *a AUTO_ARENA = arena_new(64 << 20);
    send_head head;
    const json *object = a ? json_parse(a, line, &e) : NULL;
    if (object && send_head_read(object, &head, &e) && !memchr(head.county, 0, sizeof head.county))
      abort();
    e = (err){0};
  }
  if (got < 0 && (!e.zh[0] || !e.en[0])) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  char path[40];
  err e = {0};
  int fd = memfd_create("part", 0);
  if (fd < 0 || write(fd, data, bytes) != (ssize_t)bytes) abort();
  snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  part_in *p = part_open(path, NULL, &e);
  if (p) read_lines(p);
  if (!p && (!e.zh[0] || !e.en[0])) abort();
  part_close(p);
  close(fd);
  return 0;
}
