/* init: a new county. */
#include "cli/commands.h"
#include "cli/packs.h"

#include "engine/engine.h"
#include "engine/init.h"
#include "store/sealed.h"

#include <stdio.h>

/* What to type next, so that it can be copied. */
static void put_next(buf *b, const options *o) {
  buf_printf(b, "%s user add ", called());
  buf_shell(b, o->words[0]);
  buf_printf(b, say(" 登录名 --name 姓名 --post admin@%s", " LOGIN --name NAME --post admin@%s"),
             option(o, OPTION_COUNTY));
}

static int tell(const options *o, const county_setup *c) {
  AUTO_BUF buf next = {0};
  put_next(&next, o);
  char key[4096] = "";
  err ignored;
  if (!key_file_of_place(c->location, key, &ignored)) key[0] = 0;
  if (!option_flag(o, OPTION_JSON)) {
    printf(say("%s已建在 %s。下一步，添加一位管理员：\n  %s\n",
               "%s is ready in %s. Next, add an administrator:\n  %s\n"),
           c->name, o->words[0], buf_ok(&next) && next.at ? next.at : "");
    printf(say("密钥文件：%"
               "s\n请把它移到别处（U盘、另一台机器）并留一份副本：有了它和数据就能看到全部内容，"
               "丢了它谁也打不开。移走后用 --key-file 指明。\n",
               "The key file: %s\nMove it elsewhere (a stick, another machine) and keep a copy: "
               "with it and the data everything can be read, without it nothing can be opened. "
               "Then say where it is by --key-file.\n"),
           key);
    return say_written(EXIT_DONE);
  }
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_key(&w, "location");
  json_put_str(&w, o->words[0]);
  json_key(&w, "county");
  json_put_str(&w, c->code);
  json_key(&w, "name");
  json_put_str(&w, c->name);
  json_key(&w, "key_file");
  json_put_str(&w, key);
  json_key(&w, "packs");
  json_open(&w, '[');
  for (size_t i = 0; i < c->pack_count; i++) json_put_str(&w, c->pack_folders[i]);
  json_close(&w, ']');
  json_key(&w, "next");
  json_put_buf(&w, &next);
  json_close(&w, '}');
  return put_json(&b, EXIT_DONE);
}

int command_init(const options *o) {
  err e;
  packs_chosen packs;
  arena *a AUTO_ARENA = arena_new(0);
  const char *areas = option(o, OPTION_AREAS);
  if (!a) err_memory(&e);
  if (!a || !packs_given(a, o, false, &packs, &e)) return say_error(&e);
  faults f = {0};
  county_setup c = {.location = o->words[0],
                    .code = option(o, OPTION_COUNTY),
                    .name = option(o, OPTION_COUNTY_NAME),
                    .calendar_file = home_file("data/calendar.yaml"),
                    .areas_csv = areas ? areas : home_file("data/areas/jining.csv"),
                    .pack_folders = packs.folders,
                    .pack_count = packs.count,
                    .wrapped = option_flag(o, OPTION_KEY_PASSPHRASE),
                    .overlay = option(o, OPTION_OVERLAY)};
  bool ok = engine_init(&c, &f, &e);
  int status = ok ? tell(o, &c) : f.total ? say_faults(&f) : say_error(&e);
  faults_release(&f);
  return status;
}
