/* pack: check, test, plan, upgrade. */
#include "cli/commands.h"
#include "cli/packs.h"
#include "pack/load/load.h"

#include "engine/engine.h"
#include "engine/upgrade.h"
#include "packtest/packtest.h"

#include <stdio.h>
#include <string.h>

/* One pack's result as an object on a line. */
static int put_counts(const char *folder, const pack *p, size_t recorded, int status) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  const struct {
    const char *name;
    size_t n;
  } counts[] = {{"kinds", p->kind_count},
                {"events", recorded},
                {"rules", p->rule_count},
                {"workflows", p->workflow_count},
                {"measures", p->measure_count}};
  json_open(&w, '{');
  json_key(&w, "folder");
  json_put_str(&w, folder);
  json_key(&w, "name");
  json_put_str(&w, p->name);
  json_key(&w, "version");
  json_put_str(&w, p->version);
  for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
    json_key(&w, counts[i].name);
    json_put_int(&w, (int64_t)counts[i].n);
  }
  json_close(&w, '}');
  return put_json(&b, status);
}

/* What was checked so far, to be judged beside what comes. */
typedef struct checked {
  catalog packs;
  pack *loaded[CATALOG_MAX];
} checked;

/* False: a fault was told. */
static bool fits_beside(checked *before, pack *p) {
  faults f = {0};
  err e;
  if (catalog_pack(&before->packs, text_of(p->name))) {
    err_set(&e, ERR_CONFLICT, p->name, "前面已经有一个业务包叫 %s，一个区县只能装其中一个。",
            "A pack called %s came before; a county runs only one of them.", p->name);
    faults_add(&f, &e);
  } else {
    catalog_clashes(&before->packs, p, &f);
  }
  const bool fits = f.total == 0;
  if (!fits) say_faults(&f);
  faults_release(&f);
  return fits;
}

static int check(const char *folder, const options *o, checked *before) {
  faults f = {0};
  int status = EXIT_DONE;
  pack *p = pack_load(folder, option(o, OPTION_OVERLAY), &f);
  size_t recorded = 0;
  for (size_t k = 0; p && k < p->event_count; k++) recorded += !p->events[k].derived;
  if (!p) {
    status = say_faults(&f);
    if (f.total && !option_flag(o, OPTION_JSON))
      fprintf(stderr, say("%s：共 %zu 处错误。\n", "%s: %zu faults.\n"), folder, f.total);
  } else if (option_flag(o, OPTION_JSON)) {
    status = put_counts(folder, p, recorded, status);
  } else {
    printf(
        say("%s：%s %s，没有错误：%zu 种对象，%zu 种事项，%zu 条规则，%zu 个流程，%zu 项措施。\n",
            "%s: %s %s — no faults: %zu kinds, %zu events, %zu rules, %zu workflows, %zu "
            "measures.\n"),
        folder, p->name, p->version, p->kind_count, recorded, p->rule_count, p->workflow_count,
        p->measure_count);
  }
  faults_release(&f);
  if (p && !fits_beside(before, p)) status = EXIT_REFUSED;
  if (p && before->packs.count < CATALOG_MAX) {
    before->loaded[before->packs.count] = p;
    before->packs.packs[before->packs.count++] = p;
  } else {
    pack_free(p);
  }
  return status;
}

/* One after the other, also behind one that failed. */
static int each_pack(const options *o, int (*action)(const char *folder, const options *o)) {
  int status = EXIT_DONE;
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(&e), say_error(&e);
  for (int i = 0; i < o->word_count; i++) {
    const char *folder = pack_given(a, o->words[i], &e);
    if ((folder ? action(folder, o) : say_error(&e)) != EXIT_DONE) status = EXIT_REFUSED;
  }
  return status;
}

/* Each by itself, and beside those before it. */
int command_pack_check(const options *o) {
  int status = EXIT_DONE;
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  checked before = {0};
  if (!a) return err_memory(&e), say_error(&e);
  for (int i = 0; i < o->word_count; i++) {
    const char *folder = pack_given(a, o->words[i], &e);
    if ((folder ? check(folder, o, &before) : say_error(&e)) != EXIT_DONE) status = EXIT_REFUSED;
  }
  for (size_t i = 0; i < before.packs.count; i++) pack_free(before.loaded[i]);
  return status;
}

static int test(const char *folder, const options *o) {
  const bool as_json = option_flag(o, OPTION_JSON);
  AUTO_BUF buf report = {0};
  packtest_counts n = {0};
  err e;
  int status = EXIT_DONE;
  bool ok = packtest_run(folder, home_file("data/calendar.yaml"),
                         home_file("data/areas/jining.csv"), &n, &report, &e);
  if (report.at && !as_json) fputs(report.at, stdout);
  if (!ok) status = say_error(&e);
  if (n.failed || n.passed == 0) status = EXIT_REFUSED;
  if (!as_json) {
    printf("%s: %lld passed, %lld failed\n", folder, (long long)n.passed, (long long)n.failed);
    return status;
  }
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_key(&w, "folder");
  json_put_str(&w, folder);
  json_key(&w, "passed");
  json_put_int(&w, n.passed);
  json_key(&w, "failed");
  json_put_int(&w, n.failed);
  json_key(&w, "report");
  json_put_lines(&w, report.at);
  json_close(&w, '}');
  return put_json(&b, status);
}

int command_pack_test(const options *o) {
  return each_pack(o, test);
}

static int upgrade(const options *o, bool plan_only) {
  err e;
  faults f = {0};
  AUTO_BUF buf plan = {0};
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) err_memory(&e);
  const char *folder = a ? pack_given(a, o->words[1], &e) : NULL;
  engine *g = folder ? engine_open(o->words[0], &e) : NULL;
  if (!g) return say_error(&e);
  bool ok = engine_upgrade(g, folder, option(o, OPTION_OVERLAY), plan_only, &plan, &f, &e);
  int status = ok ? EXIT_DONE : f.total ? say_faults(&f) : say_error(&e);
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    json_key(&w, "changes");
    json_put_lines(&w, plan.at);
    json_close(&w, '}');
    status = put_json(&b, status);
  } else if (plan.bytes) {
    fputs(plan.at, stdout);
    if (ok)
      puts(plan_only ? say("以上只是预览；用 pack upgrade 换上。",
                           "This is what would change; pack upgrade takes it.")
                     : say("已换上。", "Taken."));
  } else if (ok) {
    puts(
        say("和现用的完全一样，没有可换的。", "It is the one in use; there is nothing to change."));
  }
  faults_release(&f);
  engine_close(g);
  return status;
}

int command_pack_plan(const options *o) {
  return upgrade(o, true);
}
int command_pack_upgrade(const options *o) {
  return upgrade(o, false);
}
