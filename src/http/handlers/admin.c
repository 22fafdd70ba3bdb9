/* Signing in, packs, areas, journal, live feed, health. */
#include "http/handlers.h"

#include "base/json_map.h"
#include "base/password.h"
#include "http/server_internal.h"
#include "pack/json.h"

#include "base/ident.h"
#include "base/log.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <unistd.h>

/* ---- health ---- */

bool handle_health(request *q, err *e) {
  county c;
  if (!store_county_get(request_store(q), &c, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_bool(&w, "ok", true);
  json_field_str(&w, "county", c.code);
  json_field_int(&w, "seq", c.seq);
  json_field_str(&w, "role", writer_may_write(request_writer(q), NULL) ? "writer" : "reader");
  json_close(&w, '}');
  return true;
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
bool handle_metrics(request *q, err *e) {
  (void)e;
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
  return true;
}

/* ---- sessions ---- */

static bool answer_session(request *q, const char *token) {
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  if (token) json_field_str(&w, "token", token);
  json_field_instant(&w, "expires", q->who.expires_ms);
  json_key(&w, "officer");
  view_officer(q, &w, q->who.officer);
  json_close(&w, '}');
  return true;
}

static void set_cookie(request *q, const char *token, int64_t seconds) {
  snprintf(q->cookie, sizeof q->cookie,
           "jishi_session=%s; Path=/; HttpOnly; SameSite=Strict; Max-Age=%lld%s", token,
           (long long)seconds, q->loop->server->config.tls_certificate ? "; Secure" : "");
}

static void address_of(request *q, char ret[64]) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(q->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  const struct sockaddr *at = info ? info->client_addr : NULL;
  const void *bytes =
      !at ? NULL
      : at->sa_family == AF_INET6
          ? (const void *)&((const struct sockaddr_in6 *)(const void *)at)->sin6_addr
      : at->sa_family == AF_INET
          ? (const void *)&((const struct sockaddr_in *)(const void *)at)->sin_addr
          : NULL;
  if (!bytes || !inet_ntop(at->sa_family, bytes, ret, 64)) snprintf(ret, 64, "?");
}

bool handle_sign_in(request *q, err *e) {
  const json *body = param_body(q, e);
  char token[44], address[64];
  if (!body) return false;
  address_of(q, address);
  sessions *all = q->loop->server->sessions;
  text login = text_trim(json_text(body, "login"));
  if (!session_open(all, request_store(q), q->a, login, json_text(body, "password"), address, token,
                    &q->who, e)) {
    char tag[9];
    session_login_tag(all, login, tag);
    log_event(LOG_WARN, "sign_in_failed", log_word("request", q->id), log_word("login_tag", tag),
              log_word("from", address), log_word("code", err_name(e->code)));
    return false;
  }
  set_cookie(q, token, SESSION_HOURS * 3600);
  return answer_session(q, token);
}

/* The old password is checked as at a sign-in, and slowed after failures like one. */
static bool check_own_password(request *q, text password, err *e) {
  char token[44], address[64];
  session ignored;
  address_of(q, address);
  if (session_open(q->loop->server->sessions, request_store(q), q->a,
                   text_of(q->who.officer->login), password, address, token, &ignored, e)) {
    session_close(q->loop->server->sessions, text_of(token));
    return true;
  }
  return e->code == ERR_SIGN_IN ? err_set(e, ERR_BAD_INPUT, "old", "原来的密码不对，请重新输入。",
                                          "The old password is wrong; try again.")
                                : false;
}

static bool after_own_password(request *q, err *e) {
  (void)e;
  set_cookie(q, "", 0);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_bool(&w, "done", true);
  json_close(&w, '}');
  return true;
}

bool handle_own_password(request *q, err *e) {
  const json *sent = param_body(q, e);
  uuid entry_id = uuid_v7_now();
  char *hash = arena_take(q->a, PASSWORD_HASH_BYTES);
  if (!sent) return false;
  if (!hash) return err_memory(e);
  if (!check_own_password(q, json_text(sent, "old"), e)) return false;
  if (!password_hash(json_text(sent, "new"), hash, e))
    return snprintf(e->place, sizeof e->place, "new"), false;
  json *body = json_map_new(q->a);
  if (!json_set_uuid(q->a, body, "id", &q->who.officer->id) ||
      !json_set_bool(q->a, body, "password", true))
    return err_memory(e);
  return request_command(q, VERB_OFFICER, &entry_id, body, 0, after_own_password) &&
         request_command_password(q, hash);
}

bool handle_who_am_i(request *q, err *e) {
  (void)e;
  return answer_session(q, NULL);
}

bool handle_sign_out(request *q, err *e) {
  (void)e;
  session_close(q->loop->server->sessions, param_token(q));
  set_cookie(q, "", 0);
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_bool(&w, "done", true);
  json_close(&w, '}');
  return true;
}

/* ---- what clients draw from ---- */

bool handle_packs(request *q, err *e) {
  county c;
  if (!store_county_get(request_store(q), &c, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  json_field_open(&w, "county", '{');
  json_field_str(&w, "code", c.code);
  json_field_str(&w, "name", c.name);
  json_close(&w, '}');
  json_field_day(&w, "today", request_today());
  json_field_open(&w, "packs", '[');
  for (size_t i = 0; i < request_packs(q)->count; i++)
    pack_put_json(&w, request_packs(q)->packs[i]);
  json_close(&w, ']');
  json_close(&w, '}');
  return true;
}

/* ---- the journal ---- */

static void put_entry(request *q, json_out *w, const entry *x, bool whole) {
  json_open(w, '{');
  json_field_int(w, "seq", x->seq);
  json_field_uuid(w, "id", &x->id);
  json_field_str(w, "verb", x->verb);
  json_field_uuid(w, "subject", &x->subject);
  json_field_uuid(w, "root", &x->root);
  json_field_str(w, "area", x->area);
  json_field_instant(w, "at", x->at_ms);
  json_field_str(w, "officer_name", view_officer_name(q, &x->officer));
  if (whole) {
    char link[65];
    hash_format(&x->link, link);
    json_field_str(w, "link", link);
    json_key(w, "body");
    json_put_raw(w, x->body);
  }
  json_close(w, '}');
}

bool handle_journal(request *q, err *e) {
  text asked = query_text(q, "after");
  int64_t after = 0;
  entry *entries = NULL;
  size_t count = 0, most = query_limit(q);
  if (asked.bytes && !text_to_int(asked, &after))
    return err_set(e, ERR_BAD_INPUT, "after", "after 应是一个序号。", "after must be a number.");
  /* Bodies carry fields in clear: they are for those who may see them so. */
  bool whole = request_may(q, RIGHT_SEE_CLEAR, NULL, NULL);
  bool all = request_may(q, RIGHT_AUDIT, NULL, NULL);
  journal_query x = {.after = after, .limit = most};
  if (!all) x.scope = &q->who.scope, x.reach = &q->who.reach;
  if (!store_journal(request_store(q), q->a, &x, &entries, &count, e)) return false;
  json_out w = request_answer(q, 200);
  json_open(&w, '{');
  page_begin(&w);
  for (size_t i = 0; i < count; i++) put_entry(q, &w, &entries[i], whole);
  bool more = count == most;
  page_end(&w, "number", more ? &(page_cursor){.number = entries[count - 1].seq} : NULL);
  return true;
}

bool handle_stream(request *q, err *e) {
  (void)e;
  request_answer(q, 200);
  q->streaming = true;
  return true;
}
