/* form_body.h — the file of a form (multipart/form-data, RFC 7578), for routes that take a file as
 * the body itself: `curl -F file=@…` and old programs send it so. */
#ifndef JISHI_HTTP_FORM_BODY_H
#define JISHI_HTTP_FORM_BODY_H

#include "base/err.h"
#include "base/text.h"

/* *ret_file: the part that has a file name, else the whole body when it is no form; points into
 * `body`. *ret_name: its name, "" when none is given. Errors: ERR_BAD_FILE, a form without a file.
 */
bool form_body_file(text content_type, text body, text *ret_file, text *ret_name, err *e);

#endif
