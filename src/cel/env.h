/* env.h — the inside of an environment, and the settings that only the conformance tests use. */
#ifndef JISHI_CEL_ENV_H
#define JISHI_CEL_ENV_H

#include "cel/cel.h"

typedef struct env_name {
  const char *name;
  const cel_type *type;
} env_name;

typedef struct env_function {
  const char *name, *signatures;
} env_function;

struct cel_env {
  arena *a;
  env_name *names;
  size_t count, room;
  size_t parts; /* the most dotted parts a name has */
  env_function *functions;
  size_t function_count, function_room;
  const char *container; /* "a.b": a name x may mean a.b.x, a.x or x; NULL: none */
  bool lenient;          /* no type check: faults show at run time only */
};

/* Declares a function that can be checked but not run. False: memory. */
bool cel_env_add_function(cel_env *env, const char *name, const char *signatures);

#endif
