/* serve: the county on the network until told to stop. */
#include "cli/commands.h"

#include "base/log.h"
#include "engine/init.h"
#include "http/server.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

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
  if (!notices_command(&newer, a, &c, e) || !writer_apply(w, &c, a, &x, e)) return false;
  log_event(LOG_INFO, "calendar_taken_in", log_int("first", newer.items[0].year),
            log_int("last", newer.items[newer.count - 1].year),
            log_int("deadlines_changed", (int64_t)x.case_count));
  return true;
}

static int serve_until_told(const server_config *c, engine *g) {
  err e;
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop,
                  NULL); /* before the threads start, so that only this one is told */
  db_lock *lock = db_lock_new(c->location, store_county(engine_store(g)), &e);
  writer *w = lock ? writer_start(g, lock, &e) : NULL;
  server *s = w && take_newer_notices(g, w, &e) ? server_start(c, g, w, &e) : NULL;
  if (!s) {
    writer_stop(w);
    return say_error(&e);
  }
  printf(say("即时已启动：%s://%s:%d/   （按 Ctrl-C 停止）\n",
             "Jishi is at %s://%s:%d/   (Ctrl-C stops it)\n"),
         c->tls_certificate ? "https" : "http", c->address, server_port(s));
  if (!writer_may_write(w, &e)) puts(say(e.zh, e.en));
  fflush(stdout);
  int told;
  sigwait(&stop, &told);
  server_stop(s);
  writer_stop(w);
  puts(say("已停止，办过的事都已保存。", "Stopped; everything answered is on disk."));
  return EXIT_DONE;
}

int command_serve(const options *o) {
  int64_t port = SERVE_PORT, loops = 0;
  if (!option_int(o, OPTION_PORT, 0, 65535, &port) || !option_int(o, OPTION_LOOPS, 0, 8, &loops))
    return EXIT_USAGE;
  const char *web = option(o, OPTION_WEB) ? option(o, OPTION_WEB) : home_file("web/dist");
  server_config c = {.location = o->words[0],
                     .address = option(o, OPTION_ADDRESS) ? option(o, OPTION_ADDRESS) : "127.0.0.1",
                     .port = (int)port,
                     .loops = (int)loops,
                     .web_root = access(web, R_OK) == 0 ? web : NULL,
                     .tls_certificate = option(o, OPTION_TLS_CERT),
                     .tls_key = option(o, OPTION_TLS_KEY)};
  err e;
  engine *g = engine_open(c.location, &e);
  if (!g) return say_error(&e);
  int status = serve_until_told(&c, g);
  engine_close(g);
  return status;
}
