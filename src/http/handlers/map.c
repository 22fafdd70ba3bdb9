/* Where things stand: points for the map, and the signs that hang there. */
#include "http/handlers.h"
#include "sheet/qr.h"

enum { PLACES_PAGE = 500, PLACES_MAX = 5000 };

/* What tells kinds of things apart on a map: the first choice of the kind. */
static int choice_field(const kind *k) {
  for (size_t i = 0; i < k->field_count; i++)
    if (k->fields[i].type == FIELD_CHOICE) return (int)i;
  return -1;
}

static bool has_ended(const record *r) {
  const value *over = r->kind->end_date_field < 0 ? NULL : &r->fields[r->kind->end_date_field];
  return over && over->type == VALUE_INT && over->i <= request_today();
}

static void put_place(request *q, json_out *w, const record *r, int at, int choice) {
  const sight s = request_sight(q, catalog_pack_of(request_packs(q), r->kind), r->area, &r->root);
  if (choice >= 0 && sight_of_field(&s, &r->kind->fields[choice]) != SHOWN_CLEAR) choice = -1;
  json_open(w, '{');
  json_field_uuid(w, "id", &r->id);
  json_field_text(w, "title", record_title(r));
  json_key(w, "key");
  if (r->kind->key >= 0 && r->fields[r->kind->key].type == VALUE_STRING &&
      sight_of_field(&s, &r->kind->fields[r->kind->key]) == SHOWN_CLEAR)
    json_put_text(w, r->fields[r->kind->key].s);
  else
    json_put_null(w);
  json_key(w, "place");
  if (r->fields[at].type == VALUE_STRING)
    json_put_text(w, r->fields[at].s);
  else
    json_put_null(w);
  json_key(w, "choice");
  if (choice >= 0 && r->fields[choice].type == VALUE_STRING)
    json_put_text(w, r->fields[choice].s);
  else
    json_put_null(w);
  json_field_str(w, "colour", colour_name(r->colour));
  json_field_str(w, "area", r->area);
  json_close(w, '}');
}

bool handle_places(request *q, err *e) {
  const kind *k = param_kind(q, 0, e);
  if (!k) return false;
  int at = k->point_field, choice = choice_field(k);
  if (at < 0 || k->parent >= 0) {
    return err_set(e, ERR_UNKNOWN_NAME, "kind", "这种对象没有位置。", "This kind has no place.");
  }
  subject_query x = {.kind = k, .reach = &q->who.reach, .colour = -1, .limit = PLACES_PAGE};
  if (!query_scope(q, &x.scope, e)) return false;
  json_out w = request_answer(q, 200);
  size_t shown = 0;
  bool more = true;
  json_open(&w, '{');
  json_field_str(&w, "choice_field", choice < 0 ? NULL : k->fields[choice].name);
  json_field_open(&w, "items", '[');
  while (more && shown < PLACES_MAX) {
    record **rows = NULL;
    size_t count = 0;
    if (!store_subjects(request_store(q), q->a, &x, &rows, &count, e)) return false;
    for (size_t i = 0; i < count; i++, shown++)
      if (!has_ended(rows[i])) put_place(q, &w, rows[i], at, choice);
    more = count == PLACES_PAGE;
    if (!count) break;
    memcpy(x.after_area, rows[count - 1]->area, sizeof x.after_area);
    x.after_id = rows[count - 1]->id;
  }
  json_close(&w, ']');
  json_field_bool(&w, "more", more);
  json_close(&w, '}');
  return true;
}

/* BASE/q/KIND/KEY, or the key alone. */
static void put_sign(buf *b, const kind *k, text base, text key) {
  if (base.bytes) {
    buf_text(b, base);
    buf_printf(b, "/q/%s/", k->name);
  }
  for (size_t i = 0; i < key.bytes; i++) {
    unsigned char c = (unsigned char)key.at[i];
    bool as_is = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                 c == '-' || c == '_' || c == '.';
    if (as_is || !base.bytes)
      buf_char(b, (char)c);
    else
      buf_printf(b, "%%%02X", c);
  }
}

bool handle_qr(request *q, err *e) {
  const record *r = param_subject(q, e);
  if (!r) return false;
  const kind *k = r->kind;
  if (k->key < 0 || r->fields[k->key].type != VALUE_STRING)
    return err_set(e, ERR_UNKNOWN_NAME, "id", "这个对象没有编号，做不了二维码。",
                   "This subject has no key, so there is nothing for a QR sign to say.");
  const sight s = request_sight(q, catalog_pack_of(request_packs(q), k), r->area, &r->root);
  if (sight_of_field(&s, &k->fields[k->key]) != SHOWN_CLEAR)
    return rights_denied((label){"打印这种编号", "print a key that is masked"}, e);
  AUTO_BUF buf content = {0}, svg = {0};
  put_sign(&content, k, query_text(q, "base"), r->fields[k->key].s);
  if (!buf_ok(&content)) return err_memory(e);
  if (!qr_svg(buf_view(&content), &svg, e)) return false;
  request_answer(q, 200);
  q->content_type = "image/svg+xml";
  buf_append(&q->out, &svg);
  return true;
}
