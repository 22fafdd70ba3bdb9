/* server.h — the county on the network: HTTP/1.1 (libmicrohttpd driven from our own epoll loops),
 * the routes, the pages.
 *
 * One loop thread a core, each with its own reading connection to the store; all changes go to the
 * one writer, and the waiting request is suspended until its commit. Works plain or with TLS;
 * HTTP/2 and public certificates are a reverse proxy's business. */
#ifndef JISHI_HTTP_SERVER_H
#define JISHI_HTTP_SERVER_H

#include "backup/schedule.h"
#include "engine/writer.h"
#include "http/peer.h"
#include "print/receipt.h"

typedef struct server server;

typedef struct server_config {
  const char *location;                  /* for the reading connections */
  int listen_fd;                         /* from listen_open (listen.h); the server closes it */
  int loops;                             /* threads; 0: one a core, at most 4 */
  const char *web_root;                  /* folder with office/; NULL: no pages */
  const char *tls_certificate, *tls_key; /* PEM files; NULL: plain HTTP */
  peer_nets trusted;                     /* proxies whose word about the client counts */
  bool open_metrics, open_contract;      /* /metrics, /openapi.json to anybody */
  schedule *backups;                     /* NULL: none are made; the caller stops it */
  const receipt_key *receipt_key;        /* signs receipts; NULL: they are not */
} server_config;

enum {
  BODY_MAX_BYTES = 1 << 20,        /* a JSON request */
  SIGN_IN_MAX_BYTES = 16 << 10,    /* from anybody */
  ATTACHMENT_MAX_BYTES = 12 << 20, /* a photograph or scan */
  ROSTER_MAX_BYTES = 64 << 20,
  TEMPLATE_MAX_BYTES = 8 << 20,
  BODIES_MAX_BYTES = 256 << 20,  /* of all requests together; what is over it is refused */
  FILES_MAX_BYTES = 192 << 20,   /* of these for files: small requests always find room */
  CONNECTIONS_MAX = 4096,        /* over all loops; fewer where so many files cannot be open */
  FILES_BESIDE = 128,            /* open for other things than connections */
  CONNECTIONS_LEAST = 64,        /* with fewer there is no sense in it */
  CONNECTION_IDLE_SECONDS = 120, /* a half-sent request is dropped after this */
};

server *server_start(const server_config *c, engine *g, writer *w, err *e);
void server_stop(server *s); /* finishes what is under way */

#endif
