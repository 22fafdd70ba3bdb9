/* recipe_inside.h — what the files that read recipes share. */
#ifndef JISHI_DEMO_RECIPE_INSIDE_H
#define JISHI_DEMO_RECIPE_INSIDE_H

#include "demo/recipe.h"

/* A sheet is begun (with `on` or without), sees other records, then its own names are read. */
bool sheet_new(recipe_reader *r, sheet *s, bool with_on);
bool sheet_about(recipe_reader *r, sheet *s, const kind *k, const sheet *of, int *slot);
bool sheet_sees(recipe_reader *r, sheet *s, const subject_recipe *of,
                int child); /* the subject, and its parent */
/* `but`: a key of the map that is no field; may be NULL. */
bool sheet_read(recipe_reader *r, sheet *s, const char *name, const field *fields, size_t count,
                const yaml *let, const yaml *map, const char *but);
bool recipe_share(recipe_reader *r, const yaml *node, int64_t whole, int64_t *out);
const yaml *recipe_list(const yaml *map, const char *key); /* an empty one when absent */
int recipe_child(const subject_recipe *s, const kind *k);  /* -1: none */
bool story_read(recipe_reader *r, const pack *p, const subject_recipe *s, story *t,
                const yaml *node);

#endif
