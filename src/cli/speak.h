/* speak.h — how the commands talk to people: language, errors, progress; and where the data files
 * of the project are. */
#ifndef JISHI_CLI_SPEAK_H
#define JISHI_CLI_SPEAK_H

#include "base/err.h"
#include "base/json.h"
#include "base/text.h"

enum { EXIT_DONE = 0, EXIT_REFUSED = 1, EXIT_USAGE = 2 };

/* --lang zh|en is taken out of the arguments; without it LC_ALL, LC_MESSAGES or LANG decide, and
 * what is neither Chinese nor English is Chinese. False: told. */
bool language_read(int *argc, char **argv);
bool speaks_english(void);
const char *say(const char *zh, const char *en);
void errors_as_json(void);   /* from now on say_error writes an object a line */
int say_error(const err *e); /* on stderr, with the names kept for it; gives the exit code */
void name_file(err *e, const char *file); /* by its name, where the error says "file" */
int say_faults(const faults *f);
int say_written(int status);            /* whether stdout could be written out; otherwise told */
int put_json(const buf *b, int status); /* one line on stdout; gives `status` when it could */
void json_put_lines(json_out *w, const char *lines); /* a list of texts; NULL: empty */
/* Something of a name that is not there: told with the names there are, the nearest first. */
typedef struct known_name {
  const char *name, *title; /* title "" : none */
  bool first;               /* told before those that are nearer */
} known_name;
void say_names(const char *wrong, const known_name *names, size_t count, size_t most);
/* Likewise, but kept until say_error has told its sentence, which comes first. */
void keep_names(const char *wrong, const known_name *names, size_t count, size_t most);

/* The program as it was called ("build/jishi"), so that what it prints can be typed. */
void called_as(const char *argv0);
const char *called(void);
void buf_shell(buf *b, const char *word); /* as a shell must have it: quoted where needed */

void show_progress(int64_t done, int64_t all); /* on a terminal only */
void end_progress(void);
/* Where the data files of the project are (calendar, areas, packs, web): beside the program, or
 * JISHI_HOME. */
const char *home_file(const char *below);

#endif
