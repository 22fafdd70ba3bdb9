/* display.h — a field's value as the API writes it and as a person reads it. */
#ifndef JISHI_ENGINE_EVAL_DISPLAY_H
#define JISHI_ENGINE_EVAL_DISPLAY_H

#include "store/rows.h"

#define FIELD_STARS "****"
/* Its privacy alone, where nobody in particular looks: as it is, or masked. */
how_shown field_shown(const field *f);
/* A field's value as the API writes it, to who is shown that much of it (rights.h). */
void field_put_json(json_out *w, const field *f, const value *v, how_shown how);
/* For people: yes and no in words; nothing of what is not known. */
void value_say(buf *b, const value *v, const cel_type *t, bool english);
void field_print(buf *b, const field *f, const value *v, how_shown how, bool english);

#endif
