/* expressions.h — expressions and sentences of a pack, compiled. */
#ifndef JISHI_PACK_LOAD_EXPRESSIONS_H
#define JISHI_PACK_LOAD_EXPRESSIONS_H

#include "pack/load/reader.h"

/* NULL: the fault is told, with where it is exactly, if it can be known. */
cel_program *compile_at(const doc *d, const yaml *node, const cel_env *env, const cel_type *want);
cel_program *compile_key(const doc *d, const yaml *map, const char *key, const cel_env *env,
                         const cel_type *want);
/* The same for what a phone evaluates, too: rules, variables, checks, what aggregates add up. */
cel_program *compile_for_phone(const doc *d, const yaml *node, const cel_env *env,
                               const cel_type *want);
cel_program *compile_key_for_phone(const doc *d, const yaml *map, const char *key,
                                   const cel_env *env, const cel_type *want);
/* Tells when a program (NULL is fine) is beyond what the phone's library can parse; the program. */
cel_program *compile_check_phone(const doc *d, const yaml *node, cel_program *p);

/* The expression of `node`, unknown where one of the names in `needs:` of its item is unknown. */
cel_program *compile_needing(const doc *d, const yaml *item, const yaml *node, const cel_env *env,
                             const cel_type *want);
enum { NEEDS_MAX = 16 };
/* The program's value rounded half-up to so many decimals (of percent, of a rate); as it is where
 * they are negative or it has them already. */
const cel_program *compile_rounded(const doc *d, const yaml *node, const cel_program *p,
                                   const cel_env *env, int decimals);

/* `let: {name: expression}` of a rule. Its names are checked like any other, then what they stand
 * for takes their place, so that no evaluator knows of them. */
typedef struct let_name {
  const char *name;
  text source;
} let_name;
typedef struct let {
  const cel_env *outer; /* the rule's scope … */
  cel_env *env;         /* … with the names */
  let_name *names;
  size_t count;
} let;
let let_read(const doc *d, const yaml *item, const cel_env *outer);
cel_program *let_compile_key(const doc *d, const yaml *map, const char *key, const let *l,
                             const cel_type *want);

/* A sentence with {expressions}. */
sentence compile_sentence(const doc *d, const yaml *node, const let *l);
/* The next word of an expression that can be a name: not within a string or comment, not after a
 * dot. */
bool expression_word(text s, size_t *at, text *ret_word);

#endif
