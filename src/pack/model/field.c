/* Look-ups in a field list and in choices. */
#include "pack/model/field.h"
#include "pack/model/names.h"

const field *field_find(const field *fields, size_t count, text name) {
  int i = names_index(NAMES(fields, count), name);
  return i < 0 ? NULL : &fields[i];
}

const choice *choice_find(const field *f, text code) {
  int i = names_index(NAMES(f->choices, f->choice_count), code);
  return i < 0 ? NULL : &f->choices[i];
}

bool choice_on(const choice *c, day on) {
  return day_in_range(c->from, c->to, on);
}

uint32_t field_reads(const field *f) {
  return f->groups | (f->privacy == PRIVACY_OPEN ? 0 : READS_PRIVATE);
}

bool field_is_filled(const field *f) {
  return f->serial || f->counted_in || f->fulfilled_in;
}

bool field_is_owned(const field *f) {
  return f->typed == TYPED_NEVER || (f->typed == TYPED_UNLESS_OWNED && f->owner_count > 0);
}
