/* verify: the seals of the journal. */
#include "cli/commands.h"

#include "engine/engine.h"

#include <stdio.h>

int command_verify(int argc, char **argv) {
  options o;
  if (!options_read(argc, argv, NULL, NULL, &o)) return EXIT_USAGE;
  if (o.word_count != 1) {
    fputs(speaks_english() ? "verify PLACE\n" : "用法：verify 位置\n", stderr);
    return EXIT_USAGE;
  }
  int64_t entries = 0;
  err e;
  if (!engine_verify(o.words[0], &entries, &e)) return say_error(&e);
  printf(speaks_english() ? "%lld entries, every seal fits.\n" : "共 %lld 条流水，封印全部相符。\n",
         (long long)entries);
  return EXIT_DONE;
}
