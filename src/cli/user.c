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
    fputs(say("密码：", "Password: "), stderr);
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

static bool add_officer(engine *g, arena *a, const options *o, err *e) {
  const char *login = o->words[1], *name = option(o, OPTION_OFFICER_NAME), *posts[OPTIONS_MAX];
  size_t post_count = option_all(o, OPTION_POST, posts, OPTIONS_MAX);
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
  json_put_str(&w, name ? name : login);
  json_key(&w, "active");
  json_put_bool(&w, true);
  json_key(&w, "posts");
  json_open(&w, '[');
  for (size_t i = 0; i < post_count; i++) {
    const char *at = strchr(posts[i], '@');
    if (!at)
      return err_set(e, ERR_USAGE, "--post", "岗位要写成 岗位@区域代码。", "A post is ROLE@AREA.");
    json_open(&w, '{');
    json_key(&w, "role");
    json_put_text(&w, (text){posts[i], (size_t)(at - posts[i])});
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

static bool list_officers(engine *g, arena *a, const options *o, err *e) {
  (void)o;
  officer *all = NULL;
  size_t count = 0;
  if (!store_officers(engine_store(g), a, &all, &count, e)) return false;
  for (size_t i = 0; i < count; i++) {
    printf("%s\t%s", all[i].login, all[i].name);
    for (size_t p = 0; p < all[i].post_count; p++)
      printf("\t%s@%s", all[i].posts[p].role, all[i].posts[p].area);
    putchar('\n');
  }
  return true;
}

static bool change_password(engine *g, arena *a, const options *given, err *e) {
  store *s = engine_store(g);
  const char *login = given->words[1];
  officer *o = NULL;
  if (!store_officer_by_login(s, a, text_of(login), &o, e)) return false;
  if (!o) return err_set(e, ERR_UNKNOWN_NAME, login, "没有这个登录名。", "There is no such login.");
  return set_password(s, &o->id, e);
}

typedef bool user_action(engine *g, arena *a, const options *o, err *e);

static int act(const options *o, user_action *action) {
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  engine *g = a ? engine_open(o->words[0], &e) : NULL;
  if (!a) err_memory(&e);
  bool ok = g && action(g, a, o, &e);
  engine_close(g);
  return ok ? EXIT_DONE : say_error(&e);
}

int command_user_add(const options *o) {
  return act(o, add_officer);
}
int command_user_passwd(const options *o) {
  return act(o, change_password);
}
int command_user_list(const options *o) {
  return act(o, list_officers);
}
