#include "base/pinyin.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/utf16.h>
#include <unicode/utrans.h>

static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator
    *transform; /* lives as long as the program; NULL also when it cannot be had */
static bool tried;

static UTransliterator *open_transform(void) {
  static const UChar id[] = u"Han-Latin/Names; Latin-ASCII; Lower";
  if (!tried) {
    tried = true;
    UErrorCode status = U_ZERO_ERROR;
    transform = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    if (U_FAILURE(status)) transform = NULL;
  }
  return transform;
}

enum { ROOM_EACH = 10 }; /* a syllable has at most six letters, and a space on either side */

/* Writes readings over the characters; false when ICU has none to give. */
static bool read_aloud(UChar *units, int32_t *ret_count, int32_t room) {
  int32_t limit = *ret_count;
  UErrorCode status = U_ZERO_ERROR;
  pthread_mutex_lock(&one_at_a_time);
  UTransliterator *t = open_transform();
  if (t) utrans_transUChars(t, units, ret_count, room, 0, &limit, &status);
  pthread_mutex_unlock(&one_at_a_time);
  return t && U_SUCCESS(status);
}

static bool is_letter(UChar c) {
  return c >= 'a' && c <= 'z';
}

/* A run of Chinese characters, in UTF-16, to the first letters of its syllables. */
static bool put_run(UChar *units, int32_t count, int32_t room, buf *out) {
  if (count == 0) return true;
  if (!read_aloud(units, &count, room)) return false;
  for (int32_t i = 0; i < count; i++)
    if (is_letter(units[i]) && (i == 0 || !is_letter(units[i - 1]))) buf_char(out, (char)units[i]);
  return true;
}

static bool put_initials(text name, UChar *units, int32_t room, buf *out) {
  size_t pos = 0;
  int32_t count = 0, c;
  while ((c = text_next(name, &pos)) >= 0) {
    if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) {
      U16_APPEND_UNSAFE(units, count, c);
      continue;
    }
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - '!'; /* full-width forms */
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z')) continue;
    if (!put_run(units, count, room, out)) return false;
    count = 0;
    buf_char(out, (char)c);
  }
  return c == -1 && put_run(units, count, room, out);
}

bool pinyin_initials(text name, buf *out) {
  if (name.bytes > INT32_MAX / ROOM_EACH / 2) return false;
  size_t room = name.bytes * ROOM_EACH + 1;
  UChar *units = malloc(room * sizeof *units);
  if (!units) return false;
  buf initials AUTO_BUF = {0};
  bool done = put_initials(name, units, (int32_t)room, &initials) && buf_ok(&initials);
  free(units);
  if (done) buf_append(out, &initials);
  return done && buf_ok(out);
}
