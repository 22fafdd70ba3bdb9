/* journal.h — the ordered, sealed record of all changes of the county. */
#ifndef JISHI_STORE_ROWS_JOURNAL_H
#define JISHI_STORE_ROWS_JOURNAL_H

#include "store/reach.h"
#include "store/store.h"

typedef struct entry {
  int64_t seq;
  uuid id;
  int64_t at_ms;
  uuid officer; /* nil: the system */
  const char *verb;
  uuid subject, root; /* nil where the entry is about no subject */
  uuid import_id;     /* the import it came with; nil: none */
  char area[13];      /* "" for none */
  text body;          /* canonical JSON */
  hash link;          /* over the previous link and all of the above */
} entry;
hash store_entry_link(const hash *before, const entry *x);
bool store_append(store *s, const entry *x, err *e);
bool store_entry_find(store *s, arena *a, const uuid *id, entry **ret,
                      err *e); /* *ret NULL: none */
typedef struct journal_query {
  int64_t after; /* entries after this one, in order */
  size_t limit;
  const scope *scope; /* those about areas inside it; NULL: all */
  const reach *reach; /* those about units it holds; NULL: all */
} journal_query;
bool store_journal(store *s, arena *a, const journal_query *q, entry **ret, size_t *ret_count,
                   err *e);
bool store_entries_count_of_import(store *s, const uuid *import_id, int64_t *ret, err *e);
bool store_entries_of_import(store *s, arena *a, const uuid *import_id, entry **ret,
                             size_t *ret_count, err *e);

/* Those that came since about the units that the import brought or changed, but not with it. */
bool store_entries_since_import(store *s, arena *a, const uuid *import_id, size_t limit,
                                entry **ret, size_t *ret_count, err *e);

#endif
