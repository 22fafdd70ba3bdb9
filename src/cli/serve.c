/* serve: the county on the network until told to stop. */
#include "cli/commands.h"

#include "http/server.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

static int serve_until_told(const server_config *c, engine *g) {
  err e;
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGINT);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop,
                  NULL); /* before the threads start, so that only this one is told */
  db_lock *lock = db_lock_new(c->place, store_county(engine_store(g)), &e);
  writer *w = lock ? writer_start(g, lock, &e) : NULL;
  server *s = w ? server_start(c, g, w, &e) : NULL;
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
  server_config c = {.place = o->words[0],
                     .address = option(o, OPTION_ADDRESS) ? option(o, OPTION_ADDRESS) : "127.0.0.1",
                     .port = (int)port,
                     .loops = (int)loops,
                     .web_root = access(web, R_OK) == 0 ? web : NULL,
                     .tls_certificate = option(o, OPTION_TLS_CERT),
                     .tls_key = option(o, OPTION_TLS_KEY)};
  err e;
  engine *g = engine_open(c.place, &e);
  if (!g) return say_error(&e);
  int status = serve_until_told(&c, g);
  engine_close(g);
  return status;
}
