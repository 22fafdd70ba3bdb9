/* head: where the journal stands, signed; and as a sheet to print and file. */
#include "cli/commands.h"

#include "backup/heads.h"
#include "base/json_fields.h"
#include "sheet/qr.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static bool sign(const options *o, char line[HEAD_LINE_MAX], county *at, err *e) {
  head_key key;
  const char *file = option(o, OPTION_HEAD_FILE);
  if (!head_key_get(option(o, OPTION_SIGN_KEY), &key, e)) return false;
  store *s = store_open(o->words[0], DB_READ, NULL, e);
  bool ok = s && store_county_get(s, at, e) && head_sign(s, &key, line, e) &&
            (!file || head_append(file, line, e));
  store_close(s);
  head_key_forget(&key);
  return ok;
}

/* ---- the sheet ---- */

static void put_html(buf *b, const char *s) {
  for (; *s; s++) {
    if (*s == '<' || *s == '&')
      buf_printf(b, "&#%d;", *s);
    else
      buf_char(b, *s);
  }
}

/* The line stands by itself, so that the file is taken where signed heads are (heads.h); and in the
 * QR symbol, for who has only the paper. */
static bool put_sheet(const county *c, const char *line, buf *b, err *e) {
  char at[30];
  instant_format(c->last_at_ms, at);
  buf_str(b, HEAD_SHEET_BEGINS "\n<html lang=\"zh\"><meta charset=\"utf-8\"><title>");
  put_html(b, c->name);
  buf_printf(b, " %lld</title>\n", (long long)c->seq);
  buf_str(b, "<style>body{font:12pt/1.5 sans-serif;margin:2cm;max-width:17cm}svg{width:7cm}"
             "pre{white-space:pre-wrap;word-break:break-all;font-size:10pt}"
             "td{padding:2pt 12pt 2pt 0;vertical-align:top}.sign td{padding-top:1cm}</style>\n"
             "<h1>流水日签 · Signed head</h1>\n<table>\n<tr><td>区县 · County<td>");
  put_html(b, c->name);
  buf_printf(b, " %.6s\n<tr><td>到第几条 · Up to entry<td>%lld\n", c->code, (long long)c->seq);
  buf_printf(b, "<tr><td>那一条的时刻 · Of<td>%.10s %.8s\n</table>\n", at, at + 11);
  if (!qr_svg(text_of(line), b, e)) return false;
  buf_printf(b, "\n<pre>\n%s\n</pre>\n", line);
  buf_str(b,
          "<p>核对：扫二维码，把得到的一行存成文件（或直接用本文件），"
          "<code>jishi verify 数据目录 --head-file 文件</code>；审计用 "
          "<code>jishi-verify --heads 文件 导出的文件</code>。\n"
          "<p>To check: save the line that the symbol holds as a file (or take this file) and give "
          "it to <code>jishi verify --head-file</code> or <code>jishi-verify --heads</code>.\n"
          "<table class=\"sign\"><tr><td>经手 · By ______________<td>复核 · Seen ______________"
          "<td>日期 · Day ______________</table>\n</html>\n");
  return buf_ok(b) || err_memory(e);
}

static bool say_sheet(const char *file, err *e) {
  return err_set(e, errno == EEXIST ? ERR_CONFLICT : ERR_STORE, file,
                 "这一页写不了（%s）。请换一个文件名，或检查权限。",
                 "This sheet cannot be written (%s). Take another name, or check permissions.",
                 strerror(errno));
}

/* A new file each time: a filed day is not written over. */
static bool write_sheet(const char *file, const county *c, const char *line, err *e) {
  AUTO_BUF buf b = {0};
  if (!put_sheet(c, line, &b, e)) return false;
  int f = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (f < 0) return say_sheet(file, e);
  bool ok = write(f, b.at, b.bytes) == (ssize_t)b.bytes && fsync(f) == 0;
  if (!ok) say_sheet(file, e);
  if (close(f) != 0 && ok) ok = say_sheet(file, e);
  if (!ok) unlink(file);
  return ok;
}

int command_head(const options *o) {
  char line[HEAD_LINE_MAX];
  county at;
  err e;
  const char *sheet = option(o, OPTION_SHEET);
  if (!sign(o, line, &at, &e) || (sheet && !write_sheet(sheet, &at, line, &e)))
    return say_error(&e);
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
