/* demo: an invented district to look at. */
#include "cli/commands.h"

#include "demo/demo.h"

#include <stdio.h>
#include <string.h>

int command_demo(const options *o) {
  int64_t households = 1200, seed = 1;
  day last = day_today() - 1;
  if (!option_int(o, OPTION_HOUSEHOLDS, 1, DEMO_UNITS_MAX, &households) ||
      !option_int(o, OPTION_SEED, 0, INT64_MAX, &seed))
    return EXIT_USAGE;
  if (option(o, OPTION_UNTIL) && !day_parse(text_of(option(o, OPTION_UNTIL)), &last)) {
    fputs(say("--until：日期应写成 2024-03-01。\n", "--until: a day is written 2024-03-01.\n"),
          stderr);
    return EXIT_USAGE;
  }
  const char *packs[8] = {NULL};
  size_t count = option_all(o, OPTION_PACKS, packs, 8);
  if (!count) {
    packs[count++] = home_file("packs/antipoverty");
    if (!option(o, OPTION_RECIPE)) packs[count++] = home_file("packs/air");
  }
  demo_config c = {.units = households,
                   .seed = (uint64_t)seed,
                   .last_day = last,
                   .calendar_path = home_file("data/calendar.yaml"),
                   .areas_csv = home_file("data/areas/jining.csv"),
                   .pack_folders = packs,
                   .pack_count = count,
                   .recipe = option(o, OPTION_RECIPE)};
  demo_result r = {0};
  err e;
  bool ok = demo_make(o->words[0], &c, show_progress, &r, &e);
  end_progress();
  if (ok) {
    printf(say("虚构的演示区建好了：%lld 户，%lld 条流水，在 %s。里面的人和事都是编的。\n",
               "An invented district: %lld units, %lld entries, in %s. Everyone and everything in "
               "it is made up.\n"),
           (long long)r.units, (long long)r.entries, o->words[0]);
    printf("%s", r.logins.at ? r.logins.at : "");
    if (r.refused)
      printf(say("系统按规则没有接受其中 %lld 条：\n%s",
                 "The engine refused %lld entries, as it may:\n%s"),
             (long long)r.refused, r.notes.at ? r.notes.at : "");
  }
  demo_result_release(&r);
  return ok ? EXIT_DONE : say_error(&e);
}
