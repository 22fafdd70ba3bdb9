/* The columns of a county: made, filled from a store, kept current. */
#include "screen/screen_internal.h"

#include <stdlib.h>

/* ---- making ---- */

static bool make_tables(screen *s) {
  const pack *p = s->p;
  s->subjects = calloc(p->kind_count + 1, sizeof *s->subjects);
  s->events = calloc(p->event_count + 1, sizeof *s->events);
  s->aggregates = calloc(p->aggregate_count + 1, sizeof *s->aggregates);
  if (!s->subjects || !s->events || !s->aggregates) return false;
  for (size_t i = 0; i < p->kind_count; i++) {
    const kind *k = &p->kinds[i];
    screen_table *t = &s->subjects[i];
    t->kind = k;
    t->root = k->parent < 0 ? NULL : &s->subjects[k->parent];
    if (!table_begin(t, k->field_count)) return false;
  }
  for (size_t i = 0; i < p->event_count; i++) {
    screen_table *t = &s->events[i];
    t->event = &p->events[i];
    t->about = &s->subjects[t->event->about];
    t->root = t->about->root ? t->about->root : t->about;
    if (!table_begin(t, t->event->field_count)) return false;
  }
  for (size_t i = 0; i < p->aggregate_count; i++) s->aggregates[i].aggregate = &p->aggregates[i];
  return true;
}

static bool make_parts(screen *s) {
  const pack *p = s->p;
  for (size_t r = 0; r < p->kind_count; r++) {
    screen_table *root = &s->subjects[r];
    if (root->root) continue;
    root->parts = calloc(p->kind_count + p->event_count + 1, sizeof(screen_table *));
    if (!root->parts) return false;
    for (size_t i = 0; i < p->kind_count; i++)
      if (s->subjects[i].root == root && s->subjects[i].wanted)
        root->parts[root->part_count++] = &s->subjects[i];
    for (size_t i = 0; i < p->event_count; i++)
      if (s->events[i].root == root && s->events[i].wanted)
        root->parts[root->part_count++] = &s->events[i];
  }
  return true;
}

screen *screen_new(const pack *p, const calendar *c, err *e) {
  screen *s = calloc(1, sizeof *s);
  if (!s || pthread_rwlock_init(&s->lock, NULL) != 0) {
    free(s);
    err_memory(e);
    return NULL;
  }
  s->p = p;
  s->calendar = c;
  s->day = day_today();
  s->a = arena_new(0);
  s->texts_arena = arena_new(0);
  if (!s->a || !s->texts_arena || !make_tables(s) || !screen_needs(s) || !make_parts(s)) {
    screen_free(s);
    err_memory(e);
    return NULL;
  }
  return s;
}

void screen_free(screen *s) {
  if (!s) return;
  for (size_t i = 0; s->subjects && i < s->p->kind_count; i++) table_free(&s->subjects[i]);
  for (size_t i = 0; s->events && i < s->p->event_count; i++) table_free(&s->events[i]);
  for (size_t i = 0; s->aggregates && i < s->p->aggregate_count; i++) {
    free(s->aggregates[i].data);
    free(s->aggregates[i].known);
    free(s->aggregates[i].failed);
  }
  free(s->subjects);
  free(s->events);
  free(s->aggregates);
  free(s->areas);
  free(s->past);
  free(s->texts);
  free(s->text_slots);
  arena_free(s->texts_arena);
  arena_free(s->a);
  pthread_rwlock_destroy(&s->lock);
  free(s);
}

int64_t screen_seq(const screen *s) {
  pthread_rwlock_t *lock = (pthread_rwlock_t *)&s->lock;
  pthread_rwlock_rdlock(lock);
  int64_t seq = s->seq;
  pthread_rwlock_unlock(lock);
  return seq;
}

static size_t table_bytes(const screen_table *t) {
  size_t bytes = t->room / 8 + t->room * 4;
  for (size_t i = 0; i < t->field_count; i++) {
    const stored_column *f = &t->fields[i];
    if (!f->field) continue;
    bytes += t->room / 8 + (f->lane == LANE_BIT     ? t->room / 8
                            : f->lane == LANE_CODE  ? t->room
                            : f->lane == LANE_INT32 ? t->room * 4
                                                    : t->room * 8);
  }
  if (t->kind) bytes += t->room * (sizeof(uuid) + 4);
  if (t->event) bytes += t->room * 8;
  return bytes + (t->blocks ? t->room * t->part_count * sizeof(row_block) : 0) + t->slot_count * 4;
}

screen_size screen_measure(const screen *s) {
  screen_size n = {0};
  for (size_t i = 0; i < s->p->kind_count; i++) {
    n.subjects += (int64_t)(s->subjects[i].rows - s->subjects[i].dead);
    n.bytes += (int64_t)table_bytes(&s->subjects[i]);
  }
  for (size_t i = 0; i < s->p->event_count; i++) {
    n.events += (int64_t)(s->events[i].rows - s->events[i].dead);
    n.bytes += (int64_t)table_bytes(&s->events[i]);
  }
  for (size_t i = 0; i < s->p->aggregate_count; i++)
    n.bytes += (int64_t)(s->aggregates[i].room * 8 + s->aggregates[i].room / 4);
  for (size_t i = 0; i < s->text_count; i++) n.bytes += (int64_t)(sizeof(text) + s->texts[i].bytes);
  return n;
}

/* ---- areas ---- */

uint32_t screen_area(screen *s, const char *area, const char *zone) {
  unit_place own = {"", ""};
  memcpy(own.area, area, strnlen(area, AREA_DIGITS));
  memcpy(own.zone, zone, strnlen(zone, AREA_DIGITS));
  /* rows come by area: the newest is the likeliest */
  for (size_t i = s->area_count; i-- > 0;)
    if (memcmp(&s->areas[i], &own, sizeof own) == 0) return (uint32_t)i;
  if (s->area_count == s->area_room) {
    size_t room = s->area_room ? s->area_room * 2 : 64;
    unit_place *more = realloc(s->areas, room * sizeof *more);
    if (!more) return UINT32_MAX;
    s->areas = more;
    s->area_room = room;
  }
  s->areas[s->area_count] = own;
  return (uint32_t)s->area_count++;
}

bool area_in_scope(const screen *s, uint32_t area, const scope *r) {
  const unit_place *x = &s->areas[area];
  return !r || scope_has(r, x->area) || (x->zone[0] && scope_has(r, x->zone));
}

static void area_put(screen_table *t, uint32_t row, uint32_t area, bool fresh) {
  t->area[row] = area;
  bool first = fresh && row % BATCH == 0;
  if (first || area < t->areas_of[row / BATCH].least) t->areas_of[row / BATCH].least = area;
  if (first || area > t->areas_of[row / BATCH].most) t->areas_of[row / BATCH].most = area;
}

/* ---- putting ---- */

static bool fields_put(screen *s, screen_table *t, uint32_t row, const value *fields) {
  for (size_t i = 0; i < t->field_count; i++)
    if (t->fields[i].field && !stored_put(s, t, &t->fields[i], row, &fields[i])) return false;
  return true;
}

static bool subject_put(screen *s, screen_table *t, uint32_t row, bool fresh, const record *r,
                        uint32_t owner) {
  char zone[13];
  record_zone(r, zone);
  /* a child is where its root is */
  const uint32_t area = t->root ? t->root->area[owner] : screen_area(s, r->area, zone);
  if (area == UINT32_MAX) return false;
  t->ids[row] = r->id;
  t->owner[row] = owner;
  if (!fresh && !bit_of(t->live, row) && !(t->ended && bit_of(t->ended, row))) t->dead--;
  bit_put(t->live, row, true);
  if (t->ended) bit_put(t->ended, row, false);
  area_put(t, row, area, fresh);
  if (!fields_put(s, t, row, r->fields)) return false;
  table_end(t, row, s->day);
  return true;
}

static void event_day(screen_table *t, day on) {
  if (on < t->first_day) t->first_day = on;
  if (on > t->last_day) t->last_day = on;
}

static bool event_put(screen *s, screen_table *t, uint32_t row, bool fresh, const event *x,
                      uint32_t owner, uint32_t subject) {
  if (!fresh && !bit_of(t->live, row)) t->dead--;
  t->owner[row] = owner;
  t->subject[row] = subject;
  t->on[row] = x->on;
  event_day(t, x->on);
  bit_put(t->live, row, true);
  return fields_put(s, t, row, x->fields);
}

/* Where `count` rows of a unit go: where they were, if as many; else at the end. */
static bool block_take(screen_table *t, row_block *b, size_t count, bool *fresh) {
  *fresh = b->count != count;
  if (!*fresh) return true;
  for (uint32_t i = 0; i < b->count; i++) table_kill(t, b->first + i);
  if (!table_room(t, t->rows + count)) return false;
  *b = (row_block){(uint32_t)t->rows, (uint32_t)count};
  t->rows += count;
  return true;
}

static bool children_put(screen *s, screen_table *t, row_block *b, record *const *children,
                         size_t count, uint32_t owner) {
  size_t n = 0;
  bool fresh;
  for (size_t i = 0; i < count; i++) n += children[i]->kind == t->kind && !children[i]->withdrawn;
  if (!block_take(t, b, n, &fresh)) return false;
  uint32_t row = b->first;
  for (size_t i = 0; i < count; i++)
    if (children[i]->kind == t->kind && !children[i]->withdrawn &&
        !subject_put(s, t, row++, fresh, children[i], owner))
      return false;
  return true;
}

static uint32_t subject_row(const screen_table *root, uint32_t owner, const screen_table *about,
                            const uuid *id) {
  if (about == root) return owner;
  for (size_t i = 0; i < root->part_count; i++) {
    if (root->parts[i] != about) continue;
    const row_block *b = &root->blocks[owner * root->part_count + i];
    for (uint32_t k = 0; k < b->count; k++)
      if (uuid_equal(&about->ids[b->first + k], id)) return b->first + k;
  }
  return UINT32_MAX;
}

static bool events_put(screen *s, screen_table *root, screen_table *t, row_block *b,
                       event *const *events, size_t count, uint32_t owner) {
  size_t n = 0;
  bool fresh;
  for (size_t i = 0; i < count; i++) n += !events[i]->withdrawn;
  if (!block_take(t, b, n, &fresh)) return false;
  uint32_t row = b->first;
  for (size_t i = 0; i < count; i++) {
    if (events[i]->withdrawn) continue;
    uint32_t subject = subject_row(root, owner, t->about, &events[i]->subject);
    if (!event_put(s, t, row, fresh, events[i], owner, subject == UINT32_MAX ? 0 : subject))
      return false;
    if (subject == UINT32_MAX) table_kill(t, row); /* its subject was taken back */
    row++;
  }
  return true;
}

bool block_add(screen *s, screen_table *t, size_t part, uint32_t owner, const record *r,
               const event *x) {
  screen_table *root = t->root;
  row_block *b = &root->blocks[owner * root->part_count + part];
  uint32_t subject = x ? subject_row(root, owner, t->about, &x->subject) : 0;
  if (subject == UINT32_MAX) return true; /* its subject was taken back */
  if (!table_room(t, t->rows + 1)) return false;
  const uint32_t row = (uint32_t)t->rows++;
  if (b->count == 0) b->first = row;
  b->count++;
  return r ? subject_put(s, t, row, true, r, owner) : event_put(s, t, row, true, x, owner, subject);
}

static void unit_kill(screen_table *root, uint32_t row) {
  table_kill(root, row);
  for (size_t i = 0; i < root->part_count; i++) {
    row_block *b = &root->blocks[row * root->part_count + i];
    for (uint32_t k = 0; k < b->count; k++) table_kill(root->parts[i], b->first + k);
    *b = (row_block){0};
  }
}

bool unit_put(screen *s, screen_table *t, const uuid *id, const unit_rows *unit,
              uint32_t *ret_row) {
  uint32_t row = table_find(t, id);
  *ret_row = row;
  if (!unit->root) {
    if (row != UINT32_MAX) unit_kill(t, row);
    return true;
  }
  bool fresh = row == UINT32_MAX;
  if (fresh) {
    if (!table_room(t, t->rows + 1)) return false;
    row = (uint32_t)t->rows++;
    t->ids[row] = *id;
    if (!table_index(t, row)) return false;
  }
  *ret_row = row;
  if (!subject_put(s, t, row, fresh, unit->root, row)) return false;
  for (size_t i = 0; i < t->part_count; i++) {
    screen_table *part = t->parts[i];
    if (part->kind && !children_put(s, part, &t->blocks[row * t->part_count + i], unit->children,
                                    unit->child_count, row))
      return false;
  }
  for (size_t i = 0; i < t->part_count; i++) {
    screen_table *part = t->parts[i];
    if (part->event && !events_put(s, t, part, &t->blocks[row * t->part_count + i],
                                   unit->events ? unit->events[part->event->index] : NULL,
                                   unit->events ? unit->event_counts[part->event->index] : 0, row))
      return false;
  }
  return true;
}

bool screen_put(screen *s, const unit_rows *unit, err *e) {
  uint32_t row;
  pthread_rwlock_wrlock(&s->lock);
  const record *root = unit->root;
  bool ok = unit_put(s, &s->subjects[root->kind->index], &root->id, unit, &row);
  pthread_rwlock_unlock(&s->lock);
  return ok || err_memory(e);
}

bool screen_set_day(screen *s, day today, err *e) {
  pthread_rwlock_wrlock(&s->lock);
  s->day = today;
  bool ok = tables_compact(s) && aggregates_refresh(s, NULL, NULL, 0);
  pthread_rwlock_unlock(&s->lock);
  return ok || err_memory(e);
}
