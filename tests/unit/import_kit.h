/* import_kit.h — rosters in the orchard: files, dry runs, imports, what is told. */
#ifndef IMPORT_KIT_H
#define IMPORT_KIT_H

#include "import/import.h"
#include "orchard.h"

UNUSED static import_file list_of(orchard *o, const char *by, const char *name, const char *body) {
  static char path[200];
  snprintf(path, sizeof path, "%s/%s", o->folder, name);
  orchard_write(path, body);
  const import_layout *layout = catalog_import(engine_packs(o->g), text_of(by)).item;
  assert_non_null(layout);
  return (import_file){.who = &everyone, .layout = layout, .path = path, .name = name};
}

UNUSED static import_file roster(orchard *o, const char *name, const char *body) {
  return list_of(o, "roster", name, body);
}

UNUSED static json *checked(orchard *o, const import_file *file) {
  text report;
  err e = {0};
  if (!import_check(o->s, o->a, file, o->today, &report, &e)) fail_msg("%s: %s", e.where, e.en);
  json *j = json_parse(o->a, report, &e);
  if (!j) fail_msg("%s", e.en);
  return j;
}

UNUSED static json *import_now(orchard *o, const import_file *file, const uuid *id) {
  text report = {0};
  err e = {0};
  orchard_clock_is_right(o);
  writer *w = writer_start(o->g, NULL, &e);
  store *reader = store_open(o->location, DB_READ, store_county(o->s), &e);
  if (!w || !reader || !store_use_packs(reader, engine_packs(o->g), false, &e) ||
      !import_apply(w, reader, o->a, file, id, &report, &e))
    fail_msg("%s", e.en);
  writer_stop(w);
  store_close(reader);
  json *j = json_parse(o->a, report, &e);
  assert_non_null(j);
  return j;
}

UNUSED static int64_t count_of(const json *report, const char *name) {
  int64_t n = -1;
  assert_true(json_int(report, name, &n));
  return n;
}

/* What is told of that row in that list has these words. */
UNUSED static void assert_told(const json *report, const char *list, int64_t row,
                               const char *words) {
  const json *errors = json_get(report, list);
  for (size_t i = 0; errors && i < errors->count; i++) {
    int64_t n = 0;
    text en = json_text(&errors->items[i], "en");
    if (json_int(&errors->items[i], "row", &n) && n == row &&
        memmem(en.at, en.bytes, words, strlen(words)))
      return;
  }
  fail_msg("row %lld has in %s no \"%s\"", (long long)row, list, words);
}

UNUSED static void assert_fault(const json *report, int64_t row, const char *words) {
  assert_told(report, "errors", row, words);
}

/* A sentence about the whole file has these words. */
UNUSED static void assert_notice(const json *report, const char *words) {
  const json *notices = json_get(report, "notices");
  for (size_t i = 0; notices && i < notices->count; i++) {
    text en = json_text(&notices->items[i], "en");
    if (memmem(en.at, en.bytes, words, strlen(words))) return;
  }
  fail_msg("no notice \"%s\"", words);
}

/* The file cannot be read at all. */
UNUSED static void assert_refused(orchard *o, const import_file *file, const char *words) {
  text report;
  err e = {0};
  assert_false(import_check(o->s, o->a, file, o->today, &report, &e));
  if (!strstr(e.en, words)) fail_msg("%s: %s", e.where, e.en);
}

UNUSED static void undo_import(orchard *o, const uuid *id) {
  char number[37];
  uuid_format(id, number);
  must(o, VERB_UNDO, "{\"import\":\"%s\"}", number);
}

#endif
