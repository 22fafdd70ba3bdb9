/* Values of parameters and limits as a pack writes them, and the units that numbers are told in. */
#include "pack/load/values.h"
#include "base/money.h"
#include "pack/load/parts.h"

static void value_fault(const doc *d, const yaml *node, const char *type) {
  static const struct {
    const char *type, *zh, *en;
  } forms[] = {
      {"money", "这里应是以元为单位的金额，最多两位小数，例如 1234.50。",
       "Here should be an amount in yuan with at most two decimals, such as 1234.50."},
      {"rate", "这里应是比例，最多八位小数，例如 0.65 或 65%。",
       "Here should be a rate with at most eight decimals, such as 0.65 or 65%."},
      {"number", "这里应是一个数，最多八位小数，例如 85.5；单位写在“unit”里。",
       "Here should be a number with at most eight decimals, such as 85.5; its unit goes into "
       "\"unit\"."},
      {"int", "这里应是整数。", "Here should be a whole number."},
      {"bool", "这里应是 true 或 false。", "Here should be true or false."},
      {"date", "这里应是日期，写作 2024-03-01。", "Here should be a date such as 2024-03-01."},
      {"text", "这里应是一段文字。", "Here should be text."}};
  for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
    if (strcmp(forms[i].type, type) == 0) FAULT(d, node, "%s", "%s", LABEL(forms[i]));
}

bool values_read(const doc *d, const yaml *node, const char *type, value *ret) {
  int64_t n = 0;
  day on = 0;
  bool yes = false, done = false;
  text s = node->type == YAML_TEXT ? node->s : (text){"", 0};
  if (strcmp(type, "text") == 0) {
    if (!load_text_at(d, node, PACK_TITLE_MAX)) return false;
    *ret = value_string(s);
    return true;
  }
  if (strcmp(type, "bool") == 0) {
    done = yaml_as_bool(node, &yes);
  } else if (strcmp(type, "date") == 0) {
    done = day_parse(s, &on);
    n = on;
  } else if (strcmp(type, "money") == 0) {
    done = money_parse_yuan(s, &n);
  } else if (strcmp(type, "rate") == 0) {
    done = rate_parse(s, &n);
  } else if (strcmp(type, "number") == 0) {
    done = decimal_parse(s, &n);
  } else {
    done = text_to_int(s, &n);
  }
  if (done)
    *ret = strcmp(type, "bool") == 0 ? value_bool(yes) : value_int(n);
  else
    value_fault(d, node, type);
  return done;
}

/* ---- how a number is told ---- */

enum { UNIT_MAX = 24 };

static bool tells_unit(const doc *d, const yaml *map, const cel_type *t) {
  const yaml *unit = load_get(map, "unit"), *decimals = load_get(map, "decimals");
  const yaml *wrong = unit ? unit : decimals;
  bool number = t->kind == CEL_INT && (t->unit == UNIT_NONE || t->unit == UNIT_NUMBER),
       rate = t->kind == CEL_INT && t->unit == UNIT_RATE;
  if (!wrong || t->kind == CEL_DYN) return false;
  if (rate && unit) {
    FAULT(d, unit, "rate 是比例，按百分数显示，没有单位；有单位的数请写 type: number。",
          "A rate is told in percent and has no unit; a number with a unit is of type: number.");
    return false;
  }
  if (number || rate) {
    if (!decimals || t->unit != UNIT_NONE) return true;
    FAULT(d, decimals, "整数没有小数位，请删去“decimals”，或写 type: number。",
          "A whole number has no decimals; remove \"decimals\", or make it type: number.");
    return unit != NULL;
  }
  FAULT(d, wrong, "只有数（int、number、rate）才写“unit”和“decimals”；金额的单位就是元。请删去。",
        "Only numbers (int, number, rate) have \"unit\" and \"decimals\"; money is in yuan. Remove "
        "it.");
  return false;
}

const cel_type *values_read_measure(const doc *d, const yaml *map, const cel_type *t) {
  if (!tells_unit(d, map, t)) return t;
  const char *unit = load_get(map, "unit") ? load_text(d, map, "unit", true) : NULL;
  const char *own = cel_type_unit(t);
  if (unit && text_points(text_of(unit)) > UNIT_MAX)
    FAULT(d, yaml_get(map, "unit"), "单位太长，最多 %d 个字。",
          "The unit is too long, at most %d characters.", UNIT_MAX);
  if (unit && own[0] && strcmp(unit, own) != 0)
    FAULT(d, yaml_get(map, "unit"),
          "这里算出的数以“%s”为单位，“unit”却写作“%s”；请改成一致，或在公式里先乘一个数换算。",
          "What is computed here is in \"%s\", but \"unit\" says \"%s\"; make them the same, or "
          "convert by a factor.",
          own, unit);
  int most = t->unit == UNIT_RATE ? RATE_DECIMALS - 2 : RATE_DECIMALS;
  int decimals = t->unit == UNIT_NONE ? -1 : (int)load_int(d, map, "decimals", 0, most, -1);
  if (decimals < 0) decimals = cel_type_decimals(t);
  const cel_type *told = cel_measured(d->l->a, t, unit ? unit : own, decimals);
  d->l->no_memory |= !told;
  return told ? told : t;
}

const cel_type *values_as_number(const doc *d, const cel_type *t) {
  const cel_type *number = cel_measured(d->l->a, &cel_number, cel_type_unit(t), -1);
  d->l->no_memory |= !number;
  return number ? number : &cel_number;
}
