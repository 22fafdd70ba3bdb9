/* facts.h — what was said of a field, from which day, by which entry. */
#ifndef JISHI_STORE_ROWS_FACTS_H
#define JISHI_STORE_ROWS_FACTS_H

#include "store/rows/subjects.h"
#include "store/when.h"

typedef struct fact {
  uuid subject;
  const char *field;
  int64_t seq;
  day since;
  value v;            /* UNKNOWN: was made unknown */
  const char *source; /* "visit", "import", "desk" … : the event kind's name, or a word */
  uuid officer;
  int64_t at_ms;
  int64_t moment; /* when on the day `since`: when.h */
} fact;
static inline when fact_when(const fact *f) {
  return (when){f->since, f->moment, f->seq};
}
bool store_fact_put(store *s, const fact *f, const field *d, err *e);
/* What followed from an event follows no more, or is another value. */
bool store_fact_drop(store *s, const fact *f, err *e);
/* All of one subject that are not withdrawn, the oldest first; those of fields that a newer pack
 * dropped are left out. */
bool store_facts_of(store *s, arena *a, const record *subject, fact **ret, size_t *ret_count,
                    err *e);
typedef struct fact_query {
  const kind *kind; /* the root's */
  uuid root;
  bool has_after; /* cursor: newest first, by (seq, subject, field) */
  int64_t after_seq;
  uuid after_subject;
  text after_field;
  size_t limit;
} fact_query;
/* All that was ever said of a unit's subjects, root and children together, newest first. A field
 * that a newer pack dropped comes with an UNKNOWN value. */
bool store_history(store *s, arena *a, const fact_query *query, fact **ret, size_t *ret_count,
                   err *e);
/* The fact in force of a field: who said it, when and by what; its value is not read. *ret NULL:
 * none. */
bool store_fact_find(store *s, arena *a, const record *subject, const field *d, fact **ret, err *e);
/* The value in force: the latest (when.h) that is not withdrawn; UNKNOWN when none. */
bool store_fact_now(store *s, arena *a, const record *subject, const field *d, value *ret, err *e);
bool store_facts_withdraw(store *s, const uuid *subject, int64_t seq, err *e);
/* Of whom entry `seq` said something, taken back or not. A scan: for what is rare. */
bool store_fact_subjects(store *s, arena *a, int64_t seq, uuid **ret, size_t *ret_count, err *e);
bool store_facts_left(store *s, const uuid *subject, int64_t *ret_count, err *e);

#endif
