/* key_rotate.h — another key of the key file around the data keys of a county (sealed.h). */
#ifndef JISHI_STORE_KEY_ROTATE_H
#define JISHI_STORE_KEY_ROTATE_H

#include "store/store.h"

/* A new key into the key file, and around all data keys, while others may write; *ret_count of
 * them. The older keys stay in the file, for older backups. */
bool key_rotate(store *s, int64_t *ret_count, err *e);
/* Takes the older keys out of the file; refused while one of them is needed here. */
bool key_drop_older(store *s, err *e);

#endif
