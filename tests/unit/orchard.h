/* orchard.h — a county with the pack tests/packs/orchard in it, made afresh for a test, on SQLite
 * or PostgreSQL.
 *
 * Everything is deterministic: the day is given, ids are counted. Include after cmocka.h. */
#ifndef JISHI_TESTS_ORCHARD_H
#define JISHI_TESTS_ORCHARD_H

#include "key_kit.h"
#include "engine/clock.h"
#include "engine/engine.h"
#include "engine/init.h"
#include "engine/upgrade.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))
#define NORTH "500243101001" /* a village of the town 500243101 */
#define SOUTH "500243101002"
#define FAR "500243102001" /* a village of another town */

/* ---- where ---- */

static char
    orchard_base[200]; /* a folder, or the URL of a server; "" when there is no such server */
static bool orchard_on_postgres;
static int orchard_places;
static const char *orchard_pack;    /* another pack, relative to tests/; NULL: packs/orchard */
static const char *orchard_overlay; /* the county's own values; NULL: none */

static int orchard_use_sqlite(UNUSED void **state) {
  snprintf(orchard_base, sizeof orchard_base, "/tmp/jishi-orchard-XXXXXX");
  orchard_on_postgres = false;
  return mkdtemp(orchard_base) ? 0 : -1;
}

static int orchard_drop_sqlite(UNUSED void **state) {
  char command[260];
  snprintf(command, sizeof command, "rm -rf '%s'", orchard_base);
  return system(command);
}

UNUSED static int orchard_use_postgres(UNUSED void **state) {
  const char *url = getenv("JISHI_TEST_PG");
  int n = snprintf(orchard_base, sizeof orchard_base, "%s", url ? url : "");
  orchard_on_postgres = true;
  return n >= 0 && (size_t)n < sizeof orchard_base ? 0 : -1;
}

/* Beside this file, which the compiler knows relative to the folder that the test runs in. */
static void orchard_path(char out[400], const char *below_tests) {
  const char *slash = strrchr(__FILE__, '/');
  snprintf(out, 400, "%.*s/../%s", (int)(slash - __FILE__), __FILE__, below_tests);
}

typedef struct orchard {
  char location[320], schema[60], calendar[120], areas[120], folder[80];
  engine *g;
  store *s;
  arena *a; /* all that a test reads */
  err told; /* of the last refused command */
  day today;
  int64_t ids;
} orchard;

static void orchard_write(const char *path, const char *body) {
  FILE *f = fopen(path, "w");
  if (!f || fputs(body, f) < 0 || fclose(f) != 0) fail_msg("%s cannot be written", path);
}

static day on(const char *s) {
  day d;
  if (!day_parse(text_of(s), &d)) fail_msg("%s is no day", s);
  return d;
}

/* Nine in the morning there. */
static int64_t morning(day d) {
  return (int64_t)d * 86400000 + 3600000;
}

static void orchard_reopen(orchard *o) {
  err e = {0};
  engine_close(o->g);
  o->g = engine_open(o->location, &e);
  if (!o->g) fail_msg("open: %s %s", e.where, e.en);
  o->s = engine_store(o->g);
}

/* The county begins on that day. */
static orchard *orchard_new(const char *first_day) {
  if (!orchard_base[0]) skip();
  key_kit();
  orchard *o = calloc(1, sizeof *o);
  assert_non_null(o);
  o->a = arena_new(0);
  int number = orchard_places++;
  snprintf(o->folder, sizeof o->folder, "/tmp/jishi-orchard-files-XXXXXX");
  if (!mkdtemp(o->folder)) fail_msg("no temporary folder");
  if (orchard_on_postgres) {
    snprintf(o->schema, sizeof o->schema, "jishi_orchard_%ld_%d", (long)getpid(), number);
    snprintf(o->location, sizeof o->location, "%s%cschema=%s", orchard_base,
             strchr(orchard_base, '?') ? '&' : '?', o->schema);
  } else {
    snprintf(o->location, sizeof o->location, "%s/%d", orchard_base, number);
  }
  snprintf(o->calendar, sizeof o->calendar, "%s/calendar.yaml", o->folder);
  snprintf(o->areas, sizeof o->areas, "%s/areas.csv", o->folder);
  orchard_write(o->calendar, "notices:\n- {year: 2022, reference: test, holidays: [2022-01-03]}\n"
                             "- {year: 2023, reference: test, holidays: [2023-01-02]}\n"
                             "- {year: 2024, reference: test, holidays: [2024-01-01]}\n"
                             "- {year: 2025, reference: test, holidays: [2025-03-07]}\n");
  orchard_write(
      o->areas,
      "code,name\n500243000000,石柱县\n500243101000,万安街道\n500243102000,南宾街道\n" NORTH
      ",北村\n" SOUTH ",南村\n" FAR ",远村\n500244000000,别县\n");
  char pack_folder[400];
  orchard_path(pack_folder, orchard_pack ? orchard_pack : "packs/orchard");
  const char *folders[] = {pack_folder};
  faults f = {0};
  err e = {0};
  o->today = on(first_day);
  county_setup c = {.location = o->location,
                    .code = "500243",
                    .name = "石柱县",
                    .at_ms = morning(o->today),
                    .calendar_file = o->calendar,
                    .areas_csv = o->areas,
                    .pack_folders = folders,
                    .pack_count = 1,
                    .overlay = orchard_overlay};
  if (!engine_init(&c, &f, &e)) fail_msg("init: %s %s", e.where, e.en);
  faults_release(&f);
  orchard_reopen(o);
  return o;
}

/* What is written by the machine's clock, which is far from the orchard's day, may be: somebody has
 * said that it is right. */
UNUSED static void orchard_clock_is_right(orchard *o) {
  county head;
  command c;
  answer out = {0};
  err e = {0};
  if (!store_county_get(o->s, &head, &e) ||
      !clock_command(o->a, head.last_at_ms, now_ms(), &c, &e) || !engine_begin(o->g, &e) ||
      !engine_apply(o->g, &c, o->a, &out, &e) || !engine_commit(o->g, &e))
    fail_msg("clock: %s", e.en);
}

/* A newer pack, on the orchard's day: engine_upgrade takes the machine's, which is far from it. */
UNUSED static bool orchard_upgrade(orchard *o, const char *pack_folder, faults *f, err *e) {
  AUTO_BUF buf plan = {0};
  if (!engine_upgrade(o->g, pack_folder, NULL, true, &plan, f, e) || !engine_begin(o->g, e))
    return false;
  if (engine_send_pack_at(o->g, morning(o->today), pack_folder, NULL, f, e))
    return engine_commit(o->g, e);
  engine_rollback(o->g);
  return false;
}

static void orchard_free(orchard *o) {
  engine_close(o->g);
  arena_free(o->a);
  if (orchard_on_postgres) {
    char sql[120];
    snprintf(sql, sizeof sql, "DROP SCHEMA IF EXISTS %s CASCADE", o->schema);
    db *d = db_open(o->location, DB_CREATE, NULL);
    if (!d || !db_script(d, sql, NULL)) fail_msg("%s", sql);
    db_close(d);
  }
  char command[160];
  snprintf(command, sizeof command, "rm -rf '%s'", o->folder);
  if (system(command) != 0) fail_msg("%s", command);
  free(o);
}

/* ---- commands ---- */

UNUSED static uuid next_id(orchard *o) {
  uint8_t random10[10] = {0};
  int64_t n = ++o->ids;
  for (int i = 0; i < 8; i++) random10[9 - i] = (uint8_t)(n >> (8 * i));
  return uuid_v7(morning(o->today), random10);
}

static const char *id_text(const orchard *o, const uuid *u) {
  char out[37];
  uuid_format(u, out);
  return arena_text(o->a, out);
}

static json *body_of(const orchard *o, const char *format, va_list list) {
  char source[2000];
  int n = vsnprintf(source, sizeof source, format, list);
  assert_true(n > 0 && (size_t)n < sizeof source);
  err e = {0};
  json *j = json_parse(o->a, text_of(source), &e);
  if (!j) fail_msg("%s: %s", source, e.en);
  return j;
}

/* Like the writer with a batch of one: day's beginning, command, commit; nothing is left of a
 * refused one. */
UNUSED static bool apply(orchard *o, const command *c, answer *out) {
  err e = {0};
  bool ticked = false;
  if (!engine_begin(o->g, &e)) fail_msg("begin: %s", e.en);
  if (!engine_tick(o->g, c->at_ms, o->a, &ticked, &e)) fail_msg("tick: %s", e.en);
  o->told = (err){0};
  bool ok = engine_apply(o->g, c, o->a, out, &o->told);
  if (ok || ticked) {
    if (!engine_commit(o->g, &e)) {
      if (ok) fail_msg("commit: %s", e.en);
      return false;
    }
  } else {
    engine_rollback(o->g);
  }
  return ok;
}

static const actor everyone = {.system = true};

UNUSED static command command_of(orchard *o, verb v, json *body) {
  uuid id = next_id(o);
  return (command){.verb = v, .id = id, .who = everyone, .at_ms = morning(o->today), .body = body};
}

/* Done by the system, today. */
__attribute__((format(printf, 3, 4))) UNUSED static answer must(orchard *o, verb v,
                                                                const char *format, ...) {
  va_list list;
  va_start(list, format);
  command c = command_of(o, v, body_of(o, format, list));
  va_end(list);
  answer x = {0};
  if (!apply(o, &c, &x)) fail_msg("%s: %s %s", verb_name(v), o->told.where, o->told.en);
  return x;
}

__attribute__((format(printf, 5, 6))) UNUSED static bool
try_as(orchard *o, const actor *who, verb v, answer *out, const char *format, ...) {
  va_list list;
  va_start(list, format);
  command c = command_of(o, v, body_of(o, format, list));
  va_end(list);
  c.who = *who;
  answer x = {0};
  bool ok = apply(o, &c, &x);
  if (out) *out = x;
  return ok;
}

/* The code of the refusal; ERR_NONE: it was done. */
#define refusal(o, who, v, ...) (try_as(o, who, v, NULL, __VA_ARGS__) ? ERR_NONE : (o)->told.code)

UNUSED static const char *add_garden(orchard *o, const char *code, const char *area,
                                     const char *more) {
  uuid u = next_id(o);
  const char *id = id_text(o, &u);
  must(o, VERB_SUBJECT,
       "{\"kind\":\"garden\",\"id\":\"%s\",\"area\":\"%s\",\"fields\":{\"code\":\"%s\",\"owner\":"
       "\"园主%s\"%s}}",
       id, area, code, code, more);
  return id;
}

UNUSED static const char *add_tree(orchard *o, const char *garden, const char *tag,
                                   const char *more) {
  uuid u = next_id(o);
  const char *id = id_text(o, &u);
  must(o, VERB_SUBJECT,
       "{\"kind\":\"tree\",\"id\":\"%s\",\"parent\":\"%s\",\"fields\":{\"tag\":\"%s\"%s}}", id,
       garden, tag, more);
  return id;
}

/* The event's id. */
UNUSED static const char *add_event(orchard *o, const char *kind_name, const char *subject,
                                    const char *day_text, const char *fields) {
  uuid u = next_id(o);
  const char *id = id_text(o, &u);
  must(o, VERB_EVENT,
       "{\"kind\":\"%s\",\"id\":\"%s\",\"subject\":\"%s\",\"on\":\"%s\",\"fields\":{%s}}",
       kind_name, id, subject, day_text, fields);
  return id;
}

/* Moves to that day; true when the day's beginning looked at units. */
UNUSED static bool begin_day(orchard *o, const char *day_text) {
  o->today = on(day_text);
  err e = {0};
  bool ticked = false;
  if (!engine_begin(o->g, &e)) fail_msg("begin: %s", e.en);
  if (!engine_tick(o->g, morning(o->today), o->a, &ticked, &e)) fail_msg("tick: %s", e.en);
  if (!engine_commit(o->g, &e)) fail_msg("commit: %s", e.en);
  return ticked;
}

/* ---- looking ---- */

static const kind *kind_named(const orchard *o, const char *name) {
  const kind *k = catalog_kind(engine_packs(o->g), text_of(name), NULL);
  assert_non_null(k);
  return k;
}

static uuid id_of(const char *s) {
  uuid u;
  if (!uuid_parse(text_of(s), &u)) fail_msg("%s is no id", s);
  return u;
}

UNUSED static record *subject_of(orchard *o, const char *kind_name, const char *id) {
  uuid u = id_of(id);
  record *r = NULL;
  err e = {0};
  if (!store_subject_find(o->s, o->a, kind_named(o, kind_name), &u, NULL, &r, &e))
    fail_msg("%s", e.en);
  return r;
}

/* A number field's value; -1: unknown. */
UNUSED static int64_t number_of(orchard *o, const char *kind_name, const char *id,
                                const char *field_name) {
  record *r = subject_of(o, kind_name, id);
  assert_non_null(r);
  const field *f = field_find(r->kind->fields, r->kind->field_count, text_of(field_name));
  assert_non_null(f);
  const value *v = &r->fields[f - r->kind->fields];
  if (v->type == VALUE_UNKNOWN) return -1;
  assert_int_equal(v->type, VALUE_INT);
  return v->i;
}

/* The open finding of a rule in a garden; NULL: none. */
UNUSED static finding *finding_of(orchard *o, const char *root, const char *rule_name) {
  uuid u = id_of(root);
  finding *rows = NULL;
  size_t n = 0;
  err e = {0};
  if (!store_findings_of(o->s, o->a, &u, true, &rows, &n, &e)) fail_msg("%s", e.en);
  for (size_t i = 0; i < n; i++)
    if (strcmp(rows[i].rule, rule_name) == 0) return &rows[i];
  return NULL;
}

UNUSED static size_t cases_of(orchard *o, const char *root, casework **out) {
  uuid u = id_of(root);
  size_t n = 0;
  err e = {0};
  if (!store_cases_of(o->s, o->a, &u, out, &n, &e)) fail_msg("%s", e.en);
  return n;
}

UNUSED static casework *only_case(orchard *o, const char *root) {
  casework *rows = NULL;
  assert_int_equal(cases_of(o, root, &rows), 1);
  return rows;
}

UNUSED static int64_t journal_seq(orchard *o) {
  county c;
  err e = {0};
  if (!store_county_get(o->s, &c, &e)) fail_msg("%s", e.en);
  return c.seq;
}

#endif
