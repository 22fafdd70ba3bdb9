/* demo: an invented district to look at. */
#include "cli/commands.h"
#include "cli/packs.h"

#include "demo/demo.h"

#include <stdio.h>
#include <string.h>

static const char *text_in(const buf *zh, const buf *en) {
  const buf *b = speaks_english() ? en : zh;
  return b->at ? b->at : "";
}

static int tell_result(const options *o, const demo_result *r) {
  printf(say("虚构的演示区建好了：%s，%lld 条流水，在 %s。里面的人和事都是编的。\n",
             "An invented district: %s, %lld entries, in %s. Everyone and everything in it is made "
             "up.\n"),
         text_in(&r->made_zh, &r->made_en), (long long)r->entries, o->words[0]);
  printf("%s", text_in(&r->logins_zh, &r->logins_en));
  if (r->refused && option_flag(o, OPTION_VERBOSE))
    printf(say("编出来的步骤里有 %lld 步不合规则，没有收：\n%s",
               "%lld of the invented steps are against the rules and were not taken:\n%s"),
           (long long)r->refused, text_in(&r->notes_zh, &r->notes_en));
  return say_written(EXIT_DONE);
}

static int put_result(const options *o, const demo_result *r) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_key(&w, "location");
  json_put_str(&w, o->words[0]);
  json_key(&w, "roots");
  json_put_int(&w, r->units);
  json_key(&w, "entries");
  json_put_int(&w, r->entries);
  json_key(&w, "refused");
  json_put_int(&w, r->refused);
  json_key(&w, "logins");
  json_put_lines(&w, text_in(&r->logins_zh, &r->logins_en));
  json_key(&w, "notes");
  json_put_lines(&w, text_in(&r->notes_zh, &r->notes_en));
  json_close(&w, '}');
  return put_json(&b, EXIT_DONE);
}

static int make(const options *o, const packs_chosen *packs, int64_t size, int64_t seed, day last) {
  demo_config c = {.units = size,
                   .seed = (uint64_t)seed,
                   .last_day = last,
                   .calendar_path = home_file("data/calendar.yaml"),
                   .areas_csv = home_file("data/areas/jining.csv"),
                   .pack_folders = packs->folders,
                   .pack_count = packs->count,
                   .recipe = option(o, OPTION_RECIPE)};
  demo_result r = {0};
  err e;
  bool ok = demo_make(o->words[0], &c, show_progress, &r, &e);
  end_progress();
  int status =
      ok ? option_flag(o, OPTION_JSON) ? put_result(o, &r) : tell_result(o, &r) : say_error(&e);
  demo_result_release(&r);
  return status;
}

int command_demo(const options *o) {
  int64_t size = 1200, seed = 1;
  day last = day_today() - 1;
  if (!option_int(o, OPTION_SIZE, 1, DEMO_UNITS_MAX, &size) ||
      !option_int(o, OPTION_SEED, 0, INT64_MAX, &seed))
    return EXIT_USAGE;
  if (option(o, OPTION_UNTIL) && !day_parse(text_of(option(o, OPTION_UNTIL)), &last)) {
    fputs(say("--until：日期应写成 2024-03-01。\n", "--until: a day is written 2024-03-01.\n"),
          stderr);
    return EXIT_USAGE;
  }
  arena *a AUTO_ARENA = arena_new(0);
  packs_chosen packs;
  err e;
  if (!a) err_memory(&e);
  /* A recipe is of the first pack. */
  if (!a || !packs_given(a, o, !option(o, OPTION_RECIPE), &packs, &e)) return say_error(&e);
  return make(o, &packs, size, seed, last);
}
