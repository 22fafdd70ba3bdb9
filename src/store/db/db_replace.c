/* One location in another's stead. */
#include "store/db/db_replace.h"

#include "store/db/db.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { SCHEMA_MAX = 63 }; /* of PostgreSQL's names */

static bool say_long(err *e) {
  return err_set(e, ERR_USAGE, NULL, "数据位置的名字太长。",
                 "The name of the location is too long.");
}

/* ---- a folder ---- */

/* "." and "data/" have no name that something could be added to. */
static bool folder_path(const char *location, char ret[PATH_MAX], err *e) {
  return realpath(location, ret) || err_set(e, ERR_STORE, location, "这个目录打不开（%s）。",
                                            "This folder cannot be opened (%s).", strerror(errno));
}

static bool say_moving(const char *location, err *e) {
  return err_set(
      e, ERR_STORE, location,
      "数据已经恢复好，但换不上去（%s）；原来的没有动。数据目录如果本身是一个挂载点，请改为"
      "恢复到新位置。",
      "The data is restored but could not take the old one's stead (%s); the old one is "
      "as it was. If the folder is a mount point itself, restore into a new location.",
      strerror(errno));
}

static void sync_parent(const char *folder) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s", folder);
  int f = open(dirname(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (f < 0) return;
  fsync(f); /* the names only: after a power loss it is the old one or the new one */
  close(f);
}

static bool replace_folder(const char *location, const char *fresh, const char *kept, err *e) {
  char at[PATH_MAX];
  if (!folder_path(location, at, e)) return false;
  bool exchanged = renameat2(AT_FDCWD, fresh, AT_FDCWD, at, RENAME_EXCHANGE) == 0;
  /* Not every file system exchanges two names in one step. */
  if (!exchanged && errno != EINVAL && errno != ENOSYS) return say_moving(location, e);
  if (rename(exchanged ? fresh : at, kept) != 0) return exchanged || say_moving(location, e);
  if (!exchanged && rename(fresh, at) != 0) {
    say_moving(location, e);
    rename(kept, at);
    return false;
  }
  sync_parent(at);
  return true;
}

/* ---- a schema ---- */

static bool schema_of(db *d, char ret[SCHEMA_MAX + 1], err *e) {
  db_stmt *q = db_prepare(d, "SELECT current_schema()", e);
  if (!q || db_next(q, e) <= 0) return false;
  text t = db_text(q, 0);
  snprintf(ret, SCHEMA_MAX + 1, "%.*s", (int)t.bytes, t.at);
  db_done(q);
  return true;
}

static bool schema_beside(const char *location, const char *word, char *ret, size_t room, err *e) {
  char schema[SCHEMA_MAX + 1], name[2 * SCHEMA_MAX];
  db *d = db_open(location, DB_READ, e);
  bool ok = d && schema_of(d, schema, e);
  db_close(d);
  if (!ok) return false;
  int n = snprintf(name, sizeof name, "%s_%s", schema, word);
  if (n > SCHEMA_MAX) return say_long(e);
  for (char *c = name; *c; c++)
    if (*c == '-') *c = '_';
  n = snprintf(ret, room, "%s%cschema=%s", location, strchr(location, '?') ? '&' : '?', name);
  return (n > 0 && (size_t)n < room) || say_long(e);
}

static bool replace_schema(const char *location, const char *fresh, const char *kept, err *e) {
  char schema[SCHEMA_MAX + 1], sql[400];
  db *d = db_open(location, DB_WRITE, e);
  if (!d || !schema_of(d, schema, e)) {
    db_close(d);
    return false;
  }
  snprintf(sql, sizeof sql,
           "ALTER SCHEMA \"%s\" RENAME TO \"%s\"; ALTER SCHEMA \"%s\" RENAME TO \"%s\"", schema,
           strrchr(kept, '=') + 1, strrchr(fresh, '=') + 1, schema);
  bool ok = db_begin(d, e) && db_script(d, sql, e) && db_commit(d, e);
  db_close(d);
  return ok;
}

/* ---- both ---- */

bool db_beside_name(const char *location, const char *word, char *ret, size_t room, err *e) {
  char at[PATH_MAX];
  if (db_is_url(location)) return schema_beside(location, word, ret, room, e);
  if (!folder_path(location, at, e)) return false;
  int n = snprintf(ret, room, "%s.%s", at, word);
  return (n > 0 && (size_t)n < room) || say_long(e);
}

bool db_replace(const char *location, const char *fresh, const char *kept, err *e) {
  return db_is_url(location) ? replace_schema(location, fresh, kept, e)
                             : replace_folder(location, fresh, kept, e);
}
