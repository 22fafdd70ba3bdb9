#include "http/linger.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

/* They stand by age: the first is the oldest. Closing takes it out of the epoll set, too. */
static void end(linger_list *l, size_t i) {
  close(l->sockets[i].fd);
  l->count--;
  for (; i < l->count; i++) l->sockets[i] = l->sockets[i + 1];
}

void linger_add(linger_list *l, int epoll_fd, int fd, int64_t now_ns) {
  struct epoll_event on = {.events = EPOLLIN, .data.fd = fd};
  if (l->count == LINGER_MAX) end(l, 0);
  if (shutdown(fd, SHUT_WR) != 0 || epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &on) != 0) {
    close(fd);
    return;
  }
  l->sockets[l->count].fd = fd;
  l->sockets[l->count].until_ns = now_ns + (int64_t)LINGER_SECONDS * 1000000000;
  l->sockets[l->count].left = LINGER_MAX_BYTES;
  l->count++;
}

void linger_read(linger_list *l, int fd) {
  char thrown_away[65536];
  size_t i = 0;
  while (i < l->count && l->sockets[i].fd != fd) i++;
  if (i == l->count) return;
  ssize_t n = recv(fd, thrown_away, sizeof thrown_away, MSG_DONTWAIT);
  if (n > 0 && (size_t)n < l->sockets[i].left)
    l->sockets[i].left -= (size_t)n;
  else if (n >= 0 || (errno != EAGAIN && errno != EINTR))
    end(l, i);
}

void linger_end_old(linger_list *l, int64_t now_ns) {
  while (l->count && l->sockets[0].until_ns <= now_ns) end(l, 0);
}

void linger_end_all(linger_list *l) {
  while (l->count) end(l, 0);
}
