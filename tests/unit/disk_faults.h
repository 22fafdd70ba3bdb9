/* disk_faults.h — a disk for SQLite that fails when it is told to: the n-th write, sync or cut is
 * refused, done by half, or finds no room; or the power goes, and of what was not synced some
 * sectors are on the disk and some are not.
 *
 * A VFS around the system's own, made the default by disk_faults_use(). Only the database and its
 * write-ahead log count; what is shared in memory is no disk. One thread writes at a time. */
#ifndef JISHI_TESTS_DISK_FAULTS_H
#define JISHI_TESTS_DISK_FAULTS_H

#include <fcntl.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum disk_fault {
  DISK_REFUSES,   /* EIO, nothing done */
  DISK_TEARS,     /* EIO, half of it written; a sync: nothing brought down */
  DISK_IS_FULL,   /* ENOSPC */
  DISK_POWER_CUT, /* this and all after it: nothing more happens */
} disk_fault;

static struct disk {
  sqlite3_vfs vfs, *real;
  atomic_llong left; /* operations until the one that fails; below 0: none */
  atomic_llong done; /* operations since disk_fail_at */
  disk_fault fault;
  bool stays;    /* all after it fail, too */
  bool hit, off; /* off: no power */
  bool records;  /* keeps what is not synced yet */
  struct disk_write {
    char path[400];
    int64_t at, size_before;
    int bytes, was; /* was: how many of them the file had before */
    unsigned char *before;
    bool is_cut; /* a truncation to `at` */
  } * writes;
  size_t count, room;
} disk;

typedef struct disk_file {
  sqlite3_file base;
  sqlite3_file *real;
  char path[400];
  bool counts;
} disk_file;

static sqlite3_file *real_of(sqlite3_file *f) {
  return ((disk_file *)f)->real;
}

/* 0: go on; else the code to fail with. *ret_half: do half of it first. */
static int disk_step(const disk_file *f, bool is_sync, bool *ret_half) {
  *ret_half = false;
  if (!f->counts) return SQLITE_OK;
  if (disk.off) return is_sync ? SQLITE_IOERR_FSYNC : SQLITE_IOERR_WRITE;
  disk.done++;
  long long left = atomic_load(&disk.left);
  if (left < 0 && !(disk.stays && disk.hit)) return SQLITE_OK;
  if (left >= 0) atomic_store(&disk.left, left - 1);
  if (left > 0) return SQLITE_OK;
  disk.hit = true;
  disk.off = disk.fault == DISK_POWER_CUT;
  *ret_half = !is_sync && (disk.fault == DISK_TEARS || disk.fault == DISK_POWER_CUT);
  if (is_sync) return SQLITE_IOERR_FSYNC;
  return disk.fault == DISK_IS_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static void disk_record(disk_file *f, int64_t at, int bytes, bool is_cut) {
  if (!disk.records || !f->counts) return;
  if (disk.count == disk.room) {
    disk.room = disk.room ? disk.room * 2 : 256;
    disk.writes = realloc(disk.writes, disk.room * sizeof *disk.writes);
    if (!disk.writes) abort();
  }
  struct disk_write *w = &disk.writes[disk.count++];
  *w = (struct disk_write){.at = at, .bytes = bytes, .is_cut = is_cut};
  snprintf(w->path, sizeof w->path, "%s", f->path);
  sqlite3_int64 size = 0;
  f->real->pMethods->xFileSize(f->real, &size);
  w->size_before = size;
  if (is_cut) w->bytes = (int)(size > at ? size - at : 0);
  w->before = calloc(1, (size_t)w->bytes + 1);
  if (!w->before) abort();
  w->was = (int)(size - at < w->bytes ? (size > at ? size - at : 0) : w->bytes);
  if (w->was) f->real->pMethods->xRead(f->real, w->before, w->was, at);
}

static void disk_synced(const disk_file *f) {
  size_t kept = 0;
  for (size_t i = 0; i < disk.count; i++) {
    if (strcmp(disk.writes[i].path, f->path) == 0)
      free(disk.writes[i].before);
    else
      disk.writes[kept++] = disk.writes[i];
  }
  disk.count = kept;
}

/* ---- the methods ---- */

static int disk_close(sqlite3_file *f) {
  int code = real_of(f)->pMethods ? real_of(f)->pMethods->xClose(real_of(f)) : SQLITE_OK;
  free(real_of(f));
  return code;
}
static int disk_read(sqlite3_file *f, void *to, int bytes, sqlite3_int64 at) {
  return real_of(f)->pMethods->xRead(real_of(f), to, bytes, at);
}
static int disk_write(sqlite3_file *f, const void *from, int bytes, sqlite3_int64 at) {
  bool half;
  int code = disk_step((disk_file *)f, false, &half);
  if (code != SQLITE_OK && !half) return code;
  if (half) bytes /= 2;
  disk_record((disk_file *)f, at, bytes, false);
  int wrote = real_of(f)->pMethods->xWrite(real_of(f), from, bytes, at);
  return code == SQLITE_OK ? wrote : code;
}
static int disk_truncate(sqlite3_file *f, sqlite3_int64 size) {
  bool half;
  int code = disk_step((disk_file *)f, false, &half);
  if (code != SQLITE_OK) return SQLITE_IOERR_TRUNCATE;
  disk_record((disk_file *)f, size, 0, true);
  return real_of(f)->pMethods->xTruncate(real_of(f), size);
}
static int disk_sync(sqlite3_file *f, int flags) {
  bool half;
  int code = disk_step((disk_file *)f, true, &half);
  if (code != SQLITE_OK) return code;
  disk_synced((disk_file *)f); /* what is lost with the machine is decided here, not by fsync */
  (void)flags;
  return SQLITE_OK;
}
static int disk_size(sqlite3_file *f, sqlite3_int64 *ret) {
  return real_of(f)->pMethods->xFileSize(real_of(f), ret);
}
static int disk_lock(sqlite3_file *f, int level) {
  return real_of(f)->pMethods->xLock(real_of(f), level);
}
static int disk_unlock(sqlite3_file *f, int level) {
  return real_of(f)->pMethods->xUnlock(real_of(f), level);
}
static int disk_reserved(sqlite3_file *f, int *ret) {
  return real_of(f)->pMethods->xCheckReservedLock(real_of(f), ret);
}
static int disk_control(sqlite3_file *f, int what, void *x) {
  return real_of(f)->pMethods->xFileControl(real_of(f), what, x);
}
static int disk_sector(sqlite3_file *f) {
  return real_of(f)->pMethods->xSectorSize(real_of(f));
}
static int disk_traits(sqlite3_file *f) {
  return real_of(f)->pMethods->xDeviceCharacteristics(real_of(f));
}
static int disk_map(sqlite3_file *f, int page, int bytes, int extend, void volatile **ret) {
  return real_of(f)->pMethods->xShmMap(real_of(f), page, bytes, extend, ret);
}
static int disk_map_lock(sqlite3_file *f, int from, int n, int flags) {
  return real_of(f)->pMethods->xShmLock(real_of(f), from, n, flags);
}
static void disk_barrier(sqlite3_file *f) {
  real_of(f)->pMethods->xShmBarrier(real_of(f));
}
static int disk_unmap(sqlite3_file *f, int remove_it) {
  return real_of(f)->pMethods->xShmUnmap(real_of(f), remove_it);
}
static int disk_fetch(sqlite3_file *f, sqlite3_int64 at, int bytes, void **ret) {
  return real_of(f)->pMethods->xFetch(real_of(f), at, bytes, ret);
}
static int disk_unfetch(sqlite3_file *f, sqlite3_int64 at, void *x) {
  return real_of(f)->pMethods->xUnfetch(real_of(f), at, x);
}

static const sqlite3_io_methods disk_methods = {.iVersion = 3,
                                                .xClose = disk_close,
                                                .xRead = disk_read,
                                                .xWrite = disk_write,
                                                .xTruncate = disk_truncate,
                                                .xSync = disk_sync,
                                                .xFileSize = disk_size,
                                                .xLock = disk_lock,
                                                .xUnlock = disk_unlock,
                                                .xCheckReservedLock = disk_reserved,
                                                .xFileControl = disk_control,
                                                .xSectorSize = disk_sector,
                                                .xDeviceCharacteristics = disk_traits,
                                                .xShmMap = disk_map,
                                                .xShmLock = disk_map_lock,
                                                .xShmBarrier = disk_barrier,
                                                .xShmUnmap = disk_unmap,
                                                .xFetch = disk_fetch,
                                                .xUnfetch = disk_unfetch};

static int disk_open(sqlite3_vfs *v, sqlite3_filename name, sqlite3_file *f, int flags, int *ret) {
  disk_file *d = (disk_file *)f;
  (void)v;
  *d = (disk_file){.real = calloc(1, (size_t)disk.real->szOsFile)};
  if (!d->real) return SQLITE_NOMEM;
  d->counts = name && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL));
  snprintf(d->path, sizeof d->path, "%s", name ? name : "");
  int code = disk.real->xOpen(disk.real, name, d->real, flags, ret);
  if (code == SQLITE_OK)
    d->base.pMethods = &disk_methods;
  else
    free(d->real);
  return code;
}

/* A removed file is gone at once: SQLite removes the log only when all of it is in the database. */
static int disk_delete(sqlite3_vfs *v, const char *name, int sync_folder) {
  (void)v;
  if (disk.off) return SQLITE_IOERR_DELETE;
  return disk.real->xDelete(disk.real, name, sync_folder);
}

/* ---- for tests ---- */

static inline void disk_faults_use(void) {
  if (disk.real) return;
  disk.real = sqlite3_vfs_find(NULL);
  disk.vfs = *disk.real;
  disk.vfs.pNext = NULL;
  disk.vfs.zName = "faults";
  disk.vfs.szOsFile = sizeof(disk_file);
  disk.vfs.xOpen = disk_open;
  disk.vfs.xDelete = disk_delete;
  atomic_store(&disk.left, -1);
  if (sqlite3_vfs_register(&disk.vfs, 1) != SQLITE_OK) abort();
}

/* From now on the n-th operation (from 1) fails; 0: none, and all is well again. */
static inline void disk_fail_at(long long n, disk_fault fault, bool stays) {
  disk.fault = fault;
  disk.stays = stays;
  disk.hit = disk.off = false;
  atomic_store(&disk.done, 0);
  atomic_store(&disk.left, n - 1);
}

/* Keeps from now on what is not synced, so that it can be forgotten. */
static inline void disk_record_from_now(void) {
  for (size_t i = 0; i < disk.count; i++) free(disk.writes[i].before);
  disk.count = 0;
  disk.records = true;
}

static inline uint64_t disk_random(uint64_t *seed) {
  *seed = *seed * 6364136223846793005u + 1442695040888963407u;
  return *seed >> 33;
}

/* The power comes back: of what was not synced, each sector is the old one or the new one. Files
 * must be closed. Returns how many sectors were lost. */
static inline size_t disk_forget(uint64_t seed) {
  enum { SECTOR = 512 };
  size_t lost = 0;
  for (size_t i = disk.count; i-- > 0;) {
    struct disk_write *w = &disk.writes[i];
    int f = open(w->path, O_RDWR);
    for (int from = 0; f >= 0 && from < w->bytes; from += SECTOR) {
      int n = w->bytes - from < SECTOR ? w->bytes - from : SECTOR;
      if (!(disk_random(&seed) & 1)) continue;
      lost++;
      if (pwrite(f, w->before + from, (size_t)n, w->at + from) != n) abort();
    }
    if (f >= 0 && !w->is_cut && disk_random(&seed) & 1 && ftruncate(f, w->size_before) != 0)
      abort();
    if (f >= 0) close(f);
    free(w->before);
  }
  disk.count = 0;
  disk.records = false;
  disk_fail_at(0, DISK_REFUSES, false);
  return lost;
}

#endif
