/* backup, export: out of a location. */
#include "cli/commands.h"
#include "cli/passphrase.h"

#include "backup/backup.h"
#include "backup/restore.h"
#include "base/json_fields.h"

#include <sodium.h>
#include <stdio.h>

static int tell_json(const backup_done *d) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  json_field_str(&w, "part", d->part[0] ? d->part : NULL);
  json_field_bool(&w, "whole", d->whole);
  json_field_int(&w, "seq", d->head.head.seq);
  json_field_int(&w, "entries", d->entries);
  json_field_int(&w, "rows", d->rows);
  json_field_int(&w, "bytes", d->bytes);
  json_field_bool(&w, "checked", d->checked_ms != 0);
  json_field_str(&w, "why_not", d->check_failed ? say(d->why_not.zh, d->why_not.en) : NULL);
  json_close(&w, '}');
  return put_json(&b, d->check_failed ? EXIT_REFUSED : EXIT_DONE);
}

static int tell(const backup_done *d) {
  if (!d->part[0]) {
    puts(say("上一份备份以来没有新的内容，不必再做。", "Nothing is new since the last backup."));
    return say_written(EXIT_DONE);
  }
  printf(d->whole ? say("全部备份：%s\n", "Whole backup: %s\n")
                  : say("新增部分的备份：%s\n", "Backup of what is new: %s\n"),
         d->part);
  printf(say("到第 %lld 条流水为止；%lld 条流水，%lld 项别的（账号、附件、名册），%.1f MB。\n",
             "Up to entry %lld; %lld entries, %lld other rows (accounts, files, rosters), %.1f "
             "MB.\n"),
         (long long)d->head.head.seq, (long long)d->entries, (long long)d->rows,
         (double)d->bytes / 1e6);
  if (d->checked_ms)
    puts(say("已在旁边试着恢复一次，全部流水重放无误。",
             "Restored beside the location as a trial: every entry replayed."));
  if (!d->check_failed) return say_written(EXIT_DONE);
  fflush(stdout);
  fputs(say("注意：没有能试着恢复，旧的备份因此都没有删：\n",
            "Mind: it could not be restored as a trial, so no older backup was removed:\n"),
        stderr);
  return say_error(&d->why_not);
}

int command_backup(const options *o) {
  err e;
  char kept[PASSPHRASE_MAX_BYTES];
  int64_t keep = BACKUP_KEEP;
  backup_done done;
  backup_request q = {.location = o->words[0],
                      .to = o->words[1],
                      .whole = option_flag(o, OPTION_WHOLE),
                      .check = !option_flag(o, OPTION_NO_CHECK),
                      .progress = show_progress};
  if (!option_int(o, OPTION_KEEP, 0, 10000, &keep)) return EXIT_USAGE;
  q.keep = (size_t)keep;
  if (!passphrase_given(o, kept, &q.passphrase, &e)) return say_error(&e);
  bool ok = backup_make(&q, &done, &e);
  end_progress();
  sodium_memzero(kept, sizeof kept);
  if (!ok) return say_error(&e);
  return option_flag(o, OPTION_JSON) ? tell_json(&done) : tell(&done);
}

int command_export(const options *o) {
  err e;
  char kept[PASSPHRASE_MAX_BYTES];
  const char *passphrase;
  sent all;
  if (!passphrase_given(o, kept, &passphrase, &e)) return say_error(&e);
  bool ok = export_county(o->words[0], o->words[1], passphrase, show_progress, &all, &e);
  end_progress();
  sodium_memzero(kept, sizeof kept);
  if (!ok) return say_error(&e);
  printf(option_flag(o, OPTION_JSON)
             ? "{\"seq\":%lld,\"rows\":%lld}\n"
             : say("已写好：%lld 条流水，%lld 项别的（账号、附件、名册）。里面有个人信息，请妥善"
                   "保管。\n",
                   "Written: %lld entries, %lld other rows (accounts, files, rosters). There are "
                   "people's data in it: keep it safe.\n"),
         (long long)all.entries, (long long)all.rows);
  return say_written(EXIT_DONE);
}
