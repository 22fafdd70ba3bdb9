/* sealed.h — what of a county lies sealed on the disk, and by which key.
 *
 * Each subject (a person, a unit, a place) has a data key of its own, made when the first of
 * its values is sealed: a row of `data_key`, wrapped by the key of the key file (base/key_file.h).
 * The county has one, too (of the nil uuid), for what belongs to no subject, and for the index by
 * which sealed values are found. A destroyed key leaves its row, empty: whatever it sealed can be
 * read by nobody any more, wherever copies of it lie.
 *
 * Sealed values are text: SEALED_MARK, then owner and seal.h's bytes as base64url. Columns of
 * fields that are `sealed`, and those marked so by row.h, go in and out by row.c; the bodies of
 * entries by the two functions here. Everything above sees plain values. */
#ifndef JISHI_STORE_SEALED_H
#define JISHI_STORE_SEALED_H

#include "base/json.h"
#include "base/key_file.h"
#include "store/store.h"

#define SEALED_MARK "~1"
#define SEALED_BLOB_MARK "~2" /* of a file: then come the bytes themselves */

/* Makes the county's data key, inside the open transaction; the key file is made where there is
 * none, wrapped by a passphrase if `wrapped`. */
bool sealed_make(store *s, bool wrapped, err *e);
/* The same keys in another place that is made from this one's journal. */
bool sealed_copy(store *to, store *from, err *e);
/* Where the key file of a place is looked for: as told, or beside it. */
bool key_file_of_place(const char *place, char ret[4096], err *e);
/* Of a data key that another place sent: the key file here opens it. Destroyed ones (no bytes) do,
 * but for the county's own, without which nothing can be read. False: *e says so. */
bool sealed_key_fits(store *s, const uuid *owner, text wrapped, err *e);
/* Reads the key file now, for its faults to be told before anything else is done. */
bool sealed_ready(store *s, err *e);
/* The same, and makes the county's key where an older version made none. Outside a transaction. */
bool sealed_begin(store *s, err *e);
/* An entry's body as it stands in the journal, canonical. About a subject: its forms and what was
 * said beside them (note, reason, document) are sealed as a whole, so that nothing of them is left
 * when the key is destroyed. `owner` nil: of the county; then whatever member has the name of a
 * sealed field of the packs. */
bool sealed_body(store *s, arena *a, const uuid *owner, const json *body, buf *ret, err *e);
/* The body as it was; members whose key was destroyed become null. Canonical, in `a`. */
bool sealed_body_open(store *s, arena *a, text body, text *ret, err *e);

/* ---- destroying (residue.h) ---- */

/* What was sealed of an owner until now can be read by nobody any more. `goes_on`: what is sealed
 * of it from now on is sealed by a new key, of an owner that stands for it. */
bool sealed_destroy(store *s, const uuid *owner, bool goes_on, err *e);
/* Not destroyed, or followed by a new one. */
bool sealed_goes_on(store *s, const uuid *owner, bool *ret_yes, err *e);
/* A replay passes over the entries about this unit up to that one: they cannot be read. */
bool sealed_pass_over(store *s, const uuid *root, int64_t until, err *e);
/* The last entry that is passed over of any unit; 0: nobody was forgotten. */
bool sealed_last_passed_over(store *s, int64_t *ret, err *e);
bool sealed_passed_over(store *s, const uuid *root, int64_t seq, bool *ret_yes, err *e);
/* Others may have destroyed some: none of those at hand is trusted. */
void sealed_keys_changed(store *s);

/* ---- for key_rotate.c only ---- */

/* By which key of the file; false: it is no wrapped key. */
bool sealed_wrapped_by(text wrapped, key_number *ret);
bool sealed_wrap_again(store *s, const key_number *number, const uuid *owner, text wrapped,
                       char *ret, err *e); /* WRAPPED_CHARS of store_internal.h */

/* ---- for rows only ---- */

bool sealed_text(store *s, const uuid *owner, text context, text plain, arena *a, text *ret,
                 err *e);
bool sealed_blob(store *s, const uuid *owner, text context, text plain, arena *a, text *ret,
                 err *e);
bool sealed_is(text t);
/* What does not begin with the mark stays as it is; ret->at NULL: its key was destroyed. */
bool sealed_open(store *s, text context, text sealed, arena *a, text *ret, err *e);
/* A wrapped key that came with a row: saves looking for it. */
void sealed_offer(store *s, text wrapped);
/* By the county's key. */
bool sealed_hash(store *s, text context, text value, uint8_t ret[SEAL_INDEX_BYTES], err *e);
/* By what a sealed value is found: NUL-terminated. */
enum { SEALED_INDEX_CHARS = 22 };
bool sealed_index(store *s, text context, text value, char ret[SEALED_INDEX_CHARS + 1], err *e);
/* What stands for a kind's key where keys are compared: itself, or the index of a sealed one, in
 * `room`. */
bool sealed_key_mark(store *s, const kind *k, text key, char room[SEALED_INDEX_CHARS + 1],
                     text *ret, err *e);
void sealed_forget(store *s); /* wipes the keys */

#endif
