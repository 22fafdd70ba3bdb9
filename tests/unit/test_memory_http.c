/* The allocations of our own are made to fail, those of every path of calls (memory_faults.h),
 * while a served county answers requests. Each time the answer is the whole one, or says so and
 * nothing was written (or that all is written and only the answer is missing), or the connection is
 * closed; and the next try succeeds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "memory_faults.h"
#include "orchard.h"

#include "base/password.h"
#include "http/listen.h"
#include "http/server.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/in.h>
#include <sched.h>
#include <sodium.h>
#include <sys/socket.h>

enum { ANSWER_MAX = 1 << 20 };
#define PASSWORD "orchard-keeper-1"

typedef struct desk {
  orchard *o;
  writer *w;
  server *s;
  store *look; /* the test's own look at what is written */
  arena *a;    /* of one try */
  char token[64];
  int gardens, port;
} desk;

/* ---- a client ---- */

typedef struct asked {
  const char *method, *path;
  const char *headers; /* more lines; NULL: none */
  text body;
  bool feed; /* the answer has no end: its beginning is enough */
} asked;

typedef struct answered {
  int status; /* 0: closed without a word */
  text body;
} answered;

static int connect_to(const desk *d) {
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)d->port),
                           .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) != 0) fail_msg("no connection");
  return fd;
}

static void send_all(int fd, text t) {
  while (t.bytes) {
    ssize_t n = send(fd, t.at, t.bytes, MSG_NOSIGNAL);
    if (n <= 0) return; /* refused early: the answer says why */
    t = (text){t.at + n, t.bytes - (size_t)n};
  }
}

/* Status and body; a body of another length than announced is a fault. */
static answered read_answer(desk *d, int fd, bool feed) {
  char *all = ARENA_ARRAY(d->a, ANSWER_MAX + 1, char), *end = NULL;
  size_t got = 0;
  for (ssize_t n; got < ANSWER_MAX && (n = recv(fd, all + got, ANSWER_MAX - got, 0)) > 0;) {
    got += (size_t)n;
    all[got] = 0;
    if (feed && (end = strstr(all, "\r\n\r\n")) && strstr(end, "retry: ")) break;
  }
  answered x = {0};
  end = strstr(all, "\r\n\r\n");
  if (got == 0) return x;
  if (!end || sscanf(all, "HTTP/1.1 %d", &x.status) != 1) fail_msg("no HTTP answer: %s", all);
  x.body = (text){end + 4, got - (size_t)(end + 4 - all)};
  if (feed && x.status == 200) {
    x.body = TEXT("feed");
    return x;
  }
  const char *length = strcasestr(all, "\r\nContent-Length: ");
  if (!length || (size_t)atoll(length + 18) != x.body.bytes)
    fail_msg("a body of %zu bytes: %s", x.body.bytes, all);
  return x;
}

static answered ask_once(desk *d, const asked *q) {
  int fd = connect_to(d);
  const char *head = arena_printf(
      d->a,
      "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer %s\r\n"
      "Content-Type: application/json\r\nContent-Length: %zu\r\n%s\r\n",
      q->method, q->path, d->token, q->body.bytes, q->headers ? q->headers : "");
  send_all(fd, text_of(head));
  send_all(fd, q->body);
  answered x = read_answer(d, fd, q->feed);
  close(fd);
  return x;
}

/* A thread that has answered may still be counted as busy. */
static answered ask(desk *d, const asked *q) {
  answered x;
  do {
    x = ask_once(d, q);
  } while (x.status == 503 && memmem(x.body.at, x.body.bytes, "\"busy\"", 6) && sched_yield() == 0);
  return x;
}

static answered must_ask(desk *d, const asked *q) {
  answered x = ask(d, q);
  if (x.status / 100 != 2)
    fail_msg("%s %s: %d %.*s", q->method, q->path, x.status, (int)x.body.bytes, x.body.at);
  return x;
}

/* ---- what is written, what is answered ---- */

static int64_t number_from(desk *d, const char *sql) {
  err e;
  db_stmt *q = db_prepare(store_db(d->look), sql, &e);
  if (!q || db_next(q, &e) <= 0) fail_msg("%s: %s", sql, e.en);
  int64_t n = db_int(q, 0);
  db_done(q);
  return n;
}

static int64_t written(desk *d) {
  return number_from(d, "SELECT count(*) FROM journal") +
         number_from(d, "SELECT count(*) FROM file") +
         number_from(d, "SELECT count(*) FROM upload");
}

static bool is_uuid(const char *s) {
  uuid u;
  return strnlen(s, 36) == 36 && uuid_parse((text){s, 36}, &u);
}

/* Ids become U, hashes H and numbers #, so that two answers to the same question are the same; a
 * token, with what follows it, is left out. */
static text comparable(desk *d, text body) {
  char *out = arena_copy(d->a, body.at, body.bytes), *to = out;
  for (const char *at = out; *at;) {
    if (is_uuid(at)) {
      *to++ = 'U';
      at += 36;
    } else if (strspn(at, "0123456789abcdef") == 64) {
      *to++ = 'H';
      at += 64;
    } else if (isdigit((unsigned char)*at)) {
      while (isdigit((unsigned char)*at)) at++;
      *to++ = '#';
    } else if (strncmp(at, "\"token\":\"", 9) == 0) {
      at = strchr(at + 9, '"');
    } else {
      *to++ = *at++;
    }
  }
  *to = 0;
  return text_of(out);
}

/* ---- each allocation of a request ---- */

/* Makes a request that can be answered, and what must be there for it. */
typedef void make(desk *d, asked *ret);

static text says(desk *d, const answered *x, const char *key) {
  err e;
  json *j = json_parse(d->a, x->body, &e);
  if (!j) fail_msg("no JSON: %.*s", (int)x->body.bytes, x->body.at);
  return json_text(j, key);
}

static void check_refusal(desk *d, const char *name, long long n, const answered *x, bool wrote) {
  text code = says(d, x, "code"), en = says(d, x, "en");
  if (x->status != 503 || !(text_is(code, "memory") || text_is(code, "store")) ||
      !says(d, x, "zh").bytes)
    fail_msg("%s: allocation %lld: %d %.*s", name, n, x->status, (int)x->body.bytes, x->body.at);
  if (wrote && memmem(en.at, en.bytes, "nothing was changed", 19))
    fail_msg("%s: allocation %lld: it is written, and the answer says it is not", name, n);
  if (!wrote && memmem(en.at, en.bytes, "is done", 7))
    fail_msg("%s: allocation %lld: it is not written, and the answer says it is", name, n);
}

static void try_request(desk *d, const char *name, make *make, long long n, text expected) {
  asked q = {0};
  arena_clear(d->a);
  make(d, &q);
  int64_t before = written(d);
  memory_fail_at(n);
  answered x = ask(d, &q);
  bool hit = memory_failed();
  bool wrote = written(d) != before;
  if (x.status / 100 == 2) {
    text same = comparable(d, x.body);
    if (!text_equal(same, expected))
      fail_msg("%s: allocation %lld: a whole answer and another:\n%.*s\n%.*s", name, n,
               (int)same.bytes, same.at, (int)expected.bytes, expected.at);
    return;
  }
  if (!hit) fail_msg("%s: %d %.*s", name, x.status, (int)x.body.bytes, x.body.at);
  if (x.status) check_refusal(d, name, n, &x, wrote);
  x = ask(d, &q);
  /* It carries the version that it changed; an import is taken in, or back, once. */
  bool moved_on = wrote && (x.status == 412 || x.status == 409);
  if (x.status / 100 != 2 && !moved_on)
    fail_msg("%s: after allocation %lld: %d %.*s", name, n, x.status, (int)x.body.bytes, x.body.at);
}

static void each_allocation(desk *d, const char *name, make *make) {
  arena *a = arena_new(0);
  asked q = {0};
  long long all = 0;
  for (int i = 0; i < 2; i++) { /* the first fills caches */
    arena_clear(d->a);
    make(d, &q);
    memory_note_begin();
    answered x = must_ask(d, &q);
    all = memory_note_end();
    text same = comparable(d, x.body);
    arena_clear(a);
    q.body = (text){arena_copy(a, same.at, same.bytes), same.bytes};
  }
  text expected = q.body;
  size_t count = 0;
  long long *chosen = memory_choose(0, &count);
  for (size_t i = 0; i < count; i++) try_request(d, name, make, chosen[i], expected);
  try_request(d, name, make, 0, expected);
  print_message("%s: %lld allocations, %zu tried\n", name, all, count);
  free(chosen);
  arena_free(a);
}

/* ---- requests ---- */

static const char *fresh(desk *d) {
  char out[37];
  uuid u = uuid_v7_now();
  uuid_format(&u, out);
  return arena_text(d->a, out);
}

static void put_garden(desk *d, asked *q, const char *id) {
  *q = (asked){.method = "PUT",
               .path = arena_printf(d->a, "/api/v1/subjects/garden/%s", id),
               .body = text_of(arena_printf(
                   d->a,
                   "{\"area\":\"%s\",\"fields\":{\"code\":\"N%d\",\"owner\":\"王\",\"income\":"
                   "90000}}",
                   SOUTH, ++d->gardens))};
}

static const char *new_garden(desk *d) {
  const char *id = fresh(d);
  asked q;
  put_garden(d, &q, id);
  must_ask(d, &q);
  return id;
}

static void subject(desk *d, asked *q) {
  put_garden(d, q, fresh(d));
}

static void put_check(desk *d, asked *q, const char *garden) {
  char today[11];
  day_format(day_today(), today);
  *q = (asked){
      .method = "PUT",
      .path = arena_printf(d->a, "/api/v1/events/check/%s", fresh(d)),
      .body = text_of(arena_printf(
          d->a, "{\"subject\":\"%s\",\"on\":\"%s\",\"fields\":{\"ill\":4}}", garden, today))};
}

static void event_of_new_garden(desk *d, asked *q) {
  put_check(d, q, new_garden(d));
}

/* The case that a check opened. */
static const char *new_case(desk *d, const char **garden, int64_t *version) {
  asked q;
  err e;
  *garden = new_garden(d);
  put_check(d, &q, *garden);
  answered x = must_ask(d, &q);
  const json *cases = json_get(json_get(json_parse(d->a, x.body, &e), "consequences"), "cases");
  if (!cases || !cases->count) fail_msg("no case: %.*s", (int)x.body.bytes, x.body.at);
  json_int(&cases->items[0], "version", version);
  text id = json_text(&cases->items[0], "id");
  return arena_copy(d->a, id.at, id.bytes);
}

static void move_case(desk *d, asked *q) {
  int64_t version = 0;
  const char *garden, *id = new_case(d, &garden, &version);
  *q = (asked){
      .method = "POST",
      .path = arena_printf(d->a, "/api/v1/cases/%s/transitions", id),
      .headers = arena_printf(d->a, "If-Match: \"%d\"\r\n", (int)version),
      .body = text_of(arena_printf(
          d->a, "{\"id\":\"%s\",\"transition\":\"treat\",\"form\":{\"people\":2}}", fresh(d)))};
}

static void put_measure(desk *d, asked *q) {
  int64_t version = 0;
  const char *garden, *id = new_case(d, &garden, &version);
  *q = (asked){.method = "PUT",
               .path = arena_printf(d->a, "/api/v1/measures/%s", fresh(d)),
               .body = text_of(arena_printf(
                   d->a,
                   "{\"kind\":\"spraying\",\"subject\":\"%s\",\"case\":\"%s\",\"form\":{"
                   "\"trees\":2}}",
                   garden, id))};
}

static void simulation(UNUSED desk *d, asked *q) {
  *q = (asked){.method = "POST",
               .path = "/api/v1/simulations",
               .body = text_of("{\"area\":\"" NORTH "\",\"set\":{\"p.limit.ill\":1}}")};
}

static void attachment(desk *d, asked *q) {
  *q = (asked){.method = "POST",
               .path = "/api/v1/files",
               .body = text_of(arena_printf(d->a, "%%PDF-1.4 %s", fresh(d)))};
}

static void roster(desk *d, asked *q) {
  int n = ++d->gardens;
  *q = (asked){.method = "POST",
               .path = "/api/v1/imports?layout=roster&name=r.csv",
               .body = text_of(arena_printf(
                   d->a,
                   "村,园号,园主,年收入,树牌,品种,虫害\n南村,R%d,刘某,900,a%d,苹果,蛾\n"
                   "南村,R%d,刘某,900,b%d,梨,\n南村,S%d,王某,x,c%d,桃,螨\n",
                   n, n, n, n, n, n))};
}

static void post_import(desk *d, asked *q, text id, const char *what) {
  *q = (asked){.method = "POST",
               .path = arena_printf(d->a, "/api/v1/imports/%.*s/%s", (int)id.bytes, id.at, what)};
}

static text uploaded(desk *d) {
  asked q;
  roster(d, &q);
  answered x = must_ask(d, &q);
  return says(d, &x, "id");
}

static void roster_taken_in(desk *d, asked *q) {
  post_import(d, q, uploaded(d), "apply");
}

static void roster_taken_back(desk *d, asked *q) {
  text id = uploaded(d);
  post_import(d, q, id, "apply");
  must_ask(d, q);
  post_import(d, q, id, "undo");
}

static void sign_in(UNUSED desk *d, asked *q) {
  *q = (asked){.method = "POST",
               .path = "/api/v1/session",
               .body = text_of("{\"login\":\"li\",\"password\":\"" PASSWORD "\"}")};
}

static void packs(UNUSED desk *d, asked *q) {
  *q = (asked){.method = "GET", .path = "/api/v1/packs"};
}

static void list(UNUSED desk *d, asked *q) {
  *q = (asked){.method = "GET",
               .path = "/api/v1/subjects/garden?area=" NORTH "&filter=ill%3E0&limit=2"};
}

static const char *garden_read; /* one in the north, which the writing requests leave alone */

static void file(desk *d, asked *q) {
  *q = (asked){.method = "GET",
               .path = arena_printf(d->a, "/api/v1/subjects/garden/%s/file", garden_read)};
}

static void explain(desk *d, asked *q) {
  *q = (asked){
      .method = "GET",
      .path = arena_printf(d->a, "/api/v1/subjects/garden/%s/explain?name=colour", garden_read)};
}

static void due(UNUSED desk *d, asked *q) {
  *q = (asked){.method = "GET", .path = "/api/v1/due?area=" NORTH};
}

static void duties(UNUSED desk *d, asked *q) {
  *q = (asked){.method = "GET", .path = "/api/v1/duties?area=" NORTH};
}

static void feed(UNUSED desk *d, asked *q) {
  *q = (asked){.method = "GET", .path = "/api/v1/stream", .feed = true};
}

/* ---- the served county ---- */

static void add_officer(desk *d) {
  char hash[PASSWORD_HASH_BYTES];
  err e;
  answer x;
  /* as cheap as it goes: every beginning signs in */
  if (sodium_init() < 0 ||
      crypto_pwhash_str(hash, PASSWORD, sizeof PASSWORD - 1, crypto_pwhash_OPSLIMIT_MIN,
                        crypto_pwhash_MEMLIMIT_MIN) != 0)
    fail_msg("no password");
  json *body = json_parse(
      d->o->a,
      TEXT("{\"id\":\"01900000-0000-7000-8000-000000000001\",\"login\":\"li\",\"name\":\"李\","
           "\"active\":true,\"password\":true,\"posts\":["
           "{\"role\":\"clerk\",\"area\":\"500243000000\"},"
           "{\"role\":\"head\",\"area\":\"500243000000\"}]}"),
      &e);
  command c = {.verb = VERB_OFFICER,
               .id = uuid_v7_now(),
               .who = everyone,
               .body = body,
               .password_hash = hash};
  if (!body || !writer_apply(d->w, &c, d->o->a, &x, &e)) fail_msg("officer: %s", e.en);
}

static void serve(desk *d) {
  err e = {0};
  int fd = listen_open("127.0.0.1", 0, &e);
  if (fd < 0) fail_msg("listen: %s", e.en);
  d->port = listen_port(fd);
  server_config c = {.location = d->o->location, .listen_fd = fd, .loops = 1};
  d->s = server_start(&c, d->o->g, d->w, &e);
  if (!d->s) fail_msg("server: %s", e.en);
}

/* Until it succeeds. */
static void sign_in_again(desk *d) {
  asked q;
  answered x;
  sign_in(d, &q);
  do {
    x = ask(d, &q);
  } while (x.status == 503 || !x.status);
  text token = says(d, &x, "token");
  snprintf(d->token, sizeof d->token, "%.*s", (int)token.bytes, token.at);
}

static desk desk_open(void) {
  char today[11];
  err e = {0};
  memory_spared = true; /* the client's own, on this thread */
  day_format(day_today(), today);
  desk d = {.o = orchard_new(today), .a = arena_new(0)};
  garden_read = add_garden(d.o, "G1", NORTH, ",\"income\":90000");
  add_tree(d.o, garden_read, "t-1", ",\"pests\":[\"moth\"]");
  add_event(d.o, "check", garden_read, today, "\"ill\":4");
  add_event(d.o, "sale", garden_read, today, "\"amount\":400000");
  for (int i = 2; i < 5; i++) {
    const char *garden = add_garden(d.o, arena_printf(d.o->a, "G%d", i), NORTH, "");
    add_event(d.o, "check", garden, today, arena_printf(d.o->a, "\"ill\":%d", i));
  }
  d.w = writer_start(d.o->g, NULL, &e);
  if (!d.w) fail_msg("writer: %s", e.en);
  add_officer(&d);
  serve(&d);
  d.look = store_open(d.o->location, DB_READ, "500243", &e);
  if (!d.look) fail_msg("store: %s", e.en);
  sign_in_again(&d);
  return d;
}

static void desk_close(desk *d) {
  server_stop(d->s);
  writer_stop(d->w);
  store_close(d->look);
  arena_free(d->a);
  orchard_free(d->o);
  memory_spared = false;
}

static void reading(UNUSED void **state) {
  desk d = desk_open();
  each_allocation(&d, "packs", packs);
  each_allocation(&d, "list", list);
  each_allocation(&d, "file", file);
  each_allocation(&d, "explain", explain);
  each_allocation(&d, "due", due);
  each_allocation(&d, "duties", duties);
  each_allocation(&d, "simulation", simulation);
  each_allocation(&d, "feed", feed);
  each_allocation(&d, "sign-in", sign_in);
  desk_close(&d);
}

static void writing(UNUSED void **state) {
  desk d = desk_open();
  each_allocation(&d, "subject", subject);
  each_allocation(&d, "event", event_of_new_garden);
  each_allocation(&d, "transition", move_case);
  each_allocation(&d, "measure", put_measure);
  each_allocation(&d, "attachment", attachment);
  each_allocation(&d, "roster", roster);
  each_allocation(&d, "roster taken in", roster_taken_in);
  each_allocation(&d, "roster taken back", roster_taken_back);
  desk_close(&d);
}

/* The columns for what-if questions are loaded beside the first requests; what fails then is tried
 * again with the next question. */
static void beginning(UNUSED void **state) {
  desk d = desk_open();
  asked q;
  server_stop(d.s);
  memory_note_begin();
  serve(&d);
  sign_in_again(&d);
  simulation(&d, &q);
  must_ask(&d, &q);
  print_message("beginning: %lld allocations\n", memory_note_end());
  size_t count = 0;
  long long *chosen = memory_choose(0, &count);
  for (size_t i = 0; i < count; i++) {
    const long long n = chosen[i];
    arena_clear(d.a);
    server_stop(d.s);
    memory_fail_at(n);
    serve(&d);
    sign_in_again(&d);
    simulation(&d, &q);
    answered x = ask(&d, &q);
    memory_failed();
    if (x.status == 200) continue;
    if (x.status) check_refusal(&d, "beginning", n, &x, false);
    must_ask(&d, &q);
  }
  print_message("beginning: %zu tried\n", count);
  free(chosen);
  desk_close(&d);
}

int main(int argc, char **argv) {
  if (argc > 1) cmocka_set_test_filter(argv[1]);
  const struct CMUnitTest all[] = {cmocka_unit_test(reading), cmocka_unit_test(writing),
                                   cmocka_unit_test(beginning)};
  return cmocka_run_group_tests_name("memory.http", all, orchard_use_sqlite, orchard_drop_sqlite);
}
