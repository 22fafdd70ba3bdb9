#include "cli/passphrase.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

bool passphrase_given(const options *o, char kept[PASSPHRASE_MAX_BYTES], const char **ret, err *e) {
  enum { LEAST_BYTES = 12 };
  const char *file = option(o, OPTION_PASSPHRASE_FILE);
  *ret = NULL;
  if (!file) return true;
  FILE *f = fopen(file, "re");
  if (!f)
    return err_set(e, ERR_USAGE, "--passphrase-file", "口令文件打不开（%s）。",
                   "The passphrase's file cannot be opened (%s).", strerror(errno));
  bool got = fgets(kept, PASSPHRASE_MAX_BYTES, f) != NULL;
  fclose(f);
  if (got) kept[strcspn(kept, "\r\n")] = 0;
  if (!got || strlen(kept) < LEAST_BYTES)
    return err_set(e, ERR_USAGE, "--passphrase-file",
                   "口令太短：文件的第一行应至少有 12 个字符，最好是几个不相干的词。",
                   "The passphrase is too short: the file's first line should have at least 12 "
                   "characters, best several unrelated words.");
  *ret = kept;
  return true;
}
