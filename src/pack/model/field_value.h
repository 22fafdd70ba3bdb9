/* field_value.h — a value of a field: read from what people write or from JSON, checked; masked. */
#ifndef JISHI_PACK_MODEL_FIELD_VALUE_H
#define JISHI_PACK_MODEL_FIELD_VALUE_H

#include "base/json.h"
#include "pack/model/field.h"

/* A cell or answer as people write it ("是", a title, an alias, "1,234.50", "2024/3/1") to a value;
 * empty text is UNKNOWN (missing). */
bool field_read_text(const field *f, arena *a, text s, day today, value *ret, err *e);
/* A JSON value of the API (money integer fen, dates "YYYY-MM-DD", rates decimal strings, choices by
 * code) to a checked value: range, format, choice. null → UNKNOWN. e->where = the field's name. */
bool field_read_json(const field *f, arena *a, const json *j, day today, value *ret, err *e);
/* What is shown of a masked or hidden text: the first and last digits of an identifier, stars
 * between. */
void field_mask(buf *b, const field *f, text t);

#endif
