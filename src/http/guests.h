/* guests.h — the connections of a loop: how long each may take to say what it wants, and how many
 * an address may have (half of all).
 *
 * libmicrohttpd ends a connection on which nothing happens; a byte every minute is something. Here
 * each has a time by which its request must be there: GUEST_HEADER_SECONDS for the first one's
 * headers, GUEST_BODY_SECONDS for a body, CONNECTION_IDLE_SECONDS (server.h) for the next request.
 * While an answer is made no time runs. */
#ifndef JISHI_HTTP_GUESTS_H
#define JISHI_HTTP_GUESTS_H

#include "base/hash.h"
#include "http/peer.h"

#include <stdatomic.h>

enum { GUEST_HEADER_SECONDS = 30, GUEST_BODY_SECONDS = 600, GUEST_BUCKETS = 4096 };

/* How many each address has. Two that fall together are counted together, which at worst makes the
 * limit of both half as large. */
typedef struct guest_counts {
  hash key; /* so that nobody can choose whom he falls together with */
  atomic_int of[GUEST_BUCKETS];
} guest_counts;

typedef struct guest {
  int fd;
  int64_t until_ns;  /* 0: no time runs */
  atomic_int *count; /* of its address; NULL: a proxy's, not counted */
  struct guest *next, *before;
} guest;

typedef struct guest_list {
  guest *first;
} guest_list;

/* Of an address, to be counted; NULL: not (a trusted proxy's). */
atomic_int *guests_of(guest_counts *c, const peer_nets *trusted, const peer_address *at);
/* NULL: no memory; then no time runs. */
guest *guest_add(guest_list *l, int fd, atomic_int *count, int64_t now_ns);
void guest_remove(guest_list *l, guest *x);
/* 0: no time runs. */
void guest_wait(guest *x, int64_t now_ns, int seconds);
/* Those whose time is up are cut off; libmicrohttpd notices and ends them. */
void guests_end_late(guest_list *l, int64_t now_ns);

#endif
