/* Values as they stand on paper. */
#include "paper/table_pdf.h"

#include "base/money.h"

void paper_put_day(buf *b, day d, bool spelled, bool english) {
  char shown[11];
  const ymd x = day_to_ymd(d);
  if (spelled && !english) {
    buf_printf(b, "%d年%d月%d日", x.year, x.month, x.mday);
    return;
  }
  day_format(d, shown);
  buf_str(b, shown);
}

void paper_put_value(buf *b, const table_value *v, bool spelled, bool english) {
  char shown[32];
  switch (v->type) {
  case TABLE_EMPTY:
    return;
  case TABLE_TEXT:
    buf_text(b, v->text);
    return;
  case TABLE_INTEGER:
    buf_int(b, v->number);
    return;
  case TABLE_MONEY:
    money_format_yuan(v->number, shown);
    break;
  case TABLE_DAY:
    if (v->day != DAY_NONE) paper_put_day(b, v->day, spelled, english);
    return;
  case TABLE_RATE:
    rate_format_percent(v->number, shown);
    break;
  case TABLE_NUMBER:
    decimal_format(v->number, v->decimals, shown);
    break;
  }
  buf_str(b, shown);
}
