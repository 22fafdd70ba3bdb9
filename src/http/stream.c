/* The live feed: each open stream reads the journal on from where it stands, whenever something was
 * committed. */
#include "http/server_internal.h"

#include "http/answer_headers.h"
#include "http/json_views.h"
#include "http/params.h"

#include <stdio.h>
#include <stdlib.h>

struct stream {
  loop *loop;
  struct MHD_Connection *connection;
  char token[64]; /* of the session, with which the feed ends */
  int64_t seq;
  buf pending; /* written but not yet taken by the connection */
  size_t taken;
  bool suspended, closing, sign_of_life;
  stream *next;
};

enum { STREAM_PAGE = 100 };

static void stream_write_entry(buf *b, const entry *x) {
  buf_printf(b, "event: entry\nid: %lld\ndata: ", (long long)x->seq);
  json_out w = json_to(b);
  json_open(&w, '{');
  json_field_int(&w, "seq", x->seq);
  json_field_str(&w, "verb", x->verb);
  json_field_uuid(&w, "id", &x->subject);
  json_field_uuid(&w, "root", &x->root);
  json_field_str(&w, "area", x->area);
  json_close(&w, '}');
  buf_str(b, "\n\n");
}

/* Rights are looked at anew each time: they may have changed since the feed began. */
static void stream_read_on(stream *t) {
  arena *a AUTO_ARENA = arena_new(0);
  entry *entries = NULL;
  size_t count = 0;
  session still;
  county c;
  err e;
  if (!a || t->closing) return;
  if (!session_find(t->loop->server->sessions, t->loop->s, a, text_of(t->token), SESSION_SEEN,
                    &still, &e)) {
    t->closing |= e.code == ERR_SIGN_IN || e.code == ERR_LOCKED;
    return;
  }
  const journal_query x = {
      .after = t->seq, .limit = STREAM_PAGE, .scope = &still.scope, .reach = &still.reach};
  if (!store_county_get(t->loop->s, &c, &e) ||
      !store_journal(t->loop->s, a, &x, &entries, &count, &e))
    return;
  for (size_t i = 0; i < count; i++) {
    if (entries[i].area[0]) stream_write_entry(&t->pending, &entries[i]);
    t->seq = entries[i].seq;
  }
  /* what was not his need not be read again */
  if (count < STREAM_PAGE && t->seq < c.seq) t->seq = c.seq;
}

static ssize_t stream_give(void *context, uint64_t position, char *to, size_t room) {
  (void)position;
  stream *t = context;
  /* One that began while the server ends would wait for good, and libmicrohttpd ends the process
   * that stops it while a connection waits. */
  if (t->closing || atomic_load(&t->loop->server->stopping))
    return MHD_CONTENT_READER_END_OF_STREAM;
  if (t->taken == t->pending.bytes) {
    buf_clear(&t->pending);
    t->taken = 0;
    stream_read_on(t);
    if (t->closing) return MHD_CONTENT_READER_END_OF_STREAM;
    if (!t->pending.bytes && t->sign_of_life) buf_str(&t->pending, ": \n\n");
    t->sign_of_life = false;
  }
  if (!buf_ok(&t->pending)) return MHD_CONTENT_READER_END_WITH_ERROR;
  size_t n = t->pending.bytes - t->taken;
  if (n == 0) {
    t->suspended = true;
    MHD_suspend_connection(t->connection);
    return 0;
  }
  if (n > room) n = room;
  memcpy(to, t->pending.at + t->taken, n);
  t->taken += n;
  return (ssize_t)n;
}

static void stream_forget(void *context) {
  stream *t = context;
  for (stream **at = &t->loop->streams; *at; at = &(*at)->next)
    if (*at == t) {
      *at = t->next;
      break;
    }
  atomic_fetch_sub(&t->loop->server->streams_open, 1);
  buf_release(&t->pending);
  free(t);
}

static enum MHD_Result stream_refuse(request *q, stream *t, const err *why) {
  if (t) buf_release(&t->pending);
  free(t);
  q->streaming = false;
  request_fail(q, why);
  return request_send(q);
}

enum MHD_Result stream_start(request *q) {
  stream *t = calloc(1, sizeof *t);
  err e;
  if (!t) {
    err_memory(&e);
    return stream_refuse(q, t, &e);
  }
  *t = (stream){.loop = q->loop, .connection = q->connection, .next = q->loop->streams};
  text token = param_token(q);
  if (token.bytes < sizeof t->token) memcpy(t->token, token.at, token.bytes);
  const char *last = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Last-Event-ID");
  county c;
  if (!last || !text_to_int(text_of(last), &t->seq)) {
    if (!store_county_get(q->loop->s, &c, &e)) return stream_refuse(q, t, &e);
    t->seq = c.seq;
  }
  buf_str(&t->pending, "retry: 3000\n: \n\n");
  struct MHD_Response *r =
      buf_ok(&t->pending)
          ? MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, 4096, stream_give, t, stream_forget)
          : NULL;
  if (!r) {
    err_memory(&e);
    return stream_refuse(q, t, &e);
  }
  q->loop->streams = t;
  atomic_fetch_add(&q->loop->server->streams_open, 1);
  MHD_add_response_header(r, "Content-Type", "text/event-stream; charset=utf-8");
  MHD_add_response_header(r, "Cache-Control", "no-store");
  MHD_add_response_header(r, "X-Accel-Buffering", "no");
  answer_headers(r, q->tls, CSP_OF_DATA);
  enum MHD_Result sent = MHD_queue_response(q->connection, 200, r);
  MHD_destroy_response(r);
  return sent;
}

void streams_poke(loop *l) {
  for (stream *t = l->streams; t; t = t->next) {
    if (!t->suspended) continue;
    t->suspended = false;
    t->sign_of_life = true;
    MHD_resume_connection(t->connection);
  }
}

void streams_close(loop *l) {
  for (stream *t = l->streams; t; t = t->next) t->closing = true;
  streams_poke(l);
}
