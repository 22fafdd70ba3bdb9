/* Columns that grow: values in, narrow lanes, blocks of a unit's rows, texts by number. */
#include "screen/screen_internal.h"

#include <stdlib.h>

size_t padded(size_t rows) {
  return (rows + BATCH - 1) / BATCH * BATCH;
}

void *aligned_zero(size_t bytes) {
  bytes = (bytes + COLUMN_ALIGN - 1) / COLUMN_ALIGN * COLUMN_ALIGN;
  void *at = aligned_alloc(COLUMN_ALIGN, bytes ? bytes : COLUMN_ALIGN);
  if (at) memset(at, 0, bytes);
  return at;
}

static bool regrow(void *array, size_t old_bytes, size_t new_bytes) {
  void **at = array;
  void *more = aligned_zero(new_bytes);
  if (!more) return false;
  if (*at && old_bytes) memcpy(more, *at, old_bytes);
  free(*at);
  *at = more;
  return true;
}

static size_t lane_bytes(lane l, size_t rows) {
  return l == LANE_BIT ? rows / 8 : l == LANE_CODE ? rows : l == LANE_INT32 ? rows * 4 : rows * 8;
}

bool table_begin(screen_table *t, size_t count) {
  t->fields = calloc(count + 1, sizeof *t->fields);
  t->field_count = count;
  t->first_day = INT32_MAX;
  t->last_day = INT32_MIN;
  return t->fields != NULL;
}

static lane first_lane(stored_column *f) {
  switch (f->field->type) {
  case FIELD_BOOL:
    return LANE_BIT;
  case FIELD_CHOICE:
    f->textual = f->field->choice_count > COLUMN_WORDS_MAX;
    return f->textual ? LANE_INT32 : LANE_CODE;
  case FIELD_CHOICES:
    f->set = f->field->choice_count <= 64;
    f->textual = !f->set;
    return f->set ? LANE_INT64 : LANE_INT32;
  case FIELD_TEXT:
    f->textual = true;
    return LANE_INT32;
  default:
    return LANE_INT32;
  }
}

bool table_want(screen_table *t, int field) {
  stored_column *f = &t->fields[field];
  const struct field *of = t->kind ? &t->kind->fields[field] : &t->event->fields[field];
  t->wanted = true;
  if (f->field) return true;
  f->field = of;
  f->lane = first_lane(f);
  if (of->choice_count) {
    f->words = calloc(of->choice_count, sizeof *f->words);
    if (!f->words) return false;
    for (size_t i = 0; i < of->choice_count; i++) f->words[i] = of->choices[i].code;
    f->word_count = of->choice_count;
  }
  return true;
}

bool table_room(screen_table *t, size_t rows) {
  if (rows <= t->room) return true;
  if (rows > UINT32_MAX / 2) return false;
  const size_t was = t->room, room = padded(rows + rows / 2 + BATCH);
  for (size_t i = 0; i < t->field_count; i++) {
    stored_column *f = &t->fields[i];
    if (!f->field) continue;
    if (!regrow(&f->data, lane_bytes(f->lane, was), lane_bytes(f->lane, room)) ||
        !regrow(&f->known, was / 8, room / 8))
      return false;
  }
  if (!regrow(&t->live, was / 8, room / 8) || !regrow(&t->owner, was * 4, room * 4)) return false;
  if (t->kind && t->kind->end_date_field >= 0 && !regrow(&t->ended, was / 8, room / 8))
    return false;
  if (t->kind && (!regrow(&t->ids, was * sizeof *t->ids, room * sizeof *t->ids) ||
                  !regrow(&t->area, was * 4, room * 4) ||
                  !regrow(&t->areas_of, was / BATCH * sizeof *t->areas_of,
                          room / BATCH * sizeof *t->areas_of)))
    return false;
  if (t->event && (!regrow(&t->subject, was * 4, room * 4) || !regrow(&t->on, was * 4, room * 4)))
    return false;
  if (!t->root && !t->event && t->part_count &&
      !regrow(&t->blocks, was * t->part_count * sizeof *t->blocks,
              room * t->part_count * sizeof *t->blocks))
    return false;
  t->room = room;
  return true;
}

void table_free(screen_table *t) {
  for (size_t i = 0; t->fields && i < t->field_count; i++) {
    free(t->fields[i].data);
    free(t->fields[i].known);
    free(t->fields[i].words);
  }
  free(t->fields);
  free(t->live);
  free(t->ended);
  free(t->ids);
  free(t->area);
  free(t->owner);
  free(t->subject);
  free(t->on);
  free(t->areas_of);
  free(t->parts);
  free(t->blocks);
  free(t->slots);
}

/* ---- finding a root by its id ---- */

static void slot_put(screen_table *t, uint32_t row) {
  size_t at = uuid_hash(&t->ids[row]) & (t->slot_count - 1);
  while (t->slots[at]) at = (at + 1) & (t->slot_count - 1);
  t->slots[at] = row + 1;
}

bool table_index(screen_table *t, uint32_t row) {
  if ((size_t)row * 2 + 2 > t->slot_count) {
    size_t n = t->slot_count ? t->slot_count : 1024;
    while (n < (size_t)row * 2 + 2) n *= 2;
    n *= 2;
    uint32_t *more = calloc(n, sizeof *more);
    if (!more) return false;
    free(t->slots);
    t->slots = more;
    t->slot_count = n;
    for (uint32_t i = 0; i < row; i++) slot_put(t, i);
  }
  slot_put(t, row);
  return true;
}

uint32_t table_find(const screen_table *t, const uuid *id) {
  if (!t->slot_count) return UINT32_MAX;
  for (size_t at = uuid_hash(id) & (t->slot_count - 1); t->slots[at];
       at = (at + 1) & (t->slot_count - 1))
    if (uuid_equal(&t->ids[t->slots[at] - 1], id)) return t->slots[at] - 1;
  return UINT32_MAX;
}

void table_kill(screen_table *t, uint32_t row) {
  if (!bit_of(t->live, row) && !(t->ended && bit_of(t->ended, row))) return;
  bit_put(t->live, row, false);
  if (t->ended) bit_put(t->ended, row, false);
  t->dead++;
}

void table_end(screen_table *t, uint32_t row, day today) {
  const int at = t->kind ? t->kind->end_date_field : -1;
  if (at < 0 || (!bit_of(t->live, row) && !bit_of(t->ended, row))) return;
  const stored_column *f = &t->fields[at];
  const bool over = f->data && bit_of(f->known, row) &&
                    (f->lane == LANE_INT32 ? ((const int32_t *)f->data)[row]
                                           : ((const int64_t *)f->data)[row]) <= today;
  t->ends |= f->data && bit_of(f->known, row);
  bit_put(t->live, row, !over);
  bit_put(t->ended, row, over);
}

/* ---- values ---- */

static bool widen(screen_table *t, stored_column *f) {
  int64_t *wide = aligned_zero(t->room * 8);
  if (!wide) return false;
  for (size_t i = 0; i < t->room; i++) wide[i] = ((int32_t *)f->data)[i];
  free(f->data);
  f->data = wide;
  f->lane = LANE_INT64;
  return true;
}

static bool number_put(screen_table *t, stored_column *f, size_t row, int64_t n) {
  if (f->lane == LANE_INT32 && (n < INT32_MIN || n > INT32_MAX) && !widen(t, f)) return false;
  if (n < f->least) f->least = n;
  if (n > f->most) f->most = n;
  if (f->lane == LANE_INT32)
    ((int32_t *)f->data)[row] = (int32_t)n;
  else
    ((int64_t *)f->data)[row] = n;
  return true;
}

static size_t word_at(const stored_column *f, text w) {
  size_t i = 0;
  while (i < f->word_count && !text_is(w, f->words[i])) i++;
  return i;
}

/* ---- texts ---- */

static bool more_text_slots(screen *s) {
  size_t n = s->text_slot_count ? s->text_slot_count * 2 : 1024;
  uint32_t *slots = calloc(n, sizeof *slots);
  if (!slots) return false;
  for (size_t i = 0; i < s->text_count; i++) {
    size_t at = text_hash(s->texts[i]) & (n - 1);
    while (slots[at]) at = (at + 1) & (n - 1);
    slots[at] = (uint32_t)i + 1;
  }
  free(s->text_slots);
  s->text_slots = slots;
  s->text_slot_count = n;
  return true;
}

/* The number of a text; -1: memory. */
static int32_t text_number(screen *s, text t) {
  if (s->text_count * 2 + 2 > s->text_slot_count && !more_text_slots(s)) return -1;
  size_t at = text_hash(t) & (s->text_slot_count - 1);
  for (; s->text_slots[at]; at = (at + 1) & (s->text_slot_count - 1))
    if (text_equal(s->texts[s->text_slots[at] - 1], t)) return (int32_t)s->text_slots[at] - 1;
  if (s->text_count == INT32_MAX) return -1;
  if (s->text_count == s->text_room) {
    size_t room = s->text_room ? s->text_room * 2 : 256;
    text *more = realloc(s->texts, room * sizeof *more);
    if (!more) return -1;
    s->texts = more;
    s->text_room = room;
  }
  char *copy = arena_copy(s->texts_arena, t.bytes ? t.at : "", t.bytes);
  if (!copy) return -1;
  s->texts[s->text_count] = (text){copy, t.bytes};
  s->text_slots[at] = (uint32_t)s->text_count + 1;
  return (int32_t)s->text_count++;
}

static bool text_put(screen *s, screen_table *t, stored_column *f, size_t row, const value *v) {
  text whole = value_text(v);
  AUTO_BUF buf b = {0};
  if (v->type == VALUE_LIST) { /* many choices: their codes, one a line */
    for (size_t i = 0; i < v->list->count; i++) {
      buf_text(&b, v->list->items[i].s);
      buf_char(&b, '\n');
    }
    if (!buf_ok(&b)) return false;
    whole = buf_view(&b);
  }
  int32_t n = text_number(s, whole);
  return n >= 0 && number_put(t, f, row, n);
}

bool stored_put(screen *s, screen_table *t, stored_column *f, size_t row, const value *v) {
  bool known = v->type != VALUE_UNKNOWN && v->type != VALUE_ERROR;
  bit_put(f->known, row, known);
  f->unknown |= !known;
  if (!known) {
    if (f->lane == LANE_BIT) bit_put(f->data, row, false);
    if (f->lane == LANE_CODE) ((uint8_t *)f->data)[row] = 0;
    return f->lane == LANE_BIT || f->lane == LANE_CODE || number_put(t, f, row, 0);
  }
  if (f->textual) return text_put(s, t, f, row, v);
  if (f->lane == LANE_BIT) {
    bit_put(f->data, row, v->yes);
  } else if (f->lane == LANE_CODE) {
    size_t code = word_at(f, v->s);
    bit_put(f->known, row, code < f->word_count);
    ((uint8_t *)f->data)[row] = (uint8_t)(code < f->word_count ? code : 0);
  } else if (f->set) {
    uint64_t bits = 0;
    for (size_t i = 0; i < v->list->count; i++) {
      size_t w = word_at(f, v->list->items[i].s);
      if (w < f->word_count) bits |= UINT64_C(1) << w;
    }
    return number_put(t, f, row, (int64_t)bits);
  } else {
    return number_put(t, f, row, v->i);
  }
  return true;
}

static value list_of_words(const stored_column *f, uint64_t bits, arena *a) {
  value_list *list = ARENA_NEW(a, value_list);
  value *items = ARENA_ARRAY(a, f->word_count + 1, value);
  if (!list || !items) return (value){.type = VALUE_NULL};
  /* as the engine keeps them: sorted by code */
  for (size_t i = 0; i < f->word_count; i++) {
    if (!(bits >> i & 1)) continue;
    value v = value_string(text_of(f->words[i]));
    size_t at = list->count++;
    while (at > 0 && text_compare(items[at - 1].s, v.s) > 0) {
      items[at] = items[at - 1];
      at--;
    }
    items[at] = v;
  }
  list->items = items;
  return (value){.type = VALUE_LIST, .list = list};
}

static value list_of_lines(text whole, arena *a) {
  value_list *list = ARENA_NEW(a, value_list);
  value *items = ARENA_ARRAY(a, whole.bytes + 1, value);
  if (!list || !items) return (value){.type = VALUE_NULL};
  for (size_t from = 0, i = 0; i < whole.bytes; i++) {
    if (whole.at[i] != '\n') continue;
    items[list->count++] = value_string((text){whole.at + from, i - from});
    from = i + 1;
  }
  list->items = items;
  return (value){.type = VALUE_LIST, .list = list};
}

value stored_value(const screen *s, const stored_column *f, size_t row, arena *a) {
  if (!bit_of(f->known, row)) return value_missing(a, f->field->name);
  if (f->lane == LANE_BIT) return value_bool(bit_of(f->data, row));
  if (f->lane == LANE_CODE) return value_string(text_of(f->words[((const uint8_t *)f->data)[row]]));
  int64_t n =
      f->lane == LANE_INT32 ? ((const int32_t *)f->data)[row] : ((const int64_t *)f->data)[row];
  if (f->set) return list_of_words(f, (uint64_t)n, a);
  if (!f->textual) return value_int(n);
  return f->field->type == FIELD_CHOICES ? list_of_lines(s->texts[n], a)
                                         : value_string(s->texts[n]);
}

column table_column(const stored_column *f) {
  return (column){.lane = f->lane,
                  .data = f->data,
                  .known = f->unknown ? f->known : NULL,
                  .least = f->least,
                  .most = f->most,
                  .words = f->words,
                  .word_count = f->word_count,
                  .set = f->set};
}
