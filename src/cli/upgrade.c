/* upgrade: a location of an older version, rehearsed, done, and undone again. */
#include "cli/commands.h"

#include "backup/county_upgrade.h"
#include "base/json_fields.h"

#include <stdio.h>

static int put_upgraded(const upgraded *u, const buf *report) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_field_bool(&w, "older", u->is_older);
  json_field_bool(&w, "same", u->same);
  json_field_int(&w, "entries", u->entries);
  json_key(&w, "differences");
  json_put_lines(&w, report->at);
  json_field_str(&w, "kept", u->kept[0] ? u->kept : NULL);
  json_close(&w, '}');
  return put_json(&b, EXIT_DONE);
}

static int tell(const options *o, const upgraded *u, const buf *report) {
  if (option_flag(o, OPTION_JSON)) return put_upgraded(u, report);
  printf(say("重放了全部 %lld 条流水，每一条都和封印相符。\n",
             "All %lld entries were replayed; each fits its seal.\n"),
         (long long)u->entries);
  if (u->same) {
    puts(
        say("和现在的完全一样，不用升级。", "It is the same as what is there: no upgrade needed."));
    return say_written(EXIT_DONE);
  }
  if (u->is_older)
    puts(say("现在的表是早先版本的样子，升级后由流水重新算出。",
             "The tables are those of an older version; after the upgrade they are computed anew "
             "from the journal."));
  else
    printf(say("下列表会不同（现有行数/升级后行数）：\n%s",
               "These tables will differ (rows here / after the upgrade):\n%s"),
           report->at ? report->at : "");
  if (!u->kept[0])
    puts(say("以上只是演练，什么也没有改动。要升级，请加 --apply。",
             "This was a rehearsal, and nothing was changed. To upgrade, add --apply."));
  else
    printf(say("已升级。原来的在 %s；要退回去：jishi upgrade 位置 --back %s\n",
               "Upgraded. What was there is %s; to go back: jishi upgrade LOCATION --back %s\n"),
           u->kept, u->kept);
  return say_written(EXIT_DONE);
}

static int tell_back(const options *o, const gone_back *g) {
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    json_field_int(&w, "entries", g->entries);
    json_field_int(&w, "lost", g->lost);
    json_field_str(&w, "kept", g->kept[0] ? g->kept : NULL);
    json_close(&w, '}');
    return put_json(&b, EXIT_DONE);
  }
  printf(say("那一份有 %lld 条流水；升级以后登记的 %lld 条不在里面。\n",
             "It has %lld entries; %lld that came after the upgrade are not in it.\n"),
         (long long)g->entries, (long long)g->lost);
  if (g->kept[0])
    printf(say("已退回。换下来的在 %s。请装回原来的版本再启动服务。\n",
               "Gone back. What was there is %s. Install the old version again, then serve.\n"),
           g->kept);
  else
    puts(say("什么也没有改动。要退回去，请加 --apply。",
             "Nothing was changed. To go back, add --apply."));
  return say_written(EXIT_DONE);
}

int command_upgrade(const options *o) {
  AUTO_BUF buf report = {0};
  const char *kept = option(o, OPTION_BACK);
  bool apply = option_flag(o, OPTION_APPLY);
  upgraded u;
  gone_back g;
  err e;
  if (kept)
    return upgrade_back(o->words[0], kept, apply, &g, &e) ? tell_back(o, &g) : say_error(&e);
  bool ok = upgrade_county(o->words[0], apply, show_progress, &report, &u, &e);
  end_progress();
  return ok ? tell(o, &u, &report) : say_error(&e);
}
