/* kind.h — a kind of subject: what is registered and looked after. */
#ifndef JISHI_PACK_MODEL_KIND_H
#define JISHI_PACK_MODEL_KIND_H

#include "base/ident.h"
#include "pack/model/field.h"
#include "pack/model/scope.h"

typedef struct kind {
  const char *name,
      *plural; /* plural: the name of the list in the parent's scope; "" for a root kind */
  label title;
  const char *defined_at; /* in the pack: "kinds/tree.yaml:2:7" */
  int index;
  int parent;         /* kind index, or -1: a root (the head of a unit) */
  int key;            /* field index of the natural key (unique within the county), or -1 */
  int title_field;    /* field shown as the subject's name */
  int end_date_field; /* date field: from that day on the subject counts no more (moved away, dead,
                dissolved); -1: none */
  int account_field;  /* text field of the format `officer`: the login of whoever this is; -1: the
                 records of this kind are no people who do something */
  int zone_field;     /* root kinds: text field of the format `zone`: the zone it belongs to; -1 */
  int point_field;    /* text field of the format `place`: where it stands on the map; -1 */
  int registered_at;  /* root kinds: the least area_level at which one is registered; AREA_PROVINCE:
                         any */
  /* Roles that see its records, and that register them; NULL: every role, every one that may
   * register. A child is seen by nobody who does not see its parent. */
  const char *const *seen_by, *const *registered_by;
  /* A root: the kind (itself or a child) and its field that name whose unit it is, while the record
   * has not ended; -1: its units are nobody's own. */
  int assigned_in, assigned_by;
  const int *alike; /* fields in which two records of one person or thing agree: hints to merge */
  size_t alike_count;
  const int *list; /* field indices shown in lists, in order */
  size_t list_count;
  const field *fields;
  size_t field_count;
  name_scope scope; /* fields, aggregates, variables, parameters, children or parent, area */
} kind;

#endif
