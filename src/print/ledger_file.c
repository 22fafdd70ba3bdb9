/* Tables as files. */
#include "print/ledger_file.h"

#include "base/json_map.h"
#include "paper/table_pdf.h"

static const struct {
  const char *word, *content;
  table_writer *(*begin)(const char *path, const table_layout *l, err *e);
} formats[] = {
    [FORMAT_SHOWN] = {"json", NULL, NULL},
    [FORMAT_XLSX] = {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                     table_write_xlsx},
    [FORMAT_CSV] = {"csv", "text/csv; charset=utf-8", table_write_csv},
    [FORMAT_PDF] = {"pdf", "application/pdf", table_write_pdf},
};
enum { FORMATS = sizeof formats / sizeof *formats };

bool table_format_read(text format, text encoding, table_format *ret, bool *ret_gb18030, err *e) {
  int found = format.bytes ? -1 : FORMAT_SHOWN;
  for (int i = 0; i < FORMATS; i++)
    if (text_is(format, formats[i].word)) found = i;
  if (found < 0)
    return err_set(e, ERR_BAD_INPUT, "format", "格式应是 json、xlsx、csv 或 pdf。",
                   "The format is json, xlsx, csv or pdf.");
  *ret = (table_format)found;
  *ret_gb18030 = text_is(encoding, "gb18030");
  return !encoding.bytes || text_is(encoding, "utf-8") || (*ret_gb18030 && found == FORMAT_CSV) ||
         err_set(e, ERR_BAD_INPUT, "encoding", "CSV 的编码是 utf-8 或 gb18030。",
                 "The encoding of CSV is utf-8 or gb18030.");
}

const char *table_format_word(table_format f) {
  return formats[f].word;
}

const char *table_format_content(table_format f) {
  return formats[f].content;
}

table_writer *table_format_begin(table_format f, const char *path, const table_layout *l, err *e) {
  return formats[f].begin(path, l, e);
}

table_column *ledger_file_columns(arena *a, const ledger_head *heads, size_t count) {
  table_column *columns = ARENA_ARRAY(a, count, table_column);
  for (size_t i = 0; columns && i < count; i++)
    columns[i] = (table_column){.title = heads[i].title, .over = heads[i].over};
  return columns;
}

/* ---- what stands beneath ---- */

void ledger_file_put_note(buf *b, int64_t rows, const char *by, bool english) {
  char now[30];
  instant_format(now_ms(), now);
  buf_printf(b, english ? "As of %.10s %.5s; %lld rows" : "截至 %.10s %.5s；共 %lld 行", now,
             now + 11, (long long)rows);
  if (*by) buf_printf(b, english ? "; exported by %s." : "；导出人：%s。", by);
  if (!*by) buf_str(b, english ? "." : "。");
}

/* Of which day, when that is past. */
static void put_past(buf *b, const ledger *l, const ledger_end *end) {
  char on[11];
  if (l->as_of == DAY_NONE) return;
  day_format(l->as_of, on);
  buf_printf(b,
             l->english ? " The state is that of %s, by what is known now."
                        : "所列是 %s 的情况，按现在所知。",
             on);
  if (end->moved)
    buf_printf(b,
               l->english ? " %lld people or things belong to another unit than the one they were "
                            "registered with, and stand with that of now."
                          : "有 %lld 个成员的所属后来变了，按现在的所属列出。",
               (long long)end->moved);
}

bool ledger_file_note(table_writer *w, const ledger *l, const ledger_end *end, const char *by,
                      err *e) {
  AUTO_BUF buf b = {0};
  const bool en = l->english;
  ledger_file_put_note(&b, end->rows, by, en);
  put_past(&b, l, end);
  if (end->unknown)
    buf_printf(&b,
               en ? " %lld values are not known and in no total, mean or share."
                  : "有 %lld 个值不详，没有算进合计、平均和占比。",
               (long long)end->unknown);
  if (l->filter_source.bytes)
    buf_printf(&b, en ? " Only: %.*s." : "筛选：%.*s。", (int)l->filter_source.bytes,
               l->filter_source.at);
  if (end->failed)
    buf_printf(&b, en ? " %lld cells could not be computed: %s" : "有 %lld 格算不出来：%s",
               (long long)end->failed, en ? end->why.en : end->why.zh);
  if (!buf_ok(&b)) return err_memory(e);
  return table_note(w, buf_view(&b), e);
}

/* ---- what the journal keeps ---- */

static json *texts(arena *a, size_t count) {
  json *list = ARENA_NEW(a, json);
  json *items = list ? ARENA_ARRAY(a, count + 1, json) : NULL;
  if (!items) return NULL;
  *list = (json){.type = JSON_LIST, .count = count, .items = items};
  for (size_t i = 0; i < count; i++) items[i] = (json){.type = JSON_TEXT, .s = TEXT("")};
  return list;
}

json *ledger_file_entry(arena *a, const ledger *l, const json *asked, const scope *areas,
                        table_format format, int64_t rows) {
  static const char *const kept[] = {"rows", "filter", "q",     "colour",   "sort",  "from",
                                     "to",   "as_of",  "clear", "group_by", "pivot", "reason"};
  json *body = json_map_new(a), *columns = texts(a, l->column_count),
       *places = texts(a, areas->count);
  if (!body || !columns || !places) return NULL;
  for (size_t i = 0; i < l->column_count; i++) columns->items[i].s = text_of(l->columns[i].title);
  for (size_t i = 0; i < areas->count; i++) places->items[i].s = text_of(areas->areas[i].lo);
  for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
    const json *given = json_get(asked, kept[i]);
    if (given && !json_set(a, body, kept[i], given)) return NULL;
  }
  const bool ok = json_set_text(a, body, "title", text_of(l->title)) &&
                  json_set_text(a, body, "format", text_of(table_format_word(format))) &&
                  json_set(a, body, "columns", columns) && json_set(a, body, "areas", places) &&
                  json_set_int(a, body, "count", rows);
  return ok ? body : NULL;
}
