/* init: a new county. */
#include "cli/commands.h"

#include "engine/engine.h"

#include <stdio.h>
#include <string.h>

int command_init(int argc, char **argv) {
  static const char *const values[] = {"county", "name", "pack", "overlay", "areas", NULL};
  options o;
  if (!options_read(argc, argv, NULL, values, &o)) return EXIT_USAGE;
  const char *code = option(&o, "county"), *name = option(&o, "name"), *areas = option(&o, "areas");
  if (o.word_count != 1 || !code || !name) {
    fputs(speaks_english() ? "init PLACE --county CODE --name NAME [--pack FOLDER]…\n"
                           : "用法：init 位置 --county 代码 --name 名称 [--pack 目录]…\n",
          stderr);
    return EXIT_USAGE;
  }
  const char *packs[8] = {NULL};
  size_t count = 0;
  for (int i = 0; i < o.named_count && count < 8; i++)
    if (strncmp(o.named[i].name, "pack", 4) == 0) packs[count++] = o.named[i].value;
  if (!count) packs[count++] = home_file("packs/antipoverty");
  faults f = {0};
  err e;
  bool ok =
      engine_init(o.words[0], 0, code, name, areas ? areas : home_file("data/areas/jining.csv"),
                  packs, count, option(&o, "overlay"), &f, &e);
  int status = ok ? EXIT_DONE : f.total ? say_faults(&f) : say_error(&e);
  faults_release(&f);
  if (ok)
    printf(speaks_english() ? "%s is ready in %s. Next: jishi user %s add …\n"
                            : "%s已建在 %s。下一步：jishi user %s add …\n",
           name, o.words[0], o.words[0]);
  return status;
}
