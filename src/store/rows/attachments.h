/* attachments.h — attached files, named by their content; kept aside from the journal. */
#ifndef JISHI_STORE_ROWS_ATTACHMENTS_H
#define JISHI_STORE_ROWS_ATTACHMENTS_H

#include "store/store.h"

typedef struct stored_file {
  const char *name, *type; /* the hash of the body, in hex; a media type */
  int64_t at_ms;
  uuid officer; /* who sent it first */
  int64_t bytes;
  text body;
} stored_file;
/* Which unit's records name a file: whoever sees those sees the file. */
typedef struct file_naming {
  const char *name;
  uuid root;
  const char *kind; /* what the record is, or is about */
} file_naming;
bool store_attachment_put(store *s, const stored_file *f,
                          err *e); /* the same again changes nothing */
bool store_attachment_find(store *s, arena *a, text name, stored_file **ret,
                           err *e); /* *ret NULL: none */

/* That each is what its name says; the first that is not is told by its name. */
bool store_attachments_sound(store *s, err *e);

bool store_file_named(store *s, const file_naming *n, err *e); /* the same again changes nothing */
bool store_file_namings(store *s, arena *a, text name, file_naming **ret, size_t *ret_count,
                        err *e);
/* Bytes that are kept: of all, and of what an officer sent since then. */
bool store_file_bytes(store *s, const uuid *officer, int64_t since_ms, int64_t *ret_all,
                      int64_t *ret_own, err *e);

#endif
