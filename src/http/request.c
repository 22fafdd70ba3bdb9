/* From a request to its handler, and from the handler to the wire. */
#include "http/inside.h"

#include "engine/eval/unit.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- asking ---- */

store *request_store(request *q) {
  return q->loop->s;
}

engine *request_engine(request *q) {
  return q->loop->server->g;
}

writer *request_writer(request *q) {
  return q->loop->server->w;
}

const catalog *request_packs(request *q) {
  return engine_packs(q->loop->server->g);
}

text request_query(request *q, const char *name) {
  return text_of(MHD_lookup_connection_value(q->connection, MHD_GET_ARGUMENT_KIND, name));
}

static const char *header(request *q, const char *name) {
  return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

day request_today(void) {
  return day_today();
}

bool request_json(request *q, json **out) {
  err e;
  json *tree = json_parse(q->a, buf_view(&q->body), &e);
  if (!tree) {
    request_fail(q, &e);
    return false;
  }
  if (tree->type != JSON_MAP) {
    request_problem(q, ERR_BAD_JSON, NULL, "请求内容应是一个 JSON 对象。",
                    "The request must be a JSON object.");
    return false;
  }
  *out = tree;
  return true;
}

int64_t request_match(request *q) {
  const char *h = header(q, "If-Match");
  if (!h) return 0;
  text t = text_trim(text_of(h));
  if (t.bytes >= 2 && t.at[0] == '"' && t.at[t.bytes - 1] == '"') t = (text){t.at + 1, t.bytes - 2};
  int64_t n = 0;
  return text_to_int(t, &n) && n > 0 ? n : -1;
}

unit *request_unit(request *q, const kind *k, const uuid *id) {
  err e;
  unit *u = unit_load(request_store(q), q->a, k, id, &q->who.reach,
                      engine_calendar(request_engine(q)), request_today(), &e);
  if (!u) request_fail(q, &e);
  return u;
}

/* ---- answering ---- */

json_out request_answer(request *q, int status) {
  q->status = status;
  q->answered = true;
  q->content_type = "application/json; charset=utf-8";
  buf_clear(&q->out);
  return json_to(&q->out);
}

void request_fail(request *q, const err *e) {
  json_out w = request_answer(q, err_status(e->code));
  q->content_type = "application/problem+json; charset=utf-8";
  q->etag[0] = 0;
  json_open(&w, '{');
  json_key(&w, "type");
  json_put_str(&w, "about:blank");
  json_key(&w, "title");
  json_put_str(&w, err_name(e->code));
  json_key(&w, "status");
  json_put_int(&w, err_status(e->code));
  json_key(&w, "code");
  json_put_str(&w, err_name(e->code));
  json_key(&w, "detail");
  json_put_str(&w, q->english ? e->en : e->zh);
  json_key(&w, "place");
  json_put_str(&w, e->place);
  json_key(&w, "zh");
  json_put_str(&w, e->zh);
  json_key(&w, "en");
  json_put_str(&w, e->en);
  json_close(&w, '}');
}

void request_problem(request *q, err_code code, const char *place, const char *zh, const char *en) {
  err e;
  err_set(&e, code, place, "%s%.0s", "%.0s%s", zh, en);
  request_fail(q, &e);
}

/* ---- handing to the writer ---- */

static void command_done(job *j) {
  loop_take_back(j->context);
}

void request_command(request *q, verb v, const uuid *id, const json *body,
                     void (*then)(request *q)) {
  q->job = (job){.command = {.verb = v, .id = *id, .who = q->who.actor, .body = body},
                 .a = q->a,
                 .done = command_done,
                 .context = q};
  q->then = then;
}

/* ---- to the wire ---- */

static void add(struct MHD_Response *r, const char *name, const char *content) {
  MHD_add_response_header(r, name, content);
}

enum MHD_Result request_send(request *q) {
  q->answered = true;
  if (!buf_ok(&q->out)) {
    err e;
    err_memory(&e);
    request_fail(q, &e);
  }
  struct MHD_Response *r =
      MHD_create_response_from_buffer(q->out.bytes, q->out.at ? q->out.at : (void *)"",
                                      MHD_RESPMEM_PERSISTENT); /* freed with the request */
  if (!r) return MHD_NO;
  add(r, "Content-Type", q->content_type);
  add(r, "Cache-Control", "no-store");
  add(r, "X-Content-Type-Options", "nosniff");
  if (q->etag[0]) add(r, "ETag", q->etag);
  if (q->cookie[0]) add(r, "Set-Cookie", q->cookie);
  if (q->status == 401) add(r, "WWW-Authenticate", "Bearer");
  enum MHD_Result sent = MHD_queue_response(q->connection, (unsigned)q->status, r);
  MHD_destroy_response(r);
  return sent;
}
