/* What the county has decided about its accounts. */
#include "http/handlers.h"

#include "store/rows/settings.h"

static bool answer_settings(request *q, err *e) {
  county_settings all;
  if (!store_settings(request_store(q), &all, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_open(&w, "items", '[');
  for (size_t i = 0; i < county_setting_count; i++) {
    const county_setting *x = &county_setting_list[i];
    int64_t value;
    memcpy(&value, (const char *)&all + x->at, sizeof value);
    json_open(&w, '{');
    json_field_str(&w, "name", x->name);
    json_field_label(&w, "title", x->title);
    json_field_int(&w, "value", value);
    json_field_int(&w, "usual", x->value);
    json_field_int(&w, "least", x->least);
    json_field_int(&w, "most", x->most);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_close(&w, '}');
  return true;
}

bool handle_settings(request *q, err *e) {
  return answer_settings(q, e);
}

bool handle_settings_patch(request *q, err *e) {
  const json *sent = param_body(q, e);
  const uuid id = uuid_v7_now();
  for (size_t i = 0; sent && i < sent->count; i++) {
    bool known = false;
    for (size_t k = 0; k < county_setting_count; k++)
      known |= text_is(sent->keys[i], county_setting_list[k].name);
    if (!known)
      return err_set(e, ERR_BAD_INPUT, "settings", "没有这项设置。", "There is no such setting.");
  }
  return sent && request_command(q, VERB_SETTINGS, &id, sent, 0, answer_settings);
}
