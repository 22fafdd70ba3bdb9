/* jishi-verify — holds a journal to its links and to signed heads, with nothing of Jishi: for an
 * auditor who has an export (or the unsealed parts of a backup, in their order) and the heads that
 * were kept elsewhere. The formats stand in docs/backup.md.
 *
 *   jishi-verify [--heads FILE] [--key HEX] EXPORT…
 *
 * Ends with 0 when everything fits, 1 when something does not (the first of it is named), 2 when it
 * was called wrongly. */
#include <openssl/evp.h>

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LINK_BYTES = 32, ID_BYTES = 16, SIGNATURE_BYTES = 64, LINE_MAX_BYTES = 400 };

static int complain(const char *file, long long line, const char *zh, const char *en) {
  fprintf(stderr, "%s:%lld: %s / %s\n", file, line, zh, en);
  return 1;
}

/* ---- one line of JSON: {"NAME": {"member": value, …}} ---- */

typedef struct reader {
  const char *at, *end;
  char *text; /* where texts are put; as long as the line */
} reader;
typedef struct value {
  bool is_text, is_number;
  const char *at;
  size_t bytes;
  long long number;
} value;

static bool take(reader *r, char c) {
  while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\r')) r->at++;
  if (r->at >= r->end || *r->at != c) return false;
  r->at++;
  return true;
}

static int hex_digit(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

static long four_digits(reader *r) {
  long n = 0;
  for (int i = 0; i < 4; i++) {
    int d = r->at < r->end ? hex_digit(*r->at++) : -1;
    if (d < 0) return -1;
    n = n * 16 + d;
  }
  return n;
}

static void put_point(char **to, unsigned long p) {
  unsigned char *u = (unsigned char *)*to;
  int more = p < 0x80 ? 0 : p < 0x800 ? 1 : p < 0x10000 ? 2 : 3;
  static const unsigned char first[] = {0, 0xc0, 0xe0, 0xf0};
  *u++ = (unsigned char)(first[more] | (p >> (6 * more)));
  while (more--) *u++ = (unsigned char)(0x80 | ((p >> (6 * more)) & 0x3f));
  *to = (char *)u;
}

static bool escape(reader *r) {
  static const char from[] = "\"\\/bfnrt", into[] = "\"\\/\b\f\n\r\t";
  char c = r->at < r->end ? *r->at++ : 0;
  const char *found = c ? strchr(from, c) : NULL;
  if (found) return *r->text++ = into[found - from], true;
  long high = c == 'u' ? four_digits(r) : -1;
  if (high < 0) return false;
  if (high < 0xd800 || high > 0xdfff) return put_point(&r->text, (unsigned long)high), true;
  if (high > 0xdbff || r->end - r->at < 6 || *r->at++ != '\\' || *r->at++ != 'u') return false;
  long low = four_digits(r);
  if (low < 0xdc00 || low > 0xdfff) return false;
  put_point(&r->text,
            0x10000UL + ((unsigned long)(high - 0xd800) << 10) + (unsigned long)(low - 0xdc00));
  return true;
}

static bool read_text(reader *r, value *ret) {
  char *begin = r->text;
  if (!take(r, '"')) return false;
  while (r->at < r->end && *r->at != '"') {
    if (*r->at == '\\') {
      r->at++;
      if (!escape(r)) return false;
    } else {
      *r->text++ = *r->at++;
    }
  }
  *ret = (value){.is_text = true, .at = begin, .bytes = (size_t)(r->text - begin)};
  return take(r, '"');
}

static bool read_value(reader *r, value *ret) {
  reader try = *r;
  if (take(&try, '"')) return read_text(r, ret);
  const char *from = try.at;
  while (try.at < try.end && (*try.at == '-' || (*try.at >= '0' && *try.at <= '9'))) try.at++;
  size_t bytes = (size_t)(try.at - from);
  char digits[24];
  if (!bytes || bytes >= sizeof digits) return false;
  memcpy(digits, from, bytes);
  digits[bytes] = 0;
  *r = try;
  *ret = (value){.is_number = true, .number = strtoll(digits, NULL, 10)};
  return true;
}

static bool is(const value *v, const char *word) {
  return v->is_text && v->bytes == strlen(word) && memcmp(v->at, word, v->bytes) == 0;
}

/* ---- an entry ---- */

typedef struct entry {
  long long seq, at;
  unsigned char id[ID_BYTES], officer[ID_BYTES], subject[ID_BYTES], root[ID_BYTES],
      import_id[ID_BYTES], link[LINK_BYTES];
  value verb, area, body;
} entry;

/* Hexadecimal digits, with or without the dashes of an identifier. */
static bool read_hex(const value *v, unsigned char *ret, size_t bytes) {
  size_t n = 0;
  for (size_t i = 0; v->is_text && i < v->bytes; i++) {
    int d = hex_digit(v->at[i]);
    if (v->at[i] == '-' && bytes == ID_BYTES) continue;
    if (d < 0 || n >= 2 * bytes) return false;
    ret[n / 2] = (unsigned char)(n % 2 ? ret[n / 2] | d : d << 4);
    n++;
  }
  return n == 2 * bytes;
}

static bool read_member(const value *name, const value *v, entry *x) {
  if (is(name, "seq") || is(name, "at"))
    return *(is(name, "seq") ? &x->seq : &x->at) = v->number, v->is_number;
  if (is(name, "verb") || is(name, "area") || is(name, "body"))
    return *(is(name, "verb") ? &x->verb : is(name, "area") ? &x->area : &x->body) = *v, v->is_text;
  if (is(name, "link")) return read_hex(v, x->link, LINK_BYTES);
  unsigned char *id = is(name, "id")          ? x->id
                      : is(name, "officer")   ? x->officer
                      : is(name, "subject")   ? x->subject
                      : is(name, "root")      ? x->root
                      : is(name, "import_id") ? x->import_id
                                              : NULL;
  return id && read_hex(v, id, ID_BYTES);
}

/* 1: an entry, 0: another line, -1: not to be read. */
static int read_entry(char *line, size_t bytes, char *room, entry *ret) {
  reader r = {line, line + bytes, room};
  value name, member, v;
  if (!take(&r, '{') || !read_text(&r, &name) || !take(&r, ':')) return -1;
  if (!is(&name, "journal")) return 0;
  *ret = (entry){.verb = {.at = ""}, .area = {.at = ""}, .body = {.at = ""}};
  if (!take(&r, '{')) return -1;
  do {
    if (!read_text(&r, &member) || !take(&r, ':') || !read_value(&r, &v) ||
        !read_member(&member, &v, ret))
      return -1;
  } while (take(&r, ','));
  return take(&r, '}') && take(&r, '}') ? 1 : -1;
}

static void add(EVP_MD_CTX *c, const void *at, size_t bytes) {
  unsigned char length[8];
  for (int i = 0; i < 8; i++) length[i] = (unsigned char)((uint64_t)bytes >> (56 - 8 * i));
  EVP_DigestUpdate(c, length, sizeof length);
  EVP_DigestUpdate(c, at, bytes);
}

static void add_number(EVP_MD_CTX *c, long long n) {
  char digits[24];
  add(c, digits, (size_t)snprintf(digits, sizeof digits, "%lld", n));
}

static void link_of(EVP_MD_CTX *c, const unsigned char before[LINK_BYTES], const entry *x,
                    unsigned char ret[LINK_BYTES]) {
  EVP_DigestInit_ex(c, EVP_sha256(), NULL);
  add(c, before, LINK_BYTES);
  add_number(c, x->seq);
  add(c, x->id, ID_BYTES);
  add_number(c, x->at);
  add(c, x->officer, ID_BYTES);
  add(c, x->verb.at, x->verb.bytes);
  add(c, x->subject, ID_BYTES);
  add(c, x->root, ID_BYTES);
  add(c, x->import_id, ID_BYTES);
  add(c, x->area.at, x->area.bytes);
  add(c, x->body.at, x->body.bytes);
  EVP_DigestFinal_ex(c, ret, NULL);
}

/* ---- signed heads ---- */

typedef struct head {
  long long seq, line;
  char at[40];
  unsigned char link[LINK_BYTES];
  bool met;
} head;
typedef struct heads {
  const char *file;
  head *items;
  size_t count;
} heads;

static bool hex_word(const char *word, unsigned char *ret, size_t bytes) {
  value v = {.is_text = true, .at = word, .bytes = strlen(word)};
  return read_hex(&v, ret, bytes);
}

static bool signature_fits(const char *line, size_t bytes, const unsigned char key[32],
                           const unsigned char signature[SIGNATURE_BYTES]) {
  EVP_PKEY *k = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, key, 32);
  EVP_MD_CTX *c = EVP_MD_CTX_new();
  bool fits =
      k && c && EVP_DigestVerifyInit(c, NULL, NULL, NULL, k) == 1 &&
      EVP_DigestVerify(c, signature, SIGNATURE_BYTES, (const unsigned char *)line, bytes) == 1;
  EVP_MD_CTX_free(c);
  EVP_PKEY_free(k);
  return fits;
}

static bool read_head(const char *line, const char *only, head *ret) {
  char county[16], link[80], key[80], signature[160];
  unsigned char public[32], sign[SIGNATURE_BYTES];
  int signed_bytes = 0, all = 0;
  return sscanf(line, "jishi-head 1 %15s %lld %79s %39s %79s%n %159s%n", county, &ret->seq, link,
                ret->at, key, &signed_bytes, signature, &all) == 6 &&
         !line[all] && hex_word(link, ret->link, LINK_BYTES) &&
         hex_word(key, public, sizeof public) && hex_word(signature, sign, sizeof sign) &&
         (!only || strcmp(only, key) == 0) &&
         signature_fits(line, (size_t)signed_bytes, public, sign);
}

static int read_heads(const char *file, const char *only, heads *ret) {
  char line[LINE_MAX_BYTES + 2];
  FILE *f = fopen(file, "r");
  bool is_sheet = false;
  ret->file = file;
  if (!f) return complain(file, 0, "打不开", "cannot be opened");
  for (long long n = 1; fgets(line, sizeof line, f); n++) {
    line[strcspn(line, "\r\n")] = 0;
    /* A printed sheet is a page with one line of a head on it. */
    is_sheet |= n == 1 && strncmp(line, "<!doctype html><!-- jishi-head", 30) == 0;
    if (!line[0] || (is_sheet && strncmp(line, "jishi-head ", 11) != 0)) continue;
    head *more = realloc(ret->items, (ret->count + 1) * sizeof *more);
    if (!more) exit(1);
    ret->items = more;
    head *h = &more[ret->count++];
    *h = (head){.line = n};
    if (!read_head(line, only, h)) {
      fclose(f);
      return complain(file, n, "签名不对，或不是这把密钥签的",
                      "the signature does not fit, or is of another key");
    }
  }
  fclose(f);
  return is_sheet && !ret->count
             ? complain(file, 0, "这一页上没有签名", "there is no signed head on this sheet")
             : 0;
}

/* ---- walking ---- */

typedef struct walk {
  EVP_MD_CTX *digest;
  unsigned char link[LINK_BYTES];
  long long seq;
  heads signed_heads;
} walk;

static int hold(walk *w, const char *file, long long line, const entry *x) {
  unsigned char want[LINK_BYTES];
  char zh[120], en[120];
  if (x->seq != w->seq + 1) {
    snprintf(zh, sizeof zh, "第 %lld 条后面应是下一条，却是第 %lld 条", w->seq, x->seq);
    snprintf(en, sizeof en, "entry %lld comes after entry %lld", x->seq, w->seq);
    return complain(file, line, zh, en);
  }
  link_of(w->digest, w->link, x, want);
  if (memcmp(want, x->link, LINK_BYTES) != 0) {
    snprintf(zh, sizeof zh, "第 %lld 条和封印对不上，被改动过", x->seq);
    snprintf(en, sizeof en, "entry %lld does not fit its link: it was altered", x->seq);
    return complain(file, line, zh, en);
  }
  memcpy(w->link, want, LINK_BYTES);
  w->seq = x->seq;
  for (size_t i = 0; i < w->signed_heads.count; i++) {
    head *h = &w->signed_heads.items[i];
    if (h->seq != x->seq) continue;
    h->met = true;
    if (memcmp(h->link, want, LINK_BYTES) != 0)
      return complain(w->signed_heads.file, h->line, "流水被改写后重新算过封印，和这个签名不一样",
                      "the journal was rewritten with new links: this head is another");
  }
  return 0;
}

static int walk_file(walk *w, const char *file) {
  FILE *f = fopen(file, "r");
  char *line = NULL, *room = NULL;
  size_t have = 0, have_room = 0;
  int bad = f ? 0 : complain(file, 0, "打不开", "cannot be opened");
  bool ended = false;
  ssize_t bytes;
  for (long long n = 1; !bad && (bytes = getline(&line, &have, f)) > 0; n++) {
    if (have_room < have) {
      free(room);
      room = malloc(have_room = have);
      if (!room) exit(1);
    }
    if (line[bytes - 1] == '\n') bytes--;
    entry x;
    int got = read_entry(line, (size_t)bytes, room, &x);
    ended = strncmp(line, "{\"end\":", 7) == 0;
    bad = got < 0   ? complain(file, n, "读不懂（密封的备份请先恢复再导出）",
                               "cannot be read (restore and export a sealed backup first)")
          : got > 0 ? hold(w, file, n, &x)
                    : 0;
  }
  if (!bad && !ended) bad = complain(file, 0, "文件不完整", "the file is cut off");
  if (f) fclose(f);
  free(line);
  free(room);
  return bad;
}

static int heads_not_met(const walk *w) {
  for (size_t i = 0; i < w->signed_heads.count; i++) {
    const head *h = &w->signed_heads.items[i];
    if (h->met || h->seq == 0) continue;
    return complain(w->signed_heads.file, h->line, "流水被截短了：签过的这一条不在里面",
                    "the journal was cut off: the entry that was signed is not in it");
  }
  return 0;
}

int main(int argc, char **argv) {
  const char *heads_file = NULL, *key = NULL;
  int at = 1;
  for (; at + 1 < argc && strncmp(argv[at], "--", 2) == 0; at += 2)
    if (strcmp(argv[at], "--heads") == 0)
      heads_file = argv[at + 1];
    else if (strcmp(argv[at], "--key") == 0)
      key = argv[at + 1];
    else
      break;
  if (at >= argc || argv[at][0] == '-') {
    fputs("jishi-verify [--heads FILE] [--key HEX] EXPORT…\n", stderr);
    return 2;
  }
  walk w = {.digest = EVP_MD_CTX_new()};
  if (!w.digest) return 1;
  int bad = heads_file ? read_heads(heads_file, key, &w.signed_heads) : 0;
  for (; !bad && at < argc; at++) bad = walk_file(&w, argv[at]);
  bad = bad || heads_not_met(&w);
  if (!bad)
    printf("%lld 条流水、%zu 个签名，全部相符 / %lld entries and %zu signed heads, all fit\n",
           w.seq, w.signed_heads.count, w.seq, w.signed_heads.count);
  free(w.signed_heads.items);
  EVP_MD_CTX_free(w.digest);
  return bad;
}
