/* Excuses: "not done, because", and leave with its stand-in. */
#include "http/handlers.h"

#include <stdio.h>

static const char *kind_of_root(request *q, const excuse *x) {
  const pack *p = NULL;
  const duty *d = catalog_duty(request_packs(q), text_of(x->duty), &p);
  return d ? p->kinds[d->of].name : "";
}

static void put_excuse(request *q, json_out *w, const excuse *x) {
  const duty *d = catalog_duty(request_packs(q), text_of(x->duty), NULL);
  json_open(w, '{');
  put_uuid(w, "id", &x->id);
  put_str(w, "duty", x->duty);
  put_label(w, "duty_title", d ? d->title : (label){"全部任务", "all duties"});
  put_uuid(w, "officer", &x->officer);
  put_str(w, "officer_name", uuid_is_nil(&x->officer) ? NULL : officer_name(q, &x->officer));
  if (!uuid_is_nil(&x->root)) put_ref(q, w, kind_of_root(q, x), &x->root, &x->root, x->area);
  put_str(w, "area", x->area);
  put_day(w, "from", x->since);
  put_day(w, "to", x->until);
  put_str(w, "reason", x->reason);
  put_uuid(w, "stand_in", &x->stand_in);
  put_str(w, "stand_in_name", uuid_is_nil(&x->stand_in) ? NULL : officer_name(q, &x->stand_in));
  put_str(w, "said_by", uuid_is_nil(&x->said_by) ? NULL : officer_name(q, &x->said_by));
  put_bool(w, "withdrawn", x->withdrawn);
  json_close(w, '}');
}

void handle_excuses(request *q) {
  day from, to;
  excuse *rows = NULL;
  size_t count = 0;
  err e;
  reach r = query_reach(q);
  if (!query_day(q, "from", request_today(), &from) || !query_day(q, "to", from, &to)) return;
  if (!store_excuses(request_store(q), q->a, from, to, &rows, &count, &e)) {
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++)
    if (reach_has(&r, rows[i].area) || uuid_equal(&rows[i].officer, &q->who.officer->id))
      put_excuse(q, &w, &rows[i]);
  json_close(&w, ']');
  json_close(&w, '}');
}

static void after_excuse(request *q) {
  excuse *x = NULL;
  err e = {0};
  const uuid *id = q->note;
  if (!store_excuse(request_store(q), q->a, id, &x, &e) || !x) {
    if (e.code == ERR_NONE) err_set(&e, ERR_INTERNAL, NULL, "登记后读不到。", "It cannot be read.");
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, q->job.answer.again || x->withdrawn ? 200 : 201);
  put_excuse(q, &w, x);
}

void handle_excuse_put(request *q) {
  static const char *const take[] = {"duty", "officer", "kind",     "subject", "from",
                                     "to",   "reason",  "stand_in", NULL};
  uuid *id = ARENA_NEW(q->a, uuid);
  if (!id || !param_uuid(q, 0, id)) return;
  json *body = body_taking(q, take, TEXT(""), id);
  q->note = id;
  if (body) request_command(q, VERB_EXCUSE, id, body, after_excuse);
}

void handle_excuse_delete(request *q) {
  uuid *id = ARENA_NEW(q->a, uuid), entry_id = uuid_v7_now();
  char s[37];
  if (!id || !param_uuid(q, 0, id)) return;
  AUTO_BUF buf b = {0};
  uuid_format(id, s);
  buf_printf(&b, "{\"id\":\"%s\",\"withdrawn\":true}", s);
  json *body = make_body(q, &b);
  q->note = id;
  if (body) request_command(q, VERB_EXCUSE, &entry_id, body, after_excuse);
}
