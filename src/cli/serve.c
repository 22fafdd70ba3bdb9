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
  writer *w = writer_start(g, &e);
  server *s = w ? server_start(c, g, w, &e) : NULL;
  if (!s) {
    writer_stop(w);
    return say_error(&e);
  }
  printf(speaks_english() ? "Jishi is at %s://%s:%d/   (Ctrl-C stops it)\n"
                          : "即时已启动：%s://%s:%d/   （按 Ctrl-C 停止）\n",
         c->tls_certificate ? "https" : "http", c->address, server_port(s));
  fflush(stdout);
  int told;
  sigwait(&stop, &told);
  server_stop(s);
  writer_stop(w);
  puts(speaks_english() ? "Stopped; everything answered is on disk."
                        : "已停止，办过的事都已保存。");
  return EXIT_DONE;
}

int command_serve(int argc, char **argv) {
  static const char *const values[] = {"address", "port",  "web", "tls-cert",
                                       "tls-key", "loops", NULL};
  options o;
  int64_t port = 8371, loops = 0;
  if (!options_read(argc, argv, NULL, values, &o) || !option_int(&o, "port", &port) ||
      !option_int(&o, "loops", &loops))
    return EXIT_USAGE;
  if (o.word_count != 1 || port < 0 || port > 65535 || loops < 0 || loops > 8) {
    fputs(speaks_english() ? "serve PLACE [--address A] [--port P]\n"
                           : "用法：serve 位置 [--address 地址] [--port 端口]\n",
          stderr);
    return EXIT_USAGE;
  }
  const char *web = option(&o, "web") ? option(&o, "web") : home_file("web/dist");
  server_config c = {.place = o.words[0],
                     .address = option(&o, "address") ? option(&o, "address") : "127.0.0.1",
                     .port = (int)port,
                     .loops = (int)loops,
                     .web_root = access(web, R_OK) == 0 ? web : NULL,
                     .tls_certificate = option(&o, "tls-cert"),
                     .tls_key = option(&o, "tls-key")};
  err e;
  engine *g = engine_open(c.place, home_file("data/calendar.yaml"), &e);
  if (!g) return say_error(&e);
  int status = serve_until_told(&c, g);
  engine_close(g);
  return status;
}
