/* init: a new county. */
#include "cli/commands.h"

#include "engine/engine.h"
#include "engine/init.h"

#include <stdio.h>

int command_init(const options *o) {
  enum { PACKS_MAX = 8 };
  const char *packs[PACKS_MAX] = {NULL}, *name = option(o, OPTION_COUNTY_NAME),
             *areas = option(o, OPTION_AREAS);
  size_t count = option_all(o, OPTION_PACKS, packs, PACKS_MAX);
  if (!count) packs[count++] = home_file("packs/antipoverty");
  faults f = {0};
  err e;
  county_setup c = {.place = o->words[0],
                    .code = option(o, OPTION_COUNTY),
                    .name = name,
                    .calendar_file = home_file("data/calendar.yaml"),
                    .areas_csv = areas ? areas : home_file("data/areas/jining.csv"),
                    .pack_folders = packs,
                    .pack_count = count,
                    .overlay = option(o, OPTION_OVERLAY)};
  bool ok = engine_init(&c, &f, &e);
  int status = ok ? EXIT_DONE : f.total ? say_faults(&f) : say_error(&e);
  faults_release(&f);
  if (ok)
    printf(say("%s已建在 %s。下一步：jishi user add %s 登录名 …\n",
               "%s is ready in %s. Next: jishi user add %s LOGIN …\n"),
           name, o->words[0], o->words[0]);
  return status;
}
