/* county_upgrade.h — a location of an older version made one of this version.
 *
 * The journal is replayed into a location beside it, entry by entry, each held to its link, with
 * everything that lies beside the journal: that is the rehearsal. Then, if it is to be, the new one
 * takes the stead of the old one, which is kept under a name with the date: that is the way back.
 */
#ifndef JISHI_BACKUP_COUNTY_UPGRADE_H
#define JISHI_BACKUP_COUNTY_UPGRADE_H

#include "backup/replace.h"

typedef struct upgraded {
  bool is_older;       /* its tables are laid out for an older version */
  bool same;           /* what this version makes of the journal is what is there */
  int64_t entries;     /* of the journal, all of them replayed */
  char kept[KEPT_MAX]; /* where the old one is; "": nothing was changed */
} upgraded;

/* Refused while it is served. Without `apply`, or when nothing would be different, nothing is
 * changed. `report`: tables that come out differently, a line each, rows there and replayed. */
bool upgrade_county(const char *location, bool apply, void (*progress)(int64_t done, int64_t all),
                    buf *report, upgraded *ret, err *e);

typedef struct gone_back {
  int64_t entries, lost; /* of what is kept; of those that came since and are not in it */
  char kept[KEPT_MAX];   /* where what was there is now; "": nothing was changed */
} gone_back;

/* What an upgrade kept takes the stead of the location again. Without `apply` only tells what would
 * be lost. */
bool upgrade_back(const char *location, const char *kept, bool apply, gone_back *ret, err *e);

#endif
