/* Fuzzes a served county by its own contract: the first byte is a route of routes.def, the next
 * line fills the parts of its path and what stands behind "?", the rest is its body. A body that
 * begins with "=" is made of the route's shape (shapes.def), each member chosen by a byte: as it
 * should be, of another type, left out. Asked over a socket, as an officer with every right of the
 * pack.
 *
 * Whatever was asked, the answer is one of HTTP, never a 500; JSON parses, and a refusal is a
 * sentence in both languages. What is taken stays. */
#include "county.h"

#include "base/log.h"
#include "base/password.h"
#include "http/listen.h"
#include "http/request.h"
#include "http/server.h"
#include "http/shapes.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sodium.h>
#include <sys/socket.h>

int LLVMFuzzerInitialize(int *count, char ***words);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

#define PASSWORD "orchard-keeper-1"
enum { ANSWER_MAX = 8 << 20, DEPTH_MAX = 6 };
static writer *fuzzed_writer;
static server *fuzzed_server;
static int port;
static char token[64];
static char *answer_room;

/* ---- a client ---- */

typedef struct answered {
  int status;
  text body;
  bool json;
} answered;

static void send_all(int fd, text t) {
  while (t.bytes) {
    ssize_t n = send(fd, t.at, t.bytes, MSG_NOSIGNAL);
    if (n <= 0) return; /* refused early: the answer says why */
    t = (text){t.at + n, t.bytes - (size_t)n};
  }
}

static answered ask(const char *method, const char *path, const char *headers, text body) {
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  AUTO_BUF buf head = {0};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  MUST(fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof at) == 0);
  buf_printf(
      &head,
      "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
      "Content-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n",
      method, path, token, body.bytes, headers);
  send_all(fd, buf_view(&head));
  send_all(fd, body);
  size_t got = 0;
  for (ssize_t n; got < ANSWER_MAX && (n = recv(fd, answer_room + got, ANSWER_MAX - got, 0)) > 0;)
    got += (size_t)n;
  close(fd);
  answer_room[got] = 0;
  answered x = {0};
  char *end = strstr(answer_room, "\r\n\r\n");
  MUST(end && sscanf(answer_room, "HTTP/1.1 %d", &x.status) == 1);
  *end = 0;
  x.json = strcasestr(answer_room, "content-type: application/json") ||
           strcasestr(answer_room, "content-type: application/problem+json");
  x.body = (text){end + 4, got - (size_t)(end + 4 - answer_room)};
  return x;
}

/* ---- what is asked ---- */

typedef struct source {
  const uint8_t *at;
  size_t left;
} source;

static uint8_t take(source *s) {
  if (!s->left) return 0;
  s->left--;
  return *s->at++;
}

static text take_line(source *s) {
  const uint8_t *end = s->left ? memchr(s->at, '\n', s->left) : NULL;
  text line = {(const char *)s->at, end ? (size_t)(end - s->at) : s->left};
  s->at += line.bytes + (end != NULL);
  s->left -= line.bytes + (end != NULL);
  return line;
}

static const char *const words[] = {
    "garden", "tree", "check",  "sale",   "orchard",    "roster",        "spraying", "ill",
    "code",   NORTH,  "500243", "colour", "2025-03-03", "xlsx",          "true",     "1",
    "0",      "li",   "",       "a/b",    "%00",        "<img%20src=x>", "户"};
enum { WORDS = sizeof words / sizeof *words };

/* What a letter of the line stands for: A to Z one of the words, "@" the garden. */
static void put_part(buf *b, char c) {
  if (c == '@')
    buf_str(b, fuzzed_garden);
  else if (c >= 'A' && c < 'A' + WORDS)
    buf_str(b, words[c - 'A']);
  else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("-_.~!*'(),", c))
    buf_printf(b, "%c", c ? c : '0');
  else
    buf_printf(b, "%%%02x", (unsigned char)c);
}

/* "/subjects/{kind}/{id}" with the line's letters, one a part; then its parameters, two letters
 * each: which, and what. */
static void put_path(buf *b, const route *r, text line) {
  size_t used = 0;
  for (const char *at = r->pattern; *at; at++) {
    if (*at != '{') {
      buf_printf(b, "%c", *at);
      continue;
    }
    put_part(b, used < line.bytes ? line.at[used] : '@');
    used++;
    while (*at != '}') at++;
  }
  const char *names = r->query;
  for (size_t i = 0; names && *names && i < 8; i++) {
    while (*names == ' ' || *names == ',') names++;
    size_t n = strcspn(names, " ,");
    bool given = used < line.bytes && line.at[used] != '-';
    if (n && given) {
      buf_printf(b, "%c%.*s=", strchr(b->at, '?') ? '&' : '?', (int)n, names);
      put_part(b, line.at[used]);
    }
    used++;
    names += n;
  }
}

static void put_of_type(json_out *w, source *s, text type, int depth);

static void put_shape(json_out *w, source *s, text name, int depth) {
  for (size_t i = 0; i < shape_line_count; i++) {
    const shape_line *l = &shape_lines[i];
    if (l->kind == LINE_ALIAS && text_is(name, l->name)) {
      put_of_type(w, s, text_of(l->type), depth);
      return;
    }
    if (l->kind != LINE_SHAPE || !text_is(name, l->name)) continue;
    json_open(w, '{');
    for (i++; i < shape_line_count && shape_lines[i].kind >= LINE_MEMBER; i++) {
      const uint8_t how = take(s);
      if (how % 8 == 7 || (shape_lines[i].kind == LINE_OPTIONAL && how % 2)) continue;
      json_key(w, shape_lines[i].name);
      put_of_type(w, s, how % 8 == 6 ? TEXT("any") : text_of(shape_lines[i].type), depth + 1);
    }
    json_close(w, '}');
    return;
  }
  json_put_text(w, name); /* a word of no shape */
}

static void put_string(json_out *w, source *s, text type) {
  const uint8_t how = take(s);
  if (text_is(type, "uuid") && how % 4) {
    char fresh[37];
    snprintf(fresh, sizeof fresh, "01900000-0000-7000-8000-0000000%05x", take(s) + how * 256u);
    json_put_str(w, how % 4 == 1 ? fuzzed_garden : fresh);
    return;
  }
  if (text_is(type, "date") && how % 4) {
    json_put_str(w, how % 4 == 1 ? "2025-03-04" : "2999-12-31");
    return;
  }
  if (how % 4 == 3) {
    size_t n = s->left < how ? s->left : how;
    text t = {(const char *)s->at, n};
    s->at += n;
    s->left -= n;
    json_put_text(w, text_valid_utf8(t) ? t : TEXT("?"));
    return;
  }
  json_put_str(w, words[how / 4 % WORDS]);
}

static void put_of_type(json_out *w, source *s, text type, int depth) {
  text rest = type, one, chosen = type, inner;
  for (int skip = take(s) % 3; shape_next_alternative(&rest, &one) && skip >= 0; skip--)
    chosen = one;
  if (shape_cut_null(&chosen) && take(s) % 2) {
    json_put_null(w);
  } else if (depth > DEPTH_MAX || text_is(chosen, "null")) {
    json_put_null(w);
  } else if (shape_inner(chosen, "[", "]", &inner)) {
    json_open(w, '[');
    for (int n = take(s) % 3; n > 0; n--) put_of_type(w, s, inner, depth + 1);
    json_close(w, ']');
  } else if (shape_inner(chosen, "{", "}", &inner)) {
    json_open(w, '{');
    for (int n = take(s) % 3; n > 0; n--) {
      json_key(w, words[take(s) % WORDS]);
      put_of_type(w, s, inner, depth + 1);
    }
    json_close(w, '}');
  } else if (text_is(chosen, "int")) {
    const uint8_t how = take(s);
    json_put_int(w, how == 255 ? INT64_MAX : how == 254 ? INT64_MIN : (int64_t)how - 3);
  } else if (text_is(chosen, "bool")) {
    json_put_bool(w, take(s) % 2);
  } else if (text_is(chosen, "any")) {
    json_put_int(w, take(s));
  } else if (chosen.bytes && chosen.at[0] >= 'A' && chosen.at[0] <= 'Z') {
    put_shape(w, s, chosen, depth);
  } else if (chosen.bytes > 1 && chosen.at[0] == '\'') {
    json_put_text(w, (text){chosen.at + 1, chosen.bytes - 2});
  } else {
    put_string(w, s, chosen);
  }
}

/* ---- the served county ---- */

static void end(void) {
  server_stop(fuzzed_server);
  writer_stop(fuzzed_writer);
  free(answer_room);
}

static void add_officer(void) {
  char hash[PASSWORD_HASH_BYTES];
  err e;
  answer x;
  MUST(sodium_init() >= 0 &&
       crypto_pwhash_str(hash, PASSWORD, sizeof PASSWORD - 1, crypto_pwhash_OPSLIMIT_MIN,
                         crypto_pwhash_MEMLIMIT_MIN) == 0);
  json *body = json_parse(
      fuzzed->a,
      TEXT("{\"id\":\"01900000-0000-7000-8000-000000000001\",\"login\":\"li\",\"name\":\"李\","
           "\"active\":true,\"password\":true,\"posts\":["
           "{\"role\":\"keeper\",\"area\":\"500243000000\"},"
           "{\"role\":\"clerk\",\"area\":\"500243000000\"},"
           "{\"role\":\"head\",\"area\":\"500243000000\"}]}"),
      &e);
  command c = {.verb = VERB_OFFICER,
               .id = uuid_v7_now(),
               .who = everyone,
               .body = body,
               .password_hash = hash};
  MUST(body && writer_apply(fuzzed_writer, &c, fuzzed->a, &x, &e));
}

static void sign_in(void) {
  err e;
  answered x =
      ask("POST", "/api/v1/session", "", TEXT("{\"login\":\"li\",\"password\":\"" PASSWORD "\"}"));
  MUST(x.status == 200);
  json *j = json_parse(fuzzed->a, x.body, &e);
  MUST(j);
  text t = json_text(j, "token");
  snprintf(token, sizeof token, "%.*s", (int)t.bytes, t.at);
}

int LLVMFuzzerInitialize(int *count, char ***arguments) {
  (void)count;
  (void)arguments;
  char today[11];
  err e = {0};
  day_format(day_today(), today);
  county_begin(today);
  log_set_level(LOG_ERROR); /* refusals are what it is for */
  answer_room = malloc(ANSWER_MAX + 1);
  fuzzed_writer = writer_start(fuzzed->g, NULL, &e);
  int fd = listen_open("127.0.0.1", 0, &e);
  MUST(answer_room && fuzzed_writer && fd >= 0);
  port = listen_port(fd);
  add_officer();
  server_config c = {.location = fuzzed->location, .listen_fd = fd, .loops = 1};
  fuzzed_server = server_start(&c, fuzzed->g, fuzzed_writer, &e);
  MUST(fuzzed_server);
  atexit(end);
  sign_in();
  return 0;
}

/* The live feed has no end, and these would end the officer's own session. */
static bool is_left_out(const route *r) {
  return strcmp(r->pattern, "/api/v1/stream") == 0 ||
         (strncmp(r->pattern, "/api/v1/session", 15) == 0 && strcmp(r->method, "GET") != 0);
}

static void ask_route(const route *r, source *s) {
  AUTO_BUF buf path = {0}, body = {0};
  put_path(&path, r, take_line(s));
  if (r->takes && (!s->left || *s->at == '=')) {
    take(s);
    json_out w = json_to(&body);
    put_shape(&w, s, text_of(r->takes), 0);
  } else {
    buf_text(&body, (text){(const char *)s->at, s->left});
  }
  MUST(buf_ok(&path) && buf_ok(&body));
  answered x = ask(r->method, path.at, "If-Match: \"1\"\r\n", buf_view(&body));
  MUST(x.status >= 200 && x.status != 500);
  if (!x.json) return;
  arena *a AUTO_ARENA = arena_new(0);
  err e;
  json *j = json_parse(a, x.body, &e);
  MUST(j);
  if (x.status < 400) return;
  MUST(json_text(j, "zh").bytes && json_text(j, "en").bytes && json_text(j, "code").bytes);
  MUST(!text_is(json_text(j, "code"), "internal"));
  if (x.status == 401) sign_in(); /* a route ended it */
}

/* Nothing at all, which comes first: each route once. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes) {
  source s = {data, bytes};
  for (size_t i = 0; bytes == 0 && i < route_count; i++)
    if (!is_left_out(&routes[i])) ask_route(&routes[i], &s);
  if (bytes == 0) return 0;
  const route *r = &routes[take(&s) % route_count];
  if (!is_left_out(r)) ask_route(r, &s);
  return 0;
}
