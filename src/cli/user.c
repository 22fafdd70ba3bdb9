/* user: officers, their posts, their passwords. Each change is an OFFICER entry of the journal. */
#include "cli/areas.h"
#include "cli/commands.h"
#include "cli/password_ask.h"
#include "cli/table_print.h"
#include "engine/writer.h"
#include "import/officers.h"
#include "store/rows/settings.h"

#include <stdio.h>

/* What every one of these commands works with. */
typedef struct desk {
  const options *o;
  arena *a;
  engine *g;
  store *s;
} desk;

static bool officer_given(const desk *d, officer **ret, err *e) {
  const char *login = d->o->words[1];
  officer *all = NULL;
  size_t count = 0;
  if (!store_officer_find_by_login(d->s, d->a, text_of(login), ret, e)) return false;
  if (*ret) return true;
  if (!store_officers(d->s, d->a, &all, &count, e)) return false;
  known_name *names = ARENA_ARRAY(d->a, count, known_name);
  if (!names) return err_memory(e);
  for (size_t i = 0; i < count; i++)
    names[i] = (known_name){.name = all[i].login, .title = all[i].name};
  keep_names(login, names, count, 8);
  return err_set(e, ERR_UNKNOWN_NAME, login, "没有这个登录名。", "There is no such login.");
}

/* All --post of the command line; *ret NULL: none. */
static bool posts_given(const desk *d, post **ret, size_t *ret_count, err *e) {
  const char *words[OPTIONS_MAX];
  *ret_count = option_all(d->o, OPTION_POST, words, OPTIONS_MAX);
  *ret = *ret_count ? ARENA_ARRAY(d->a, *ret_count, post) : NULL;
  if (*ret_count && !*ret) return err_memory(e);
  for (size_t i = 0; i < *ret_count; i++)
    if (!post_given(d->s, engine_packs(d->g), d->a, words[i], &(*ret)[i], e)) return false;
  return true;
}

/* Through the writer, as the service does it: its lock keeps the journal in order beside a running
 * service. */
static bool send(const desk *d, const officer_change *change, const char *hash, err *e) {
  actor system = {.system = true};
  answer out;
  command c = {.verb = VERB_OFFICER,
               .id = uuid_v7_now(),
               .who = system,
               .password_hash = hash,
               .first_password = hash && !option_flag(d->o, OPTION_LASTING)};
  if (!(c.body = officer_change_body(d->a, change, e))) return false;
  writer *w = writer_start(d->g, NULL, e);
  bool ok = w && writer_apply(w, &c, d->a, &out, e);
  writer_stop(w);
  return ok;
}

static void put_officer(const desk *d, json_out *w, const officer *x) {
  char id[37];
  uuid_format(&x->id, id);
  json_key(w, "id");
  json_put_str(w, id);
  json_key(w, "login");
  json_put_str(w, x->login);
  json_key(w, "name");
  json_put_str(w, x->name);
  json_key(w, "active");
  json_put_bool(w, x->active);
  json_key(w, "posts");
  json_open(w, '[');
  for (size_t i = 0; i < x->post_count; i++) {
    json_open(w, '{');
    json_key(w, "role");
    json_put_str(w, x->posts[i].role);
    json_key(w, "pack");
    json_put_str(w, x->posts[i].pack);
    json_key(w, "area");
    json_put_str(w, x->posts[i].area);
    json_key(w, "area_name");
    json_put_str(w, area_title(d->s, d->a, x->posts[i].area));
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* For programs: the officer as he is now. */
static bool put_told(const desk *d, const officer *x, const char *first_password, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  put_officer(d, &w, x);
  if (first_password) {
    json_key(&w, "first_password");
    json_put_str(&w, first_password);
  }
  json_close(&w, '}');
  if (!buf_ok(&b)) return err_memory(e);
  puts(b.at);
  return true;
}

/* As send, with a new password. Where nobody knows whether it was saved, the one that was made must
 * not be lost. */
static bool send_password(const desk *d, const officer_change *change, const asked_password *p,
                          err *e) {
  err why;
  if (send(d, change, p->hash, &why)) return true;
  *e = why;
  if ((why.code != ERR_STORE && why.code != ERR_UNCERTAIN) || !option_flag(d->o, OPTION_GENERATE))
    return false;
  return err_set(e, why.code, why.where, "%s（如果后来查到已经保存，密码就是 %s）",
                 "%s (If it turns out to be saved, the password is %s.)", LABEL(why), p->clear);
}

/* What became of him: a sentence of one's own, or `done` with what he is now. */
typedef struct outcome {
  const char *done, *sentence;
  const asked_password *password; /* a new one; shown when it was generated */
} outcome;

static bool tell_officer(const desk *d, const uuid *id, outcome x, err *e) {
  officer *now = NULL;
  const char *shown = x.password && option_flag(d->o, OPTION_GENERATE) ? x.password->clear : NULL;
  if (!store_officer_find(d->s, d->a, id, &now, e)) return false;
  if (!now) return err_set(e, ERR_INTERNAL, NULL, "没有存下来。", "It was not stored.");
  if (option_flag(d->o, OPTION_JSON)) return put_told(d, now, shown, e);
  const char *posts = posts_told(d->s, engine_packs(d->g), d->a, now->posts, now->post_count);
  if (!posts) return err_memory(e);
  if (x.sentence)
    printf("%s%s\n", now->login, x.sentence);
  else
    printf(say("%s：%s %s，%s\n", "%s: %s %s, %s\n"), x.done, now->login, now->name,
           posts[0] ? posts : say("没有岗位", "no post"));
  if (shown)
    printf(say("首次密码：%s（本人首次登录时要改）\n",
               "First password: %s (to be changed when first signing in)\n"),
           shown);
  return true;
}

/* Of an officer's, by what the county has decided. */
static bool ask_password(const desk *d, const char *login, const char *name, asked_password *ret,
                         err *e) {
  county_settings settings;
  if (!store_settings(d->s, &settings, e)) return false;
  password_rules rules = {settings.password_length, text_of(login), text_of(name),
                          text_cut(text_of(store_county(d->s)), 6)};
  return password_ask(option_flag(d->o, OPTION_GENERATE), &rules, ret, e);
}

/* ---- the commands ---- */

static bool add(desk *d, err *e) {
  const char *login = d->o->words[1];
  officer_change c = {.id = uuid_v7_now(),
                      .login = login,
                      .name = option(d->o, OPTION_OFFICER_NAME),
                      .password = true};
  officer *same = NULL;
  post *posts = NULL;
  asked_password p;
  if (!posts_given(d, &posts, &c.post_count, e) ||
      !store_officer_find_by_login(d->s, d->a, text_of(login), &same, e))
    return false;
  if (same)
    return err_set(e, ERR_CONFLICT, login, "这个登录名已经有人用了（%s），请换一个。",
                   "This login is taken (%s); choose another.", same->name);
  c.posts = posts;
  return ask_password(d, login, c.name, &p, e) && send_password(d, &c, &p, e) &&
         tell_officer(d, &c.id, (outcome){.done = say("已添加", "Added"), .password = &p}, e);
}

static bool change(desk *d, err *e) {
  officer *x = NULL;
  post *posts = NULL;
  officer_change c = {.login = option(d->o, OPTION_LOGIN),
                      .name = option(d->o, OPTION_OFFICER_NAME)};
  if (!officer_given(d, &x, e) || !posts_given(d, &posts, &c.post_count, e)) return false;
  c.id = x->id;
  c.posts = posts;
  if (!c.login && !c.name && !c.posts)
    return err_set(e, ERR_USAGE, NULL, "请写明改什么：--name、--login 或 --post。",
                   "Say what to change: --name, --login or --post.");
  return send(d, &c, NULL, e) &&
         tell_officer(d, &x->id, (outcome){.done = say("已修改", "Changed")}, e);
}

/* His posts over one area go to another; which one must be said when he has several. */
static bool move(desk *d, err *e) {
  officer *x = NULL;
  char to[13], from[13] = "";
  if (!officer_given(d, &x, e) || !area_given(d->s, d->a, d->o->words[2], d->o->words[2], to, e) ||
      (option(d->o, OPTION_FROM) &&
       !area_given(d->s, d->a, option(d->o, OPTION_FROM), "--from", from, e)))
    return false;
  post *posts = ARENA_ARRAY(d->a, x->post_count, post);
  size_t moved = 0;
  if (!posts) return err_memory(e);
  for (size_t i = 0; i < x->post_count; i++) {
    if (!option(d->o, OPTION_FROM) && from[0] && strcmp(from, x->posts[i].area) != 0)
      return err_set(e, ERR_USAGE, NULL, "%s 的岗位不在同一个区域，请用 --from 写明调哪一个：%s。",
                     "The posts of %s are over several areas; name one with --from: %s.", x->login,
                     posts_told(d->s, engine_packs(d->g), d->a, x->posts, x->post_count));
    if (!option(d->o, OPTION_FROM)) memcpy(from, x->posts[i].area, sizeof from);
    posts[i] = x->posts[i];
    if (strcmp(posts[i].area, from) != 0) continue;
    memcpy(posts[i].area, to, sizeof to);
    moved++;
  }
  if (!moved)
    return err_set(e, ERR_NOT_ALLOWED, x->login, "他在那里没有岗位。",
                   "There is no post of his over that area.");
  officer_change c = {.id = x->id, .posts = posts, .post_count = x->post_count};
  return send(d, &c, NULL, e) &&
         tell_officer(d, &x->id, (outcome){.done = say("已调动", "Moved")}, e);
}

static bool set_active(desk *d, bool active, err *e) {
  officer *x = NULL;
  if (!officer_given(d, &x, e)) return false;
  if (x->active == active)
    return tell_officer(d, &x->id,
                        (outcome){.sentence = active
                                                  ? say(" 本来就在用。", " is active already.")
                                                  : say(" 本来就已停用。", " is closed already.")},
                        e);
  officer_change c = {.id = x->id, .has_active = true, .active = active};
  return send(d, &c, NULL, e) &&
         tell_officer(
             d, &x->id,
             (outcome){.done = active ? say("已恢复", "Reopened") : say("已停用", "Closed")}, e);
}

static bool close_officer(desk *d, err *e) {
  return set_active(d, false, e);
}
static bool reopen(desk *d, err *e) {
  return set_active(d, true, e);
}

static bool passwd(desk *d, err *e) {
  officer *x = NULL;
  asked_password p;
  if (!officer_given(d, &x, e) || !ask_password(d, x->login, x->name, &p, e)) return false;
  officer_change c = {
      .id = x->id, .password = true, .drop_codes = option_flag(d->o, OPTION_DROP_CODES)};
  return send_password(d, &c, &p, e) &&
         tell_officer(
             d, &x->id,
             (outcome){.sentence = say(" 的密码已换，他已登录的地方都已退出。",
                                       " has a new password and is signed out everywhere."),
                       .password = &p},
             e);
}

static bool list(desk *d, err *e) {
  officer *all = NULL;
  size_t count = 0;
  if (!store_officers(d->s, d->a, &all, &count, e)) return false;
  if (option_flag(d->o, OPTION_JSON)) {
    AUTO_BUF buf b = {0};
    json_out w = json_to(&b);
    json_open(&w, '{');
    json_key(&w, "items");
    json_open(&w, '[');
    for (size_t i = 0; i < count; i++) {
      json_open(&w, '{');
      put_officer(d, &w, &all[i]);
      json_close(&w, '}');
    }
    json_close(&w, ']');
    json_close(&w, '}');
    if (!buf_ok(&b)) return err_memory(e);
    puts(b.at);
    return true;
  }
  const char *heads[] = {say("登录名", "login"), say("姓名", "name"), say("状态", "state"),
                         say("岗位", "posts")};
  table_print t = table_print_new(d->a, 4, heads, "llll");
  for (size_t i = 0; i < count; i++) {
    table_print_cell(&t, all[i].login);
    table_print_cell(&t, all[i].name);
    table_print_cell(&t, all[i].active ? say("在岗", "active") : say("停用", "closed"));
    table_print_cell(&t,
                     posts_told(d->s, engine_packs(d->g), d->a, all[i].posts, all[i].post_count));
  }
  return table_print_out(&t, e);
}

static int act(const options *o, bool (*action)(desk *d, err *e)) {
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  engine *g = a ? engine_open(o->words[0], &e) : NULL;
  if (!a) err_memory(&e);
  desk d = {.o = o, .a = a, .g = g, .s = g ? engine_store(g) : NULL};
  bool ok = g && action(&d, &e);
  engine_close(g);
  return ok ? say_written(EXIT_DONE) : say_error(&e);
}

int command_user_add(const options *o) {
  return act(o, add);
}
int command_user_change(const options *o) {
  return act(o, change);
}
int command_user_move(const options *o) {
  return act(o, move);
}
int command_user_close(const options *o) {
  return act(o, close_officer);
}
int command_user_reopen(const options *o) {
  return act(o, reopen);
}
int command_user_passwd(const options *o) {
  return act(o, passwd);
}
int command_user_list(const options *o) {
  return act(o, list);
}
