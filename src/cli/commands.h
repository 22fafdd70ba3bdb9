/* commands.h — the commands of `jishi`: one table says which there are, which words and options
 * each takes, and what the help, the manual page and the shell's completion tell of it.
 *
 * A command gives the exit code: 0 done, 1 refused with a reason, 2 wrong usage. */
#ifndef JISHI_CLI_COMMANDS_H
#define JISHI_CLI_COMMANDS_H

#include "cli/options.h"
#include "cli/speak.h"

/* Whether the first word is a location, and whether there must be a county in it. */
typedef enum location_use { LOCATION_NONE, LOCATION_OF_COUNTY, LOCATION_NEW } location_use;

typedef struct command_entry {
  const char *name; /* one word or two: "verify", "pack check" */
  location_use location;
  int least, most;                 /* number of words after the name */
  const char *words_zh, *words_en; /* as the usage shows them */
  option_set needs, may;           /* options, by OPTION_BIT: must, may be given */
  const char *zh, *en;             /* what it does, in a line */
  const char *more_zh, *more_en;   /* what else there is to know; NULL: nothing */
} command_entry;

extern const command_entry command_table[];
extern const size_t command_count;

#define COMMAND(function, ...) int command_##function(const options *o);
#include "cli/commands.def"
#undef COMMAND

/* The command that the words begin with, *taken words long. NULL: none (told on stderr). */
const command_entry *command_find(int count, char *const *words, int *taken);
void command_help_of(const command_entry *c);  /* on stdout */
void command_usage_of(const command_entry *c); /* one line, on stderr */

#endif
