/* Units that changed leave dead rows behind; now and then the rows are put in order again, each
 * unit's together and in the order of the roots. */
#include "screen/screen_internal.h"

#include <stdlib.h>

static bool moved(void *array, size_t of, size_t room, const uint32_t *order, size_t n) {
  uint8_t **at = array;
  if (!*at) return true;
  uint8_t *to = aligned_zero(room * of);
  if (!to) return false;
  for (size_t i = 0; i < n; i++) memcpy(to + i * of, *at + order[i] * of, of);
  free(*at);
  *at = to;
  return true;
}

static bool moved_bits(uint64_t **at, size_t room, const uint32_t *order, size_t n) {
  uint64_t *to = aligned_zero(room / 8);
  if (!to) return false;
  for (size_t i = 0; i < n; i++) bit_put(to, i, bit_of(*at, order[i]));
  free(*at);
  *at = to;
  return true;
}

static bool move_rows(screen_table *t, const uint32_t *order, size_t n) {
  for (size_t i = 0; i < t->field_count; i++) {
    stored_column *f = &t->fields[i];
    if (!f->field || !f->data) continue;
    if (!moved_bits(&f->known, t->room, order, n)) return false;
    bool ok = f->lane == LANE_BIT ? moved_bits((uint64_t **)(void *)&f->data, t->room, order, n)
                                  : moved(&f->data,
                                          f->lane == LANE_CODE    ? 1
                                          : f->lane == LANE_INT32 ? 4
                                                                  : 8,
                                          t->room, order, n);
    if (!ok) return false;
  }
  if (!moved(&t->owner, 4, t->room, order, n) || !moved(&t->ids, sizeof(uuid), t->room, order, n) ||
      !moved(&t->area, 4, t->room, order, n) || !moved(&t->subject, 4, t->room, order, n) ||
      !moved(&t->on, 4, t->room, order, n))
    return false;
  if (t->ended && !moved_bits(&t->ended, t->room, order, n)) return false;
  if (!moved_bits(&t->live, t->room, order, n)) return false;
  for (size_t i = 0; t->areas_of && i < n; i++) {
    const uint32_t a = t->area[i];
    if (i % BATCH == 0 || a < t->areas_of[i / BATCH].least) t->areas_of[i / BATCH].least = a;
    if (i % BATCH == 0 || a > t->areas_of[i / BATCH].most) t->areas_of[i / BATCH].most = a;
  }
  t->rows = n;
  t->dead = 0;
  return true;
}

/* Events point at the rows of their subjects. */
static void follow_subjects(screen *s, const screen_table *about, const uint32_t *now_at) {
  for (size_t i = 0; i < s->p->event_count; i++) {
    screen_table *t = &s->events[i];
    for (size_t r = 0; t->about == about && r < t->rows; r++) t->subject[r] = now_at[t->subject[r]];
  }
}

static bool compact_part(screen *s, screen_table *root, size_t part) {
  screen_table *t = root->parts[part];
  if (!t->rows) return true;
  uint32_t *order = calloc(t->rows, sizeof *order), *now_at = calloc(t->rows, sizeof *now_at);
  bool ok = order && now_at;
  uint32_t n = 0;
  for (size_t r = 0; ok && r < root->rows; r++) {
    row_block *b = &root->blocks[r * root->part_count + part];
    const uint32_t first = n;
    for (uint32_t k = 0; k < b->count; k++) {
      if (!bit_of(t->live, b->first + k) && !(t->ended && bit_of(t->ended, b->first + k))) continue;
      now_at[b->first + k] = n;
      order[n++] = b->first + k;
    }
    *b = (row_block){first, n - first};
  }
  ok = ok && move_rows(t, order, n);
  if (ok && t->kind) follow_subjects(s, t, now_at);
  free(order);
  free(now_at);
  return ok;
}

static bool in_order(const screen_table *root, size_t part) {
  uint32_t next = 0;
  for (size_t r = 0; r < root->rows; r++) {
    const row_block *b = &root->blocks[r * root->part_count + part];
    if (b->count && b->first != next) return false;
    next += b->count;
  }
  return true;
}

bool tables_compact(screen *s) {
  for (size_t k = 0; k < s->p->kind_count; k++) {
    screen_table *root = &s->subjects[k];
    if (root->root) continue;
    for (size_t i = 0; i < root->part_count; i++) {
      const screen_table *t = root->parts[i];
      if (t->dead == 0 && in_order(root, i)) continue;
      if (!compact_part(s, root, i)) return false;
    }
  }
  return true;
}
