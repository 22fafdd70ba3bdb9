/* reasons.h — what a value was made of, for people. */
#ifndef JISHI_ENGINE_EVAL_REASONS_H
#define JISHI_ENGINE_EVAL_REASONS_H

#include "engine/eval/unit_eval.h"

/* What a program read: JSON list [{name, title, value, text, reference?, from?: […]}]. */
void unit_reasons(unit *u, const record *about, const name_scope *sc, const cel_program *p,
                  const unit_extra *extra, json_out *w);
/* The title a person knows a missing fact by: "persons[2].health" → {第3人 健康状况}. */
label unit_missing_title(const unit *u, const kind *about, const char *name);

#endif
