/* Numbers that are never given twice. */
#include "store/rows/serials.h"

#include "store/row.h"

typedef struct serial_row {
  const char *series;
  int64_t year, last;
} serial_row;

const row_table store_table_serial = {.name = "serial",
                                      .derived = true,
                                      ROW_COLUMNS(serial_row,
                                                  ROW_STR("series", serial_row, series, KEY),
                                                  ROW_INT("year", serial_row, year, KEY),
                                                  ROW_INT("last", serial_row, last, CHANGES))};

bool store_serial_next(store *s, const char *series, int64_t year, int64_t *ret, err *e) {
  db_stmt *q =
      sql_prepare(s,
                  "INSERT INTO serial (county, series, year, last) VALUES ($1, $2, $3, 1) ON "
                  "CONFLICT (county, series, year) DO UPDATE SET last = serial.last + 1 RETURNING "
                  "last",
                  e);
  if (!q) return false;
  db_bind_str(q, 2, series);
  db_bind_int(q, 3, year);
  int got = db_next(q, e);
  *ret = got > 0 ? db_int(q, 0) : 0;
  if (got > 0) db_done(q);
  return got > 0 ||
         (got == 0 && err_set(e, ERR_STORE, NULL, "编号没有取到。", "There is no number."));
}
