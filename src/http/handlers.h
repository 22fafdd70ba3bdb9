/* handlers.h — the handlers named in routes.def, one prototype each, and what they are made with.
 */
#ifndef JISHI_HTTP_HANDLERS_H
#define JISHI_HTTP_HANDLERS_H

#include "http/json_views.h"
#include "http/page.h"
#include "http/params.h"

#define ROUTE(how, path, who, name, ...) bool handle_##name(request *q, err *e);
#include "http/routes.def"
#undef ROUTE

/* The member "follow_ups" of a unit's file. */
bool follow_ups_put_of_unit(request *q, json_out *w, const uuid *root, err *e);

#endif
