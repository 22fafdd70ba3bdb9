/* Values of fields, as tables and people write them and as the API sends them, checked. */
#include "base/fold.h"
#include "base/ident.h"
#include "base/uuid.h"
#include "base/money.h"
#include "base/place.h"
#include "pack/model/field_value.h"

#include <stdio.h>
#include <stdlib.h>

enum { CELL_MAX = 200 /* bytes of a number, date or choice as written */ };

/* What every function here needs to know. */
typedef struct asked {
  const field *f;
  arena *a;
  day today;
  err *e;
} asked;

/* "标题：…" with the remedy, at the field. */
static bool refuse(const asked *q, label what) {
  return err_set(q->e, ERR_BAD_INPUT, q->f->name, "%s：%s", "%s: %s", LABEL(q->f->title),
                 LABEL(what));
}

static bool refuse_with(const asked *q, label before, const char *what, label after) {
  return err_set(q->e, ERR_BAD_INPUT, q->f->name, "%s：%s%s%s", "%s: %s%s%s", LABEL(q->f->title),
                 LABEL(before), what, LABEL(after));
}

static bool unknown(const asked *q, value *ret) {
  value v = value_missing(q->a, q->f->name);
  if (v.type != VALUE_UNKNOWN) return err_memory(q->e);
  *ret = v;
  return true;
}

static bool keep(const asked *q, text s, value *ret) {
  char *copy = arena_copy(q->a, s.at, s.bytes);
  if (!copy) return err_memory(q->e);
  *ret = value_string((text){copy, s.bytes});
  return true;
}

/* ---- text ---- */

static bool has_control(const field *f, text s) {
  size_t at = 0;
  for (int32_t c; (c = text_next(s, &at)) != -1;) {
    if (f->long_text && (c == '\n' || c == '\r' || c == '\t')) continue;
    if (c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029) return true;
  }
  return false;
}

/* Of an instant, the local time of day. */
static bool clock_of_instant(const asked *q, int64_t ms, value *ret) {
  char whole[30];
  instant_format(ms, whole);
  const bool seconds = ms % 60000 >= 1000;
  return keep(q, (text){whole + 11, seconds ? 8 : 5}, ret);
}

/* "9:30", "0930" and "９：３０" are "09:30"; an instant of RFC 3339 is its local time of day. */
static bool time_value(const asked *q, text s, value *ret) {
  int64_t ms;
  if (instant_parse(s, &ms)) return clock_of_instant(q, ms, ret);
  if (s.bytes == 8 && clock_seconds(s) >= 0) return keep(q, s, ret);
  char digits[5] = "", own[6];
  size_t at = 0, n = 0, colons = 0;
  for (int32_t c; (c = text_next(s, &at)) != -1;) {
    if (c > 0xFF00 && c < 0xFF5F) c -= 0xFEE0;
    if (c == ':' && n > 0 && !colons++) {
      if (n == 1) digits[1] = digits[0], digits[0] = '0', n = 2;
      continue;
    }
    if (c < '0' || c > '9' || n == 4) {
      n = 0;
      break;
    }
    digits[n++] = (char)c;
  }
  int minutes = n == 4 ? ((digits[0] - '0') * 10 + digits[1] - '0') * 60 + (digits[2] - '0') * 10 +
                             digits[3] - '0'
                       : -1;
  if (minutes < 0 || digits[2] > '5' || minutes > 24 * 60)
    return refuse(q,
                  (label){"应是时刻，例如 09:30。", "It should be a time of day such as 09:30."});
  snprintf(own, sizeof own, "%02d:%02d", minutes / 60, minutes % 60);
  return keep(q, text_of(own), ret);
}

static bool place_value(const asked *q, text s, value *ret) {
  place p;
  char own[32];
  if (!place_parse(s, &p))
    return refuse(
        q, (label){"应是经度,纬度，例如 116.6251,35.4302；国测局坐标在前面写 GCJ02。",
                   "It should be longitude,latitude such as 116.6251,35.4302; write GCJ02 before "
                   "shifted ones."});
  place_format(&p, own);
  return keep(q, text_of(own), ret);
}

static bool separates(int32_t c);

/* A hash: the file itself may come later, when there is a network. */
static bool is_file_name(text s) {
  for (size_t i = 0; i < s.bytes; i++)
    if (!((s.at[i] >= '0' && s.at[i] <= '9') || (s.at[i] >= 'a' && s.at[i] <= 'f'))) return false;
  return s.bytes == 2 * 32;
}

/* One space between, whatever stood there; who or what they are, the engine looks up. */
static bool words_value(const asked *q, text s, value *ret) {
  AUTO_BUF buf b = {0};
  size_t at = 0, start = 0;
  for (bool more = true; more;) {
    size_t end = at;
    int32_t c = text_next(s, &at);
    more = c != -1;
    if (more && !separates(c)) continue;
    if (end > start) {
      if (q->f->format == FORMAT_FILES && !is_file_name((text){s.at + start, end - start}))
        return refuse(q, (label){"附件要先上传，再填上传后得到的编号。",
                                 "Upload the file first and give the name it was given."});
      if (b.bytes) buf_char(&b, ' ');
      buf_add(&b, s.at + start, end - start);
    }
    start = at;
  }
  if (!buf_ok(&b)) return err_memory(q->e);
  return b.bytes ? keep(q, buf_view(&b), ret) : unknown(q, ret);
}

/* Identifiers are kept in their one written form. */
static bool check_format(const asked *q, text s, value *ret) {
  char own[37];
  uuid id;
  err why = {0};
  bool good = true;
  switch (q->f->format) {
  case FORMAT_NONE:
    return keep(q, s, ret);
  case FORMAT_RESIDENT_ID:
    good = resident_id_check(s, q->today, own, &why);
    break;
  case FORMAT_DOCUMENT:
    good = document_check(s, q->today, own, &why);
    break;
  case FORMAT_CREDIT_CODE:
    good = credit_code_check(s, own, &why);
    break;
  case FORMAT_DISABILITY_CARD:
    good = disability_card_check(s, q->today, own, &why);
    break;
  case FORMAT_PHONE:
    good = phone_check(s, own, &why);
    break;
  case FORMAT_MEASURE:
  case FORMAT_FOLLOW_UP:
    if (!uuid_parse(s, &id)) return keep(q, s, ret); /* its name: the engine looks it up */
    uuid_format(&id, own);
    break;
  case FORMAT_TIME:
    return time_value(q, s, ret);
  case FORMAT_PLACE:
    return place_value(q, s, ret);
  case FORMAT_OFFICER: /* who it is the engine looks up */
    return keep(q, s, ret);
  case FORMAT_ZONE: /* whether it is there the engine looks up */
    good = area_code_check(s, own, &why);
    if (!good || area_code_is_zone(own)) break;
    return refuse(q, (label){"应是片区的代码，12 位，后三位 900 至 999。",
                             "It should be the code of a zone: twelve digits, the last three 900 "
                             "to 999."});
  case FORMAT_OFFICERS:
  case FORMAT_FILES:
    return words_value(q, s, ret);
  }
  return good ? keep(q, text_of(own), ret) : refuse(q, (label){why.zh, why.en});
}

static bool is_selector(int32_t c) {
  return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

/* Without what nobody sees; but joiners stay, which some scripts need, and so do the selectors that
 * tell forms of one ideograph apart. False: memory. */
static bool visible(arena *a, text s, text *ret) {
  AUTO_BUF buf b = {0};
  size_t at = 0, start = 0;
  bool any = false;
  for (int32_t c; (c = text_next(s, &at)) != -1; start = at) {
    const bool drop = point_is_invisible(c) && c != 0x200C && c != 0x200D && !is_selector(c);
    any |= drop;
    if (!drop) buf_add(&b, s.at + start, at - start);
  }
  if (!any) return *ret = s, true;
  const char *copy = buf_ok(&b) ? arena_copy(a, buf_view(&b).at, b.bytes) : NULL;
  if (copy) *ret = (text){copy, b.bytes};
  return copy != NULL;
}

static bool text_value(const asked *q, text s, value *ret) {
  char limit[24];
  if (!text_valid_utf8(s))
    return refuse(q,
                  (label){"文字编码不对，请重新输入。", "The text is not UTF-8; type it again."});
  if (!visible(q->a, s, &s)) return err_memory(q->e);
  s = text_trim(s);
  if (s.bytes == 0) return unknown(q, ret);
  if (has_control(q->f, s))
    return q->f->long_text
               ? refuse(q, (label){"含有看不见的控制字符，请删去。",
                                   "It holds invisible control characters; remove them."})
               : refuse(q,
                        (label){
                            "含有换行或看不见的控制字符，请删去。",
                            "It holds a line break or invisible control characters; remove them."});
  int64_t points = (int64_t)text_points(s);
  if (points > q->f->max) {
    snprintf(limit, sizeof limit, "%lld", (long long)q->f->max);
    return refuse_with(q, (label){"太长，最多 ", "It is too long: at most "}, limit,
                       (label){" 个字，请缩短。", " characters; shorten it."});
  }
  if (points < q->f->min) {
    snprintf(limit, sizeof limit, "%lld", (long long)q->f->min);
    return refuse_with(q, (label){"太短，至少 ", "It is too short: at least "}, limit,
                       (label){" 个字，请补全。", " characters; complete it."});
  }
  return check_format(q, s, ret);
}

/* ---- numbers and days ---- */

enum { LIMIT_MAX = 160 };

static void print_limit(const field *f, int64_t n, char ret[LIMIT_MAX]) {
  char own[32];
  switch (f->type) {
  case FIELD_MONEY:
    money_format_yuan(n, own);
    snprintf(ret, LIMIT_MAX, "%s元", own);
    return;
  case FIELD_RATE:
    rate_format(n, own);
    break;
  case FIELD_NUMBER:
    decimal_format(n, f->decimals, own);
    break;
  case FIELD_DATE:
    day_format((day)n, own);
    break;
  default:
    snprintf(own, sizeof own, "%lld", (long long)n);
  }
  snprintf(ret, LIMIT_MAX, "%s%s", own, f->unit);
}

static bool in_range(const asked *q, int64_t n, value *ret) {
  const field *f = q->f;
  char limit[LIMIT_MAX];
  if (f->min <= f->max && n < f->min) {
    print_limit(f, f->min, limit);
    return refuse_with(q, (label){"不能小于 ", "It cannot be below "}, limit,
                       (label){"，请核对。", "; check it."});
  }
  if (f->min <= f->max && n > f->max) {
    print_limit(f, f->max, limit);
    return refuse_with(q, (label){"不能大于 ", "It cannot be above "}, limit,
                       (label){"，请核对。", "; check it."});
  }
  *ret = value_int(n);
  return true;
}

/* Full-width digits and signs as their plain forms; spaces within are dropped. False: too long or
 * not a number's letters. */
static bool fold(text s, char ret[CELL_MAX]) {
  size_t at = 0, n = 0;
  for (int32_t c; (c = text_next(s, &at)) != -1;) {
    if (c == ' ' || c == 0x3000) continue;
    if (c > 0xFF00 && c < 0xFF5F) c -= 0xFEE0;
    if (c == 0x2212) c = '-';
    char bytes[4];
    size_t more = c < 0 ? 0 : text_encode((uint32_t)c, bytes);
    if (more == 0 || n + more >= CELL_MAX) return false;
    memcpy(ret + n, bytes, more);
    n += more;
  }
  ret[n] = 0;
  return true;
}

/* "1,234" and "3.00" are whole numbers, too. */
static bool int_of(text s, int64_t *ret) {
  char digits[CELL_MAX];
  size_t n = 0, at = 0, since_comma = 0;
  bool comma = false;
  const char *dot = s.bytes ? memchr(s.at, '.', s.bytes) : NULL;
  if (dot) {
    const char *end = s.at + s.bytes;
    if (dot + 1 == end) return false;
    for (const char *c = dot + 1; c < end; c++)
      if (*c != '0') return false;
    s.bytes = (size_t)(dot - s.at);
  }
  for (; at < s.bytes && n + 1 < sizeof digits; at++) {
    if (s.at[at] == ',') {
      if (comma ? since_comma != 3 : n == 0) return false;
      comma = true;
      since_comma = 0;
      continue;
    }
    digits[n++] = s.at[at];
    since_comma++;
  }
  if (at < s.bytes || (comma && since_comma != 3)) return false;
  return text_to_int((text){digits, n}, ret);
}

/* "It should be a number in m such as 81.4." */
static bool tell_number(const asked *q) {
  const char *unit = q->f->unit;
  return err_set(q->e, ERR_BAD_INPUT, q->f->name, "%s：应是数%s%s%s，例如 81.4。",
                 "%s: It should be a number%s%s%s such as 81.4.", LABEL(q->f->title),
                 ZH_EN(unit[0] ? "（以" : "", unit[0] ? " (in " : ""), unit,
                 ZH_EN(unit[0] ? "计）" : "", unit[0] ? ")" : ""));
}

static bool in_decimals(const asked *q, int64_t n, value *ret) {
  char most[12];
  if (q->f->decimals < 0 || decimal_places(n) <= q->f->decimals) return in_range(q, n, ret);
  snprintf(most, sizeof most, "%d", q->f->decimals);
  return refuse_with(q, (label){"最多 ", "At most "}, most,
                     (label){" 位小数，请核对。", " decimals; check it."});
}

static text without(text s, const char *start, const char *end) {
  if (text_starts(s, start)) s = (text){s.at + strlen(start), s.bytes - strlen(start)};
  if (text_ends(s, end)) s.bytes -= strlen(end);
  return s;
}

static bool number_value(const asked *q, text written, value *ret) {
  char folded[CELL_MAX];
  int64_t n;
  bool good = fold(written, folded);
  text s = text_of(good ? folded : "");
  switch (q->f->type) {
  case FIELD_MONEY:
    s = without(without(s, "¥", "元"), "￥", "元");
    if (good && money_parse_yuan(s, &n)) return in_range(q, n, ret);
    return refuse(
        q, (label){"应是以元为单位的金额，最多两位小数，例如 1234.50。",
                   "It should be an amount in yuan with at most two decimals, such as 1234.50."});
  case FIELD_RATE:
    if (good && rate_parse(s, &n)) return in_range(q, n, ret);
    return refuse(
        q, (label){"应是比例，例如 0.65 或 65%。", "It should be a rate such as 0.65 or 65%."});
  case FIELD_NUMBER:
    s = text_trim(without(s, "", q->f->unit));
    if (good && decimal_parse(s, &n)) return in_decimals(q, n, ret);
    return tell_number(q);
  default:
    s = text_trim(without(s, "", q->f->unit));
    if (good && int_of(s, &n)) return in_range(q, n, ret);
    return refuse(
        q, (label){"应是整数，请只填数字。", "It should be a whole number; enter digits only."});
  }
}

static bool date_value(const asked *q, text s, bool loose, value *ret) {
  char folded[CELL_MAX];
  day on;
  if (loose ? fold(s, folded) && day_parse_loose(text_of(folded), &on) : day_parse(s, &on))
    return in_range(q, on, ret);
  return refuse(q,
                (label){"应是日期，例如 2024-03-01。", "It should be a date such as 2024-03-01."});
}

/* ---- yes or no, and choices ---- */

static bool equal_folded(text a, const char *b) {
  size_t n = strlen(b);
  if (a.bytes != n) return false;
  for (size_t i = 0; i < n; i++) {
    char c = a.at[i] >= 'A' && a.at[i] <= 'Z' ? (char)(a.at[i] + 32) : a.at[i];
    char d = b[i] >= 'A' && b[i] <= 'Z' ? (char)(b[i] + 32) : b[i];
    if (c != d) return false;
  }
  return true;
}

static bool bool_value(const asked *q, text s, value *ret) {
  static const char *const yes[] = {"是", "有", "对", "yes", "y", "true", "1", "√", "✓"};
  static const char *const no[] = {"否", "无", "不是", "没有", "no", "n", "false", "0", "×"};
  for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
    if (equal_folded(s, yes[i])) return *ret = value_bool(true), true;
  for (size_t i = 0; i < sizeof no / sizeof *no; i++)
    if (equal_folded(s, no[i])) return *ret = value_bool(false), true;
  return refuse(q, (label){"应填“是”或“否”。", "It should be \"yes\" or \"no\"."});
}

static const choice *choice_written(const field *f, text s) {
  for (size_t i = 0; i < f->choice_count; i++) {
    const choice *c = &f->choices[i];
    if (equal_folded(s, c->code) || text_is(s, c->title.zh) || equal_folded(s, c->title.en) ||
        (c->official && text_is(s, c->official)))
      return c;
    for (const char *const *a = c->aliases; a && *a; a++)
      if (equal_folded(s, *a)) return c;
  }
  return NULL;
}

/* "没有“…”这个选项，可填：甲、乙、丙…" */
static bool refuse_choice(const asked *q, text s) {
  AUTO_BUF buf zh = {0}, en = {0};
  text cut = text_cut(s, 60);
  if (!text_valid_utf8(cut)) cut = TEXT("…");
  buf_printf(&zh, "没有“%.*s”这个选项，可填：", (int)cut.bytes, cut.at);
  buf_printf(&en, "There is no choice \"%.*s\"; choose from: ", (int)cut.bytes, cut.at);
  enum { SHOWN_MAX = 8 };
  for (size_t i = 0; i < q->f->choice_count && i < SHOWN_MAX; i++) {
    buf_printf(&zh, "%s%s", i ? "、" : "", q->f->choices[i].title.zh);
    buf_printf(&en, "%s%s", i ? ", " : "", q->f->choices[i].title.en);
  }
  bool more = q->f->choice_count > SHOWN_MAX;
  buf_str(&zh, more ? "等。" : "。");
  buf_str(&en, more ? " …" : ".");
  if (!buf_ok(&zh) || !buf_ok(&en)) return err_memory(q->e);
  return refuse(q, (label){zh.at, en.at});
}

static bool choice_value(const asked *q, text s, bool exact, value *ret) {
  const choice *c = exact ? choice_find(q->f, s) : choice_written(q->f, s);
  if (!c) return refuse_choice(q, s);
  *ret = value_string(text_of(c->code));
  return true;
}

static int by_code(const void *a, const void *b) {
  return text_compare(((const value *)a)->s, ((const value *)b)->s);
}

/* Sorted and distinct, so that equal answers are equal values. */
static bool several(const asked *q, value *items, size_t count, value *ret) {
  static const value_list nothing;
  if (count == 0 && !q->f->empty_title.zh[0]) return unknown(q, ret);
  if (count == 0) {
    *ret = (value){.type = VALUE_LIST, .list = &nothing};
    return true;
  }
  qsort(items, count, sizeof *items, by_code);
  size_t n = 1;
  for (size_t i = 1; i < count; i++)
    if (by_code(&items[n - 1], &items[i]) != 0) items[n++] = items[i];
  value_list *list = ARENA_NEW(q->a, value_list);
  if (!list) return err_memory(q->e);
  *list = (value_list){n, items};
  *ret = (value){.type = VALUE_LIST, .list = list};
  return true;
}

static bool separates(int32_t c) {
  return c == ',' || c == 0xFF0C || c == 0x3001 || c == ';' || c == 0xFF1B || c == ' ' ||
         c == 0x3000 || c == '\n' || c == '\r' || c == '\t';
}

/* A whole cell that is one choice stays one, whatever is in it: "high school" is not two. */
static bool choices_written(const asked *q, text s, value *ret) {
  size_t room = 0, count = 0, at = 0, start = 0;
  value *items = NULL;
  for (bool more = true; more;) {
    size_t end = at;
    int32_t c = text_next(s, &at);
    more = c != -1;
    if (more && !separates(c)) continue;
    text part = {s.at + start, end - start};
    start = at;
    if (part.bytes == 0) continue;
    items = ARENA_GROW(q->a, items, count, &room, value);
    if (!items) return err_memory(q->e);
    if (!choice_value(q, part, false, &items[count])) return false;
    count++;
  }
  return several(q, items, count, ret);
}

static bool choices_text(const asked *q, text s, value *ret) {
  if (q->f->empty_title.zh[0] &&
      (text_is(s, q->f->empty_title.zh) || text_is(s, q->f->empty_title.en) || text_is(s, "无")))
    return several(q, NULL, 0, ret);
  const choice *whole = choice_written(q->f, s);
  if (!whole) return choices_written(q, s, ret);
  value *one = ARENA_NEW(q->a, value);
  if (!one) return err_memory(q->e);
  *one = value_string(text_of(whole->code));
  return several(q, one, 1, ret);
}

/* ---- the two ways in ---- */

bool field_read_text(const field *f, arena *a, text s, day today, value *ret, err *e) {
  asked q = {f, a, today, e};
  if (f->type == FIELD_TEXT) return text_value(&q, s, ret);
  if (!text_valid_utf8(s))
    return refuse(&q,
                  (label){"文字编码不对，请重新输入。", "The text is not UTF-8; type it again."});
  s = text_trim(s);
  if (s.bytes == 0) return unknown(&q, ret);
  switch (f->type) {
  case FIELD_DATE:
    return date_value(&q, s, true, ret);
  case FIELD_BOOL:
    return bool_value(&q, s, ret);
  case FIELD_CHOICE:
    return choice_value(&q, s, false, ret);
  case FIELD_CHOICES:
    return choices_text(&q, s, ret);
  default:
    return number_value(&q, s, ret);
  }
}

static bool choices_list(const asked *q, const json *j, value *ret) {
  value *items = ARENA_ARRAY(q->a, j->count, value);
  if (!items) return err_memory(q->e);
  for (size_t i = 0; i < j->count; i++) {
    if (j->items[i].type != JSON_TEXT)
      return refuse(
          q, (label){"应是选项代码的列表。", "It should be a list of the codes of choices."});
    if (!choice_value(q, j->items[i].s, true, &items[i])) return false;
  }
  return several(q, items, j->count, ret);
}

bool field_read_json(const field *f, arena *a, const json *j, day today, value *ret, err *e) {
  asked q = {f, a, today, e};
  int64_t n;
  if (!j || j->type == JSON_NULL) return unknown(&q, ret);
  switch (f->type) {
  case FIELD_TEXT:
    if (j->type == JSON_TEXT) return text_value(&q, j->s, ret);
    return refuse(&q, (label){"应是一段文字。", "It should be text."});
  case FIELD_INT:
    if (j->type == JSON_INT) return in_range(&q, j->n, ret);
    return refuse(
        &q, (label){"应是整数，请只填数字。", "It should be a whole number; enter digits only."});
  case FIELD_MONEY:
    if (j->type == JSON_INT) return in_range(&q, j->n, ret);
    return refuse(&q, (label){"应是金额，用整数的分。", "It should be an amount, in whole fen."});
  case FIELD_RATE:
    if (j->type == JSON_TEXT && rate_parse(j->s, &n)) return in_range(&q, n, ret);
    return refuse(&q, (label){"应是比例，写作文字，例如 \"0.65\"。",
                              "It should be a rate as text, such as \"0.65\"."});
  case FIELD_NUMBER:
    if (j->type == JSON_TEXT && decimal_parse(j->s, &n)) return in_decimals(&q, n, ret);
    return tell_number(&q);
  case FIELD_DATE:
    if (j->type == JSON_TEXT) return date_value(&q, j->s, false, ret);
    return refuse(
        &q, (label){"应是日期，例如 2024-03-01。", "It should be a date such as 2024-03-01."});
  case FIELD_BOOL:
    if (j->type == JSON_BOOL) return *ret = value_bool(j->yes), true;
    return refuse(&q, (label){"应填“是”或“否”（true 或 false）。", "It should be true or false."});
  case FIELD_CHOICE:
    if (j->type == JSON_TEXT) return choice_value(&q, j->s, true, ret);
    return refuse(&q, (label){"应是一个选项的代码。", "It should be the code of a choice."});
  case FIELD_CHOICES:
    if (j->type == JSON_LIST) return choices_list(&q, j, ret);
    if (j->type == JSON_TEXT) return choices_text(&q, text_trim(j->s), ret);
    return refuse(&q,
                  (label){"应是选项代码的列表。", "It should be a list of the codes of choices."});
  }
  return err_set(e, ERR_INTERNAL, f->name, "字段类型不对。", "The field has no type.");
}

/* ---- masking ---- */

static void stars(buf *b, size_t n) {
  for (size_t i = 0; i < n; i++) buf_char(b, '*');
}

/* How much may be shown of a masked text. Of an identifier only where it comes from: the day of
 * birth stands beside it, and with that and its last digits it would be whole. Of free text
 * nothing. */
static void shown_of(const field *f, size_t points, size_t *ret_head, size_t *ret_tail) {
  enum { PLACE = 4, CARRIER = 3, SUBSCRIBER = 4, PHONE = 11 };
  const bool identifier = f->format == FORMAT_RESIDENT_ID || f->format == FORMAT_CREDIT_CODE ||
                          f->format == FORMAT_DISABILITY_CARD;
  const bool phone = f->format == FORMAT_PHONE && points >= PHONE;
  *ret_head = identifier && points > 2 * PLACE ? PLACE : phone ? CARRIER : 0;
  *ret_tail = phone ? SUBSCRIBER : 0;
}

void field_mask(buf *b, const field *f, text t) {
  enum { HIDDEN_STARS = 4 };
  if (f->privacy == PRIVACY_OPEN) {
    buf_text(b, t);
    return;
  }
  size_t points = text_valid_utf8(t) ? text_points(t) : 0, head, tail;
  shown_of(f, points, &head, &tail);
  if (f->privacy == PRIVACY_HIDDEN || !head) { /* not even how long it is */
    stars(b, HIDDEN_STARS);
    return;
  }
  size_t at = 0;
  for (size_t i = 0; i < points; i++) {
    size_t start = at;
    text_next(t, &at);
    if (i < head || i >= points - tail)
      buf_add(b, t.at + start, at - start);
    else
      buf_char(b, '*');
  }
}
