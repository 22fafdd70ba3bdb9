/* rebuild: the journal replayed and compared. */
#include "cli/commands.h"

#include "engine/engine.h"

#include <stdio.h>

int command_rebuild(int argc, char **argv) {
  static const char *const flags[] = {"check", NULL};
  options o;
  if (!options_read(argc, argv, flags, NULL, &o)) return EXIT_USAGE;
  if (o.word_count != 1 || !option_flag(&o, "check")) {
    fputs(speaks_english() ? "rebuild --check PLACE\n" : "用法：rebuild --check 位置\n", stderr);
    return EXIT_USAGE;
  }
  AUTO_BUF buf report = {0};
  bool same = false;
  err e;
  bool ok = engine_rebuild(o.words[0], home_file("data/calendar.yaml"), false, &same, &report,
                           show_progress, &e);
  end_progress();
  if (!ok) return say_error(&e);
  if (same) {
    puts(speaks_english() ? "Replayed: identical." : "重放完毕，完全一致。");
    return EXIT_DONE;
  }
  fprintf(stderr,
          speaks_english() ? "Replayed: these tables differ (rows here / replayed):\n%s"
                           : "重放完毕，下列表不一致（现有行数/重放行数）：\n%s",
          report.at);
  return EXIT_REFUSED;
}
