/* A field's value as the API writes it and as a person reads it. */
#include "engine/eval/display.h"
#include "pack/model/field_value.h"

how_shown field_shown(const field *f) {
  return f->privacy == PRIVACY_OPEN ? SHOWN_CLEAR : SHOWN_MASKED;
}

/* What only its group hides is stars alone: its beginning may be all of it. */
static void put_stars(buf *b, const field *f, const value *v) {
  if (f->privacy == PRIVACY_OPEN)
    buf_str(b, FIELD_STARS);
  else
    field_mask(b, f, value_text(v));
}

void field_put_json(json_out *w, const field *f, const value *v, how_shown how) {
  if (how == SHOWN_NOT || v->type == VALUE_UNKNOWN || v->type == VALUE_NULL) {
    json_put_null(w);
  } else if (how == SHOWN_MASKED) {
    AUTO_BUF buf b = {0};
    put_stars(&b, f, v);
    json_put_buf(w, &b);
  } else {
    value_put_json(w, v, f->type_in_cel);
  }
}

static void print_choice(buf *b, const field *f, text code, bool english) {
  const choice *c = choice_find(f, code);
  if (c)
    buf_str(b, english ? c->title.en : c->title.zh);
  else
    buf_text(b, code);
}

void value_say(buf *b, const value *v, const cel_type *t, bool english) {
  if (v->type == VALUE_UNKNOWN || v->type == VALUE_NULL || v->type == VALUE_ERROR) return;
  if (v->type == VALUE_BOOL)
    buf_str(b, v->yes ? (english ? "yes" : "是") : (english ? "no" : "否"));
  else
    value_print(b, v, t);
}

void field_print(buf *b, const field *f, const value *v, how_shown how, bool english) {
  if (how == SHOWN_NOT || v->type == VALUE_UNKNOWN || v->type == VALUE_NULL) return;
  if (how == SHOWN_MASKED) {
    put_stars(b, f, v);
  } else if (f->type == FIELD_CHOICE) {
    print_choice(b, f, v->s, english);
  } else if (f->type == FIELD_CHOICES) {
    for (size_t i = 0; i < v->list->count; i++) {
      if (i) buf_str(b, english ? ", " : "、");
      print_choice(b, f, v->list->items[i].s, english);
    }
  } else {
    value_say(b, v, f->type_in_cel, english);
  }
}
