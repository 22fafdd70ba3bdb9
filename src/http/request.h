/* request.h — one request on its way: what was asked, by whom, and the answer being made.
 *
 * A handler runs on a loop thread, inside one reading snapshot; it either answers, or hands a
 * command to the writer and is called again with the outcome. Everything lives in the request's
 * arena. */
#ifndef JISHI_HTTP_REQUEST_H
#define JISHI_HTTP_REQUEST_H

#include "http/session.h"

#include "engine/eval/unit.h"

#include <microhttpd.h>

typedef struct loop loop;
typedef struct request request;
typedef struct route route;
struct screen;

enum { PARAMS_MAX = 4 };

struct request {
  struct MHD_Connection *connection;
  loop *loop;
  arena *a;
  const char *method, *path;
  const route *route;      /* NULL: none has this path and method */
  bool path_known;         /* some method of the path is served */
  text params[PARAMS_MAX]; /* the {…} parts of the path, in order */
  buf body;                /* what was sent */
  bool body_too_large;
  session who;  /* the signed-in officer; who.officer NULL on open routes */
  bool english; /* the caller's language */

  int status;
  buf out; /* the answer's body */
  const char *content_type;
  char etag[24];
  const char *location; /* Set-Cookie, see cookie */
  char cookie[160];
  bool answered;

  job job;                  /* a command under way */
  void (*then)(request *q); /* on the loop thread, when job.ok */
  bool (*background)(request *q, store *s,
                     err *e); /* long work on a thread of its own, instead of a command */
  bool (*screening)(request *q, struct screen *s, store *names,
                    err *e); /* a question to a screen (screens.h), instead of a command */
  const pack *screen_pack;
  int64_t screen_seq;
  void *note; /* the handler's own, until `then` */
  request *next_done;
  int64_t started_ns;
};

/* Who may use a route: anybody, whoever is signed in, or an officer with that right somewhere. */
typedef enum route_access {
  ACCESS_OPEN,
  ACCESS_OFFICER,
  ACCESS_REGISTER,
  ACCESS_IMPORT,
  ACCESS_ADMINISTER
} route_access;
struct route {                  /* the members are explained in routes.def */
  const char *method, *pattern; /* "/api/v1/subjects/{kind}/{id}" */
  route_access access;
  void (*handle)(request *q);
  label title;
  const char *query, *takes, *gives, *details; /* NULL: none */
  bool upload;
  size_t body_max; /* 0: BODY_MAX_BYTES */
  label smaller;
};
extern const route routes[];
extern const size_t route_count;

/* ---- asking ---- */
store *request_store(request *q);
engine *request_engine(request *q); /* read-only things: packs, calendar */
writer *request_writer(request *q);
const catalog *request_packs(request *q);
text request_query(request *q, const char *name); /* "" when absent */
bool request_json(request *q, json **out);        /* false: answered already */
int64_t request_match(request *q);                /* If-Match, 0 when absent, -1 when malformed */
day request_today(void);
unit *request_unit(request *q, const kind *k, const uuid *id); /* NULL: answered already */

/* ---- answering ---- */
json_out request_answer(request *q, int status); /* write the body to it */
void request_fail(request *q, const err *e);
void request_problem(request *q, err_code code, const char *place, const char *zh, const char *en);
/* Hands the command to the writer; `then` is called on success, failures answer themselves. */
void request_command(request *q, verb v, const uuid *id, const json *body,
                     void (*then)(request *q));
/* Long work (a roster) on a thread of its own with a connection of its own; then like a command. At
 * most BACKGROUND_MAX at once. */
enum { BACKGROUND_MAX = 2 };
void request_background(request *q, bool (*work)(request *q, store *s, err *e),
                        void (*then)(request *q));
/* A question to the screen of a pack, which must have taken in the journal up to `seq`: asked on a
 * thread of screens.h, with a reading connection for names; then like a command. */
void request_screen(request *q, const pack *p, int64_t seq,
                    bool (*work)(request *q, struct screen *s, store *names, err *e),
                    void (*then)(request *q));

#endif
