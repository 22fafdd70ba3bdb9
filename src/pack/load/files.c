/* The files of a pack: a folder read whole, or texts already in memory; sorted by path, within
 * limits. */
#include "pack/load/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FOLDERS_DEEP_MAX = 8, PATH_BYTES_MAX = 180 };

static void file_fault(loader *l, const char *path, label what) {
  err e = {0};
  char where[ERR_WHERE_MAX];
  snprintf(where, sizeof where, "%s:1:1", strlen(path) > PATH_BYTES_MAX ? "…" : path);
  err_set(&e, ERR_BAD_PACK, where, "%s。", "%s.", LABEL(what));
  load_fault(l, &e);
}

static void limit_fault(loader *l, const char *path, label what, int limit) {
  AUTO_BUF buf chinese = {0}, english = {0};
  buf_printf(&chinese, "%s（上限 %d）", what.zh, limit);
  buf_printf(&english, "%s (limit %d)", what.en, limit);
  if (buf_ok(&chinese) && buf_ok(&english))
    file_fault(l, path, (label){chinese.at, english.at});
  else
    l->no_memory = true;
}

static void system_fault(loader *l, const char *path, int number) {
  err e = {0};
  char why[120];
  const char *shown = strlen(path) > PATH_BYTES_MAX ? "…" : path;
  err_set(&e, ERR_BAD_PACK, shown, "读不了“%s”（%s），请检查它是否存在、有无权限。",
          "\"%s\" cannot be read (%s); check that it exists and may be read.", shown,
          strerror_r(number, why, sizeof why));
  load_fault(l, &e);
}

/* Takes a file in; its body is copied. False: a limit or memory. */
static bool add_file(loader *l, file_set *s, const char *path, text body) {
  if (s->count == PACK_FILES_MAX) {
    limit_fault(l, path, (label){"文件太多，请合并一些", "There are too many files; merge some"},
                PACK_FILES_MAX);
    return false;
  }
  if (body.bytes > PACK_FILE_BYTES_MAX) {
    limit_fault(l, path, (label){"文件太大，请分成几个", "The file is too large; split it"},
                PACK_FILE_BYTES_MAX);
    return false;
  }
  if (body.bytes > (size_t)PACK_BYTES_MAX - s->bytes) {
    limit_fault(
        l, path,
        (label){"业务包太大，请删去不用的内容", "The pack is too large; remove what is not used"},
        PACK_BYTES_MAX);
    return false;
  }
  pack_file *files = ARENA_GROW(l->a, s->files, s->count, &s->room, pack_file);
  if (files) s->files = files;
  const char *name = arena_text(l->a, path);
  const char *copy = arena_copy(l->a, body.at, body.bytes);
  if (!files || !name || !copy) {
    l->no_memory = true;
    return false;
  }
  s->files[s->count++] = (pack_file){name, {copy, body.bytes}};
  s->bytes += body.bytes;
  return true;
}

static bool read_body(int fd, buf *b) {
  char piece[16384];
  for (;;) {
    ssize_t n = read(fd, piece, sizeof piece);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0) return false;
    if (n == 0) return true;
    buf_add(b, piece, (size_t)n);
    if (b->bytes > PACK_FILE_BYTES_MAX) return true; /* add_file tells it */
  }
}

static bool read_file(loader *l, int folder, const char *name, const char *shown, file_set *ret) {
  int fd = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (fd < 0) {
    system_fault(l, shown, errno);
    return false;
  }
  AUTO_BUF buf b = {0};
  bool done = read_body(fd, &b);
  int number = errno;
  close(fd);
  if (!done) {
    system_fault(l, shown, number);
    return false;
  }
  if (!buf_ok(&b)) {
    l->no_memory = true;
    return false;
  }
  return add_file(l, ret, shown, buf_view(&b));
}

static bool read_folder(loader *l, int fd, const char *shown, int depth, file_set *ret);

/* One entry: a YAML file, a folder, or something passed over (hidden, a link, another kind of
 * file). */
static bool read_entry(loader *l, int folder, const char *name, const char *prefix, int depth,
                       file_set *ret) {
  struct stat st;
  if (name[0] == '.') return true;
  const char *path = arena_printf(l->a, "%s%s%s", prefix, prefix[0] ? "/" : "", name);
  if (!path) {
    l->no_memory = true;
    return false;
  }
  if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
    system_fault(l, path, errno);
    return false;
  }
  if (S_ISLNK(st.st_mode)) {
    file_fault(l, path,
               (label){"这里不读取链接，请放入文件本身",
                       "Links are not followed; put the file itself here"});
    return false;
  }
  if (S_ISREG(st.st_mode) && text_ends(text_of(name), ".yml")) {
    file_fault(l, path, (label){"文件名请以 .yaml 结尾", "Let the file's name end in .yaml"});
    return false;
  }
  if (S_ISREG(st.st_mode))
    return !text_ends(text_of(name), ".yaml") || read_file(l, folder, name, path, ret);
  if (!S_ISDIR(st.st_mode)) return true;
  if (depth == FOLDERS_DEEP_MAX) {
    limit_fault(
        l, path,
        (label){"文件夹套得太深，请减少层数", "Folders are nested too deeply; use fewer levels"},
        FOLDERS_DEEP_MAX);
    return false;
  }
  int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
  if (fd >= 0) return read_folder(l, fd, path, depth + 1, ret);
  system_fault(l, path, errno);
  return false;
}

/* Owns fd. */
static bool read_folder(loader *l, int fd, const char *prefix, int depth, file_set *ret) {
  DIR *dir = fdopendir(fd);
  if (!dir) {
    system_fault(l, prefix, errno);
    close(fd);
    return false;
  }
  bool done = true;
  struct dirent *entry;
  while (done && (errno = 0, entry = readdir(dir)))
    done = read_entry(l, dirfd(dir), entry->d_name, prefix, depth, ret);
  if (done && errno) {
    system_fault(l, prefix, errno);
    done = false;
  }
  closedir(dir);
  return done;
}

static int by_path(const void *a, const void *b) {
  return strcmp(((const pack_file *)a)->path, ((const pack_file *)b)->path);
}

bool files_read(loader *l, const char *folder, file_set *ret) {
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) {
    system_fault(l, folder, errno);
    return false;
  }
  if (!read_folder(l, fd, "", 0, ret)) return false;
  if (ret->count) qsort(ret->files, ret->count, sizeof *ret->files, by_path);
  return true;
}

bool files_copy(loader *l, const pack_file *files, size_t count, file_set *ret) {
  for (size_t i = 0; i < count; i++)
    if (!add_file(l, ret, files[i].path, files[i].body)) return false;
  if (ret->count) qsort(ret->files, ret->count, sizeof *ret->files, by_path);
  for (size_t i = 1; i < ret->count; i++)
    if (by_path(&ret->files[i - 1], &ret->files[i]) == 0) {
      file_fault(
          l, ret->files[i].path,
          (label){"同一路径的文件有两个，请删去一个", "Two files have the same path; remove one"});
      return false;
    }
  return true;
}

hash files_hash(loader *l, const file_set *s) {
  text *parts = TAKE(l, s->count * 2, text);
  if (!parts) return (hash){0};
  for (size_t i = 0; i < s->count; i++) {
    parts[2 * i] = text_of(s->files[i].path);
    parts[2 * i + 1] = s->files[i].body;
  }
  return hash_of(parts, s->count * 2);
}
