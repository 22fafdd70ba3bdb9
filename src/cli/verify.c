/* verify: the seals of the journal. */
#include "cli/commands.h"

#include "engine/engine.h"
#include "engine/replay.h"

#include <stdio.h>

int command_verify(const options *o) {
  int64_t entries = 0;
  err e;
  if (!engine_verify(o->words[0], &entries, &e)) return say_error(&e);
  printf(option_flag(o, OPTION_JSON)
             ? "{\"entries\":%lld}\n"
             : say("共 %lld 条流水，封印全部相符。\n", "%lld entries, the chain is whole.\n"),
         (long long)entries);
  return say_written(EXIT_DONE);
}
