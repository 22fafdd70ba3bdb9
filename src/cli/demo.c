/* demo: an invented district to look at. */
#include "cli/commands.h"

#include "demo/demo.h"

#include <stdio.h>
#include <string.h>

int command_demo(int argc, char **argv) {
  static const char *const values[] = {"households", "seed", "pack", "until", "recipe", NULL};
  options o;
  int64_t households = 1200, seed = 1;
  if (!options_read(argc, argv, NULL, values, &o) || !option_int(&o, "households", &households) ||
      !option_int(&o, "seed", &seed))
    return EXIT_USAGE;
  day last = day_today() - 1;
  bool day_ok = !option(&o, "until") || day_parse(text_of(option(&o, "until")), &last);
  if (o.word_count != 1 || households < 1 || !day_ok) {
    fputs(speaks_english() ? "demo PLACE [--households N] [--seed S] [--until DAY] [--pack "
                             "FOLDER]… [--recipe FILE]\n"
                           : "用法：demo 位置 [--households 户数] [--seed 种子] [--until 日期] "
                             "[--pack 目录]… [--recipe 配方]\n",
          stderr);
    return EXIT_USAGE;
  }
  const char *packs[8] = {NULL};
  size_t count = 0;
  for (int i = 0; i < o.named_count && count < 8; i++)
    if (strncmp(o.named[i].name, "pack", 4) == 0) packs[count++] = o.named[i].value;
  if (!count) packs[count++] = home_file("packs/antipoverty");
  if (count == 1 && !option(&o, "pack") && !option(&o, "recipe"))
    packs[count++] = home_file("packs/air");
  demo_config c = {.units = households,
                   .seed = (uint64_t)seed,
                   .last_day = last,
                   .calendar_path = home_file("data/calendar.yaml"),
                   .areas_csv = home_file("data/areas/jining.csv"),
                   .pack_folders = packs,
                   .pack_count = count,
                   .recipe = option(&o, "recipe")};
  demo_result r = {0};
  err e;
  bool ok = demo_make(o.words[0], &c, show_progress, &r, &e);
  end_progress();
  if (ok) {
    printf(speaks_english()
               ? "An invented district: %lld units, %lld entries, in %s. Everyone and everything "
                 "in it is made up.\n"
               : "虚构的演示区建好了：%lld 户，%lld 条流水，在 %s。里面的人和事都是编的。\n",
           (long long)r.units, (long long)r.entries, o.words[0]);
    printf("%s", r.logins.at ? r.logins.at : "");
    if (r.refused)
      printf(speaks_english() ? "The engine refused %lld entries, as it may:\n%s"
                              : "系统按规则没有接受其中 %lld 条：\n%s",
             (long long)r.refused, r.notes.at ? r.notes.at : "");
  }
  demo_result_release(&r);
  return ok ? EXIT_DONE : say_error(&e);
}
