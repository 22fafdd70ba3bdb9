/* template_kit.h — empty tables as people send them, drawn from a few words:
 *
 *   "A1:F1=附件1|A2=填报单位：|A3:A4=序号|B3:C3=户主|[A5:F9]|[C5:C9]d|A10=合计|F10==SUM(F5:F9)"
 *
 * REF=TEXT a cell, or a merge; ==FORMULA; =#12 a number; [AREA] empty cells with a border, in front
 * of what else is said of them; then d a date, % a share, t a text. "!NAME" begins another sheet.
 */
#ifndef TEMPLATE_KIT_H
#define TEMPLATE_KIT_H

#include "sheet_kit.h"

#include "sheet/template.h"

#include <xlsxwriter.h>

typedef struct drawn_book {
  lxw_workbook *book;
  lxw_worksheet *sheet;
  lxw_format *head, *empty, *day, *share, *text, *total;
} drawn_book;

static lxw_format *kit_format(lxw_workbook *book, const char *code, uint8_t border) {
  lxw_format *f = workbook_add_format(book);
  if (border) format_set_border(f, border);
  if (code) format_set_num_format(f, code);
  format_set_font_name(f, "仿宋");
  return f;
}

static lxw_format *kit_format_of(const drawn_book *d, char letter) {
  return letter == 'd' ? d->day : letter == '%' ? d->share : letter == 't' ? d->text : d->empty;
}

static void kit_ref(const char *ref, lxw_row_t *r1, lxw_col_t *c1, lxw_row_t *r2, lxw_col_t *c2) {
  const char *colon = strchr(ref, ':');
  *r1 = *r2 = lxw_name_to_row(ref);
  *c1 = *c2 = lxw_name_to_col(ref);
  if (!colon) return;
  *r2 = lxw_name_to_row(colon + 1);
  *c2 = lxw_name_to_col(colon + 1);
}

static void kit_draw_area(const drawn_book *d, const char *item) {
  lxw_row_t r1, r2;
  lxw_col_t c1, c2;
  char ref[32];
  snprintf(ref, sizeof ref, "%.*s", (int)strcspn(item + 1, "]"), item + 1);
  kit_ref(ref, &r1, &c1, &r2, &c2);
  for (lxw_row_t r = r1; r <= r2; r++)
    for (lxw_col_t c = c1; c <= c2; c++)
      worksheet_write_blank(d->sheet, r, c, kit_format_of(d, item[strcspn(item, "]") + 1]));
}

static void kit_draw_cell(const drawn_book *d, char *item) {
  lxw_row_t r1, r2;
  lxw_col_t c1, c2;
  char *what = strchr(item, '=');
  assert_non_null(what);
  *what++ = 0;
  kit_ref(item, &r1, &c1, &r2, &c2);
  if (strchr(item, ':'))
    worksheet_merge_range(d->sheet, r1, c1, r2, c2, what, d->head);
  else if (*what == '=')
    worksheet_write_formula(d->sheet, r1, c1, what, d->total);
  else if (*what == '#')
    worksheet_write_number(d->sheet, r1, c1, strtod(what + 1, NULL), d->empty);
  else
    worksheet_write_string(d->sheet, r1, c1, what, d->head);
}

static drawn_book kit_draw_begin(const char *name) {
  drawn_book d = {.book = workbook_new(kit_file)};
  assert_non_null(d.book);
  d.head = kit_format(d.book, NULL, LXW_BORDER_THIN);
  d.empty = kit_format(d.book, NULL, LXW_BORDER_DOTTED);
  d.day = kit_format(d.book, "yyyy/m/d", LXW_BORDER_THIN);
  d.share = kit_format(d.book, "0.00%", LXW_BORDER_THIN);
  d.text = kit_format(d.book, "@", LXW_BORDER_THIN);
  d.total = kit_format(d.book, "0.00", LXW_BORDER_THICK);
  d.sheet = workbook_add_worksheet(d.book, name);
  return d;
}

static void kit_draw_items(drawn_book *d, const char *drawing) {
  char *copy = strdup(drawing), *rest = copy, *item;
  assert_non_null(copy);
  while ((item = strsep(&rest, "|")))
    if (*item == '!')
      d->sheet = workbook_add_worksheet(d->book, item + 1);
    else if (*item == '[')
      kit_draw_area(d, item);
    else if (*item)
      kit_draw_cell(d, item);
  free(copy);
}

/* The bytes of the file at kit_file; to be freed. */
static inline text kit_bytes(void) {
  FILE *f = fopen(kit_file, "rb");
  assert_non_null(f);
  assert_int_equal(fseek(f, 0, SEEK_END), 0);
  const long n = ftell(f);
  rewind(f);
  char *at = malloc((size_t)n + 1);
  assert_non_null(at);
  assert_int_equal(fread(at, 1, (size_t)n, f), n);
  fclose(f);
  return (text){at, (size_t)n};
}

static inline text kit_draw(const char *drawing) {
  drawn_book d = kit_draw_begin("表");
  kit_draw_items(&d, drawing);
  assert_int_equal(workbook_close(d.book), LXW_NO_ERROR);
  return kit_bytes();
}

#endif
