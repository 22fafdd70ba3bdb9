/* Officers: who there is, to stand in, to be named as present. */
#include "http/handlers.h"

void handle_officers(request *q) {
  officer *all = NULL;
  size_t count = 0;
  err e;
  text words = request_query(q, "q");
  if (!store_officers(request_store(q), q->a, &all, &count, &e)) {
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "items");
  json_open(&w, '[');
  size_t shown = 0;
  for (size_t i = 0; i < count && shown < query_limit(q); i++) {
    const officer *o = &all[i];
    if (!o->active || (words.bytes && !strstr(o->name, words.at) && !strstr(o->login, words.at)))
      continue;
    shown++;
    json_open(&w, '{');
    put_uuid(&w, "id", &o->id);
    put_str(&w, "login", o->login);
    put_str(&w, "name", o->name);
    const role *r =
        o->post_count ? catalog_role(request_packs(q), text_of(o->posts[0].role)) : NULL;
    put_label(&w, "role_title", r ? r->title : (label){"", ""});
    put_str(&w, "area", o->post_count ? o->posts[0].area : "");
    put_str(&w, "area_name", o->post_count ? area_name(q, o->posts[0].area) : "");
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_close(&w, '}');
}
