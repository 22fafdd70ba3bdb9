#include "base/pinyin.h"

#include <pthread.h>
#include <stdlib.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
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

/* Characters of names whose readings begin with different letters, and those that ICU misreads:
 * all letters they may begin with. Sorted. */
static const struct {
  uint16_t c;
  const char *letters;
} readings[] = {
    {0x4E07, "wm"},  /* 万 */
    {0x4E50, "ly"},  /* 乐 */
    {0x4E58, "cs"},  /* 乘 */
    {0x4E5C, "nm"},  /* 乜 */
    {0x4E7E, "qg"},  /* 乾 */
    {0x4EA2, "kg"},  /* 亢 */
    {0x4EC7, "qc"},  /* 仇 */
    {0x4F1A, "hk"},  /* 会 */
    {0x4F20, "cz"},  /* 传 */
    {0x4F3D, "jgq"}, /* 伽 */
    {0x4F43, "dt"},  /* 佃 */
    {0x4FDE, "ys"},  /* 俞 */
    {0x4FDF, "qs"},  /* 俟 */
    {0x533A, "qo"},  /* 区 */
    {0x5355, "sd"},  /* 单 */
    {0x5361, "kq"},  /* 卡 */
    {0x53A6, "xs"},  /* 厦 */
    {0x53C2, "sc"},  /* 参 */
    {0x53EC, "zs"},  /* 召 */
    {0x53F6, "yx"},  /* 叶 */
    {0x5413, "xh"},  /* 吓 */
    {0x5947, "qj"},  /* 奇 */
    {0x5B93, "mf"},  /* 宓 */
    {0x5C04, "sy"},  /* 射 */
    {0x5C09, "wy"},  /* 尉 */
    {0x5C3E, "wy"},  /* 尾 */
    {0x5C4F, "pb"},  /* 屏 */
    {0x5DF7, "xh"},  /* 巷 */
    {0x5F04, "nl"},  /* 弄 */
    {0x5F39, "dt"},  /* 弹 */
    {0x5F3A, "qj"},  /* 强 */
    {0x6298, "zs"},  /* 折 */
    {0x62FE, "sj"},  /* 拾 */
    {0x63D0, "td"},  /* 提 */
    {0x6512, "zc"},  /* 攒 */
    {0x65BC, "yw"},  /* 於 */
    {0x6641, "cz"},  /* 晁 */
    {0x665F, "sc"},  /* 晟 */
    {0x66FE, "zc"},  /* 曾 */
    {0x671D, "cz"},  /* 朝 */
    {0x6734, "pb"},  /* 朴 */
    {0x67E5, "zc"},  /* 查 */
    {0x6816, "qx"},  /* 栖 */
    {0x6821, "xj"},  /* 校 */
    {0x6867, "gh"},  /* 桧 */
    {0x6B96, "zs"},  /* 殖 */
    {0x6C88, "sc"},  /* 沈 */
    {0x6D17, "xs"},  /* 洗 */
    {0x6E5B, "zc"},  /* 湛 */
    {0x6F84, "cd"},  /* 澄 */
    {0x7094, "qg"},  /* 炔 */
    {0x7387, "ls"},  /* 率 */
    {0x7471, "tz"},  /* 瑱 */
    {0x76D6, "gh"},  /* 盖 */
    {0x76DB, "sc"},  /* 盛 */
    {0x7701, "sx"},  /* 省 */
    {0x796D, "jz"},  /* 祭 */
    {0x7985, "cs"},  /* 禅 */
    {0x79CD, "zc"},  /* 种 */
    {0x79D8, "mb"},  /* 秘 */
    {0x7A3D, "jq"},  /* 稽 */
    {0x7C98, "nz"},  /* 粘 */
    {0x7CFB, "xj"},  /* 系 */
    {0x7E41, "fp"},  /* 繁 */
    {0x7EA4, "xq"},  /* 纤 */
    {0x7FDF, "zd"},  /* 翟 */
    {0x831C, "qx"},  /* 茜 */
    {0x8368, "qx"},  /* 荨 */
    {0x8398, "xs"},  /* 莘 */
    {0x839E, "gw"},  /* 莞 */
    {0x8513, "mw"},  /* 蔓 */
    {0x8543, "fp"},  /* 蕃 */
    {0x85CF, "cz"},  /* 藏 */
    {0x8679, "hj"},  /* 虹 */
    {0x884C, "xh"},  /* 行 */
    {0x8983, "qt"},  /* 覃 */
    {0x89C1, "jx"},  /* 见 */
    {0x89E3, "xj"},  /* 解 */
    {0x8BC6, "sz"},  /* 识 */
    {0x8BF4, "sy"},  /* 说 */
    {0x8C03, "dt"},  /* 调 */
    {0x8C0C, "cs"},  /* 谌 */
    {0x8D3E, "jg"},  /* 贾 */
    {0x8F66, "cj"},  /* 车 */
    {0x8F67, "yz"},  /* 轧 */
    {0x8F9F, "bp"},  /* 辟 */
    {0x9002, "sk"},  /* 适 */
    {0x9057, "yw"},  /* 遗 */
    {0x90C4, "qx"},  /* 郄 */
    {0x90C7, "xh"},  /* 郇 */
    {0x90D7, "xc"},  /* 郗 */
    {0x91CD, "cz"},  /* 重 */
    {0x957F, "cz"},  /* 长 */
    {0x961A, "k"},   /* 阚 */
    {0x963F, "ae"},  /* 阿 */
    {0x964D, "jx"},  /* 降 */
    {0x9697, "kw"},  /* 隗 */
    {0x96BD, "jx"},  /* 隽 */
    {0x9888, "jg"},  /* 颈 */
    {0x9889, "xj"},  /* 颉 */
};

static const char *letters_of(UChar c) {
  size_t low = 0, high = sizeof readings / sizeof *readings;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (readings[middle].c == c) return readings[middle].letters;
    if (readings[middle].c < c)
      low = middle + 1;
    else
      high = middle;
  }
  return NULL;
}

/* One character of a name: the letter it is read with, and all that it may be; NULL: no other. */
typedef struct sound {
  char letter;
  const char *letters;
} sound;

/* A run of Chinese characters, in UTF-16, to the first letters of its syllables. */
static bool put_run(UChar *units, int32_t count, int32_t room, sound *sounds, size_t *n) {
  const int32_t points = u_countChar32(units, count);
  const size_t first = *n;
  if (count == 0) return true;
  for (int32_t i = 0, k = 0; i < count; i++) /* none of the table is a pair of units */
    if (!U16_IS_TRAIL(units[i])) sounds[first + (size_t)k++].letters = letters_of(units[i]);
  if (!read_aloud(units, &count, room)) return false;
  for (int32_t i = 0; i < count; i++)
    if (is_letter(units[i]) && (i == 0 || !is_letter(units[i - 1])))
      sounds[(*n)++].letter = (char)units[i];
  const bool each = *n - first == (size_t)points; /* else who knows which belongs to which */
  for (size_t i = first; i < *n; i++)
    if (!each)
      sounds[i].letters = NULL;
    else if (sounds[i].letters && !strchr(sounds[i].letters, sounds[i].letter))
      sounds[i].letter = sounds[i].letters[0];
  return true;
}

/* `units` and `sounds` have room for all of the name. */
static bool read_name(text name, UChar *units, int32_t room, sound *sounds, size_t *ret_count) {
  size_t pos = 0, n = 0;
  int32_t count = 0, c;
  while ((c = text_next(name, &pos)) >= 0) {
    if (u_hasBinaryProperty(c, UCHAR_IDEOGRAPHIC)) {
      U16_APPEND_UNSAFE(units, count, c);
      continue;
    }
    if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - '!'; /* full-width forms */
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
    if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'z')) continue;
    if (!put_run(units, count, room, sounds, &n)) return false;
    count = 0;
    sounds[n++] = (sound){(char)c, NULL};
  }
  *ret_count = n;
  if (c != -1 || !put_run(units, count, room, sounds, &n)) return false;
  *ret_count = n;
  return true;
}

/* The k-th combination of readings, which stand like digits of a number; false: there is none. */
static bool put_reading(const sound *sounds, size_t count, size_t k, buf *out) {
  for (size_t i = 0; i < count; i++) {
    const char *letters = sounds[i].letters;
    const size_t ways = letters ? strlen(letters) : 1;
    const size_t own = letters ? (size_t)(strchr(letters, sounds[i].letter) - letters) : 0;
    buf_char(out, letters ? letters[(own + k) % ways] : sounds[i].letter);
    k /= ways;
  }
  return k == 0;
}

static bool put_readings(const sound *sounds, size_t count, bool all, buf *out) {
  if (!all) return put_reading(sounds, count, 0, out);
  for (size_t k = 0; count && k < PINYIN_READINGS; k++) {
    AUTO_BUF buf one = {0};
    if (!put_reading(sounds, count, k, &one)) return buf_ok(&one);
    buf_char(out, ' ');
    buf_append(out, &one);
  }
  return true;
}

static bool spell(text name, bool all, buf *out) {
  if (name.bytes > INT32_MAX / ROOM_EACH / 2) return false;
  size_t room = name.bytes * ROOM_EACH + 1, count = 0;
  UChar *units = malloc(room * sizeof *units);
  sound *sounds = calloc(room, sizeof *sounds);
  buf initials AUTO_BUF = {0};
  bool done = units && sounds && read_name(name, units, (int32_t)room, sounds, &count) &&
              put_readings(sounds, count, all, &initials) && buf_ok(&initials);
  free(units);
  free(sounds);
  if (done) buf_append(out, &initials);
  return done && buf_ok(out);
}

bool pinyin_initials(text name, buf *out) {
  return spell(name, false, out);
}

bool pinyin_readings(text name, buf *out) {
  return spell(name, true, out);
}
