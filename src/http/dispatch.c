/* From a request to its handler: the route, the officer. */
#include "http/inside.h"

static const char *header(request *q, const char *name) {
  return MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, name);
}

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

void dispatch_find(request *q) {
  for (size_t i = 0; i < route_count; i++) {
    text params[PARAMS_MAX] = {{NULL, 0}};
    if (!matches(routes[i].pattern, q->path, params)) continue;
    q->path_known = true;
    const char *method = strcmp(q->method, "HEAD") == 0 ? "GET" : q->method;
    if (strcmp(routes[i].method, method) != 0) continue;
    memcpy(q->params, params, sizeof params);
    q->route = &routes[i];
    return;
  }
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

/* Somewhere: in which area is for the engine to say. */
static bool may_use(request *q) {
  static const struct {
    right what;
    const char *zh, *en;
  } needs[] = {
      [ACCESS_REGISTER] = {RIGHT_REGISTER, "登记或修改对象", "register or change subjects"},
      [ACCESS_IMPORT] = {RIGHT_IMPORT, "导入名册", "import rosters"},
      [ACCESS_ADMINISTER] = {RIGHT_ADMINISTER, "做管理员的工作", "do an administrator's work"},
  };
  route_access a = q->route->access;
  err e;
  if (a < ACCESS_REGISTER || actor_may(&q->who.actor, request_packs(q), needs[a].what, NULL))
    return true;
  err_set(&e, ERR_DENIED, NULL, "您的岗位不能%s%.0s。如确有需要，请联系管理员。",
          "Your post may not %.0s%s. If you need to, ask the administrator.", needs[a].zh,
          needs[a].en);
  request_fail(q, &e);
  return false;
}

static void handle(request *q) {
  if (!q->route && q->path_known)
    request_problem(q, ERR_METHOD, NULL, "这个地址不支持这种操作。",
                    "This address does not take that method.");
  else if (!q->route)
    request_problem(q, ERR_UNKNOWN_NAME, NULL, "没有这个地址。", "There is no such address.");
  else if (from_elsewhere(q))
    request_problem(q, ERR_DENIED, NULL, "不接受来自其他网站的操作。",
                    "Requests from other sites are refused.");
  if (q->answered) return;
  err e;
  if (q->route->access != ACCESS_OPEN &&
      !session_find(q->loop->server->sessions, request_store(q), q->a, token_of(q), &q->who, &e))
    request_fail(q, &e);
  else if (may_use(q))
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
