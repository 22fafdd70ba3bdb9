#include "engine/clock.h"

#include "base/json_map.h"
#include "engine/state.h"

clock_state clock_look(int64_t last_ms, int64_t now) {
  if (!last_ms) return CLOCK_FITS;
  day last = day_of_ms(last_ms), today = day_of_ms(now);
  return today - last > CLOCK_FAR_DAYS      ? CLOCK_FAR
         : last - today > CLOCK_BEHIND_DAYS ? CLOCK_BEHIND
                                            : CLOCK_FITS;
}

bool clock_fits(int64_t last_ms, int64_t now, err *e) {
  char last[11], today[11];
  clock_state state = clock_look(last_ms, now);
  if (state == CLOCK_FITS) return true;
  day_format(day_of_ms(last_ms), last);
  day_format(day_of_ms(now), today);
  return err_set(e, ERR_CLOCK, NULL,
                 "这台机器的时钟是 %s，最后一笔流水是 %s，差得太远，暂不收新的登记。请核对时钟；"
                 "确实没错，请管理员执行 jishi clock 位置 --is-right。",
                 "This machine's clock says %s and the last entry is of %s, too far apart to write "
                 "anything. Look at the clock; if it is right, the administrator says so with "
                 "jishi clock LOCATION --is-right.",
                 today, last);
}

bool engine_clock_fits(const engine *eng, int64_t now, err *e) {
  return clock_fits(eng->head.last_at_ms, now, e);
}

bool clock_command(arena *a, int64_t last_ms, int64_t now, command *ret, err *e) {
  char before[30];
  instant_format(last_ms, before);
  json *body = json_map_new(a);
  if (!json_set_text(a, body, "last", text_of(before))) return err_memory(e);
  *ret = (command){
      .verb = VERB_CLOCK, .id = uuid_v7_now(), .who = {.system = true}, .at_ms = now, .body = body};
  return true;
}
