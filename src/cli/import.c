/* import: a roster from the command line, dry by default. */
#include "cli/commands.h"
#include "cli/report.h"

#include "base/json_map.h"
#include "import/choices.h"
#include "import/import.h"
#include "store/rows/county.h"

#include <stdio.h>
#include <string.h>

/* What is told of cells and rows. */
static void say_rows(const json *rows) {
  for (size_t i = 0; rows && i < rows->count; i++) {
    const json *x = &rows->items[i];
    int64_t row = 0;
    json_int(x, "row", &row);
    const text sheet = json_text(x, "sheet"), column = json_text(x, "column"),
               cell = json_text(x, "value"), why = json_text(x, say("zh", "en"));
    if (sheet.bytes) printf(say("“%.*s”", "\"%.*s\", "), (int)sheet.bytes, sheet.at);
    printf(say("第 %lld 行", "row %lld"), (long long)row);
    if (column.bytes) printf(say("，%.*s", ", %.*s"), (int)column.bytes, column.at);
    if (cell.bytes) printf(say("，“%.*s”", ", \"%.*s\""), (int)cell.bytes, cell.at);
    printf(say("：%.*s\n", ": %.*s\n"), (int)why.bytes, why.at);
  }
}

/* A heading with a count, and what it counts; nothing when there is none. */
static void say_list(const json *report, const char *count, const char *list, label heading) {
  int64_t n = 0;
  if (!json_int(report, count, &n) || !n) return;
  printf(say(heading.zh, heading.en), (long long)n);
  puts("");
  say_rows(json_get(report, list));
}

void say_report(const json *report) {
  int64_t n[6] = {0}, marks = 0;
  static const char *const names[] = {"rows", "accepted", "refused", "created", "changed", "same"};
  for (int i = 0; i < 6; i++) json_int(report, names[i], &n[i]);
  printf(say("共 %lld 行：正确 %lld 行，有错 %lld 行；新增 %lld，变更 %lld，相同 %lld。\n",
             "%lld rows: %lld accepted, %lld refused; %lld new, %lld changed, %lld the same.\n"),
         (long long)n[0], (long long)n[1], (long long)n[2], (long long)n[3], (long long)n[4],
         (long long)n[5]);
  const json *notices = json_get(report, "notices");
  for (size_t i = 0; notices && i < notices->count; i++) {
    const text what = json_text(&notices->items[i], say("zh", "en"));
    printf("%.*s\n", (int)what.bytes, what.at);
  }
  if (json_int(report, "marks", &marks) && marks)
    printf(say("%lld 格写的是“无数据”标记，按没填算。\n",
               "%lld cells hold a mark of no value and count as empty.\n"),
           (long long)marks);
  say_rows(json_get(report, "errors"));
  say_list(
      report, "left_out", "cells",
      (label){"%lld 格读不出来，没有导入，这些行的其余内容照常导入：",
              "%lld cells cannot be read and are left out; the rest of their rows is taken in:"});
  say_list(report, "noted", "notes", (label){"%lld 格请核对：", "%lld cells to be checked:"});
  say_list(report, "moves", "move_rows",
           (label){"%lld 行登记在别处：", "%lld rows are registered elsewhere:"});
  say_list(report, "repeated", "repeated_rows",
           (label){"%lld 行和别的行重复，只读一次：", "%lld rows are repeated and read once:"});
  say_list(
      report, "differences", "difference_rows",
      (label){"%lld 处和登记的不同，没有改：", "%lld differ from what is registered, and stay:"});
}

static void show_rows(void *context, int64_t rows) {
  (void)context;
  show_progress(rows, 0);
}

/* After the set-up an officer with the right takes registers in; the command line is nobody. */
static bool may_take_in(store *s, const options *o, err *e) {
  day until = DAY_NONE;
  if (!option(o, OPTION_TAKING_IN)) return true;
  if (!store_set_up_get(s, &until, e)) return false;
  if (until == DAY_NONE) return true;
  char on[11];
  day_format(until, on);
  return err_set(e, ERR_DENIED, "--taking-in",
                 "建县录入已于 %s 结束，请由有“首次录入”权限的人在网页上导入。",
                 "The county's set-up ended on %s; an officer with the right take_in imports it in "
                 "the office app.",
                 on);
}

/* --map HEADING=FIELD, as somebody would choose it in the office app. */
static bool read_map(const options *o, arena *a, import_choices *ret, err *e) {
  const char *given[OPTIONS_MAX];
  const size_t n = option_all(o, OPTION_MAP, given, OPTIONS_MAX);
  json *map = json_map_new(a);
  *ret = (import_choices){.sheet = TEXT("")};
  for (size_t i = 0; i < n; i++) {
    const char *sign = strrchr(given[i], '=');
    if (!sign || sign == given[i])
      return err_set(e, ERR_USAGE, "--map", "--map 写作 列=字段，例如 编号=类型.字段。",
                     "--map is written HEADING=FIELD, such as No=kind.field.");
    json *to = ARENA_NEW(a, json);
    if (!to) return err_memory(e);
    *to = (json){.type = JSON_TEXT, .s = text_of(sign + 1)};
    if (!json_set_key(a, map, (text){given[i], (size_t)(sign - given[i])}, to))
      return err_memory(e);
  }
  ret->map = n ? map : NULL;
  return map || err_memory(e);
}

static bool take(engine *g, const options *o, const import_layout *layout, arena *a, const uuid *id,
                 text *report, err *e) {
  actor system = {.system = true};
  const char *slash = strrchr(o->words[1], '/');
  import_choices choices;
  if (!read_map(o, a, &choices, e)) return false;
  const import_file file = {.who = &system,
                            .choices = &choices,
                            .layout = layout,
                            .path = o->words[1],
                            .taking_in = option(o, OPTION_TAKING_IN),
                            .sheet = option(o, OPTION_ONE_SHEET),
                            .take_rest = option_flag(o, OPTION_TAKE_REST),
                            .take_moves = option_flag(o, OPTION_MOVE),
                            .taking_in_on = DAY_NONE,
                            .name = slash ? slash + 1 : o->words[1],
                            .progress = option_flag(o, OPTION_APPLY) ? show_rows : NULL};
  store *reader = store_open(o->words[0], DB_READ, store_county(engine_store(g)), e);
  bool ok =
      reader && store_use_packs(reader, engine_packs(g), false, e) && may_take_in(reader, o, e);
  if (ok && option_flag(o, OPTION_APPLY)) {
    writer *w = writer_start(g, NULL, e);
    ok = w && import_apply(w, reader, a, &file, id, report, e);
    end_progress();
    writer_stop(w);
  } else if (ok) {
    ok = import_check(reader, a, &file, day_today(), report, e);
  }
  store_close(reader);
  return ok;
}

static void no_such_layout(const catalog *packs, const char *word, err *e) {
  enum { LAYOUTS_MAX = 256 };
  known_name names[LAYOUTS_MAX];
  size_t n = 0;
  for (size_t i = 0; i < packs->count; i++)
    for (size_t k = 0; k < packs->packs[i]->import_count && n < LAYOUTS_MAX; k++) {
      const import_layout *l = &packs->packs[i]->imports[k];
      names[n++] = (known_name){.name = l->name, .title = say(l->title.zh, l->title.en)};
    }
  keep_names(word, names, n, LAYOUTS_MAX);
  err_set(e, ERR_UNKNOWN_NAME, "--layout", "没有“%s”这种名册版式。", "There is no layout \"%s\".",
          word);
}

static void say_applied(const options *o, const char *number) {
  AUTO_BUF buf location = {0};
  buf_shell(&location, o->words[0]);
  printf(say("正确的行已写入，导入编号 %s。要整批撤销：\n  %s undo %s %s\n",
             "The accepted rows are written as import %s. To take it back as a whole:\n  %s undo "
             "%s %s\n"),
         number, called(), buf_ok(&location) && location.at ? location.at : "", number);
}

static void tell(const options *o, const json *tree, text report, const uuid *id) {
  const bool applied = option_flag(o, OPTION_APPLY);
  int64_t accepted = 0;
  json_int(tree, "accepted", &accepted);
  char number[37];
  uuid_format(id, number);
  if (!option_flag(o, OPTION_JSON)) {
    say_report(tree);
    if (applied && !accepted)
      puts(say("没有一行可以写入。", "There is no row to write."));
    else if (applied)
      say_applied(o, number);
    else
      puts(say("只检查，没有写入；要写入请加 --apply。", "Only checked; --apply writes."));
  } else if (applied) { /* before the report's own members */
    printf("{\"import_id\":\"%s\",%.*s\n", number, (int)report.bytes - 1, report.at + 1);
  } else {
    printf("%.*s\n", (int)report.bytes, report.at);
  }
}

int command_import(const options *o) {
  err e;
  arena *a AUTO_ARENA = arena_new(0);
  engine *g = a ? engine_open(o->words[0], &e) : NULL;
  if (!a) err_memory(&e);
  const found_name found =
      g ? catalog_import(engine_packs(g), text_of(option(o, OPTION_LAYOUT))) : (found_name){0};
  const import_layout *layout = found.item;
  if (found.several)
    err_set(&e, ERR_BAD_INPUT, "--layout", "有几个业务包都有“%s”这种名册版式，请写成 业务包.版式。",
            "Several packs have a layout \"%s\"; write pack.layout.", option(o, OPTION_LAYOUT));
  else if (g && !layout)
    no_such_layout(engine_packs(g), option(o, OPTION_LAYOUT), &e);
  text report = TEXT("");
  const uuid id = uuid_v7_now();
  bool ok = layout && take(g, o, layout, a, &id, &report, &e);
  json *tree = ok ? json_parse(a, report, &e) : NULL;
  if (tree) tell(o, tree, report, &id);
  engine_close(g);
  if (!tree) return name_file(&e, o->words[1]), say_error(&e);
  int64_t refused = 0;
  json_int(tree, "refused", &refused);
  return say_written(refused ? EXIT_REFUSED : EXIT_DONE);
}
