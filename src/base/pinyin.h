/* pinyin.h — the initials by which Chinese names are looked up on a keyboard: "刘小红" → "lxh".
 *
 * Readings come from ICU's Han-Latin/Names transform (CLDR), which knows how surnames are read (单
 * → s). Opened at the first call, which takes a moment; thread-safe. */
#ifndef JISHI_BASE_PINYIN_H
#define JISHI_BASE_PINYIN_H

#include "base/text.h"

/* Appends one lower-case letter for each Chinese character, and Latin letters and digits as they
 * are, in lower case; all else is dropped. False, and nothing written, for bytes that are not
 * UTF-8, for want of memory, or when ICU's data lacks the transform: then there is just no search
 * by initials. */
bool pinyin_initials(text name, buf *out);
/* Every way in which the name may be read, a blank before each: "覃乐" → " tl ty ql qy". Characters
 * with several readings are those of a table (surnames, and what given names hold); at most
 * PINYIN_READINGS are written. */
enum { PINYIN_READINGS = 16 };
bool pinyin_readings(text name, buf *out);

#endif
