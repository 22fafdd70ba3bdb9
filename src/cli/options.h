/* options.h — the words and options behind a command, read by getopt_long. */
#ifndef JISHI_CLI_OPTIONS_H
#define JISHI_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SERVE_PORT 8371 /* where `serve` listens unless told otherwise */
#define OPTION_TEXT_OF(n) #n
#define OPTION_TEXT(n) OPTION_TEXT_OF(n)
#define SERVE_PORT_TEXT OPTION_TEXT(SERVE_PORT)

typedef enum option_id {
#define OPTION(id, name, value_zh, value_en, zh, en) OPTION_##id,
#include "cli/options.def"
#undef OPTION
  OPTION_COUNT
} option_id;
/* A set of options: more than 64 of them. */
typedef unsigned __int128 option_set;
#define OPTION_BIT(id) ((option_set)1 << OPTION_##id)
_Static_assert(OPTION_COUNT <= 128, "options are kept as bits of 128");

typedef struct option_entry {
  const char *name, *value_zh, *value_en; /* value NULL: a flag */
  const char *zh, *en;
} option_entry;
extern const option_entry option_table[OPTION_COUNT];

struct command_entry;
enum { OPTIONS_MAX = 64 };
typedef struct options {
  const struct command_entry *command;
  const char *words[OPTIONS_MAX];
  int word_count;
  struct {
    option_id id;
    const char *value; /* NULL: a flag */
  } named[OPTIONS_MAX];
  int named_count;
  bool help; /* --help was among them: nothing else was checked */
} options;
/* False: what is wrong was told on stderr. `argv` is without the command's name. */
bool options_read(const struct command_entry *c, int argc, char **argv, options *ret);
const char *option(const options *o, option_id id); /* the last given; NULL: absent */
bool option_flag(const options *o, option_id id);
/* All values of an option that may be repeated; how many. */
size_t option_all(const options *o, option_id id, const char **ret, size_t room);
/* False: present, and not a number from `least` to `most` (told). Absent: *ret stays. */
bool option_int(const options *o, option_id id, int64_t least, int64_t most, int64_t *ret);

#endif
