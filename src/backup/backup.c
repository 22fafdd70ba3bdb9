/* Backups into a folder. */
#include "backup/backup.h"

#include "backup/restore.h"
#include "store/sealed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

/* One that is being made. */
typedef struct making {
  const backup_request *q;
  store *from;
  char folder[4096];
  int lock;
  bool has_newest;
  manifest newest; /* the part to go on from */
  part_key key;
  manifest made;
  bool whole;
} making;

/* ---- the folder ---- */

static bool lock_folder(making *m, err *e) {
  char path[4096];
  folder_path(m->folder, "lock", "", path);
  m->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (m->lock < 0)
    return err_set(e, ERR_STORE, m->folder, "备份目录写不进去（%s）。请看看盘是否插好、能不能写。",
                   "The backup folder cannot be written (%s). See that the disk is plugged in and "
                   "may be written.",
                   strerror(errno));
  if (flock(m->lock, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK) return true;
  return err_set(e, ERR_BUSY, m->folder, "这个目录里正在做另一份备份，请等它做完。",
                 "Another backup into this folder is under way; wait for its end.");
}

static bool open_folder(making *m, const char *county, err *e) {
  struct stat there;
  if (stat(m->q->to, &there) != 0 || !S_ISDIR(there.st_mode))
    return err_set(e, ERR_UNKNOWN_NAME, m->q->to,
                   "没有这个目录，备份没有做。请看看盘是否插好，或先建好目录。",
                   "There is no such folder; no backup was made. See that the disk is plugged in, "
                   "or make the folder first.");
  if (!folder_of(m->q->to, county, m->folder, sizeof m->folder, e)) return false;
  if (m->q->must_exist && stat(m->folder, &there) != 0)
    return err_set(e, ERR_UNKNOWN_NAME, m->folder,
                   "原来的备份目录不见了，备份没有做：盘可能被拔掉了。",
                   "The backup folder that was there is gone; no backup was made. The disk may be "
                   "unplugged.");
  if (mkdir(m->folder, 0700) != 0 && errno != EEXIST)
    return err_set(e, ERR_STORE, m->folder, "备份目录建不了（%s）。请看看盘能不能写。",
                   "The backup folder cannot be made (%s). See that the disk may be written.",
                   strerror(errno));
  return lock_folder(m, e);
}

static bool read_newest(making *m, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  const char **names = NULL;
  size_t count = 0;
  if (!a) return err_memory(e);
  if (!folder_parts(m->folder, a, &names, &count, e)) return false;
  m->has_newest = count > 0;
  return !count || manifest_read(m->folder, names[count - 1], &m->newest, e);
}

/* ---- keys ---- */

/* A set is sealed alike from end to end. */
static bool choose_key(making *m, err *e) {
  const char *word = m->q->passphrase;
  if (m->has_newest && m->newest.sealed != (word != NULL)) m->whole = true;
  if (!word) return true;
  if (m->whole || !m->has_newest) return part_key_new(word, &m->key, e);
  char check[65];
  m->key = m->newest.key;
  if (!part_key_again(word, &m->key, e)) return false;
  manifest_key_check(&m->key, check);
  return strcmp(check, m->newest.key_check) == 0 ||
         err_set(e, ERR_DENIED, "--passphrase-file",
                 "口令和这一组备份的不同。要换口令，请用 --whole 另做一组。",
                 "The passphrase is not the one of this set. To change it, begin a new set with "
                 "--whole.");
}

/* ---- a part ---- */

typedef struct stoppable {
  part_out *out;
  const atomic_bool *stop;
} stoppable;

static bool put_line(void *context, text line, err *e) {
  stoppable *s = context;
  if (s->stop && atomic_load(s->stop))
    return err_set(e, ERR_BUSY, NULL, "服务正在停止，这一份没有做完。",
                   "The service is stopping; this backup was not finished.");
  return part_put(s->out, line, e);
}

static bool first_link(store *s, hash *ret, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  entry *x = NULL;
  size_t count = 0;
  if (!a) return err_memory(e);
  if (!store_journal(s, a, &(journal_query){.limit = 1}, &x, &count, e)) return false;
  if (!count)
    return err_set(e, ERR_STORE, NULL, "这里还没有一条流水，没有可备份的。",
                   "There is no entry here yet, and nothing to back up.");
  *ret = x->link;
  return true;
}

/* Another county under the same code, such as one that was tried out, is not written over. */
static bool is_same_county(making *m, err *e) {
  hash first;
  if (!m->has_newest) return true;
  if (!first_link(m->from, &first, e)) return false;
  return memcmp(&first, &m->newest.head.first, sizeof first) == 0 ||
         err_set(
             e, ERR_CONFLICT, m->folder,
             "这里放的是另一个区县（%s）的备份，代码相同而流水不同，不会覆盖它。请换一个目录。",
             "The backups here are of another county (%s): the code is the same, the journal is "
             "not. They are not written over; choose another folder.",
             m->newest.head.name);
}

static bool say_other_way(err *e) {
  if (e->code != ERR_CONFLICT) return false;
  return err_set(e, ERR_CONFLICT, NULL,
                 "上一份备份之后，这里的数据走了另一条路（可能恢复过）。请加 --whole 另做一组；"
                 "原来的备份都还在。",
                 "Since the last backup the data here has gone another way (it may have been put "
                 "back). Begin a new set with --whole; the earlier backups stay.");
}

static bool send_part(making *m, const char *path, sent *ret, err *e) {
  part_out *out = part_create(path, m->q->passphrase ? &m->key : NULL, e);
  if (!out) return false;
  send_request q = {.made_ms = m->made.head.made_ms,
                    .tag_key = m->q->passphrase ? m->key.tags : NULL,
                    .progress = m->q->progress};
  if (!m->whole) {
    q.after = m->newest.head.head;
    q.known = &m->newest.tags;
  }
  stoppable through = {out, m->q->stop};
  carry_sink to = {put_line, &through};
  if (send_county(m->from, &q, &to, ret, e)) {
    if (part_end(out, &m->made.sum, e)) return true;
    carry_tags_free(&ret->tags);
    return false;
  }
  part_drop(out);
  return m->whole ? false : say_other_way(e);
}

/* From the disk, not from what the system still remembers of it. */
static bool read_back(making *m, const char *path, err *e) {
  part_sum sum;
  int f = open(path, O_RDONLY | O_CLOEXEC);
  if (f >= 0) {
    posix_fadvise(f, 0, 0, POSIX_FADV_DONTNEED);
    close(f);
  }
  if (!part_sum_of(path, &sum, e)) return false;
  return strcmp(sum.sha256, m->made.sum.sha256) == 0 ||
         err_set(e, ERR_STORE, path,
                 "写好的备份读回来对不上：这个盘不可靠，请换一个。以前的备份没有动。",
                 "What was written reads back differently: this disk cannot be relied on, take "
                 "another. The earlier backups were not touched.");
}

static void check_part(making *m, backup_done *ret) {
  if (!m->q->check || !m->whole) return;
  /* The key file is of this location: the trial beside it is opened by what was read here. */
  if (sealed_ready(m->from, &ret->why_not) &&
      restore_try(m->folder, m->made.part, m->q->location, m->q->passphrase, m->q->stop,
                  m->q->progress, &ret->why_not))
    m->made.checked_ms = ret->checked_ms = now_ms();
  else
    ret->check_failed = true;
}

/* A part that could not be restored stays all the same, and with it the older ones. */
static bool finish_part(making *m, const char *path, backup_done *ret, err *e) {
  char last[4096];
  folder_path(m->folder, m->made.part, "", last);
  if (!read_back(m, path, e) || !part_rename(path, last, e)) {
    unlink(path);
    return false;
  }
  if (!manifest_write(m->folder, &m->made, e)) return false;
  check_part(m, ret);
  if (ret->check_failed) return true;
  return (!m->made.checked_ms || manifest_write(m->folder, &m->made, e)) &&
         (!m->q->keep || folder_thin(m->folder, m->q->keep, e));
}

static void name_part(making *m) {
  m->made.head.made_ms = now_ms();
  m->made.sealed = m->q->passphrase != NULL;
  if (m->made.sealed) {
    m->made.key = m->key;
    manifest_key_check(&m->key, m->made.key_check);
  }
  if (!m->whole) snprintf(m->made.previous, sizeof m->made.previous, "%s", m->newest.part);
}

static bool make_part(making *m, backup_done *ret, err *e) {
  char path[4096];
  sent all;
  name_part(m);
  folder_path(m->folder, "part.new", "", path);
  if (!send_part(m, path, &all, e)) return false;
  m->made.head = all.head;
  m->made.tags = all.tags;
  ret->whole = m->whole;
  ret->head = all.head;
  ret->entries = all.entries;
  ret->rows = all.rows;
  ret->bytes = m->made.sum.bytes;
  bool rows_gone = !m->whole && all.tags.count != m->newest.tags.count;
  if (!m->whole && !all.entries && !all.rows && !rows_gone) {
    unlink(path);
    return true; /* nothing is new */
  }
  folder_name_part(m->has_newest ? m->newest.part : "", all.head.made_ms, all.head.head.seq,
                   m->whole, m->made.part);
  if (!finish_part(m, path, ret, e)) return false;
  snprintf(ret->part, sizeof ret->part, "%s", m->made.part);
  return true;
}

/* Somebody was forgotten since: a new set begins, and the older go with --keep, for they hold the
 * keys that were destroyed here. */
static bool begins_anew(making *m, err *e) {
  int64_t last = 0;
  if (!sealed_last_passed_over(m->from, &last, e)) return false;
  m->whole |= !m->has_newest || last >= m->newest.head.head.seq;
  return true;
}

bool backup_make(const backup_request *q, backup_done *ret, err *e) {
  making m = {.q = q, .lock = -1, .whole = q->whole};
  *ret = (backup_done){0};
  m.from = store_open(q->location, DB_READ, NULL, e);
  bool ok = m.from && open_folder(&m, store_county(m.from), e);
  if (ok) folder_clean(m.folder);
  ok = ok && read_newest(&m, e) && is_same_county(&m, e);
  ok = ok && begins_anew(&m, e) && choose_key(&m, e) && make_part(&m, ret, e);
  manifest_free(&m.newest);
  manifest_free(&m.made);
  part_key_forget(&m.key);
  store_close(m.from);
  if (m.lock >= 0) close(m.lock);
  return ok;
}

bool backup_newest(const char *to, const char *county, manifest *ret, err *e) {
  char folder[4096];
  arena *a AUTO_ARENA = arena_new(0);
  const char **names = NULL;
  size_t count = 0;
  manifest m = {0};
  if (!a) return err_memory(e);
  if (!folder_of(to, county, folder, sizeof folder, e) ||
      !folder_parts(folder, a, &names, &count, e) ||
      (count && !manifest_read(folder, names[count - 1], &m, e)))
    return false;
  carry_tags_free(&m.tags);
  *ret = m;
  return true;
}
