/* commands.h — the commands of `jishi`. Each takes its own arguments (argv[0] is its name) and
 * gives the exit code: 0 done, 1 refused with a reason, 2 wrong usage. */
#ifndef JISHI_CLI_COMMANDS_H
#define JISHI_CLI_COMMANDS_H

#include "base/err.h"
#include "base/text.h"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

int command_init(int argc, char **argv);
int command_demo(int argc, char **argv);
int command_serve(int argc, char **argv);
int command_import(int argc, char **argv);
int command_pack(int argc, char **argv);
int command_eval(int argc, char **argv);
int command_rebuild(int argc, char **argv);
int command_verify(int argc, char **argv);
int command_user(int argc, char **argv);
int command_screen(int argc, char **argv);
int command_simulate(int argc, char **argv);

/* ---- shared ---- */
/* `--name value` or `--name=value` options; the rest are words. */
typedef struct options {
  const char *words[32];
  int word_count;
  struct {
    const char *name, *value; /* value NULL: a flag */
  } named[32];
  int named_count;
} options;
/* `flags`: names without a value, `values`: names with one; each NULL-terminated. False: usage told
 * on stderr. */
bool options_read(int argc, char **argv, const char *const *flags, const char *const *values,
                  options *o);
const char *option(const options *o, const char *name); /* NULL: absent */
bool option_flag(const options *o, const char *name);
bool option_int(const options *o, const char *name,
                int64_t *out); /* false: present and no number (told) */

int say_error(const err *e); /* both languages as the terminal wants; gives EXIT_REFUSED */
int say_faults(const faults *f);
bool speaks_english(void);                     /* LANG says so */
void show_progress(int64_t done, int64_t all); /* on a terminal only */
void end_progress(void);
/* Where the data files of the project are (calendar, areas, packs, web): beside the program, or
 * JISHI_HOME. */
const char *home_file(const char *below);

#endif
