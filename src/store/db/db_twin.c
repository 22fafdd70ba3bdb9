/* A second location beside one. */
#include "store/db/db_twin.h"

#include "base/hash.h"
#include "store/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = {"jishi.db-journal", "jishi.db-wal", "jishi.db-shm",
                                    "jishi.db-head", "jishi.db"};
enum { FILE_COUNT = sizeof files / sizeof *files };

bool db_twin_name(const char *location, const char *word, char *ret, size_t room, err *e) {
  text t = text_of(location);
  hash h = hash_of(&t, 1); /* two counties of one server may have one at a time */
  int n = db_is_url(location)
              ? snprintf(ret, room, "%s%cschema=jishi_%s_%02x%02x%02x%02x", location,
                         strchr(location, '?') ? '&' : '?', word, h.b[0], h.b[1], h.b[2], h.b[3])
              : snprintf(ret, room, "%s/%s", location, word);
  if (n > 0 && (size_t)n < room) return true;
  return err_set(e, ERR_USAGE, NULL, "数据位置的名字太长。",
                 "The name of the location is too long.");
}

static void drop_files(const char *folder, size_t count) {
  char path[4096];
  for (size_t i = 0; i < count; i++) {
    snprintf(path, sizeof path, "%.4000s/%s", folder, files[i]);
    unlink(path);
  }
}

void db_twin_drop(const char *location, const char *twin) {
  char path[4096];
  if (db_is_url(location)) {
    err ignored;
    char sql[120];
    db *d = db_open(twin, DB_WRITE, &ignored); /* no twin, nothing to drop */
    snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS %.60s CASCADE", strrchr(twin, '=') + 1);
    if (d) db_script(d, sql, &ignored);
    db_close(d);
    return;
  }
  drop_files(twin, FILE_COUNT);
  rmdir(twin);
  /* Of one that was cut off while it became the location: without a database they are nothing. */
  snprintf(path, sizeof path, "%.4000s/%s", location, files[FILE_COUNT - 1]);
  if (access(path, F_OK) != 0 && errno == ENOENT) drop_files(location, FILE_COUNT - 1);
}

static bool say_moving(const char *location, err *e) {
  return err_set(e, ERR_STORE, location,
                 "数据已经恢复好，但放不到位（%s）。请检查磁盘和权限后再做一次。",
                 "The data is restored but could not be put in its location (%s). Check disk and "
                 "permissions, and do it once more.",
                 strerror(errno));
}

static bool sync_folder(const char *folder) {
  int f = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool ok = f >= 0 && fsync(f) == 0;
  return f >= 0 ? close(f) == 0 && ok : false;
}

/* The database comes last: until then there is no county. */
static bool settle_folder(const char *location, const char *twin, err *e) {
  char from[4096], to[4096];
  struct stat wal;
  snprintf(from, sizeof from, "%.4000s/%s", twin, files[0]);
  if (stat(from, &wal) == 0 && wal.st_size > 0) {
    errno = EBUSY; /* somebody has it open: the file alone would not be all */
    return say_moving(location, e);
  }
  for (size_t i = 0; i < FILE_COUNT; i++) {
    bool stays = i + 2 >= FILE_COUNT; /* the head, then the database */
    snprintf(from, sizeof from, "%.4000s/%s", twin, files[i]);
    snprintf(to, sizeof to, "%.4000s/%s", location, files[i]);
    if (!stays) {
      unlink(from);
      unlink(to);
    } else if (rename(from, to) != 0) {
      return say_moving(location, e);
    }
  }
  rmdir(twin);
  return sync_folder(location) || say_moving(location, e);
}

static bool settle_schema(const char *location, const char *twin, err *e) {
  char name[80] = "", sql[400];
  db *d = db_open(location, DB_CREATE, e);
  db_stmt *q = d ? db_prepare(d, "SELECT current_schema()", e) : NULL;
  bool ok = q && db_next(q, e) > 0;
  if (ok) {
    text t = db_text(q, 0);
    snprintf(name, sizeof name, "%.*s", (int)t.bytes, t.at);
    db_done(q);
  }
  /* What is not empty is not dropped. */
  snprintf(sql, sizeof sql, "DROP SCHEMA \"%s\"; ALTER SCHEMA %.60s RENAME TO \"%s\"", name,
           strrchr(twin, '=') + 1, name);
  ok = ok && db_begin(d, e) && db_script(d, sql, e) && db_commit(d, e);
  db_close(d);
  return ok;
}

bool db_twin_install(const char *location, const char *twin, err *e) {
  return db_is_url(location) ? settle_schema(location, twin, e) : settle_folder(location, twin, e);
}
