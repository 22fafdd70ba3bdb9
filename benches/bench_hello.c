/* bench_hello — the HTTP library saying hello (`/`), or so many bytes (`/47000`), driven as
 * src/http/server.c drives it: one listening socket, a loop a core, the library's epoll nested in
 * ours and never allowed to wait. Prints its port; ends when its input ends. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY_ROOM = 1 << 20 };

static enum MHD_Result on_request(void *context, struct MHD_Connection *c, const char *url,
                                  const char *method, const char *version, const char *data,
                                  size_t *data_bytes, void **memory) {
  (void)context, (void)method, (void)version, (void)data, (void)data_bytes;
  static char seen;
  if (!*memory) {
    *memory = &seen;
    return MHD_YES;
  }
  static char body[BODY_ROOM] = "hello\n";
  size_t bytes = strtoul(url + 1, NULL, 10);
  if (bytes == 0) bytes = 6;
  if (bytes > BODY_ROOM) return MHD_NO;
  struct MHD_Response *r = MHD_create_response_from_buffer(bytes, body, MHD_RESPMEM_PERSISTENT);
  enum MHD_Result sent = r ? MHD_queue_response(c, 200, r) : MHD_NO;
  if (r) MHD_destroy_response(r);
  return sent;
}

static void *run(void *context) {
  struct MHD_Daemon *d = context;
  const union MHD_DaemonInfo *info = MHD_get_daemon_info(d, MHD_DAEMON_INFO_EPOLL_FD);
  int ours = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event on = {.events = EPOLLIN}, ready[4];
  if (!info || ours < 0 || epoll_ctl(ours, EPOLL_CTL_ADD, info->epoll_fd, &on) < 0) exit(1);
  for (;;) {
    MHD_UNSIGNED_LONG_LONG timeout = 0;
    int wait = 15000;
    if (MHD_get_timeout(d, &timeout) == MHD_YES && timeout < (MHD_UNSIGNED_LONG_LONG)wait)
      wait = (int)timeout;
    if (epoll_wait(ours, ready, 4, wait) < 0) exit(1);
    MHD_run(d);
  }
  return NULL;
}

int main(void) {
  long cores = sysconf(_SC_NPROCESSORS_ONLN);
  int loops = cores > 4 ? 4 : cores < 1 ? 1 : (int)cores;
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
  socklen_t size = sizeof at;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)&at, size) < 0 || listen(fd, 1024) < 0 ||
      getsockname(fd, (struct sockaddr *)&at, &size) < 0)
    return perror("bench_hello"), 1;
  for (int i = 0; i < loops; i++) {
    struct MHD_Daemon *d =
        MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME, 0, NULL, NULL, on_request, NULL,
                         MHD_OPTION_LISTEN_SOCKET, i ? dup(fd) : fd, MHD_OPTION_CONNECTION_LIMIT,
                         1024u, MHD_OPTION_END);
    pthread_t thread;
    if (!d || pthread_create(&thread, NULL, run, d) != 0)
      return fprintf(stderr, "bench_hello: no loop\n"), 1;
  }
  printf("%d\n", ntohs(at.sin_port));
  fflush(stdout);
  while (getchar() != EOF) continue;
  return 0;
}
