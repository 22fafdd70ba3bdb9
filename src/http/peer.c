#include "http/peer.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FORWARDED_MAX = 1024 };
static const uint8_t v4_mapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

static bool is_v4(const peer_address *at) {
  return memcmp(at->b, v4_mapped, sizeof v4_mapped) == 0;
}

static bool address_parse(text word, peer_address *ret) {
  char digits[PEER_TEXT_BYTES];
  peer_address at = {{0}};
  if (word.bytes == 0 || word.bytes >= sizeof digits) return false;
  memcpy(digits, word.at, word.bytes);
  digits[word.bytes] = 0;
  if (inet_pton(AF_INET, digits, at.b + sizeof v4_mapped) == 1)
    memcpy(at.b, v4_mapped, sizeof v4_mapped);
  else if (inet_pton(AF_INET6, digits, at.b) != 1)
    return false;
  *ret = at;
  return true;
}

/* ---- networks ---- */

bool peer_nets_add(peer_nets *all, text word, err *e) {
  const char *slash = word.bytes ? memchr(word.at, '/', word.bytes) : NULL;
  text name = {word.at, slash ? (size_t)(slash - word.at) : word.bytes};
  peer_net n = {.bits = 128};
  int64_t bits = 0;
  bool ok = address_parse(name, &n.at);
  int most = is_v4(&n.at) ? 32 : 128;
  if (ok && slash) {
    ok = text_to_int((text){slash + 1, word.bytes - name.bytes - 1}, &bits) && bits >= 0 &&
         bits <= most;
    n.bits = (int)bits + 128 - most;
  }
  if (ok && all->count < PEER_NETS_MAX) {
    all->items[all->count++] = n;
    return true;
  }
  return err_set(e, ERR_USAGE, "--trusted-proxy",
                 "“%.*s”不是地址或网段，例如 10.0.0.5 或 10.0.0.0/24（最多 %d 个）。",
                 "\"%.*s\" is no address or network such as 10.0.0.5 or 10.0.0.0/24 (at most %d).",
                 (int)text_cut(word, 60).bytes, word.at, PEER_NETS_MAX);
}

static bool net_has(const peer_net *n, const peer_address *at) {
  int whole = n->bits / 8, rest = n->bits % 8;
  if (memcmp(n->at.b, at->b, (size_t)whole) != 0) return false;
  return !rest || (n->at.b[whole] ^ at->b[whole]) >> (8 - rest) == 0;
}

bool peer_nets_have(const peer_nets *all, const peer_address *at) {
  for (size_t i = 0; i < all->count; i++)
    if (net_has(&all->items[i], at)) return true;
  return false;
}

/* ---- addresses ---- */

peer_address peer_of_socket(const struct sockaddr *at) {
  peer_address x = {{0}};
  if (at && at->sa_family == AF_INET) {
    memcpy(x.b, v4_mapped, sizeof v4_mapped);
    memcpy(x.b + sizeof v4_mapped, &((const struct sockaddr_in *)(const void *)at)->sin_addr, 4);
  } else if (at && at->sa_family == AF_INET6) {
    memcpy(x.b, &((const struct sockaddr_in6 *)(const void *)at)->sin6_addr, sizeof x.b);
  }
  return x;
}

void peer_write(const peer_address *at, char ret[PEER_TEXT_BYTES]) {
  const void *bytes = is_v4(at) ? at->b + sizeof v4_mapped : at->b;
  if (!inet_ntop(is_v4(at) ? AF_INET : AF_INET6, bytes, ret, PEER_TEXT_BYTES))
    snprintf(ret, PEER_TEXT_BYTES, "?");
}

text peer_group(const peer_address *at) {
  return (text){(const char *)at->b, is_v4(at) ? sizeof at->b : sizeof at->b / 2};
}

/* ---- what proxies say ---- */

/* The values of all headers of one name, as if they had come in one: that is what HTTP says. */
typedef struct joined {
  const char *name;
  char text[FORWARDED_MAX];
  size_t bytes, count;
} joined;

static enum MHD_Result join(void *context, enum MHD_ValueKind kind, const char *key,
                            const char *value) {
  (void)kind;
  joined *j = context;
  if (strcasecmp(key, j->name) != 0) return MHD_YES;
  int n = snprintf(j->text + j->bytes, sizeof j->text - j->bytes, "%s%s", j->count++ ? "," : "",
                   value ? value : "");
  if (n < 0 || (size_t)n >= sizeof j->text - j->bytes) { /* longer than any chain of proxies */
    j->text[0] = 0;
    j->bytes = 0;
    return MHD_NO;
  }
  j->bytes += (size_t)n;
  return MHD_YES;
}

static joined header_values(struct MHD_Connection *c, const char *name) {
  joined j = {.name = name};
  MHD_get_connection_values(c, MHD_HEADER_KIND, join, &j);
  return j;
}

/* The last part of a list, which is taken off. */
static text take_last(text *rest) {
  size_t from = rest->bytes;
  while (from > 0 && rest->at[from - 1] != ',') from--;
  text last = text_trim((text){rest->at + from, rest->bytes - from});
  rest->bytes = from > 0 ? from - 1 : 0;
  return last;
}

/* In `for="[2001:db8::1]:4711";proto=https` the value of a name, without quotes. */
static text parameter(text part, const char *name) {
  size_t n = strlen(name);
  while (part.bytes) {
    size_t end = 0;
    while (end < part.bytes && part.at[end] != ';') end++;
    text one = text_trim((text){part.at, end});
    part = end < part.bytes ? (text){part.at + end + 1, part.bytes - end - 1} : (text){part.at, 0};
    if (one.bytes <= n || strncasecmp(one.at, name, n) != 0 || one.at[n] != '=') continue;
    text value = {one.at + n + 1, one.bytes - n - 1};
    bool quoted = value.bytes >= 2 && value.at[0] == '"' && value.at[value.bytes - 1] == '"';
    return quoted ? (text){value.at + 1, value.bytes - 2} : value;
  }
  return (text){NULL, 0};
}

/* "192.0.2.1:80", "[2001:db8::1]:80": the address alone. */
static text without_port(text word) {
  const char *end = word.bytes && word.at[0] == '[' ? memchr(word.at, ']', word.bytes) : NULL;
  if (end) return (text){word.at + 1, (size_t)(end - word.at) - 1};
  const char *colon = word.bytes ? memchr(word.at, ':', word.bytes) : NULL;
  size_t behind = colon ? (size_t)(word.at + word.bytes - colon) - 1 : 0;
  bool one = colon && !memchr(colon + 1, ':', behind);
  return one ? (text){word.at, (size_t)(colon - word.at)} : word;
}

peer_address peer_find(struct MHD_Connection *c, const peer_nets *trusted, bool *ret_tls) {
  const union MHD_ConnectionInfo *info =
      MHD_get_connection_info(c, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
  peer_address at = peer_of_socket(info ? info->client_addr : NULL);
  *ret_tls = false;
  if (!peer_nets_have(trusted, &at)) return at;
  joined plain = header_values(c, "X-Forwarded-For"), full = header_values(c, "Forwarded");
  const char *proto = MHD_lookup_connection_value(c, MHD_HEADER_KIND, "X-Forwarded-Proto");
  *ret_tls = proto && strcasecmp(proto, "https") == 0;
  if (plain.count && full.count) return at;
  text rest = plain.count ? (text){plain.text, plain.bytes} : (text){full.text, full.bytes};
  for (bool nearest = true; rest.bytes && peer_nets_have(trusted, &at); nearest = false) {
    text part = take_last(&rest);
    if (full.count && nearest) {
      text by = parameter(part, "proto");
      *ret_tls |= by.bytes == 5 && strncasecmp(by.at, "https", 5) == 0;
    }
    peer_address before;
    if (!address_parse(without_port(full.count ? parameter(part, "for") : part), &before)) break;
    at = before;
  }
  return at;
}
