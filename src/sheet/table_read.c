#include "sheet/table_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

const table_limits table_usual_limits = {(int64_t)512 << 20, 200};

/* ---- opening: what is it? ---- */

static FILE *open_file(const char *path, err *e) {
  FILE *f = fopen(path, "rb");
  struct stat st;
  if (f && fstat(fileno(f), &st) == 0 && S_ISREG(st.st_mode)) return f;
  if (f) fclose(f);
  err_set(e, ERR_BAD_FILE, "file", "打不开文件，请核对文件名。",
          "The file cannot be opened; check its name.");
  return NULL;
}

static table_reader *open_xlsx_file(const char *path, const table_limits *limits, err *e) {
  int code = 0;
  zip_t *archive = zip_open(path, ZIP_RDONLY, &code);
  if (archive) return xlsx_open(archive, limits, e);
  if (code == ZIP_ER_MEMORY)
    err_memory(e);
  else
    err_set(e, ERR_BAD_FILE, "file",
            "文件不完整或已损坏，可能没有传完。请重新上传，或用 Excel、WPS 打开后另存为 .xlsx。",
            "The file is incomplete or damaged. Upload it again, or open it in a spreadsheet "
            "program and save it as .xlsx.");
  return NULL;
}

/* Old office systems give a web page, or Excel's XML of 2003, the name .xls. */
static bool is_page(const char *head, size_t bytes) {
  static const char *const starts[] = {"<html", "<table", "<!doctype", "<?xml"};
  text t = {head, bytes};
  if (text_starts(t, "\xEF\xBB\xBF")) t = (text){head + 3, bytes - 3};
  t = text_trim(t);
  for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
    if (t.bytes >= strlen(starts[i]) && strncasecmp(t.at, starts[i], strlen(starts[i])) == 0)
      return true;
  return false;
}

table_reader *table_open(const char *path, const table_limits *limits, err *e) {
  FILE *f = open_file(path, e);
  if (!f) return NULL;
  char head[64] = {0};
  size_t n = fread(head, 1, sizeof head, f);
  if (ferror(f))
    err_set(e, ERR_BAD_FILE, "file", "读文件出错，请重试。", "The file cannot be read; try again.");
  else if (n == 0)
    err_set(e, ERR_BAD_FILE, "file", "文件是空的，请核对是不是选错了文件。",
            "The file is empty; check whether it is the right one.");
  else if (n >= 8 && memcmp(head, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8) == 0)
    err_set(e, ERR_BAD_FILE, "file",
            "此文件有密码，或是旧版 .xls。请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx。",
            "This file has a password, or is an old .xls. Open it in a spreadsheet program, remove "
            "the password, and save it as .xlsx.");
  else if (is_page(head, n))
    err_set(e, ERR_BAD_FILE, "file",
            "这是网页，不是表格，只是文件名像表格。请用 Excel 或 WPS 打开，另存为 .xlsx 再导入。",
            "This is a web page under the name of a table. Open it in a spreadsheet program and "
            "save it as .xlsx.");
  else if (n >= 4 && memcmp(head, "PK\x03\x04", 4) == 0) {
    fclose(f);
    return open_xlsx_file(path, limits ? limits : &table_usual_limits, e);
  } else {
    rewind(f);
    return csv_open(f, e);
  }
  fclose(f);
  return NULL;
}

int table_next(table_reader *t, table_row *row, err *e) {
  return t->next(t, row, e);
}

void table_close(table_reader *t) {
  if (t) t->close(t);
}

/* ---- sheets ---- */

size_t table_sheet_count(const table_reader *t) {
  return t->sheet_count;
}

text table_sheet_name(const table_reader *t, size_t index) {
  return index < t->sheet_count ? t->sheets[index] : TEXT("");
}

size_t table_hidden_count(const table_reader *t) {
  return t->hidden_count;
}

text table_hidden_name(const table_reader *t, size_t index) {
  return index < t->hidden_count ? t->hidden[index] : TEXT("");
}

bool table_choose_at(table_reader *t, size_t index, err *e) {
  if (index < t->sheet_count) return t->choose(t, index, e);
  return err_set(e, ERR_UNKNOWN_NAME, "sheet", "文件里没有这张工作表，请核对。",
                 "The workbook has no such sheet; check it.");
}

bool table_choose(table_reader *t, text name_or_number, err *e) {
  size_t found = t->sheet_count;
  int64_t n;
  for (size_t i = t->sheet_count; i-- > 0;)
    if (text_equal(t->sheets[i], name_or_number)) found = i;
  if (found == t->sheet_count && text_to_int(name_or_number, &n) && n >= 1 &&
      (uint64_t)n <= t->sheet_count)
    found = (size_t)n - 1;
  if (found < t->sheet_count) return t->choose(t, found, e);
  text cut = text_cut(name_or_number, 120);
  return err_set(
      e, ERR_UNKNOWN_NAME, "sheet", "文件里没有名为“%.*s”的工作表（或它是隐藏的），请核对。",
      "The workbook has no visible sheet \"%.*s\"; check its name.", (int)cut.bytes, cut.at);
}
