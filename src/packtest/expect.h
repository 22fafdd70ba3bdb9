/* expect.h — what is there, compared with what a case expects. */
#ifndef JISHI_PACKTEST_EXPECT_H
#define JISHI_PACKTEST_EXPECT_H

#include "engine/eval/unit.h"
#include "packtest/case_run.h"

/* The unit as the engine sees it on the day that the case has come to. */
typedef struct expectation {
  case_run *p;
  unit *u;
  record *about;
} expectation;
bool expectation_begin(expectation *l, case_run *p, err *e);
/* A variable, an aggregate or a field of the subject, by name; a rule: whether it holds. */
bool expectation_value(const expectation *l, text name, value *ret_v, const cel_type **ret_t);
/* A value for people; what is missing of an unknown one. */
void expectation_print(const expectation *l, const value *v, const cel_type *t, buf *b);
/* `want` as people write it (money in yuan, `unknown`); numbers may be off by `margin`. */
bool expectation_matches(const value *v, const cel_type *t, const yaml *want, int64_t margin);
/* A number as people write it, by its type's unit. */
bool expectation_number(const cel_type *t, text s, int64_t *ret_n);

/* Compares what a step expects (its `expect`) with what is there. */
bool case_expect(case_run *p, const yaml *expect, err *e);

#endif
