/* screen_kit.h — a demo district on disk, the shipped pack with more rules, and what the engine
 * says of it one subject at a time: for the tests of screen/. */
#ifndef JISHI_TESTS_SCREEN_KIT_H
#define JISHI_TESTS_SCREEN_KIT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

#include "key_kit.h"
#include "demo/demo.h"
#include "engine/engine.h"
#include "engine/eval/unit_eval.h"
#include "pack/load/load.h"
#include "screen/screen.h"

static const char more_aggregates[] = "- {name: patients_year, title: a, of: household, over: "
                                      "medical_claim, distinct_subjects: true, "
                                      "window: {months: 12}}\n";
static const char indicators[] =
    "- {name: poorest, title: a, definition: a, of: household, where: 'income_pc < yuan(12000)', "
    "count: true}\n"
    "- {name: insured, title: a, definition: a, of: person, where: 'medical_insurance || true', "
    "share: medical_insurance || worker_insurance}\n"
    "- {name: mean_income, title: a, definition: a, of: household, mean: net_income}\n"
    "- {name: a_head, title: a, definition: a, of: household, ratio: {sum: net_income, per: "
    "size}}\n"
    "- {name: billed, title: a, definition: a, of: medical_claim, sum: total}\n"
    "- {name: patients, title: a, definition: a, of: medical_claim, where: 'total > yuan(100)', "
    "distinct: subjects}\n"
    "- {name: seen_at_home, title: a, definition: a, of: visit, where: 'way == \"home\"', "
    "distinct: roots}\n";

static char location[] = "/tmp/jishi-screen-XXXXXX";
static calendar *cal;

static char *home_file(const char *name) {
  static char path[4][512];
  static int n;
  const char *home = getenv("JISHI_HOME");
  n = (n + 1) % 4;
  snprintf(path[n], sizeof path[n], "%s/%s", home ? home : ".", name);
  return path[n];
}

/* The pack's own files with rules appended, and an overlay. */
static pack *extended(const pack *p, const char *rules, const pack_file *overlay,
                      size_t overlay_count) {
  arena *a AUTO_ARENA = arena_new(0);
  pack_file *files = ARENA_ARRAY(a, p->file_count + 1, pack_file);
  size_t count = 0;
  assert_non_null(files);
  for (size_t i = 0; i < p->file_count; i++) {
    if (strncmp(p->files[i].path, "indicators", 10) == 0) continue;
    const char *more = strcmp(p->files[i].path, "rules/benefits.yaml") == 0        ? rules
                       : strcmp(p->files[i].path, "aggregates/benefits.yaml") == 0 ? more_aggregates
                                                                                   : "";
    char *body = arena_printf(a, "%.*s%s", (int)p->files[i].body.bytes, p->files[i].body.at, more);
    assert_non_null(body);
    files[count++] = (pack_file){p->files[i].path, text_of(body)};
  }
  files[count++] = (pack_file){"indicators.yaml", text_of(indicators)};
  faults f = {0};
  pack *out = pack_from_files(files, count, overlay, overlay_count, &f);
  if (!out) fail_msg("%s: %s", f.count ? f.items[0].where : "", f.count ? f.items[0].en : "");
  faults_release(&f);
  return out;
}

/* The day of all questions, whatever day it is: in the first days of a month everybody is
 * unvisited, and no rule brings anybody in any more. */
static day kit_day(void) {
  day d = DAY_NONE;
  assert_true(day_parse(TEXT("2026-06-18"), &d));
  return d;
}

/* A district of `units` households on disk, and the calendar; the pack as it is shipped. */
static pack *make_district(int64_t units, uint64_t seed) {
  err e = {0};
  char folder[512];
  snprintf(folder, sizeof folder, "%s", home_file("packs/antipoverty"));
  const char *folders[] = {folder};
  demo_config c = {.units = units,
                   .seed = seed,
                   .last_day = kit_day() - 1,
                   .calendar_path = home_file("data/calendar.yaml"),
                   .areas_csv = home_file("data/areas/jining.csv"),
                   .pack_folders = folders,
                   .pack_count = 1};
  demo_result r = {0};
  key_kit();
  assert_non_null(mkdtemp(location));
  if (!demo_make(location, &c, NULL, &r, &e)) fail_msg("%s: %s", e.where, e.en);
  demo_result_release(&r);
  faults f = {0};
  pack *plain = pack_load(folder, NULL, &f);
  assert_non_null(plain);
  faults_release(&f);
  cal = calendar_load(home_file("data/calendar.yaml"), &e);
  assert_non_null(cal);
  return plain;
}

static int remove_district(void) {
  char command[128];
  calendar_free(cal);
  snprintf(command, sizeof command, "rm -rf %s", location);
  return system(command) == 0 ? 0 : -1;
}

static store *open_with(const pack *p, catalog *c) {
  err e = {0};
  *c = (catalog){0};
  store *s = store_open(location, DB_READ, NULL, &e);
  if (!s || !catalog_add(c, p, &e) || !store_use_packs(s, c, false, &e))
    fail_msg("%s: %s", e.where, e.en);
  return s;
}

/* ---- one subject at a time ---- */

typedef struct count {
  const char *rule, *area;
  tally t;
} count;
typedef struct counts {
  arena *a;
  count *all;
  size_t n, room;
} counts;

static tally *count_at(counts *c, const char *rule, const char *area) {
  for (size_t i = 0; i < c->n; i++)
    if (strcmp(c->all[i].rule, rule) == 0 && strcmp(c->all[i].area, area) == 0) return &c->all[i].t;
  count *more = ARENA_GROW(c->a, c->all, c->n, &c->room, count);
  assert_non_null(more);
  c->all = more;
  c->all[c->n] = (count){rule, arena_text(c->a, area), {0}};
  return &c->all[c->n++].t;
}

static void count_subject(counts *c, unit *u, const record *about, day on) {
  for (size_t i = 0; i < u->pack->rule_count; i++) {
    const rule *r = &u->pack->rules[i];
    if (r->of != about->kind->index || (r->from != DAY_NONE && r->from > on) ||
        (r->to != DAY_NONE && r->to < on))
      continue;
    value v = unit_eval(u, about, &about->kind->scope, r->when, NULL);
    if (v.type == VALUE_BOOL && !v.yes) continue;
    tally *t = count_at(c, r->name, u->root->area);
    t->matched += v.type == VALUE_BOOL;
    t->unknown += v.type == VALUE_UNKNOWN;
    t->failed += v.type == VALUE_ERROR;
    if (v.type != VALUE_BOOL || !r->cost) continue;
    v = unit_eval(u, about, &about->kind->scope, r->cost, NULL);
    if (v.type == VALUE_INT)
      t->money += v.i;
    else
      t->unpriced++;
  }
}

typedef struct roots {
  arena *a;
  uuid *ids;
  size_t n, room;
} roots;

static bool take_root(void *context, const record *r, err *e) {
  roots *x = context;
  (void)e;
  uuid *more = ARENA_GROW(x->a, x->ids, x->n, &x->room, uuid);
  assert_non_null(more);
  x->ids = more;
  x->ids[x->n++] = r->id;
  return true;
}

static bool has_ended(const record *r, day on) {
  if (r->kind->end_date_field < 0) return false;
  const value *over = &r->fields[r->kind->end_date_field];
  return over->type == VALUE_INT && over->i <= on;
}

static counts one_by_one(arena *a, const pack *p, day on) {
  catalog c;
  err e = {0};
  store *s = open_with(p, &c);
  counts out = {.a = a};
  for (size_t n = 0; n < p->kind_count; n++) {
    const kind *of = &p->kinds[n];
    roots all = {.a = a};
    if (of->parent >= 0) continue;
    if (!store_subjects_scan(s, of, take_root, &all, &e)) fail_msg("%s", e.en);
    assert_true(all.n > 0 || !text_is(TEXT("household"), of->name));
    for (size_t i = 0; i < all.n; i++) {
      arena *scratch AUTO_ARENA = arena_new(0);
      unit *u = unit_load(s, scratch, of, &all.ids[i], NULL, (as_of){on, cal}, &e);
      if (!u) fail_msg("%s", e.en);
      if (!has_ended(u->root, on)) count_subject(&out, u, u->root, on);
      for (size_t k = 0; k < u->child_count; k++)
        if (!has_ended(u->root, on) && !has_ended(u->children[k], on))
          count_subject(&out, u, u->children[k], on);
    }
  }
  store_close(s);
  return out;
}

/* ---- in columns ---- */

static screen *loaded(const pack *p) {
  catalog c;
  err e = {0};
  store *s = open_with(p, &c);
  screen *x = screen_new(p, cal, &e);
  if (!x || !screen_load(x, s, NULL, &e)) fail_msg("%s", e.en);
  store_close(s);
  return x;
}

static void assert_tally(const char *rule, const char *area, const tally *got, const tally *want) {
  if (memcmp(got, want, sizeof *got) != 0)
    fail_msg("%s in %s: columns say %lld matched, %lld unknown, %lld failed, %lld fen, %lld "
             "unpriced; one by one %lld, %lld, %lld, %lld, %lld",
             rule, area, (long long)got->matched, (long long)got->unknown, (long long)got->failed,
             (long long)got->money, (long long)got->unpriced, (long long)want->matched,
             (long long)want->unknown, (long long)want->failed, (long long)want->money,
             (long long)want->unpriced);
}

static void assert_same(counts *want, const screen_answer *got, bool then) {
  size_t compared = 0;
  for (size_t i = 0; i < got->cell_count; i++) {
    const screen_cell *c = &got->cells[i];
    const tally *t = then ? &c->then : &c->now;
    static const tally nothing;
    if (memcmp(t, &nothing, sizeof nothing) == 0) continue;
    assert_tally(c->rule->name, c->area, t, count_at(want, c->rule->name, c->area));
    compared++;
  }
  assert_int_equal(compared, want->n); /* nothing is only one by one */
}

static screen_answer *asked(screen *x, arena *a, const question *q) {
  screen_answer *out = NULL;
  err e = {0};
  if (!screen_ask(x, a, q, &out, &e)) fail_msg("%s", e.en);
  return out;
}

#endif
