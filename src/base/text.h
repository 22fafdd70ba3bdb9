/* text.h — text as length-bounded UTF-8, and a buffer to build it in.
 *
 * `text` never owns; it may hold NUL bytes and need not end in one. `buf` owns its bytes and
 * carries a sticky failure flag: write as much as you like, check `buf_ok` once at the end. */
#ifndef JISHI_BASE_TEXT_H
#define JISHI_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include "base/arena.h"

typedef struct text {
  const char *at;
  size_t bytes;
} text;

#define TEXT(literal) ((text){(literal), sizeof(literal) - 1})
static inline text text_of(const char *s) {
  return (text){s ? s : "", s ? strlen(s) : 0};
}
static inline bool text_is(text a, const char *s) {
  size_t n = strlen(s);
  return a.bytes == n && memcmp(a.at, s, n) == 0;
}
static inline bool text_equal(text a, text b) {
  return a.bytes == b.bytes && (a.bytes == 0 || memcmp(a.at, b.at, a.bytes) == 0);
}
int text_compare(text a, text b); /* by bytes, which for UTF-8 is by code point */
text text_trim(text a);           /* ASCII white space, U+3000 and U+FEFF off both ends */
bool text_starts(text a, const char *prefix);
bool text_ends(text a, const char *suffix);
bool text_has_nul(text a);
/* For tables in memory, never for what is stored: it differs between machines. */
uint64_t text_hash(text a);

/* Next code point at *pos, moving it; -1 at the end; -2 for bytes that are not UTF-8 (RFC 3629). */
int32_t text_next(text a, size_t *pos);
bool text_valid_utf8(text a);
size_t text_valid_prefix(text a); /* bytes before the first that is not UTF-8; all when valid */
size_t text_points(text a);       /* number of code points; `a` must be valid */
/* The longest prefix of at most `bytes` bytes that ends at a code point. */
text text_cut(text a, size_t bytes);
size_t text_encode(uint32_t point, char ret[4]); /* bytes written; 0 for no code point */

/* Takes the text up to the next blank off *rest, and the blank; false when nothing is left. */
bool text_next_word(text *rest, text *ret_word);

bool text_to_int(text a,
                 int64_t *ret); /* whole text, decimal, optional sign; false on anything else */

typedef struct buf {
  char *at;                  /* always NUL-terminated once something was written; owned */
  size_t bytes, room, limit; /* limit 0 = none */
  bool failed;
} buf;

void buf_release(buf *b);
void buf_clear(buf *b); /* keeps the memory, forgets content and failure */
static inline bool buf_ok(const buf *b) {
  return !b->failed;
}
void buf_add(buf *b, const void *at, size_t bytes);
void buf_text(buf *b, text t);
void buf_append(buf *b, const buf *part); /* fails when the part has failed */
void buf_str(buf *b, const char *s);
void buf_char(buf *b, char c);
void buf_int(buf *b, int64_t n);
void buf_printf(buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline text buf_view(const buf *b) {
  return (text){b->at ? b->at : "", b->bytes};
}
#define AUTO_BUF __attribute__((cleanup(buf_release)))

#endif
