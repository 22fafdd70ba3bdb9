#include "http/guests.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

atomic_int *guests_of(guest_counts *c, const peer_nets *trusted, const peer_address *at) {
  if (peer_nets_have(trusted, at)) return NULL;
  text parts[] = {TEXT("guest"), peer_group(at)};
  hash h = hash_keyed(&c->key, parts, 2);
  uint16_t bucket;
  memcpy(&bucket, h.b, sizeof bucket);
  return &c->of[bucket % GUEST_BUCKETS];
}

guest *guest_add(guest_list *l, int fd, atomic_int *count, int64_t now_ns) {
  guest *x = calloc(1, sizeof *x);
  if (!x) return NULL;
  x->fd = fd;
  x->count = count;
  x->next = l->first;
  if (l->first) l->first->before = x;
  l->first = x;
  if (count) atomic_fetch_add(count, 1);
  guest_wait(x, now_ns, GUEST_HEADER_SECONDS);
  return x;
}

void guest_remove(guest_list *l, guest *x) {
  if (!x) return;
  if (x->before)
    x->before->next = x->next;
  else
    l->first = x->next;
  if (x->next) x->next->before = x->before;
  if (x->count) atomic_fetch_sub(x->count, 1);
  free(x);
}

void guest_wait(guest *x, int64_t now_ns, int seconds) {
  if (x) x->until_ns = seconds ? now_ns + (int64_t)seconds * 1000000000 : 0;
}

void guests_end_late(guest_list *l, int64_t now_ns) {
  for (guest *x = l->first; x; x = x->next) {
    if (!x->until_ns || now_ns < x->until_ns) continue;
    shutdown(x->fd, SHUT_RDWR);
    x->until_ns = 0;
  }
}
