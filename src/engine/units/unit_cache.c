/* A hash of ids and a list by last use: the least recently used unit is evicted first. */
#include "engine/units/unit_cache.h"

#include <assert.h>
#include <stdlib.h>

typedef struct cached_id {
  uuid id;
  cached_unit *unit;
  record *of;
  struct cached_id *same_bucket, *same_unit;
} cached_id;

struct unit_cache {
  cached_id *buckets[CACHE_BUCKETS];
  cached_unit *newest, *oldest;
  cached_unit *dropped; /* by ->older; freed by unit_cache_sweep */
  size_t count, bytes, touched;
};

unit_cache *unit_cache_new(void) {
  return calloc(1, sizeof(unit_cache));
}

static cached_id **bucket_of(unit_cache *c, const uuid *id) {
  return &c->buckets[uuid_hash(id) % CACHE_BUCKETS];
}

static void unlink_unit(unit_cache *c, cached_unit *k) {
  *(k->newer ? &k->newer->older : &c->newest) = k->older;
  *(k->older ? &k->older->newer : &c->oldest) = k->newer;
}

static void link_newest(unit_cache *c, cached_unit *k) {
  k->newer = NULL;
  k->older = c->newest;
  *(c->newest ? &c->newest->newer : &c->oldest) = k;
  c->newest = k;
}

static void drop_unit(unit_cache *c, cached_unit *k) {
  assert(c->count > 0 && c->bytes >= k->bytes && c->touched >= k->touched);
  for (cached_id *n = k->names; n; n = n->same_unit) {
    cached_id **at = bucket_of(c, &n->id);
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

void unit_cache_sweep(unit_cache *c) {
  while (c && c->dropped) {
    cached_unit *next = c->dropped->older;
    cached_unit_free(c->dropped);
    c->dropped = next;
  }
}

void unit_cache_clear(unit_cache *c) {
  while (c && c->newest) drop_unit(c, c->newest);
}

void unit_cache_free(unit_cache *c) {
  unit_cache_clear(c);
  assert(!c || (c->count == 0 && c->bytes == 0 && c->touched == 0 && !c->oldest));
  unit_cache_sweep(c);
  free(c);
}

void unit_cache_committed(unit_cache *c) {
  for (cached_unit *k = c ? c->newest : NULL; k && c->touched; k = k->older) {
    c->touched -= k->touched;
    k->touched = false;
  }
  assert(!c || c->touched == 0);
}

void unit_cache_rolled_back(unit_cache *c) {
  for (cached_unit *k = c ? c->newest : NULL, *next; k && c->touched; k = next) {
    next = k->older;
    if (k->touched) drop_unit(c, k);
  }
  assert(!c || c->touched == 0);
}

bool unit_cache_add_id(unit_cache *c, cached_unit *k, record *r) {
  cached_id *n = ARENA_NEW(k->a, cached_id);
  if (!n) return false;
  cached_id **at = bucket_of(c, &r->id);
  *n = (cached_id){.id = r->id, .unit = k, .of = r, .same_bucket = *at, .same_unit = k->names};
  k->names = n;
  *at = n;
  return true;
}

static cached_id *find(unit_cache *c, const uuid *id) {
  if (!c) return NULL;
  for (cached_id *n = *bucket_of(c, id); n; n = n->same_bucket)
    if (uuid_equal(&n->id, id)) return n;
  return NULL;
}

bool unit_cache_add(unit_cache *c, cached_unit *k) {
  assert(!find(c, &k->root->id)); /* a second copy would miss what the first is told */
  link_newest(c, k);
  c->count++;
  k->bytes = k->bytes_at_first = arena_used(k->a);
  c->bytes += k->bytes;
  k->touched = true; /* it may have been read after something was written */
  c->touched++;
  bool named = unit_cache_add_id(c, k, k->root);
  for (size_t i = 0; named && i < k->child_count; i++)
    named = unit_cache_add_id(c, k, k->children[i]);
  while (c->oldest != k && (c->count > CACHE_UNITS_MAX || c->bytes > CACHE_BYTES_MAX))
    drop_unit(c, c->oldest);
  if (!named) drop_unit(c, k);
  return named;
}

cached_unit *unit_cache_find(unit_cache *c, const uuid *root) {
  cached_id *n = find(c, root);
  if (!n) return NULL;
  cached_unit *k = n->unit;
  size_t now = arena_used(k->a);
  c->bytes += now - k->bytes;
  k->bytes = now;
  /* What was replaced in it is freed only with it. */
  if (now > CACHE_UNIT_BYTES_MAX || now > 4 * k->bytes_at_first + 16384) {
    drop_unit(c, k);
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

record *unit_cache_subject(unit_cache *c, const uuid *id) {
  cached_id *n = find(c, id);
  return n ? n->of : NULL;
}

void unit_cache_drop(unit_cache *c, const uuid *root) {
  cached_id *n = find(c, root);
  if (n) drop_unit(c, n->unit);
}
