/* uploads.h — rosters and lists of officers that wait to be taken in; kept aside from the
 * journal. */
#ifndef JISHI_STORE_ROWS_UPLOADS_H
#define JISHI_STORE_ROWS_UPLOADS_H

#include "base/date.h"
#include "store/store.h"

typedef struct upload {
  uuid id, officer;                  /* the id tells when it came: uuid_ms */
  const char *layout, *file, *state; /* layout: "" for a list of officers; checked running applied
                                        undone */
  text body;                         /* the file; empty when it is not needed any more */
  text report;                       /* JSON, docs/api.md IMPORT */
  hash seal;        /* of officers: of the secret from which their first passwords are made */
  text taking_in;   /* from which register; at NULL: no first taking-in */
  day taking_in_on; /* DAY_NONE: today */
  text choices;     /* JSON, import/choices.h; at NULL: nothing was chosen */
} upload;
bool store_upload_put(store *s, const upload *u, err *e);
/* Those that came before: their files go, what was found in them stays. */
bool store_uploads_empty(store *s, const uuid *before, err *e);
/* Newest first, without bodies, those older than `before` (nil: all). */
bool store_uploads(store *s, arena *a, const uuid *before, size_t limit, upload **ret_rows,
                   size_t *ret_count, err *e);
bool store_upload_find(store *s, arena *a, const uuid *id, bool with_body, upload **ret, err *e);

#endif
