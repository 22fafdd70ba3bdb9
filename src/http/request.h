/* request.h — one request on its way: what was asked, by whom, and the answer being made.
 *
 * A handler runs on a loop thread, inside one reading snapshot. It returns true when it has
 * answered (request_answer) or handed the request on: to the writer, to a thread, to a screen. It
 * is then called again through `then`, under the same rules. False: `e` says why, and dispatch.c
 * answers with the problem. Everything lives in the request's arena. */
#ifndef JISHI_HTTP_REQUEST_H
#define JISHI_HTTP_REQUEST_H

#include "http/session.h"

#include "engine/eval/unit.h"
#include "store/rows/totp.h"

#include <microhttpd.h>

typedef struct loop loop;
typedef struct request request;
typedef struct route route;
typedef struct list_layout list_layout;
typedef struct list_file list_file;
struct screen;

enum { PARAMS_MAX = 4 };

typedef bool request_handler(request *q, err *e);
typedef bool request_work(request *q, store *s, err *e);
typedef bool request_question(request *q, struct screen *s, store *names, err *e);

/* So that a roster of minutes holds up no photograph. */
typedef enum background_lane {
  BACKGROUND_FILE,
  BACKGROUND_LIST,
  BACKGROUND_PASSWORD, /* made slow on purpose, so that nobody can try many */
  BACKGROUND_ASK,      /* reads only, until it is answered or its time is up */
  BACKGROUND_TABLE,    /* reads only, as long as somebody waits for it */
  BACKGROUND_LANES
} background_lane;

struct request {
  struct MHD_Connection *connection;
  loop *loop;
  arena *a;
  char id[37];          /* in the log, in problems, in X-Request-Id */
  const catalog *packs; /* one set for the whole snapshot */
  const char *method, *path;
  const route *route;      /* NULL: none has this path and method */
  bool path_known;         /* some method of the path is served */
  text params[PARAMS_MAX]; /* the {…} parts of the path, in order */
  buf body;                /* what was sent */
  bool body_too_large, body_no_room;
  int64_t body_held;    /* of the server's BODIES_MAX_BYTES */
  int64_t body_dropped; /* bytes that came and were not kept */
  int linger_fd;        /* of a refused body (linger.h); -1: none */
  int fd;               /* of the connection; -1: unknown */
  peer_address from;    /* the client, behind the proxies that are trusted */
  bool tls;             /* encrypted, here or up to such a proxy */
  session who;          /* the signed-in officer; who.officer NULL on open routes */
  bool english;         /* the caller's language */

  int status;
  err_code code; /* of the problem; ERR_NONE: none */
  buf out;       /* the answer's body */
  const char *content_type;
  char etag[24];
  char cookie[192], device_cookie[288]; /* Set-Cookie */
  const char *file_name; /* Content-Disposition of what is to be saved; NULL: it may be shown */
  int file_fd;           /* the body, instead of `out`: an open file without a name; -1: none */
  int64_t file_bytes;
  int retry_after_s; /* with 429 and 503; 0: not said */
  bool answered;
  bool streaming; /* the answer goes on: the live feed */
  bool done;      /* what was asked for is written, whatever becomes of the answer */

  job job;                  /* a command under way; `ok` and `error` also of the other two ways */
  request_handler *then;    /* on the loop thread, when job.ok; NULL: nothing is under way */
  request_work *background; /* long work on a thread of its own, instead of a command */
  background_lane lane;
  uuid turn;                   /* whose turn it is in the lane: the officer's, or an address's */
  bool served_first;           /* may wait where others have no more room */
  int slot;                    /* in the lane, while it runs */
  request_question *screening; /* a question to a screen (screens.h), instead of a command */
  const pack *screen_pack;
  int64_t screen_seq;
  bool ask_anew; /* the screen's pack was replaced meanwhile: the handler runs once more */
  void *data;    /* the handler's own, until `then` */
  /* A list that is written to a file, page by page (list_file.h): */
  list_file *list;
  store *reading;       /* on its thread; NULL: the loop's */
  const char *page_key; /* the parameter whose place page_cursor takes; NULL: as was asked */
  text page_cursor;
  request *next_done;
  int64_t started_ns;
};

/* Who may use a route: anybody, whoever is signed in, or an officer with that right somewhere.
 * METRICS and CONTRACT: anybody when the server was told so (server_config), else administrators
 * and whoever is signed in. */
typedef enum route_access {
  ACCESS_OPEN,
  ACCESS_METRICS,
  ACCESS_CONTRACT,
  ACCESS_OFFICER,
  ACCESS_REGISTER,
  ACCESS_IMPORT,
  ACCESS_ACCOUNTS, /* who has a part in them: the system or the security administrator */
  ACCESS_ADMINISTER
} route_access;
struct route {                  /* the members are explained in routes.def */
  const char *method, *pattern; /* "/api/v1/subjects/{kind}/{id}" */
  route_access access;
  request_handler *handle;
  label title;
  const char *query, *takes, *gives, *details; /* NULL: none */
  const list_layout *list;                     /* how it leaves as a file; NULL: it does not */
  bool upload;
  bool always;     /* also with a locked session, and before the first password was changed */
  bool first;      /* the latter, and before one-time codes that are demanded were set up */
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
int64_t request_body_bytes(request *q); /* as announced; -1: not said */
bool request_has_body(request *q);
day request_today(void);
unit *request_unit(request *q, const kind *k, const uuid *id, err *e); /* NULL: none he sees */
/* Whether the officer sees a unit, by the kind of its root or of a child (rights.h). */
bool request_sees(request *q, const kind *k, const uuid *root, const char *area, bool *ret_yes,
                  err *e);
/* The areas of which figures of a pack are told to him; false: of none. */
bool request_figures(request *q, const pack *p, scope *ret, err *e);
/* Which fields of a unit's records he is shown (rights.h). */
sight request_sight(request *q, const pack *p, const char *area, const uuid *root);
bool request_may(request *q, right r, const pack *p, const char *area);
bool request_may_unit(request *q, right r, const pack *p, const char *area, const uuid *root);

/* ---- answering ---- */
json_out request_answer(request *q, int status); /* write the body to it */
void request_etag(request *q, int64_t version);
/* The problem as application/problem+json, instead of what was begun. */
void request_fail(request *q, const err *e);
/* Queues the finished answer; one that something did not find memory for is refused instead. */
enum MHD_Result request_send(request *q);
void request_say_done(const request *q, err *e); /* the true sentence where all is written */

/* ---- handing on; all return true ---- */
/* To the writer; a failing command answers itself. `match`: the version seen, 0: any. */
bool request_command(request *q, verb v, const uuid *id, const json *body, int64_t match,
                     request_handler *then);
/* The new password, hashed, that goes beside the OFFICER command handed on just before. `first`:
 * another gave it to him. */
bool request_command_password(request *q, const char *hash, bool first);
/* The codes that go beside it, likewise. */
bool request_command_codes(request *q, const totp_kept *codes);
/* Long work on a thread with a connection of its own (background.h says in which order). */
bool request_background(request *q, background_lane lane, request_work *work,
                        request_handler *then);
bool request_stopping(request *q); /* the server is to end: long work stops where it can */
/* Nobody waits for the answer any more: what is only asked need not be worked out. */
bool request_abandoned(const request *q);
bool request_say_abandoned(err *e);
/* A question to the screen of a pack, which must have taken in the journal up to `seq`: asked on a
 * thread of screens.h, with a reading connection for names. */
bool request_screen(request *q, const pack *p, int64_t seq, request_question *ask,
                    request_handler *then);
void request_finish(request *q); /* from any thread: what was handed on is done */

#endif
