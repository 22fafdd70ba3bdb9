#include "base/json.h"
#include "base/json_build.h"
#include "base/json_scan.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

json_out json_to(buf *b) {
  return (json_out){.b = b};
}

static void comma(json_out *w) {
  if (w->comma) buf_char(w->b, ',');
  w->comma = true;
}

void json_open(json_out *w, char bracket) {
  if (w->tree) return json_build_open(w->tree, bracket);
  comma(w);
  buf_char(w->b, bracket);
  w->comma = false;
}

void json_close(json_out *w, char bracket) {
  if (w->tree) return json_build_close(w->tree, bracket);
  buf_char(w->b, bracket);
  w->comma = true;
}

/* How many bytes from `at` on go out as they are: ASCII but control characters, quote and
 * backslash. */
static size_t ascii_run(const char *at, size_t bytes) {
  size_t i = 0;
  for (; bytes - i >= 8; i += 8) {
    uint64_t v;
    memcpy(&v, at + i, 8);
    if (needs_care(v) || (v & EVERY(0x80))) break;
  }
  while (i < bytes && (unsigned char)(at[i] - 0x20) < 0x60 && at[i] != '"' && at[i] != '\\') i++;
  return i;
}

static void put_escaped(buf *b, char c) {
  static const char from[] = "\"\\\b\f\n\r\t", into[] = "\"\\bfnrt";
  const char *found = c ? strchr(from, c) : NULL;
  if (found) {
    char two[2] = {'\\', into[found - from]};
    buf_add(b, two, 2);
  } else {
    buf_printf(b, "\\u%04x", (unsigned)(unsigned char)c);
  }
}

static void put_quoted(buf *b, text s) {
  buf_char(b, '"');
  size_t done = 0, at = 0; /* done..at goes out as it is, in one piece */
  for (;;) {
    at += ascii_run(s.at + at, s.bytes - at);
    size_t next = at;
    int32_t c = text_next(s, &next);
    if (c >= 0x80) {
      at = next;
      continue;
    }
    buf_add(b, s.at + done, at - done);
    if (c == -1) break;
    if (c == -2)
      buf_str(b, "\xEF\xBF\xBD");
    else
      put_escaped(b, (char)c);
    done = ++at;
  }
  buf_char(b, '"');
}

void json_key_text(json_out *w, text key) {
  if (w->tree) return json_build_key(w->tree, key);
  comma(w);
  put_quoted(w->b, key);
  buf_char(w->b, ':');
  w->comma = false;
}

void json_key(json_out *w, const char *key) {
  json_key_text(w, text_of(key));
}

void json_put_text(json_out *w, text s) {
  if (w->tree) return json_build_text(w->tree, s);
  comma(w);
  put_quoted(w->b, s);
}

void json_put_buf(json_out *w, const buf *b) {
  json_put_text(w, buf_view(b));
  w->b->failed |= b->failed;
}

void json_put_str(json_out *w, const char *s) {
  if (s)
    json_put_text(w, text_of(s));
  else
    json_put_null(w);
}

void json_put_int(json_out *w, int64_t n) {
  if (w->tree) return json_build_int(w->tree, n);
  comma(w);
  buf_int(w->b, n);
}

void json_put_bool(json_out *w, bool yes) {
  if (w->tree) return json_build_bool(w->tree, yes);
  comma(w);
  buf_str(w->b, yes ? "true" : "false");
}

void json_put_double(json_out *w, double d) {
  if (!isfinite(d)) {
    json_put_null(w);
    return;
  }
  char digits[40];
  for (int n = DBL_DIG; n <= DBL_DECIMAL_DIG; n++) {
    snprintf(digits, sizeof digits, "%.*g", n, d);
    if (strtod(digits, NULL) == d) break;
  }
  json_put_raw(w, text_of(digits));
}

void json_put_null(json_out *w) {
  if (w->tree) return json_build_null(w->tree);
  comma(w);
  buf_str(w->b, "null");
}

void json_put_raw(json_out *w, text json_source) {
  if (w->tree) return json_build_source(w->tree, json_source);
  comma(w);
  buf_text(w->b, json_source);
}

typedef struct pair {
  text key;
  const json *value;
} pair;

static int compare_pairs(const void *a, const void *b) {
  return text_compare(((const pair *)a)->key, ((const pair *)b)->key);
}

static void put_tree(json_out *w, const json *tree, bool sorted);

static void put_sorted(json_out *w, const json *map) {
  pair *pairs = map->count ? calloc(map->count, sizeof *pairs) : NULL;
  if (map->count && !pairs) {
    w->b->failed = true;
    return;
  }
  for (size_t i = 0; i < map->count; i++) pairs[i] = (pair){map->keys[i], &map->items[i]};
  if (pairs) qsort(pairs, map->count, sizeof *pairs, compare_pairs);
  for (size_t i = 0; i < map->count; i++) {
    json_key_text(w, pairs[i].key);
    put_tree(w, pairs[i].value, true);
  }
  free(pairs);
}

static void put_map(json_out *w, const json *map, bool sorted) {
  json_open(w, '{');
  if (sorted) {
    put_sorted(w, map);
  } else {
    for (size_t i = 0; i < map->count; i++) {
      json_key_text(w, map->keys[i]);
      put_tree(w, &map->items[i], false);
    }
  }
  json_close(w, '}');
}

static void put_tree(json_out *w, const json *tree, bool sorted) {
  switch (tree->type) {
  case JSON_NULL:
    json_put_null(w);
    break;
  case JSON_BOOL:
    json_put_bool(w, tree->yes);
    break;
  case JSON_INT:
    json_put_int(w, tree->n);
    break;
  case JSON_NUMBER:
    json_put_raw(w, tree->s);
    break;
  case JSON_TEXT:
    json_put_text(w, tree->s);
    break;
  case JSON_LIST:
    json_open(w, '[');
    for (size_t i = 0; i < tree->count; i++) put_tree(w, &tree->items[i], sorted);
    json_close(w, ']');
    break;
  case JSON_MAP:
    put_map(w, tree, sorted);
    break;
  }
}

void json_put(json_out *w, const json *tree) {
  put_tree(w, tree, false);
}

void json_canonical(buf *b, const json *tree) {
  json_out w = json_to(b);
  put_tree(&w, tree, true);
}
