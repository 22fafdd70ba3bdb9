#include "http/params.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/ident.h"
#include "base/json_map.h"
#include "engine/areas.h"

#include <stdio.h>

/* ---- the address ---- */

bool param_uuid(request *q, size_t n, uuid *ret, err *e) {
  if (uuid_parse(q->params[n], ret)) return true;
  return err_set(e, ERR_UNKNOWN_NAME, "id", "地址里的编号不是 UUID。",
                 "The id in the address is no UUID.");
}

const kind *param_kind(request *q, size_t n, err *e) {
  const kind *k = catalog_kind(request_packs(q), q->params[n], NULL);
  if (k && reach_has_kind(&q->who.reach, k)) return k;
  if (k)
    rights_denied((label){"查看这类对象", "see records of this kind"}, e);
  else
    err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种对象。", "There is no such kind.");
  return NULL;
}

const event_kind *param_event(request *q, const pack **ret_owner, err *e) {
  const pack *owner = NULL;
  const event_kind *k = catalog_event(request_packs(q), q->params[0], &owner);
  if (ret_owner) *ret_owner = owner;
  if (k && reach_has_kind(&q->who.reach, &owner->kinds[k->about])) return k;
  if (k)
    rights_denied((label){"查看这类对象的登记", "see what is recorded of this kind"}, e);
  else
    err_set(e, ERR_UNKNOWN_NAME, "kind", "没有这种登记。", "There is no such kind of event.");
  return NULL;
}

record *param_subject(request *q, err *e) {
  const kind *k = param_kind(q, 0, e);
  uuid id;
  record *r = NULL;
  bool sees = false;
  if (!k || !param_uuid(q, 1, &id, e) ||
      !store_subject_find(request_store(q), q->a, k, &id, NULL, &r, e))
    return NULL;
  if (!r && !store_subject_standing(request_store(q), q->a, k, &id, &r, e)) return NULL;
  if (r && !request_sees(q, k, &r->root, r->area, &sees, e)) return NULL;
  if (!sees) r = NULL;
  if (!r)
    err_set(e, ERR_UNKNOWN_NAME, "id", "没有找到，或者不在您的管辖范围内。",
            "Not found, or outside your areas.");
  return r;
}

/* ---- the query ---- */

text query_text(request *q, const char *key) {
  if (q->page_key && strcmp(key, "limit") == 0) return TEXT("500");
  if (q->page_key && strcmp(key, q->page_key) == 0 && q->page_cursor.bytes) return q->page_cursor;
  return text_of(MHD_lookup_connection_value(q->connection, MHD_GET_ARGUMENT_KIND, key));
}

const char *query_str(request *q, const char *key) {
  text s = query_text(q, key);
  return s.bytes ? s.at : NULL;
}

int query_colour(request *q) {
  text c = query_text(q, "colour");
  return text_is(c, "red")      ? COLOUR_RED
         : text_is(c, "yellow") ? COLOUR_YELLOW
         : text_is(c, "green")  ? COLOUR_GREEN
                                : -1;
}

static bool no_area(const char *code, err *e) {
  return err_set(e, ERR_BAD_INPUT, "area", "没有代码为“%s”的区域，请从列表里选。",
                 "There is no area with the code \"%s\"; choose from the list.", code);
}

enum { SUCCESSIONS_MAX = 8 }; /* of successors that are no more, too */

/* An area that is no more: what it became; of one that became nothing there is no list. */
static bool add_area(request *q, const char *code, int depth, scope *ret, err *e) {
  area *x = NULL;
  if (!store_area_find(request_store(q), q->a, code, &x, e)) return false;
  if (!x && strcmp(code + 6, "000000") != 0) return no_area(code, e);
  const bool abolished = x && !area_stands(x) && !text_trim(x->successors).bytes;
  if (abolished && depth == 0) return area_is_no_more(request_store(q), q->a, x, "area", e);
  if (!x || area_stands(x) || depth == SUCCESSIONS_MAX) {
    const scope here = scope_within(&q->who.scope, code);
    for (size_t i = 0; i < here.count && ret->count < SCOPE_MAX; i++)
      ret->areas[ret->count++] = here.areas[i];
    return true;
  }
  text rest = x->successors, word;
  while (text_next_word(&rest, &word)) {
    char next[13] = {0};
    memcpy(next, word.at, word.bytes < 12 ? word.bytes : 12);
    if (!add_area(q, next, depth + 1, ret, e)) return false;
  }
  return true;
}

bool param_scope(request *q, text asked, scope *ret, err *e) {
  char code[13];
  *ret = q->who.scope;
  if (!asked.bytes) return true;
  if (!area_code_check(asked, code, e)) return err_within(e, "area");
  *ret = (scope){0};
  return add_area(q, code, 0, ret, e);
}

bool query_scope(request *q, scope *ret, err *e) {
  return param_scope(q, query_text(q, "area"), ret, e);
}

bool query_day(request *q, const char *key, day absent, day *ret, err *e) {
  text s = query_text(q, key);
  *ret = absent;
  if (!s.bytes || day_parse(s, ret)) return true;
  return err_set(e, ERR_BAD_INPUT, key, "请填写日期，例如 2024-03-01。",
                 "Please give a day such as 2024-03-01.");
}

bool query_uuid(request *q, const char *key, uuid *ret, err *e) {
  text s = query_text(q, key);
  *ret = (uuid){0};
  if (!s.bytes || uuid_parse(s, ret)) return true;
  if (!text_is(s, "me"))
    return err_set(e, ERR_BAD_INPUT, key, "这里要一个 UUID。", "A UUID is needed here.");
  *ret = q->who.officer->id;
  return true;
}

const pack *query_pack(request *q, err *e) {
  const catalog *packs = request_packs(q);
  text name = query_text(q, "pack");
  for (size_t i = 0; i < packs->count; i++)
    if (!name.bytes || text_is(name, packs->packs[i]->name)) return packs->packs[i];
  err_set(e, ERR_UNKNOWN_NAME, "pack", "没有这个业务包。", "There is no such pack.");
  return NULL;
}

bool query_own_name(request *q, const char *key, written_name *ret, err *e) {
  if (catalog_written(request_packs(q), query_text(q, key), ret)) return true;
  return err_set(e, ERR_UNKNOWN_NAME, key, "“.”前面应是业务包的名称，没有这个业务包。",
                 "Before the dot stands the name of a pack; there is no such pack.");
}

size_t query_limit(request *q) {
  int64_t n = 50;
  if (!text_to_int(query_text(q, "limit"), &n) || n < 1) n = 50;
  return n > 500 ? 500 : (size_t)n;
}

bool query_clear(request *q) {
  return text_is(query_text(q, "clear"), "1");
}

/* ---- headers and body ---- */

text param_cookie(request *q, const char *name) {
  char host_only[64];
  snprintf(host_only, sizeof host_only, "__Host-%s", name);
  return text_of(
      MHD_lookup_connection_value(q->connection, MHD_COOKIE_KIND, q->tls ? host_only : name));
}

text param_token(request *q) {
  const char *bearer = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Authorization");
  if (bearer && strncmp(bearer, "Bearer ", 7) == 0) return text_trim(text_of(bearer + 7));
  return param_cookie(q, "jishi_session");
}

static int64_t param_match(request *q) {
  const char *h = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "If-Match");
  if (!h) return 0;
  text t = text_trim(text_of(h));
  if (t.bytes >= 2 && t.at[0] == '"' && t.at[t.bytes - 1] == '"') t = (text){t.at + 1, t.bytes - 2};
  int64_t n = 0;
  return text_to_int(t, &n) && n > 0 ? n : -1;
}

bool param_needs_match(request *q, int64_t *ret, err *e) {
  *ret = param_match(q);
  if (*ret > 0) return true;
  return err_set(e, *ret ? ERR_STALE : ERR_NEEDS_MATCH, NULL,
                 "办理时要带上 If-Match（看到的版本）。",
                 "This carries If-Match with the version you saw.");
}

json *param_body(request *q, err *e) {
  json *tree = json_parse(q->a, buf_view(&q->body), e);
  if (!tree || tree->type == JSON_MAP) return tree;
  err_set(e, ERR_BAD_JSON, NULL, "请求内容应是一个 JSON 对象。",
          "The request must be a JSON object.");
  return NULL;
}

static bool refuse_unknown(const json *sent, const char *const *take, err *e) {
  for (size_t i = 0; i < sent->count; i++) {
    size_t k = 0;
    while (take[k] && !text_is(sent->keys[i], take[k])) k++;
    if (take[k]) continue;
    char where[64];
    text cut = text_cut(sent->keys[i], sizeof where - 1);
    snprintf(where, sizeof where, "%.*s", (int)cut.bytes, cut.at);
    return err_set(e, ERR_BAD_INPUT, where, "请求里有不认识的内容，请删去或改名。",
                   "The request has a key that is not known; remove or rename it.");
  }
  return true;
}

json *param_command(request *q, const char *const *take, const char *kind_name, const uuid *id,
                    err *e) {
  const json *sent = param_body(q, e);
  if (!sent || !refuse_unknown(sent, take, e)) return NULL;
  json *body = json_map_new(q->a);
  bool made = json_set_uuid(q->a, body, "id", id) &&
              (!kind_name || json_set_text(q->a, body, "kind", text_of(kind_name)));
  for (size_t i = 0; made && i < sent->count; i++)
    made = json_set_key(q->a, body, sent->keys[i], &sent->items[i]);
  if (made) return body;
  err_memory(e);
  return NULL;
}

bool param_temporary(text body, char ret_path[64], err *e) {
  if (!body.bytes)
    return err_set(e, ERR_NOT_ALLOWED, NULL, "这份文件已不再保留，请重新上传。",
                   "This file is not kept any more; upload it again.");
  int fd = memfd_create("roster", MFD_CLOEXEC);
  size_t done = 0;
  while (fd >= 0 && done < body.bytes) {
    ssize_t n = write(fd, body.at + done, body.bytes - done);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) break;
    done += (size_t)n;
  }
  snprintf(ret_path, 64, "/proc/self/fd/%d", fd);
  if (fd >= 0 && done == body.bytes) return true;
  if (fd >= 0) close(fd);
  return err_memory(e);
}

void param_temporary_done(const char *path) {
  close((int)strtol(strrchr(path, '/') + 1, NULL, 10));
}

bool param_note_unmask(request *q, const record *r, request_handler *then, err *e) {
  json *body = json_map_new(q->a);
  uuid entry_id = uuid_v7_now();
  if (!json_set_text(q->a, body, "kind", text_of(r->kind->name)) ||
      !json_set_uuid(q->a, body, "id", &r->id) ||
      !json_set_text(q->a, body, "reason", text_trim(query_text(q, "reason"))))
    return err_memory(e);
  return request_command(q, VERB_UNMASK, &entry_id, body, 0, then);
}
