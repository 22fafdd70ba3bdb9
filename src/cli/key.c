/* key: the key file of a county. */
#include "cli/commands.h"

#include "base/json_fields.h"
#include "store/key_rotate.h"

#include <inttypes.h>
#include <stdio.h>

int command_key_rotate(const options *o) {
  err e;
  int64_t count = 0;
  store *s = store_open(o->words[0], DB_WRITE, NULL, &e);
  bool ok = s && key_rotate(s, &count, &e);
  store_close(s);
  if (!ok) return say_error(&e);
  if (!option_flag(o, OPTION_JSON)) {
    printf(say("已换新密钥，重新包好 %" PRId64 " 把数据密钥。请给密钥文件另存一份副本。\n",
               "There is a new key, around %" PRId64 " data keys. Keep a copy of the key file.\n"),
           count);
    return say_written(EXIT_DONE);
  }
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_key(&w, "data_keys");
  json_put_int(&w, count);
  json_close(&w, '}');
  return put_json(&b, EXIT_DONE);
}

int command_key_drop(const options *o) {
  err e;
  store *s = store_open(o->words[0], DB_READ, NULL, &e);
  bool ok = s && key_drop_older(s, &e);
  store_close(s);
  if (!ok) return say_error(&e);
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    json_close(&w, '}');
    return put_json(&b, EXIT_DONE);
  }
  puts(say("密钥文件里只留下现在用的密钥。", "Only the key in use is left in the key file."));
  return say_written(EXIT_DONE);
}
