/* page.h — lists in pages: {items: […], next: CURSOR | null}.
 *
 * A cursor names the row that a page ended with, so that rows that come or go meanwhile shift
 * nothing. As text it is its parts joined by dots; which parts, the list says, e.g. "area.id". */
#ifndef JISHI_HTTP_PAGE_H
#define JISHI_HTTP_PAGE_H

#include "http/request.h"

typedef struct page_cursor {
  bool given;     /* by the caller: not the first page */
  char area[13];  /* "area" */
  day on;         /* "on"; DAY_NONE is written as dashes */
  int64_t number; /* "number", not negative */
  int64_t moment; /* "moment", the same */
  uuid id;        /* "id" */
  text name;      /* "name", only as the last part */
} page_cursor;

/* ?cursor=; absent: not given. False: not one of these parts. */
bool page_read(request *q, const char *parts, page_cursor *ret, err *e);
/* Inside the answer's object: first the items one by one … */
void page_begin(json_out *w);
/* … then where the next page begins; NULL: this was the last. Closes the object, too. */
void page_end(json_out *w, const char *parts, const page_cursor *next);

#endif
