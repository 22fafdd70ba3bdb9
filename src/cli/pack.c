/* pack: check, test, plan, upgrade. */
#include "cli/commands.h"

#include "engine/engine.h"
#include "packtest/packtest.h"

#include <stdio.h>
#include <string.h>

static int check(const options *o) {
  int status = EXIT_DONE;
  for (int i = 1; i < o->word_count; i++) {
    faults f = {0};
    pack *p = pack_load(o->words[i], option(o, "overlay"), &f);
    size_t recorded = 0;
    for (size_t k = 0; p && k < p->event_count; k++) recorded += !p->events[k].made;
    if (p)
      printf(speaks_english() ? "%s: %s %s — no faults: %zu kinds, %zu events, %zu rules, %zu "
                                "workflows, %zu measures.\n"
                              : "%s：%s %s，没有错误：%zu 种对象，%zu 种事项，%zu 条规则，%zu "
                                "个流程，%zu 项措施。\n",
             o->words[i], p->name, p->version, p->kind_count, recorded, p->rule_count,
             p->workflow_count, p->measure_count);
    else
      status = say_faults(&f);
    if (!p && f.total)
      fprintf(stderr, speaks_english() ? "%s: %zu faults.\n" : "%s：共 %zu 处错误。\n", o->words[i],
              f.total);
    faults_release(&f);
    pack_free(p);
  }
  return status;
}

static int test(const options *o) {
  int status = EXIT_DONE;
  for (int i = 1; i < o->word_count; i++) {
    AUTO_BUF buf report = {0};
    packtest_counts n = {0};
    err e;
    bool ok = packtest_run(o->words[i], home_file("data/calendar.yaml"),
                           home_file("data/areas/jining.csv"), &n, &report, &e);
    if (report.at) fputs(report.at, stdout);
    if (!ok) status = say_error(&e);
    if (n.failed || n.passed == 0) status = EXIT_REFUSED;
    printf("%s: %lld passed, %lld failed\n", o->words[i], (long long)n.passed, (long long)n.failed);
  }
  return status;
}

static int upgrade(const options *o, bool plan_only) {
  err e;
  faults f = {0};
  AUTO_BUF buf plan = {0};
  engine *g = engine_open(o->words[1], home_file("data/calendar.yaml"), &e);
  if (!g) return say_error(&e);
  bool ok = engine_upgrade(g, o->words[2], option(o, "overlay"), plan_only, &plan, &f, &e);
  if (plan.at) fputs(plan.at, stdout);
  int status = ok ? EXIT_DONE : f.total ? say_faults(&f) : say_error(&e);
  faults_release(&f);
  engine_close(g);
  return status;
}

int command_pack(int argc, char **argv) {
  static const char *const values[] = {"overlay", NULL};
  options o;
  if (!options_read(argc, argv, NULL, values, &o)) return EXIT_USAGE;
  const char *what = o.word_count ? o.words[0] : "";
  if (strcmp(what, "check") == 0 && o.word_count > 1) return check(&o);
  if (strcmp(what, "test") == 0 && o.word_count > 1) return test(&o);
  if (strcmp(what, "plan") == 0 && o.word_count == 3) return upgrade(&o, true);
  if (strcmp(what, "upgrade") == 0 && o.word_count == 3) return upgrade(&o, false);
  fputs(speaks_english() ? "pack check FOLDER… | pack test FOLDER… | pack plan PLACE FOLDER | pack "
                           "upgrade PLACE FOLDER\n"
                         : "用法：pack check 目录… | pack test 目录… | pack plan 位置 目录 | pack "
                           "upgrade 位置 目录\n",
        stderr);
  return EXIT_USAGE;
}
