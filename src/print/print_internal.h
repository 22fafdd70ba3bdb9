/* print_internal.h — what the files of print share. */
#ifndef JISHI_PRINT_PRINT_INTERNAL_H
#define JISHI_PRINT_PRINT_INTERNAL_H

#include "paper/table_pdf.h"
#include "print/print_run.h"
#include "store/rows/attachments.h"

/* A form being filled in. */
typedef struct running {
  store *s;
  arena *a; /* of this form */
  const print *p;
  const print_view *v;
  const print_of *of;
  paper *out;
  table_value *cells; /* of the values */
  bool there;
  uuid event;         /* nil: it is of no event */
  day from, to;       /* of its tables */
  const field *asked; /* by the step or measure; looked for once */
  size_t asked_count;
  const json *answers;
  bool looked;
} running;

bool print_say(running *r, const print_text *t, bool spelled, bool gap, buf *b, err *e);
void print_put_answer(running *r, buf *b, const char *name);
const char *print_answer_title(running *r, const char *name);
bool print_answer_number(running *r, const char *name, int64_t *ret); /* false: it is none */
bool print_put_table(running *r, const print_block *x, err *e);
bool print_put_receipt(running *r, const print_block *x, err *e);

#endif
