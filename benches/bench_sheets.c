/* bench_sheets ours|lib|read ROWS FILE.xlsx — the same invented table of 20 columns (texts,
 * numbers, money, days), written by sheet/table_write or by libxlsxwriter itself, or read by
 * sheet/table_read. Prints the seconds of the processor that it took, and the most memory in KiB.
 */
#include "sheet/table_read.h"
#include "sheet/table_write.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <xlsxwriter.h>

enum { COLUMNS = 20, CELL_ROOM = 40 };

static table_type type_of(int column) {
  return column < 12   ? TABLE_TEXT
         : column < 15 ? TABLE_INTEGER
         : column < 18 ? TABLE_MONEY
                       : TABLE_DAY;
}

/* Of every second column the texts are many, of the others few. */
static void fill(int row, char texts[COLUMNS][CELL_ROOM], table_value cells[COLUMNS]) {
  static const char *const few[] = {"脱贫户", "一般农户", "监测户", "是", "否", "汉族"};
  for (int c = 0; c < COLUMNS; c++) {
    cells[c] = (table_value){.type = type_of(c), .number = (int64_t)row * 7919 % 1000003 + c};
    if (cells[c].type == TABLE_DAY) cells[c].day = 16000 + (row + c) % 4000;
    if (cells[c].type != TABLE_TEXT) continue;
    if (c % 2)
      snprintf(texts[c], CELL_ROOM, "%s", few[(row + c) % 6]);
    else
      snprintf(texts[c], CELL_ROOM, "王第%d户%d", row, c);
    cells[c].text = text_of(texts[c]);
  }
}

static int write_ours(int rows, const char *path) {
  static char titles[COLUMNS][16], texts[COLUMNS][CELL_ROOM];
  table_column columns[COLUMNS] = {0};
  table_value cells[COLUMNS];
  err e = {0};
  for (int c = 0; c < COLUMNS; c++) {
    snprintf(titles[c], sizeof titles[c], "列%d", c + 1);
    columns[c].title = titles[c];
  }
  table_writer *w = table_write_xlsx(
      path, &(table_layout){.title = "台账", .column_count = COLUMNS, .columns = columns}, &e);
  bool ok = w != NULL;
  for (int r = 0; r < rows && ok; r++) {
    fill(r, texts, cells);
    ok = table_put(w, cells, COLUMNS, &e);
  }
  ok = ok && table_finish(w, NULL, &e);
  if (!ok) fprintf(stderr, "%s\n", e.en);
  return ok ? 0 : 1;
}

static lxw_datetime date_of(day d) {
  const ymd x = day_to_ymd(d);
  return (lxw_datetime){.year = x.year, .month = x.month, .day = x.mday};
}

static int write_lib(int rows, const char *path) {
  static char texts[COLUMNS][CELL_ROOM];
  table_value cells[COLUMNS];
  lxw_workbook *book = workbook_new(path);
  lxw_worksheet *sheet = book ? workbook_add_worksheet(book, NULL) : NULL;
  if (!sheet) return 1;
  lxw_format *money = workbook_add_format(book), *days = workbook_add_format(book);
  format_set_num_format(money, "0.00");
  format_set_num_format(days, "yyyy-mm-dd");
  for (int c = 0; c < COLUMNS; c++) worksheet_write_string(sheet, 0, (lxw_col_t)c, "列", NULL);
  for (int r = 0; r < rows; r++) {
    fill(r, texts, cells);
    const lxw_row_t row = (lxw_row_t)r + 1;
    for (int c = 0; c < COLUMNS; c++) {
      const lxw_col_t col = (lxw_col_t)c;
      lxw_datetime on;
      switch (cells[c].type) {
      case TABLE_TEXT:
        worksheet_write_string(sheet, row, col, texts[c], NULL);
        break;
      case TABLE_MONEY:
        worksheet_write_number(sheet, row, col, (double)cells[c].number / 100, money);
        break;
      case TABLE_DAY:
        on = date_of(cells[c].day);
        worksheet_write_datetime(sheet, row, col, &on, days);
        break;
      default:
        worksheet_write_number(sheet, row, col, (double)cells[c].number, NULL);
      }
    }
  }
  return workbook_close(book) == LXW_NO_ERROR ? 0 : 1;
}

static int read_ours(int rows, const char *path) {
  err e = {0};
  table_row row;
  int n = 0, got = -1;
  table_reader *t = table_open(path, NULL, &e);
  while (t && (got = table_next(t, &row, &e)) > 0) n++;
  table_close(t);
  if (got != 0) fprintf(stderr, "%s\n", e.en);
  return got == 0 && n >= rows ? 0 : 1;
}

int main(int argc, char **argv) {
  struct rusage used;
  if (argc != 4) return fprintf(stderr, "usage: bench_sheets ours|lib|read ROWS FILE.xlsx\n"), 2;
  const int rows = atoi(argv[2]);
  const int failed = strcmp(argv[1], "ours") == 0  ? write_ours(rows, argv[3])
                     : strcmp(argv[1], "lib") == 0 ? write_lib(rows, argv[3])
                                                   : read_ours(rows, argv[3]);
  getrusage(RUSAGE_SELF, &used);
  printf("%.3f %ld\n",
         (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
             (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6,
         used.ru_maxrss);
  return failed;
}
