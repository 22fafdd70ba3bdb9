/* attachments.h — attached files, named by their content; kept aside from the journal. */
#ifndef JISHI_STORE_ROWS_ATTACHMENTS_H
#define JISHI_STORE_ROWS_ATTACHMENTS_H

#include "store/store.h"

typedef struct stored_file {
  const char *name, *type; /* the hash of the body, in hex; a media type */
  int64_t at_ms;
  text body;
} stored_file;
bool store_attachment_put(store *s, const stored_file *f,
                          err *e); /* the same again changes nothing */
bool store_attachment_find(store *s, arena *a, text name, stored_file **ret,
                           err *e); /* *ret NULL: none */

#endif
