/* listen.h — the socket that the server listens on, and the addresses by which people reach it. */
#ifndef JISHI_HTTP_LISTEN_H
#define JISHI_HTTP_LISTEN_H

#include "base/err.h"
#include "base/text.h"

enum { LISTEN_ADDRESS_BYTES = 64 };

/* IPv4, IPv6, or a name such as localhost; 0.0.0.0 and :: are every address of this machine. `port`
 * 0: any free one. A port that is taken is ERR_BUSY, and the sentence names one that is free.
 * Returns the socket, or -1. */
int listen_open(const char *address, int port, err *e);
int listen_port(int socket);
bool listen_is_local(int socket); /* reached from this machine only */
/* One URL a line, this machine's own first, then those that others on the network can type. */
bool listen_urls(int socket, bool tls, buf *out);

#endif
