/* store_kit.h — a county's store with the tables of tests/packs/orchard, on SQLite or PostgreSQL.
 * Include after cmocka.h. */
#ifndef JISHI_TESTS_STORE_KIT_H
#define JISHI_TESTS_STORE_KIT_H

#include "pack/load/load.h"
#include "store/rows.h"
#include "store/sealed.h"
#include "key_kit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define UNUSED __attribute__((unused))
#define COUNTY "500243000000"
#define NORTH "500243101001"
#define SOUTH "500243101002"
#define FAR "500243102001"

static char base[300], place[400], schema[48];
static bool on_postgres;
static int places;
static pack *orchard;
static catalog packs;
static arena *memory;
static err fault;

UNUSED static const kind *kind_of(const char *name) {
  const kind *k = catalog_kind(&packs, text_of(name), NULL);
  assert_non_null(k);
  return k;
}

UNUSED static const event_kind *event_kind_of(const char *name) {
  const event_kind *k = catalog_event(&packs, text_of(name), NULL);
  assert_non_null(k);
  return k;
}

#define MUST(call)                                                                                 \
  do {                                                                                             \
    if (!(call)) fail_msg("%s: %s %s", #call, fault.where, fault.en);                              \
  } while (0)

/* A new county with the pack's tables, inside an open write transaction. */
UNUSED static store *fresh(void) {
  if (!base[0]) skip();
  key_kit();
  if (on_postgres) {
    snprintf(schema, sizeof schema, "jishi_test_store_%ld_%d", (long)getpid(), places++);
    snprintf(place, sizeof place, "%s%cschema=%s", base, strchr(base, '?') ? '&' : '?', schema);
  } else {
    snprintf(place, sizeof place, "%s/%d", base, places++);
  }
  fault = (err){0};
  arena_clear(memory);
  store *s = store_open(place, DB_CREATE, COUNTY, &fault);
  if (!s) fail_msg("open: %s", fault.en);
  MUST(db_begin(store_db(s), &fault));
  MUST(store_make(s, COUNTY, "石柱县", &fault));
  MUST(sealed_make(s, false, &fault));
  MUST(store_use_packs(s, &packs, true, &fault));
  return s;
}

UNUSED static void done(store *s) {
  MUST(db_commit(store_db(s), &fault));
  store_close(s);
  if (!on_postgres) return;
  char sql[100];
  snprintf(sql, sizeof sql, "DROP SCHEMA %s CASCADE", schema);
  db *d = db_open(base, DB_CREATE, &fault);
  assert_non_null(d);
  MUST(db_script(d, sql, &fault));
  db_close(d);
}

UNUSED static uuid number(uint8_t n) {
  return (uuid){{1, [15] = n}};
}

UNUSED static value *cell(record *r, const char *name) {
  const field *f = field_find(r->kind->fields, r->kind->field_count, text_of(name));
  assert_non_null(f);
  return &r->fields[f - r->kind->fields];
}

UNUSED static record *garden(uint8_t n, const char *area, const char *code, const char *owner) {
  record *r = record_new(memory, kind_of("garden"));
  assert_non_null(r);
  r->id = r->root = number(n);
  r->version = r->created = n;
  memcpy(r->area, area, 13);
  *cell(r, "code") = value_string(text_of(code));
  *cell(r, "owner") = value_string(text_of(owner));
  return r;
}

UNUSED static record *tree(uint8_t n, uint8_t root, const char *tag) {
  record *r = record_new(memory, kind_of("tree"));
  assert_non_null(r);
  r->id = number(n);
  r->root = r->parent = number(root);
  r->version = r->created = n;
  memcpy(r->area, NORTH, 13);
  *cell(r, "tag") = value_string(text_of(tag));
  return r;
}

UNUSED static void append(store *s, int64_t seq, hash *link, const char *verb_word, uuid import_id,
                          const char *area) {
  entry x = {.seq = seq,
             .id = number((uint8_t)seq),
             .at_ms = 1000 + seq,
             .officer = number(77),
             .verb = verb_word,
             .import_id = import_id,
             .body = TEXT("{\"a\":1}")};
  memcpy(x.area, area, strlen(area));
  x.link = store_entry_link(link, &x);
  *link = x.link;
  MUST(store_append(s, &x, &fault));
}

/* ---- the groups ---- */

UNUSED static int load_pack(void) {
  char folder[400];
  const char *slash = strrchr(__FILE__, '/');
  snprintf(folder, sizeof folder, "%.*s/../packs/orchard", (int)(slash - __FILE__), __FILE__);
  faults f = {0};
  orchard = pack_load(folder, NULL, &f);
  faults_release(&f);
  memory = arena_new(0);
  packs = (catalog){0};
  return orchard && memory && catalog_add(&packs, orchard, &fault) ? 0 : -1;
}

UNUSED static int use_sqlite(void **state) {
  (void)state;
  snprintf(base, sizeof base, "/tmp/jishi-test-store-XXXXXX");
  return mkdtemp(base) ? load_pack() : -1;
}

UNUSED static int use_postgres(void **state) {
  (void)state;
  const char *url = getenv("JISHI_TEST_PG");
  snprintf(base, sizeof base, "%s", url ? url : "");
  on_postgres = true;
  return load_pack();
}

UNUSED static int drop(void **state) {
  (void)state;
  pack_free(orchard);
  arena_free(memory);
  if (on_postgres) return 0;
  char command[340];
  snprintf(command, sizeof command, "rm -rf '%s'", base);
  return system(command);
}

#endif
