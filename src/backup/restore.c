/* Backups, exports and other locations into a new location. */
#include "backup/restore.h"

#include "base/key_file.h"
#include "store/db/db_twin.h"
#include "store/sealed.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* ---- one file ---- */

static bool say_stopped(err *e) {
  return err_set(e, ERR_BUSY, NULL, "服务正在停止，没有试完。", "The service is stopping.");
}

static bool take_part(receiver *r, const restore_request *q, const char *path, part_key *key,
                      err *e) {
  part_in *in = part_open(path, q->passphrase, e);
  text line;
  int got = -1;
  while (in && (got = part_line(in, &line, e)) > 0)
    if ((q->stop && atomic_load(q->stop) && !say_stopped(e)) || !receive_line(r, line, e)) {
      got = -1;
      break;
    }
  if (in && part_key_of(in)) *key = *part_key_of(in);
  part_close(in);
  return got == 0 && receive_end(r, e);
}

/* ---- a set ---- */

typedef struct chain {
  manifest *parts; /* the whole one first */
  size_t count;
} chain;

static void chain_free(chain *c) {
  for (size_t i = 0; i < c->count; i++) manifest_free(&c->parts[i]);
  free(c->parts);
}

/* `part` and those it goes on from. */
static bool chain_read(const char *folder, const char *part, chain *ret, err *e) {
  enum { PARTS_MAX = 100000 };
  chain c = {0};
  size_t room = 0;
  char next[PART_NAME_MAX];
  bool ok = true;
  snprintf(next, sizeof next, "%s", part);
  while (ok && next[0] && c.count < PARTS_MAX) {
    if (c.count == room) {
      room = room ? room * 2 : 16;
      manifest *more = reallocarray(c.parts, room, sizeof *more);
      if (!more) {
        ok = err_memory(e);
        break;
      }
      c.parts = more;
    }
    ok = manifest_read(folder, next, &c.parts[c.count], e);
    if (!ok) break;
    if (c.count) carry_tags_free(&c.parts[c.count].tags); /* only the newest's are asked for */
    snprintf(next, sizeof next, "%s", c.parts[c.count++].previous);
  }
  if (!ok) {
    chain_free(&c);
    return false;
  }
  for (size_t i = 0; i < c.count / 2; i++) {
    manifest kept = c.parts[i];
    c.parts[i] = c.parts[c.count - 1 - i];
    c.parts[c.count - 1 - i] = kept;
  }
  *ret = c;
  return true;
}

/* As many parts as are needed to come to the moment. */
static size_t parts_needed(const chain *c, const receive_until *u) {
  for (size_t i = 0; i < c->count; i++) {
    const journal_point *head = &c->parts[i].head.head;
    if ((u->seq && head->seq >= u->seq) || (u->at_ms && head->at_ms > u->at_ms)) return i + 1;
  }
  return c->count;
}

static bool sums_fit(const char *folder, const chain *c, size_t count, err *e) {
  for (size_t i = 0; i < count; i++) {
    char path[4096];
    part_sum sum;
    folder_path(folder, c->parts[i].part, "", path);
    if (!part_sum_of(path, &sum, e)) return false;
    if (sum.bytes != c->parts[i].sum.bytes || strcmp(sum.sha256, c->parts[i].sum.sha256) != 0)
      return err_set(e, ERR_BAD_FILE, path,
                     "这一份备份和它的说明文件对不上，已损坏或被改动过。请用更早的一份："
                     "jishi restore 后面写那一份的文件名。",
                     "This backup does not fit its manifest: it is damaged or was altered. Take an "
                     "earlier one: give its file to jishi restore.");
  }
  return true;
}

static bool take_chain(receiver *r, const restore_request *q, const char *folder, const chain *c,
                       size_t count, err *e) {
  part_key key = {0};
  bool ok = count > 0;
  for (size_t i = 0; ok && i < count; i++) {
    char path[4096];
    folder_path(folder, c->parts[i].part, "", path);
    ok = take_part(r, q, path, &key, e);
  }
  const manifest *last = &c->parts[count - 1];
  /* Only the newest manifest's tags were read; going back, nothing is known of what went. */
  ok = ok &&
       receive_finish(r, last->sealed ? key.tags : NULL, count == c->count ? &last->tags : NULL, e);
  part_key_forget(&key);
  return ok;
}

/* ---- a new location ---- */

static bool location_is_free(const char *location, err *e) {
  store *s = store_open(location, DB_CREATE, "", e);
  bool free_there = s && store_vacant(s, e);
  store_discard(s); /* what was there stays */
  return free_there;
}

static bool begin_location(const char *location, char *ret_twin, size_t room, err *e) {
  if (!db_twin_name(location, "restore", ret_twin, room, e)) return false;
  db_twin_drop(location, ret_twin); /* of one that was cut off */
  return location_is_free(location, e);
}

/* What was received becomes the location; or is taken away. */
static bool end_location(const char *location, const char *twin, receiver *r, bool ok,
                         restored *ret, err *e) {
  if (ok) *ret = (restored){.head = *receive_head(r), .point = receive_point(r)};
  receive_close(r);
  ok = ok && db_twin_install(location, twin, e);
  if (!ok) db_twin_drop(location, twin);
  return ok;
}

static bool reached(const restore_request *q, const receiver *r, err *e) {
  const receive_until *u = &q->until;
  journal_point at = receive_point(r);
  if (u->seq && at.seq < u->seq)
    return err_set(e, ERR_BAD_INPUT, "--until", "备份里只到第 %lld 条。",
                   "The backup only goes to entry %lld.", (long long)at.seq);
  return at.seq > 0 || err_set(e, ERR_BAD_INPUT, "--until", "那时还没有一条流水。",
                               "There was no entry yet at that moment.");
}

/* ---- where it comes from ---- */

static bool take_folder(receiver *r, const restore_request *q, const char *folder, const char *part,
                        err *e) {
  chain c = {0};
  if (!chain_read(folder, part, &c, e)) return false;
  size_t count = parts_needed(&c, &q->until);
  bool ok = sums_fit(folder, &c, count, e) && take_chain(r, q, folder, &c, count, e);
  chain_free(&c);
  return ok;
}

static bool newest_part(const char *folder, char ret[PART_NAME_MAX], err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  const char **names = NULL;
  size_t count = 0;
  if (!a) return err_memory(e);
  if (!folder_parts(folder, a, &names, &count, e)) return false;
  snprintf(ret, PART_NAME_MAX, "%s", count ? names[count - 1] : "");
  return true;
}

/* A file: a part of a set when a manifest stands beside it, else an export. */
static bool split_file(const char *path, char folder[4096], char part[PART_NAME_MAX]) {
  const char *slash = strrchr(path, '/');
  const char *name = slash ? slash + 1 : path;
  snprintf(folder, 4096, "%.*s", slash ? (int)(slash - path) : 1, slash ? path : ".");
  if (strlen(name) >= PART_NAME_MAX) return false;
  snprintf(part, PART_NAME_MAX, "%s", name);
  manifest m;
  if (!manifest_read(folder, part, &m, NULL)) return false;
  manifest_free(&m);
  return true;
}

static bool take_from(receiver *r, const restore_request *q, err *e) {
  char folder[4096], part[PART_NAME_MAX];
  struct stat there;
  if (stat(q->from, &there) == 0 && S_ISREG(there.st_mode)) {
    part_key key = {0};
    if (split_file(q->from, folder, part)) return take_folder(r, q, folder, part, e);
    bool ok = take_part(r, q, q->from, &key, e) && receive_finish(r, NULL, NULL, e);
    part_key_forget(&key);
    return ok;
  }
  return folder_find(q->from, folder, sizeof folder, e) && newest_part(folder, part, e) &&
         take_folder(r, q, folder, part, e);
}

/* It is made in a twin, but its key file is looked for where the location itself expects it. */
static bool use_own_key(const char *location, err *e) {
  char path[4096];
  if (!key_file_of_place(location, path, e)) return false;
  key_file_use(path);
  return true;
}

bool restore_county(const restore_request *q, restored *ret, err *e) {
  char twin[4096];
  if (!use_own_key(q->location, e) || !begin_location(q->location, twin, sizeof twin, e))
    return false;
  receiver *r = receive_start(twin, &q->until, q->progress, e);
  bool ok = r && take_from(r, q, e) && reached(q, r, e);
  return end_location(q->location, twin, r, ok, ret, e);
}

bool restore_try(const char *folder, const char *part, const char *location, const char *passphrase,
                 const atomic_bool *stop, void (*progress)(int64_t, int64_t), err *e) {
  char twin[4096];
  if (!db_twin_name(location, "check", twin, sizeof twin, e)) return false;
  db_twin_drop(location, twin);
  receiver *r = receive_start(twin, NULL, progress, e);
  restore_request q = {.passphrase = passphrase, .stop = stop};
  bool ok = r && take_folder(r, &q, folder, part, e);
  receive_close(r);
  db_twin_drop(location, twin);
  return ok;
}

/* ---- from a location ---- */

static bool put_line(void *context, text line, err *e) {
  return part_put(context, line, e);
}

bool export_county(const char *location, const char *file, const char *passphrase,
                   void (*progress)(int64_t, int64_t), sent *ret, err *e) {
  part_key key;
  part_sum sum;
  char beside[4096];
  int n = snprintf(beside, sizeof beside, "%s.new", file);
  struct stat there;
  if (n < 0 || (size_t)n >= sizeof beside)
    return err_set(e, ERR_USAGE, NULL, "文件名太长。", "The file's name is too long.");
  if (stat(file, &there) == 0)
    return err_set(e, ERR_CONFLICT, file, "这个文件已经有了，不会覆盖它。请换一个名字。",
                   "This file is there already and will not be overwritten. Choose another name.");
  if (passphrase && !part_key_new(passphrase, &key, e)) return false;
  store *s = store_open(location, DB_READ, NULL, e);
  part_out *out = s ? part_create(beside, passphrase ? &key : NULL, e) : NULL;
  send_request q = {.made_ms = now_ms(), .progress = progress};
  carry_sink to = {put_line, out};
  bool ok = out && send_county(s, &q, &to, ret, e);
  store_close(s);
  if (passphrase) part_key_forget(&key);
  if (!ok) {
    part_drop(out);
    return false;
  }
  carry_tags_free(&ret->tags);
  return part_end(out, &sum, e) && part_rename(beside, file, e);
}

static bool receive_sent(void *context, text line, err *e) {
  return receive_line(context, line, e);
}

bool move_county(const char *location, const char *to, void (*progress)(int64_t, int64_t),
                 restored *ret, err *e) {
  char twin[4096];
  sent all = {0};
  store *s = store_open(location, DB_READ, NULL, e);
  if (!s) return false;
  /* What is read of the key file here opens the other location, too. */
  if (!sealed_ready(s, e) || !begin_location(to, twin, sizeof twin, e)) {
    store_close(s);
    return false;
  }
  receiver *r = receive_start(twin, NULL, progress, e);
  send_request q = {.made_ms = now_ms()};
  carry_sink into = {receive_sent, r};
  bool ok = r && send_county(s, &q, &into, &all, e) && receive_end(r, e) &&
            receive_finish(r, NULL, NULL, e);
  carry_tags_free(&all.tags);
  store_close(s);
  return end_location(to, twin, r, ok, ret, e);
}
