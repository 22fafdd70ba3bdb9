#include "base/ident.h"

#include "base/fold.h"

/* An X as it comes out of other alphabets: ×, Greek Χ, Cyrillic Х. */
static int32_t plain_x(int32_t c) {
  return c == 0xD7 || c == 0x2715 || c == 0x3A7 || c == 0x3C7 || c == 0x425 || c == 0x445 ? 'X' : c;
}

/* Drops white space, what nobody sees, and the apostrophe that makes a cell a text; folds
 * full-width letters and digits (an input method writes them) and lower case. Writes up to `room` -
 * 1 characters. False: there are more (*ret_odd -1), or *ret_odd is not printable ASCII. */
static bool fold_telling(text s, char *ret, size_t room, size_t *bytes, int32_t *ret_odd) {
  size_t pos = 0, n = 0;
  int32_t c;
  *ret_odd = -1;
  while ((c = text_next(s, &pos)) >= 0) {
    if (c == ' ' || (c >= '\t' && c <= '\r') || c == 0xA0 || c == 0x3000 || c == 0xFEFF) continue;
    if (c >= 0x2000 && c <= 0x200A) continue;
    if (point_is_invisible(c) || (n == 0 && (c == '\'' || c == 0x2018 || c == 0x2019))) continue;
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - '!';
    c = plain_x(c);
    if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
    if (c < '!' || c > '~') {
      *ret_odd = c;
      return false;
    }
    if (n + 1 >= room) return false;
    ret[n++] = (char)c;
  }
  ret[n] = 0;
  *bytes = n;
  return c == -1;
}

static bool fold(text s, char *ret, size_t room, size_t *bytes) {
  int32_t odd;
  return fold_telling(s, ret, room, bytes, &odd);
}

/* The character that belongs into no identifier, so that it is found. */
static bool tell_odd(int32_t odd, err *e) {
  char shown[5] = "";
  const uint32_t c = (uint32_t)odd;
  shown[text_encode(c, shown)] = 0;
  return err_set(e, ERR_BAD_INPUT, NULL, "号码里有不该有的字符“%s”（U+%04X），请删去后重新填写。",
                 "The number holds \"%s\" (U+%04X), which does not belong there; remove it.", shown,
                 c);
}

static bool all_digits(const char *s, size_t n) {
  for (size_t i = 0; i < n; i++)
    if (s[i] < '0' || s[i] > '9') return false;
  return true;
}

static int number(const char *s, int n) {
  int value = 0;
  for (int i = 0; i < n; i++) value = value * 10 + (s[i] - '0');
  return value;
}

static char id_check_character(const char *id) {
  static const int weight[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
  int sum = 0;
  for (int i = 0; i < 17; i++) sum += weight[i] * (id[i] - '0');
  return "10X98765432"[sum % 11];
}

/* `id` is folded and at least 18 characters. */
static bool id_holds(const char *id, day today, err *e) {
  if (!all_digits(id, 17) || !(all_digits(id + 17, 1) || id[17] == 'X'))
    return err_set(e, ERR_BAD_INPUT, NULL,
                   "身份证号前 17 位应是数字，第 18 位应是数字或 X，请对照证件改正。",
                   "An ID number is 17 digits and then a digit or X; correct it by the card.");
  day born;
  if (!day_from_ymd(number(id + 6, 4), number(id + 10, 2), number(id + 12, 2), &born) ||
      number(id + 6, 4) < 1900)
    return err_set(
        e, ERR_BAD_INPUT, NULL, "身份证号第 7 至 14 位的出生日期不存在，请对照证件改正。",
        "Characters 7 to 14 of the ID number are no birth date; correct them by the card.");
  if (born > today)
    return err_set(e, ERR_BAD_INPUT, NULL,
                   "身份证号第 7 至 14 位的出生日期在今天之后，请对照证件改正。",
                   "The birth date in the ID number lies in the future; correct it by the card.");
  if (id[17] != id_check_character(id))
    return err_set(
        e, ERR_BAD_INPUT, NULL,
        "身份证号校验不通过，多半有一位写错或两位写反，请对照证件逐位核对。",
        "The ID number fails its check: most likely one digit is wrong or two are swapped; compare "
        "it with the card digit by digit.");
  return true;
}

bool resident_id_check(text s, day today, char ret[19], err *e) {
  char id[24];
  size_t n;
  int32_t odd;
  if (!fold_telling(s, id, sizeof id, &n, &odd)) n = sizeof id;
  if (odd >= 0) return tell_odd(odd, e);
  if (n == 15 && all_digits(id, 15))
    return err_set(
        e, ERR_BAD_INPUT, NULL, "这是 15 位的旧身份证号，已经停用，请填写 18 位的新号。",
        "This is an old ID number of 15 digits, no longer valid; enter the one of 18 characters.");
  if (n != 18)
    return err_set(e, ERR_BAD_INPUT, NULL, "身份证号应是 18 位，请对照证件改正。",
                   "An ID number has 18 characters; correct it by the card.");
  if (!id_holds(id, today, e)) return false;
  memcpy(ret, id, 19);
  return true;
}

bool document_check(text s, day today, char ret[25], err *e) {
  char id[26];
  size_t n;
  int32_t odd;
  if (!fold_telling(s, id, sizeof id, &n, &odd)) n = sizeof id;
  if (odd >= 0) return tell_odd(odd, e);
  if ((n == 15 && all_digits(id, 15)) || (n == 18 && all_digits(id, 17)))
    return resident_id_check(s, today, ret, e);
  if (n < 4 || n > 24)
    return err_set(e, ERR_BAD_INPUT, NULL, "证件号码应是 4 到 24 个字母和数字，请对照证件改正。",
                   "A document's number has 4 to 24 letters and digits; correct it by the card.");
  memcpy(ret, id, n + 1);
  return true;
}

bool credit_code_check(text s, char ret[19], err *e) {
  static const char alphabet[] = "0123456789ABCDEFGHJKLMNPQRTUWXY";
  static const int weight[] = {1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28};
  char code[24];
  size_t n;
  int32_t odd;
  if (!fold_telling(s, code, sizeof code, &n, &odd)) n = sizeof code;
  if (odd >= 0) return tell_odd(odd, e);
  if (n == 15 && all_digits(code, 15))
    return err_set(
        e, ERR_BAD_INPUT, NULL,
        "这是 15 位的旧工商注册号，请填写营业执照上 18 位的统一社会信用代码。",
        "This is an old registration number of 15 digits; enter the unified social credit code of "
        "18 characters on the licence.");
  if (n != 18)
    return err_set(e, ERR_BAD_INPUT, NULL, "统一社会信用代码应是 18 位，请对照营业执照改正。",
                   "A unified social credit code has 18 characters; correct it by the licence.");
  int sum = 0;
  for (int i = 0; i < 18; i++) {
    const char *found = strchr(alphabet, code[i]);
    if (!found)
      return err_set(e, ERR_BAD_INPUT, NULL,
                     "统一社会信用代码第 %d 位不对：只用数字和除 I、O、S、V、Z "
                     "以外的字母，请对照营业执照改正。",
                     "Character %d of the credit code is wrong: only digits and letters other than "
                     "I, O, S, V, Z "
                     "are used; correct it by the licence.",
                     i + 1);
    int value = (int)(found - alphabet);
    if (i < 17)
      sum += weight[i] * value;
    else if (value != (31 - sum % 31) % 31)
      return err_set(e, ERR_BAD_INPUT, NULL,
                     "统一社会信用代码校验不通过，多半有一位写错，请对照营业执照逐位核对。",
                     "The credit code fails its check: most likely one character is wrong; compare "
                     "it with the "
                     "licence character by character.");
  }
  memcpy(ret, code, 19);
  return true;
}

static bool letter_or_digit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
}

bool disability_card_check(text s, day today, char ret[23], err *e) {
  char card[28];
  size_t n;
  int32_t odd;
  if (!fold_telling(s, card, sizeof card, &n, &odd)) n = sizeof card;
  if (odd >= 0) return tell_odd(odd, e);
  if (n != 18 && n != 20 && n != 22)
    return err_set(
        e, ERR_BAD_INPUT, NULL,
        "残疾人证号应是 20 位（补发后 22 位，旧证 18 位），请对照证件改正。",
        "A disability card number has 20 characters (22 after re-issue, 18 on old cards); correct "
        "it by the card.");
  if (!id_holds(card, today, e)) return false;
  if (n >= 20 && (card[18] < '1' || card[18] > '7' || card[19] < '1' || card[19] > '4'))
    return err_set(e, ERR_BAD_INPUT, NULL,
                   "残疾人证号第 19 位是类别（1 至 7），第 20 位是等级（1 至 4），请对照证件改正。",
                   "Character 19 of the card number is the class (1 to 7) and character 20 the "
                   "grade (1 to 4); "
                   "correct them by the card.");
  if (n == 22 && !(letter_or_digit(card[20]) && letter_or_digit(card[21])))
    return err_set(
        e, ERR_BAD_INPUT, NULL, "残疾人证号最后两位（补发标记）应是字母或数字，请对照证件改正。",
        "The last two characters of the card number (the re-issue mark) are letters or digits; "
        "correct them by the card.");
  memcpy(ret, card, n + 1);
  return true;
}

/* Digits only, without +86 and without the marks people put between groups. */
static size_t phone_digits(text s, char ret[16]) {
  char raw[40];
  size_t n, digits = 0;
  if (!fold(s, raw, sizeof raw, &n)) return 0;
  size_t start = n >= 3 && memcmp(raw, "+86", 3) == 0 ? 3 : 0;
  for (size_t i = start; i < n; i++) {
    if (raw[i] == '-' || raw[i] == '(' || raw[i] == ')') continue;
    if (!all_digits(raw + i, 1) || digits == 15) return 0;
    ret[digits++] = raw[i];
  }
  ret[digits] = 0;
  /* 8613805370001, 008613805370001: the country's number without its sign. */
  const size_t country = memcmp(ret, "0086", 4) == 0 ? 4 : memcmp(ret, "86", 2) == 0 ? 2 : 0;
  if (country && digits == country + 11 && ret[country] == '1') {
    memmove(ret, ret + country, digits - country + 1);
    digits -= country;
  }
  return digits;
}

bool phone_check(text s, char ret[16], err *e) {
  char d[16];
  size_t n = phone_digits(s, d);
  if (n == 11 && d[0] == '1') {
    memcpy(ret, d, 12);
    return true;
  }
  /* 010 and 02x are the area codes of three digits; all others have four. */
  size_t area = n > 2 && d[0] == '0' ? (d[1] == '1' || d[1] == '2' ? 3 : 4) : 0;
  bool fixed = area && d[1] != '0' && (n == area + 7 || n == area + 8) && d[area] >= '2' &&
               !(d[1] == '1' && d[2] != '0');
  if (!fixed)
    return err_set(
        e, ERR_BAD_INPUT, NULL,
        "电话号码不对：手机号是 1 开头的 11 位数字；固定电话请连区号一起填，例如 0537-2345678。",
        "The phone number is wrong: a mobile number is 11 digits starting with 1; a fixed line "
        "needs "
        "its area code, such as 0537-2345678.");
  memcpy(ret, d, area);
  ret[area] = '-';
  memcpy(ret + area + 1, d + area, n - area + 1);
  return true;
}

/* Where each level ends in the 12 digits. */
static const int level_end[] = {0, 2, 4, 6, 9, AREA_DIGITS};

bool area_code_check(text s, char ret[13], err *e) {
  char code[24];
  size_t n;
  bool fits =
      fold(s, code, sizeof code, &n) && (n == 2 || n == 4 || n == 6 || n == 9 || n == AREA_DIGITS);
  if (!fits || !all_digits(code, n) || memcmp(code, "00", 2) == 0)
    return err_set(
        e, ERR_BAD_INPUT, NULL,
        "区划代码应是 12 位数字（也可只写前 2、4、6 或 9 位），请对照统计用区划代码改正。",
        "An area code has 12 digits (or only the first 2, 4, 6 or 9 of them); correct it by the "
        "statistical area codes.");
  memset(ret, '0', AREA_DIGITS);
  memcpy(ret, code, n);
  ret[AREA_DIGITS] = 0;
  return true;
}

area_level area_code_level(const char code[13]) {
  for (int level = AREA_VILLAGE; level > AREA_PROVINCE; level--)
    for (int i = level_end[level - 1]; i < level_end[level]; i++)
      if (code[i] != '0') return (area_level)level;
  return AREA_PROVINCE;
}

const char *area_level_name(area_level level) {
  static const char *const names[] = {"", "province", "city", "county", "town", "village"};
  return names[level];
}

bool area_code_is_zone(const char code[13]) {
  return area_code_level(code) == AREA_VILLAGE && code[9] == '9';
}

void area_code_parent(const char code[13], char ret[13]) {
  area_level level = area_code_level(code);
  char parent[13];
  memcpy(parent, code, 13);
  if (level > AREA_PROVINCE)
    for (int i = level_end[level - 1]; i < level_end[level]; i++) parent[i] = '0';
  memcpy(ret, parent, 13);
}

void area_code_range(const char code[13], char ret_lo[13], char ret_hi[13]) {
  int digits = level_end[area_code_level(code)];
  char last[13];
  memcpy(last, code, 13);
  for (int i = digits; i < AREA_DIGITS; i++) last[i] = '9';
  memcpy(ret_lo, code, 13);
  memcpy(ret_hi, last, 13);
}
