#include "base/fold.h"

#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/unorm2.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>

/* Radicals whose ideograph NFKC does not know (EquivalentUnifiedIdeograph of Unicode): those that
 * are words of their own, and thus end up in names. */
static const struct {
  uint16_t radical, ideograph;
} radicals[] = {
    {0x2E81, 0x5382}, {0x2E83, 0x4E5A}, {0x2E85, 0x4EBB}, {0x2E87, 0x51E0}, {0x2E8B, 0x5369},
    {0x2E8C, 0x5C0F}, {0x2E8E, 0x5140}, {0x2E92, 0x5DF3}, {0x2E93, 0x5E7A}, {0x2E95, 0x5F50},
    {0x2E98, 0x624C}, {0x2E99, 0x6535}, {0x2E9D, 0x6708}, {0x2EA0, 0x6C11}, {0x2EA1, 0x6C35},
    {0x2EA3, 0x706C}, {0x2EA9, 0x738B}, {0x2EAA, 0x758B}, {0x2EAB, 0x76EE}, {0x2EAC, 0x793A},
    {0x2EAD, 0x793B}, {0x2EB7, 0x8279}, {0x2EBB, 0x8080}, {0x2EBC, 0x8089}, {0x2EC1, 0x864E},
    {0x2EC2, 0x8864}, {0x2EC4, 0x897F}, {0x2EC5, 0x89C1}, {0x2EC6, 0x89D2}, {0x2EC8, 0x8BA0},
    {0x2EC9, 0x8D1D}, {0x2ECA, 0x8DB3}, {0x2ECB, 0x8F66}, {0x2ECC, 0x8FB6}, {0x2ECF, 0x9091},
    {0x2ED0, 0x9485}, {0x2ED1, 0x9577}, {0x2ED3, 0x957F}, {0x2ED4, 0x95E8}, {0x2ED6, 0x961D},
    {0x2ED7, 0x96E8}, {0x2ED8, 0x9752}, {0x2ED9, 0x97E6}, {0x2EDA, 0x9875}, {0x2EDB, 0x98CE},
    {0x2EDC, 0x98DE}, {0x2EDD, 0x98DF}, {0x2EE0, 0x9963}, {0x2EE2, 0x9A6C}, {0x2EE3, 0x9AA8},
    {0x2EE4, 0x9B3C}, {0x2EE5, 0x9C7C}, {0x2EE6, 0x9E1F}, {0x2EE7, 0x5364}, {0x2EE8, 0x9EA6},
    {0x2EE9, 0x9EC4}, {0x2EEA, 0x9EFE}, {0x2EEC, 0x9F50}, {0x2EEE, 0x9F7F}, {0x2EF0, 0x9F99},
    {0x2EF2, 0x4E80}, {0x2EF3, 0x9F9F}};

static int32_t ideograph_of(int32_t c) {
  if (c < 0x2E80 || c > 0x2EF3) return c;
  for (size_t i = 0; i < sizeof radicals / sizeof *radicals; i++)
    if (radicals[i].radical == c) return radicals[i].ideograph;
  return c;
}

/* The dots that stand between the parts of a name, in whatever input method. */
static bool is_dot(int32_t c) {
  static const uint16_t dots[] = {0x00B7, 0x0387, 0x16EB, 0x2022, 0x2024, 0x2027, 0x2219, 0x22C5,
                                  0x25CF, 0x25E6, 0x2E31, 0x2E33, 0x30FB, 0xA78F, '.'};
  for (size_t i = 0; i < sizeof dots / sizeof *dots; i++)
    if (dots[i] == c) return true;
  return false;
}

bool point_is_invisible(int32_t c) {
  return c >= 0xAD && u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
}

enum { GROWTH = 20 }; /* a character becomes 18 units at most (U+FDFA), and marks may be added */

static bool put_units(const UChar *units, int32_t count, bool name, buf *out) {
  for (int32_t i = 0; i < count;) {
    int32_t c = units[i++];
    char bytes[4];
    if (U16_IS_LEAD(units[i - 1]) && i < count) c = U16_GET_SUPPLEMENTARY(c, units[i++]);
    if (name && (u_isUWhiteSpace(c) || is_dot(c))) continue;
    buf_add(out, bytes, text_encode((uint32_t)ideograph_of(c), bytes));
  }
  return buf_ok(out);
}

static bool fold(text s, bool name, buf *out) {
  UErrorCode status = U_ZERO_ERROR;
  if (s.bytes > INT32_MAX / GROWTH / 2 || !text_valid_utf8(s)) return false;
  if (s.bytes == 0) return true;
  const UNormalizer2 *nfkc = unorm2_getNFKCCasefoldInstance(&status);
  int32_t bytes = (int32_t)s.bytes, read = 0, room = GROWTH * bytes;
  UChar *from = malloc((size_t)bytes * sizeof *from), *to = malloc((size_t)room * sizeof *to);
  buf folded AUTO_BUF = {0};
  bool ok = from && to && U_SUCCESS(status);
  if (ok) u_strFromUTF8(from, bytes, &read, s.at, bytes, &status);
  int32_t count = ok ? unorm2_normalize(nfkc, from, read, to, room, &status) : 0;
  ok = ok && U_SUCCESS(status) && put_units(to, count, name, &folded);
  free(from);
  free(to);
  if (ok) buf_append(out, &folded);
  return ok && buf_ok(out);
}

bool text_fold(text s, buf *out) {
  return fold(s, false, out);
}

bool text_fold_name(text s, buf *out) {
  return fold(s, true, out);
}
