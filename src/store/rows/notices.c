/* Holiday notices, one row a year; the body is that of the journal entry. */
#include "store/rows/notices.h"

#include "store/row.h"

typedef struct notice_row {
  int64_t year, seq;
  text body;
} notice_row;

const row_table store_table_notice = {.name = "holiday_notice",
                                      .derived = true,
                                      ROW_COLUMNS(notice_row,
                                                  ROW_INT("year", notice_row, year, KEY),
                                                  ROW_INT("seq", notice_row, seq, CHANGES),
                                                  ROW_TEXT("body", notice_row, body, CHANGES))};

static bool put_one(store *s, const calendar_notice *n, int64_t seq, err *e) {
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  calendar_write_json(&w, &(calendar_notices){n, 1});
  if (!buf_ok(&b)) return err_memory(e);
  notice_row row = {n->year, seq, buf_view(&b)};
  return row_put(s, &store_table_notice, &row, e);
}

bool store_notices_put(store *s, const calendar_notices *notices, int64_t seq, err *e) {
  for (size_t i = 0; i < notices->count; i++)
    if (!put_one(s, &notices->items[i], seq, e)) return false;
  return true;
}

bool store_notice_withdraw(store *s, int64_t year, err *e) {
  return row_remove(s, &store_table_notice, &(notice_row){.year = year}, e);
}

static bool read_one(arena *a, text body, calendar_notice *ret, err *e) {
  calendar_notices one;
  json *list = json_parse(a, body, e);
  if (!list || !calendar_read_json(a, list, &one, e)) return false;
  *ret = one.items[0];
  return true;
}

bool store_notices_after(store *s, arena *a, int64_t seq, calendar_notices *ret, err *e) {
  db_stmt *q = row_select(s, &store_table_notice, "seq > $2 ORDER BY year", e);
  notice_row *rows = NULL;
  size_t n = 0;
  if (!q) return false;
  db_bind_int(q, 2, seq);
  if (!row_list(q, &store_table_notice, a, &rows, &n, e)) return false;
  calendar_notice *notices = ARENA_ARRAY(a, n, calendar_notice);
  if (!notices) return err_memory(e);
  for (size_t i = 0; i < n; i++)
    if (!read_one(a, rows[i].body, &notices[i], e)) return false;
  *ret = (calendar_notices){notices, n};
  return true;
}
