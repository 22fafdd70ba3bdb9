/* tables.h — a table that is asked for (TableAsked), worked out on a thread: for handlers that do
 * more with it than show it. */
#ifndef JISHI_HTTP_TABLES_H
#define JISHI_HTTP_TABLES_H

#include "http/request.h"
#include "ledger/ledger.h"

/* Checks what is asked, and the right to it; `then` is called when the lines are there, at most
 * `rows_max`. */
bool table_ask(request *q, const json *asked, int64_t rows_max, void *context,
               request_handler *then, err *e);
void *table_context(const request *q);
/* In `then`: the shape Table, once. */
void table_put_shown(request *q, json_out *w);
const ledger *table_ledger(const request *q);
const ledger_view *table_view(const request *q);

/* What a ledger of a pack asks for, as a map of the request's arena. NULL: there is none. */
json *table_of_ledger(request *q, text name, err *e);

#endif
