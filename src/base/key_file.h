/* key_file.h — the key that opens all that is sealed, in a file that lies apart from the data.
 *
 * The file is text, for a person to see what it is: a line that says so, and a line a key, the one
 * in use last: number, how it is kept, and the key. Kept "plain", or wrapped by a passphrase
 * (argon2id, 64 MiB). It is made with mode 0600 and never written over.
 *
 * A process reads a file once and keeps its keys, in memory that is not swapped and in no core;
 * which file it is and how the passphrase is asked for is told once, before a place is opened. */
#ifndef JISHI_BASE_KEY_FILE_H
#define JISHI_BASE_KEY_FILE_H

#include "base/err.h"
#include "base/seal.h"

enum { KEY_NUMBER_BYTES = 8, KEY_PASSPHRASE_BYTES = 512 };
typedef struct key_number {
  uint8_t b[KEY_NUMBER_BYTES]; /* random: tells keys apart, says nothing of them */
} key_number;

/* --key-file; NULL: JISHI_KEY_FILE, or where the place expects it. */
void key_file_use(const char *path);
/* Asks for the passphrase of a file; `fresh`: twice, for a new one. NULL: there is nobody to ask.
 */
typedef bool (*key_asker)(const char *path, bool fresh, char ret[KEY_PASSPHRASE_BYTES], err *e);
void key_file_asker(key_asker ask);
/* What was told, or `expected`. */
const char *key_file_path(const char *expected);

/* The key in use of the file; makes the file when it is not there, wrapped if `wrapped`. */
bool key_file_make(const char *path, bool wrapped, key_number *ret, err *e);
/* The key of that number; reads the file when no file read so far has it. */
bool key_file_find(const char *path, const key_number *number, seal_key *ret, err *e);
/* The number of the key in use. */
bool key_file_last(const char *path, key_number *ret, err *e);
/* Adds a new key, from now on the one in use. The older ones stay until key_file_drop. */
bool key_file_renew(const char *path, key_number *ret, err *e);
/* Takes all keys but the one in use out of the file. */
bool key_file_drop(const char *path, err *e);

void key_file_forget(void); /* wipes what this process has read */

#endif
