/* passphrase.h — the passphrase of a sealed backup, out of a file: never from the command line,
 * where the shell's history and every process list would keep it. */
#ifndef JISHI_CLI_PASSPHRASE_H
#define JISHI_CLI_PASSPHRASE_H

#include "cli/options.h"

#include "base/err.h"

enum { PASSPHRASE_MAX_BYTES = 1024 };
/* The first line of --passphrase-file. *ret NULL: the option was not given. */
bool passphrase_given(const options *o, char kept[PASSPHRASE_MAX_BYTES], const char **ret, err *e);

#endif
