/* linger.h — sockets whose request was refused before its body had come. What the client goes on to
 * send is read and thrown away for a while: to close on unread bytes would reset the connection and
 * destroy the answer on its way. Each loop has its own; not for several threads. */
#ifndef JISHI_HTTP_LINGER_H
#define JISHI_HTTP_LINGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LINGER_MAX = 64, LINGER_SECONDS = 10, LINGER_MAX_BYTES = 72 << 20 };

typedef struct linger_list {
  struct {
    int fd;
    int64_t until_ns;
    size_t left; /* bytes that are still thrown away */
  } sockets[LINGER_MAX];
  size_t count;
} linger_list;

/* Says that nothing more is written and watches the socket in `epoll_fd`. Takes the descriptor;
 * when there are too many, the oldest ends. */
void linger_add(linger_list *l, int epoll_fd, int fd, int64_t now_ns);
/* Something can be read from this one; of others nothing is known. */
void linger_read(linger_list *l, int fd);
void linger_end_old(linger_list *l, int64_t now_ns);
void linger_end_all(linger_list *l);

#endif
