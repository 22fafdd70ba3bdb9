/* SQLite: one file `jishi.db` in a folder. https://www.sqlite.org/c3ref/intro.html */
#include "store/db/db_driver.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LOCATION_MAX = 4000 };

/* Statements of the transactions, prepared once. */
enum { BEGIN_WRITE, BEGIN_READ, FIX_SNAPSHOT, COMMIT, ROLLBACK, FIXED_COUNT };
static const char *const fixed_sql[FIXED_COUNT] = {[BEGIN_WRITE] = "BEGIN IMMEDIATE",
                                                   [BEGIN_READ] = "BEGIN",
                                                   [FIX_SNAPSHOT] =
                                                       "SELECT 1 FROM sqlite_schema LIMIT 1",
                                                   [COMMIT] = "COMMIT",
                                                   [ROLLBACK] = "ROLLBACK"};

typedef struct lite {
  db base;
  sqlite3 *c;
  char location[LOCATION_MAX]; /* the file, for errors */
  sqlite3_stmt *fixed[FIXED_COUNT];
  bool made_file;     /* by opening */
  size_t made_folder; /* length of the path of the topmost folder made; 0: none */
} lite;
typedef struct lite_stmt {
  db_stmt base;
  sqlite3_stmt *s;
} lite_stmt;

static lite *of(db *d) {
  return (lite *)d;
}

static sqlite3_stmt *statement(db_stmt *s) {
  return ((lite_stmt *)s)->s;
}

/* ---- errors ---- */

static bool say_io(const char *location, int system_error, err *e) {
  if (system_error == ENOSPC || system_error == EDQUOT) return db_err_full(location, e);
  return err_set(e, ERR_STORE, location,
                 "磁盘读写出错（%s），未作任何更改。请检查磁盘，并尽快备份。",
                 "The disk failed to read or write (%s); nothing was changed. Check the disk, and "
                 "make a backup soon.",
                 system_error ? strerror(system_error) : "I/O");
}

static bool say_denied(const char *location, err *e) {
  return err_set(e, ERR_STORE, location,
                 "没有权限打开或写入数据文件。请用建立数据的账户运行，或修改文件夹权限。",
                 "The data file may not be opened or written. Run as the account that made it, or "
                 "change the folder's permissions.");
}

static bool say(lite *d, int code, err *e) {
  switch (code & 0xff) {
  case SQLITE_FULL:
    return db_err_full(d->location, e);
  case SQLITE_BUSY:
  case SQLITE_LOCKED:
    return db_err_locked(d->location, e);
  case SQLITE_CORRUPT:
  case SQLITE_NOTADB:
    return db_err_corrupt(d->location, e);
  case SQLITE_IOERR:
    return (code == SQLITE_IOERR_NOMEM) ? err_memory(e)
                                        : say_io(d->location, sqlite3_system_errno(d->c), e);
  case SQLITE_NOMEM:
    return err_memory(e);
  case SQLITE_PERM:
  case SQLITE_AUTH:
  case SQLITE_READONLY:
  case SQLITE_CANTOPEN:
    return say_denied(d->location, e);
  case SQLITE_TOOBIG:
    return err_set(e, ERR_TOO_LARGE, NULL, "内容太大，不能保存。", "Too large to be stored.");
  default:
    break;
  }
  const char *detail = sqlite3_errmsg(d->c);
  if (code == SQLITE_CONSTRAINT_UNIQUE || code == SQLITE_CONSTRAINT_PRIMARYKEY ||
      code == SQLITE_CONSTRAINT_ROWID)
    return db_err_conflict(&d->base, detail, e);
  return db_err_internal(detail, e);
}

/* ---- opening ---- */

/* What was meant as something else: "waiting for postgres", "me@host", "*.csv". Spelled as a path
 * it is taken. */
static bool looks_like_folder(const char *word) {
  if (word[0] == '/' || strncmp(word, "./", 2) == 0 || strncmp(word, "../", 3) == 0) return true;
  for (const char *c = word; *c; c++)
    if ((unsigned char)*c <= ' ' || *c == 0x7f || strchr("@:?*<>|\"'`$&;\\()[]{}", *c))
      return false;
  return word[0] != '-' && word[0] != '~';
}

/* What stands in a folder that holds no county: its first name; false: nothing. */
static bool first_inside(const char *folder, char ret_name[200]) {
  DIR *d = opendir(folder);
  bool found = false;
  for (struct dirent *x; d && !found && (x = readdir(d)) != NULL;) {
    found = strcmp(x->d_name, ".") != 0 && strcmp(x->d_name, "..") != 0 &&
            strcmp(x->d_name, "lost+found") != 0;
    if (found) snprintf(ret_name, 200, "%.199s", x->d_name);
  }
  if (d) closedir(d);
  return found;
}

/* Whether a county may be made there: a folder that is new, or empty, or holds one (which is for
 * others to refuse). */
static bool may_hold(const char *folder, const char *file, err *e) {
  struct stat there;
  char name[200];
  if (stat(folder, &there) != 0)
    return looks_like_folder(folder) ||
           err_set(e, ERR_USAGE, folder,
                   "这不像一个目录。位置应是一个新的或空的目录，或 postgresql://用户@主机/数据库；"
                   "真要建这样一个目录，请在前面加“./”。",
                   "This does not look like a folder. A location is a new or empty folder, or "
                   "postgresql://user@host/database; if it is to be a folder, put \"./\" before "
                   "it.");
  if (!S_ISDIR(there.st_mode))
    return err_set(e, ERR_USAGE, folder, "这是一个文件。位置应是一个新的或空的目录。",
                   "This is a file. A location is a new or empty folder.");
  if (stat(file, &there) == 0 || !first_inside(folder, name)) return true;
  return err_set(e, ERR_USAGE, folder,
                 "这个目录里已经有别的东西（如 %s），不是放区县数据的。请写一个新的或空的目录。",
                 "Something else is in this folder already (such as %s), and no county. Give a new "
                 "or empty folder.",
                 name);
}

/* Makes the folder and those above it; *made is the length of the path of the first that was made.
 */
static bool make_folder(const char *folder, size_t *made, err *e) {
  char path[LOCATION_MAX];
  snprintf(path, sizeof path, "%s", folder);
  for (char *p = path + 1;; p++) {
    if (*p && *p != '/') continue;
    char kept = *p;
    *p = 0;
    bool fresh = mkdir(path, 0700) == 0;
    if (fresh && !*made) *made = (size_t)(p - path);
    if (!fresh && errno != EEXIST)
      return errno == ENOSPC
                 ? db_err_full(path, e)
                 : err_set(e, ERR_STORE, path, "不能建立文件夹“%s”（%s）。请换一个位置。",
                           "The folder %s cannot be made (%s). Choose another location.", path,
                           strerror(errno));
    *p = kept;
    if (!kept) return true;
  }
}

static bool sync_folder(const char *folder, err *e) {
  int f = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  bool ok = f >= 0 && fsync(f) == 0;
  int why = errno;
  if (f >= 0 && close(f) != 0 && ok) {
    ok = false;
    why = errno;
  }
  return ok || say_io(folder, why, e);
}

/* The file is made here and not by SQLite, so that nobody else may read it; SQLite gives its other
 * files the same mode. */
static bool make_file(lite *d, const char *folder, err *e) {
  const char *file = d->location;
  if (!may_hold(folder, file, e) || !make_folder(folder, &d->made_folder, e)) return false;
  int f = open(file, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  d->made_file = f >= 0;
  if (f < 0 && errno == EEXIST) f = open(file, O_RDWR | O_CLOEXEC);
  if (f < 0) return errno == EACCES ? say_denied(file, e) : say_io(file, errno, e);
  if (close(f) != 0) return say_io(file, errno, e);
  return sync_folder(folder, e);
}

static bool exec(lite *d, const char *sql, err *e) {
  int code = sqlite3_exec(d->c, sql, NULL, NULL, NULL);
  return code == SQLITE_OK || say(d, code, e);
}

static int take_mode(void *context, int columns, char **values, char **names) {
  (void)names;
  bool *is_wal = context;
  *is_wal = columns == 1 && values[0] && strcmp(values[0], "wal") == 0;
  return 0;
}

/* SQLite keeps silent when the file system cannot do it. */
static bool use_wal(lite *d, err *e) {
  bool is_wal = false;
  int code = sqlite3_exec(d->c, "PRAGMA journal_mode=WAL", take_mode, &is_wal, NULL);
  if (code != SQLITE_OK) return say(d, code, e);
  return is_wal || err_set(e, ERR_STORE, d->location,
                           "这个磁盘不能安全存放数据（可能是网络盘或只读盘）。请换到本机磁盘。",
                           "This disk cannot keep the data safely (a network or read-only disk?). "
                           "Use a disk of this machine.");
}

static bool settle_pragmas(lite *d, db_mode mode, err *e) {
  sqlite3_extended_result_codes(d->c, 1);
  sqlite3_busy_timeout(d->c, DB_LOCK_SECONDS * 1000);
  /* As PostgreSQL sees it: "x" is a name, never a text. */
  sqlite3_db_config(d->c, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
  sqlite3_db_config(d->c, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
  sqlite3_db_config(d->c, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
  sqlite3_db_config(d->c, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
  /* LIKE tells capitals from small letters, as in PostgreSQL. */
  if (!exec(d, "PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; PRAGMA case_sensitive_like=ON",
            e))
    return false;
  if (mode == DB_READ)
    return exec(d,
                "PRAGMA query_only=ON; PRAGMA mmap_size=268435456; "
                "SELECT 1 FROM sqlite_schema LIMIT 1",
                e);
  /* The file itself says so, before there is a WAL (head_file.h). */
  if (mode == DB_CREATE && d->made_file && !exec(d, "PRAGMA user_version=1", e)) return false;
  /* A WAL grown by a large import is cut again to 64 MB. */
  return use_wal(d, e) && exec(d,
                               "PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8000; "
                               "PRAGMA cache_size=-65536; PRAGMA journal_size_limit=67108864",
                               e);
}

static bool open_at(lite *d, const char *folder, db_mode mode, err *e) {
  int n = snprintf(d->location, sizeof d->location, "%s/jishi.db", folder);
  if (folder[0] == 0 || n < 0 || (size_t)n >= sizeof d->location)
    return err_set(e, ERR_USAGE, NULL, "数据文件夹的路径是空的或太长。",
                   "The path of the data folder is empty or too long.");
  struct stat there;
  if (mode == DB_CREATE) {
    if (!make_file(d, folder, e)) return false;
  } else if (stat(d->location, &there) != 0) {
    return errno == EACCES ? say_denied(d->location, e) : db_err_missing(folder, e);
  }
  int code = sqlite3_open_v2(d->location, &d->c, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
  if (code != SQLITE_OK) return d->c ? say(d, code, e) : err_memory(e);
  return settle_pragmas(d, mode, e);
}

/* What opening made: the file with its companions, and the folders, the deepest first. */
static void unmake(lite *d) {
  static const char *const companions[] = {"-journal", "-wal", "-shm", "-head", ""};
  char path[LOCATION_MAX + 8];
  for (size_t i = 0; d->made_file && i < sizeof companions / sizeof *companions; i++) {
    snprintf(path, sizeof path, "%s%s", d->location, companions[i]);
    unlink(path);
  }
  snprintf(path, sizeof path, "%s", d->location);
  for (char *slash; d->made_folder && (slash = strrchr(path, '/')) != NULL;) {
    *slash = 0;
    if (strlen(path) < d->made_folder || rmdir(path) != 0) return;
  }
}

static void lite_close(db *base) {
  lite *d = of(base);
  for (int i = 0; i < FIXED_COUNT; i++) sqlite3_finalize(d->fixed[i]);
  sqlite3_close(d->c);
  if (base->discarded) unmake(d);
  free(d);
}

/* ---- transactions ---- */

static int fixed(lite *d, int which) {
  if (!d->fixed[which]) {
    int code = sqlite3_prepare_v3(d->c, fixed_sql[which], -1, SQLITE_PREPARE_PERSISTENT,
                                  &d->fixed[which], NULL);
    if (code != SQLITE_OK) return code;
  }
  int code = sqlite3_step(d->fixed[which]);
  sqlite3_reset(d->fixed[which]);
  return code == SQLITE_DONE || code == SQLITE_ROW ? SQLITE_OK : code;
}

static void lite_rollback(db *base) {
  lite *d = of(base);
  if (sqlite3_get_autocommit(d->c)) return; /* a failure has rolled back by itself */
  fixed(d, base->transaction == DB_TX_READ ? COMMIT : ROLLBACK);
  if (!sqlite3_get_autocommit(d->c)) sqlite3_exec(d->c, "ROLLBACK", NULL, NULL, NULL);
}

static bool lite_begin(db *base, db_transaction kind, err *e) {
  lite *d = of(base);
  int code = fixed(d, kind == DB_TX_WRITE ? BEGIN_WRITE : BEGIN_READ);
  if (code == SQLITE_OK && kind == DB_TX_READ) code = fixed(d, FIX_SNAPSHOT);
  if (code == SQLITE_OK) return true;
  say(d, code, e);
  lite_rollback(base);
  return false;
}

/* What was written may be on the disk or not: this program goes on without it, but after a crash it
 * may be there. */
static bool say_uncertain(lite *d, err *e) {
  int why = sqlite3_system_errno(d->c);
  return err_set(
      e, ERR_UNCERTAIN, d->location,
      "保存时磁盘出错（%s），不能确定是否已保存。请检查磁盘，再提交一次，重复提交不会产生"
      "重复记录。",
      "The disk failed while saving (%s), so it is not certain whether it was saved. "
      "Check the disk and send it again; sending twice does no harm.",
      why ? strerror(why) : "I/O");
}

static bool lite_commit(db *base, err *e) {
  lite *d = of(base);
  int code = fixed(d, COMMIT);
  if (code == SQLITE_OK) return true;
  if ((code & 0xff) == SQLITE_IOERR && code != SQLITE_IOERR_NOMEM)
    say_uncertain(d, e);
  else
    say(d, code, e);
  lite_rollback(base);
  return false;
}

static bool lite_script(db *base, const char *sql, err *e) {
  return exec(of(base), sql, e);
}

/* ---- statements ---- */

static bool lite_prepare(db_stmt *s, err *e) {
  lite *d = of(s->d);
  if (s->sql_bytes > INT32_MAX - 1) return db_err_internal("a statement of 2 GB", e);
  const char *rest = NULL;
  int code = sqlite3_prepare_v3(d->c, s->sql, (int)s->sql_bytes + 1, SQLITE_PREPARE_PERSISTENT,
                                &((lite_stmt *)s)->s, &rest);
  if (code != SQLITE_OK) return say(d, code, e);
  if (!statement(s) || rest[strspn(rest, " \n\t;")])
    return db_err_internal("db_prepare wants exactly one statement", e);
  /* SQLite takes $1 for a name, and numbers in order of appearance. */
  for (int i = 0; i < s->parameter_count; i++) {
    char name[16];
    snprintf(name, sizeof name, "$%d", i + 1);
    s->parameters[i].index = sqlite3_bind_parameter_index(statement(s), name);
  }
  return true;
}

static void lite_release(db_stmt *s) {
  sqlite3_finalize(statement(s));
}

static bool bind_all(db_stmt *s, err *e) {
  sqlite3_stmt *q = statement(s);
  for (int i = 0; i < s->parameter_count; i++) {
    const db_parameter *p = &s->parameters[i];
    int code = SQLITE_OK;
    if (!p->index) continue;
    if (p->bound == 'i')
      code = sqlite3_bind_int64(q, p->index, p->i);
    else if (p->bound == 't')
      code = sqlite3_bind_text64(q, p->index, p->at, p->bytes, SQLITE_STATIC, SQLITE_UTF8);
    else if (p->bound == 'b')
      code = sqlite3_bind_blob64(q, p->index, p->at, p->bytes, SQLITE_STATIC);
    else
      code = sqlite3_bind_null(q, p->index);
    if (code != SQLITE_OK) return say(of(s->d), code, e);
  }
  return true;
}

static bool lite_run(db_stmt *s, err *e) {
  if (!bind_all(s, e)) return false;
  int code;
  do code = sqlite3_step(statement(s));
  while (code == SQLITE_ROW);
  bool ok = code == SQLITE_DONE || say(of(s->d), code, e);
  sqlite3_reset(statement(s));
  return ok;
}

static int lite_next(db_stmt *s, err *e) {
  if (!s->open && !bind_all(s, e)) return -1;
  int code = sqlite3_step(statement(s));
  if (code == SQLITE_ROW) return 1;
  if (code != SQLITE_DONE) say(of(s->d), code, e);
  sqlite3_reset(statement(s));
  return code == SQLITE_DONE ? 0 : -1;
}

static void lite_done(db_stmt *s) {
  sqlite3_reset(statement(s));
}

static bool lite_null(db_stmt *s, int column) {
  return sqlite3_column_type(statement(s), column) == SQLITE_NULL;
}

static int64_t lite_int(db_stmt *s, int column) {
  return sqlite3_column_int64(statement(s), column);
}

static text lite_text(db_stmt *s, int column) {
  const char *at = (const char *)sqlite3_column_text(statement(s), column);
  return at ? (text){at, (size_t)sqlite3_column_bytes(statement(s), column)} : TEXT("");
}

static text lite_blob(db_stmt *s, int column) {
  const char *at = sqlite3_column_blob(statement(s), column);
  return at ? (text){at, (size_t)sqlite3_column_bytes(statement(s), column)} : TEXT("");
}

static const db_driver driver = {
    .int_word = "INTEGER",
    .text_word = "TEXT",
    .blob_word = "BLOB",
    .strict_word = " STRICT",
    .for_update = "",
    .has_column = "SELECT 1 FROM pragma_table_info($1) WHERE lower(name) = lower($2)",
    .columns = "SELECT lower(m.name || '.' || p.name) FROM sqlite_schema m, "
               "pragma_table_info(m.name) p WHERE m.type = 'table'",
    .file_bytes = "SELECT c.page_count * s.page_size FROM pragma_page_count c, pragma_page_size s",
    .check = "PRAGMA quick_check(1)",
    .vacuum = "VACUUM",
    .cut_log = "PRAGMA wal_checkpoint(TRUNCATE)",
    .stmt_bytes = sizeof(lite_stmt),
    .close = lite_close,
    .script = lite_script,
    .begin = lite_begin,
    .commit = lite_commit,
    .rollback = lite_rollback,
    .prepare = lite_prepare,
    .release = lite_release,
    .run = lite_run,
    .next = lite_next,
    .done = lite_done,
    .is_null = lite_null,
    .get_int = lite_int,
    .get_text = lite_text,
    .get_blob = lite_blob,
};

db *db_sqlite_open(const char *location, db_mode mode, err *e) {
  lite *d = calloc(1, sizeof *d);
  if (!d) {
    err_memory(e);
    return NULL;
  }
  d->base.driver = &driver;
  if (open_at(d, location, mode, e)) return &d->base;
  d->base.discarded = true;
  lite_close(&d->base);
  return NULL;
}
