#include "sheet/table_source.h"

#include "base/label.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* ---- what is it? ---- */

typedef enum form {
  FORM_OWN,      /* table_open's business */
  FORM_XLS,      /* BIFF in a compound file */
  FORM_ODS,      /* OpenDocument */
  FORM_LOCKED,   /* a workbook under a password */
  FORM_DOCUMENT, /* a compound file that is no workbook */
  FORM_PICTURE,  /* of a table, at best */
  FORM_ARCHIVE,  /* with a table in it, perhaps */
} form;

static const struct {
  const char *begins;
  size_t bytes;
  form what;
} signatures[] = {
    {"\x89PNG\r\n", 6, FORM_PICTURE},  {"\xFF\xD8\xFF", 3, FORM_PICTURE},
    {"GIF8", 4, FORM_PICTURE},         {"%PDF-", 5, FORM_PICTURE},
    {"Rar!\x1A\x07", 6, FORM_ARCHIVE}, {"7z\xBC\xAF\x27\x1C", 6, FORM_ARCHIVE},
    {"\x1F\x8B\x08", 3, FORM_ARCHIVE},
};

/* Names in a compound file's directory are UTF-16. */
static bool has_name(const char *at, size_t bytes, const char *name) {
  char wide[64];
  const size_t n = strlen(name);
  for (size_t i = 0; i < n; i++) {
    wide[2 * i] = name[i];
    wide[2 * i + 1] = 0;
  }
  return memmem(at, bytes, wide, 2 * n) != NULL;
}

static form form_of_compound(FILE *f) {
  enum { LOOKED_AT = 1 << 20, OVERLAP = 64 };
  char *at = malloc(LOOKED_AT + OVERLAP);
  form found = FORM_DOCUMENT;
  size_t kept = 0;
  for (size_t got; at && (got = fread(at + kept, 1, LOOKED_AT, f)) > 0;) {
    const size_t all = kept + got;
    if (has_name(at, all, "EncryptedPackage")) {
      found = FORM_LOCKED;
      break;
    }
    if (has_name(at, all, "Workbook") || has_name(at, all, "Book")) found = FORM_XLS;
    kept = all < OVERLAP ? all : OVERLAP;
    memmove(at, at + all - kept, kept);
  }
  free(at);
  return found;
}

static form form_of(FILE *f) {
  static const char ods[] = "application/vnd.oasis.opendocument.spreadsheet";
  char head[128];
  const size_t n = fread(head, 1, sizeof head, f);
  rewind(f);
  if (n >= 8 && memcmp(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
    return form_of_compound(f);
  for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++)
    if (n >= signatures[i].bytes && memcmp(head, signatures[i].begins, signatures[i].bytes) == 0)
      return signatures[i].what;
  return n > 4 && memcmp(head, "PK\x03\x04", 4) == 0 && memmem(head, n, ods, sizeof ods - 1)
             ? FORM_ODS
             : FORM_OWN;
}

/* ---- the folder ---- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where) {
  (void)st;
  (void)type;
  (void)where;
  return remove(path);
}

void table_source_close(table_source *s) {
  if (s->folder[0]) nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
  s->folder[0] = 0;
}

static bool no_room(err *e) {
  return err_set(e, ERR_STORE, "file", "磁盘写不进去，请腾出空间再导入。",
                 "The disk cannot be written; make room and import again.");
}

static bool copy_in(FILE *from, const char *folder, const char *name, err *e) {
  char path[160], piece[65536];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *to = fopen(path, "wbx");
  bool ok = to != NULL;
  rewind(from);
  for (size_t n; ok && (n = fread(piece, 1, sizeof piece, from)) > 0;)
    ok = fwrite(piece, 1, n, to) == n;
  if (to && fclose(to) != 0) ok = false;
  return (ok && !ferror(from)) || no_room(e);
}

/* ---- LibreOffice ---- */

static void limit(pid_t child) {
  const struct rlimit cpu = {TABLE_SOURCE_SECONDS, TABLE_SOURCE_SECONDS},
                      file = {(rlim_t)1 << 30, (rlim_t)1 << 30},
                      memory = {(rlim_t)4 << 30, (rlim_t)4 << 30};
  prlimit(child, RLIMIT_CPU, &cpu, NULL);
  prlimit(child, RLIMIT_FSIZE, &file, NULL);
  prlimit(child, RLIMIT_AS, &memory, NULL);
}

/* Its exit; -1 when it took too long. */
static int wait_for(pid_t child) {
  const struct timespec nap = {.tv_nsec = 50 * 1000 * 1000};
  struct timespec now, begun;
  clock_gettime(CLOCK_MONOTONIC, &begun);
  for (int status;;) {
    const pid_t got = waitpid(child, &status, WNOHANG);
    if (got == child) return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (got < 0 && errno != EINTR) return -1;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec - begun.tv_sec > TABLE_SOURCE_SECONDS) break;
    nanosleep(&nap, NULL);
  }
  kill(-child, SIGKILL);
  while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
  }
  return -1;
}

/* 127: it is not installed. */
static int run(const char *folder, const char *name) {
  char profile[200], home[160], path[600], input[200];
  const char *own = getenv("PATH");
  snprintf(profile, sizeof profile, "-env:UserInstallation=file://%s/profile", folder);
  snprintf(home, sizeof home, "HOME=%s", folder);
  snprintf(path, sizeof path, "PATH=%s", own ? own : "");
  snprintf(input, sizeof input, "%s/%s", folder, name);
  const char *const words[] = {"soffice",       "--headless", "--norestore",  "--nologo",
                               "--nolockcheck", profile,      "--convert-to", "xlsx",
                               "--outdir",      folder,       input,          NULL};
  const char *const environment[] = {path, home, "LANG=C.UTF-8", NULL};
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  pid_t child = -1;
  if (posix_spawn_file_actions_init(&files) != 0) return -1;
  if (posix_spawnattr_init(&how) != 0) return posix_spawn_file_actions_destroy(&files), -1;
  int why = posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
  if (!why) why = posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  if (!why) why = posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  if (!why) why = posix_spawn_file_actions_addclosefrom_np(&files, 3);
  if (!why) why = posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP);
  if (!why)
    why = posix_spawnp(&child, words[0], &files, &how, (char *const *)words,
                       (char *const *)environment);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  if (why) return why == ENOENT ? 127 : -1;
  limit(child);
  return wait_for(child);
}

static bool cannot_convert(int exit, err *e) {
  if (exit == 127)
    return err_set(e, ERR_BAD_FILE, "file",
                   "这是 .xls 或 .ods 表格，这台机器没有装 LibreOffice，读不了。请用 Excel 或 WPS "
                   "打开，另存为 .xlsx 再导入。",
                   "This is an .xls or .ods table, and LibreOffice is not installed here to read "
                   "it. Open it in a spreadsheet program and save it as .xlsx.");
  return err_set(e, ERR_BAD_FILE, "file",
                 "这份 .xls 或 .ods 表格读不出来，可能有密码或已损坏。请用 Excel 或 WPS "
                 "打开，去掉密码，另存为 .xlsx 再导入。",
                 "This .xls or .ods table cannot be read; it may have a password or be damaged. "
                 "Open it in a spreadsheet program, remove the password, and save it as .xlsx.");
}

static bool convert(FILE *f, const char *name, table_source *ret, err *e) {
  const char *folder = getenv("TMPDIR");
  if (!folder || strlen(folder) > 80) folder = P_tmpdir;
  snprintf(ret->folder, sizeof ret->folder, "%s/jishi-table-XXXXXX", folder);
  if (!mkdtemp(ret->folder)) {
    ret->folder[0] = 0;
    return no_room(e);
  }
  if (!copy_in(f, ret->folder, name, e)) return false;
  const int exit = run(ret->folder, name);
  snprintf(ret->made, sizeof ret->made, "%s/table.xlsx", ret->folder);
  if (exit != 0 || access(ret->made, R_OK) != 0) return cannot_convert(exit, e);
  ret->path = ret->made;
  return true;
}

static bool refuse_form(form what, err *e) {
  static const label says[] = {
      [FORM_LOCKED] = {"此文件有打开密码。请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx 再导入。",
                       "This file has a password. Open it in a spreadsheet program, remove the "
                       "password, and save it as .xlsx."},
      [FORM_DOCUMENT] = {"这不是表格，可能是 Word 或其他办公文件。请把表另存为 .xlsx 再导入。",
                         "This is no table but another office document; save its table as .xlsx."},
      [FORM_PICTURE] = {"这是图片或 PDF，不是表格。请向发表的人要 Excel 或 CSV 文件。",
                        "This is a picture or a PDF and no table; ask its sender for the XLSX or "
                        "CSV file."},
      [FORM_ARCHIVE] = {"这是压缩包，不是表格。请先解压，再导入里面的表。",
                        "This is an archive and no table; unpack it and import the table in it."},
  };
  return err_set(e, ERR_BAD_FILE, "file", "%s", "%s", LABEL(says[what]));
}

bool table_source_open(const char *path, table_source *ret, err *e) {
  FILE *f = fopen(path, "rb");
  *ret = (table_source){.path = path};
  const form what = f ? form_of(f) : FORM_OWN;
  bool ok = what == FORM_OWN;
  if (what == FORM_XLS || what == FORM_ODS)
    ok = convert(f, what == FORM_XLS ? "table.xls" : "table.ods", ret, e);
  else if (what != FORM_OWN)
    refuse_form(what, e);
  if (f) fclose(f);
  if (!ok) table_source_close(ret);
  return ok;
}
