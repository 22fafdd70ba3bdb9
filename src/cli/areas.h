/* areas.h — areas and posts as people write them on the command line; a wrong one is told with
 * those there are. */
#ifndef JISHI_CLI_AREAS_H
#define JISHI_CLI_AREAS_H

#include "cli/speak.h"
#include "import/areas.h"
#include "store/rows/officers.h"

/* The area by code or name. False: *e is the fault, and what is near was told. */
bool area_given(store *s, arena *a, const char *word, const char *where, char ret_code[13], err *e);
/* "ROLE@AREA", both by name or code. */
bool post_given(store *s, const catalog *packs, arena *a, const char *word, post *ret, err *e);

const char *area_title(store *s, arena *a, const char *code); /* its code when it has no name */
/* "村干部@刘庄村（370871003208）、…"; NULL: memory */
const char *posts_told(store *s, const catalog *packs, arena *a, const post *posts, size_t count);

#endif
