/* heading_book.h — the inside of a heading_book, for the files that fill it. */
#ifndef JISHI_LEDGER_HEADING_BOOK_H
#define JISHI_LEDGER_HEADING_BOOK_H

#include "ledger/headings.h"

/* Whose word it is that a heading means something: what a pack says of these very rows goes before
 * what a field is called. */
typedef enum tier { TIER_SAID, TIER_TITLE } tier;

typedef struct heading_name {
  text core, whole; /* see heading_words */
  size_t target;
  tier tier;
} heading_name;

struct heading_book {
  arena *a;
  const pack *pack;
  const kind *kind;
  const event_kind *event; /* NULL: of records */
  heading_target *targets;
  heading_name *names;
  size_t count, room, name_count, name_room;
};

/* An empty one; NULL: `e`. */
heading_book *heading_book_begin(arena *a, const catalog *packs, text rows, err *e);
/* Once, however often it is added. False here: memory. */
bool heading_book_target(heading_book *b, text column, label title, label of, size_t *ret);
bool heading_book_name(heading_book *b, size_t target, const char *name, tier t);

#endif
