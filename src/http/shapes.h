/* shapes.h — the JSON shapes of shapes.def as a table, and as JSON Schema. */
#ifndef JISHI_HTTP_SHAPES_H
#define JISHI_HTTP_SHAPES_H

#include "base/json.h"

/* A SHAPE or ALIAS, or a member of the last SHAPE before it. */
typedef enum shape_line_kind { LINE_SHAPE, LINE_ALIAS, LINE_MEMBER, LINE_OPTIONAL } shape_line_kind;
typedef struct shape_line {
  shape_line_kind kind;
  const char *name, *type, *says; /* type: "" of a SHAPE; says may be "" */
} shape_line;
extern const shape_line shape_lines[];
extern const size_t shape_line_count;

/* The schema of a type as shapes.def writes it. */
void shape_put_schema(json_out *w, text type);
/* All of them, as members of an object that is open. */
void shape_put_schemas(json_out *w);

/* ---- types, for whoever turns them into another language ---- */

/* Takes the first of the alternatives T|U off `rest`; false: none is left. */
bool shape_next_alternative(text *rest, text *ret);
/* Cuts a '?' at the end off; true: there was one. */
bool shape_cut_null(text *type);
/* The T of "open…T…close", e.g. of Page<T>; false: `type` is something else. */
bool shape_inner(text type, const char *open, const char *close, text *ret);

#endif
