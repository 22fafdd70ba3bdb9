/* restore, move: into a new location. */
#include "cli/commands.h"
#include "cli/passphrase.h"

#include "backup/replace.h"
#include "base/json_fields.h"

#include <sodium.h>
#include <stdio.h>

/* `kept`: where what was there is now; "" for nothing. */
static int tell(const options *o, const restored *r, const char *kept) {
  char at[30];
  instant_format(r->point.at_ms, at);
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    json_field_str(&w, "county", r->head.county);
    json_field_str(&w, "name", r->head.name);
    json_field_int(&w, "seq", r->point.seq);
    json_field_str(&w, "at", at);
    if (kept[0]) json_field_str(&w, "kept", kept);
    json_close(&w, '}');
    return put_json(&b, EXIT_DONE);
  }
  if (kept[0])
    printf(say("原来的还在 %s，核对以后再自行删除。\n",
               "What was there is now %s; remove it yourself when you have looked.\n"),
           kept);
  AUTO_BUF buf next = {0};
  buf_printf(&next, "%s serve ", called());
  buf_shell(&next, o->words[1]);
  printf(say("%s（%.6s）已恢复到 %s：共 %lld 条流水，每一条都和封印相符；最后一条写于 %.10s "
             "%.8s。\n下一步，启动服务：\n  %s\n",
             "%s (%.6s) is restored in %s: %lld entries, each fits its seal; the last was written "
             "on %.10s at %.8s.\nNext, serve it:\n  %s\n"),
         r->head.name, r->head.county, o->words[1], (long long)r->point.seq, at, at + 11,
         buf_ok(&next) && next.at ? next.at : "");
  return say_written(EXIT_DONE);
}

/* A number of an entry, or an instant; a day alone means its end. */
static bool until_given(const options *o, receive_until *ret, err *e) {
  const char *word = option(o, OPTION_RESTORE_UNTIL);
  day on;
  if (!word) return true;
  text t = text_of(word);
  if (text_to_int(t, &ret->seq) && ret->seq > 0) return true;
  ret->seq = 0;
  if (day_parse(t, &on)) {
    ret->at_ms = day_start_ms(on + 1) - 1;
    return true;
  }
  return instant_parse(t, &ret->at_ms) ||
         err_set(e, ERR_USAGE, "--until",
                 "“%s”应是一个时刻（2026-11-27T09:30:00）、一天（2026-11-27，指当天结束）或流水的"
                 "序号。",
                 "\"%s\" must be a moment (2026-11-27T09:30:00), a day (2026-11-27: its end), or "
                 "an entry's number.",
                 word);
}

int command_restore(const options *o) {
  err e;
  char phrase[PASSPHRASE_MAX_BYTES], kept[KEPT_MAX] = "";
  restored r;
  restore_request q = {.from = o->words[0], .location = o->words[1], .progress = show_progress};
  if (!until_given(o, &q.until, &e) || !passphrase_given(o, phrase, &q.passphrase, &e))
    return say_error(&e);
  bool ok = option_flag(o, OPTION_REPLACE) ? restore_replacing(&q, kept, &r, &e)
                                           : restore_county(&q, &r, &e);
  end_progress();
  sodium_memzero(phrase, sizeof phrase);
  return ok ? tell(o, &r, kept) : say_error(&e);
}

int command_move(const options *o) {
  err e;
  restored r;
  bool ok = move_county(o->words[0], o->words[1], show_progress, &r, &e);
  end_progress();
  return ok ? tell(o, &r, "") : say_error(&e);
}
