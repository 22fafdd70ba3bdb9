/* Keys of the file. */
#include "import/roster.h"

enum { SEEN_SLOTS = 65536 };

bool seen_init(arena *a, seen_keys *s) {
  s->slot_count = SEEN_SLOTS;
  s->slots = ARENA_ARRAY(a, s->slot_count, seen_key *);
  return s->slots != NULL;
}

static seen_key **slot_of(const seen_keys *s, text key) {
  return &s->slots[text_hash(key) % s->slot_count];
}

seen_key *seen_find(const seen_keys *s, text key) {
  for (seen_key *k = *slot_of(s, key); k; k = k->next)
    if (text_equal(k->key, key)) return k;
  return NULL;
}

seen_key *seen_add(arena *a, seen_keys *s, text key, int64_t row, size_t fields) {
  seen_key *k = ARENA_NEW(a, seen_key);
  char *copy = arena_copy(a, key.at, key.bytes);
  if (!k || !copy) return NULL;
  seen_key **at = slot_of(s, key);
  *k = (seen_key){.key = {copy, key.bytes}, .row = row, .next = *at};
  if (fields) {
    k->parent = ARENA_NEW(a, seen_parent);
    if (!k->parent || !(k->parent->fields = ARENA_ARRAY(a, fields, value))) return NULL;
    for (size_t i = 0; i < fields; i++) k->parent->fields[i] = (value){.type = VALUE_UNKNOWN};
  }
  return *at = k;
}
