/* scopes.h — what names mean where: the environments that expressions are checked in. */
#ifndef JISHI_PACK_LOAD_SCOPES_H
#define JISHI_PACK_LOAD_SCOPES_H

#include "pack/load/reader.h"

/* A scope in the making: see scopes.h. */
typedef struct scoping {
  loader *l;
  cel_env *env;
  slot *slots;
  size_t count, room;
} scoping;

const cel_type *scope_type_of_word(const char *word); /* "money" … or NULL */
const cel_type *scope_type_of_field(loader *l, const field *f);
const cel_type *scope_type_of_record(loader *l, const char *name, const field *fields,
                                     size_t count);
bool scope_begin(scoping *s, loader *l);
/* `at` (may be NULL): where a name that is taken already is told. */
bool scope_name(scoping *s, const char *name, const cel_type *type, slot_kind kind, int index,
                const origin *at);
name_scope scope_end(const scoping *s);
void scope_parameters(scoping *s);
const cel_type *scope_type_of_case(loader *l, const char *const *states); /* states NULL: any */
/* The scope of a kind with `case`, and `form` unless form is NULL. */
name_scope scope_of_case(loader *l, int kind, const cel_type *case_type, const cel_type *form);

#endif
