/* clock: how the machine's clock stands to the journal, and a person's word that it is right. */
#include "cli/commands.h"

#include "base/json_fields.h"
#include "engine/clock.h"
#include "engine/init.h"
#include "store/rows/county.h"

#include <stdio.h>

static int tell(const options *o, int64_t last, int64_t now, bool written) {
  static const char *const names[] = {
      [CLOCK_FITS] = "fits", [CLOCK_FAR] = "far", [CLOCK_BEHIND] = "behind"};
  clock_state state = written ? CLOCK_FITS : clock_look(last, now);
  char then[30], here[30];
  err e;
  instant_format(last, then);
  instant_format(now, here);
  int days = (int)(day_of_ms(now) - day_of_ms(last));
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    json_field_str(&w, "clock", here);
    json_field_str(&w, "last", then);
    json_field_int(&w, "days", days);
    json_field_str(&w, "state", names[state]);
    json_field_bool(&w, "written", written);
    json_close(&w, '}');
    return put_json(&b, state == CLOCK_FITS ? EXIT_DONE : EXIT_REFUSED);
  }
  printf(say("这台机器的时钟：%s\n最后一笔流水：  %s\n",
             "this machine's clock: %s\nlast entry:           %s\n"),
         here, then);
  if (days) printf(say("相差：%d 天\n", "difference: %d days\n"), days);
  if (written && days < 0)
    puts(say(
        "已记下：时钟没错。今后按这台机器的时钟登记；所有对象会按今天重新核算。"
        "跑快期间登记的内容还留着将来的日期，请逐条更正，或从备份恢复（jishi restore --until）。",
        "Noted: the clock is right. From now on entries are of this machine's clock, and "
        "everybody is evaluated again as of today. What was recorded while it ran ahead "
        "keeps its dates: correct it, or bring a backup back (jishi restore --until)."));
  else if (written)
    puts(say("已记下：时钟没错，可以登记了。", "Noted: the clock is right; entries are taken."));
  else if (!clock_fits(last, now, &e))
    return say_error(&e);
  return say_written(EXIT_DONE);
}

static bool note(engine *g, arena *a, const county *head, int64_t now, err *e) {
  command c;
  answer x;
  if (!clock_command(a, head->last_at_ms, now, &c, e) || !engine_begin(g, e)) return false;
  if (engine_apply(g, &c, a, &x, e)) return engine_commit(g, e);
  engine_rollback(g);
  return false;
}

int command_clock(const options *o) {
  arena *a AUTO_ARENA = arena_new(0);
  county head;
  err e;
  engine *g = a ? engine_open(o->words[0], &e) : NULL;
  if (!a) err_memory(&e);
  int64_t now = now_ms();
  bool ok = g && store_county_get(engine_store(g), &head, &e);
  bool written =
      ok && option_flag(o, OPTION_IS_RIGHT) && clock_look(head.last_at_ms, now) != CLOCK_FITS;
  ok = ok && (!written || note(g, a, &head, now, &e));
  int status = ok ? tell(o, head.last_at_ms, now, written) : say_error(&e);
  engine_close(g);
  return status;
}
