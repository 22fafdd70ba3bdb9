/* How a value of the register is written into a cell of somebody else's table. */
#include "ledger/headings.h"

#include "base/money.h"
#include "ledger/heading_words.h"

#include <stdio.h>

static bool unfit(label *ret_why, label why) {
  *ret_why = why;
  return false;
}

typedef enum value_class {
  CLASS_WORDS,
  CLASS_COUNT,
  CLASS_MONEY,
  CLASS_RATE,
  CLASS_NUMBER,
  CLASS_DAY
} value_class;

static value_class class_of(const ledger_column *c) {
  const cel_type *t = c->type;
  if (c->shows == LEDGER_NUMBER) return CLASS_COUNT;
  if (c->shows == LEDGER_DAY) return CLASS_DAY;
  if (!t || t->kind != CEL_INT) return CLASS_WORDS;
  switch (t->unit) {
  case UNIT_MONEY:
    return CLASS_MONEY;
  case UNIT_DATE:
    return CLASS_DAY;
  case UNIT_RATE:
    return CLASS_RATE;
  case UNIT_NUMBER:
    return CLASS_NUMBER;
  default:
    return CLASS_COUNT;
  }
}

static bool unit_fits(value_class k, text unit, text own, heading_style *s, label *why) {
  static const label other = {"表里的单位和库里的不同，没法换算。",
                              "The table's unit is another than the register's."};
  switch (k) {
  case CLASS_MONEY:
    s->money_unit = unit.bytes ? heading_money_unit(unit) : 100;
    return s->money_unit || unfit(why, other);
  case CLASS_RATE:
    s->percent = text_is(unit, "%");
    return !unit.bytes || s->percent || unfit(why, other);
  case CLASS_NUMBER:
  case CLASS_COUNT:
    if (!unit.bytes || (own.bytes && heading_same_unit(unit, own))) return true;
    if (k == CLASS_COUNT && !own.bytes && heading_is_counting_word(unit)) return true;
    return unfit(why, other);
  default:
    return !unit.bytes || unfit(why, (label){"表里要的是数，这一项不是数。",
                                             "The table wants a number, and this is none."});
  }
}

bool heading_fits(const template_table *t, const template_column *c, const ledger_column *column,
                  heading_style *ret, label *ret_why) {
  heading_words w, own_words;
  arena *a AUTO_ARENA = arena_new(0);
  const value_class k = class_of(column);
  *ret = (heading_style){.money_unit = 100, .day_form = "Y-M-D"};
  if (!a || !heading_words_of(a, c->path[c->depth - 1], &w) ||
      !heading_words_of(a, text_of(column->title), &own_words))
    return unfit(ret_why, (label){"内存不足。", "No memory."});
  text unit = w.kind == NOTE_UNIT ? w.note : TEXT("");
  if (!unit.bytes && k == CLASS_MONEY) unit = t->unit;
  const text own = text_of(column->type ? cel_type_unit(column->type) : "");
  /* "长度(米)" is so called in the register itself: the number is in that unit */
  if (k == CLASS_COUNT && w.kind == NOTE_UNIT && text_equal(w.note, own_words.note))
    unit = TEXT("");
  if (!unit_fits(k, unit, own, ret, ret_why)) return false;
  if (c->format == TEMPLATE_PERCENT && k != CLASS_RATE)
    return unfit(ret_why, (label){"表里这一列显示百分数，这一项不是比例。",
                                  "The column shows percents, and this is no share."});
  if (c->format == TEMPLATE_DAY && k != CLASS_DAY && k != CLASS_WORDS)
    return unfit(ret_why, (label){"表里这一列显示日期，这一项不是日期。",
                                  "The column shows dates, and this is none."});
  if (w.kind == NOTE_DAY && k != CLASS_DAY)
    return unfit(ret_why,
                 (label){"表里要填日期，这一项不是日期。", "A date is wanted, and this is none."});
  ret->share = c->format == TEMPLATE_PERCENT;
  ret->day_number = c->format == TEMPLATE_DAY;
  const char *form = heading_day_form(&w);
  if (form) ret->day_form = form;
  return true;
}

/* ---- values ---- */

/* n ÷ unit, exact, without noughts at the end; `unit` is a power of ten. */
static void put_divided(buf *b, int64_t n, int64_t unit) {
  const uint64_t all = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
  const uint64_t rest = all % (uint64_t)unit;
  char digits[24];
  int places = 0;
  for (int64_t u = unit; u > 1; u /= 10) places++;
  if (n < 0) buf_char(b, '-');
  buf_printf(b, "%llu", (unsigned long long)(all / (uint64_t)unit));
  if (!rest) return;
  int count = snprintf(digits, sizeof digits, "%0*llu", places, (unsigned long long)rest);
  while (count > 0 && digits[count - 1] == '0') count--;
  buf_printf(b, ".%.*s", count, digits);
}

static void put_day(buf *b, day d, const char *form) {
  const ymd y = day_to_ymd(d);
  for (; *form; form++)
    if (*form == 'Y')
      buf_printf(b, "%04d", y.year);
    else if (*form == 'M')
      buf_printf(b, "%02d", y.month);
    else if (*form == 'D')
      buf_printf(b, "%02d", y.mday);
    else
      buf_char(b, *form);
}

bool heading_value(arena *a, const template *t, const heading_style *s, const table_value *v,
                   template_value *ret, err *e) {
  AUTO_BUF buf b = {0};
  char own[32];
  template_value_type type = FILL_NUMBER;
  switch (v->type) {
  case TABLE_EMPTY:
    *ret = (template_value){FILL_NOTHING, TEXT("")};
    return true;
  case TABLE_TEXT:
    *ret = (template_value){v->text.bytes ? FILL_TEXT : FILL_NOTHING, v->text};
    return true;
  case TABLE_INTEGER:
    buf_int(&b, v->number);
    if (v->number > 999999999999999 || v->number < -999999999999999) type = FILL_TEXT;
    break;
  case TABLE_MONEY:
    put_divided(&b, v->number, s->money_unit);
    break;
  case TABLE_RATE:
    if (s->share) {
      put_divided(&b, v->number, RATE_ONE);
    } else if (s->percent) {
      put_divided(&b, v->number, RATE_ONE / 100);
    } else {
      rate_format_percent(v->number, own);
      buf_str(&b, own);
      type = FILL_TEXT;
    }
    break;
  case TABLE_NUMBER:
    decimal_format(v->number, v->decimals, own);
    buf_str(&b, own);
    break;
  case TABLE_DAY:
    if (v->day == DAY_NONE) {
      *ret = (template_value){FILL_NOTHING, TEXT("")};
      return true;
    }
    if (s->day_number && template_day_number(t, v->day)) {
      buf_int(&b, template_day_number(t, v->day));
    } else {
      put_day(&b, v->day, s->day_form);
      type = FILL_TEXT;
    }
    break;
  }
  const char *copy = buf_ok(&b) ? arena_copy(a, buf_view(&b).at, b.bytes) : NULL;
  if (!copy) return err_memory(e);
  *ret = (template_value){type, {copy, b.bytes}};
  return true;
}
