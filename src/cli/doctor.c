/* doctor: all that goes wrong with a service over the years, looked at in one go. Changes nothing.
 */
#include "cli/commands.h"
#include "cli/table_print.h"

#include "backup/backup.h"
#include "backup/heads.h"
#include "base/json_fields.h"
#include "base/key_file.h"
#include "engine/clock.h"
#include "http/listen.h"
#include "paper/paper.h"
#include "store/db/db_lock.h"
#include "store/rows/packs.h"
#include "store/sealed.h"

#include <errno.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <time.h>
#include <unistd.h>

typedef enum verdict { FINE, LOOK, BAD } verdict;

typedef struct doctor {
  const options *o;
  const char *location;
  bool is_url, is_served;
  bool has_county; /* it could be opened, and `at` is where it stands */
  county at;
  int64_t bytes; /* of the data file; 0: not known */
  verdict worst;
  json_out *w; /* NULL: for people */
} doctor;

static const char *verdict_name(verdict s) {
  static const char *const names[] = {[FINE] = "fine", [LOOK] = "look", [BAD] = "bad"};
  return names[s];
}

static const char *verdict_word(verdict s) {
  static const char *const zh[] = {[FINE] = "好", [LOOK] = "注意", [BAD] = "不行"};
  static const char *const en[] = {[FINE] = "fine", [LOOK] = "LOOK", [BAD] = "BAD"};
  return say(zh[s], en[s]);
}

static void put_padded(const char *word, size_t width) {
  size_t wide = terminal_width(word);
  printf("%s%*s  ", word, wide < width ? (int)(width - wide) : 0, "");
}

/* One finding: a sentence, which holds the remedy where one is needed. */
static void found(doctor *d, verdict s, label what, const err *sentence) {
  enum { VERDICT_WIDTH = 4, WHAT_WIDTH = 12 };
  if (s > d->worst) d->worst = s;
  if (d->w) {
    json_open(d->w, '{');
    json_field_label(d->w, "what", what);
    json_field_str(d->w, "state", verdict_name(s));
    json_field_label(d->w, "text", (label){sentence->zh, sentence->en});
    json_close(d->w, '}');
    return;
  }
  put_padded(verdict_word(s), VERDICT_WIDTH);
  put_padded(say(what.zh, what.en), WHAT_WIDTH);
  puts(say(sentence->zh, sentence->en));
}

#define FOUND(d, s, what, ...)                                                                     \
  do {                                                                                             \
    err sentence_ = {0};                                                                           \
    err_set(&sentence_, ERR_NONE, NULL, __VA_ARGS__);                                              \
    found((d), (s), (what), &sentence_);                                                           \
  } while (0)

enum { CLOCK_CHARS = 30 };
/* "2026-11-27 15:04" */
static void clock_text(int64_t ms, char ret[CLOCK_CHARS]) {
  instant_format(ms, ret);
  ret[10] = ' ';
  ret[16] = 0;
}

/* ---- versions ---- */

static const label versions = {"版本", "versions"};

static bool ask_version(db *d, bool is_url, char ret[64]) {
  err ignored;
  db_stmt *q = db_prepare(d, is_url ? "SHOW server_version" : "SELECT sqlite_version()", &ignored);
  if (!q || db_next(q, &ignored) <= 0) return false;
  text t = db_text(q, 0);
  snprintf(ret, 64, "%.*s", (int)(t.bytes < 63 ? t.bytes : 63), t.at);
  db_done(q);
  return true;
}

static void look_at_versions(doctor *d, store *s) {
  char database[64] = "?";
  ask_version(store_db(s), d->is_url, database);
  FOUND(d, FINE, versions, "即时 %s，%s %s。", "Jishi %s, %s %s.", JISHI_VERSION,
        d->is_url ? "PostgreSQL" : "SQLite", database);
}

/* ---- the data ---- */

static const label data = {"数据", "data"}, packs = {"业务包", "packs"};

static const label key_label = {"密钥文件", "key file"};

/* That the keys of the data open by it; who else may read it; and whether it lies apart. */
static void look_at_key_file(doctor *d, store *s) {
  char path[4096];
  struct stat key, here;
  err e;
  if (!key_file_of_place(d->location, path, &e)) {
    found(d, BAD, key_label, &e);
    return;
  }
  if (!sealed_ready(s, &e))
    found(d, e.code == ERR_USAGE ? LOOK : BAD, key_label, &e); /* its passphrase was not given */
  else if (stat(path, &key) != 0)
    FOUND(d, BAD, key_label, "“%s”看不到（%s）。请核对它在哪里。",
          "\"%s\" cannot be seen (%s). See where it is.", path, strerror(errno));
  else if (key.st_mode & (S_IRWXG | S_IRWXO))
    FOUND(d, BAD, key_label, "别的账户也能读“%s”。请改为只有服务的账户能读：chmod 600 %s",
          "Other accounts may read \"%s\". Make it the service's alone: chmod 600 %s", path, path);
  else if (!d->is_url && stat(d->location, &here) == 0 && here.st_dev == key.st_dev)
    FOUND(d, LOOK, key_label,
          "“%s”能打开数据，但和数据在同一个盘上：盘丢了就等于没有封存，盘坏了就谁也打不开。请移到"
          "别的盘（--key-file），另存一份副本。",
          "\"%s\" opens the data, but is on the same disk: stolen together they are as good as "
          "unsealed, and when the disk breaks nobody opens the backups. Move it to another "
          "(--key-file), and keep a copy.",
          path);
  else
    FOUND(d, FINE, key_label, "“%s”能打开数据，和数据不在一起。请另存一份副本。",
          "\"%s\" opens the data and lies apart from it. Keep a copy.", path);
}

static void look_inside(doctor *d, store *s) {
  err e;
  if (!db_check(store_db(s), 0, &e))
    found(d, BAD, data, &e);
  else
    FOUND(d, FINE, data, "%s（%.6s），共 %lld 条流水，数据文件完好。",
          "%s (%.6s), %lld entries, the file is sound.", d->at.name, d->at.code,
          (long long)d->at.seq);
  if (!store_packs_sound(s, &e))
    found(d, BAD, packs, &e);
  else
    FOUND(d, FINE, packs, "和录入时的一样。", "As they were taken in.");
  look_at_key_file(d, s);
}

/* That it opens says that the head fits, too (store_open). */
static void look_at_data(doctor *d) {
  err e;
  struct stat file;
  char path[4200];
  store *s = store_open(d->location, DB_READ, NULL, &e);
  d->has_county = s && store_county_get(s, &d->at, &e);
  if (d->has_county) {
    look_at_versions(d, s);
    look_inside(d, s);
  } else {
    found(d, BAD, data, &e);
  }
  store_close(s);
  snprintf(path, sizeof path, "%.4000s/jishi.db", d->location);
  if (!d->is_url && stat(path, &file) == 0) d->bytes = file.st_size;
}

/* ---- the folder: room, and who may read it ---- */

static const label disk = {"磁盘", "disk"}, folder = {"目录权限", "permissions"};

static void look_at_room(doctor *d) {
  const int64_t mb = 1 << 20, least = 64 * mb, spare = 256 * mb;
  struct statvfs st;
  if (statvfs(d->location, &st) != 0) {
    FOUND(d, BAD, disk, "看不到数据所在的磁盘（%s）。请检查它是否接好。",
          "The disk of the data cannot be seen (%s). See that it is connected.", strerror(errno));
    return;
  }
  int64_t left = (int64_t)(st.f_bavail * st.f_frsize), wanted = 2 * d->bytes + spare;
  long long left_mb = left / mb, wanted_mb = wanted / mb;
  if (st.f_flag & ST_RDONLY)
    FOUND(d, BAD, disk, "磁盘是只读的，写不进去。请检查磁盘有没有出错，再重新挂载。",
          "The disk is read-only. See whether it has failed, and mount it again.");
  else if (left < least || (st.f_files && st.f_favail < 100))
    FOUND(d, BAD, disk, "只剩 %lld MB，马上就写不进去了。请删掉别的文件，或换大一些的磁盘。",
          "Only %lld MB are left, and soon nothing can be written. Remove other files, or take a "
          "larger disk.",
          left_mb);
  else if (left < wanted)
    FOUND(d, LOOK, disk,
          "剩 %lld MB；核对和试着恢复要用 %lld MB。请删掉别的文件，或换大一些的磁盘。",
          "%lld MB are left; a rebuild or the trial of a backup needs %lld MB. Remove other files, "
          "or take a larger disk.",
          left_mb, wanted_mb);
  else
    FOUND(d, FINE, disk, "剩 %lld MB。", "%lld MB are left.", left_mb);
}

static void look_at_permissions(doctor *d) {
  struct stat at;
  if (stat(d->location, &at) != 0) return; /* told above */
  if (at.st_mode & (S_IRWXG | S_IRWXO))
    FOUND(d, LOOK, folder, "别的账户也能进这个目录。请改为只有自己能进：chmod 700 %s",
          "Other accounts may enter this folder. Make it yours alone: chmod 700 %s", d->location);
  else if (at.st_uid != geteuid())
    FOUND(d, LOOK, folder, "目录属于另一个账户（%u），服务要用它运行；这次检查最好也用它做。",
          "The folder is of another account (%u): the service must run as it, and this look is "
          "better made as it.",
          at.st_uid);
  else
    FOUND(d, FINE, folder, "只有运行服务的账户能进。", "Open to the service's account only.");
}

/* ---- the clock ---- */

static const label clock_label = {"时钟", "clock"};

static void look_at_clock(doctor *d) {
  struct timex t = {0};
  char now[CLOCK_CHARS], last[CLOCK_CHARS];
  clock_state state = d->has_county ? clock_look(d->at.last_at_ms, now_ms()) : CLOCK_FITS;
  clock_text(now_ms(), now);
  clock_text(d->at.last_at_ms, last);
  bool is_synchronised = adjtimex(&t) >= 0 && !(t.status & STA_UNSYNC);
  if (state != CLOCK_FITS)
    FOUND(
        d, BAD, clock_label,
        "现在是 %s，最后一条流水是 %s 的，差得太远，服务只能查看、不收登记。请核对时钟；确实没错，"
        "执行 jishi clock 位置 --is-right。",
        "It is %s, and the last entry is of %s, too far apart: the service is for reading only. "
        "Look at the clock; if it is right, say so: jishi clock LOCATION --is-right.",
        now, last);
  else if (!is_synchronised)
    FOUND(d, LOOK, clock_label,
          "现在是 %s；没有和时间服务器对时。能上网或有本地时间服务器时：timedatectl set-ntp true；"
          "不能时，请每周对一次表。",
          "It is %s; no time server keeps it right. With a network: timedatectl set-ntp true; "
          "without, compare it with a watch each week.",
          now);
  else
    FOUND(d, FINE, clock_label, "现在是 %s，和时间服务器对着时。",
          "It is %s, kept right by a time server.", now);
}

/* ---- the service, its port, its limits ---- */

static const label service = {"服务", "service"}, port_label = {"端口", "port"},
                   limits = {"系统限制", "limits"};

static void look_at_service(doctor *d) {
  err e;
  db_lock *lock = db_lock_new(d->location, d->at.code, &e);
  bool is_free = lock && db_lock_hold(lock, &e);
  d->is_served = !is_free && e.code == ERR_STANDBY;
  db_lock_free(lock);
  if (d->is_served)
    FOUND(d, FINE, service, "正在运行。", "It is running.");
  else if (is_free)
    FOUND(d, LOOK, service, "没有在运行。启动：jishi serve %s",
          "It is not running. Start it: jishi serve %s", d->is_url ? "URL" : d->location);
  else
    found(d, BAD, service, &e);
}

static bool look_at_port(doctor *d) {
  err e;
  int64_t port = SERVE_PORT;
  const char *address = option(d->o, OPTION_ADDRESS);
  if (!option_int(d->o, OPTION_PORT, 1, 65535, &port)) return false;
  int fd = listen_open(address ? address : "127.0.0.1", (int)port, &e);
  if (fd >= 0) close(fd);
  if (fd >= 0)
    FOUND(d, d->is_served ? LOOK : FINE, port_label,
          d->is_served ? "%d 空着：服务用的是别的端口。" : "%d 空着，可以用。",
          d->is_served ? "%d is free: the service listens on another." : "%d is free.", (int)port);
  else if (d->is_served && e.code == ERR_BUSY)
    FOUND(d, FINE, port_label, "%d 有程序在用，应是正在运行的服务。",
          "%d is in use, by the running service as it seems.", (int)port);
  else
    found(d, BAD, port_label, &e);
  return true;
}

static void look_at_limits(doctor *d) {
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) != 0) return;
  if (files.rlim_cur < 1024 && files.rlim_max < 1024)
    FOUND(
        d, LOOK, limits,
        "最多只能打开 %llu 个文件，人多时会连不上。请调高（systemd 单元里写 LimitNOFILE=65536）。",
        "Only %llu files may be open, too few for many people at once. Raise it (LimitNOFILE=65536 "
        "in the systemd unit).",
        (unsigned long long)files.rlim_max);
  else
    FOUND(d, FINE, limits, "最多可以打开 %llu 个文件。", "%llu files may be open.",
          (unsigned long long)files.rlim_max);
}

/* ---- backups ---- */

static const label backup_label = {"备份", "backup"};

static bool on_same_disk(const doctor *d, const char *to) {
  struct stat here, there;
  return !d->is_url && stat(d->location, &here) == 0 && stat(to, &there) == 0 &&
         here.st_dev == there.st_dev;
}

static void judge_backup(doctor *d, const manifest *m, const char *to) {
  const int64_t hour = 3600 * 1000;
  char made[CLOCK_CHARS];
  int64_t age = (now_ms() - m->head.made_ms) / hour, behind = d->at.seq - m->head.head.seq;
  clock_text(m->head.made_ms, made);
  if (age >= 24 && behind > 0)
    FOUND(d, BAD, backup_label,
          "最近一份是 %s 的，以后的 %lld 条流水还没有备份。请做一次：jishi backup 位置 %s",
          "The latest is of %s, and %lld entries since then are in none. Make one: jishi backup "
          "LOCATION %s",
          made, (long long)behind, to);
  else if (on_same_disk(d, to))
    FOUND(d, LOOK, backup_label,
          "最近一份是 %s 的，但和数据在同一个盘上，盘坏了就都没有了。请换一个盘。",
          "The latest is of %s, but on the disk of the data itself: when it breaks, both are "
          "gone. Use another disk.",
          made);
  else
    FOUND(d, FINE, backup_label, "最近一份是 %s 的。", "The latest is of %s.", made);
}

static void look_at_backups(doctor *d) {
  char to[4096];
  const char *word = option(d->o, OPTION_BACKUP);
  manifest m;
  err e;
  if (!word) {
    FOUND(d, LOOK, backup_label,
          "没有说备份放在哪里，所以没有看。请写 --backup 目录；还没有做备份的，见 docs/backup.md。",
          "Where the backups are was not said, so none were looked at. Give --backup FOLDER; if "
          "there are none yet, see docs/backup.md.");
    return;
  }
  snprintf(to, sizeof to, "%s", word);
  char *at = strrchr(to, '@'); /* as it is given to serve */
  if (at && clock_seconds(text_of(at + 1)) >= 0) *at = 0;
  if (!d->has_county) return;
  if (!backup_newest(to, d->at.code, &m, &e))
    found(d, BAD, backup_label, &e);
  else if (!m.part[0])
    FOUND(d, BAD, backup_label, "“%s”里还没有本区县的备份。请做一次：jishi backup 位置 %s",
          "There is no backup of this county in \"%s\" yet. Make one: jishi backup LOCATION %s", to,
          to);
  else
    judge_backup(d, &m, to);
}

/* ---- certificate, signed heads ---- */

static const label certificate = {"证书", "certificate"}, heads = {"签名", "signed heads"};

static void look_at_key(doctor *d, X509 *x, const char *file) {
  struct stat at;
  FILE *f = fopen(file, "re");
  EVP_PKEY *key = f ? PEM_read_PrivateKey(f, NULL, NULL, NULL) : NULL;
  if (f) fclose(f);
  if (!key)
    FOUND(d, BAD, certificate, "私钥“%s”读不了。请核对文件名和权限。",
          "The private key \"%s\" cannot be read. Check its name and permissions.", file);
  else if (X509_check_private_key(x, key) != 1)
    FOUND(d, BAD, certificate, "私钥和证书不是一对。请给出同一次申请得到的两个文件。",
          "The private key is not that of the certificate. Give the two files that belong "
          "together.");
  else if (stat(file, &at) == 0 && at.st_mode & (S_IRWXG | S_IRWXO))
    FOUND(d, LOOK, certificate, "别的账户也能读私钥。请改为只有服务的账户能读：chmod 600 %s",
          "Other accounts may read the private key. Make it the service's alone: chmod 600 %s",
          file);
  EVP_PKEY_free(key);
}

static void look_at_certificate(doctor *d) {
  enum { WARN_DAYS = 30 };
  const char *file = option(d->o, OPTION_TLS_CERT), *key = option(d->o, OPTION_TLS_KEY);
  int days = 0, seconds = 0;
  if (!file) return;
  FILE *f = fopen(file, "re");
  X509 *x = f ? PEM_read_X509(f, NULL, NULL, NULL) : NULL;
  if (f) fclose(f);
  if (!x || ASN1_TIME_diff(&days, &seconds, NULL, X509_get0_notAfter(x)) != 1)
    FOUND(d, BAD, certificate, "“%s”不是能用的证书（PEM）。请核对文件名和权限。",
          "\"%s\" is no certificate (PEM) that can be used. Check its name and permissions.", file);
  else if (days < 0 || seconds < 0)
    FOUND(
        d, BAD, certificate, "证书已经过期，浏览器会拒绝打开。请换新的，再重新启动服务。",
        "The certificate has expired, and browsers refuse it. Get a new one and start the service "
        "again.");
  else if (days < WARN_DAYS)
    FOUND(d, LOOK, certificate, "证书还有 %d 天过期。请申请新的。",
          "The certificate expires in %d days. Get a new one.", days);
  else
    FOUND(d, FINE, certificate, "证书还有 %d 天。", "The certificate is good for %d days.", days);
  if (x && key) look_at_key(d, x, key);
  X509_free(x);
}

static void look_at_heads(doctor *d) {
  const char *file = option(d->o, OPTION_HEAD_FILE);
  const int64_t day_seconds = 86400, most_days = 3;
  struct stat at;
  int64_t count = 0;
  err e;
  if (!file || !d->has_county) return;
  store *s = store_open(d->location, DB_READ, NULL, &e);
  bool fits = s && heads_check(s, file, NULL, &count, &e);
  store_close(s);
  if (!fits)
    found(d, BAD, heads, &e);
  else if (stat(file, &at) == 0 && time(NULL) - at.st_mtime > most_days * day_seconds)
    FOUND(d, LOOK, heads, "%lld 个签名都相符，但最近几天没有签过。请用 jishi head 签一次。",
          "All %lld fit, but none was made in the last days. Sign by jishi head.",
          (long long)count);
  else
    FOUND(d, FINE, heads, "%lld 个签名都相符。", "All %lld fit.", (long long)count);
}

/* ---- letters ---- */

static const label fonts = {"打印字体", "fonts"};

static void look_at_fonts(doctor *d) {
  err e;
  if (!paper_check_font(&e))
    found(d, LOOK, fonts, &e);
  else
    FOUND(d, FINE, fonts, "打印用的中文字体在。", "There are Chinese letters to print with.");
}

/* ---- all of it ---- */

static bool look_at_all(doctor *d) {
  look_at_data(d);
  if (!d->is_url) {
    look_at_room(d);
    look_at_permissions(d);
  }
  look_at_clock(d);
  if (d->has_county) look_at_service(d);
  if (!look_at_port(d)) return false;
  look_at_limits(d);
  look_at_backups(d);
  look_at_certificate(d);
  look_at_heads(d);
  look_at_fonts(d);
  return true;
}

static int status_of(const doctor *d) {
  return d->worst == BAD ? EXIT_REFUSED : EXIT_DONE;
}

int command_doctor(const options *o) {
  doctor d = {.o = o, .location = o->words[0], .is_url = db_is_url(o->words[0])};
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    d.w = &w;
    json_open(&w, '{');
    json_field_open(&w, "findings", '[');
    if (!look_at_all(&d)) return EXIT_USAGE;
    json_close(&w, ']');
    json_field_str(&w, "worst", verdict_name(d.worst));
    json_close(&w, '}');
    return put_json(&b, status_of(&d));
  }
  if (!look_at_all(&d)) return EXIT_USAGE;
  puts(d.worst == FINE ? say("都好。", "All is well.")
       : d.worst == LOOK ? say("能用，有要留意的。", "It works; there is something to look at.")
                         : say("有要马上处理的。", "Something must be done now."));
  return say_written(status_of(&d));
}
