#include "sheet/marked_write.h"

#include "base/text.h"

#include <stdlib.h>
#include <xlsxwriter.h>

enum { ROWS_MAX = 1048576, COMMENT_POINTS = 500 };

struct marked_writer {
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *plain, *head, *bad;
  lxw_row_t next;
  buf text;
};

static bool failed(err *e) {
  return err_set(e, ERR_STORE, NULL, "文件没有写成，磁盘可能满了，请稍后再试。",
                 "The file could not be written; the disk may be full. Try again later.");
}

static bool make_formats(marked_writer *w) {
  w->plain = workbook_add_format(w->book);
  w->head = workbook_add_format(w->book);
  w->bad = workbook_add_format(w->book);
  if (!w->plain || !w->head || !w->bad) return false;
  format_set_num_format(w->plain, "@"); /* so that what is typed over it stays a text, too */
  format_set_num_format(w->bad, "@");
  format_set_bold(w->head);
  format_set_bg_color(w->bad, 0xFFD9D9);
  format_set_font_color(w->bad, 0x9C0006);
  return true;
}

marked_writer *marked_write(const char *path, err *e) {
  marked_writer *w = calloc(1, sizeof *w);
  lxw_workbook_options how = {.constant_memory = LXW_TRUE};
  if (!w) return err_memory(e), NULL;
  w->book = workbook_new_opt(path, &how);
  if (w->book && make_formats(w)) return w;
  err_memory(e);
  marked_drop(w);
  return NULL;
}

static const char *ended(marked_writer *w, text t) {
  buf_clear(&w->text);
  buf_text(&w->text, t);
  return buf_ok(&w->text) && w->text.at ? w->text.at : NULL;
}

static bool put_cell(marked_writer *w, lxw_col_t column, const marked_cell *c, err *e) {
  lxw_format *as = c->comment ? w->bad : c->head ? w->head : w->plain;
  lxw_error code = LXW_NO_ERROR;
  if (c->text.bytes) {
    const char *t = ended(w, c->text);
    if (!t) return err_memory(e);
    code = worksheet_write_string(w->sheet, w->next, column, t, as);
  } else if (c->comment) {
    code = worksheet_write_blank(w->sheet, w->next, column, as);
  }
  if (code == LXW_NO_ERROR && c->comment) {
    const char *t = ended(w, text_cut(text_of(c->comment), COMMENT_POINTS));
    if (!t) return err_memory(e);
    code = worksheet_write_comment(w->sheet, w->next, column, t);
  }
  return code == LXW_NO_ERROR || failed(e);
}

bool marked_sheet(marked_writer *w, text name, err *e) {
  const char *named = ended(w, name);
  w->next = 0;
  w->sheet = named && *named && workbook_validate_sheet_name(w->book, named) == LXW_NO_ERROR
                 ? workbook_add_worksheet(w->book, named)
                 : workbook_add_worksheet(w->book, NULL);
  return w->sheet != NULL || err_memory(e);
}

bool marked_put(marked_writer *w, const marked_cell *cells, size_t count, err *e) {
  if (w->next >= ROWS_MAX)
    return err_set(e, ERR_TOO_LARGE, NULL, "行数超过一张工作表的上限，请分成几个文件。",
                   "There are more rows than a sheet holds; split the file.");
  for (size_t i = 0; i < count; i++)
    if (!put_cell(w, (lxw_col_t)i, &cells[i], e)) return false;
  w->next++;
  return true;
}

bool marked_finish(marked_writer *w, err *e) {
  lxw_error code = workbook_close(w->book); /* frees it, also on failure */
  w->book = NULL;
  marked_drop(w);
  return code == LXW_NO_ERROR || failed(e);
}

void marked_drop(marked_writer *w) {
  if (!w) return;
  lxw_workbook_free(w->book);
  buf_release(&w->text);
  free(w);
}
