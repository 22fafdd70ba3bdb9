/* Officers: who there is, to stand in, to be named as present. */
#include "http/handlers.h"

static void put_officer_line(request *q, json_out *w, const officer *o) {
  const role *r = o->post_count ? catalog_role(request_packs(q), text_of(o->posts[0].role)) : NULL;
  json_open(w, '{');
  json_field_uuid(w, "id", &o->id);
  json_field_str(w, "login", o->login);
  json_field_str(w, "name", o->name);
  json_field_label(w, "role_title", r ? r->title : (label){"", ""});
  json_field_str(w, "area", o->post_count ? o->posts[0].area : "");
  json_field_str(w, "area_name", o->post_count ? view_area_name(q, o->posts[0].area) : "");
  json_close(w, '}');
}

bool handle_officers(request *q, err *e) {
  officer *all = NULL;
  size_t count = 0, shown = 0;
  text words = query_text(q, "q");
  if (!store_officers(request_store(q), q->a, &all, &count, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count && shown < query_limit(q); i++) {
    const officer *o = &all[i];
    if (!o->active || (words.bytes && !strstr(o->name, words.at) && !strstr(o->login, words.at)))
      continue;
    shown++;
    put_officer_line(q, &w, o);
  }
  page_end(&w, "", NULL);
  return true;
}
