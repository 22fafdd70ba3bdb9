/* residue.h — what is left of a unit when somebody of it is forgotten.
 *
 * Forgetting somebody of a family (family.h) destroys the data keys of the whole family, so that
 * nothing that the journal says of it can be read any more; whoever is not forgotten goes on under
 * a new key. In the stead of those entries, which a replay passes over, stands the residue: the
 * rows of the family as they are to be from now on. It is part of the entry that forgets, and a
 * replay puts it in as the live path did.
 *
 * Of whom is forgotten the residue keeps what figures are made of: kinds, areas, days, numbers,
 * amounts, choices. Texts, sealed fields and fields that the pack says identify are gone; names and
 * numbers of the forgotten are blotted out wherever rows of the family repeat them. */
#ifndef JISHI_STORE_RESIDUE_H
#define JISHI_STORE_RESIDUE_H

#include "base/json.h"
#include "store/family.h"

/* What a name becomes that was forgotten, and what stands where another row repeats it. */
#define FORGOTTEN_TITLE "（已删去）"
#define FORGOTTEN_BLOT "＊＊"

/* Destroys the keys, and gives the rows that stay ({files, roots, rows}), sealed as a text of JSON
 * by the key of one who goes on; in clear where nobody does. */
bool residue_make(store *s, arena *a, const family *f, const uuid_list *gone, text *ret, err *e);
/* Puts the rows in the stead of what is there, takes the files away, and has entries up to `seq`
 * passed over. `kept`: what residue_make gave, opened. A replay has the keys from elsewhere, as
 * they are now. */
bool residue_put(store *s, arena *a, const json *kept, int64_t seq, uuid_list *ret_roots, err *e);

/* Brings it about that nothing of what was removed is left in free pages and logs. Outside a
 * transaction. False: not now (somebody reads); it can be tried again. */
bool residue_scrub(store *s, err *e);

#endif
