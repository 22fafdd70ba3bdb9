/* json.h — a pack as clients see it: enough to draw forms, tables and flows (GET /packs). */
#ifndef JISHI_PACK_JSON_H
#define JISHI_PACK_JSON_H

#include "base/json.h"
#include "pack/model/pack.h"

/* The description that clients draw from (GET /packs): see docs/api.md. */
/* Without fields and events of groups that are not in `seen` (bits; pack.h). */
void pack_put_json(json_out *w, const pack *p, uint32_t seen);
/* Fields alone, as a list of the same shape. */
void fields_put_json(json_out *w, const field *fields, size_t count);
/* The members `unit` and `decimals`, where the type has them. */
void type_put_measure(json_out *w, const cel_type *t);
/* A value of the parameter, or of one of its keys, as the API writes it. */
void parameter_put_value(json_out *w, const parameter *p, const value *v);

#endif
