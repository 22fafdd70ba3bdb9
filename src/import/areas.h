/* areas.h — which village, town or zone people mean by what they write.
 *
 * An area is found by its code and under all its ordinary spellings: 东闸, 东闸社区, 东闸居委会,
 * 东闸社区居民委员会; full-width signs and blanks do not matter. What is near is offered, and who
 * writes an area that was merged, split or re-coded is told the new one. */
#ifndef JISHI_IMPORT_AREAS_H
#define JISHI_IMPORT_AREAS_H

#include "store/rows.h"

typedef struct area_book area_book; /* names → codes of the county's areas; lives in its arena */
area_book *area_book_new(store *s, arena *a, err *e);
/* The area that one word names: a code, or a name of any level, also "接庄街道/西楼村", and the
 * county's own name, whatever the list of areas calls it.
 * ERR_BAD_INPUT; where several have the name, they are told with their codes. */
bool area_book_word(const area_book *b, text word, char ret[13], err *e);
/* The village (or town) a row names: by code, or by the names of town and village, with or without
 * 村委会, 街道 and the like. */
bool area_book_find(const area_book *b, text code, text town, text village, char ret[13], err *e);
/* The zone a cell names, by code or name, also "TOWN/ZONE"; `code` and `town` are those of the row:
 * zones of several towns may have one name. */
bool area_book_zone(const area_book *b, text code, text town, text zone, char ret[13], err *e);

#endif
