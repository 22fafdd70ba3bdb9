/* display.h — a field's value as the API writes it and as a person reads it. */
#ifndef JISHI_ENGINE_EVAL_DISPLAY_H
#define JISHI_ENGINE_EVAL_DISPLAY_H

#include "store/rows.h"

/* A field's value as the API writes it; masked for privacy when `clear` is false. */
void field_put_json(json_out *w, const field *f, const value *v, bool clear);
/* For people: yes and no in words; nothing of what is not known. */
void value_say(buf *b, const value *v, const cel_type *t, bool english);
void field_print(buf *b, const field *f, const value *v, bool clear, bool english);

#endif
