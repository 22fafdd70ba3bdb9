/* head: where the journal stands, signed. */
#include "cli/commands.h"

#include "backup/heads.h"
#include "base/json_fields.h"

#include <stdio.h>

static bool sign(const options *o, char line[HEAD_LINE_MAX], err *e) {
  head_key key;
  const char *file = option(o, OPTION_HEAD_FILE);
  if (!head_key_get(option(o, OPTION_SIGN_KEY), &key, e)) return false;
  store *s = store_open(o->words[0], DB_READ, NULL, e);
  bool ok = s && head_sign(s, &key, line, e) && (!file || head_append(file, line, e));
  store_close(s);
  head_key_forget(&key);
  return ok;
}

int command_head(const options *o) {
  char line[HEAD_LINE_MAX];
  err e;
  if (!sign(o, line, &e)) return say_error(&e);
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    json_field_str(&w, "head", line);
    json_close(&w, '}');
    return put_json(&b, EXIT_DONE);
  }
  puts(line);
  return say_written(EXIT_DONE);
}
