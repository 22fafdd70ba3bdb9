/* From a request to its handler: the route, the officer, and the answer when it fails. */
#include "base/log.h"
#include "engine/command.h"
#include "http/params.h"
#include "http/list_file.h"
#include "http/server_internal.h"

#include <strings.h>

/* Matches "/a/{x}/b" and fills in params; the pattern's parts are non-empty and hold no '/'. */
static bool path_matches(const char *pattern, const char *path, text *params) {
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

static const char *header(request *q, const char *name) {
  return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

static bool prefers_english(request *q) {
  const char *languages = header(q, "Accept-Language");
  if (!languages) return false;
  const char *zh = strstr(languages, "zh"), *en = strstr(languages, "en");
  return en && (!zh || en < zh);
}

void dispatch_find(request *q) {
  q->english = prefers_english(q);
  const server *s = q->loop->server;
  const char *method = strcmp(q->method, "HEAD") == 0 ? "GET" : q->method;
  for (size_t i = 0; i < s->route_count; i++) {
    text params[PARAMS_MAX] = {{NULL, 0}};
    if (!path_matches(s->routes[i].pattern, q->path, params)) continue;
    q->path_known = true;
    if (strcmp(s->routes[i].method, method) != 0) continue;
    memcpy(q->params, params, sizeof params);
    q->route = &s->routes[i];
    return;
  }
}

/* "https://jishi.example:8443" is of "jishi.example:8443"; "null" of nobody. */
static bool is_of_host(const char *origin, const char *host) {
  const char *at = strstr(origin, "://");
  return at && host && strcasecmp(at + 3, host) == 0;
}

/* A page of another site may not make a signed-in browser write: its requests carry another Origin.
 * Browsers tell Sec-Fetch-Site only by https and to this very machine. */
static bool from_elsewhere(request *q) {
  const char *site = header(q, "Sec-Fetch-Site"), *origin = header(q, "Origin");
  if (strcmp(q->method, "GET") == 0 || strcmp(q->method, "HEAD") == 0) return false;
  return (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0) ||
         (origin && !is_of_host(origin, header(q, "Host")));
}

/* Only a script can say so, and a script of another site is not let. */
static bool says_json(request *q) {
  static const char type[] = "application/json";
  const char *given = header(q, "Content-Type");
  size_t n = sizeof type - 1;
  return given && strncasecmp(given, type, n) == 0 && strchr("; \t", given[n]);
}

/* Somewhere: in which area is for the engine to say. */
static bool may_use(request *q, err *e) {
  static const struct {
    right what, or ;
    const char *zh, *en;
  } needs[] = {
      [ACCESS_REGISTER] = {RIGHT_REGISTER, RIGHT_REGISTER, "登记或修改对象",
                           "register or change subjects"},
      [ACCESS_IMPORT] = {RIGHT_IMPORT, RIGHT_IMPORT, "导入名册", "import rosters"},
      [ACCESS_ACCOUNTS] = {RIGHT_ADMINISTER, RIGHT_AUTHORISE, "管理人员", "administer officers"},
      [ACCESS_ADMINISTER] = {RIGHT_ADMINISTER, RIGHT_ADMINISTER, "做管理员的工作",
                             "do an administrator's work"},
  };
  route_access a = q->route->access == ACCESS_METRICS ? ACCESS_ADMINISTER : q->route->access;
  if (a < ACCESS_REGISTER ||
      actor_may(&q->who.actor, request_packs(q), needs[a].what, NULL, NULL) ||
      actor_may(&q->who.actor, request_packs(q), needs[a].or, NULL, NULL))
    return true;
  return err_set(e, ERR_DENIED, NULL, "您的岗位不能%s。如确有需要，请联系管理员。",
                 "Your post may not %s. If you need to, ask the administrator.", LABEL(needs[a]));
}

static bool is_open(const request *q) {
  const server_config *c = &q->loop->server->config;
  route_access a = q->route->access;
  return a == ACCESS_OPEN || (a == ACCESS_METRICS && c->open_metrics) ||
         (a == ACCESS_CONTRACT && c->open_contract);
}

static bool signed_in(request *q, err *e) {
  session_look how = q->route->always ? SESSION_EVEN_LOCKED : SESSION_USED;
  if (!session_find(q->loop->server->sessions, request_store(q), q->a, param_token(q), how, &q->who,
                    e))
    return false;
  if (q->route->always || q->route->first) return true;
  if (q->who.needs_codes && !q->who.first_password)
    return err_set(e, ERR_CODE_FIRST, NULL, "请先设置登录验证码，再办别的。",
                   "Set up one-time codes before anything else.");
  return !q->who.first_password ||
         err_set(e, ERR_PASSWORD_FIRST, NULL, "首次登录请先改密码，再办别的。",
                 "Change the first password before anything else.");
}

static bool admit(request *q, err *e) {
  if (!q->route && q->path_known)
    return err_set(e, ERR_METHOD, NULL, "这个地址不支持这种操作。",
                   "This address does not take that method.");
  if (!q->route)
    return err_set(e, ERR_UNKNOWN_NAME, NULL, "没有这个地址。", "There is no such address.");
  if (from_elsewhere(q))
    return err_set(e, ERR_DENIED, NULL, "不接受来自其他网站的操作。",
                   "Requests from other sites are refused.");
  if (!is_open(q) && !(signed_in(q, e) && may_use(q, e))) return false;
  return !q->route->takes || !request_has_body(q) || says_json(q) ||
         err_set(e, ERR_MEDIA_TYPE, NULL, "内容应是 JSON，请写明 Content-Type: application/json。",
                 "The body is JSON; say Content-Type: application/json.");
}

/* Once more, though it was admitted before its body came: that may be minutes ago. */
static bool handle(request *q, err *e) {
  if (!admit(q, e)) return false;
  return list_file_asked(q) ? list_file_begin(q, e) : q->route->handle(q, e);
}

/* Packs that came with a commit are taken up by the next snapshot: it is newer than they are. */
static bool begin_read(request *q, err *e) {
  store *s = q->loop->s;
  const catalog *now = engine_packs(q->loop->server->g);
  if (store_packs(s) != now && !store_use_packs(s, now, false, e)) return false;
  const bool renewed = q->packs && q->packs != now;
  q->packs = now;
  if (!db_begin_read(store_db(s), e)) return false;
  /* What he sees names kinds, of the packs that were when he was let in. */
  if (!renewed || !q->who.officer ||
      actor_reach(s, q->a, &q->who.actor, now, request_today(), &q->who.reach, e))
    return true;
  db_end_read(store_db(s));
  return false;
}

/* Inside one reading snapshot; a handler that fails has its error answered here. */
static void run_handler(request *q, request_handler *run) {
  db *d = store_db(q->loop->s);
  err e = {.code = ERR_NONE};
  bool ok = begin_read(q, &e);
  if (ok) {
    ok = run(q, &e);
    db_end_read(d);
  }
  if (ok && !q->answered && !q->then)
    ok = err_set(&e, ERR_INTERNAL, NULL, "服务器没有回答，请告诉管理员。",
                 "The server gave no answer; tell the administrator.");
  if (ok) return;
  q->then = NULL;
  request_say_done(q, &e);
  request_fail(q, &e);
}

bool dispatch_admit(request *q) {
  err e;
  bool ok = begin_read(q, &e);
  if (ok) {
    ok = admit(q, &e);
    db_end_read(store_db(q->loop->s));
  }
  if (!ok) request_fail(q, &e);
  return ok;
}

void dispatch(request *q) {
  run_handler(q, handle);
}

/* What the writer, a thread or a screen would not do. */
static void refuse(request *q) {
  bool entry = !q->background && !q->screening;
  log_event(LOG_INFO, entry ? "entry_refused" : "work_refused", log_word("request", q->id),
            log_word("route", q->route->pattern),
            log_word("verb", entry ? verb_name(q->job.command.verb) : NULL),
            log_word("code", err_name(q->job.error.code)));
  request_fail(q, &q->job.error);
}

void dispatch_then(request *q) {
  request_handler *then = q->then;
  if (q->ask_anew) {
    q->ask_anew = false;
    q->then = NULL;
    q->screening = NULL;
    run_handler(q, handle); /* which hands it on once more */
    return;
  }
  q->then = NULL; /* a request is handed on once */
  q->done = q->job.ok && !q->screening && (!q->background || background_writes(q->lane));
  if (!q->job.ok)
    refuse(q);
  else
    run_handler(q, then);
}
