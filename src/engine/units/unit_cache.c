/* Which units are kept: found by any id of theirs, the least used dropped first. */
#include "engine/units/unit_cache.h"

#include <stdlib.h>

typedef struct kept_name {
  uuid id;
  kept *unit;
  record *of;
  struct kept_name *same_bucket, *same_unit;
} kept_name;

struct unit_cache {
  kept_name *buckets[CACHE_BUCKETS];
  kept *newest, *oldest;
  kept *dropped; /* by ->older; freed by cache_sweep */
  size_t count, bytes, touched;
};

unit_cache *cache_new(void) {
  return calloc(1, sizeof(unit_cache));
}

static kept_name **bucket_of(unit_cache *c, const uuid *id) {
  uint64_t h = 1469598103934665603u;
  for (size_t i = 0; i < sizeof id->b; i++) h = (h ^ id->b[i]) * 1099511628211u;
  return &c->buckets[(h ^ h >> 32) % CACHE_BUCKETS];
}

static void unlink_unit(unit_cache *c, kept *k) {
  *(k->newer ? &k->newer->older : &c->newest) = k->older;
  *(k->older ? &k->older->newer : &c->oldest) = k->newer;
}

static void link_newest(unit_cache *c, kept *k) {
  k->newer = NULL;
  k->older = c->newest;
  *(c->newest ? &c->newest->newer : &c->oldest) = k;
  c->newest = k;
}

static void drop(unit_cache *c, kept *k) {
  for (kept_name *n = k->names; n; n = n->same_unit) {
    kept_name **at = bucket_of(c, &n->id);
    while (*at != n) at = &(*at)->same_bucket;
    *at = n->same_bucket;
  }
  unlink_unit(c, k);
  c->count--;
  c->bytes -= k->bytes;
  c->touched -= k->touched;
  k->older = c->dropped;
  c->dropped = k;
}

void cache_sweep(unit_cache *c) {
  while (c && c->dropped) {
    kept *next = c->dropped->older;
    kept_free(c->dropped);
    c->dropped = next;
  }
}

void cache_clear(unit_cache *c) {
  while (c && c->newest) drop(c, c->newest);
}

void cache_free(unit_cache *c) {
  cache_clear(c);
  cache_sweep(c);
  free(c);
}

void cache_committed(unit_cache *c) {
  for (kept *k = c ? c->newest : NULL; k && c->touched; k = k->older) {
    c->touched -= k->touched;
    k->touched = false;
  }
}

void cache_rolled_back(unit_cache *c) {
  for (kept *k = c ? c->newest : NULL, *next; k && c->touched; k = next) {
    next = k->older;
    if (k->touched) drop(c, k);
  }
}

bool cache_name(unit_cache *c, kept *k, record *r) {
  kept_name *n = ARENA_NEW(k->a, kept_name);
  if (!n) return false;
  kept_name **at = bucket_of(c, &r->id);
  *n = (kept_name){.id = r->id, .unit = k, .of = r, .same_bucket = *at, .same_unit = k->names};
  k->names = n;
  *at = n;
  return true;
}

bool cache_add(unit_cache *c, kept *k) {
  link_newest(c, k);
  c->count++;
  k->bytes = k->bytes_at_first = arena_used(k->a);
  c->bytes += k->bytes;
  k->touched = true; /* it may have been read after something was written */
  c->touched++;
  bool named = cache_name(c, k, k->root);
  for (size_t i = 0; named && i < k->child_count; i++) named = cache_name(c, k, k->children[i]);
  while (c->oldest != k && (c->count > CACHE_UNITS_MAX || c->bytes > CACHE_BYTES_MAX))
    drop(c, c->oldest);
  if (!named) drop(c, k);
  return named;
}

static kept_name *find(unit_cache *c, const uuid *id) {
  if (!c) return NULL;
  for (kept_name *n = *bucket_of(c, id); n; n = n->same_bucket)
    if (uuid_equal(&n->id, id)) return n;
  return NULL;
}

kept *cache_find(unit_cache *c, const uuid *root) {
  kept_name *n = find(c, root);
  if (!n) return NULL;
  kept *k = n->unit;
  size_t now = arena_used(k->a);
  c->bytes += now - k->bytes;
  k->bytes = now;
  /* What was replaced in it is freed only with it. */
  if (now > CACHE_UNIT_BYTES_MAX || now > 4 * k->bytes_at_first + 16384) {
    drop(c, k);
    return NULL;
  }
  if (c->newest != k) {
    unlink_unit(c, k);
    link_newest(c, k);
  }
  if (!k->touched) c->touched++;
  k->touched = true;
  return k;
}

record *cache_subject(unit_cache *c, const uuid *id) {
  kept_name *n = find(c, id);
  return n ? n->of : NULL;
}

void cache_drop(unit_cache *c, const uuid *root) {
  kept_name *n = find(c, root);
  if (n) drop(c, n->unit);
}
