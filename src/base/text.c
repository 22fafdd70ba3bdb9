#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

int text_compare(text a, text b) {
  size_t n = a.bytes < b.bytes ? a.bytes : b.bytes;
  int order = n ? memcmp(a.at, b.at, n) : 0;
  if (order) return order;
  return (a.bytes > b.bytes) - (a.bytes < b.bytes);
}

bool text_starts(text a, const char *prefix) {
  size_t n = strlen(prefix);
  return a.bytes >= n && memcmp(a.at, prefix, n) == 0;
}

bool text_ends(text a, const char *suffix) {
  size_t n = strlen(suffix);
  return a.bytes >= n && memcmp(a.at + a.bytes - n, suffix, n) == 0;
}

bool text_has_nul(text a) {
  return a.bytes && memchr(a.at, 0, a.bytes);
}

/* Eight bytes a step, the last eight perhaps twice; a product knows of its factors' upper bits only
 * in its own upper half, which is therefore folded down. */
uint64_t text_hash(text a) {
  const uint64_t odd = 0xff51afd7ed558ccdu;
  uint64_t h = 0x9e3779b97f4a7c15u ^ a.bytes * odd, w = 0;
  for (size_t i = 0; i + 8 < a.bytes; i += 8) {
    memcpy(&w, a.at + i, 8);
    h = (h ^ w) * odd;
    h ^= h >> 32;
  }
  if (a.bytes >= 8) {
    memcpy(&w, a.at + a.bytes - 8, 8);
  } else {
    for (size_t i = 0; i < a.bytes; i++) w = w << 8 | (uint8_t)a.at[i];
  }
  h = (h ^ w) * odd;
  h = (h ^ h >> 32) * odd;
  return h ^ h >> 32;
}

static bool ascii_space(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

/* Two characters of three bytes that Chinese office files carry as white space. */
static bool wide_space(const char *at) {
  return memcmp(at, "\xE3\x80\x80", 3) == 0 || memcmp(at, "\xEF\xBB\xBF", 3) == 0;
}

text text_trim(text a) {
  for (;;) {
    if (a.bytes && ascii_space(a.at[0]))
      a.at++, a.bytes--;
    else if (a.bytes >= 3 && wide_space(a.at))
      a.at += 3, a.bytes -= 3;
    else
      break;
  }
  for (;;) {
    if (a.bytes && ascii_space(a.at[a.bytes - 1]))
      a.bytes--;
    else if (a.bytes >= 3 && wide_space(a.at + a.bytes - 3))
      a.bytes -= 3;
    else
      break;
  }
  return a;
}

int32_t text_next(text a, size_t *pos) {
  if (*pos >= a.bytes) return -1;
  const unsigned char *s = (const unsigned char *)a.at + *pos;
  size_t left = a.bytes - *pos;
  if (s[0] < 0x80) {
    *pos += 1;
    return s[0];
  }
  size_t n = s[0] >= 0xF0 ? 4 : s[0] >= 0xE0 ? 3 : 2;
  if (s[0] < 0xC2 || s[0] > 0xF4 || left < n) return -2;
  uint32_t point = s[0] & (0xFFu >> (n + 1));
  for (size_t i = 1; i < n; i++) {
    if ((s[i] & 0xC0) != 0x80) return -2;
    point = point << 6 | (s[i] & 0x3Fu);
  }
  static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (point < least[n] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) return -2;
  *pos += n;
  return (int32_t)point;
}

/* Most characters beyond ASCII here are Chinese: three bytes, with a first byte that allows any two
 * after it. */
static size_t skip_chinese(text a, size_t pos) {
  for (; a.bytes - pos >= 3; pos += 3) {
    const unsigned char *s = (const unsigned char *)a.at + pos;
    if (s[0] < 0xE1 || s[0] > 0xEC || (s[1] & 0xC0) != 0x80 || (s[2] & 0xC0) != 0x80) break;
  }
  return pos;
}

size_t text_valid_prefix(text a) {
  size_t pos = 0;
  for (;;) {
    uint64_t eight;
    while (a.bytes - pos >= sizeof eight) { /* most bytes of most files are ASCII */
      memcpy(&eight, a.at + pos, sizeof eight);
      if (eight & 0x8080808080808080u) break;
      pos += sizeof eight;
    }
    pos = skip_chinese(a, pos);
    if (text_next(a, &pos) < 0) return pos;
  }
}

bool text_valid_utf8(text a) {
  return text_valid_prefix(a) == a.bytes;
}

size_t text_points(text a) {
  size_t n = 0;
  for (size_t i = 0; i < a.bytes; i++) n += ((unsigned char)a.at[i] & 0xC0) != 0x80;
  return n;
}

text text_cut(text a, size_t bytes) {
  if (bytes > a.bytes) bytes = a.bytes;
  size_t start = bytes; /* walk back over at most one unfinished character */
  while (start > 0 && bytes - start < 4 && ((unsigned char)a.at[start - 1] & 0xC0) == 0x80) start--;
  if (start > 0) {
    size_t pos = start - 1;
    text whole = {a.at, bytes};
    if (((unsigned char)a.at[pos] & 0x80) && text_next(whole, &pos) == -2) bytes = start - 1;
  }
  return (text){a.at, bytes};
}

size_t text_encode(uint32_t c, char ret[4]) {
  if (c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF)) return 0;
  if (c < 0x80) {
    ret[0] = (char)c;
    return 1;
  }
  size_t n = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  for (size_t i = n - 1; i > 0; i--, c >>= 6) ret[i] = (char)(0x80 | (c & 0x3F));
  static const unsigned char lead[] = {0, 0, 0xC0, 0xE0, 0xF0};
  ret[0] = (char)(lead[n] | c);
  return n;
}

bool text_next_word(text *rest, text *ret_word) {
  if (!rest->bytes) return false;
  const char *blank = memchr(rest->at, ' ', rest->bytes);
  size_t bytes = blank ? (size_t)(blank - rest->at) : rest->bytes, taken = bytes + (blank != NULL);
  *ret_word = (text){rest->at, bytes};
  *rest = (text){rest->at + taken, rest->bytes - taken};
  return true;
}

bool text_to_int(text a, int64_t *ret) {
  size_t i = 0;
  bool negative = false;
  if (i < a.bytes && (a.at[i] == '-' || a.at[i] == '+')) negative = a.at[i++] == '-';
  if (i == a.bytes) return false;
  int64_t n = 0;
  for (; i < a.bytes; i++) {
    if (a.at[i] < '0' || a.at[i] > '9') return false;
    int digit = a.at[i] - '0';
    if (__builtin_mul_overflow(n, 10, &n) || __builtin_sub_overflow(n, digit, &n)) return false;
  }
  if (!negative && __builtin_sub_overflow((int64_t)0, n, &n)) return false;
  *ret = n;
  return true;
}

void buf_release(buf *b) {
  free(b->at);
  *b = (buf){.limit = b->limit};
}

void buf_clear(buf *b) {
  b->bytes = 0;
  b->failed = false;
  if (b->at) b->at[0] = 0;
}

/* Room for `more` bytes and a NUL; false marks the buffer failed. */
static bool buf_room(buf *b, size_t more) {
  if (b->failed) return false;
  if (more >= SIZE_MAX - b->bytes || (b->limit && b->bytes + more > b->limit)) {
    b->failed = true;
    return false;
  }
  if (b->bytes + more + 1 <= b->room) return true;
  size_t room = b->room ? b->room : 128;
  while (room < b->bytes + more + 1) {
    if (room > SIZE_MAX / 2) {
      b->failed = true;
      return false;
    }
    room *= 2;
  }
  char *at = realloc(b->at, room);
  if (!at) {
    b->failed = true;
    return false;
  }
  b->at = at;
  b->room = room;
  return true;
}

void buf_add(buf *b, const void *at, size_t bytes) {
  if (!buf_room(b, bytes)) return;
  if (bytes) memcpy(b->at + b->bytes, at, bytes);
  b->bytes += bytes;
  b->at[b->bytes] = 0;
}

void buf_text(buf *b, text t) {
  buf_add(b, t.at, t.bytes);
}

void buf_append(buf *b, const buf *part) {
  buf_text(b, buf_view(part));
  b->failed |= part->failed;
}

void buf_str(buf *b, const char *s) {
  buf_add(b, s, strlen(s));
}

void buf_char(buf *b, char c) {
  buf_add(b, &c, 1);
}

void buf_int(buf *b, int64_t n) {
  char digits[20];
  size_t at = sizeof digits;
  uint64_t rest = n < 0 ? 0 - (uint64_t)n : (uint64_t)n;
  do digits[--at] = (char)('0' + rest % 10);
  while (rest /= 10);
  if (n < 0) digits[--at] = '-';
  buf_add(b, digits + at, sizeof digits - at);
}

void buf_printf(buf *b, const char *format, ...) {
  va_list args;
  va_start(args, format);
  int n = vsnprintf(NULL, 0, format, args);
  va_end(args);
  if (n < 0 || !buf_room(b, (size_t)n)) {
    b->failed = true;
    return;
  }
  va_start(args, format);
  vsnprintf(b->at + b->bytes, (size_t)n + 1, format, args);
  va_end(args);
  b->bytes += (size_t)n;
}
