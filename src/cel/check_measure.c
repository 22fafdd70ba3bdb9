/* The units that numbers are told in: which results keep them, and what does not go together. */
#include "base/money.h"
#include "cel/check.h"

#include <stdlib.h>

/* What a number, or the numbers of a list, are told in; NULL: it is no number that has a unit. */
static const cel_type *number_of(const node *n) {
  const cel_type *t = type_resolve(n->type);
  if (t->kind == CEL_LIST) t = type_resolve(t->of);
  return t->kind == CEL_INT && t->unit != UNIT_MONEY && t->unit != UNIT_DATE ? t : NULL;
}

static bool is_decimal(const cel_type *t) {
  return t && (t->unit == UNIT_NUMBER || t->unit == UNIT_RATE);
}

static bool is_product(const node *n) {
  return n->is_operator && text_is(n->name, "_*_");
}

/* Both operands at run time are whole numbers, so that the kind of product is settled here. */
static bool settle_product(checker *c, node *n) {
  const cel_type *a = number_of(n->items[0]), *b = number_of(n->items[1]);
  if (is_decimal(a) && is_decimal(b)) n->function = cel_function_find(TEXT("share"));
  if (!c->env->lenient && ((is_decimal(a) && !b) || (is_decimal(b) && !a)))
    return check_fail(c, n, "看不出这里乘的是整数还是小数，请用有类型的名称，或者写 number(…)。",
                      "It cannot be told whether a whole number or a decimal is multiplied here; "
                      "use a name with a type, or write number(…).");
  return true;
}

/* Sums and the like: both operands are of one unit, and the result is of it. */
static bool goes_together(const cel_function *f) {
  if (!f->run) return f->op != OP_MULTIPLY && f->op != OP_DIVIDE && f->op != OP_MODULO;
  return f->run == run_min || f->run == run_max || f->run == run_ratio;
}

static bool keeps_unit(const cel_function *f) {
  return !f->run ? f->op == OP_ADD || f->op == OP_SUBTRACT || f->op == OP_NEGATE
                 : f->run == run_min || f->run == run_max || f->run == run_sum ||
                       f->run == run_mean || f->run == run_math_abs || f->run == run_round ||
                       f->run == run_round_even || f->run == run_divide || f->run == run_share;
}

static bool tell_unlike(checker *c, const node *n, const cel_type *a, const cel_type *b) {
  return check_fail(
      c, n, "两边的单位不同：“%s”和“%s”。请先乘一个数换算成同一单位，例如 x * number(\"0.001\")。",
      "The two are told in different units: \"%s\" and \"%s\". Convert one by a "
      "factor, such as x * number(\"0.001\").",
      cel_type_unit(a), cel_type_unit(b));
}

/* A share of a number is told as the number is; any other product is of a unit of its own. */
static const cel_type *kept_by_share(const cel_type *a, const cel_type *b) {
  if (b && b->unit == UNIT_RATE) return a;
  return a && a->unit == UNIT_RATE ? b : NULL;
}

/* Of a rate they are told in percent. */
static int decimals_kept(const cel_function *f, const node *n, const cel_type *a,
                         const cel_type *b) {
  if (f->run == run_share || f->run == run_divide || f->run == run_mean) return -1;
  if (f->run == run_round || f->run == run_round_even) {
    const node *digits = n->items[1];
    bool written = digits->kind == NODE_LITERAL && digits->literal.type == VALUE_INT &&
                   digits->literal.i >= 0 && digits->literal.i <= RATE_DECIMALS;
    int places = written ? (int)digits->literal.i : -1;
    return places > 0 && a && a->unit == UNIT_RATE ? places > 2 ? places - 2 : 0 : places;
  }
  int one = cel_type_decimals(a), other = b ? cel_type_decimals(b) : one;
  return one < 0 || other < 0 ? -1 : one > other ? one : other;
}

bool check_measure(checker *c, node *n) {
  if (n->function < 0 || n->count == 0 || n->count > 2) return true;
  if (is_product(n) && !settle_product(c, n)) return false;
  const cel_function *f = &cel_functions[n->function];
  const cel_type *a = number_of(n->items[0]), *b = n->count == 2 ? number_of(n->items[1]) : NULL,
                 *of = a;
  if (a && b && goes_together(f) && type_units_differ(a, b) && !c->env->lenient)
    return tell_unlike(c, n, a, b);
  const cel_type *result = type_resolve(n->type);
  if (!keeps_unit(f) || result->kind != CEL_INT || result->unit == UNIT_MONEY ||
      result->unit == UNIT_DATE)
    return true;
  if (f->run == run_share) of = kept_by_share(a, b);
  if (of && b && !cel_type_unit(of)[0] && goes_together(f)) of = b;
  if (!of) return true;
  n->type = cel_measured(c->a, result, cel_type_unit(of), decimals_kept(f, n, a, b));
  return n->type || err_memory(c->e);
}

/* ---- for the browser, whose operators know no decimals ---- */

static bool is_decimal_product(const node *n) {
  return n->kind == NODE_CALL && is_product(n) && n->function >= 0 &&
         cel_functions[n->function].run == run_share;
}

/* How many products begin and end before a byte of the source, and whether its sign stands there.
 */
typedef struct mark {
  uint16_t begin, end;
  bool sign;
} mark;

static bool mark_products(const node *n, mark *marks) {
  bool any = is_decimal_product(n);
  if (any) {
    marks[n->from].begin++;
    marks[n->to].end++;
    marks[n->at].sign = true;
  }
  for (size_t i = 0; i < n->count; i++)
    if (n->items[i]) any |= mark_products(n->items[i], marks);
  return any;
}

void cel_program_browser_source(buf *b, const cel_program *p) {
  text s = p->source;
  mark *marks = calloc(s.bytes + 1, sizeof *marks);
  if (!marks) {
    b->failed = true;
    return;
  }
  if (!mark_products(p->tree, marks)) {
    buf_text(b, s);
  } else {
    for (size_t i = 0; i <= s.bytes; i++) {
      while (marks[i].end && marks[i].end--) buf_char(b, ')');
      while (marks[i].begin && marks[i].begin--) buf_str(b, "share(");
      if (i < s.bytes) buf_char(b, marks[i].sign ? ',' : s.at[i]);
    }
  }
  free(marks);
}
