/* user import: officers from a list, dry by default. */
#include "base/json_build.h"
#include "cli/areas.h"
#include "cli/commands.h"
#include "cli/report.h"
#include "base/password.h"
#include "engine/writer.h"
#include "import/officers.h"
#include "sheet/table_write.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

/* First passwords go into a file that nobody else can read, a line before each entry. */
typedef struct password_file {
  const char *path;
  FILE *f;
} password_file;

static bool say_unwritten(const char *path, err *e) {
  return err_set(e, ERR_STORE, path, "写不了这个文件（%s）。", "The file cannot be written (%s).",
                 strerror(errno));
}

static bool password_file_open(password_file *p, err *e) {
  int f = open(p->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (f < 0 && errno == EEXIST)
    return err_set(e, ERR_CONFLICT, p->path, "已经有这个文件，请换一个名字。",
                   "The file is there already; choose another name.");
  if (f < 0) return say_unwritten(p->path, e);
  if (!(p->f = fdopen(f, "w"))) {
    close(f);
    return err_memory(e);
  }
  /* The mark lets Excel read it as UTF-8. */
  return fputs(say("\xEF\xBB\xBF登录名,姓名,首次密码\r\n",
                   "\xEF\xBB\xBFlogin,name,first password\r\n"),
               p->f) >= 0 ||
         say_unwritten(p->path, e);
}

static bool first_password(void *context, const officer_line *l, char password[20], err *e) {
  const password_file *p = context;
  AUTO_BUF buf line = {0};
  password_generate(password);
  csv_cell(&line, text_of(l->login));
  buf_char(&line, ',');
  csv_cell(&line, text_of(l->name));
  buf_char(&line, ',');
  csv_cell(&line, text_of(password));
  buf_str(&line, "\r\n");
  if (!buf_ok(&line)) return err_memory(e);
  return (fputs(line.at, p->f) >= 0 && fflush(p->f) == 0 && fsync(fileno(p->f)) == 0) ||
         say_unwritten(p->path, e);
}

static bool apply(engine *g, const officer_list *l, const officer_list_file *file, const char *path,
                  err *e) {
  password_file p = {.path = path};
  officer_list_taking t = {.file = file, .password = first_password, .context = &p};
  if (l->created && !path)
    return err_set(
        e, ERR_USAGE, NULL, "名单里有 %d 位新人，请用 --passwords 文件 写明首次密码存到哪里。",
        "%d are new: say with --passwords FILE where their first passwords go.", (int)l->created);
  if (l->created && !password_file_open(&p, e)) return false;
  writer *w = writer_start(g, NULL, e);
  bool ok = w && officer_list_apply(w, l, &t, e);
  writer_stop(w);
  if (p.f && fclose(p.f) != 0 && ok) ok = say_unwritten(path, e);
  return ok;
}

/* Nothing is applied while a row has a fault. */
static bool take(engine *g, const options *o, arena *a, officer_list *l, err *e) {
  actor system = {.system = true};
  const officer_list_file file = {.who = &system, .path = o->words[1], .id = uuid_v7_now()};
  if (!officer_list_read(engine_store(g), engine_packs(g), a, &file, l, e)) return false;
  return !option_flag(o, OPTION_APPLY) || l->refused ||
         apply(g, l, &file, option(o, OPTION_PASSWORDS), e);
}

/* ---- telling ---- */

typedef struct taking {
  const options *o;
  arena *a;
  engine *g;
  officer_list list;
} taking;

static const char *state_word(bool active) {
  return active ? say("在岗", "active") : say("停用", "closed");
}

static const char *posts_of(const taking *t, const post *posts, size_t count) {
  const char *told = posts_told(engine_store(t->g), engine_packs(t->g), t->a, posts, count);
  return told ? told : "";
}

static void say_change(const char *what, const char *from, const char *to) {
  printf(say("    %s：%s → %s\n", "    %s: %s → %s\n"), what, from, to);
}

/* Who is new, and of the others what changes from what to what. */
static void say_line(const taking *t, const officer_line *l) {
  const officer_change *c = &l->change;
  if (!l->was) {
    printf(say("  新增 %s %s，%s\n", "  new %s %s, %s\n"), l->login, l->name,
           posts_of(t, c->posts, c->post_count));
    return;
  }
  printf(say("  变更 %s %s\n", "  changed %s %s\n"), l->login, l->was->name);
  if (c->name) say_change(say("姓名", "name"), l->was->name, c->name);
  if (c->has_active)
    say_change(say("状态", "state"), state_word(l->was->active), state_word(c->active));
  if (c->posts)
    say_change(say("岗位", "posts"), posts_of(t, l->was->posts, l->was->post_count),
               posts_of(t, c->posts, c->post_count));
}

static void put_posts(json_out *w, const char *key, const post *posts, size_t count) {
  json_key(w, key);
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) {
    json_open(w, '{');
    json_key(w, "role");
    json_put_str(w, posts[i].role);
    json_key(w, "pack");
    json_put_str(w, posts[i].pack);
    json_key(w, "area");
    json_put_str(w, posts[i].area);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* As in the list; `was` has what it is now of what changes. */
static void put_line(json_out *w, const officer_line *l) {
  const officer_change *c = &l->change;
  json_open(w, '{');
  json_key(w, "login");
  json_put_str(w, l->login);
  json_key(w, "name");
  json_put_str(w, l->name);
  if (c->has_active) json_key(w, "active"), json_put_bool(w, c->active);
  if (c->posts) put_posts(w, "posts", c->posts, c->post_count);
  json_key(w, "was");
  if (!l->was) {
    json_put_null(w);
    json_close(w, '}');
    return;
  }
  json_open(w, '{');
  if (c->name) json_key(w, "name"), json_put_str(w, l->was->name);
  if (c->has_active) json_key(w, "active"), json_put_bool(w, l->was->active);
  if (c->posts) put_posts(w, "posts", l->was->posts, l->was->post_count);
  json_close(w, '}');
  json_close(w, '}');
}

static int put(const taking *t, int status) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  officer_list_members(&t->list, &w);
  json_key(&w, "lines");
  json_open(&w, '[');
  for (size_t i = 0; i < t->list.line_count; i++) put_line(&w, &t->list.lines[i]);
  json_close(&w, ']');
  json_close(&w, '}');
  return put_json(&b, status);
}

static int tell(const taking *t) {
  const officer_list *l = &t->list;
  json_builder made = {.a = t->a};
  json_out w = json_to_tree(&made);
  err e;
  int status = l->refused ? EXIT_REFUSED : EXIT_DONE;
  if (option_flag(t->o, OPTION_JSON)) return put(t, status);
  json_open(&w, '{');
  officer_list_members(l, &w);
  json_close(&w, '}');
  const json *report = json_built(&made, &e);
  if (!report) return say_error(&e);
  say_report(report);
  for (size_t i = 0; i < l->line_count; i++) say_line(t, &l->lines[i]);
  if (!option_flag(t->o, OPTION_APPLY))
    puts(say("只检查，没有写入；要写入请加 --apply。", "Only checked; --apply writes."));
  else if (l->refused)
    puts(say("有错，没有写入。", "There are faults; nothing was written."));
  else if (l->created)
    printf(
        say("首次密码在 %s（只有您能读），请发给本人后删除。\n",
            "First passwords are in %s (only you can read it); hand them out, then delete it.\n"),
        option(t->o, OPTION_PASSWORDS));
  return say_written(status);
}

int command_user_import(const options *o) {
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  engine *g = a ? engine_open(o->words[0], &e) : NULL;
  if (!a) err_memory(&e);
  taking t = {.o = o, .a = a, .g = g};
  bool ok = g && take(g, o, a, &t.list, &e);
  if (!ok) name_file(&e, o->words[1]);
  int status = ok ? tell(&t) : say_error(&e);
  engine_close(g);
  return status;
}
