/* fold.h — one form for texts that people take for the same, for comparing and looking up.
 *
 * What is stored stays as it was written: only a copy is folded. ICU does the work (NFKC with case
 * folding): full-width letters, Kangxi radicals out of PDF files (⼤ for 大), compatibility
 * ideographs, letter case, and characters that nobody sees (zero-width spaces, direction marks). */
#ifndef JISHI_BASE_FOLD_H
#define JISHI_BASE_FOLD_H

#include "base/text.h"

/* Appends the folded text. False, and nothing written, for bytes that are not UTF-8 or for want of
 * memory. */
bool text_fold(text s, buf *out);
/* The same without blanks and without the dots of names ("买买提·阿不都", "买买提・阿不都"). */
bool text_fold_name(text s, buf *out);

/* Characters that are written and never seen: zero-width, direction marks, soft hyphen. */
bool point_is_invisible(int32_t c);

#endif
