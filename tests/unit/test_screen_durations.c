/* Spells in columns: when they begin and end, how many days they took, what they come to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/money.h"
#include "pack/load/load.h"
#include "screen/screen.h"

/* The limits are those of Anhui (2 and 20 working days) and Gansu (5 and 15). */
static const char *const files[][2] = {
    {"pack.yaml",
     "format: 2\nname: mini\nversion: 0.1.0\ntitle: {zh: 小包, en: Mini}\n"
     "roles: [{name: clerk, title: {zh: 经办员, en: clerk}, may: [register, record]}]\n"},
    {"kinds/home.yaml", "name: home\ntitle: {zh: 户, en: home}\nlabel: head\nlist: [head]\n"
                        "end_date_field: gone\nfields:\n"
                        "  - {name: head, title: {zh: 户主, en: head}, type: text}\n"
                        "  - {name: found, title: {zh: 查出, en: found}, type: date}\n"
                        "  - {name: gone, title: {zh: 迁出, en: gone}, type: date}\n"},
    {"events/sign.yaml", "name: sign\ntitle: {zh: 线索, en: sign}\nabout: home\nwho: [clerk]\n"
                         "list: [what]\nfields:\n"
                         "  - {name: what, title: {zh: 事由, en: what}, type: text}\n"
                         "  - {name: began, title: {zh: 开工, en: began}, type: date}\n"},
    {"parameters/limit.yaml", "description: {zh: 期限, en: limit}\n"
                              "metadata: {type: int, reference: 安徽、甘肃}\nvalues:\n"
                              "  2024-01-01: {value: 2}\n  2024-06-01: {value: 5}\n"
                              "  2025-01-01: {value: 15}\n  2025-06-01: {value: 20}\n"
                              "  2026-12-25: {value: 5}\n"},
    {"indicators.yaml",
     "- name: working\n  title: a\n  definition: b\n  of: home\n  duration:\n"
     "    from: [{event: sign, where: 'what == \"sign\"'}]\n"
     "    to: [{event: sign, where: 'what == \"help\"'}]\n"
     "    leaves: [{event: sign, where: 'what == \"refused\"'}]\n"
     "    days: working\n    limit: p.limit\n"
     "- name: natural\n  title: a\n  definition: b\n  of: home\n  duration:\n"
     "    from: [{day: found}]\n    to: [{event: sign, where: 'what == \"works\"', day: began}]\n"
     "    days: natural\n"}};

enum { FILES = sizeof files / sizeof *files, EVENTS_MAX = 8 };

typedef struct happening {
  const char *on, *what, *began;
} happening;
typedef struct wanted {
  const char *began, *ended, *due; /* NULL: none */
  int days;
  const char *state;
} wanted;

static pack *mini;
static calendar *cal;

static day of(const char *s) {
  day d = DAY_NONE;
  assert_true(!s || day_parse(text_of(s), &d));
  return d;
}

static int make(void **state) {
  (void)state;
  pack_file all[FILES];
  faults f = {0};
  err e = {0};
  char path[512];
  const char *home = getenv("JISHI_HOME");
  for (size_t i = 0; i < FILES; i++) all[i] = (pack_file){files[i][0], text_of(files[i][1])};
  mini = pack_from_files(all, FILES, NULL, 0, &f);
  if (!mini) fail_msg("%s %s", f.items[0].where, f.items[0].en);
  snprintf(path, sizeof path, "%s/data/calendar.yaml", home ? home : ".");
  cal = calendar_load(path, &e);
  return cal ? 0 : 1;
}

static int unmake(void **state) {
  (void)state;
  pack_free(mini);
  calendar_free(cal);
  return 0;
}

static void put_home(screen *s, arena *a, const char *found, const char *gone,
                     const happening *all) {
  err e = {0};
  record *r = record_new(a, &mini->kinds[0]);
  event **events = ARENA_ARRAY(a, EVENTS_MAX, event *);
  size_t n = 0;
  r->id = r->root = uuid_v7_now();
  memcpy(r->area, "370871003208", 13);
  r->fields[0] = value_string(TEXT("张"));
  if (found) r->fields[1] = value_int(of(found));
  if (gone) r->fields[2] = value_int(of(gone));
  while (all && all[n].on) n++;
  for (size_t i = 0; i < n; i++) { /* newest first */
    event *x = events[n - 1 - i] = ARENA_NEW(a, event);
    *x = (event){.kind = &mini->events[0],
                 .id = uuid_v7_now(),
                 .root = r->id,
                 .subject = r->id,
                 .on = of(all[i].on),
                 .fields = ARENA_ARRAY(a, 2, value)};
    x->fields[0] = value_string(text_of(all[i].what));
    x->fields[1] = all[i].began ? value_int(of(all[i].began)) : value_missing(a, "began");
  }
  event *const *by_kind[] = {events};
  const size_t counts[] = {n};
  unit_rows unit = {.root = r, .events = by_kind, .event_counts = counts};
  assert_true(screen_put(s, &unit, &e));
}

static spells spells_of(screen *s, arena *a, int indicator, const char *from, const char *today) {
  err e = {0};
  spells out;
  question q = {.as_of = of(today)};
  assert_true(screen_set_day(s, of(today), &e));
  const spell_query asked = {&q, &mini->indicators[indicator], of(from), of(today)};
  assert_true(screen_spells(s, a, &asked, &out, &e));
  return out;
}

static void same_day(day got, const char *want) {
  char s[11];
  day_format(got, s);
  assert_string_equal(s, want ? want : "");
}

static void check_spells(const happening *all, const char *today, const wanted *want) {
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  screen *s = screen_new(mini, cal, &e);
  put_home(s, a, NULL, NULL, all);
  spells got = spells_of(s, a, 0, "2024-01-01", today);
  size_t n = 0;
  for (; want[n].began; n++) {
    assert_true(n < got.count);
    const spell *y = &got.items[n];
    same_day(y->began, want[n].began);
    same_day(y->ended, want[n].ended);
    same_day(y->due, want[n].due);
    assert_int_equal(y->days, want[n].days);
    assert_string_equal(spell_state_name(y->state), want[n].state);
  }
  assert_int_equal(got.count, n);
  screen_free(s);
}

/* May Day of 2024: off from 1 to 5 May, worked on Sunday 28 April and Saturday 11 May. */
static void working_days(void **state) {
  (void)state;
  static const struct {
    const char *today;
    happening all[EVENTS_MAX];
    wanted want[4];
  } table[] = {{"2024-06-01", /* the second working day after Tuesday, 30 April */
                {{"2024-04-30", "sign", NULL}, {"2024-05-07", "help", NULL}},
                {{"2024-04-30", "2024-05-07", "2024-05-07", 2, "done"}}},
               {"2024-06-01",
                {{"2024-04-30", "sign", NULL}, {"2024-05-08", "help", NULL}},
                {{"2024-04-30", "2024-05-08", "2024-05-07", 3, "late"}}},
               {"2024-06-01", /* at the weekend after the day due: later than the limit */
                {{"2024-05-15", "sign", NULL}, {"2024-05-18", "help", NULL}},
                {{"2024-05-15", "2024-05-18", "2024-05-17", 3, "late"}}},
               {"2024-06-01", /* on a day off before the day due */
                {{"2024-04-30", "sign", NULL}, {"2024-05-05", "help", NULL}},
                {{"2024-04-30", "2024-05-05", "2024-05-07", 1, "done"}}},
               {"2024-05-17", /* the day due is not over */
                {{"2024-05-15", "sign", NULL}},
                {{"2024-05-15", NULL, "2024-05-17", 2, "open"}}},
               {"2024-05-18",
                {{"2024-05-15", "sign", NULL}},
                {{"2024-05-15", NULL, "2024-05-17", 2, "overdue"}}},
               {"2024-12-31", /* each by the limit of the day it began: five from June on */
                {{"2024-05-15", "sign", NULL},
                 {"2024-05-17", "sign", NULL}, /* the same spell */
                 {"2024-05-20", "help", NULL},
                 {"2024-05-21", "help", NULL}, /* of no spell */
                 {"2024-06-03", "sign", NULL},
                 {"2024-06-11", "help", NULL}}, /* 10 June was off */
                {{"2024-06-03", "2024-06-11", "2024-06-11", 5, "done"},
                 {"2024-05-15", "2024-05-20", "2024-05-17", 3, "late"}}},
               {"2025-12-31", /* fifteen and twenty, over the National Day */
                {{"2025-03-03", "sign", NULL},
                 {"2025-03-24", "help", NULL},
                 {"2025-09-15", "sign", NULL},
                 {"2025-10-20", "help", NULL}},
                {{"2025-09-15", "2025-10-20", "2025-10-17", 21, "late"},
                 {"2025-03-03", "2025-03-24", "2025-03-24", 15, "done"}}},
               {"2024-12-31", /* help of the same day is help of no day; refused is not helped */
                {{"2024-07-01", "sign", NULL},
                 {"2024-07-01", "help", NULL},
                 {"2024-08-01", "sign", NULL},
                 {"2024-08-05", "refused", NULL}},
                {{"2024-07-01", "2024-07-01", "2024-07-08", 0, "done"},
                 {"2024-08-01", "2024-08-05", "2024-08-08", 2, "left"}}}};
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    wanted want[4] = {0};
    size_t n = 0;
    /* the list comes by state */
    static const char *const order[] = {"overdue", "open", "late", "done", "left"};
    for (size_t k = 0; k < 5; k++)
      for (size_t m = 0; m < 4 && table[i].want[m].began; m++)
        if (strcmp(table[i].want[m].state, order[k]) == 0) want[n++] = table[i].want[m];
    check_spells(table[i].all, table[i].today, want);
  }
}

static spell_sums sums_of(arena *a, const spells *all) {
  const spell **items = ARENA_ARRAY(a, all->count + 1, const spell *);
  spell_sums out;
  for (size_t i = 0; i < all->count; i++) items[i] = &all->items[i];
  assert_true(spells_sum(a, items, all->count, &out));
  return out;
}

static void sums(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  screen *s = screen_new(mini, cal, &e);
  /* 2, 3 and 8 working days; one open and over the limit, one open since yesterday */
  static const happening homes[][3] = {{{"2024-05-13", "sign", NULL}, {"2024-05-15", "help", NULL}},
                                       {{"2024-05-13", "sign", NULL}, {"2024-05-16", "help", NULL}},
                                       {{"2024-05-13", "sign", NULL}, {"2024-05-23", "help", NULL}},
                                       {{"2024-05-13", "sign", NULL}},
                                       {{"2024-05-30", "sign", NULL}}};
  for (size_t i = 0; i < 5; i++) put_home(s, a, NULL, NULL, homes[i]);
  spells got = spells_of(s, a, 0, "2024-01-01", "2024-05-31");
  spell_sums x = sums_of(a, &got);
  assert_int_equal(x.count, 5);
  assert_int_equal(x.done, 1);
  assert_int_equal(x.late, 2);
  assert_int_equal(x.overdue, 1);
  assert_int_equal(x.open, 1);
  /* four were seen for two days, one of them was done: 1/4; 3/4·2/3 left after the third */
  assert_true(x.has_share && x.has_median);
  assert_int_equal(x.share, RATE_ONE / 4);
  assert_int_equal(x.median, 3);
  assert_false(x.provisional);
  /* those that began later only: nothing is known of any yet */
  got = spells_of(s, a, 0, "2024-05-30", "2024-05-31");
  x = sums_of(a, &got);
  assert_int_equal(x.count, 1);
  assert_false(x.has_share || x.has_median);
  screen_free(s);
}

/* A day of the subject itself; the event's own day is another; who has moved away is let go. */
static void days_of_fields(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  screen *s = screen_new(mini, cal, &e);
  static const happening works[] = {{"2024-03-30", "works", "2024-03-11"}, {NULL, NULL, NULL}};
  static const happening unsaid[] = {{"2024-03-30", "works", NULL}, {NULL, NULL, NULL}};
  put_home(s, a, "2024-03-01", NULL, works);
  put_home(s, a, "2024-03-01", "2024-03-21", NULL);
  put_home(s, a, "2024-03-05", NULL, unsaid);
  put_home(s, a, NULL, NULL, works);
  spells got = spells_of(s, a, 1, "2024-01-01", "2024-04-01");
  assert_int_equal(got.count, 3);
  assert_int_equal(got.unknown, 1);
  assert_int_equal(got.items[0].state, SPELL_OPEN);
  assert_int_equal(got.items[0].days, 27);
  assert_int_equal(got.items[0].due, DAY_NONE);
  assert_int_equal(got.items[1].state, SPELL_DONE);
  assert_int_equal(got.items[1].days, 10);
  assert_int_equal(got.items[2].state, SPELL_LEFT);
  assert_int_equal(got.items[2].days, 20);
  screen_free(s);
}

/* The holidays of the year after the last notice are not known yet. */
static void provisional(void **state) {
  (void)state;
  arena *a AUTO_ARENA = arena_new(0);
  err e = {0};
  screen *s = screen_new(mini, cal, &e);
  static const happening sign[] = {{"2026-12-30", "sign", NULL}, {NULL, NULL, NULL}};
  put_home(s, a, NULL, NULL, sign);
  spells got = spells_of(s, a, 0, "2026-01-01", "2026-12-31");
  assert_int_equal(got.count, 1);
  assert_true(got.items[0].provisional);
  assert_true(sums_of(a, &got).provisional);
  screen_free(s);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(working_days),
      cmocka_unit_test(sums),
      cmocka_unit_test(days_of_fields),
      cmocka_unit_test(provisional),
  };
  return cmocka_run_group_tests(tests, make, unmake);
}
