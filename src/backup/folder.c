/* The folder of a county's backups. */
#include "backup/folder.h"

#include "base/json_fields.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PART_END ".jishi"
#define MANIFEST_END ".json"
#define WHOLE_END "-whole" PART_END

void folder_path(const char *folder, const char *name, const char *end, char ret[4096]) {
  snprintf(ret, 4096, "%.3800s/%.200s%s", folder, name, end);
}

/* The manifest's name: the part's with another end. */
static void manifest_path(const char *folder, const char *part, char ret[4096]) {
  char stem[PART_NAME_MAX];
  snprintf(stem, sizeof stem, "%s", part);
  char *end = strrchr(stem, '.');
  if (end) *end = 0;
  folder_path(folder, stem, MANIFEST_END, ret);
}

/* ---- the manifest ---- */

void manifest_free(manifest *m) {
  carry_tags_free(&m->tags);
}

void manifest_key_check(const part_key *k, char ret[65]) {
  static const unsigned char word[] = "jishi backup";
  unsigned char hashed[32];
  crypto_generichash(hashed, sizeof hashed, word, sizeof word - 1, k->tags, sizeof k->tags);
  sodium_bin2hex(ret, 65, hashed, sizeof hashed);
}

bool manifest_write(const char *folder, const manifest *m, err *e) {
  char path[4096], salt[2 * PART_SALT_BYTES + 1];
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_field_str(&w, "part", m->part);
  json_field_str(&w, "previous", m->previous[0] ? m->previous : NULL);
  json_field_int(&w, "bytes", m->sum.bytes);
  json_field_str(&w, "sha256", m->sum.sha256);
  send_head_put(&w, &m->head);
  json_key(&w, "checked");
  if (m->checked_ms) {
    char at[30];
    instant_format(m->checked_ms, at);
    json_put_str(&w, at);
  } else {
    json_put_null(&w);
  }
  json_key(&w, "sealed");
  if (m->sealed) {
    sodium_bin2hex(salt, sizeof salt, m->key.salt, PART_SALT_BYTES);
    json_open(&w, '{');
    json_field_str(&w, "salt", salt);
    json_field_int(&w, "ops", (int64_t)m->key.ops);
    json_field_int(&w, "memory", (int64_t)m->key.memory);
    json_field_str(&w, "check", m->key_check);
    json_close(&w, '}');
  } else {
    json_put_null(&w);
  }
  json_field_open(&w, "rows", '[');
  for (size_t i = 0; i < m->tags.count; i++) json_put_str(&w, m->tags.items[i]);
  json_close(&w, ']');
  json_close(&w, '}');
  buf_char(&b, '\n');
  if (!buf_ok(&b)) return err_memory(e);
  manifest_path(folder, m->part, path);
  return part_write_file(path, buf_view(&b), e);
}

static bool bad_manifest(const char *path, err *e) {
  return err_set(e, ERR_BAD_FILE, path, "备份的说明文件读不懂，可能已损坏。请换另一份备份。",
                 "The backup's manifest cannot be read; it may be damaged. Take another backup.");
}

static bool read_whole(const char *path, buf *b, err *e) {
  char chunk[16384];
  FILE *f = fopen(path, "re");
  if (!f) return bad_manifest(path, e);
  for (size_t n; (n = fread(chunk, 1, sizeof chunk, f)) > 0;) buf_add(b, chunk, n);
  bool failed = ferror(f) != 0;
  fclose(f);
  if (failed) return bad_manifest(path, e);
  return buf_ok(b) || err_memory(e);
}

static bool read_name(text from, char ret[PART_NAME_MAX]) {
  if (from.bytes >= PART_NAME_MAX || memchr(from.at, '/', from.bytes)) return false;
  memcpy(ret, from.at, from.bytes);
  ret[from.bytes] = 0;
  return true;
}

static bool read_hex(const json *x, const char *key, size_t chars, char *ret) {
  text t = json_text(x, key);
  if (t.bytes != chars) return false;
  memcpy(ret, t.at, chars);
  ret[chars] = 0;
  return strspn(ret, "0123456789abcdef") == chars;
}

static bool read_seal(const json *x, manifest *m) {
  int64_t ops = 0, memory = 0;
  char salt[2 * PART_SALT_BYTES + 1];
  if (!x || x->type != JSON_MAP) return true;
  m->sealed =
      json_int(x, "ops", &ops) && json_int(x, "memory", &memory) &&
      read_hex(x, "salt", sizeof salt - 1, salt) &&
      read_hex(x, "check", sizeof m->key_check - 1, m->key_check) &&
      sodium_hex2bin(m->key.salt, PART_SALT_BYTES, salt, sizeof salt - 1, NULL, NULL, NULL) == 0;
  m->key.ops = (uint64_t)ops;
  m->key.memory = (uint64_t)memory;
  return m->sealed;
}

static bool read_tags(const json *list, carry_tags *tags, err *e) {
  for (size_t i = 0; list && list->type == JSON_LIST && i < list->count; i++)
    if (!carry_tags_add(tags, list->items[i].s)) return err_memory(e);
  carry_tags_sort(tags);
  return true;
}

bool manifest_read(const char *folder, const char *part, manifest *ret, err *e) {
  char path[4096];
  AUTO_BUF buf b = {0};
  arena *a AUTO_ARENA = arena_new(0);
  manifest m = {0};
  manifest_path(folder, part, path);
  if (!a) return err_memory(e);
  if (!read_whole(path, &b, e)) return false;
  json *x = json_parse(a, buf_view(&b), NULL);
  bool ok = x && read_name(json_text(x, "part"), m.part) && strcmp(m.part, part) == 0 &&
            read_name(json_text(x, "previous"), m.previous) && json_int(x, "bytes", &m.sum.bytes) &&
            read_hex(x, "sha256", sizeof m.sum.sha256 - 1, m.sum.sha256) &&
            read_seal(json_get(x, "sealed"), &m);
  if (!ok) return bad_manifest(path, e);
  if (json_text(x, "checked").bytes && !instant_parse(json_text(x, "checked"), &m.checked_ms))
    return bad_manifest(path, e);
  if (!send_head_read(x, &m.head, e) || !read_tags(json_get(x, "rows"), &m.tags, e)) {
    manifest_free(&m);
    return false;
  }
  *ret = m;
  return true;
}

/* ---- the folder ---- */

bool folder_of(const char *to, const char *county, char *ret, size_t room, err *e) {
  int n = snprintf(ret, room, "%s/jishi-backup-%s", to, county);
  return (n > 0 && (size_t)n < room && n < 3800) ||
         err_set(e, ERR_USAGE, NULL, "备份目录的名字太长。",
                 "The backup folder's name is too long.");
}

static int compare_names(const void *a, const void *b) {
  return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool folder_parts(const char *folder, arena *a, const char ***ret, size_t *ret_count, err *e) {
  DIR *d = opendir(folder);
  const char **names = NULL;
  size_t count = 0, room = 0;
  if (!d) {
    if (errno != ENOENT)
      return err_set(e, ERR_STORE, folder, "备份目录读不出来（%s）。请看看盘是否插好。",
                     "The backup folder cannot be read (%s). See that the disk is plugged in.",
                     strerror(errno));
    *ret = NULL;
    *ret_count = 0;
    return true;
  }
  bool ok = true;
  for (struct dirent *x; ok && (x = readdir(d)) != NULL;) {
    char path[4096];
    if (!text_ends(text_of(x->d_name), PART_END) || strlen(x->d_name) >= PART_NAME_MAX) continue;
    manifest_path(folder, x->d_name, path);
    if (access(path, F_OK) != 0) continue;
    const char **grown = ARENA_GROW(a, names, count, &room, const char *);
    ok = grown && (grown[count] = arena_text(a, x->d_name)) != NULL;
    if (grown) names = grown;
    if (ok) count++;
  }
  closedir(d);
  if (!ok) return err_memory(e);
  if (count) qsort(names, count, sizeof *names, compare_names);
  *ret = names;
  *ret_count = count;
  return true;
}

static bool has_parts(const char *folder, bool *ret, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  const char **names;
  size_t count = 0;
  if (!a) return err_memory(e);
  if (!folder_parts(folder, a, &names, &count, e)) return false;
  *ret = count > 0;
  return true;
}

bool folder_find(const char *from, char *ret, size_t room, err *e) {
  bool here = false;
  if (!has_parts(from, &here, e)) return false;
  char found[4096] = "";
  int several = 0;
  DIR *d = here ? NULL : opendir(from);
  for (struct dirent *x; d && (x = readdir(d)) != NULL;) {
    if (!text_starts(text_of(x->d_name), "jishi-backup-")) continue;
    folder_path(from, x->d_name, "", found);
    several++;
  }
  if (d) closedir(d);
  if (several > 1)
    return err_set(e, ERR_USAGE, from,
                   "这里有几个区县的备份，请写明是哪一个目录（jishi-backup-…）。",
                   "Here are backups of several counties; name the folder (jishi-backup-…).");
  if (several == 1 && !has_parts(found, &here, e)) return false;
  if (!here)
    return err_set(e, ERR_UNKNOWN_NAME, from,
                   "这里没有做完的备份。请看看盘是否插好，目录是否写对。",
                   "There is no finished backup here. See that the disk is plugged in and the "
                   "folder is right.");
  snprintf(ret, room, "%s", several ? found : from);
  return true;
}

void folder_name_part(const char *newest, int64_t made_ms, int64_t seq, bool whole,
                      char ret[PART_NAME_MAX]) {
  /* A clock that was put back must not make the newest look old. */
  for (;; made_ms += 1000) {
    char at[30];
    instant_format(made_ms, at); /* 2026-11-27T11:07:00.123+08:00 */
    snprintf(ret, PART_NAME_MAX, "%.10s_%.2s%.2s%.2s_%lld%s", at, at + 11, at + 14, at + 17,
             (long long)seq, whole ? WHOLE_END : "-more" PART_END);
    if (!newest[0] || strncmp(ret, newest, 17) > 0) return;
    int64_t ms = 0;
    char last[30];
    snprintf(last, sizeof last, "%.10sT%.2s:%.2s:%.2s+08:00", newest, newest + 11, newest + 13,
             newest + 15);
    if (instant_parse(text_of(last), &ms) && ms > made_ms) made_ms = ms;
  }
}

void folder_clean(const char *folder) {
  DIR *d = opendir(folder);
  if (!d) return;
  for (struct dirent *x; (x = readdir(d)) != NULL;) {
    char path[4096], other[4096];
    text name = text_of(x->d_name);
    folder_path(folder, x->d_name, "", path);
    bool part = text_ends(name, PART_END) && name.bytes < PART_NAME_MAX;
    if (part) manifest_path(folder, x->d_name, other);
    if (text_ends(name, ".new") || (part && access(other, F_OK) != 0 && errno == ENOENT))
      unlink(path);
  }
  closedir(d);
}

static bool remove_part(const char *folder, const char *part, err *e) {
  char path[4096];
  manifest_path(folder, part, path);
  if (unlink(path) == 0 || errno == ENOENT) {
    folder_path(folder, part, "", path);
    if (unlink(path) == 0 || errno == ENOENT) return true;
  }
  return err_set(e, ERR_STORE, path, "旧的备份删不掉（%s）。请检查权限。",
                 "An old backup cannot be removed (%s). Check the permissions.", strerror(errno));
}

bool folder_thin(const char *folder, size_t keep, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  const char **names = NULL;
  size_t count = 0, wholes = 0;
  if (!a) return err_memory(e);
  if (!folder_parts(folder, a, &names, &count, e)) return false;
  size_t first = count; /* that stays */
  while (first > 0 && wholes < keep) wholes += text_ends(text_of(names[--first]), WHOLE_END);
  if (wholes < keep) return true;
  for (size_t i = 0; i < first; i++) /* the newest of a set first: what is left is a set */
    if (!remove_part(folder, names[first - 1 - i], e)) return false;
  return true;
}
