/* params.h — what a handler reads from the address, the query and the body. */
#ifndef JISHI_HTTP_PARAMS_H
#define JISHI_HTTP_PARAMS_H

#include "http/request.h"

bool param_uuid(request *q, size_t n, uuid *out); /* false: answered */
const kind *param_kind(request *q, size_t n);     /* NULL: answered */
int query_colour(request *q);                     /* a colour; -1: none asked for */
/* The first of the address; owner may be NULL. NULL: answered. */
const event_kind *param_event(request *q, const pack **owner);
reach query_reach(request *q); /* the officer's, narrowed by ?area= */
/* ?KEY=2024-03-01; false: answered. */
bool query_day(request *q, const char *key, day absent, day *out);
size_t query_limit(request *q); /* ?limit=, 1..500, default 50 */
void set_etag(request *q, int64_t version);
/* Writes a LOOK entry for a subject shown in clear, then goes on. */
void note_look(request *q, const record *r, void (*then)(request *q));
/* What was sent, of it only the keys in `take`, with the kind ("": none) and id of the address.
 * NULL: answered. */
json *body_taking(request *q, const char *const *take, text kind_name, const uuid *id);
/* A JSON map built by hand: "{" … "}" parsed into the request's arena; NULL: answered. */
json *make_body(request *q, const buf *b);

#endif
