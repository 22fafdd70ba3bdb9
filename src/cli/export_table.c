/* export-table: a ledger, a saved table, or the records of a kind as a file. */
#include "cli/areas.h"
#include "cli/commands.h"

#include "base/json_map.h"
#include "engine/writer.h"
#include "print/ledger_file.h"
#include "store/rows/saved_tables.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

typedef struct exporting {
  const options *o;
  engine *g;
  store *s;
  arena *a;
  json *asked;
  ledger ledger;
  ledger_view view;
  table_format format;
  bool gb18030;
  table_writer *writer;
  ledger_end end;
} exporting;

/* ---- what is asked for ---- */

static bool copy_asked(exporting *t, const json *from, err *e) {
  for (size_t i = 0; i < from->count; i++)
    if (!json_set_key(t->a, t->asked, from->keys[i], &from->items[i])) return err_memory(e);
  return true;
}

/* One that somebody kept, by its name or number; *ret_found. */
static bool take_saved(exporting *t, const char *word, bool *ret_found, err *e) {
  saved_table *all = NULL;
  size_t count = 0;
  uuid id = {{0}};
  const bool by_id = uuid_parse(text_of(word), &id);
  *ret_found = false;
  if (!store_saved_tables(t->s, t->a, &id, &all, &count, e)) return false;
  for (size_t i = 0; i < count && !*ret_found; i++) {
    if (by_id ? !uuid_equal(&all[i].id, &id) : strcmp(all[i].name, word) != 0) continue;
    const json *asked = json_parse(t->a, all[i].asked, e);
    if (!asked || !copy_asked(t, asked, e)) return false;
    *ret_found = true;
  }
  return true;
}

static bool add_column(exporting *t, json *list, const char *key, text says, err *e) {
  json *one = json_map_new(t->a);
  if (!one || !json_set_text(t->a, one, key, says)) return err_memory(e);
  list->items[list->count++] = *one;
  return true;
}

/* What stands in lists of them, behind whom it is about and where. */
static bool usual_columns(exporting *t, const kind *k, const event_kind *ev, json *list, err *e) {
  const field *fields = ev ? ev->fields : k->fields;
  const int *shown = ev ? ev->list : k->list;
  const size_t count = ev ? ev->list_count : k->list_count;
  list->items = ARENA_ARRAY(t->a, count + 4, json);
  if (!list->items) return err_memory(e);
  if (!add_column(t, list, "shows", TEXT("number"), e) ||
      (ev && !add_column(t, list, "shows", TEXT("day"), e)) ||
      (ev && !add_column(t, list, "shows", TEXT("title"), e)) ||
      !add_column(t, list, "shows", TEXT("area"), e))
    return false;
  for (size_t i = 0; i < count; i++)
    if (!add_column(t, list, "what", text_of(fields[shown[i]].name), e)) return false;
  return true;
}

/* The comma behind the next column; commas within brackets and quotes are its own. */
static size_t column_end(text left) {
  int depth = 0;
  char quote = 0;
  size_t i = 0;
  for (; i < left.bytes; i++) {
    const char c = left.at[i];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '(' || c == '[' || c == '{') {
      depth++;
    } else if (c == ')' || c == ']' || c == '}') {
      depth--;
    } else if (c == ',' && depth <= 0) {
      break;
    }
  }
  return i;
}

/* "area,code,size(trees)": a field, a word of pack/model/ledger.h, or CEL. */
static bool named_columns(exporting *t, const kind *k, const event_kind *ev, text names, json *list,
                          err *e) {
  const field *fields = ev ? ev->fields : k->fields;
  const size_t count = ev ? ev->field_count : k->field_count;
  list->items = ARENA_ARRAY(t->a, names.bytes + 1, json);
  if (!list->items) return err_memory(e);
  for (bool more = true; more;) {
    const size_t n = column_end(names);
    const text one = text_trim((text){names.at, n});
    const bool shows = !field_find(fields, count, one) && ledger_has_word(one);
    if (!add_column(t, list, shows ? "shows" : "what", one, e)) return false;
    more = n < names.bytes;
    if (more) names = (text){names.at + n + 1, names.bytes - n - 1};
  }
  return true;
}

static bool set_columns(exporting *t, text rows, text named, err *e) {
  const pack *owner = NULL;
  json *list = ARENA_NEW(t->a, json);
  const kind *k = catalog_kind(engine_packs(t->g), rows, &owner);
  const event_kind *ev = k ? NULL : catalog_event(engine_packs(t->g), rows, &owner);
  if (!list) return err_memory(e);
  *list = (json){.type = JSON_LIST};
  if (!k && !ev)
    return err_set(
        e, ERR_UNKNOWN_NAME, t->o->words[1],
        "没有这本台账、这张保存的表，也没有这类对象或登记。"
        "台账有几个业务包都叫这个的，请写“业务包.名称”。",
        "There is no such ledger or saved table, and no such kind or event. Where several "
        "packs have a ledger of that name write pack.name.");
  return (named.bytes ? named_columns(t, k, ev, named, list, e)
                      : usual_columns(t, k, ev, list, e)) &&
         (json_set(t->a, t->asked, "columns", list) || err_memory(e));
}

static bool take_rows(exporting *t, err *e) {
  const char *word = t->o->words[1], *columns = option(t->o, OPTION_COLUMNS);
  const found_name found = catalog_ledger(engine_packs(t->g), text_of(word));
  const ledger_spec *x = found.item;
  bool saved = false;
  if (x ? !copy_asked(t, x->asked, e) : !take_saved(t, word, &saved, e)) return false;
  if (!x && !saved && !json_set_text(t->a, t->asked, "rows", text_of(word))) return err_memory(e);
  if ((x || saved) && !columns) return true;
  return set_columns(t, json_text(t->asked, "rows"), text_of(columns ? columns : ""), e);
}

static bool take_options(exporting *t, err *e) {
  static const struct {
    option_id id;
    const char *key;
  } given[] = {{OPTION_FILTER, "filter"}, {OPTION_FROM_DAY, "from"}, {OPTION_TO_DAY, "to"},
               {OPTION_AS_OF, "as_of"},   {OPTION_SORT, "sort"},     {OPTION_REASON, "reason"}};
  for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
    const char *said = option(t->o, given[i].id);
    if (said && !json_set_text(t->a, t->asked, given[i].key, text_of(said))) return err_memory(e);
  }
  return !option_flag(t->o, OPTION_CLEAR) || json_set_bool(t->a, t->asked, "clear", true) ||
         err_memory(e);
}

/* By --format, else by how the file's name ends, else CSV. */
static bool take_format(exporting *t, err *e) {
  const char *said = option(t->o, OPTION_FORMAT), *file = option(t->o, OPTION_OUT),
             *encoding = option(t->o, OPTION_ENCODING), *dot = file ? strrchr(file, '.') : NULL;
  const text by_name = text_of(dot ? dot + 1 : "");
  if (!said && (text_is(by_name, "xlsx") || text_is(by_name, "pdf"))) said = dot + 1;
  return table_format_read(text_of(said ? said : "csv"), text_of(encoding ? encoding : ""),
                           &t->format, &t->gb18030, e) &&
         (t->format != FORMAT_SHOWN ||
          err_set(e, ERR_USAGE, "--format", "格式应是 xlsx、csv 或 pdf。",
                  "The format is xlsx, csv or pdf."));
}

static bool take_area(exporting *t, err *e) {
  const char *word = option(t->o, OPTION_AREA);
  char code[13];
  t->view.scope = scope_all();
  if (!word) return true;
  if (!area_given(t->s, t->a, word, "--area", code, e)) return false;
  t->view.scope = (scope){0};
  return scope_add(&t->view.scope, code);
}

/* ---- the file ---- */

static bool begin(void *context, const ledger_head *heads, size_t count, err *e) {
  exporting *t = context;
  table_column *columns = ledger_file_columns(t->a, heads, count);
  if (!columns) return err_memory(e);
  const table_layout l = {
      .title = t->ledger.title, .column_count = count, .columns = columns, .gb18030 = t->gb18030};
  t->writer = table_format_begin(t->format, option(t->o, OPTION_OUT), &l, e);
  return t->writer != NULL;
}

static bool take(void *context, const ledger_line *line, err *e) {
  return table_put(((exporting *)context)->writer, line->cells, line->count, e);
}

static bool make(exporting *t, buf *out, err *e) {
  const ledger_sink sink = {
      .begin = begin, .take = take, .context = t, .rows_max = TABLE_WRITE_ROWS_MAX};
  if (!db_begin_read(store_db(t->s), e)) return false;
  const bool ok = ledger_run(t->s, t->a, &t->ledger, &t->view, &sink, &t->end, e) &&
                  ledger_file_note(t->writer, &t->ledger, &t->end, "", e);
  db_end_read(store_db(t->s));
  if (!ok) {
    table_drop(t->writer);
    return false;
  }
  return table_finish(t->writer, option(t->o, OPTION_OUT) ? NULL : out, e);
}

/* What left the house stands in the journal. */
static bool note(exporting *t, err *e) {
  answer out;
  const json *body =
      ledger_file_entry(t->a, &t->ledger, t->asked, &t->view.scope, t->format, t->end.rows);
  if (!body) return err_memory(e);
  writer *w = writer_start(t->g, NULL, e);
  const command c = {
      .verb = VERB_EXPORT, .id = uuid_v7_now(), .who = {.system = true}, .body = body};
  const bool ok = w && writer_apply(w, &c, t->a, &out, e);
  writer_stop(w);
  return ok;
}

static bool export_it(exporting *t, buf *out, err *e) {
  const actor system = {.system = true};
  const bool clear = option_flag(t->o, OPTION_CLEAR);
  if (clear && !option(t->o, OPTION_REASON))
    return err_set(e, ERR_USAGE, "--reason",
                   "导出完整的证件号、电话等信息，请用 --reason 写明原因。",
                   "To export masked fields in clear, say why by --reason.");
  if (!take_format(t, e)) return false;
  t->g = engine_open(t->o->words[0], e);
  t->s = t->g ? store_open(t->o->words[0], DB_READ, store_county(engine_store(t->g)), e) : NULL;
  if (!t->s || !store_use_packs(t->s, engine_packs(t->g), false, e)) return false;
  if (!(t->asked = json_map_new(t->a))) return err_memory(e);
  if (!take_rows(t, e) || !take_options(t, e) || !take_area(t, e) ||
      !ledger_read(t->a, engine_packs(t->g), t->asked, speaks_english(), clear, &t->ledger, e))
    return false;
  t->view.now = (as_of){day_today(), engine_calendar(t->g)};
  t->view.sight = actor_sight_everywhere(&system, engine_packs(t->g), t->ledger.pack);
  t->view.sight.unmasked = clear;
  return make(t, out, e) && note(t, e);
}

int command_export_table(const options *o) {
  err e;
  AUTO_BUF buf out = {0};
  arena *a AUTO_ARENA = arena_new(0);
  exporting t = {.o = o, .a = a};
  const char *file = option(o, OPTION_OUT);
  if (!a) err_memory(&e);
  const bool ok = a && export_it(&t, &out, &e);
  store_close(t.s);
  engine_close(t.g);
  if (!ok) {
    if (t.writer && file) unlink(file);
    return say_error(&e);
  }
  if (file)
    printf(say("已写好 %lld 行：%s\n", "%lld rows: %s\n"), (long long)t.end.rows, file);
  else
    fwrite(out.at, 1, out.bytes, stdout);
  return say_written(EXIT_DONE);
}
