/* bench_roster ROWS FILE.csv FILE.xlsx — writes the same invented roster of people twice, in 20
 * columns, four people a household. */
#include "base/date.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xlsxwriter.h>

enum { COLUMNS = 20, CELL_ROOM = 64 };

static const char *const headers[COLUMNS] = {
    "行政区划代码", "户编号",     "户主姓名",           "村民小组",     "户类型",
    "家庭人口数",   "是否危房户", "是否解决安全饮用水", "人均纯收入",   "首次识别时间",
    "姓名",         "证件号码",   "与户主关系",         "性别",         "民族",
    "文化程度",     "健康状况",   "劳动技能",           "务工时间(月)", "人识别时间"};

/* GB 11643: 17 digits and a check character. */
static void resident_id(int n, char out[CELL_ROOM]) {
  static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  char born[11];
  day_format(-9000 + n / 500, born); /* 500 numbers a day and place */
  snprintf(out, CELL_ROOM, "370811%.4s%.2s%.2s%03d", born, born + 5, born + 8, n % 500);
  int sum = 0;
  for (int i = 0; i < 17; i++) sum += (out[i] - '0') * weights[i];
  out[17] = "10X98765432"[sum % 11];
  out[18] = 0;
}

static void fill(int n, char cells[COLUMNS][CELL_ROOM]) {
  static const char *const relations[] = {"户主", "配偶", "之子", "之女"};
  static const char *const villages[] = {"370871003208", "370871001001", "370871003201"};
  int home = n / 4, who = n % 4;
  char id[CELL_ROOM];
  resident_id(n, id);
  snprintf(cells[0], CELL_ROOM, "%s", villages[home % 3]);
  snprintf(cells[1], CELL_ROOM, "9%09d", home);
  snprintf(cells[2], CELL_ROOM, "王第%d", home);
  snprintf(cells[3], CELL_ROOM, "第%d组", home % 12 + 1);
  snprintf(cells[4], CELL_ROOM, "%s", home % 3 ? "一般农户" : "脱贫户");
  snprintf(cells[5], CELL_ROOM, "4");
  snprintf(cells[6], CELL_ROOM, "否");
  snprintf(cells[7], CELL_ROOM, "是");
  snprintf(cells[8], CELL_ROOM, "%d.50", 9000 + home % 7000);
  snprintf(cells[9], CELL_ROOM, "201%d-0%d-15", home % 9, home % 8 + 1);
  snprintf(cells[10], CELL_ROOM, "王第%d", who ? n : home);
  snprintf(cells[11], CELL_ROOM, "%s", id);
  snprintf(cells[12], CELL_ROOM, "%s", relations[who]);
  snprintf(cells[13], CELL_ROOM, "%s", (id[16] - '0') % 2 ? "男" : "女");
  snprintf(cells[14], CELL_ROOM, "汉族");
  snprintf(cells[15], CELL_ROOM, "%s", who < 2 ? "初中" : "小学");
  snprintf(cells[16], CELL_ROOM, "%s", n % 9 ? "健康" : "长期慢性病");
  snprintf(cells[17], CELL_ROOM, "普通劳动力");
  snprintf(cells[18], CELL_ROOM, "%d", n % 13);
  snprintf(cells[19], CELL_ROOM, "201%d-0%d-15", home % 9, home % 8 + 1);
}

int main(int argc, char **argv) {
  if (argc != 4) return fprintf(stderr, "usage: bench_roster ROWS FILE.csv FILE.xlsx\n"), 2;
  int rows = atoi(argv[1]);
  FILE *csv = fopen(argv[2], "w");
  lxw_workbook_options options = {.constant_memory = LXW_FALSE};
  lxw_workbook *book = workbook_new_opt(argv[3], &options);
  lxw_worksheet *sheet = book ? workbook_add_worksheet(book, NULL) : NULL;
  if (!csv || !sheet) return perror("bench_roster"), 1;
  static char cells[COLUMNS][CELL_ROOM];
  for (int r = 0; r <= rows; r++) {
    if (r) fill(r - 1, cells);
    for (int c = 0; c < COLUMNS; c++) {
      const char *cell = r ? cells[c] : headers[c];
      fprintf(csv, "%s%s", c ? "," : "", cell);
      if (worksheet_write_string(sheet, (lxw_row_t)r, (lxw_col_t)c, cell, NULL) != LXW_NO_ERROR)
        return 1;
    }
    fprintf(csv, "\r\n");
  }
  if (fclose(csv) != 0 || workbook_close(book) != LXW_NO_ERROR) return perror("bench_roster"), 1;
  return 0;
}
