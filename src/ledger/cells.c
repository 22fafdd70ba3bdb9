/* Values as cells of a table. */
#include "ledger/ledger_internal.h"

#include "engine/eval/display.h"

static bool set_text(arena *a, table_value *ret, const buf *b) {
  if (!buf_ok(b)) return false;
  const char *copy = arena_copy(a, b->at ? b->at : "", b->bytes);
  *ret = (table_value){.type = b->bytes ? TABLE_TEXT : TABLE_EMPTY};
  ret->text = (text){copy, b->bytes};
  return copy != NULL;
}

table_value ledger_number(int64_t number, const cel_type *t) {
  switch (t->unit) {
  case UNIT_MONEY:
    return (table_value){.type = TABLE_MONEY, .number = number};
  case UNIT_DATE:
    return (table_value){.type = TABLE_DAY, .day = (day)number};
  case UNIT_RATE:
    return (table_value){.type = TABLE_RATE, .number = number};
  case UNIT_NUMBER:
    return (table_value){
        .type = TABLE_NUMBER, .number = number, .decimals = (int8_t)cel_type_decimals(t)};
  default:
    return (table_value){.type = TABLE_INTEGER, .number = number};
  }
}

table_type ledger_column_type(const ledger_column *c) {
  if (c->shows == LEDGER_NUMBER) return TABLE_INTEGER;
  if (c->step != STEP_NONE) return TABLE_TEXT;
  if (c->shows == LEDGER_DAY) return TABLE_DAY;
  return c->type && c->type->kind == CEL_INT ? ledger_number(0, c->type).type : TABLE_TEXT;
}

bool ledger_cell(arena *a, const ledger *l, const ledger_column *c, how_shown how, const value *v,
                 table_value *ret, const err **ret_why) {
  AUTO_BUF buf b = {0};
  *ret = (table_value){.type = TABLE_EMPTY};
  *ret_why = v->type == VALUE_ERROR ? v->error : NULL;
  if (v->type == VALUE_UNKNOWN || v->type == VALUE_NULL || v->type == VALUE_ERROR) return true;
  if (v->type == VALUE_INT && how == SHOWN_CLEAR) {
    *ret = ledger_number(v->i, c->type ? c->type : &cel_int);
    return true;
  }
  if (c->field)
    field_print(&b, c->field, v, how, l->english);
  else if (how == SHOWN_CLEAR)
    value_say(&b, v, c->type, l->english);
  else if (how == SHOWN_MASKED)
    buf_str(&b, FIELD_STARS);
  return set_text(a, ret, &b);
}
