/* expressions.h — expressions and sentences of a pack, compiled. */
#ifndef JISHI_PACK_LOAD_EXPRESSIONS_H
#define JISHI_PACK_LOAD_EXPRESSIONS_H

#include "pack/load/reader.h"

/* `part` lies within node->s. NULL: the fault is told, with the exact place where it can be known.
 */
cel_program *compile_part(const doc *d, const yaml *node, text part, const cel_env *env,
                          const cel_type *want);
cel_program *compile_at(const doc *d, const yaml *node, const cel_env *env, const cel_type *want);
cel_program *map_program(const doc *d, const yaml *map, const char *key, const cel_env *env,
                         const cel_type *want);
/* The same for what a phone evaluates, too: rules, variables, checks, what aggregates add up. */
cel_program *phone_at(const doc *d, const yaml *node, const cel_env *env, const cel_type *want);
cel_program *map_phone(const doc *d, const yaml *map, const char *key, const cel_env *env,
                       const cel_type *want);
/* A sentence with {expressions}. */
sentence sentence_at(const doc *d, const yaml *node, const cel_env *env);

#endif
