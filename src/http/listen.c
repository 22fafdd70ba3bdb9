#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netdb.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 1024, TRIED_PORTS = 50 };

typedef union address {
  struct sockaddr any;
  struct sockaddr_in v4;
  struct sockaddr_in6 v6;
  struct sockaddr_storage room;
} address;

static int port_of(const address *at) {
  return ntohs(at->any.sa_family == AF_INET6 ? at->v6.sin6_port : at->v4.sin_port);
}

/* -1: errno says why. */
static int bind_to(const struct sockaddr *at, socklen_t size) {
  const int yes = 1, no = 0;
  int fd = socket(at->sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  /* "::" takes IPv4, too. */
  bool ok = setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) == 0 &&
            (at->sa_family != AF_INET6 ||
             setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no) == 0) &&
            bind(fd, at, size) == 0 && listen(fd, BACKLOG) == 0;
  if (ok) return fd;
  int why = errno;
  close(fd);
  errno = why;
  return -1;
}

/* NULL: no such address. IPv4 first: 127.0.0.1 is what people type for localhost. */
static struct addrinfo *resolve(const char *name, int port) {
  struct addrinfo wanted = {.ai_family = AF_INET,
                            .ai_socktype = SOCK_STREAM,
                            .ai_flags = AI_PASSIVE | AI_NUMERICSERV},
                  *found = NULL;
  char digits[8];
  snprintf(digits, sizeof digits, "%d", port);
  if (getaddrinfo(name, digits, &wanted, &found) == 0) return found;
  wanted.ai_family = AF_INET6;
  return getaddrinfo(name, digits, &wanted, &found) == 0 ? found : NULL;
}

static int open_once(const char *name, int port) {
  struct addrinfo *at = resolve(name, port);
  if (!at) return errno = EADDRNOTAVAIL, -1;
  int fd = bind_to(at->ai_addr, at->ai_addrlen), why = errno;
  freeaddrinfo(at);
  errno = why;
  return fd;
}

static int free_port_after(const char *name, int port) {
  for (int next = port + 1; next <= 65535 && next <= port + TRIED_PORTS; next++) {
    int fd = open_once(name, next);
    if (fd < 0) continue;
    close(fd);
    return next;
  }
  return 0;
}

static void say_refused(const char *name, int port, int why, err *e) {
  int other = why == EADDRINUSE ? free_port_after(name, port) : 0;
  if (other)
    err_set(e, ERR_BUSY, NULL, "端口 %d 已经被别的程序占用；%d 空着，可以用 --port %d。",
            "Port %d is taken by another program; %d is free: --port %d.", port, other, other);
  else if (why == EADDRINUSE)
    err_set(e, ERR_BUSY, NULL, "端口 %d 已经被别的程序占用，请用 --port 换一个。",
            "Port %d is taken by another program; choose another with --port.", port);
  else if (why == EACCES)
    err_set(e, ERR_DENIED, NULL, "没有权限用端口 %d，请用 --port 换一个 1024 以上的。",
            "There is no right to use port %d; choose one from 1024 on with --port.", port);
  else
    err_set(e, ERR_BAD_INPUT, "--address", "这台机器上没有“%s”这个地址（%s）。",
            "This machine has no address \"%s\" (%s).", name, strerror(why));
}

int listen_open(const char *name, int port, err *e) {
  struct addrinfo *at = resolve(name, port);
  if (!at) {
    err_set(e, ERR_USAGE, "--address", "“%s”不是一个网络地址，例如 127.0.0.1 或 0.0.0.0。",
            "\"%s\" is no address such as 127.0.0.1 or 0.0.0.0.", name);
    return -1;
  }
  freeaddrinfo(at);
  int fd = open_once(name, port);
  if (fd < 0) say_refused(name, port, errno, e);
  return fd;
}

static bool bound(int fd, address *ret) {
  socklen_t size = sizeof ret->room;
  return getsockname(fd, &ret->any, &size) == 0;
}

int listen_port(int fd) {
  address at;
  return bound(fd, &at) ? port_of(&at) : 0;
}

/* ---- what people type ---- */

static bool is_any(const address *at) {
  return at->any.sa_family == AF_INET6 ? IN6_IS_ADDR_UNSPECIFIED(&at->v6.sin6_addr)
                                       : at->v4.sin_addr.s_addr == htonl(INADDR_ANY);
}

static bool is_loopback(const address *at) {
  return at->any.sa_family == AF_INET6 ? IN6_IS_ADDR_LOOPBACK(&at->v6.sin6_addr)
                                       : ntohl(at->v4.sin_addr.s_addr) >> 24 == 127;
}

bool listen_is_local(int fd) {
  address at;
  return bound(fd, &at) && is_loopback(&at);
}

static void put_url(buf *out, bool tls, const address *at, int port) {
  char name[INET6_ADDRSTRLEN] = "";
  bool v6 = at->any.sa_family == AF_INET6;
  const void *bytes = v6 ? (const void *)&at->v6.sin6_addr : (const void *)&at->v4.sin_addr;
  if (inet_ntop(at->any.sa_family, bytes, name, sizeof name))
    buf_printf(out, v6 ? "%s://[%s]:%d/\n" : "%s://%s:%d/\n", tls ? "https" : "http", name, port);
}

/* Of the machine's addresses those that another machine can use as they stand. */
static bool typable(const struct ifaddrs *i, bool with_v6) {
  const struct sockaddr *a = i->ifa_addr;
  if (!a || !(i->ifa_flags & IFF_UP) || i->ifa_flags & IFF_LOOPBACK) return false;
  if (a->sa_family == AF_INET) return true;
  return with_v6 && a->sa_family == AF_INET6 &&
         !IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
}

bool listen_urls(int fd, bool tls, buf *out) {
  address at;
  struct ifaddrs *all = NULL;
  if (!bound(fd, &at)) return false;
  int port = port_of(&at);
  if (!is_any(&at)) {
    put_url(out, tls, &at, port);
    return buf_ok(out);
  }
  address own = {.v4 = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}}};
  put_url(out, tls, &own, port);
  if (getifaddrs(&all) != 0) return buf_ok(out);
  for (const struct ifaddrs *i = all; i; i = i->ifa_next) {
    address x = {.any = {0}};
    if (!typable(i, at.any.sa_family == AF_INET6)) continue;
    memcpy(&x, i->ifa_addr, i->ifa_addr->sa_family == AF_INET6 ? sizeof x.v6 : sizeof x.v4);
    put_url(out, tls, &x, port);
  }
  freeifaddrs(all);
  return buf_ok(out);
}
