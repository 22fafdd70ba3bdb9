/* What a handler reads from the address, the query and the body. */
#include "http/params.h"

#include "http/json_views.h"

#include <stdio.h>

bool param_uuid(request *q, size_t n, uuid *out) {
  if (uuid_parse(q->params[n], out)) return true;
  request_problem(q, ERR_UNKNOWN_NAME, "id", "地址里的编号不是 UUID。",
                  "The id in the address is no UUID.");
  return false;
}

const kind *param_kind(request *q, size_t n) {
  const kind *k = catalog_kind(request_packs(q), q->params[n], NULL);
  if (!k) request_problem(q, ERR_UNKNOWN_NAME, "kind", "没有这种对象。", "There is no such kind.");
  return k;
}

const event_kind *param_event(request *q, const pack **owner) {
  const event_kind *k = catalog_event(request_packs(q), q->params[0], owner);
  if (!k)
    request_problem(q, ERR_UNKNOWN_NAME, "kind", "没有这种登记。",
                    "There is no such kind of event.");
  return k;
}

int query_colour(request *q) {
  text c = request_query(q, "colour");
  return text_is(c, "red")      ? COLOUR_RED
         : text_is(c, "yellow") ? COLOUR_YELLOW
         : text_is(c, "green")  ? COLOUR_GREEN
                                : -1;
}

reach query_reach(request *q) {
  text area_code = request_query(q, "area");
  if (!area_code.bytes || area_code.bytes > 12) return q->who.reach;
  char code[13] = {0};
  memcpy(code, area_code.at, area_code.bytes);
  return reach_within(&q->who.reach, code);
}

bool query_day(request *q, const char *key, day absent, day *out) {
  text s = request_query(q, key);
  *out = absent;
  if (!s.bytes || day_parse(s, out)) return true;
  request_problem(q, ERR_BAD_INPUT, key, "请填写日期，例如 2024-03-01。",
                  "Please give a day such as 2024-03-01.");
  return false;
}

size_t query_limit(request *q) {
  int64_t n = 50;
  if (!text_to_int(request_query(q, "limit"), &n) || n < 1) n = 50;
  return n > 500 ? 500 : (size_t)n;
}

void set_etag(request *q, int64_t version) {
  snprintf(q->etag, sizeof q->etag, "\"%lld\"", (long long)version);
}

json *make_body(request *q, const buf *b) {
  err e;
  json *tree = NULL;
  if (buf_ok(b))
    tree = json_parse(q->a, buf_view(b), &e);
  else
    err_memory(&e);
  if (!tree) request_fail(q, &e);
  return tree;
}

void note_look(request *q, const record *r, void (*then)(request *q)) {
  char id[37];
  AUTO_BUF buf b = {0};
  uuid_format(&r->id, id);
  buf_printf(&b, "{\"kind\":\"%s\",\"id\":\"%s\"}", r->kind->name, id);
  json *body = make_body(q, &b);
  uuid entry_id = uuid_v7_now();
  if (body) request_command(q, VERB_LOOK, &entry_id, body, then);
}

json *body_taking(request *q, const char *const *take, text kind_name, const uuid *u) {
  json *sent;
  char id[37];
  if (!request_json(q, &sent)) return NULL;
  AUTO_BUF buf b = {0};
  json_out w = json_to(&b);
  json_open(&w, '{');
  if (kind_name.bytes) {
    json_key(&w, "kind");
    json_put_text(&w, kind_name);
  }
  uuid_format(u, id);
  put_str(&w, "id", id);
  for (size_t i = 0; i < sent->count; i++) {
    size_t k = 0;
    while (take[k] && !text_is(sent->keys[i], take[k])) k++;
    if (!take[k]) {
      char place[64];
      snprintf(place, sizeof place, "%.*s",
               (int)(sent->keys[i].bytes > 63 ? 63 : sent->keys[i].bytes), sent->keys[i].at);
      request_problem(q, ERR_BAD_INPUT, place, "请求里有不认识的内容，请删去或改名。",
                      "The request has a key that is not known; remove or rename it.");
      return NULL;
    }
    json_key(&w, take[k]);
    json_put(&w, &sent->items[i]);
  }
  json_close(&w, '}');
  return make_body(q, &b);
}
