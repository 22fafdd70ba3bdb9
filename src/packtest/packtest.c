/* The tests of a pack folder: files, cases, counties, counts. */
#include "packtest/packtest.h"
#include "pack/load/load.h"

#include "base/ident.h"
#include "packtest/case_run.h"
#include "packtest/temporary_county.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>

enum { COUNTIES_MAX = 200, DAY_MS = 86400000 };

typedef struct test_file {
  const char *path; /* as it is opened */
  const char *name; /* "tests/x.yaml" */
  const yaml *root;
} test_file;

/* Shared by the cases with the same parameters and county code. */
typedef struct shared_county {
  const char *key;
  temporary_county county;
} shared_county;

typedef struct test_run {
  arena *a;
  temporary_county_setup setting;
  test_file *files;
  size_t file_count;
  shared_county counties[COUNTIES_MAX];
  size_t county_count;
  packtest_counts *counts;
  buf *report;
} test_run;

/* ---- files ---- */

static int by_name(const struct dirent **a, const struct dirent **b) {
  return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_yaml(const struct dirent *d) {
  return d->d_name[0] != '.' && text_ends(text_of(d->d_name), ".yaml");
}

static bool load_file(test_run *t, test_file *f, err *e) {
  if (!yaml_load(t->a, f->path, &f->root, e)) return false;
  char where[ERR_WHERE_MAX];
  if (f->root->type == YAML_LIST) return true;
  return err_set(e, ERR_BAD_FILE, yaml_where(f->name, f->root, where),
                 "测试文件应是一串用例（- name: …）。",
                 "A test file is a list of cases (- name: …).");
}

static bool find_files(test_run *t, err *e) {
  struct dirent **list = NULL;
  const char *folder = arena_printf(t->a, "%s/tests", t->setting.pack_folder);
  if (!folder) return err_memory(e);
  int n = scandir(folder, &list, is_yaml, by_name);
  if (n <= 0) {
    free(list);
    return err_set(e, ERR_BAD_FILE, folder, "业务包里没有测试（tests/*.yaml）。",
                   "The pack has no tests (tests/*.yaml).");
  }
  t->files = ARENA_ARRAY(t->a, (size_t)n, test_file);
  bool ok = t->files || err_memory(e);
  for (int i = 0; i < n; i++) {
    if (ok) {
      test_file *f = &t->files[t->file_count++];
      f->path = arena_printf(t->a, "%s/%s", folder, list[i]->d_name);
      f->name = arena_printf(t->a, "tests/%s", list[i]->d_name);
      ok = f->path && f->name ? load_file(t, f, e) : err_memory(e);
    }
    free(list[i]);
  }
  free(list);
  return ok;
}

/* The county begins the day before anything happens in it. */
static void choose_start(test_run *t) {
  day first = DAY_NONE;
  for (size_t i = 0; i < t->file_count; i++)
    for (size_t n = 0; n < t->files[i].root->count; n++) {
      day d = case_first_day(&t->files[i].root->items[n]);
      if (d != DAY_NONE && (first == DAY_NONE || d < first)) first = d;
    }
  t->setting.at_ms = ((int64_t)(first == DAY_NONE ? 0 : first) - 1) * DAY_MS;
}

/* ---- counties ---- */

static bool county_of(const yaml *test, char ret[13], err *e) {
  char code[13];
  text given = yaml_text(test, "area");
  if (!area_code_check(given.bytes ? given : TEXT(PACKTEST_COUNTY), code, e)) return false;
  return area_code_check((text){code, 6}, ret, e);
}

/* *ret NULL: the case's parameters are at fault, *e says how. False: the run ends. */
static bool county_for(test_run *t, const yaml *test, engine **ret, err *e) {
  AUTO_BUF buf key = {0};
  *ret = NULL;
  t->setting.parameters = yaml_get(test, "parameters");
  if (!county_of(test, t->setting.county, e)) return true;
  buf_str(&key, t->setting.county);
  if (t->setting.parameters) overlay_put_yaml(&key, t->setting.parameters);
  if (!buf_ok(&key)) return err_memory(e);
  for (size_t i = 0; i < t->county_count; i++)
    if (text_is(buf_view(&key), t->counties[i].key)) {
      *ret = t->counties[i].county.g;
      return true;
    }
  if (t->county_count == COUNTIES_MAX)
    return err_set(e, ERR_TOO_LARGE, "parameters", "测试用到的参数组合超过 %d 种。",
                   "The cases use over %d sets of parameters.", COUNTIES_MAX);
  shared_county *p = &t->counties[t->county_count];
  p->key = arena_copy(t->a, key.at, key.bytes);
  if (!p->key) return err_memory(e);
  t->county_count++;
  faults f = {0};
  bool ok = temporary_county_make(&p->county, &t->setting, &f, e);
  if (!ok && f.count) *e = f.items[0];
  faults_release(&f);
  *ret = p->county.g;
  return ok || (e->code != ERR_STORE && e->code != ERR_MEMORY);
}

/* ---- cases ---- */

static bool run_in(engine *g, const test_file *f, const yaml *test, buf *says, size_t *differences,
                   err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  case_run p = {.g = g, .pack = engine_packs(g)->packs[0], .a = a, .file = f->name, .says = says};
  if (!engine_begin(g, e)) return false;
  bool ok = yaml_has(test, "output") ? case_calculation(&p, test, e) : case_steps(&p, test, e);
  engine_rollback(g);
  *differences = p.differences;
  return ok;
}

static bool run_case(test_run *t, const test_file *f, const yaml *test, err *e) {
  AUTO_BUF buf says = {0};
  engine *g = NULL;
  size_t differences = 1;
  err why = {0};
  char where[ERR_WHERE_MAX];
  if (!county_for(t, test, &g, &why)) return *e = why, false;
  if (!g)
    buf_printf(&says, "  %s: %s%s%s\n", yaml_where(f->name, test, where), why.where,
               why.where[0] ? ": " : "", why.zh);
  else if (!run_in(g, f, test, &says, &differences, &why))
    return *e = why, err_within(e, yaml_where(f->name, test, where));
  text name = yaml_text(test, "name");
  if (!name.bytes) name = text_of(yaml_where(f->name, test, where));
  buf_printf(t->report, "%s %.*s\n", differences ? "FAIL" : "PASS", (int)name.bytes, name.at);
  buf_append(t->report, &says);
  if (!buf_ok(&says)) return err_memory(e);
  *(differences ? &t->counts->failed : &t->counts->passed) += 1;
  return true;
}

static bool pack_is_sound(const char *folder, const pack **ret, buf *report, err *e) {
  faults f = {0};
  pack *p = pack_load(folder, NULL, &f);
  *ret = p;
  for (size_t i = 0; i < f.count; i++)
    buf_printf(report, "%s: %s\n", f.items[i].where, f.items[i].zh);
  if (!p && f.count)
    *e = f.items[0];
  else if (!p)
    err_memory(e);
  faults_release(&f);
  return p != NULL;
}

bool packtest_run(const char *pack_folder, const char *calendar_path, const char *areas_csv,
                  packtest_counts *counts, buf *report, err *e) {
  *counts = (packtest_counts){0};
  arena *a AUTO_ARENA = arena_new(0);
  test_run *t = a ? ARENA_NEW(a, test_run) : NULL;
  if (!t) return err_memory(e);
  t->a = a;
  t->counts = counts;
  t->report = report;
  t->setting = (temporary_county_setup){
      .pack_folder = pack_folder, .calendar_path = calendar_path, .areas_csv = areas_csv};
  const pack *p = NULL;
  bool ok = pack_is_sound(pack_folder, &p, report, e) && find_files(t, e);
  t->setting.pack = p;
  if (ok) choose_start(t);
  for (size_t i = 0; ok && i < t->file_count; i++)
    for (size_t n = 0; ok && n < t->files[i].root->count; n++)
      ok = run_case(t, &t->files[i], &t->files[i].root->items[n], e);
  for (size_t i = 0; i < t->county_count; i++) temporary_county_remove(&t->counties[i].county);
  pack_free((pack *)p);
  if (ok)
    buf_printf(report, "%lld passed, %lld failed\n", (long long)counts->passed,
               (long long)counts->failed);
  return ok && (buf_ok(report) || err_memory(e));
}
