/* bench_load — asks one server over many kept connections, and tells how often it was answered.
 *
 *   bench_load login PORT LOGIN PASSWORD                              prints the token
 *   bench_load visits PORT CONNECTIONS SECONDS TOKEN < household ids  records visits, each with its
 * own id bench_load files PORT CONNECTIONS SECONDS TOKEN < household ids   reads household files
 *   bench_load get PORT CONNECTIONS SECONDS PATH                      reads one address
 *
 * Prints "answers refused seconds p50_us p99_us bytes_an_answer". Only 200 (201 for visits) counts
 * as an answer. One thread. */
#include "base/date.h"
#include "base/uuid.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
  CONNECTIONS_LIMIT = 1024,
  IDS_LIMIT = 100000,
  REQUEST_ROOM = 2048,
  ANSWER_ROOM = 1 << 20,
  SAMPLES_LIMIT = 1 << 23
};

typedef struct connection {
  int fd;
  char request[REQUEST_ROOM];
  size_t request_bytes, sent;
  char *answer;
  size_t answer_bytes, answer_needed; /* needed 0: the head has not ended yet */
  int64_t begun_ns;
} connection;

static char ids[IDS_LIMIT][37];
static size_t id_count, next_of_ids;
static uint32_t *samples;
static size_t sample_count;
static int64_t good, refused, bytes;
static const char *mode, *last_word;
static int port;
static uint64_t dice = 88172645463325252u;

static void die(const char *what) {
  fprintf(stderr, "bench_load: %s: %s\n", what, strerror(errno));
  exit(1);
}

static int64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static void fresh_id(char out[37]) {
  uint8_t random10[10];
  for (int i = 0; i < 10; i++) {
    dice ^= dice << 13;
    dice ^= dice >> 7;
    dice ^= dice << 17;
    random10[i] = (uint8_t)(dice >> 24);
  }
  uuid u = uuid_v7(now_ms(), random10);
  uuid_format(&u, out);
}

static size_t printed(int n) {
  if (n < 0 || n >= REQUEST_ROOM) die("a request is too long");
  return (size_t)n;
}

/* A visit that says something new of the house, so that facts, rules and the household's row
 * follow. */
static size_t visit(char *out) {
  char id[37], body[600], today[11];
  fresh_id(id);
  day_format(day_today(), today);
  const char *about = ids[next_of_ids++ % id_count];
  int n = snprintf(
      body, sizeof body,
      "{\"subject\":\"%s\",\"on\":\"%s\",\"fields\":{\"way\":\"home\",\"topics\":[\"income\","
      "\"health\",\"house\"],"
      "\"safe_water\":true,\"note\":\"入户走访，了解务工、就医、住房和饮水情况，暂无新增困难。\"}}",
      about, today);
  return printed(
      snprintf(out, REQUEST_ROOM,
               "PUT /api/v1/events/visit/%s HTTP/1.1\r\nHost: b\r\nAuthorization: Bearer %s\r\n"
               "Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
               id, last_word, n, body));
}

static size_t file(char *out) {
  return printed(snprintf(out, REQUEST_ROOM,
                          "GET /api/v1/subjects/household/%s/file HTTP/1.1\r\nHost: "
                          "b\r\nAuthorization: Bearer %s\r\n\r\n",
                          ids[next_of_ids++ % id_count], last_word));
}

static size_t next_request(char *out) {
  if (strcmp(mode, "visits") == 0) return visit(out);
  if (strcmp(mode, "files") == 0) return file(out);
  return printed(snprintf(out, REQUEST_ROOM, "GET %s HTTP/1.1\r\nHost: b\r\n\r\n", last_word));
}

static int connect_to(void) {
  struct sockaddr_in at = {.sin_family = AF_INET,
                           .sin_port = htons((uint16_t)port),
                           .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;
  if (fd < 0 || connect(fd, (struct sockaddr *)&at, sizeof at) < 0 ||
      setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) < 0)
    die("connect");
  return fd;
}

static void begin(connection *c) {
  c->request_bytes = next_request(c->request);
  c->sent = c->answer_bytes = c->answer_needed = 0;
  c->begun_ns = now_ns();
  ssize_t n = send(c->fd, c->request, c->request_bytes, MSG_NOSIGNAL);
  if (n < 0 && errno != EAGAIN) die("send");
  if (n < 0 || (size_t)n < c->request_bytes) die("the request did not fit into the socket");
}

/* Where the answer ends, once its head is there. */
static size_t needed(const connection *c) {
  const char *end = memmem(c->answer, c->answer_bytes, "\r\n\r\n", 4);
  if (!end) return 0;
  const char *length = strcasestr(c->answer, "\r\ncontent-length:");
  if (!length || length > end) die("an answer has no Content-Length");
  return (size_t)(end - c->answer) + 4 + strtoul(length + 17, NULL, 10);
}

/* True when the answer is whole. */
static bool take(connection *c) {
  ssize_t n = recv(c->fd, c->answer + c->answer_bytes, ANSWER_ROOM - 1 - c->answer_bytes, 0);
  if (n < 0 && errno == EAGAIN) return false;
  if (n <= 0) die("the server hung up");
  c->answer_bytes += (size_t)n;
  c->answer[c->answer_bytes] = 0;
  if (!c->answer_needed) c->answer_needed = needed(c);
  if (c->answer_needed >= ANSWER_ROOM) die("an answer is too long");
  return c->answer_needed && c->answer_bytes >= c->answer_needed;
}

static void count(const connection *c) {
  int status = c->answer_bytes > 12 ? atoi(c->answer + 9) : 0;
  if (status != (strcmp(mode, "visits") == 0 ? 201 : 200)) {
    if (refused++ == 0) fprintf(stderr, "bench_load: %.300s\n", c->answer);
    return;
  }
  good++;
  bytes += (int64_t)c->answer_needed;
  if (sample_count < SAMPLES_LIMIT)
    samples[sample_count++] = (uint32_t)((now_ns() - c->begun_ns) / 1000);
}

static int by_size(const void *x, const void *y) {
  uint32_t a = *(const uint32_t *)x, b = *(const uint32_t *)y;
  return (a > b) - (a < b);
}

static void load(int connections, double seconds) {
  connection *all = calloc((size_t)connections, sizeof *all);
  samples = malloc(SAMPLES_LIMIT * sizeof *samples);
  int epoll = epoll_create1(EPOLL_CLOEXEC);
  if (!all || !samples || epoll < 0) die("start");
  for (int i = 0; i < connections; i++) {
    all[i].fd = connect_to();
    all[i].answer = malloc(ANSWER_ROOM);
    if (!all[i].answer || fcntl(all[i].fd, F_SETFL, O_NONBLOCK) < 0) die("start");
    struct epoll_event on = {.events = EPOLLIN, .data.ptr = &all[i]};
    if (epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &on) < 0) die("epoll");
  }
  int64_t start = now_ns(), end = start + (int64_t)(seconds * 1e9), now = start;
  int busy = connections;
  for (int i = 0; i < connections; i++) begin(&all[i]);
  struct epoll_event ready[256];
  while (busy) { /* what is under way at the end is waited for */
    int n = epoll_wait(epoll, ready, 256, 10000);
    if (n == 0) die("no answer for ten seconds");
    for (int i = 0; i < n; i++) {
      connection *c = ready[i].data.ptr;
      if (!take(c)) continue;
      count(c);
      now = now_ns();
      if (now < end)
        begin(c);
      else
        busy--;
    }
  }
  qsort(samples, sample_count, sizeof *samples, by_size);
  printf("%lld %lld %.3f %u %u %lld\n", (long long)good, (long long)refused,
         (double)(now - start) / 1e9, sample_count ? samples[sample_count / 2] : 0,
         sample_count ? samples[sample_count - 1 - sample_count / 100] : 0,
         (long long)(good ? bytes / good : 0));
}

static void login(const char *name, const char *password) {
  connection c = {.fd = connect_to(), .answer = malloc(ANSWER_ROOM)};
  char body[200];
  if (!c.answer) die("start");
  int n = snprintf(body, sizeof body, "{\"login\":\"%s\",\"password\":\"%s\"}", name, password);
  c.request_bytes = printed(
      snprintf(c.request, REQUEST_ROOM,
               "POST /api/v1/session HTTP/1.1\r\nHost: b\r\nContent-Type: application/json\r\n"
               "Content-Length: %d\r\n\r\n%s",
               n, body));
  if (send(c.fd, c.request, c.request_bytes, MSG_NOSIGNAL) < 0) die("send");
  while (!take(&c)) continue;
  const char *token = strstr(c.answer, "\"token\":\"");
  if (!token) {
    fprintf(stderr, "bench_load: %s\n", c.answer);
    exit(1);
  }
  printf("%.*s\n", (int)strcspn(token + 9, "\""), token + 9);
}

int main(int argc, char **argv) {
  if (argc != 5 && argc != 6) return fprintf(stderr, "usage: see bench_load.c\n"), 2;
  mode = argv[1];
  port = atoi(argv[2]);
  if (strcmp(mode, "login") == 0) return login(argv[3], argv[4]), 0;
  last_word = argv[argc - 1];
  int connections = atoi(argv[3]);
  if (argc != 6 || connections < 1 || connections > CONNECTIONS_LIMIT) return 2;
  if (strcmp(mode, "get") != 0) {
    while (id_count < IDS_LIMIT && scanf("%36s", ids[id_count]) == 1) id_count++;
    if (!id_count) return fprintf(stderr, "bench_load: no ids\n"), 2;
  }
  load(connections, atof(argv[4]));
  return 0;
}
