/* From a passphrase to keys. */
#include "backup/part_internal.h"

/* What a file may demand of the reader's computer. */
enum { OPS_MAX = 16, MEMORY_MAX = 1 << 30 };

bool part_key_again(const char *passphrase, part_key *k, err *e) {
  static const char context[crypto_kdf_CONTEXTBYTES + 1] = "jishibak";
  uint8_t master[crypto_kdf_KEYBYTES];
  if (k->ops < crypto_pwhash_OPSLIMIT_MIN || k->ops > OPS_MAX ||
      k->memory < crypto_pwhash_MEMLIMIT_MIN || k->memory > MEMORY_MAX)
    return err_set(e, ERR_BAD_FILE, NULL, "备份的密封方式读不懂，文件可能已损坏。请换一份备份。",
                   "How this backup is sealed cannot be read; the file may be damaged. Take "
                   "another one.");
  if (crypto_pwhash(master, sizeof master, passphrase, strlen(passphrase), k->salt, k->ops,
                    (size_t)k->memory, crypto_pwhash_ALG_ARGON2ID13) != 0)
    return err_memory(e);
  crypto_kdf_derive_from_key(k->stream, sizeof k->stream, 1, context, master);
  crypto_kdf_derive_from_key(k->tags, sizeof k->tags, 2, context, master);
  sodium_memzero(master, sizeof master);
  return true;
}

bool part_key_new(const char *passphrase, part_key *ret, err *e) {
  *ret =
      (part_key){.ops = crypto_pwhash_OPSLIMIT_MODERATE, .memory = crypto_pwhash_MEMLIMIT_MODERATE};
  randombytes_buf(ret->salt, sizeof ret->salt);
  return part_key_again(passphrase, ret, e);
}

void part_key_forget(part_key *k) {
  sodium_memzero(k, sizeof *k);
}
