/* uploads.h — rosters that wait to be taken in; kept aside from the journal. */
#ifndef JISHI_STORE_ROWS_UPLOADS_H
#define JISHI_STORE_ROWS_UPLOADS_H

#include "store/store.h"

/* A roster waiting to be taken in. */
typedef struct upload {
  uuid id, officer;
  const char *layout, *file, *state; /* checked applied undone */
  text body;                         /* the file */
  text report;                       /* JSON, docs/api.md IMPORT */
} upload;
bool store_upload_put(store *s, const upload *u, err *e);
bool store_upload_find(store *s, arena *a, const uuid *id, bool with_body, upload **ret, err *e);

#endif
