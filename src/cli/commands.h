/* commands.h — the commands of `jishi`: one table says which there are, which words and options
 * each takes, and what the help, the manual page and the shell's completion tell of it.
 *
 * A command gives the exit code: 0 done, 1 refused with a reason, 2 wrong usage. */
#ifndef JISHI_CLI_COMMANDS_H
#define JISHI_CLI_COMMANDS_H

#include "cli/options.h"
#include "cli/speak.h"

/* Whether the first word is a place, and whether there must be a county in it. */
typedef enum place_use { PLACE_NONE, PLACE_OLD, PLACE_NEW } place_use;

typedef struct command_entry {
  const char *name; /* one word or two: "verify", "pack check" */
  int (*run)(const options *o);
  place_use place;
  int least, most;                 /* number of words after the name */
  const char *words_zh, *words_en; /* as the usage shows them */
  uint64_t needs, may;             /* options, by OPTION_BIT: must, may be given */
  const char *zh, *en;             /* what it does, in a line */
  const char *more_zh, *more_en;   /* what else there is to know; NULL: nothing */
} command_entry;

extern const command_entry command_table[];
extern const size_t command_count;

int command_init(const options *o);
int command_demo(const options *o);
int command_serve(const options *o);
int command_import(const options *o);
int command_user_add(const options *o);
int command_user_change(const options *o);
int command_user_move(const options *o);
int command_user_close(const options *o);
int command_user_reopen(const options *o);
int command_user_import(const options *o);
int command_areas(const options *o);
int command_user_passwd(const options *o);
int command_user_list(const options *o);
int command_pack_check(const options *o);
int command_pack_test(const options *o);
int command_pack_plan(const options *o);
int command_pack_upgrade(const options *o);
int command_screen(const options *o);
int command_simulate(const options *o);
int command_eval(const options *o);
int command_calendar(const options *o);
int command_rebuild(const options *o);
int command_verify(const options *o);
int command_help(const options *o);
int command_version(const options *o);

/* The command that the words begin with, *taken words long. NULL: none (told on stderr). */
const command_entry *command_find(int count, char *const *words, int *taken);
void command_help_of(const command_entry *c);  /* on stdout */
void command_usage_of(const command_entry *c); /* one line, on stderr */

#endif
