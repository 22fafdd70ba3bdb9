#include "cel/env.h"

cel_env *cel_env_new(arena *a) {
  cel_env *env = ARENA_NEW(a, cel_env);
  if (env) env->a = a;
  return env;
}

int cel_env_add(cel_env *env, const char *name, const cel_type *type) {
  if (cel_env_slot(env, name) >= 0 || env->count >= INT32_MAX) return -1;
  env_name *names = ARENA_GROW(env->a, env->names, env->count, &env->room, env_name);
  if (!names) return -1;
  env->names = names; /* at once: `room` is already that of the new one */
  char *copy = arena_text(env->a, name);
  if (!copy) return -1;
  env->names[env->count] = (env_name){copy, type};
  size_t parts = 1;
  for (const char *at = name; (at = strchr(at, '.')); at++) parts++;
  if (parts > env->parts) env->parts = parts;
  return (int)env->count++;
}

int cel_env_slot(const cel_env *env, const char *name) {
  for (size_t i = 0; i < env->count; i++)
    if (strcmp(env->names[i].name, name) == 0) return (int)i;
  return -1;
}

const char *cel_env_name(const cel_env *env, int slot) {
  return env->names[slot].name;
}
const cel_type *cel_env_type(const cel_env *env, int slot) {
  return env->names[slot].type;
}
size_t cel_env_count(const cel_env *env) {
  return env->count;
}

bool cel_env_add_function(cel_env *env, const char *name, const char *signatures) {
  env_function *all =
      ARENA_GROW(env->a, env->functions, env->function_count, &env->function_room, env_function);
  if (!all) return false;
  env->functions = all;
  char *n = arena_text(env->a, name), *s = arena_text(env->a, signatures);
  if (!n || !s) return false;
  env->functions[env->function_count++] = (env_function){n, s};
  return true;
}
