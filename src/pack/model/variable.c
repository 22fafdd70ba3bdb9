#include "pack/model/variable.h"

const dated_program *variable_formula(const variable *v, day on) {
  const dated_program *found = NULL;
  for (size_t i = 0; i < v->count; i++)
    if (v->formulas[i].from <= on) found = &v->formulas[i];
  return found;
}
