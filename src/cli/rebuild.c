/* rebuild: the journal replayed and compared. */
#include "cli/commands.h"

#include "engine/engine.h"
#include "engine/replay.h"

#include <signal.h>
#include <stdio.h>

/* Ctrl-C: the copy that is being made is removed all the same. */
static volatile sig_atomic_t told;

static void on_told(int signal) {
  told = signal;
}

static bool go_on(int64_t done, int64_t all) {
  show_progress(done, all);
  return !told;
}

int command_rebuild(const options *o) {
  AUTO_BUF buf report = {0};
  bool same = false;
  err e;
  signal(SIGINT, on_told);
  signal(SIGTERM, on_told);
  bool ok = engine_rebuild(o->words[0], &same, &report, go_on, &e);
  end_progress();
  if (!ok) return say_error(&e);
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    json_key(&w, "same");
    json_put_bool(&w, same);
    json_key(&w, "differences");
    json_put_lines(&w, report.at);
    json_close(&w, '}');
    return put_json(&b, same ? EXIT_DONE : EXIT_REFUSED);
  }
  if (same) {
    puts(say("重放完毕，完全一致。", "Replayed: identical."));
    return EXIT_DONE;
  }
  fprintf(stderr,
          say("重放完毕，下列表不一致（现有行数/重放行数）：\n%s",
              "Replayed: these tables differ (rows here / replayed):\n%s"),
          report.at);
  return EXIT_REFUSED;
}
