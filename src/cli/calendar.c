/* calendar: which holiday notices the county has, and taking in the next. */
#include "cli/commands.h"

#include "base/json_map.h"
#include "engine/engine.h"
#include "engine/init.h"
#include "store/rows/cases.h"

#include <stdio.h>

typedef struct taking {
  engine *g;
  const json *withdrawal; /* the command's body; NULL: a file is taken in */
  int64_t withdrawn;
  arena *a;
  calendar_notices notices; /* of the file: from the first to the last that is not known */
  calendar_notices before_notices;
  casework *before; /* open cases with a deadline, by id */
  size_t before_count;
  answer answer;
} taking;

/* ---- what is new in the file ---- */

static bool same_days(const day *x, size_t x_count, const day *y, size_t y_count) {
  return x_count == y_count && (!x_count || memcmp(x, y, x_count * sizeof *x) == 0);
}

static bool same_notice(const calendar_notice *x, const calendar_notice *y) {
  return text_equal(x->reference, y->reference) &&
         same_days(x->holidays, x->holiday_count, y->holidays, y->holiday_count) &&
         same_days(x->workdays, x->workday_count, y->workdays, y->workday_count);
}

/* What the county had of that year; NULL: nothing. */
static const calendar_notice *known_of(const taking *t, int year) {
  for (size_t i = 0; i < t->before_notices.count; i++)
    if (t->before_notices.items[i].year == year) return &t->before_notices.items[i];
  return NULL;
}

static bool is_known(const taking *t, const calendar_notice *n) {
  const calendar_notice *was = known_of(t, n->year);
  return was && same_notice(was, n);
}

/* Notices go by years without a gap: one in between stays. */
static void leave_out_known(taking *t) {
  calendar_notices *n = &t->notices;
  t->before_notices = calendar_known(engine_calendar(t->g));
  while (n->count && is_known(t, &n->items[n->count - 1])) n->count--;
  while (n->count && is_known(t, &n->items[0])) {
    n->items++;
    n->count--;
  }
}

/* ---- in words ---- */

static void say_years(const calendar *c) {
  int first = 0, last = 0;
  if (!calendar_years(c, &first, &last))
    puts(say("还没有放假通知，工作日无法计算。",
             "There are no holiday notices; working days cannot be counted."));
  else
    printf(say("有%d年至%d年的放假通知；%d年起的工作日期限是暂定的。\n",
               "There are holiday notices of %d to %d; working-day deadlines from %d on are "
               "provisional.\n"),
           first, last, last + 1);
}

static void say_notice(const calendar_notice *n, const char *what) {
  printf(say("  %d年%s：放假%zu天，调休上班%zu天（%.*s）\n",
             "  %d%s: %zu days off, %zu make-up days (%.*s)\n"),
         n->year, what, n->holiday_count, n->workday_count, (int)n->reference.bytes,
         n->reference.at);
}

static const casework *was(const taking *t, const uuid *id) {
  for (size_t i = 0; i < t->before_count; i++)
    if (uuid_equal(&t->before[i].id, id)) return &t->before[i];
  return NULL;
}

static bool each_changed(taking *t,
                         void (*tell)(json_out *w, const casework *from, const casework *to),
                         json_out *w, err *e) {
  for (size_t i = 0; i < t->answer.case_count; i++) {
    const casework *from = was(t, &t->answer.cases[i]);
    casework *to = NULL;
    if (!store_case_find(engine_store(t->g), t->a, &t->answer.cases[i], NULL, &to, e)) return false;
    if (from && to) tell(w, from, to);
  }
  return true;
}

static void say_changed(json_out *unused, const casework *from, const casework *to) {
  (void)unused;
  char id[37], old[11], now[11];
  uuid_format(&to->id, id);
  day_format(from->deadline, old);
  day_format(to->deadline, now);
  printf(say("  个案 %s：期限 %s → %s%s\n", "  case %s: deadline %s → %s%s\n"), id, old, now,
         to->deadline_provisional ? say("（暂定）", " (provisional)") : "");
}

static bool say_taken(taking *t, bool apply, err *e) {
  const calendar *c = engine_calendar(t->g);
  if (t->withdrawal)
    printf(say("  %lld年的放假通知撤回\n", "  the notice of %lld is withdrawn\n"),
           (long long)t->withdrawn);
  for (size_t i = 0; i < t->notices.count; i++) {
    const calendar_notice *n = &t->notices.items[i], *was = known_of(t, n->year);
    say_notice(n, !was                  ? say("（新的）", " (new)")
                  : same_notice(was, n) ? say("（没有变化）", " (as it is)")
                                        : say("（代替原来的）", " (replaces the one there)"));
  }
  printf(say("期限有变的个案：%zu 个\n", "Cases whose deadline changes: %zu\n"),
         t->answer.case_count);
  if (!each_changed(t, say_changed, NULL, e)) return false;
  if (apply)
    say_years(c);
  else
    puts(say("以上只是预览；写上 --apply 才收进。",
             "This is what would change; give --apply to take it in."));
  return true;
}

/* ---- for programs ---- */

static void put_changed(json_out *w, const casework *from, const casework *to) {
  char text[37];
  json_open(w, '{');
  json_key(w, "case");
  uuid_format(&to->id, text);
  json_put_str(w, text);
  json_key(w, "was");
  day_format(from->deadline, text);
  json_put_str(w, text);
  json_key(w, "deadline");
  day_format(to->deadline, text);
  json_put_str(w, text);
  json_key(w, "deadline_provisional");
  json_put_bool(w, to->deadline_provisional);
  json_close(w, '}');
}

static bool put_calendar(buf *b, taking *t, bool apply, err *e) {
  calendar_notices all = calendar_known(engine_calendar(t->g));
  json_out w = json_to(b);
  json_open(&w, '{');
  json_key(&w, "applied");
  json_put_bool(&w, apply);
  json_key(&w, "notices");
  calendar_write_json(&w, &all);
  json_key(&w, "changed");
  json_open(&w, '[');
  bool ok = each_changed(t, put_changed, &w, e);
  json_close(&w, ']');
  json_close(&w, '}');
  return ok;
}

/* ---- doing it ---- */

static bool read_withdrawal(taking *t, const options *o, err *e) {
  const char *reason = option(o, OPTION_REASON);
  json *body = json_map_new(t->a);
  if (!json_set_int(t->a, body, "withdrawn", t->withdrawn) ||
      !json_set_text(t->a, body, "reason", text_of(reason ? reason : "")))
    return err_memory(e);
  t->withdrawal = body;
  return true;
}

/* `file` NULL: nothing is taken in. */
static bool read_file(taking *t, const char *file, err *e) {
  if (file && !calendar_read_file(t->a, file, &t->notices, e)) return false;
  leave_out_known(t);
  return store_cases_with_deadline(engine_store(t->g), t->a, &t->before, &t->before_count, e);
}

static bool tell(taking *t, bool json, bool apply, err *e) {
  if (!json && (t->notices.count || t->withdrawal)) return say_taken(t, apply, e);
  if (json) {
    AUTO_BUF buf b = {0};
    return put_calendar(&b, t, apply, e) && put_json(&b, EXIT_DONE) == EXIT_DONE;
  }
  calendar_notices all = calendar_known(engine_calendar(t->g));
  say_years(engine_calendar(t->g));
  for (size_t i = 0; i < all.count; i++) say_notice(&all.items[i], "");
  return true;
}

/* Without `apply` all of it is done, told, and rolled back: a plan that cannot differ. */
static bool take(taking *t, bool json, bool apply, err *e) {
  command c;
  if (!t->notices.count && !t->withdrawal) {
    if (!json)
      puts(say("这个文件里的通知都已经有了，没有要收的。",
               "The notices of this file are there already; there is nothing to take in."));
    return tell(t, json, false, e);
  }
  if (t->withdrawal)
    c = (command){
        .verb = VERB_CALENDAR, .id = uuid_v7_now(), .who = {.system = true}, .body = t->withdrawal};
  else if (!notices_command(&t->notices, t->a, &c, e))
    return false;
  if (!engine_begin(t->g, e)) return false;
  bool ok = engine_apply(t->g, &c, t->a, &t->answer, e);
  if (ok && apply) return engine_commit(t->g, e) && tell(t, json, apply, e);
  ok = ok && tell(t, json, apply, e);
  engine_rollback(t->g);
  return ok;
}

int command_calendar(const options *o) {
  err e;
  const char *file = o->word_count > 1 ? o->words[1] : NULL;
  taking t = {.withdrawn = 0};
  if (!option_int(o, OPTION_WITHDRAW, 1, 9999, &t.withdrawn)) return EXIT_USAGE;
  bool changes = file || t.withdrawn, json = option_flag(o, OPTION_JSON),
       apply = changes && option_flag(o, OPTION_APPLY);
  if (file && t.withdrawn)
    return say_error(&(err){.code = ERR_USAGE,
                            .zh = "请先收进，再撤回：一次只写文件或 --withdraw。",
                            .en = "Give a file or --withdraw, one at a time."});
  if (!(t.a = arena_new(0))) err_memory(&e);
  t.g = t.a ? engine_open(o->words[0], &e) : NULL;
  bool ok = t.g && (!t.withdrawn || read_withdrawal(&t, o, &e)) &&
            (!changes || read_file(&t, file, &e)) &&
            (changes ? take(&t, json, apply, &e) : tell(&t, json, false, &e));
  int status = ok ? EXIT_DONE : say_error(&e);
  engine_close(t.g);
  arena_free(t.a);
  return status;
}
