/* verify: the seals of the journal, the file, the packs, the signed heads. */
#include "cli/commands.h"

#include "backup/heads.h"
#include "base/json_fields.h"
#include "engine/engine.h"
#include "engine/replay.h"
#include "store/rows/attachments.h"
#include "store/rows/packs.h"
#include "store/sealed.h"

#include <stdio.h>

static int accept_head(const options *o) {
  int64_t seq = 0, noted = 0;
  err e;
  if (!store_accept_head(o->words[0], &seq, &noted, &e)) return say_error(&e);
  printf(say("从第 %lld 条接着写；原来记到第 %lld 条。\n",
             "It goes on from entry %lld; %lld was noted before.\n"),
         (long long)seq, (long long)noted);
  return say_written(EXIT_DONE);
}

/* Photographs lie sealed: without the key file they are not looked at, which is said. */
static bool look_at_files(store *s, bool *ret_looked, err *e) {
  err no_key;
  *ret_looked = sealed_ready(s, &no_key);
  return !*ret_looked || store_attachments_sound(s, e);
}

/* What the journal's own links do not tell. */
static bool look_further(const options *o, int64_t *ret_heads, bool *ret_files, err *e) {
  const char *file = option(o, OPTION_HEAD_FILE), *key_file = option(o, OPTION_SIGN_KEY);
  head_key key;
  if (key_file && !head_key_get(key_file, &key, e)) return false;
  store *s = store_open(o->words[0], DB_READ, NULL, e);
  bool ok = s && db_check(store_db(s), 0, e) && store_packs_sound(s, e) &&
            look_at_files(s, ret_files, e) &&
            (!file || heads_check(s, file, key_file ? key.public : NULL, ret_heads, e));
  store_close(s);
  if (key_file) head_key_forget(&key);
  return ok;
}

int command_verify(const options *o) {
  int64_t entries = 0, heads = 0;
  bool files = false;
  err e;
  if (option_flag(o, OPTION_ACCEPT_HEAD)) return accept_head(o);
  if (!engine_verify(o->words[0], &entries, &e) || !look_further(o, &heads, &files, &e))
    return say_error(&e);
  if (option_flag(o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    json_field_int(&w, "entries", entries);
    if (option(o, OPTION_HEAD_FILE)) json_field_int(&w, "heads", heads);
    json_close(&w, '}');
    return put_json(&b, EXIT_DONE);
  }
  printf(say("共 %lld 条流水，封印全部相符。\n", "%lld entries, the chain is whole.\n"),
         (long long)entries);
  if (!files)
    puts(say("没有密钥文件，照片和附件没有核对。",
             "Without the key file, photographs and attachments were not looked at."));
  if (option(o, OPTION_HEAD_FILE))
    printf(say("%lld 个签名全部相符。\n", "It fits all of %lld signed heads.\n"), (long long)heads);
  return say_written(EXIT_DONE);
}
