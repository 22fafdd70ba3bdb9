/* recipe_sheet.h — reading the records of a recipe, and what the files that read recipes share. */
#ifndef JISHI_DEMO_RECIPE_SHEET_H
#define JISHI_DEMO_RECIPE_SHEET_H

#include "demo/recipe.h"

/* A sheet is begun (with `on` or without), sees other records, then its own names are read. */
bool recipe_sheet_new(recipe_reader *r, recipe_sheet *s, bool with_on);
bool recipe_sheet_about(recipe_reader *r, recipe_sheet *s, const kind *k, const recipe_sheet *of,
                        int *ret_slot);
bool recipe_sheet_sees(recipe_reader *r, recipe_sheet *s, const subject_recipe *of,
                       int child); /* the subject, and its parent */
/* What a sheet's names are read from. */
typedef struct sheet_source {
  const char *name;
  const field *fields; /* those that the keys of `map` may name */
  size_t count;
  const yaml *let, *map; /* may be NULL */
  const char *but;       /* a key of the map that is no field; may be NULL */
} sheet_source;
bool recipe_sheet_read(recipe_reader *r, recipe_sheet *s, const sheet_source *from);
bool recipe_share(recipe_reader *r, const yaml *node, int64_t whole, int64_t *ret);
const yaml *recipe_list(const yaml *map, const char *key); /* an empty one when absent */
int recipe_child(const subject_recipe *s, const kind *k);  /* -1: none */
/* stories.c */
bool story_read(recipe_reader *r, const pack *p, const subject_recipe *s, story *t,
                const yaml *node);

#endif
