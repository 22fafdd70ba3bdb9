#include "base/json_fields.h"

void json_field_str(json_out *w, const char *key, const char *s) {
  json_key(w, key);
  json_put_str(w, s);
}

void json_field_text(json_out *w, const char *key, text s) {
  json_key(w, key);
  json_put_text(w, s);
}

void json_field_buf(json_out *w, const char *key, const buf *b) {
  json_key(w, key);
  json_put_buf(w, b);
}

void json_field_int(json_out *w, const char *key, int64_t n) {
  json_key(w, key);
  json_put_int(w, n);
}

void json_field_bool(json_out *w, const char *key, bool yes) {
  json_key(w, key);
  json_put_bool(w, yes);
}

void json_field_label(json_out *w, const char *key, label l) {
  json_field_open(w, key, '{');
  json_field_str(w, "zh", l.zh);
  json_field_str(w, "en", l.en);
  json_close(w, '}');
}

void json_field_uuid(json_out *w, const char *key, const uuid *id) {
  char s[37];
  if (!uuid_is_nil(id)) uuid_format(id, s);
  json_field_str(w, key, uuid_is_nil(id) ? NULL : s);
}

void json_field_day(json_out *w, const char *key, day d) {
  char s[11];
  if (d != DAY_NONE) day_format(d, s);
  json_field_str(w, key, d == DAY_NONE ? NULL : s);
}

void json_field_instant(json_out *w, const char *key, int64_t ms) {
  char s[30];
  instant_format(ms, s);
  json_field_str(w, key, s);
}

void json_field_open(json_out *w, const char *key, char bracket) {
  json_key(w, key);
  json_open(w, bracket);
}
