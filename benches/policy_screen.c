/* Jishi's own columns, filled with the county: each household as the store would give it. */
#include "policy.h"

#include <stdio.h>
#include <stdlib.h>

enum { EVENTS_MAX = 8, MEMBERS_MAX = 8 };

typedef struct filling {
  const subject_matter *m;
  const county_data *d;
  screen *s;
  arena *a;
  const kind *household, *person;
  int fields[COLUMNS]; /* of the kind; -1: not a field */
  event ***events;     /* [event kind] */
  size_t *event_counts;
  record *root, *members[MEMBERS_MAX];
} filling;

static uuid numbered(int what, size_t row) {
  uuid u = {{(uint8_t)what}};
  const uint64_t mixed = (row + 1) * UINT64_C(0x9E3779B97F4A7C15);
  memcpy(u.b + 1, &mixed, 7);
  memcpy(u.b + 8, &row, 8);
  return u;
}

static value cell_value(const filling *f, const kind *k, column_id c, size_t row) {
  int64_t v;
  if (!county_cell(f->d, c, row, &v)) return (value){.type = VALUE_UNKNOWN};
  switch (specs[c].shape) {
  case SHAPE_CODE:
    return value_string(text_of(k->fields[f->fields[c]].choices[v].code));
  case SHAPE_BIT:
    return value_bool(v != 0);
  case SHAPE_NUMBER:
  case SHAPE_AGGREGATE:
    break;
  }
  return value_int(v);
}

static void fill(const filling *f, record *r, bool person, size_t row) {
  for (column_id c = 0; c < COLUMNS; c++)
    if (f->d->c[c].data && specs[c].person == person && f->fields[c] >= 0)
      r->fields[f->fields[c]] = cell_value(f, r->kind, c, row);
}

/* One more event about `about`, `ago` days ago; its fields are unknown. NULL: no room. */
static event *more(filling *f, const char *name, const record *about, int ago) {
  const event_kind *k = pack_event(f->m->p, text_of(name));
  if (!k || f->event_counts[k->index] == EVENTS_MAX) return NULL;
  event *x = f->events[k->index][f->event_counts[k->index]++];
  *x = (event){.kind = k,
               .root = f->root->id,
               .subject = about->id,
               .on = f->m->today - ago,
               .fields = x->fields};
  for (size_t i = 0; i < k->field_count; i++) x->fields[i] = (value){.type = VALUE_UNKNOWN};
  return x;
}

static void event_set(event *x, const char *name, value v) {
  for (size_t i = 0; x && i < x->kind->field_count; i++)
    if (strcmp(x->kind->fields[i].name, name) == 0) x->fields[i] = v;
}

static int64_t how_many(const filling *f, column_id c, size_t row) {
  int64_t v = 0;
  return f->d->c[c].data && county_cell(f->d, c, row, &v) ? v : 0;
}

/* Events from which the aggregates come out as the county has them. */
static void happen(filling *f, size_t household, size_t members) {
  memset(f->event_counts, 0, f->m->p->event_count * sizeof *f->event_counts);
  int64_t paid = 0;
  bool told =
      !f->d->c[C_SELF_PAID_12M].data || county_cell(f->d, C_SELF_PAID_12M, household, &paid);
  if (paid || !told) {
    event *x = more(f, "medical_claim", f->members[0], 20);
    if (told) event_set(x, "self_paid", value_int(paid));
  }
  for (int64_t n = how_many(f, C_HARDSHIPS, household); n > 0; n--) more(f, "hardship", f->root, 5);
  for (int64_t n = how_many(f, C_WARNINGS, household); n > 0; n--) more(f, "warning", f->root, 5);
  for (int64_t n = how_many(f, C_LOANS_LIVE, household); n > 0; n--) {
    event *x = more(f, "loan", f->root, 5);
    event_set(x, "amount", value_int(100));
    event_set(x, "matures", value_int(f->m->today + 400));
  }
  for (int64_t n = how_many(f, C_LOANS_OVER, household); n > 0; n--) {
    event *x = more(f, "loan", f->root, 500);
    event_set(x, "amount", value_int(100000000));
    event_set(x, "matures", value_int(f->m->today - 100));
  }
  for (int64_t n = how_many(f, C_REPAIRS, household); n > 0; n--) more(f, "repair", f->root, 100);
  for (size_t i = 0; i < members; i++)
    for (int64_t n = how_many(f, C_PREMIUMS, f->d->first[household] + i); n > 0; n--)
      event_set(more(f, "premium", f->members[i], 20), "subsidy", value_int(100));
}

static bool put_household(filling *f, size_t i, err *e) {
  const size_t first = f->d->first[i], n = f->d->first[i + 1] - first;
  record *r = f->root;
  r->id = r->root = numbered(1, i);
  snprintf(r->area, sizeof r->area, "370871%06u", (unsigned)(i / PER_VILLAGE));
  fill(f, r, false, i);
  for (size_t k = 0; k < n; k++) {
    record *p = f->members[k];
    p->id = numbered(2, first + k);
    p->root = p->parent = r->id;
    memcpy(p->area, r->area, sizeof p->area);
    fill(f, p, true, first + k);
  }
  happen(f, i, n);
  const unit_rows unit = {r, f->members, n, (event *const *const *)f->events, f->event_counts};
  return screen_put(f->s, &unit, e);
}

static bool filling_begin(filling *f) {
  const pack *p = f->m->p;
  f->household = pack_kind(p, TEXT("household"));
  f->person = pack_kind(p, TEXT("person"));
  if (!f->household || !f->person || !(f->root = record_new(f->a, f->household))) return false;
  for (size_t i = 0; i < MEMBERS_MAX; i++)
    if (!(f->members[i] = record_new(f->a, f->person))) return false;
  for (size_t c = 0; c < COLUMNS; c++) {
    const kind *k = specs[c].person ? f->person : f->household;
    const field *x = field_find(k->fields, k->field_count, text_of(specs[c].name));
    f->fields[c] = x ? (int)(x - k->fields) : -1;
  }
  f->events = ARENA_ARRAY(f->a, p->event_count, event **);
  f->event_counts = ARENA_ARRAY(f->a, p->event_count, size_t);
  for (size_t k = 0; f->events && k < p->event_count; k++) {
    f->events[k] = ARENA_ARRAY(f->a, EVENTS_MAX, event *);
    for (size_t i = 0; f->events[k] && i < EVENTS_MAX; i++) {
      event *x = ARENA_NEW(f->a, event);
      if (!x || !(x->fields = ARENA_ARRAY(f->a, p->events[k].field_count + 1, value))) return false;
      f->events[k][i] = x;
    }
    if (!f->events[k]) return false;
  }
  return f->events && f->event_counts;
}

screen *make_screen(const subject_matter *m, const county_data *d) {
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  filling f = {.m = m, .d = d, .a = a, .s = screen_new(m->p, NULL, &e)};
  bool ok = a && f.s && filling_begin(&f);
  for (size_t i = 0; ok && i < d->households; i++) ok = put_household(&f, i, &e);
  if (ok && screen_set_day(f.s, m->today, &e)) return f.s;
  fprintf(stderr, "The screen could not be filled. %s\n", e.en);
  screen_free(f.s);
  return NULL;
}

/* ---- asking ---- */

static bool counted(const screen_answer *x, const subject_matter *m, size_t villages, count *now,
                    count *then) {
  for (size_t i = 0; i < x->cell_count; i++) {
    const screen_cell *c = &x->cells[i];
    size_t r = 0;
    while (strcmp(rule_specs[r].name, c->rule->name) != 0) r++; /* others were left out */
    const size_t village = strtoul(c->area + 6, NULL, 10);
    const tally *t[] = {&c->now, &c->then};
    count *to[] = {now, then};
    for (int k = 0; k < 2; k++) {
      if (t[k]->failed || !m->has[r]) return false;
      if (to[k])
        *count_at(to[k], villages, r, village) =
            (count){t[k]->matched, t[k]->unknown, t[k]->money, t[k]->unpriced};
    }
  }
  return true;
}

double run_screen(const subject_matter *m, screen *s, int threads, size_t villages, count *now,
                  count *then) {
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  screen_answer *answer = NULL;
  setting line = {0};
  question q = {.as_of = m->today, .threads = threads};
  if (!a) return -1;
  if (then) {
    char said[64];
    snprintf(said, sizeof said, "p.monitor.line=%lld", (long long)m->then.line / 100);
    if (!setting_read(m->p, a, text_of(said), &line, &e)) return -1;
    q.settings = &line;
    q.setting_count = 1;
  }
  const double begun = seconds_now();
  if (!screen_ask(s, a, &q, &answer, &e)) {
    fprintf(stderr, "%s\n", e.en);
    return -1;
  }
  const double took = seconds_now() - begun;
  return counted(answer, m, villages, now, then) ? took : -1;
}
