/* answer_headers.h — what every answer says to the browser about itself: the API's, a page's, a
 * file's. */
#ifndef JISHI_HTTP_ANSWER_HEADERS_H
#define JISHI_HTTP_ANSWER_HEADERS_H

#include <stdbool.h>

struct MHD_Response;

/* Of data that no page is made of: whatever it holds, nothing in it runs, loads or is framed. */
#define CSP_OF_DATA "default-src 'none'; frame-ancestors 'none'; sandbox"
/* Of the app's pages: its own files only; styles of elements are what the map sets. */
#define CSP_OF_PAGES                                                                               \
  "default-src 'self'; style-src-elem 'self'; style-src-attr 'unsafe-inline'; img-src 'self' "     \
  "data: blob:; font-src 'self' data:; worker-src 'self'; object-src 'none'; base-uri 'none'; "    \
  "form-action 'self'; frame-ancestors 'none'"

/* `tls`: the browser came by https, so it need never come otherwise. */
void answer_headers(struct MHD_Response *r, bool tls, const char *content_security_policy);

#endif
