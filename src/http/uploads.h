/* uploads.h — files that wait to be taken in, rosters and lists of officers: who sees them, how
 * they are kept and told. */
#ifndef JISHI_HTTP_UPLOADS_H
#define JISHI_HTTP_UPLOADS_H

#include "base/json_fields.h"
#include "http/request.h"
#include "store/rows/uploads.h"

/* Stands in `layout` of a list of officers; no layout of a pack has this name. */
#define UPLOAD_OF_OFFICERS ""
static inline bool upload_is_of_officers(const upload *u) {
  return !u->layout[0];
}

/* The import whose id is in the address. NULL: there is none, or it is not his to see. */
upload *upload_of_address(request *q, bool of_officers, bool with_body, err *e);
/* His own, and as administrator those of the officers whom he manages. */
bool upload_may_see(request *q, const uuid *owner, bool *ret_yes, err *e);

/* In a transaction of its own, for the background's connection. */
/* How long the file of one that is never taken in stays. */
enum { UPLOAD_DAYS = 30 };
bool upload_keep(store *s, const upload *u, err *e);
/* The work is done, and only its row could not be written: to do it again does nothing twice. */
bool upload_not_noted(label what, err *e);

/* Its layout is kept as "pack.layout"; told as `pack` and `layout`. */
void upload_put_layout(json_out *w, const upload *u);
/* Its members and those of its report; in an object. False: the report cannot be read. */
bool upload_put(request *q, json_out *w, const upload *u, err *e);
/* The member "targets": what columns may be given to. */
void import_targets_put(json_out *w, const import_target *targets, size_t count);
/* The entry (EXPORT) that says who compared which list with the register. NULL: *e says why. */
const json *comparison_entry(request *q, const upload *u, const import_layout *l,
                             const char *format, int64_t rows, int64_t found, err *e);
void upload_log(const request *q, const upload *u);

#endif
