#include "ledger/heading_words.h"

static const char *const counting[] = {"人", "次", "个", "名", "项", "件",   "家", "处",    "条",
                                       "口", "位", "岁", "年", "月", "天",   "台", "辆",    "座",
                                       "间", "套", "头", "只", "棵", "株",   "份", "人次",  "个月",
                                       "批", "期", "笔", "所", "村", "周岁", "日", "人/次", NULL};

static bool is_one_of(text t, const char *const *words) {
  for (; *words; words++)
    if (text_is(t, *words)) return true;
  return false;
}

int64_t heading_money_unit(text unit) {
  static const struct {
    const char *word;
    int64_t fen;
  } units[] = {{"元", 100},       {"人民币元", 100},     {"百元", 10000}, {"千元", 100000},
               {"万元", 1000000}, {"亿元", 10000000000}, {"元/年", 100},  {"元/月", 100},
               {"元/人", 100},    {"yuan", 100},         {"万", 1000000}, {"RMB", 100}};
  for (size_t i = 0; i < sizeof units / sizeof *units; i++)
    if (text_is(unit, units[i].word)) return units[i].fen;
  return 0;
}

bool heading_is_counting_word(text unit) {
  return is_one_of(unit, counting);
}

static text plain_unit(text u) {
  static const struct {
    const char *from, *to;
  } same[] = {{"㎡", "平方米"}, {"m2", "平方米"}, {"m²", "平方米"}, {"平米", "平方米"},
              {"公里", "km"},   {"千米", "km"},   {"米", "m"},      {"公斤", "kg"},
              {"千克", "kg"},   {"畝", "亩"},     {"摄氏度", "℃"}};
  for (size_t i = 0; i < sizeof same / sizeof *same; i++)
    if (text_is(u, same[i].from)) return text_of(same[i].to);
  return u;
}

bool heading_same_unit(text a, text b) {
  return text_equal(plain_unit(text_trim(a)), plain_unit(text_trim(b)));
}

static bool has(text t, const char *word) {
  return memmem(t.at, t.bytes, word, strlen(word)) != NULL;
}

/* "yyyy-mm-dd", "YYYYMMDD", "年月日", "例:2020.01.01", "格式:2020/1/1" as Y, M, D and signs. */
static const char *day_form_of(text t) {
  static const struct {
    const char *is, *form;
  } letters[] = {{"yyyy-mm-dd", "Y-M-D"}, {"yyyy/mm/dd", "Y/M/D"}, {"yyyy.mm.dd", "Y.M.D"},
                 {"yyyymmdd", "YMD"},     {"yyyy-mm", "Y-M"},      {"yyyy/mm", "Y/M"},
                 {"yyyy.mm", "Y.M"},      {"yyyymm", "YM"},        {"年月日", "Y年M月D日"},
                 {"年-月-日", "Y-M-D"},   {"年/月/日", "Y/M/D"},   {"年.月.日", "Y.M.D"},
                 {"年月", "Y年M月"},      {"8位数字", "YMD"},      {"八位数字", "YMD"}};
  char lower[64];
  size_t n = 0;
  for (size_t i = 0; i < t.bytes && n + 1 < sizeof lower; i++)
    lower[n++] = t.at[i] >= 'A' && t.at[i] <= 'Z' ? (char)(t.at[i] | 0x20) : t.at[i];
  lower[n] = 0;
  for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
    if (strstr(lower, letters[i].is)) return letters[i].form;
  for (char *c = lower; *c; c++) { /* an example: four digits of a year first */
    int digits = 0, signs = 0;
    char sign = 0;
    if (strncmp(c, "19", 2) != 0 && strncmp(c, "20", 2) != 0) continue;
    for (const char *d = c; *d; d++)
      if (*d >= '0' && *d <= '9') {
        digits++;
      } else if (*d == '-' || *d == '/' || *d == '.') {
        signs++;
        sign = *d;
      } else {
        break;
      }
    if (signs == 0) return digits == 8 ? "YMD" : digits == 6 ? "YM" : NULL;
    if (signs > 2) return NULL;
    if (signs == 1) return sign == '.' ? "Y.M" : sign == '/' ? "Y/M" : "Y-M";
    return sign == '.' ? "Y.M.D" : sign == '/' ? "Y/M/D" : "Y-M-D";
  }
  return NULL;
}

const char *heading_day_form(const heading_words *w) {
  return w->kind == NOTE_DAY ? day_form_of(w->note) : NULL;
}

bool heading_is_plain_group(text core) {
  static const char *const words[] = {
      "基本信息", "基本情况", "基础信息", "基础情况", "信息",     "情况",     "明细",
      "内容",     "项目",     "基本资料", "人员信息", "个人信息", "个人情况", "人员情况",
      "详细信息", "主要内容", "基本内容", "登记内容", "登记信息", "概况",     NULL};
  return is_one_of(core, words);
}

static heading_note kind_of(text note) {
  static const char *const harmless[] = {"必填",   "选填", "必填项", "非必填",
                                         "可不填", "全称", NULL};
  static const char *const yes_no[] = {"是/否",  "是或否", "填是或否", "填是/否",
                                       "是、否", "是否",   NULL};
  static const char *const measures[] = {"%",  "亩", "公里", "平方米", "㎡", "m2",   "m²", "平米",
                                         "米", "吨", "公斤", "千克",   "斤", "公顷", "km", NULL};
  bool digit = false;
  if (!note.bytes || is_one_of(note, harmless)) return NOTE_NONE;
  if (is_one_of(note, yes_no)) return NOTE_YES_NO;
  if (heading_money_unit(note) || heading_is_counting_word(note) || is_one_of(note, measures))
    return NOTE_UNIT;
  if (day_form_of(note)) return NOTE_DAY;
  for (size_t i = 0; i < note.bytes; i++) digit |= note.at[i] >= '0' && note.at[i] <= '9';
  return digit || has(note, "√") || has(note, "代码") || has(note, "编码") ? NOTE_CODES
                                                                           : NOTE_OTHER;
}

static bool is_mark(int32_t c) {
  return c == '*' || c == ':' || c == 0x3002 /* 。 */ || c == '"' || c == 0x201C || c == 0x201D;
}

/* Off the front: "1.", "12、", "一、". */
static text without_number(text t) {
  size_t pos = 0, digits = 0;
  while (digits < t.bytes && t.at[digits] >= '0' && t.at[digits] <= '9') digits++;
  pos = digits;
  if (!digits || digits > 2 || pos >= t.bytes) return t;
  if (t.at[pos] == '.' && pos + 1 < t.bytes && (t.at[pos + 1] < '0' || t.at[pos + 1] > '9'))
    return (text){t.at + pos + 1, t.bytes - pos - 1};
  if (t.bytes - pos > 3 && memcmp(t.at + pos, "、", 3) == 0)
    return (text){t.at + pos + 3, t.bytes - pos - 3};
  return t;
}

bool heading_words_of(arena *a, text heading, heading_words *ret) {
  AUTO_BUF buf whole = {0}, core = {0}, note = {0};
  int depth = 0, notes = 0;
  size_t pos = 0;
  for (int32_t c; (c = text_next(heading, &pos)) >= 0;) {
    char utf8[4];
    if (c <= ' ' || c == 0x3000 || c == 0xA0 || c == 0x200B || c == 0xFEFF) continue;
    if (c > 0xFF00 && c < 0xFF5F) c -= 0xFEE0; /* full width */
    if (c == 0x3010 || c == 0x3014) c = '(';
    if (c == 0x3011 || c == 0x3015) c = ')';
    if (c == '[' || c == '{') c = '(';
    if (c == ']' || c == '}') c = ')';
    if (is_mark(c)) continue;
    if (c >= 'A' && c <= 'Z') c |= 0x20;
    const size_t n = text_encode((uint32_t)c, utf8);
    buf_add(&whole, utf8, n);
    if (c == '(') {
      if (depth++ == 0) notes++;
    } else if (c == ')') {
      depth -= depth > 0;
    } else if (depth == 0) {
      buf_add(&core, utf8, n);
    } else if (notes == 1) {
      buf_add(&note, utf8, n);
    }
  }
  const text bare = without_number(buf_view(&core));
  const char *w = arena_copy(a, buf_view(&whole).at, whole.bytes),
             *b = arena_copy(a, bare.at, bare.bytes),
             *n = arena_copy(a, buf_view(&note).at, note.bytes);
  if (!buf_ok(&whole) || !buf_ok(&core) || !buf_ok(&note) || !w || !b || !n) return false;
  *ret = (heading_words){{w, whole.bytes}, {b, bare.bytes}, {n, note.bytes}, NOTE_NONE};
  ret->kind = notes > 1 ? NOTE_OTHER : kind_of(ret->note);
  return true;
}
