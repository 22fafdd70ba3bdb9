/* user: officers and their passwords. */
#include "cli/commands.h"

#include "base/ident.h"
#include "base/password.h"
#include "engine/engine.h"

#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static bool read_password(char out[PASSWORD_MAX + 2], err *e) {
  bool asks = isatty(STDIN_FILENO);
  struct termios before, quiet;
  if (asks) {
    fputs(speaks_english() ? "Password: " : "密码：", stderr);
    if (tcgetattr(STDIN_FILENO, &before) == 0) {
      quiet = before;
      quiet.c_lflag &= ~(tcflag_t)ECHO;
      tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
    }
  }
  char *got = fgets(out, PASSWORD_MAX + 2, stdin);
  if (asks) {
    tcsetattr(STDIN_FILENO, TCSANOW, &before);
    fputc('\n', stderr);
  }
  if (!got) return err_set(e, ERR_USAGE, NULL, "没有读到密码。", "No password was given.");
  out[strcspn(out, "\r\n")] = 0;
  return true;
}

static bool set_password(store *s, const uuid *id, err *e) {
  char password[PASSWORD_MAX + 2];
  credential c = {{0}, 0, 0};
  if (!read_password(password, e) || !password_hash(text_of(password), c.password_hash, e))
    return false;
  db *d = store_db(s);
  if (!db_begin(d, e)) return false;
  if (store_credential_put(s, id, &c, e) && db_commit(d, e)) return true;
  db_rollback(d);
  return false;
}

static bool add_officer(engine *g, arena *a, const options *o, const char *login, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  uuid id = uuid_v7_now(), entry_id = uuid_v7_now();
  char text_id[37];
  uuid_format(&id, text_id);
  json_open(&w, '{');
  json_key(&w, "id");
  json_put_str(&w, text_id);
  json_key(&w, "login");
  json_put_str(&w, login);
  json_key(&w, "name");
  json_put_str(&w, option(o, "name") ? option(o, "name") : login);
  json_key(&w, "active");
  json_put_bool(&w, true);
  json_key(&w, "posts");
  json_open(&w, '[');
  for (int i = 0; i < o->named_count; i++) {
    if (strncmp(o->named[i].name, "post", 4) != 0) continue;
    const char *at = strchr(o->named[i].value, '@');
    if (!at)
      return err_set(e, ERR_USAGE, "--post", "岗位要写成 岗位@区域代码。", "A post is ROLE@AREA.");
    json_open(&w, '{');
    json_key(&w, "role");
    json_put_text(&w, (text){o->named[i].value, (size_t)(at - o->named[i].value)});
    json_key(&w, "area");
    json_put_str(&w, at + 1);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_close(&w, '}');
  json *body = buf_ok(&b) ? json_parse(a, buf_view(&b), e) : NULL;
  if (!body) return buf_ok(&b) ? false : err_memory(e);
  command c = {.verb = VERB_OFFICER, .id = entry_id, .who = {.system = true}, .body = body};
  answer out;
  db *d = store_db(engine_store(g));
  if (!db_begin(d, e)) return false;
  if (!engine_apply(g, &c, a, &out, e) || !db_commit(d, e)) {
    db_rollback(d);
    return false;
  }
  engine_committed(g);
  return set_password(engine_store(g), &id, e);
}

static bool list_officers(store *s, arena *a, err *e) {
  officer *all = NULL;
  size_t count = 0;
  if (!store_officers(s, a, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    printf("%s\t%s", all[i].login, all[i].name);
    for (size_t p = 0; p < all[i].post_count; p++)
      printf("\t%s@%s", all[i].posts[p].role, all[i].posts[p].area);
    putchar('\n');
  }
  return true;
}

static bool change_password(store *s, arena *a, const char *login, err *e) {
  officer *o = NULL;
  if (!store_officer_by_login(s, a, text_of(login), &o, e)) return false;
  if (!o) return err_set(e, ERR_UNKNOWN_NAME, login, "没有这个登录名。", "There is no such login.");
  return set_password(s, &o->id, e);
}

int command_user(int argc, char **argv) {
  static const char *const values[] = {"name", "post", NULL};
  options o;
  if (!options_read(argc, argv, NULL, values, &o)) return EXIT_USAGE;
  const char *what = o.word_count > 1 ? o.words[1] : "";
  bool add = strcmp(what, "add") == 0 && o.word_count == 3,
       list = strcmp(what, "list") == 0 && o.word_count == 2,
       passwd = strcmp(what, "passwd") == 0 && o.word_count == 3;
  if (!add && !list && !passwd) {
    fputs(speaks_english()
              ? "user PLACE add LOGIN --name NAME --post ROLE@AREA… | passwd LOGIN | list\n"
              : "用法：user 位置 add 登录名 --name 姓名 --post 岗位@区域代码… | passwd 登录名 | "
                "list\n",
          stderr);
    return EXIT_USAGE;
  }
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  engine *g = a ? engine_open(o.words[0], home_file("data/calendar.yaml"), &e) : NULL;
  if (!a) err_memory(&e);
  bool ok = g && (add    ? add_officer(g, a, &o, o.words[2], &e)
                  : list ? list_officers(engine_store(g), a, &e)
                         : change_password(engine_store(g), a, o.words[2], &e));
  engine_close(g);
  return ok ? EXIT_DONE : say_error(&e);
}
