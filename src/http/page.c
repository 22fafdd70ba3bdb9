#include "http/page.h"

#include "base/json_fields.h"
#include "http/params.h"

#include <inttypes.h>

static const char no_day[] = "----------";

/* The n bytes in front, and the dot behind them when more parts follow. */
static bool take(text *rest, size_t n, bool last, text *ret) {
  if (rest->bytes < n || (last ? rest->bytes != n : rest->bytes == n || rest->at[n] != '.'))
    return false;
  *ret = (text){rest->at, n};
  size_t skip = last ? n : n + 1;
  *rest = (text){rest->at + skip, rest->bytes - skip};
  return true;
}

static size_t until_dot(text t) {
  const char *dot = t.bytes ? memchr(t.at, '.', t.bytes) : NULL;
  return dot ? (size_t)(dot - t.at) : t.bytes;
}

static bool read_part(text part, text *rest, bool last, page_cursor *c) {
  text got;
  if (text_is(part, "area")) {
    if (!take(rest, 12, last, &got)) return false;
    memcpy(c->area, got.at, 12);
    return true;
  }
  if (text_is(part, "on")) {
    if (!take(rest, 10, last, &got)) return false;
    c->on = DAY_NONE;
    return text_is(got, no_day) || day_parse(got, &c->on);
  }
  if (text_is(part, "id")) return take(rest, 36, last, &got) && uuid_parse(got, &c->id);
  if (text_is(part, "name")) return take(rest, rest->bytes, last, &c->name);
  int64_t *n = text_is(part, "moment") ? &c->moment : &c->number;
  return take(rest, until_dot(*rest), last, &got) && text_to_int(got, n) && *n >= 0;
}

bool page_read(request *q, const char *parts, page_cursor *ret, err *e) {
  text rest = query_text(q, "cursor");
  page_cursor c = {.given = rest.bytes > 0};
  for (text left = text_of(parts); c.given && left.bytes;) {
    size_t n = until_dot(left);
    bool last = n == left.bytes;
    if (!read_part((text){left.at, n}, &rest, last, &c))
      return err_set(e, ERR_BAD_INPUT, "cursor", "翻页标记不对，请从第一页开始。",
                     "The cursor is wrong; start from the first page.");
    left = last ? (text){"", 0} : (text){left.at + n + 1, left.bytes - n - 1};
  }
  *ret = c;
  return true;
}

void page_begin(json_out *w) {
  json_field_open(w, "items", '[');
}

static void write_part(buf *b, text part, const page_cursor *c) {
  char id[37], on[11];
  if (text_is(part, "area")) {
    buf_str(b, c->area);
  } else if (text_is(part, "on")) {
    if (c->on != DAY_NONE) day_format(c->on, on);
    buf_str(b, c->on == DAY_NONE ? no_day : on);
  } else if (text_is(part, "id")) {
    uuid_format(&c->id, id);
    buf_str(b, id);
  } else if (text_is(part, "name")) {
    buf_text(b, c->name);
  } else {
    buf_printf(b, "%" PRId64, text_is(part, "moment") ? c->moment : c->number);
  }
}

void page_end(json_out *w, const char *parts, const page_cursor *next) {
  AUTO_BUF buf shown = {0};
  json_close(w, ']');
  for (text left = text_of(parts); next && left.bytes;) {
    size_t n = until_dot(left);
    write_part(&shown, (text){left.at, n}, next);
    if (n < left.bytes) buf_char(&shown, '.');
    left = n < left.bytes ? (text){left.at + n + 1, left.bytes - n - 1} : (text){"", 0};
  }
  json_key(w, "next");
  if (next)
    json_put_buf(w, &shown);
  else
    json_put_null(w);
  json_close(w, '}');
}
