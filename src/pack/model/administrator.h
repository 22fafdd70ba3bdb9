/* administrator.h — the posts of no pack: three that nobody holds together, each without the
 * others' part, and none with a look into a file (三员分立). */
#ifndef JISHI_PACK_MODEL_ADMINISTRATOR_H
#define JISHI_PACK_MODEL_ADMINISTRATOR_H

#include "base/label.h"
#include "base/text.h"

typedef struct administrator {
  const char *name;
  label title;
} administrator;
enum { ADMINISTRATOR_SYSTEM, ADMINISTRATOR_SECURITY, ADMINISTRATOR_AUDIT, ADMINISTRATORS };
extern const administrator administrators[ADMINISTRATORS];
int administrator_index(text word); /* by name or title; -1: none */

#endif
