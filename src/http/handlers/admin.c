/* Signing in, packs, areas, journal, live feed, health. */
#include "http/handlers.h"
#include "http/inside.h"

#include "base/ident.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

/* ---- health ---- */

void handle_health(request *q) {
  county c;
  err e;
  if (!store_county_read(request_store(q), &c, &e)) {
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  put_bool(&w, "ok", true);
  put_str(&w, "county", c.code);
  put_int(&w, "seq", c.seq);
  json_close(&w, '}');
}

/* The second number of /proc/self/statm is the resident set, in pages. */
static int64_t resident_bytes(void) {
  char line[128];
  FILE *f = fopen("/proc/self/statm", "r");
  if (!f) return 0;
  bool got = fgets(line, sizeof line, f) != NULL;
  fclose(f);
  const char *second = got ? strchr(line, ' ') : NULL;
  int64_t pages = 0;
  if (!second || !text_to_int((text){second + 1, strcspn(second + 1, " \n")}, &pages)) return 0;
  return pages * sysconf(_SC_PAGESIZE);
}

static void metric(buf *b, const char *name, const char *help, const char *type, int64_t n) {
  buf_printf(b, "# HELP %s %s\n# TYPE %s %s\n%s %lld\n", name, help, name, type, name,
             (long long)n);
}

/* Prometheus text format 0.0.4. */
void handle_metrics(request *q) {
  server *s = q->loop->server;
  writer_counts c = writer_count(s->w);
  request_answer(q, 200);
  q->content_type = "text/plain; version=0.0.4; charset=utf-8";
  buf *b = &q->out;
  buf_str(b, "# HELP jishi_requests_total Answered requests by status class.\n# TYPE "
             "jishi_requests_total counter\n");
  for (int i = 1; i < STATUS_CLASSES; i++)
    buf_printf(b, "jishi_requests_total{class=\"%dxx\"} %lld\n", i,
               (long long)atomic_load(&s->requests[i]));
  metric(b, "jishi_request_nanoseconds_total", "Time from a request's first byte to its end.",
         "counter", atomic_load(&s->request_ns));
  metric(b, "jishi_commands_total", "Commands given to the writer.", "counter", c.commands);
  metric(b, "jishi_commands_refused_total", "Commands refused.", "counter", c.refused);
  metric(b, "jishi_commits_total", "Durable commits.", "counter", c.commits);
  metric(b, "jishi_commits_failed_total", "Batches that could not be committed whole.", "counter",
         c.failed_commits);
  metric(b, "jishi_commands_waiting", "Commands waiting now.", "gauge", c.waiting);
  metric(b, "jishi_sessions", "Officers signed in.", "gauge", sessions_count(s->sessions));
  metric(b, "jishi_streams", "Open live feeds.", "gauge", atomic_load(&s->streams_open));
  metric(b, "jishi_resident_bytes", "Memory in use.", "gauge", resident_bytes());
  metric(b, "jishi_uptime_seconds", "Seconds since the start.", "counter",
         (now_ms() - s->started_ms) / 1000);
}

/* ---- sessions ---- */

static void answer_session(request *q, int status, const char *token) {
  json_out w = request_answer(q, status);
  json_open(&w, '{');
  if (token) put_str(&w, "token", token);
  put_instant(&w, "expires", q->who.expires_ms);
  json_key(&w, "officer");
  put_officer(q, &w, q->who.officer);
  json_close(&w, '}');
}

static void set_cookie(request *q, const char *token, int64_t seconds) {
  snprintf(q->cookie, sizeof q->cookie,
           "jishi_session=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s", token,
           (long long)seconds, q->loop->server->config.tls_certificate ? "; Secure" : "");
}

static void address_of(request *q, char out[64]) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(q->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const struct sockaddr_in *in = info ? (const struct sockaddr_in *)info->client_addr : NULL;
  if (!in || in->sin_family != AF_INET || !inet_ntop(AF_INET, &in->sin_addr, out, 64))
    snprintf(out, 64, "?");
}

void handle_sign_in(request *q) {
  json *body;
  char token[44], address[64];
  err e;
  if (!request_json(q, &body)) return;
  address_of(q, address);
  if (!session_open(q->loop->server->sessions, request_store(q), q->a,
                    text_trim(json_text(body, "login")), json_text(body, "password"), address,
                    token, &q->who, &e)) {
    request_fail(q, &e);
    return;
  }
  set_cookie(q, token, SESSION_HOURS * 3600);
  answer_session(q, 200, token);
}

void handle_who_am_i(request *q) {
  answer_session(q, 200, NULL);
}

void handle_sign_out(request *q) {
  const char *bearer = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Authorization");
  const char *cookie = MHD_lookup_connection_value(q->connection, MHD_COOKIE_KIND, "jishi_session");
  session_close(q->loop->server->sessions, bearer && strncmp(bearer, "Bearer ", 7) == 0
                                               ? text_trim(text_of(bearer + 7))
                                               : text_of(cookie));
  set_cookie(q, "", 0);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  put_bool(&w, "done", true);
  json_close(&w, '}');
}

/* ---- what clients draw from ---- */

void handle_packs(request *q) {
  county c;
  err e;
  if (!store_county_read(request_store(q), &c, &e)) {
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "county");
  json_open(&w, '{');
  put_str(&w, "code", c.code);
  put_str(&w, "name", c.name);
  json_close(&w, '}');
  put_day(&w, "today", request_today());
  json_key(&w, "packs");
  json_open(&w, '[');
  for (size_t i = 0; i < request_packs(q)->count; i++)
    pack_put_json(&w, request_packs(q)->packs[i]);
  json_close(&w, ']');
  json_close(&w, '}');
}

void handle_areas(request *q) {
  static const char *const levels[] = {"", "province", "city", "county", "town", "village"};
  area *areas = NULL;
  size_t count = 0;
  err e;
  if (!store_areas(request_store(q), q->a, &q->who.reach, &areas, &count, &e)) {
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) {
    char parent[13];
    area_code_parent(areas[i].code, parent);
    json_open(&w, '{');
    put_str(&w, "code", areas[i].code);
    put_str(&w, "name", areas[i].name);
    put_str(&w, "level", levels[area_code_level(areas[i].code)]);
    put_str(&w, "parent", parent);
    json_close(&w, '}');
  }
  json_close(&w, ']');
  json_close(&w, '}');
}

/* ---- the journal ---- */

static void put_entry(request *q, json_out *w, const entry *x, bool whole) {
  json_open(w, '{');
  put_int(w, "seq", x->seq);
  put_uuid(w, "id", &x->id);
  put_str(w, "verb", x->verb);
  put_uuid(w, "subject", &x->subject);
  put_uuid(w, "root", &x->root);
  put_str(w, "area", x->area);
  put_instant(w, "at", x->at_ms);
  put_str(w, "officer_name", officer_name(q, &x->officer));
  if (whole) {
    char link[65];
    hash_format(&x->link, link);
    put_str(w, "link", link);
    json_key(w, "body");
    json_put_raw(w, x->body);
  }
  json_close(w, '}');
}

void handle_journal(request *q) {
  int64_t after = 0;
  entry *entries = NULL;
  size_t count = 0, most = query_limit(q);
  err e;
  if (request_query(q, "after").bytes && !text_to_int(request_query(q, "after"), &after)) {
    request_problem(q, ERR_BAD_INPUT, "after", "after 应是一个序号。", "after must be a number.");
    return;
  }
  /* Bodies carry fields in clear: they are for those who may see them so. */
  bool whole = actor_may(&q->who.actor, request_packs(q), RIGHT_SEE_CLEAR, NULL);
  if (!store_journal(request_store(q), q->a, after, most, &q->who.reach, &entries, &count, &e)) {
    request_fail(q, &e);
    return;
  }
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_key(&w, "items");
  json_open(&w, '[');
  for (size_t i = 0; i < count; i++) put_entry(q, &w, &entries[i], whole);
  json_close(&w, ']');
  json_key(&w, "next");
  if (count == most)
    json_put_int(&w, entries[count - 1].seq);
  else
    json_put_null(&w);
  json_close(&w, '}');
}

void handle_stream(request *q) {
  request_answer(q, 200);
}
