/* files.h — the files of a pack: a folder read whole, or texts already in memory. */
#ifndef JISHI_PACK_LOAD_FILES_H
#define JISHI_PACK_LOAD_FILES_H

#include "pack/load/reader.h"

typedef struct file_set {
  pack_file *files; /* sorted by path */
  size_t count, room, bytes;
} file_set;
bool files_read(loader *l, const char *folder, file_set *ret); /* false: faults told */
bool files_copy(loader *l, const pack_file *files, size_t count, file_set *ret);
hash files_hash(loader *l, const file_set *s);
enum { PACK_FILE_BYTES_MAX = 4 << 20, PACK_BYTES_MAX = 64 << 20, PACK_FILES_MAX = 2000 };

#endif
