/* peer.h — who is at the other end: the address, as far as it can be believed, and whether the way
 * there is encrypted.
 *
 * Behind a proxy the socket's address is the proxy's. Only what proxies that were named
 * (--trusted-proxy) say is believed, read from the right: the first address that is none of them is
 * the client's. Where both X-Forwarded-For and Forwarded came one of them is the client's own
 * invention, and neither counts. */
#ifndef JISHI_HTTP_PEER_H
#define JISHI_HTTP_PEER_H

#include "base/err.h"
#include "base/text.h"

#include <stdint.h>

struct MHD_Connection;
struct sockaddr;

enum { PEER_NETS_MAX = 16, PEER_TEXT_BYTES = 48 };

typedef struct peer_address {
  uint8_t b[16]; /* IPv4 as ::ffff:a.b.c.d; zero: unknown */
} peer_address;
typedef struct peer_net {
  peer_address at;
  int bits;
} peer_net;
typedef struct peer_nets {
  peer_net items[PEER_NETS_MAX];
  size_t count;
} peer_nets;
/* "10.0.0.0/8", "fd00::/8", or one address. */
bool peer_nets_add(peer_nets *all, text word, err *e);
bool peer_nets_have(const peer_nets *all, const peer_address *at);

peer_address peer_of_socket(const struct sockaddr *at);
/* The client, and *ret_tls: whether it came to the trusted proxy by https. */
peer_address peer_find(struct MHD_Connection *c, const peer_nets *trusted, bool *ret_tls);
void peer_write(const peer_address *at, char ret[PEER_TEXT_BYTES]);
/* Of IPv6 the network of 64 bits: whoever has one has all its addresses. */
text peer_group(const peer_address *at);

#endif
