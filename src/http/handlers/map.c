/* Where things stand: points for the map, and the signs that hang there. */
#include "http/handlers.h"
#include "sheet/qr.h"

enum { PLACES_PAGE = 500, PLACES_MAX = 5000 };

static int place_field(const kind *k) {
  for (size_t i = 0; i < k->field_count; i++)
    if (k->fields[i].format == FORMAT_PLACE) return (int)i;
  return -1;
}

/* What tells kinds of things apart on a map: the first choice of the kind. */
static int sort_field(const kind *k) {
  for (size_t i = 0; i < k->field_count; i++)
    if (k->fields[i].type == FIELD_CHOICE) return (int)i;
  return -1;
}

static bool has_ended(const record *r) {
  const value *over = r->kind->ended < 0 ? NULL : &r->fields[r->kind->ended];
  return over && over->type == VALUE_INT && over->i <= request_today();
}

static void put_place(json_out *w, const record *r, int at, int sort) {
  json_open(w, '{');
  put_uuid(w, "id", &r->id);
  json_key(w, "title");
  json_put_text(w, record_title(r));
  json_key(w, "key");
  if (r->kind->key >= 0 && r->fields[r->kind->key].type == VALUE_STRING)
    json_put_text(w, r->fields[r->kind->key].s);
  else
    json_put_null(w);
  json_key(w, "place");
  if (r->fields[at].type == VALUE_STRING)
    json_put_text(w, r->fields[at].s);
  else
    json_put_null(w);
  json_key(w, "sort");
  if (sort >= 0 && r->fields[sort].type == VALUE_STRING)
    json_put_text(w, r->fields[sort].s);
  else
    json_put_null(w);
  put_str(w, "colour", colour_name(r->colour));
  put_str(w, "area", r->area);
  json_close(w, '}');
}

void handle_places(request *q) {
  const kind *k = param_kind(q, 0);
  if (!k) return;
  int at = place_field(k), sort = sort_field(k);
  if (at < 0 || k->parent >= 0) {
    request_problem(q, ERR_UNKNOWN_NAME, "kind", "这种对象没有位置。", "This kind has no place.");
    return;
  }
  subject_query x = {.kind = k, .reach = query_reach(q), .colour = -1, .limit = PLACES_PAGE};
  json_out w = request_answer(q, 200);
  size_t shown = 0;
  bool more = true;
  json_open(&w, '{');
  put_str(&w, "sort", sort < 0 ? NULL : k->fields[sort].name);
  json_key(&w, "items");
  json_open(&w, '[');
  while (more && shown < PLACES_MAX) {
    record **rows = NULL;
    size_t count = 0;
    err e;
    if (!store_list(request_store(q), q->a, &x, &rows, &count, &e)) {
      request_fail(q, &e);
      return;
    }
    for (size_t i = 0; i < count; i++, shown++)
      if (!has_ended(rows[i])) put_place(&w, rows[i], at, sort);
    more = count == PLACES_PAGE;
    if (!count) break;
    memcpy(x.after_area, rows[count - 1]->area, sizeof x.after_area);
    x.after_id = rows[count - 1]->id;
  }
  json_close(&w, ']');
  put_bool(&w, "more", more);
  json_close(&w, '}');
}

/* The symbol holds BASE/q/KIND/KEY, or the key alone. */
void handle_qr(request *q) {
  const kind *k = param_kind(q, 0);
  record *r = NULL;
  uuid id;
  err e;
  if (!k || !param_uuid(q, 1, &id)) return;
  if (!store_subject(request_store(q), q->a, k, &id, &q->who.reach, &r, &e)) {
    request_fail(q, &e);
    return;
  }
  if (!r || k->key < 0 || r->fields[k->key].type != VALUE_STRING) {
    request_problem(q, ERR_UNKNOWN_NAME, "id", "没有找到这个对象，或者它没有编号。",
                    "There is no such subject, or it has no key.");
    return;
  }
  text base = request_query(q, "base"), key = r->fields[k->key].s;
  AUTO_BUF buf content = {0};
  if (base.bytes) {
    buf_text(&content, base);
    buf_printf(&content, "/q/%s/", k->name);
  }
  for (size_t i = 0; i < key.bytes; i++) {
    unsigned char c = (unsigned char)key.at[i];
    bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                 c == '-' || c == '_' || c == '.';
    if (plain || !base.bytes)
      buf_char(&content, (char)c);
    else
      buf_printf(&content, "%%%02X", c);
  }
  AUTO_BUF buf svg = {0};
  if (!buf_ok(&content) || !qr_svg(buf_view(&content), &svg, &e)) {
    if (!buf_ok(&content)) err_memory(&e);
    request_fail(q, &e);
    return;
  }
  request_answer(q, 200);
  q->content_type = "image/svg+xml";
  buf_text(&q->out, buf_view(&svg));
}
