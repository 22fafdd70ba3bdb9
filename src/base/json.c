#include "base/json.h"
#include "base/json_scan.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* Reading keeps one copy of the source in the arena: texts and numbers point into it, and escapes
 * are undone in place, because the undone form is never longer. Children of an open list or map
 * wait on a stack until its end is known, then move to the arena in one piece. */
typedef struct reader {
  arena *a;
  char *start, *at, *end; /* *end is a NUL */
  json *values;           /* the stack; keys[i] belongs to values[i] when its parent is a map */
  text *keys;
  size_t count, room;
  err *e;
} reader;

static const char *place_of(const reader *r, const char *at, char ret[40]) {
  snprintf(ret, 40, "byte %zu", (size_t)(at - r->start) + 1);
  return ret;
}

/* Macros, because both sentences must stay literals for the compiler to check. */
#define fault_at(r, at, zh, en)                                                                    \
  err_set((r)->e, ERR_BAD_JSON, place_of(r, at, (char[40]){0}), zh, en)
#define fault(r, zh, en) fault_at(r, (r)->at, zh, en)

static bool fault_cut(const reader *r) {
  return fault(r, "JSON 到这里就断了，没有写完，请把内容补全后重新发送。",
               "The JSON ends here before it is complete; send the whole of it.");
}

static void skip_space(reader *r) {
  while (*r->at == ' ' || *r->at == '\n' || *r->at == '\r' || *r->at == '\t') r->at++;
}

/* The first byte from `at` on that is below 0x20, a quote, a backslash, or `end`. */
static char *plain_run(char *at, const char *end) {
  while (end - at >= 8) {
    uint64_t v;
    memcpy(&v, at, 8);
    if (needs_care(v)) break;
    at += 8;
  }
  while (at < end && (unsigned char)*at >= 0x20 && *at != '"' && *at != '\\') at++;
  return at;
}

static bool hex4(const reader *r, const char *at, uint32_t *ret) {
  if (r->end - at < 4) return false;
  uint32_t n = 0;
  for (int i = 0; i < 4; i++) {
    char c = at[i];
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) return false;
    n = n << 4 | (uint32_t)digit;
  }
  *ret = n;
  return true;
}

/* r->at stands on the backslash of \uXXXX. */
static bool read_unicode(reader *r, char **to) {
  uint32_t c, low;
  if (!hex4(r, r->at + 2, &c))
    return fault(r, "\\u 后面要有四个十六进制数字。",
                 "\\u must be followed by four hexadecimal digits.");
  size_t used = 6;
  if (c >= 0xD800 && c <= 0xDBFF) {
    const char *next = r->at + 6;
    if (r->end - next >= 6 && next[0] == '\\' && next[1] == 'u' && hex4(r, next + 2, &low) &&
        low >= 0xDC00 && low <= 0xDFFF) {
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      used = 12;
    }
  }
  if (!c) /* neither C strings nor PostgreSQL hold one: it would end the text there */
    return fault(r, "文字里不能有 \\u0000，请删去。", "A text may not hold \\u0000; remove it.");
  size_t bytes = text_encode(c, *to);
  if (!bytes)
    return fault(
        r, "\\u 写的是半个字符（孤立代理项），请改用完整的字符。",
        "This \\u escape is half a character (a lone surrogate); write the whole character.");
  *to += bytes;
  r->at += used;
  return true;
}

static bool read_escape(reader *r, char **to) {
  static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
  char c = r->at + 1 < r->end ? r->at[1] : 0;
  if (c == 'u') return read_unicode(r, to);
  const char *found = c ? strchr(from, c) : NULL;
  if (!found)
    return fault(r, "反斜杠后面的字符不对，只能是 \" \\ / b f n r t u。",
                 "Only \" \\ / b f n r t u may follow a backslash.");
  *(*to)++ = into[found - from];
  r->at += 2;
  return true;
}

/* r->at stands on the opening quote. */
static bool read_text(reader *r, text *ret) {
  char *first = ++r->at, *to = plain_run(first, r->end);
  r->at = to;
  while (r->at < r->end && *r->at != '"') {
    if (*r->at != '\\')
      return fault(
          r, "引号内不能直接换行或有控制字符，请写成 \\n、\\t 等形式。",
          "A line break or control character inside quotes must be written as \\n, \\t and so on.");
    if (!read_escape(r, &to)) return false;
    char *run = r->at;
    r->at = plain_run(run, r->end);
    memmove(to, run, (size_t)(r->at - run));
    to += r->at - run;
  }
  if (r->at == r->end) return fault_cut(r);
  r->at++;
  *ret = (text){first, (size_t)(to - first)};
  return true;
}

static bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

static bool read_digits(reader *r) {
  if (!is_digit(*r->at))
    return fault(r, "数字没有写完整，这里应是 0 到 9。",
                 "The number is not complete; a digit is expected here.");
  while (is_digit(*r->at)) r->at++;
  return true;
}

static bool read_number(reader *r, json *ret) {
  char *first = r->at;
  bool whole = true;
  if (*r->at == '-') r->at++;
  if (*r->at == '0') {
    r->at++;
    if (is_digit(*r->at))
      return fault(r, "数字前面不能补 0；编号请加引号写成文字。",
                   "A number must not start with 0; put quotes around an identifier.");
  } else if (!read_digits(r)) {
    return false;
  }
  if (*r->at == '.') {
    whole = false;
    r->at++;
    if (!read_digits(r)) return false;
  }
  if (*r->at == 'e' || *r->at == 'E') {
    whole = false;
    r->at++;
    if (*r->at == '+' || *r->at == '-') r->at++;
    if (!read_digits(r)) return false;
  }
  ret->s = (text){first, (size_t)(r->at - first)};
  ret->type = whole && text_to_int(ret->s, &ret->n) ? JSON_INT : JSON_NUMBER;
  return true;
}

static bool read_word(reader *r, const char *word) {
  size_t n = strlen(word);
  if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0) return false;
  r->at += n;
  return true;
}

static bool push(reader *r, text key, const json *value) {
  if (r->count == r->room) {
    size_t room = r->room ? r->room * 2 : 64;
    if (room > SIZE_MAX / sizeof *r->values) return err_memory(r->e);
    json *values = realloc(r->values, room * sizeof *values);
    if (!values) return err_memory(r->e);
    r->values = values;
    text *keys = realloc(r->keys, room * sizeof *keys);
    if (!keys) return err_memory(r->e);
    r->keys = keys;
    r->room = room;
  }
  r->values[r->count] = *value;
  r->keys[r->count++] = key;
  return true;
}

static int compare_keys(const void *a, const void *b) {
  return text_compare(*(const text *)a, *(const text *)b);
}

static bool fault_twice(const reader *r, text a, text b) {
  text again = a.at > b.at ? a : b;
  return fault_at(r, again.at - 1, "同一个名称在一个对象里出现了两次，请删去一个。",
                  "The same name stands twice in one object; remove one.");
}

static bool keys_differ(const reader *r, const text *keys, size_t count) {
  enum { FEW = 12 }; /* below this, comparing all pairs is quicker than sorting */
  if (count <= FEW) {
    for (size_t i = 1; i < count; i++)
      for (size_t j = 0; j < i; j++)
        if (text_equal(keys[i], keys[j])) return fault_twice(r, keys[i], keys[j]);
    return true;
  }
  text *sorted = malloc(count * sizeof *sorted);
  if (!sorted) return err_memory(r->e);
  memcpy(sorted, keys, count * sizeof *sorted);
  qsort(sorted, count, sizeof *sorted, compare_keys);
  bool differ = true;
  for (size_t i = 1; i < count && differ; i++)
    if (text_equal(sorted[i - 1], sorted[i])) differ = fault_twice(r, sorted[i - 1], sorted[i]);
  free(sorted);
  return differ;
}

/* Moves what was pushed since `base` into the arena. */
static bool gather(reader *r, size_t base, json *ret) {
  size_t count = r->count - base;
  if (ret->type == JSON_MAP && !keys_differ(r, r->keys + base, count)) return false;
  r->count = base;
  ret->count = count;
  if (!count) return true;
  ret->items = ARENA_ARRAY(r->a, count, json);
  if (!ret->items) return err_memory(r->e);
  memcpy(ret->items, r->values + base, count * sizeof *ret->items);
  if (ret->type != JSON_MAP) return true;
  ret->keys = ARENA_ARRAY(r->a, count, text);
  if (!ret->keys) return err_memory(r->e);
  memcpy(ret->keys, r->keys + base, count * sizeof *ret->keys);
  return true;
}

static bool read_value(reader *r, int depth, json *ret);

static bool read_key(reader *r, text *ret_key) {
  if (r->at == r->end) return fault_cut(r);
  if (*r->at != '"')
    return fault(r, "这里应是加双引号的名称。", "A name in double quotes is expected here.");
  if (!read_text(r, ret_key)) return false;
  skip_space(r);
  if (r->at == r->end) return fault_cut(r);
  if (*r->at != ':') return fault(r, "名称后面缺少冒号。", "A colon is expected after the name.");
  r->at++;
  return true;
}

/* r->at stands on the opening bracket. */
static bool read_many(reader *r, int depth, json *ret) {
  bool map = *r->at == '{';
  char close = map ? '}' : ']';
  if (depth == JSON_DEPTH_MAX)
    return err_set(r->e, ERR_BAD_JSON, place_of(r, r->at, (char[40]){0}),
                   "JSON 嵌套太深（超过 %d 层），请减少层数。",
                   "The JSON is nested too deeply (over %d levels); use fewer levels.",
                   JSON_DEPTH_MAX);
  ret->type = map ? JSON_MAP : JSON_LIST;
  size_t base = r->count;
  r->at++;
  skip_space(r);
  if (*r->at == close) {
    r->at++;
    return true;
  }
  for (;;) {
    text key = {"", 0};
    json value = {.type = JSON_NULL, .s = {"", 0}};
    skip_space(r);
    if (map && !read_key(r, &key)) return false;
    if (!read_value(r, depth + 1, &value) || !push(r, key, &value)) return false;
    skip_space(r);
    if (*r->at == ',') {
      r->at++;
    } else if (*r->at == close) {
      r->at++;
      return gather(r, base, ret);
    } else if (r->at == r->end) {
      return fault_cut(r);
    } else {
      return fault(r, "这里应是逗号或结束的括号。",
                   "A comma or the closing bracket is expected here.");
    }
  }
}

static bool read_value(reader *r, int depth, json *ret) {
  skip_space(r);
  if (r->at == r->end) return fault_cut(r);
  switch (*r->at) {
  case '{':
  case '[':
    return read_many(r, depth, ret);
  case '"':
    ret->type = JSON_TEXT;
    return read_text(r, &ret->s);
  case 't':
    ret->type = JSON_BOOL;
    ret->yes = true;
    if (read_word(r, "true")) return true;
    break;
  case 'f':
    ret->type = JSON_BOOL;
    if (read_word(r, "false")) return true;
    break;
  case 'n':
    if (read_word(r, "null")) return true;
    break;
  default:
    if (*r->at == '-' || is_digit(*r->at)) return read_number(r, ret);
  }
  return fault(r, "这里应是一个值：文字（加双引号）、数字、true、false、null、列表或对象。",
               "A value is expected here: a text in double quotes, a number, true, false, null, a "
               "list or an object.");
}

static bool read_whole(reader *r, json *ret) {
  text source = {r->start, (size_t)(r->end - r->start)};
  size_t good = text_valid_prefix(source);
  if (good < source.bytes)
    return fault_at(r, r->start + good, "内容不是 UTF-8 编码，请用 UTF-8 重新发送。",
                    "The content is not UTF-8; send it again in UTF-8.");
  if (!read_value(r, 0, ret)) return false;
  skip_space(r);
  if (r->at != r->end)
    return fault(r, "JSON 已经结束，后面还有多余的内容，请删去。",
                 "The JSON is complete, yet more follows; remove it.");
  return true;
}

json *json_parse(arena *a, text source, err *e) {
  json *root = ARENA_NEW(a, json);
  char *copy = root ? arena_copy(a, source.at, source.bytes) : NULL;
  if (!copy) {
    err_memory(e);
    return NULL;
  }
  root->s = (text){"", 0};
  reader r = {.a = a, .start = copy, .at = copy, .end = copy + source.bytes, .e = e};
  bool done = read_whole(&r, root);
  free(r.values);
  free(r.keys);
  return done ? root : NULL;
}

const json *json_get_text(const json *map, text key) {
  if (!map || map->type != JSON_MAP) return NULL;
  for (size_t i = 0; i < map->count; i++)
    if (text_equal(map->keys[i], key)) return &map->items[i];
  return NULL;
}

const json *json_get(const json *map, const char *key) {
  return json_get_text(map, text_of(key));
}

text json_text(const json *map, const char *key) {
  const json *v = json_get(map, key);
  return v && v->type == JSON_TEXT ? v->s : (text){"", 0};
}

bool json_has(const json *map, const char *key) {
  return json_get(map, key) != NULL;
}

bool json_int(const json *map, const char *key, int64_t *ret) {
  const json *v = json_get(map, key);
  if (!v || v->type != JSON_INT) return false;
  *ret = v->n;
  return true;
}

bool json_bool(const json *map, const char *key) {
  const json *v = json_get(map, key);
  return v && v->type == JSON_BOOL && v->yes;
}

double json_double(const json *number) {
  if (!number) return 0;
  if (number->type == JSON_INT) return (double)number->n;
  if (number->type != JSON_NUMBER) return 0;
  buf b AUTO_BUF = {0}; /* strtod needs an end */
  buf_text(&b, number->s);
  return buf_ok(&b) ? strtod(b.at, NULL) : (double)NAN;
}
