#include "cli/password_ask.h"

#include "cli/speak.h"

#include <stdio.h>
#include <termios.h>
#include <unistd.h>

enum { PASSPHRASE_MIN = 12 };

static bool read_line(char out[PASSWORD_MAX_BYTES + 2], err *e) {
  if (!fgets(out, PASSWORD_MAX_BYTES + 2, stdin))
    return err_set(
        e, ERR_USAGE, NULL, "没有读到密码。请在终端里输入，或从标准输入给一行，或加 --generate。",
        "No password was given: type it on a terminal, give a line on standard input, or "
        "add --generate.");
  size_t n = strcspn(out, "\r\n");
  if (!out[n] && n == PASSWORD_MAX_BYTES + 1)
    return err_set(e, ERR_BAD_INPUT, "password", "密码太长，最多 %d 个字符。",
                   "The password is too long; at most %d characters.", PASSWORD_MAX);
  out[n] = 0;
  return true;
}

static bool ask_once(const char *prompt, char out[PASSWORD_MAX_BYTES + 2], err *e) {
  struct termios before, quiet;
  bool hidden = tcgetattr(STDIN_FILENO, &before) == 0;
  if (hidden) {
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    hidden = tcsetattr(STDIN_FILENO, TCSADRAIN, &quiet) == 0;
  }
  fputs(prompt, stderr);
  bool ok = read_line(out, e);
  if (hidden) tcsetattr(STDIN_FILENO, TCSADRAIN, &before);
  fputc('\n', stderr);
  return ok;
}

static bool ask_twice(char out[PASSWORD_MAX_BYTES + 2], err *e) {
  char again[PASSWORD_MAX_BYTES + 2];
  if (!ask_once(say("密码：", "Password: "), out, e) ||
      !ask_once(say("再输一次：", "Again: "), again, e))
    return false;
  return strcmp(out, again) == 0 ||
         err_set(e, ERR_BAD_INPUT, "password", "两次输入的密码不一样，请重来。",
                 "The two passwords differ; try again.");
}

bool passphrase_ask(const char *path, bool fresh, char ret[KEY_PASSPHRASE_BYTES], err *e) {
  char typed[PASSWORD_MAX_BYTES + 2];
  if (!isatty(STDIN_FILENO))
    return err_set(e, ERR_USAGE, path,
                   "密钥文件有口令：请在终端里启动，或用环境变量 JISHI_KEY_PASSPHRASE 给出。",
                   "The key file has a passphrase: start on a terminal, or give it by "
                   "JISHI_KEY_PASSPHRASE.");
  fprintf(stderr, say("密钥文件 %s 的口令。\n", "The passphrase of the key file %s.\n"), path);
  bool ok = fresh ? ask_twice(typed, e) : ask_once(say("口令：", "Passphrase: "), typed, e);
  if (ok && (strlen(typed) >= KEY_PASSPHRASE_BYTES || (fresh && strlen(typed) < PASSPHRASE_MIN)))
    ok = err_set(e, ERR_BAD_INPUT, path, "口令要 %d 个字符以上，%d 个字节以内。",
                 "A passphrase has at least %d characters, and at most %d bytes.", PASSPHRASE_MIN,
                 KEY_PASSPHRASE_BYTES - 1);
  if (ok) strcpy(ret, typed);
  explicit_bzero(typed, sizeof typed);
  return ok;
}

bool password_ask(bool generate, const password_rules *rules, asked_password *ret, err *e) {
  if (generate)
    password_generate(ret->clear);
  else if (isatty(STDIN_FILENO) ? !ask_twice(ret->clear, e) : !read_line(ret->clear, e))
    return false;
  return (generate || password_rules_check(rules, text_of(ret->clear), e)) &&
         password_hash(text_of(ret->clear), ret->hash, e);
}
