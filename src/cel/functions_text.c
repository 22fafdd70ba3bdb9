/* Text by code points: searching, cutting, joining, base64. */
#include "cel/program.h"

static bool is_text(const value *v) {
  return v->type == VALUE_STRING;
}

#define NEED_TEXT(name, n)                                                                         \
  do {                                                                                             \
    for (size_t i_ = 0; i_ < (n); i_++)                                                            \
      if (!is_text(&args[i_])) return machine_mistyped(m, name, args, count);                      \
    if (!machine_charge(m, args[0].s.bytes / 32 + 1)) return machine_stopped(m);                   \
  } while (0)

static value bad_index(machine *m, int64_t i) {
  return machine_fail(m, "位置 %lld 超出了文字。", "Position %lld is outside the text.",
                      (long long)i);
}

/* Byte position of the code point number `point`; SIZE_MAX when there are fewer. The end counts as
 * one. */
static size_t byte_at(text s, int64_t point) {
  size_t pos = 0;
  if (point < 0) return SIZE_MAX;
  for (; point > 0; point--)
    if (text_next(s, &pos) < 0) return SIZE_MAX;
  return pos;
}

static int64_t point_at(text s, size_t byte) {
  return (int64_t)text_points((text){s.at, byte});
}

static bool found_at(text s, size_t at, text part) {
  return part.bytes <= s.bytes - at &&
         (part.bytes == 0 || memcmp(s.at + at, part.at, part.bytes) == 0);
}

static size_t find_from(text s, size_t from, text part) {
  if (part.bytes == 0) return from;
  const char *hit =
      from <= s.bytes ? memmem(s.at + from, s.bytes - from, part.at, part.bytes) : NULL;
  return hit ? (size_t)(hit - s.at) : SIZE_MAX;
}

value run_contains(machine *m, const value *args, size_t count) {
  NEED_TEXT("contains", 2);
  return value_bool(find_from(args[0].s, 0, args[1].s) != SIZE_MAX);
}

value run_starts_with(machine *m, const value *args, size_t count) {
  NEED_TEXT("startsWith", 2);
  return value_bool(found_at(args[0].s, 0, args[1].s));
}

value run_ends_with(machine *m, const value *args, size_t count) {
  NEED_TEXT("endsWith", 2);
  text s = args[0].s, end = args[1].s;
  return value_bool(end.bytes <= s.bytes && found_at(s, s.bytes - end.bytes, end));
}

/* PCRE2 does not tell how much it worked, so a match that needs more than the quick limit begins
 * anew and pays for the most it may take. */
value match_text(machine *m, const regex *r, value v) {
  if (is_fault(&v)) return v;
  if (v.type != VALUE_STRING) return machine_mistyped(m, "matches", &v, 1);
  if (!machine_charge(m, v.s.bytes / 16 + 20)) return machine_stopped(m);
  int found = regex_find(r, machine_arena(m), v.s, REGEX_QUICK_STEPS);
  if (found < 0) {
    if (!machine_charge(m, REGEX_MATCH_STEPS / 10)) return machine_stopped(m);
    found = regex_find(r, machine_arena(m), v.s, REGEX_MATCH_STEPS);
  }
  if (found < 0) return machine_fail(m, "这个匹配计算量太大。", "This match takes too much work.");
  return value_bool(found == 1);
}

value run_matches(machine *m, const value *args, size_t count) {
  NEED_TEXT("matches", 2);
  if (!machine_charge(m, 50 + args[1].s.bytes)) return machine_stopped(m);
  err e;
  const regex *r = regex_compile(machine_arena(m), args[1].s, &e);
  return r ? match_text(m, r, args[0]) : machine_fail(m, "%s", "%s", LABEL(e));
}

value run_char_at(machine *m, const value *args, size_t count) {
  NEED_TEXT("charAt", 1);
  if (args[1].type != VALUE_INT) return machine_mistyped(m, "charAt", args, count);
  size_t from = byte_at(args[0].s, args[1].i);
  if (from == SIZE_MAX) return bad_index(m, args[1].i);
  size_t to = from;
  if (text_next(args[0].s, &to) < 0) to = from;
  return value_string((text){args[0].s.at + from, to - from});
}

value run_index_of(machine *m, const value *args, size_t count) {
  NEED_TEXT("indexOf", 2);
  if (count == 3 && args[2].type != VALUE_INT) return machine_mistyped(m, "indexOf", args, count);
  size_t from = count == 3 ? byte_at(args[0].s, args[2].i) : 0;
  if (from == SIZE_MAX) return bad_index(m, args[2].i);
  size_t at = find_from(args[0].s, from, args[1].s);
  return value_int(at == SIZE_MAX ? -1 : point_at(args[0].s, at));
}

value run_last_index_of(machine *m, const value *args, size_t count) {
  NEED_TEXT("lastIndexOf", 2);
  text s = args[0].s, part = args[1].s;
  if (count == 3 && args[2].type != VALUE_INT)
    return machine_mistyped(m, "lastIndexOf", args, count);
  size_t from = count == 3 ? byte_at(s, args[2].i) : s.bytes;
  if (from == SIZE_MAX) return bad_index(m, args[2].i);
  if (!machine_charge(m, s.bytes * (part.bytes / 64 + 1) / 16)) return machine_stopped(m);
  for (size_t at = from + 1; at-- > 0;)
    if (found_at(s, at, part)) return value_int(point_at(s, at));
  return value_int(-1);
}

value run_join(machine *m, const value *args, size_t count) {
  if (args[0].type != VALUE_LIST || (count == 2 && !is_text(&args[1])))
    return machine_mistyped(m, "join", args, count);
  const value_list *list = args[0].list;
  size_t bytes = 0, between = count == 2 ? args[1].s.bytes : 0;
  for (size_t i = 0; i < list->count; i++) {
    if (!is_text(&list->items[i])) return machine_mistyped(m, "join", &list->items[i], 1);
    bytes += list->items[i].s.bytes + (i ? between : 0);
  }
  char *out = machine_take(m, bytes + 1, 1);
  if (!out) return machine_stopped(m);
  size_t at = 0;
  for (size_t i = 0; i < list->count; i++) {
    if (i && between) memcpy(out + at, args[1].s.at, between);
    if (i) at += between;
    text s = list->items[i].s;
    if (s.bytes) memcpy(out + at, s.at, s.bytes);
    at += s.bytes;
  }
  return value_string((text){out, bytes});
}

static value change_case(machine *m, const value *args, char from, char to) {
  text s = args[0].s;
  char *out = machine_take(m, s.bytes + 1, 1);
  if (!out) return machine_stopped(m);
  for (size_t i = 0; i < s.bytes; i++) {
    char c = s.at[i];
    out[i] = c >= from && c <= from + 25 ? (char)(c - from + to) : c;
  }
  return value_string((text){out, s.bytes});
}

value run_lower_ascii(machine *m, const value *args, size_t count) {
  NEED_TEXT("lowerAscii", 1);
  return change_case(m, args, 'A', 'a');
}

value run_upper_ascii(machine *m, const value *args, size_t count) {
  NEED_TEXT("upperAscii", 1);
  return change_case(m, args, 'a', 'A');
}

/* An empty `old` stands before every code point and at the end. */
value run_replace(machine *m, const value *args, size_t count) {
  NEED_TEXT("replace", 3);
  if (count == 4 && args[3].type != VALUE_INT) return machine_mistyped(m, "replace", args, count);
  text s = args[0].s, old = args[1].s, new = args[2].s;
  int64_t most = count == 4 && args[3].i >= 0 ? args[3].i : INT64_MAX;
  buf b AUTO_BUF = {.limit = 1 << 24};
  size_t at = 0;
  for (; most > 0; most--) {
    size_t hit = find_from(s, at, old);
    if (hit == SIZE_MAX) break;
    if (!machine_charge(m, new.bytes / 32 + 1)) return machine_stopped(m);
    buf_add(&b, s.at + at, hit - at);
    buf_text(&b, new);
    at = hit + old.bytes;
    if (old.bytes) continue;
    size_t next = at;
    if (text_next(s, &next) < 0) break;
    buf_add(&b, s.at + at, next - at);
    at = next;
  }
  buf_add(&b, s.at + at, s.bytes - at);
  return make_text(m, &b);
}

value run_split(machine *m, const value *args, size_t count) {
  NEED_TEXT("split", 2);
  if (count == 3 && args[2].type != VALUE_INT) return machine_mistyped(m, "split", args, count);
  text s = args[0].s, sep = args[1].s;
  int64_t most = count == 3 && args[2].i >= 0 ? args[2].i : INT64_MAX;
  size_t parts = 1;
  for (size_t at = find_from(s, 0, sep); sep.bytes && at != SIZE_MAX;
       at = find_from(s, at + sep.bytes, sep))
    parts++;
  if (!sep.bytes) parts = s.bytes + 1;
  if ((uint64_t)most < parts) parts = (size_t)most;
  value *items = machine_take(m, parts, sizeof *items);
  if (!items) return machine_stopped(m);
  size_t n = 0, from = 0;
  while (n + 1 < parts) {
    size_t end = find_from(s, from, sep), next;
    if (!sep.bytes && text_next(s, &end) < 0) break;
    next = end + sep.bytes;
    items[n++] = value_string((text){s.at + from, end - from});
    from = next;
  }
  if (n < parts && (sep.bytes || from < s.bytes))
    items[n++] = value_string((text){s.at + from, s.bytes - from});
  return make_list(items, n, m);
}

value run_substring(machine *m, const value *args, size_t count) {
  NEED_TEXT("substring", 1);
  text s = args[0].s;
  for (size_t i = 1; i < count; i++)
    if (args[i].type != VALUE_INT) return machine_mistyped(m, "substring", args, count);
  size_t from = byte_at(s, args[1].i), to = count == 3 ? byte_at(s, args[2].i) : s.bytes;
  if (from == SIZE_MAX) return bad_index(m, args[1].i);
  if (to == SIZE_MAX) return bad_index(m, args[2].i);
  if (to < from) return machine_fail(m, "结束位置在开始位置前面。", "The end is before the start.");
  return value_string((text){s.at + from, to - from});
}

/* White space of Unicode. */
static bool is_space(int32_t c) {
  return (c >= 9 && c <= 13) || c == ' ' || c == 0x85 || c == 0xA0 || c == 0x1680 ||
         (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

value run_trim(machine *m, const value *args, size_t count) {
  NEED_TEXT("trim", 1);
  text s = args[0].s;
  size_t from = 0, to = 0, pos = 0;
  bool begun = false;
  for (int32_t c; (c = text_next(s, &pos)) >= 0;) {
    if (is_space(c)) {
      if (!begun) from = pos;
      continue;
    }
    begun = true;
    to = pos;
  }
  return value_string((text){s.at + from, begun ? to - from : 0});
}

value run_quote(machine *m, const value *args, size_t count) {
  NEED_TEXT("strings.quote", 1);
  static const char signs[] = "\a\b\f\n\r\t\v\\\"", letters[] = "abfnrtv\\\"";
  buf b AUTO_BUF = {0};
  buf_char(&b, '"');
  for (size_t i = 0; i < args[0].s.bytes; i++) {
    char c = args[0].s.at[i];
    const char *sign = c ? strchr(signs, c) : NULL;
    if (sign) buf_char(&b, '\\');
    buf_char(&b, sign ? letters[sign - signs] : c);
  }
  buf_char(&b, '"');
  return make_text(m, &b);
}

/* ---- base64 ---- */

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

value run_base64_encode(machine *m, const value *args, size_t count) {
  if (args[0].type != VALUE_BYTES) return machine_mistyped(m, "base64.encode", args, count);
  text s = args[0].s;
  size_t bytes = (s.bytes + 2) / 3 * 4;
  char *out = machine_take(m, bytes + 1, 1);
  if (!out) return machine_stopped(m);
  base64_encode(s, out);
  return value_string((text){out, bytes});
}

void base64_encode(text s, char *ret) {
  for (size_t i = 0; i < s.bytes; i += 3) {
    uint32_t three = 0;
    for (size_t k = 0; k < 3; k++)
      three = three << 8 | (i + k < s.bytes ? (unsigned char)s.at[i + k] : 0U);
    for (size_t k = 0; k < 4; k++)
      *ret++ = i + k > s.bytes ? '=' : digits64[three >> (18 - 6 * k) & 63];
  }
}

value run_base64_decode(machine *m, const value *args, size_t count) {
  NEED_TEXT("base64.decode", 1);
  text s = args[0].s;
  size_t padding = 0;
  while (s.bytes && padding < 2 && s.at[s.bytes - 1] == '=') {
    s.bytes--;
    padding++;
  }
  char *out = machine_take(m, s.bytes * 3 / 4 + 1, 1);
  if (!out) return machine_stopped(m);
  uint32_t held = 0;
  size_t bits = 0, n = 0;
  bool good = s.bytes % 4 != 1 && (padding == 0 || (s.bytes + padding) % 4 == 0);
  for (size_t i = 0; good && i < s.bytes; i++) {
    const char *digit = s.at[i] ? strchr(digits64, s.at[i]) : NULL;
    good = digit != NULL;
    if (!good) break;
    held = held << 6 | (uint32_t)(digit - digits64);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[n++] = (char)(unsigned char)(held >> bits & 0xFF);
  }
  if (!good) return machine_fail(m, "这不是 base64 文字。", "This is not base64 text.");
  return (value){.type = VALUE_BYTES, .s = {out, n}};
}
