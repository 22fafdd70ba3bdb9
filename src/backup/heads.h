/* heads.h — where the journal stood, signed and kept elsewhere: so that whoever holds the data
 * cannot cut its end off, or write it anew with fitting links, without somebody seeing it.
 *
 * A signed head is a line:
 *   jishi-head 1 COUNTY SEQ LINK AT KEY SIGNATURE
 * LINK and KEY (Ed25519, public) are 64 hexadecimal digits, SIGNATURE 128; what is signed is all
 * before the blank that precedes it. */
#ifndef JISHI_BACKUP_HEADS_H
#define JISHI_BACKUP_HEADS_H

#include "backup/send.h"

enum { HEAD_PUBLIC_BYTES = 32, HEAD_SECRET_BYTES = 64, HEAD_LINE_MAX = 400 };
typedef struct head_key {
  uint8_t secret[HEAD_SECRET_BYTES], public[HEAD_PUBLIC_BYTES];
} head_key;
/* From its file, which is made when there is none (for its owner alone to read). */
bool head_key_get(const char *file, head_key *ret, err *e);
void head_key_forget(head_key *k);

/* A sheet to print (jishi head --sheet) begins so; of its lines only those that begin as a signed
 * head are looked at. */
#define HEAD_SHEET_BEGINS "<!doctype html><!-- jishi-head 1 -->"

bool head_sign(store *s, const head_key *k, char ret_line[HEAD_LINE_MAX], err *e);
/* Adds the line to the file and brings it to the disk. */
bool head_append(const char *file, const char *line, err *e);

/* Signs and adds a line if the journal stands elsewhere than at *seq, which follows. */
bool head_keep(const char *location, const char *key_file, const char *file, int64_t *seq, err *e);

/* Holds the journal to every line of the file. `only` (may be NULL): the key that must have signed.
 * False: e says which line, and what became of the journal. */
bool heads_check(store *s, const char *file, const uint8_t *only, int64_t *ret_heads, err *e);

#endif
