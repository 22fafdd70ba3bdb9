/* The body of a request: judged when the headers are in, then collected within its limits. */
#include "http/server_internal.h"

static size_t body_limit(const request *q) {
  return q->route && q->route->body_max ? q->route->body_max : BODY_MAX_BYTES;
}

static void too_large(request *q) {
  label smaller = q->route && q->route->smaller.zh
                      ? q->route->smaller
                      : (label){"请分成几次发送", "send it in several requests"};
  bool mega = q->body.limit >= 1 << 20;
  int most = (int)(mega ? q->body.limit >> 20 : q->body.limit >> 10);
  const char *unit = mega ? "MB" : "KB";
  err e;
  err_set(&e, ERR_TOO_LARGE, NULL, "发送的内容超过 %d %s 的上限，%s。",
          "What was sent is over the limit of %d %s; %s.", most, unit, LABEL(smaller));
  request_fail(q, &e);
}

static void no_room(request *q) {
  err e;
  err_set(&e, ERR_BUSY, NULL, "正在接收的文件太多，请过几分钟再传。",
          "Too many files are being received; send it again in a few minutes.");
  request_fail(q, &e);
}

/* The one place where bodies are counted: files end below the small requests, so that nobody's
 * upload keeps others from their entries. */
static bool hold(request *q, int64_t bytes) {
  atomic_llong *all = &q->loop->server->bodies;
  int64_t most = q->body.limit > BODY_MAX_BYTES ? FILES_MAX_BYTES : BODIES_MAX_BYTES;
  if (atomic_fetch_add(all, bytes) + bytes <= most) {
    q->body_held += bytes;
    return true;
  }
  atomic_fetch_sub(all, bytes);
  return false;
}

void body_release(request *q) {
  if (q->body_held) atomic_fetch_sub(&q->loop->server->bodies, q->body_held);
  q->body_held = 0;
  buf_release(&q->body);
}

bool body_admit(request *q) {
  int64_t bytes = request_body_bytes(q);
  q->body.limit = body_limit(q);
  if (!dispatch_admit(q)) return false;
  if (bytes > (int64_t)q->body.limit)
    too_large(q);
  else if (bytes > 0 && !hold(q, bytes))
    no_room(q);
  else
    return true;
  return false;
}

bool body_take(request *q, const char *data, size_t bytes) {
  q->body_too_large |= bytes > q->body.limit - q->body.bytes;
  int64_t more = (int64_t)(q->body.bytes + bytes) - q->body_held; /* of an unknown length */
  if (!q->body_too_large && !q->body_no_room && more > 0) q->body_no_room = !hold(q, more);
  if (!q->body_too_large && !q->body_no_room) {
    buf_add(&q->body, data, bytes);
    return true;
  }
  body_release(q);
  q->body_dropped += (int64_t)bytes;
  return q->body_dropped <= LINGER_MAX_BYTES;
}

bool body_whole(request *q) {
  err e;
  if (q->body_too_large) {
    too_large(q);
  } else if (q->body_no_room) {
    no_room(q);
  } else if (!buf_ok(&q->body)) {
    err_memory(&e);
    request_fail(q, &e);
  } else {
    return true;
  }
  return false;
}
