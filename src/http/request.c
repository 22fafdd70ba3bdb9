/* From a request to its handler, and from the handler to the wire. */
#include "http/inside.h"

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

void loop_take_back(request *q) {
  loop *l = q->loop;
  pthread_mutex_lock(&l->lock);
  q->next_done = NULL;
  if (l->done_last)
    l->done_last->next_done = q;
  else
    l->done = q;
  l->done_last = q;
  pthread_mutex_unlock(&l->lock);
  loop_wake(l);
}

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

/* ---- long work ---- */

void request_background(request *q, bool (*work)(request *q, store *s, err *e),
                        void (*then)(request *q)) {
  q->background = work;
  q->then = then;
}

static void *run_background(void *context) {
  request *q = context;
  server *v = q->loop->server;
  err e;
  store *s = store_open(v->config.place, DB_WRITE, store_county(engine_store(v->g)), &e);
  q->job.ok = s && store_use_packs(s, engine_packs(v->g), false, &e) && q->background(q, s, &e);
  if (!q->job.ok) q->job.error = e;
  store_close(s);
  loop_take_back(q);
  pthread_mutex_lock(&v->lock);
  v->background--;
  pthread_cond_broadcast(&v->calm);
  pthread_mutex_unlock(&v->lock);
  return NULL;
}

bool background_start(request *q, err *e) {
  server *v = q->loop->server;
  pthread_mutex_lock(&v->lock);
  bool room = v->background < BACKGROUND_MAX;
  pthread_t thread;
  room = room && pthread_create(&thread, NULL, run_background, q) == 0;
  if (room) {
    pthread_detach(thread);
    v->background++;
  }
  pthread_mutex_unlock(&v->lock);
  if (room) return true;
  return err_set(e, ERR_BUSY, NULL, "正在处理别的名册，请稍后再试。",
                 "Other rosters are being worked on; try again soon.");
}

void background_wait(server *v) {
  pthread_mutex_lock(&v->lock);
  while (v->background) pthread_cond_wait(&v->calm, &v->lock);
  pthread_mutex_unlock(&v->lock);
}

/* ---- finding the route ---- */

/* Matches "/a/{x}/b" and fills in params; the pattern's parts are non-empty and hold no '/'. */
static bool matches(const char *pattern, const char *path, text *params) {
  size_t n = 0;
  while (*pattern && *path) {
    if (*pattern == '{') {
      const char *start = path;
      while (*path && *path != '/') path++;
      if (path == start || n == PARAMS_MAX) return false;
      params[n++] = (text){start, (size_t)(path - start)};
      while (*pattern && *pattern++ != '}') {
      }
    } else if (*pattern++ != *path++) {
      return false;
    }
  }
  return !*pattern && !*path;
}

static const route *find_route(request *q, bool *path_known) {
  *path_known = false;
  for (size_t i = 0; i < route_count; i++) {
    text params[PARAMS_MAX] = {{NULL, 0}};
    if (!matches(routes[i].pattern, q->path, params)) continue;
    *path_known = true;
    const char *method = strcmp(q->method, "HEAD") == 0 ? "GET" : q->method;
    if (strcmp(routes[i].method, method) != 0) continue;
    memcpy(q->params, params, sizeof params);
    return &routes[i];
  }
  return NULL;
}

static text token_of(request *q) {
  const char *bearer = header(q, "Authorization");
  if (bearer && strncmp(bearer, "Bearer ", 7) == 0) return text_trim(text_of(bearer + 7));
  return text_of(MHD_lookup_connection_value(q->connection, MHD_COOKIE_KIND, "jishi_session"));
}

static bool prefers_english(request *q) {
  const char *languages = header(q, "Accept-Language");
  if (!languages) return false;
  const char *zh = strstr(languages, "zh"), *en = strstr(languages, "en");
  return en && (!zh || en < zh);
}

/* A page of another site may not make a signed-in browser write: its requests carry another Origin.
 */
static bool from_elsewhere(request *q) {
  const char *site = header(q, "Sec-Fetch-Site");
  return strcmp(q->method, "GET") != 0 && strcmp(q->method, "HEAD") != 0 && site &&
         strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
}

static void handle(request *q) {
  bool path_known = false;
  q->route = find_route(q, &path_known);
  if (!q->route && path_known)
    request_problem(q, ERR_METHOD, NULL, "这个地址不支持这种操作。",
                    "This address does not take that method.");
  else if (!q->route)
    request_problem(q, ERR_UNKNOWN_NAME, NULL, "没有这个地址。", "There is no such address.");
  else if (from_elsewhere(q))
    request_problem(q, ERR_DENIED, NULL, "不接受来自其他网站的操作。",
                    "Requests from other sites are refused.");
  if (q->answered) return;
  err e;
  if (q->route->access == ACCESS_SIGNED_IN &&
      !session_find(q->loop->server->sessions, request_store(q), q->a, token_of(q), &q->who, &e))
    request_fail(q, &e);
  else
    q->route->handle(q);
}

void request_dispatch(request *q) {
  err e;
  q->english = prefers_english(q);
  if (db_begin_read(store_db(q->loop->s), &e)) {
    handle(q);
    db_end_read(store_db(q->loop->s));
  } else {
    request_fail(q, &e);
  }
  if (!q->answered && !q->then)
    request_problem(q, ERR_INTERNAL, NULL, "服务器没有回答，请告诉管理员。",
                    "The server gave no answer; tell the administrator.");
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
