/* A request's own things: where it reads from, its answer, and how it is handed on. */
#include "http/answer_headers.h"
#include "http/server_internal.h"

#include "engine/eval/unit.h"

#include <poll.h>
#include <stdio.h>

/* ---- asking ---- */

store *request_store(request *q) {
  return q->reading ? q->reading : q->loop->s;
}

engine *request_engine(request *q) {
  return q->loop->server->g;
}

writer *request_writer(request *q) {
  return q->loop->server->w;
}

const catalog *request_packs(request *q) {
  return q->packs;
}

day request_today(void) {
  return day_today();
}

unit *request_unit(request *q, const kind *k, const uuid *id, err *e) {
  bool sees = false;
  unit *u = unit_load(request_store(q), q->a, k, id, NULL,
                      (as_of){request_today(), engine_calendar(request_engine(q))}, e);
  if (!u || !request_sees(q, k, &u->root->id, u->root->area, &sees, e)) return NULL;
  if (!sees) rights_no_subject(e);
  return sees ? u : NULL;
}

bool request_sees(request *q, const kind *k, const uuid *root, const char *area, bool *ret_yes,
                  err *e) {
  return reach_sees(request_store(q), &q->who.reach, k, root, area, ret_yes, e);
}

bool request_figures(request *q, const pack *p, scope *ret, err *e) {
  *ret = actor_scope_in(&q->who.actor, request_packs(q), p);
  return ret->count ||
         rights_denied((label){"查看这个业务包的汇总数字", "see figures of this pack"}, e);
}

bool request_may(request *q, right r, const pack *p, const char *area) {
  return actor_may(&q->who.actor, request_packs(q), r, p, area);
}

bool request_may_unit(request *q, right r, const pack *p, const char *area, const uuid *root) {
  return actor_may_unit(&q->who.actor, request_packs(q), r, p, request_store(q), area, root);
}

sight request_sight(request *q, const pack *p, const char *area, const uuid *root) {
  return actor_sight(&q->who.actor, request_packs(q), p, request_store(q), area, root);
}

int64_t request_body_bytes(request *q) {
  const char *length =
      MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Content-Length");
  int64_t bytes = 0;
  return length && text_to_int(text_of(length), &bytes) && bytes >= 0 ? bytes : -1;
}

bool request_has_body(request *q) {
  return request_body_bytes(q) > 0 ||
         MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Transfer-Encoding");
}

/* ---- answering ---- */

json_out request_answer(request *q, int status) {
  q->status = status;
  q->code = ERR_NONE;
  q->answered = true;
  q->content_type = "application/json; charset=utf-8";
  if (q->file_fd >= 0) close(q->file_fd);
  q->file_fd = -1;
  buf_clear(&q->out);
  return json_to(&q->out);
}

void request_etag(request *q, int64_t version) {
  snprintf(q->etag, sizeof q->etag, "\"%lld\"", (long long)version);
}

void request_fail(request *q, const err *e) {
  json_out w = request_answer(q, err_status(e->code));
  q->code = e->code;
  q->content_type = "application/problem+json; charset=utf-8";
  q->etag[0] = 0;
  json_open(&w, '{');
  json_field_str(&w, "type", "about:blank");
  json_field_str(&w, "title", err_name(e->code));
  json_field_int(&w, "status", err_status(e->code));
  json_field_str(&w, "code", err_name(e->code));
  json_field_str(&w, "detail", q->english ? e->en : e->zh);
  json_field_str(&w, "where", e->where);
  json_field_str(&w, "zh", e->zh);
  json_field_str(&w, "en", e->en);
  json_field_str(&w, "request", q->id);
  json_close(&w, '}');
}

/* What a failure for want of memory or disk says of itself, "nothing was changed", would be wrong.
 */
void request_say_done(const request *q, err *e) {
  if (!q->done || (e->code != ERR_MEMORY && e->code != ERR_STORE)) return;
  err_set(e, e->code, NULL, "已经办好，但内存或磁盘不足，结果显示不了。请刷新后查看，不用再办。",
          "It is done, but memory or disk was too short to show the result. Load the page again; "
          "do not do it again.");
}

/* An answer with holes in it never leaves. */
static void refuse_holes(request *q) {
  if (buf_ok(&q->out) && (!arena_failed(q->a) || q->code == ERR_MEMORY)) return;
  err e;
  err_memory(&e);
  request_say_done(q, &e);
  request_fail(q, &e);
}

/* Where even a problem finds no memory. */
static text body_of(const request *q) {
  static const char short_of_memory[] =
      "{\"type\":\"about:blank\",\"title\":\"memory\",\"status\":503,\"code\":\"memory\","
      "\"detail\":\"内存不足，请稍后刷新再试。\",\"where\":\"\","
      "\"zh\":\"内存不足，请稍后刷新再试。\","
      "\"en\":\"Out of memory; load the page again and try again later.\",\"request\":null}";
  return buf_ok(&q->out) ? buf_view(&q->out) : TEXT(short_of_memory);
}

static struct MHD_Response *response_of(request *q) {
  text body = body_of(q);
  if (q->file_fd < 0 || q->code != ERR_NONE)
    return MHD_create_response_from_buffer(body.bytes, (void *)(uintptr_t)body.at,
                                           MHD_RESPMEM_PERSISTENT); /* freed with the request */
  struct MHD_Response *r = MHD_create_response_from_fd64((uint64_t)q->file_bytes, q->file_fd);
  if (r) q->file_fd = -1; /* the response closes it */
  return r;
}

static void add_header(struct MHD_Response *r, const char *name, const char *content) {
  MHD_add_response_header(r, name, content);
}

static void add_retry_after(const request *q, struct MHD_Response *r) {
  char seconds[12];
  snprintf(seconds, sizeof seconds, "%d",
           q->retry_after_s   ? q->retry_after_s
           : q->status == 429 ? 2
                              : 5);
  add_header(r, "Retry-After", seconds);
}

enum MHD_Result request_send(request *q) {
  q->answered = true;
  refuse_holes(q);
  struct MHD_Response *r = response_of(q);
  if (!r) return MHD_NO;
  add_header(r, "Content-Type", q->content_type);
  add_header(r, "Cache-Control", "no-store");
  add_header(r, "X-Request-Id", q->id);
  if (q->etag[0]) add_header(r, "ETag", q->etag);
  answer_headers(r, q->tls, CSP_OF_DATA);
  if (q->cookie[0]) add_header(r, "Set-Cookie", q->cookie);
  if (q->device_cookie[0]) add_header(r, "Set-Cookie", q->device_cookie);
  if (q->file_name) add_header(r, "Content-Disposition", q->file_name);
  if (q->status == 429 || q->status == 503) add_retry_after(q, r);
  if (q->status == 401) add_header(r, "WWW-Authenticate", "Bearer");
  enum MHD_Result sent = MHD_queue_response(q->connection, (unsigned)q->status, r);
  MHD_destroy_response(r);
  return sent;
}

/* ---- handing on ---- */

void request_finish(request *q) {
  q->loop->take_back(q);
}

static void command_done(job *j) {
  request_finish(j->context);
}

bool request_command(request *q, verb v, const uuid *id, const json *body, int64_t match,
                     request_handler *then) {
  q->job = (job){.command = {.verb = v,
                             .id = *id,
                             .who = q->who.actor,
                             .body = body,
                             .expected_version = match},
                 .a = q->a,
                 .done = command_done,
                 .context = q};
  q->screening = NULL; /* what a screen or a thread answered may become a command */
  q->background = NULL;
  q->then = then;
  return true;
}

bool request_command_password(request *q, const char *hash, bool first) {
  q->job.command.password_hash = hash;
  q->job.command.first_password = first;
  return true;
}

bool request_command_codes(request *q, const totp_kept *codes) {
  q->job.command.totp = codes;
  return true;
}

bool request_background(request *q, background_lane lane, request_work *work,
                        request_handler *then) {
  q->background = work;
  q->lane = lane;
  if (q->who.officer) q->turn = q->who.actor.officer;
  q->then = then;
  return true;
}

bool request_stopping(request *q) {
  return atomic_load(&q->loop->server->stopping);
}

bool request_abandoned(const request *q) {
  struct pollfd at = {.fd = q->fd, .events = POLLRDHUP};
  return q->fd >= 0 && poll(&at, 1, 0) > 0 && at.revents & (POLLRDHUP | POLLHUP | POLLERR);
}

bool request_say_abandoned(err *e) {
  return err_set(e, ERR_BUSY, NULL, "没有人在等这个结果了，已停止。",
                 "Nobody waits for this answer any more; it was stopped.");
}

bool request_screen(request *q, const pack *p, int64_t seq, request_question *ask,
                    request_handler *then) {
  q->screening = ask;
  q->screen_pack = p;
  q->screen_seq = seq;
  q->then = then;
  return true;
}
