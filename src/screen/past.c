/* Where units were: figures of a past day count them in the area of that day. */
#include "screen/screen_internal.h"

#include <stdlib.h>

#include "store/rows/area_changes.h"

/* The zone of today: only areas are kept by day here. */
static const char *zone_now(const screen *s, const uuid *root) {
  for (size_t i = 0; i < s->p->kind_count; i++) {
    const screen_table *t = &s->subjects[i];
    const uint32_t row = t->root ? UINT32_MAX : table_find(t, root);
    if (row != UINT32_MAX) return s->areas[t->area[row]].zone;
  }
  static const char none[13] = "";
  return none;
}

bool past_load(screen *s, store *from, arena *scratch, err *e) {
  past_area *rows = NULL;
  size_t count = 0;
  if (!store_past_areas(from, scratch, 0, &rows, &count, e)) return false;
  past_place *all = calloc(count + 1, sizeof *all);
  if (!all) return err_memory(e);
  for (size_t i = 0; i < count; i++) {
    char zone[13];
    memcpy(zone, zone_now(s, &rows[i].root), sizeof zone);
    all[i] = (past_place){rows[i].root, screen_area(s, rows[i].area, zone), rows[i].until};
    if (all[i].area != UINT32_MAX) continue;
    free(all);
    return err_memory(e);
  }
  free(s->past);
  s->past = all;
  s->past_count = count;
  return true;
}

uint32_t past_area_on(const screen *s, const uuid *root, day on, uint32_t now) {
  size_t low = 0, high = s->past_count;
  while (low < high) { /* the first of this root */
    const size_t middle = (low + high) / 2;
    if (memcmp(s->past[middle].root.b, root->b, sizeof root->b) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < s->past_count && uuid_equal(&s->past[low].root, root); low++)
    if (on < s->past[low].until) return s->past[low].area;
  return now;
}
