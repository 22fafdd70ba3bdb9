#include "base/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
  HELD_MAX = 32,
  FILE_MAX_BYTES = 16384,
  SALT = crypto_pwhash_argon2id_SALTBYTES,
  PASSES = 3,
  MEMORY_KIB = 65536,
  WRAPPED = sizeof(seal_key) + SEAL_MORE_BYTES,
};

static const char heading[] =
    "# 即时的密钥文件，请与数据和备份分开保存。有了它和数据就能看到全部内容；丢了它，封存的内容谁也"
    "打不开。\n"
    "# Jishi's key file: keep it apart from the data and its backups. Whoever has both can read "
    "everything; if it is lost, nobody can open what is sealed.\n";

/* What this process has read: one for all places, as keys are found by their number. */
typedef struct held_key {
  key_number number;
  seal_key key;
} held_key;
typedef struct held_keys {
  held_key keys[HELD_MAX];
  size_t count;
  char passphrase[KEY_PASSPHRASE_BYTES]; /* the last that fitted; "": none */
} held_keys;
static struct {
  pthread_mutex_t lock;
  char path[4096]; /* as told; "": not */
  key_asker ask;
  held_keys *held; /* in memory of libsodium's; NULL: none yet */
} ring = {.lock = PTHREAD_MUTEX_INITIALIZER};

void key_file_use(const char *path) {
  snprintf(ring.path, sizeof ring.path, "%s", path ? path : "");
}

void key_file_asker(key_asker ask) {
  ring.ask = ask;
}

const char *key_file_path(const char *expected) {
  const char *named = getenv("JISHI_KEY_FILE");
  return ring.path[0] ? ring.path : named && named[0] ? named : expected;
}

void key_file_forget(void) {
  pthread_mutex_lock(&ring.lock);
  if (ring.held) sodium_free(ring.held); /* wipes it */
  ring.held = NULL;
  pthread_mutex_unlock(&ring.lock);
}

static bool begin_to_hold(err *e) {
  if (ring.held) return true;
  if (sodium_init() < 0 || !(ring.held = sodium_malloc(sizeof *ring.held))) return err_memory(e);
  ring.held->count = 0;
  ring.held->passphrase[0] = 0;
  return true;
}

static const held_key *held(const key_number *number) {
  for (size_t i = 0; ring.held && i < ring.held->count; i++)
    if (memcmp(&ring.held->keys[i].number, number, sizeof *number) == 0) return &ring.held->keys[i];
  return NULL;
}

static bool hold(const key_number *number, const seal_key *key, err *e) {
  if (held(number)) return true;
  if (!begin_to_hold(e)) return false;
  if (ring.held->count == HELD_MAX) ring.held->count = 0; /* read again when needed */
  ring.held->keys[ring.held->count++] = (held_key){*number, *key};
  return true;
}

/* ---- lines ---- */

static bool ask_passphrase(const char *path, bool fresh, char ret[KEY_PASSPHRASE_BYTES], err *e) {
  const char *given = getenv("JISHI_KEY_PASSPHRASE");
  if (given && strlen(given) < KEY_PASSPHRASE_BYTES) {
    snprintf(ret, KEY_PASSPHRASE_BYTES, "%s", given);
    return true;
  }
  if (ring.ask) return ring.ask(path, fresh, ret, e);
  return err_set(e, ERR_USAGE, path, "密钥文件有口令，请用 JISHI_KEY_PASSPHRASE 给出。",
                 "The key file has a passphrase: give it by JISHI_KEY_PASSPHRASE.");
}

static bool key_of_passphrase(const char *passphrase, const uint8_t salt[SALT], uint64_t passes,
                              uint64_t kib, seal_key *ret) {
  return passes >= 1 && passes <= 100 && kib >= 8 && kib <= 4u << 20 &&
         crypto_pwhash((uint8_t *)ret, sizeof *ret, passphrase, strlen(passphrase), salt, passes,
                       (size_t)kib * 1024, crypto_pwhash_ALG_ARGON2ID13) == 0;
}

static void put_coded(buf *b, const uint8_t *bytes, size_t count) {
  char coded[256];
  seal_code(bytes, count, coded);
  buf_add(b, coded, seal_coded_bytes(count));
  sodium_memzero(coded, sizeof coded);
}

/* `passphrase` NULL: plain. */
static bool put_key(buf *b, const key_number *number, const seal_key *key, const char *passphrase,
                    err *e) {
  char hex[2 * KEY_NUMBER_BYTES + 1];
  sodium_bin2hex(hex, sizeof hex, number->b, sizeof number->b);
  if (!passphrase) {
    buf_printf(b, "key %s plain ", hex);
    put_coded(b, (const uint8_t *)key, sizeof *key);
  } else {
    uint8_t salt[SALT], wrapped[WRAPPED];
    seal_key around;
    randombytes_buf(salt, sizeof salt);
    if (!key_of_passphrase(passphrase, salt, PASSES, MEMORY_KIB, &around)) return err_memory(e);
    seal_close(&around, text_of(hex), (text){(const char *)key, sizeof *key}, wrapped);
    seal_key_wipe(&around);
    buf_printf(b, "key %s argon2id %d %d ", hex, PASSES, MEMORY_KIB);
    put_coded(b, salt, sizeof salt);
    buf_char(b, ' ');
    put_coded(b, wrapped, sizeof wrapped);
  }
  buf_char(b, '\n');
  return true;
}

static bool bad_line(const char *path, err *e) {
  return err_set(e, ERR_BAD_FILE, path, "这不是即时的密钥文件，或者它损坏了。请换用它的副本。",
                 "This is no key file of Jishi, or it is damaged. Use a copy of it.");
}

static bool decode_as(text coded, uint8_t *ret, size_t bytes) {
  size_t n = 0;
  return coded.bytes == seal_coded_bytes(bytes) && seal_decode(coded, ret, &n) && n == bytes;
}

typedef struct key_words {
  text number, way, passes, kib, salt, key;
} key_words;

/* A file that is read again, as another program put a new key into it, asks nobody again. */
static bool passphrase_of(const char *path, bool *ret_kept, char *passphrase, err *e) {
  if (!begin_to_hold(e)) return false;
  *ret_kept = ring.held->passphrase[0] != 0;
  if (!*ret_kept) return ask_passphrase(path, false, passphrase, e);
  memcpy(passphrase, ring.held->passphrase, KEY_PASSPHRASE_BYTES);
  return true;
}

static bool open_wrapped(const char *path, const key_words *w, char *passphrase, seal_key *ret,
                         err *e) {
  uint8_t salt[SALT], wrapped[WRAPPED];
  int64_t passes = 0, kib = 0;
  bool kept = false, ok = false;
  if (!decode_as(w->salt, salt, SALT) || !decode_as(w->key, wrapped, WRAPPED) ||
      !text_to_int(w->passes, &passes) || !text_to_int(w->kib, &kib))
    return bad_line(path, e);
  seal_key around;
  if (!passphrase[0] && !passphrase_of(path, &kept, passphrase, e)) return false;
  while (true) {
    if (!key_of_passphrase(passphrase, salt, (uint64_t)passes, (uint64_t)kib, &around))
      return err_memory(e);
    ok = seal_open(&around, w->number, (text){(const char *)wrapped, WRAPPED}, (uint8_t *)ret);
    if (ok || !kept) break;
    kept = false; /* that was another file's */
    if (!ask_passphrase(path, false, passphrase, e)) return false;
  }
  seal_key_wipe(&around);
  if (ok && begin_to_hold(e)) memcpy(ring.held->passphrase, passphrase, KEY_PASSPHRASE_BYTES);
  return ok || err_set(e, ERR_DENIED, path, "密钥文件的口令不对。",
                       "The passphrase of the key file is wrong.");
}

static bool take_line(const char *path, text line, char *passphrase, bool *ret_wrapped,
                      key_number *ret, err *e) {
  key_words w = {0};
  text word;
  seal_key key;
  if (!text_next_word(&line, &word) || !text_is(word, "key")) return bad_line(path, e);
  text_next_word(&line, &w.number);
  text_next_word(&line, &w.way);
  *ret_wrapped = text_is(w.way, "argon2id");
  if (*ret_wrapped) {
    text_next_word(&line, &w.passes);
    text_next_word(&line, &w.kib);
    text_next_word(&line, &w.salt);
  }
  text_next_word(&line, &w.key);
  size_t n = 0;
  if (sodium_hex2bin(ret->b, sizeof ret->b, w.number.at ? w.number.at : "", w.number.bytes, NULL,
                     &n, NULL) != 0 ||
      n != sizeof ret->b)
    return bad_line(path, e);
  bool ok = *ret_wrapped ? open_wrapped(path, &w, passphrase, &key, e)
            : text_is(w.way, "plain") && decode_as(w.key, (uint8_t *)&key, sizeof key)
                ? true
                : bad_line(path, e);
  ok = ok && hold(ret, &key, e);
  seal_key_wipe(&key);
  return ok;
}

/* ---- the file ---- */

static bool said(const char *path, err *e) {
  if (errno == ENOENT)
    return err_set(e, ERR_STORE, path,
                   "找不到密钥文件。没有它，封存的内容打不开：请用 --key-file 指明它在哪里，"
                   "或插上存放它的U盘。",
                   "The key file is not there, and without it what is sealed cannot be opened. Say "
                   "where it is by --key-file, or plug in the stick it is on.");
  return err_set(e, ERR_STORE, path, "密钥文件读写失败：%s。", "The key file cannot be used: %s.",
                 strerror(errno));
}

/* *ret_last: the key in use. `passphrase` has room for one, "" at first. */
static bool read_keys(const char *path, buf *content, char *passphrase, bool *ret_wrapped,
                      key_number *ret_last, err *e) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return said(path, e);
  char part[1024];
  ssize_t n;
  while ((n = read(fd, part, sizeof part)) > 0 && content->bytes < FILE_MAX_BYTES)
    buf_add(content, part, (size_t)n);
  sodium_memzero(part, sizeof part);
  close(fd);
  if (n < 0) return said(path, e);
  if (n > 0) return bad_line(path, e);
  if (!buf_ok(content)) return err_memory(e);
  bool any = false;
  text rest = buf_view(content);
  while (rest.bytes) {
    const char *end = memchr(rest.at, '\n', rest.bytes);
    text line = {rest.at, end ? (size_t)(end - rest.at) : rest.bytes};
    rest.at += line.bytes + (end != NULL);
    rest.bytes -= line.bytes + (end != NULL);
    line = text_trim(line);
    if (!line.bytes || line.at[0] == '#') continue;
    if (!take_line(path, line, passphrase, ret_wrapped, ret_last, e)) return false;
    any = true;
  }
  return any || bad_line(path, e);
}

static void wipe(buf *b) {
  if (b->at) sodium_memzero(b->at, b->room);
  buf_release(b);
}

static bool write_whole(int fd, const buf *b) {
  size_t done = 0;
  while (done < b->bytes) {
    ssize_t n = write(fd, b->at + done, b->bytes - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) return false;
    done += (size_t)n;
  }
  return fsync(fd) == 0;
}

static int open_folder(const char *path) {
  char folder[4200];
  snprintf(folder, sizeof folder, "%.4096s", path);
  char *end = strrchr(folder, '/');
  if (end) end[end == folder] = 0;
  return open(end ? folder : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* While it is changed: two programs that read it and write it anew would lose one's key. By the
 * folder, as the file itself is another one afterwards. -1: said. */
static int lock_folder(const char *path, err *e) {
  int fd = open_folder(path);
  while (fd >= 0 && flock(fd, LOCK_EX) != 0) {
    if (errno == EINTR) continue;
    close(fd);
    fd = -1;
  }
  if (fd < 0) said(path, e);
  return fd;
}

/* The name, too, is on the disk before anything is sealed by what is in it. */
static bool sync_folder(const char *path) {
  int fd = open_folder(path);
  bool ok = fd >= 0 && fsync(fd) == 0;
  if (fd >= 0) close(fd);
  return ok;
}

/* Under another name first, so that the file is whole whenever it is there. `ret_first` (may be
 * NULL): it must not be there yet; false: another process was faster, and its file stays. */
static bool write_file(const char *path, const buf *content, bool *ret_first, err *e) {
  char fresh[4200];
  if (!buf_ok(content)) return err_memory(e);
  snprintf(fresh, sizeof fresh, "%.4096s.new-%ld", path, (long)getpid());
  unlink(fresh);
  int fd = open(fresh, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (fd < 0) return said(path, e);
  bool wrote = write_whole(fd, content);
  if (close(fd) != 0) wrote = false;
  if (wrote && ret_first) {
    *ret_first = link(fresh, path) == 0;
    wrote = *ret_first ? sync_folder(path) || said(path, e) : errno == EEXIST || said(path, e);
    unlink(fresh);
    return wrote;
  }
  if (wrote && rename(fresh, path) == 0) return sync_folder(path) || said(path, e);
  said(path, e);
  unlink(fresh);
  return false;
}

static bool add_fresh(buf *content, const char *passphrase, key_number *ret, err *e) {
  seal_key key;
  key_number number;
  seal_key_random(&key);
  randombytes_buf(&number, sizeof number);
  bool ok = put_key(content, &number, &key, passphrase, e) && hold(&number, &key, e);
  seal_key_wipe(&key);
  if (ok) *ret = number;
  return ok;
}

bool key_file_make(const char *path, bool wrapped, key_number *ret, err *e) {
  char passphrase[KEY_PASSPHRASE_BYTES] = "";
  buf content = {0};
  bool was_wrapped = false, first = false, ok = true;
  pthread_mutex_lock(&ring.lock);
  if (access(path, F_OK) != 0) {
    ok = !wrapped || ask_passphrase(path, true, passphrase, e);
    buf_str(&content, heading);
    ok = ok && add_fresh(&content, wrapped ? passphrase : NULL, ret, e) &&
         write_file(path, &content, &first, e);
    wipe(&content);
    content = (buf){0};
  }
  ok = ok && (first || read_keys(path, &content, passphrase, &was_wrapped, ret, e));
  pthread_mutex_unlock(&ring.lock);
  sodium_memzero(passphrase, sizeof passphrase);
  wipe(&content);
  return ok;
}

static bool find(const char *path, const key_number *number, seal_key *ret, err *e) {
  const held_key *k = held(number);
  if (!k) {
    char passphrase[KEY_PASSPHRASE_BYTES] = "";
    buf content = {0};
    key_number last;
    bool wrapped = false;
    bool ok = read_keys(path, &content, passphrase, &wrapped, &last, e);
    sodium_memzero(passphrase, sizeof passphrase);
    wipe(&content);
    if (!ok) return false;
    k = held(number);
  }
  if (!k)
    return err_set(e, ERR_STORE, path,
                   "这个密钥文件不是这里的，打不开封存的内容。请用 --key-file 指明对的那一个。",
                   "This key file is another place's and does not open what is sealed here. Give "
                   "the right one by --key-file.");
  *ret = k->key;
  return true;
}

bool key_file_find(const char *path, const key_number *number, seal_key *ret, err *e) {
  pthread_mutex_lock(&ring.lock);
  bool ok = find(path, number, ret, e);
  pthread_mutex_unlock(&ring.lock);
  return ok;
}

bool key_file_last(const char *path, key_number *ret, err *e) {
  char passphrase[KEY_PASSPHRASE_BYTES] = "";
  buf content = {0};
  bool wrapped = false;
  pthread_mutex_lock(&ring.lock);
  bool ok = read_keys(path, &content, passphrase, &wrapped, ret, e);
  pthread_mutex_unlock(&ring.lock);
  sodium_memzero(passphrase, sizeof passphrase);
  wipe(&content);
  return ok;
}

bool key_file_renew(const char *path, key_number *ret, err *e) {
  char passphrase[KEY_PASSPHRASE_BYTES] = "";
  buf content = {0};
  bool wrapped = false;
  key_number last;
  int lock = lock_folder(path, e);
  if (lock < 0) return false;
  pthread_mutex_lock(&ring.lock);
  bool ok = read_keys(path, &content, passphrase, &wrapped, &last, e) &&
            (!wrapped || passphrase[0] || ask_passphrase(path, false, passphrase, e)) &&
            add_fresh(&content, wrapped ? passphrase : NULL, ret, e) &&
            write_file(path, &content, NULL, e);
  pthread_mutex_unlock(&ring.lock);
  close(lock);
  sodium_memzero(passphrase, sizeof passphrase);
  wipe(&content);
  return ok;
}

bool key_file_drop(const char *path, err *e) {
  char passphrase[KEY_PASSPHRASE_BYTES] = "";
  buf content = {0}, kept = {0};
  bool wrapped = false;
  key_number last;
  int lock = lock_folder(path, e);
  if (lock < 0) return false;
  pthread_mutex_lock(&ring.lock);
  bool ok = read_keys(path, &content, passphrase, &wrapped, &last, e);
  buf_str(&kept, heading);
  const held_key *k = ok ? held(&last) : NULL;
  ok = ok && put_key(&kept, &last, &k->key, wrapped ? passphrase : NULL, e) &&
       write_file(path, &kept, NULL, e);
  pthread_mutex_unlock(&ring.lock);
  close(lock);
  sodium_memzero(passphrase, sizeof passphrase);
  wipe(&content);
  wipe(&kept);
  return ok;
}
