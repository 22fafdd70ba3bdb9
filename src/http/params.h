/* params.h — what a handler reads from the address, the query and the body; what is wrong with it
 * is told in `e`, with the name of the parameter as `where`. */
#ifndef JISHI_HTTP_PARAMS_H
#define JISHI_HTTP_PARAMS_H

#include "http/request.h"

/* ---- the {…} of the address, from 0 ---- */
bool param_uuid(request *q, size_t n, uuid *ret, err *e);
/* NULL: no such kind, or he sees none of it. */
const kind *param_kind(request *q, size_t n, err *e);
/* The first; owner may be NULL. NULL: no such event. */
const event_kind *param_event(request *q, const pack **ret_owner, err *e);
/* Kind and id of "/{kind}/{id}": a subject in the officer's scope. NULL: none, or not his. */
record *param_subject(request *q, err *e);

/* ---- the query ---- */
text query_text(request *q, const char *key);       /* "" when absent */
const char *query_str(request *q, const char *key); /* NULL when absent or empty */
int query_colour(request *q);                       /* a colour; -1: none asked for */
/* The areas of the officer's posts, narrowed by ?area= (one that is no more stands for what it
 * became); what he sees there his reach says. */
bool query_scope(request *q, scope *ret, err *e);
bool param_scope(request *q, text area, scope *ret, err *e); /* the same of a body's `area` */
bool query_day(request *q, const char *key, day absent, day *ret, err *e); /* 2024-03-01 */
bool query_uuid(request *q, const char *key, uuid *ret,
                err *e); /* absent: nil; "me": the officer */
/* A name that belongs to a pack: "name", or "pack.name". */
bool query_own_name(request *q, const char *key, written_name *ret, err *e);
const pack *query_pack(request *q, err *e); /* ?pack=, else the first; NULL: no such pack */
size_t query_limit(request *q);             /* ?limit=, 1..500, default 50 */
/* ?clear=1: the caller wants masked fields in clear. */
bool query_clear(request *q);

/* ---- headers and body ---- */
text param_token(request *q); /* of the session: Bearer, else the cookie; "": none */
/* By https the one that only https can have set. */
text param_cookie(request *q, const char *name);
/* The version that a change must carry. */
bool param_needs_match(request *q, int64_t *ret, err *e);
json *param_body(request *q, err *e); /* a JSON object; NULL: something else was sent */
/* A command's body of what was sent: only the keys in `take` (NULL-ended) are known, others are an
 * error; then the id, and the kind unless NULL, of the address. NULL: `e`. */
json *param_command(request *q, const char *const *take, const char *kind_name, const uuid *id,
                    err *e);

/* What was sent, for readers that want a path: a file in memory, never on the disk. */
bool param_temporary(text body, char ret_path[64], err *e);
void param_temporary_done(const char *path);

/* Writes into the journal that the officer sees a subject's masked fields in clear, then calls
 * `then`. */
bool param_note_unmask(request *q, const record *r, request_handler *then, err *e);

#endif
