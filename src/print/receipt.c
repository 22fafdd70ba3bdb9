/* Receipts: written, and checked without a server. */
#include "print/receipt.h"

#include "cel/cel.h"

#include <sodium.h>

#define FIRST_LINE "jishi-receipt 1\n"
#define UNSIGNED "unsigned"
enum { B64 = sodium_base64_VARIANT_URLSAFE_NO_PADDING, KEY_CHARS = 43, SIGNATURE_CHARS = 86 };

bool receipt_write(buf *b, text figures, const receipt_key *key, err *e) {
  unsigned char signature[crypto_sign_BYTES];
  char shown[SIGNATURE_CHARS + 1], who[KEY_CHARS + 1];
  buf_str(b, FIRST_LINE);
  buf_text(b, figures);
  if (!buf_ok(b)) return err_memory(e);
  if (!key) {
    buf_str(b, "\n" UNSIGNED);
    return buf_ok(b) || err_memory(e);
  }
  crypto_sign_detached(signature, NULL, (const unsigned char *)b->at, b->bytes, key->secret);
  sodium_bin2base64(who, sizeof who, key->public, sizeof key->public, B64);
  sodium_bin2base64(shown, sizeof shown, signature, sizeof signature, B64);
  buf_printf(b, "\n%s %s", who, shown);
  return buf_ok(b) || err_memory(e);
}

/* ---- checking ---- */

static bool no_receipt(err *e) {
  return err_set(e, ERR_BAD_FILE, NULL,
                 "这不是回执的内容。请扫回执上的二维码，把得到的文字原样放进来。",
                 "This is no receipt. Scan its QR symbol and give the text as it is.");
}

static bool unpack(text t, uint8_t *into, size_t bytes) {
  size_t got = 0;
  return sodium_base642bin(into, bytes, t.at, t.bytes, NULL, &got, NULL, B64) == 0 && got == bytes;
}

static bool check_signature(text signed_part, text last, uint8_t public[RECEIPT_PUBLIC_BYTES],
                            err *e) {
  uint8_t signature[crypto_sign_BYTES];
  if (text_is(last, UNSIGNED))
    return err_set(e, ERR_BAD_FILE, NULL, "这张回执没有签名，谁都可以写出来，不能作准。",
                   "This receipt is not signed: anybody could have written it.");
  if (last.bytes != KEY_CHARS + 1 + SIGNATURE_CHARS || last.at[KEY_CHARS] != ' ' ||
      !unpack((text){last.at, KEY_CHARS}, public, RECEIPT_PUBLIC_BYTES) ||
      !unpack((text){last.at + KEY_CHARS + 1, SIGNATURE_CHARS}, signature, sizeof signature))
    return no_receipt(e);
  return crypto_sign_verify_detached(signature, (const unsigned char *)signed_part.at,
                                     signed_part.bytes, public) == 0 ||
         err_set(e, ERR_BAD_FILE, NULL, "签名不符：内容被改过，或者不是这个地方出的。",
                 "The signature does not fit: what it says was changed, or another wrote it.");
}

static value read_figure(void *context, int slot) {
  const json *n = context;
  return value_int(n->items[slot].n);
}

/* The formula over the figures; every name is a whole number. */
static bool compute(arena *a, json *n, text formula, int64_t *ret, err *e) {
  cel_env *env = cel_env_new(a);
  if (!env) return err_memory(e);
  if (!n || n->type != JSON_MAP) return no_receipt(e);
  for (size_t i = 0; i < n->count; i++) {
    const char *name = arena_copy(a, n->keys[i].at, n->keys[i].bytes);
    if (!name || n->items[i].type != JSON_INT) return no_receipt(e);
    if (cel_env_add(env, name, &cel_int) != (int)i) return no_receipt(e);
  }
  const cel_program *p = cel_compile(a, env, formula, &cel_int, e);
  if (!p) return false;
  cel_run run = {.a = a, .slot = read_figure, .context = n, .today = DAY_NONE};
  const value v = cel_eval(p, &run);
  if (v.type != VALUE_INT)
    return err_set(e, ERR_BAD_FILE, NULL, "回执里的算式算不出来。",
                   "The formula of the receipt cannot be computed.");
  *ret = v.i;
  return true;
}

bool receipt_check(arena *a, text given, receipt *ret, err *e) {
  given = text_trim(given);
  size_t last = given.bytes;
  int64_t result = 0, computed = 0;
  *ret = (receipt){0};
  if (sodium_init() < 0) return err_memory(e);
  while (last > 0 && given.at[last - 1] != '\n') last--;
  if (last == 0 || given.bytes > RECEIPT_BYTES_MAX || !text_starts(given, FIRST_LINE))
    return no_receipt(e);
  const text before = {given.at, last - 1};
  if (before.bytes <= sizeof FIRST_LINE - 1) return no_receipt(e);
  if (!check_signature(before, (text){given.at + last, given.bytes - last}, ret->public, e))
    return false;
  const size_t head = sizeof FIRST_LINE - 1;
  ret->figures = json_parse(a, (text){before.at + head, before.bytes - head}, e);
  if (!ret->figures) return false;
  text formula = json_text(ret->figures, "formula");
  if (!formula.bytes || !json_int(ret->figures, "result", &result)) return true;
  if (!compute(a, (json *)json_get(ret->figures, "n"), formula, &computed, e)) return false;
  ret->computed = computed == result;
  return ret->computed ||
         err_set(e, ERR_BAD_FILE, NULL,
                 "金额不符：按回执上的数重算得 %lld，回执写的是 %lld（分）。",
                 "The amount does not fit: computed anew from its figures it is %lld, it says %lld "
                 "(fen).",
                 (long long)computed, (long long)result);
}
