/* serve: the county on the network until told to stop. */
#include "cli/commands.h"
#include "cli/passphrase.h"

#include "backup/heads.h"
#include "base/log.h"
#include "engine/clock.h"
#include "engine/init.h"
#include "http/listen.h"
#include "http/server.h"
#include "store/rows/county.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { START_CHECK_BYTES = 64 << 20, STOP_SECONDS = 4, HEAD_SECONDS = 600 };

/* A newer release may ship the next year's holidays: the county takes them into its journal. */
static bool take_newer_notices(engine *g, writer *w, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  const char *file = home_file("data/calendar.yaml");
  calendar_notices all;
  err fault;
  command c;
  answer x;
  if (!a) return err_memory(e);
  if (!calendar_read_file(a, file, &all, &fault)) {
    log_err(LOG_WARN, "calendar_file_unreadable", &fault); /* the county has its own */
    return true;
  }
  calendar_notices newer = calendar_newer(engine_calendar(g), &all);
  if (!newer.count) return true;
  if (!notices_command(&newer, a, &c, e)) return false;
  if (!writer_apply(w, &c, a, &x, &fault)) {
    /* Whoever writes has them, or gets them at the next start. */
    if (fault.code == ERR_STANDBY || fault.code == ERR_CLOCK) {
      log_err(LOG_WARN, "calendar_left_to_the_writer", &fault);
      return true;
    }
    *e = fault;
    return false;
  }
  log_event(LOG_INFO, "calendar_taken_in", log_int("first", newer.items[0].year),
            log_int("last", newer.items[newer.count - 1].year),
            log_int("deadlines_changed", (int64_t)x.case_count));
  return true;
}

/* Where to find it; what plain http means where others can listen. */
static bool tell_addresses(const server_config *c, writer *w, int64_t last_ms, err *e) {
  err standby;
  AUTO_BUF buf urls = {0};
  if (!listen_urls(c->listen_fd, c->tls_certificate != NULL, &urls)) return err_memory(e);
  bool local = listen_is_local(c->listen_fd);
  puts(say("即时已启动，请在浏览器里打开（按 Ctrl-C 停止）：",
           "Jishi is running; open in a browser (Ctrl-C stops it):"));
  for (const char *line = urls.at; line && *line; line += strcspn(line, "\n") + 1)
    printf("  %.*s\n", (int)strcspn(line, "\n"), line);
  if (!local)
    puts(say("手机和别的电脑打开不是 127 开头的网址。",
             "Phones and other computers open an address "
             "that does not begin with 127."));
  if (!local && !c->tls_certificate)
    puts(
        say("注意：http 不加密，同一网络里的人能看到密码和内容；办公请用 --tls-cert 和 --tls-key。",
            "Mind: plain http is not encrypted; whoever is on the network can read passwords and "
            "records. For work give --tls-cert and --tls-key."));
  if (!c->web_root)
    puts(say("注意：网页还没有编译，现在只有接口；编译：./run --build。",
             "Mind: the pages are not built, only the API is there; build them: ./run --build."));
  if (!writer_may_write(w, &standby)) puts(say(standby.zh, standby.en));
  if (!clock_fits(last_ms, now_ms(), &standby)) puts(say(standby.zh, standby.en));
  putchar('\n'); /* here they end, for who reads along */
  if (fflush(stdout) != 0) return err_set(e, ERR_STORE, NULL, "写不出网址。", "Cannot write.");
  return true;
}

/* On the writer's thread; the one that waits does what a start does. */
static void on_takeover(void *context) {
  pthread_kill(*(const pthread_t *)context, SIGUSR1);
}

static void after_takeover(engine *g, writer *w) {
  err e;
  if (!take_newer_notices(g, w, &e)) log_err(LOG_ERROR, "calendar_not_taken_in", &e);
}

/* What is under way may take longer than a machine that is shut down waits: a question that reads
 * the whole county, a disk that does not answer. Every commit is whole, so nothing is lost by it.
 */
static void on_too_long(int told) {
  (void)told;
  static const char line[] = "{\"level\":\"warn\",\"event\":\"server_stopped_late\"}\n";
  ssize_t wrote = write(STDERR_FILENO, line, sizeof line - 1);
  (void)wrote;
  _exit(EXIT_DONE);
}

/* Signed heads kept elsewhere: at the start, while entries come, and at the end. */
typedef struct head_keeper {
  const char *location, *file, *key_file; /* file NULL: none are kept */
  int64_t seq;                            /* of the last line */
} head_keeper;

static void keep_head(head_keeper *k) {
  err e;
  if (k->file && !head_keep(k->location, k->key_file, k->file, &k->seq, &e))
    log_err(LOG_ERROR, "head_not_signed", &e);
}

/* SIGHUP: the log file was moved away. SIGUSR1: this server now writes. */
static void wait_until_told(const sigset_t *signals, engine *g, writer *w, head_keeper *k) {
  const struct timespec between = {.tv_sec = HEAD_SECONDS};
  for (;;) {
    int told = sigtimedwait(signals, NULL, &between);
    if (told == SIGHUP)
      log_reopen();
    else if (told == SIGUSR1)
      after_takeover(g, w);
    else if (told > 0)
      return;
    else if (errno == EAGAIN)
      keep_head(k);
  }
}

/* TO or TO@HH:MM; `kept` holds the folder's name. */
static bool backups_given(const options *o, char kept[4096], schedule_config *ret, err *e) {
  const char *word = option(o, OPTION_BACKUP);
  int64_t keep = BACKUP_KEEP;
  ret->whole_at = SCHEDULE_WHOLE_AT;
  if (!option_int(o, OPTION_KEEP, 0, 10000, &keep))
    return err_set(e, ERR_USAGE, "--keep", "应是一个数。", "Must be a number.");
  ret->keep = (size_t)keep;
  if (!word) return true;
  snprintf(kept, 4096, "%s", word);
  char *at = strrchr(kept, '@');
  int second = at ? clock_seconds(text_of(at + 1)) : -1;
  if (second >= 0 && second < 86400) {
    *at = 0;
    ret->whole_at = second;
  }
  ret->to = kept;
  return true;
}

static int serve_until_told(const server_config *c, const schedule_config *backups, head_keeper *k,
                            engine *g, const sigset_t *signals) {
  err e;
  pthread_t self = pthread_self();
  county head = {.seq = 0};
  store_county_get(engine_store(g), &head, &e); /* what fails here fails below, too */
  db_lock *lock = db_lock_new(c->location, store_county(engine_store(g)), &e);
  writer *w = lock ? writer_start(g, lock, &e) : NULL;
  if (w) writer_on_takeover(w, on_takeover, &self);
  bool ready = w && take_newer_notices(g, w, &e);
  if (!ready) close(c->listen_fd);
  server_config with = *c;
  with.backups = ready && backups->to ? schedule_start(backups, &e) : NULL;
  ready = ready && (!backups->to || with.backups);
  server *s = ready ? server_start(&with, g, w, &e) : NULL;
  bool ok = s && tell_addresses(c, w, head.last_at_ms, &e);
  if (ok) keep_head(k);
  if (ok) wait_until_told(signals, g, w, k);
  signal(SIGALRM, on_too_long);
  alarm(STOP_SECONDS);
  server_stop(s);
  schedule_stop(with.backups);
  writer_stop(w);
  if (ok) keep_head(k);
  if (!ok) return say_error(&e);
  puts(say("已停止，办过的事都已保存。", "Stopped; everything answered is on disk."));
  return EXIT_DONE;
}

static bool log_given(const options *o, err *e) {
  const char *word = option(o, OPTION_LOG_LEVEL);
  /* Among what is told to people a line a request would hide the rest. */
  log_level level = option(o, OPTION_LOG_FILE) ? LOG_INFO : LOG_WARN;
  if (word && !log_level_parse(text_of(word), &level))
    return err_set(e, ERR_USAGE, "--log-level", "“%s”应是 debug、info、warn 或 error。",
                   "\"%s\" must be debug, info, warn or error.", word);
  log_set_level(level);
  return true;
}

/* A folder that was named must hold the pages; without the program's own it can still be asked by
 * other programs. *web NULL: no pages. */
static bool web_given(const options *o, const char **web, err *e) {
  const char *named = option(o, OPTION_WEB);
  char page[4200];
  if (named) *web = named;
  snprintf(page, sizeof page, "%.4000s/office/index.html", *web);
  if (access(page, R_OK) == 0) return true;
  if (!named) return *web = NULL, true;
  return err_set(e, ERR_USAGE, "--web", "“%s”里没有编译好的网页（office/index.html）。",
                 "There are no built pages in \"%s\" (office/index.html).", named);
}

/* Who else may ask, and whose word counts. */
static bool trust_given(const options *o, server_config *c, err *e) {
  const char *words[OPTIONS_MAX];
  size_t n = option_all(o, OPTION_TRUSTED_PROXY, words, OPTIONS_MAX);
  for (size_t i = 0; i < n; i++)
    if (!peer_nets_add(&c->trusted, text_of(words[i]), e)) return false;
  n = option_all(o, OPTION_OPEN, words, OPTIONS_MAX);
  for (size_t i = 0; i < n; i++) {
    if (strcmp(words[i], "metrics") == 0)
      c->open_metrics = true;
    else if (strcmp(words[i], "contract") == 0)
      c->open_contract = true;
    else
      return err_set(e, ERR_USAGE, "--open", "“%s”应是 metrics 或 contract。",
                     "\"%s\" must be metrics or contract.", words[i]);
  }
  return true;
}

/* What signs where the journal stands signs receipts, too. */
static bool receipt_key_given(const options *o, receipt_key *kept, server_config *c, err *e) {
  head_key k;
  if (!option(o, OPTION_SIGN_KEY)) return true;
  if (!head_key_get(option(o, OPTION_SIGN_KEY), &k, e)) return false;
  memcpy(kept->secret, k.secret, sizeof kept->secret);
  memcpy(kept->public, k.public, sizeof kept->public);
  head_key_forget(&k);
  c->receipt_key = kept;
  return true;
}

/* What is sealed on the disk stands open in memory: no core of it is written, and none but root can
 * look into it. */
static void keep_memory_in(void) {
  setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
  prctl(PR_SET_DUMPABLE, 0);
}

int command_serve(const options *o) {
  char folder[4096], phrase[PASSPHRASE_MAX_BYTES] = "";
  schedule_config backups = {.location = o->words[0]};
  int64_t port = SERVE_PORT, loops = 0;
  head_keeper k = {.location = o->words[0],
                   .file = option(o, OPTION_HEAD_FILE),
                   .key_file = option(o, OPTION_SIGN_KEY)};
  err e;
  if (!k.file != !k.key_file) {
    fputs(
        say("--head-file 和 --sign-key 要一起写。\n", "--head-file and --sign-key go together.\n"),
        stderr);
    return EXIT_USAGE;
  }
  if (!option_int(o, OPTION_PORT, 0, 65535, &port) || !option_int(o, OPTION_LOOPS, 0, 8, &loops))
    return EXIT_USAGE;
  if (!option(o, OPTION_TLS_CERT) != !option(o, OPTION_TLS_KEY)) {
    fputs(say("--tls-cert 和 --tls-key 要一起写。\n", "--tls-cert and --tls-key go together.\n"),
          stderr);
    return EXIT_USAGE;
  }
  const char *web = home_file("web/dist"), *address = option(o, OPTION_ADDRESS);
  if (!web_given(o, &web, &e) || !backups_given(o, folder, &backups, &e) ||
      !passphrase_given(o, phrase, &backups.passphrase, &e))
    return say_error(&e);
  server_config c = {.location = o->words[0],
                     .loops = (int)loops,
                     .web_root = web,
                     .tls_certificate = option(o, OPTION_TLS_CERT),
                     .tls_key = option(o, OPTION_TLS_KEY)};
  receipt_key receipts;
  if (!trust_given(o, &c, &e) || !receipt_key_given(o, &receipts, &c, &e)) return say_error(&e);
  /* Before anything is opened: a port that is taken is told at once. */
  c.listen_fd = listen_open(address ? address : "127.0.0.1", (int)port, &e);
  if (c.listen_fd < 0) return say_error(&e);
  /* Blocked before any thread starts, so that only this one is told. */
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  sigaddset(&signals, SIGUSR1);
  pthread_sigmask(SIG_BLOCK, &signals, NULL);
  keep_memory_in();
  bool logs = log_given(o, &e) && log_start(option(o, OPTION_LOG_FILE), &e);
  engine *g = logs ? engine_open(c.location, &e) : NULL;
  /* Larger ones are looked at by `jishi verify`, so that a start stays short. */
  bool sound = g && db_check(store_db(engine_store(g)), START_CHECK_BYTES, &e);
  if (!sound) close(c.listen_fd);
  int status = sound ? serve_until_told(&c, &backups, &k, g, &signals) : say_error(&e);
  sodium_memzero(phrase, sizeof phrase);
  sodium_memzero(&receipts, sizeof receipts);
  engine_close(g);
  if (logs) log_stop();
  return status;
}
