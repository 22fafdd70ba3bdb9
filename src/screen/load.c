/* From the store: everything once, and then what the journal says has changed. */
#include "screen/screen_internal.h"
#include "store/rows/area_changes.h"
#include "store/rows/mergers.h"

#include <stdlib.h>

enum { PROGRESS_ROWS = 10000, JOURNAL_PAGE = 1000 };

typedef struct loading {
  screen *s;
  screen_table *t;
  size_t part; /* of the root table */
  uint32_t owner;
  uuid last_root;
  bool ours;
  int64_t rows;
  void (*progress)(int64_t rows);
} loading;

static bool told(loading *l) {
  if (l->progress && ++l->rows % PROGRESS_ROWS == 0) l->progress(l->rows);
  return true;
}

static bool take_root(void *context, const record *r, err *e) {
  loading *l = context;
  uint32_t row;
  const unit_rows alone = {.root = r};
  bool ok = unit_put(l->s, &l->s->subjects[r->kind->index], &r->id, &alone, &row);
  return ok ? told(l) : err_memory(e);
}

/* Rows come by root: those of one unit stand together. */
static bool find_owner(loading *l, const uuid *root) {
  if (l->ours && uuid_equal(root, &l->last_root)) return l->owner != UINT32_MAX;
  l->last_root = *root;
  l->ours = true;
  l->owner = table_find(l->t->root, root);
  return l->owner != UINT32_MAX;
}

static bool take_child(void *context, const record *r, err *e) {
  loading *l = context;
  if (!find_owner(l, &r->root)) return true;
  return block_add(l->s, l->t, l->part, l->owner, r, NULL) ? told(l) : err_memory(e);
}

static bool take_event(void *context, const event *x, err *e) {
  loading *l = context;
  if (x->withdrawn || !find_owner(l, &x->root)) return true;
  return block_add(l->s, l->t, l->part, l->owner, NULL, x) ? told(l) : err_memory(e);
}

static bool *wanted_fields(arena *a, const screen_table *t) {
  bool *wanted = ARENA_ARRAY(a, t->field_count + 1, bool);
  for (size_t i = 0; wanted && i < t->field_count; i++) wanted[i] = t->fields[i].field != NULL;
  return wanted;
}

static bool load_part(loading *l, store *from, screen_table *root, size_t part, err *e) {
  screen_table *t = root->parts[part];
  l->t = t;
  l->part = part;
  l->ours = false;
  if (t->kind) return store_subjects_scan(from, t->kind, take_child, l, e);
  arena *a AUTO_ARENA = arena_new(0);
  bool *wanted = a ? wanted_fields(a, t) : NULL;
  if (!wanted) return err_memory(e);
  return store_events_scan(from, t->event, wanted, take_event, l, e);
}

static bool load_all(loading *l, store *from, err *e) {
  screen *s = l->s;
  for (size_t k = 0; k < s->p->kind_count; k++) {
    screen_table *root = &s->subjects[k];
    if (root->root) continue;
    if (!store_subjects_scan(from, root->kind, take_root, l, e)) return false;
    for (int events = 0; events < 2; events++) /* subjects first: events point at them */
      for (size_t i = 0; i < root->part_count; i++)
        if ((root->parts[i]->event != NULL) == events && !load_part(l, from, root, i, e))
          return false;
  }
  return (tables_compact(s) && aggregates_refresh(s, NULL, NULL, 0)) || err_memory(e);
}

bool screen_load(screen *s, store *from, void (*progress)(int64_t rows), err *e) {
  county head;
  loading l = {.s = s, .progress = progress};
  if (!db_begin_read(store_db(from), e)) return false;
  pthread_rwlock_wrlock(&s->lock);
  s->day = day_today();
  arena *scratch AUTO_ARENA = arena_new(0);
  bool ok = (scratch || err_memory(e)) && store_county_get(from, &head, e) &&
            load_all(&l, from, e) && past_load(s, from, scratch, e);
  if (ok) s->seq = head.seq;
  pthread_rwlock_unlock(&s->lock);
  db_end_read(store_db(from));
  return ok;
}

/* ---- following ---- */

typedef struct changed {
  arena *a;
  bool moved; /* units went to other areas */
  uuid *roots;
  size_t count, room;
} changed;

static int by_uuid(const void *a, const void *b) {
  return memcmp(((const uuid *)a)->b, ((const uuid *)b)->b, sizeof(uuid));
}

static bool note_root(changed *c, const uuid *root) {
  if (uuid_is_nil(root)) return true;
  if (c->count && uuid_equal(&c->roots[c->count - 1], root)) return true;
  uuid *more = ARENA_GROW(c->a, c->roots, c->count, &c->room, uuid);
  if (!more) return false;
  c->roots = more;
  c->roots[c->count++] = *root;
  return true;
}

/* An undone import touched what came with it. */
static bool note_undone(changed *c, store *from, const entry *x, err *e) {
  json *body = json_parse(c->a, x->body, e);
  const json *import = body ? json_get(body, "import") : NULL;
  uuid id;
  entry *entries = NULL;
  size_t n = 0;
  if (!body) return false;
  if (!import || import->type != JSON_TEXT || !uuid_parse(import->s, &id)) return true;
  if (!store_entries_of_import(from, c->a, &id, &entries, &n, e)) return false;
  for (size_t i = 0; i < n; i++)
    if (!note_root(c, &entries[i].root)) return err_memory(e);
  return true;
}

/* The units to which a change of areas gave another zone; of an undoing, those of the change that
 * it takes back. */
static bool note_zoned(changed *c, store *from, const entry *x, err *e) {
  const json *body = json_parse(c->a, x->body, e);
  area_change *undone = NULL;
  uuid *roots = NULL, id;
  size_t n = 0;
  if (!body) return false;
  if (uuid_parse(json_text(body, "change"), &id) &&
      !store_area_change_find(from, c->a, &id, &undone, e))
    return false;
  if (!store_fact_subjects(from, c->a, undone ? undone->seq : x->seq, &roots, &n, e)) return false;
  for (size_t i = 0; i < n; i++)
    if (!note_root(c, &roots[i])) return err_memory(e);
  return true;
}

/* A merger, or its undoing, concerns two units; the entry names only one of them. */
static bool note_merged(changed *c, store *from, const entry *x, err *e) {
  if (strcmp(x->verb, "merge") != 0) return true;
  json *body = json_parse(c->a, x->body, e);
  merger *m = NULL;
  uuid id;
  if (!body) return false;
  if (!uuid_parse(json_text(body, "id"), &id)) return true;
  if (!store_merger_find(from, c->a, &id, NULL, &m, e)) return false;
  return !m || (note_root(c, &m->gone_root) && note_root(c, &m->stays_root)) || err_memory(e);
}

/* A change of areas moves units that no entry names. */
static bool note_moved(const screen *s, changed *c, store *from, const entry *x, err *e) {
  static const char key[] = "\"area\"";
  past_area *rows = NULL;
  size_t n = 0;
  if (strcmp(x->verb, "facts") == 0) /* its past is counted in the zone of today (past.c) */
    c->moved |= s->past_count || memmem(x->body.at, x->body.bytes, key, sizeof key - 1) != NULL;
  if (strcmp(x->verb, "area") != 0) return true;
  c->moved = true;
  if (!store_past_areas(from, c->a, x->seq, &rows, &n, e)) return false;
  for (size_t i = 0; i < n; i++)
    if (!note_root(c, &rows[i].root)) return err_memory(e);
  for (size_t i = 0; i < s->past_count;
       i++) /* of a change that is undone no rows are left to name them */
    if (!note_root(c, &s->past[i].root)) return err_memory(e);
  return note_zoned(c, from, x, e);
}

/* A child may have come from another root: the one whose rows it stands among. */
static bool note_left(const screen *s, changed *c, const entry *x) {
  if (strcmp(x->verb, "facts") != 0 || uuid_equal(&x->subject, &x->root)) return true;
  static const char key[] = "\"parent\"";
  if (!memmem(x->body.at, x->body.bytes, key, sizeof key - 1)) return true;
  for (size_t k = 0; k < s->p->kind_count; k++) {
    const screen_table *t = &s->subjects[k];
    for (size_t r = 0; t->root && r < t->rows; r++)
      if (uuid_equal(&t->ids[r], &x->subject) && bit_of(t->live, r) &&
          !note_root(c, &t->root->ids[t->owner[r]]))
        return false;
  }
  return true;
}

static bool read_journal(screen *s, store *from, changed *c, int64_t *seq, err *e) {
  *seq = s->seq;
  for (;;) {
    entry *entries = NULL;
    size_t n = 0;
    if (!store_journal(from, c->a, &(journal_query){.after = *seq, .limit = JOURNAL_PAGE}, &entries,
                       &n, e))
      return false;
    for (size_t i = 0; i < n; i++) {
      if (!note_root(c, &entries[i].root)) return err_memory(e);
      if (strcmp(entries[i].verb, "undo") == 0 && !note_undone(c, from, &entries[i], e))
        return false;
      if (!note_merged(c, from, &entries[i], e)) return false;
      if (!note_moved(s, c, from, &entries[i], e)) return false;
      if (!note_left(s, c, &entries[i])) return err_memory(e);
      *seq = entries[i].seq;
    }
    if (n < JOURNAL_PAGE) break;
  }
  if (c->count) qsort(c->roots, c->count, sizeof *c->roots, by_uuid);
  size_t kept = 0;
  for (size_t i = 0; i < c->count; i++)
    if (i == 0 || !uuid_equal(&c->roots[i], &c->roots[i - 1])) c->roots[kept++] = c->roots[i];
  c->count = kept;
  return true;
}

/* Reads the unit as it is now; *there NULL: gone, or not of this kind. */
static bool read_unit(screen *s, store *from, arena *a, screen_table *t, const uuid *id,
                      uint32_t *row, err *e) {
  record *root = NULL, **children = NULL;
  size_t child_count = 0, room = 0;
  event ***events = ARENA_ARRAY(a, s->p->event_count + 1, event **);
  size_t *counts = ARENA_ARRAY(a, s->p->event_count + 1, size_t);
  if (!events || !counts) return err_memory(e);
  if (!store_subject_find(from, a, t->kind, id, NULL, &root, e)) return false;
  for (size_t i = 0; root && i < t->part_count; i++) {
    const screen_table *part = t->parts[i];
    if (part->event) {
      bool *wanted = wanted_fields(a, part);
      const size_t k = (size_t)part->event->index;
      if (!wanted) return err_memory(e);
      if (!store_events(
              from, a,
              &(event_query){.kind = part->event, .root = *id, .from = DAY_NONE, .wanted = wanted},
              &events[k], &counts[k], e))
        return false;
      continue;
    }
    record **some = NULL;
    size_t n = 0;
    if (!store_children(from, a, part->kind, id, &some, &n, e)) return false;
    for (size_t k = 0; k < n; k++) {
      record **more = ARENA_GROW(a, children, child_count, &room, record *);
      if (!more) return err_memory(e);
      children = more;
      children[child_count++] = some[k];
    }
  }
  *row = UINT32_MAX;
  if (!root && table_find(t, id) == UINT32_MAX) return true;
  pthread_rwlock_wrlock(&s->lock);
  const unit_rows unit = {root, children, child_count, (event *const *const *)events, counts};
  bool ok = unit_put(s, t, id, &unit, row);
  pthread_rwlock_unlock(&s->lock);
  return ok || err_memory(e);
}

static bool follow_kind(screen *s, store *from, screen_table *t, const changed *c, err *e) {
  uint32_t *rows = ARENA_ARRAY(c->a, c->count + 1, uint32_t);
  arena *scratch AUTO_ARENA = arena_new(0);
  size_t n = 0;
  if (!rows || !scratch) return err_memory(e);
  for (size_t i = 0; i < c->count; i++) {
    uint32_t row;
    if (!read_unit(s, from, scratch, t, &c->roots[i], &row, e)) return false;
    if (row != UINT32_MAX) rows[n++] = row;
    arena_clear(scratch);
  }
  if (n == 0) return true;
  pthread_rwlock_wrlock(&s->lock);
  bool ok = aggregates_refresh(s, t, rows, n);
  pthread_rwlock_unlock(&s->lock);
  return ok || err_memory(e);
}

/* Dead rows cost time and room in every question. */
static bool tidy(screen *s, err *e) {
  bool heavy = false;
  for (size_t i = 0; i < s->p->event_count; i++)
    heavy |= s->events[i].dead > s->events[i].rows / 4 + 4 * BATCH;
  for (size_t i = 0; i < s->p->kind_count; i++)
    heavy |= s->subjects[i].root && s->subjects[i].dead > s->subjects[i].rows / 4 + 4 * BATCH;
  if (!heavy) return true;
  pthread_rwlock_wrlock(&s->lock);
  /* aggregates of children stand by row */
  bool ok = tables_compact(s) && aggregates_refresh(s, NULL, NULL, 0);
  pthread_rwlock_unlock(&s->lock);
  return ok || err_memory(e);
}

static bool begin_day(screen *s, err *e) {
  const day today = day_today();
  if (today == s->day) return true;
  pthread_rwlock_wrlock(&s->lock);
  s->day = today;
  for (size_t i = 0; i < s->p->kind_count; i++)
    for (uint32_t r = 0; s->p->kinds[i].end_date_field >= 0 && r < s->subjects[i].rows; r++)
      table_end(&s->subjects[i], r, today);
  bool ok = aggregates_refresh(s, NULL, NULL, 0);
  pthread_rwlock_unlock(&s->lock);
  return ok || err_memory(e);
}

bool screen_follow(screen *s, store *from, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  changed c = {.a = a};
  int64_t seq;
  if (!a) return err_memory(e);
  if (!db_begin_read(store_db(from), e)) return false;
  bool ok = begin_day(s, e) && read_journal(s, from, &c, &seq, e);
  for (size_t k = 0; ok && c.count && k < s->p->kind_count; k++)
    if (!s->subjects[k].root) ok = follow_kind(s, from, &s->subjects[k], &c, e);
  if (ok && c.moved) {
    pthread_rwlock_wrlock(&s->lock);
    ok = past_load(s, from, a, e);
    pthread_rwlock_unlock(&s->lock);
  }
  db_end_read(store_db(from));
  if (!ok || !tidy(s, e)) return false;
  pthread_rwlock_wrlock(&s->lock);
  s->seq = seq;
  pthread_rwlock_unlock(&s->lock);
  return true;
}
