/* standby: follows another location until it is told to stop, or is served itself. */
#include "cli/commands.h"

#include "backup/standby.h"
#include "base/json_fields.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

enum { EVERY_SECONDS = 2 };

static int tell(const options *o, const journal_point *at) {
  char clock[30];
  instant_format(at->at_ms, clock);
  if (!option_flag(o, OPTION_JSON)) {
    printf(say("到第 %lld 条流水（%.10s %.8s）。\n", "At entry %lld (%.10s %.8s).\n"),
           (long long)at->seq, clock, clock + 11);
    return say_written(EXIT_DONE);
  }
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_field_int(&w, "seq", at->seq);
  json_field_str(&w, "at", clock);
  json_close(&w, '}');
  return put_json(&b, EXIT_DONE);
}

static void tell_how(const options *o) {
  AUTO_BUF buf line = {0};
  buf_printf(&line, "%s serve ", called());
  buf_shell(&line, o->words[0]);
  printf(say("正在跟随 %s（按 Ctrl-C 停止）。原来的停了以后，一条命令接替：\n  %s\n",
             "Following %s (Ctrl-C stops it). When the first is gone, one command takes over:\n  "
             "%s\n"),
         o->words[1], buf_ok(&line) && line.at ? line.at : "");
  fflush(stdout);
}

/* True: told to stop. */
static bool wait_for_word(const sigset_t *signals, int64_t seconds) {
  struct timespec most = {.tv_sec = seconds};
  int got;
  do got = sigtimedwait(signals, NULL, &most);
  while (got < 0 && errno == EINTR);
  return got > 0;
}

static int end(const options *o, const journal_point *at, bool is_served) {
  if (option_flag(o, OPTION_JSON)) return EXIT_DONE;
  printf(is_served ? say("这里已经有服务在写，由它接替，不再跟随；跟到第 %lld 条流水。\n",
                         "A server writes here now and has taken over; followed to entry %lld.\n")
                   : say("已停止，跟到第 %lld 条流水。\n", "Stopped at entry %lld.\n"),
         (long long)at->seq);
  return say_written(EXIT_DONE);
}

/* What can pass (a restart there, a network) is told once and tried again. */
static int follow(const options *o, standby *s, const sigset_t *signals, int64_t every) {
  journal_point at = {0}, told = {0};
  bool began = false, failing = false;
  for (;;) {
    err e;
    bool ok = standby_follow(s, &at, &e);
    if (!began && !ok) return say_error(&e);
    if (!ok && e.code == ERR_STANDBY) return end(o, &at, true);
    if (!ok && e.code == ERR_CONFLICT) return say_error(&e);
    if (!ok && !failing) say_error(&e);
    failing = !ok;
    if (ok && at.seq != told.seq && tell(o, &at) != EXIT_DONE) return EXIT_REFUSED;
    if (!began && !option_flag(o, OPTION_JSON)) tell_how(o);
    told = at;
    began = true;
    if (wait_for_word(signals, every)) return end(o, &at, false);
  }
}

int command_standby(const options *o) {
  int64_t every = EVERY_SECONDS;
  sigset_t signals;
  err e;
  if (!option_int(o, OPTION_EVERY, 1, 3600, &every)) return EXIT_USAGE;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigprocmask(SIG_BLOCK, &signals, NULL);
  standby *s = standby_new(o->words[0], o->words[1], show_progress, &e);
  if (!s) return say_error(&e);
  int status = follow(o, s, &signals, every);
  standby_free(s);
  return status;
}
