/* json_fields.h — one member of a JSON object at a time: the key and its value. */
#ifndef JISHI_BASE_JSON_FIELDS_H
#define JISHI_BASE_JSON_FIELDS_H

#include "base/date.h"
#include "base/json.h"
#include "base/label.h"
#include "base/uuid.h"

void json_field_str(json_out *w, const char *key, const char *s); /* NULL: null */
void json_field_text(json_out *w, const char *key, text s);
void json_field_buf(json_out *w, const char *key, const buf *b); /* fails when it has failed */
void json_field_int(json_out *w, const char *key, int64_t n);
void json_field_bool(json_out *w, const char *key, bool yes);
void json_field_label(json_out *w, const char *key, label l);       /* {"zh": …, "en": …} */
void json_field_uuid(json_out *w, const char *key, const uuid *id); /* nil: null */
void json_field_day(json_out *w, const char *key, day d);           /* DAY_NONE: null */
void json_field_instant(json_out *w, const char *key, int64_t ms);
/* Opens the object or list that is the member's value. */
void json_field_open(json_out *w, const char *key, char bracket);

#endif
